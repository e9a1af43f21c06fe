//! What every ledger promises to threads that ask at once.
//!
//! Seen to fail: with the versions not compared in `MemoryLedger::write` or `LedgerRows::write`, uses are lost and
//! limits are passed: the file's limit of 3 was used 4 times.

use core::fmt::Debug;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use enishi::coupon::ledger::Returned;
use enishi::model::CouponName;
use enishi::store::Ledger;

use crate::lab::{at, buy, in_total, order, personal, redeem, refused, reserve, times, used};

promises! {
    sixty_four_threads_use_a_limit_of_three_three_times,
    many_threads_lose_no_use,
    many_threads_print_no_code_twice,
}

fn sixty_four_threads_use_a_limit_of_three_three_times<L: Ledger + Sync>(ledger: &L)
where
    L::Error: Debug,
{
    let (coupon, redeemed, start) = (in_total(3), AtomicUsize::new(0), Barrier::new(64));
    thread::scope(|scope| {
        for n in 1..=64 {
            let (coupon, redeemed, start) = (&coupon, &redeemed, &start);
            scope.spawn(move || {
                start.wait();
                match ledger.reserve(reserve(coupon, n, at(0)), at(0)) {
                    Ok(_) => {
                        ledger.redeem(redeem(coupon, n, n), at(0)).unwrap();
                        redeemed.fetch_add(1, Ordering::Relaxed);
                    }
                    refusal => assert_eq!(refused(refusal).word(), "used_up"),
                }
            });
        }
    });
    assert_eq!((redeemed.into_inner(), used(ledger, &coupon, at(0))), (3, (3, 1500)));
}

fn many_threads_lose_no_use<L: Ledger + Sync>(ledger: &L)
where
    L::Error: Debug,
{
    let coupon = personal(|coupon| coupon.limits.in_total = times(1000));
    thread::scope(|scope| {
        for thread in 0..8 {
            let coupon = &coupon;
            scope.spawn(move || {
                for n in 1..=20 {
                    let n = thread * 100 + n;
                    buy(ledger, coupon, n, at(0));
                    if n % 2 == 0 {
                        ledger.roll_back(order(n), Returned::Whole, at(0)).unwrap();
                    }
                }
            });
        }
    });
    assert_eq!(used(ledger, &coupon, at(0)), (80, 40_000));
}

fn many_threads_print_no_code_twice<L: Ledger + Sync>(ledger: &L)
where
    L::Error: Debug,
{
    let card = CouponName::new("card").unwrap();
    let mut taken: Vec<_> = thread::scope(|scope| {
        let take = || (0..20).map(|_| ledger.take_numbers(&card, 3, at(0)).unwrap()).collect::<Vec<_>>();
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(take)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    taken.sort_by_key(|numbers| numbers.start);
    assert!(taken.into_iter().flatten().eq(0..8 * 20 * 3));
}

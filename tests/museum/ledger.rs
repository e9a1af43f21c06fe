//! Coupons at many tills at once.

use core::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use enishi::coupon::ledger::{Redeem, Refusal, Reserve, Returned, Share, UsesOf};
use enishi::coupon::{Benefit, Budget, Codes, Coupon, ReservedAt};
use enishi::model::{CheckoutId, CouponName, Money, OrderId, Span, Timestamp, Zone};
use enishi::store::{Ledger, LedgerError, MemoryLedger};

use crate::NOON;
use crate::support::lab::at;

fn yen(amount: i64) -> Money {
    Money::from_minor(amount)
}

fn spring(edit: impl FnOnce(&mut Coupon)) -> Arc<Coupon> {
    let mut coupon = Coupon::new(CouponName::new("spring").unwrap(), Benefit::Amount(yen(500)), Span::days(14));
    coupon.codes = Codes::Shared("SPRING26".parse().unwrap());
    edit(&mut coupon);
    Arc::new(coupon)
}

fn three_times() -> Arc<Coupon> {
    spring(|coupon| coupon.limits.in_total = NonZeroU32::new(3))
}

fn order(n: u32) -> OrderId {
    OrderId::new(&format!("{n}")).unwrap()
}

/// Reserves for a checkout and makes it an order.
fn buy<L: Ledger>(ledger: &L, coupon: &Arc<Coupon>, n: u32, discount: i64) -> Result<(), Refusal> {
    let checkout = CheckoutId::new(&format!("cart {n}")).unwrap();
    let reserve = Reserve {
        coupon: Arc::clone(coupon),
        checkout: checkout.clone(),
        code: None,
        friend: None,
        discount: yen(discount),
        valid_until: Timestamp::MAX,
        until: at(NOON).plus_millis(900_000),
        zone: Zone::TOKYO,
    };
    let redeem = Redeem { coupon: Arc::clone(coupon), checkout, order: order(n), zone: Zone::TOKYO };
    let done = ledger.reserve(reserve, at(NOON)).and_then(|_| ledger.redeem(redeem, at(NOON)));
    done.map(drop).map_err(|error| match error {
        LedgerError::Refused(refusal) => refusal,
        other => panic!("{other}"),
    })
}

fn used<L: Ledger>(ledger: &L, coupon: &Coupon) -> (u64, i64) {
    let of = UsesOf { coupon: coupon.name.clone(), friend: None, code: None };
    let uses = ledger.uses(&of, at(NOON)).map_err(|error| error.to_string()).unwrap();
    (uses.in_total, uses.taken.minor())
}

// eventyay #1398: a limit of 3 was used 5 times; Saleor #15855, Vendure #4660 and Oscar #4580 lost the same race.
// Seen to fail: with the versions not compared in `MemoryLedger::write`, 64 threads use it 4 times and it counts 3.
#[test]
fn x42_sixty_four_threads_use_a_limit_of_three_three_times() {
    for _ in 0..20 {
        let (ledger, coupon, redeemed) = (MemoryLedger::new(), three_times(), AtomicU32::new(0));
        let start = std::sync::Barrier::new(64);
        thread::scope(|scope| {
            for n in 0..64 {
                let (ledger, coupon, redeemed, start) = (&ledger, &coupon, &redeemed, &start);
                scope.spawn(move || {
                    start.wait();
                    match buy(ledger, coupon, n, 500) {
                        Ok(()) => drop(redeemed.fetch_add(1, Ordering::Relaxed)),
                        Err(refusal) => assert_eq!(refusal.word(), "used_up"),
                    }
                });
            }
        });
        assert_eq!((redeemed.into_inner(), used(&ledger, &coupon)), (3, (3, 1500)));
    }
}

// Oscar: the last order went past what was left of the budget.
// Seen to fail: with the budget asked for what was taken before this discount instead of with it.
#[test]
fn x44_the_last_order_does_not_overshoot_the_budget() {
    let coupon = spring(|coupon| {
        coupon.limits.budget = Some(Budget { sum: yen(1200), reserved: ReservedAt::Reserve });
    });
    let ledger = MemoryLedger::new();
    buy(&ledger, &coupon, 1, 500).unwrap();
    buy(&ledger, &coupon, 2, 500).unwrap();
    let refusal = Refusal::BudgetSpent { sum: yen(1200), left: yen(200), asked: yen(500) };
    assert_eq!(buy(&ledger, &coupon, 3, 500), Err(refusal));
    assert_eq!(used(&ledger, &coupon), (2, 1000));
    buy(&ledger, &coupon, 4, 200).unwrap();
    assert_eq!(used(&ledger, &coupon), (3, 1200));
}

// A cancelled order did not give its use back; in other shops cancelling and then returning gave it back twice.
// Seen to fail: with `come_back` giving the place back whenever the whole came back, the second cancellation takes the
// use of order 2 out of the count.
#[test]
fn x50_cancel_and_return_give_the_use_back_once() {
    let (ledger, coupon) = (MemoryLedger::new(), three_times());
    (1..=3).for_each(|n| buy(&ledger, &coupon, n, 500).unwrap());
    let half = Returned::Part(Share::new(yen(1500), yen(3000)).unwrap());
    for (returned, then) in [(half, (3, 1250)), (half, (3, 1250)), (Returned::Whole, (2, 1000)), (half, (2, 1000))] {
        ledger.roll_back(order(1), returned, at(NOON)).unwrap();
        assert_eq!(used(&ledger, &coupon), then);
    }
    ledger.roll_back(order(1), Returned::Whole, at(NOON)).unwrap();
    assert_eq!(used(&ledger, &coupon), (2, 1000));
    buy(&ledger, &coupon, 4, 500).unwrap();
    assert_eq!(buy(&ledger, &coupon, 5, 500).unwrap_err().word(), "used_up");
}

#[cfg(feature = "sqlite")]
mod processes {
    use std::path::Path;
    use std::process::{Command, Stdio};
    use std::time::Duration;
    use std::{env, fs, thread};

    use enishi::model::Currency;
    use enishi::store::{Durability, SqliteLedger};

    use std::sync::Arc;

    use enishi::coupon::Coupon;
    use enishi::model::CouponName;

    use super::{buy, three_times, used};

    /// Where a process started by the test finds the file and a number of its own.
    const TOLD: [&str; 2] = ["ENISHI_TEST_TILL_FOLDER", "ENISHI_TEST_TILL"];

    /// So many coupons, one after the other: they are decided on at one time often enough.
    const COUPONS: u32 = 40;

    /// Waits for the disk, so that the others decide while one writes.
    fn open(folder: &Path) -> SqliteLedger {
        SqliteLedger::open(&folder.join("shop.db"), Currency::JPY, Durability::Full).unwrap()
    }

    fn coupons() -> impl Iterator<Item = (u32, Arc<Coupon>)> {
        (0..COUPONS).map(|n| {
            let mut coupon = Arc::unwrap_or_clone(three_times());
            coupon.name = CouponName::new(&format!("spring {n}")).unwrap();
            (n, Arc::new(coupon))
        })
    }

    // As above, with a process for each till.
    // Seen to fail: with the versions not compared in `LedgerRows::write`, so that what was decided before the lock
    // stands, all eight use it, and it counts one.
    #[test]
    fn x42_eight_processes_use_a_limit_of_three_three_times() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = open(folder.path());
        let till = |n: u32| {
            let mut command = Command::new(env::current_exe().unwrap());
            command.args(["--exact", "ledger::processes::a_till", "--nocapture"]);
            command.env(TOLD[0], folder.path()).env(TOLD[1], n.to_string()).stdout(Stdio::piped()).spawn().unwrap()
        };
        let tills: Vec<_> = (0..8).map(till).collect();
        // All at once, once all are there.
        while (0..8).any(|n| !folder.path().join(n.to_string()).exists()) {
            thread::sleep(Duration::from_millis(1));
        }
        fs::write(folder.path().join("go"), "").unwrap();
        let told: String =
            tills.into_iter().map(|till| String::from_utf8(till.wait_with_output().unwrap().stdout).unwrap()).collect();
        for (n, coupon) in coupons() {
            let redeemed = told.lines().filter(|line| *line == format!("redeemed {n}")).count();
            assert_eq!((redeemed, used(&ledger, &coupon)), (3, (3, 1500)), "coupon {n}");
        }
        assert_eq!(told.matches("used_up").count(), 5 * COUPONS as usize, "{told}");
    }

    /// Run by the test above in a process of its own.
    #[test]
    #[allow(clippy::print_stdout, reason = "how it tells")]
    fn a_till() {
        let [Ok(folder), Ok(number)] = TOLD.map(env::var) else { return };
        let folder = Path::new(&folder);
        let ledger = open(folder);
        fs::write(folder.join(&number), "").unwrap();
        while !folder.join("go").exists() {
            std::hint::spin_loop();
        }
        for (n, coupon) in coupons() {
            match buy(&ledger, &coupon, number.parse::<u32>().unwrap() * 100 + n, 500) {
                Ok(()) => println!("redeemed {n}"),
                Err(refusal) => println!("{} {n}", refusal.word()),
            }
        }
    }
}

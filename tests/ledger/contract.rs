//! What every ledger promises.
//!
//! Seen to fail: with a reservation that lapsed redeemed without asking anew; with what was promised with a code given
//! back to the budget instead; with a budget asked for what was taken before; with parts that came back added up.

use core::fmt::Debug;

use enishi::coupon::ReservedAt;
use enishi::coupon::ledger::{Operation, Refusal, Returned, Revoke, RollBack, Stage, UsesOf};
use enishi::model::{CouponName, FriendId, Span, Window};
use enishi::store::Ledger;

use crate::lab::{
    DAY, MINUTE, QUARTER, at, budget, buy, code, in_total, issue, key, of, order, part, per, personal, redeem, refused,
    reserve, shared, times, used, yen,
};

promises! {
    a_reservation_counts_until_it_lapses,
    a_checkout_that_reserves_again_replaces_what_it_held,
    what_is_let_go_is_free_at_once,
    redeemed_again_for_the_same_order_it_is_the_same_use,
    a_reservation_that_lapsed_is_looked_at_again,
    one_that_lapsed_and_is_over_is_not_redeemed,
    limits_of_a_code_a_friend_and_a_window_say_when_there_is_room,
    a_code_of_ones_own_is_used_once_unless_more_is_told,
    a_budget_is_taken_when_reserved,
    a_budget_taken_at_issue_keeps_what_was_promised,
    a_part_gives_back_money_and_the_whole_gives_back_the_use,
    what_came_back_is_told_in_any_order_and_any_number_of_times,
    what_came_back_before_the_use_was_told_came_back,
    several_coupons_of_an_order_come_back_together,
    friends_who_are_one_count_as_one,
    what_is_revoked_is_used_by_nobody,
    what_nobody_may_ask_is_refused,
    of_several_each_sees_those_before_it,
    numbers_of_printed_codes_are_taken_once,
}

fn a_reservation_counts_until_it_lapses<L: Ledger>(ledger: &L)
where
    L::Error: Debug,
{
    let coupon = in_total(2);
    ledger.reserve(reserve(&coupon, 1, at(0)), at(0)).unwrap();
    ledger.reserve(reserve(&coupon, 2, at(MINUTE)), at(MINUTE)).unwrap();
    assert_eq!(used(ledger, &coupon, at(QUARTER - 1)), (2, 1000));
    let Refusal::UsedUp(full) = refused(ledger.reserve(reserve(&coupon, 3, at(QUARTER - 1)), at(QUARTER - 1))) else {
        panic!("another reason")
    };
    assert_eq!((full.limit, full.used, full.free_at), (2, 2, Some(at(QUARTER))));
    // At this instant the first is held no longer, though nobody has looked.
    ledger.reserve(reserve(&coupon, 3, at(QUARTER)), at(QUARTER)).unwrap();
    assert_eq!(used(ledger, &coupon, at(QUARTER)), (2, 1000));
    assert_eq!(ledger.expire(at(DAY)).unwrap(), 2);
    assert_eq!(ledger.expire(at(DAY)).unwrap(), 0);
    assert_eq!(ledger.count(&of(&coupon), at(DAY)).unwrap().in_total, 0);
}

fn a_checkout_that_reserves_again_replaces_what_it_held<L: Ledger>(ledger: &L)
where
    L::Error: Debug,
{
    let coupon = shared(|coupon| {
        coupon.limits.in_total = times(1);
        coupon.limits.budget = budget(800, ReservedAt::Reserve);
    });
    ledger.reserve(reserve(&coupon, 1, at(0)), at(0)).unwrap();
    let mut dearer = reserve(&coupon, 1, at(MINUTE));
    dearer.discount = yen(700);
    let held = ledger.reserve(dearer.clone(), at(MINUTE)).unwrap();
    assert_eq!(held.stage, Stage::Reserved { until: at(MINUTE + QUARTER) });
    assert_eq!(used(ledger, &coupon, at(QUARTER)), (1, 700), "for its own place there is room");
    dearer.discount = yen(900);
    let refusal = refused(ledger.reserve(dearer, at(MINUTE)));
    assert_eq!(refusal, Refusal::BudgetSpent { sum: yen(800), left: yen(800), asked: yen(900) });
    assert_eq!(used(ledger, &coupon, at(QUARTER)), (1, 700), "what it held it holds still");
    ledger.redeem(redeem(&coupon, 1, 1), at(MINUTE)).unwrap();
    let refusal = refused(ledger.reserve(reserve(&coupon, 1, at(MINUTE)), at(MINUTE)));
    assert_eq!(refusal, Refusal::Redeemed { order: order(1) });
}

fn what_is_let_go_is_free_at_once<L: Ledger>(ledger: &L)
where
    L::Error: Debug,
{
    let coupon = in_total(1);
    ledger.reserve(reserve(&coupon, 1, at(0)), at(0)).unwrap();
    ledger.release(key(&coupon, 1), at(0)).unwrap();
    ledger.release(key(&coupon, 1), at(0)).unwrap();
    ledger.release(key(&coupon, 9), at(0)).unwrap();
    assert_eq!(used(ledger, &coupon, at(0)), (0, 0));
    buy(ledger, &coupon, 2, at(0));
    ledger.release(key(&coupon, 2), at(0)).unwrap();
    assert_eq!(used(ledger, &coupon, at(0)), (1, 500), "what is redeemed is not let go");
}

fn redeemed_again_for_the_same_order_it_is_the_same_use<L: Ledger>(ledger: &L)
where
    L::Error: Debug,
{
    let coupon = in_total(9);
    let one = buy(ledger, &coupon, 1, at(0));
    assert_eq!(one.stage, Stage::Redeemed { order: order(1), at: at(0), returned: None });
    assert_eq!(ledger.redeem(redeem(&coupon, 1, 1), at(DAY)).unwrap(), one);
    assert_eq!(used(ledger, &coupon, at(DAY)), (1, 500));
    assert_eq!(refused(ledger.redeem(redeem(&coupon, 1, 2), at(0))), Refusal::Redeemed { order: order(1) });
    assert_eq!(refused(ledger.redeem(redeem(&coupon, 2, 2), at(0))), Refusal::NotReserved);
    assert_eq!(used(ledger, &coupon, at(0)), (1, 500));
}

fn a_reservation_that_lapsed_is_looked_at_again<L: Ledger>(ledger: &L)
where
    L::Error: Debug,
{
    let coupon = in_total(1);
    // There is room still: nobody else came, whether somebody looked or not.
    for (n, looks) in [(1, false), (2, true)] {
        let now = at(i64::from(n) * DAY);
        ledger.reserve(reserve(&coupon, n, now), now).unwrap();
        let late = now.plus_millis(QUARTER);
        if looks {
            assert_eq!(ledger.expire(late).unwrap(), 1);
        }
        let one = ledger.redeem(redeem(&coupon, n, n), late).unwrap();
        assert_eq!((one.taken_at, one.counts()), (late, true));
        assert_eq!(used(ledger, &coupon, late), (1, 500));
        ledger.roll_back(order(n), Returned::Whole, late).unwrap();
    }
    // Somebody else came.
    ledger.reserve(reserve(&coupon, 3, at(3 * DAY)), at(3 * DAY)).unwrap();
    buy(ledger, &coupon, 4, at(3 * DAY + QUARTER));
    let refusal = refused(ledger.redeem(redeem(&coupon, 3, 3), at(3 * DAY + QUARTER)));
    assert_eq!(refusal.word(), "used_up");
    assert_eq!(used(ledger, &coupon, at(3 * DAY + QUARTER)), (1, 500));
}

fn one_that_lapsed_and_is_over_is_not_redeemed<L: Ledger>(ledger: &L)
where
    L::Error: Debug,
{
    let coupon = in_total(9);
    let until = at(MINUTE);
    let mut asked = reserve(&coupon, 1, at(0));
    asked.valid_until = until;
    ledger.reserve(asked.clone(), at(0)).unwrap();
    // What is held is held to its end, also past the end of the coupon.
    assert!(ledger.redeem(redeem(&coupon, 1, 1), at(QUARTER - 1)).is_ok());
    asked.checkout = crate::lab::checkout(2);
    ledger.reserve(asked.clone(), at(0)).unwrap();
    assert_eq!(refused(ledger.redeem(redeem(&coupon, 2, 2), at(QUARTER))), Refusal::Expired { until });
    asked.checkout = crate::lab::checkout(3);
    assert_eq!(refused(ledger.reserve(asked, until)), Refusal::Expired { until });
    let season = shared(|coupon| coupon.valid.until = Some(at(0)));
    assert_eq!(refused(ledger.reserve(reserve(&season, 4, at(0)), at(0))), Refusal::Expired { until: at(0) });
}

fn limits_of_a_code_a_friend_and_a_window_say_when_there_is_room<L: Ledger>(ledger: &L)
where
    L::Error: Debug,
{
    let coupon = personal(|coupon| {
        coupon.limits.per_code = times(2);
        coupon.limits.per_friend = times(3);
        coupon.limits.per_window = per(4, Window::Day);
    });
    let by = |friend: u32, nth: u8, n: u32, now: i64| {
        let mut asked = reserve(&coupon, n, at(now));
        (asked.friend, asked.code) = (Some(FriendId(friend)), Some(code(friend, nth)));
        ledger.reserve(asked, at(now))
    };
    let full = |refusal| match refusal {
        Refusal::CodeUsed(full) => ("code", full.limit, full.used, full.free_at),
        Refusal::FriendUsed(full) => ("friend", full.limit, full.used, full.free_at),
        Refusal::WindowFull(full) => ("window", full.limit, full.used, full.free_at),
        other => panic!("{other:?}"),
    };
    by(7, 0, 1, 0).unwrap();
    by(7, 0, 2, 0).unwrap();
    assert_eq!(full(refused(by(7, 0, 3, 0))), ("code", 2, 2, Some(at(QUARTER))));
    by(7, 1, 3, MINUTE).unwrap();
    assert_eq!(full(refused(by(7, 1, 4, MINUTE))), ("friend", 3, 3, Some(at(QUARTER))));
    by(8, 0, 4, MINUTE).unwrap();
    assert_eq!(full(refused(by(9, 0, 5, MINUTE))), ("window", 4, 4, Some(at(QUARTER))));
    (1..=4).for_each(|n| drop(ledger.redeem(redeem(&coupon, n, n), at(2 * MINUTE)).unwrap()));
    assert_eq!(full(refused(by(7, 0, 5, MINUTE))), ("code", 2, 2, None), "what is used comes back by itself never");
    let midnight = at(12 * 60 * MINUTE);
    assert_eq!(full(refused(by(9, 0, 5, MINUTE))), ("window", 4, 4, Some(midnight)));
    ledger.reserve(reserve(&coupon, 9, midnight), midnight).unwrap();
    let uses = ledger.uses(&UsesOf { friend: Some(FriendId(7)), code: Some(code(7, 1)), ..of(&coupon) }, midnight);
    let uses = uses.unwrap();
    assert_eq!((uses.in_total, uses.in_window, uses.by_friend, uses.with_code), (5, 1, 3, 1));
    // A window that rolls.
    let rolling = shared(|coupon| {
        coupon.name = CouponName::new("rolling").unwrap();
        coupon.limits.per_window = per(2, Window::Rolling(Span::days(1)));
    });
    buy(ledger, &rolling, 21, at(0));
    buy(ledger, &rolling, 22, at(MINUTE));
    let refusal = refused(ledger.reserve(reserve(&rolling, 23, at(DAY - 1)), at(DAY - 1)));
    assert_eq!(full(refusal), ("window", 2, 2, Some(at(DAY))));
    buy(ledger, &rolling, 23, at(DAY));
    ledger.roll_back(order(22), Returned::Whole, at(DAY)).unwrap();
    buy(ledger, &rolling, 24, at(DAY));
}

fn a_code_of_ones_own_is_used_once_unless_more_is_told<L: Ledger>(ledger: &L)
where
    L::Error: Debug,
{
    let coupon = personal(|_| ());
    buy(ledger, &coupon, 1, at(0));
    let mut again = reserve(&coupon, 2, at(0));
    again.code = Some(code(1, 0));
    assert_eq!(refused(ledger.reserve(again.clone(), at(0))).word(), "code_used");
    ledger.roll_back(order(1), Returned::Whole, at(0)).unwrap();
    ledger.reserve(again, at(0)).unwrap();
}

fn a_budget_is_taken_when_reserved<L: Ledger>(ledger: &L)
where
    L::Error: Debug,
{
    let coupon = shared(|coupon| coupon.limits.budget = budget(1200, ReservedAt::Reserve));
    buy(ledger, &coupon, 1, at(0));
    ledger.reserve(reserve(&coupon, 2, at(0)), at(0)).unwrap();
    let refusal = refused(ledger.reserve(reserve(&coupon, 3, at(0)), at(0)));
    assert_eq!(refusal, Refusal::BudgetSpent { sum: yen(1200), left: yen(200), asked: yen(500) });
    let mut smaller = reserve(&coupon, 3, at(0));
    smaller.discount = yen(200);
    ledger.reserve(smaller, at(0)).unwrap();
    assert_eq!(used(ledger, &coupon, at(0)), (3, 1200));
    assert_eq!(used(ledger, &coupon, at(QUARTER)), (1, 500));
}

fn a_budget_taken_at_issue_keeps_what_was_promised<L: Ledger>(ledger: &L)
where
    L::Error: Debug,
{
    let most = yen(1000);
    let coupon = personal(|coupon| coupon.limits.budget = budget(2500, ReservedAt::Issue { most }));
    ledger.issue(issue(&coupon, code(1, 0)), at(0)).unwrap();
    ledger.issue(issue(&coupon, code(1, 0)), at(0)).unwrap();
    ledger.issue(issue(&coupon, code(2, 0)), at(0)).unwrap();
    let refusal = refused(ledger.issue(issue(&coupon, code(3, 0)), at(0)));
    assert_eq!(refusal, Refusal::BudgetSpent { sum: yen(2500), left: yen(500), asked: most });
    assert_eq!(used(ledger, &coupon, at(0)), (0, 2000));
    assert_eq!(ledger.uses(&of(&coupon), at(0)).unwrap().issued, 2);
    // Nobody who was promised something comes too late, and none takes more than was promised.
    let mut dear = reserve(&coupon, 1, at(0));
    dear.discount = yen(1001);
    assert_eq!(refused(ledger.reserve(dear, at(0))), Refusal::OverPromise { most });
    buy(ledger, &coupon, 1, at(0));
    assert_eq!(used(ledger, &coupon, at(0)), (1, 2000));
    ledger.roll_back(order(1), Returned::Whole, at(0)).unwrap();
    let mut again = reserve(&coupon, 4, at(0));
    again.code = Some(code(1, 0));
    ledger.reserve(again, at(0)).unwrap();
    ledger.redeem(redeem(&coupon, 4, 4), at(0)).unwrap();
    // Once the codes are over, the budget holds what was used.
    let over = at(14 * DAY);
    assert_eq!(used(ledger, &coupon, over.plus_millis(-1)), (1, 2000));
    assert_eq!(used(ledger, &coupon, over), (1, 500));
    ledger.roll_back(order(4), part(1, 2), over).unwrap();
    assert_eq!(used(ledger, &coupon, over), (1, 250));
    ledger.roll_back(order(4), Returned::Whole, over).unwrap();
    assert_eq!(used(ledger, &coupon, over), (0, 0));
    // A code nobody told of takes from the budget when it is used; a revoked one frees what was kept for it.
    let mut later = issue(&coupon, code(5, 0));
    later.valid_until = at(40 * DAY);
    ledger.issue(later, over).unwrap();
    ledger.revoke(Revoke::Code(coupon.name.clone(), code(5, 0)), over).unwrap();
    assert_eq!(used(ledger, &coupon, over), (0, 0));
    let mut untold = reserve(&coupon, 6, over);
    (untold.valid_until, untold.discount) = (at(40 * DAY), yen(2600));
    assert_eq!(refused(ledger.reserve(untold, over)).word(), "budget_spent");
}

fn a_part_gives_back_money_and_the_whole_gives_back_the_use<L: Ledger>(ledger: &L)
where
    L::Error: Debug,
{
    let coupon = in_total(1);
    buy(ledger, &coupon, 1, at(0));
    let uses = ledger.roll_back(order(1), part(1000, 3000), at(0)).unwrap();
    // A third of 500, toward the shop.
    assert_eq!((uses[0].counts(), uses[0].cost()), (true, yen(500 - 166)));
    assert_eq!(used(ledger, &coupon, at(0)), (1, 334));
    ledger.roll_back(order(1), part(3000, 3000), at(0)).unwrap();
    assert_eq!(used(ledger, &coupon, at(0)), (1, 0));
    assert_eq!(refused(ledger.reserve(reserve(&coupon, 2, at(0)), at(0))).word(), "used_up");
    ledger.roll_back(order(1), Returned::Whole, at(0)).unwrap();
    assert_eq!(used(ledger, &coupon, at(0)), (0, 0));
    buy(ledger, &coupon, 2, at(0));
    // What came back stays back: the old order has no say in the new one.
    ledger.roll_back(order(1), Returned::Whole, at(0)).unwrap();
    assert_eq!(ledger.redeem(redeem(&coupon, 1, 1), at(0)).unwrap().cost(), yen(0));
    assert_eq!(used(ledger, &coupon, at(0)), (1, 500));
}

fn what_came_back_is_told_in_any_order_and_any_number_of_times<L: Ledger>(ledger: &L)
where
    L::Error: Debug,
{
    let coupon = shared(|_| ());
    let told = [part(1, 4), part(1, 2), Returned::Whole];
    let mut n = 0;
    for places in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        for times in 1..=2 {
            n += 1;
            buy(ledger, &coupon, n, at(0));
            let before = used(ledger, &coupon, at(0));
            for place in places {
                (0..times).for_each(|_| drop(ledger.roll_back(order(n), told[place], at(0)).unwrap()));
            }
            assert_eq!(used(ledger, &coupon, at(0)), (before.0 - 1, before.1 - 500), "{places:?}, {times} times");
        }
    }
}

fn what_came_back_before_the_use_was_told_came_back<L: Ledger>(ledger: &L)
where
    L::Error: Debug,
{
    let coupon = in_total(2);
    ledger.reserve(reserve(&coupon, 1, at(0)), at(0)).unwrap();
    assert_eq!(ledger.roll_back(order(1), part(1, 2), at(0)).unwrap(), []);
    let one = ledger.redeem(redeem(&coupon, 1, 1), at(0)).unwrap();
    assert_eq!(one.cost(), yen(250));
    ledger.reserve(reserve(&coupon, 2, at(0)), at(0)).unwrap();
    ledger.roll_back(order(2), Returned::Whole, at(0)).unwrap();
    assert_eq!(refused(ledger.redeem(redeem(&coupon, 2, 2), at(0))), Refusal::OrderReturned { order: order(2) });
    assert_eq!(used(ledger, &coupon, at(QUARTER)), (1, 250));
}

fn several_coupons_of_an_order_come_back_together<L: Ledger>(ledger: &L)
where
    L::Error: Debug,
{
    let one = in_total(1);
    let other = shared(|coupon| coupon.name = CouponName::new("summer").unwrap());
    for coupon in [&one, &other] {
        ledger.reserve(reserve(coupon, 1, at(0)), at(0)).unwrap();
        ledger.redeem(redeem(coupon, 1, 1), at(0)).unwrap();
    }
    let costs = || ledger.uses_on(&order(1)).unwrap().iter().map(|one| one.cost().minor()).collect::<Vec<_>>();
    assert_eq!(costs(), [500, 500]);
    assert_eq!(ledger.roll_back(order(1), Returned::Whole, at(0)).unwrap().len(), 2);
    assert_eq!(costs(), [0, 0], "they stay known");
    assert!(ledger.uses_on(&order(2)).unwrap().is_empty());
    assert_eq!((used(ledger, &one, at(0)), used(ledger, &other, at(0))), ((0, 0), (0, 0)));
}

fn friends_who_are_one_count_as_one<L: Ledger>(ledger: &L)
where
    L::Error: Debug,
{
    let coupon = shared(|coupon| coupon.limits.per_friend = times(3));
    let by = |friend: u32, n: u32| {
        let mut asked = reserve(&coupon, n, at(0));
        asked.friend = Some(FriendId(friend));
        ledger.reserve(asked, at(0)).map(|_| ledger.redeem(redeem(&coupon, n, n), at(0)).unwrap())
    };
    let counted = |friend| {
        let asked = UsesOf { friend: Some(FriendId(friend)), ..of(&coupon) };
        ledger.uses(&asked, at(0)).unwrap().by_friend
    };
    by(1, 1).unwrap();
    by(2, 2).unwrap();
    by(3, 3).unwrap();
    ledger.merge(FriendId(1), FriendId(2), at(0)).unwrap();
    ledger.merge(FriendId(1), FriendId(2), at(0)).unwrap();
    assert_eq!([counted(1), counted(2), counted(3)], [2, 2, 1]);
    // Also by way of a number that has ended.
    ledger.merge(FriendId(3), FriendId(1), at(0)).unwrap();
    ledger.merge(FriendId(2), FriendId(3), at(0)).unwrap();
    assert_eq!([counted(1), counted(2), counted(3)], [3, 3, 3]);
    for friend in 1..=3 {
        assert_eq!(refused(by(friend, 9)).word(), "friend_used");
    }
    ledger.roll_back(order(1), Returned::Whole, at(0)).unwrap();
    assert_eq!(counted(3), 2, "what was used under an old number comes back");
    by(1, 4).unwrap();
    assert_eq!(refused(by(3, 9)).word(), "friend_used");
}

fn what_is_revoked_is_used_by_nobody<L: Ledger>(ledger: &L)
where
    L::Error: Debug,
{
    let coupon = personal(|_| ());
    buy(ledger, &coupon, 1, at(0));
    (2..=4).for_each(|n| drop(ledger.reserve(reserve(&coupon, n, at(0)), at(0)).unwrap()));
    ledger.revoke(Revoke::Code(coupon.name.clone(), code(2, 0)), at(1)).unwrap();
    ledger.revoke(Revoke::Code(coupon.name.clone(), code(2, 0)), at(2)).unwrap();
    let revoked = Refusal::Revoked { at: at(1) };
    assert_eq!(refused(ledger.redeem(redeem(&coupon, 2, 2), at(3))), revoked);
    assert_eq!(refused(ledger.reserve(reserve(&coupon, 2, at(3)), at(3))), revoked);
    ledger.redeem(redeem(&coupon, 3, 3), at(3)).unwrap();
    ledger.revoke(Revoke::Coupon(coupon.name.clone()), at(4)).unwrap();
    let revoked = Refusal::Revoked { at: at(4) };
    assert_eq!(refused(ledger.redeem(redeem(&coupon, 4, 4), at(5))), revoked);
    assert_eq!(refused(ledger.reserve(reserve(&coupon, 5, at(5)), at(5))), revoked);
    assert_eq!(refused(ledger.issue(issue(&coupon, code(6, 0)), at(5))), revoked);
    // What was used was used.
    assert!(ledger.redeem(redeem(&coupon, 1, 1), at(5)).is_ok());
    assert_eq!(used(ledger, &coupon, at(QUARTER)), (2, 1000));
    assert_eq!(ledger.uses(&of(&coupon), at(5)).unwrap().revoked, Some(at(4)));
}

fn what_nobody_may_ask_is_refused<L: Ledger>(ledger: &L)
where
    L::Error: Debug,
{
    let coupon = personal(|coupon| coupon.limits.per_friend = times(1));
    let asked = reserve(&coupon, 1, at(0));
    let mut without = asked.clone();
    without.code = None;
    assert_eq!(refused(ledger.reserve(without, at(0))), Refusal::CodeMissing);
    for nobody in [None, Some(FriendId(0))] {
        let mut without = asked.clone();
        without.friend = nobody;
        assert_eq!(refused(ledger.reserve(without, at(0))), Refusal::FriendMissing);
    }
    for discount in [yen(-1), yen(i64::MAX)] {
        let mut wrong = asked.clone();
        wrong.discount = discount;
        let answer = ledger.reserve(wrong, at(0));
        assert_eq!(answer.is_ok(), discount > yen(0));
    }
    let mut wrong = reserve(&coupon, 2, at(0));
    assert_eq!(refused(ledger.reserve(wrong.clone(), at(0))), Refusal::NoDiscount, "more than can be counted");
    wrong.until = at(0);
    assert_eq!(refused(ledger.reserve(wrong, at(0))), Refusal::HeldForNothing { until: at(0) });
    assert_eq!(ledger.roll_back(order(77), Returned::Whole, at(0)).unwrap(), []);
}

fn of_several_each_sees_those_before_it<L: Ledger>(ledger: &L)
where
    L::Error: Debug,
{
    let coupon = in_total(1);
    let operations = vec![
        Operation::Reserve(reserve(&coupon, 1, at(0))),
        Operation::Reserve(reserve(&coupon, 2, at(0))),
        Operation::Redeem(redeem(&coupon, 1, 1)),
        Operation::RollBack(RollBack { order: order(1), returned: Returned::Whole }),
        Operation::Reserve(reserve(&coupon, 3, at(0))),
    ];
    let done: Vec<_> = ledger.run_all(operations, at(0)).iter().map(Result::is_ok).collect();
    assert_eq!(done, [true, false, true, true, true]);
    assert_eq!(ledger.run_all(Vec::new(), at(0)).len(), 0);
}

fn numbers_of_printed_codes_are_taken_once<L: Ledger>(ledger: &L)
where
    L::Error: Debug,
{
    let (card, other) = (CouponName::new("card").unwrap(), CouponName::new("other").unwrap());
    assert_eq!(ledger.take_numbers(&card, 1000, at(0)).unwrap(), 0..1000);
    assert_eq!(ledger.take_numbers(&card, 500, at(0)).unwrap(), 1000..1500);
    assert_eq!(ledger.take_numbers(&other, 1, at(0)).unwrap(), 0..1);
    assert_eq!(ledger.take_numbers(&card, u32::MAX - 1500, at(0)).unwrap(), 1500..u32::MAX);
    assert_eq!(refused(ledger.take_numbers(&card, 1, at(0))), Refusal::NumbersTaken { next: u32::MAX });
    assert_eq!(ledger.take_numbers(&card, 0, at(0)).unwrap(), u32::MAX..u32::MAX);
}

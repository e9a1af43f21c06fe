//! What the cart's events give back.

use std::collections::BTreeMap;
use std::sync::Arc;

use enishi::coupon::ledger::{Redeem, Reserve, Returned, returned, told};
use enishi::model::{CheckoutId, Event, EventId, Fact, FriendKey, Money, Order, OrderHistory, Zone};
use enishi::store::{Ledger, MemoryLedger};
use proptest::prelude::*;

use crate::lab::{DAY, at, in_total, order, reserve, used, yen};

fn event(id: usize, fact: Fact, ms: i64) -> Event {
    let friend = FriendKey::new("line:1").unwrap();
    Event { id: EventId::new(&format!("{id}")).unwrap(), friend, at: at(ms), fact }
}

fn placed(total: i64) -> Fact {
    let total = Money::from_minor(total);
    Fact::OrderPlaced(Order { id: order(1), placed_at: at(0), total, lines: Vec::new(), properties: [].into() })
}

fn refunded(amount: i64) -> Fact {
    Fact::OrderRefunded { order: order(1), amount: yen(amount) }
}

/// The engine's part of it: each event once, by its id.
fn take_in(orders: &mut OrderHistory, event: &Event) {
    match &event.fact {
        Fact::OrderPlaced(order) => orders.placed(order, event.at),
        Fact::OrderCancelled { order } => orders.cancelled(order, event.at),
        Fact::OrderRefunded { order, amount } => orders.refunded(order, *amount),
        _ => {}
    }
}

#[test]
fn a_redemption_that_is_told_redeems_what_is_reserved_for_the_order() {
    let (ledger, coupon) = (MemoryLedger::new(), in_total(1));
    let checkout = CheckoutId::new("order 1").unwrap();
    let asked = Reserve { checkout, ..reserve(&coupon, 1, at(0)) };
    ledger.reserve(asked, at(0)).unwrap();
    let fact = Fact::CouponRedeemed { coupon: coupon.name.clone(), code: "SPRING26".into(), order: order(1) };
    let event = event(1, fact, 0);
    let coupons = BTreeMap::from([(coupon.name.clone(), Arc::clone(&coupon))]);
    let entry = told(&event, &OrderHistory::default()).unwrap();
    let operation = entry.operation(&coupons, &Zone::TOKYO).unwrap();
    let uses = ledger.run(operation, at(0)).unwrap();
    assert!(uses[0].lapses_at().is_none() && uses[0].counts());
    assert!(entry.operation(&BTreeMap::new(), &Zone::TOKYO).is_none(), "no such coupon");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Seen to fail: with the refunded amount of each event told as a part of its own instead of all that came back
    /// so far, the budget depends on the order; with no look at orders that are placed after they were refunded, it
    /// stays taken.
    #[test]
    fn events_in_any_order_give_back_once(
        facts in Just(vec![placed(3000), refunded(700), refunded(800)]).prop_shuffle(),
        ends in 0..3_u8,
        redeemed_after in 0..5_usize,
        copies in 1..3_usize,
    ) {
        let mut facts = facts;
        match ends {
            1 => facts.insert(facts.len() / 2, Fact::OrderCancelled { order: order(1) }),
            2 => facts.push(refunded(1500)),
            _ => {}
        }
        let (ledger, coupon) = (MemoryLedger::new(), in_total(9));
        ledger.reserve(reserve(&coupon, 1, at(0)), at(0)).unwrap();
        let redeem = || Redeem { checkout: crate::lab::checkout(1), ..crate::lab::redeem(&coupon, 1, 1) };
        let mut orders = OrderHistory::default();
        for (place, fact) in facts.into_iter().enumerate() {
            if place == redeemed_after {
                drop(ledger.redeem(redeem(), at(0)));
            }
            let event = event(place, fact, DAY);
            take_in(&mut orders, &event);
            for _ in 0..copies {
                if let Some(entry) = told(&event, &orders) {
                    ledger.run(entry.operation(&BTreeMap::new(), &Zone::TOKYO).unwrap(), at(DAY)).unwrap();
                }
            }
        }
        if redeemed_after > 2 {
            drop(ledger.redeem(redeem(), at(0)));
        }
        let expected = if ends == 0 { (1, 250) } else { (0, 0) };
        prop_assert_eq!(used(&ledger, &coupon, at(DAY)), expected);
    }
}

#[test]
fn of_an_order_only_refunded_nothing_is_known() {
    let mut orders = OrderHistory::default();
    orders.refunded(&order(1), yen(100));
    assert!(returned(orders.get(&order(1)).unwrap()).is_none());
    orders.cancelled(&order(2), at(0));
    assert_eq!(returned(orders.get(&order(2)).unwrap()), Some(Returned::Whole));
}

//! Webhooks: told twice, out of order, of strangers.

use enishi::engine::Recorded;
use enishi::model::Currency;

use crate::NOON;
use crate::support::lab::{Lab, at, follow};

// LINE redelivers webhooks, and carts retry: events counted twice, or applied backwards.
#[test]
fn x15_twice_and_in_any_order_is_once_and_in_order() {
    let placed = r#""type":"order_placed","order":"1","total":"3000""#;
    let cancelled = r#""type":"order_cancelled","order":"1""#;
    let (early, late) = (NOON, "2026-04-01T13:00:00+09:00");
    let now = "2026-04-01T14:00:00+09:00";
    for facts in [[(early, placed), (late, cancelled)], [(late, cancelled), (early, placed)]] {
        let mut lab = Lab::new("");
        for (happened, fact) in facts {
            lab.tell_late(now, happened, "hana", fact);
        }
        assert_eq!(lab.friend("hana").orders.counting(at(now)).count(), 0);
    }
    let mut lab = Lab::new("");
    let event = crate::support::lab::event("e1", "hana", NOON, placed);
    let event = enishi::model::Event::from_json(event.as_bytes(), Currency::JPY).unwrap();
    assert_eq!(lab.engine.record(&event, at(NOON)), Ok(Recorded::New));
    let before = lab.engine.snapshot();
    assert_eq!(lab.engine.record(&event, at(NOON)), Ok(Recorded::Duplicate));
    assert_eq!(lab.engine.snapshot(), before);
}

// A user who never added the account blocks it, or writes to it; the bot had no row for them and fell over.
#[test]
fn x16_unfollow_and_message_from_strangers() {
    let mut lab = Lab::new("[scenarios.s]\non = 'message'\nsteps = [{ id = 'a', send = 'a' }]");
    lab.tell(NOON, "hana", r#""type":"unfollow""#);
    assert!(lab.friend("hana").line.is_blocked());
    lab.tell(NOON, "taro", r#""type":"message","text":"こんにちは""#);
    assert!(lab.decisions().iter().any(|line| line.ends_with("taro s#1/a not_following")));
    assert_eq!(lab.deliveries(), [""; 0]);
}

// Older webhooks have no `isUnblocked`; taken for a first add, friends of years were welcomed with a coupon.
#[test]
fn x17_a_follow_that_does_not_say_which_is_neither() {
    let mut lab = Lab::new(
        "[scenarios.first]\non = 'follow'\nsteps = [{ id = 'a', send = 'a' }]\n[scenarios.again]\non = 'refollow'\nsteps = [{ id = 'b', send = 'b' }]\n[scenarios.any]\non = 'any follow'\nsteps = [{ id = 'c', send = 'c' }]",
    );
    lab.tell(NOON, "hana", &follow("hana", ""));
    assert_eq!(lab.deliveries(), ["2026-04-01T12:00 hana any/c: C"]);
    let lines = lab.decisions();
    assert!(lines.contains(&"2026-04-01T12:00 hana first follow_unknown".into()), "{lines:#?}");
    assert!(lines.contains(&"2026-04-01T12:00 hana again follow_unknown".into()), "{lines:#?}");
}

//! What a predicate says of the future comes true: `next_change` is when the answer changes.

use enishi::model::{Friend, FriendId, FriendKey, LocalTime, Money, Order, Span, Timestamp, Zone};
use enishi::segment::{Expr, Predicate, Schema};
use proptest::prelude::*;

use super::expressions::{expressions, order_atom};

const MINUTE: i64 = 60_000;
const DAY: i64 = 86_400_000;
/// 2026-02-01T00:00Z; clocks in New York go forward on 8 March, those in Lord Howe go back by half an hour on 4 April.
const START: i64 = 1_769_904_000_000;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn a_single_condition_changes_exactly_when_it_says(
        atom in order_atom(), orders in orders(), now in instants(), zone in zones(), samples in prop::collection::vec(0_i64..1_000_000, 12),
    ) {
        let (friend, predicate) = (friend(&orders), compiled(&Expr::Atom(atom), zone));
        let change = constant_until_change(&predicate, &friend, now, &samples)?;
        if let Some(change) = change {
            prop_assert_ne!(predicate.matches(&friend, change), predicate.matches(&friend, now), "{} is no change", change);
        }
    }

    #[test]
    fn any_expression_is_constant_until_the_change_it_tells(
        expr in expressions(order_atom()), orders in orders(), now in instants(), zone in zones(), samples in prop::collection::vec(0_i64..1_000_000, 12),
    ) {
        constant_until_change(&compiled(&expr, zone), &friend(&orders), now, &samples)?;
    }

    #[test]
    fn a_window_begins_and_ends_at_the_same_local_time(placed in instants(), zone in zones(), days in 1_u32..100) {
        let friend = friend(&[(placed.millis(), 1)]);
        let over = zone.plus(placed, Span::days(days));
        let within = compiled(&Expr::parse(&format!("order within {days}d")).unwrap().expr, zone);
        let older = compiled(&Expr::parse(&format!("last order older than {days}d")).unwrap().expr, zone);
        for (instant, inside) in [(placed.plus_millis(-1), false), (placed, true), (over.plus_millis(-1), true), (over, false)] {
            prop_assert_eq!(within.matches(&friend, instant), inside, "{}", instant);
            prop_assert_eq!(older.matches(&friend, instant), instant >= over, "{}", instant);
        }
        prop_assert_eq!(within.next_change(&friend, placed), Some(over));
        prop_assert_eq!(within.next_change(&friend, over), None);
    }
}

/// Samples instants between now and the change told, the last before it among them.
fn constant_until_change(
    predicate: &Predicate,
    friend: &Friend,
    now: Timestamp,
    samples: &[i64],
) -> Result<Option<Timestamp>, TestCaseError> {
    let change = predicate.next_change(friend, now);
    let end = change.unwrap_or(now.plus_millis(400 * DAY));
    prop_assert!(end > now);
    let answer = predicate.matches(friend, now);
    let length = i128::from(end.since(now) - 1);
    let inside = samples.iter().map(|ppm| (length * i128::from(*ppm) / 1_000_000) as i64).chain([length as i64]);
    for offset in inside {
        let instant = now.plus_millis(offset);
        prop_assert_eq!(predicate.matches(friend, instant), answer, "at {} already, before {:?}", instant, change);
    }
    Ok(change)
}

fn compiled(expr: &Expr, zone: Zone) -> Predicate {
    Schema::new(zone).compile(expr).unwrap_or_else(|errors| panic!("{expr}: {errors:?}"))
}

fn friend(orders: &[(i64, i64)]) -> Friend {
    let mut friend = Friend::new(FriendId(1), FriendKey::new("hana").unwrap());
    for (i, (placed, total)) in orders.iter().enumerate() {
        let placed_at = Timestamp::from_millis(*placed).unwrap();
        let order = Order {
            id: i.to_string().parse().unwrap(),
            placed_at,
            total: Money::from_minor(*total),
            lines: Vec::new(),
        };
        friend.orders.placed(&order, placed_at);
    }
    friend
}

fn orders() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((instants().prop_map(Timestamp::millis), 0_i64..200), 0..6)
}

fn instants() -> impl Strategy<Value = Timestamp> {
    // Mostly on the minute, so that ends of windows meet.
    let minutes = (0_i64..120 * 24 * 60).prop_map(|minutes| START + minutes * MINUTE);
    prop_oneof![4 => minutes, 1 => (0..120 * DAY).prop_map(|ms| START + ms)]
        .prop_map(|ms| Timestamp::from_millis(ms).unwrap())
}

fn zones() -> impl Strategy<Value = Zone> {
    let names = ["Asia/Tokyo", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"];
    let starts = ["00:00", "04:00"];
    (0..names.len(), 0..starts.len())
        .prop_map(move |(name, start)| Zone::new(names[name], starts[start].parse::<LocalTime>().unwrap()).unwrap())
}

//! What a predicate says of the future comes true: `next_change` is when the answer changes.

use std::collections::BTreeMap;

use enishi::model::{Friend, FriendId, FriendKey, Money, Order, Span, Timestamp};
use enishi::segment::{Atom, Expr, Predicate, Schema};
use proptest::prelude::*;

use super::expressions::{expressions, shop_atom};
use super::people::{DAY, compiled, friends, instants, schema, zones};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn a_single_condition_changes_exactly_when_it_says(
        atom in shop_atom(), friend in friends(), now in instants(), zone in zones(), samples in prop::collection::vec(0_i64..1_000_000, 12),
    ) {
        // A segment is a whole expression, of which only a bound is promised.
        prop_assume!(!matches!(atom, Atom::Segment(_)));
        let predicate = compiled(&Expr::Atom(atom), &schema(zone));
        let change = constant_until_change(&predicate, &friend, now, &samples)?;
        if let Some(change) = change {
            prop_assert_ne!(predicate.matches(&friend, change), predicate.matches(&friend, now), "{} is no change", change);
        }
    }

    #[test]
    fn any_expression_is_constant_until_the_change_it_tells(
        expr in expressions(shop_atom()), friend in friends(), now in instants(), zone in zones(), samples in prop::collection::vec(0_i64..1_000_000, 12),
    ) {
        constant_until_change(&compiled(&expr, &schema(zone)), &friend, now, &samples)?;
    }

    #[test]
    fn a_window_begins_and_ends_at_the_same_local_time(placed in instants(), zone in zones(), days in 1_u32..100) {
        let schema = Schema::new(zone);
        let mut friend = Friend::new(FriendId(1), FriendKey::new("hana").unwrap());
        let (id, total) = ("1".parse().unwrap(), Money::from_minor(1));
        friend.orders.placed(&Order { id, placed_at: placed, total, lines: Vec::new(), properties: BTreeMap::new() }, placed);
        let over = zone.plus(placed, Span::days(days));
        let within = compiled(&Expr::parse(&format!("order within {days}d")).unwrap().expr, &schema);
        let older = compiled(&Expr::parse(&format!("last order older than {days}d")).unwrap().expr, &schema);
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

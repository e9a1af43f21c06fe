//! The library answers as the plain evaluator does.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use enishi::model::{
    Activity, CartLine, Decimal, Friend, FriendId, Money, Occurrence, Order, OrderId, Span, Timestamp, Zone,
};
use enishi::segment::{
    AgeTest, Atom, Comparison, End, Expr, Field, Filter, Kind, Literal, Measure, Occurrences, Schema, Sequence,
    ValueTest,
};
use proptest::prelude::*;
use proptest::sample::select;

use super::expressions::{expressions, shop_atom};
use super::people::{MINUTE, START, compiled, friends, instants, schema};
use super::plain::{HOUR, Plain, total};

static AT_MIDNIGHT: LazyLock<Schema> = LazyLock::new(|| schema(Zone::TOKYO));
static AT_FOUR: LazyLock<Schema> = LazyLock::new(|| schema(Zone::new("Asia/Tokyo", "04:00".parse().unwrap()).unwrap()));

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5000))]

    /// 20,000 answers: 5,000 expressions of 5,000 friends, each at four instants.
    #[test]
    fn the_library_agrees_with_the_plainest_reading(
        expr in expressions(shop_atom()), friend in changed_friends(), at_four in any::<bool>(),
        instants in prop::collection::vec(instants(), 4),
    ) {
        let (schema, day_starts) = if at_four { (&*AT_FOUR, 4 * HOUR) } else { (&*AT_MIDNIGHT, 0) };
        let predicate = compiled(&expr, schema);
        for now in instants {
            let plain = Plain { friend: &friend, now: now.millis(), day_starts };
            prop_assert_eq!(predicate.matches(&friend, now), plain.holds(&expr), "{} at {}\n{}", expr, now, predicate.explain(&friend, now));
        }
    }

    /// The same of single conditions, of which both answers are common, at instants where something turns.
    #[test]
    fn it_agrees_where_something_turns(atom in shop_atom(), friend in changed_friends(), now in instants()) {
        let predicate = compiled(&Expr::Atom(atom.clone()), &AT_MIDNIGHT);
        let turn = predicate.next_change(&friend, now).unwrap_or(now);
        for now in [now, turn.plus_millis(-1), turn, turn.plus_millis(1)] {
            let plain = Plain { friend: &friend, now: now.millis(), day_starts: 0 };
            prop_assert_eq!(predicate.matches(&friend, now), plain.atom(&atom), "{} at {}", atom, now);
        }
    }

    /// Where everything happens within two hours, ends of windows and equal instants are common.
    #[test]
    fn it_agrees_in_a_busy_hour(atom in busy_atom(), friend in busy_friends(), now in ticks()) {
        let predicate = compiled(&Expr::Atom(atom.clone()), &AT_MIDNIGHT);
        for now in [now, now.plus_millis(-1)] {
            let plain = Plain { friend: &friend, now: now.millis(), day_starts: 0 };
            prop_assert_eq!(predicate.matches(&friend, now), plain.atom(&atom), "{} at {}", atom, now);
        }
    }
}

/// Every ten minutes of two hours.
fn ticks() -> impl Strategy<Value = Timestamp> {
    (0..12_i64).prop_map(|tick| Timestamp::from_millis(START + 10 * tick * MINUTE).unwrap())
}

fn busy_friends() -> impl Strategy<Value = Friend> {
    let categories = prop::sample::subsequence(vec!["skincare", "makeup"], 0..=2);
    let line =
        (select(vec!["A", "B", "C"]), 1_u32..4, 1_i64..4, categories).prop_map(|(sku, quantity, price, names)| {
            let categories = names.into_iter().map(Into::into).collect();
            CartLine { sku: sku.into(), quantity, unit_price: Money::from_minor(10 * price), categories }
        });
    let orders = prop::collection::vec((ticks(), prop::collection::vec(line.clone(), 0..4)), 0..4);
    let carts = prop::collection::vec((ticks(), prop::collection::vec(line, 1..4)), 0..3);
    let clicks = prop::collection::vec((ticks(), any::<bool>()), 0..5);
    (orders, carts, clicks).prop_map(|(orders, carts, clicks)| {
        let mut friend = Friend::new(FriendId(1), "hana".parse().unwrap());
        for (i, (placed_at, lines)) in orders.into_iter().enumerate() {
            let (id, total) = (i.to_string().parse().unwrap(), Money::from_minor(total(&lines)));
            friend.orders.placed(&Order { id, placed_at, total, lines, properties: BTreeMap::new() }, placed_at);
        }
        for (i, (at, lines)) in carts.into_iter().enumerate() {
            let id = format!("cart{i}").parse().unwrap();
            friend.history.record(Activity::Cart, Occurrence { lines, ..Occurrence::new(at, id) });
        }
        for (i, (at, is_click)) in clicks.into_iter().enumerate() {
            let activity = if is_click { Activity::Click } else { Activity::Reply };
            friend.history.record(activity, Occurrence::new(at, format!("click{i}").parse().unwrap()));
        }
        friend
    })
}

/// Filters on goods, sequences and ends, with lengths of time that fit the ticks.
fn busy_atom() -> impl Strategy<Value = Atom> {
    let span = || (0_u32..8).prop_map(|ticks| Span::minutes(10 * ticks));
    let age = move || {
        (span(), any::<bool>()).prop_map(
            |(span, within)| {
                if within { AgeTest::Within(span) } else { AgeTest::OlderThan(span) }
            },
        )
    };
    let number = |n: i64| Literal::Number(Decimal::whole(n).unwrap());
    let comparison = || select(Comparison::ALL.map(|(is, _)| is).to_vec());
    let text = |field: Field, texts: [&'static str; 2]| {
        let sign = select(vec![Comparison::Equal, Comparison::NotEqual]);
        (sign, select(texts.to_vec()))
            .prop_map(move |(is, text)| Filter {
                field: field.clone(),
                test: ValueTest::Is(is, Literal::Text(text.into())),
            })
            .boxed()
    };
    let quantity = (comparison(), 1_i64..4)
        .prop_map(move |(is, n)| Filter { field: Field::Quantity, test: ValueTest::Is(is, number(n)) });
    let price = (comparison(), 1_i64..4)
        .prop_map(move |(is, n)| Filter { field: Field::Price, test: ValueTest::Is(is, number(10 * n)) });
    let filters =
        prop_oneof![text(Field::Product, ["A", "B"]), text(Field::Category, ["skincare", "makeup"]), quantity, price];
    let goods = (select(vec![Kind::Order, Kind::Cart]), prop::collection::vec(filters, 0..3))
        .prop_map(|(kind, filters)| Occurrences { kind, filters, window: None });
    let plain = select(vec![Kind::Click, Kind::Reply]).prop_map(Occurrences::all);
    let any = prop_oneof![goods.clone(), plain].boxed();
    let measures = select(vec![
        Measure::Count,
        Measure::Sum(Field::Quantity),
        Measure::Sum(Field::Amount),
        Measure::Distinct(Field::Product),
        Measure::Distinct(Field::Category),
    ]);
    prop_oneof![
        (goods, prop::option::of(age()), measures, comparison(), 0_i64..6).prop_map(|(of, window, measure, is, n)| {
            let of = Occurrences { window, ..of };
            let n = if measure == Measure::Sum(Field::Amount) { 10 * n } else { n };
            Atom::Measure { of, measure, is, value: Decimal::whole(n).unwrap() }
        }),
        (any.clone(), select(vec![End::First, End::Last]), age()).prop_map(|(of, which, test)| Atom::Ends {
            which,
            of,
            test
        }),
        (any.clone(), prop::option::of(age()), any.clone(), prop::option::of(span()), prop::option::of(any.clone()))
            .prop_map(|(first, window, then, within, without)| {
                let first = Occurrences { window, ..first };
                Atom::Sequence(Box::new(Sequence { first, then, came: true, within, without }))
            }),
        (any.clone(), prop::option::of(age()), any, span()).prop_map(|(first, window, then, within)| {
            let first = Occurrences { window, ..first };
            Atom::Sequence(Box::new(Sequence { first, then, came: false, within: Some(within), without: None }))
        }),
    ]
}

/// Friends some of whose orders were cancelled or given back in part.
fn changed_friends() -> impl Strategy<Value = Friend> {
    (friends(), prop::collection::vec((0_u8..5, prop::option::of(1_i64..150)), 0..3)).prop_map(
        |(mut friend, changes)| {
            for (order, back) in changes {
                let id: OrderId = order.to_string().parse().unwrap();
                match back {
                    Some(back) => friend.orders.refunded(&id, Money::from_minor(back)),
                    None => friend.orders.cancelled(&id, Timestamp::MAX),
                }
            }
            friend
        },
    )
}

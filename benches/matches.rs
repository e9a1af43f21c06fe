//! One friend asked one question: `cargo bench --bench matches`.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use std::collections::BTreeMap;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use enishi::model::{Friend, FriendId, FriendKey, LineUserId, Money, Order, Timestamp, Value, Zone};
use enishi::segment::{AttributeType, Expr, Schema, TagRule};

/// Ten conditions, none of which spares looking at the next.
const EXPRESSION: &str = "orders.count >= 3 and orders.total within 365d >= 10000 and order within 90d \
    and not last order older than 60d and first order before 2026-01-01 and tag 'VIP' and line is following \
    and gender = 'female' and unknown birthday and no order between 300d and 280d ago";
/// 2026-04-01T00:00Z
const NOW: i64 = 1_775_001_600_000;
const DAY: i64 = 86_400_000;

criterion_group!(benches, matches);
criterion_main!(benches);

fn matches(criterion: &mut Criterion) {
    let mut schema = Schema::new(Zone::TOKYO);
    schema.tags.insert("VIP".parse().unwrap(), TagRule::default());
    let text = AttributeType::Of(enishi::model::ValueKind::Text);
    schema.attributes.insert("gender".parse().unwrap(), text);
    schema.attributes.insert("birthday".parse().unwrap(), AttributeType::Of(enishi::model::ValueKind::Date));
    let expr = Expr::parse(EXPRESSION).unwrap().expr;
    let predicate = schema.compile(&expr).unwrap();
    assert_eq!(predicate.atoms(), 10);
    let (friend, now) = (friend(), Timestamp::from_millis(NOW).unwrap());
    assert!(predicate.matches(&friend, now), "every condition has to be looked at");

    let mut group = criterion.benchmark_group("10 conditions, 8 orders");
    group.bench_function("matches", |b| b.iter(|| predicate.matches(black_box(&friend), now)));
    group.bench_function("next_change", |b| b.iter(|| predicate.next_change(black_box(&friend), now)));
    group.bench_function("parse", |b| b.iter(|| Expr::parse(black_box(EXPRESSION))));
    group.bench_function("compile", |b| b.iter(|| schema.compile(black_box(&expr))));
    group.finish();
}

fn friend() -> Friend {
    let at = |days: i64| Timestamp::from_millis(NOW - days * DAY).unwrap();
    let mut friend = Friend::new(FriendId(1), FriendKey::new("hana").unwrap());
    for (i, days) in [700, 600, 500, 250, 200, 120, 80, 20].into_iter().enumerate() {
        let id = i.to_string().parse().unwrap();
        let order = Order {
            id,
            placed_at: at(days),
            total: Money::from_minor(4080),
            lines: Vec::new(),
            properties: BTreeMap::new(),
        };
        friend.orders.placed(&order, at(days));
    }
    friend.line.followed(LineUserId::from_bytes([7; 16]), at(700), Some(false), None);
    friend.mark("VIP".parse().unwrap(), true, at(100));
    friend.set_attribute("gender".parse().unwrap(), Some(Value::Text("female".into())), at(100));
    friend
}

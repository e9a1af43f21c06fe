//! A year of a shop of ten thousand friends: `cargo bench --bench step`.
//!
//! Welcome with a coupon, second-order push and win-back, quiet hours and a cap; each friend follows, most look around,
//! a third order, some again, some block.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use std::collections::BTreeMap;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use enishi::coupon::KeyRing;
use enishi::engine::Engine;
use enishi::model::{Event, Fact, FriendKey, LineUserId, Money, Order, Timestamp};
use enishi::playbook::Playbook;

const FRIENDS: u64 = 10_000;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// 2025-04-01T00:00Z
const START: i64 = 1_743_465_600_000;

const PLAYBOOK: &str = r#"
[shop]
name = "河内の台所"
zone = "Asia/Tokyo"
currency = "JPY"
[segments]
f2 = "orders.count = 1 and last order older than 30d"
lapsing = "orders.count >= 2 and no order within 90d"
[coupons.hello]
benefit = { rate = "10%", up_to = 2000 }
valid = { for = "14d" }
[messages]
welcome = { line = [{ type = "text", text = "ようこそ。{coupon.hello.code}をどうぞ" }] }
goods = { line = [{ type = "text", text = "人気の品" }] }
[policy]
quiet_hours = { from = "21:00", to = "09:00", then = "shift", spread = "40m" }
caps = [{ at_most = 3, per = "7d" }]
[scenarios.welcome]
on = "follow"
steps = [
  { id = "thanks", issue = "hello", send = "welcome" },
  { wait = "1d at 20:00" },
  { id = "goods", send = "goods" },
  { wait = "7d from start at 12:00" },
  { if = "coupon 'hello' unused", else = "end" },
  { id = "remind", send = "goods" },
]
[scenarios.f2]
on = "enter segment 'f2'"
goal = "order"
steps = [{ id = "offer", send = "goods" }, { wait = "3d" }, { id = "again", send = "goods" }]
[scenarios.lapse]
on = "enter segment 'lapsing'"
goal = "order"
reentry = "after 180d"
steps = [{ id = "miss", send = "goods" }]
"#;

criterion_group!(benches, year);
criterion_main!(benches);

fn year(criterion: &mut Criterion) {
    let events = events();
    let playbook = Arc::new(Playbook::read(PLAYBOOK).unwrap());
    let fresh = || Engine::new(Arc::clone(&playbook), Some(KeyRing::new(0, b"sixteen secret bytes").unwrap())).unwrap();
    let played = play(fresh(), &events);
    let mut group = criterion.benchmark_group("10k friends, one year");
    group.sample_size(10).throughput(Throughput::Elements(events.len() as u64));
    group.bench_function("record and advance", |b| {
        b.iter_batched(fresh, |engine| play(engine, &events), BatchSize::PerIteration);
    });
    group.throughput(Throughput::Elements(FRIENDS));
    group.bench_function("snapshot", |b| b.iter(|| played.snapshot()));
    let bytes = played.snapshot();
    group.bench_function("restore", |b| {
        b.iter(|| {
            Engine::restore(Arc::clone(&playbook), Some(KeyRing::new(0, b"sixteen secret bytes").unwrap()), &bytes)
        });
    });
    group.finish();
}

/// Every wake-up at its minute, every event at its time.
fn play(mut engine: Engine, events: &[Event]) -> Engine {
    for event in events {
        engine.play_until(event.at).unwrap();
        engine.record(event, event.at).unwrap();
    }
    engine.play_until(Timestamp::from_millis(START + 365 * DAY).unwrap()).unwrap();
    engine
}

fn events() -> Vec<Event> {
    let mut random = Random(1);
    let mut events = Vec::new();
    for number in 0..FRIENDS {
        let friend: FriendKey = format!("line:{number}").parse().unwrap();
        let mut clock = START + random.below(180 * 24) as i64 * HOUR;
        let mut tell = |clock: i64, fact: Fact| {
            let id = format!("{number}:{}", events.len()).parse().unwrap();
            events.push(Event { id, friend: friend.clone(), at: Timestamp::from_millis(clock).unwrap(), fact });
        };
        let user = LineUserId::from_bytes(u128::from(number).to_be_bytes());
        tell(clock, Fact::Follow { user, unblocked: Some(false), route: None });
        for order in 0..random.below(6) {
            clock += (1 + random.below(40 * 24) as i64) * HOUR;
            tell(clock - HOUR / 2, Fact::View { product: "SOAP-1".into(), categories: Vec::new() });
            tell(clock - HOUR / 4, Fact::Click { link: "goods".into() });
            if random.below(3) == 0 {
                let id = format!("{number}-{order}").parse().unwrap();
                let placed_at = Timestamp::from_millis(clock).unwrap();
                let total = Money::from_minor(1000 + random.below(9000) as i64);
                tell(
                    clock,
                    Fact::OrderPlaced(Order { id, placed_at, total, lines: Vec::new(), properties: BTreeMap::new() }),
                );
            }
        }
        if random.below(20) == 0 {
            tell(clock + DAY, Fact::Unfollow);
        }
    }
    events.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    events
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}

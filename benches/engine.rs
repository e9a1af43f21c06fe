//! The in-memory engine at scale, against the goals of issue 4: `cargo bench --bench engine`.
//!
//! A playbook with all presets active and 30 segments of the shop's own, a year of events as in the example `shop_year`, everything on one thread. Times are those of the processor, of several runs the median; memory is
//! what the allocator was asked for, rounded as glibc rounds it. `FRIENDS=1000000` makes another number of friends
//! at rest, `WAKES=10000000` of pending wake-ups.

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, clippy::float_arithmetic, reason = "a benchmark")]
#![allow(unsafe_code, reason = "an allocator that counts")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use cpu_time::ThreadTime;
use enishi::coupon::KeyRing;
use enishi::engine::{Engine, Kept};
use enishi::model::{
    Event, Friend, FriendId, FriendKey, Journey, LineUserId, Money, Order, RunRecord, ScenarioVersion, Timestamp,
};
use enishi::playbook::Playbook;

#[path = "../examples/shop_year/made_up.rs"]
#[allow(dead_code, reason = "the example shows more of it")]
mod made_up;

#[path = "engine/playbook.rs"]
mod playbook;

const DAY: i64 = 86_400_000;
/// 2025-04-01T00:00Z
const START: i64 = 1_743_465_600_000;

fn main() {
    let playbook = Arc::new(Playbook::read(playbook::SHOP).unwrap_or_else(|faults| panic!("{faults}")));
    let (scenarios, segments) = (playbook.scenarios().len(), playbook.segments().len());
    println!("{scenarios} scenarios, {segments} segments\n");
    println!("{:<58} {:>16}   goal", "", "measured");
    events(&playbook);
    listeners();
    wakes(&playbook);
    at_rest(&playbook);
    pending(&playbook);
}

/// A year: every wake-up at its minute, every event at its time.
fn events(playbook: &Arc<Playbook>) {
    let friends = number("YEAR", 20_000);
    let year = Year::lived(playbook, friends, 3);
    row("events through record and advance, a second", year.a_second(1.0), "≥ 1 000 000");
    println!(
        "    of {} events, each with {:.2} wake-ups, {:.2} decisions, {:.2} messages",
        year.events,
        year.for_each(year.woken),
        year.for_each(year.decisions),
        year.for_each(year.deliveries)
    );
    row("friends looked at, a second", year.a_second(1.0 + year.for_each(year.woken)), "");
    row("decisions, a second", year.a_second(year.for_each(year.decisions)), "");
    for friends in [friends / 10, friends * 5] {
        let row_name = format!("events a second, of {friends} friends");
        row(&row_name, Year::lived(playbook, friends, 1).a_second(1.0), "the same");
    }
}

struct Year {
    events: usize,
    woken: usize,
    decisions: usize,
    deliveries: usize,
    time: Duration,
}

impl Year {
    fn lived(playbook: &Arc<Playbook>, friends: usize, times: usize) -> Self {
        let events = made_up::year(7, friends as u32, at(0), 365);
        let mut year = Self { events: events.len(), woken: 0, decisions: 0, deliveries: 0, time: Duration::ZERO };
        year.time = median(times, || {
            let mut engine = engine(playbook);
            (year.woken, year.decisions, year.deliveries) = (0, 0, 0);
            timed(|| {
                for event in &events {
                    year.woken += engine.play_until(event.at).unwrap();
                    engine.record(event, event.at).unwrap();
                    // A host takes out what it is to do before it goes on.
                    year.take(&mut engine);
                }
                year.woken += engine.play_until(at(365)).unwrap();
                year.take(&mut engine);
            })
        });
        year
    }

    fn take(&mut self, engine: &mut Engine) {
        self.decisions += engine.take_decisions().len();
        self.deliveries += engine.take_deliveries().len();
    }

    fn a_second(&self, times: f64) -> f64 {
        self.events as f64 * times / self.time.as_secs_f64()
    }

    fn for_each(&self, count: usize) -> f64 {
        count as f64 / self.events as f64
    }
}

/// So many scenarios that listen to an event, each of which decides about it.
fn listeners() {
    for scenarios in [1, 10, 100] {
        let listening =
            (0..scenarios).map(|n| format!("[scenarios.s{n}]\non = 'click'\nsteps = [{{ wait = '400d' }}]\n"));
        let playbook = shop_of(&listening.collect::<String>());
        let clicks: Vec<_> = (0..20_000).map(click).collect();
        let time = median(3, || {
            let mut engine = engine(&playbook);
            timed(|| {
                for click in &clicks {
                    engine.record(click, click.at).unwrap();
                    engine.take_decisions();
                }
            })
        });
        let each = time.as_secs_f64() * 1e6 / clicks.len() as f64;
        row(&format!("µs an event to which {scenarios} scenarios listen"), each, "at most linear");
    }
}

fn click(n: u32) -> Event {
    let json = format!(
        r#"{{"id":"c{n}","friend":"line:{}","at":{},"type":"click","link":"x"}}"#,
        user(1 + n % 1000),
        at(0).plus_millis(i64::from(n) * 60_000).millis()
    );
    Event::from_json(json.as_bytes(), "JPY".parse().unwrap()).unwrap()
}

/// Waits that end in waits: each wake-up moves one run one step on, and sends nothing.
fn wakes(plain: &Arc<Playbook>) {
    let friends = number("WAKING", 200_000) as u32;
    for (what, playbook) in [
        ("wake-ups a second, waits of the same shop", Arc::clone(plain)),
        ("wake-ups a second, in a shop of one scenario", waits()),
    ] {
        let time = median(3, || {
            let mut engine = engine(&playbook);
            for n in 1..=friends {
                let mut friend = bare(n);
                let due = at(0).plus_millis(i64::from(n) * 7919 % (30 * DAY));
                friend.journeys.push(journey("waits", "w0", due));
                friend.runs.insert("waits".parse().unwrap(), record());
                engine.seat(Kept { friend, wake: Some(due) });
            }
            let mut woken = 0;
            let time = timed(|| {
                for hour in 1..=31 * 24 {
                    woken += engine.play_until(at(0).plus_millis(hour * DAY / 24)).unwrap();
                    black_box(engine.take_decisions());
                }
            });
            time / woken as u32
        });
        row(what, 1.0 / time.as_secs_f64(), "≥ 5 000 000");
    }
}

fn at_rest(playbook: &Arc<Playbook>) {
    let friends = number("FRIENDS", 1_000_000) as u32;
    let mut engine = engine(playbook);
    let before = held();
    for n in 1..=friends {
        let friend = customer(n);
        let wake = friend.journeys.iter().map(|journey| journey.due).min();
        engine.seat(Kept { friend, wake });
    }
    let bytes = held() - before;
    row("bytes a friend at rest, three journeys", bytes as f64 / f64::from(friends), "≤ 400");
    let mut snapshot = Vec::new();
    let taken = median(3, || timed(|| snapshot = engine.snapshot()));
    drop(engine);
    let mut restored = None;
    let back = median(3, || timed(|| restored = Some(restore(playbook, &snapshot))));
    let scale = 1e6 / f64::from(friends);
    row("seconds for snapshot and restore of 1M friends", (taken + back).as_secs_f64() * scale, "≤ 2");
    println!("    snapshot {taken:.2?}, restore {back:.2?}, {} MB", snapshot.len() / 1_000_000);
    assert!(restored.unwrap().snapshot() == snapshot, "restored as it was");
}

fn pending(playbook: &Arc<Playbook>) {
    let friends = number("WAKES", 2_000_000) as u32;
    let pending = |wake: bool| {
        let mut engine = engine(playbook);
        let before = held();
        for n in 1..=friends {
            let wake = wake.then(|| at(0).plus_millis(i64::from(n) * 7_919_000 % (365 * DAY)));
            engine.seat(Kept { friend: bare(n), wake });
        }
        held() - before
    };
    // Eight bytes of every wake-up stand with the friend, whether or not there is one.
    let bytes = pending(true) - pending(false) + 8 * friends as usize;
    row("MB for 10M pending wake-ups", bytes as f64 / f64::from(friends) * 10.0, "≤ 320");
}

fn engine(playbook: &Arc<Playbook>) -> Engine {
    Engine::new(Arc::clone(playbook), Some(KeyRing::new(0, b"sixteen secret bytes").unwrap())).unwrap()
}

fn restore(playbook: &Arc<Playbook>, bytes: &[u8]) -> Engine {
    let keys = KeyRing::new(0, b"sixteen secret bytes").unwrap();
    Engine::restore(Arc::clone(playbook), Some(keys), bytes).unwrap()
}

/// One scenario that only waits.
fn waits() -> Arc<Playbook> {
    shop_of(&playbook::SHOP[playbook::SHOP.find("[scenarios.waits]").unwrap()..])
}

/// The shop itself, with these scenarios alone.
fn shop_of(scenarios: &str) -> Arc<Playbook> {
    let head = &playbook::SHOP[playbook::SHOP.find("[shop]").unwrap()..playbook::SHOP.find("[attributes]").unwrap()];
    Arc::new(Playbook::read(&format!("{head}\n{scenarios}")).unwrap_or_else(|faults| panic!("{faults}")))
}

fn user(n: u32) -> LineUserId {
    LineUserId::from_bytes((u128::from(n).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835) | 1).to_le_bytes())
}

fn bare(n: u32) -> Friend {
    let mut friend = Friend::new(FriendId(n), FriendKey::new(&format!("line:{}", user(n))).unwrap());
    friend.known_since = Some(at(0));
    friend
}

/// Somebody in the middle of life: follows, bought twice, has been sent some messages.
fn customer(n: u32) -> Friend {
    let mut friend = bare(n);
    let day = |day: i64| at(day).plus_millis(i64::from(n) * 61_000 % DAY);
    friend.known_since = Some(day(1));
    friend.line.followed(user(n), day(1), Some(false), Some("店頭QR"));
    friend.set_attribute(
        "birthday".parse().unwrap(),
        Some(enishi::model::Value::Date("1990-02-28".parse().unwrap())),
        day(2),
    );
    friend.mark("興味/スキンケア".parse().unwrap(), true, day(3));
    for i in 0..2 {
        let order = Order {
            id: format!("{n}-{i}").parse().unwrap(),
            placed_at: day(10 + i),
            total: Money::from_minor(2960),
            lines: vec![enishi::model::CartLine {
                sku: "だしパック".into(),
                quantity: 2,
                unit_price: Money::from_minor(1480),
                categories: Vec::new(),
            }],
            properties: Default::default(),
        };
        friend.orders.placed(&order, day(10 + i));
        friend.orders.shipped(&order.id, day(12 + i));
    }
    friend.reactions.note(day(11), playbook_time());
    for (scenario, step) in [("welcome", "remind"), ("waits", "w0"), ("thanks", "w")] {
        friend.journeys.push(journey(scenario, step, day(100)));
        friend.runs.insert(scenario.parse().unwrap(), record());
    }
    for segment in ["first", "repeat", "lapsing", "gone", "regulars", "lookers", "carts", "blocked"] {
        friend.inside.insert(segment.parse().unwrap(), segment == "repeat");
    }
    for i in 0..2_u8 {
        friend.sent.push(enishi::model::Sent {
            at: day(20),
            key: "0189c2a4-77f2-8abc-9def-001122334455".parse().unwrap(),
            promotional: i > 0,
            message: "goods".parse().unwrap(),
            scenario: "welcome".parse().unwrap(),
            channel: enishi::model::Channel::Line,
            delivered: None,
        });
    }
    friend.coupons.push(enishi::model::HeldCoupon {
        coupon: "hello".parse().unwrap(),
        code: "0PF0-0000-080P-GPEC-GENR".into(),
        issued_at: day(1),
        valid_until: day(15),
        redeemed: Default::default(),
    });
    friend
}

fn playbook_time() -> enishi::model::LocalTime {
    "21:00".parse().unwrap()
}

fn journey(scenario: &str, step: &str, due: Timestamp) -> Journey {
    Journey {
        scenario: scenario.parse().unwrap(),
        version: ScenarioVersion(0x1234_5678_9abc_def0),
        run: 1,
        entered_at: at(0),
        about: None,
        step: step.parse().unwrap(),
        arrived: at(0),
        planned: at(0),
        due,
        rounds: Vec::new(),
        done: Vec::new(),
    }
}

fn record() -> RunRecord {
    RunRecord { runs: 1, last_entered: at(0), last_ended: None, about: Default::default() }
}

fn at(days: i64) -> Timestamp {
    Timestamp::from_millis(START + days * DAY).unwrap()
}

fn number(variable: &str, usual: usize) -> usize {
    std::env::var(variable).map_or(usual, |text| text.parse().unwrap())
}

fn row(what: &str, measured: f64, goal: &str) {
    println!("{what:<58} {measured:>16.2}   {goal}");
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = ThreadTime::now();
    work();
    start.elapsed()
}

fn median(runs: usize, mut run: impl FnMut() -> Duration) -> Duration {
    let mut times: Vec<Duration> = (0..runs).map(|_| run()).collect();
    times.sort();
    times[runs / 2]
}

struct Counting;

thread_local! {
    // Of this thread, the only one: counting must not cost what it measures.
    static HELD: Cell<usize> = const { Cell::new(0) };
}

fn held() -> usize {
    HELD.get()
}

/// What glibc takes for so many bytes: eight more, rounded up to sixteen, 32 at least.
const fn taken(bytes: usize) -> usize {
    let rounded = (bytes + 8).next_multiple_of(16);
    if rounded < 32 { 32 } else { rounded }
}

// SAFETY: everything is passed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        HELD.set(HELD.get().wrapping_add(taken(layout.size())));
        // SAFETY: as above.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        HELD.set(HELD.get().wrapping_sub(taken(layout.size())));
        // SAFETY: as above.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

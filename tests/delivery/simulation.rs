//! Whatever goes wrong in whatever order: what is called accepted arrived once, what is called
//! refused never did, and nothing arrived twice.
//!
//! Twice over: against the stand-in over HTTP, and, many more times, against a model of LINE in this
//! file, with senders that die, oversleep and overtake each other.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use enishi::delivery::{Courier, Errand, LineHttp};
use enishi::engine::pack;
use enishi::line::{Answer, Endpoint, HttpResponse, Request, RetryKey};
use enishi::model::{DeliveryKey, Timestamp};
use enishi::store::Fate;
use line_stand_in::{Chaos, Fault, Options};

use crate::lab::{HOUR, Lab, MINUTE, START, Watched, at, delivery, user};

#[test]
fn against_the_stand_in_nothing_arrives_twice() {
    let mut ends = [0; 3];
    for seed in 0..40 {
        let mut lab = Lab::with(Options { chaos: Some(every_fault(seed)), ..Options::default() });
        lab.transport = LineHttp::new("stand-in-token")
            .unwrap()
            .at(&lab.line.url())
            .with_timeout(Duration::from_millis(100))
            .unwrap();
        for (text, to) in campaign() {
            lab.post(text, to);
        }
        lab.pump_to_the_end();
        assert_eq!(lab.line.violations(), [], "seed {seed}");
        let mut arrived = BTreeMap::new();
        for one in lab.line.deliveries() {
            let text = one.messages[0]["text"].as_str().unwrap().to_owned();
            *arrived.entry((one.user.to_string(), text)).or_default() += 1;
        }
        check(&lab.outbox, &arrived, &mut ends).unwrap_or_else(|wrong| panic!("seed {seed}: {wrong}"));
    }
    eprintln!("40 campaigns over HTTP: {ends:?} messages accepted, refused, unknown");
    assert!(ends.iter().all(|end| *end > 0), "{ends:?}");
}

#[test]
fn against_a_model_nothing_arrives_twice_either() {
    let mut ends = [0; 3];
    for seed in 0..SEEDS {
        let mut world = World::new(seed);
        world.run();
        check(&world.outbox, &world.line.arrived, &mut ends).unwrap_or_else(|wrong| panic!("seed {seed}: {wrong}"));
    }
    eprintln!("{SEEDS} campaigns against the model: {ends:?} messages accepted, refused, unknown");
    assert!(ends.iter().all(|end| *end > 0), "{ends:?}");
}

/// Campaigns against the model.
const SEEDS: u64 = 1_500;

/// Personal messages, two to many, and two of them to the same friends.
fn campaign() -> [(&'static str, core::ops::Range<u32>); 4] {
    [("sale", 0..20), ("only you", 3..4), ("new goods", 0..12), ("thanks", 19..20)]
}

fn every_fault(seed: u64) -> Chaos {
    Chaos::new(seed)
        .with(Fault::Http500BeforeAccept, 80)
        .with(Fault::Http500AfterAccept, 80)
        .with(Fault::TimeoutBeforeAccept, 10)
        .with(Fault::TimeoutAfterAccept, 20)
        .with(Fault::DropConnectionBeforeAccept, 60)
        .with(Fault::DropConnectionAfterAccept, 80)
        .with(Fault::RateLimited, 60)
        .with(Fault::MonthlyLimit, 10)
        .with(Fault::Unauthorized, 20)
        .with(Fault::Forbidden, 10)
        .with(Fault::BadRequest, 150)
        .with(Fault::GarbageBody, 40)
}

/// Compares what the outbox says with what arrived.
fn check(outbox: &Watched, arrived: &BTreeMap<(String, String), usize>, ends: &mut [usize; 3]) -> Result<(), String> {
    let mut open: BTreeMap<DeliveryKey, (String, String)> = BTreeMap::new();
    for (text, to) in campaign() {
        let sent = to.map(|n| (delivery(text, n, at(START)).key, (user(n).to_string(), text.to_owned())));
        open.extend(sent);
    }
    for (claim, fate) in &outbox.fates {
        let end = match fate {
            Fate::Accepted { .. } => 0,
            Fate::Refused { why } if !why.is_empty() => 1,
            Fate::Unknown => 2,
            _ => continue,
        };
        for (_, key) in &claim.parcel.to {
            let message = open.remove(key).ok_or_else(|| format!("{key} ended twice"))?;
            let times = arrived.get(&message).copied().unwrap_or(0);
            ends[end] += 1;
            let right = [times == 1, times == 0, times <= 1][end];
            if !right {
                return Err(format!("{message:?} ended {fate:?} and arrived {times} times"));
            }
        }
    }
    if open.is_empty() { Ok(()) } else { Err(format!("never ended: {open:?}")) }
}

/// Two senders at one outbox.
struct World {
    outbox: Watched,
    couriers: [Courier; 2],
    line: Line,
    draw: Draw,
    now: Timestamp,
    /// Answers on their way back to their sender, and when they arrive.
    underway: Vec<(Timestamp, usize, Errand, Answer)>,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut outbox = Watched::default();
        for (text, to) in campaign() {
            outbox.push(pack(&to.map(|n| delivery(text, n, at(START))).collect::<Vec<_>>()));
        }
        Self {
            outbox,
            couriers: [Courier::new(), Courier::new()],
            line: Line::default(),
            draw: Draw(seed),
            now: at(START),
            underway: Vec::new(),
        }
    }

    fn run(&mut self) {
        while let Some(due) = self.outbox.next_due() {
            let who = usize::from(self.draw.chance(500));
            if self.draw.chance(50) {
                // Another process begins anew, knowing nothing.
                self.couriers[who] = Courier::new();
            }
            let errands = self.couriers[who].take(&mut self.outbox, self.now, 3).unwrap();
            for errand in errands {
                self.send(who, errand);
            }
            self.come_back();
            let pauses = self.couriers.iter().filter_map(|courier| courier.paused_until(self.now)).min();
            let rest = match self.draw.chance(10) {
                true => 20 * HOUR,
                false => due.since(self.now).max(pauses.map_or(1, |pause| pause.since(self.now)).min(MINUTE)).max(1),
            };
            self.now = self.now.plus_millis(rest);
        }
    }

    fn send(&mut self, who: usize, errand: Errand) {
        if self.draw.chance(60) {
            return;
        }
        let answer = self.line.answer(&errand.request, self.now, &mut self.draw);
        if self.draw.chance(60) {
            return;
        }
        let delay = if self.draw.chance(50) { 10 * MINUTE } else { 0 };
        self.underway.push((self.now.plus_millis(delay), who, errand, answer));
    }

    fn come_back(&mut self) {
        let (here, later) = self.underway.drain(..).partition(|(at, ..)| *at <= self.now);
        self.underway = later;
        let here: Vec<(Timestamp, usize, Errand, Answer)> = here;
        for (_, who, errand, answer) in here {
            self.couriers[who].feed(&mut self.outbox, &[(errand, answer)], self.now).unwrap();
        }
    }
}

/// LINE's rules about keys, and the network before it.
#[derive(Default)]
struct Line {
    /// When each key was seen first, and whether its request was accepted.
    keys: BTreeMap<RetryKey, (Timestamp, bool)>,
    arrived: BTreeMap<(String, String), usize>,
}

impl Line {
    fn answer(&mut self, request: &Request, now: Timestamp, draw: &mut Draw) -> Answer {
        let status =
            |status, words: &str| Answer::judge(request.endpoint(), HttpResponse::new(status, [], words.as_bytes()));
        let nothing = || Answer::NoAnswer { why: "lost".into() };
        match draw.below(1000) {
            0..80 => return nothing(),
            80..140 => return status(500, ""),
            140..180 => return status(429, r#"{"message":"The API rate limit has been exceeded."}"#),
            180..190 => return status(429, r#"{"message":"You have reached your monthly limit."}"#),
            190..210 => return status(401, ""),
            // Somebody in between: LINE has not even looked at the key.
            210..300 => return status(400, ""),
            _ => {}
        }
        let key = request.retry_key().expect("sends have keys");
        let known = self.keys.get(&key).copied().filter(|(first, _)| now.since(*first) < 24 * HOUR);
        let (first, accepted) = known.unwrap_or((now, false));
        self.keys.insert(key, (first, true));
        if !accepted {
            self.deliver(request);
        }
        match draw.below(1000) {
            0..120 => nothing(),
            120..200 => status(500, ""),
            _ if accepted => status(409, ""),
            _ => status(200, "{}"),
        }
    }

    fn deliver(&mut self, request: &Request) {
        let body: serde_json::Value = serde_json::from_slice(request.body().unwrap()).unwrap();
        let to = match request.endpoint() {
            Endpoint::Multicast => body["to"].as_array().unwrap().clone(),
            _ => vec![body["to"].clone()],
        };
        let text = body["messages"][0]["text"].as_str().unwrap();
        let users: BTreeSet<&str> = to.iter().map(|user| user.as_str().unwrap()).collect();
        assert_eq!(users.len(), to.len(), "a recipient twice");
        for user in users {
            *self.arrived.entry((user.to_owned(), text.to_owned())).or_default() += 1;
        }
    }
}

/// SplitMix64.
struct Draw(u64);

impl Draw {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % most
    }

    fn chance(&mut self, permille: u64) -> bool {
        self.below(1000) < permille
    }
}

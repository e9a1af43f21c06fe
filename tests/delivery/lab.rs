//! An outbox, a courier and the stand-in of LINE on one clock that stands still until it is moved.

#![allow(dead_code, reason = "two test files share it; neither uses all of it")]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use enishi::delivery::{Courier, LineHttp, Pumped, Transport, pump};
use enishi::engine::{Parcel, pack};
use enishi::line::{Messages, RetryKey};
use enishi::model::{DeliveryKey, LineUserId, Timestamp};
use enishi::scenario::Delivery;
use enishi::store::{Claim, Fate, Lender, Outbox, Settlement, Tally};
use line_stand_in::{Attempt, Clock, Options, StandIn};
use serde_json::json;
use tokio::runtime::Runtime;

pub(crate) const SECOND: i64 = 1_000;
pub(crate) const MINUTE: i64 = 60 * SECOND;
pub(crate) const HOUR: i64 = 60 * MINUTE;

/// 2026-07-14 09:00 in Japan.
pub(crate) const START: i64 = 1_783_987_200_000;

/// Long enough for a busy machine; the stand-in hangs longer.
const TIMEOUT: Duration = Duration::from_millis(1_500);

pub(crate) struct Lab {
    pub(crate) line: StandIn,
    pub(crate) clock: Clock,
    pub(crate) outbox: Watched,
    pub(crate) courier: Courier,
    pub(crate) transport: LineHttp,
    switches: u32,
    runtime: Runtime,
}

impl Lab {
    pub(crate) fn new() -> Self {
        Self::with(Options::default())
    }

    /// The clock and, where it is there, LINE's own schema are added.
    pub(crate) fn with(options: Options) -> Self {
        let clock = Clock::fixed(START);
        let schema = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/openapi"));
        let openapi = schema.exists().then_some(schema);
        if openapi.is_none() {
            let _ = writeln!(std::io::stderr(), "WITHOUT LINE'S SCHEMA: ../shared/openapi is not there");
        }
        let hang = TIMEOUT * 3;
        let line = StandIn::start(Options { clock: clock.clone(), openapi, hang, ..options }).unwrap();
        let transport = LineHttp::new("stand-in-token").unwrap().at(&line.url()).with_timeout(TIMEOUT).unwrap();
        Self {
            line,
            clock,
            outbox: Watched::default(),
            courier: Courier::new(),
            transport,
            switches: 0,
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(),
        }
    }

    /// Has one message sent to each of these.
    pub(crate) fn post(&mut self, text: &str, to: impl IntoIterator<Item = u32>) {
        let deliveries: Vec<_> = to.into_iter().map(|n| delivery(text, n, self.now())).collect();
        self.outbox.push(pack(&deliveries));
    }

    /// Has a friend's rich menu linked, or taken away.
    pub(crate) fn switch(&mut self, menu: Option<&str>, n: u32) {
        self.switches += 1;
        let key = DeliveryKey::derive("test menu", &[&self.switches.to_be_bytes()]);
        let switch = json!({ "key": key, "at": self.now(), "friend": "hana", "user": user(n), "rich_menu": menu });
        self.outbox.push(vec![Parcel::of_menu(&serde_json::from_value(switch).unwrap())]);
    }

    /// Sends what is due now.
    pub(crate) fn pump(&mut self) -> Pumped {
        self.pump_by(&self.transport.clone())
    }

    pub(crate) fn pump_by(&mut self, transport: &impl Transport) -> Pumped {
        let clock = self.clock.clone();
        let now = || at(clock.now());
        self.runtime.block_on(pump(&mut self.outbox, &mut self.courier, transport, &now)).unwrap()
    }

    /// Goes from one due time to the next until nothing waits.
    pub(crate) fn pump_to_the_end(&mut self) {
        self.pump_to_the_end_by(&self.transport.clone());
    }

    pub(crate) fn pump_to_the_end_by(&mut self, transport: &impl Transport) {
        for _ in 0..10_000 {
            self.pump_by(transport);
            let Some(due) = self.next() else { return };
            self.clock.set(due.millis().max(self.clock.now() + 1));
        }
        panic!("it never ends: {:?}", self.tally());
    }

    /// A sender that dies after LINE has answered, before it could write that down.
    pub(crate) fn send_and_die(&mut self) -> usize {
        let now = self.now();
        let errands = Courier::new().take(&mut self.outbox, now, usize::MAX).unwrap();
        for errand in &errands {
            self.wait_on(self.transport.send(&errand.request));
        }
        errands.len()
    }

    /// When the next request may leave, from what the outbox and the courier say.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        let pause = self.courier.paused_until(self.now());
        self.outbox.next_due().map(|due| pause.map_or(due, |pause| pause.max(due)))
    }

    pub(crate) fn now(&self) -> Timestamp {
        at(self.clock.now())
    }

    pub(crate) fn wait_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    pub(crate) fn tally(&self) -> Tally {
        self.outbox.outbox.tally()
    }

    /// How often each was reached.
    pub(crate) fn received(&self) -> BTreeMap<String, usize> {
        let mut received = BTreeMap::new();
        for delivery in self.line.deliveries() {
            *received.entry(delivery.user.to_string()).or_default() += 1;
        }
        received
    }

    /// Attempts with their times from the start, in milliseconds, and the status each got.
    pub(crate) fn log(&self) -> Vec<(i64, Option<u16>)> {
        self.line.attempts().iter().map(|attempt| (attempt.at - START, attempt.status)).collect()
    }

    /// Asserts that all attempts were one request: the same key, the same bytes, nothing undefined.
    pub(crate) fn assert_one_request(&self) {
        let attempts = self.line.attempts();
        let same = |a: &Attempt| (a.endpoint, a.retry_key.clone(), a.body_hash);
        assert!(attempts[0].retry_key.is_some());
        assert!(attempts.iter().all(|attempt| same(attempt) == same(&attempts[0])), "{attempts:#?}");
        assert_eq!(self.line.violations(), []);
    }
}

/// An outbox that remembers every fate it noted.
#[derive(Default)]
pub(crate) struct Watched {
    outbox: Outbox,
    claims: BTreeMap<(u64, u32), Claim>,
    pub(crate) fates: Vec<(Claim, Fate)>,
}

impl Watched {
    pub(crate) fn push(&mut self, parcels: Vec<Parcel>) {
        self.outbox.push(parcels);
    }

    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        self.outbox.next_due()
    }

    /// The fates that end a request.
    pub(crate) fn ends(&self) -> Vec<&Fate> {
        let ends = self.fates.iter().filter(|(_, fate)| !matches!(fate, Fate::Later { .. } | Fate::Split(_)));
        ends.map(|(_, fate)| fate).collect()
    }
}

impl Lender for Watched {
    type Error = core::convert::Infallible;

    fn claim(&mut self, now: Timestamp, limit: usize) -> Result<Vec<Claim>, Self::Error> {
        let claims = self.outbox.claim(now, limit)?;
        self.claims.extend(claims.iter().map(|claim| ((claim.row, claim.attempt), claim.clone())));
        Ok(claims)
    }

    fn settle(&mut self, settlements: &[Settlement]) -> Result<usize, Self::Error> {
        let mut noted = 0;
        for one in settlements {
            if self.outbox.settle(core::slice::from_ref(one))? == 1 {
                self.fates.push((self.claims[&(one.row, one.attempt)].clone(), one.fate.clone()));
                noted += 1;
            }
        }
        Ok(noted)
    }
}

/// Message and recipient give the key, as in the engine.
pub(crate) fn delivery(text: &str, n: u32, at: Timestamp) -> Delivery {
    let value = json!({
        "key": DeliveryKey::derive("test", &[text.as_bytes(), &n.to_be_bytes()]),
        "at": at,
        "friend": format!("line:{}", user(n)),
        "user": user(n),
        "scenario": "campaign",
        "step": "send",
        "message": "news",
        "class": "promotional",
        "messages": messages(text).as_str(),
    });
    serde_json::from_value(value).unwrap()
}

pub(crate) fn messages(text: &str) -> Messages {
    Messages::new(&json!([{ "type": "text", "text": text }]).to_string()).unwrap()
}

pub(crate) fn key(text: &str) -> RetryKey {
    RetryKey::derive(&[text.as_bytes()])
}

pub(crate) fn user(n: u32) -> LineUserId {
    let mut bytes = [0; 16];
    bytes[12..].copy_from_slice(&n.to_be_bytes());
    LineUserId::from_bytes(bytes)
}

pub(crate) fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(ms).unwrap()
}

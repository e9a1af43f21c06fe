//! The worker of the example is killed at every point between two operations of its store, as a real
//! process, and started again; LINE's stand-in lives on in this one. Nothing is lost, nothing comes
//! twice (law 3, X02, X03).

#![cfg(all(feature = "sqlite", feature = "http", feature = "report"))]
#![allow(clippy::unwrap_used, clippy::print_stderr, clippy::disallowed_methods, reason = "tests that run processes")]

#[path = "support/example.rs"]
mod example;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use enishi::model::Currency;
use enishi::policy::Reason;
use enishi::scenario::Decision;
use enishi::store::{Durability, SqliteStore, Store};
use line_stand_in::{Chaos, Clock, Endpoint, Fault, Options, StandIn};
use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};

/// A shop in which coupons are issued and used, a quiet night moves a message, and two friends get
/// one multicast: the first test says so.
const SHOP: [&str; 6] = ["--seed", "29", "--friends", "4", "--days", "10"];

#[test]
fn killed_at_every_point_it_loses_nothing_and_sends_nothing_twice() {
    let whole = Run::new(None);
    whole.to_the_end();
    let expected = whole.outcome();
    assert!(expected.accepted.contains(&Endpoint::Multicast) && expected.accepted.contains(&Endpoint::Push));
    let some = |wanted: fn(&Reason) -> bool| expected.decisions.iter().any(|decision| wanted(&decision.reason));
    assert!(some(|reason| matches!(reason, Reason::CouponIssued { .. })), "no coupon was issued");
    assert!(some(|reason| matches!(reason, Reason::QuietShifted { .. })), "no night moved a message");

    let next = AtomicU64::new(1);
    let killed = Mutex::new(Vec::new());
    let kill_all = || {
        loop {
            let point = next.fetch_add(1, Ordering::SeqCst);
            let run = Run::new(None);
            let Some(place) = run.die_at(point) else { return };
            run.to_the_end();
            run.outcome().must_be(&expected, &format!("killed {place}, point {point}"));
            killed.lock().unwrap().push(place);
        }
    };
    on_two_threads(kill_all);

    let killed = killed.into_inner().unwrap();
    // Past the test runner, which swallows what a passing test prints.
    let _ = writeln!(std::io::stderr(), "killed at {} points", killed.len());
    assert!(killed.len() >= 100, "only {} points", killed.len());
    let places: BTreeSet<&str> = killed.iter().map(String::as_str).collect();
    let everywhere = [
        "after append",
        "after claim",
        "after settle",
        "after work",
        "before append",
        "before claim",
        "before settle",
        "before work",
        "inside work",
    ];
    assert_eq!(places, BTreeSet::from(everywhere));
}

#[test]
fn killed_again_and_again_while_line_fails_too_it_still_loses_nothing() {
    let whole = Run::new(None);
    whole.to_the_end();
    let expected = whole.outcome();

    let (next, deaths) = (AtomicU64::new(1), AtomicU64::new(0));
    let kill_often = || {
        loop {
            let seed = next.fetch_add(1, Ordering::SeqCst);
            if seed > SEEDS {
                return;
            }
            let mut draw = TestRng::from_seed(RngAlgorithm::ChaCha, &[u8::try_from(seed).unwrap(); 32]);
            let run = Run::new(Some(faults(seed)));
            for _ in 0..4 {
                let point = 1 + u64::from(draw.next_u32() % 60);
                let Some(_) = run.die_at(point) else { break };
                deaths.fetch_add(1, Ordering::SeqCst);
            }
            run.to_the_end();
            run.outcome().must_be(&expected, &format!("seed {seed}"));
        }
    };
    on_two_threads(kill_often);
    let _ =
        writeln!(std::io::stderr(), "{} deaths in {SEEDS} runs against a failing LINE", deaths.load(Ordering::SeqCst));
}

/// Runs of the second test.
const SEEDS: u64 = 16;

/// Failures after which a message can still arrive, one request in three. Time-outs are left to the
/// tests of `delivery`: they take real time.
fn faults(seed: u64) -> Chaos {
    Chaos::new(seed)
        .with(Fault::Http500BeforeAccept, 60)
        .with(Fault::Http500AfterAccept, 80)
        .with(Fault::DropConnectionBeforeAccept, 40)
        .with(Fault::DropConnectionAfterAccept, 80)
        .with(Fault::GarbageBody, 30)
        .with(Fault::RateLimited, 20)
        .with(Fault::Unauthorized, 20)
}

/// A shop's file and the LINE it sends to; both outlive the processes that use them.
struct Run {
    folder: tempfile::TempDir,
    line: StandIn,
}

/// What must be the same however often the process died.
struct Outcome {
    /// Who got what, sorted.
    deliveries: Vec<String>,
    decisions: Vec<Decision>,
    /// The kinds of requests accepted, sorted.
    accepted: Vec<Endpoint>,
}

impl Outcome {
    fn must_be(&self, expected: &Self, when: &str) {
        let differs = self.decisions.iter().zip(&expected.decisions).find(|(mine, theirs)| mine != theirs);
        assert_eq!(differs, None, "{when}: another decision");
        assert_eq!(self.decisions.len(), expected.decisions.len(), "{when}");
        assert_eq!(self.deliveries, expected.deliveries, "{when}");
        assert_eq!(self.accepted, expected.accepted, "{when}");
    }
}

impl Run {
    fn new(chaos: Option<Chaos>) -> Self {
        // The stand-in's clock stands still, since the process cannot move it: no retry key is
        // forgotten, and its limit of a second, 2,000 pushes, is more than the shop ever sends.
        let options = Options { clock: Clock::fixed(0), chaos, ..Options::default() };
        Self { folder: tempfile::tempdir().unwrap(), line: StandIn::start(options).unwrap() }
    }

    /// Runs until it is killed, and says where; `None` when it ended before the point.
    fn die_at(&self, point: u64) -> Option<String> {
        let output = self.start(&["--die-at", &point.to_string()]);
        let told = String::from_utf8(output.stderr).unwrap();
        match output.status.success() {
            true => None,
            false => {
                assert_eq!(output.status.code(), None, "it failed instead of being killed: {told}");
                let place = told.lines().find_map(|line| line.strip_prefix("dies "));
                Some(place.unwrap_or_else(|| panic!("nobody killed it: {told}")).to_owned())
            }
        }
    }

    fn to_the_end(&self) {
        let output = self.start(&[]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    fn start(&self, more: &[&str]) -> Output {
        let mut command = Command::new(&*example::EXAMPLE);
        command.args(SHOP).args(["--quiet", "--line", &self.line.url(), "--db"]).arg(self.file()).args(more);
        command.output().unwrap()
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("shop.db")
    }

    fn outcome(&self) -> Outcome {
        let mut store = SqliteStore::open(&self.file(), Currency::JPY, Durability::Process).unwrap();
        let tally = store.tally().unwrap();
        assert_eq!((tally.waiting, tally.refused, tally.unknown), (0, 0, 0), "{tally:?}");
        assert_eq!(self.line.violations(), []);
        let deliveries = self.line.deliveries();
        let mut deliveries: Vec<_> =
            deliveries.iter().map(|one| format!("{} {}", one.user, serde_json::json!(one.messages))).collect();
        deliveries.sort();
        let mut accepted: Vec<_> = self.line.accepted().iter().map(|one| one.endpoint).collect();
        accepted.sort_by_key(|endpoint| format!("{endpoint:?}"));
        Outcome { deliveries, decisions: store.decisions(0, usize::MAX).unwrap(), accepted }
    }
}

/// A panic in one of them is passed on.
fn on_two_threads(work: impl Fn() + Sync) {
    thread::scope(|scope| {
        scope.spawn(&work);
        work();
    });
}

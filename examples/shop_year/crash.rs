//! A store that can be told to die: what the crash test runs the example with.
//!
//! Before and after every operation that changes something, and in the middle of every transaction
//! that runs the engine, stands a point; the process aborts at the one it was told. What was sent
//! since the point before has then been sent.

use std::sync::Arc;

use enishi::coupon::Coupon;
use enishi::engine::Kept;
use enishi::model::{DeliveryKey, Event, FriendId, FriendKey, Timestamp};
use enishi::scenario::Decision;
use enishi::store::{Claim, HandoverRow, Job, Lender, Settlement, Store, Tally, Worked};

pub struct Crashing<S> {
    store: S,
    points: Points,
}

/// Counts the points passed.
struct Points {
    passed: u64,
    die_at: Option<u64>,
}

impl Points {
    fn pass(&mut self, place: &str, operation: &str) {
        self.passed += 1;
        if Some(self.passed) == self.die_at {
            eprintln!("dies {place} {operation}");
            std::process::abort();
        }
    }
}

impl<S> Crashing<S> {
    pub fn new(store: S, die_at: Option<u64>) -> Self {
        Self { store, points: Points { passed: 0, die_at } }
    }

    fn around<T>(&mut self, name: &str, operation: impl FnOnce(&mut S, &mut Points) -> T) -> T {
        self.points.pass("before", name);
        let done = operation(&mut self.store, &mut self.points);
        self.points.pass("after", name);
        done
    }
}

impl<S: Lender> Lender for Crashing<S> {
    type Error = S::Error;

    fn claim(&mut self, now: Timestamp, limit: usize) -> Result<Vec<Claim>, S::Error> {
        self.around("claim", |store, _| store.claim(now, limit))
    }

    fn settle(&mut self, settlements: &[Settlement]) -> Result<usize, S::Error> {
        self.around("settle", |store, _| store.settle(settlements))
    }
}

impl<S: Store> Store for Crashing<S> {
    fn append(&mut self, events: &[Event]) -> Result<usize, S::Error> {
        self.around("append", |store, _| store.append(events))
    }

    fn work(
        &mut self,
        now: Timestamp,
        limit: usize,
        coupons: &[Arc<Coupon>],
        job: Job<'_>,
    ) -> Result<Worked, S::Error> {
        self.around("work", |store, points| {
            store.work(now, limit, coupons, &mut |batch| {
                let outcome = job(batch);
                points.pass("inside", "work");
                outcome
            })
        })
    }

    fn adopt(&mut self, playbook: &str, now: Timestamp) -> Result<bool, S::Error> {
        self.store.adopt(playbook, now)
    }

    fn next_due(&mut self) -> Result<Option<Timestamp>, S::Error> {
        self.store.next_due()
    }

    fn last_now(&mut self) -> Result<Timestamp, S::Error> {
        self.store.last_now()
    }

    fn friend(&mut self, key: &FriendKey) -> Result<Option<Kept>, S::Error> {
        self.store.friend(key)
    }

    fn friends(&mut self, after: FriendId, limit: usize) -> Result<Vec<Kept>, S::Error> {
        self.store.friends(after, limit)
    }

    fn decisions(&mut self, from: u64, limit: usize) -> Result<Vec<Decision>, S::Error> {
        self.store.decisions(from, limit)
    }

    fn handovers(&mut self, after: u64, limit: usize) -> Result<Vec<HandoverRow>, S::Error> {
        self.store.handovers(after, limit)
    }

    fn confirm(&mut self, keys: &[DeliveryKey]) -> Result<usize, S::Error> {
        self.around("confirm", |store, _| store.confirm(keys))
    }

    fn tally(&mut self) -> Result<Tally, S::Error> {
        self.store.tally()
    }
}

//! Where everything is kept: inbox, friends, wake-ups, outbox, decisions.
//!
//! A [`Store`] is asked three kinds of things, each all or nothing:
//! - [`append`](Store::append) takes in events, once each by id, at any time from any process;
//! - [`work`](Store::work) hands out what is to be done, lets a closure do it in memory, and keeps
//!   the outcome, all in one transaction: nothing is sent before what caused it is stored (law 3);
//! - [`claim`](Lender::claim) and [`settle`](Lender::settle) lend requests to whoever sends them, for a
//!   time, and note what came of it;
//! - [`handovers`](Store::handovers) and [`confirm`](Store::confirm) are the same for what the host does
//!   itself.
//!
//! Beside it a [`Ledger`] keeps how often coupons are used; tills ask it directly, from any thread or process. What the
//! engine issues, and what it hears of orders that came back and friends who are one, reaches the ledger in the same
//! transaction.
//!
//! [`run`] is the worker's side of `work`: the engine over what the store hands out.

mod handovers;
mod ledger;
mod memory;
mod outbox;
#[cfg(feature = "sqlite")]
mod sqlite;
mod worker;

use std::sync::Arc;

use crate::coupon::Coupon;
use crate::coupon::ledger::{Headroom, Operation};
use crate::engine::{Changes, Kept, Parcel};
use crate::model::{DeliveryKey, Event, FriendId, FriendKey, Timestamp};
use crate::scenario::{Decision, Handover};

pub use handovers::{HandoverRow, Handovers};
#[cfg(feature = "sqlite")]
use ledger::carry_out;
pub use ledger::{Answer, Ledger, LedgerError, MemoryLedger, Records};
pub use memory::MemoryStore;
pub use outbox::{Attempt, Claim, Fate, Outbox, OutboxRow, Settlement, Tally};
#[cfg(feature = "sqlite")]
pub use sqlite::{Durability, SqliteError, SqliteLedger, SqliteStore};
pub use worker::{Done, RunError, run};

/// The sender's side of a store: lends requests and notes what came of them.
pub trait Lender {
    /// Why the store could not do as asked.
    type Error: core::error::Error + 'static;

    /// Lends up to `limit` requests that are due at `now`, the longest due first, until `now` plus a
    /// lease. Gives them in the order they were decided. The attempt is counted before it is made, so
    /// that one whose sender dies again and again runs out.
    ///
    /// # Errors
    /// When the store failed; then nothing was lent.
    fn claim(&mut self, now: Timestamp, limit: usize) -> Result<Vec<Claim>, Self::Error>;

    /// Notes what came of requests lent. A claim whose lease ran out and that somebody else holds
    /// now is left alone. Gives how many were noted.
    ///
    /// Of requests that were accepted the engine is to hear, where its playbook asks
    /// ([`Parcel::arrivals`]): those events are there together with the note, or neither is.
    ///
    /// # Errors
    /// When the store failed; then nothing was noted.
    fn settle(&mut self, settlements: &[Settlement]) -> Result<usize, Self::Error>;
}

/// Keeps one shop.
pub trait Store: Lender {
    /// Takes in events; gives how many were new. Of two with one id the first is kept.
    ///
    /// # Errors
    /// When they could not be kept; then none of them was.
    fn append(&mut self, events: &[Event]) -> Result<usize, Self::Error>;

    /// Hands up to `limit` events and wake-ups due at `now` to `job`, with what may still be issued of these
    /// `coupons`, and keeps what it gives back. All in one transaction that no other worker and no till can cross
    /// (X01): when the process dies in it, nothing happened.
    ///
    /// # Errors
    /// When the store failed; then nothing happened.
    fn work(
        &mut self,
        now: Timestamp,
        limit: usize,
        coupons: &[Arc<Coupon>],
        job: Job<'_>,
    ) -> Result<Worked, Self::Error>;

    /// Every friend is to be looked at anew at `now`, unless `playbook` is the one the store worked
    /// by last. Gives whether it was another.
    ///
    /// # Errors
    /// When the store failed; then nothing happened.
    fn adopt(&mut self, playbook: &str, now: Timestamp) -> Result<bool, Self::Error>;

    /// When there will next be something to do; `Timestamp::MIN` while an event waits.
    ///
    /// # Errors
    /// When the store failed.
    fn next_due(&mut self) -> Result<Option<Timestamp>, Self::Error>;

    /// The latest time worked at; `Timestamp::MIN` at first. Time never goes back before it.
    ///
    /// # Errors
    /// When the store failed.
    fn last_now(&mut self) -> Result<Timestamp, Self::Error>;

    /// The friend a key leads to: what a page of the shop reads.
    ///
    /// # Errors
    /// When the store failed.
    fn friend(&mut self, key: &FriendKey) -> Result<Option<Kept>, Self::Error>;

    /// The friends with numbers after `after`, up to `limit`, by number.
    ///
    /// # Errors
    /// When the store failed.
    fn friends(&mut self, after: FriendId, limit: usize) -> Result<Vec<Kept>, Self::Error>;

    /// Decisions from the `from`th on, up to `limit`, in the order they were taken.
    ///
    /// # Errors
    /// When the store failed.
    fn decisions(&mut self, from: u64, limit: usize) -> Result<Vec<Decision>, Self::Error>;

    /// What the host is to do and has not confirmed: behind the place `after`, up to `limit`, in the order
    /// it was decided. A host that remembers the keys of what it did does nothing twice, whenever it dies.
    ///
    /// # Errors
    /// When the store failed.
    fn handovers(&mut self, after: u64, limit: usize) -> Result<Vec<HandoverRow>, Self::Error>;

    /// These are done, and not handed out again. Gives how many of them still were to be.
    ///
    /// # Errors
    /// When the store failed; then none is confirmed.
    fn confirm(&mut self, keys: &[DeliveryKey]) -> Result<usize, Self::Error>;

    /// What became of all requests so far.
    ///
    /// # Errors
    /// When the store failed.
    fn tally(&mut self) -> Result<Tally, Self::Error>;
}

/// What is done with a batch inside the store's transaction.
pub type Job<'j> = &'j mut dyn FnMut(Batch) -> Outcome;

/// What a worker is to do now.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Batch {
    /// Events not worked on, in the order they came.
    pub events: Vec<Event>,
    /// The friends those events speak of, as far as they are known, and those due to be woken.
    pub friends: Vec<Kept>,
    /// The highest number any friend was given.
    pub last_friend: FriendId,
    /// What may still be issued of the coupons asked for.
    pub headroom: Headroom,
}

/// What a worker has done.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Outcome {
    /// Friends and keys that are new or other.
    pub changes: Changes,
    /// What was decided.
    pub decisions: Vec<Decision>,
    /// What is to be sent.
    pub parcels: Vec<Parcel>,
    /// What the host is to do.
    pub handovers: Vec<Handover>,
    /// What the ledger of coupons is to know.
    pub ledger: Vec<Operation>,
    /// Events the playbook does not take, by their place in the batch, and why. They are kept, marked.
    pub refused: Vec<(usize, String)>,
}

/// How much a call of [`Store::work`] came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Worked {
    /// Events worked on.
    pub events: usize,
    /// Friends handed out because they were due.
    pub woken: usize,
}

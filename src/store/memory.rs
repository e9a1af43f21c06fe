//! A store that forgets when the process ends: for tests, dry runs and replays.

use core::convert::Infallible;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::coupon::Coupon;
use crate::engine::Kept;
use crate::model::{DeliveryKey, Event, EventId, Fact, FriendId, FriendKey, Timestamp};
use crate::scenario::Decision;

use super::{
    Batch, Claim, HandoverRow, Handovers, Job, Ledger, LedgerError, Lender, MemoryLedger, Outbox, Settlement, Store,
    Tally, Worked,
};

/// Keeps a shop in memory. Never fails.
#[derive(Clone, Debug)]
pub struct MemoryStore {
    seen: BTreeSet<EventId>,
    inbox: Vec<Event>,
    refused: Vec<(Event, String)>,
    friends: BTreeMap<FriendId, Kept>,
    keys: BTreeMap<FriendKey, FriendId>,
    wakes: BTreeSet<(Timestamp, FriendId)>,
    last_friend: FriendId,
    decisions: Vec<Decision>,
    outbox: Outbox,
    handovers: Handovers,
    ledger: OwnLedger,
    playbook: Option<String>,
    now: Timestamp,
}

/// Shared with tills; a copy of the store has a copy of its own.
#[derive(Debug, Default)]
struct OwnLedger(Arc<MemoryLedger>);

impl Clone for OwnLedger {
    fn clone(&self) -> Self {
        Self(Arc::new(MemoryLedger::clone(&self.0)))
    }
}

impl MemoryStore {
    /// Nobody, nothing.
    pub fn new() -> Self {
        Self {
            seen: BTreeSet::new(),
            inbox: Vec::new(),
            refused: Vec::new(),
            friends: BTreeMap::new(),
            keys: BTreeMap::new(),
            wakes: BTreeSet::new(),
            last_friend: FriendId(0),
            decisions: Vec::new(),
            outbox: Outbox::default(),
            handovers: Handovers::default(),
            ledger: OwnLedger::default(),
            playbook: None,
            now: Timestamp::MIN,
        }
    }

    /// Events the playbook did not take, and why.
    pub fn refused(&self) -> &[(Event, String)] {
        &self.refused
    }

    /// The shop's ledger of coupons, to be asked by tills while the store works: they wait for each other.
    pub fn ledger(&self) -> Arc<MemoryLedger> {
        Arc::clone(&self.ledger.0)
    }

    fn keep(&mut self, kept: Kept) {
        let id = kept.friend.id;
        self.last_friend = self.last_friend.max(id);
        self.wakes.extend(kept.wake.map(|wake| (wake, id)));
        let before = self.friends.insert(id, kept.clone()).and_then(|old| old.wake);
        if before != kept.wake {
            before.map(|wake| self.wakes.remove(&(wake, id)));
        }
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl Lender for MemoryStore {
    type Error = Infallible;

    fn claim(&mut self, now: Timestamp, limit: usize) -> Result<Vec<Claim>, Infallible> {
        self.outbox.claim(now, limit)
    }

    fn settle(&mut self, settlements: &[Settlement]) -> Result<usize, Infallible> {
        let noted = self.outbox.settle(settlements)?;
        let arrivals = self.outbox.take_arrivals();
        self.append(&arrivals)?;
        Ok(noted)
    }
}

impl Store for MemoryStore {
    fn append(&mut self, events: &[Event]) -> Result<usize, Infallible> {
        let new: Vec<_> = events.iter().filter(|event| self.seen.insert(event.id.clone())).cloned().collect();
        let count = new.len();
        self.inbox.extend(new);
        Ok(count)
    }

    fn work(
        &mut self,
        now: Timestamp,
        limit: usize,
        coupons: &[Arc<Coupon>],
        job: Job<'_>,
    ) -> Result<Worked, Infallible> {
        let events = self.inbox[..self.inbox.len().min(limit)].to_vec();
        // Whoever is due has a turn of its own, after all events that came before.
        let due: Vec<FriendId> = match events.is_empty() {
            true => self.wakes.iter().take_while(|(at, _)| *at <= now).take(limit).map(|(_, id)| *id).collect(),
            false => Vec::new(),
        };
        let spoken_of = events.iter().flat_map(keys_of).filter_map(|key| self.keys.get(key)).copied();
        let wanted: BTreeSet<FriendId> = spoken_of.chain(due.iter().copied()).collect();
        let worked = Worked { events: events.len(), woken: due.len() };
        if worked == Worked::default() {
            return Ok(worked);
        }
        let friends = wanted.iter().filter_map(|id| self.friends.get(id)).cloned().collect();
        // Nothing is changed before the job is done: it may panic.
        let ledger = self.ledger();
        let ledger = ledger.alone();
        let headroom = ledger.headroom(coupons, now).unwrap_or_else(never);
        let outcome = job(Batch { events, friends, last_friend: self.last_friend, headroom });
        ledger.post(outcome.ledger, now).unwrap_or_else(never);
        let events: Vec<Event> = self.inbox.drain(..worked.events).collect();
        for id in outcome.changes.removed {
            if let Some(wake) = self.friends.remove(&id).and_then(|kept| kept.wake) {
                self.wakes.remove(&(wake, id));
            }
        }
        outcome.changes.friends.into_iter().for_each(|kept| self.keep(kept));
        self.keys.extend(outcome.changes.keys.into_iter().map(|keyed| (keyed.key, keyed.friend)));
        self.decisions.extend(outcome.decisions);
        self.outbox.push(outcome.parcels);
        self.handovers.push(outcome.handovers);
        self.refused.extend(outcome.refused.into_iter().map(|(place, why)| (events[place].clone(), why)));
        self.now = self.now.max(now);
        Ok(worked)
    }

    fn adopt(&mut self, playbook: &str, now: Timestamp) -> Result<bool, Infallible> {
        let before = self.playbook.replace(playbook.to_owned());
        let other = before.is_some_and(|before| before != playbook);
        if other {
            self.wakes = self.friends.keys().map(|id| (now, *id)).collect();
            self.friends.values_mut().for_each(|kept| kept.wake = Some(now));
        }
        Ok(other)
    }

    fn next_due(&mut self) -> Result<Option<Timestamp>, Infallible> {
        let waiting = (!self.inbox.is_empty()).then_some(Timestamp::MIN);
        let wake = self.wakes.first().map(|(at, _)| *at);
        Ok([waiting, wake, self.outbox.next_due()].into_iter().flatten().min())
    }

    fn last_now(&mut self) -> Result<Timestamp, Infallible> {
        Ok(self.now)
    }

    fn friend(&mut self, key: &FriendKey) -> Result<Option<Kept>, Infallible> {
        Ok(self.keys.get(key).and_then(|id| self.friends.get(id)).cloned())
    }

    fn friends(&mut self, after: FriendId, limit: usize) -> Result<Vec<Kept>, Infallible> {
        use core::ops::Bound::{Excluded, Unbounded};
        Ok(self.friends.range((Excluded(after), Unbounded)).take(limit).map(|(_, kept)| kept.clone()).collect())
    }

    fn decisions(&mut self, from: u64, limit: usize) -> Result<Vec<Decision>, Infallible> {
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        Ok(self.decisions.iter().skip(from).take(limit).cloned().collect())
    }

    fn handovers(&mut self, after: u64, limit: usize) -> Result<Vec<HandoverRow>, Infallible> {
        Ok(self.handovers.page(after, limit))
    }

    fn confirm(&mut self, keys: &[DeliveryKey]) -> Result<usize, Infallible> {
        Ok(keys.iter().filter(|key| self.handovers.confirm(**key)).count())
    }

    fn tally(&mut self) -> Result<Tally, Infallible> {
        Ok(self.outbox.tally())
    }
}

/// Nobody else writes, and memory does not fail.
fn never<T>(error: LedgerError<Infallible>) -> T {
    unreachable!("a ledger for one alone: {error}")
}

/// The keys of the friends an event speaks of: a link speaks of two.
pub(super) fn keys_of(event: &Event) -> impl Iterator<Item = &FriendKey> {
    let member = match &event.fact {
        Fact::Link { member } => Some(member),
        _ => None,
    };
    core::iter::once(&event.friend).chain(member)
}

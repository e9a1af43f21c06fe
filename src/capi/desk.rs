//! What stands behind an engine handle: the engine, its deliveries on their way, and what the host is to do. No
//! `unsafe` here.

use core::convert::Infallible;
use core::fmt::Display;
use std::sync::Arc;

use crate::coupon::KeyRing;
use crate::delivery::{Courier, Errand};
use crate::engine::{Engine, EngineError};
use crate::line::Answer;
use crate::model::{DeliveryKey, Friend, Timestamp};
use crate::playbook::Playbook;
use crate::scenario::Handover;
use crate::store::{Fate, Handovers, Outbox};

use super::error::Failure;
use super::status::enishi_status;

/// How the snapshot begins: what it is, and the version of its outer form; the engine's own is inside. Then the
/// length of the engine's snapshot as eight bytes, the lowest first, that snapshot, and as JSON the outbox and what the
/// host is to do. The courier is not in it: it knows nothing that LINE would not tell it again.
const MAGIC: &[u8; 12] = b"enishi desk\0";
const VERSION: u32 = 3;

#[derive(Clone, Debug)]
pub(super) struct Desk {
    pub(super) engine: Engine,
    pub(super) outbox: Outbox,
    handovers: Handovers,
    courier: Courier,
}

impl Desk {
    pub(super) fn new(playbook: Arc<Playbook>, keys: Option<KeyRing>) -> Result<Self, EngineError> {
        Ok(Self::of(Engine::new(playbook, keys)?, Outbox::default(), Handovers::default()))
    }

    pub(super) fn snapshot(&self) -> Vec<u8> {
        let engine = self.engine.snapshot();
        let rest = serde_json::to_vec(&(&self.outbox, &self.handovers)).expect("both have only string keys");
        let length = (engine.len() as u64).to_le_bytes();
        [MAGIC, &VERSION.to_le_bytes()[..], &length, &engine, &rest].concat()
    }

    pub(super) fn restore(playbook: Arc<Playbook>, keys: Option<KeyRing>, bytes: &[u8]) -> Result<Self, Failure> {
        let state = |words: &dyn Display| Failure::new(enishi_status::InvalidState, words);
        let cut_off = || state(&"the snapshot is cut off");
        let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| state(&"not a snapshot: it does not begin as one"))?;
        let (version, rest) = rest.split_first_chunk().ok_or_else(cut_off)?;
        let version = u32::from_le_bytes(*version);
        if version != VERSION {
            return Err(state(&format_args!("a snapshot of version {version}: this library reads {VERSION}")));
        }
        let (length, rest) = rest.split_first_chunk().ok_or_else(cut_off)?;
        let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| cut_off())?;
        let (engine, rest) = rest.split_at_checked(length).ok_or_else(cut_off)?;
        let engine = Engine::restore(playbook, keys, engine)?;
        let (outbox, handovers) = serde_json::from_slice(rest).map_err(|error| state(&error))?;
        Ok(Self::of(engine, outbox, handovers))
    }

    const fn of(engine: Engine, outbox: Outbox, handovers: Handovers) -> Self {
        Self { engine, outbox, handovers, courier: Courier::new() }
    }

    /// The friend with this key.
    pub(super) fn friend(&self, key: &str) -> Result<Friend, Failure> {
        let unknown = || Failure::new(enishi_status::UnknownName, format_args!("nobody has the key '{key}'"));
        self.engine.friend(key).ok_or_else(unknown)
    }

    /// The next request that may leave now.
    pub(super) fn next_delivery(&mut self, now: Timestamp) -> Option<Errand> {
        self.pack();
        // What may not leave is put back or ended by `take`, so each turn brings the end nearer.
        while self.next_send().is_some_and(|at| at <= now) {
            let Ok(mut errands) = self.courier.take(&mut self.outbox, now, 1);
            if let Some(errand) = errands.pop() {
                return Some(errand);
            }
        }
        None
    }

    pub(super) fn feed(&mut self, errand: &Errand, answer: Answer, now: Timestamp) -> Option<Fate> {
        let answers = [(errand.clone(), answer)];
        let fates: Result<_, Infallible> = self.courier.feed(&mut self.outbox, &answers, now);
        let Ok(fates) = fates;
        for arrival in self.outbox.take_arrivals() {
            // The host may have told the engine a later time already.
            let told = self.engine.record(&arrival, now.max(self.engine.now()));
            debug_assert!(told.is_ok(), "a playbook that asks for arrivals takes them");
        }
        fates.into_iter().next()
    }

    /// The next thing the host is to do, as JSON.
    pub(super) fn next_handover(&mut self, now: Timestamp) -> Option<String> {
        self.handovers.push(self.engine.take_handovers());
        self.handovers.next(now).map(Handover::to_json)
    }

    /// It is done. Was it still to be?
    pub(super) fn confirm(&mut self, key: DeliveryKey) -> bool {
        self.handovers.confirm(key)
    }

    /// When there will next be a request to take, leases that end without an answer included.
    pub(super) fn next_send(&mut self) -> Option<Timestamp> {
        self.pack();
        let pause = self.courier.paused_until(Timestamp::MIN);
        self.outbox.next_due().map(|due| pause.map_or(due, |pause| due.max(pause)))
    }

    /// Packed as late as can be: what is decided by then shares requests.
    fn pack(&mut self) {
        self.outbox.push(self.engine.take_parcels());
    }
}

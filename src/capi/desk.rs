//! What stands behind an engine handle: the engine, and its deliveries on their way. No `unsafe` here.

use core::convert::Infallible;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::coupon::KeyRing;
use crate::delivery::{Courier, Errand};
use crate::engine::{Engine, EngineError};
use crate::line::Answer;
use crate::model::{Friend, Timestamp};
use crate::playbook::Playbook;
use crate::store::{Fate, Outbox};

use super::error::Failure;
use super::status::enishi_status;

/// The version of the snapshot's outer form; the engine's own is inside.
const DESK_VERSION: u32 = 1;

#[derive(Clone, Debug)]
pub(super) struct Desk {
    pub(super) engine: Engine,
    pub(super) outbox: Outbox,
    courier: Courier,
}

/// `{"enishi_desk":1,"engine":{…},"outbox":{…}}`. The courier is not in it: it knows nothing that
/// LINE would not tell it again.
#[derive(Serialize)]
struct Kept<'a> {
    enishi_desk: u32,
    engine: Box<RawValue>,
    outbox: &'a Outbox,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told<'a> {
    enishi_desk: u32,
    #[serde(borrow)]
    engine: &'a RawValue,
    outbox: Outbox,
}

impl Desk {
    pub(super) fn new(playbook: Arc<Playbook>, keys: Option<KeyRing>) -> Result<Self, EngineError> {
        Ok(Self { engine: Engine::new(playbook, keys)?, outbox: Outbox::default(), courier: Courier::new() })
    }

    pub(super) fn snapshot(&self) -> Vec<u8> {
        let engine = String::from_utf8(self.engine.snapshot()).map(RawValue::from_string);
        let engine = engine.expect("JSON is UTF-8").expect("a snapshot is JSON");
        let kept = Kept { enishi_desk: DESK_VERSION, engine, outbox: &self.outbox };
        serde_json::to_vec(&kept).expect("an outbox has only string keys")
    }

    pub(super) fn restore(playbook: Arc<Playbook>, keys: Option<KeyRing>, bytes: &[u8]) -> Result<Self, Failure> {
        let told: Told<'_> =
            serde_json::from_slice(bytes).map_err(|error| Failure::new(enishi_status::InvalidState, error))?;
        if told.enishi_desk != DESK_VERSION {
            let words = format_args!("a snapshot of version {}: this library reads {DESK_VERSION}", told.enishi_desk);
            return Err(Failure::new(enishi_status::InvalidState, words));
        }
        let engine = Engine::restore(playbook, keys, told.engine.get().as_bytes())?;
        Ok(Self { engine, outbox: told.outbox, courier: Courier::new() })
    }

    /// The friend with this key.
    pub(super) fn friend(&self, key: &str) -> Result<&Friend, Failure> {
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

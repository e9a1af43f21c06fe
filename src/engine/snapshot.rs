//! The whole engine as bytes, and back.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::coupon::KeyRing;
use crate::model::{EventId, Friend, FriendId, Timestamp};
use crate::playbook::Playbook;
use crate::scenario::{Decision, Delivery, Effects};

use super::memory::{Engine, EngineError};
use super::people::Kept;

/// The version of the form written.
pub const SNAPSHOT_VERSION: u32 = 2;

#[derive(Serialize, Deserialize)]
struct Snapshot {
    enishi_snapshot: u32,
    playbook: String,
    now: Timestamp,
    last_friend: FriendId,
    friends: Vec<Row>,
    seen: BTreeSet<EventId>,
    decisions: Vec<Decision>,
    deliveries: Vec<Delivery>,
}

#[derive(Serialize, Deserialize)]
struct Row {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wake: Option<Timestamp>,
    friend: Friend,
}

impl Engine {
    /// Everything the engine knows, undelivered effects included; not the playbook and not the keys.
    /// JSON of a documented version; the same engine gives the same bytes.
    pub fn snapshot(&self) -> Vec<u8> {
        let last = self.people.iter().map(|kept| kept.friend.id).max().unwrap_or(FriendId(0));
        let row = |kept: &Kept| Row { wake: kept.wake, friend: kept.friend.clone() };
        let snapshot = Snapshot {
            enishi_snapshot: SNAPSHOT_VERSION,
            playbook: self.playbook.hash().to_string(),
            now: self.now,
            last_friend: last.max(self.people.last_number()),
            friends: self.people.iter().map(row).collect(),
            seen: self.seen.clone(),
            decisions: self.effects.decisions.clone(),
            deliveries: self.effects.deliveries.clone(),
        };
        serde_json::to_vec(&snapshot).expect("a snapshot has only string keys")
    }

    /// The engine a snapshot was taken of. With another playbook than it was taken under, every
    /// friend is looked at anew, as by [`adopt`](Self::adopt).
    ///
    /// # Errors
    /// When the bytes are no snapshot of this version, or contradict themselves.
    pub fn restore(playbook: Arc<Playbook>, keys: Option<KeyRing>, bytes: &[u8]) -> Result<Self, RestoreError> {
        let snapshot: Snapshot = serde_json::from_slice(bytes).map_err(|e| RestoreError::Form {
            line: e.line(),
            column: e.column(),
            message: e.to_string(),
        })?;
        if snapshot.enishi_snapshot != SNAPSHOT_VERSION {
            return Err(RestoreError::Version(snapshot.enishi_snapshot));
        }
        let mut engine = Self::new(Arc::clone(&playbook), keys)?;
        let mut keyed: BTreeMap<String, FriendId> = BTreeMap::new();
        for Row { wake, friend } in snapshot.friends {
            let id = friend.id;
            let doubled = engine.people.get(id).is_some()
                || core::iter::once(&friend.key)
                    .chain(&friend.also)
                    .any(|key| keyed.insert(key.to_string(), id).is_some());
            if doubled {
                return Err(RestoreError::Doubled(friend.key.to_string()));
            }
            engine.seat(Kept { friend, wake });
        }
        engine.number_after(snapshot.last_friend);
        engine.seen = snapshot.seen;
        engine.now = snapshot.now;
        engine.effects = Effects::default();
        engine.effects.decisions = snapshot.decisions;
        engine.effects.deliveries = snapshot.deliveries;
        if snapshot.playbook != playbook.hash().to_string() {
            engine.people.wake_all(engine.now);
        }
        Ok(engine)
    }
}

/// Why bytes are not a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RestoreError {
    /// Not the JSON of a snapshot.
    #[error("{message}")]
    Form {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong, with its place.
        message: String,
    },
    /// Of a version this library does not read.
    #[error("a snapshot of version {0}: this library reads version {SNAPSHOT_VERSION}")]
    Version(u32),
    /// One number or key stands for two friends.
    #[error("the friend '{0}' stands in it twice")]
    Doubled(String),
    /// The engine refused.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

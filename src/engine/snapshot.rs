//! The whole engine as bytes, and back.
//!
//! ```text
//! enishi\0              what it is
//! version               u32, as all numbers of a fixed width the lowest byte first
//! playbook              the hash of the playbook it was taken under, as text
//! now                   i64, milliseconds
//! last friend           u32, the last number given
//! names                 count, then each as text: what the friends' records number
//! friends               count, then by number: u32, when to wake as i64 or the least i64 for never, record
//! events seen           count, then sixteen bytes each, ascending
//! decisions, deliveries, handovers, menus, ledger: JSON each
//! check                 u64 over all before it
//! ```
//!
//! Counts and lengths are u64; a text, a record or a JSON is its length and its bytes.

use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::coupon::KeyRing;
use crate::model::{FriendId, Name, Timestamp, stable_hash};
use crate::playbook::Playbook;

use super::memory::{Engine, EngineError};
use super::packed::Names;
use super::people::{People, Unseated};
use super::seen::Seen;

/// The version of the form written.
pub const SNAPSHOT_VERSION: u32 = 5;

const MAGIC: &[u8; 7] = b"enishi\0";
/// The first two versions were JSON and began so.
const JSON: &[u8] = b"{\"enishi_snapshot\":";
const NEVER: i64 = i64::MIN;

impl Engine {
    /// Everything the engine knows, undelivered effects included; not the playbook and not the keys.
    /// Bytes of a documented version; the same engine gives the same bytes.
    pub fn snapshot(&self) -> Vec<u8> {
        let records: usize = self.people.rows().map(|(_, _, record)| record.len() + 20).sum();
        let mut out = Out(Vec::with_capacity(records + 16 * self.seen.len() + 4096));
        out.0.extend_from_slice(MAGIC);
        out.0.extend_from_slice(&SNAPSHOT_VERSION.to_le_bytes());
        out.bytes(self.playbook.hash().to_string().as_bytes());
        out.0.extend_from_slice(&self.now.millis().to_le_bytes());
        out.0.extend_from_slice(&self.people.last_number().0.to_le_bytes());
        let names = self.people.names().all();
        out.count(names.len());
        names.iter().for_each(|name| out.bytes(name.as_str().as_bytes()));
        out.count(self.people.len());
        for (id, wake, record) in self.people.rows() {
            out.0.extend_from_slice(&id.0.to_le_bytes());
            out.0.extend_from_slice(&wake.map_or(NEVER, Timestamp::millis).to_le_bytes());
            out.bytes(record);
        }
        out.count(self.seen.len());
        self.seen.iter().for_each(|digest| out.0.extend_from_slice(&digest.to_le_bytes()));
        let json = "effects have only string keys";
        out.bytes(&serde_json::to_vec(&self.effects.decisions).expect(json));
        out.bytes(&serde_json::to_vec(&self.effects.deliveries).expect(json));
        out.bytes(&serde_json::to_vec(&self.effects.handovers).expect(json));
        out.bytes(&serde_json::to_vec(&self.effects.menus).expect(json));
        out.bytes(&serde_json::to_vec(&self.effects.ledger).expect(json));
        let check = stable_hash(&out.0);
        out.0.extend_from_slice(&check.to_le_bytes());
        out.0
    }

    /// The engine a snapshot was taken of. With another playbook than it was taken under, every
    /// friend is looked at anew, as by [`adopt`](Self::adopt).
    ///
    /// # Errors
    /// When the bytes are no snapshot of this version, are not as they were written, or contradict themselves.
    pub fn restore(playbook: Arc<Playbook>, keys: Option<KeyRing>, bytes: &[u8]) -> Result<Self, RestoreError> {
        let mut parts = Parts { rest: body(bytes)?, part: "beginning" };
        let mut engine = Self::new(Arc::clone(&playbook), keys)?;
        let taken_under = parts.text()?;
        engine.now = parts.time()?.ok_or(parts.fault())?;
        let last_friend = FriendId(u32::from_le_bytes(parts.fixed()?));

        parts.part = "names";
        let mut names = Vec::new();
        for _ in 0..parts.count(8)? {
            names.push(Name::new(parts.text()?).map_err(|_| parts.fault())?);
        }
        let names = Names::of(names).ok_or(parts.fault())?;

        parts.part = "friends";
        let friends = parts.count(20)?;
        engine.people = People::expecting(names, friends);
        for _ in 0..friends {
            let row = (FriendId(u32::from_le_bytes(parts.fixed()?)), parts.time()?, parts.bytes()?);
            engine.people.seat_packed(row, &mut engine.hand).map_err(|error| match error {
                Unseated::Damaged => parts.fault(),
                Unseated::Doubled(key) => RestoreError::Doubled(key.to_string()),
            })?;
        }
        engine.people.number_after(last_friend);

        parts.part = "events seen";
        let seen = parts.count(16)?;
        let (digests, _) = parts.take(16 * seen)?.as_chunks();
        engine.seen = Seen::of_ascending(digests).ok_or(parts.fault())?;
        parts.part = "decisions";
        engine.effects.decisions = parts.json()?;
        parts.part = "deliveries";
        engine.effects.deliveries = parts.json()?;
        parts.part = "handovers";
        engine.effects.handovers = parts.json()?;
        parts.part = "menus";
        engine.effects.menus = parts.json()?;
        parts.part = "ledger";
        engine.effects.ledger = parts.json()?;
        if !parts.rest.is_empty() {
            return Err(parts.fault());
        }
        if taken_under != playbook.hash().to_string() {
            engine.people.wake_all(engine.now);
        }
        Ok(engine)
    }
}

/// What stands between the version and the check, both of which are as they should be.
fn body(bytes: &[u8]) -> Result<&[u8], RestoreError> {
    if let Some(version) = bytes.strip_prefix(JSON).and_then(|rest| rest.first()).filter(|digit| digit.is_ascii_digit())
    {
        return Err(RestoreError::Version(u32::from(version - b'0')));
    }
    let rest = bytes.strip_prefix(MAGIC).ok_or(RestoreError::NotASnapshot)?;
    let (version, rest) = rest.split_first_chunk().ok_or(RestoreError::NotASnapshot)?;
    match u32::from_le_bytes(*version) {
        SNAPSHOT_VERSION => {}
        other => return Err(RestoreError::Version(other)),
    }
    let damaged = RestoreError::Damaged { part: "end" };
    let (body, check) = rest.split_last_chunk().ok_or(damaged.clone())?;
    let checked = &bytes[..bytes.len() - check.len()];
    if stable_hash(checked) == u64::from_le_bytes(*check) { Ok(body) } else { Err(damaged) }
}

struct Out(Vec<u8>);

impl Out {
    fn count(&mut self, count: usize) {
        self.0.extend_from_slice(&(count as u64).to_le_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.0.extend_from_slice(bytes);
    }
}

/// What was not read yet, and which part it is.
struct Parts<'a> {
    rest: &'a [u8],
    part: &'static str,
}

impl<'a> Parts<'a> {
    const fn fault(&self) -> RestoreError {
        RestoreError::Damaged { part: self.part }
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], RestoreError> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(self.fault())?;
        self.rest = rest;
        Ok(taken)
    }

    fn fixed<const N: usize>(&mut self) -> Result<[u8; N], RestoreError> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(self.fault())?;
        self.rest = rest;
        Ok(*taken)
    }

    /// How many things follow, of so many bytes each at least: no more than there can be.
    fn count(&mut self, least: usize) -> Result<usize, RestoreError> {
        let count = u64::from_le_bytes(self.fixed()?);
        let count = usize::try_from(count).ok().filter(|count| *count <= self.rest.len() / least);
        count.ok_or(self.fault())
    }

    fn bytes(&mut self) -> Result<&'a [u8], RestoreError> {
        let length = self.count(1)?;
        self.take(length)
    }

    fn text(&mut self) -> Result<&'a str, RestoreError> {
        core::str::from_utf8(self.bytes()?).map_err(|_| self.fault())
    }

    fn time(&mut self) -> Result<Option<Timestamp>, RestoreError> {
        match i64::from_le_bytes(self.fixed()?) {
            NEVER => Ok(None),
            millis => Timestamp::from_millis(millis).map(Some).map_err(|_| self.fault()),
        }
    }

    fn json<T: DeserializeOwned>(&mut self) -> Result<T, RestoreError> {
        serde_json::from_slice(self.bytes()?).map_err(|_| self.fault())
    }
}

/// Why bytes are not a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RestoreError {
    /// Something else altogether.
    #[error("not a snapshot of an engine: it does not begin as one")]
    NotASnapshot,
    /// Of a version this library does not read.
    #[error("a snapshot of version {0}: this library reads version {SNAPSHOT_VERSION}")]
    Version(u32),
    /// Not as it was written: cut off, or changed.
    #[error("the snapshot is damaged: see its {part}")]
    Damaged {
        /// Where it shows first.
        part: &'static str,
    },
    /// One number or key stands for two friends.
    #[error("the friend '{0}' stands in it twice")]
    Doubled(String),
    /// The engine refused.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

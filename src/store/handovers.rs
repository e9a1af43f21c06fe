//! What the host is to do, until it confirms that it has.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::model::{DeliveryKey, Timestamp};
use crate::scenario::Handover;

use super::outbox::LEASE;

/// A handover and its place in the order in which they were decided.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HandoverRow {
    /// The place; a later one is greater.
    pub row: u64,
    /// What is to be done.
    pub handover: Handover,
}

/// Handovers in memory: what [`MemoryStore`](super::MemoryStore) keeps, and what a host without a store
/// can use as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Handover>", into = "Vec<Handover>")]
pub struct Handovers {
    rows: BTreeMap<u64, Handover>,
    last: u64,
    by_key: BTreeMap<DeliveryKey, u64>,
    /// When each may be handed out.
    by_due: BTreeSet<(Timestamp, u64)>,
    /// Those handed out, until when.
    lent: BTreeMap<u64, Timestamp>,
}

impl Handovers {
    /// Puts in what was decided. What is there already under its key stays as it is.
    pub fn push(&mut self, handovers: impl IntoIterator<Item = Handover>) {
        for handover in handovers {
            if self.by_key.contains_key(&handover.key) {
                continue;
            }
            self.last += 1;
            self.by_key.insert(handover.key, self.last);
            self.by_due.insert((Timestamp::MIN, self.last));
            self.rows.insert(self.last, handover);
        }
    }

    /// Hands out the next one at `now`, for two minutes: what is not confirmed by then is handed out again.
    pub fn next(&mut self, now: Timestamp) -> Option<&Handover> {
        let (due, row) = self.by_due.first().copied().filter(|(due, _)| *due <= now)?;
        let until = now.plus_millis(LEASE.nominal_millis());
        self.by_due.remove(&(due, row));
        self.by_due.insert((until, row));
        self.lent.insert(row, until);
        self.rows.get(&row)
    }

    /// What is behind the place `after`, up to `limit`.
    pub fn page(&self, after: u64, limit: usize) -> Vec<HandoverRow> {
        use core::ops::Bound::{Excluded, Unbounded};
        let rows = self.rows.range((Excluded(after), Unbounded)).take(limit);
        rows.map(|(row, handover)| HandoverRow { row: *row, handover: handover.clone() }).collect()
    }

    /// It is done. Was it still to be?
    pub fn confirm(&mut self, key: DeliveryKey) -> bool {
        let Some(row) = self.by_key.remove(&key) else { return false };
        self.rows.remove(&row);
        let due = self.lent.remove(&row).unwrap_or(Timestamp::MIN);
        self.by_due.remove(&(due, row))
    }

    /// Is nothing to be done?
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// A process that begins anew hands everything out anew.
impl From<Vec<Handover>> for Handovers {
    fn from(kept: Vec<Handover>) -> Self {
        let mut handovers = Self::default();
        handovers.push(kept);
        handovers
    }
}

impl From<Handovers> for Vec<Handover> {
    fn from(handovers: Handovers) -> Self {
        handovers.rows.into_values().collect()
    }
}

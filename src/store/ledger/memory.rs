//! A ledger that forgets when the process ends: for tests, dry runs and hosts with one process.

use core::convert::Infallible;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::coupon::ledger::{Change, ConditionalWrite, Key, Record, Versioned};
use crate::model::{CouponName, Timestamp};

use super::Records;

/// Keeps the uses of coupons in memory. Never fails. The lock is held while records are read or written, never while
/// something is decided.
#[derive(Debug, Default)]
pub struct MemoryLedger {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    by_key: BTreeMap<Key, Versioned>,
    /// Those that lapse, by when.
    lapsing: BTreeMap<Option<CouponName>, BTreeSet<(Timestamp, Key)>>,
}

impl MemoryLedger {
    /// Nothing was ever used.
    pub fn new() -> Self {
        Self::default()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Whoever holds the lock runs nothing that panics.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Records for MemoryLedger {
    type Error = Infallible;

    fn read(&self, key: &Key) -> Result<Versioned, Infallible> {
        Ok(self.kept().by_key.get(key).cloned().unwrap_or_default())
    }

    fn write(&self, write: &ConditionalWrite) -> Result<bool, Infallible> {
        let mut kept = self.kept();
        let version = |key| kept.by_key.get(key).map_or(0, |known| known.version);
        if write.changes.iter().any(|change| version(&change.key) != change.version) {
            return Ok(false);
        }
        for Change { key, version, record } in &write.changes {
            if let Some(record) = record {
                kept.put(key, Versioned { version: version + 1, record: Some(record.clone()) });
            }
        }
        Ok(true)
    }

    fn lapsing(&self, coupon: Option<&CouponName>, by: Timestamp, limit: usize) -> Result<Vec<Key>, Infallible> {
        let kept = self.kept();
        let asked = kept.lapsing.iter().filter(|(of, _)| coupon.is_none() || of.as_ref() == coupon);
        let lapsed = asked.flat_map(|(_, of)| of.iter().take_while(|(at, _)| *at <= by));
        Ok(lapsed.take(limit).map(|(_, key)| key.clone()).collect())
    }
}

impl Kept {
    fn put(&mut self, key: &Key, versioned: Versioned) {
        let lapses = |versioned: &Versioned| versioned.record.as_ref().and_then(Record::lapses_at);
        let after = lapses(&versioned);
        let before = self.by_key.insert(key.clone(), versioned).as_ref().and_then(lapses);
        if before == after {
            return;
        }
        let lapsing = self.lapsing.entry(key.coupon().cloned()).or_default();
        before.map(|at| lapsing.remove(&(at, key.clone())));
        lapsing.extend(after.map(|at| (at, key.clone())));
    }
}

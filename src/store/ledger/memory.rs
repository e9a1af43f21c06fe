//! A ledger that forgets when the process ends: for tests, dry runs and hosts with one process.

use core::cell::RefCell;
use core::convert::Infallible;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::coupon::ledger::{Change, ConditionalWrite, Key, Record, Versioned};
use crate::model::{CouponName, Timestamp};

use super::Records;

/// Keeps the uses of coupons in memory. Never fails. The lock is held while records are read or written, not while
/// a till's operation is decided.
#[derive(Debug, Default)]
pub struct MemoryLedger {
    kept: Mutex<Kept>,
}

#[derive(Clone, Debug, Default)]
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

    /// The ledger for one alone: others wait until this is dropped.
    pub(in crate::store) fn alone(&self) -> Alone<'_> {
        Alone(RefCell::new(self.kept()))
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // What panics under this lock has written nothing yet.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A copy goes on by itself.
impl Clone for MemoryLedger {
    fn clone(&self) -> Self {
        Self { kept: Mutex::new(self.kept().clone()) }
    }
}

impl Records for MemoryLedger {
    type Error = Infallible;

    fn read(&self, key: &Key) -> Result<Versioned, Infallible> {
        Ok(self.kept().read(key))
    }

    fn write(&self, write: &ConditionalWrite) -> Result<bool, Infallible> {
        Ok(self.kept().write(write))
    }

    fn lapsing(&self, coupon: Option<&CouponName>, by: Timestamp, limit: usize) -> Result<Vec<Key>, Infallible> {
        Ok(self.kept().lapsing(coupon, by, limit))
    }
}

/// A ledger that nobody else reads or writes meanwhile.
pub(in crate::store) struct Alone<'l>(RefCell<MutexGuard<'l, Kept>>);

impl Records for Alone<'_> {
    type Error = Infallible;

    fn read(&self, key: &Key) -> Result<Versioned, Infallible> {
        Ok(self.0.borrow().read(key))
    }

    fn write(&self, write: &ConditionalWrite) -> Result<bool, Infallible> {
        Ok(self.0.borrow_mut().write(write))
    }

    fn lapsing(&self, coupon: Option<&CouponName>, by: Timestamp, limit: usize) -> Result<Vec<Key>, Infallible> {
        Ok(self.0.borrow().lapsing(coupon, by, limit))
    }
}

impl Kept {
    fn read(&self, key: &Key) -> Versioned {
        self.by_key.get(key).cloned().unwrap_or_default()
    }

    fn write(&mut self, write: &ConditionalWrite) -> bool {
        let version = |key| self.by_key.get(key).map_or(0, |known| known.version);
        if write.changes.iter().any(|change| version(&change.key) != change.version) {
            return false;
        }
        for Change { key, version, record } in &write.changes {
            if let Some(record) = record {
                self.put(key, Versioned { version: version + 1, record: Some(record.clone()) });
            }
        }
        true
    }

    fn lapsing(&self, coupon: Option<&CouponName>, by: Timestamp, limit: usize) -> Vec<Key> {
        let asked = self.lapsing.iter().filter(|(of, _)| coupon.is_none() || of.as_ref() == coupon);
        let lapsed = asked.flat_map(|(_, of)| of.iter().take_while(|(at, _)| *at <= by));
        lapsed.take(limit).map(|(_, key)| key.clone()).collect()
    }

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

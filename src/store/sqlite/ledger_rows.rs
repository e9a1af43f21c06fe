//! The ledger's records, each a row with a version.

use rusqlite::{Connection, OptionalExtension, params};

use crate::coupon::ledger::{Change, ConditionalWrite, Key, Record, Versioned};
use crate::model::{CouponName, Timestamp};
use crate::store::Records;

use super::{Result, SqliteError, count, damaged, read, write};

/// The ledger's rows as one connection sees them: to write, it must be in a transaction that has the file's lock.
pub(super) struct LedgerRows<'c>(pub(super) &'c Connection);

impl Records for LedgerRows<'_> {
    type Error = SqliteError;

    fn read(&self, key: &Key) -> Result<Versioned> {
        let mut select =
            self.0.prepare_cached("SELECT version, body FROM ledger WHERE kind = ?1 AND coupon = ?2 AND name = ?3")?;
        let (kind, coupon, name) = key.columns();
        let row = select.query_row(params![kind, coupon, name], |row| {
            Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get::<_, String>(1)?))
        });
        let Some((version, body)) = row.optional()? else { return Ok(Versioned::default()) };
        let record = read(&format!("{key:?} of the ledger"), &body)?;
        Ok(Versioned { version, record: Some(record) })
    }

    fn write(&self, write: &ConditionalWrite) -> Result<bool> {
        // All conditions first: what is not accepted has changed nothing.
        for change in &write.changes {
            if self.version(&change.key)? != change.version {
                return Ok(false);
            }
        }
        for Change { key, version, record } in &write.changes {
            if let Some(record) = record {
                self.put(key, version + 1, record)?;
            }
        }
        Ok(true)
    }

    fn lapsing(&self, coupon: Option<&CouponName>, by: Timestamp, limit: usize) -> Result<Vec<Key>> {
        let of = if coupon.is_some() { "coupon = ?3 AND" } else { "" };
        let mut select = self.0.prepare_cached(&format!(
            "SELECT kind, coupon, name FROM ledger WHERE {of} lapses <= ?1 ORDER BY coupon, lapses LIMIT ?2"
        ))?;
        let limits = (by.millis(), count(limit));
        let mut rows = match coupon {
            Some(coupon) => select.query(params![limits.0, limits.1, coupon.as_str()])?,
            None => select.query(params![limits.0, limits.1])?,
        };
        let mut keys = Vec::new();
        while let Some(row) = rows.next()? {
            let (kind, coupon, name): (u8, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let key = Key::from_columns(kind, &coupon, &name);
            keys.push(key.map_err(|error| damaged(&format!("a key of the ledger, {coupon} {name}"), error))?);
        }
        Ok(keys)
    }
}

impl LedgerRows<'_> {
    fn version(&self, key: &Key) -> Result<u64> {
        let mut select =
            self.0.prepare_cached("SELECT version FROM ledger WHERE kind = ?1 AND coupon = ?2 AND name = ?3")?;
        let (kind, coupon, name) = key.columns();
        let version = select.query_row(params![kind, coupon, name], |row| row.get::<_, i64>(0)).optional()?;
        Ok(version.map_or(0, i64::unsigned_abs))
    }

    fn put(&self, key: &Key, version: u64, record: &Record) -> Result<()> {
        let mut upsert = self.0.prepare_cached(
            "INSERT INTO ledger (kind, coupon, name, version, lapses, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
             ON CONFLICT (kind, coupon, name) \
             DO UPDATE SET version = excluded.version, lapses = excluded.lapses, body = excluded.body",
        )?;
        let (kind, coupon, name) = key.columns();
        let lapses = record.lapses_at().map(Timestamp::millis);
        upsert.execute(params![kind, coupon, name, count(version), lapses, write("a record", record)?])?;
        Ok(())
    }
}

//! One SQLite file in WAL mode: the embedded default, open to several processes at once.

mod handovers;
mod inbox;
mod ledger;
mod ledger_rows;
mod outbox;
mod people;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use crate::coupon::Coupon;
use crate::engine::Kept;
use crate::model::{Currency, DeliveryKey, Event, FriendId, FriendKey, Timestamp};
use crate::scenario::Decision;

use super::{Batch, Claim, HandoverRow, Job, Ledger, LedgerError, Lender, Settlement, Store, Tally, Worked};

/// `PRAGMA user_version` of the files this library writes.
const SCHEMA_VERSION: i64 = 4;

/// How long to wait for another process's transaction.
const BUSY: Duration = Duration::from_secs(20);

pub use ledger::SqliteLedger;
use ledger_rows::LedgerRows;

/// Keeps a shop in one SQLite file.
///
/// Several processes may have it open; every change is one short transaction. The file must lie on a
/// local disk: WAL shares memory between processes. `Send`, not `Sync`. Open it after a fork.
#[derive(Debug)]
pub struct SqliteStore {
    db: Connection,
    currency: Currency,
}

/// What a committed transaction survives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Durability {
    /// A power cut too: every commit waits for the disk. What a live shop needs, since an outbox
    /// that forgot a send would send it again.
    #[default]
    Full,
    /// The death of the process only. For simulations and bulk imports, which can be run again.
    Process,
}

/// Why the file could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SqliteError {
    /// SQLite says so.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// Written by a later version of this library, or no file of ours.
    #[error("the file has schema version {found}; this library reads version {SCHEMA_VERSION}")]
    Version {
        /// The version found.
        found: i64,
    },
    /// Opened for another currency than it was made for.
    #[error("the file counts in {kept}, not in {asked}")]
    Currency {
        /// What it counts in.
        kept: String,
        /// What was asked for.
        asked: String,
    },
    /// The transaction it shared with what others asked for at the same time failed; nothing of it stands.
    #[error("the transaction it was a part of failed: {why}")]
    Together {
        /// Why.
        why: String,
    },
    /// A row that does not say what it must.
    #[error("{what} cannot be read: {why}")]
    Damaged {
        /// Which row.
        what: String,
        /// What is wrong with it.
        why: String,
    },
}

type Result<T> = core::result::Result<T, SqliteError>;

impl SqliteStore {
    /// Opens the file, and makes it when it is not there. Amounts in it are of `currency`.
    ///
    /// # Errors
    /// When SQLite cannot open it, or it was made by a later version or for another currency.
    pub fn open(path: &Path, currency: Currency, durability: Durability) -> Result<Self> {
        Self::prepare(Connection::open(path)?, currency, durability)
    }

    fn prepare(mut db: Connection, currency: Currency, durability: Durability) -> Result<Self> {
        db.busy_timeout(BUSY)?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(
            None,
            "synchronous",
            match durability {
                Durability::Full => "FULL",
                Durability::Process => "NORMAL",
            },
        )?;
        // What is erased is to be gone from the file too.
        db.pragma_update(None, "secure_delete", "ON")?;
        // A web request that closes last must not pay for everybody's checkpoint.
        db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        db.set_prepared_statement_cache_capacity(64);
        let make = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        match make.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0))? {
            // Somebody else's tables are not ours to add to.
            0 if make.query_row("SELECT EXISTS (SELECT 1 FROM sqlite_schema)", [], |row| row.get(0))? => {
                return Err(SqliteError::Version { found: 0 });
            }
            0 => {
                make.execute_batch(include_str!("schema.sql"))?;
                make.pragma_update(None, "user_version", SCHEMA_VERSION)?;
            }
            found @ (2 | 3) => {
                if found == 2 {
                    make.execute_batch(include_str!("from_2.sql"))?;
                }
                make.execute_batch(include_str!("from_3.sql"))?;
                make.pragma_update(None, "user_version", SCHEMA_VERSION)?;
            }
            SCHEMA_VERSION => {}
            found => return Err(SqliteError::Version { found }),
        }
        let asked = format!("{} with {} places", currency.code(), currency.exponent());
        match meta::<String>(&make, "currency")? {
            Some(kept) if kept != asked => return Err(SqliteError::Currency { kept, asked }),
            Some(_) => {}
            None => set_meta(&make, "currency", &asked)?,
        }
        make.commit()?;
        Ok(Self { db, currency })
    }

    fn write(&mut self) -> Result<Transaction<'_>> {
        Ok(self.db.transaction_with_behavior(TransactionBehavior::Immediate)?)
    }
}

impl Lender for SqliteStore {
    type Error = SqliteError;

    fn claim(&mut self, now: Timestamp, limit: usize) -> Result<Vec<Claim>> {
        if outbox::next_due(&self.db)?.is_none_or(|due| due > now) {
            return Ok(Vec::new());
        }
        let change = self.write()?;
        let claims = outbox::claim(&change, now, limit)?;
        change.commit()?;
        Ok(claims)
    }

    fn settle(&mut self, settlements: &[Settlement]) -> Result<usize> {
        let currency = self.currency;
        let change = self.write()?;
        let mut noted = 0;
        for settlement in settlements {
            noted += usize::from(outbox::settle(&change, settlement, currency)?);
        }
        change.commit()?;
        Ok(noted)
    }
}

impl Store for SqliteStore {
    fn append(&mut self, events: &[Event]) -> Result<usize> {
        let currency = self.currency;
        let change = self.write()?;
        let new = inbox::append(&change, events, currency)?;
        change.commit()?;
        Ok(new)
    }

    fn work(&mut self, now: Timestamp, limit: usize, coupons: &[Arc<Coupon>], job: Job<'_>) -> Result<Worked> {
        let currency = self.currency;
        // A look before the lock: nothing to do is the usual case.
        if self.next_work()?.is_none_or(|due| due > now) {
            return Ok(Worked::default());
        }
        let change = self.write()?;
        let waiting = inbox::waiting(&change, limit, currency)?;
        // Whoever is due has a turn of its own, after all events that came before.
        let due = if waiting.is_empty() { people::due(&change, now, limit)? } else { Vec::new() };
        let worked = Worked { events: waiting.len(), woken: due.len() };
        if worked == Worked::default() {
            return Ok(worked);
        }
        let (rows, events): (Vec<i64>, Vec<Event>) = waiting.into_iter().unzip();
        let friends = people::load(&change, &events, &due)?;
        let last_friend = FriendId(meta::<u32>(&change, "last_friend")?.unwrap_or(0));
        let ledger = LedgerRows(&change);
        let headroom = ledger.headroom(coupons, now).map_err(unposted)?;
        let outcome = job(Batch { events, friends, last_friend, headroom });
        people::keep(&change, &outcome.changes, last_friend)?;
        keep_decisions(&change, &outcome.decisions)?;
        outbox::push(&change, &outcome.parcels)?;
        handovers::push(&change, &outcome.handovers)?;
        inbox::mark(&change, &rows, &outcome.refused)?;
        ledger.post(outcome.ledger, now).map_err(unposted)?;
        // Another worker's clock may be ahead.
        let latest = meta::<i64>(&change, "now")?.map_or(now.millis(), |latest| latest.max(now.millis()));
        set_meta(&change, "now", latest)?;
        change.commit()?;
        Ok(worked)
    }

    fn adopt(&mut self, playbook: &str, now: Timestamp) -> Result<bool> {
        if meta::<String>(&self.db, "playbook")?.as_deref() == Some(playbook) {
            return Ok(false);
        }
        let change = self.write()?;
        let before = meta::<String>(&change, "playbook")?;
        let other = before.is_some_and(|before| before != playbook);
        if other {
            change.execute("UPDATE friends SET wake = ?1", [now.millis()])?;
        }
        set_meta(&change, "playbook", playbook)?;
        change.commit()?;
        Ok(other)
    }

    fn next_due(&mut self) -> Result<Option<Timestamp>> {
        Ok([self.next_work()?, outbox::next_due(&self.db)?].into_iter().flatten().min())
    }

    fn last_now(&mut self) -> Result<Timestamp> {
        let now = meta::<i64>(&self.db, "now")?;
        Ok(now.and_then(|ms| Timestamp::from_millis(ms).ok()).unwrap_or(Timestamp::MIN))
    }

    fn friend(&mut self, key: &FriendKey) -> Result<Option<Kept>> {
        people::find(&self.db, key)
    }

    fn friends(&mut self, after: FriendId, limit: usize) -> Result<Vec<Kept>> {
        people::page(&self.db, after, limit)
    }

    fn decisions(&mut self, from: u64, limit: usize) -> Result<Vec<Decision>> {
        let mut select = self.db.prepare_cached("SELECT body FROM decisions ORDER BY seq LIMIT ?1 OFFSET ?2")?;
        let bodies = select.query_map(params![count(limit), count(from)], |row| row.get::<_, String>(0))?;
        bodies.map(|body| read("a decision", &body?)).collect()
    }

    fn handovers(&mut self, after: u64, limit: usize) -> Result<Vec<HandoverRow>> {
        handovers::page(&self.db, after, limit)
    }

    fn confirm(&mut self, keys: &[DeliveryKey]) -> Result<usize> {
        let change = self.write()?;
        let confirmed = handovers::confirm(&change, keys)?;
        change.commit()?;
        Ok(confirmed)
    }

    fn tally(&mut self) -> Result<Tally> {
        outbox::tally(&self.db)
    }
}

impl SqliteStore {
    /// When a worker has something to do: at once when an event waits.
    fn next_work(&self) -> Result<Option<Timestamp>> {
        let waits: bool = self
            .db
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM events WHERE state = 0)")?
            .query_row([], |row| row.get(0))?;
        if waits { Ok(Some(Timestamp::MIN)) } else { people::next_wake(&self.db) }
    }
}

fn keep_decisions(change: &Connection, decisions: &[Decision]) -> Result<()> {
    let mut insert = change.prepare_cached("INSERT INTO decisions (body) VALUES (?1)")?;
    for decision in decisions {
        insert.execute([write("a decision", decision)?])?;
    }
    Ok(())
}

fn meta<T: rusqlite::types::FromSql>(db: &Connection, key: &str) -> Result<Option<T>> {
    let mut select = db.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
    Ok(select.query_row([key], |row| row.get(0)).optional()?)
}

fn set_meta(change: &Connection, key: &str, value: impl rusqlite::ToSql) -> Result<()> {
    let mut upsert = change
        .prepare_cached("INSERT INTO meta VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value")?;
    upsert.execute(params![key, value])?;
    Ok(())
}

fn read<T: serde::de::DeserializeOwned>(what: &str, body: &str) -> Result<T> {
    serde_json::from_str(body).map_err(|error| damaged(what, error))
}

fn write<T: serde::Serialize>(what: &str, value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| damaged(what, error))
}

/// Within a transaction of one's own nobody else is faster and nothing is refused.
fn unposted(error: LedgerError<SqliteError>) -> SqliteError {
    match error {
        LedgerError::Holder(error) => error,
        error => damaged("the ledger", error),
    }
}

fn damaged(what: &str, why: impl ToString) -> SqliteError {
    SqliteError::Damaged { what: what.into(), why: why.to_string() }
}

fn instant(what: &str, ms: i64) -> Result<Timestamp> {
    Timestamp::from_millis(ms).map_err(|error| damaged(what, error))
}

/// SQLite counts in `i64`; no limit or offset is meant to be past it.
fn count(n: impl TryInto<i64>) -> i64 {
    n.try_into().unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_waits_for_the_disk_where_it_must() {
        for (durability, synchronous) in [(Durability::Full, 2), (Durability::Process, 1)] {
            let folder = tempfile::tempdir().unwrap();
            let store = SqliteStore::open(&folder.path().join("shop.db"), Currency::JPY, durability).unwrap();
            let set: i64 = store.db.pragma_query_value(None, "synchronous", |row| row.get(0)).unwrap();
            assert_eq!(set, synchronous, "{durability:?}");
        }
    }
}

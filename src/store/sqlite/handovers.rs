//! What the host is to do, in the same words as the handovers in memory.

use rusqlite::{Connection, params};

use crate::model::DeliveryKey;
use crate::scenario::Handover;
use crate::store::HandoverRow;

use super::{Result, count, read, write};

pub(super) fn push(change: &Connection, handovers: &[Handover]) -> Result<()> {
    // Not `ON CONFLICT DO NOTHING`, which uses up a place all the same.
    let mut insert = change.prepare_cached(
        "INSERT INTO handovers (key, body) SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM handovers WHERE key = ?1)",
    )?;
    for handover in handovers {
        insert.execute(params![handover.key.to_string(), write("a handover", handover)?])?;
    }
    Ok(())
}

pub(super) fn page(db: &Connection, after: u64, limit: usize) -> Result<Vec<HandoverRow>> {
    let mut select = db.prepare_cached("SELECT seq, body FROM handovers WHERE seq > ?1 ORDER BY seq LIMIT ?2")?;
    let rows = select
        .query_map(params![count(after), count(limit)], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
    rows.map(|row| {
        let (seq, body) = row?;
        Ok(HandoverRow { row: seq.unsigned_abs(), handover: read(&format!("handover {seq}"), &body)? })
    })
    .collect()
}

pub(super) fn confirm(change: &Connection, keys: &[DeliveryKey]) -> Result<usize> {
    let mut delete = change.prepare_cached("DELETE FROM handovers WHERE key = ?1")?;
    let mut confirmed = 0;
    for key in keys {
        confirmed += delete.execute([key.to_string()])?;
    }
    Ok(confirmed)
}

//! Events, once each.

use rusqlite::{Connection, params};

use crate::model::{Currency, Event};

use super::{Result, count, damaged};

pub(super) fn append(change: &Connection, events: &[Event], currency: Currency) -> Result<usize> {
    let mut insert = change.prepare_cached("INSERT INTO events (id, body) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?;
    let mut new = 0;
    for event in events {
        new += insert.execute(params![event.id.as_str(), event.to_json(currency)])?;
    }
    Ok(new)
}

/// Events not worked on, the earliest come first, with their rows.
pub(super) fn waiting(db: &Connection, limit: usize, currency: Currency) -> Result<Vec<(i64, Event)>> {
    let mut select = db.prepare_cached("SELECT seq, body FROM events WHERE state = 0 ORDER BY seq LIMIT ?1")?;
    let rows = select.query_map([count(limit)], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
    rows.map(|row| {
        let (seq, body) = row?;
        let event = Event::from_json(body.as_bytes(), currency);
        Ok((seq, event.map_err(|error| damaged(&format!("event {seq}"), error))?))
    })
    .collect()
}

/// Marks events as worked on, or as refused.
pub(super) fn mark(change: &Connection, rows: &[i64], refused: &[(usize, String)]) -> Result<()> {
    let mut update = change.prepare_cached("UPDATE events SET state = ?2, why = ?3 WHERE seq = ?1")?;
    for seq in rows {
        update.execute(params![seq, 1, None::<&str>])?;
    }
    for (place, why) in refused {
        update.execute(params![rows[*place], 2, why])?;
    }
    Ok(())
}

//! Requests on their way, in the same words as the outbox in memory.

use rusqlite::{Connection, OptionalExtension, params};

use crate::engine::Parcel;
use crate::model::{Currency, Event, Timestamp};
use crate::store::outbox::{Attempt, Claim, Fate, LEASE, Settlement, Tally};

use super::{Result, count, inbox, instant, read, write};

const ACCEPTED: i64 = 1;
const REFUSED: i64 = 2;
const UNKNOWN: i64 = 3;
const REPLACED: i64 = 4;

/// No switch of the same friend's menu is before it, waiting or lent.
const ITS_TURN: &str = "(menu_of IS NULL OR NOT EXISTS (SELECT 1 FROM outbox AS before \
     WHERE before.state = 0 AND before.menu_of = outbox.menu_of AND before.id < outbox.id))";

pub(super) fn push(change: &Connection, parcels: &[Parcel]) -> Result<()> {
    let mut insert =
        change.prepare_cached("INSERT INTO outbox (due, recipients, parcel, menu_of) VALUES (?1, ?2, ?3, ?4)")?;
    // A switch of a friend's menu replaces the one before it, unless that is lent: then it waits.
    let mut replace =
        change.prepare_cached("UPDATE outbox SET state = 4 WHERE state = 0 AND menu_of = ?1 AND NOT lent")?;
    for parcel in parcels {
        let menu_of = parcel.menu_of().map(|user| user.to_string());
        if let Some(user) = &menu_of {
            replace.execute([user])?;
        }
        let recipients = count(parcel.messages());
        insert.execute(params![parcel.at.millis(), recipients, write("a request", parcel)?, menu_of])?;
    }
    Ok(())
}

pub(super) fn next_due(db: &Connection) -> Result<Option<Timestamp>> {
    let next = format!("SELECT due FROM outbox WHERE state = 0 AND {ITS_TURN} ORDER BY due, id LIMIT 1");
    let due: Option<i64> = db.prepare_cached(&next)?.query_row([], |row| row.get(0)).optional()?;
    due.map(|ms| instant("a request", ms)).transpose()
}

pub(super) fn claim(change: &Connection, now: Timestamp, limit: usize) -> Result<Vec<Claim>> {
    // The switch of a menu that was lent, never settled, and decided anew since.
    let mut replace = change.prepare_cached(
        "UPDATE outbox SET state = 4, lent = 0 \
         WHERE state = 0 AND lent AND menu_of IS NOT NULL AND due <= ?1 AND EXISTS (SELECT 1 FROM outbox AS next \
               WHERE next.state = 0 AND next.menu_of = outbox.menu_of AND next.id > outbox.id)",
    )?;
    replace.execute([now.millis()])?;
    // Lent before and never settled: its sender may have died after LINE had accepted it.
    let lend = format!(
        "UPDATE outbox SET doubtful = doubtful OR lent, lent = 1, due = ?2, attempts = attempts + 1, \
                first_try = coalesce(first_try, ?1) \
         WHERE id IN (SELECT id FROM outbox WHERE state = 0 AND due <= ?1 AND {ITS_TURN} ORDER BY due, id LIMIT ?3) \
         RETURNING id, attempts, first_try, doubtful, parcel",
    );
    let mut lend = change.prepare_cached(&lend)?;
    let until = now.plus_millis(LEASE.nominal_millis());
    let rows = lend.query_map(params![now.millis(), until.millis(), count(limit)], |row| {
        Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get::<_, String>(4)?))
    })?;
    let read_row = |row: rusqlite::Result<(i64, u32, i64, bool, String)>| {
        let (id, attempt, first_try, doubtful, parcel) = row?;
        let what = format!("request {id}");
        let first_try = instant(&what, first_try)?;
        Ok(Claim { row: id.unsigned_abs(), attempt, first_try, doubtful, parcel: read(&what, &parcel)? })
    };
    let mut claims: Vec<Claim> = rows.map(read_row).collect::<Result<_>>()?;
    claims.sort_by_key(|claim| claim.row);
    Ok(claims)
}

/// Writes down a fate, if the claim is still the one that counts, and puts arrivals into the inbox.
pub(super) fn settle(change: &Connection, settlement: &Settlement, currency: Currency) -> Result<bool> {
    let (row, attempt) = (count(settlement.row), settlement.attempt);
    if let Fate::Later { at, attempt: ended } = &settlement.fate {
        // Another switch of the same menu waits behind it and takes its place.
        let mut replace = change.prepare_cached(
            "UPDATE outbox SET state = 4, lent = 0 \
             WHERE id = ?1 AND attempts = ?2 AND lent AND state = 0 AND EXISTS (SELECT 1 FROM outbox AS next \
                   WHERE next.state = 0 AND next.menu_of = outbox.menu_of AND next.id > outbox.id)",
        )?;
        if replace.execute(params![row, attempt])? == 1 {
            return Ok(true);
        }
        let mut later = change.prepare_cached(
            "UPDATE outbox SET lent = 0, due = ?3, doubtful = doubtful OR ?4, attempts = attempts - ?5, \
                    first_try = CASE WHEN attempts > ?5 THEN first_try END \
             WHERE id = ?1 AND attempts = ?2 AND lent AND state = 0",
        )?;
        let (doubtful, not_made) = (*ended == Attempt::Doubtful, *ended == Attempt::NotMade);
        return Ok(later.execute(params![row, attempt, at.millis(), doubtful, not_made])? == 1);
    }
    let (state, request_id, why) = match &settlement.fate {
        Fate::Accepted { request_id, .. } => (ACCEPTED, request_id.as_deref(), None),
        Fate::Refused { why } => (REFUSED, None, Some(why.as_str())),
        Fate::Unknown | Fate::Later { .. } => (UNKNOWN, None, None),
        Fate::Split(_) => (REPLACED, None, None),
    };
    let mut finish = change.prepare_cached(
        "UPDATE outbox SET lent = 0, state = ?3, request_id = ?4, why = ?5 \
         WHERE id = ?1 AND attempts = ?2 AND lent AND state = 0 RETURNING parcel",
    )?;
    let finished = finish.query_row(params![row, attempt, state, request_id, why], |row| row.get::<_, String>(0));
    let Some(parcel) = finished.optional()? else { return Ok(false) };
    match &settlement.fate {
        Fate::Split(parts) => push(change, parts)?,
        Fate::Accepted { at, .. } => {
            let parcel: Parcel = read(&format!("request {row}"), &parcel)?;
            let arrivals: Vec<Event> = parcel.arrivals(*at).collect();
            inbox::append(change, &arrivals, currency)?;
        }
        _ => {}
    }
    Ok(true)
}

pub(super) fn tally(db: &Connection) -> Result<Tally> {
    let mut select =
        db.prepare_cached("SELECT state, count(*), sum(recipients), sum(attempts) FROM outbox GROUP BY 1")?;
    let rows = select.query_map([], |row| {
        let counted = |column| row.get::<_, i64>(column).map(i64::unsigned_abs);
        Ok((row.get::<_, i64>(0)?, counted(1)?, counted(2)?, counted(3)?))
    })?;
    let mut tally = Tally::default();
    for row in rows {
        let (state, requests, recipients, attempts) = row?;
        tally.attempts += attempts;
        match state {
            ACCEPTED => (tally.accepted, tally.messages) = (requests, recipients),
            REFUSED => tally.refused = requests,
            UNKNOWN => tally.unknown = requests,
            REPLACED => {}
            _ => tally.waiting = requests,
        }
    }
    Ok(tally)
}

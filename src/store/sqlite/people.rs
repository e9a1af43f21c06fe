//! Friends, their keys and their wake-ups.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, params};

use crate::engine::{Changes, Kept};
use crate::model::{Event, FriendId, FriendKey, Timestamp};
use crate::store::memory::keys_of;

use super::{Result, count, instant, read, set_meta, write};

/// Whoever is due, the longest due first.
pub(super) fn due(db: &Connection, now: Timestamp, limit: usize) -> Result<Vec<FriendId>> {
    let mut select = db.prepare_cached("SELECT id FROM friends WHERE wake <= ?1 ORDER BY wake, id LIMIT ?2")?;
    let ids = select.query_map(params![now.millis(), count(limit)], |row| row.get(0).map(FriendId))?;
    Ok(ids.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn next_wake(db: &Connection) -> Result<Option<Timestamp>> {
    let mut select = db.prepare_cached("SELECT min(wake) FROM friends WHERE wake IS NOT NULL")?;
    let wake: Option<i64> = select.query_row([], |row| row.get(0))?;
    wake.map(|ms| instant("a wake-up", ms)).transpose()
}

/// The friends these events speak of, and these.
pub(super) fn load(db: &Connection, events: &[Event], also: &[FriendId]) -> Result<Vec<Kept>> {
    let mut find = db.prepare_cached("SELECT friend FROM keys WHERE key = ?1")?;
    let mut wanted: BTreeSet<FriendId> = also.iter().copied().collect();
    for key in events.iter().flat_map(keys_of) {
        wanted.extend(find.query_row([key.as_str()], |row| row.get(0).map(FriendId)).optional()?);
    }
    let mut select = db.prepare_cached("SELECT id, wake, body FROM friends WHERE id = ?1")?;
    let mut one = |id: FriendId| {
        let row = select.query_row([id.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()?;
        row.map(kept).transpose()
    };
    wanted.into_iter().filter_map(|id| one(id).transpose()).collect()
}

/// The friend a key leads to.
pub(super) fn find(db: &Connection, key: &FriendKey) -> Result<Option<Kept>> {
    let mut select =
        db.prepare_cached("SELECT id, wake, body FROM keys JOIN friends ON friends.id = keys.friend WHERE key = ?1")?;
    let row = select.query_row([key.as_str()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()?;
    row.map(kept).transpose()
}

/// The friends after a number, by number.
pub(super) fn page(db: &Connection, after: FriendId, limit: usize) -> Result<Vec<Kept>> {
    let mut select = db.prepare_cached("SELECT id, wake, body FROM friends WHERE id > ?1 ORDER BY id LIMIT ?2")?;
    let rows = select.query_map(params![after.0, count(limit)], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    rows.map(|row| kept(row?)).collect()
}

pub(super) fn keep(change: &Connection, changes: &Changes, last: FriendId) -> Result<()> {
    let mut remove = change.prepare_cached("DELETE FROM friends WHERE id = ?1")?;
    for id in &changes.removed {
        remove.execute([id.0])?;
    }
    let mut upsert = change.prepare_cached(
        "INSERT INTO friends VALUES (?1, ?2, ?3) \
         ON CONFLICT (id) DO UPDATE SET wake = excluded.wake, body = excluded.body",
    )?;
    for Kept { friend, wake } in &changes.friends {
        upsert.execute(params![friend.id.0, wake.map(Timestamp::millis), write("a friend", friend)?])?;
    }
    let mut lead = change
        .prepare_cached("INSERT INTO keys VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET friend = excluded.friend")?;
    for keyed in &changes.keys {
        lead.execute(params![keyed.key.as_str(), keyed.friend.0])?;
    }
    match changes.friends.iter().map(|kept| kept.friend.id).max() {
        Some(newest) if newest > last => set_meta(change, "last_friend", newest.0),
        _ => Ok(()),
    }
}

fn kept((id, wake, body): (u32, Option<i64>, String)) -> Result<Kept> {
    let what = format!("friend {id}");
    Ok(Kept { friend: read(&what, &body)?, wake: wake.map(|ms| instant(&what, ms)).transpose()? })
}

//! Requests on their way to LINE: lent, tried, settled.

use core::convert::Infallible;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::engine::Parcel;
use crate::model::{Event, LineUserId, Span, Timestamp};

use super::Lender;

/// How long a request is lent. Longer than any HTTP time-out, so that a live sender is never overtaken.
pub(super) const LEASE: Span = Span::minutes(2);

/// A request lent to a sender.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claim {
    /// The row.
    pub row: u64,
    /// The how-manieth attempt this is, from 1. It fences off senders whose lease ran out.
    pub attempt: u32,
    /// When the first attempt was made: LINE counts the life of the key from it.
    pub first_try: Timestamp,
    /// Could an earlier attempt have been accepted without our knowing?
    pub doubtful: bool,
    /// What to send.
    pub parcel: Parcel,
}

/// What came of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settlement {
    /// The row.
    pub row: u64,
    /// The attempt it settles.
    pub attempt: u32,
    /// What came of it.
    pub fate: Fate,
}

impl Settlement {
    /// What came of `claim`.
    pub const fn of(claim: &Claim, fate: Fate) -> Self {
        Self { row: claim.row, attempt: claim.attempt, fate }
    }
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "a store must note each")]
pub enum Fate {
    /// LINE accepted it, now or at an earlier attempt.
    Accepted {
        /// When it said so.
        at: Timestamp,
        /// LINE's id of the request that was accepted.
        request_id: Option<String>,
    },
    /// To be tried again then.
    Later {
        /// When.
        at: Timestamp,
        /// How this attempt ended.
        attempt: Attempt,
    },
    /// Replaced by others.
    Split(Vec<Parcel>),
    /// LINE will not take it.
    Refused {
        /// Why.
        why: String,
    },
    /// Nobody can know whether it was accepted, and the key is too old to ask again (X04).
    Unknown,
}

/// How an attempt ended that is to be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "a store must tell them apart")]
pub enum Attempt {
    /// It did not leave, and does not count.
    NotMade,
    /// LINE said that it was not accepted.
    Failed,
    /// It may have been accepted.
    Doubtful,
}

/// How many requests, and how many messages in them, stand how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Tally {
    /// Accepted requests.
    pub accepted: u64,
    /// Friends in them.
    pub messages: u64,
    /// Waiting or lent.
    pub waiting: u64,
    /// Refused for good.
    pub refused: u64,
    /// Of unknown fate.
    pub unknown: u64,
    /// Attempts made in all.
    pub attempts: u64,
}

/// A request and how it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OutboxRow {
    /// What to send.
    pub parcel: Parcel,
    /// When it may be tried next; the end of the lease while it is lent.
    pub due: Timestamp,
    /// Attempts counted.
    pub attempts: u32,
    /// The first of them.
    pub first_try: Option<Timestamp>,
    /// Is it lent?
    pub lent: bool,
    /// May an attempt have been accepted without our knowing?
    pub doubtful: bool,
}

/// An outbox in memory: what [`MemoryStore`](super::MemoryStore) keeps, and what a host without a
/// store can use as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct Outbox {
    rows: BTreeMap<u64, OutboxRow>,
    last: u64,
    tally: Tally,
    /// Who is to hear of an arrival, and has not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    arrived: Vec<Arrived>,
    /// Every row by when it is due: an outbox may hold a campaign to everybody. But for switches of a menu
    /// that wait for the one before them.
    #[serde(skip)]
    by_due: BTreeSet<(Timestamp, u64)>,
    /// The switches of each friend's rich menu: one that waits or is lent, and one behind it if it is lent.
    #[serde(skip)]
    menus: BTreeMap<LineUserId, BTreeSet<u64>>,
    /// Those of whom one waits behind another.
    #[serde(skip)]
    lined_up: BTreeSet<LineUserId>,
}

/// A request that arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Arrived {
    at: Timestamp,
    parcel: Parcel,
}

/// An outbox as it lies in a snapshot.
#[derive(Deserialize)]
struct Stored {
    rows: BTreeMap<u64, OutboxRow>,
    last: u64,
    tally: Tally,
    #[serde(default)]
    arrived: Vec<Arrived>,
}

impl TryFrom<Stored> for Outbox {
    type Error = &'static str;

    fn try_from(Stored { rows, last, tally, arrived }: Stored) -> Result<Self, &'static str> {
        let last = rows.last_key_value().map_or(last, |(id, _)| last.max(*id));
        let counts = [last, tally.accepted, tally.messages, tally.refused, tally.unknown, tally.attempts];
        // Nobody counts so far; from here on no sum can overflow.
        if counts.iter().any(|count| *count > u64::MAX / 2) {
            return Err("an outbox does not count so far");
        }
        let mut outbox = Self { rows, last, tally, arrived, ..Self::default() };
        let rows: Vec<_> = outbox.rows.iter().map(|(id, row)| (*id, row.due, row.parcel.menu_of())).collect();
        for (id, due, menu_of) in rows {
            match menu_of {
                Some(user) => outbox.stand_behind(user, id),
                None => drop(outbox.by_due.insert((due, id))),
            }
        }
        Ok(outbox)
    }
}

impl Outbox {
    /// Puts in requests, due at once.
    pub fn push(&mut self, parcels: impl IntoIterator<Item = Parcel>) {
        for parcel in parcels {
            self.last += 1;
            let (due, menu_of) = (parcel.at, parcel.menu_of());
            let row = OutboxRow { parcel, due, attempts: 0, first_try: None, lent: false, doubtful: false };
            self.rows.insert(self.last, row);
            match menu_of {
                Some(user) => self.line_up(user, self.last),
                None => drop(self.by_due.insert((due, self.last))),
            }
        }
    }

    /// When there will next be something to lend.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.by_due.first().map(|(due, _)| *due)
    }

    /// How all requests stand.
    pub fn tally(&self) -> Tally {
        Tally { waiting: self.rows.len() as u64, ..self.tally }
    }

    /// Takes out what the engine is to be told of messages that arrived.
    pub fn take_arrivals(&mut self) -> Vec<Event> {
        let arrived = core::mem::take(&mut self.arrived);
        arrived.iter().flat_map(|arrived| arrived.parcel.arrivals(arrived.at)).collect()
    }

    /// Puts the switch of a friend's menu behind the one that is lent; one that is not lent it replaces.
    fn line_up(&mut self, user: LineUserId, id: u64) {
        let before = self.menus.get(&user).cloned().unwrap_or_default();
        for other in before {
            if self.rows.get(&other).is_some_and(|row| !row.lent) {
                self.remove(other);
            }
        }
        self.stand_behind(user, id);
    }

    fn stand_behind(&mut self, user: LineUserId, id: u64) {
        let switches = self.menus.entry(user).or_default();
        switches.insert(id);
        if switches.len() == 1 {
            self.by_due.extend(self.rows.get(&id).map(|row| (row.due, id)));
        } else {
            self.lined_up.insert(user);
        }
    }

    /// Is this a switch of a menu, and another behind it? Then it is not tried again.
    fn is_overtaken(&self, id: u64) -> bool {
        let user = self.rows.get(&id).and_then(|row| row.parcel.menu_of());
        let switches = user.and_then(|user| self.menus.get(&user));
        switches.is_some_and(|switches| switches.last() != Some(&id))
    }

    /// Takes out a row. The switch that waited for it is due now.
    fn remove(&mut self, id: u64) {
        let Some(row) = self.rows.remove(&id) else { return };
        self.by_due.remove(&(row.due, id));
        let Some(user) = row.parcel.menu_of() else { return };
        let Some(switches) = self.menus.get_mut(&user) else { return };
        switches.remove(&id);
        if switches.len() < 2 {
            self.lined_up.remove(&user);
        }
        match switches.first() {
            Some(next) => self.by_due.extend(self.rows.get(next).map(|row| (row.due, *next))),
            None => drop(self.menus.remove(&user)),
        }
    }

    fn note(&mut self, settlement: &Settlement) -> bool {
        let overtaken = self.is_overtaken(settlement.row);
        let Some(row) = self.rows.get_mut(&settlement.row).filter(|row| row.lent && row.attempts == settlement.attempt)
        else {
            return false;
        };
        self.by_due.remove(&(row.due, settlement.row));
        match &settlement.fate {
            Fate::Later { .. } if overtaken => {}
            Fate::Later { at, attempt } => {
                row.due = *at;
                row.lent = false;
                row.doubtful |= *attempt == Attempt::Doubtful;
                if *attempt == Attempt::NotMade {
                    self.tally.attempts = self.tally.attempts.saturating_sub(1);
                    row.attempts = row.attempts.saturating_sub(1);
                    row.first_try = row.first_try.filter(|_| row.attempts > 0);
                }
                self.by_due.insert((*at, settlement.row));
                return true;
            }
            Fate::Accepted { at, .. } => {
                if row.parcel.arrivals(*at).next().is_some() {
                    self.arrived.push(Arrived { at: *at, parcel: row.parcel.clone() });
                }
                self.tally.accepted += 1;
                self.tally.messages += row.parcel.messages() as u64;
            }
            Fate::Refused { .. } => self.tally.refused += 1,
            Fate::Unknown => self.tally.unknown += 1,
            Fate::Split(_) => {}
        }
        self.remove(settlement.row);
        if let Fate::Split(parts) = &settlement.fate {
            self.push(parts.iter().cloned());
        }
        true
    }
}

impl Lender for Outbox {
    type Error = Infallible;

    fn claim(&mut self, now: Timestamp, limit: usize) -> Result<Vec<Claim>, Infallible> {
        let lease_ends = now.plus_millis(LEASE.nominal_millis());
        // Lent, never settled, and decided anew since.
        let first = |user| self.menus.get(user).and_then(|switches| switches.first()).copied();
        let over = |id: &u64| self.rows.get(id).is_some_and(|row| row.due <= now);
        for id in self.lined_up.iter().filter_map(first).filter(over).collect::<Vec<_>>() {
            self.remove(id);
        }
        let due: Vec<_> = self.by_due.iter().take_while(|(due, _)| *due <= now).take(limit).copied().collect();
        let mut claims = Vec::with_capacity(due.len());
        for (was_due, id) in due {
            self.by_due.remove(&(was_due, id));
            self.by_due.insert((lease_ends, id));
            let Some(row) = self.rows.get_mut(&id) else { continue };
            // Lent before and never settled: its sender may have died after LINE had accepted it.
            row.doubtful |= row.lent;
            row.lent = true;
            row.due = lease_ends;
            row.attempts = row.attempts.saturating_add(1);
            self.tally.attempts += 1;
            let first_try = *row.first_try.get_or_insert(now);
            let parcel = row.parcel.clone();
            claims.push(Claim { row: id, attempt: row.attempts, first_try, doubtful: row.doubtful, parcel });
        }
        claims.sort_by_key(|claim| claim.row);
        Ok(claims)
    }

    fn settle(&mut self, settlements: &[Settlement]) -> Result<usize, Infallible> {
        Ok(settlements.iter().filter(|settlement| self.note(settlement)).count())
    }
}

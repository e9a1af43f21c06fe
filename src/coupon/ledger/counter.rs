//! Counters of uses, and when a place in them comes free.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::Timestamp;

/// How many uses there are, reservations included.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counter {
    uses: u64,
    /// How many of them are reservations, by when they lapse, to the next full minute: as many entries as a
    /// reservation has minutes, however many there are.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    open: BTreeMap<Timestamp, u64>,
}

impl Counter {
    /// Uses, reservations included.
    pub const fn uses(&self) -> u64 {
        self.uses
    }

    /// The uses of several counters as those of one.
    pub(super) fn absorb(&mut self, other: &Self) {
        self.uses += other.uses;
        for (lapses, uses) in &other.open {
            *self.open.entry(*lapses).or_default() += uses;
        }
    }

    /// One more; a reservation lapses.
    pub(super) fn add(&mut self, lapses: Option<Timestamp>) {
        self.uses += 1;
        if let Some(lapses) = lapses {
            *self.open.entry(full_minute(lapses)).or_default() += 1;
        }
    }

    /// A reservation that lapses no more.
    pub(super) fn settle(&mut self, lapses: Timestamp) {
        take_one(&mut self.open, full_minute(lapses));
    }

    /// One less.
    pub(super) fn remove(&mut self, lapses: Option<Timestamp>) {
        self.uses = self.uses.saturating_sub(1);
        lapses.into_iter().for_each(|lapses| self.settle(lapses));
    }

    /// When there is one use fewer than `limit` by reservations that lapse, if that is enough.
    pub(super) fn free_at(&self, limit: u64) -> Option<Timestamp> {
        first_free(&self.open, (self.uses + 1).saturating_sub(limit))
    }
}

/// How many uses count in a window, by when they leave it: one entry for a window of the calendar, as many as there
/// are uses for one that rolls.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WindowCounter {
    ends: BTreeMap<Timestamp, u64>,
}

impl WindowCounter {
    /// Uses that count at `now`. Linear in the entries.
    pub fn uses(&self, now: Timestamp) -> u64 {
        self.ends.range(now.plus_millis(1)..).map(|(_, uses)| uses).sum()
    }

    /// One more, until `end`. What has left the window by `now` is forgotten.
    pub(super) fn add(&mut self, end: Timestamp, now: Timestamp) {
        self.ends = self.ends.split_off(&now.plus_millis(1));
        *self.ends.entry(end).or_default() += 1;
    }

    /// One less of those until `end`.
    pub(super) fn remove(&mut self, end: Timestamp) {
        take_one(&mut self.ends, end);
    }

    /// When there is one use fewer than `limit` by uses that leave the window.
    pub(super) fn free_at(&self, limit: u64, now: Timestamp) -> Option<Timestamp> {
        let excess = (self.uses(now) + 1).saturating_sub(limit);
        first_free(self.ends.range(now.plus_millis(1)..), excess)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

fn full_minute(at: Timestamp) -> Timestamp {
    at.plus_millis((-at.millis()).rem_euclid(60_000))
}

fn take_one(places: &mut BTreeMap<Timestamp, u64>, at: Timestamp) {
    if let Some(uses) = places.get_mut(&at) {
        *uses -= 1;
        if *uses == 0 {
            places.remove(&at);
        }
    }
}

/// The first instant by which so many have gone.
fn first_free<'t>(ends: impl IntoIterator<Item = (&'t Timestamp, &'t u64)>, excess: u64) -> Option<Timestamp> {
    let mut gone = 0;
    let mut ends = ends.into_iter();
    ends.find(|(_, uses)| {
        gone += **uses;
        gone >= excess
    })
    .map(|(at, _)| *at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::EPOCH.plus_millis(seconds * 1000)
    }

    #[test]
    fn a_place_comes_free_when_enough_reservations_have_lapsed() {
        let mut counter = Counter::default();
        [None, Some(at(70)), Some(at(30)), Some(at(45))].into_iter().for_each(|lapses| counter.add(lapses));
        // Two go at the first full minute: those of 0:30 and 0:45.
        assert_eq!(counter.free_at(4), Some(at(60)));
        assert_eq!(counter.free_at(3), Some(at(60)));
        assert_eq!(counter.free_at(2), Some(at(120)));
        assert_eq!(counter.free_at(1), None, "what was redeemed does not lapse");
        counter.settle(at(45));
        assert_eq!(counter.free_at(3), Some(at(120)));
    }

    #[test]
    fn a_window_counts_what_has_not_left_it() {
        let mut window = WindowCounter::default();
        [60, 60, 90].into_iter().for_each(|end| window.add(at(end), at(0)));
        assert_eq!((window.uses(at(59)), window.uses(at(60)), window.uses(at(90))), (3, 1, 0));
        assert_eq!((window.free_at(3, at(0)), window.free_at(1, at(0))), (Some(at(60)), Some(at(90))));
        window.remove(at(60));
        assert_eq!(window.uses(at(59)), 2);
    }
}

//! From where one looks back.

use crate::model::{Timestamp, Zone};

use super::LocalDays;

/// The instant as of which customers are judged. Orders after it are not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AsOf {
    /// The instant; an order placed exactly then counts.
    pub at: Timestamp,
    /// The shop's zone: where its days begin.
    pub zone: Zone,
    /// How recency is counted.
    pub recency: Recency,
}

impl AsOf {
    /// As of `at`, with recency counted in the shop's dates.
    pub const fn new(at: Timestamp, zone: Zone) -> Self {
        Self { at, zone, recency: Recency::LocalDates }
    }

    /// The same with recency counted otherwise.
    #[must_use]
    pub const fn recency(mut self, recency: Recency) -> Self {
        self.recency = recency;
        self
    }

    /// A function from the last order to the days since; never below zero.
    pub(super) fn days_since(&self) -> impl FnMut(Timestamp) -> u32 {
        let mut days = LocalDays::of(self.zone);
        let (at, recency, today) = (self.at, self.recency, days.day(self.at.millis()));
        move |last| match recency {
            Recency::LocalDates => (today - days.day(last.millis())).max(0).unsigned_abs(),
            // The range of Timestamp is under three million days.
            Recency::ElapsedDays => (at.since(last).max(0) / LocalDays::MILLIS) as u32,
        }
    }
}

/// How the days since the last order are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Recency {
    /// Whole days between the shop's dates: an order late yesterday is one day ago (semantics 4.9).
    #[default]
    LocalDates,
    /// Whole periods of 24 hours, as SQL on instants counts.
    ElapsedDays,
}

//! When a friend reacts: what tells silence from interest, and the best hour from the worst.

use serde::{Deserialize, Serialize};

use super::{LocalTime, Timestamp};

/// A friend's reactions: clicks, answers, buttons pressed. LINE tells nobody who opened what. Orders are reactions
/// too, and have a history of their own, since they can be edited and cancelled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reactions {
    /// The latest.
    pub last: Option<Timestamp>,
    /// How many there were in each hour of the shop's clock. Each stops counting at 255.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub by_hour: [u8; 24],
}

impl Reactions {
    /// Takes in a reaction at `at`, when the shop's clock showed `time`. In whatever order they come, the
    /// same comes of it.
    pub fn note(&mut self, at: Timestamp, time: LocalTime) {
        self.last = self.last.max(Some(at));
        let hour = &mut self.by_hour[usize::from(time.minutes() / 60)];
        *hour = hour.saturating_add(1);
    }

    /// Reacted at `since` or later?
    pub fn any_since(&self, since: Timestamp) -> bool {
        self.last.is_some_and(|last| last >= since)
    }

    /// Joins what the same person did under another key.
    pub fn absorb(&mut self, other: &Self) {
        self.last = self.last.max(other.last);
        for (mine, theirs) in self.by_hour.iter_mut().zip(other.by_hour) {
            *mine = mine.saturating_add(theirs);
        }
    }
}

fn is_empty(by_hour: &[u8; 24]) -> bool {
    by_hour.iter().all(|count| *count == 0)
}

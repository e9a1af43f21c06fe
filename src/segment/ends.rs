//! When the first or the last was.

use crate::model::Timestamp;

use super::occurrences::End;
use super::predicate::Question;
use super::range::Range;
use super::source::Source;

/// A test of when the first or last occurrence was; false while there is none.
#[derive(Debug)]
pub(crate) struct Ends {
    pub(super) which: End,
    pub(super) source: Source,
    pub(super) window: Range,
}

impl Ends {
    pub(super) fn holds(&self, ask: &Question<'_>) -> bool {
        self.reading(ask).is_some_and(|at| self.window.holds(at, ask.now, ask.zone))
    }

    /// When it was.
    pub(super) fn reading(&self, ask: &Question<'_>) -> Option<Timestamp> {
        let mut end: Option<Timestamp> = None;
        self.source.each(ask, |found| {
            if found.at <= ask.now {
                end = Some(match (end, self.which) {
                    (None, _) => found.at,
                    (Some(end), End::First) => end.min(found.at),
                    (Some(end), End::Last) => end.max(found.at),
                });
            }
        });
        end
    }

    pub(super) fn next_change(&self, ask: &Question<'_>) -> Option<Timestamp> {
        let mut times = Vec::new();
        self.source.each(ask, |found| times.push(found.at));
        times.sort_unstable();
        end_moves(ask, self.which, self.window, &times)
    }
}

/// The next instant at which the test of the first or last of `times`, which ascend, turns out
/// otherwise: when a later one begins to count, and when the one that counts comes into the window or leaves it.
pub(super) fn end_moves(ask: &Question<'_>, which: End, window: Range, times: &[Timestamp]) -> Option<Timestamp> {
    let last_so_far = times.partition_point(|at| *at <= ask.now).saturating_sub(1);
    let (from, to) = match which {
        End::First => (0, times.len().min(1)),
        End::Last => (last_so_far, times.len()),
    };
    let holds = |at: Timestamp, now: Timestamp| at <= now && window.holds(at, now, ask.zone);
    let today = times.get(from).is_some_and(|at| holds(*at, ask.now));
    for place in from..to {
        let at = times[place];
        let stay = window.stay(at, ask.now, ask.zone);
        let mut instants: Vec<Timestamp> = [at].into_iter().chain(stay.map(|stay| stay.from)).collect();
        instants.extend(stay.and_then(|stay| stay.until));
        instants.sort_unstable();
        // From the next one on it is that one that is asked about.
        let relieved = times.get(place + 1).filter(|_| which == End::Last).copied().unwrap_or(Timestamp::MAX);
        let turns = |instant: &Timestamp| *instant > ask.now && *instant < relieved && holds(at, *instant) != today;
        if let Some(instant) = instants.into_iter().find(turns) {
            return Some(instant);
        }
    }
    None
}

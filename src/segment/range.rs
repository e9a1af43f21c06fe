//! Stretches of time: fixed ones, and ones that move along with now.

use crate::model::{Span, Timestamp, Zone};

use super::syntax::AgeTest;

/// A stretch of time, half-open.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Range {
    /// All of it.
    Ever,
    /// From this instant on.
    Since(Timestamp),
    /// Up to, not including, this instant.
    Before(Timestamp),
    /// From the first up to, not including, the second.
    During(Timestamp, Timestamp),
    /// At least `at_least` ago (when given) and less than `less_than` ago (when given).
    Aged {
        /// The nearer end.
        at_least: Option<Span>,
        /// The farther end.
        less_than: Option<Span>,
    },
}

impl Range {
    pub(crate) fn of(test: AgeTest, zone: &Zone) -> Self {
        match test {
            AgeTest::OlderThan(span) => Self::Aged { at_least: Some(span), less_than: None },
            AgeTest::Within(span) => Self::Aged { at_least: None, less_than: Some(span) },
            AgeTest::Between { from, until } => Self::Aged { at_least: Some(until), less_than: Some(from) },
            AgeTest::Before(date) => Self::Before(zone.start_of(date)),
            AgeTest::Since(date) => Self::Since(zone.start_of(date)),
            AgeTest::During { from, to } => {
                Self::During(zone.start_of(from), zone.start_of(to.succ_opt().unwrap_or(to)))
            }
        }
    }

    /// Does it move along with now, so that what is inside may leave it?
    pub(crate) const fn moves(self) -> bool {
        matches!(self, Self::Aged { .. })
    }

    /// Is an instant that is past inside it?
    pub(crate) fn holds(self, at: Timestamp, now: Timestamp, zone: &Zone) -> bool {
        match self {
            Self::Ever => true,
            Self::Since(start) => at >= start,
            Self::Before(end) => at < end,
            Self::During(start, end) => start <= at && at < end,
            Self::Aged { at_least, less_than } => {
                at_least.is_none_or(|span| zone.elapsed(at, span, now))
                    && less_than.is_none_or(|span| !zone.elapsed(at, span, now))
            }
        }
    }

    /// When something that is at `at` lies inside, seen from `now` on: `None` when it has left, or never comes in.
    pub(super) fn stay(self, at: Timestamp, now: Timestamp, zone: &Zone) -> Option<Stay> {
        let inside = match self {
            Self::Ever => true,
            Self::Since(start) => at >= start,
            Self::Before(end) => at < end,
            Self::During(start, end) => start <= at && at < end,
            Self::Aged { at_least, less_than } => {
                if less_than.is_some_and(|span| zone.elapsed(at, span, now)) {
                    return None;
                }
                let from = at_least.map_or(at, |span| zone.plus(at, span));
                let until = less_than.map(|span| zone.plus(at, span));
                return Stay { from, until }.seen_from(now);
            }
        };
        if inside { Stay { from: at, until: None }.seen_from(now) } else { None }
    }
}

/// A window at one instant: what lies clearly inside or outside is told by two comparisons, and the calendar is
/// asked only about what lies within a day and two hours of an end, since no zone moves its clocks by more than a day.
pub(super) struct Sieve<'z> {
    inside: (i64, i64),
    perhaps: (i64, i64),
    range: Range,
    now: Timestamp,
    zone: &'z Zone,
}

impl Range {
    pub(super) fn sieve(self, now: Timestamp, zone: &Zone) -> Sieve<'_> {
        const SLACK: i64 = 26 * 3_600_000;
        let sure = |from: i64, until: i64| ((from, until), (from, until));
        let (inside, perhaps) = match self {
            Self::Ever => sure(i64::MIN, i64::MAX),
            Self::Since(start) => sure(start.millis(), i64::MAX),
            Self::Before(end) => sure(i64::MIN, end.millis()),
            Self::During(start, end) => sure(start.millis(), end.millis()),
            Self::Aged { at_least, less_than } => {
                // The first instant that lies less than a span ago, on average; days of 24 hours are exact without days.
                let ago = |span: Span| {
                    let first = now.millis() - span.nominal_millis() + 1;
                    let slack = if span.whole_days() == 0 { 0 } else { SLACK };
                    (first - slack, first + slack)
                };
                let (from, from_surely) = less_than.map_or((i64::MIN, i64::MIN), ago);
                let (until_surely, until) = at_least.map_or((i64::MAX, i64::MAX), ago);
                ((from_surely, until_surely), (from, until))
            }
        };
        Sieve { inside, perhaps, range: self, now, zone }
    }
}

impl Sieve<'_> {
    /// Does it lie before everything the window may hold?
    pub(super) fn is_before(&self, at: Timestamp) -> bool {
        at.millis() < self.perhaps.0
    }

    pub(super) fn holds(&self, at: Timestamp) -> bool {
        let ms = at.millis();
        if self.inside.0 <= ms && ms < self.inside.1 {
            true
        } else if ms < self.perhaps.0 || self.perhaps.1 <= ms {
            false
        } else {
            self.range.holds(at, self.now, self.zone)
        }
    }
}

/// From an instant, until another or for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stay {
    pub(super) from: Timestamp,
    pub(super) until: Option<Timestamp>,
}

impl Stay {
    /// Only what lies in both.
    pub(super) fn and(self, other: Self) -> Self {
        let until = self.until.into_iter().chain(other.until).min();
        Self { from: self.from.max(other.from), until }
    }

    pub(super) fn holds(self, now: Timestamp) -> bool {
        self.from <= now && self.until.is_none_or(|until| now < until)
    }

    /// `None` when nothing of it is left, or it never begins. What lasts to the end of time lasts for good.
    pub(super) fn seen_from(self, now: Timestamp) -> Option<Self> {
        let until = self.until.filter(|until| *until < Timestamp::MAX);
        let over = until.is_some_and(|until| until <= now || until <= self.from);
        let never = self.from > now && self.from >= Timestamp::MAX;
        if over || never { None } else { Some(Self { from: self.from, until }) }
    }
}

/// The earliest instant after `now` at which a question about those who stay is answered otherwise than now.
///
/// Lets time go by: each comes and goes at its instants, `change` is told, and `answer` asked again.
pub(super) fn sweep<S>(
    now: Timestamp,
    stays: &[Stay],
    state: &mut S,
    mut change: impl FnMut(&mut S, usize, bool),
    mut answer: impl FnMut(&S) -> bool,
) -> Option<Timestamp> {
    let mut moves: Vec<(Timestamp, bool, usize)> = Vec::new();
    for (place, stay) in stays.iter().enumerate() {
        if stay.from <= now {
            change(state, place, true)
        } else {
            moves.push((stay.from, true, place))
        }
        moves.extend(stay.until.map(|until| (until, false, place)));
    }
    moves.sort_unstable();
    let today = answer(state);
    for at_once in moves.chunk_by(|a, b| a.0 == b.0) {
        for (_, comes, place) in at_once {
            change(state, *place, *comes);
        }
        if answer(state) != today {
            return Some(at_once[0].0);
        }
    }
    None
}

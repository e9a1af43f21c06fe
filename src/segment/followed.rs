//! One thing, then another, within a time, without a third.

use crate::model::{Span, Timestamp};

use super::predicate::Question;
use super::range::{Range, Stay, sweep};
use super::source::Source;

/// Holds while some first occurrence lies in its window that was followed, or not followed, as asked.
#[derive(Debug)]
pub(crate) struct Followed {
    pub(super) first: Source,
    pub(super) window: Range,
    pub(super) then: Source,
    pub(super) came: bool,
    pub(super) within: Option<Span>,
    pub(super) without: Option<Source>,
}

impl Followed {
    pub(super) fn holds(&self, ask: &Question<'_>) -> bool {
        self.stays(ask).into_iter().any(|stay| stay.holds(ask.now))
    }

    /// Since when it is so.
    pub(super) fn since(&self, ask: &Question<'_>) -> Option<Timestamp> {
        self.stays(ask).into_iter().filter(|stay| stay.holds(ask.now)).map(|stay| stay.from).min()
    }

    pub(super) fn next_change(&self, ask: &Question<'_>) -> Option<Timestamp> {
        let stays = self.stays(ask);
        let change = |there: &mut usize, _, comes: bool| if comes { *there += 1 } else { *there -= 1 };
        sweep(ask.now, &stays, &mut 0_usize, change, |there| *there > 0)
    }

    /// For each first occurrence that was followed as asked, when it makes the condition hold.
    fn stays(&self, ask: &Question<'_>) -> Vec<Stay> {
        let (later, between) = (times(&self.then, ask), self.without.as_ref().map(|source| times(source, ask)));
        let mut stays = Vec::new();
        self.first.each(ask, |first| {
            let next = later.get(later.partition_point(|at| *at <= first.at)).copied();
            let deadline = self.within.map(|span| ask.zone.plus(first.at, span));
            let in_time = next.filter(|at| deadline.is_none_or(|deadline| *at < deadline));
            let since = match (self.came, in_time) {
                // The next one is the best one: what came between it and the first came before any later one too.
                (true, Some(at)) if between.as_ref().is_none_or(|other| !any_between(other, first.at, at)) => at,
                (false, None) => match deadline {
                    Some(deadline) => deadline,
                    None => return,
                },
                _ => return,
            };
            let stay = self.window.stay(first.at, ask.now, ask.zone).map(|stay| stay.and(first.stay));
            let held = Stay { from: since, until: None };
            stays.extend(stay.and_then(|stay| stay.and(held).seen_from(ask.now)));
        });
        stays
    }
}

fn times(source: &Source, ask: &Question<'_>) -> Vec<Timestamp> {
    let mut times = Vec::new();
    source.each(ask, |found| times.push(found.at));
    times.sort_unstable();
    times
}

/// Strictly between: what happens at one instant has no order.
fn any_between(times: &[Timestamp], first: Timestamp, then: Timestamp) -> bool {
    times.get(times.partition_point(|at| *at <= first)).is_some_and(|at| *at < then)
}

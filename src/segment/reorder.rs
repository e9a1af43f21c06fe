//! When a friend will want the same again.

use core::ops::RangeInclusive;
use std::sync::Arc;

use crate::model::Timestamp;
use crate::rfm::{Cycle, Cycles, Goods};

use super::predicate::Question;
use super::syntax::ReorderTest;

/// A test of when the next order is due; false for who never bought what is asked about.
#[derive(Debug)]
pub(crate) struct Reorder {
    cycles: Arc<Cycles>,
    of: Goods,
    days_until: RangeInclusive<i64>,
}

impl Reorder {
    pub(super) fn new(cycles: &Arc<Cycles>, of: &Goods, test: ReorderTest) -> Self {
        Self { cycles: Arc::clone(cycles), of: of.clone(), days_until: test.days_until() }
    }

    pub(super) fn holds(&self, ask: &Question<'_>) -> bool {
        let days_until = |cycle: Cycle| (cycle.due - ask.zone.date(ask.now)).num_days();
        self.reading(ask).is_some_and(|cycle| self.days_until.contains(&days_until(cycle)))
    }

    /// The next order.
    pub(super) fn reading(&self, ask: &Question<'_>) -> Option<Cycle> {
        self.cycles.due(&ask.friend.orders, &self.of, ask.now, ask.zone)
    }

    pub(super) fn next_change(&self, ask: &Question<'_>) -> Option<Timestamp> {
        // It comes to hold on the day with the most days left, and no longer does after that with the least.
        let (least, most) = (*self.days_until.start(), *self.days_until.end());
        let turning = [Some(most), least.checked_sub(1)];
        let turning: Vec<i64> = turning.into_iter().flatten().collect();
        let turns = self.cycles.turns(&ask.friend.orders, &self.of, &turning, ask.now, ask.zone);
        let today = self.holds(ask);
        turns.into_iter().find(|at| self.holds(&Question { now: *at, ..*ask }) != today)
    }
}

impl ReorderTest {
    /// How many of the shop's days are left until it is due; past days are below zero.
    pub(super) fn days_until(self) -> RangeInclusive<i64> {
        match self {
            Self::Due => i64::MIN..=0,
            Self::DueWithin(days) => 0..=i64::from(days) - 1,
            Self::DueIn(days) => days.into()..=days.into(),
            Self::OverdueBy(days) => i64::MIN..=-i64::from(days),
        }
    }
}

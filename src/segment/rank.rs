//! How a friend is ranked among the shop's customers.

use std::sync::Arc;

use crate::model::Timestamp;
use crate::rfm::{Cpm, CpmRule, DecileRule, RfmRule};

use super::predicate::Question;
use super::syntax::{Comparison, RfmAxis};

/// A test of a rank by a rule of the shop's. Who never ordered has no rank, so nothing holds of it.
#[derive(Debug)]
pub(crate) enum Rank {
    Score {
        rule: Arc<RfmRule>,
        axis: RfmAxis,
        is: Comparison,
        value: u8,
    },
    /// Places of classes among those of the rule, ascending.
    RfmClass {
        rule: Arc<RfmRule>,
        classes: Box<[usize]>,
    },
    CpmClass {
        rule: CpmRule,
        classes: Box<[Cpm]>,
    },
    Decile {
        rule: Arc<DecileRule>,
        is: Comparison,
        value: u8,
    },
}

/// What a rule says of one friend.
pub(super) enum Ranked {
    Score(u8),
    Class(String),
    Decile(u8),
}

impl Rank {
    pub(super) fn holds(&self, ask: &Question<'_>) -> bool {
        let &Question { friend, now, zone } = ask;
        let orders = friend.orders.all_counting();
        match self {
            Self::Score { rule, axis, is, value } => {
                let score = rule.of(orders, now, zone).map(|(score, _)| axis.of(score));
                score.is_some_and(|score| is.holds(&score, value))
            }
            Self::RfmClass { rule, classes } => {
                let place = rule.of(orders, now, zone).map(|(score, _)| rule.classes.place_of(score));
                place.is_some_and(|place| classes.contains(&place))
            }
            Self::CpmClass { rule, classes } => {
                rule.of(orders, now, zone).is_some_and(|class| classes.contains(&class))
            }
            Self::Decile { rule, is, value } => {
                rule.of(orders, now, zone).is_some_and(|decile| is.holds(&decile, value))
            }
        }
    }

    /// What the test looks at; `None` for who has no rank.
    pub(super) fn reading(&self, ask: &Question<'_>) -> Option<Ranked> {
        let &Question { friend, now, zone } = ask;
        let orders = friend.orders.all_counting();
        Some(match self {
            Self::Score { rule, axis, .. } => Ranked::Score(axis.of(rule.of(orders, now, zone)?.0)),
            Self::RfmClass { rule, .. } => Ranked::Class(rule.of(orders, now, zone)?.1.name.as_str().to_owned()),
            Self::CpmClass { rule, .. } => Ranked::Class(rule.of(orders, now, zone)?.label().to_owned()),
            Self::Decile { rule, .. } => Ranked::Decile(rule.of(orders, now, zone)?),
        })
    }

    pub(super) fn next_change(&self, ask: &Question<'_>) -> Option<Timestamp> {
        let &Question { friend, now, zone } = ask;
        let orders = friend.orders.all_counting();
        let mut turns = match self {
            Self::Score { rule, .. } | Self::RfmClass { rule, .. } => rule.turns(orders, now, zone),
            Self::CpmClass { rule, .. } => rule.turns(orders, now, zone),
            Self::Decile { rule, .. } => rule.turns(orders, now, zone),
        };
        turns.sort_unstable();
        let today = self.holds(ask);
        turns.into_iter().find(|at| *at < Timestamp::MAX && self.holds(&Question { now: *at, ..*ask }) != today)
    }
}

impl RfmAxis {
    fn of(self, score: crate::rfm::Score) -> u8 {
        match self {
            Self::Recency => score.recency,
            Self::Frequency => score.frequency,
            Self::Monetary => score.monetary,
        }
    }
}

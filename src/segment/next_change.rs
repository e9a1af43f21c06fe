//! When an answer could change though nothing happens: what spares the nightly scan.

use crate::model::Timestamp;

use super::predicate::{Node, Question, Range};

impl Node {
    /// The earliest instant after `ask.now` at which [`holds`](Self::holds) could differ.
    pub(super) fn next_change(&self, ask: &Question<'_>) -> Option<Timestamp> {
        match self {
            // A part can change without its whole changing, so this is a bound, not always the instant.
            Self::All(parts) | Self::Any(parts) => parts.iter().filter_map(|part| part.next_change(ask)).min(),
            Self::Not(inner) => inner.next_change(ask),
            Self::Segment(root) => root.next_change(ask),
            Self::OrdersCount { window, .. } | Self::OrdersTotal { window, .. } | Self::Order { window, .. } => {
                self.first_difference(ask, order_instants(*window, ask))
            }
            Self::Coupon { name, .. } => {
                let held = ask.friend.coupons.iter().filter(|held| held.coupon == *name);
                self.first_difference(ask, held.map(|held| held.valid_until).collect())
            }
            Self::Tag(_) | Self::Line(_) | Self::Route { .. } | Self::Attribute { .. } | Self::Unknown(_) => None,
        }
    }

    /// The first of these instants, after now, at which the answer is another than now.
    fn first_difference(&self, ask: &Question<'_>, mut instants: Vec<Timestamp>) -> Option<Timestamp> {
        instants.retain(|at| *at > ask.now && *at < Timestamp::MAX);
        instants.sort_unstable();
        instants.dedup();
        let today = self.holds(ask);
        instants.into_iter().find(|at| self.holds(&Question { now: *at, ..*ask }) != today)
    }
}

/// The instants at which some order begins to count, comes into the window or leaves it.
fn order_instants(window: Range, ask: &Question<'_>) -> Vec<Timestamp> {
    let mut instants = Vec::new();
    for (placed, _) in ask.friend.orders.counting(Timestamp::MAX) {
        if placed > ask.now {
            instants.push(placed);
        }
        if let Range::Aged { at_least, less_than } = window {
            let to_come =
                at_least.into_iter().chain(less_than).filter(|span| !ask.zone.elapsed(placed, *span, ask.now));
            instants.extend(to_come.map(|span| ask.zone.plus(placed, span)));
        }
    }
    instants
}

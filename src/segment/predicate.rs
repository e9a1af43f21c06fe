//! A checked expression, asked about one friend.

use std::sync::Arc;

use crate::model::{AttributeName, CouponName, Friend, HeldCoupon, Money, Span, TagName, Timestamp, Value, Zone};

use super::syntax::{Comparison, CouponState, End, LineState};

/// A checked expression: every name resolved, every type known, dates turned into instants of the
/// shop's zone. Made by [`Schema::compile`](super::Schema::compile); cheap to clone.
#[derive(Clone, Debug)]
pub struct Predicate {
    pub(super) root: Arc<Node>,
    pub(super) zone: Zone,
    /// Conditions in all, those of referenced segments included: what one evaluation may cost.
    pub(super) atoms: usize,
    /// How deep it is nested, referenced segments included.
    pub(super) depth: usize,
}

impl Predicate {
    /// Does the expression hold for this friend at `now`? At most linear in the expression times the
    /// friend's orders; reads nothing else.
    pub fn matches(&self, friend: &Friend, now: Timestamp) -> bool {
        self.root.holds(&Question { friend, now, zone: &self.zone })
    }

    /// The earliest instant after `now` at which [`matches`](Self::matches) could differ though
    /// nothing happens to the friend; `None` when no such instant is ever to come.
    ///
    /// The answer of `matches` is the same from `now` until, not including, that instant. For a
    /// single condition the instant is exact.
    pub fn next_change(&self, friend: &Friend, now: Timestamp) -> Option<Timestamp> {
        self.root.next_change(&Question { friend, now, zone: &self.zone })
    }

    /// How many conditions it comes to, those of referenced segments included.
    pub fn atoms(&self) -> usize {
        self.atoms
    }
}

/// What is asked: who, and when.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    pub(super) friend: &'a Friend,
    pub(super) now: Timestamp,
    pub(super) zone: &'a Zone,
}

#[derive(Debug)]
pub(super) enum Node {
    All(Box<[Node]>),
    Any(Box<[Node]>),
    Not(Box<Node>),
    OrdersCount { window: Range, is: Comparison, value: usize },
    OrdersTotal { window: Range, is: Comparison, value: Money },
    Order { which: End, window: Range },
    Tag(TagName),
    Line(LineState),
    Route { is: Comparison, value: Box<str> },
    Attribute { name: AttributeName, is: Comparison, value: Value },
    Unknown(AttributeName),
    Coupon { name: CouponName, state: CouponState },
    Segment(Arc<Node>),
}

/// A stretch of time, half-open: instants, or ages that move along with `now`.
#[derive(Clone, Copy, Debug)]
pub(super) enum Range {
    Ever,
    /// From this instant on.
    Since(Timestamp),
    /// Up to, not including, this instant.
    Before(Timestamp),
    /// At least `from` ago (when given) and less than `to` ago (when given).
    Aged {
        at_least: Option<Span>,
        less_than: Option<Span>,
    },
}

impl Range {
    pub(super) fn holds(self, at: Timestamp, now: Timestamp, zone: &Zone) -> bool {
        match self {
            Self::Ever => true,
            Self::Since(start) => at >= start,
            Self::Before(end) => at < end,
            Self::Aged { at_least, less_than } => {
                at_least.is_none_or(|span| zone.elapsed(at, span, now))
                    && less_than.is_none_or(|span| !zone.elapsed(at, span, now))
            }
        }
    }
}

impl Node {
    pub(super) fn holds(&self, ask: &Question<'_>) -> bool {
        let &Question { friend, now, zone } = ask;
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(ask)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(ask)),
            Self::Not(inner) => !inner.holds(ask),
            Self::Segment(root) => root.holds(ask),
            Self::OrdersCount { window, is, value } => {
                let count = friend.orders.counting(now).filter(|(at, _)| window.holds(*at, now, zone)).count();
                is.holds(&count, value)
            }
            Self::OrdersTotal { window, is, value } => {
                let mut orders = friend.orders.counting(now).filter(|(at, _)| window.holds(*at, now, zone));
                // A sum past the range of money is larger than any amount a rule can name.
                let sum = orders.try_fold(Money::ZERO, |sum, (_, net)| sum.checked_add(net));
                is.holds(&sum.unwrap_or(Money::from_minor(i64::MAX)), value)
            }
            Self::Order { which, window } => {
                let mut orders = friend.orders.counting(now);
                let order = match which {
                    End::First => orders.next(),
                    End::Last => orders.next_back(),
                };
                order.is_some_and(|(at, _)| window.holds(at, now, zone))
            }
            Self::Tag(name) => friend.has_tag(name.as_str()),
            Self::Line(LineState::Following) => friend.line.is_following(),
            Self::Line(LineState::Blocked) => friend.line.is_blocked(),
            Self::Line(LineState::Linked) => friend.line.linked.is_some(),
            Self::Route { is, value } => friend.line.route.as_ref().is_some_and(|route| is.holds(route, value)),
            Self::Attribute { name, is, value } => {
                let known = friend.attribute(name.as_str()).filter(|known| known.kind() == value.kind());
                known.is_some_and(|known| is.holds(known, value))
            }
            Self::Unknown(name) => friend.attribute(name.as_str()).is_none(),
            Self::Coupon { name, state } => {
                friend.coupons.iter().filter(|held| held.coupon == *name).any(|held| stands(held, *state, friend, now))
            }
        }
    }
}

fn stands(held: &HeldCoupon, state: CouponState, friend: &Friend, now: Timestamp) -> bool {
    let used = held.is_used(&friend.orders);
    match state {
        CouponState::Held => true,
        CouponState::Used => used,
        CouponState::Unused => !used && now < held.valid_until,
        CouponState::Expired => !used && now >= held.valid_until,
    }
}

//! A checked expression, asked about one friend.

use std::sync::Arc;

use crate::model::{AttributeName, ChannelName, Currency, Friend, Money, Span, TagName, Timestamp, Value, Zone};

use super::calendar::DateTest;
use super::ends::Ends;
use super::followed::Followed;
use super::looks_back::LooksBack;
use super::meter::Meter;
use super::occurrences::End;
use super::range::Range;
use super::rank::Rank;
use super::reorder::Reorder;
use super::sample::Sample;
use super::syntax::{Comparison, ContactEvent, Expr, LineState};
use super::test::Test;

/// A checked expression: every name resolved, every type known, dates turned into instants of the
/// shop's zone. Made by [`Schema::compile`](super::Schema::compile); cheap to clone.
#[derive(Clone, Debug)]
pub struct Predicate {
    pub(super) expr: Arc<Expr>,
    pub(super) root: Arc<Node>,
    pub(super) zone: Zone,
    /// What money is told in.
    pub(super) currency: Currency,
    pub(super) looks_back: Arc<LooksBack>,
    /// Conditions in all, those of referenced segments included: what one evaluation may cost.
    pub(super) atoms: usize,
    /// How deep it is nested, referenced segments included.
    pub(super) depth: usize,
}

impl Predicate {
    /// Does the expression hold for this friend at `now`? At most linear in the expression times what
    /// the friend did (its logarithm more for sequences and different values); reads nothing else.
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

    /// The expression it was made of.
    pub fn expr(&self) -> &Expr {
        &self.expr
    }

    /// What must be remembered of a friend for the answer to be right.
    pub fn looks_back(&self) -> &LooksBack {
        &self.looks_back
    }

    /// How many conditions it comes to, those of referenced segments included.
    pub fn atoms(&self) -> usize {
        self.atoms
    }

    /// The shop's zone, by which it reckons days.
    pub(crate) fn zone(&self) -> &Zone {
        &self.zone
    }

    pub(crate) fn root(&self) -> &Node {
        &self.root
    }
}

/// What is asked: who, and when.
#[derive(Clone, Copy)]
pub(crate) struct Question<'a> {
    pub(crate) friend: &'a Friend,
    pub(crate) now: Timestamp,
    pub(crate) zone: &'a Zone,
}

/// An expression whose names are resolved; in shape it follows the [`Expr`] it was made of.
#[derive(Debug)]
pub(crate) enum Node {
    All(Box<[Node]>),
    Any(Box<[Node]>),
    Not(Box<Node>),
    /// Another segment, or a tag that is derived.
    Segment(Predicate),
    /// Orders that count, whatever was bought: asked so often that they are kept side by side.
    OrdersCount {
        window: Range,
        is: Comparison,
        value: usize,
    },
    OrdersTotal {
        window: Range,
        is: Comparison,
        value: Money,
    },
    Order {
        which: End,
        window: Range,
    },
    Meter(Box<Meter>),
    Ends(Box<Ends>),
    Followed(Box<Followed>),
    Tag(Tag),
    /// Some tag of a category.
    TagOf(Box<[Node]>),
    Line(LineState),
    Reachable(ChannelName),
    Contact {
        event: ContactEvent,
        window: Range,
    },
    Route(Test),
    UnknownRoute,
    Attribute {
        name: AttributeName,
        test: Test,
    },
    Unknown(AttributeName),
    Date {
        name: AttributeName,
        test: DateTest,
    },
    CartFilled(bool),
    CartTotal {
        is: Comparison,
        value: Money,
    },
    Rank(Box<Rank>),
    Reorder(Box<Reorder>),
    Sample(Sample),
}

/// A tag that is put on, for how long it holds, and when it is to have been put on.
#[derive(Clone, Debug)]
pub(crate) struct Tag {
    pub(crate) name: TagName,
    pub(crate) expires: Option<Span>,
    pub(crate) held: Option<Range>,
}

impl Node {
    pub(crate) fn holds(&self, ask: &Question<'_>) -> bool {
        let &Question { friend, now, zone } = ask;
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(ask)),
            Self::Any(parts) | Self::TagOf(parts) => parts.iter().any(|part| part.holds(ask)),
            Self::Not(inner) => !inner.holds(ask),
            Self::Segment(predicate) => predicate.root.holds(ask),
            Self::OrdersCount { window, is, value } => is.holds(&orders_count(*window, ask), value),
            Self::OrdersTotal { window, is, value } => is.holds(&orders_total(*window, ask), value),
            Self::Order { which, window } => end_of_orders(*which, ask).is_some_and(|at| window.holds(at, now, zone)),
            Self::Meter(meter) => meter.holds(ask),
            Self::Ends(ends) => ends.holds(ask),
            Self::Followed(followed) => followed.holds(ask),
            Self::Tag(tag) => tag.holds(ask),
            Self::Line(LineState::Following) => friend.line.is_following(),
            Self::Line(LineState::Blocked) => friend.line.is_blocked(),
            Self::Line(LineState::Linked) => friend.line.linked.is_some(),
            Self::Reachable(channel) => friend.channels.get(channel).is_some_and(|mark| mark.on),
            Self::Contact { event, window } => {
                event.of(friend).is_some_and(|at| at <= now && window.holds(at, now, zone))
            }
            Self::Route(test) => friend.line.route.as_ref().is_some_and(|route| test.passes_text(route)),
            Self::UnknownRoute => friend.line.route.is_none(),
            Self::Attribute { name, test } => friend.attribute(name.as_str()).is_some_and(|known| test.passes(known)),
            Self::Unknown(name) => friend.attribute(name.as_str()).is_none(),
            Self::Date { name, test } => match friend.attribute(name.as_str()) {
                Some(Value::Date(date)) => test.holds(*date, zone.date(now)),
                _ => false,
            },
            Self::CartFilled(filled) => friend.cart.as_ref().is_some_and(|cart| cart.value.lines.is_empty() != *filled),
            Self::CartTotal { is, value } => cart_total(friend).is_some_and(|total| is.holds(&total, value)),
            Self::Rank(rank) => rank.holds(ask),
            Self::Reorder(reorder) => reorder.holds(ask),
            Self::Sample(sample) => sample.holds(friend.key.as_str()),
        }
    }
}

/// How many orders lie in the window.
pub(super) fn orders_count(window: Range, ask: &Question<'_>) -> usize {
    match window {
        Range::Ever => ask.friend.orders.counting(ask.now).len(),
        _ => {
            let mut count = 0;
            orders_in(window, ask, |_| count += 1);
            count
        }
    }
}

/// What they came to.
pub(super) fn orders_total(window: Range, ask: &Question<'_>) -> Money {
    let mut sum = Some(Money::ZERO);
    orders_in(window, ask, |net| sum = sum.and_then(|sum| sum.checked_add(net)));
    // A sum past the range of money is larger than any amount a rule can name.
    sum.unwrap_or(Money::from_minor(i64::MAX))
}

/// From the latest back, as far as the window reaches.
fn orders_in(window: Range, ask: &Question<'_>, mut give: impl FnMut(Money)) {
    let sieve = window.sieve(ask.now, ask.zone);
    for (at, net) in ask.friend.orders.counting(ask.now).rev() {
        if sieve.is_before(at) {
            break;
        }
        if sieve.holds(at) {
            give(net);
        }
    }
}

pub(super) fn end_of_orders(which: End, ask: &Question<'_>) -> Option<Timestamp> {
    let mut orders = ask.friend.orders.counting(ask.now);
    match which {
        End::First => orders.next().map(|(at, _)| at),
        End::Last => orders.next_back().map(|(at, _)| at),
    }
}

pub(super) fn cart_total(friend: &Friend) -> Option<Money> {
    friend.cart.as_ref().and_then(|cart| cart.value.total())
}

impl Tag {
    pub(super) fn holds(&self, ask: &Question<'_>) -> bool {
        let Some(mark) = ask.friend.tags.get(self.name.as_str()).filter(|mark| mark.on) else { return false };
        let fresh = self.expires.is_none_or(|span| !ask.zone.elapsed(mark.at, span, ask.now));
        fresh && self.held.is_none_or(|window| mark.at <= ask.now && window.holds(mark.at, ask.now, ask.zone))
    }
}

impl ContactEvent {
    /// When it was, if it is known.
    pub(crate) fn of(self, friend: &Friend) -> Option<Timestamp> {
        match self {
            Self::FirstFollow => friend.line.first_followed,
            Self::LastFollow => friend.line.following_since(),
            Self::LastBlock => friend.line.blocked_since(),
            Self::LastLink => friend.line.linked,
            Self::FirstContact => friend.known_since,
        }
    }
}

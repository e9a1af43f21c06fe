//! What can be counted of a friend: orders, clicks, messages, coupons, events of the shop's own.

use crate::model::{EventName, PropertyName, Span};

use super::syntax::{AgeTest, ValueTest};

/// Things of one kind that happened to a friend, those that pass every filter and lie in the window.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "which, what of them, when")]
pub struct Occurrences {
    /// Of which kind.
    pub kind: Kind,
    /// What is asked of each. What is asked of its goods is asked of one and the same line.
    pub filters: Vec<Filter>,
    /// When it was; `None` for ever.
    pub window: Option<AgeTest>,
}

/// What kinds of things are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// Orders that count.
    Order,
    /// Carts with something in them, each time one was told.
    Cart,
    /// Looks at a product.
    View,
    /// Presses of a link or button.
    Click,
    /// Messages the friend wrote.
    Reply,
    /// Data a button sent back.
    Postback,
    /// Messages sent to the friend.
    Message,
    /// Messages that LINE took, by when it was told.
    Delivery,
    /// Coupons in such a state.
    Coupon(CouponState),
    /// The shop's own events of this name.
    Event(EventName),
}

/// How a coupon issued to a friend stands, and by what instant its window is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CouponState {
    /// Issued, whatever became of it; by when it was issued.
    Held,
    /// Valid and not used; by when it was issued.
    Unused,
    /// Used on an order that stands; by when it was first used so.
    Used,
    /// Ran out without use; by when it ran out.
    Expired,
    /// Valid, not used, and runs out within this time.
    Expires(Span),
}

/// What is asked of one occurrence.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "a field and what is asked of it")]
pub struct Filter {
    /// Of what.
    pub field: Field,
    /// What.
    pub test: ValueTest,
}

/// What is known of an occurrence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Field {
    /// The id of the goods; of orders, carts and views.
    Product,
    /// A category of the goods; of orders, carts and views.
    Category,
    /// How many of the goods; of orders and carts.
    Quantity,
    /// The price of one; of orders and carts.
    Price,
    /// What it came to, refunds taken off; of orders and carts.
    Amount,
    /// What was pressed; of clicks.
    Link,
    /// What was written; of replies.
    Text,
    /// What was sent back; of postbacks.
    Data,
    /// Which message; of messages and deliveries.
    Message,
    /// The scenario that sent it; of messages and deliveries.
    Scenario,
    /// `promotional` or `transactional`; of messages and deliveries.
    Class,
    /// Which coupon; of coupons.
    Coupon,
    /// The shop's day it happened on; only to count different ones.
    Day,
    /// What the shop tells; of orders and its own events.
    Property(PropertyName),
}

/// What is counted or added up.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Measure {
    /// How many.
    Count,
    /// The sum of a number. Where goods are asked for, amounts and quantities are those of the lines that pass.
    Sum(Field),
    /// How many different values.
    Distinct(Field),
}

/// The first or the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "a row has two ends")]
pub enum End {
    /// The earliest.
    First,
    /// The latest.
    Last,
}

/// One occurrence followed, or not followed, by another.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "A, then B, within N, without C")]
pub struct Sequence {
    /// What came first, in its window.
    pub first: Occurrences,
    /// What came later, and strictly so; its window is not looked at.
    pub then: Occurrences,
    /// Whether it came, or did not come while `within` ran.
    pub came: bool,
    /// Less than so long after the first; `None` for any time after. Needed where nothing came.
    pub within: Option<Span>,
    /// What may not have come between the two; its window is not looked at.
    pub without: Option<Occurrences>,
}

impl Occurrences {
    /// All of a kind.
    pub const fn all(kind: Kind) -> Self {
        Self { kind, filters: Vec::new(), window: None }
    }
}

impl Field {
    /// Is it asked of each of the goods, rather than of the whole?
    pub const fn is_of_lines(&self) -> bool {
        matches!(self, Self::Product | Self::Category | Self::Quantity | Self::Price)
    }

    /// The fields with a word of their own.
    pub const NAMED: [(Self, &'static str); 13] = [
        (Self::Product, "product"),
        (Self::Category, "category"),
        (Self::Quantity, "quantity"),
        (Self::Price, "price"),
        (Self::Amount, "amount"),
        (Self::Link, "link"),
        (Self::Text, "text"),
        (Self::Data, "data"),
        (Self::Message, "message"),
        (Self::Scenario, "scenario"),
        (Self::Class, "class"),
        (Self::Coupon, "coupon"),
        (Self::Day, "day"),
    ];

    /// The word of a field that has one.
    pub fn word(&self) -> Option<&'static str> {
        Self::NAMED.iter().find(|(field, _)| field == self).map(|(_, word)| *word)
    }

    /// The field with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::NAMED.iter().find(|(_, known)| *known == word).map(|(field, _)| field.clone())
    }
}

/// The words for one and for several.
const NOUNS: [(Noun, &str, &str); 10] = [
    (Noun::Order, "order", "orders"),
    (Noun::Cart, "cart", "carts"),
    (Noun::View, "view", "views"),
    (Noun::Click, "click", "clicks"),
    (Noun::Reply, "reply", "replies"),
    (Noun::Postback, "postback", "postbacks"),
    (Noun::Message, "message", "messages"),
    (Noun::Delivery, "delivery", "deliveries"),
    (Noun::Coupon, "coupon", "coupons"),
    (Noun::Event, "event", "events"),
];

/// A [`Kind`] as far as its word says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Noun {
    Order,
    Cart,
    View,
    Click,
    Reply,
    Postback,
    Message,
    Delivery,
    Coupon,
    Event,
}

impl Noun {
    pub(super) fn of(kind: &Kind) -> Self {
        match kind {
            Kind::Order => Self::Order,
            Kind::Cart => Self::Cart,
            Kind::View => Self::View,
            Kind::Click => Self::Click,
            Kind::Reply => Self::Reply,
            Kind::Postback => Self::Postback,
            Kind::Message => Self::Message,
            Kind::Delivery => Self::Delivery,
            Kind::Coupon(_) => Self::Coupon,
            Kind::Event(_) => Self::Event,
        }
    }

    pub(super) fn one(word: &str) -> Option<Self> {
        NOUNS.iter().find(|(_, one, _)| *one == word).map(|(noun, ..)| *noun)
    }

    pub(super) fn many(word: &str) -> Option<Self> {
        NOUNS.iter().find(|(.., many)| *many == word).map(|(noun, ..)| *noun)
    }

    pub(super) fn singular(self) -> &'static str {
        NOUNS[self as usize].1
    }

    pub(super) fn plural(self) -> &'static str {
        NOUNS[self as usize].2
    }

    /// What a quoted text right after the word names; an event's is its own name instead.
    pub(super) const fn subject(self) -> Option<Field> {
        match self {
            Self::Order | Self::Cart | Self::View => Some(Field::Product),
            Self::Click => Some(Field::Link),
            Self::Reply => Some(Field::Text),
            Self::Postback => Some(Field::Data),
            Self::Message | Self::Delivery => Some(Field::Message),
            Self::Coupon => Some(Field::Coupon),
            Self::Event => None,
        }
    }

    /// Is the subject written bare, rather than as `of product '…'`?
    pub(super) const fn writes_subject(self) -> bool {
        !matches!(self, Self::Order | Self::Cart | Self::View | Self::Event)
    }

    pub(super) fn words() -> impl Iterator<Item = &'static str> {
        NOUNS.iter().flat_map(|(_, one, many)| [*one, *many])
    }
}

impl CouponState {
    /// The states with a plain word.
    pub(super) const NAMED: [(Self, &'static str); 4] =
        [(Self::Held, "held"), (Self::Unused, "unused"), (Self::Used, "used"), (Self::Expired, "expired")];
}

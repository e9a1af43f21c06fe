//! What starts a scenario, ends one early, or is waited for.

use core::fmt;

use crate::model::{
    CouponName, Event, EventName, Fact, FollowKind, OrderId, ProductNews, ScenarioName, SegmentName, TagName,
};
use crate::segment::Predicate;

use super::Moment;

/// What starts a scenario.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Trigger {
    /// The first add of the account, as far as is known.
    Follow,
    /// A follow by someone who was here before (X19).
    Refollow,
    /// Either, and follows of which it is not known.
    AnyFollow,
    /// The account link.
    Link,
    /// An order told for the first time.
    Order,
    /// An order that left the shop.
    Shipped,
    /// An order that arrived.
    Delivered,
    /// A cancelled order.
    Cancelled,
    /// A cart with something in it.
    Cart,
    /// A tag put on.
    Tag(TagName),
    /// A look at a product: this one, or any.
    View(Option<Box<str>>),
    /// A click: this one, or any.
    Click(Option<Box<str>>),
    /// A message to the account: this text, or any.
    Message(Option<Box<str>>),
    /// Data sent back by a button: this, or any.
    Postback(Option<Box<str>>),
    /// A coupon was redeemed.
    Redeemed(CouponName),
    /// The shop's own event.
    Custom(EventName),
    /// News of a product that concerns the friend.
    ProductNews(ProductNews),
    /// The friend comes into the segment, by an event or by the passing of time.
    Enter(SegmentName, Predicate),
    /// The friend leaves the segment.
    Leave(SegmentName, Predicate),
    /// A time that comes by the calendar.
    Time(Moment),
    /// Somebody of the shop, or another scenario, and nothing else.
    ByHand,
}

/// What just happened, as far as scenarios can start or end by it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Cause<'a> {
    /// A follow, and what kind it was.
    Follow(FollowKind),
    /// An order told for the first time.
    NewOrder(&'a OrderId),
    /// A tag put on, by the host or by another scenario.
    Tagged(&'a TagName),
    /// Any other event.
    Event(&'a Event),
}

/// Kinds of causes, by which scenarios are found that listen to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Follow,
    Link,
    Order,
    Shipped,
    Delivered,
    Cancelled,
    Cart,
    Tag,
    View,
    Click,
    Message,
    Postback,
    Redeemed,
    Custom,
    ProductNews,
}

impl Kind {
    pub(super) const ALL: usize = Self::ProductNews as usize + 1;
}

impl Trigger {
    /// Is this an occasion of it? Segments and times are not asked here: they start by what the friend
    /// has become.
    pub fn fires(&self, cause: Cause<'_>) -> bool {
        let event = match cause {
            Cause::Event(event) => event,
            Cause::NewOrder(_) => return matches!(self, Self::Order),
            Cause::Tagged(told) => return matches!(self, Self::Tag(tag) if tag == told),
            Cause::Follow(kind) => {
                return match self {
                    Self::Follow => kind == FollowKind::First,
                    Self::Refollow => kind == FollowKind::Again,
                    Self::AnyFollow => true,
                    _ => false,
                };
            }
        };
        match (self, &event.fact) {
            (Self::Link, Fact::Link { .. })
            | (Self::Shipped, Fact::OrderShipped { .. })
            | (Self::Delivered, Fact::OrderDelivered { .. })
            | (Self::Cancelled, Fact::OrderCancelled { .. }) => true,
            (Self::Cart, Fact::Cart(cart)) => !cart.lines.is_empty(),
            (Self::View(filter), Fact::View { product, .. }) => wanted(filter, product),
            (Self::Click(filter), Fact::Click { link }) => wanted(filter, link),
            (Self::Message(filter), Fact::Message { text }) => wanted(filter, text.as_deref().unwrap_or_default()),
            (Self::Postback(filter), Fact::Postback { data }) => wanted(filter, data),
            (Self::Redeemed(coupon), Fact::CouponRedeemed { coupon: told, .. }) => coupon == told,
            (Self::Custom(name), Fact::Custom { name: told, .. }) => name == told,
            (Self::ProductNews(wanted), Fact::ProductNews { news, .. }) => wanted == news,
            _ => false,
        }
    }

    /// The kind of its causes; none for what the friend becomes, and for times.
    pub(super) const fn kind(&self) -> Option<Kind> {
        Some(match self {
            Self::Follow | Self::Refollow | Self::AnyFollow => Kind::Follow,
            Self::Link => Kind::Link,
            Self::Order => Kind::Order,
            Self::Shipped => Kind::Shipped,
            Self::Delivered => Kind::Delivered,
            Self::Cancelled => Kind::Cancelled,
            Self::Cart => Kind::Cart,
            Self::Tag(_) => Kind::Tag,
            Self::View(_) => Kind::View,
            Self::Click(_) => Kind::Click,
            Self::Message(_) => Kind::Message,
            Self::Postback(_) => Kind::Postback,
            Self::Redeemed(_) => Kind::Redeemed,
            Self::Custom(_) => Kind::Custom,
            Self::ProductNews(_) => Kind::ProductNews,
            Self::Enter(..) | Self::Leave(..) | Self::Time(_) | Self::ByHand => return None,
        })
    }
}

impl<'a> Cause<'a> {
    /// The order or product it is about.
    pub fn about(&self) -> Option<&'a str> {
        match self {
            Self::NewOrder(order) => Some(order.as_str()),
            Self::Follow(_) | Self::Tagged(_) => None,
            Self::Event(event) => match &event.fact {
                Fact::OrderShipped { order }
                | Fact::OrderDelivered { order }
                | Fact::OrderCancelled { order }
                | Fact::OrderRefunded { order, .. }
                | Fact::CouponRedeemed { order, .. } => Some(order.as_str()),
                Fact::View { product, .. } | Fact::ProductNews { product, .. } => Some(product),
                Fact::Enter { about, .. } => about.as_deref(),
                _ => None,
            },
        }
    }

    pub(super) const fn kind(&self) -> Option<Kind> {
        Some(match self {
            Self::Follow(_) => Kind::Follow,
            Self::NewOrder(_) => Kind::Order,
            Self::Tagged(_) => Kind::Tag,
            Self::Event(event) => match &event.fact {
                Fact::Link { .. } => Kind::Link,
                Fact::OrderShipped { .. } => Kind::Shipped,
                Fact::OrderDelivered { .. } => Kind::Delivered,
                Fact::OrderCancelled { .. } => Kind::Cancelled,
                Fact::Cart(_) => Kind::Cart,
                Fact::View { .. } => Kind::View,
                Fact::Click { .. } => Kind::Click,
                Fact::Message { .. } => Kind::Message,
                Fact::Postback { .. } => Kind::Postback,
                Fact::CouponRedeemed { .. } => Kind::Redeemed,
                Fact::Custom { .. } => Kind::Custom,
                Fact::ProductNews { .. } => Kind::ProductNews,
                _ => return None,
            },
        })
    }

    /// The scenario somebody puts the friend into.
    pub(super) const fn entered_by_hand(&self) -> Option<&'a ScenarioName> {
        match self {
            Self::Event(Event { fact: Fact::Enter { scenario, .. }, .. }) => Some(scenario),
            _ => None,
        }
    }

    /// The scenario somebody takes the friend out of.
    pub(super) const fn left_by_hand(&self) -> Option<&'a ScenarioName> {
        match self {
            Self::Event(Event { fact: Fact::Leave { scenario }, .. }) => Some(scenario),
            _ => None,
        }
    }
}

impl fmt::Display for Trigger {
    /// As the playbook has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let filtered = |f: &mut fmt::Formatter<'_>, word: &str, filter: &Option<Box<str>>| match filter {
            Some(filter) => write!(f, "{word} '{filter}'"),
            None => f.write_str(word),
        };
        match self {
            Self::Follow => f.write_str("follow"),
            Self::Refollow => f.write_str("refollow"),
            Self::AnyFollow => f.write_str("any follow"),
            Self::Link => f.write_str("link"),
            Self::Order => f.write_str("order"),
            Self::Shipped => f.write_str("shipped"),
            Self::Delivered => f.write_str("delivered"),
            Self::Cancelled => f.write_str("cancelled"),
            Self::Cart => f.write_str("cart"),
            Self::Tag(tag) => write!(f, "tag '{tag}'"),
            Self::View(filter) => filtered(f, "view", filter),
            Self::Click(filter) => filtered(f, "click", filter),
            Self::Message(filter) => filtered(f, "message", filter),
            Self::Postback(filter) => filtered(f, "postback", filter),
            Self::Redeemed(coupon) => write!(f, "redeem '{coupon}'"),
            Self::Custom(name) => write!(f, "event '{name}'"),
            Self::ProductNews(ProductNews::Restocked) => f.write_str("restocked"),
            Self::ProductNews(ProductNews::PriceDropped) => f.write_str("price dropped"),
            Self::ProductNews(ProductNews::RunningOut) => f.write_str("running out"),
            Self::Enter(segment, _) => write!(f, "enter segment '{segment}'"),
            Self::Leave(segment, _) => write!(f, "leave segment '{segment}'"),
            Self::Time(moment) => moment.fmt(f),
            Self::ByHand => f.write_str("by hand"),
        }
    }
}

/// Does a text pass a filter that may ask for one?
pub(super) fn wanted(filter: &Option<Box<str>>, text: &str) -> bool {
    filter.as_deref().is_none_or(|filter| filter == text)
}

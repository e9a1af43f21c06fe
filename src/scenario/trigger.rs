//! What starts a scenario.

use crate::model::{CouponName, Event, EventName, Fact, FollowKind, SegmentName, TagName};
use crate::segment::Predicate;

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
    /// The friend comes into the segment, by an event or by the passing of time.
    Enter(SegmentName, Predicate),
    /// The friend leaves the segment.
    Leave(SegmentName, Predicate),
}

/// What just happened, as far as scenarios can start by it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Cause<'a> {
    /// A follow, and what kind it was.
    Follow(FollowKind),
    /// An order told for the first time.
    NewOrder,
    /// A tag put on, by the host or by another scenario.
    Tagged(&'a TagName),
    /// Any other event.
    Event(&'a Event),
}

impl Trigger {
    /// Does this start the scenario? Segments are not asked here: they start by what the friend has become.
    pub fn fires(&self, cause: Cause<'_>) -> bool {
        let event = match cause {
            Cause::Event(event) => event,
            Cause::NewOrder => return matches!(self, Self::Order),
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
        let wanted = |filter: &Option<Box<str>>, text: &str| filter.as_deref().is_none_or(|f| f == text);
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
            _ => false,
        }
    }
}

//! What happened, as the host tells it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    AttributeName, Cart, ChannelName, CouponName, DeliveryKey, EventId, EventName, FriendKey, LineUserId, MenuName,
    Money, OrderId, PropertyName, ScenarioName, TagName, Timestamp, Value,
};

/// One thing that happened to one friend.
///
/// Events may come late, twice and in any order: a second copy (same `id`) changes nothing, and
/// totals come out as if they had come in the order of `at` (law 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Unique in the shop.
    pub id: EventId,
    /// To whom.
    pub friend: FriendKey,
    /// When it happened, by the clock of where it happened.
    pub at: Timestamp,
    /// What.
    pub fact: Fact,
}

/// What can happen. Most carts know only some of these.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fact {
    /// Added the LINE account, or unblocked it.
    Follow {
        /// Whom to send to from now on.
        user: LineUserId,
        /// LINE's `isUnblocked`, where it was sent (X17).
        unblocked: Option<bool>,
        /// Where the friend came from: a banner, a QR code, a parcel insert (F1).
        route: Option<Box<str>>,
    },
    /// Blocked the LINE account.
    Unfollow,
    /// Linked the LINE account with the shop's membership `member` (F8). The two are one friend
    /// from here on, whichever key an event carries.
    Link {
        /// How the cart names this person.
        member: FriendKey,
    },
    /// Attributes became known; `None` means became unknown.
    Profile {
        /// The attributes the host speaks of; others stay.
        attributes: BTreeMap<AttributeName, Option<Value>>,
    },
    /// Got a tag.
    Tag {
        /// Which.
        tag: TagName,
    },
    /// Lost a tag.
    Untag {
        /// Which.
        tag: TagName,
    },
    /// An order was placed, or a placed one was edited. Drafts are no orders (X51).
    OrderPlaced(Order),
    /// The order left the shop.
    OrderShipped {
        /// Which.
        order: OrderId,
    },
    /// The order arrived.
    OrderDelivered {
        /// Which.
        order: OrderId,
    },
    /// The order was cancelled or returned as a whole; it counts no longer.
    OrderCancelled {
        /// Which.
        order: OrderId,
    },
    /// A part of the price was given back.
    OrderRefunded {
        /// Which.
        order: OrderId,
        /// How much, above zero.
        amount: Money,
    },
    /// The cart as it stands now.
    Cart(Cart),
    /// Looked at a product.
    View {
        /// The shop's own id of it.
        product: Box<str>,
        /// The categories the shop has it in.
        categories: Vec<Box<str>>,
    },
    /// Pressed a link or button.
    Click {
        /// What was pressed, as the shop names it.
        link: Box<str>,
    },
    /// Wrote to the account.
    Message {
        /// What, when it was text.
        text: Option<Box<str>>,
    },
    /// Pressed a button that sends data back.
    Postback {
        /// The data.
        data: Box<str>,
    },
    /// Used a coupon on an order.
    CouponRedeemed {
        /// Which.
        coupon: CouponName,
        /// The code used.
        code: Box<str>,
        /// The order it was used on.
        order: OrderId,
    },
    /// Anything else the shop wants to speak of.
    Custom {
        /// The shop's own name for it.
        name: EventName,
        /// What there is to know of it.
        properties: BTreeMap<PropertyName, Value>,
    },
    /// Can be reached on a channel from now on, or no longer: a newsletter joined, an address that bounces.
    /// LINE itself is known by follows and unfollows.
    Reachable {
        /// Which channel.
        channel: ChannelName,
        /// Can be?
        reachable: bool,
    },
    /// A message of the engine's arrived at LINE.
    Delivered {
        /// Which.
        delivery: DeliveryKey,
    },
    /// Said whether advertising is welcome. Notices about orders go out in any case.
    Consent {
        /// Is it?
        promotions: bool,
    },
    /// Somebody of the shop began to talk with the friend, or is done (C9).
    Chat {
        /// Is it open now?
        open: bool,
    },
    /// Somebody linked a rich menu by hand, or took the friend's own away; rules leave it alone from then on (X55).
    Menu {
        /// Which of the playbook's menus; `None` for none, or for one the playbook does not know.
        menu: Option<MenuName>,
    },
    /// There is news of a product that concerns the friend (S12).
    ProductNews {
        /// The shop's own id of the product.
        product: Box<str>,
        /// What.
        news: ProductNews,
    },
    /// Somebody of the shop puts the friend into a scenario.
    Enter {
        /// Which.
        scenario: ScenarioName,
        /// What it is about: an order, a product.
        about: Option<Box<str>>,
    },
    /// Somebody of the shop takes the friend out of a scenario.
    Leave {
        /// Which.
        scenario: ScenarioName,
    },
}

/// What can be new about a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ProductNews {
    /// There was none, and there is some again.
    Restocked,
    /// It costs less than before.
    PriceDropped,
    /// There are few left.
    RunningOut,
}

/// An order as the cart tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The cart's id. The same id again is the same order, edited.
    pub id: OrderId,
    /// When it was placed. The event's own time says when this version of it became true.
    pub placed_at: Timestamp,
    /// What was paid, tax and shipping included. Never below zero.
    pub total: Money,
    /// What was bought.
    pub lines: Vec<OrderLine>,
    /// What else the shop tells of its orders: how it was paid, how it was sent (F11).
    pub properties: BTreeMap<PropertyName, Value>,
}

/// One line of an order.
pub type OrderLine = super::CartLine;

//! The vocabulary as plain data: who, what, when and how much.
//!
//! Nothing here decides anything. Every other room speaks in these words.
//!
//! # Events as JSON
//!
//! The form in which events cross the C ABI and lie in a store ([`Event::from_json`]):
//!
//! ```
//! use enishi::model::{Currency, Event};
//! let event = Event::from_json(br#"{
//!     "id": "eccube:order:39:placed", "friend": "eccube:customer:7", "at": "2026-04-01T20:00:00+09:00",
//!     "type": "order_placed", "order": "39", "total": "4080.00",
//!     "lines": [{ "sku": "SOAP-1", "quantity": 2, "unit_price": "2040" }]
//! }"#, Currency::JPY)?;
//! assert_eq!(Event::from_json(event.to_json(Currency::JPY).as_bytes(), Currency::JPY)?, event);
//! # Ok::<(), enishi::model::EventError>(())
//! ```
//!
//! Every event has `id` (unique in the shop; the second with one id changes nothing), `friend` (the host's key),
//! `at` (RFC 3339 with an offset, or milliseconds since 1970) and `type`; the rest depends on the type:
//!
//! | `type` | with |
//! |---|---|
//! | `follow` | `user` (LINE's user id), `unblocked` if LINE said so, `route` if known |
//! | `unfollow` | – |
//! | `link` | `member`: the key by which the cart knows this person |
//! | `profile` | `attributes`, each a value as below, or null for "not known" |
//! | `tag`, `untag` | `tag` |
//! | `order_placed` | `order`, `total`; `placed_at` if other than `at`; `lines` of `sku`, `quantity`, `unit_price` and, where told, `categories`; `properties` |
//! | `order_shipped`, `order_delivered`, `order_cancelled` | `order` |
//! | `order_refunded` | `order`, `amount` |
//! | `cart` | `lines` as of orders: the whole cart as it stands; none when it was emptied |
//! | `view` | `product`, and its `categories` where told |
//! | `click` | `link` |
//! | `message` | `text`, if it was text |
//! | `postback` | `data` |
//! | `coupon_redeemed` | `coupon`, `code`, `order` |
//! | `custom` | `name`, `properties` |
//! | `reachable` | `channel`, `reachable`: true or false |
//! | `consent` | `promotions`: true, or false for "no advertising, please" |
//! | `chat` | `open`: true while somebody of the shop is talking with the friend |
//! | `menu` | `menu`: the rich menu somebody linked by hand, or null for none of the friend's own |
//! | `product_news` | `product`, `news`: `restocked`, `price_dropped` or `running_out`, told of a friend whom it concerns |
//! | `enter`, `leave` | `scenario`, by hand; for `enter` also `about`, where it is about something |
//! | `delivered` | `delivery`: the key of a message that arrived at LINE; the delivery loop tells it by itself |
//!
//! A value of an attribute or a property is true, false, a whole number, a text (dates and decimals too) or a list
//! of texts. Categories are a list of texts.
//!
//! Money is an exact decimal text, or a whole number, in the shop's currency and never below zero. A key that
//! means nothing is refused: a misspelt one would be lost in silence.

mod cart;
mod channel;
mod contact;
mod decimal;
mod delivery_key;
mod event;
mod event_json;
mod flat_map;
mod friend;
mod hash;
mod held;
mod history;
mod hours;
mod journey;
mod money;
mod name;
mod order;
mod reactions;
mod rich_menu;
mod span;
mod time;
mod value;
mod width;
mod window;
mod zone;

pub use cart::{Cart, CartLine};
pub use channel::Channel;
pub(crate) use contact::Following;
pub use contact::{FollowKind, LineContact, LineUserId, LineUserIdError};
pub use decimal::{Decimal, DecimalError};
pub use delivery_key::{DeliveryKey, DeliveryKeyError};
pub use event::{Event, Fact, Order, OrderLine, ProductNews};
pub use event_json::{EventError, MAX_EVENT_BYTES};
pub use flat_map::{FlatMap, FlatMapEntry};
pub use friend::{Dated, Friend, Marked, MenuSeen, Sent, Watch};
pub(crate) use hash::stable_hash;
pub use held::{HeldCoupon, Redemption};
pub use history::{Activity, History, Occurrence};
pub use hours::{Hours, HoursError};
pub use journey::{Deferred, Journey, Round, RunRecord};
pub use money::{Currency, CurrencyError, Money, MoneyError};
pub(crate) use name::Named;
pub use name::{
    AttributeName, ChannelName, CheckoutId, CouponName, EventId, EventName, FriendId, FriendKey, GroupName,
    MAX_NAME_CHARS, MenuName, MessageName, Name, NameError, OrderId, PropertyName, PurposeName, Rate, RateError,
    ScenarioName, ScenarioVersion, SegmentName, StepName, TagName,
};
pub(crate) use order::OrderVersion;
pub use order::{OrderHistory, OrderRecord};
pub use reactions::Reactions;
pub use rich_menu::{RichMenuId, RichMenuIdError};
pub use span::{Span, SpanError};
pub use time::{Date, LocalTime, LocalTimeError, Timestamp, TimestampError, parse_date};
pub use value::{Value, ValueKind};
pub(crate) use width::half_width;
pub use window::Window;
pub use zone::{Zone, ZoneError};

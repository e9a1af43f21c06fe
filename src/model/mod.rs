//! The vocabulary as plain data: who, what, when and how much.
//!
//! Nothing here decides anything. Every other room speaks in these words.

mod cart;
mod contact;
mod decimal;
mod delivery_key;
mod event;
mod event_json;
mod friend;
mod held;
mod journey;
mod money;
mod name;
mod order;
mod span;
mod time;
mod value;
mod zone;

pub use cart::{Cart, CartLine};
pub use contact::{FollowKind, LineContact, LineUserId, LineUserIdError};
pub use decimal::{Decimal, DecimalError};
pub use delivery_key::{DeliveryKey, DeliveryKeyError};
pub use event::{Event, Fact, Order, OrderLine};
pub use event_json::{EventError, MAX_EVENT_BYTES};
pub use friend::{Dated, Friend, Marked, Sent};
pub use held::{HeldCoupon, Redemption};
pub use journey::{Journey, RunRecord};
pub use money::{Currency, CurrencyError, Money, MoneyError};
pub use name::{
    AttributeName, CouponName, EventId, FriendId, FriendKey, MAX_NAME_CHARS, MessageName, Name, NameError, OrderId,
    Rate, RateError, ScenarioName, SegmentName, StepName, TagName,
};
pub use order::{OrderHistory, OrderRecord};
pub use span::{Span, SpanError};
pub use time::{Date, LocalTime, LocalTimeError, Timestamp, TimestampError, parse_date};
pub use value::{Value, ValueKind};
pub use zone::{Zone, ZoneError};

//! The records of a ledger.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::model::{CouponName, FriendId, Money, Timestamp};

use super::{Counter, Returned, Use, UseKey, WindowCounter};

/// A record. Holders keep it as it is, as JSON for instance; only the [core](super::decide) looks inside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "one for each kind of key")]
pub enum Record {
    /// Of [`Key::Coupon`](super::Key::Coupon).
    Coupon(Totals),
    /// Of [`Key::Code`](super::Key::Code).
    Code(CodeAccount),
    /// Of [`Key::Friend`](super::Key::Friend).
    Friend(Counter),
    /// Of [`Key::Person`](super::Key::Person).
    Person(Person),
    /// Of [`Key::Use`](super::Key::Use).
    Use(Use),
    /// Of [`Key::Order`](super::Key::Order).
    Order(OrderUses),
    /// Of [`Key::Checkout`](super::Key::Checkout).
    Checkout(CheckoutUses),
}

impl Record {
    /// When something of it lapses: a reservation, or what was promised with a code. Holders find records by this
    /// ([`Operation::Lapse`](super::Operation::Lapse)).
    pub fn lapses_at(&self) -> Option<Timestamp> {
        match self {
            Self::Use(one) => one.lapses_at(),
            Self::Code(code) => code.issued.as_ref().filter(|issued| issued.promise.is_some()).map(|i| i.valid_until),
            Self::Coupon(_) | Self::Friend(_) | Self::Person(_) | Self::Order(_) | Self::Checkout(_) => None,
        }
    }
}

/// A record as it was read: its version is that of the last write, and 0 where nothing was ever written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "holders make these")]
pub struct Versioned {
    /// Grows by one with each write.
    pub version: u64,
    /// The record, if there is one.
    pub record: Option<Record>,
}

/// All uses of a coupon together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Totals {
    /// Uses, reservations included.
    pub counter: Counter,
    /// Uses within the coupon's window; nothing where it has none.
    #[serde(default, skip_serializing_if = "WindowCounter::is_empty")]
    pub window: WindowCounter,
    /// What all this takes from the budget.
    pub taken: Money,
    /// Codes issued.
    #[serde(default)]
    pub issued: u64,
    /// How far its [batches](crate::coupon::KeyRing::batch) went: the next number.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub printed: u32,
    /// Since when it can be used no longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Timestamp>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// One personal code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CodeAccount {
    /// Uses, reservations included.
    pub counter: Counter,
    /// Its issue, if that was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued: Option<Issued>,
    /// Since when it can be used no longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Timestamp>,
}

/// The issue of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Issued {
    /// When.
    pub at: Timestamp,
    /// The first instant at which it is no longer valid.
    pub valid_until: Timestamp,
    /// What is kept for it in the budget; nothing once it can be used no longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise: Option<Promise>,
}

/// What is kept in the budget for one code. While it stands, it is what the code takes from the budget, used or not:
/// a use that is given back finds its place again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Promise {
    /// The most one use may come to.
    pub most: Money,
    /// The most all its uses can come to.
    pub sum: Money,
    /// What they come to.
    pub used: Money,
}

/// Under which numbers one person is known: friends that turned out to be one are counted as one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Person {
    /// The number that goes on, if it is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<FriendId>,
    /// The numbers that ended in this one.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub before: BTreeSet<FriendId>,
}

/// What was used on an order, and how much of it came back. Kept also where nothing was used yet: a cancellation may
/// be told before the use (X15).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OrderUses {
    /// What was used on it.
    pub uses: BTreeSet<UseKey>,
    /// How much came back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned: Option<Returned>,
}

/// What a checkout holds all together: not what was reserved for it one by one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CheckoutUses {
    /// Of which coupons. A use of one may have lapsed since.
    pub coupons: BTreeSet<CouponName>,
}

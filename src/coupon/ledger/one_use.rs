//! One use of a coupon and how far it has come.

use serde::{Deserialize, Serialize};

use crate::model::{FriendId, Money, OrderId, Timestamp};

use super::{Returned, UseKey};

/// One use of a coupon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Use {
    /// Which coupon on which checkout.
    pub key: UseKey,
    /// The personal code used, in its canonical text; none when the coupon has one for everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Box<str>>,
    /// By whom, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub friend: Option<FriendId>,
    /// What it took off.
    pub discount: Money,
    /// The first instant at which the coupon in hand is no longer valid.
    pub valid_until: Timestamp,
    /// When its place was taken: when it was reserved, or redeemed after that had lapsed.
    pub taken_at: Timestamp,
    /// How far it has come.
    pub stage: Stage,
    /// When it leaves the window it is counted in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) in_window_until: Option<Timestamp>,
    /// Is its discount a part of what was promised when the code was issued?
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub(super) promised: bool,
}

/// How far a use has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "the life of a use: carts ask for each of these")]
pub enum Stage {
    /// Held for a checkout that is not paid.
    Reserved {
        /// The first instant at which it is held no longer.
        until: Timestamp,
    },
    /// Held no longer, or let go: counts no more, and may be taken again.
    Lapsed,
    /// Used on an order.
    Redeemed {
        /// Which.
        order: OrderId,
        /// When.
        at: Timestamp,
        /// How much of the order came back since; with the whole it is used no longer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        returned: Option<Returned>,
    },
}

impl Use {
    /// Does it count against the limits? A reservation does until it is found to have lapsed.
    pub const fn counts(&self) -> bool {
        match &self.stage {
            Stage::Reserved { .. } => true,
            Stage::Lapsed => false,
            Stage::Redeemed { returned, .. } => !matches!(returned, Some(Returned::Whole)),
        }
    }

    /// What it costs the budget: the discount, less what came back.
    pub fn cost(&self) -> Money {
        match &self.stage {
            Stage::Redeemed { returned: Some(Returned::Part(share)), .. } => {
                let back = share.of(self.discount);
                self.discount.checked_sub(back).expect("a share is between nothing and the whole")
            }
            _ if self.counts() => self.discount,
            _ => Money::ZERO,
        }
    }

    /// When it lapses, if it is a reservation.
    pub const fn lapses_at(&self) -> Option<Timestamp> {
        match &self.stage {
            Stage::Reserved { until } => Some(*until),
            _ => None,
        }
    }
}

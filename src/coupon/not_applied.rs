//! Why a coupon gave nothing, and how far away it was: a closed list with stable numbers.

use serde::{Deserialize, Serialize};

use crate::model::{Channel, CouponName, Currency, Money, Timestamp, Zone};

/// Why a coupon gave nothing, with what was missing.
///
/// Numbers never change and are never used again. 70x: the code. 71x: the time. 72x: the friend and the order. 73x: the
/// goods. 74x: the other coupons. 75x: what is left of the order. Where several hold, the one of the lowest number is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
#[non_exhaustive]
pub enum NotApplied {
    /// It has codes of each friend's own, and the friend holds none.
    NotHeld,
    /// Its code was used on orders that stand, as often as it may be.
    Used,
    /// All it was good for is used: by the friend, by everybody, within a window or of its budget.
    UsedUp,
    /// The shop ended it, or this code of it.
    Revoked,
    /// It begins later (X48).
    NotYet {
        /// When.
        from: Timestamp,
    },
    /// It ran out.
    Expired {
        /// The first instant at which it was no longer valid.
        until: Timestamp,
    },
    /// Not on a day like this.
    Blackout {
        /// The first instant of the next day that is none.
        from: Timestamp,
    },
    /// Not for orders that come from here.
    WrongChannel {
        /// From where it is.
        allowed: Vec<Channel>,
    },
    /// Not with this means of payment, or none was chosen yet.
    WrongPayment {
        /// With which it is.
        allowed: Vec<Box<str>>,
    },
    /// Not with this way of shipping, or none was chosen yet.
    WrongShipping {
        /// With which it is.
        allowed: Vec<Box<str>>,
    },
    /// Only for the first order (P2).
    NotFirstOrder {
        /// Orders that count before this one.
        orders: u64,
    },
    /// Not for this friend.
    NotForFriend {
        /// For whom it is, in the shop's own expression.
        only: Box<str>,
    },
    /// It is counted how often each friend uses it, and nobody knows who this is.
    FriendUnknown,
    /// No goods of the coupon that cost anything are in the basket; not even a floor of zero is met (X47).
    NoGoods,
    /// Under the floor, or the lowest step by what the goods come to.
    BelowFloor {
        /// How much more of its goods would do.
        short: Money,
    },
    /// Too few pieces to get one for.
    FewPieces {
        /// How many more of its goods would do.
        short: u64,
    },
    /// Fewer orders than the lowest step asks for.
    FewOrders {
        /// How many more would do.
        short: u64,
    },
    /// Bought for less than the lowest step asks for.
    LittleSpent {
        /// How much more would do.
        short: Money,
    },
    /// There is nothing to take off: shipping is free already, or the discount rounds down to nothing.
    Nothing,
    /// Another of the same coupon, which ends no later, goes first.
    SameCoupon,
    /// Not beside a coupon that was taken.
    NotBeside {
        /// Which.
        other: CouponName,
    },
    /// As many coupons were taken as go on one order.
    TooMany {
        /// How many that is.
        at_most: u64,
    },
    /// Those that were taken leave nothing to take off.
    NothingLeft,
    /// The combination without it is better for whom the best is looked for.
    Outdone,
    /// So many coupons were there that those which give least were not looked at.
    NotLookedAt {
        /// At how many it was looked.
        at_most: u64,
    },
    /// With it less would be left of the order than the shop's floor.
    BelowMargin,
}

impl NotApplied {
    /// The stable number.
    pub const fn number(&self) -> u16 {
        self.code().0
    }

    /// The stable word: the one that stands in JSON as `reason`.
    pub const fn word(&self) -> &'static str {
        self.code().1
    }

    /// How far away the coupon is, where that can be told: `1,200 JPY more`, `2 pieces more`, `from 2026/04/01 00:00`.
    pub fn distance(&self, currency: Currency, zone: &Zone) -> Option<String> {
        let money = |short: &Money| format!("{} {currency} more", currency.format(*short));
        let count =
            |short: &u64, one: &str, many: &str| format!("{short} {} more", if *short == 1 { one } else { many });
        let with = |allowed: &[Box<str>]| format!("with {}", allowed.join(" or "));
        match self {
            Self::NotYet { from } | Self::Blackout { from } => Some(format!("from {}", zone.show(*from))),
            Self::BelowFloor { short } => Some(money(short)),
            Self::LittleSpent { short } => Some(format!("{} spent", money(short))),
            Self::FewPieces { short } => Some(count(short, "piece", "pieces")),
            Self::FewOrders { short } => Some(count(short, "order", "orders")),
            Self::WrongPayment { allowed } | Self::WrongShipping { allowed } => Some(with(allowed)),
            Self::WrongChannel { allowed } => {
                let names: Vec<&str> = allowed.iter().map(Channel::as_str).collect();
                Some(format!("from {}", names.join(" or ")))
            }
            Self::NotBeside { other } => Some(format!("without {other}")),
            _ => None,
        }
    }

    const fn code(&self) -> (u16, &'static str) {
        match self {
            Self::NotHeld => (700, "not_held"),
            Self::Used => (701, "used"),
            Self::UsedUp => (702, "used_up"),
            Self::Revoked => (703, "revoked"),
            Self::NotYet { .. } => (710, "not_yet"),
            Self::Expired { .. } => (711, "expired"),
            Self::Blackout { .. } => (712, "blackout"),
            Self::WrongChannel { .. } => (720, "wrong_channel"),
            Self::WrongPayment { .. } => (721, "wrong_payment"),
            Self::WrongShipping { .. } => (722, "wrong_shipping"),
            Self::NotFirstOrder { .. } => (723, "not_first_order"),
            Self::NotForFriend { .. } => (724, "not_for_friend"),
            Self::FriendUnknown => (725, "friend_unknown"),
            Self::NoGoods => (730, "no_goods"),
            Self::BelowFloor { .. } => (731, "below_floor"),
            Self::FewPieces { .. } => (732, "few_pieces"),
            Self::FewOrders { .. } => (733, "few_orders"),
            Self::LittleSpent { .. } => (734, "little_spent"),
            Self::Nothing => (735, "nothing"),
            Self::SameCoupon => (740, "same_coupon"),
            Self::NotBeside { .. } => (741, "not_beside"),
            Self::TooMany { .. } => (742, "too_many"),
            Self::NothingLeft => (743, "nothing_left"),
            Self::Outdone => (744, "outdone"),
            Self::NotLookedAt { .. } => (745, "not_looked_at"),
            Self::BelowMargin => (750, "below_margin"),
        }
    }
}

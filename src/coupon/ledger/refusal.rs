//! Why a ledger did not do as asked.

use crate::model::{CouponName, Money, OrderId, Timestamp};

/// Why a ledger did not do as asked; then nothing was changed.
///
/// Numbers never change and are never used again. 1xx: no room, perhaps later. 2xx: over. 3xx: not what was asked
/// before.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The code was used as often as it may be.
    #[error("this code was used {0}")]
    CodeUsed(Full),
    /// The friend used the coupon as often as a friend may.
    #[error("this friend used the coupon {0}")]
    FriendUsed(Full),
    /// All used it as often as it may be.
    #[error("the coupon was used {0}")]
    UsedUp(Full),
    /// All used it as often as it may be in one window.
    #[error("the coupon was used {0} at this time")]
    WindowFull(Full),
    /// The budget does not reach for this discount (X44). What is left may do for a smaller one.
    #[error("{} of the budget of {} are left, {} were asked for", .left.minor(), .sum.minor(), .asked.minor())]
    BudgetSpent {
        /// All of it.
        sum: Money,
        /// What is left.
        left: Money,
        /// What was asked for.
        asked: Money,
    },
    /// The shop ended the coupon, or this code.
    #[error("revoked at {at}")]
    Revoked {
        /// When.
        at: Timestamp,
    },
    /// No longer valid, and not held.
    #[error("valid until {until}")]
    Expired {
        /// The first instant it was no longer valid.
        until: Timestamp,
    },
    /// The order was cancelled or returned before the use was told. The cart may redeem for another order.
    #[error("order {order} was given back as a whole")]
    OrderReturned {
        /// Which.
        order: OrderId,
    },
    /// Nothing was ever reserved for this checkout.
    #[error("nothing is reserved for this checkout")]
    NotReserved,
    /// The checkout has become an order, and its coupon is used on that one.
    #[error("used on order {order}")]
    Redeemed {
        /// Which.
        order: OrderId,
    },
    /// A coupon with personal codes, and no code.
    #[error("the coupon is used with a code of one's own")]
    CodeMissing,
    /// A coupon with a limit per friend, and no friend.
    #[error("the coupon is used by known friends only")]
    FriendMissing,
    /// More than was promised when the code was issued.
    #[error("the coupon takes off at most {}", .most.minor())]
    OverPromise {
        /// The most a use may take off.
        most: Money,
    },
    /// A discount below zero, or past the range of money.
    #[error("no discount: below zero, or past the range of money")]
    NoDiscount,
    /// To be held until an instant that is over.
    #[error("to be held until {until}, which is over")]
    HeldForNothing {
        /// Which.
        until: Timestamp,
    },
    /// These numbers of a batch are not the next.
    #[error("the next number of a batch is {next}")]
    NumbersTaken {
        /// Which is.
        next: u32,
    },
    /// Of several that were asked for together one is refused, and so all are. Its number and word are those of `why`.
    #[error("{coupon}: {why}")]
    OneOfSeveral {
        /// Which one.
        coupon: CouponName,
        /// Why that one.
        why: Box<Refusal>,
    },
}

/// A limit that is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Full {
    /// The limit.
    pub limit: u32,
    /// How many uses count, reservations included. More than the limit when two friends became one.
    pub used: u64,
    /// When a place comes free at the latest, where reservations lapse or a window turns; sooner when something is
    /// given back, later when a reservation is redeemed. None when only that could make room.
    pub free_at: Option<Timestamp>,
}

impl core::fmt::Display for Full {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} times of {}", self.used, self.limit)
    }
}

impl Refusal {
    /// The stable number.
    pub const fn number(&self) -> u16 {
        self.code().0
    }

    /// The stable word.
    pub const fn word(&self) -> &'static str {
        self.code().1
    }

    /// Might there be room once what has lapsed counts no more ([`Operation::Lapse`](super::Operation::Lapse))?
    pub const fn is_want_of_room(&self) -> bool {
        self.number() < 200
    }

    const fn code(&self) -> (u16, &'static str) {
        match self {
            Self::CodeUsed(_) => (100, "code_used"),
            Self::FriendUsed(_) => (101, "friend_used"),
            Self::UsedUp(_) => (102, "used_up"),
            Self::WindowFull(_) => (103, "window_full"),
            Self::BudgetSpent { .. } => (104, "budget_spent"),
            Self::Revoked { .. } => (200, "revoked"),
            Self::Expired { .. } => (201, "expired"),
            Self::OrderReturned { .. } => (202, "order_returned"),
            Self::NotReserved => (300, "not_reserved"),
            Self::Redeemed { .. } => (301, "redeemed"),
            Self::CodeMissing => (302, "code_missing"),
            Self::FriendMissing => (303, "friend_missing"),
            Self::OverPromise { .. } => (304, "over_promise"),
            Self::NoDiscount => (305, "no_discount"),
            Self::HeldForNothing { .. } => (306, "held_for_nothing"),
            Self::NumbersTaken { .. } => (307, "numbers_taken"),
            Self::OneOfSeveral { why, .. } => why.code(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_once_and_want_of_room_is_below_200() {
        let (at, money) = (Timestamp::EPOCH, Money::ZERO);
        let order = OrderId::new("39").unwrap();
        let full = Full { limit: 3, used: 3, free_at: None };
        let refusals = [
            Refusal::CodeUsed(full),
            Refusal::FriendUsed(full),
            Refusal::UsedUp(full),
            Refusal::WindowFull(full),
            Refusal::BudgetSpent { sum: money, left: money, asked: money },
            Refusal::Revoked { at },
            Refusal::Expired { until: at },
            Refusal::OrderReturned { order: order.clone() },
            Refusal::NotReserved,
            Refusal::Redeemed { order },
            Refusal::CodeMissing,
            Refusal::FriendMissing,
            Refusal::OverPromise { most: money },
            Refusal::NoDiscount,
            Refusal::HeldForNothing { until: at },
            Refusal::NumbersTaken { next: 7 },
        ];
        let numbers = [100, 101, 102, 103, 104, 200, 201, 202, 300, 301, 302, 303, 304, 305, 306, 307];
        assert_eq!(refusals.each_ref().map(Refusal::number), numbers);
        assert!(refusals.iter().all(|refusal| refusal.is_want_of_room() == (refusal.number() < 200)));
        assert_eq!(refusals[2].to_string(), "the coupon was used 3 times of 3");
    }
}

//! What a coupon gives, and when.

use crate::model::{CouponName, Money, Rate, Span, Timestamp, Zone};

/// A coupon as the shop wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Coupon {
    /// Its name in the playbook.
    pub name: CouponName,
    /// What it gives.
    pub benefit: Benefit,
    /// What the cart must come to.
    pub floor: Money,
    /// How long it is valid from its issue.
    pub valid_for: Span,
}

/// What a coupon gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Benefit {
    /// So much off, at most the price.
    Amount(Money),
    /// A share off, rounded down: toward the shop (law 5).
    Rate {
        /// The share.
        rate: Rate,
        /// The most it gives.
        up_to: Option<Money>,
    },
}

impl Coupon {
    /// A coupon without a floor.
    pub const fn new(name: CouponName, benefit: Benefit, valid_for: Span) -> Self {
        Self { name, benefit, floor: Money::ZERO, valid_for }
    }

    /// The first instant at which one issued then is no longer valid: calendar days in the shop's zone.
    pub fn valid_until(&self, issued_at: Timestamp, zone: &Zone) -> Timestamp {
        zone.plus(issued_at, self.valid_for)
    }
}

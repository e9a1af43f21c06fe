//! Coupons in a friend's hands.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{CouponName, OrderHistory, OrderId, Timestamp};

/// One coupon issued to one friend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldCoupon {
    /// Which rule.
    pub coupon: CouponName,
    /// The code the friend types in.
    pub code: Box<str>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// The first instant at which it is no longer valid.
    pub valid_until: Timestamp,
    /// Where it was used. More than once when an order it was used on was cancelled (X50).
    pub redeemed: BTreeSet<Redemption>,
}

/// The use of a coupon.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Redemption {
    /// When.
    pub at: Timestamp,
    /// On which order.
    pub order: OrderId,
}

impl HeldCoupon {
    /// Used on some order that was not cancelled since.
    ///
    /// An order not told yet counts as standing: the redemption is the stronger news.
    pub fn is_used(&self, orders: &OrderHistory) -> bool {
        self.used_at(orders).is_some()
    }

    /// When it was first used on an order that was not cancelled since.
    pub fn used_at(&self, orders: &OrderHistory) -> Option<Timestamp> {
        self.standing_uses(orders).next().map(|redemption| redemption.at)
    }

    /// Its uses on orders that were not cancelled since, the first first. Told twice of one order it is one.
    pub(crate) fn standing_uses(&self, orders: &OrderHistory) -> impl Iterator<Item = &Redemption> {
        let stands = |r: &Redemption| orders.get(&r.order).is_none_or(|order| order.placed_at().is_some());
        let told_before = |r: &Redemption| self.redeemed.iter().take_while(|it| *it != r).any(|it| it.order == r.order);
        self.redeemed.iter().filter(move |it| stands(it) && !told_before(it))
    }
}

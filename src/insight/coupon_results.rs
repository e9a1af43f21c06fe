//! What came of a coupon: used by whom, at what price, and what it brought beyond what would have come anyway.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::Money;

/// What became of one coupon in the hands of one friend.
///
/// The holder of the facts fills it in: what was sent and clicked is in the engine's log, what was used in the
/// ledger, what things cost with the shop.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "a row that is filled in")]
pub struct CouponCase {
    /// Did a message about it arrive? Of a paper coupon, or one shown on the site, nobody can say.
    pub delivered: Option<bool>,
    /// How many messages spoke of it.
    pub messages: u32,
    /// How it ended, or that it has not.
    pub end: CouponEnd,
}

/// How it ended with one coupon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "used or not")]
pub enum CouponEnd {
    /// Used on orders that stand.
    Used(CouponUse),
    /// Not used, and why.
    Unused(NonUse),
}

/// All uses of one coupon: more than one where its code is good for several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "a row that is filled in")]
pub struct CouponUse {
    /// On how many orders.
    pub times: u32,
    /// What the orders brought, the discounts taken off.
    pub revenue: Money,
    /// What the coupon took off.
    pub discount: Money,
    /// What the goods cost the shop, where that is known of all.
    pub cost: Option<Money>,
}

/// Why a coupon was not used (K13). Of several the first in this order is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NonUse {
    /// It is still valid.
    StillValid,
    /// No message about it arrived.
    NotDelivered,
    /// What it is for was out of stock when they came for it.
    OutOfStock,
    /// They bought, but for less than the floor.
    FloorNotMet,
    /// They bought for enough, and did not think of it; or paid, or had it sent, in a way it is not for.
    BoughtWithout,
    /// No page was opened and nothing bought while it was valid.
    NeverOpened,
    /// They looked, and it ran out.
    Expired,
}

/// The sums of a coupon (K8, K11, K12).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CouponResults {
    /// How many were issued.
    pub issued: u64,
    /// Of how many a message arrived.
    pub delivered: u64,
    /// Messages that spoke of it.
    pub messages: u64,
    /// How many were used: of those issued, the use rate.
    pub used: u64,
    /// How often they were used in all: more, where codes are good for several uses.
    pub uses: u64,
    /// What the orders brought, discounts taken off.
    pub revenue: Money,
    /// What it took off.
    pub discount: Money,
    /// What was left of the revenue after the goods, where the cost of all of them is known, and after the messages.
    pub margin: Option<Money>,
    /// What the messages cost.
    pub message_cost: Money,
    /// Those not used, by reason; reasons nobody had are not there.
    pub unused: BTreeMap<NonUse, u64>,
}

impl CouponResults {
    /// Adds up. `milliyen` is what one message costs, in thousandths of a minor unit.
    ///
    /// `None` where a sum is past the range of money. Linear.
    ///
    /// ```
    /// use enishi::insight::{CouponCase, CouponEnd, CouponResults, CouponUse, NonUse};
    /// use enishi::model::Money;
    /// let yen = Money::from_minor;
    /// let used = CouponUse { times: 1, revenue: yen(4500), discount: yen(500), cost: Some(yen(2000)) };
    /// let cases = [
    ///     CouponCase { delivered: Some(true), messages: 2, end: CouponEnd::Used(used) },
    ///     CouponCase { delivered: Some(true), messages: 2, end: CouponEnd::Unused(NonUse::FloorNotMet) },
    /// ];
    /// let results = CouponResults::of(cases, 3000).unwrap();
    /// assert_eq!((results.issued, results.used, results.discount), (2, 1, yen(500)));
    /// assert_eq!(results.margin, Some(yen(4500 - 2000 - 4 * 3)));
    /// assert_eq!(results.cost_per_use(), Some(yen(512)));
    /// ```
    pub fn of(cases: impl IntoIterator<Item = CouponCase>, milliyen: u32) -> Option<Self> {
        let mut sum = Self::default();
        let mut cost = Some(Money::ZERO);
        for case in cases {
            sum.issued += 1;
            sum.delivered += u64::from(case.delivered == Some(true));
            sum.messages += u64::from(case.messages);
            match case.end {
                CouponEnd::Used(used) => {
                    sum.used += 1;
                    sum.uses += u64::from(used.times);
                    sum.revenue = sum.revenue.checked_add(used.revenue)?;
                    sum.discount = sum.discount.checked_add(used.discount)?;
                    cost = match (cost, used.cost) {
                        (Some(sum), Some(of_goods)) => Some(sum.checked_add(of_goods)?),
                        _ => None,
                    };
                }
                CouponEnd::Unused(why) => *sum.unused.entry(why).or_default() += 1,
            }
        }
        // Rounded up: what is spent is never told too low.
        let spent = (u128::from(sum.messages) * u128::from(milliyen)).div_ceil(1000);
        sum.message_cost = Money::from_minor(i64::try_from(spent).ok()?);
        sum.margin = match cost {
            Some(cost) => Some(sum.revenue.checked_sub(cost)?.checked_sub(sum.message_cost)?),
            None => None,
        };
        Some(sum)
    }

    /// What one use cost the shop: discounts and messages, per use, rounded up. None when it was never used.
    pub fn cost_per_use(&self) -> Option<Money> {
        let cost = self.discount.checked_add(self.message_cost)?.minor();
        let uses = i64::try_from(self.uses).ok().filter(|uses| *uses > 0)?;
        Some(Money::from_minor(cost.div_euclid(uses) + i64::from(cost.rem_euclid(uses) > 0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn yen(minor: i64) -> Money {
        Money::from_minor(minor)
    }

    fn used(revenue: i64, discount: i64, cost: Option<i64>) -> CouponCase {
        let (revenue, discount, cost) = (yen(revenue), yen(discount), cost.map(yen));
        CouponCase {
            delivered: None,
            messages: 1,
            end: CouponEnd::Used(CouponUse { times: 1, revenue, discount, cost }),
        }
    }

    #[test]
    fn a_margin_is_told_only_where_every_cost_is_known() {
        let known = CouponResults::of([used(900, 100, Some(400)), used(450, 50, Some(200))], 2800).unwrap();
        assert_eq!(known.margin, Some(yen(1350 - 600 - 6)), "5.6 yen of messages are 6");
        let unknown = CouponResults::of([used(900, 100, Some(400)), used(450, 50, None)], 2800).unwrap();
        assert_eq!((unknown.margin, unknown.revenue), (None, yen(1350)));
    }

    #[test]
    fn a_code_good_for_two_is_one_coupon_and_two_uses() {
        let twice = CouponUse { times: 2, revenue: yen(1800), discount: yen(200), cost: None };
        let case = CouponCase { delivered: None, messages: 0, end: CouponEnd::Used(twice) };
        let results = CouponResults::of([case], 0).unwrap();
        assert_eq!((results.issued, results.used, results.uses), (1, 1, 2));
        assert_eq!(results.cost_per_use(), Some(yen(100)));
    }

    #[test]
    fn nothing_used_costs_nothing_per_use() {
        let unused = |why| CouponCase { delivered: Some(false), messages: 0, end: CouponEnd::Unused(why) };
        let results = CouponResults::of([unused(NonUse::Expired), unused(NonUse::Expired)], 0).unwrap();
        assert_eq!(results.cost_per_use(), None);
        assert_eq!(results.unused, BTreeMap::from([(NonUse::Expired, 2)]));
        assert_eq!(results.margin, Some(Money::ZERO));
    }

    #[test]
    fn sums_past_the_range_of_money_are_none() {
        assert_eq!(CouponResults::of([used(i64::MAX, 0, None), used(1, 0, None)], 0), None);
    }
}

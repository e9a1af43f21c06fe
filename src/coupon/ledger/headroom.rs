//! What may still be issued of each coupon.

use std::collections::{BTreeMap, BTreeSet};

use crate::coupon::Coupon;
use crate::model::{CouponName, Money};

use super::Uses;

/// What may still be issued of each coupon: what the ledger knows and the engine has to, before it gives anything out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Headroom {
    revoked: BTreeSet<CouponName>,
    /// Of coupons whose budget is taken at issue: what is taken of it.
    taken: BTreeMap<CouponName, Money>,
}

/// Why a coupon is not issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoHeadroom {
    /// Nobody may use it from now on.
    Revoked,
    /// Its budget does not reach for one more.
    Spent {
        /// What is left of it.
        left: Money,
        /// What one takes.
        needs: Money,
    },
}

impl Headroom {
    /// Takes in how often a coupon was used.
    #[must_use]
    pub fn with(mut self, coupon: &Coupon, uses: &Uses) -> Self {
        if uses.revoked.is_some() {
            self.revoked.insert(coupon.name.clone());
        }
        if coupon.limits.promised_per_code().is_some() {
            self.taken.insert(coupon.name.clone(), uses.taken);
        }
        self
    }

    /// May one more be issued beside those that took `already` from the budget and were not [taken](Self::take) yet?
    ///
    /// # Errors
    /// With why not.
    pub fn check(&self, coupon: &Coupon, already: Money) -> Result<(), NoHeadroom> {
        if self.revoked.contains(&coupon.name) {
            return Err(NoHeadroom::Revoked);
        }
        let Some((budget, needs)) = coupon.limits.budget.zip(coupon.limits.promised_per_code()) else { return Ok(()) };
        let taken = self.taken.get(&coupon.name).copied().unwrap_or_default();
        // A sum out of range is past every budget.
        let spent = taken.checked_add(already).and_then(|taken| budget.sum.checked_sub(taken)).unwrap_or_default();
        let left = spent.max(Money::ZERO);
        if needs > left { Err(NoHeadroom::Spent { left, needs }) } else { Ok(()) }
    }

    /// One of them was issued.
    pub fn take(&mut self, coupon: &Coupon) {
        if let Some(needs) = coupon.limits.promised_per_code() {
            let taken = self.taken.entry(coupon.name.clone()).or_default();
            *taken = taken.checked_add(needs).unwrap_or(*taken);
        }
    }
}

#[cfg(test)]
mod tests {
    use core::num::NonZeroU32;

    use crate::coupon::{Benefit, Budget, ReservedAt};
    use crate::model::Span;

    use super::*;

    fn yen(amount: i64) -> Money {
        Money::from_minor(amount)
    }

    fn coupon(sum: i64) -> Coupon {
        let mut coupon = Coupon::new(CouponName::new("c").unwrap(), Benefit::Amount(yen(500)), Span::days(14));
        coupon.limits.budget = Some(Budget { sum: yen(sum), reserved: ReservedAt::Issue { most: yen(500) } });
        coupon
    }

    #[test]
    fn a_budget_reaches_for_so_many_and_no_more() {
        let coupon = coupon(1700);
        let mut headroom = Headroom::default();
        assert_eq!(headroom.check(&coupon, yen(1200)), Ok(()));
        assert_eq!(headroom.check(&coupon, yen(1201)), Err(NoHeadroom::Spent { left: yen(499), needs: yen(500) }));
        (0..3).for_each(|_| headroom.take(&coupon));
        assert_eq!(headroom.check(&coupon, yen(0)), Err(NoHeadroom::Spent { left: yen(200), needs: yen(500) }));
    }

    #[test]
    fn a_code_for_two_uses_takes_twice_as_much() {
        let mut coupon = coupon(1000);
        coupon.limits.per_code = NonZeroU32::new(2);
        let mut headroom = Headroom::default();
        assert_eq!(headroom.check(&coupon, yen(0)), Ok(()));
        headroom.take(&coupon);
        assert_eq!(headroom.check(&coupon, yen(0)), Err(NoHeadroom::Spent { left: yen(0), needs: yen(1000) }));
    }

    #[test]
    fn what_is_revoked_has_none() {
        let coupon = coupon(1000);
        let uses = Uses { revoked: Some(crate::model::Timestamp::EPOCH), ..Uses::default() };
        assert_eq!(Headroom::default().with(&coupon, &uses).check(&coupon, yen(0)), Err(NoHeadroom::Revoked));
    }
}

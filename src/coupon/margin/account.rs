//! What is left of one order.

use crate::coupon::share::unsigned;
use crate::coupon::{Basket, Quote};
use crate::model::{Money, Rate};

use super::{CostError, Costs};

/// What is left of the goods of one order: what is paid for them, and what they and the coupons cost the shop.
///
/// Fees and what is charged for shipping are no part of it; shipping costs what a coupon pays of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Account {
    /// What is paid for the goods, as the basket has prices: with tax or without.
    pub paid: Money,
    /// Goods, gifts, shipping given away, points and messages; a part of a unit is a whole one.
    pub cost: Money,
    /// What is paid less what it costs; a part of a unit is dropped, toward less.
    pub margin: Money,
    /// How much less that is than the floor asks for; nothing when the floor holds.
    pub short: Money,
}

impl Costs {
    /// What is left of an order with these goods and this quote of them.
    ///
    /// What is given away of the shipping is what it costs less what is still charged for it, and no more than the coupons
    /// took off; where nobody said what it costs, all they took off. Points are reckoned exactly, the usual ones too,
    /// on what is paid for each line.
    ///
    /// # Errors
    /// When what something costs is not known.
    pub fn account(&self, basket: &Basket, quote: &Quote) -> Result<Account, CostError> {
        let exact = ExactAccount::of(self, basket, quote)?;
        let (paid, cost, short) = (exact.paid, exact.cost, exact.over_floor(self.floor).negated().ceil());
        Ok(Account {
            paid: paid.floor(),
            cost: cost.ceil(),
            margin: paid.minus(cost).floor(),
            short: short.max(Money::ZERO),
        })
    }

    /// Does the floor hold?
    pub(in crate::coupon) fn holds(&self, basket: &Basket, quote: &Quote) -> Result<bool, CostError> {
        Ok(!ExactAccount::of(self, basket, quote)?.over_floor(self.floor).is_negative())
    }
}

/// The same to the last part of a unit.
#[derive(Clone, Copy)]
pub(super) struct ExactAccount {
    pub(super) paid: Fine,
    pub(super) cost: Fine,
}

impl ExactAccount {
    pub(super) fn of(costs: &Costs, basket: &Basket, quote: &Quote) -> Result<Self, CostError> {
        let (mut paid, mut cost) = (Fine::ZERO, costs.of_messages(quote.taken.len()));
        for (line, quoted) in basket.lines.iter().zip(&quote.lines) {
            let left = unsigned(quoted.price) - unsigned(quoted.discount);
            paid = paid.plus(Fine::of_minor(left));
            let goods = costs.of_line(basket, line)?.times(line.quantity.into());
            cost = cost.plus(goods).plus(Fine::points(left, costs.points_worth, quoted.points));
        }
        for gift in &quote.gifts {
            cost = cost.plus(costs.of_gift(basket.costs.get(&gift.sku), &gift.sku)?.times(gift.pieces.get().into()));
        }
        if let Some(shipping) = quote.shipping {
            let off = unsigned(shipping.discount);
            let still_charged = unsigned(shipping.price) - off;
            let short = costs.shipping.map_or(off, |costs| unsigned(costs).saturating_sub(still_charged));
            cost = cost.plus(Fine::of_minor(short.min(off)));
        }
        Ok(Self { paid, cost })
    }

    /// What is left over the floor; below zero when it does not hold.
    pub(super) fn over_floor(self, floor: Rate) -> Fine {
        let asked = self.paid.0 / i128::from(Rate::ONE.ppm()) * i128::from(floor.ppm());
        self.paid.minus(self.cost).minus(Fine(asked))
    }
}

/// An amount in hundred-millionths of a minor unit: so fine that a share in millionths and points in hundredths are whole.
/// Past what can be counted it stays at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fine(pub(super) i128);

impl Fine {
    pub(super) const ZERO: Self = Self(0);
    /// So many are one minor unit.
    pub(super) const PARTS: i128 = 100_000_000;

    pub(super) fn of(amount: Money) -> Self {
        Self(i128::from(amount.minor()) * Self::PARTS)
    }

    pub(super) fn of_minor(amount: u64) -> Self {
        Self(i128::from(amount) * Self::PARTS)
    }

    pub(super) fn thousandths(amount: u64) -> Self {
        Self(i128::from(amount) * (Self::PARTS / 1000))
    }

    /// So many millionths of it.
    pub(super) fn part(amount: Money, ppm: u32) -> Self {
        Self(i128::from(amount.minor()).saturating_mul(i128::from(ppm) * (Self::PARTS / 1_000_000)))
    }

    /// Points on what is paid: so many hundredths of a share of it.
    fn points(paid: u64, worth: Rate, hundredths: u32) -> Self {
        Self(i128::from(paid).saturating_mul(i128::from(worth.ppm()) * i128::from(hundredths)))
    }

    pub(super) fn times(self, times: u64) -> Self {
        Self(self.0.saturating_mul(times.into()))
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    pub(super) fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    pub(super) fn negated(self) -> Self {
        Self(self.0.saturating_neg())
    }

    pub(super) const fn is_negative(self) -> bool {
        self.0 < 0
    }

    pub(super) fn floor(self) -> Money {
        whole(self.0.div_euclid(Self::PARTS))
    }

    pub(super) fn ceil(self) -> Money {
        whole(-self.0.saturating_neg().div_euclid(Self::PARTS))
    }
}

/// As money; past the ends of it, the end.
pub(super) fn whole(minor: i128) -> Money {
    let end = if minor < 0 { i64::MIN } else { i64::MAX };
    Money::from_minor(i64::try_from(minor).unwrap_or(end))
}

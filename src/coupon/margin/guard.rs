//! The floor at the checkout.

use crate::coupon::{Basket, BasketError, Quote};
use crate::model::Money;

use super::Costs;

/// What must be left of an order at the [`Checkout`](crate::coupon::Checkout), and what becomes of coupons that leave less.
///
/// The best combination is looked for without it. Where that leaves too little, the coupon that is taken last gives less
/// or nothing, then the one before it, until [the floor](Costs::floor) holds. So no order with a coupon is below it; one
/// that is below it without coupons gets none.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::exhaustive_structs, reason = "a floor, and what becomes of what is below it")]
pub struct Guard<'a> {
    /// What an order costs, and the floor.
    pub costs: &'a Costs,
    /// What becomes of a coupon that leaves too little.
    pub then: Then,
}

/// What becomes of a coupon that leaves too little.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "less of it, or none")]
pub enum Then {
    /// It is not taken.
    #[default]
    Refuse,
    /// It takes off as much as the floor allows; it is not taken when that is nothing, nor when it gives points or a gift.
    /// Where points are worth more on some goods than on others it may take off a little less than could be.
    Cap,
}

/// What is kept of a combination.
#[derive(Clone, Copy)]
pub(in crate::coupon) struct Kept {
    /// So many of the first coupons.
    pub(in crate::coupon) count: usize,
    /// What the last of them takes off at most, in minor units.
    pub(in crate::coupon) last_at_most: Option<u64>,
}

impl Kept {
    pub(in crate::coupon) const fn first(count: usize) -> Self {
        Self { count, last_at_most: None }
    }
}

impl Guard<'_> {
    /// What is kept of a combination of so many coupons, of which `quote` reckons any part.
    ///
    /// At most one quote for each coupon, and for one that takes off less one for each time that can be halved.
    pub(in crate::coupon) fn keep(
        &self,
        count: usize,
        basket: &Basket,
        quote: impl FnMut(Kept) -> Result<Quote, BasketError>,
    ) -> Result<Kept, BasketError> {
        let mut trial = Trial { costs: self.costs, basket, quote };
        for count in (1..=count).rev() {
            let kept = Kept::first(count);
            let whole = (trial.quote)(kept)?;
            if self.costs.holds(basket, &whole)? {
                return Ok(kept);
            }
            let last = whole.taken.last().map_or(Money::ZERO, |taken| taken.discount);
            if self.then == Then::Cap
                && let Some(kept) = trial.less(count, last)?
            {
                return Ok(kept);
            }
        }
        Ok(Kept::first(0))
    }
}

struct Trial<'a, Q> {
    costs: &'a Costs,
    basket: &'a Basket,
    quote: Q,
}

impl<Q: FnMut(Kept) -> Result<Quote, BasketError>> Trial<'_, Q> {
    /// The most that the last of so many can take off, which is less than `too_much`.
    fn less(&mut self, count: usize, too_much: Money) -> Result<Option<Kept>, BasketError> {
        let mut too_much = u64::try_from(too_much.minor()).unwrap_or(0);
        if too_much <= 1 || !self.holds(count, 1)? {
            return Ok(None);
        }
        let mut holds = 1;
        while too_much - holds > 1 {
            let middle = holds + (too_much - holds) / 2;
            if self.holds(count, middle)? {
                holds = middle;
            } else {
                too_much = middle;
            }
        }
        Ok(Some(Kept { count, last_at_most: Some(holds) }))
    }

    fn holds(&mut self, count: usize, at_most: u64) -> Result<bool, BasketError> {
        let quote = (self.quote)(Kept { count, last_at_most: Some(at_most) })?;
        Ok(self.costs.holds(self.basket, &quote)?)
    }
}

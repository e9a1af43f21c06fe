//! What a coupon does to a cart.

use crate::model::{Cart, HeldCoupon, Money, OrderHistory, Rate, Timestamp};

use super::{Benefit, Coupon};

/// A discount and how it falls on the lines. Their sum is the discount, exactly (X46).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Quote {
    /// What is taken off in all; never more than the cart (X43).
    pub discount: Money,
    /// What is taken off each line, in the order of the cart.
    pub lines: Vec<Money>,
}

/// Why a coupon gives nothing, and how far away it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotApplied {
    /// Nothing in the cart to take anything off; not even a floor of zero is met (X47).
    #[error("the cart comes to nothing")]
    Empty,
    /// Under the floor.
    #[error("{} short of the floor", .short.minor())]
    BelowFloor {
        /// How much more would do.
        short: Money,
    },
    /// Issued later than now (X48).
    #[error("valid only from {from}")]
    NotYet {
        /// When it was issued.
        from: Timestamp,
    },
    /// Ran out.
    #[error("valid until {until}")]
    Expired {
        /// The first instant it was no longer valid.
        until: Timestamp,
    },
    /// Used on an order that stands.
    #[error("used already")]
    Used,
    /// A discount too small to be a unit of money.
    #[error("the discount rounds down to nothing")]
    Nothing,
    /// A cart past the range of money.
    #[error("the cart comes to more than can be counted")]
    OutOfRange,
}

impl Coupon {
    /// What this coupon, issued as `held`, does to a cart at `now`. Linear in the lines, but for a
    /// sort of their remainders.
    ///
    /// ```
    /// use enishi::coupon::{Benefit, Coupon};
    /// use enishi::model::*;
    /// let third = Coupon::new(CouponName::new("third")?, Benefit::Amount(Money::from_minor(10)), Span::days(14));
    /// let line = |sku: &str| CartLine { sku: sku.into(), quantity: 1, unit_price: Money::from_minor(100), categories: Vec::new() };
    /// let cart = Cart { lines: vec![line("a"), line("b"), line("c")] };
    /// let quote = third.discount(&cart)?;
    /// let shares: Vec<_> = quote.lines.iter().map(|m| m.minor()).collect();
    /// assert_eq!(shares, [4, 3, 3]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The first reason why it gives nothing.
    pub fn quote(
        &self,
        cart: &Cart,
        held: &HeldCoupon,
        orders: &OrderHistory,
        now: Timestamp,
    ) -> Result<Quote, NotApplied> {
        if held.is_used(orders) {
            return Err(NotApplied::Used);
        }
        if now < held.issued_at {
            return Err(NotApplied::NotYet { from: held.issued_at });
        }
        if now >= held.valid_until {
            return Err(NotApplied::Expired { until: held.valid_until });
        }
        self.discount(cart)
    }

    /// What the rule alone gives, whoever holds it.
    ///
    /// # Errors
    /// The first reason why it gives nothing.
    pub fn discount(&self, cart: &Cart) -> Result<Quote, NotApplied> {
        let totals: Option<Vec<Money>> = cart.lines.iter().map(|line| line.total()).collect();
        let totals = totals.ok_or(NotApplied::OutOfRange)?;
        let total = cart.total().ok_or(NotApplied::OutOfRange)?;
        if total <= Money::ZERO || totals.iter().any(|t| t.is_negative()) {
            return Err(NotApplied::Empty);
        }
        if total < self.terms.floor {
            let short = self.terms.floor.checked_sub(total).ok_or(NotApplied::OutOfRange)?;
            return Err(NotApplied::BelowFloor { short });
        }
        let discount = match &self.benefit {
            Benefit::Amount(amount) => (*amount).min(total),
            Benefit::Rate { rate, up_to, .. } => {
                let share = share(total, *rate);
                up_to.map_or(share, |most| share.min(most))
            }
            _ => return Err(NotApplied::Nothing),
        };
        if discount <= Money::ZERO {
            return Err(NotApplied::Nothing);
        }
        Ok(Quote { discount, lines: allocate(discount, &totals, total) })
    }
}

fn share(total: Money, rate: Rate) -> Money {
    let exact = i128::from(total.minor()) * i128::from(rate.ppm()) / i128::from(Rate::ONE.ppm());
    Money::from_minor(i64::try_from(exact).expect("a share of a total is not larger than the total"))
}

/// Shares by largest remainder: every line its exact share rounded down, then what is left, a unit
/// each, to the lines that lost most by rounding; ties go to the dearer, then to the earlier line.
fn allocate(discount: Money, totals: &[Money], total: Money) -> Vec<Money> {
    let product = |line: Money| i128::from(line.minor()) * i128::from(discount.minor());
    let whole = i128::from(total.minor());
    let mut shares: Vec<i128> = totals.iter().map(|line| product(*line) / whole).collect();
    let left = i128::from(discount.minor()) - shares.iter().sum::<i128>();
    let mut by_loss: Vec<usize> = (0..totals.len()).collect();
    by_loss.sort_by_key(|i| (-(product(totals[*i]) % whole), -i128::from(totals[*i].minor()), *i));
    for i in by_loss.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        shares[i] += 1;
    }
    let narrow = |share| Money::from_minor(i64::try_from(share).expect("no share is larger than its line"));
    shares.into_iter().map(narrow).collect()
}

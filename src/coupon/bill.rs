//! A quote in the making.

use crate::model::Money;

use super::offer::{Offer, USUAL_POINTS};
use super::prices::Prices;
use super::share::{Sharing, money, unsigned};
use super::tax::TaxSums;
use super::{
    BasketError, Benefit, Candidate, Gift, NotApplied, Quote, QuotedCharge, QuotedLine, RefusedCoupon, Rounding,
    Search, TakenCoupon,
};

/// A quote in the making: coupons are taken one after another.
pub(super) struct Bill<'a> {
    prices: &'a Prices<'a>,
    candidates: &'a [Candidate<'a>],
    /// What is left of the slots, and what was left before the last coupon.
    left: Vec<u64>,
    before: Vec<u64>,
    /// Of each slot of goods the points over the usual, in hundredths.
    points: Vec<u32>,
    taken: Vec<TakenCoupon>,
    refused: Vec<RefusedCoupon>,
}

impl<'a> Bill<'a> {
    pub(super) fn new(prices: &'a Prices<'a>, candidates: &'a [Candidate<'a>]) -> Self {
        Self {
            prices,
            candidates,
            left: prices.initial.clone(),
            before: prices.initial.clone(),
            points: vec![0; prices.shipping()],
            taken: Vec::new(),
            refused: Vec::new(),
        }
    }

    /// Takes the next coupon of a combination, for no more than so much if there is a guard who says so.
    pub(super) fn take(&mut self, offer: &Offer<'_>, at_most: Option<u64>, sharing: &mut Sharing) {
        let gives = offer.gives(&self.left).expect("all of a combination give something");
        let off = at_most.map_or(gives, |most| most.min(gives));
        self.before.copy_from_slice(&self.left);
        offer.take(off, &mut self.left, sharing);
        let mut lines = vec![Money::ZERO; self.prices.shipping()];
        for (slot, place) in self.prices.goods() {
            lines[place] = self.given(slot);
        }
        let points = match offer.benefit {
            Benefit::Points { hundredths } => Some(*hundredths),
            _ => None,
        };
        if let Some(hundredths) = points {
            for slot in &offer.slots {
                let more = &mut self.points[*slot as usize];
                *more = more.saturating_add(hundredths - USUAL_POINTS);
            }
        }
        let gift = match offer.benefit {
            Benefit::Gift { sku, pieces } => Some(Gift { sku: sku.clone(), pieces: *pieces }),
            _ => None,
        };
        let held = self.candidates[offer.candidate].held;
        self.taken.push(TakenCoupon {
            candidate: offer.candidate,
            coupon: offer.coupon.name.clone(),
            code: self.code(offer.candidate),
            valid_until: held.map_or(offer.coupon.valid.until, |held| Some(held.valid_until)),
            discount: money(off),
            capped_from: (off < gives).then(|| money(gives)),
            lines,
            shipping: self.given(self.prices.shipping()),
            points,
            gift,
        });
    }

    /// Notes that a candidate gave nothing. Told in their order.
    pub(super) fn refuse(&mut self, candidate: usize, why: NotApplied) {
        let coupon = self.candidates[candidate].coupon.name.clone();
        self.refused.push(RefusedCoupon { candidate, coupon, code: self.code(candidate), why });
    }

    /// Draws the line.
    pub(super) fn finish(self, search: Search, tax_rounding: Rounding) -> Result<Quote, BasketError> {
        let (prices, basket) = (self.prices, self.prices.basket);
        let (id, price, discount, points) = (Box::default(), Money::ZERO, Money::ZERO, USUAL_POINTS);
        let mut lines = vec![QuotedLine { id, price, discount, points }; basket.lines.len()];
        let mut sums = TaxSums::default();
        for (slot, place) in prices.goods() {
            let line = &mut lines[place];
            line.id.clone_from(&basket.lines[place].id);
            line.price = money(prices.initial[slot]);
            line.discount = money(prices.initial[slot] - self.left[slot]);
            line.points = line.points.saturating_add(self.points[slot]);
            sums.add(self.left[slot], basket.lines[place].tax)?;
        }
        let slot = prices.shipping();
        let shipping = match basket.shipping {
            Some(charge) => {
                sums.add(self.left[slot], charge.tax)?;
                Some(QuotedCharge { price: charge.price, discount: money(prices.initial[slot] - self.left[slot]) })
            }
            None => None,
        };
        for fee in &basket.fees {
            sums.add(unsigned(fee.price), fee.tax)?;
        }
        let taxes = sums.totals(tax_rounding)?;
        let to_pay = taxes.iter().try_fold(Money::ZERO, |sum, total| sum.checked_add(total.gross));
        let off = prices.initial.iter().sum::<u64>() - self.left.iter().sum::<u64>();
        Ok(Quote {
            lines,
            shipping,
            listed: money(prices.listed),
            discount: money(off),
            taxes,
            to_pay: to_pay.ok_or(BasketError::OutOfRange)?,
            gifts: self.taken.iter().filter_map(|coupon| coupon.gift.clone()).collect(),
            taken: self.taken,
            refused: self.refused,
            search,
        })
    }

    /// What the last coupon took off a slot.
    fn given(&self, slot: usize) -> Money {
        money(self.before[slot] - self.left[slot])
    }

    fn code(&self, candidate: usize) -> Option<Box<str>> {
        self.candidates[candidate].held.map(|held| held.code.clone())
    }
}

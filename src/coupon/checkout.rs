//! The evaluation of a basket.

use crate::model::{CouponName, Friend, HeldCoupon, Timestamp, Zone};

use super::bill::Bill;
use super::combine::{self, MOST_OFFERS};
use super::ledger::Refusal;
use super::margin::{Guard, Kept};
use super::offer::Offer;
use super::prices::Prices;
use super::qualify::Questions;
use super::share::Sharing;
use super::{Basket, BasketError, Combining, Coupon, NotApplied, Quote, Rounding};

/// Who is buying, when, and by which rules of the shop.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Checkout<'a> {
    /// Who; for a guest somebody nothing is known of. The order to be placed is not among theirs yet.
    pub friend: &'a Friend,
    /// Now.
    pub now: Timestamp,
    /// The shop's zone, for days on which coupons are not good.
    pub zone: &'a Zone,
    /// How coupons are put together.
    pub combining: Combining,
    /// What becomes of a part of a unit of tax: dropped, unless the shop does otherwise.
    pub tax_rounding: Rounding,
    /// What must be left of the order, if anything must: none unless it is set, as `Playbook::checkout` does by `[margin]`.
    pub guard: Option<Guard<'a>>,
}

/// A coupon that might be taken on a basket.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Candidate<'a> {
    /// Its rule.
    pub coupon: &'a Coupon,
    /// The one in the friend's hands; none for a shared code that was typed in.
    pub held: Option<&'a HeldCoupon>,
    /// How often it can still be used by all its limits together, where the caller looked. Only to tell that it is used
    /// up: whether it is when the order is placed, the ledger decides.
    pub uses_left: Option<u64>,
    /// What else is in its way by the ledger, where the caller looked.
    pub barred: Option<Barred>,
}

/// What is in a coupon's way by the [ledger](super::ledger), beside that it is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Barred {
    /// The shop ended it, or the code in hand.
    Revoked,
    /// It was issued for a shorter time.
    Expired {
        /// The first instant at which it was no longer valid.
        until: Timestamp,
    },
    /// Its uses are counted by friend, and a guest is nobody in particular.
    FriendUnknown,
}

impl<'a> Candidate<'a> {
    /// One the friend holds.
    pub const fn held(coupon: &'a Coupon, held: &'a HeldCoupon) -> Self {
        Self { coupon, held: Some(held), uses_left: None, barred: None }
    }

    /// One of everybody's, whose code was typed in.
    pub const fn shared(coupon: &'a Coupon) -> Self {
        Self { coupon, held: None, uses_left: None, barred: None }
    }

    /// With the uses that are left.
    #[must_use]
    pub const fn with_uses_left(self, uses_left: u64) -> Self {
        Self { uses_left: Some(uses_left), ..self }
    }

    /// With what a ledger says of it.
    #[must_use]
    pub fn refused_by_ledger(self, refusal: &Refusal) -> Self {
        let barred = |barred| Self { barred: Some(barred), ..self };
        match refusal {
            Refusal::Revoked { .. } => barred(Barred::Revoked),
            Refusal::Expired { until } => barred(Barred::Expired { until: *until }),
            Refusal::FriendMissing => barred(Barred::FriendUnknown),
            _ => self.with_uses_left(0),
        }
    }

    /// All a friend holds, of which the rule is known.
    pub fn all_held(friend: &'a Friend, rule: impl Fn(&CouponName) -> Option<&'a Coupon>) -> Vec<Self> {
        friend.coupons.iter().filter_map(|held| Some(Self::held(rule(&held.coupon)?, held))).collect()
    }
}

impl<'a> Checkout<'a> {
    /// By the usual rules: three coupons on one order, the best for the customer, tax rounded down.
    pub fn new(friend: &'a Friend, now: Timestamp, zone: &'a Zone) -> Self {
        Self { friend, now, zone, combining: Combining::default(), tax_rounding: Rounding::Down, guard: None }
    }

    /// What the coupons do to the basket, and for those that do nothing why.
    ///
    /// Each coupon is asked by itself whether it can be used. Of those that can, the best combination is taken, by
    /// their [order](super::Stacking::order) and name, each from what the ones before it left. Of one rule one coupon is
    /// taken, the one that ends first. Nothing is used up for nothing: a combination in which one of them would give
    /// nothing is none.
    ///
    /// *Best for the customer* is most money off; of the same money more coupons, since points and gifts have no price
    /// here. *Best for the shop* is least money off among combinations to which no coupon can be added; of the same money
    /// fewer. Of those that are still equal, the one with the first name that only one of them has.
    ///
    /// A discount is taken off prices as the basket has them, with tax or without, in proportion to what they come to; so
    /// it lowers the sums that are taxed at each rate. The tax is rounded once for each rate. Points and what is bought of
    /// a set are reckoned on goods that cost something.
    ///
    /// Of up to twelve coupons that can be used the best combination is found. Of more, the search ends after so much
    /// work, which [`Quote::search`] tells: what is taken off for the customer is then at least an *n*th of the most
    /// possible, where *n* coupons may be combined. Of more than 64, those that take least off alone are not looked at.
    ///
    /// The same in the same order for the same input. Linear in the lines times the combinations looked at.
    ///
    /// ```
    /// use enishi::coupon::{Basket, BasketLine, Benefit, Candidate, Checkout, Codes, Coupon, Tax};
    /// use enishi::model::{CouponName, Friend, FriendId, FriendKey, Money, Rate, Span, Zone};
    ///
    /// let mut spring = Coupon::new(CouponName::new("spring")?, Benefit::Amount(Money::from_minor(10)), Span::days(14));
    /// spring.codes = Codes::Shared("SPRING26".parse()?);
    /// let line = |id: &str| BasketLine {
    ///     id: id.into(),
    ///     sku: "SOAP-1".into(),
    ///     categories: Vec::new(),
    ///     unit_price: Money::from_minor(100),
    ///     quantity: 1,
    ///     tax: Tax::included(Rate::from_ppm(100_000).unwrap()),
    /// };
    /// let mut basket = Basket::default();
    /// basket.lines = ["a", "b", "c"].map(line).to_vec();
    /// let guest = Friend::new(FriendId(0), FriendKey::new("guest")?);
    /// let checkout = Checkout::new(&guest, "2026-04-01T12:00:00+09:00".parse()?, &Zone::TOKYO);
    ///
    /// let quote = checkout.quote(&basket, &[Candidate::shared(&spring)])?;
    /// let off: Vec<i64> = quote.lines.iter().map(|line| line.discount.minor()).collect();
    /// assert_eq!(off, [4, 3, 3]);
    /// assert_eq!(quote.to_pay.minor(), 290);
    /// assert_eq!(quote.taxes[0].tax.minor(), 26); // 290 × 10 / 110 = 26.3…
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Where a [guard](Self::guard) is set, the combination gives less where it would leave too little of the order; what
    /// is best is told without looking at that.
    ///
    /// # Errors
    /// When the basket is none that can be reckoned with; never because of a coupon, unless a guard must know what
    /// something costs and nobody said.
    pub fn quote(&self, basket: &Basket, candidates: &[Candidate<'_>]) -> Result<Quote, BasketError> {
        let prices = Prices::of(basket)?;
        let mut refusals = vec![None; candidates.len()];
        let offers = self.offers(&prices, candidates, &mut refusals);
        let mut sharing = Sharing::default();
        let found = combine::best(&offers, &prices.initial, self.combining, &mut sharing);

        let taken = |kept: Kept, sharing: &mut Sharing| {
            let mut bill = Bill::new(&prices, candidates);
            for (nth, offer) in found.taken[..kept.count].iter().enumerate() {
                let at_most = kept.last_at_most.filter(|_| nth + 1 == kept.count);
                bill.take(&offers[*offer], at_most, sharing);
            }
            bill
        };
        let kept = match self.guard {
            Some(guard) => guard.keep(found.taken.len(), basket, |kept| {
                taken(kept, &mut sharing).finish(found.search, self.tax_rounding)
            })?,
            None => Kept::first(found.taken.len()),
        };
        let mut bill = taken(kept, &mut sharing);
        let (kept, dropped) = found.taken.split_at(kept.count);
        self.refuse_the_rest(&offers, kept, &prices, &mut sharing, &mut refusals);
        for offer in dropped {
            refusals[offers[*offer].candidate] = Some(NotApplied::BelowMargin);
        }
        for (place, why) in refusals.into_iter().enumerate() {
            if let Some(why) = why {
                bill.refuse(place, why);
            }
        }
        bill.finish(found.search, self.tax_rounding)
    }

    /// The candidates that could be taken if there were no others, the one that takes most off first.
    fn offers<'c>(
        &self,
        prices: &Prices<'_>,
        candidates: &[Candidate<'c>],
        refusals: &mut [Option<NotApplied>],
    ) -> Vec<Offer<'c>> {
        let questions = Questions::new(self, prices);
        let mut offers: Vec<Offer<'c>> = Vec::with_capacity(candidates.len());
        for (place, candidate) in candidates.iter().enumerate() {
            match questions.ask(place, candidate) {
                Ok(offer) => offers.push(offer),
                Err(why) => refusals[place] = Some(why),
            }
        }
        let ends = |offer: &Offer<'_>| {
            let held = candidates[offer.candidate].held;
            (held.map_or(Timestamp::MAX, |held| held.valid_until), held.map(|held| &held.code), offer.candidate)
        };
        offers.sort_unstable_by(|one, another| {
            one.coupon.name.cmp(&another.coupon.name).then_with(|| ends(one).cmp(&ends(another)))
        });
        offers.dedup_by(|later, first| {
            let same = later.coupon.name == first.coupon.name;
            if same {
                refusals[later.candidate] = Some(NotApplied::SameCoupon);
            }
            same
        });
        // A stable sort: of those that take off the same the first by name stays the first.
        offers.sort_by_key(|offer| core::cmp::Reverse(offer.alone));
        for offer in offers.drain(MOST_OFFERS.min(offers.len())..) {
            refusals[offer.candidate] = Some(NotApplied::NotLookedAt { at_most: MOST_OFFERS as u64 });
        }
        offers
    }

    /// Why offers that could have been taken were not.
    fn refuse_the_rest(
        &self,
        offers: &[Offer<'_>],
        taken: &[usize],
        prices: &Prices<'_>,
        sharing: &mut Sharing,
        refusals: &mut [Option<NotApplied>],
    ) {
        let rest = offers.iter().enumerate().filter(|(place, _)| !taken.contains(place));
        for (_, offer) in rest {
            let with = &offer.coupon.stacking.with;
            let against = taken.iter().find(|other| !with.goes_beside(&offers[**other].coupon.stacking.with));
            let why = if let Some(other) = against {
                NotApplied::NotBeside { other: offers[*other].coupon.name.clone() }
            } else if taken.len() >= self.combining.at_most {
                NotApplied::TooMany { at_most: self.combining.at_most as u64 }
            } else {
                let mut left = prices.initial.clone();
                let before = taken.iter().map(|other| &offers[*other]).filter(|other| other.turn() < offer.turn());
                for earlier in before {
                    let off = earlier.gives(&left).expect("it was taken after the same ones");
                    earlier.take(off, &mut left, sharing);
                }
                if offer.gives(&left).is_none() { NotApplied::NothingLeft } else { NotApplied::Outdone }
            };
            refusals[offer.candidate] = Some(why);
        }
    }
}

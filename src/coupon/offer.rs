//! A coupon that qualifies, ready to be tried beside others.

use crate::model::{CouponName, Money, Rate};

use super::prices::Prices;
use super::share::{Sharing, divide, money, unsigned};
use super::{Base, Benefit, BuyGet, Coupon, Measure, NotApplied, Rounding, Tiers};

/// What one coupon of the candidates gives on this basket. Amounts are minor units.
pub(super) struct Offer<'a> {
    /// Its place among the candidates.
    pub(super) candidate: usize,
    pub(super) coupon: &'a Coupon,
    /// The benefit; of a tiered one the step that was reached.
    pub(super) benefit: &'a Benefit,
    /// The slots it takes from, or gives points for.
    pub(super) slots: Vec<u32>,
    kind: Kind,
    /// What it takes off when it goes alone: the most it ever does, since the others only lower what it is reckoned on,
    /// and no kind takes more off less.
    pub(super) alone: u64,
}

/// The usual points, in hundredths.
pub(super) const USUAL_POINTS: u32 = 100;

/// How an offer is reckoned.
enum Kind {
    /// So much, or what is left.
    Amount(u64),
    Rate {
        rate: Rate,
        most: u64,
        rounding: Rounding,
        /// The price before any coupon, if it is of that.
        initial: Option<u64>,
    },
    /// A share of some pieces, those of each slot in its order.
    Pieces { pieces: Vec<Pieces>, off: Rate, base: Base },
    /// Points, for goods of which something is left to pay.
    Points,
    /// Something beside the goods.
    Gift,
}

/// The pieces of a line that cost less.
struct Pieces {
    count: u64,
    of: u64,
    unit: u64,
}

/// What the friend's orders came to, asked of them when a coupon needs it.
pub(super) trait Orders {
    /// How many count.
    fn count(&self) -> u64;
    /// For how much, in minor units.
    fn spent(&self) -> u64;
}

impl<'a> Offer<'a> {
    /// What a coupon, whose terms are met, gives on these goods alone.
    pub(super) fn of(
        candidate: usize,
        coupon: &'a Coupon,
        prices: &Prices<'_>,
        orders: &impl Orders,
    ) -> Result<Self, NotApplied> {
        let mut slots = Vec::with_capacity(prices.initial.len());
        let mut subtotal = 0;
        for (slot, place) in prices.goods() {
            let line = &prices.basket.lines[place];
            if prices.initial[slot] > 0 && coupon.scope.covers(&line.sku, &line.categories) {
                slots.push(slot as u32);
                subtotal += prices.initial[slot];
            }
        }
        if subtotal == 0 {
            return Err(NotApplied::NoGoods);
        }
        let floor = unsigned(coupon.terms.floor);
        if subtotal < floor {
            return Err(NotApplied::BelowFloor { short: money(floor - subtotal) });
        }
        let benefit = reached(&coupon.benefit, subtotal, orders)?;
        let up_to = |most: Option<Money>| most.map_or(u64::MAX, unsigned);
        let kind = match benefit {
            Benefit::Amount(amount) => Kind::Amount(unsigned(*amount)),
            Benefit::Rate { rate, up_to: most, rounding } => {
                let initial = (coupon.stacking.base == Base::Initial).then_some(subtotal);
                Kind::Rate { rate: *rate, most: up_to(*most), rounding: *rounding, initial }
            }
            Benefit::FreeShipping { up_to: most } => {
                slots = vec![prices.shipping() as u32];
                Kind::Amount(up_to(*most))
            }
            Benefit::BuyGet(offer) => {
                let (cheapest, pieces) = cheapest(offer, &slots, prices)?;
                slots = cheapest;
                Kind::Pieces { pieces, off: offer.off, base: coupon.stacking.base }
            }
            Benefit::Points { hundredths } if *hundredths > USUAL_POINTS => Kind::Points,
            Benefit::Gift { .. } => Kind::Gift,
            Benefit::Points { .. } | Benefit::Tiered(_) => return Err(NotApplied::Nothing),
        };
        let mut offer = Self { candidate, coupon, benefit, slots, kind, alone: 0 };
        offer.alone = offer.gives(&prices.initial).ok_or(NotApplied::Nothing)?;
        Ok(offer)
    }

    /// When it is taken: before those of a higher turn.
    pub(super) const fn turn(&self) -> (i32, &'a CouponName) {
        (self.coupon.stacking.order, &self.coupon.name)
    }

    /// What it takes off where so much is left of the slots; `None` when it gives nothing at all.
    pub(super) fn gives(&self, left: &[u64]) -> Option<u64> {
        let sum = self.sum(left);
        let off = match &self.kind {
            Kind::Gift => return Some(0),
            Kind::Points => return (sum > 0).then_some(0),
            Kind::Amount(amount) => sum.min(*amount),
            Kind::Rate { rate, most, rounding, initial } => {
                share(initial.unwrap_or(sum), *rate, *rounding).min(*most).min(sum)
            }
            Kind::Pieces { off, .. } => share(sum, *off, Rounding::Down),
        };
        (off > 0).then_some(off)
    }

    /// Takes off what [`gives`](Self::gives) said, and tells what each slot gave.
    pub(super) fn take(&self, off: u64, left: &mut [u64], sharing: &mut Sharing) {
        if off == 0 {
            return;
        }
        for (slot, share) in sharing.share(off, self.sum(left), self.weights(left)) {
            left[*slot as usize] -= share;
        }
    }

    fn sum(&self, left: &[u64]) -> u64 {
        match &self.kind {
            Kind::Pieces { .. } => self.weights(left).map(|(_, weight)| weight).sum(),
            _ => self.slots.iter().map(|slot| left[*slot as usize]).sum(),
        }
    }

    /// What counts of each slot for it: what is left, or what is left of some pieces.
    fn weights<'b>(&'b self, left: &'b [u64]) -> impl Iterator<Item = (u32, u64)> + 'b {
        let weight = move |(nth, slot): (usize, &u32)| {
            let left = left[*slot as usize];
            let weight = match &self.kind {
                Kind::Pieces { pieces, base: Base::Running, .. } => {
                    divide(left, pieces[nth].count, pieces[nth].of, Rounding::Down)
                }
                Kind::Pieces { pieces, base: Base::Initial, .. } => left.min(pieces[nth].count * pieces[nth].unit),
                _ => left,
            };
            (*slot, weight)
        };
        self.slots.iter().enumerate().map(weight)
    }
}

/// The benefit that counts: of a tiered one the last step that was reached.
fn reached<'a>(benefit: &'a Benefit, subtotal: u64, orders: &impl Orders) -> Result<&'a Benefit, NotApplied> {
    let Benefit::Tiered(Tiers { by, steps }) = benefit else { return Ok(benefit) };
    let level = match by {
        Measure::Subtotal => subtotal,
        Measure::Orders => orders.count(),
        Measure::Spent => orders.spent(),
    };
    match steps.iter().rev().find(|(from, _)| *from <= level) {
        Some((_, benefit)) => Ok(benefit),
        None => Err(steps.first().map_or(NotApplied::Nothing, |(first, _)| {
            let short = first - level;
            match by {
                Measure::Subtotal => NotApplied::BelowFloor { short: money(short) },
                Measure::Orders => NotApplied::FewOrders { short },
                Measure::Spent => NotApplied::LittleSpent { short: money(short) },
            }
        })),
    }
}

/// The pieces that cost less, by slot: as many as belong to full sets, the cheapest of the goods; of the same price those
/// of the earlier line.
fn cheapest(offer: &BuyGet, slots: &[u32], prices: &Prices<'_>) -> Result<(Vec<u32>, Vec<Pieces>), NotApplied> {
    let line = |slot: u32| &prices.basket.lines[prices.place(slot as usize)];
    let there: u64 = slots.iter().map(|slot| u64::from(line(*slot).quantity)).sum();
    let set = u64::from(offer.buy.get()) + u64::from(offer.get.get());
    let sets = (there / set).min(offer.at_most.map_or(u64::MAX, |most| most.get().into()));
    if sets == 0 {
        return Err(NotApplied::FewPieces { short: set - there });
    }
    let mut slots = slots.to_vec();
    slots.sort_by_key(|slot| line(*slot).unit_price);
    let mut wanted = sets * u64::from(offer.get.get());
    let mut found = Vec::new();
    for slot in slots {
        let of = u64::from(line(slot).quantity);
        let count = of.min(wanted);
        wanted -= count;
        if count > 0 {
            found.push((slot, Pieces { count, of, unit: unsigned(line(slot).unit_price) }));
        }
    }
    found.sort_by_key(|(slot, _)| *slot);
    Ok(found.into_iter().unzip())
}

fn share(of: u64, rate: Rate, rounding: Rounding) -> u64 {
    divide(of, rate.ppm().into(), Rate::ONE.ppm().into(), rounding)
}

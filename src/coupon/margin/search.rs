//! Looks for a real basket that a combination brings below the floor.

use crate::coupon::{
    Basket, BasketLine, Benefit, Candidate, Charge, Checkout, Codes, Combining, Coupon, Measure, Quote, Tax, Tiers,
};
use crate::model::{CouponName, Friend, FriendId, FriendKey, Rate, Span, Timestamp, Zone};

use super::account::{ExactAccount, Fine};
use super::bound::{Doubt, Part};
use super::classes::{Class, Priced};
use super::ratio::Ratio;
use super::{CostError, Costs};

/// Where to look, and with what.
pub(super) struct Ground<'a> {
    pub(super) classes: &'a [Class<'a>],
    pub(super) given_away: Option<Priced<'a>>,
    pub(super) costs: &'a Costs,
    pub(super) combining: Combining,
    /// An order without goods that meets what the coupons ask of it.
    pub(super) order: &'a Basket,
}

/// A real basket.
#[derive(Clone)]
pub(super) struct Seen {
    /// What is left over the floor.
    pub(super) over: Fine,
    pub(super) basket: Basket,
    pub(super) quote: Quote,
}

/// So many baskets are reckoned for one doubt.
const MOST_BASKETS: usize = 400;

/// The basket with the least left over the floor among those that were looked at: from where the bound is least, from each
/// of the goods alone, and from there by a piece more, a piece less, or a piece of another, as long as it gets worse.
/// Where it can get worse without end, the first below the floor. No more baskets than are `left`.
///
/// # Errors
/// When what something costs is not known.
pub(super) fn worst(doubt: &Doubt<'_>, ground: &Ground<'_>, left: &mut usize) -> Result<Option<Seen>, CostError> {
    let coupons: Vec<Coupon> = doubt.parts.iter().map(for_anybody).collect();
    let names: Vec<CouponName> = coupons.iter().map(|coupon| coupon.name.clone()).collect();
    let mut pool: Vec<Priced<'_>> = Vec::new();
    let all = ground.classes.iter().flat_map(|class| [class.worst, class.cheapest, class.dearest]);
    for priced in all.chain(ground.given_away) {
        if !pool.iter().any(|other| core::ptr::eq(other.product, priced.product)) {
            pool.push(priced);
        }
    }
    pool.sort_by(|one, another| (&one.product.sku, one.price).cmp(&(&another.product.sku, another.price)));
    let endless = doubt.least.is_none();
    let most = MOST_BASKETS.min(*left);
    let mut search = Search { doubt, ground, coupons, names, pool, endless, left: most, worst: None };
    let starts = search.starts();
    if endless {
        // It gets worse with every piece, so that climbing would take all there is to look at.
        for start in &starts {
            if search.left == 0 || search.found_enough() {
                break;
            }
            search.look(start)?;
        }
    }
    for start in starts {
        if search.left == 0 || search.found_enough() {
            break;
        }
        search.climb(start)?;
    }
    *left -= most - search.left;
    Ok(search.worst)
}

struct Search<'a> {
    doubt: &'a Doubt<'a>,
    ground: &'a Ground<'a>,
    coupons: Vec<Coupon>,
    names: Vec<CouponName>,
    /// The goods the baskets are made of.
    pool: Vec<Priced<'a>>,
    endless: bool,
    left: usize,
    worst: Option<Seen>,
}

/// How many of each of the pool.
type Pieces = Vec<u32>;

impl Search<'_> {
    fn starts(&self) -> Vec<Pieces> {
        let nothing = vec![0; self.pool.len()];
        let mut least = nothing.clone();
        for (class, amount) in self.ground.classes.iter().zip(&self.doubt.at) {
            if let Some(place) = self.pool.iter().position(|it| core::ptr::eq(it.product, class.worst.product)) {
                least[place] = up(amount, class.worst.price);
            }
        }
        let alone = (0..self.pool.len()).map(|place| {
            let mut pieces = nothing.clone();
            pieces[place] = 1;
            pieces
        });
        let mut starts: Vec<Pieces> = core::iter::once(least).chain(alone).collect();
        if self.endless {
            let times = |times: u32| move |pieces: &Pieces| pieces.iter().map(|it| it.saturating_mul(times)).collect();
            let more: Vec<Pieces> = starts.iter().map(times(10)).chain(starts.iter().map(times(1000))).collect();
            starts.extend(more);
        }
        starts.into_iter().map(|pieces| self.fill(pieces)).collect()
    }

    /// With as much of the cheapest as every coupon still asks for.
    fn fill(&self, mut pieces: Pieces) -> Pieces {
        for part in &self.doubt.parts {
            let covered: Vec<usize> = (0..self.pool.len())
                .filter(|place| {
                    let product = self.pool[*place].product;
                    self.pool[*place].price > 0 && part.coupon.scope.covers(&product.sku, &product.categories)
                })
                .collect();
            let Some(cheapest) = covered.iter().copied().min_by_key(|place| self.pool[*place].price) else { continue };
            let sum = |sum: u64, place: &usize| sum.saturating_add(self.pool[*place].price * u64::from(pieces[*place]));
            let missing = part.from.saturating_sub(covered.iter().fold(0, sum));
            let more = missing.div_ceil(self.pool[cheapest].price);
            pieces[cheapest] = pieces[cheapest].saturating_add(u32::try_from(more).unwrap_or(u32::MAX));
            if let Benefit::BuyGet(offer) = part.benefit {
                let there: u64 = covered.iter().map(|place| u64::from(pieces[*place])).sum();
                let set = u64::from(offer.buy.get()) + u64::from(offer.get.get());
                let more = u32::try_from(set.saturating_sub(there)).unwrap_or(u32::MAX);
                pieces[cheapest] = pieces[cheapest].saturating_add(more);
            }
        }
        pieces
    }

    fn climb(&mut self, mut here: Pieces) -> Result<(), CostError> {
        let mut over = self.look(&here)?;
        loop {
            let mut worse: Option<(Fine, Pieces)> = None;
            for next in neighbours(&here) {
                if self.left == 0 || self.found_enough() {
                    return Ok(());
                }
                let next_over = self.look(&next)?;
                if next_over < worse.as_ref().map_or(over, |(worse, _)| *worse) {
                    worse = Some((next_over, next));
                }
            }
            match worse {
                Some(worse) => (over, here) = worse,
                None => return Ok(()),
            }
        }
    }

    /// What is left over the floor; all there is when the combination is not taken on it.
    fn look(&mut self, pieces: &Pieces) -> Result<Fine, CostError> {
        self.left = self.left.saturating_sub(1);
        let not_taken = Fine(i128::MAX);
        let basket = self.basket(pieces);
        let anybody = Friend::new(FriendId(0), FriendKey::new("anybody").expect("a word is a key"));
        let mut checkout = Checkout::new(&anybody, Timestamp::EPOCH, &Zone::TOKYO);
        checkout.combining = self.ground.combining;
        let candidates: Vec<Candidate<'_>> = self.coupons.iter().map(Candidate::shared).collect();
        let Ok(quote) = checkout.quote(&basket, &candidates) else { return Ok(not_taken) };
        if !quote.taken.iter().map(|taken| &taken.coupon).eq(&self.names) {
            return Ok(not_taken);
        }
        let costs = self.ground.costs;
        let over = ExactAccount::of(costs, &basket, &quote)?.over_floor(costs.floor);
        if self.worst.as_ref().is_none_or(|worst| over < worst.over) {
            self.worst = Some(Seen { over, basket, quote });
        }
        Ok(over)
    }

    fn basket(&self, pieces: &Pieces) -> Basket {
        let tax = Tax::included(Rate::from_ppm(0).expect("nothing is less than the whole"));
        let mut basket = self.ground.order.clone();
        for (priced, quantity) in self.pool.iter().zip(pieces).filter(|(_, quantity)| **quantity > 0) {
            let product = priced.product;
            basket.lines.push(BasketLine {
                id: format!("{:04}", basket.lines.len() + 1).into(),
                sku: product.sku.clone(),
                categories: product.categories.clone(),
                unit_price: product.price,
                quantity: *quantity,
                tax,
            });
        }
        let ships = self.doubt.parts.iter().any(|part| matches!(part.benefit, Benefit::FreeShipping { .. }));
        let price = self.ground.costs.shipping.filter(|_| ships);
        basket.shipping = price.map(|price| Charge { price, tax });
        basket
    }

    /// Where there is no worst, one below the floor will do.
    fn found_enough(&self) -> bool {
        self.endless && self.worst.as_ref().is_some_and(|worst| worst.over.is_negative())
    }
}

/// The coupon as somebody meets it of whom and of whose order all holds that it asks for.
fn for_anybody(part: &Part<'_>) -> Coupon {
    let coupon = part.coupon;
    let benefit = match &coupon.benefit {
        Benefit::Tiered(Tiers { by: Measure::Orders | Measure::Spent, .. }) => part.benefit,
        benefit => benefit,
    };
    let mut freed = Coupon::new(coupon.name.clone(), benefit.clone(), Span::days(1));
    freed.codes = Codes::Shared("ANYBODY".parse().expect("seven letters are a code"));
    freed.scope = coupon.scope.clone();
    freed.terms.floor = coupon.terms.floor;
    freed.stacking = coupon.stacking.clone();
    freed
}

/// A piece more, a piece less, and a piece of another instead.
fn neighbours(pieces: &Pieces) -> Vec<Pieces> {
    let mut all = Vec::new();
    let with = |place: usize, quantity: Option<u32>| {
        let mut next = pieces.clone();
        next[place] = quantity?;
        Some(next)
    };
    for (place, quantity) in pieces.iter().enumerate() {
        all.extend(with(place, quantity.checked_sub(1)));
        all.extend(with(place, quantity.checked_add(1)));
    }
    for (from, quantity) in pieces.iter().enumerate() {
        for to in (0..pieces.len()).filter(|to| *to != from) {
            let less = with(from, quantity.checked_sub(1));
            all.extend(less.and_then(|mut less| {
                less[to] = less[to].checked_add(1)?;
                Some(less)
            }));
        }
    }
    all
}

fn up(amount: &Ratio, price: u64) -> u32 {
    let pieces = Ratio::new(1, price.into()).and_then(|one| amount.times(one)).map_or(0, Ratio::ceil);
    u32::try_from(pieces).unwrap_or(0)
}

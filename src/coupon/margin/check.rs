//! Can coupons bring an order below the floor?

use crate::coupon::{Basket, Combining, Coupon};
use crate::model::{CouponName, Money};

use super::account::Fine;
use super::bound;
use super::classes::Goods;
use super::search::{self, Ground, Seen};
use super::{Account, CostError, Costs, Product, combinations};

/// What was found out about all combinations.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Checked {
    /// The worst of all combinations.
    pub verdict: Verdict,
    /// Those that were looked at, by the order and the names of their coupons.
    pub combinations: Vec<Combination>,
    /// The place of the worst of them; none when all are proved.
    pub worst: Option<usize>,
    /// How many were proved never to bring an order below the floor.
    pub proved: u64,
    /// Is there no other combination? There are so many coupons that not all were looked at, when there is.
    pub complete: bool,
    /// Goods of which a single piece, without any coupon, is below the floor already. An order of them alone is too,
    /// whatever the coupons.
    pub below_alone: Vec<Box<str>>,
}

/// What was found out about one combination.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Combination {
    /// Its coupons, in the order in which they are taken.
    pub coupons: Vec<CouponName>,
    /// Can an order with them be below the floor?
    pub verdict: Verdict,
}

/// Can an order be below the floor?
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// No order is, whatever is in it.
    Proved,
    /// This one is.
    Loses(Found),
    /// It was neither proved nor found.
    Open {
        /// The coupons of which it is not known; none when there are more combinations than are looked at.
        combination: Vec<CouponName>,
        /// No order has less left over the floor than this; `None` where no such bound was found.
        bound: Option<Money>,
        /// The worst order that was found, which is not below the floor.
        worst: Option<Found>,
    },
}

/// A real order, as the [`Checkout`](crate::coupon::Checkout) reckons it for a friend who has these coupons and meets what
/// they ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Found {
    /// The order. Prices stand in it as those of the products do; taxes are left out.
    pub basket: Basket,
    /// The coupons that are taken, in the order in which they are.
    pub combination: Vec<CouponName>,
    /// What is left of it.
    pub account: Account,
}

/// Of so many ways in which one combination may go wrong a basket is looked for.
const MOST_DOUBTS: usize = 8;

/// What is still spent on looking, all combinations together.
#[derive(Clone, Copy)]
pub(super) struct Patience {
    /// So many bounds are reckoned.
    pub(super) bounds: usize,
    /// So many baskets are.
    pub(super) baskets: usize,
}

/// A quarter of a minute or so where nothing is proved and every combination is looked at.
const PATIENCE: Patience = Patience { bounds: 1 << 16, baskets: 1_000_000 };

/// Can any combination of these coupons, on any basket of these products, leave less than the floor?
///
/// All combinations are looked at that stacking and [`Combining::at_most`] allow, and whose terms one order can meet.
/// For each, first a bound is sought which no basket is below, whatever and however much is in it; it takes account of
/// every benefit, floor, step, rounding and base. Where that does not prove the combination, baskets are put together and
/// reckoned by the real checkout, and the worst is shown. What neither shows is open; nothing is ever called proved that
/// is not.
///
/// It is supposed that friends meet what coupons ask of them, that shipping is charged at what it costs, and that
/// nothing beside these coupons lowers the price. Where coupons leave too little all the same, a
/// [`Guard`](super::Guard) at the checkout keeps orders above the floor.
///
/// The same for the same input, in any order. 16,384 combinations are looked at, and of each no more than 8 times 400
/// baskets; of all together 65,536 bounds and a million baskets: beyond, it is open. Linear in the products, for each
/// coupon.
///
/// ```
/// use enishi::coupon::margin::{Costs, Product, Verdict, check};
/// use enishi::coupon::{Benefit, Combining, Coupon};
/// use enishi::model::{CouponName, Money, Span};
///
/// let yen = Money::from_minor;
/// let soap = Product { sku: "SOAP-1".into(), categories: Vec::new(), price: yen(1000) };
/// let costs = Costs::default().with_skus([("SOAP-1", yen(600))]);
/// let mut coupon = Coupon::new(CouponName::new("thanks")?, Benefit::Amount(yen(500)), Span::days(14));
///
/// let checked = check([&coupon], Combining::default(), &[soap.clone()], &costs)?;
/// let Verdict::Loses(found) = checked.verdict else { panic!("one piece of soap") };
/// assert_eq!((found.account.paid, found.account.cost), (yen(500), yen(600)));
///
/// coupon.terms.floor = yen(1500); // of 1,500 or more at least 600 are left, of which the coupon takes 500
/// let checked = check([&coupon], Combining::default(), &[soap], &costs)?;
/// assert_eq!(checked.verdict, Verdict::Proved);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When what something costs is not known, or less than nothing.
pub fn check<'a>(
    coupons: impl IntoIterator<Item = &'a Coupon>,
    combining: Combining,
    products: &[Product],
    costs: &Costs,
) -> Result<Checked, CostError> {
    check_with(coupons, combining, products, costs, PATIENCE)
}

fn check_with<'a>(
    coupons: impl IntoIterator<Item = &'a Coupon>,
    combining: Combining,
    products: &[Product],
    costs: &Costs,
    patience: Patience,
) -> Result<Checked, CostError> {
    let mut coupons: Vec<&Coupon> = coupons.into_iter().collect();
    coupons.sort_by_key(|coupon| (coupon.stacking.order, &coupon.name));
    coupons.dedup_by_key(|coupon| &coupon.name);
    let goods = Goods::of(products, &coupons, costs)?;
    let mut tally =
        Tally { costs, combining, goods: &goods, patience, combinations: Vec::new(), proved: 0, worst: None };
    let mut failed = None;
    let complete = combinations::each(&coupons, combining, |places, order| {
        if failed.is_none() {
            failed = tally.look(&coupons, places, &order).err();
        }
    });
    if let Some(error) = failed {
        return Err(error);
    }
    let Tally { combinations, proved, worst, .. } = tally;
    let verdict = match worst {
        // What nobody looked at may be as bad as can be.
        None if complete => Verdict::Proved,
        Some((rank, place)) if complete || rank <= Rank::Open(None) => combinations[place].verdict.clone(),
        _ => Verdict::Open { combination: Vec::new(), bound: None, worst: None },
    };
    let worst = worst.map(|(_, place)| place);
    Ok(Checked { verdict, combinations, worst, proved, complete, below_alone: goods.below_alone })
}

struct Tally<'a> {
    costs: &'a Costs,
    combining: Combining,
    goods: &'a Goods<'a>,
    patience: Patience,
    combinations: Vec<Combination>,
    proved: u64,
    /// The place of the worst; of two that are as bad of the first.
    worst: Option<(Rank, usize)>,
}

/// How bad it is; the worse is the lower.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// So much is left over the floor of an order that was found.
    Loses(Fine),
    /// No order has less left over it than this.
    Open(Option<Fine>),
}

impl Tally<'_> {
    fn look(&mut self, coupons: &[&Coupon], places: &[usize], order: &Basket) -> Result<(), CostError> {
        let together: Vec<&Coupon> = places.iter().map(|place| coupons[*place]).collect();
        let names: Vec<CouponName> = together.iter().map(|coupon| coupon.name.clone()).collect();
        let classes = self.goods.seen_by(places);
        let given_away = self.goods.given_away.is_some();
        let mut doubts = bound::doubts(&together, &classes, self.costs, given_away, &mut self.patience.bounds)?;
        if doubts.is_empty() {
            self.proved += 1;
            self.combinations.push(Combination { coupons: names, verdict: Verdict::Proved });
            return Ok(());
        }
        // No bound is below any.
        doubts.sort_by_key(|doubt| doubt.least);
        let (combining, costs, given_away) = (self.combining, self.costs, self.goods.given_away);
        let ground = Ground { classes: &classes, given_away, costs, combining, order };
        let mut worst: Option<Seen> = None;
        for doubt in doubts.iter().take(MOST_DOUBTS) {
            let seen = search::worst(doubt, &ground, &mut self.patience.baskets)?;
            if let Some(seen) = seen.filter(|seen| worst.as_ref().is_none_or(|worst| seen.over < worst.over)) {
                worst = Some(seen);
            }
        }
        let bound = doubts[0].least;
        let lost = worst.as_ref().map(|seen| seen.over).filter(|over| over.is_negative());
        let found = worst.map(|seen| self.found(seen)).transpose()?;
        let (rank, verdict) = match (lost, found) {
            (Some(over), Some(found)) => (Rank::Loses(over), Verdict::Loses(found)),
            (_, worst) => {
                let open = Verdict::Open { combination: names.clone(), bound: bound.map(Fine::floor), worst };
                (Rank::Open(bound), open)
            }
        };
        if self.worst.is_none_or(|(worst, _)| rank < worst) {
            self.worst = Some((rank, self.combinations.len()));
        }
        self.combinations.push(Combination { coupons: names, verdict });
        Ok(())
    }

    fn found(&self, seen: Seen) -> Result<Found, CostError> {
        let account = self.costs.account(&seen.basket, &seen.quote)?;
        let combination = seen.quote.taken.into_iter().map(|taken| taken.coupon).collect();
        Ok(Found { basket: seen.basket, combination, account })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coupon::{Benefit, With};
    use crate::model::Span;

    fn yen(amount: i64) -> Money {
        Money::from_minor(amount)
    }

    #[test]
    fn when_patience_ends_what_is_left_is_open_and_never_called_proved() {
        let coupons: Vec<Coupon> = (0..4)
            .map(|nth| {
                let name = CouponName::new(&format!("c{nth}")).unwrap();
                let mut coupon = Coupon::new(name, Benefit::Amount(yen(150)), Span::days(14));
                coupon.stacking.with = With::All;
                coupon
            })
            .collect();
        let soap = Product { sku: "SOAP-1".into(), categories: Vec::new(), price: yen(1000) };
        let costs = Costs::default().with_skus([("SOAP-1", yen(600))]);
        let count = |bounds, baskets| {
            let products = core::slice::from_ref(&soap);
            let checked =
                check_with(&coupons, Combining::default(), products, &costs, Patience { bounds, baskets }).unwrap();
            let is_lost = |it: &&Combination| matches!(it.verdict, Verdict::Loses(_));
            let lost = checked.combinations.iter().filter(is_lost).count();
            (checked.combinations.len(), checked.proved, lost)
        };
        // One and two are safe, three take 450 of the 400 there are.
        assert_eq!(count(1000, 1000), (14, 10, 4));
        assert_eq!(count(1000, 0), (14, 10, 0));
        assert_eq!(count(0, 10_000), (14, 0, 4));
        assert_eq!(count(0, 0), (14, 0, 0));
        assert_eq!(count(2, 1000).1, 2);
    }
}

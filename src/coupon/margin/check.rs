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
    /// How many were looked at.
    pub combinations: u64,
    /// Of these, how many were proved never to bring an order below the floor.
    pub proved: u64,
    /// Goods of which a single piece, without any coupon, is below the floor already. An order of them alone is too,
    /// whatever the coupons.
    pub below_alone: Vec<Box<str>>,
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
/// baskets: beyond, it is open. Linear in the products, for each coupon.
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
    let mut coupons: Vec<&Coupon> = coupons.into_iter().collect();
    coupons.sort_by_key(|coupon| (coupon.stacking.order, &coupon.name));
    coupons.dedup_by_key(|coupon| &coupon.name);
    let goods = Goods::of(products, &coupons, costs)?;
    let mut tally = Tally { costs, combining, goods: &goods, worst: Worst::Proved, combinations: 0, proved: 0 };
    let mut failed = None;
    let all = combinations::each(&coupons, combining, |places, order| {
        if failed.is_none() {
            failed = tally.look(&coupons, places, &order).err();
        }
    });
    if let Some(error) = failed {
        return Err(error);
    }
    if !all {
        tally.add(Worst::Open { combination: Vec::new(), bound: None, seen: None });
    }
    let (combinations, proved) = (tally.combinations, tally.proved);
    Ok(Checked { verdict: tally.worst.verdict(costs)?, combinations, proved, below_alone: goods.below_alone })
}

struct Tally<'a> {
    costs: &'a Costs,
    combining: Combining,
    goods: &'a Goods<'a>,
    worst: Worst,
    combinations: u64,
    proved: u64,
}

/// The verdict as far as it goes.
enum Worst {
    Proved,
    Open { combination: Vec<CouponName>, bound: Option<Fine>, seen: Option<Seen> },
    Loses(Seen),
}

impl Tally<'_> {
    fn look(&mut self, coupons: &[&Coupon], places: &[usize], order: &Basket) -> Result<(), CostError> {
        let together: Vec<&Coupon> = places.iter().map(|place| coupons[*place]).collect();
        let classes = self.goods.seen_by(places);
        let mut doubts = bound::doubts(&together, &classes, self.costs, self.goods.given_away.is_some())?;
        self.combinations += 1;
        if doubts.is_empty() {
            self.proved += 1;
            return Ok(());
        }
        // No bound is below any.
        doubts.sort_by_key(|doubt| doubt.least);
        let (combining, costs, given_away) = (self.combining, self.costs, self.goods.given_away);
        let ground = Ground { classes: &classes, given_away, costs, combining, order };
        let mut worst: Option<Seen> = None;
        for doubt in doubts.iter().take(MOST_DOUBTS) {
            let seen = search::worst(doubt, &ground)?;
            if let Some(seen) = seen.filter(|seen| worst.as_ref().is_none_or(|worst| seen.over < worst.over)) {
                worst = Some(seen);
            }
        }
        self.add(match worst {
            Some(seen) if seen.over.is_negative() => Worst::Loses(seen),
            seen => {
                let combination = together.iter().map(|coupon| coupon.name.clone()).collect();
                Worst::Open { combination, bound: doubts[0].least, seen }
            }
        });
        Ok(())
    }

    /// Keeps the worse; of two that are as bad the first.
    fn add(&mut self, other: Worst) {
        let is_worse = match (&self.worst, &other) {
            (_, Worst::Proved) => false,
            (Worst::Proved, _) => true,
            (Worst::Open { bound, .. }, Worst::Open { bound: other, .. }) => other < bound,
            (Worst::Open { .. }, Worst::Loses(_)) => true,
            (Worst::Loses(_), Worst::Open { .. }) => false,
            (Worst::Loses(seen), Worst::Loses(other)) => other.over < seen.over,
        };
        if is_worse {
            self.worst = other;
        }
    }
}

impl Worst {
    fn verdict(self, costs: &Costs) -> Result<Verdict, CostError> {
        let found = |seen: Seen| -> Result<Found, CostError> {
            let account = costs.account(&seen.basket, &seen.quote)?;
            let combination = seen.quote.taken.into_iter().map(|taken| taken.coupon).collect();
            Ok(Found { basket: seen.basket, combination, account })
        };
        Ok(match self {
            Self::Proved => Verdict::Proved,
            Self::Loses(seen) => Verdict::Loses(found(seen)?),
            Self::Open { combination, bound, seen } => {
                let worst = seen.map(found).transpose()?;
                Verdict::Open { combination, bound: bound.map(Fine::floor), worst }
            }
        })
    }
}

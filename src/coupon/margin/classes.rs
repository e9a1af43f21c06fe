//! The goods of a shop by which coupons look at them.

use std::collections::BTreeMap;

use crate::coupon::Coupon;
use crate::coupon::share::unsigned;

use super::account::Fine;
use super::{CostError, Costs, Product};

/// Goods with what a piece of them costs.
#[derive(Clone, Copy)]
pub(super) struct Priced<'a> {
    pub(super) product: &'a Product,
    /// The price of a piece.
    pub(super) price: u64,
    pub(super) cost: Fine,
}

/// Goods that the same coupons look at. A basket of them costs no more than one of the `worst` with the same subtotal.
#[derive(Clone)]
pub(super) struct Class<'a> {
    /// Of each coupon, whether it looks at them.
    pub(super) covered: Vec<bool>,
    /// Those that cost most for what is paid for them.
    pub(super) worst: Priced<'a>,
    pub(super) cheapest: Priced<'a>,
    pub(super) dearest: Priced<'a>,
}

/// All goods of the shop.
pub(super) struct Goods<'a> {
    pub(super) classes: Vec<Class<'a>>,
    /// Goods that cost the shop something and nobody anything: whatever is ordered, any number of them makes it a loss.
    pub(super) given_away: Option<Priced<'a>>,
    /// Goods of which a piece alone, without coupons, is below the floor.
    pub(super) below_alone: Vec<Box<str>>,
}

impl<'a> Goods<'a> {
    pub(super) fn of(products: &'a [Product], coupons: &[&Coupon], costs: &Costs) -> Result<Self, CostError> {
        let mut sorted: Vec<&Product> = products.iter().collect();
        sorted.sort_by(|one, another| (&one.sku, one.price).cmp(&(&another.sku, another.price)));
        let mut classes: BTreeMap<Vec<bool>, Class<'a>> = BTreeMap::new();
        let (mut given_away, mut below_alone) = (None, Vec::new());
        for product in sorted {
            if product.price.is_negative() {
                return Err(CostError::Negative { sku: product.sku.clone() });
            }
            let cost = costs.of_product(product)?;
            let price = unsigned(product.price);
            let left = i128::from(price).saturating_mul(costs.kept_of_each(100));
            if Fine(left).minus(cost).is_negative() {
                below_alone.push(product.sku.clone());
            }
            if price == 0 {
                if cost > Fine::ZERO {
                    given_away.get_or_insert(Priced { product, price, cost });
                }
                continue;
            }
            let priced = Priced { product, price, cost };
            let covered: Vec<bool> =
                coupons.iter().map(|coupon| coupon.scope.covers(&product.sku, &product.categories)).collect();
            match classes.get_mut(&covered) {
                Some(class) => class.join(priced, priced, priced),
                None => {
                    let class = Class { covered: covered.clone(), worst: priced, cheapest: priced, dearest: priced };
                    classes.insert(covered, class);
                }
            }
        }
        below_alone.dedup();
        Ok(Self { classes: classes.into_values().collect(), given_away, below_alone })
    }

    /// The classes as far as these coupons tell them apart, each by its place among them.
    pub(super) fn seen_by(&self, coupons: &[usize]) -> Vec<Class<'a>> {
        let mut seen: BTreeMap<Vec<bool>, Class<'a>> = BTreeMap::new();
        for class in &self.classes {
            let covered: Vec<bool> = coupons.iter().map(|coupon| class.covered[*coupon]).collect();
            match seen.get_mut(&covered) {
                Some(same) => same.join(class.worst, class.cheapest, class.dearest),
                None => {
                    seen.insert(covered.clone(), Class { covered, ..class.clone() });
                }
            }
        }
        seen.into_values().collect()
    }
}

impl<'a> Class<'a> {
    fn join(&mut self, worst: Priced<'a>, cheapest: Priced<'a>, dearest: Priced<'a>) {
        if worst.costs_more_than(&self.worst) {
            self.worst = worst;
        }
        if cheapest.price < self.cheapest.price {
            self.cheapest = cheapest;
        }
        if dearest.price > self.dearest.price {
            self.dearest = dearest;
        }
    }
}

impl Priced<'_> {
    /// For what is paid.
    fn costs_more_than(&self, other: &Self) -> bool {
        self.cost.times(other.price) > other.cost.times(self.price)
    }
}

impl Costs {
    /// What is left of each minor unit that is paid, in parts of it, when the floor and points of so many hundredths are
    /// taken off.
    pub(super) fn kept_of_each(&self, points: u32) -> i128 {
        Fine::PARTS - i128::from(self.floor.ppm()) * 100 - i128::from(self.points_worth.ppm()) * i128::from(points)
    }
}

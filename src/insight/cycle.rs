//! How long the shop's goods last with those who buy them: what cycles are recommended by (S9).

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Date, OrderHistory};
use crate::rfm::{AsOf, Cycles};

/// The median days from one purchase to the next, of all orders, of each product and of each category.
///
/// Every gap of every customer counts the same. Gaps that are still open are not among them, so cycles of
/// new products come out short at first: recommend only what many gaps say.
///
/// ```
/// use enishi::insight::CycleMedians;
/// use enishi::model::{OrderHistory, Timestamp, Zone};
/// use enishi::rfm::{AsOf, Cycles};
/// let friends: Vec<OrderHistory> = Vec::new();
/// let medians = CycleMedians::of(&friends, &AsOf::new(Timestamp::EPOCH, Zone::TOKYO));
/// let recommended = medians.recommended(&Cycles::default(), 30);
/// assert_eq!(recommended.playbook_lines(), "\
/// default = \"30d\"
/// at_least = \"7d\"
/// at_most = \"180d\"
/// own_from = 3
/// ");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CycleMedians {
    /// Of all orders, whatever was bought; none without a second purchase.
    pub anything: Option<CycleMedian>,
    /// Of each product that somebody bought again.
    pub products: BTreeMap<Box<str>, CycleMedian>,
    /// Of each category.
    pub categories: BTreeMap<Box<str>, CycleMedian>,
}

/// A median of gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "a number and the size of the sample")]
pub struct CycleMedian {
    /// Days, of two middle gaps the mean, half a day rounded up.
    pub days: u32,
    /// Of how many gaps.
    pub gaps: u64,
}

impl CycleMedians {
    /// Counts the gaps between these customers' orders placed by the instant `as_of`.
    ///
    /// Linear in the lines of the orders, times the logarithm of how many different goods there are.
    pub fn of<'o>(customers: impl IntoIterator<Item = &'o OrderHistory>, as_of: &AsOf) -> Self {
        let mut counts: BTreeMap<Of<'o>, Count> = BTreeMap::new();
        for orders in customers {
            for (of, days) in days(orders, as_of) {
                let gaps = days.iter().zip(days.iter().skip(1)).map(|(day, next)| (*next - *day).num_days());
                for gap in gaps.filter_map(|days| u32::try_from(days).ok()) {
                    counts.entry(of).or_default().add(gap);
                }
            }
        }
        let mut medians = Self::default();
        for (of, count) in counts {
            let Some(median) = count.median() else { continue };
            match of {
                Of::Anything => medians.anything = Some(median),
                Of::Product(sku) => drop(medians.products.insert(sku.into(), median)),
                Of::Category(name) => drop(medians.categories.insert(name.into(), median)),
            }
        }
        medians
    }

    /// The rules with these medians in place of what was given, each where so many gaps or more are known,
    /// held within the rules' bounds.
    #[must_use]
    pub fn recommended(&self, rules: &Cycles, least_gaps: u64) -> Cycles {
        let bounds = rules.bounds();
        let held = |median: &CycleMedian| median.days.clamp(*bounds.start(), *bounds.end());
        let enough = |median: &&CycleMedian| median.gaps >= least_gaps;
        let mut cycles = rules.clone();
        let (products, categories) = (self.products.iter(), self.categories.iter());
        let given = [
            self.anything.iter().filter(enough).try_for_each(|median| cycles.set_default(held(median))),
            products.filter(|(_, m)| enough(m)).try_for_each(|(sku, median)| cycles.set_product(sku, held(median))),
            categories.filter(|(_, m)| enough(m)).try_for_each(|(name, m)| cycles.set_category(name, held(m))),
        ];
        debug_assert!(given.iter().all(Result::is_ok), "they are held within the bounds");
        cycles
    }
}

/// What gaps are counted of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Of<'o> {
    Anything,
    Product(&'o str),
    Category(&'o str),
}

/// On which of the shop's days a customer bought what.
fn days<'o>(orders: &'o OrderHistory, as_of: &AsOf) -> BTreeMap<Of<'o>, BTreeSet<Date>> {
    let mut days: BTreeMap<Of<'o>, BTreeSet<Date>> = BTreeMap::new();
    for order in orders.all() {
        let Some(placed_at) = order.placed_at().filter(|at| *at <= as_of.at) else { continue };
        let day = as_of.zone.date(placed_at);
        let products = order.lines().iter().map(|line| Of::Product(&line.sku));
        let categories = order.lines().iter().flat_map(|line| &line.categories).map(|name| Of::Category(name));
        for of in products.chain(categories).chain([Of::Anything]) {
            days.entry(of).or_default().insert(day);
        }
    }
    days
}

/// How many gaps of each length.
#[derive(Default)]
struct Count(BTreeMap<u32, u64>);

impl Count {
    fn add(&mut self, days: u32) {
        *self.0.entry(days).or_default() += 1;
    }

    fn median(&self) -> Option<CycleMedian> {
        let gaps: u64 = self.0.values().sum();
        let (low, high) = (self.at(gaps.checked_sub(1)? / 2)?, self.at(gaps / 2)?);
        Some(CycleMedian { days: low + (high - low).div_ceil(2), gaps })
    }

    /// The gap at a rank, from zero.
    fn at(&self, rank: u64) -> Option<u32> {
        let mut through = 0;
        let reached = |(_, count): &(&u32, &u64)| {
            through += **count;
            through > rank
        };
        self.0.iter().find(reached).map(|(days, _)| *days)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Money, Order, OrderLine, Timestamp, Zone};

    /// On each day of January 2026 what was bought, as `product/category`.
    fn customer(bought: &[(u32, &str)]) -> OrderHistory {
        let mut orders = OrderHistory::default();
        for (place, (day, goods)) in bought.iter().enumerate() {
            let placed_at = format!("2026-01-{day:02}T12:00:00+09:00").parse().unwrap();
            let (sku, category) = goods.split_once('/').unwrap();
            let categories = vec![category.into()];
            let lines = vec![OrderLine { sku: sku.into(), quantity: 1, unit_price: Money::ZERO, categories }];
            let (id, total) = (place.to_string().parse().unwrap(), Money::ZERO);
            orders.placed(&Order { id, placed_at, total, lines, properties: BTreeMap::new() }, placed_at);
        }
        orders
    }

    fn median(days: u32, gaps: u64) -> CycleMedian {
        CycleMedian { days, gaps }
    }

    #[test]
    fn gaps_are_counted_by_product_by_category_and_over_all() {
        let customers = [
            customer(&[(1, "A/soap"), (1, "A/soap"), (4, "B/soap"), (9, "A/soap"), (30, "A/soap")]),
            customer(&[(2, "A/soap"), (7, "A/soap"), (8, "C/tea")]),
            customer(&[(5, "C/tea")]),
        ];
        let all = CycleMedians::of(&customers, &AsOf::new(Timestamp::MAX, Zone::TOKYO));
        // A: 8 and 21, and 5. Soap: 3, 5, 21, and 5. All: 3, 5, 21, and 5 and 1.
        assert_eq!(all.products, BTreeMap::from([("A".into(), median(8, 3))]));
        assert_eq!(all.categories, BTreeMap::from([("soap".into(), median(5, 4))]));
        assert_eq!(all.anything, Some(median(5, 5)));
        let until_the_ninth = AsOf::new("2026-01-09T12:00:00+09:00".parse().unwrap(), Zone::TOKYO);
        let early = CycleMedians::of(&customers, &until_the_ninth);
        assert_eq!(early.products["A"], median(7, 2), "of 5 and 8 the mean, half a day up");
    }

    #[test]
    fn only_what_many_gaps_say_is_recommended_and_it_is_held_within_the_bounds() {
        let medians = CycleMedians {
            anything: Some(median(21, 50)),
            products: BTreeMap::from([("A".into(), median(400, 30)), ("B".into(), median(9, 29))]),
            categories: BTreeMap::from([("soap".into(), median(2, 31))]),
        };
        let mut rules = Cycles::default();
        rules.set_product("B", 50).unwrap();
        let recommended = medians.recommended(&rules, 30);
        let lines = "default = \"21d\"\nat_least = \"7d\"\nat_most = \"180d\"\nown_from = 3\n\
                     products = { \"A\" = \"180d\", \"B\" = \"50d\" }\ncategories = { \"soap\" = \"7d\" }\n";
        assert_eq!(recommended.playbook_lines(), lines);
    }
}

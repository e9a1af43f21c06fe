//! When a customer will want the same again.

use core::fmt;
use core::ops::RangeInclusive;
use std::collections::BTreeMap;

use chrono::Days;

use crate::model::{Date, OrderHistory, OrderLine, OrderRecord, Span, Timestamp, Zone};

use super::turns::{beginnings, in_order, to_come};

/// What the next order is awaited of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(clippy::exhaustive_enums, reason = "orders tell products and their categories")]
pub enum Goods {
    /// Whatever is bought.
    Anything,
    /// A product, by the shop's own id.
    Product(Box<str>),
    /// Anything of a category.
    Category(Box<str>),
}

/// How long a shop's goods last: the rules by which the next order is awaited (S9).
///
/// The cycle of one customer is, of these, the first that there is:
///
/// 1. their own: with [`own_from`](Self::own_from) gaps or more between the days on which they bought
///    these goods, the median of all of them, of two middle ones the mean, half a day rounded up;
/// 2. the product's, as given;
/// 3. the shortest that is given for a category of the product, as told with its last order; for a
///    category its own;
/// 4. the default.
///
/// The two are not mixed: with few gaps the own median says little, with three it already fits that
/// customer better than everybody's. Orders on one of the shop's days are one purchase. A median is
/// held within the [bounds](Self::bounds); what is given lies within them anyway.
///
/// As of [`Ranks`](super::Ranks), what was found in many is kept as a rule, so that the next order of
/// one customer moves only by what that customer does.
///
/// ```
/// use enishi::model::{Order, OrderHistory, Zone};
/// use enishi::rfm::{CycleSource, Cycles, Goods};
/// let mut cycles = Cycles::default();
/// cycles.set_product("SOAP-1", 45)?;
/// # use enishi::model::{Money, OrderLine};
/// # let (id, placed_at, total) = ("39".parse()?, "2026-04-01T20:00:00+09:00".parse()?, Money::from_minor(2040));
/// # let lines = vec![OrderLine { sku: "SOAP-1".into(), quantity: 1, unit_price: total, categories: vec![] }];
/// # let order = Order { id, placed_at, total, lines, properties: Default::default() };
/// let mut orders = OrderHistory::default();
/// orders.placed(&order, order.placed_at); // a piece of SOAP-1, on 2026-04-01
/// let now = "2026-04-20T12:00:00+09:00".parse()?;
/// let soap = cycles.due(&orders, &Goods::Product("SOAP-1".into()), now, &Zone::TOKYO).expect("it was bought");
/// assert_eq!((soap.days, soap.from, soap.due.to_string().as_str()), (45, CycleSource::Product, "2026-05-16"));
/// assert_eq!(cycles.due(&orders, &Goods::Product("SOAP-2".into()), now, &Zone::TOKYO), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cycles {
    default: u32,
    at_least: u32,
    at_most: u32,
    own_from: u32,
    products: BTreeMap<Box<str>, u32>,
    categories: BTreeMap<Box<str>, u32>,
}

/// When the next order of some goods is due, and why.
///
/// Shown as `2026-05-16, 45 days after 2026-04-01 (the product's cycle; 0 own gaps)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cycle {
    /// From the last order to the next, in days of the shop.
    pub days: u32,
    /// Where the number of days comes from.
    pub from: CycleSource,
    /// How many gaps between own orders there are, whether or not they were enough.
    pub gaps: u32,
    /// The shop's day of the last order.
    pub last: Date,
    /// The shop's day of the next.
    pub due: Date,
}

/// Where a cycle comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum CycleSource {
    /// The customer's own gaps.
    Own,
    /// Given for the product.
    Product,
    /// Given for a category.
    Category,
    /// Given for everything else.
    Default,
}

impl Cycles {
    /// The longest cycle, in days.
    pub const MAX_DAYS: u32 = Span::MAX_DAYS;

    /// Cycles of `default` days where nothing better is known, own ones held within `bounds`, from three
    /// gaps on.
    ///
    /// # Errors
    /// When the bounds do not ascend or lie outside 1 to [`MAX_DAYS`](Self::MAX_DAYS), or the default
    /// lies outside the bounds.
    pub fn new(default: u32, bounds: RangeInclusive<u32>) -> Result<Self, CyclesError> {
        let (at_least, at_most) = bounds.into_inner();
        if at_least == 0 || at_least > at_most || at_most > Self::MAX_DAYS {
            return Err(CyclesError::Bounds { at_least, at_most });
        }
        let cycles =
            Self { default, at_least, at_most, own_from: 3, products: BTreeMap::new(), categories: BTreeMap::new() };
        cycles.given(default)?;
        Ok(cycles)
    }

    /// Own gaps count from so many on; none is as one.
    #[must_use]
    pub fn with_own_from(mut self, gaps: u32) -> Self {
        self.own_from = gaps.max(1);
        self
    }

    /// Gives the cycle where nothing better is known, in days.
    ///
    /// # Errors
    /// When it lies outside the bounds.
    pub fn set_default(&mut self, days: u32) -> Result<(), CyclesError> {
        self.default = self.given(days)?;
        Ok(())
    }

    /// Gives the cycle of a product, in days.
    ///
    /// # Errors
    /// When it lies outside the bounds.
    pub fn set_product(&mut self, sku: &str, days: u32) -> Result<(), CyclesError> {
        self.products.insert(sku.into(), self.given(days)?);
        Ok(())
    }

    /// Gives the cycle of a category, in days.
    ///
    /// # Errors
    /// When it lies outside the bounds.
    pub fn set_category(&mut self, category: &str, days: u32) -> Result<(), CyclesError> {
        self.categories.insert(category.into(), self.given(days)?);
        Ok(())
    }

    /// The cycle where nothing better is known, in days.
    pub const fn default_days(&self) -> u32 {
        self.default
    }

    /// The shortest and the longest cycle, in days.
    pub const fn bounds(&self) -> RangeInclusive<u32> {
        self.at_least..=self.at_most
    }

    /// From how many own gaps on they count.
    pub const fn own_from(&self) -> u32 {
        self.own_from
    }

    /// When the next order of these goods is due, seen from `now`; `None` for who never bought them.
    ///
    /// Orders placed after `now` do not count yet. Linear in the orders, and a sort of those of the goods.
    pub fn due(&self, orders: &OrderHistory, of: &Goods, now: Timestamp, zone: &Zone) -> Option<Cycle> {
        self.next(&Bought::of(orders, of, now, zone), of)
    }

    /// Every instant after `now` at which [`due`](Self::due) could become another, or the days left until
    /// then come to one of these numbers, though nothing happens.
    pub(crate) fn turns(
        &self,
        orders: &OrderHistory,
        of: &Goods,
        days_until: &[i64],
        now: Timestamp,
        zone: &Zone,
    ) -> Vec<Timestamp> {
        let to_come_in: Vec<_> = Bought::times(orders, of).filter(|at| to_come(*at, now)).collect();
        let mut turns = to_come_in.clone();
        for since in core::iter::once(now).chain(to_come_in) {
            let Some(cycle) = self.due(orders, of, since, zone) else { continue };
            for days in days_until {
                let day = chrono::TimeDelta::try_days(-days).and_then(|by| cycle.due.checked_add_signed(by));
                turns.extend(day.into_iter().flat_map(|day| beginnings(day, zone)).filter(|at| to_come(*at, now)));
            }
        }
        in_order(turns)
    }

    /// The lines for a playbook's `[cycles]` that keep these rules.
    pub fn playbook_lines(&self) -> String {
        let table = |of: &BTreeMap<Box<str>, u32>| {
            let entries = of.iter().map(|(name, days)| format!("{} = \"{days}d\"", toml_key(name)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        };
        let Self { default, at_least, at_most, own_from, products, categories } = self;
        let mut lines = format!(
            "default = \"{default}d\"\nat_least = \"{at_least}d\"\nat_most = \"{at_most}d\"\nown_from = {own_from}\n"
        );
        for (key, of) in [("products", products), ("categories", categories)] {
            if !of.is_empty() {
                lines += &format!("{key} = {}\n", table(of));
            }
        }
        lines
    }

    fn next(&self, bought: &Bought<'_>, of: &Goods) -> Option<Cycle> {
        let last = *bought.days.last()?;
        let gaps = bought.gaps();
        let count = u32::try_from(gaps.len()).unwrap_or(u32::MAX);
        let (days, from) = match median(gaps) {
            Some(own) if count >= self.own_from => (own.clamp(self.at_least, self.at_most), CycleSource::Own),
            _ => self.of_many(of, bought.last_lines),
        };
        let due = last.checked_add_days(Days::new(days.into())).unwrap_or(Date::MAX);
        Some(Cycle { days, from, gaps: count, last, due })
    }

    /// What is given, of a product seen from the lines it was last bought by.
    fn of_many(&self, of: &Goods, last_lines: &[OrderLine]) -> (u32, CycleSource) {
        let given = match of {
            Goods::Anything => None,
            Goods::Category(name) => self.categories.get(name).map(|days| (*days, CycleSource::Category)),
            Goods::Product(sku) => self.products.get(sku).map(|days| (*days, CycleSource::Product)).or_else(|| {
                let categories = last_lines.iter().filter(|line| line.sku == *sku).flat_map(|line| &line.categories);
                let shortest = categories.filter_map(|name| self.categories.get(name)).min()?;
                Some((*shortest, CycleSource::Category))
            }),
        };
        given.unwrap_or((self.default, CycleSource::Default))
    }

    fn given(&self, days: u32) -> Result<u32, CyclesError> {
        match self.bounds().contains(&days) {
            true => Ok(days),
            false => Err(CyclesError::Outside { days, at_least: self.at_least, at_most: self.at_most }),
        }
    }
}

/// A month, as long as a bottle lasts; own ones from a week to half a year, from three gaps on.
impl Default for Cycles {
    fn default() -> Self {
        Self {
            default: 30,
            at_least: 7,
            at_most: 180,
            own_from: 3,
            products: BTreeMap::new(),
            categories: BTreeMap::new(),
        }
    }
}

impl fmt::Display for Cycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self.from {
            CycleSource::Own => "their median",
            CycleSource::Product => "the product's cycle",
            CycleSource::Category => "the category's cycle",
            CycleSource::Default => "the default cycle",
        };
        let several = if self.gaps == 1 { "" } else { "s" };
        write!(f, "{}, {} days after {} ({} own gap{several}; {why})", self.due, self.days, self.last, self.gaps)
    }
}

/// What one customer bought of some goods.
struct Bought<'o> {
    /// On which of the shop's days, ascending.
    days: Vec<Date>,
    /// All lines of the last order of the goods.
    last_lines: &'o [OrderLine],
}

impl<'o> Bought<'o> {
    fn of(orders: &'o OrderHistory, of: &Goods, now: Timestamp, zone: &Zone) -> Self {
        let mut days = Vec::new();
        let mut last_lines: &[OrderLine] = &[];
        // Orders are kept by when they were placed.
        for (order, at) in Self::records(orders, of).take_while(|(_, at)| *at <= now) {
            days.push(zone.date(at));
            last_lines = order.lines();
        }
        // Where clocks go back the date may too.
        days.sort_unstable();
        days.dedup();
        Self { days, last_lines }
    }

    /// The days between each purchase and the next.
    fn gaps(&self) -> Vec<u32> {
        let days = |pair: &[Date]| u32::try_from((pair[1] - pair[0]).num_days()).unwrap_or(0);
        self.days.windows(2).map(days).collect()
    }

    /// When they bought, those orders included that are still to come.
    fn times(orders: &'o OrderHistory, of: &Goods) -> impl Iterator<Item = Timestamp> {
        Self::records(orders, of).map(|(_, at)| at)
    }

    fn records(orders: &'o OrderHistory, of: &Goods) -> impl Iterator<Item = (&'o OrderRecord, Timestamp)> {
        let counting = orders.all().iter().filter_map(|order| Some((order, order.placed_at()?)));
        counting.filter(move |(order, _)| match of {
            Goods::Anything => true,
            Goods::Product(sku) => order.lines().iter().any(|line| line.sku == *sku),
            Goods::Category(name) => order.lines().iter().any(|line| line.categories.contains(name)),
        })
    }
}

/// The middle of them; of two the mean, half a day rounded up. `None` of none.
fn median(mut gaps: Vec<u32>) -> Option<u32> {
    gaps.sort_unstable();
    let high = *gaps.get(gaps.len() / 2)?;
    let low = gaps[(gaps.len() - 1) / 2];
    Some(low + (high - low).div_ceil(2))
}

/// A name as a quoted key of TOML, whose strings are those of JSON but for one character.
fn toml_key(name: &str) -> String {
    serde_json::Value::from(name).to_string().replace('\u{7f}', "\\u007F")
}

/// Why cycles were not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CyclesError {
    /// No bounds for a cycle.
    #[error("a cycle lasts 1 to {} days, and the shortest is no longer than the longest", Cycles::MAX_DAYS)]
    Bounds {
        /// The shortest.
        at_least: u32,
        /// The longest.
        at_most: u32,
    },
    /// A given cycle beyond them.
    #[error("a cycle of {days} days lies outside the {at_least} to {at_most} days that cycles are held within")]
    Outside {
        /// The cycle.
        days: u32,
        /// The shortest.
        at_least: u32,
        /// The longest.
        at_most: u32,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Money, Order};
    use proptest::prelude::*;
    use proptest::sample::select;

    const MINUTE: i64 = 60_000;
    const DAY: i64 = 24 * 60 * MINUTE;

    fn rules() -> Cycles {
        let mut cycles = Cycles::new(30, 7..=90).unwrap();
        cycles.set_product("SOAP-1", 45).unwrap();
        cycles.set_category("soap", 60).unwrap();
        cycles.set_category("gift", 20).unwrap();
        cycles
    }

    fn soap() -> Goods {
        Goods::Product("SOAP-1".into())
    }

    fn line(sku: &str, categories: &[&str]) -> OrderLine {
        let categories = categories.iter().map(|name| (*name).into()).collect();
        OrderLine { sku: sku.into(), quantity: 1, unit_price: Money::from_minor(100), categories }
    }

    fn add(orders: &mut OrderHistory, placed_at: Timestamp, lines: Vec<OrderLine>) {
        let id = orders.all().len().to_string().parse().unwrap();
        let (total, properties) = (Money::from_minor(100), BTreeMap::new());
        orders.placed(&Order { id, placed_at, total, lines, properties }, placed_at);
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// Orders of SOAP-1, each at noon of a day of 2026.
    fn on(days: &[&str]) -> OrderHistory {
        let mut orders = OrderHistory::default();
        for day in days {
            add(&mut orders, at(&format!("2026-{day}T12:00:00+09:00")), vec![line("SOAP-1", &[])]);
        }
        orders
    }

    fn due(orders: &OrderHistory, of: &Goods) -> Option<String> {
        rules().due(orders, of, at("2026-12-31T12:00:00+09:00"), &Zone::TOKYO).map(|cycle| cycle.to_string())
    }

    #[test]
    fn own_gaps_count_from_three_on() {
        let shown = |days: &[&str]| due(&on(days), &soap()).unwrap();
        assert_eq!(shown(&["01-01"]), "2026-02-15, 45 days after 2026-01-01 (0 own gaps; the product's cycle)");
        assert_eq!(
            shown(&["01-01", "01-11", "01-21"]),
            "2026-03-07, 45 days after 2026-01-21 (2 own gaps; the product's cycle)"
        );
        assert_eq!(
            shown(&["01-01", "01-11", "01-21", "02-20"]),
            "2026-03-02, 10 days after 2026-02-20 (3 own gaps; their median)"
        );
        // 10, 10, 13, 30: of 10 and 13 the mean, half a day up.
        assert_eq!(
            shown(&["01-01", "01-11", "01-21", "02-20", "03-05"]),
            "2026-03-17, 12 days after 2026-03-05 (4 own gaps; their median)"
        );
        assert_eq!(due(&OrderHistory::default(), &soap()), None);
    }

    #[test]
    fn own_medians_are_held_within_the_bounds() {
        let days = |days: &[&str]| {
            rules().due(&on(days), &soap(), Timestamp::MAX, &Zone::TOKYO).map(|cycle| (cycle.days, cycle.from))
        };
        assert_eq!(days(&["01-01", "01-02", "01-03", "01-04"]), Some((7, CycleSource::Own)));
        assert_eq!(days(&["01-01", "05-01", "09-01", "12-31"]), Some((90, CycleSource::Own)));
    }

    #[test]
    fn orders_of_one_day_are_one_purchase_and_only_those_that_count_do() {
        let zone = Zone::new("Asia/Tokyo", "04:00".parse().unwrap()).unwrap();
        let mut orders = on(&["01-01", "01-31"]);
        add(&mut orders, at("2026-02-01T03:59:00+09:00"), vec![line("SOAP-1", &[])]);
        add(&mut orders, at("2026-02-10T12:00:00+09:00"), vec![line("SOAP-1", &[])]);
        orders.cancelled(&"3".parse().unwrap(), at("2026-02-11T12:00:00+09:00"));
        add(&mut orders, at("2026-02-12T12:00:00+09:00"), vec![line("SOAP-2", &[])]);
        add(&mut orders, at("2026-03-01T12:00:00+09:00"), vec![line("SOAP-1", &[])]);
        let seen = |now: &str| rules().due(&orders, &soap(), at(now), &zone).map(|cycle| (cycle.gaps, cycle.last));
        assert_eq!(seen("2026-01-01T11:59:00+09:00"), None);
        assert_eq!(seen("2026-02-28T12:00:00+09:00"), Some((1, "2026-01-31".parse().unwrap())));
        assert_eq!(seen("2026-03-01T12:00:00+09:00"), Some((2, "2026-03-01".parse().unwrap())));
        let anything = rules().due(&orders, &Goods::Anything, at("2026-02-28T12:00:00+09:00"), &zone).unwrap();
        assert_eq!((anything.gaps, anything.from), (2, CycleSource::Default));
    }

    #[test]
    fn without_a_cycle_of_its_own_a_product_has_the_shortest_of_its_categories() {
        let mut orders = OrderHistory::default();
        let tin = Goods::Product("TIN".into());
        let days = |orders: &OrderHistory, of: &Goods| {
            rules().due(orders, of, Timestamp::MAX, &Zone::TOKYO).map(|cycle| (cycle.days, cycle.from))
        };
        add(&mut orders, at("2026-01-01T12:00:00+09:00"), vec![line("TIN", &["soap", "tea"]), line("BOX", &["gift"])]);
        assert_eq!(days(&orders, &tin), Some((60, CycleSource::Category)), "not the other line's");
        assert_eq!(days(&orders, &Goods::Category("gift".into())), Some((20, CycleSource::Category)));
        assert_eq!(days(&orders, &Goods::Category("tea".into())), Some((30, CycleSource::Default)));
        assert_eq!(days(&orders, &Goods::Category("toys".into())), None);
        add(&mut orders, at("2026-01-02T12:00:00+09:00"), vec![line("TIN", &["soap", "gift"])]);
        assert_eq!(days(&orders, &tin), Some((20, CycleSource::Category)));
        add(&mut orders, at("2026-01-03T12:00:00+09:00"), vec![line("TIN", &["tea"])]);
        assert_eq!(days(&orders, &tin), Some((30, CycleSource::Default)), "as told with the last order");
    }

    #[test]
    fn a_day_that_begins_twice_is_come_to_twice() {
        // Clocks go from 02:00 back to 01:00 after the day of 1 November has begun at 01:30.
        let zone = Zone::new("America/New_York", "01:30".parse().unwrap()).unwrap();
        let mut orders = OrderHistory::default();
        add(&mut orders, at("2026-10-02T12:00:00-04:00"), vec![line("SOAP-2", &[])]);
        let turns = rules().turns(&orders, &Goods::Anything, &[0], at("2026-10-20T12:00:00-04:00"), &zone);
        let shown: Vec<_> = turns.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["2026-11-01T05:30:00Z", "2026-11-01T06:00:00Z", "2026-11-01T06:30:00Z"]);
    }

    #[test]
    fn what_is_given_lies_within_the_bounds() {
        for (at_least, at_most) in [(0, 5), (6, 5), (1, Cycles::MAX_DAYS + 1)] {
            assert_eq!(Cycles::new(5, at_least..=at_most), Err(CyclesError::Bounds { at_least, at_most }));
        }
        let outside = |days| CyclesError::Outside { days, at_least: 7, at_most: 90 };
        assert_eq!(Cycles::new(6, 7..=90), Err(outside(6)));
        let mut cycles = rules();
        assert_eq!(cycles.set_product("SOAP-1", 91), Err(outside(91)));
        assert_eq!(cycles.set_category("soap", 6), Err(outside(6)));
        assert_eq!((cycles.set_default(100), &cycles), (Err(outside(100)), &rules()), "nothing was taken");
        assert_eq!(Cycles::default().with_own_from(0).own_from(), 1);
        let usual = Cycles::default();
        assert_eq!(Cycles::new(usual.default_days(), usual.bounds()), Ok(usual), "the default is one that is taken");
    }

    fn zone() -> impl Strategy<Value = Zone> {
        let names = ["Asia/Tokyo", "America/New_York", "America/Havana", "Australia/Lord_Howe"];
        (select(names.to_vec()), select(vec!["00:00", "00:30", "01:30", "04:00"]))
            .prop_map(|(name, start)| Zone::new(name, start.parse().unwrap()).unwrap())
    }

    /// Minutes around 2026-11-01T06:00Z, when clocks go back in America.
    fn instant(minute: i64) -> Timestamp {
        Timestamp::from_millis(1_793_512_800_000 + minute * MINUTE).unwrap()
    }

    fn bought(minutes: &[i64]) -> OrderHistory {
        let mut orders = OrderHistory::default();
        minutes.iter().for_each(|minute| add(&mut orders, instant(*minute), vec![line("SOAP-1", &[])]));
        orders
    }

    fn minutes() -> impl Strategy<Value = Vec<i64>> {
        prop::collection::vec(prop_oneof![-60 * 24 * 60..30 * 24 * 60_i64, -24 * 60..24 * 60_i64], 0..8)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        /// Whatever the order in which they are told; held within the bounds; counted from the last.
        #[test]
        fn a_cycle_lies_within_the_bounds(minutes in minutes(), zone in zone(), own_from in 1_u32..4) {
            let cycles = Cycles::new(30, 2..=40).unwrap().with_own_from(own_from);
            let found = cycles.due(&bought(&minutes), &soap(), Timestamp::MAX, &zone);
            let mut turned = minutes.clone();
            turned.reverse();
            prop_assert_eq!(cycles.due(&bought(&turned), &soap(), Timestamp::MAX, &zone), found);
            let days: std::collections::BTreeSet<Date> = minutes.iter().map(|minute| zone.date(instant(*minute))).collect();
            prop_assert_eq!(found.is_some(), !days.is_empty());
            if let Some(cycle) = found {
                prop_assert!((2..=40).contains(&cycle.days));
                prop_assert_eq!(Some(&cycle.last), days.last());
                prop_assert_eq!(cycle.due, cycle.last + Days::new(cycle.days.into()));
                prop_assert_eq!(cycle.gaps as usize, days.len() - 1);
                prop_assert_eq!(cycle.from == CycleSource::Own, cycle.gaps >= own_from);
            }
        }

        /// Who waits longer once is not expected sooner.
        #[test]
        fn longer_gaps_make_no_shorter_cycle(gaps in prop::collection::vec(1_u32..60, 1..9), longer in any::<prop::sample::Index>(), by in 1_u32..50) {
            let cycles = Cycles::new(30, 5..=50).unwrap().with_own_from(1);
            let days = |gaps: &[u32]| {
                let sums = gaps.iter().scan(0, |day, gap| { *day += i64::from(*gap); Some(*day * 24 * 60) });
                cycles.due(&bought(&[0].into_iter().chain(sums).collect::<Vec<_>>()), &soap(), Timestamp::MAX, &Zone::TOKYO).unwrap().days
            };
            let mut stretched = gaps.clone();
            stretched[longer.index(gaps.len())] += by;
            prop_assert!(days(&stretched) >= days(&gaps));
            let half = |gaps: &[u32], most: u32| gaps.iter().filter(|gap| **gap <= most).count() * 2 >= gaps.len();
            let own = days(&gaps);
            prop_assert!(own == 50 || half(&gaps, own), "half of the gaps are not longer");
        }

        /// Between two turns the days left change only by none of those asked about.
        #[test]
        fn what_is_asked_of_the_days_left_changes_only_at_turns(
            minutes in minutes(), zone in zone(), now in -70 * 24 * 60..20 * 24 * 60_i64, asked in -20_i64..20,
        ) {
            let (cycles, orders) = (Cycles::new(9, 2..=40).unwrap(), bought(&minutes));
            let reached = |at: Timestamp| {
                let cycle = cycles.due(&orders, &soap(), at, &zone)?;
                Some((cycle, (cycle.due - zone.date(at)).num_days() <= asked))
            };
            let now = instant(now);
            let turns = cycles.turns(&orders, &soap(), &[asked], now, &zone);
            prop_assert!(turns.is_sorted_by(|a, b| a < b) && turns.iter().all(|turn| *turn > now));
            let halves = (0..100 * 48).map(|half| now.plus_millis(half * DAY / 48));
            let mut probes: Vec<Timestamp> = halves.chain(turns.iter().flat_map(|turn| [turn.plus_millis(-1), *turn])).collect();
            probes.sort_unstable();
            let (mut since, mut known) = (now, reached(now));
            for probe in probes {
                let turned = turns.partition_point(|turn| *turn <= probe) > turns.partition_point(|turn| *turn <= since);
                let found = reached(probe);
                prop_assert!(turned || found == known, "{known:?} became {found:?} between {since} and {probe}: {turns:?}");
                (since, known) = (probe, found);
            }
        }
    }
}

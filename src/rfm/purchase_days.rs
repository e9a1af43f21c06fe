//! On which days each customer bought.

use core::ops::Range;

use crate::model::{Date, Timestamp, Zone};

use super::grouping::grouped;
use super::{AsOf, LocalDays, OrderColumns, Slots};

/// The shop's days on which each customer bought, customer by customer: the order history in the form
/// from which second purchases, cohorts and purchase cycles are single passes.
///
/// Orders on one day are one purchase. Rows may come in any order; what is asked of the history does
/// not depend on it. It takes two bytes a purchase where all of them lie within 179 years (else four)
/// and eight bytes a customer.
///
/// ```
/// use enishi::model::{Timestamp, Zone};
/// use enishi::rfm::{AsOf, OrderColumns, PurchaseDays};
///
/// const DAY: i64 = 86_400_000;
/// let orders = OrderColumns::new(&[7, 9, 7, 7], &[31 * DAY, 0, 0, DAY / 2], &[3000, 4500, 1200, 10])?;
/// let history = PurchaseDays::of(&orders, &AsOf::new(Timestamp::MAX, Zone::TOKYO));
/// assert_eq!((history.customers(), history.purchases()), ([7, 9].as_slice(), 3));
/// let days: Vec<_> = history.days(7).map(|day| day.to_string()).collect();
/// assert_eq!(days, ["1970-01-01", "1970-02-01"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PurchaseDays {
    customers: Vec<u32>,
    /// Where the days of each customer end; they begin where those of the customer before end.
    ends: Vec<u32>,
    days: Days,
    /// What the numbers in `days` are counted from: days since 1970-01-01.
    first_day: i32,
    /// No number in `days` reaches this.
    span: u32,
    today: i32,
}

/// Numbers of days, in the narrowest type that fits.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Days {
    Narrow(Vec<u16>),
    Wide(Vec<u32>),
}

impl PurchaseDays {
    /// Groups the orders. Those after the instant `as_of` are left out; how it counts recency does
    /// not matter here.
    ///
    /// Linear in the rows and the largest customer number while that is below four times the rows;
    /// above, customers are sorted first. Some eight bytes a row are needed on the way.
    pub fn of(orders: &OrderColumns<'_>, as_of: &AsOf) -> Self {
        Self::between(orders, &Slots::of(orders), as_of.zone, Timestamp::MIN, as_of.at)
    }

    /// The same of the orders from `from` to `until`, both of which count.
    pub(super) fn between(
        orders: &OrderColumns<'_>,
        slots: &Slots<'_>,
        zone: Zone,
        from: Timestamp,
        until: Timestamp,
    ) -> Self {
        let (period, last) = (orders.period(), until);
        let (from, until) = (from.millis().max(*period.start()), until.millis().min(*period.end()));
        let mut days = LocalDays::of(zone);
        let today = days.day(last.millis());
        // A date can go back by a day where clocks go back over its start.
        let first_day = days.day(from) - 1;
        let span = (days.day(until.max(from)) + 2 - first_day).unsigned_abs();
        let numbers = orders.times().iter().map(move |time| {
            // A date between the first and the last.
            (from <= *time && *time <= until).then(|| days.day(*time).wrapping_sub(first_day).max(0).unsigned_abs())
        });
        let (customers, ends, days) = if u16::try_from(span).is_ok() {
            // Numbers are below the span, which fits.
            let (customers, ends, days) = group(slots, numbers.map(|number| number.map(|number| number as u16)));
            (customers, ends, Days::Narrow(days))
        } else {
            let (customers, ends, days) = group(slots, numbers);
            (customers, ends, Days::Wide(days))
        };
        Self { customers, ends, days, first_day, span, today }
    }

    /// How many customers bought.
    pub fn len(&self) -> usize {
        self.customers.len()
    }

    /// Nobody bought?
    pub fn is_empty(&self) -> bool {
        self.customers.is_empty()
    }

    /// The numbers of the customers who bought, ascending.
    pub fn customers(&self) -> &[u32] {
        &self.customers
    }

    /// How many purchases there are, those of one customer on one day being one.
    pub fn purchases(&self) -> usize {
        self.ends.last().map_or(0, |end| *end as usize)
    }

    /// The days on which a customer bought, ascending; none of a prospect. Logarithmic time.
    pub fn days(&self, customer: u32) -> impl Iterator<Item = Date> {
        let place = self.customers.binary_search(&customer).ok();
        place.map_or(0..0, |place| self.range(place)).map(|at| {
            let number = match &self.days {
                Days::Narrow(days) => u32::from(days[at]),
                Days::Wide(days) => days[at],
            };
            self.date(number)
        })
    }

    /// On how many days the customer at this place of [`customers`](Self::customers) bought.
    pub(super) fn purchases_at(&self, place: usize) -> u32 {
        self.range(place).len() as u32
    }

    /// Shows `pass` the days of each customer.
    pub(crate) fn visit(&self, pass: &mut impl Pass) {
        match &self.days {
            Days::Narrow(days) => self.groups(days).for_each(|days| pass.customer(days)),
            Days::Wide(days) => self.groups(days).for_each(|days| pass.customer(days)),
        }
    }

    /// The numbers of days a [`Pass`] sees are all below this.
    pub(crate) const fn span(&self) -> u32 {
        self.span
    }

    /// The date of a number a [`Pass`] sees.
    pub(crate) fn date(&self, number: u32) -> Date {
        // The range of Timestamp is under three million days.
        Date::from_epoch_days(self.first_day.saturating_add_unsigned(number)).unwrap_or_default()
    }

    /// How many days ago a number was; not below zero.
    pub(crate) fn days_ago(&self, number: u32) -> u32 {
        self.today.saturating_sub(self.first_day).saturating_sub_unsigned(number).max(0).unsigned_abs()
    }

    fn groups<'a, D>(&self, days: &'a [D]) -> impl Iterator<Item = &'a [D]> {
        self.ends.iter().scan(0, move |start, end| {
            let days = &days[*start as usize..*end as usize];
            *start = *end;
            Some(days)
        })
    }

    fn range(&self, place: usize) -> Range<usize> {
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        start as usize..self.ends[place] as usize
    }
}

/// What is worked out in one pass over all customers.
pub(crate) trait Pass {
    /// Takes the days of the next customer: at least one, strictly ascending.
    fn customer<D: Copy + Into<u32>>(&mut self, days: &[D]);
}

/// The customers, where the days of each end, and the days.
fn group<D: Copy + Default + Ord>(
    slots: &Slots<'_>,
    numbers: impl Iterator<Item = Option<D>>,
) -> (Vec<u32>, Vec<u32>, Vec<D>) {
    let (mut customers, mut ends) = (Vec::new(), Vec::new());
    let (mut days, mut filled) = (vec![D::default(); slots.rows.len()], 0);
    grouped(slots, numbers, |slot, group| {
        let room = &mut days[filled..filled + group.len()];
        let distinct = copy_distinct(group, room).unwrap_or_else(|Unsorted| {
            group.sort_unstable();
            copy_distinct(group, room).unwrap_or(0)
        });
        filled += distinct;
        customers.push(slots.customer(slot));
        ends.push(filled as u32);
    });
    days.truncate(filled);
    (customers, ends, days)
}

/// Values that are not in ascending order, as most logs are.
struct Unsorted;

/// Copies each of the sorted values once, and tells how many there are.
fn copy_distinct<D: Copy + Ord>(sorted: &[D], to: &mut [D]) -> Result<usize, Unsorted> {
    let mut latest = sorted[0];
    let (mut count, mut ascending) = (0, true);
    for value in sorted {
        ascending &= latest <= *value;
        // Overwritten by the next value when that is another; cheaper than guessing whether it is.
        count += usize::from(latest != *value);
        to[count] = *value;
        latest = *value;
    }
    if ascending { Ok(count + 1) } else { Err(Unsorted) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    /// 2025-10-20: within the month after, clocks go back in New York and, over midnight, in Havana.
    const START: i64 = 1_760_918_400_000;

    fn rows() -> impl Strategy<Value = Vec<(u32, i64)>> {
        let customer = prop_oneof![0_u32..6, Just(u32::MAX), 5_000_u32..5_003];
        // Half hours over a month, and now and then centuries away.
        let time = prop_oneof![9 => (0_i64..1500).prop_map(|n| START + n * 1_800_000), 1 => any_time()];
        proptest::collection::vec((customer, time), 0..60)
    }

    fn any_time() -> impl Strategy<Value = i64> {
        Timestamp::MIN.millis()..=Timestamp::MAX.millis()
    }

    fn zone() -> impl Strategy<Value = Zone> {
        let names = ["Asia/Tokyo", "America/New_York", "America/Havana", "Pacific/Apia", "UTC"];
        (proptest::sample::select(names.to_vec()), proptest::sample::select(vec!["00:00", "00:30", "04:00"]))
            .prop_map(|(name, starts)| Zone::new(name, starts.parse().unwrap()).unwrap())
    }

    proptest! {
        #[test]
        fn says_what_the_zone_says_of_each_row(rows in rows(), zone in zone(), until in prop_oneof![Just(Timestamp::MAX.millis()), (0_i64..1500).prop_map(|n| START + n * 1_800_000)]) {
            let (customers, times): (Vec<u32>, Vec<i64>) = rows.iter().copied().unzip();
            let amounts = vec![1; rows.len()];
            let orders = OrderColumns::new(&customers, &times, &amounts).unwrap();
            let until = Timestamp::from_millis(until).unwrap();
            let history = PurchaseDays::of(&orders, &AsOf::new(until, zone));

            let mut expected: BTreeMap<u32, BTreeSet<Date>> = BTreeMap::new();
            for (customer, time) in rows.iter().filter(|row| row.1 <= until.millis()) {
                expected.entry(*customer).or_default().insert(zone.date(Timestamp::from_millis(*time).unwrap()));
            }
            prop_assert_eq!(history.customers(), expected.keys().copied().collect::<Vec<_>>());
            prop_assert_eq!(history.purchases(), expected.values().map(BTreeSet::len).sum::<usize>());
            for (place, (customer, days)) in expected.iter().enumerate() {
                prop_assert!(history.days(*customer).eq(days.iter().copied()));
                prop_assert_eq!(history.purchases_at(place) as usize, days.len());
            }
            prop_assert_eq!(history.days(4_999).count(), 0);
        }
    }

    #[test]
    fn a_date_that_goes_back_is_before_the_first() {
        // In Havana 01:00 was followed by 00:00, which with days from 00:30 is the day before.
        let times =
            ["2025-11-02T04:40:00Z", "2025-11-02T05:10:00Z"].map(|at| at.parse::<Timestamp>().unwrap().millis());
        let orders = OrderColumns::new(&[1, 1], &times, &[1, 1]).unwrap();
        let zone = Zone::new("America/Havana", "00:30".parse().unwrap()).unwrap();
        let history = PurchaseDays::of(&orders, &AsOf::new(Timestamp::MAX, zone));
        let days: Vec<_> = history.days(1).map(|day| day.to_string()).collect();
        assert_eq!(days, ["2025-11-01", "2025-11-02"]);
    }

    #[test]
    fn nothing_is_grouped_of_nothing() {
        let none = OrderColumns::new(&[], &[], &[]).unwrap();
        let history = PurchaseDays::of(&none, &AsOf::new(Timestamp::MIN, Zone::TOKYO));
        assert!(history.is_empty() && history.purchases() == 0);
    }
}

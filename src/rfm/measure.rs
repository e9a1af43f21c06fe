//! Recency, frequency and monetary value of every customer.

use crate::model::{Money, Timestamp};

use super::{AsOf, OrderColumns, PurchaseDays, Slots};

/// What counts as an order and how it counts. The default is every order, each for itself, summed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RfmOptions {
    since: Option<Timestamp>,
    merge_same_day: bool,
    monetary: Monetary,
}

impl RfmOptions {
    /// The default.
    pub const fn new() -> Self {
        Self { since: None, merge_same_day: false, monetary: Monetary::Sum }
    }

    /// Only orders from `since` on count. Customers whose orders are all older become prospects.
    #[must_use]
    pub const fn since(mut self, since: Timestamp) -> Self {
        self.since = Some(since);
        self
    }

    /// Orders on one of the shop's days count as one in the frequency. Takes about twice as long.
    #[must_use]
    pub const fn merge_same_day(mut self) -> Self {
        self.merge_same_day = true;
        self
    }

    /// What the monetary value is.
    #[must_use]
    pub const fn monetary(mut self, monetary: Monetary) -> Self {
        self.monetary = monetary;
        self
    }

    /// The first instant and the last at which an order counts.
    fn counted(&self, as_of: &AsOf) -> (Timestamp, Timestamp) {
        (self.since.unwrap_or(Timestamp::MIN), as_of.at)
    }
}

/// What the M of RFM is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Monetary {
    /// What all counting orders brought.
    #[default]
    Sum,
    /// The sum divided by the frequency, whole minor units, the fraction dropped: never more than
    /// was paid. With [`RfmOptions::merge_same_day`] it is the average of a day with orders.
    Average,
}

impl Monetary {
    fn of(self, sum: i64, frequency: u32) -> i64 {
        match self {
            Self::Sum => sum,
            Self::Average => sum / i64::from(frequency.max(1)),
        }
    }
}

/// The measures of one customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// Days since the last counting order, as [`AsOf`] counts them.
    pub recency_days: u32,
    /// How many orders counted; at least one.
    pub frequency: u32,
    /// What they brought, in minor units: see [`Monetary`].
    pub monetary: i64,
    /// The last counting order.
    pub last_order: Timestamp,
}

impl Measured {
    /// The measures of one customer with these orders, in any order; `None` for a prospect.
    ///
    /// Says the same as [`Rfm::measure`] says of many. A sum past the range of money stays at its end.
    pub fn of(
        orders: impl IntoIterator<Item = (Timestamp, Money)>,
        as_of: &AsOf,
        options: &RfmOptions,
    ) -> Option<Self> {
        let (mut times, mut sum) = (Vec::new(), 0_i64);
        let (from, until) = options.counted(as_of);
        for (at, amount) in orders.into_iter().filter(|(at, _)| (from..=until).contains(at)) {
            times.push(at);
            sum = sum.saturating_add(amount.minor());
        }
        let last_order = times.iter().copied().max()?;
        let frequency = if options.merge_same_day {
            let mut days: Vec<_> = times.iter().map(|at| as_of.zone.date(*at)).collect();
            distinct(&mut days)
        } else {
            u32::try_from(times.len()).unwrap_or(u32::MAX)
        };
        let monetary = options.monetary.of(sum, frequency);
        Some(Self { recency_days: as_of.days_since()(last_order), frequency, monetary, last_order })
    }
}

/// The measures of all customers with at least one counting order, in ascending order of their
/// numbers, as columns of equal length.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rfm {
    customers: Vec<u32>,
    recency_days: Vec<u32>,
    frequency: Vec<u32>,
    monetary: Vec<i64>,
    last_orders: Vec<Timestamp>,
}

impl Rfm {
    /// Measures every customer.
    ///
    /// Linear in the rows and the largest customer number while that is below four times the rows;
    /// above, customers are sorted first. Memory is linear in the rows.
    pub fn measure(orders: &OrderColumns<'_>, as_of: &AsOf, options: &RfmOptions) -> Self {
        let slots = Slots::of(orders);
        let totals = totals(orders, &slots, as_of, options);
        let mut rfm = Self::with_capacity(totals.iter().filter(|total| total.orders > 0).count());
        let (from, until) = options.counted(as_of);
        let merged = options.merge_same_day.then(|| PurchaseDays::between(orders, &slots, as_of.zone, from, until));

        let mut days_since = as_of.days_since();
        for (slot, total) in totals.iter().enumerate().filter(|(_, total)| total.orders > 0) {
            let last_order = from.plus_millis(total.last.cast_signed());
            let frequency = merged.as_ref().map_or(total.orders as u32, |days| days.purchases_at(rfm.len()));
            rfm.customers.push(slots.customer(slot));
            rfm.recency_days.push(days_since(last_order));
            rfm.frequency.push(frequency);
            rfm.monetary.push(options.monetary.of(total.sum, frequency));
            rfm.last_orders.push(last_order);
        }
        rfm
    }

    fn with_capacity(customers: usize) -> Self {
        Self {
            customers: Vec::with_capacity(customers),
            recency_days: Vec::with_capacity(customers),
            frequency: Vec::with_capacity(customers),
            monetary: Vec::with_capacity(customers),
            last_orders: Vec::with_capacity(customers),
        }
    }

    /// How many customers.
    pub fn len(&self) -> usize {
        self.customers.len()
    }

    /// Nobody has a counting order?
    pub fn is_empty(&self) -> bool {
        self.customers.is_empty()
    }

    /// The customers' numbers, ascending.
    pub fn customers(&self) -> &[u32] {
        &self.customers
    }

    /// Days since the last order.
    pub fn recency_days(&self) -> &[u32] {
        &self.recency_days
    }

    /// How many orders; at least one.
    pub fn frequency(&self) -> &[u32] {
        &self.frequency
    }

    /// What they brought, in minor units; never negative.
    pub fn monetary(&self) -> &[i64] {
        &self.monetary
    }

    /// The last order.
    pub fn last_orders(&self) -> &[Timestamp] {
        &self.last_orders
    }

    /// The place of a customer in the columns, or `None` for a prospect. Logarithmic time.
    pub fn place(&self, customer: u32) -> Option<usize> {
        self.customers.binary_search(&customer).ok()
    }

    /// The measures of a customer, or `None` for a prospect. Logarithmic time.
    pub fn get(&self, customer: u32) -> Option<Measured> {
        self.place(customer).map(|place| Measured {
            recency_days: self.recency_days[place],
            frequency: self.frequency[place],
            monetary: self.monetary[place],
            last_order: self.last_orders[place],
        })
    }
}

/// What is gathered of one customer; nothing of a customer without orders.
#[derive(Clone, Copy, Default)]
struct Total {
    /// Milliseconds since counting began, so that zero is before all.
    last: u64,
    /// Cannot overflow: the sum over all rows was checked when the columns were.
    sum: i64,
    /// A u32, but beside the sum in one register both are raised at once.
    orders: u64,
}

fn totals(orders: &OrderColumns<'_>, slots: &Slots<'_>, as_of: &AsOf, options: &RfmOptions) -> Vec<Total> {
    let mut totals = vec![Total::default(); slots.count];
    let (from, until) = options.counted(as_of);
    let span = until.since(from);
    if span < 0 {
        return totals;
    }
    for ((slot, time), amount) in slots.rows.iter().zip(orders.times()).zip(orders.amounts()) {
        // One comparison tells both ends: what lies before is beyond all when taken as unsigned.
        let since = time.wrapping_sub(from.millis()).cast_unsigned();
        if since <= span.cast_unsigned() {
            let total = &mut totals[*slot as usize];
            total.last = total.last.max(since);
            total.sum = total.sum.wrapping_add(*amount);
            total.orders = total.orders.wrapping_add(1);
        }
    }
    totals
}

/// How many different values there are. Leaves them sorted.
fn distinct<T: Ord>(values: &mut [T]) -> u32 {
    values.sort_unstable();
    values.chunk_by(|a, b| a == b).count() as u32
}

#[cfg(test)]
mod tests {
    use super::super::Recency;
    use super::*;
    use crate::model::Zone;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn measure(orders: &[(u32, &str, i64)], as_of: &AsOf, options: &RfmOptions) -> Rfm {
        let customers: Vec<u32> = orders.iter().map(|o| o.0).collect();
        let times: Vec<i64> = orders.iter().map(|o| at(o.1).millis()).collect();
        let amounts: Vec<i64> = orders.iter().map(|o| o.2).collect();
        Rfm::measure(&OrderColumns::new(&customers, &times, &amounts).unwrap(), as_of, options)
    }

    const ORDERS: [(u32, &str, i64); 5] = [
        (8, "2026-03-31T23:50:00+09:00", 1000),
        (3, "2026-01-01T00:10:00+09:00", 700),
        (3, "2026-01-01T22:00:00+09:00", 800),
        (3, "2025-12-31T23:00:00+09:00", 1),
        (5, "2026-04-01T00:10:01+09:00", 900),
    ];

    #[test]
    fn counts_dates_of_the_shop_and_only_orders_by_then() {
        let as_of = AsOf::new(at("2026-04-01T00:10:00+09:00"), Zone::TOKYO);
        let rfm = measure(&ORDERS, &as_of, &RfmOptions::new());
        assert_eq!((rfm.customers(), rfm.recency_days()), ([3, 8].as_slice(), [90, 1].as_slice()));
        assert_eq!((rfm.frequency(), rfm.monetary()), ([3, 1].as_slice(), [1501, 1000].as_slice()));
        assert_eq!(rfm.get(3).unwrap().last_order, at("2026-01-01T22:00:00+09:00"));
        assert_eq!(rfm.get(5), None);
        // 20 minutes ago is yesterday by the date and no day by the clock.
        let rfm = measure(&ORDERS, &as_of.recency(Recency::ElapsedDays), &RfmOptions::new());
        assert_eq!(rfm.recency_days(), [89, 0]);
        // With days from 04:00, a quarter past midnight still is the day before.
        let late = Zone::new("Asia/Tokyo", "04:00".parse().unwrap()).unwrap();
        let rfm = measure(&ORDERS, &AsOf { zone: late, ..as_of }, &RfmOptions::new());
        assert_eq!(rfm.recency_days(), [89, 0]);
    }

    #[test]
    fn options_change_what_counts() {
        let as_of = AsOf::new(at("2026-04-01T12:00:00+09:00"), Zone::TOKYO);
        let of_three =
            |options: RfmOptions| measure(&ORDERS, &as_of, &options).get(3).map(|m| (m.frequency, m.monetary));
        assert_eq!(of_three(RfmOptions::new().merge_same_day()), Some((2, 1501)));
        assert_eq!(of_three(RfmOptions::new().monetary(Monetary::Average)), Some((3, 500)));
        assert_eq!(of_three(RfmOptions::new().merge_same_day().monetary(Monetary::Average)), Some((2, 750)));
        assert_eq!(of_three(RfmOptions::new().since(at("2026-01-01T00:10:00+09:00"))), Some((2, 1500)));
        assert_eq!(of_three(RfmOptions::new().since(at("2026-01-02T00:00:00+09:00"))), None);
    }

    #[test]
    fn nothing_is_measured_of_nothing() {
        let as_of = AsOf::new(Timestamp::EPOCH, Zone::TOKYO);
        assert!(measure(&[], &as_of, &RfmOptions::new().merge_same_day()).is_empty());
    }

    type Row = (u32, i64, i64);

    fn rows() -> impl Strategy<Value = Vec<Row>> {
        let customer = prop_oneof![0_u32..6, Just(u32::MAX), 5_000_u32..5_003];
        let half_hours = (0_i64..200).prop_map(|n| 1_767_225_600_000 + n * 1_800_000);
        proptest::collection::vec((customer, half_hours, 0_i64..5000), 0..40)
    }

    fn options() -> impl Strategy<Value = RfmOptions> {
        (any::<bool>(), any::<bool>(), proptest::option::of(0_i64..200)).prop_map(|(merge, average, since)| {
            RfmOptions {
                since: since.map(|n| Timestamp::from_millis(1_767_225_600_000 + n * 1_800_000).unwrap()),
                merge_same_day: merge,
                monetary: if average { Monetary::Average } else { Monetary::Sum },
            }
        })
    }

    fn measure_rows(rows: &[Row], as_of: &AsOf, options: &RfmOptions) -> Rfm {
        let customers: Vec<u32> = rows.iter().map(|row| row.0).collect();
        let times: Vec<i64> = rows.iter().map(|row| row.1).collect();
        let amounts: Vec<i64> = rows.iter().map(|row| row.2).collect();
        Rfm::measure(&OrderColumns::new(&customers, &times, &amounts).unwrap(), as_of, options)
    }

    proptest! {
        #[test]
        fn many_are_measured_as_each_one(rows in rows(), options in options(), at in 0_i64..200) {
            let as_of = AsOf::new(Timestamp::from_millis(1_767_225_600_000 + at * 1_800_000).unwrap(), Zone::TOKYO);
            let rfm = measure_rows(&rows, &as_of, &options);
            prop_assert!(rfm.customers().is_sorted_by(|a, b| a < b));
            for customer in rows.iter().map(|row| row.0) {
                let own = rows.iter().filter(|row| row.0 == customer);
                let own = own.map(|row| (Timestamp::from_millis(row.1).unwrap(), Money::from_minor(row.2)));
                prop_assert_eq!(rfm.get(customer), Measured::of(own, &as_of, &options));
            }
        }

        #[test]
        fn the_order_of_rows_does_not_matter(
            (rows, shuffled) in rows().prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
            options in options(),
        ) {
            let as_of = AsOf::new(Timestamp::from_millis(1_767_225_600_000 + 150 * 1_800_000).unwrap(), Zone::TOKYO);
            prop_assert_eq!(measure_rows(&rows, &as_of, &options), measure_rows(&shuffled, &as_of, &options));
        }
    }
}

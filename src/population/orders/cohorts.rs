//! Which share of the customers won in a month comes back in the months after.

use chrono::{Datelike, Months};

use crate::model::Date;
use crate::rfm::{Pass, PurchaseDays};

/// The longest history, in months, that is shown as cohorts: a hundred years.
pub const MAX_COHORT_MONTHS: usize = 1200;

/// Customers by the month of their first purchase and by the months in which they bought again:
/// months of the shop's calendar, each customer once a month.
///
/// ```
/// use enishi::model::{Timestamp, Zone};
/// use enishi::population::Cohorts;
/// use enishi::rfm::{AsOf, OrderColumns, PurchaseDays};
///
/// const DAY: i64 = 86_400_000;
/// // The first bought in January and twice in March, the others in January and in February.
/// let orders = OrderColumns::new(&[1, 1, 1, 2, 3], &[0, 60 * DAY, 70 * DAY, 5 * DAY, 40 * DAY], &[10; 5])?;
/// let history = PurchaseDays::of(&orders, &AsOf::new(Timestamp::MAX, Zone::TOKYO));
/// let cohorts = Cohorts::of(&history)?;
/// let rows: Vec<_> = cohorts.iter().map(|cohort| (cohort.month.to_string(), cohort.customers)).collect();
/// assert_eq!(rows[0], ("1970-01-01".into(), [2, 0, 1].as_slice()));
/// assert_eq!(rows[1], ("1970-02-01".into(), [1, 0].as_slice()));
/// assert_eq!(rows[2], ("1970-03-01".into(), [0].as_slice()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cohorts {
    first_month: Date,
    months: usize,
    /// Row by row, each shorter by one than the row before.
    cells: Vec<u64>,
}

/// The customers whose first purchase was in one month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cohort<'a> {
    /// The first day of the month.
    pub month: Date,
    /// How many of them bought in that month — all of them —, in the next, and so on to the last month
    /// of the history.
    pub customers: &'a [u64],
}

impl Cohorts {
    /// Counts the customers of a history. Linear time; memory by the square of the months.
    ///
    /// # Errors
    /// When more than [`MAX_COHORT_MONTHS`] lie between the first and the last purchase.
    pub fn of(history: &PurchaseDays) -> Result<Self, CohortsError> {
        let mut seen = FirstAndLast(None);
        history.visit(&mut seen);
        let Some((first, last)) = seen.0 else {
            return Ok(Self { first_month: Date::default(), months: 0, cells: Vec::new() });
        };
        let months = month_of(history.date(last)) + 1 - month_of(history.date(first));
        if months > MAX_COHORT_MONTHS {
            return Err(CohortsError::TooLong { first: history.date(first), last: history.date(last) });
        }
        let mut count = Count { months: Vec::new(), row_starts: Vec::new(), cells: vec![0; triangle(months)] };
        count.months.resize(first as usize, 0);
        // At most 1,200 months, and a row starts where the ones before end.
        let month = |day| month_of(history.date(day)) - month_of(history.date(first));
        count.months.extend((first..=last).map(|day| month(day) as u32));
        count.row_starts.extend((0..months).map(|row| (triangle(months) - triangle(months - row)) as u32));
        history.visit(&mut count);

        let first_day = history.date(first);
        Ok(Self { first_month: first_day.with_day(1).unwrap_or(first_day), months, cells: count.cells })
    }

    /// How many months there are, from that of the first purchase to that of the last.
    pub const fn months(&self) -> usize {
        self.months
    }

    /// The cohorts, one for each month, also where nobody bought for the first time.
    pub fn iter(&self) -> impl Iterator<Item = Cohort<'_>> {
        (0..self.months).map(|row| {
            let start = triangle(self.months) - triangle(self.months - row);
            // At most a hundred years after a date.
            let month = self.first_month.checked_add_months(Months::new(row as u32)).unwrap_or(self.first_month);
            Cohort { month, customers: &self.cells[start..start + self.months - row] }
        })
    }
}

/// How many cells a triangle of so many rows has.
const fn triangle(rows: usize) -> usize {
    rows * (rows + 1) / 2
}

/// Months since year zero.
fn month_of(date: Date) -> usize {
    // Years are 1899 to 9999.
    date.year().unsigned_abs() as usize * 12 + date.month0() as usize
}

/// The first day with a purchase and the last.
struct FirstAndLast(Option<(u32, u32)>);

impl Pass for FirstAndLast {
    fn customer<D: Copy + Into<u32>>(&mut self, days: &[D]) {
        let (first, last) = (days[0].into(), days[days.len() - 1].into());
        let (earliest, latest) = self.0.unwrap_or((first, last));
        self.0 = Some((earliest.min(first), latest.max(last)));
    }
}

struct Count {
    /// The month of each day, counted from the first.
    months: Vec<u32>,
    row_starts: Vec<u32>,
    cells: Vec<u64>,
}

impl Pass for Count {
    fn customer<D: Copy + Into<u32>>(&mut self, days: &[D]) {
        let Self { months, row_starts, cells } = self;
        let month = |day: D| months[day.into() as usize];
        let first = month(days[0]);
        let row = &mut cells[row_starts[first as usize] as usize..];
        let mut latest = u32::MAX;
        for day in days {
            let month = month(*day);
            // Adding nothing is cheaper than guessing whether the month is a new one.
            row[(month - first) as usize] += u64::from(month != latest);
            latest = month;
        }
    }
}

/// Why there are no cohorts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CohortsError {
    /// More months than could be shown; mostly the fault of one date.
    #[error(
        "purchases from {first} to {last} make more than {MAX_COHORT_MONTHS} months: leave out orders with wrong dates"
    )]
    TooLong {
        /// The first day with a purchase.
        first: Date,
        /// The last.
        last: Date,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{LocalTime, Timestamp, Zone};
    use crate::rfm::{AsOf, OrderColumns};
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    fn cohorts(rows: &[(u32, i64)], zone: Zone) -> Result<Cohorts, CohortsError> {
        let (customers, times): (Vec<u32>, Vec<i64>) = rows.iter().copied().unzip();
        let amounts = vec![0; rows.len()];
        let orders = OrderColumns::new(&customers, &times, &amounts).unwrap();
        Cohorts::of(&PurchaseDays::of(&orders, &AsOf::new(Timestamp::MAX, zone)))
    }

    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().millis()
    }

    #[test]
    fn months_are_those_of_the_shop() {
        // In UTC both orders are of January.
        let rows = [(1, at("2026-01-31T23:59:59+09:00")), (1, at("2026-02-01T00:00:00+09:00"))];
        assert_eq!(cohorts(&rows, Zone::TOKYO).unwrap().iter().next().unwrap().customers, [1, 1]);
        let late = Zone::new("Asia/Tokyo", LocalTime::from_minutes(240).unwrap()).unwrap();
        assert_eq!(cohorts(&rows, late).unwrap().iter().next().unwrap().customers, [1]);
    }

    #[test]
    fn a_wrong_date_is_told() {
        let rows = [(1, at("1926-02-01T12:00:00Z")), (1, at("2026-01-31T12:00:00Z"))];
        assert_eq!(cohorts(&rows, Zone::TOKYO).unwrap().months(), MAX_COHORT_MONTHS);
        let rows = [(1, at("1926-01-31T12:00:00Z")), (1, at("2026-01-31T12:00:00Z"))];
        let error = cohorts(&rows, Zone::TOKYO).unwrap_err();
        assert!(error.to_string().starts_with("purchases from 1926-01-31 to 2026-01-31 make more than 1200"));
    }

    #[test]
    fn nobody_is_in_no_cohort() {
        assert_eq!(cohorts(&[], Zone::TOKYO).unwrap().iter().count(), 0);
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(
            rows in proptest::collection::vec((prop_oneof![0_u32..5, Just(u32::MAX)], (0_i64..1000).prop_map(|n| n * 43_000_000)), 0..60),
            zone in proptest::sample::select(vec!["Asia/Tokyo", "America/New_York", "Pacific/Apia"]),
        ) {
            let zone = Zone::new(zone, LocalTime::MIDNIGHT).unwrap();
            let mut bought: BTreeMap<u32, BTreeSet<usize>> = BTreeMap::new();
            for (customer, time) in &rows {
                let date = zone.date(Timestamp::from_millis(*time).unwrap());
                bought.entry(*customer).or_default().insert(month_of(date));
            }
            let mut found = 0;
            for cohort in cohorts(&rows, zone).unwrap().iter() {
                for (offset, customers) in cohort.customers.iter().enumerate() {
                    let month = month_of(cohort.month);
                    let members = bought.values().filter(|months| months.first() == Some(&month));
                    let expected = members.filter(|months| months.contains(&(month + offset))).count();
                    prop_assert_eq!(*customers, expected as u64, "{} + {}", cohort.month, offset);
                    found += expected;
                }
            }
            prop_assert_eq!(found, bought.values().map(BTreeSet::len).sum::<usize>(), "nobody is left out");
        }
    }
}

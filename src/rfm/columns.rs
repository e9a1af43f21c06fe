//! Orders as packed columns, the form in which they also cross the C ABI.

use core::ops::RangeInclusive;

use crate::model::Timestamp;

/// Orders, one per row, in three columns of equal length. The rows may stand in any order.
///
/// Checked once here, so that everything computed from it cannot fail.
#[derive(Clone, Copy, Debug)]
pub struct OrderColumns<'a> {
    customers: &'a [u32],
    times: &'a [i64],
    amounts: &'a [i64],
    /// The number after the largest.
    customers_end: usize,
    /// The earliest time and the latest.
    period: (i64, i64),
}

impl<'a> OrderColumns<'a> {
    /// Checks the columns: the number of the customer, when the order was placed (milliseconds
    /// since 1970, UTC), and what it brought (minor units, refunds taken off; zero is allowed).
    ///
    /// Orders that do not count — drafts, cancelled ones — are left out by the caller. Linear time.
    ///
    /// # Errors
    /// When the lengths differ or are past `u32`, a time is outside the years that [`Timestamp`]
    /// takes, an amount is negative, or all amounts together leave the range of money.
    pub fn new(customers: &'a [u32], times: &'a [i64], amounts: &'a [i64]) -> Result<Self, ColumnsError> {
        if customers.len() != times.len() || customers.len() != amounts.len() {
            return Err(ColumnsError::Lengths {
                customers: customers.len(),
                times: times.len(),
                amounts: amounts.len(),
            });
        }
        if u32::try_from(customers.len()).is_err() {
            return Err(ColumnsError::TooMany { rows: customers.len() });
        }
        let period = period(times);
        if period.0 < Timestamp::MIN.millis() || period.1 > Timestamp::MAX.millis() {
            return Err(first_bad_time(times));
        }
        // Every amount is at most `bits`, and bits of a sign show in it.
        let bits = amounts.iter().fold(0, |bits, amount| bits | amount);
        if bits < 0 || i128::from(bits) * amounts.len() as i128 > i128::from(i64::MAX) {
            check_sum(amounts)?;
        }
        Ok(Self { customers, times, amounts, customers_end: end(customers), period })
    }

    /// How many orders.
    pub const fn len(&self) -> usize {
        self.customers.len()
    }

    /// No orders at all?
    pub const fn is_empty(&self) -> bool {
        self.customers.is_empty()
    }

    /// Whose order, row by row.
    pub const fn customers(&self) -> &'a [u32] {
        self.customers
    }

    /// When it was placed, in milliseconds since 1970.
    pub const fn times(&self) -> &'a [i64] {
        self.times
    }

    /// What it brought, in minor units.
    pub const fn amounts(&self) -> &'a [i64] {
        self.amounts
    }

    /// From the earliest time to the latest; empty without orders.
    pub(crate) fn period(&self) -> RangeInclusive<i64> {
        self.period.0..=self.period.1
    }

    /// The number after the largest of a customer; zero without orders.
    pub(crate) const fn customers_end(&self) -> usize {
        self.customers_end
    }
}

/// The number after the largest.
fn end(customers: &[u32]) -> usize {
    // Sixteen at a time, as one comparison need not wait for another.
    let (sixteens, rest) = customers.as_chunks::<16>();
    let mut largest = [0; 16];
    for sixteen in sixteens {
        for lane in 0..16 {
            largest[lane] = sixteen[lane].max(largest[lane]);
        }
    }
    let largest = largest.iter().chain(rest).max();
    largest.filter(|_| !customers.is_empty()).map_or(0, |largest| *largest as usize + 1)
}

/// The smallest time and the largest; of none, a period that ends before it begins.
fn period(times: &[i64]) -> (i64, i64) {
    let Some(first) = times.first() else { return (0, -1) };
    // Four at a time, for the same reason.
    let (fours, rest) = times.as_chunks::<4>();
    let (mut earliest, mut latest) = ([*first; 4], [*first; 4]);
    for four in fours {
        for lane in 0..4 {
            earliest[lane] = earliest[lane].min(four[lane]);
            latest[lane] = latest[lane].max(four[lane]);
        }
    }
    let least = earliest.iter().chain(rest).min().unwrap_or(first);
    let most = latest.iter().chain(rest).max().unwrap_or(first);
    (*least, *most)
}

#[cold]
fn first_bad_time(times: &[i64]) -> ColumnsError {
    let row = times.iter().position(|time| Timestamp::from_millis(*time).is_err()).unwrap_or(0);
    ColumnsError::Time { row, millis: times[row] }
}

/// Row by row, where a glance at all amounts was not enough.
#[cold]
fn check_sum(amounts: &[i64]) -> Result<(), ColumnsError> {
    let mut sum = 0_i64;
    for (row, amount) in amounts.iter().enumerate() {
        if *amount < 0 {
            return Err(ColumnsError::Negative { row, amount: *amount });
        }
        sum = sum.checked_add(*amount).ok_or(ColumnsError::Sum { row })?;
    }
    Ok(())
}

/// What is wrong with columns of orders. Rows are counted from zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ColumnsError {
    /// The columns are not of one table.
    #[error("the columns differ in length: {customers} customers, {times} times, {amounts} amounts")]
    Lengths {
        /// Rows in the first column.
        customers: usize,
        /// Rows in the second.
        times: usize,
        /// Rows in the third.
        amounts: usize,
    },
    /// More rows than can be numbered.
    #[error("{rows} orders are too many: at most 4,294,967,295 at a time")]
    TooMany {
        /// How many there are.
        rows: usize,
    },
    /// A time no shop has sold at; often seconds or microseconds instead of milliseconds.
    #[error("row {row}: {millis} is no time of an order: write milliseconds since 1970, within the years 1900 to 9998")]
    Time {
        /// Where.
        row: usize,
        /// What was written.
        millis: i64,
    },
    /// An order that costs the shop money.
    #[error("row {row}: the amount {amount} is negative: take a refund off the order it belongs to")]
    Negative {
        /// Where.
        row: usize,
        /// What was written.
        amount: i64,
    },
    /// The total cannot be said in an `i64`.
    #[error("row {row}: up to here the amounts add up past {}", i64::MAX)]
    Sum {
        /// Where the range was left.
        row: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_name_their_row() {
        let fault = |times: &[i64], amounts: &[i64]| OrderColumns::new(&[1, 2], times, amounts).err();
        assert_eq!(fault(&[0, 0], &[0, 5]), None);
        assert_eq!(fault(&[0], &[0, 5]), Some(ColumnsError::Lengths { customers: 2, times: 1, amounts: 2 }));
        assert_eq!(fault(&[0, 0], &[0]), Some(ColumnsError::Lengths { customers: 2, times: 2, amounts: 1 }));
        assert_eq!(fault(&[0, i64::MAX], &[0, 5]), Some(ColumnsError::Time { row: 1, millis: i64::MAX }));
        assert_eq!(fault(&[0, 0], &[0, -1]), Some(ColumnsError::Negative { row: 1, amount: -1 }));
        assert_eq!(fault(&[0, 0], &[i64::MAX, 1]), Some(ColumnsError::Sum { row: 1 }));
        assert_eq!(fault(&[0, 0], &[i64::MAX, 0]), None);
        assert_eq!(fault(&[0, 0], &[i64::MAX - 1, 1]), None, "the bits alone would say too much");
        assert_eq!(fault(&[0, 0], &[-1, i64::MAX]), Some(ColumnsError::Negative { row: 0, amount: -1 }));
    }

    #[test]
    fn every_row_is_looked_at() {
        let good = [5; 11];
        for row in 0..good.len() {
            let with = |bad: i64| good.iter().enumerate().map(|(at, v)| if at == row { bad } else { *v }).collect();
            let fault = |times: Vec<i64>, amounts: Vec<i64>| OrderColumns::new(&[1; 11], &times, &amounts).err();
            for millis in [Timestamp::MIN.millis() - 1, Timestamp::MAX.millis() + 1] {
                assert_eq!(fault(with(millis), good.to_vec()), Some(ColumnsError::Time { row, millis }));
            }
            assert_eq!(fault(good.to_vec(), with(-7)), Some(ColumnsError::Negative { row, amount: -7 }));
            let times: Vec<i64> = with(3);
            assert_eq!(OrderColumns::new(&[1; 11], &times, &good).unwrap().period(), 3..=5);
            let times: Vec<i64> = with(9);
            assert_eq!(OrderColumns::new(&[1; 11], &times, &good).unwrap().period(), 5..=9);
        }
        let nothing = OrderColumns::new(&[], &[], &[]).unwrap();
        assert_eq!((nothing.period().is_empty(), nothing.customers_end()), (true, 0));
        for row in 0..40 {
            let mut customers = [5; 40];
            customers[row] = 7;
            assert_eq!(OrderColumns::new(&customers, &[0; 40], &[0; 40]).unwrap().customers_end(), 8);
        }
    }
}

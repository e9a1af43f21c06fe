//! Orders as packed columns, the form in which they also cross the C ABI.

use crate::model::Timestamp;

/// Orders, one per row, in three columns of equal length. The rows may stand in any order.
///
/// Checked once here, so that everything computed from it cannot fail.
#[derive(Clone, Copy, Debug)]
pub struct OrderColumns<'a> {
    customers: &'a [u32],
    times: &'a [i64],
    amounts: &'a [i64],
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
        if let Some(row) = times.iter().position(|time| Timestamp::from_millis(*time).is_err()) {
            return Err(ColumnsError::Time { row, millis: times[row] });
        }
        let mut sum = 0_i64;
        for (row, amount) in amounts.iter().enumerate() {
            if *amount < 0 {
                return Err(ColumnsError::Negative { row, amount: *amount });
            }
            sum = sum.checked_add(*amount).ok_or(ColumnsError::Sum { row })?;
        }
        Ok(Self { customers, times, amounts })
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
    }
}

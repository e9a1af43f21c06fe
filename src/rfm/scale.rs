//! The rules by which values become scores.

use super::cut::{Best, Cut, Cuts};
use super::ranking;

/// How one measure is scored.
///
/// The rules give different classes to many customers (on real data single classes move by half),
/// so the rule is part of every result.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scale {
    /// Thresholds that the shop chose. Stable from day to day and easy to explain: the best choice
    /// for scenarios. The score is one more than there are thresholds not above the value.
    Fixed(Thresholds),
    /// Quantiles of the customers' values, interpolated between neighbours (type 7 of Hyndman and
    /// Fan 1996, as R, NumPy and SQL's `percentile_cont` do) but exactly. The score is one more than
    /// there are cuts below the value: equal values always get equal scores, so that groups may be
    /// unequal.
    QuantileByValue {
        /// How many scores.
        bins: Bins,
    },
    /// Groups of equal size as SQL's `NTILE` makes them, for comparison with it: ties are parted by
    /// the customer's number, and the first groups are larger by one when it does not come out even.
    Ntile {
        /// How many scores.
        bins: Bins,
    },
}

/// A scale for each of the three. Recency is reversed: the smallest number of days scores best.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scheme {
    /// For days since the last order; thresholds are days, ascending.
    pub recency: Scale,
    /// For the number of orders.
    pub frequency: Scale,
    /// For what they brought, in minor units.
    pub monetary: Scale,
}

impl Scheme {
    /// Quantiles for all three.
    pub const fn quantile(bins: Bins) -> Self {
        Self {
            recency: Scale::QuantileByValue { bins },
            frequency: Scale::QuantileByValue { bins },
            monetary: Scale::QuantileByValue { bins },
        }
    }

    /// Groups of equal size for all three.
    pub const fn ntile(bins: Bins) -> Self {
        Self { recency: Scale::Ntile { bins }, frequency: Scale::Ntile { bins }, monetary: Scale::Ntile { bins } }
    }

    /// The shop's own thresholds for all three: days, orders, minor units.
    pub const fn fixed(recency_days: Thresholds, frequency: Thresholds, monetary: Thresholds) -> Self {
        Self {
            recency: Scale::Fixed(recency_days),
            frequency: Scale::Fixed(frequency),
            monetary: Scale::Fixed(monetary),
        }
    }
}

impl Scale {
    /// Gives every value its score through `put` and tells the cuts.
    ///
    /// Linear time. No value is negative; they stand in ascending order of customers.
    pub(super) fn apply<T>(&self, values: &[T], best: Best, mut put: impl FnMut(usize, u8)) -> Cuts
    where
        T: Copy + Ord + Into<i64>,
    {
        let value = |place: usize| -> i64 { values[place].into() };
        let largest: i64 = values.iter().copied().max().map_or(0, Into::into);
        let cuts = match self {
            Self::Fixed(thresholds) => Cuts::passed_at(thresholds.as_slice(), best),
            Self::QuantileByValue { bins } => {
                let order =
                    ranking::ascending(values.len(), largest.unsigned_abs(), |place| value(place).unsigned_abs());
                Cuts::passed_above(quantiles(&order, *bins, value), best)
            }
            Self::Ntile { bins } => {
                let order = ranking::ascending(values.len(), largest.unsigned_abs(), |place| match best {
                    Best::Largest => value(place).unsigned_abs(),
                    Best::Smallest => (largest - value(place)).unsigned_abs(),
                });
                return ntiles(&order, *bins, best, value, put);
            }
        };
        for (place, value) in values.iter().enumerate() {
            put(place, cuts.score((*value).into()));
        }
        cuts
    }
}

/// The inner cuts: the k-th lies k / bins of the way from the first value to the last.
fn quantiles(order: &[u32], bins: Bins, value: impl Fn(usize) -> i64) -> Vec<Cut> {
    let Some(last) = order.len().checked_sub(1) else { return Vec::new() };
    let at = |rank: usize| value(order[rank.min(last)] as usize);
    let parts = usize::from(bins.0);
    let cut = |k: usize| {
        let (rank, part) = (last * k / parts, last * k % parts);
        // `part` is below `parts`, which is a u8.
        Cut::between(at(rank), at(rank + 1), part as u8, bins.0)
    };
    (1..parts).map(cut).collect()
}

fn ntiles(order: &[u32], bins: Bins, best: Best, value: impl Fn(usize) -> i64, mut put: impl FnMut(usize, u8)) -> Cuts {
    let (size, larger) = (order.len() / usize::from(bins.0), order.len() % usize::from(bins.0));
    let mut firsts = Vec::new();
    let mut rest = order;
    for score in 1..=bins.0 {
        let (group, after) = rest.split_at(size + usize::from(usize::from(score) <= larger));
        group.iter().for_each(|place| put(*place as usize, score));
        firsts.extend(group.first().filter(|_| score > 1).map(|place| value(*place as usize)));
        rest = after;
    }
    match best {
        Best::Largest => Cuts::passed_at(&firsts, best),
        // Most days come first here, so a group's first value is its largest.
        Best::Smallest => Cuts::passed_above(firsts.into_iter().rev().map(Cut::whole).collect(), best),
    }
}

/// How many scores a measure has: 2 to 10.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bins(u8);

impl Bins {
    /// The fewest.
    pub const MIN: Self = Self(2);
    /// The usual number, and the one the default classes are made for.
    pub const FIVE: Self = Self(5);
    /// The most.
    pub const MAX: Self = Self(10);

    /// `bins` scores.
    ///
    /// # Errors
    /// Outside 2 to 10.
    pub const fn new(bins: u8) -> Result<Self, BinsError> {
        if bins < Self::MIN.0 || bins > Self::MAX.0 { Err(BinsError { bins }) } else { Ok(Self(bins)) }
    }

    /// The number.
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// Too few scores to tell customers apart, or too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{bins} scores: there must be {} to {}", Bins::MIN.0, Bins::MAX.0)]
pub struct BinsError {
    /// What was written.
    pub bins: u8,
}

/// Thresholds a shop chose: one to nine values, strictly ascending.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Thresholds(Vec<i64>);

impl Thresholds {
    /// Checks the values.
    ///
    /// # Errors
    /// When there are none or more than nine, or one is not above the one before.
    pub fn new(values: Vec<i64>) -> Result<Self, ThresholdsError> {
        if values.is_empty() || values.len() >= usize::from(Bins::MAX.0) {
            return Err(ThresholdsError::Count { count: values.len() });
        }
        match values.windows(2).position(|pair| pair[0] >= pair[1]) {
            Some(place) => Err(ThresholdsError::NotAscending { before: values[place], value: values[place + 1] }),
            None => Ok(Self(values)),
        }
    }

    /// The values, ascending.
    pub fn as_slice(&self) -> &[i64] {
        &self.0
    }
}

/// Why values are not thresholds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ThresholdsError {
    /// None, or more than scores can be made of.
    #[error("{count} thresholds: there must be 1 to {}", Bins::MAX.0 - 1)]
    Count {
        /// How many there are.
        count: usize,
    },
    /// Equal to the one before, or below it.
    #[error("the threshold {value} must be above the one before, {before}")]
    NotAscending {
        /// The one before.
        before: i64,
        /// The one out of order.
        value: i64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_ascend() {
        assert!(Thresholds::new(vec![1, 2, 9]).is_ok());
        assert_eq!(Thresholds::new(vec![1, 2, 2]), Err(ThresholdsError::NotAscending { before: 2, value: 2 }));
        assert_eq!(Thresholds::new(vec![]), Err(ThresholdsError::Count { count: 0 }));
        assert_eq!(Thresholds::new((0..10).collect()), Err(ThresholdsError::Count { count: 10 }));
    }

    #[test]
    fn bins_are_two_to_ten() {
        assert_eq!([1, 2, 10, 11].map(|bins| Bins::new(bins).is_ok()), [false, true, true, false]);
    }
}

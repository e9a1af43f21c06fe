//! The rules by which values become scores.

use super::cut::{Best, Cut, Cuts, count};
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
    /// The score of every value, and the cuts.
    ///
    /// Linear time. No value is negative; they stand in ascending order of customers.
    pub(super) fn apply<T: Copy + Ord + Into<i64>>(&self, values: &[T], best: Best) -> (Vec<u8>, Cuts) {
        let cuts = match self {
            Self::Fixed(thresholds) => Cuts::passed_at(thresholds.as_slice(), best),
            Self::QuantileByValue { bins } => Cuts::passed_above(quantiles(values, *bins), best),
            Self::Ntile { bins } => return ntiles(values, *bins, best),
        };
        (cuts.scores(values), cuts)
    }
}

/// The inner cuts: the k-th lies k / bins of the way from the first value to the last.
fn quantiles<T: Copy + Ord + Into<i64>>(values: &[T], bins: Bins) -> Vec<Cut> {
    let Some(last) = values.len().checked_sub(1) else { return Vec::new() };
    let parts = usize::from(bins.0);
    let neighbours = |k: usize| [last * k / parts, (last * k / parts + 1).min(last)];
    let ends = ranking::at(&(1..parts).flat_map(neighbours).collect::<Vec<_>>(), values);
    let cut = |(k, ends): (usize, &[usize])| {
        let [low, high] = [ends[0], ends[1]].map(|place| values[place].into());
        // The rest is below `parts`, which is a u8.
        Cut::between(low, high, (last * k % parts) as u8, bins.0)
    };
    (1..).zip(ends.chunks_exact(2)).map(cut).collect()
}

/// Groups of equal size, from the worst to the best.
fn ntiles<T: Copy + Ord + Into<i64>>(values: &[T], bins: Bins, best: Best) -> (Vec<u8>, Cuts) {
    let starts = ntile_starts(values.len(), bins);
    let firsts = match best {
        Best::Largest => ranking::at(&starts, values),
        Best::Smallest => {
            let largest = values.iter().max().map_or(0, |largest| (*largest).into());
            ranking::at(&starts, &values.iter().map(|value| largest - (*value).into()).collect::<Vec<i64>>())
        }
    };
    let mut scores = vec![1; values.len()];
    for first in &firsts {
        // Who stands before the first of a group needs a better value to be in it, who stands after
        // an equal one.
        let limit = values[*first];
        let (before, after) = scores.split_at_mut(*first);
        let (values_before, values_after) = values.split_at(*first);
        match best {
            Best::Largest => {
                count(before, values_before, |value| value > limit);
                count(after, values_after, |value| value >= limit);
            }
            Best::Smallest => {
                count(before, values_before, |value| value < limit);
                count(after, values_after, |value| value <= limit);
            }
        }
    }
    let points = firsts.iter().map(|place| values[*place].into());
    let cuts = match best {
        Best::Largest => Cuts::passed_at(&points.collect::<Vec<_>>(), best),
        // Most days come first here, so a group's first value is its largest.
        Best::Smallest => Cuts::passed_above(points.rev().map(Cut::whole).collect(), best),
    };
    (scores, cuts)
}

/// The ranks at which the groups after the first begin, as far as somebody is in them.
fn ntile_starts(count: usize, bins: Bins) -> Vec<usize> {
    let bins = usize::from(bins.0);
    let (size, larger) = (count / bins, count % bins);
    (1..bins).map(|group| group * size + group.min(larger)).filter(|start| *start < count).collect()
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

    /// How many of them `value` reaches.
    pub(super) fn reached(&self, value: i64) -> u8 {
        self.0.partition_point(|threshold| *threshold <= value) as u8
    }

    /// The best score there is: one more than there are thresholds.
    pub(super) fn best(&self) -> u8 {
        1 + self.0.len() as u8
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

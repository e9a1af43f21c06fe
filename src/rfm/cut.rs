//! Where one score ends and the next begins.

use core::cmp::Ordering;
use core::fmt;

use super::{Thresholds, ThresholdsError};

/// An exact cut point: a fraction in lowest terms, since a quantile may fall between two amounts.
///
/// Shown as a decimal where that is exact, else as a fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cut {
    numerator: i128,
    denominator: u8,
}

impl Cut {
    /// A whole number.
    pub const fn whole(value: i64) -> Self {
        Self { numerator: value as i128, denominator: 1 }
    }

    /// The point `part / parts` of the way from `low` to `high`.
    pub(crate) fn between(low: i64, high: i64, part: u8, parts: u8) -> Self {
        let (low, high) = (i128::from(low), i128::from(high));
        let numerator = low * i128::from(parts) + (high - low) * i128::from(part);
        let mut common = (numerator.unsigned_abs(), u128::from(parts));
        while common.1 != 0 {
            common = (common.1, common.0 % common.1);
        }
        // A divisor of `parts`, so it is as small.
        let common = common.0.max(1) as u8;
        Self { numerator: numerator / i128::from(common), denominator: parts / common }
    }

    /// The number above the line.
    pub const fn numerator(self) -> i128 {
        self.numerator
    }

    /// The number below the line: 1 to 10.
    pub const fn denominator(self) -> u8 {
        self.denominator
    }

    /// The largest whole number that is not above the cut.
    pub fn floor(self) -> i64 {
        // Cuts lie between values of type i64.
        self.numerator.div_euclid(i128::from(self.denominator)) as i64
    }

    /// The smallest whole number that is not below the cut.
    pub fn ceil(self) -> i64 {
        -((-self.numerator).div_euclid(i128::from(self.denominator))) as i64
    }
}

impl Ord for Cut {
    fn cmp(&self, other: &Self) -> Ordering {
        let of_ten = |cut: &Self, by: u8| cut.numerator * i128::from(by);
        of_ten(self, other.denominator).cmp(&of_ten(other, self.denominator))
    }
}

impl PartialOrd for Cut {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let denominator = u128::from(self.denominator);
        let sign = if self.numerator < 0 { "-" } else { "" };
        let size = self.numerator.unsigned_abs();
        if denominator == 1 {
            write!(f, "{sign}{size}")
        } else if 1000 % denominator == 0 {
            let thousandths = format!("{:03}", size % denominator * (1000 / denominator));
            write!(f, "{sign}{}.{}", size / denominator, thousandths.trim_end_matches('0'))
        } else {
            write!(f, "{sign}{size}/{denominator}")
        }
    }
}

/// The cut points of one of the three measures: enough to score a value that was not among the many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cuts {
    points: Vec<Cut>,
    /// Values over the n-th of these are past the n-th point.
    floors: Vec<i64>,
    best: Best,
}

/// Which end of a measure is the good one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Best {
    /// Frequency and monetary value.
    Largest,
    /// Recency.
    Smallest,
}

impl Cuts {
    /// Points, ascending, which a value is past when it is over them.
    pub(super) fn passed_above(points: Vec<Cut>, best: Best) -> Self {
        let floors = points.iter().map(|point| point.floor()).collect();
        Self { points, floors, best }
    }

    /// Points, ascending, which a value is past when it reaches them.
    pub(super) fn passed_at(points: &[i64], best: Best) -> Self {
        let floors = points.iter().map(|point| point.saturating_sub(1)).collect();
        Self { points: points.iter().copied().map(Cut::whole).collect(), floors, best }
    }

    /// The points, ascending. Two of them are equal where many customers have the same value; then
    /// nobody gets the score between.
    pub fn points(&self) -> &[Cut] {
        &self.points
    }

    /// The score of a value: from 1 to one more than there are points.
    ///
    /// Exactly as the many were scored; only with [`Scale::Ntile`](super::Scale::Ntile), which parts
    /// equal values, all of them get the better score here.
    pub fn score(&self, value: i64) -> u8 {
        let passed = self.floors.iter().map(|floor| u8::from(value > *floor)).sum::<u8>();
        match self.best {
            Best::Largest => 1 + passed,
            Best::Smallest => 1 + self.floors.len() as u8 - passed,
        }
    }

    /// The scores of many values.
    pub(super) fn scores<T: Copy + Into<i64>>(&self, values: &[T]) -> Vec<u8> {
        let mut scores = vec![1; values.len()];
        for floor in &self.floors {
            match self.best {
                Best::Largest => count(&mut scores, values, |value| value.into() > *floor),
                Best::Smallest => count(&mut scores, values, |value| value.into() <= *floor),
            }
        }
        scores
    }

    /// The thresholds that score every value as these cuts do, to be kept from one day to the next.
    ///
    /// # Errors
    /// When points are equal, so that some score is never given, or there are none.
    pub fn thresholds(&self) -> Result<Thresholds, ThresholdsError> {
        Thresholds::new(self.reached().collect())
    }

    /// The whole numbers that are past the points: the least of each, ascending.
    pub(super) fn reached(&self) -> impl Iterator<Item = i64> {
        // Past i64::MAX comes no value, so one that cannot be said is not missed.
        self.floors.iter().filter_map(|floor| floor.checked_add(1))
    }
}

/// Raises the score of each value that passed. A score is at most ten.
pub(super) fn count<T: Copy>(scores: &mut [u8], values: &[T], passed: impl Fn(T) -> bool) {
    for (score, value) in scores.iter_mut().zip(values) {
        *score = score.wrapping_add(u8::from(passed(*value)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_are_exact_and_show_it() {
        let shown = |low, high, part, parts| Cut::between(low, high, part, parts).to_string();
        assert_eq!(shown(297, 298, 2, 5), "297.4");
        assert_eq!(shown(10, 12, 1, 2), "11");
        assert_eq!(shown(0, 1, 1, 8), "0.125");
        assert_eq!(shown(0, 3, 2, 10), "0.6");
        assert_eq!(shown(5, 6, 1, 3), "16/3");
        assert_eq!(shown(7, 7, 1, 3), "7");
        assert_eq!(shown(i64::MAX - 1, i64::MAX, 1, 2), "9223372036854775806.5");
    }

    #[test]
    fn floor_and_ceil_enclose() {
        let cut = Cut::between(297, 298, 2, 5);
        assert_eq!((cut.floor(), cut.ceil()), (297, 298));
        assert_eq!((Cut::whole(4).floor(), Cut::whole(4).ceil()), (4, 4));
        let negative = Cut::between(-2, -1, 1, 2);
        assert_eq!((negative.floor(), negative.ceil(), negative.to_string()), (-2, -1, "-1.5".into()));
        assert!(Cut::between(0, 1, 1, 3) < Cut::between(0, 1, 1, 2));
    }

    #[test]
    fn kept_thresholds_score_alike() {
        let cuts = Cuts::passed_above(vec![Cut::between(2, 3, 1, 5), Cut::whole(7)], Best::Smallest);
        let kept = Cuts::passed_at(cuts.thresholds().unwrap().as_slice(), Best::Smallest);
        for (value, score) in [(2, 3), (3, 2), (7, 2), (8, 1)] {
            assert_eq!((cuts.score(value), kept.score(value)), (score, score), "{value}");
        }
    }
}

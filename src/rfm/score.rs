//! Scores of many, and of one.

use core::fmt;

use super::cut::{Best, Cuts};
use super::{Measured, Rfm, Scheme};

/// The three scores of a customer, each from 1 (worst) to the number of bins (best).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score {
    /// How recently.
    pub recency: u8,
    /// How often.
    pub frequency: u8,
    /// For how much.
    pub monetary: u8,
}

impl fmt::Display for Score {
    /// The usual short form, `543`; a score of ten makes it longer.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.recency, self.frequency, self.monetary)
    }
}

/// The cut points of all three measures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RfmCuts {
    /// In days.
    pub recency: Cuts,
    /// In orders.
    pub frequency: Cuts,
    /// In minor units.
    pub monetary: Cuts,
}

impl RfmCuts {
    /// Scores one customer by cuts found among many. See [`Cuts::score`] on ties under `NTILE`.
    pub fn score(&self, customer: &Measured) -> Score {
        Score {
            recency: self.recency.score(i64::from(customer.recency_days)),
            frequency: self.frequency.score(i64::from(customer.frequency)),
            monetary: self.monetary.score(customer.monetary),
        }
    }
}

/// The scores of all customers of an [`Rfm`], in its order, and the cuts they come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scores {
    all: Vec<Score>,
    cuts: RfmCuts,
}

impl Scores {
    /// One score for each customer, in the order of [`Rfm::customers`].
    pub fn all(&self) -> &[Score] {
        &self.all
    }

    /// Where the scores change.
    pub const fn cuts(&self) -> &RfmCuts {
        &self.cuts
    }

    /// The sum of 100 R + 10 F + M over all customers, to compare two systems by one number.
    pub fn checksum(&self) -> u64 {
        let digits = |s: &Score| 100 * u64::from(s.recency) + 10 * u64::from(s.frequency) + u64::from(s.monetary);
        self.all.iter().map(digits).sum()
    }
}

impl Scheme {
    /// Scores every customer. Linear time.
    pub fn score(&self, rfm: &Rfm) -> Scores {
        let (recency, recency_cuts) = self.recency.apply(rfm.recency_days(), Best::Smallest);
        let (frequency, frequency_cuts) = self.frequency.apply(rfm.frequency(), Best::Largest);
        let (monetary, monetary_cuts) = self.monetary.apply(rfm.monetary(), Best::Largest);
        let each = recency.iter().zip(&frequency).zip(&monetary);
        let score = |((r, f), m): ((&u8, &u8), &u8)| Score { recency: *r, frequency: *f, monetary: *m };
        Scores {
            all: each.map(score).collect(),
            cuts: RfmCuts { recency: recency_cuts, frequency: frequency_cuts, monetary: monetary_cuts },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{AsOf, Bins, OrderColumns, RfmOptions, Scale, Thresholds};
    use super::*;
    use crate::model::{Timestamp, Zone};
    use proptest::prelude::*;

    /// Customers 0.. with one order each, so many days ago and for so much.
    fn rfm(values: &[(u32, i64)]) -> Rfm {
        let as_of = AsOf::new(Timestamp::from_millis(2_000_000_000_000).unwrap(), Zone::TOKYO);
        let customers: Vec<u32> = (0..values.len() as u32).collect();
        let times: Vec<i64> =
            values.iter().map(|(days, _)| as_of.at.millis() - i64::from(*days) * 86_400_000).collect();
        let amounts: Vec<i64> = values.iter().map(|(_, amount)| *amount).collect();
        Rfm::measure(&OrderColumns::new(&customers, &times, &amounts).unwrap(), &as_of, &RfmOptions::new())
    }

    fn thresholds(values: &[i64]) -> Thresholds {
        Thresholds::new(values.to_vec()).unwrap()
    }

    #[test]
    fn fixed_thresholds_are_reached_not_passed() {
        let scheme = Scheme::fixed(thresholds(&[30, 90]), thresholds(&[1, 2]), thresholds(&[1000, 5000]));
        let scores = scheme.score(&rfm(&[(29, 999), (30, 1000), (89, 4999), (90, 5000)]));
        let shown: Vec<_> = scores.all().iter().map(Score::to_string).collect();
        assert_eq!(shown, ["321", "222", "222", "123"]);
        assert_eq!(scores.checksum(), 321 + 222 + 222 + 123);
        assert_eq!(scores.cuts().recency.thresholds(), Ok(thresholds(&[30, 90])));
    }

    #[test]
    fn values_on_a_quantile_stay_below_it() {
        // Type 7 of 0, 10, 20, 30, 40, 50 at fifths: 10, 20, 30, 40, all of them values.
        let scores =
            Scheme::quantile(Bins::FIVE).score(&rfm(&[(0, 0), (10, 10), (20, 20), (30, 30), (40, 40), (50, 50)]));
        let shown: Vec<_> = scores.all().iter().map(Score::to_string).collect();
        assert_eq!(shown, ["511", "511", "412", "313", "214", "115"]);
    }

    #[test]
    fn ntile_parts_ties_by_customer() {
        let scores = Scheme::ntile(Bins::new(3).unwrap()).score(&rfm(&[(5, 7), (5, 7), (5, 7), (9, 7), (1, 0)]));
        let shown: Vec<_> = scores.all().iter().map(Score::to_string).collect();
        // By days descending: 3, 0 | 1, 2 | 4; by count: 0, 1 | 2, 3 | 4; by money: 4, 0 | 1, 2 | 3.
        assert_eq!(shown, ["111", "212", "222", "123", "331"]);
        let days: Vec<_> = scores.cuts().recency.points().iter().map(ToString::to_string).collect();
        assert_eq!(days, ["1", "5"], "ascending, though the most days come first");
    }

    #[test]
    fn nobody_gets_no_scores() {
        for scheme in [Scheme::quantile(Bins::FIVE), Scheme::ntile(Bins::FIVE)] {
            let scores = scheme.score(&rfm(&[]));
            assert!(scores.all().is_empty() && scores.cuts().monetary.points().is_empty());
        }
    }

    fn bins() -> impl Strategy<Value = Bins> {
        (2_u8..=10).prop_map(|bins| Bins::new(bins).unwrap())
    }

    fn values() -> impl Strategy<Value = Vec<(u32, i64)>> {
        let amount = prop_oneof![0_i64..20, 0_i64..1_000_000_000_000_000];
        proptest::collection::vec((prop_oneof![0_u32..10, 0_u32..10_000], amount), 1..80)
    }

    fn by_value() -> impl Strategy<Value = Scale> {
        let fixed = proptest::collection::btree_set(0_i64..30, 1..=9)
            .prop_map(|set| Scale::Fixed(thresholds(&set.into_iter().collect::<Vec<_>>())));
        prop_oneof![fixed, bins().prop_map(|bins| Scale::QuantileByValue { bins })]
    }

    proptest! {
        #[test]
        fn equal_values_get_equal_scores_and_better_ones_no_worse(values in values(), scale in by_value()) {
            let rfm = rfm(&values);
            let scheme = Scheme { recency: scale.clone(), frequency: scale.clone(), monetary: scale };
            let scores = scheme.score(&rfm);
            for (i, a) in scores.all().iter().enumerate() {
                prop_assert_eq!(*a, scores.cuts().score(&rfm.get(i as u32).unwrap()), "one scores as many");
                for (j, b) in scores.all().iter().enumerate() {
                    prop_assert!(values[i].0 < values[j].0 || a.recency <= b.recency);
                    prop_assert!(values[i].1 > values[j].1 || a.monetary <= b.monetary);
                }
            }
        }

        /// The definition, in the plainest arithmetic: q times the bins is whole.
        #[test]
        fn quantiles_are_type_7(values in values(), bins in bins()) {
            let scores = Scheme::quantile(bins).score(&rfm(&values));
            let mut sorted: Vec<i128> = values.iter().map(|v| i128::from(v.1)).collect();
            sorted.sort_unstable();
            let parts = i128::from(bins.get());
            let cuts: Vec<i128> = (1..parts).map(|k| {
                let h = k * (sorted.len() as i128 - 1);
                let (low, part) = ((h / parts) as usize, h % parts);
                let high = sorted[(low + 1).min(sorted.len() - 1)];
                sorted[low] * (parts - part) + high * part
            }).collect();
            for (value, score) in values.iter().zip(scores.all()) {
                let below = cuts.iter().filter(|cut| **cut < i128::from(value.1) * parts).count();
                prop_assert_eq!(usize::from(score.monetary), 1 + below);
            }
        }

        #[test]
        fn ntile_groups_differ_by_one_at_most(values in values(), bins in bins()) {
            let scores = Scheme::ntile(bins).score(&rfm(&values));
            for of in [|s: &Score| s.recency, |s: &Score| s.frequency, |s: &Score| s.monetary] {
                let size = |group| scores.all().iter().filter(|s| of(s) == group).count();
                let sizes: Vec<usize> = (1..=bins.get()).map(size).collect();
                prop_assert_eq!(sizes.iter().sum::<usize>(), values.len());
                prop_assert!(sizes.is_sorted_by(|a, b| a >= b) && sizes[0] - sizes[sizes.len() - 1] <= 1);
            }
            // One scored by the cuts gets the best that equal values got.
            let rfm = rfm(&values);
            for (i, (days, amount)) in values.iter().enumerate() {
                let one = scores.cuts().score(&rfm.get(i as u32).unwrap());
                let alike = || values.iter().zip(scores.all());
                let recency = alike().filter(|(v, _)| v.0 == *days).map(|(_, s)| s.recency).max();
                let monetary = alike().filter(|(v, _)| v.1 == *amount).map(|(_, s)| s.monetary).max();
                prop_assert_eq!((Some(one.recency), Some(one.monetary)), (recency, monetary));
            }
            // No worse value is in a better group.
            for (a, s) in values.iter().zip(scores.all()) {
                for (b, t) in values.iter().zip(scores.all()) {
                    prop_assert!(a.0 <= b.0 || s.recency <= t.recency);
                    prop_assert!(a.1 >= b.1 || s.monetary <= t.monetary);
                }
            }
        }
    }
}

//! What two groups spent, and whether that differs: friends who were given something against those held out.

use crate::model::Money;

/// The sums of one group, taken in one by one: enough for a mean and how far it may be off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spending {
    friends: u64,
    sum: i128,
    /// Of squares. A sum of ten million friends at a billion yen each has room in it.
    squares: u128,
}

impl Spending {
    /// Takes in what one friend spent; nothing is spending too, and leaving it out would be the mistake.
    pub fn add(&mut self, spent: Money) {
        let minor = i128::from(spent.minor());
        self.friends += 1;
        self.sum = self.sum.saturating_add(minor);
        self.squares = self.squares.saturating_add(minor.unsigned_abs().saturating_mul(minor.unsigned_abs()));
    }

    /// How many friends.
    pub const fn friends(&self) -> u64 {
        self.friends
    }

    /// What one of them spent on average, to the nearest unit. None without friends.
    pub fn mean(&self) -> Option<Money> {
        let friends = i128::from(self.friends);
        if friends == 0 {
            return None;
        }
        let rounded = (2 * self.sum + friends).div_euclid(2 * friends);
        i64::try_from(rounded).ok().map(Money::from_minor)
    }

    /// The variance of the mean in thousandths of a unit, squared: s²/n · 10⁶, rounded up. None of fewer than two.
    fn variance_of_mean(&self) -> Option<u128> {
        let n = u128::from(self.friends);
        if n < 2 {
            return None;
        }
        // n·Σx² − (Σx)² is n(n−1)s², exact and never negative.
        let spread = n.checked_mul(self.squares)?.checked_sub(self.sum.unsigned_abs().checked_pow(2)?)?;
        let by = n.checked_mul(n)?.checked_mul(n - 1)?;
        // What does not fit with a million in front of it is large enough to be divided first.
        match spread.checked_mul(1_000_000) {
            Some(spread) => Some(spread.div_ceil(by)),
            None => spread.div_ceil(by).checked_mul(1_000_000),
        }
    }
}

impl FromIterator<Money> for Spending {
    fn from_iter<I: IntoIterator<Item = Money>>(spent: I) -> Self {
        let mut spending = Self::default();
        spent.into_iter().for_each(|spent| spending.add(spent));
        spending
    }
}

/// How much more a friend of one group spent than one of the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// The difference of the means, to the nearest unit.
    pub per_friend: Money,
    /// From where …
    pub low: Money,
    /// … to where it lies in 95 of 100 such comparisons, rounded outward.
    pub high: Money,
}

impl Difference {
    /// Compares those who were given it with those held out, by Welch's standard error and the normal quantile 1.96
    /// (B. L. Welch, "The generalization of Student's problem", 1947): good for groups of some thirty and more,
    /// too narrow for smaller ones.
    ///
    /// None where a group has fewer than two friends, or sums are past what can be reckoned.
    ///
    /// ```
    /// use enishi::insight::{Difference, Spending};
    /// use enishi::model::Money;
    /// let yen = |n: i64| Money::from_minor(n);
    /// let given: Spending = (0..100).map(|n| yen(1000 + n % 10 * 100)).collect();
    /// let held_out: Spending = (0..50).map(|n| yen(900 + n % 10 * 100)).collect();
    /// let difference = Difference::between(&given, &held_out).unwrap();
    /// assert_eq!((difference.per_friend, difference.low, difference.high), (yen(100), yen(1), yen(199)));
    /// assert!(difference.is_clear());
    /// ```
    pub fn between(given: &Spending, held_out: &Spending) -> Option<Self> {
        let variance = given.variance_of_mean()?.checked_add(held_out.variance_of_mean()?)?;
        // In thousandths of a unit, rounded up.
        let error = variance.isqrt() + u128::from(variance.isqrt().pow(2) < variance);
        let half = i128::try_from(error.checked_mul(196)?.div_ceil(100)).ok()?;
        // The means' difference as a fraction of both sizes.
        let (n, m) = (i128::from(given.friends), i128::from(held_out.friends));
        let over = given.sum.checked_mul(m)?.checked_sub(held_out.sum.checked_mul(n)?)?;
        let (under, thousandths) = (n.checked_mul(m)?, over.checked_mul(1000)?);
        let money = |minor: i128| i64::try_from(minor).ok().map(Money::from_minor);
        let down = thousandths.div_euclid(under).checked_sub(half)?.div_euclid(1000);
        let up = -(-thousandths).div_euclid(under);
        let up = -(-up.checked_add(half)?).div_euclid(1000);
        let nearest = over.checked_mul(2)?.checked_add(under)?.div_euclid(under.checked_mul(2)?);
        Some(Self { per_friend: money(nearest)?, low: money(down)?, high: money(up)? })
    }

    /// Lies the whole interval on one side of nothing? Otherwise chance alone might have made it.
    pub fn is_clear(&self) -> bool {
        self.low > Money::ZERO || self.high.is_negative()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spending(spent: &[i64]) -> Spending {
        spent.iter().copied().map(Money::from_minor).collect()
    }

    /// By hand: means 20 and 10, s² = 100 and 100/3 of 3 and 4 friends.
    #[test]
    fn worked_out_by_hand() {
        let difference = Difference::between(&spending(&[10, 20, 30]), &spending(&[5, 5, 15, 15])).unwrap();
        // 1.96 · √(100/3 + 100/12) = 12.65
        assert_eq!([difference.per_friend, difference.low, difference.high].map(Money::minor), [10, -3, 23]);
        assert!(!difference.is_clear());
    }

    #[test]
    fn too_few_to_compare() {
        assert_eq!(Difference::between(&spending(&[1]), &spending(&[1, 2])), None);
        assert_eq!(spending(&[]).mean(), None);
        assert_eq!(spending(&[-1, 0]).mean(), Some(Money::ZERO), "a half is rounded up");
    }

    proptest! {
        /// The same by floating point, to a unit.
        #[test]
        #[allow(clippy::float_arithmetic, reason = "another way to the same")]
        fn as_the_textbook_has_it(
            a in prop::collection::vec(0_i64..1_000_000, 2..40),
            b in prop::collection::vec(-500_i64..1_000_000, 2..40),
        ) {
            let stats = |x: &[i64]| {
                let n = x.len() as f64;
                let mean = x.iter().sum::<i64>() as f64 / n;
                (mean, x.iter().map(|x| (*x as f64 - mean).powi(2)).sum::<f64>() / (n - 1.0) / n)
            };
            let ((mean_a, var_a), (mean_b, var_b)) = (stats(&a), stats(&b));
            let (difference, half) = (mean_a - mean_b, 1.96 * (var_a + var_b).sqrt());
            let found = Difference::between(&spending(&a), &spending(&b)).unwrap();
            prop_assert!((found.per_friend.minor() as f64 - difference).abs() <= 0.51);
            prop_assert!((found.low.minor() as f64 - (difference - half).floor()).abs() <= 1.0);
            prop_assert!((found.high.minor() as f64 - (difference + half).ceil()).abs() <= 1.0);
            prop_assert!(found.low <= found.per_friend && found.per_friend <= found.high);
        }
    }
}

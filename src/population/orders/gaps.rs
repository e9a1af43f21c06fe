//! How long customers take from one purchase to the next.

use crate::rfm::{Cut, Pass, PurchaseDays};

/// The days between each purchase of a customer and the next one, of all customers together: what a
/// reminder is timed by.
///
/// ```
/// use enishi::model::{Timestamp, Zone};
/// use enishi::population::Gaps;
/// use enishi::rfm::{AsOf, OrderColumns, PurchaseDays};
///
/// const DAY: i64 = 86_400_000;
/// let orders = OrderColumns::new(&[1, 1, 1, 2], &[0, 10 * DAY, 31 * DAY, 0], &[10; 4])?;
/// let history = PurchaseDays::of(&orders, &AsOf::new(Timestamp::MAX, Zone::TOKYO));
/// let gaps = Gaps::of(&history);
/// assert_eq!((gaps.count(), gaps.total_days()), (2, 31));
/// assert_eq!(gaps.median().map(|days| days.to_string()), Some("15.5".into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gaps {
    by_days: Vec<u64>,
}

impl Gaps {
    /// Counts the gaps of a history. Linear time; memory by the days from the first purchase to the
    /// last.
    pub fn of(history: &PurchaseDays) -> Self {
        let mut count = Count { by_days: vec![0; history.span() as usize] };
        history.visit(&mut count);
        let mut by_days = count.by_days;
        by_days.truncate(by_days.iter().rposition(|gaps| *gaps > 0).map_or(0, |longest| longest + 1));
        Self { by_days }
    }

    /// How many gaps are of 0 days, of 1 day, and so on to the longest. None is of 0 days, as orders on
    /// one day are one purchase.
    pub fn by_days(&self) -> &[u64] {
        &self.by_days
    }

    /// How many gaps.
    pub fn count(&self) -> u64 {
        self.by_days.iter().sum()
    }

    /// All gaps together, in days; by the [`count`](Self::count) it is the mean.
    pub fn total_days(&self) -> u64 {
        self.by_days.iter().zip(0..).map(|(gaps, days)| gaps * days).sum()
    }

    /// The gap so many quarters up from the shortest to the longest, in days: exact, interpolated
    /// between neighbours (type 7 of Hyndman and Fan 1996). `None` without gaps.
    fn quarter(&self, quarters: u8) -> Option<Cut> {
        let last = self.count().checked_sub(1)?;
        let steps = last * u64::from(quarters);
        let (low, high) = (self.at(steps / 4), self.at((steps / 4 + 1).min(last)));
        Some(Cut::between(low, high, (steps % 4) as u8, 4))
    }

    /// The three quartiles, in days: exact, interpolated between neighbours (type 7 of Hyndman and Fan
    /// 1996). `None` without gaps.
    pub fn quartiles(&self) -> Option<[Cut; 3]> {
        Some([self.quarter(1)?, self.quarter(2)?, self.quarter(3)?])
    }

    /// The gap which half of all are not longer than, in days; exact. `None` without gaps.
    pub fn median(&self) -> Option<Cut> {
        self.quarter(2)
    }

    /// The gap at a rank, from zero; the longest past the end.
    fn at(&self, rank: u64) -> i64 {
        let through = self.by_days.iter().scan(0, |sum, gaps| {
            *sum += gaps;
            Some(*sum)
        });
        through.take_while(|through| *through <= rank).count() as i64
    }
}

struct Count {
    by_days: Vec<u64>,
}

impl Pass for Count {
    fn customer<D: Copy + Into<u32>>(&mut self, days: &[D]) {
        for pair in days.windows(2) {
            self.by_days[(pair[1].into() - pair[0].into()) as usize] += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Timestamp, Zone};
    use crate::rfm::{AsOf, OrderColumns};
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    const DAY: i64 = 86_400_000;

    fn gaps(rows: &[(u32, i64)]) -> Gaps {
        let (customers, days): (Vec<u32>, Vec<i64>) = rows.iter().copied().unzip();
        let times: Vec<i64> = days.iter().map(|day| day * DAY).collect();
        let amounts = vec![0; rows.len()];
        let orders = OrderColumns::new(&customers, &times, &amounts).unwrap();
        Gaps::of(&PurchaseDays::of(&orders, &AsOf::new(Timestamp::MAX, Zone::TOKYO)))
    }

    #[test]
    fn without_a_second_purchase_there_is_no_gap() {
        let none = gaps(&[(1, 5), (1, 5), (2, 9)]);
        assert_eq!((none.count(), none.total_days(), none.quartiles(), none.median()), (0, 0, None, None));
        assert!(none.by_days().is_empty());
    }

    #[test]
    fn quartiles_lie_between_neighbours() {
        let shown = |rows: &[(u32, i64)]| gaps(rows).quartiles().unwrap().map(|cut| cut.to_string()).join(" ");
        assert_eq!(shown(&[(1, 0), (1, 1), (2, 0), (2, 5)]), "2 3 4");
        assert_eq!(shown(&[(1, 0), (1, 1), (1, 3), (1, 6), (1, 10)]), "1.75 2.5 3.25");
        assert_eq!(shown(&[(1, 0), (1, 7)]), "7 7 7");
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(
            rows in proptest::collection::vec((prop_oneof![0_u32..5, Just(u32::MAX)], prop_oneof![9 => 0_i64..400, 1 => 0_i64..200_000]), 0..60)
        ) {
            let mut bought: BTreeMap<u32, BTreeSet<i64>> = BTreeMap::new();
            for (customer, day) in &rows {
                bought.entry(*customer).or_default().insert(*day);
            }
            let mut expected: Vec<i64> = bought.values().flat_map(|days| days.iter().zip(days.iter().skip(1)).map(|(a, b)| b - a)).collect();
            expected.sort_unstable();
            let gaps = gaps(&rows);
            prop_assert_eq!(gaps.count() as usize, expected.len());
            prop_assert_eq!(gaps.total_days() as i64, expected.iter().sum::<i64>());
            for (days, count) in gaps.by_days().iter().enumerate() {
                prop_assert_eq!(*count as usize, expected.iter().filter(|gap| **gap == days as i64).count());
            }
            if let Some(last) = expected.len().checked_sub(1) {
                let quarters = (1..4).map(|k| {
                    let (low, high) = (expected[last * k / 4], expected[(last * k / 4 + 1).min(last)]);
                    low as i128 * 4 + (high - low) as i128 * (last * k % 4) as i128
                });
                let found = gaps.quartiles().unwrap();
                prop_assert!(quarters.eq(found.iter().map(|cut| cut.numerator() * 4 / i128::from(cut.denominator()))));
            }
        }
    }
}

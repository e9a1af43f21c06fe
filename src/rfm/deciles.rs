//! Customers in ten groups of equal size by what they brought.

use crate::model::Rate;

use super::{Rfm, ranking};

/// Ten groups of equal size, those who brought most first: how much hangs on how few.
///
/// The customer at rank r of n, counted from zero by value and then by number, is in group
/// ⌊10 r / n⌋ (semantics 4.10 d). With fewer than ten customers some groups are empty.
///
/// ```
/// use enishi::model::{Timestamp, Zone};
/// use enishi::rfm::{AsOf, Deciles, OrderColumns, Rfm, RfmOptions};
///
/// let customers: Vec<u32> = (0..20).collect();
/// let amounts: Vec<i64> = (0..20).map(|n| if n == 7 { 810 } else { 10 }).collect();
/// let orders = OrderColumns::new(&customers, &[0; 20], &amounts)?;
/// let rfm = Rfm::measure(&orders, &AsOf::new(Timestamp::EPOCH, Zone::TOKYO), &RfmOptions::new());
/// let deciles = Deciles::of(&rfm);
/// let top = &deciles.groups()[0];
/// assert_eq!((top.customers, top.sum, top.least, top.most), (2, 820, 10, 810));
/// assert_eq!(deciles.share(0).map(|share| share.ppm()), Some(820_000));
/// assert!(top.splits_a_tie, "who of those with 10 is in it, only the number decides");
/// assert_eq!(deciles.of_customers()[7], 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deciles {
    groups: [Decile; Self::COUNT],
    of_customers: Vec<u8>,
}

/// One of the ten groups. Amounts are minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decile {
    /// How many customers.
    pub customers: u64,
    /// What they brought together.
    pub sum: i64,
    /// What the last of them brought; zero in a group without customers.
    pub least: i64,
    /// What the first of them brought.
    pub most: i64,
    /// Some customers who brought `least` are in this group and others in the next, by nothing but
    /// their numbers.
    pub splits_a_tie: bool,
}

impl Deciles {
    /// How many groups.
    pub const COUNT: usize = 10;

    /// Groups customers by [`Rfm::monetary`]. Linear time.
    pub fn of(rfm: &Rfm) -> Self {
        let values = rfm.monetary();
        let largest = values.iter().copied().max().unwrap_or(0);
        // Who brought most stands at the first rank.
        let keys: Vec<i64> = values.iter().map(|value| largest - value).collect();
        let starts = (1..Self::COUNT).map(|group| (group * values.len()).div_ceil(Self::COUNT));
        let firsts = ranking::at(&starts.filter(|start| *start < values.len()).collect::<Vec<_>>(), &keys);

        let mut groups = [Decile::default(); Self::COUNT];
        let mut of_customers = Vec::with_capacity(values.len());
        for (place, value) in values.iter().enumerate() {
            let passed = |first: &&usize| (keys[place], place) >= (keys[**first], **first);
            let number = firsts.iter().filter(passed).count();
            let group = &mut groups[number];
            group.least = if group.customers == 0 { *value } else { group.least.min(*value) };
            group.most = group.most.max(*value);
            group.sum += value;
            group.customers += 1;
            // One of ten.
            of_customers.push(number as u8);
        }
        let mut next: Option<i64> = None;
        for group in groups.iter_mut().rev().filter(|group| group.customers > 0) {
            group.splits_a_tie = next == Some(group.least);
            next = Some(group.most);
        }
        Self { groups, of_customers }
    }

    /// The groups, those who brought most first.
    pub const fn groups(&self) -> &[Decile; Self::COUNT] {
        &self.groups
    }

    /// The group of each customer, from zero, in the order of [`Rfm::customers`].
    pub fn of_customers(&self) -> &[u8] {
        &self.of_customers
    }

    /// The share of one group in what all brought, the fraction of a millionth dropped. `None` when all
    /// brought nothing, or there is no such group.
    pub fn share(&self, group: usize) -> Option<Rate> {
        self.part(self.groups.get(group..=group)?)
    }

    /// The share of the groups up to this one together, it included.
    pub fn share_through(&self, group: usize) -> Option<Rate> {
        self.part(self.groups.get(..=group)?)
    }

    fn part(&self, groups: &[Decile]) -> Option<Rate> {
        let sum = |groups: &[Decile]| groups.iter().map(|group| i128::from(group.sum)).sum::<i128>();
        let ppm = (sum(groups) * i128::from(Rate::ONE.ppm())).checked_div(sum(&self.groups))?;
        Rate::from_ppm(u32::try_from(ppm).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{AsOf, OrderColumns, RfmOptions};
    use super::*;
    use crate::model::{Timestamp, Zone};
    use proptest::prelude::*;

    fn deciles(amounts: &[i64]) -> Deciles {
        let customers: Vec<u32> = (0..amounts.len() as u32).collect();
        let times = vec![0; amounts.len()];
        let orders = OrderColumns::new(&customers, &times, amounts).unwrap();
        Deciles::of(&Rfm::measure(&orders, &AsOf::new(Timestamp::EPOCH, Zone::TOKYO), &RfmOptions::new()))
    }

    #[test]
    fn few_customers_leave_groups_empty() {
        let deciles = deciles(&[5, 0, 5]);
        assert_eq!(deciles.of_customers(), [0, 6, 3]);
        let counts = deciles.groups().map(|group| group.customers);
        assert_eq!(counts, [1, 0, 0, 1, 0, 0, 1, 0, 0, 0]);
        let ties = deciles.groups().map(|group| group.splits_a_tie);
        assert_eq!(ties, [true, false, false, false, false, false, false, false, false, false]);
        assert_eq!(deciles.share(0).map(|share| share.ppm()), Some(500_000));
        assert_eq!(deciles.share_through(3).map(|share| share.ppm()), Some(1_000_000));
        assert_eq!(deciles.share(10), None);
    }

    #[test]
    fn nothing_has_no_share() {
        assert_eq!(deciles(&[]).share(0), None);
        assert_eq!(deciles(&[0, 0]).share(0), None);
    }

    proptest! {
        #[test]
        fn agrees_with_the_definition(amounts in proptest::collection::vec(prop_oneof![0_i64..9, 0_i64..1_000_000], 0..60)) {
            let deciles = deciles(&amounts);
            let mut ranked: Vec<usize> = (0..amounts.len()).collect();
            ranked.sort_by_key(|place| (-amounts[*place], *place));
            for (rank, place) in ranked.iter().enumerate() {
                prop_assert_eq!(usize::from(deciles.of_customers()[*place]), rank * 10 / amounts.len());
            }
            for (number, group) in deciles.groups().iter().enumerate() {
                let inside = |place: &usize| usize::from(deciles.of_customers()[*place]) == number;
                let of: Vec<i64> = (0..amounts.len()).filter(inside).map(|place| amounts[place]).collect();
                prop_assert_eq!((group.customers as usize, group.sum), (of.len(), of.iter().sum()));
                let ends = (of.iter().min().copied().unwrap_or(0), of.iter().max().copied().unwrap_or(0));
                prop_assert_eq!((group.least, group.most), ends);
                let later = (0..amounts.len()).any(|p| usize::from(deciles.of_customers()[p]) > number && amounts[p] == group.least);
                prop_assert_eq!(group.splits_a_tie, group.customers > 0 && later);
            }
        }
    }
}

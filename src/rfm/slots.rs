//! Customers numbered from zero without gaps that matter, so that an array can hold what is known of each.

use std::borrow::Cow;

use super::OrderColumns;

/// A slot for every customer of a column, in ascending order of their numbers.
///
/// Numbers that are dense already are their own slots; others are ranked, so that memory is bound
/// by the rows and not by the largest number.
pub(crate) struct Slots<'a> {
    /// The slot of each row.
    pub(crate) rows: Cow<'a, [u32]>,
    /// How many slots there are; with dense numbers some are empty.
    pub(crate) count: usize,
    ranked: Option<Vec<u32>>,
}

impl<'a> Slots<'a> {
    pub(crate) fn of(orders: &OrderColumns<'a>) -> Self {
        /// Slots per row up to which empty ones are cheaper than a sort.
        const SPARE: usize = 4;
        let (customers, count) = (orders.customers(), orders.customers_end());
        if count <= customers.len().saturating_mul(SPARE).saturating_add(1024) {
            return Self { rows: Cow::Borrowed(customers), count, ranked: None };
        }
        let mut ranked = customers.to_vec();
        ranked.sort_unstable();
        ranked.dedup();
        // Every customer is found, and below u32::MAX since the rows are.
        let rows = customers.iter().map(|customer| ranked.partition_point(|other| other < customer) as u32).collect();
        Self { rows, count: ranked.len(), ranked: Some(ranked) }
    }

    /// Whose slot it is.
    pub(crate) fn customer(&self, slot: usize) -> u32 {
        self.ranked.as_ref().map_or(slot as u32, |ranked| ranked[slot])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sparse_numbers_take_no_more_room_than_rows() {
        let orders = OrderColumns::new(&[u32::MAX, 5, u32::MAX, 1_000_000], &[0; 4], &[0; 4]).unwrap();
        let slots = Slots::of(&orders);
        assert_eq!((&*slots.rows, slots.count), ([2, 0, 2, 1].as_slice(), 3));
        assert_eq!([0, 1, 2].map(|slot| slots.customer(slot)), [5, 1_000_000, u32::MAX]);
    }

    #[test]
    fn dense_numbers_are_their_own_slots() {
        let slots = |customers| {
            Slots::of(&OrderColumns::new(customers, &[0; 2][..customers.len()], &[0; 2][..customers.len()]).unwrap())
                .count
        };
        assert_eq!((slots(&[3, 0]), slots(&[])), (4, 0));
        let orders = OrderColumns::new(&[3, 0], &[0; 2], &[0; 2]).unwrap();
        let slots = Slots::of(&orders);
        assert_eq!((&*slots.rows, slots.customer(3)), ([3, 0].as_slice(), 3));
    }
}

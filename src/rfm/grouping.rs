//! Rows brought together by customer: a counting sort in two steps.

use super::Slots;

/// Gives `group` the values of each customer's rows, in the order of the rows, customer by customer in
/// ascending order. Rows without a value, and customers without rows, are left out.
///
/// Linear time. Sorting straight to the place of a customer among millions would miss the cache at
/// each row; so rows are first dealt to some hundred runs of customers, and then sorted inside each
/// run, which fits the cache.
pub(super) fn grouped<T: Copy + Default>(
    slots: &Slots<'_>,
    values: impl Iterator<Item = Option<T>>,
    mut group: impl FnMut(usize, &mut [T]),
) {
    let runs = Runs::of(slots, values);
    let mut sorted = vec![T::default(); runs.longest()];
    let mut ends = vec![0_u32; 1 << runs.width_bits];
    for (number, rows) in runs.iter().enumerate() {
        sort(rows, &mut ends, &mut sorted);
        let (first_slot, mut start) = (number << runs.width_bits, 0);
        for (slot, end) in ends.iter().enumerate() {
            let end = *end as usize;
            if end > start {
                group(first_slot + slot, &mut sorted[start..end]);
            }
            start = end;
        }
    }
}

/// Sorts the rows of a run by their slots, and tells where the values of each slot end.
#[inline(never)]
fn sort<T: Copy>(rows: &[(u16, T)], ends: &mut [u32], sorted: &mut [T]) {
    // No counter passes the number of rows, which is a u32.
    ends.fill(0);
    for (slot, _) in rows {
        let count = &mut ends[usize::from(*slot)];
        *count = count.wrapping_add(1);
    }
    let mut before = 0_u32;
    for end in &mut *ends {
        before = before.wrapping_add(core::mem::replace(end, before));
    }
    // Each start moves to the end as the values find their places.
    for (slot, value) in rows {
        let end = &mut ends[usize::from(*slot)];
        sorted[*end as usize] = *value;
        *end = end.wrapping_add(1);
    }
}

/// Rows dealt to runs of neighbouring slots, in the order of the rows.
struct Runs<T> {
    /// A run has two to the power of so many slots.
    width_bits: u32,
    /// The slot inside its run, and the value.
    rows: Vec<(u16, T)>,
    /// Where the rows of each run begin and end.
    bounds: Vec<(u32, u32)>,
}

impl<T: Copy + Default> Runs<T> {
    fn of(slots: &Slots<'_>, values: impl Iterator<Item = Option<T>>) -> Self {
        /// 8,192 counters fit the first-level cache, and a slot inside a run fits 16 bits.
        const WIDTH_BITS: (u32, u32) = (13, 16);
        /// So many runs can be written to at once without the writes getting into each other's way.
        const MOST_RUNS_BITS: u32 = 8;
        let slot_bits = usize::BITS - slots.count.saturating_sub(1).leading_zeros();
        let width_bits = slot_bits.saturating_sub(MOST_RUNS_BITS).clamp(WIDTH_BITS.0, WIDTH_BITS.1);

        let mut starts = vec![0_u32; slots.count.div_ceil(1 << width_bits)];
        for slot in &*slots.rows {
            let count = &mut starts[(slot >> width_bits) as usize];
            *count = count.wrapping_add(1);
        }
        let mut before = 0_u32;
        for start in &mut starts {
            before = before.wrapping_add(core::mem::replace(start, before));
        }
        let mut ends = starts.clone();
        let mut rows = vec![(0, T::default()); slots.rows.len()];
        deal(&slots.rows, values, width_bits, &mut ends, &mut rows);
        Self { width_bits, rows, bounds: starts.into_iter().zip(ends).collect() }
    }

    fn iter(&self) -> impl Iterator<Item = &[(u16, T)]> {
        self.bounds.iter().map(|(start, end)| &self.rows[*start as usize..*end as usize])
    }

    fn longest(&self) -> usize {
        self.iter().map(<[_]>::len).max().unwrap_or(0)
    }
}

/// Puts each row to the end of its run.
#[inline(never)]
fn deal<T: Copy>(
    slots: &[u32],
    values: impl Iterator<Item = Option<T>>,
    width_bits: u32,
    ends: &mut [u32],
    rows: &mut [(u16, T)],
) {
    // What is above the width names the run.
    let inside = (1 << width_bits) - 1;
    for (slot, value) in slots.iter().zip(values) {
        if let Some(value) = value {
            let end = &mut ends[(slot >> width_bits) as usize];
            rows[*end as usize] = ((slot & inside) as u16, value);
            *end = end.wrapping_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::OrderColumns;
    use super::*;
    use proptest::prelude::*;

    fn customers() -> impl Strategy<Value = Vec<u32>> {
        // Over one run and over several; dense and sparse.
        (0_u32..32).prop_flat_map(|bits| proptest::collection::vec(0..=u32::MAX >> bits, 0..200))
    }

    proptest! {
        #[test]
        fn agrees_with_a_stable_sort(customers in customers(), every in 1_usize..4) {
            let mut found = Vec::new();
            let row = |number: usize| number.is_multiple_of(every).then_some(number);
            let zeros = vec![0; customers.len()];
            let slots = Slots::of(&OrderColumns::new(&customers, &zeros, &zeros).unwrap());
            grouped(&slots, (0..customers.len()).map(row), |slot, rows| found.extend(rows.iter().map(|row| (slots.customer(slot), *row))));
            let rows = (0..customers.len()).filter_map(row).map(|number| (customers[number], number));
            let mut expected: Vec<(u32, usize)> = rows.collect();
            expected.sort_by_key(|(customer, _)| *customer);
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn runs_are_told_apart() {
        let customers: Vec<u32> = (0..40_000_u64).map(|number| (number * 7_919 % 100_003) as u32).collect();
        let (mut before, mut rows) = (None, 0);
        let zeros = vec![0; customers.len()];
        let slots = Slots::of(&OrderColumns::new(&customers, &zeros, &zeros).unwrap());
        assert!(slots.count > 90_000, "the numbers are dense");
        grouped(&slots, (0..customers.len()).map(Some), |slot, numbers| {
            assert!(before < Some(slot) && numbers.iter().all(|number| customers[*number] as usize == slot));
            (before, rows) = (Some(slot), rows + numbers.len());
        });
        assert_eq!(rows, customers.len());
    }
}

//! Who stands at a rank, in linear time and without sorting everybody.

/// Bits by which everybody is counted; 16,384 counters stay in the second-level cache.
const DIGIT_BITS: u32 = 14;

/// The places of the keys that would stand at `ranks` if all stood in ascending order, equal keys in
/// the order they stand in.
///
/// No key is negative; there is one for each rank, and there are no more than `u32::MAX`. All are
/// counted by their highest bits; only those that share these bits with one at a rank are looked at
/// again.
pub(super) fn at<K: Copy + Ord + Into<i64>>(ranks: &[usize], keys: &[K]) -> Vec<usize> {
    let largest = keys.iter().fold(0, |bits, key| bits | (*key).into());
    let shift = (i64::BITS - largest.leading_zeros()).saturating_sub(DIGIT_BITS);
    let digit = |key: K| (key.into() >> shift) as usize % (1 << DIGIT_BITS);

    let mut before = vec![0_u32; 1 << DIGIT_BITS];
    keys.iter().for_each(|key| before[digit(*key)] += 1);
    let mut sum = 0;
    for counter in &mut before {
        sum += core::mem::replace(counter, sum);
    }
    // The last digit with no more than so many before it; of several, all but the last are empty.
    let digit_at = |rank: &usize| before.partition_point(|before| *before as usize <= *rank) - 1;

    let mut digits: Vec<usize> = ranks.iter().map(digit_at).collect();
    digits.sort_unstable();
    digits.dedup();
    let mut number_of = vec![usize::MAX; 1 << DIGIT_BITS];
    digits.iter().enumerate().for_each(|(number, digit)| number_of[*digit] = number);
    let mut alike: Vec<Vec<(K, usize)>> = vec![Vec::new(); digits.len()];
    for (place, key) in keys.iter().enumerate() {
        if let Some(alike) = alike.get_mut(number_of[digit(*key)]) {
            alike.push((*key, place));
        }
    }
    let place_at = |rank: &usize| {
        let digit = digit_at(rank);
        alike[number_of[digit]].select_nth_unstable(rank - before[digit] as usize).1.1
    };
    ranks.iter().map(place_at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_a_stable_sort(
            keys in (1_u32..=63).prop_flat_map(|bits| {
                proptest::collection::vec(any::<u64>().prop_map(move |key| (key >> (64 - bits)).cast_signed()), 0..300)
            })
        ) {
            let ranks: Vec<usize> = (0..keys.len()).collect();
            let mut expected = ranks.clone();
            expected.sort_by_key(|place| keys[*place]);
            prop_assert_eq!(at(&ranks, &keys), expected);
        }
    }
}

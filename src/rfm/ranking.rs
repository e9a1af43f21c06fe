//! Sorting by whole numbers, in linear time.

/// Bits looked at in one pass; 2,048 counters stay in the first-level cache.
const DIGIT_BITS: u32 = 11;

/// The numbers from 0 to `count` in ascending order of their keys, equal keys in ascending order of
/// the numbers. No key may be over `largest`, nor `count` over `u32::MAX`.
///
/// A radix sort from the lowest digit: one pass for each 11 bits of `largest`.
pub(super) fn ascending(count: usize, largest: u64, key: impl Fn(usize) -> u64) -> Vec<u32> {
    let passes = (u64::BITS - largest.leading_zeros()).div_ceil(DIGIT_BITS).max(1);
    let keyed = (0..count).map(|number| (key(number), number as u32));
    let mut order = vec![0; count];
    if passes == 1 {
        distribute(keyed, 0, |place, (_, number)| order[place] = number);
        return order;
    }
    // The key travels with its number: looking it up again would miss the cache at each step.
    let mut sorted = vec![(0, 0); count];
    distribute(keyed, 0, |place, pair| sorted[place] = pair);
    let mut spare = if passes > 2 { vec![(0, 0); count] } else { Vec::new() };
    for pass in 1..passes - 1 {
        distribute(sorted.iter().copied(), pass * DIGIT_BITS, |place, pair| spare[place] = pair);
        core::mem::swap(&mut sorted, &mut spare);
    }
    distribute(sorted.iter().copied(), (passes - 1) * DIGIT_BITS, |place, (_, number)| order[place] = number);
    order
}

/// Puts each pair to its place by the digit of its key at `shift`, equal digits in the order given.
fn distribute(pairs: impl Iterator<Item = (u64, u32)> + Clone, shift: u32, mut put: impl FnMut(usize, (u64, u32))) {
    const DIGITS: usize = 1 << DIGIT_BITS;
    let digit = |key: u64| (key >> shift) as usize % DIGITS;
    let mut places = [0_u32; DIGITS];
    pairs.clone().for_each(|(key, _)| places[digit(key)] += 1);
    let mut before = 0;
    for place in &mut places {
        before += core::mem::replace(place, before);
    }
    for pair in pairs {
        let place = &mut places[digit(pair.0)];
        put(*place as usize, pair);
        *place += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_a_stable_sort(
            keys in (1_u32..=64).prop_flat_map(|bits| {
                proptest::collection::vec(any::<u64>().prop_map(move |key| key >> (64 - bits)), 0..300)
            })
        ) {
            let mut expected: Vec<u32> = (0..keys.len() as u32).collect();
            expected.sort_by_key(|number| keys[*number as usize]);
            let largest = keys.iter().copied().max().unwrap_or(0);
            prop_assert_eq!(ascending(keys.len(), largest, |number| keys[number]), expected);
        }
    }
}

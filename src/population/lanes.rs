//! Loops over many rows at once, written so that the compiler turns them into vector instructions.
//!
//! Each is compiled for what the processor at hand can do and chosen when it runs (`pulp`): the same
//! source, no `unsafe`, and AVX-512 where there is AVX-512.

use pulp::{Arch, Simd, WithSimd};

/// A number of unsigned bits.
pub(super) trait Code: Copy + Ord {
    fn minus(self, other: Self) -> Self;
}

macro_rules! codes {
    ($($type:ty)*) => {$(
        impl Code for $type {
            #[inline(always)]
            fn minus(self, other: Self) -> Self {
                self.wrapping_sub(other)
            }
        }
    )*};
}
codes!(u8 u16 u32 u64);

/// Clears the bits of rows whose code does not lie in `least..=least + span`.
///
/// `codes` holds 64 for each word. A block is looked at only where somebody is left; where few are,
/// one by one.
pub(super) fn keep_within<T: Code>(codes: &[T], least: T, span: T, mask: &mut [u64]) {
    let blocks = codes.as_chunks::<64>().0;
    Arch::new().dispatch(Within { blocks, least, span, mask });
}

struct Within<'a, T> {
    blocks: &'a [[T; 64]],
    least: T,
    span: T,
    mask: &'a mut [u64],
}

impl<T: Code> WithSimd for Within<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self { blocks, least, span, mask } = self;
        let occupied = mask.iter().filter(|word| **word != 0).count();
        if occupied * 4 >= mask.len() * 3 {
            for (word, block) in mask.iter_mut().zip(blocks) {
                *word &= block_within(block, least, span);
            }
            return;
        }
        /// Up to so many rows are cheaper to ask singly than with their whole block.
        const FEW: u32 = 6;
        for (word, block) in mask.iter_mut().zip(blocks) {
            if *word == 0 {
            } else if word.count_ones() > FEW {
                *word &= block_within(block, least, span);
            } else {
                let mut left = *word;
                while left != 0 {
                    let bit = left.trailing_zeros();
                    left &= left - 1;
                    let inside = block[bit as usize].minus(least) <= span;
                    *word &= !(u64::from(!inside) << bit);
                }
            }
        }
    }
}

/// One bit for each code of a block.
#[inline(always)]
fn block_within<T: Code>(block: &[T; 64], least: T, span: T) -> u64 {
    let mut inside = [0_u8; 64];
    for (inside, code) in inside.iter_mut().zip(block) {
        *inside = u8::from(code.minus(least) <= span);
    }
    gathered(&inside)
}

/// 64 bytes of 0 or 1 as bits.
#[inline(always)]
fn gathered(bytes: &[u8; 64]) -> u64 {
    // The product gathers eight of them in its highest byte.
    let eights = bytes.as_chunks::<8>().0.iter().enumerate();
    let bits = |eight: &[u8; 8]| u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    eights.fold(0, |word, (place, eight)| word | bits(eight) << (8 * place))
}

/// One bit for each value, set where `is` holds; those past the last value are zero.
pub(super) fn pack_bits<T: Copy>(values: &[T], is: impl Fn(T) -> bool) -> Vec<u64> {
    Arch::new().dispatch(Pack { values, is })
}

struct Pack<'a, T, F> {
    values: &'a [T],
    is: F,
}

impl<T: Copy, F: Fn(T) -> bool> WithSimd for Pack<'_, T, F> {
    type Output = Vec<u64>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Vec<u64> {
        let (blocks, rest) = self.values.as_chunks::<64>();
        let mut words = Vec::with_capacity(blocks.len() + 1);
        for block in blocks {
            let mut bits = [0_u8; 64];
            bits.iter_mut().zip(block).for_each(|(bit, value)| *bit = u8::from((self.is)(*value)));
            words.push(gathered(&bits));
        }
        if !rest.is_empty() {
            words.push(rest.iter().rev().fold(0, |word, value| word << 1 | u64::from((self.is)(*value))));
        }
        words
    }
}

/// A plane of bits, or its opposite.
#[derive(Clone, Copy)]
pub(super) struct Literal<'a> {
    pub(super) plane: &'a [u64],
    /// All ones for the opposite.
    pub(super) flip: u64,
}

/// Clears the bits that some clause has in none of its planes. All planes are as long as the mask.
pub(super) fn keep_clauses(clauses: &[Vec<Literal<'_>>], mask: &mut [u64]) {
    Arch::new().dispatch(Clauses { clauses, mask });
}

struct Clauses<'a, 'p> {
    clauses: &'a [Vec<Literal<'p>>],
    mask: &'a mut [u64],
}

impl WithSimd for Clauses<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        /// So many words at a time stay in registers while one clause after the other is asked.
        const AT_ONCE: usize = 64;
        for (place, mask) in self.mask.chunks_mut(AT_ONCE).enumerate() {
            let start = place * AT_ONCE;
            for clause in self.clauses {
                match clause.as_slice() {
                    [one] => {
                        let plane = &one.plane[start..start + mask.len()];
                        mask.iter_mut().zip(plane).for_each(|(word, bits)| *word &= bits ^ one.flip);
                    }
                    [one, two] => {
                        let first = &one.plane[start..start + mask.len()];
                        let second = &two.plane[start..start + mask.len()];
                        for ((word, a), b) in mask.iter_mut().zip(first).zip(second) {
                            *word &= (a ^ one.flip) | (b ^ two.flip);
                        }
                    }
                    several => {
                        let mut any = [0_u64; AT_ONCE];
                        for literal in several {
                            let plane = &literal.plane[start..start + mask.len()];
                            any.iter_mut().zip(plane).for_each(|(any, bits)| *any |= bits ^ literal.flip);
                        }
                        mask.iter_mut().zip(&any).for_each(|(word, any)| *word &= any);
                    }
                }
            }
        }
    }
}

/// Clears the bits of rows whose code does not lie in `least..=most`, where bit `k` of all codes
/// lies in `planes[k]`.
pub(super) fn keep_planes(planes: &[Vec<u64>], first: usize, least: u64, most: u64, mask: &mut [u64]) {
    Arch::new().dispatch(Planes { planes, first, least, most, mask });
}

struct Planes<'a> {
    planes: &'a [Vec<u64>],
    first: usize,
    least: u64,
    most: u64,
    mask: &'a mut [u64],
}

impl WithSimd for Planes<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        const AT_ONCE: usize = 32;
        let bit_of = |number: u64, plane: usize| 0_u64.wrapping_sub(number >> plane & 1);
        for (place, mask) in self.mask.chunks_mut(AT_ONCE).enumerate() {
            let start = self.first + place * AT_ONCE;
            // From the highest bit down: below the least so far, above the most so far, or level with them.
            let (mut below, mut level_least) = ([0_u64; AT_ONCE], [!0_u64; AT_ONCE]);
            let (mut above, mut level_most) = ([0_u64; AT_ONCE], [!0_u64; AT_ONCE]);
            for (k, plane) in self.planes.iter().enumerate().rev() {
                let (least, most) = (bit_of(self.least, k), bit_of(self.most, k));
                for (i, bits) in plane[start..start + mask.len()].iter().enumerate() {
                    below[i] |= level_least[i] & !bits & least;
                    level_least[i] &= !(bits ^ least);
                    above[i] |= level_most[i] & bits & !most;
                    level_most[i] &= !(bits ^ most);
                }
            }
            for (i, word) in mask.iter_mut().enumerate() {
                *word &= !(below[i] | above[i]);
            }
        }
    }
}

/// How many bits are set.
pub(super) fn count_ones(words: &[u64]) -> usize {
    Arch::new().dispatch(CountOnes(words))
}

struct CountOnes<'a>(&'a [u64]);

impl WithSimd for CountOnes<'_> {
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> usize {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum::<u64>() as usize
    }
}

/// The places of a word's bits, in ascending order.
pub(super) fn ones(mut word: u64) -> impl Iterator<Item = u32> {
    core::iter::from_fn(move || {
        let bit = (word != 0).then(|| word.trailing_zeros())?;
        word &= word - 1;
        Some(bit)
    })
}

/// Appends the numbers of all set bits, counted from `first`.
pub(super) fn push_ids(words: &[u64], first: u32, ids: &mut Vec<u32>) {
    let ids = Ids { words, first, ids };
    #[cfg(target_arch = "x86_64")]
    if count_ones(words) > words.len() * FEW
        && let Some(simd) = pulp::x86::V4::try_new()
    {
        return simd.vectorize(Compressed { simd, ids });
    }
    Arch::new().dispatch(ids);
}

/// How many numbers are gathered before they are handed on.
const ROOM: usize = 2048;

/// With no more than so many in a word, taking one after the other is quicker.
#[cfg(target_arch = "x86_64")]
const FEW: usize = 6;

struct Ids<'a> {
    words: &'a [u64],
    first: u32,
    ids: &'a mut Vec<u32>,
}

impl WithSimd for Ids<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        // Eight at a time without asking how many there are, then cut to size: a branch for each
        // would be guessed wrong too often.
        let mut found = [0_u32; ROOM + 64];
        let mut count = 0;
        for (place, word) in self.words.iter().enumerate() {
            if *word == 0 {
                continue;
            }
            let base = self.first.wrapping_add(place as u32 * 64);
            let mut left = *word;
            let mut at = count;
            while left != 0 {
                if let Some(eight) = found.get_mut(at..at + 8) {
                    for id in eight {
                        *id = base.wrapping_add(left.trailing_zeros());
                        left &= left.wrapping_sub(1);
                    }
                }
                at += 8;
            }
            count += word.count_ones() as usize;
            if count >= ROOM - 64 {
                self.ids.extend_from_slice(&found[..count]);
                count = 0;
            }
        }
        self.ids.extend_from_slice(&found[..count]);
    }
}

/// The same where the processor can press sixteen numbers together by a mask (AVX-512): a quarter of a
/// word costs the same whatever stands in it.
#[cfg(target_arch = "x86_64")]
struct Compressed<'a> {
    simd: pulp::x86::V4,
    ids: Ids<'a>,
}

#[cfg(target_arch = "x86_64")]
impl pulp::NullaryFnOnce for Compressed<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { simd, ids: Ids { words, first, ids } } = self;
        let mut found = [0_u32; ROOM + 64];
        let mut count = 0;
        for (place, word) in words.iter().enumerate() {
            let base = first.wrapping_add(place as u32 * 64);
            for quarter in 0..4 {
                let bits = (word >> (quarter * 16)) as u16;
                let rows: [u32; 16] = core::array::from_fn(|row| base.wrapping_add(quarter * 16 + row as u32));
                let pressed = simd.avx512f._mm512_maskz_compress_epi32(bits, pulp::cast(rows));
                if let Some(sixteen) = found.get_mut(count..count + 16) {
                    sixteen.copy_from_slice(&pulp::cast::<_, [u32; 16]>(pressed));
                }
                count += bits.count_ones() as usize;
            }
            if count >= ROOM - 64 {
                ids.extend_from_slice(&found[..count]);
                count = 0;
            }
        }
        ids.extend_from_slice(&found[..count]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_at_the_edges_of_a_range_are_in_it() {
        let codes: Vec<u8> = (0..128).map(|i| i * 2).collect();
        for mut mask in [[!0, !0], [!0, 0], [0b1111, 1 << 63]] {
            let before = mask;
            keep_within(&codes, 6, 248, &mut mask);
            for row in 0..128 {
                let inside = (6..=254).contains(&codes[row]) && before[row / 64] >> (row % 64) & 1 == 1;
                assert_eq!(mask[row / 64] >> (row % 64) & 1 == 1, inside, "row {row}");
            }
        }
    }

    #[test]
    fn planes_say_the_same_as_numbers() {
        let codes: Vec<u64> = (0..256_u64).map(|i| i * 7 % 16).collect();
        let mut planes = vec![vec![0_u64; 4]; 4];
        for (row, code) in codes.iter().enumerate() {
            planes.iter_mut().enumerate().for_each(|(k, plane)| plane[row / 64] |= (code >> k & 1) << (row % 64));
        }
        for (least, most) in [(0, 15), (3, 3), (5, 11), (0, 0), (15, 15), (0, 7)] {
            let mut mask = [!0; 3];
            keep_planes(&planes, 1, least, most, &mut mask);
            for row in 64..256 {
                let bit = mask[row / 64 - 1] >> (row % 64) & 1 == 1;
                assert_eq!(bit, (least..=most).contains(&codes[row]), "{least}..={most}, row {row}");
            }
        }
    }
}

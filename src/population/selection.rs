//! A set of rows, one bit each.

use core::fmt;
use core::ops::{BitAnd, BitOr, BitXor, Sub};

use super::lanes;

/// Rows of a population: what a question came to. Two of them are joined as sets with `&`, `|`,
/// `-` and `^`; who is left out of one is [`everyone`](super::Population::everyone) minus it.
///
/// Rows are numbers and stay what they are when the population grows, so a selection made earlier
/// still names the same friends. It does not notice that a friend was removed since.
#[derive(Clone, Default)]
pub struct Selection {
    /// Row `r` is bit `r % 64` of word `r / 64`; words past the end stand for nobody.
    words: Vec<u64>,
}

impl Selection {
    pub(super) const fn from_words(words: Vec<u64>) -> Self {
        Self { words }
    }

    /// How many rows. Linear in the population, at 64 rows a step.
    pub fn count(&self) -> usize {
        lanes::count_ones(&self.words)
    }

    /// Nobody at all?
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Is this row among them?
    pub fn contains(&self, row: u32) -> bool {
        self.words.get(row as usize / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// The rows in ascending order, all at once.
    pub fn ids(&self) -> Vec<u32> {
        let mut ids = Vec::with_capacity(self.count());
        lanes::push_ids(&self.words, 0, &mut ids);
        ids
    }

    /// The rows in ascending order, one by one.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        self.words
            .iter()
            .enumerate()
            .flat_map(|(place, word)| lanes::ones(*word).map(move |bit| place as u32 * 64 + bit))
    }

    /// Joined word by word. Of words that only one side has, the other's are zero.
    fn join(&self, other: &Self, join: impl Fn(u64, u64) -> u64) -> Self {
        let longest = self.words.len().max(other.words.len());
        let (mut words, mut more) = (self.words.clone(), other.words.clone());
        words.resize(longest, 0);
        more.resize(longest, 0);
        words.iter_mut().zip(&more).for_each(|(word, other)| *word = join(*word, *other));
        Self { words }
    }
}

impl BitAnd for &Selection {
    type Output = Selection;
    /// Those in both.
    fn bitand(self, other: Self) -> Selection {
        self.join(other, |a, b| a & b)
    }
}

impl BitOr for &Selection {
    type Output = Selection;
    /// Those in either.
    fn bitor(self, other: Self) -> Selection {
        self.join(other, |a, b| a | b)
    }
}

impl Sub for &Selection {
    type Output = Selection;
    /// Those here and not there.
    fn sub(self, other: Self) -> Selection {
        self.join(other, |a, b| a & !b)
    }
}

impl BitXor for &Selection {
    type Output = Selection;
    /// Those in one of the two only.
    fn bitxor(self, other: Self) -> Selection {
        self.join(other, |a, b| a ^ b)
    }
}

/// Equal when they hold the same rows.
impl PartialEq for Selection {
    fn eq(&self, other: &Self) -> bool {
        let common = self.words.len().min(other.words.len());
        let nobody = |words: &[u64]| words.iter().all(|word| *word == 0);
        self.words[..common] == other.words[..common] && nobody(&self.words[common..]) && nobody(&other.words[common..])
    }
}

impl Eq for Selection {}

impl fmt::Debug for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl FromIterator<u32> for Selection {
    /// The set of these rows, in any order.
    fn from_iter<I: IntoIterator<Item = u32>>(rows: I) -> Self {
        let mut words = Vec::new();
        for row in rows {
            let place = row as usize / 64;
            if words.len() <= place {
                words.resize(place + 1, 0);
            }
            words[place] |= 1 << (row % 64);
        }
        Self { words }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_unlike_length_join_as_sets() {
        let set = |rows: &[u32]| rows.iter().copied().collect::<Selection>();
        let (a, b) = (set(&[0, 63, 64]), set(&[63, 65_536]));
        assert_eq!((&a & &b).ids(), [63]);
        assert_eq!((&a | &b).ids(), [0, 63, 64, 65_536]);
        assert_eq!((&a - &b).ids(), [0, 64]);
        assert_eq!((&b - &a).ids(), [65_536]);
        assert_eq!((&a ^ &b).ids(), [0, 64, 65_536]);
        assert_eq!(&(&a | &b) - &set(&[65_536]), set(&[0, 63, 64]), "empty words at the end are no difference");
        assert_ne!(a, b);
        assert_eq!(b.iter().collect::<Vec<_>>(), b.ids());
        assert!(b.contains(65_536) && !b.contains(65_535) && !a.contains(u32::MAX));
        assert_eq!((a.count(), a.is_empty(), set(&[]).is_empty()), (3, false, true));
        assert_eq!(format!("{b:?}"), "{63, 65536}");
    }

    #[test]
    fn full_and_sparse_words_come_out_alike() {
        let sparse: Vec<u32> = (0..5000).filter(|row| row % 97 == 0).collect();
        let full: Vec<u32> = (0..5000).filter(|row| (1000..3000).contains(row) || row % 7 == 0).collect();
        for rows in [sparse, full] {
            let set: Selection = rows.iter().rev().copied().collect();
            assert_eq!(set.ids(), rows);
            assert_eq!(set.count(), rows.len());
        }
    }
}

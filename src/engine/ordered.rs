//! A hash table in the order of its hashes.

/// Numbers whose highest bits are as good as random, each once.
///
/// A number's home is told by its highest bits, and from there on it stands behind every smaller one. So the
/// whole is in order: it looks the same in whatever order the numbers came, is written down by reading it once,
/// grows in one pass, and who looks for a number that is not there stops at the first that is greater.
#[derive(Clone, Debug)]
pub(super) struct OrderedTable<W> {
    /// Homes, and room behind the last.
    slots: Vec<W>,
    homes: usize,
    taken: usize,
}

/// What such a table holds.
pub(super) trait Word: Copy + Ord {
    /// No word: a free slot.
    const NONE: Self;

    /// Its place among so many homes: the greater the word, the further back.
    fn home(self, homes: usize) -> usize;
}

impl Word for u64 {
    const NONE: Self = 0;

    fn home(self, homes: usize) -> usize {
        ((u128::from(self) * homes as u128) >> 64) as usize
    }
}

impl Word for u128 {
    const NONE: Self = 0;

    fn home(self, homes: usize) -> usize {
        ((self >> 64) as u64).home(homes)
    }
}

impl<W: Word> OrderedTable<W> {
    /// Room for so many.
    pub(super) fn with_room(count: usize) -> Self {
        let homes = (count + count / 3 + 1).next_power_of_two().max(16);
        Self { slots: vec![W::NONE; homes], homes, taken: 0 }
    }

    /// These, which ascend, all of them words.
    pub(super) fn of_ascending(words: impl ExactSizeIterator<Item = W>) -> Self {
        let mut table = Self::with_room(words.len());
        table.take_in(words);
        table
    }

    /// How many.
    pub(super) const fn len(&self) -> usize {
        self.taken
    }

    /// All of them, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = W> {
        self.slots.iter().copied().filter(|word| *word != W::NONE)
    }

    /// Those from here on that stand together without a gap: any that is there and not less than `from` and has
    /// its home is among them, in order.
    pub(super) fn run_from(&self, from: W) -> impl Iterator<Item = W> {
        let place = self.place(from);
        self.slots[place..].iter().copied().take_while(|word| *word != W::NONE)
    }

    /// Is it there?
    pub(super) fn contains(&self, word: W) -> bool {
        self.slots.get(self.place(word)) == Some(&word)
    }

    /// Takes in a word that is not there. Does not, and says so, where all of `most` slots from its home on are
    /// taken: then nothing is ever further from its home than that.
    ///
    /// When the table is full it grows, without what `keep` denies.
    pub(super) fn insert(&mut self, word: W, most: usize, keep: impl Fn(W) -> bool) -> bool {
        if (self.taken + 1) * 4 > self.homes * 3 {
            let kept = self.iter().filter(|word| keep(*word)).count();
            let before = core::mem::replace(self, Self::with_room(kept + kept / 2));
            self.take_in(before.iter().filter(|word| keep(*word)));
        }
        let home = word.home(self.homes);
        let free = self.slots[home..].iter().take(most).position(|word| *word == W::NONE);
        let free = match free {
            Some(further) => home + further,
            None if home + most <= self.slots.len() => return false,
            None => {
                self.slots.push(W::NONE);
                self.slots.len() - 1
            }
        };
        let place = self.place(word);
        self.slots.copy_within(place..free, place + 1);
        self.slots[place] = word;
        self.taken += 1;
        true
    }

    /// Takes words that ascend into an empty table.
    fn take_in(&mut self, words: impl Iterator<Item = W>) {
        let mut next = 0;
        for word in words {
            let place = next.max(word.home(self.homes));
            if place == self.slots.len() {
                self.slots.push(W::NONE);
            }
            self.slots[place] = word;
            self.taken += 1;
            next = place + 1;
        }
    }

    /// Where a word stands, or would.
    fn place(&self, word: W) -> usize {
        let home = word.home(self.homes);
        let before = self.slots[home..].iter().take_while(|there| **there != W::NONE && **there < word).count();
        home + before
    }
}

impl<W: Word> Default for OrderedTable<W> {
    fn default() -> Self {
        Self::with_room(0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    const CROWD: usize = 5;

    proptest! {
        /// It holds what a set would hold, in the same order, however crowded; and nobody is far from home.
        #[test]
        fn it_is_a_set(words in prop::collection::vec((0_u64..40, 0_u32..4), 0..300)) {
            let (mut table, mut set) = (OrderedTable::default(), BTreeSet::new());
            for (word, crowd) in words {
                let word = (word + 1) << [0, 32, 57, 58][crowd as usize];
                prop_assert_eq!(table.contains(word), set.contains(&word));
                if !table.contains(word) && table.insert(word, CROWD, |_| true) {
                    set.insert(word);
                }
                prop_assert_eq!(table.run_from(word).next().filter(|next| *next == word), set.get(&word).copied());
            }
            prop_assert!(table.iter().eq(set.iter().copied()) && table.len() == set.len());
            for (place, word) in table.slots.iter().enumerate().filter(|(_, word)| **word != 0) {
                prop_assert!(place < word.home(table.homes) + CROWD);
            }
            let again = OrderedTable::of_ascending(set.iter().copied());
            prop_assert!(again.iter().eq(table.iter()) && set.iter().all(|word| again.contains(*word)));
        }
    }

    #[test]
    fn a_crowd_is_turned_away_and_a_table_lets_go_of_what_is_not_kept() {
        let mut table = OrderedTable::default();
        let taken = (1..=100_u64).filter(|word| table.insert(*word, CROWD, |_| true)).count();
        assert_eq!((taken, table.len()), (CROWD, CROWD));
        for word in 1..1000_u64 {
            table.insert(word << 54, 64, |word| word >> 54 != 0);
        }
        assert!(table.iter().all(|word| word >> 54 != 0));
        assert!(table.slots.len() < 4 * table.len());
    }
}

//! Numbers found again by what they stand for: a hash table that keeps nothing but the numbers.

use core::ops::Range;

/// Five bytes a slot, at most four fifths of them taken; what an entry stands for, its owner knows.
///
/// A mark of eight bits of its hash stands beside every entry, in an array of their own: who is not
/// there is known without a look at what the others stand for.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    /// Always a power of two of slots, or none; 0 for no entry.
    marks: Vec<u8>,
    entries: Vec<u32>,
    taken: usize,
}

impl Table {
    /// Makes room for so many entries more, so that taking them in does not sort all anew again and again.
    pub(super) fn reserve(&mut self, more: usize, hash_of: impl Fn(u32) -> u64) {
        let slots = ((self.taken + more) * 5 / 4 + 1).next_power_of_two().max(16);
        if slots <= self.marks.len() {
            return;
        }
        let marks = core::mem::replace(&mut self.marks, vec![0; slots]);
        let entries = core::mem::replace(&mut self.entries, vec![0; slots]);
        for (entry, _) in entries.into_iter().zip(marks).filter(|(_, mark)| *mark != 0) {
            self.put(hash_of(entry), entry);
        }
    }

    /// The entry of this hash for which `is` holds.
    pub(super) fn find(&self, hash: u64, is: impl Fn(u32) -> bool) -> Option<u32> {
        self.place(hash, is).map(|slot| self.entries[slot])
    }

    /// Takes in an entry that is not there.
    pub(super) fn insert(&mut self, hash: u64, entry: u32, hash_of: impl Fn(u32) -> u64) {
        self.reserve(1, hash_of);
        self.put(hash, entry);
        self.taken += 1;
    }

    /// Takes in many entries, in the order in which their places lie: far apart in memory they would
    /// cost a wait each.
    ///
    /// Where some have a twin, taken in before or standing before them, the first of these is given
    /// back with its twin; then all that were to come in have to be taken out again.
    pub(super) fn insert_all(
        &mut self,
        entries: Range<u32>,
        hash_of: impl Fn(u32) -> u64,
        same: impl Fn(u32, u32) -> bool,
    ) -> Option<(u32, u32)> {
        const PARTS: usize = 1024;
        self.reserve(entries.len(), &hash_of);
        let part = |hash: u64| (hash >> (64 - PARTS.trailing_zeros())) as usize;
        let mut ends = [0_usize; PARTS + 1];
        entries.clone().for_each(|entry| ends[part(hash_of(entry)) + 1] += 1);
        (0..PARTS).for_each(|part| ends[part + 1] += ends[part]);
        let mut sorted = vec![(0, 0); entries.len()];
        for entry in entries {
            let hash = hash_of(entry);
            sorted[ends[part(hash)]] = (hash, entry);
            ends[part(hash)] += 1;
        }
        let mut twins: Option<(u32, u32)> = None;
        for (hash, entry) in sorted {
            match self.find(hash, |other| same(other, entry)) {
                Some(other) => twins = twins.min(Some((entry, other))).or(Some((entry, other))),
                None => {
                    self.put(hash, entry);
                    self.taken += 1;
                }
            }
        }
        twins
    }

    /// Takes out the entry of this hash for which `is` holds.
    pub(super) fn remove(&mut self, hash: u64, is: impl Fn(u32) -> bool, hash_of: impl Fn(u32) -> u64) {
        let Some(mut hole) = self.place(hash, is) else { return };
        self.taken -= 1;
        // Who was pushed on by a crowd moves up, so that nobody behind the hole is lost.
        let last = self.marks.len() - 1;
        let mut next = hole;
        loop {
            next = (next + 1) & last;
            if self.marks[next] == 0 {
                break;
            }
            let home = self.home(hash_of(self.entries[next]));
            if (next.wrapping_sub(home) & last) >= (next.wrapping_sub(hole) & last) {
                (self.marks[hole], self.entries[hole]) = (self.marks[next], self.entries[next]);
                hole = next;
            }
        }
        self.marks[hole] = 0;
    }

    /// Bytes taken.
    pub(super) fn memory(&self) -> usize {
        self.marks.capacity() + 4 * self.entries.capacity()
    }

    fn place(&self, hash: u64, is: impl Fn(u32) -> bool) -> Option<usize> {
        let last = self.marks.len().checked_sub(1)?;
        let (mut slot, mark) = (self.home(hash), mark(hash));
        loop {
            match self.marks[slot] {
                0 => return None,
                there if there == mark && is(self.entries[slot]) => return Some(slot),
                _ => slot = (slot + 1) & last,
            }
        }
    }

    fn put(&mut self, hash: u64, entry: u32) {
        let mut slot = self.home(hash);
        while self.marks[slot] != 0 {
            slot = (slot + 1) & (self.marks.len() - 1);
        }
        (self.marks[slot], self.entries[slot]) = (mark(hash), entry);
    }

    /// The high bits of a product are the well mixed ones.
    const fn home(&self, hash: u64) -> usize {
        (hash >> (64 - self.marks.len().trailing_zeros())) as usize
    }
}

const fn mark(hash: u64) -> u8 {
    hash as u8 | 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::stable_hash as hash;

    #[test]
    fn what_is_taken_out_is_gone_and_the_rest_is_found() {
        for crowded in [false, true] {
            // Everybody in one place, or everybody well apart.
            let hash_of = |entry: u32| if crowded { u64::from(entry % 3) << 62 } else { hash(&entry.to_le_bytes()) };
            let mut table = Table::default();
            (0..500).for_each(|entry| table.insert(hash_of(entry), entry, hash_of));
            (0..500).filter(|e| e % 3 != 1).for_each(|e| table.remove(hash_of(e), |entry| entry == e, hash_of));
            for entry in 0..500 {
                let found = table.find(hash_of(entry), |other| other == entry);
                assert_eq!(found.is_some(), entry % 3 == 1, "{entry}");
            }
            assert_eq!(table.taken, 167);
        }
    }
}

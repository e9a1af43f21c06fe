//! Who wakes when.

use core::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use crate::model::{FriendId, Timestamp};

/// The wake-ups of all friends, given out by time, then by friend.
///
/// Far ones lie unsorted in buckets of about an hour, eight bytes each. A bucket is sorted when its turn comes;
/// what is set for it or for earlier after that waits in a heap beside it. Nothing is searched for to be cancelled:
/// the friend's own record says when it wakes, and an entry that says otherwise is passed over when it comes up.
/// When more than half of the entries are such, all of them are swept out. So setting, moving and cancelling
/// take constant time, and the order of a bucket costs a sort of some thousands rather than a tree of millions.
#[derive(Clone, Debug)]
pub(super) struct Wakes {
    /// The bucket opened last. All later ones are in `far`, and nothing else is.
    opened: i64,
    /// What is left of it, the first to wake last.
    open: Vec<Wake>,
    /// Set since for that bucket or earlier.
    late: BinaryHeap<Reverse<Wake>>,
    /// By bucket: the time within it, and the friend.
    far: BTreeMap<i64, Vec<u64>>,
    /// Entries in all of these, and how many friends wake at all.
    entries: usize,
    waking: usize,
}

type Wake = (Timestamp, FriendId);

/// A bucket is 2²² milliseconds long, 70 minutes.
const BUCKET_BITS: u32 = 22;

/// So many entries are never worth a sweep.
const FEW: usize = 1024;

impl Wakes {
    /// The first to wake.
    pub(super) fn next(&self) -> Option<Wake> {
        let late = self.late.peek().map(|Reverse(wake)| *wake);
        self.open.last().copied().into_iter().chain(late).min()
    }

    /// Takes in that a friend, who was to wake at `before`, wakes at `after`. `wake_of` tells when friends wake,
    /// this one `after` already.
    pub(super) fn set(
        &mut self,
        friend: FriendId,
        before: Option<Timestamp>,
        after: Option<Timestamp>,
        wake_of: impl Fn(FriendId) -> Option<Timestamp>,
    ) {
        if before == after {
            return;
        }
        self.waking = self.waking + usize::from(after.is_some()) - usize::from(before.is_some());
        if let Some(at) = after {
            self.push((at, friend));
        }
        let lives = |(at, friend): Wake| wake_of(friend) == Some(at);
        if self.late.len() > self.open.len() + FEW {
            self.close();
        }
        if self.entries > 2 * self.waking + FEW {
            self.sweep(lives);
        }
        self.settle(lives);
    }

    /// Takes everything out.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    fn push(&mut self, wake: Wake) {
        self.entries += 1;
        if bucket(wake.0) > self.opened {
            self.far.entry(bucket(wake.0)).or_default().push(folded(wake));
        } else {
            self.late.push(Reverse(wake));
        }
    }

    /// Sees to it that whoever is first really wakes then.
    fn settle(&mut self, lives: impl Fn(Wake) -> bool) {
        loop {
            while self.open.pop_if(|wake| !lives(*wake)).is_some() {
                self.entries -= 1;
            }
            while self.late.peek().is_some_and(|Reverse(wake)| !lives(*wake)) {
                self.late.pop();
                self.entries -= 1;
            }
            if !self.open.is_empty() || !self.late.is_empty() {
                return;
            }
            let Some((bucket, folded)) = self.far.pop_first() else { return };
            self.entries -= folded.len();
            self.opened = bucket;
            self.open.extend(folded.into_iter().map(|folded| unfolded(bucket, folded)).filter(|wake| lives(*wake)));
            self.open.sort_unstable_by(|a, b| b.cmp(a));
            self.open.dedup();
            self.entries += self.open.len();
        }
    }

    /// Too many came late: a far bucket was opened, and now there is much before it. All go back, so that
    /// they are sorted by the bucket again.
    fn close(&mut self) {
        self.opened = i64::MIN;
        let wakes = self.open.drain(..).chain(self.late.drain().map(|Reverse(wake)| wake));
        for wake in wakes {
            self.far.entry(bucket(wake.0)).or_default().push(folded(wake));
        }
    }

    /// Throws out what was cancelled or moved, and what stands there twice.
    fn sweep(&mut self, lives: impl Fn(Wake) -> bool) {
        self.close();
        self.far.retain(|bucket, entries| {
            entries.retain(|entry| lives(unfolded(*bucket, *entry)));
            entries.sort_unstable();
            entries.dedup();
            entries.shrink_to_fit();
            !entries.is_empty()
        });
        self.entries = self.far.values().map(Vec::len).sum();
    }
}

impl Default for Wakes {
    fn default() -> Self {
        let (open, late, far) = (Vec::new(), BinaryHeap::new(), BTreeMap::new());
        Self { opened: i64::MIN, open, late, far, entries: 0, waking: 0 }
    }
}

const fn bucket(at: Timestamp) -> i64 {
    at.millis() >> BUCKET_BITS
}

/// An entry of a bucket: in order of time, then of friend.
const fn folded((at, friend): Wake) -> u64 {
    ((at.millis() & ((1 << BUCKET_BITS) - 1)) as u64) << 32 | friend.0 as u64
}

const fn unfolded(bucket: i64, folded: u64) -> Wake {
    let millis = (bucket << BUCKET_BITS) + (folded >> 32) as i64;
    // Within the range of time, since it was folded from a time.
    (Timestamp::EPOCH.plus_millis(millis), FriendId(folded as u32))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    const HOUR: i64 = 3_600_000;

    /// Friends' wakes as their records have them, the queue, and a set that knows what is right.
    #[derive(Default)]
    struct Shop {
        wakes: Wakes,
        of: BTreeMap<FriendId, Timestamp>,
        model: BTreeSet<Wake>,
    }

    impl Shop {
        fn set(&mut self, friend: u32, at: Option<i64>) {
            let (id, after) = (FriendId(friend), at.map(|ms| Timestamp::EPOCH.plus_millis(ms)));
            let before = match after {
                Some(at) => self.of.insert(id, at),
                None => self.of.remove(&id),
            };
            before.map(|at| self.model.remove(&(at, id)));
            self.model.extend(after.map(|at| (at, id)));
            self.wakes.set(id, before, after, |id| self.of.get(&id).copied());
        }
    }

    proptest! {
        /// Set, moved, cancelled and popped in any order, it says what an ordered set says.
        #[test]
        fn it_is_an_ordered_set(deeds in prop::collection::vec((0_u8..8, 0_u32..40, 0_i64..400, 0_usize..4), 0..400)) {
            let mut shop = Shop::default();
            for (deed, friend, time, unit) in deeds {
                // From milliseconds to years, before 1970 too, so that buckets are shared, crossed and skipped.
                let at = (time - 100) * [1, 60_000, HOUR, 300 * 24 * HOUR][unit];
                match deed {
                    0..=3 => shop.set(friend, Some(at)),
                    4 => shop.set(friend, None),
                    _ => {
                        if let Some((_, FriendId(first))) = shop.wakes.next() {
                            shop.set(first, (deed == 5).then_some(at));
                        }
                    }
                }
                prop_assert_eq!(shop.wakes.next(), shop.model.first().copied());
            }
            while let Some((at, friend)) = shop.wakes.next() {
                prop_assert_eq!(shop.model.first(), Some(&(at, friend)));
                shop.set(friend.0, None);
            }
            prop_assert!(shop.model.is_empty());
        }
    }

    /// A friend moved to and fro leaves entries behind, which must not pile up; nor may whoever comes first late.
    #[test]
    fn what_was_moved_is_swept_out() {
        let mut shop = Shop::default();
        for turn in 0..100_000 {
            shop.set(1 + turn % 7, Some(i64::from(turn * 37 % 20) * HOUR));
            assert!(shop.wakes.entries <= 2 * shop.wakes.waking + FEW, "{} entries", shop.wakes.entries);
        }
        for friend in (0..50_000).rev() {
            shop.set(friend + 10, Some(i64::from(friend) * HOUR / 10));
            assert!(shop.wakes.late.len() <= shop.wakes.open.len() + FEW);
        }
        assert_eq!(shop.wakes.next(), shop.model.first().copied());
    }
}

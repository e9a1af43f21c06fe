//! Where packed friends lie, by their numbers.

use std::collections::BTreeMap;

use crate::model::{FriendId, Timestamp};

/// Slots by number. An engine numbers its friends from 1 without gaps, so they lie in a row; whoever has a number
/// far beyond, as the friends of a batch out of a large store do, lies in a map instead.
#[derive(Clone, Debug, Default)]
pub(super) struct Shelf {
    /// The friend of number n at n. No more of them are vacant than there are friends, and some.
    row: Vec<Slot>,
    /// Friends whose number lies past the row.
    beyond: BTreeMap<FriendId, Slot>,
    taken: usize,
}

/// A packed friend, and what must be known of it without unpacking it.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    /// None at all when the slot is vacant.
    pub(super) packed: Box<[u8]>,
    /// In milliseconds, or [`NEVER`].
    wake: i64,
    /// Of how many of its keys a store knows.
    pub(super) keys_told: u32,
    /// Other than when last asked?
    pub(super) changed: bool,
}

const NEVER: i64 = i64::MIN;

impl Slot {
    fn vacant() -> Self {
        Self { packed: Box::default(), wake: NEVER, keys_told: 0, changed: false }
    }

    pub(super) fn wake(&self) -> Option<Timestamp> {
        Timestamp::from_millis(self.wake).ok()
    }

    pub(super) fn wake_at(&mut self, at: Option<Timestamp>) {
        self.wake = at.map_or(NEVER, Timestamp::millis);
    }

    pub(super) fn write(&mut self, bytes: &[u8]) {
        if self.packed.len() == bytes.len() {
            self.packed.copy_from_slice(bytes);
        } else {
            self.packed = bytes.into();
        }
    }

    fn is_taken(&self) -> bool {
        !self.packed.is_empty()
    }
}

impl Shelf {
    /// So many vacant slots are never too many.
    const FEW: usize = 64;

    /// How many friends.
    pub(super) const fn len(&self) -> usize {
        self.taken
    }

    pub(super) fn get(&self, id: FriendId) -> Option<&Slot> {
        match self.row.get(id.0 as usize) {
            Some(slot) => Some(slot).filter(|slot| slot.is_taken()),
            None => self.beyond.get(&id),
        }
    }

    pub(super) fn get_mut(&mut self, id: FriendId) -> Option<&mut Slot> {
        match self.row.get_mut(id.0 as usize) {
            Some(slot) => Some(slot).filter(|slot| slot.is_taken()),
            None => self.beyond.get_mut(&id),
        }
    }

    /// When a friend wakes.
    pub(super) fn wake(&self, id: FriendId) -> Option<Timestamp> {
        self.get(id).and_then(Slot::wake)
    }

    /// The slot of a number, taken from now on: something is to be written there.
    pub(super) fn slot(&mut self, id: FriendId) -> &mut Slot {
        if self.get(id).is_none() {
            self.taken += 1;
            let place = id.0 as usize;
            if place >= self.row.len() && place < 2 * self.taken + Self::FEW {
                self.lengthen(id);
            }
        }
        match (id.0 as usize) < self.row.len() {
            true => &mut self.row[id.0 as usize],
            false => self.beyond.entry(id).or_insert_with(Slot::vacant),
        }
    }

    pub(super) fn remove(&mut self, id: FriendId) -> Option<Slot> {
        let removed = match self.get_mut(id) {
            None => return None,
            Some(slot) => core::mem::replace(slot, Slot::vacant()),
        };
        self.beyond.remove(&id);
        self.taken -= 1;
        Some(removed)
    }

    /// Everybody, by number.
    pub(super) fn iter(&self) -> impl Iterator<Item = (FriendId, &Slot)> {
        let row = (0..).map(FriendId).zip(&self.row).filter(|(_, slot)| slot.is_taken());
        row.chain(self.beyond.iter().map(|(id, slot)| (*id, slot)))
    }

    /// Makes the row reach to a number, and takes in who lies there already.
    fn lengthen(&mut self, last: FriendId) {
        self.row.resize_with(last.0 as usize + 1, Slot::vacant);
        while let Some(entry) = self.beyond.first_entry().filter(|entry| *entry.key() <= last) {
            let (id, slot) = entry.remove_entry();
            self.row[id.0 as usize] = slot;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Near or far, in order or not: what was put there is found, by number, in little more room than it takes.
        #[test]
        fn it_is_a_map(deeds in prop::collection::vec((0_u8..4, 0_u32..300, 0_usize..3), 0..200)) {
            let (mut shelf, mut map) = (Shelf::default(), BTreeMap::new());
            for (deed, number, range) in deeds {
                let id = FriendId(number.wrapping_add([0, 3_000_000, u32::MAX - 200][range]));
                match deed {
                    0 => prop_assert_eq!(shelf.remove(id).map(|slot| slot.packed), map.remove(&id)),
                    _ => {
                        let bytes: Box<[u8]> = number.to_le_bytes()[..1 + number as usize % 4].into();
                        shelf.slot(id).write(&bytes);
                        map.insert(id, bytes);
                    }
                }
                prop_assert_eq!(shelf.get(id).map(|slot| &slot.packed), map.get(&id));
                prop_assert_eq!(shelf.len(), map.len());
            }
            prop_assert!(shelf.iter().map(|(id, slot)| (id, &slot.packed)).eq(map.iter().map(|(id, slot)| (*id, slot))));
            prop_assert!(shelf.row.len() <= 2 * 300 + Shelf::FEW);
        }
    }
}

//! Friends at rest, the keys that lead to them, and when each wakes.

use crate::model::{Friend, FriendId, FriendKey, Name, Named, Timestamp};

use super::keys::KeyIndex;
use super::packed::{self, Damage, Names};
use super::shelf::Shelf;
use super::wakes::Wakes;

/// A friend and when it is to be woken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The friend.
    pub friend: Friend,
    /// When it must be looked at again, if ever.
    pub wake: Option<Timestamp>,
}

/// A key and whom it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keyed {
    /// The key.
    pub key: FriendKey,
    /// Whom it leads to.
    pub friend: FriendId,
}

/// What changed since it was last asked, for a store to write down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Changes {
    /// Friends that are new or other than before, by number.
    pub friends: Vec<Kept>,
    /// Friends that were merged into others.
    pub removed: Vec<FriendId>,
    /// Keys that are new or lead elsewhere than before.
    pub keys: Vec<Keyed>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct People {
    shelf: Shelf,
    keys: KeyIndex,
    wakes: Wakes,
    names: Names,
    last_id: u32,
    changed: Vec<FriendId>,
    removed: Vec<FriendId>,
    /// Where friends are packed before they are put away.
    buffer: Vec<u8>,
}

/// Bytes on the shelf were packed here, or unpacked once before they were believed.
const PACKED: &str = "what was packed can be unpacked";

impl People {
    /// Takes in a friend as it was kept; not a change.
    pub(super) fn seat(&mut self, kept: &Kept) {
        self.put(&kept.friend, kept.wake);
        let slot = self.shelf.get_mut(kept.friend.id).expect("it was put there");
        slot.keys_told = 1 + kept.friend.also.len() as u32;
    }

    /// Numbers up to this one were given elsewhere.
    pub(super) fn number_after(&mut self, last: FriendId) {
        self.last_id = self.last_id.max(last.0);
    }

    pub(super) const fn last_number(&self) -> FriendId {
        FriendId(self.last_id)
    }

    /// The number for the next friend; none when all are given.
    pub(super) fn next_number(&self) -> Option<FriendId> {
        self.last_id.checked_add(1).map(FriendId)
    }

    /// How many friends there are.
    pub(super) const fn len(&self) -> usize {
        self.shelf.len()
    }

    /// The number of the friend with this key.
    pub(super) fn find(&self, key: &str) -> Option<FriendId> {
        self.keys.find(key, |id, key| self.shelf.get(id).is_some_and(|slot| packed::is_of(key, &slot.packed)))
    }

    /// Unpacks a friend into the memory of another. Is there such a friend?
    pub(super) fn unpack(&self, id: FriendId, friend: &mut Friend) -> bool {
        let Some(slot) = self.shelf.get(id) else { return false };
        packed::unpack(&slot.packed, id, &self.names, friend).expect(PACKED);
        true
    }

    /// A friend of its own.
    pub(super) fn friend(&self, id: FriendId) -> Option<Friend> {
        let mut friend = Friend::new(id, FriendKey::of_name(Name::blank()));
        self.unpack(id, &mut friend).then_some(friend)
    }

    /// Every friend, by number.
    pub(super) fn friends(&self) -> impl Iterator<Item = Friend> {
        self.shelf.iter().filter_map(|(id, _)| self.friend(id))
    }

    /// Keeps a friend as it is now, to be woken then.
    pub(super) fn keep(&mut self, friend: &Friend, wake: Option<Timestamp>) {
        self.put(friend, wake);
        let slot = self.shelf.get_mut(friend.id).expect("it was put there");
        if !core::mem::replace(&mut slot.changed, true) {
            self.changed.push(friend.id);
        }
    }

    /// Takes a friend out, to be merged into another.
    pub(super) fn take(&mut self, id: FriendId) -> Option<Friend> {
        let friend = self.friend(id)?;
        let wake = self.shelf.remove(id).and_then(|slot| slot.wake());
        self.wakes.set(id, wake, None, |id| self.shelf.wake(id));
        self.removed.push(id);
        Some(friend)
    }

    pub(super) fn next_wake(&self) -> Option<(Timestamp, FriendId)> {
        self.wakes.next()
    }

    /// Who is first to wake by `now`.
    pub(super) fn next_due(&self, now: Timestamp) -> Option<FriendId> {
        self.next_wake().filter(|(due, _)| *due <= now).map(|(_, id)| id)
    }

    /// Takes whoever is first to wake by `now` out of the queue; to be kept again with its next wake-up.
    pub(super) fn take_turn(&mut self, now: Timestamp) -> Option<FriendId> {
        let id = self.next_due(now)?;
        let slot = self.shelf.get_mut(id)?;
        let due = slot.wake();
        slot.wake_at(None);
        self.wakes.set(id, due, None, |id| self.shelf.wake(id));
        Some(id)
    }

    pub(super) fn wake_all(&mut self, at: Timestamp) {
        self.wakes.clear();
        let everybody: Vec<FriendId> = self.shelf.iter().map(|(id, _)| id).collect();
        for id in everybody {
            let slot = self.shelf.get_mut(id).expect("it is on the shelf");
            slot.wake_at(Some(at));
            if !core::mem::replace(&mut slot.changed, true) {
                self.changed.push(id);
            }
            self.wakes.set(id, None, Some(at), |id| self.shelf.wake(id));
        }
    }

    pub(super) fn take_changes(&mut self) -> Changes {
        let mut changed = core::mem::take(&mut self.changed);
        changed.sort_unstable();
        let mut changes = Changes { removed: core::mem::take(&mut self.removed), ..Changes::default() };
        for id in changed {
            let Some(friend) = self.friend(id) else { continue };
            let slot = self.shelf.get_mut(id).expect("it was unpacked");
            slot.changed = false;
            let keys = core::iter::once(&friend.key).chain(&friend.also);
            let new = keys.skip(slot.keys_told as usize);
            changes.keys.extend(new.map(|key| Keyed { key: key.clone(), friend: id }));
            slot.keys_told = 1 + friend.also.len() as u32;
            changes.friends.push(Kept { wake: slot.wake(), friend });
        }
        changes.keys.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        changes
    }

    /// Packs a friend and puts it away, its keys and its wake-up with it.
    fn put(&mut self, friend: &Friend, wake: Option<Timestamp>) {
        self.buffer.clear();
        packed::pack(friend, &mut self.names, &mut self.buffer);
        self.last_id = self.last_id.max(friend.id.0);
        let slot = self.shelf.slot(friend.id);
        let keys_before = if slot.packed.is_empty() { 0 } else { packed::key_count(&slot.packed) };
        slot.write(&self.buffer);
        let before = slot.wake();
        slot.wake_at(wake);
        for key in core::iter::once(&friend.key).chain(&friend.also).skip(keys_before) {
            if self.find(key.as_str()).is_none_or(|known| known != friend.id) {
                self.keys.insert(key, friend.id, |id| self.shelf.get(id).is_some());
            }
        }
        self.wakes.set(friend.id, before, wake, |id| self.shelf.wake(id));
    }
}

/// What a snapshot is made of.
impl People {
    pub(super) const fn names(&self) -> &Names {
        &self.names
    }

    /// Every friend as it lies there, by number, and when it wakes.
    pub(super) fn rows(&self) -> impl Iterator<Item = (FriendId, Option<Timestamp>, &[u8])> {
        self.shelf.iter().map(|(id, slot)| (id, slot.wake(), &*slot.packed))
    }

    /// Nobody yet, but names that records may hold, and room for so many friends.
    pub(super) fn expecting(names: Names, friends: usize) -> Self {
        Self { names, keys: KeyIndex::with_room(friends), ..Self::default() }
    }

    /// Takes in a friend as it was packed; not a change. Unpacks it into `friend` to see that it is one.
    pub(super) fn seat_packed(
        &mut self,
        (id, wake, bytes): (FriendId, Option<Timestamp>, &[u8]),
        friend: &mut Friend,
    ) -> Result<(), Unseated> {
        packed::unpack(bytes, id, &self.names, friend)?;
        if id.0 == 0 || !packed::is_in_order(friend) {
            return Err(Unseated::Damaged);
        }
        if self.shelf.get(id).is_some() {
            return Err(Unseated::Doubled(friend.key.clone()));
        }
        self.last_id = self.last_id.max(id.0);
        let slot = self.shelf.slot(id);
        slot.write(bytes);
        slot.wake_at(wake);
        slot.keys_told = 1 + friend.also.len() as u32;
        for key in core::iter::once(&friend.key).chain(&friend.also) {
            // Its own number would be found, too: one key twice in one record.
            if self.find(key.as_str()).is_some() {
                return Err(Unseated::Doubled(key.clone()));
            }
            self.keys.insert(key, id, |_| true);
        }
        self.wakes.set(id, None, wake, |id| self.shelf.wake(id));
        Ok(())
    }
}

/// Why bytes were not taken in as a friend.
pub(super) enum Unseated {
    Damaged,
    Doubled(FriendKey),
}

impl From<Damage> for Unseated {
    fn from(_: Damage) -> Self {
        Self::Damaged
    }
}

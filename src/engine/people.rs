//! Friends, the keys that lead to them, and when each wakes.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Friend, FriendId, FriendKey, Timestamp};

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
    kept: BTreeMap<FriendId, Kept>,
    keys: BTreeMap<FriendKey, FriendId>,
    wakes: BTreeSet<(Timestamp, FriendId)>,
    last_id: u32,
    changed: BTreeSet<FriendId>,
    removed: Vec<FriendId>,
    rekeyed: BTreeSet<FriendKey>,
}

impl People {
    /// Takes in a friend as it was kept; not a change.
    pub(super) fn seat(&mut self, kept: Kept) {
        let id = kept.friend.id;
        self.last_id = self.last_id.max(id.0);
        for key in core::iter::once(&kept.friend.key).chain(&kept.friend.also) {
            self.keys.insert(key.clone(), id);
        }
        self.wakes.extend(kept.wake.map(|wake| (wake, id)));
        self.kept.insert(id, kept);
    }

    /// Numbers up to this one were given elsewhere.
    pub(super) fn number_after(&mut self, last: FriendId) {
        self.last_id = self.last_id.max(last.0);
    }

    pub(super) fn last_number(&self) -> FriendId {
        FriendId(self.last_id)
    }

    pub(super) fn find(&self, key: &str) -> Option<&Kept> {
        self.kept.get(self.keys.get(key)?)
    }

    pub(super) fn get(&self, id: FriendId) -> Option<&Kept> {
        self.kept.get(&id)
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &Kept> {
        self.kept.values()
    }

    /// The friend with this key, or one with the next number that nothing is known of. `None` when
    /// all numbers are given. Nothing is kept yet.
    pub(super) fn find_or_make(&self, key: &FriendKey) -> Option<Friend> {
        match self.find(key.as_str()) {
            Some(kept) => Some(kept.friend.clone()),
            None => Some(Friend::new(FriendId(self.last_id.checked_add(1)?), key.clone())),
        }
    }

    /// Keeps a friend as it is now, to be woken then.
    pub(super) fn keep(&mut self, friend: Friend, wake: Option<Timestamp>) {
        let id = friend.id;
        self.last_id = self.last_id.max(id.0);
        for key in core::iter::once(&friend.key).chain(&friend.also) {
            if self.keys.get(key) != Some(&id) {
                self.keys.insert(key.clone(), id);
                self.rekeyed.insert(key.clone());
            }
        }
        let before = self.kept.insert(id, Kept { friend, wake }).and_then(|kept| kept.wake);
        if before != wake {
            self.wakes.extend(wake.map(|wake| (wake, id)));
            before.map(|wake| self.wakes.remove(&(wake, id)));
        }
        self.changed.insert(id);
    }

    /// Takes a friend out, to be merged into another.
    pub(super) fn take(&mut self, id: FriendId) -> Option<Friend> {
        let kept = self.kept.remove(&id)?;
        kept.wake.map(|wake| self.wakes.remove(&(wake, id)));
        self.changed.remove(&id);
        self.removed.push(id);
        Some(kept.friend)
    }

    pub(super) fn next_wake(&self) -> Option<(Timestamp, FriendId)> {
        self.wakes.first().copied()
    }

    pub(super) fn wake_all(&mut self, at: Timestamp) {
        self.wakes.clear();
        for (id, kept) in &mut self.kept {
            kept.wake = Some(at);
            self.wakes.insert((at, *id));
            self.changed.insert(*id);
        }
    }

    pub(super) fn take_changes(&mut self) -> Changes {
        let changed = core::mem::take(&mut self.changed);
        let rekeyed = core::mem::take(&mut self.rekeyed);
        let keyed = |key: FriendKey| self.keys.get(&key).map(|friend| Keyed { friend: *friend, key });
        Changes {
            friends: changed.into_iter().filter_map(|id| self.kept.get(&id).cloned()).collect(),
            removed: core::mem::take(&mut self.removed),
            keys: rekeyed.into_iter().filter_map(keyed).collect(),
        }
    }
}

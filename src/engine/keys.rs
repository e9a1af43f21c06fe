//! From a key to a friend.

use std::collections::BTreeMap;

use crate::model::{FriendId, FriendKey};
use crate::population::PackedKey;

use super::ordered::OrderedTable;

/// A hash table of friends' numbers. The keys themselves stand in the friends' own records, where whoever asks
/// compares them.
///
/// Eight bytes a slot: half of a key's hash above the friend's number. Only where the halves are equal is the
/// friend's record looked at. A key that finds [`CROWD`](Self::CROWD) slots taken goes into an ordered map instead,
/// so that keys chosen to meet in one place cost a logarithm and not their number.
#[derive(Clone, Debug, Default)]
pub(super) struct KeyIndex {
    friends: OrderedTable<u64>,
    crowded: BTreeMap<FriendKey, FriendId>,
}

impl KeyIndex {
    /// The most slots looked at for one key.
    const CROWD: usize = 256;

    /// The friend with this key, where `is` tells of friends whether it is theirs.
    pub(super) fn find(&self, key: &str, is: impl Fn(FriendId, PackedKey<'_>) -> bool) -> Option<FriendId> {
        let packed = PackedKey::new(key);
        let half = half(packed);
        let alike = self.friends.run_from(half).take_while(|word| *word >> 32 == half >> 32);
        let found = alike.map(|word| FriendId(word as u32)).find(|friend| is(*friend, packed));
        // There nearly always is nobody.
        found.or_else(|| self.crowded.get(key).copied().filter(|friend| is(*friend, packed)))
    }

    /// Takes in that a key, which led to nobody, leads to a friend. `is_kept` tells which friends there still
    /// are: the keys of others are let go when the table grows.
    pub(super) fn insert(&mut self, key: &FriendKey, friend: FriendId, is_kept: impl Fn(FriendId) -> bool) {
        let word = half(PackedKey::new(key.as_str())) | u64::from(friend.0);
        // Two keys of one friend whose halves are equal share a word.
        let there = word == 0 || self.friends.contains(word);
        if word == 0 || !there && !self.friends.insert(word, Self::CROWD, |word| is_kept(FriendId(word as u32))) {
            self.crowded.insert(key.clone(), friend);
        }
    }

    /// Nobody yet, and room for so many keys.
    pub(super) fn with_room(keys: usize) -> Self {
        Self { friends: OrderedTable::with_room(keys), crowded: BTreeMap::new() }
    }
}

/// The upper half of a key's hash, where it lies.
fn half(key: PackedKey<'_>) -> u64 {
    key.hash() >> 32 << 32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: u32) -> FriendKey {
        FriendKey::new(&format!("shop:{n}")).unwrap()
    }

    #[test]
    fn keys_lead_to_their_friends_however_many_there_are() {
        let mut index = KeyIndex::default();
        let owner = |id: FriendId, packed: PackedKey<'_>| packed == PackedKey::new(key(id.0).as_str());
        for n in 0..20_000 {
            assert_eq!(index.find(key(n).as_str(), owner), None);
            index.insert(&key(n), FriendId(n), |_| true);
        }
        assert!((0..20_000).all(|n| index.find(key(n).as_str(), owner) == Some(FriendId(n))));
        assert!(index.crowded.len() < 3, "{} found no room", index.crowded.len());
    }

    /// A table that grows lets go of friends who were merged into others.
    #[test]
    fn who_is_gone_is_let_go() {
        let mut index = KeyIndex::default();
        let owner = |id: FriendId, packed: PackedKey<'_>| packed == PackedKey::new(key(id.0).as_str());
        (0..100_000).for_each(|n| index.insert(&key(n), FriendId(n), |id| id.0 + 10 > n));
        assert_eq!(index.find(key(99_999).as_str(), owner), Some(FriendId(99_999)));
        assert!(index.friends.len() < 100, "{}", index.friends.len());
    }
}

//! Which events were taken in already.

use sha2::{Digest, Sha256};

use crate::model::EventId;

use super::ordered::OrderedTable;

/// The ids of events, half of a SHA-256 each.
///
/// Two ids of one digest would make the second event a duplicate of the first. Among a billion ids the chance
/// of it is one in 10²⁰; who wants it to happen computes 2⁶⁴ digests first.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen(OrderedTable<u128>);

/// An event's id, as it is kept. Never 0.
pub(super) fn digest(id: &EventId) -> u128 {
    let whole = Sha256::digest(id.as_str().as_bytes());
    let mut half = [0; 16];
    half.copy_from_slice(&whole[..16]);
    u128::from_be_bytes(half).max(1)
}

impl Seen {
    /// These, if they ascend and none is 0.
    pub(super) fn of_ascending(digests: &[[u8; 16]]) -> Option<Self> {
        let words = || digests.iter().copied().map(u128::from_le_bytes);
        let sound = words().is_sorted_by(|a, b| a < b) && words().next().is_none_or(|first| first > 0);
        sound.then(|| Self(OrderedTable::of_ascending(words())))
    }

    pub(super) const fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn contains(&self, digest: u128) -> bool {
        self.0.contains(digest)
    }

    /// Takes in one that is not there.
    pub(super) fn insert(&mut self, digest: u128) {
        let taken = self.0.insert(digest, usize::MAX / 2, |_| true);
        debug_assert!(taken, "nobody is turned away");
    }

    /// All of them, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = u128> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_told_apart() {
        let mut seen = Seen::default();
        let id = |n: u32| digest(&EventId::new(&format!("eccube:order:{n}:placed")).unwrap());
        (0..5000).for_each(|n| seen.insert(id(n)));
        assert!((0..5000).all(|n| seen.contains(id(n))) && !seen.contains(id(5000)));
        let digests: Vec<[u8; 16]> = seen.iter().map(u128::to_le_bytes).collect();
        assert!(Seen::of_ascending(&digests).unwrap().iter().eq(seen.iter()));
        assert!(Seen::of_ascending(&[digests[1], digests[0]]).is_none());
        assert!(Seen::of_ascending(&[[0; 16]]).is_none());
    }
}

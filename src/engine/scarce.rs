//! When messages run short: of friends whose turn comes at one instant, who goes first.

use crate::model::{Friend, FriendId};
use crate::policy::Quota;
use crate::scenario::Scene;

use super::people::People;

/// Takes whoever is due out of the queue where messages may run short, in the order in which they are to be
/// played; where they cannot, nobody, and they are played as they come.
///
/// When fewer messages are left than friends are due, those come first for whom the last are kept (M4), and of
/// equals who was due first, then by number. Otherwise all of them can have one, and the order is as ever.
/// Whether a friend is sent anything cannot be known before it is played: each counts as one message.
///
/// Costs nothing unless a quota was told that is smaller than the number of friends, and messages are kept for
/// somebody.
pub(super) fn turns(people: &mut People, hand: &mut Friend, scene: &Scene<'_>) -> Vec<FriendId> {
    let Some(Quota { left }) = scene.quota else { return Vec::new() };
    // None left is none for anybody.
    let may_run_short = (1..people.len() as u64).contains(&left);
    if !may_run_short || scene.policy.reserves.is_empty() {
        return Vec::new();
    }
    let mut due = Vec::new();
    while let Some(id) = people.take_turn(scene.now) {
        due.push(id);
    }
    if (due.len() as u64) > left {
        // Stable: of equals the order is as it was.
        due.sort_by_cached_key(|id| {
            people.unpack(*id, hand);
            scene.policy.served_down_to(hand, scene.now)
        });
    }
    due
}

//! The engine in one pure function.

use crate::coupon::KeyRing;
use crate::model::{Event, Friend, Timestamp};
use crate::playbook::Playbook;
use crate::scenario::{Effects, Scene};

use super::admit::{AdmitError, admit};
use super::apply::apply;

/// What all friends of the shop share, to be read but never written here.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct ShopView<'a> {
    /// The keys coupon codes are made with.
    pub keys: Option<&'a KeyRing>,
}

impl<'a> ShopView<'a> {
    /// The view of a shop with these keys.
    pub const fn new(keys: Option<&'a KeyRing>) -> Self {
        Self { keys }
    }
}

/// What comes to one friend.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::exhaustive_enums, reason = "either something happened or time went by")]
pub enum Input<'a> {
    /// Something happened.
    Event(&'a Event),
    /// It is time.
    Wake,
}

/// A friend after one step, and what it brought about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stepped {
    /// The friend as it is now.
    pub friend: Friend,
    /// What was decided, and what is to be sent.
    pub effects: Effects,
    /// When the friend must be looked at again though nothing happens; always after `now`.
    pub next_wake: Option<Timestamp>,
}

/// What one input does to one friend at one instant (design 1).
///
/// Pure: the same arguments give the same bytes on every platform (law 1). An event that was taken
/// before must not be given again; whoever keeps the friends knows the ids. Cost: linear in the
/// scenarios that listen, times the friend's orders for conditions on them.
///
/// # Errors
/// When the event does not fit the playbook. Nothing has happened then.
pub fn step(
    playbook: &Playbook,
    shop: &ShopView<'_>,
    mut friend: Friend,
    input: Input<'_>,
    now: Timestamp,
) -> Result<Stepped, AdmitError> {
    let scene = scene(playbook, shop, now);
    let mut effects = Effects::default();
    match input {
        Input::Event(event) => {
            let event = admit(playbook, event)?;
            let new_friend = friend.known_since.is_none();
            let causes = apply(&mut friend, &event, &scene, &mut effects);
            scene.play(&mut friend, &causes, event.at, new_friend, &mut effects);
        }
        Input::Wake => scene.play(&mut friend, &[], now, false, &mut effects),
    }
    let next_wake = scene.next_wake(&friend);
    Ok(Stepped { friend, effects, next_wake })
}

pub(super) fn scene<'a>(playbook: &'a Playbook, shop: &ShopView<'a>, now: Timestamp) -> Scene<'a> {
    Scene {
        scenarios: playbook.scenarios(),
        policy: playbook.policy(),
        tags: &playbook.schema().tags,
        looks_back: playbook.looks_back(),
        zone: playbook.zone(),
        shop: &playbook.shop().name,
        keys: shop.keys,
        now,
    }
}

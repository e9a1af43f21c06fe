//! The engine in one pure function.

use crate::coupon::KeyRing;
use crate::coupon::ledger::{Headroom, told};
use crate::model::{Event, Friend, Timestamp};
use crate::playbook::Playbook;
use crate::policy::{Quota, Stock};
use crate::scenario::{Effects, Occasion, Scene};

use super::admit::{AdmitError, admit};
use super::apply::{apply, changed_by};

/// What all friends of the shop share, to be read but never written here.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct ShopView<'a> {
    /// The keys coupon codes are made with.
    pub keys: Option<&'a KeyRing>,
    /// How much there is of what, where that is known.
    pub stock: Option<&'a Stock>,
    /// How many messages are left this month, where that is known.
    pub quota: Option<Quota>,
    /// What may still be issued of each coupon, where the shop keeps a [ledger](crate::coupon::ledger) of them; the
    /// ledger is then told what comes about ([`Effects::ledger`]).
    pub headroom: Option<&'a Headroom>,
}

impl<'a> ShopView<'a> {
    /// The view of a shop with these keys, of whose stock, quota and ledger nothing is told.
    pub const fn new(keys: Option<&'a KeyRing>) -> Self {
        Self { keys, stock: None, quota: None, headroom: None }
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
    let next_wake = match input {
        Input::Event(event) => happen(&scene, &mut friend, &*admit(playbook, event)?, &mut effects),
        Input::Wake => wake(&scene, &mut friend, &mut effects),
    };
    Ok(Stepped { friend, effects, next_wake })
}

/// What an admitted event does to a friend; gives when the friend must be looked at again.
pub(super) fn happen(
    scene: &Scene<'_>,
    friend: &mut Friend,
    event: &Event,
    effects: &mut Effects,
) -> Option<Timestamp> {
    let new_friend = friend.known_since.is_none();
    let causes = apply(friend, event, scene, effects);
    if scene.headroom.is_some() {
        effects.ledger.extend(told(event, &friend.orders));
    }
    let occasion = Occasion { causes: &causes, at: event.at, changed: changed_by(&event.fact), new_friend };
    scene.play(friend, &occasion, effects);
    scene.next_wake(friend)
}

/// What the passing of time does to a friend; gives when the friend must be looked at again.
pub(super) fn wake(scene: &Scene<'_>, friend: &mut Friend, effects: &mut Effects) -> Option<Timestamp> {
    scene.play(friend, &Occasion::time(scene.now), effects);
    scene.next_wake(friend)
}

pub(super) fn scene<'a>(playbook: &'a Playbook, shop: &ShopView<'a>, now: Timestamp) -> Scene<'a> {
    Scene {
        scenarios: playbook.scenarios(),
        coupons: playbook.coupons(),
        menus: playbook.menus(),
        policy: playbook.policy(),
        tags: &playbook.schema().tags,
        looks_back: playbook.looks_back(),
        zone: playbook.zone(),
        cycles: &playbook.schema().cycles,
        best_hour: playbook.best_hour(),
        shop: &playbook.shop().name,
        url: playbook.shop().url.as_deref(),
        stock: shop.stock,
        quota: shop.quota,
        headroom: shop.headroom,
        keys: shop.keys,
        playbook: playbook.hash().short(),
        now,
    }
}

//! A whole shop of friends in memory.

use std::sync::Arc;

use crate::coupon::KeyRing;
use crate::coupon::ledger::{Entry, Headroom, Posting};
use crate::model::{Event, Fact, Friend, FriendId, FriendKey, Name, Named, Timestamp};
use crate::playbook::Playbook;
use crate::policy::{Leaving, Quota, Stock};
use crate::scenario::{Decision, Delivery, Effects, Handover, MenuSwitch, Scene};

use super::admit::{AdmitError, admit};
use super::parcel::{Arrivals, Parcel, pack_as};
use super::people::{Changes, Kept, People};
use super::scarce;
use super::seen::{Seen, digest};
use super::step::{ShopView, happen, scene, wake};

/// The engine of one shop, in memory.
///
/// Time is told to it and never goes back: [`record`](Self::record) and [`advance`](Self::advance)
/// say what time it is. What is to be sent and what was decided wait inside until taken out.
/// `Send` and `Sync`; one caller at a time changes it.
#[derive(Clone, Debug)]
pub struct Engine {
    pub(super) playbook: Arc<Playbook>,
    pub(super) keys: Option<KeyRing>,
    pub(super) people: People,
    pub(super) seen: Seen,
    pub(super) now: Timestamp,
    pub(super) effects: Effects,
    /// How much there is of what, as the host told.
    stock: Stock,
    /// How many LINE messages are left this month, as the host told, less those decided since.
    quota: Option<Quota>,
    /// What may still be issued of each coupon, as the host told, less what was issued since.
    headroom: Option<Headroom>,
    /// The friend stepped last, whose memory is used for the next.
    pub(super) hand: Friend,
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "an event is new or it is not")]
pub enum Recorded {
    /// It was taken in.
    New,
    /// Its id was seen before; nothing changed (law 2).
    Duplicate,
}

/// Why the engine refused. It is as it was before.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The event does not fit the playbook.
    #[error(transparent)]
    Event(#[from] AdmitError),
    /// A time before one that was told already.
    #[error("time went back: it is {last} already, not {told}")]
    TimeWentBack {
        /// The time told last.
        last: Timestamp,
        /// The time told now.
        told: Timestamp,
    },
    /// The playbook issues coupons, and nothing was given to make codes with.
    #[error("the playbook issues coupons: give the engine the keys their codes are made with")]
    KeysMissing,
    /// Every number a friend can have is given.
    #[error("there are as many friends as can be numbered")]
    Full,
}

impl Engine {
    /// An engine nobody is known to. `keys` make coupon codes; none are needed where none are issued.
    ///
    /// # Errors
    /// When the playbook issues coupons and there are no keys.
    pub fn new(playbook: Arc<Playbook>, keys: Option<KeyRing>) -> Result<Self, EngineError> {
        check_keys(&playbook, keys.as_ref())?;
        Ok(Self {
            playbook,
            keys,
            people: People::default(),
            seen: Seen::default(),
            now: Timestamp::MIN,
            effects: Effects::default(),
            stock: Stock::default(),
            quota: None,
            headroom: None,
            hand: nobody(),
        })
    }

    /// What the shop has decided.
    pub fn playbook(&self) -> &Arc<Playbook> {
        &self.playbook
    }

    /// Takes in one event at `now`. Wake-ups that are due are left for [`advance`](Self::advance),
    /// except the friend's own: of an event and a time-out at one instant, the event comes first.
    ///
    /// # Errors
    /// When time went back or the event does not fit the playbook.
    pub fn record(&mut self, event: &Event, now: Timestamp) -> Result<Recorded, EngineError> {
        self.check_time(now)?;
        let Self { playbook, keys, people, seen, effects, stock, quota, headroom, hand, .. } = self;
        let admitted = admit(playbook, event)?;
        let digest = digest(&event.id);
        if seen.contains(digest) {
            self.now = now;
            return Ok(Recorded::Duplicate);
        }
        match people.find(event.friend.as_str()) {
            Some(id) => {
                // Mostly the friend's own key, which then need not be made anew.
                hand.key.clone_from(&event.friend);
                people.unpack(id, hand);
            }
            None => *hand = Friend::new(people.next_number().ok_or(EngineError::Full)?, event.friend.clone()),
        }
        let shop = view(keys.as_ref(), stock, *quota, headroom.as_ref());
        let scene = scene(playbook, &shop, now);
        let before = Before::of(effects);
        if let Fact::Link { member } = &event.fact {
            join(people, hand, member, &scene, effects);
        }
        let wake = happen(&scene, hand, &admitted, effects);
        before.count_down(effects, playbook, quota, headroom);
        debug_assert!(wake.is_none_or(|wake| wake > now), "a wake-up that is not in the future would repeat");
        people.keep(hand, wake);
        seen.insert(digest);
        self.now = now;
        Ok(Recorded::New)
    }

    /// It is `now`: does everything that is due. Gives how many friends were woken.
    ///
    /// When fewer LINE messages are left than friends are due, those come first for whom the policy keeps the
    /// last ([`Policy::served_down_to`](crate::policy::Policy::served_down_to)).
    ///
    /// Each is judged as of `now`, so tell the time when it comes: to play a long time through, go
    /// from [`next_wake`](Self::next_wake) to the next, as [`play_until`](Self::play_until) does.
    ///
    /// # Errors
    /// When time went back.
    pub fn advance(&mut self, now: Timestamp) -> Result<usize, EngineError> {
        self.check_time(now)?;
        self.now = now;
        let Self { playbook, keys, people, effects, stock, quota, headroom, hand, .. } = self;
        let shop = view(keys.as_ref(), stock, *quota, headroom.as_ref());
        let mut chosen = scarce::turns(people, hand, &scene(playbook, &shop, now)).into_iter();
        let mut woken = 0;
        while let Some(id) = chosen.next().or_else(|| people.next_due(now)) {
            if !people.unpack(id, hand) {
                debug_assert!(false, "{id:?} wakes but is nobody");
                break;
            }
            let before = Before::of(effects);
            let shop = view(keys.as_ref(), stock, *quota, headroom.as_ref());
            let next = wake(&scene(playbook, &shop, now), hand, effects);
            before.count_down(effects, playbook, quota, headroom);
            debug_assert!(next.is_none_or(|next| next > now), "a wake-up that is not in the future would repeat");
            people.keep(hand, next);
            woken += 1;
        }
        Ok(woken)
    }

    /// Lets time go by until `end`, stopping at every wake-up: what a host that never slept would see.
    ///
    /// # Errors
    /// When time went back.
    pub fn play_until(&mut self, end: Timestamp) -> Result<usize, EngineError> {
        let mut woken = 0;
        while let Some(due) = self.next_wake().filter(|due| *due <= end) {
            woken += self.advance(due.max(self.now))?;
        }
        Ok(woken + self.advance(end)?)
    }

    /// When [`advance`](Self::advance) will next have something to do.
    pub fn next_wake(&self) -> Option<Timestamp> {
        self.people.next_wake().map(|(due, _)| due)
    }

    /// The time told last.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Tells what all friends share: stock and quota, and where it is told the ledger's headroom. Keys are given when the
    /// engine is made.
    pub fn tell(&mut self, shop: &ShopView<'_>) {
        self.stock = shop.stock.cloned().unwrap_or_default();
        self.quota = shop.quota;
        if let Some(headroom) = shop.headroom {
            self.headroom = Some(headroom.clone());
        }
    }

    /// Tells how many pieces there are of a product, for steps that send only what is in stock. Of a product
    /// nobody told of there is enough. Not part of a snapshot: the host knows it better.
    pub fn set_stock(&mut self, product: &str, pieces: u64) {
        self.stock.set(product, pieces);
    }

    /// Tells how many LINE messages may still leave this month, from LINE's quota and what waits to be sent,
    /// or from a budget ([`Policy::messages_within_budget`](crate::policy::Policy::messages_within_budget)).
    /// The engine counts down what it decides; `None` is enough. Not part of a snapshot.
    pub fn set_quota(&mut self, left: Option<u64>) {
        self.quota = left.map(|left| Quota { left });
    }

    /// Tells what may still be issued of each coupon, and that the shop keeps a ledger: from now on what comes about
    /// is noted for it ([`take_ledger`](Self::take_ledger)). The engine counts down what it issues. `None`: there is
    /// none. Not part of a snapshot and of the coupons of one playbook, so tell it before anything else once an engine was
    /// restored or adopts another.
    pub fn set_headroom(&mut self, headroom: Option<Headroom>) {
        self.headroom = headroom;
    }

    /// What the ledger is to know and was not taken out.
    pub fn ledger_entries(&self) -> &[Entry] {
        &self.effects.ledger
    }

    /// Takes out what the ledger is to know, in the order it came about: to be
    /// [posted](crate::store::Ledger::post), and kept until it is.
    pub fn take_ledger(&mut self) -> Vec<Entry> {
        core::mem::take(&mut self.effects.ledger)
    }

    /// Takes out what is to be sent, in the order it was decided.
    pub fn take_deliveries(&mut self) -> Vec<Delivery> {
        core::mem::take(&mut self.effects.deliveries)
    }

    /// Takes out whose rich menu is to be switched, in the order it was decided.
    pub fn take_menus(&mut self) -> Vec<MenuSwitch> {
        core::mem::take(&mut self.effects.menus)
    }

    /// Takes out what the host is to do, in the order it was decided: it must be kept until it is done.
    pub fn take_handovers(&mut self) -> Vec<Handover> {
        core::mem::take(&mut self.effects.handovers)
    }

    /// Deliveries and then menus, packed into requests for LINE. Of the arrival of messages the engine is to
    /// hear where its playbook asks for it: see [`Parcel::arrivals`].
    pub fn take_parcels(&mut self) -> Vec<Parcel> {
        let asked = self.playbook.looks_back().deliveries;
        let mut parcels = pack_as(&self.take_deliveries(), if asked { Arrivals::Told } else { Arrivals::Untold });
        parcels.extend(self.take_menus().iter().map(Parcel::of_menu));
        parcels
    }

    /// Takes out what was decided, in order.
    pub fn take_decisions(&mut self) -> Vec<Decision> {
        core::mem::take(&mut self.effects.decisions)
    }

    /// The friend a key leads to, as of now: friends lie packed, and this one is unpacked to be looked at.
    pub fn friend(&self, key: &str) -> Option<Friend> {
        self.people.find(key).and_then(|id| self.people.friend(id))
    }

    /// Every friend, by number, each unpacked when its turn comes.
    pub fn friends(&self) -> impl Iterator<Item = Friend> {
        self.people.friends()
    }

    /// The keys its codes are made with.
    pub const fn keys(&self) -> Option<&KeyRing> {
        self.keys.as_ref()
    }

    /// How many friends there are.
    pub const fn len(&self) -> usize {
        self.people.len()
    }

    /// Is nobody known?
    pub const fn is_empty(&self) -> bool {
        self.people.len() == 0
    }

    /// Goes on with another playbook. Every friend is looked at anew at the next
    /// [`advance`](Self::advance): runs of scenarios and steps that are gone end with a reason, and
    /// who stands in a segment already does not enter by it (X22).
    ///
    /// # Errors
    /// When the new playbook issues coupons and there are no keys.
    pub fn adopt(&mut self, playbook: Arc<Playbook>) -> Result<(), EngineError> {
        check_keys(&playbook, self.keys.as_ref())?;
        self.playbook = playbook;
        self.people.wake_all(self.now);
        Ok(())
    }

    /// Takes in a friend another engine or a store has kept. Not a change.
    pub fn seat(&mut self, kept: Kept) {
        self.people.seat(&kept);
    }

    /// New friends get numbers after this one: the last a store has given.
    pub fn number_after(&mut self, last: FriendId) {
        self.people.number_after(last);
    }

    /// Takes out which friends and keys are other than when last asked, for a store to write down.
    pub fn take_changes(&mut self) -> Changes {
        self.people.take_changes()
    }

    fn check_time(&self, now: Timestamp) -> Result<(), EngineError> {
        if now < self.now { Err(EngineError::TimeWentBack { last: self.now, told: now }) } else { Ok(()) }
    }
}

/// Makes the person behind `member` and this friend one. What the link event itself tells comes after.
fn join(people: &mut People, friend: &mut Friend, member: &FriendKey, scene: &Scene<'_>, effects: &mut Effects) {
    match people.find(member.as_str()) {
        Some(id) if id == friend.id => {}
        Some(id) => {
            let ended = people.take(id).map(|other| friend.absorb(other)).unwrap_or_default();
            if scene.headroom.is_some() {
                effects.ledger.push(Entry::new(scene.now, Posting::Merged { from: id, into: friend.id }));
            }
            for journey in ended {
                scene.leave(friend, &journey, Leaving::Merged, None, effects);
            }
            scene.settle_merged(friend, effects);
        }
        None if *member != friend.key => friend.also.push(member.clone()),
        None => {}
    }
}

/// How much had been decided before a friend's turn.
struct Before {
    deliveries: usize,
    ledger: usize,
}

impl Before {
    const fn of(effects: &Effects) -> Self {
        Self { deliveries: effects.deliveries.len(), ledger: effects.ledger.len() }
    }

    /// What was decided since is no longer left.
    fn count_down(
        self,
        effects: &Effects,
        playbook: &Playbook,
        quota: &mut Option<Quota>,
        headroom: &mut Option<Headroom>,
    ) {
        if let Some(quota) = quota {
            quota.left = quota.left.saturating_sub((effects.deliveries.len() - self.deliveries) as u64);
        }
        let Some(headroom) = headroom else { return };
        for entry in &effects.ledger[self.ledger..] {
            if let Posting::Issued { coupon, .. } = &entry.what
                && let Some(coupon) = playbook.coupons().get(coupon)
            {
                headroom.take(coupon);
            }
        }
    }
}

const fn view<'a>(
    keys: Option<&'a KeyRing>,
    stock: &'a Stock,
    quota: Option<Quota>,
    headroom: Option<&'a Headroom>,
) -> ShopView<'a> {
    ShopView { keys, stock: Some(stock), quota, headroom }
}

/// Memory for a friend.
fn nobody() -> Friend {
    Friend::new(FriendId::default(), FriendKey::of_name(Name::blank()))
}

fn check_keys(playbook: &Playbook, keys: Option<&KeyRing>) -> Result<(), EngineError> {
    if keys.is_none() && playbook.issues_coupons() { Err(EngineError::KeysMissing) } else { Ok(()) }
}

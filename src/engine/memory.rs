//! A whole shop of friends in memory.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::coupon::KeyRing;
use crate::model::{Event, EventId, Fact, Friend, FriendId, FriendKey, Timestamp};
use crate::playbook::Playbook;
use crate::policy::Leaving;
use crate::scenario::{Decision, Delivery, Effects};

use super::admit::{AdmitError, admit};
use super::parcel::{Arrivals, Parcel, pack_as};
use super::people::{Changes, Kept, People};
use super::step::{Input, ShopView, Stepped, scene, step};

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
    pub(super) seen: BTreeSet<EventId>,
    pub(super) now: Timestamp,
    pub(super) effects: Effects,
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
            seen: BTreeSet::new(),
            now: Timestamp::MIN,
            effects: Effects::default(),
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
        admit(&self.playbook, event)?;
        if self.seen.contains(&event.id) {
            self.now = now;
            return Ok(Recorded::Duplicate);
        }
        let friend = self.people.find_or_make(&event.friend).ok_or(EngineError::Full)?;
        let friend = match &event.fact {
            Fact::Link { member } => self.join(friend, member, now),
            _ => friend,
        };
        self.step_friend(friend, Input::Event(event), now)?;
        self.seen.insert(event.id.clone());
        self.now = now;
        Ok(Recorded::New)
    }

    /// It is `now`: does everything that is due. Gives how many friends were woken.
    ///
    /// Each is judged as of `now`, so tell the time when it comes: to play a long time through, go
    /// from [`next_wake`](Self::next_wake) to the next, as [`play_until`](Self::play_until) does.
    ///
    /// # Errors
    /// When time went back.
    pub fn advance(&mut self, now: Timestamp) -> Result<usize, EngineError> {
        self.check_time(now)?;
        self.now = now;
        let mut woken = 0;
        while let Some((due, id)) = self.people.next_wake().filter(|(due, _)| *due <= now) {
            let Some(kept) = self.people.get(id) else {
                debug_assert!(false, "{id:?} wakes at {due} but is nobody");
                break;
            };
            self.step_friend(kept.friend.clone(), Input::Wake, now)?;
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

    /// Takes out what is to be sent, in the order it was decided.
    pub fn take_deliveries(&mut self) -> Vec<Delivery> {
        core::mem::take(&mut self.effects.deliveries)
    }

    /// The same packed into requests for LINE, of whose arrival the engine is to hear where its
    /// playbook asks for it: see [`Parcel::arrivals`].
    pub fn take_parcels(&mut self) -> Vec<Parcel> {
        let asked = self.playbook.looks_back().deliveries;
        pack_as(&self.take_deliveries(), if asked { Arrivals::Told } else { Arrivals::Untold })
    }

    /// Takes out what was decided, in order.
    pub fn take_decisions(&mut self) -> Vec<Decision> {
        core::mem::take(&mut self.effects.decisions)
    }

    /// The friend a key leads to.
    pub fn friend(&self, key: &str) -> Option<&Friend> {
        self.people.find(key).map(|kept| &kept.friend)
    }

    /// Every friend, by number.
    pub fn friends(&self) -> impl ExactSizeIterator<Item = &Friend> {
        self.people.iter().map(|kept| &kept.friend)
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
        self.people.seat(kept);
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

    fn step_friend(&mut self, friend: Friend, input: Input<'_>, now: Timestamp) -> Result<(), EngineError> {
        let shop = ShopView::new(self.keys.as_ref());
        let Stepped { friend, effects, next_wake } = step(&self.playbook, &shop, friend, input, now)?;
        debug_assert!(next_wake.is_none_or(|wake| wake > now), "a wake-up that is not in the future would repeat");
        self.people.keep(friend, next_wake);
        self.effects.decisions.extend(effects.decisions);
        self.effects.deliveries.extend(effects.deliveries);
        Ok(())
    }

    /// Makes the person behind `member` and this friend one. What the link event itself tells comes after.
    fn join(&mut self, mut friend: Friend, member: &FriendKey, now: Timestamp) -> Friend {
        let other = self.people.find(member.as_str()).map(|kept| kept.friend.id);
        match other {
            Some(id) if id == friend.id => {}
            Some(id) => {
                let ended = self.people.take(id).map(|other| friend.absorb(other)).unwrap_or_default();
                let playbook = Arc::clone(&self.playbook);
                let scene = scene(&playbook, &ShopView::new(None), now);
                for journey in ended {
                    scene.leave(&mut friend, &journey, Leaving::Merged, &mut self.effects);
                }
            }
            None if *member != friend.key => friend.also.push(member.clone()),
            None => {}
        }
        friend
    }
}

fn check_keys(playbook: &Playbook, keys: Option<&KeyRing>) -> Result<(), EngineError> {
    if keys.is_none() && playbook.issues_coupons() { Err(EngineError::KeysMissing) } else { Ok(()) }
}

//! The plainest host there can be: each friend in a map, each input one call of `step`. And the engine beside it.

use std::collections::BTreeMap;
use std::sync::Arc;

use enishi::coupon::ledger::{Entry, Headroom, Posting};
use enishi::engine::{Engine, Input, Kept, ShopView, step};
use enishi::model::{Event, Fact, Friend, FriendId, FriendKey, Timestamp};
use enishi::playbook::Playbook;
use enishi::policy::{Quota, Stock};
use enishi::scenario::{Decision, Delivery, Effects, Handover, MenuSwitch};

use super::shops::Told;
use super::support::lab::keys;

/// Everything that came of something.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Out {
    pub(crate) decisions: Vec<Decision>,
    pub(crate) deliveries: Vec<Delivery>,
    pub(crate) handovers: Vec<Handover>,
    pub(crate) menus: Vec<MenuSwitch>,
    pub(crate) ledger: Vec<Entry>,
}

impl Out {
    /// What is new in an engine.
    pub(crate) fn of(engine: &mut Engine) -> Self {
        Self {
            decisions: engine.take_decisions(),
            deliveries: engine.take_deliveries(),
            handovers: engine.take_handovers(),
            menus: engine.take_menus(),
            ledger: engine.take_ledger(),
        }
    }

    /// What of it is one friend's.
    pub(crate) fn about(&self, friend: &str) -> Self {
        Self {
            decisions: self.decisions.iter().filter(|it| it.friend.as_str() == friend).cloned().collect(),
            deliveries: self.deliveries.iter().filter(|it| it.friend.as_str() == friend).cloned().collect(),
            handovers: self.handovers.iter().filter(|it| it.friend.as_str() == friend).cloned().collect(),
            menus: self.menus.iter().filter(|it| it.friend.as_str() == friend).cloned().collect(),
            // The ledger knows friends by number, and codes by themselves.
            ledger: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, more: Self) {
        self.decisions.extend(more.decisions);
        self.deliveries.extend(more.deliveries);
        self.handovers.extend(more.handovers);
        self.menus.extend(more.menus);
        self.ledger.extend(more.ledger);
    }

    /// As lines.
    pub(crate) fn lines(&self) -> Vec<String> {
        let json = |it: serde_json::Result<String>| it.unwrap();
        let decisions = self.decisions.iter().map(Decision::to_json);
        let deliveries = self.deliveries.iter().map(|it| json(serde_json::to_string(it)));
        let handovers = self.handovers.iter().map(Handover::to_json);
        let menus = self.menus.iter().map(|it| json(serde_json::to_string(it)));
        let ledger = self.ledger.iter().map(|it| json(serde_json::to_string(it)));
        decisions.chain(deliveries).chain(handovers).chain(menus).chain(ledger).collect()
    }
}

pub(crate) fn read(playbook: &str) -> Arc<Playbook> {
    Arc::new(Playbook::read(playbook).unwrap_or_else(|faults| panic!("{playbook}\n{faults}")))
}

/// An engine that knows these friends by number, but nothing of them yet: coupon codes are made of the number.
pub(crate) fn engine(playbook: &Arc<Playbook>, friends: &[&str]) -> Engine {
    let mut engine = Engine::new(Arc::clone(playbook), Some(keys())).unwrap();
    for (number, key) in (1..).zip(friends) {
        engine.seat(Kept { friend: stranger(number, key), wake: None });
    }
    engine
}

fn stranger(number: u32, key: &str) -> Friend {
    Friend::new(FriendId(number), FriendKey::new(key).unwrap())
}

/// Each friend on their own.
pub(crate) struct PlainHost {
    playbook: Arc<Playbook>,
    pub(crate) stock: Option<Stock>,
    pub(crate) quota: Option<Quota>,
    headroom: Option<Headroom>,
    friends: BTreeMap<String, (Friend, Option<Timestamp>)>,
    now: Timestamp,
    out: Out,
}

impl PlainHost {
    /// Friends by number; to strangers a number is given in the order they are told of.
    pub(crate) fn new(playbook: &Arc<Playbook>, friends: &[&str]) -> Self {
        let friends = (1..).zip(friends).map(|(number, key)| ((*key).to_owned(), (stranger(number, key), None)));
        Self {
            playbook: Arc::clone(playbook),
            stock: None,
            quota: None,
            headroom: None,
            friends: friends.collect(),
            now: Timestamp::MIN,
            out: Out::default(),
        }
    }

    pub(crate) fn friend(&self, key: &str) -> &Friend {
        &self.friends[key].0
    }

    pub(crate) fn take(&mut self) -> Out {
        core::mem::take(&mut self.out)
    }

    /// Lives until the event is told, and tells it.
    pub(crate) fn tell(&mut self, told: &Told) {
        self.play_until(told.told_at);
        let event = told.event(Some(self.friend(&told.friend)));
        self.hear(told, &event);
    }

    fn hear(&mut self, told: &Told, event: &Event) {
        if let Fact::Link { member } = &event.fact
            && let Some((friend, _)) = self.friends.get_mut(&told.friend)
            && !friend.also.contains(member)
        {
            // Nobody is known under this key, so that there is nothing to join but the key itself.
            friend.also.push(member.clone());
        }
        self.step(&told.friend, Input::Event(event));
    }

    /// Goes on with another playbook: everybody is looked at anew.
    pub(crate) fn adopt(&mut self, playbook: &Arc<Playbook>) {
        self.playbook = Arc::clone(playbook);
        let known = self.friends.values_mut().filter(|(friend, _)| friend.known_since.is_some());
        known.for_each(|(_, wake)| *wake = Some(self.now));
    }

    pub(crate) fn play_until(&mut self, end: Timestamp) {
        let mut woken = 0;
        while let Some(due) = self.friends.values().filter_map(|(_, wake)| *wake).min().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            for key in self.turns() {
                self.step(&key, Input::Wake);
                woken += 1;
                assert!(woken < 100_000, "{key} wakes without end");
            }
        }
        self.now = self.now.max(end);
    }

    /// Whose turn it is: by when they were due and by number, unless messages run short, which are kept for some.
    fn turns(&self) -> Vec<String> {
        let due = self.friends.iter().filter_map(|(key, (friend, wake))| Some(((*wake)?, friend.id, friend, key)));
        let mut due: Vec<_> = due.filter(|(at, ..)| *at <= self.now).collect();
        due.sort_by_key(|(at, id, ..)| (*at, *id));
        if let Some(Quota { left }) = self.quota
            && 0 < left
            && left < due.len() as u64
        {
            let refused_below = |friend: &Friend| {
                let others = self.playbook.policy().reserves.iter().filter(|it| !it.only.holds(friend, self.now));
                others.map(|reserve| reserve.below).max()
            };
            due.sort_by_key(|(_, _, friend, _)| refused_below(friend));
        }
        due.into_iter().map(|(.., key)| key.clone()).collect()
    }

    /// Wakes everybody of whom something was told though it is nobody's time.
    pub(crate) fn wake_all(&mut self) {
        let known = self.friends.iter().filter(|(_, (friend, _))| friend.known_since.is_some());
        for key in known.map(|(key, _)| key.clone()).collect::<Vec<_>>() {
            self.step(&key, Input::Wake);
        }
    }

    fn step(&mut self, key: &str, input: Input<'_>) {
        let keys = keys();
        let mut shop = ShopView::new(Some(&keys));
        shop.stock = self.stock.as_ref();
        shop.quota = self.quota;
        shop.headroom = self.headroom.as_ref();
        let friend = self.friends[key].0.clone();
        let stepped = step(&self.playbook, &shop, friend, input, self.now).unwrap();
        assert!(
            stepped.next_wake.is_none_or(|wake| wake > self.now),
            "{:?} is not after {}",
            stepped.next_wake,
            self.now
        );
        for journey in &stepped.friend.journeys {
            assert!(journey.due > self.now, "{journey:?} is due at {} and was not done", self.now);
            assert!(stepped.next_wake.is_some_and(|wake| wake <= journey.due), "nobody wakes for {journey:?}");
        }
        self.friends.insert(key.to_owned(), (stepped.friend, stepped.next_wake));
        let Effects { decisions, deliveries, handovers, menus, ledger, .. } = stepped.effects;
        if let Some(quota) = &mut self.quota {
            quota.left = quota.left.saturating_sub(deliveries.len() as u64);
        }
        for entry in &ledger {
            if let (Some(headroom), Posting::Issued { coupon, .. }) = (&mut self.headroom, &entry.what) {
                headroom.take(&self.playbook.coupons()[coupon]);
            }
        }
        self.out.add(Out { decisions, deliveries, handovers, menus, ledger });
    }
}

/// The plain host and the engine, told the same: whatever comes of it must be the same, byte for byte.
pub(crate) struct Both {
    plain: PlainHost,
    pub(crate) engine: Engine,
}

impl Both {
    /// To friends a number is given in the order they are told of.
    pub(crate) fn new(playbook: &Arc<Playbook>, history: &[Told]) -> Self {
        let mut friends: Vec<&str> = Vec::new();
        for told in history {
            if !friends.contains(&&*told.friend) {
                friends.push(&told.friend);
            }
        }
        let mut plain = PlainHost::new(playbook, &friends);
        plain.stock = Some(Stock::default());
        plain.headroom = Some(Headroom::default());
        let mut engine = engine(playbook, &[]);
        engine.set_headroom(Some(Headroom::default()));
        Self { plain, engine }
    }

    pub(crate) fn tell(&mut self, told: &Told) {
        let event = told.event(self.engine.friend(&told.friend).as_ref());
        self.engine.record(&event, told.told_at).unwrap();
        self.plain.hear(told, &event);
    }

    pub(crate) fn play_until(&mut self, end: Timestamp) {
        self.engine.play_until(end).unwrap();
        self.plain.play_until(end);
    }

    pub(crate) fn set_stock(&mut self, product: &str, pieces: u64) {
        self.engine.set_stock(product, pieces);
        self.plain.stock.get_or_insert_default().set(product, pieces);
    }

    pub(crate) fn set_quota(&mut self, left: Option<u64>) {
        self.engine.set_quota(left);
        self.plain.quota = left.map(|left| Quota { left });
    }

    pub(crate) fn adopt(&mut self, playbook: &Arc<Playbook>) {
        self.engine.adopt(Arc::clone(playbook)).unwrap();
        self.plain.adopt(playbook);
    }

    /// What is new, if it is the same in both.
    pub(crate) fn take(&mut self) -> Result<Out, String> {
        let (of_engine, of_plain) = (Out::of(&mut self.engine), self.plain.take());
        if of_engine != of_plain {
            let (engine, plain) = (of_engine.lines().join("\n"), of_plain.lines().join("\n"));
            return Err(format!("the engine:\n{engine}\nthe plain host:\n{plain}"));
        }
        let quota = self.plain.quota;
        for friend in self.engine.friends() {
            let plain = self.plain.friend(friend.key.as_str());
            if friend != *plain {
                return Err(format!("with {quota:?} the engine knows {friend:?}\nthe plain host {plain:?}"));
            }
        }
        Ok(of_engine)
    }
}

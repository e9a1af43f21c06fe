//! Everything known about one person.

use serde::{Deserialize, Serialize};

use super::{
    AttributeName, Cart, Channel, ChannelName, Deferred, DeliveryKey, FlatMap, FriendId, FriendKey, HeldCoupon,
    History, Journey, LineContact, MenuName, MessageName, OrderHistory, Reactions, RunRecord, ScenarioName,
    SegmentName, TagName, Timestamp, Value,
};

/// The state machine of one person: the whole of what `step` reads and changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Friend {
    /// The dense number.
    pub id: FriendId,
    /// The host's key. After a link or a merge other keys lead here too.
    pub key: FriendKey,
    /// Other keys that lead here: the membership linked to, records that were merged in.
    pub also: Vec<FriendKey>,
    /// The earliest event heard of; none for a record that was only just made.
    pub known_since: Option<Timestamp>,
    /// LINE.
    pub line: LineContact,
    /// Attributes, each with when it was told; `None` stands for "told to be unknown".
    pub attributes: FlatMap<AttributeName, Dated<Option<Value>>>,
    /// Tags, present and taken off.
    pub tags: FlatMap<TagName, Marked>,
    /// Orders.
    pub orders: OrderHistory,
    /// The cart as last told.
    pub cart: Option<Dated<Cart>>,
    /// What they did, beside orders.
    pub history: History,
    /// The channels beside LINE of which it was told whether they can be reached there.
    pub channels: FlatMap<ChannelName, Marked>,
    /// Whether advertising is welcome, where it was told.
    #[serde(default)]
    pub promotions: Option<Marked>,
    /// Whether somebody of the shop is talking with the friend.
    #[serde(default)]
    pub chat: Option<Marked>,
    /// The rich menu, as far as is known.
    #[serde(default)]
    pub menu: Option<MenuSeen>,
    /// When the friend reacts.
    #[serde(default)]
    pub reactions: Reactions,
    /// When scenarios were last looked at: what was due by date before then was seen.
    #[serde(default)]
    pub looked_at: Option<Timestamp>,
    /// Until when what scenarios watch stays as it is.
    #[serde(default)]
    pub watch: Option<Watch>,
    /// Entries that wait for another scenario to end, by name.
    #[serde(default)]
    pub deferred: Vec<Deferred>,
    /// Runs of scenarios that have not ended, by scenario and number.
    pub journeys: Vec<Journey>,
    /// What is remembered of runs, ended ones included.
    pub runs: FlatMap<ScenarioName, RunRecord>,
    /// Coupons, in order of issue.
    pub coupons: Vec<HeldCoupon>,
    /// Messages sent, oldest first, as far back as a frequency cap or a condition looks.
    pub sent: Vec<Sent>,
    /// The segments that start scenarios: whether the friend was inside when last looked.
    pub inside: FlatMap<SegmentName, bool>,
}

impl Friend {
    /// Someone nothing is known of.
    pub fn new(id: FriendId, key: FriendKey) -> Self {
        Self {
            id,
            key,
            also: Vec::new(),
            known_since: None,
            line: LineContact::default(),
            attributes: FlatMap::new(),
            tags: FlatMap::new(),
            orders: OrderHistory::default(),
            cart: None,
            history: History::default(),
            channels: FlatMap::new(),
            promotions: None,
            chat: None,
            menu: None,
            reactions: Reactions::default(),
            looked_at: None,
            watch: None,
            deferred: Vec::new(),
            journeys: Vec::new(),
            runs: FlatMap::new(),
            coupons: Vec::new(),
            sent: Vec::new(),
            inside: FlatMap::new(),
        }
    }

    /// The runs of a scenario that have not ended. Logarithmic in all runs, which must be in order.
    pub(crate) fn running(&self, scenario: &ScenarioName) -> &[Journey] {
        let first = self.journeys.partition_point(|journey| journey.scenario < *scenario);
        let count = self.journeys[first..].iter().take_while(|journey| journey.scenario == *scenario).count();
        &self.journeys[first..first + count]
    }

    /// Takes in a run that begins.
    pub(crate) fn begin(&mut self, journey: Journey) {
        let place = self.journeys.partition_point(|other| other.place() < journey.place());
        self.journeys.insert(place, journey);
    }

    /// Puts the runs in order, if they are not.
    pub(crate) fn sort_journeys(&mut self) {
        if !self.journeys.is_sorted_by_key(Journey::place) {
            self.journeys.sort_by(|a, b| a.place().cmp(&b.place()));
        }
    }

    /// The value of an attribute, if it is known.
    pub fn attribute(&self, name: &str) -> Option<&Value> {
        self.attributes.get(name).and_then(|told| told.value.as_ref())
    }

    /// Sets an attribute as told at `at`; news that is older than what is known changes nothing.
    pub fn set_attribute(&mut self, name: AttributeName, value: Option<Value>, at: Timestamp) {
        let told = Dated { at, value };
        self.attributes.entry(name).and_modify(|old| old.renew(told.clone())).or_insert(told);
    }

    /// Has the tag now?
    pub fn has_tag(&self, name: &str) -> bool {
        self.tags.get(name).is_some_and(|mark| mark.on)
    }

    /// Puts a tag on or takes it off as of `at`; of two at one instant, taking off wins.
    pub fn mark(&mut self, tag: TagName, on: bool, at: Timestamp) {
        let mark = Marked { at, on };
        self.tags.entry(tag).and_modify(|old| old.renew(mark)).or_insert(mark);
    }

    /// Notes as of `at` whether a channel reaches the friend; of two at one instant, that it does not wins.
    pub fn set_reachable(&mut self, channel: ChannelName, reachable: bool, at: Timestamp) {
        let mark = Marked { at, on: reachable };
        self.channels.entry(channel).and_modify(|old| old.renew(mark)).or_insert(mark);
    }

    /// Notes as of `at` whether advertising is welcome; of two at one instant, that it is not wins.
    pub fn set_promotions(&mut self, welcome: bool, at: Timestamp) {
        let mark = Marked { at, on: welcome };
        self.promotions.get_or_insert(mark).renew(mark);
    }

    /// Notes as of `at` whether somebody of the shop is talking with the friend; of two at one instant, that
    /// nobody is wins.
    pub fn set_chat(&mut self, open: bool, at: Timestamp) {
        let mark = Marked { at, on: open };
        self.chat.get_or_insert(mark).renew(mark);
    }

    /// Notes the rich menu as of `at`: the one set by hand, whenever that was and is told, before one that was not (X55);
    /// else the later.
    pub fn set_menu(&mut self, menu: MenuSeen) {
        match &mut self.menu {
            Some(known) if (known.by_hand, known.at, &known.menu) >= (menu.by_hand, menu.at, &menu.menu) => {}
            known => *known = Some(menu),
        }
    }

    /// Joins another record of the same person into this one: after an account link, or a merge.
    ///
    /// Facts are united as if all had been told to one record. Of two runs of one scenario the one
    /// that was entered first goes on; the others are given back.
    #[must_use = "the runs that end here must be accounted for"]
    pub fn absorb(&mut self, other: Self) -> Vec<Journey> {
        self.also.push(other.key);
        self.also.extend(other.also);
        self.known_since = self.known_since.into_iter().chain(other.known_since).min();
        self.line.absorb(other.line);
        self.orders.absorb(other.orders);
        for (name, told) in other.attributes {
            self.set_attribute(name, told.value, told.at);
        }
        for (tag, mark) in other.tags {
            self.mark(tag, mark.on, mark.at);
        }
        if let Some(cart) = other.cart {
            match &mut self.cart {
                Some(mine) => mine.renew(cart),
                unknown => *unknown = Some(cart),
            }
        }
        self.history.absorb(other.history);
        for (channel, mark) in other.channels {
            self.set_reachable(channel, mark.on, mark.at);
        }
        if let Some(theirs) = other.promotions {
            self.set_promotions(theirs.on, theirs.at);
        }
        if let Some(theirs) = other.chat {
            self.set_chat(theirs.on, theirs.at);
        }
        if let Some(theirs) = other.menu {
            self.set_menu(theirs);
        }
        self.reactions.absorb(&other.reactions);
        self.looked_at = self.looked_at.max(other.looked_at);
        // Two watches cannot be joined: look at everything anew.
        self.watch = None;
        self.deferred.extend(other.deferred);
        self.deferred.sort();
        self.deferred.dedup();
        let mut ended = Vec::new();
        for mut theirs in other.journeys {
            // Runs are numbered on, since delivery keys are made of the number.
            theirs.run = theirs.run.saturating_add(self.runs.get(&theirs.scenario).map_or(0, |record| record.runs));
            match self
                .journeys
                .iter_mut()
                .find(|mine| (&mine.scenario, &mine.about) == (&theirs.scenario, &theirs.about))
            {
                Some(mine) if mine.entered_at <= theirs.entered_at => ended.push(theirs),
                Some(mine) => ended.push(core::mem::replace(mine, theirs)),
                None => self.journeys.push(theirs),
            }
        }
        for (scenario, theirs) in other.runs {
            self.runs
                .entry(scenario)
                .and_modify(|mine| {
                    mine.runs = mine.runs.saturating_add(theirs.runs);
                    mine.last_entered = mine.last_entered.max(theirs.last_entered);
                    mine.last_ended = mine.last_ended.max(theirs.last_ended);
                    mine.about.extend(theirs.about.iter().cloned());
                })
                .or_insert(theirs);
        }
        self.coupons.extend(other.coupons);
        self.coupons.sort_by(|a, b| (a.issued_at, &a.code).cmp(&(b.issued_at, &b.code)));
        self.sent.extend(other.sent);
        self.sent.sort();
        for (segment, inside) in other.inside {
            self.inside.entry(segment).and_modify(|mine| *mine |= inside).or_insert(inside);
        }
        ended
    }
}

/// A value and when it was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dated<T> {
    /// When.
    pub at: Timestamp,
    /// What.
    pub value: T,
}

impl<T: Ord> Dated<T> {
    /// Takes the later; of two at one instant the greater, so that the order of arrival is no matter.
    pub fn renew(&mut self, other: Self) {
        if (other.at, &other.value) > (self.at, &self.value) {
            *self = other;
        }
    }
}

/// A tag put on or taken off, a channel that reaches or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marked {
    /// When.
    pub at: Timestamp,
    /// On?
    pub on: bool,
}

impl Marked {
    fn renew(&mut self, other: Self) {
        if (other.at, !other.on) > (self.at, !self.on) {
            *self = other;
        }
    }
}

/// When the segments and times that scenarios begin by are to be looked at again though nothing happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// The first bytes of the hash of the playbook that was looked by; under another all is looked at anew.
    pub by: u64,
    /// When; none when nothing of it ever changes by itself. Never too late, though it may be too early.
    pub until: Option<Timestamp>,
}

/// The rich menu a friend sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MenuSeen {
    /// When it was linked.
    pub at: Timestamp,
    /// Which of the playbook's; none when the friend has none of their own, or one the playbook does not know.
    pub menu: Option<MenuName>,
    /// Linked by somebody of the shop, rather than by a rule? Then no rule takes it away (X55).
    pub by_hand: bool,
}

/// A message that went out, for frequency caps and conditions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Sent {
    /// When.
    pub at: Timestamp,
    /// The key it left under.
    pub key: DeliveryKey,
    /// Advertising, rather than a notice about an order.
    pub promotional: bool,
    /// Which message.
    pub message: MessageName,
    /// The scenario it was sent by.
    pub scenario: ScenarioName,
    /// On which channel.
    #[serde(default, skip_serializing_if = "Channel::is_line")]
    pub channel: Channel,
    /// When LINE took it, once that is told.
    pub delivered: Option<Timestamp>,
}

//! Everything known about one person.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    AttributeName, Cart, ChannelName, DeliveryKey, FriendId, FriendKey, HeldCoupon, History, Journey, LineContact,
    MessageName, OrderHistory, RunRecord, ScenarioName, SegmentName, TagName, Timestamp, Value,
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
    pub attributes: BTreeMap<AttributeName, Dated<Option<Value>>>,
    /// Tags, present and taken off.
    pub tags: BTreeMap<TagName, Marked>,
    /// Orders.
    pub orders: OrderHistory,
    /// The cart as last told.
    pub cart: Option<Dated<Cart>>,
    /// What they did, beside orders.
    pub history: History,
    /// The channels beside LINE of which it was told whether they can be reached there.
    pub channels: BTreeMap<ChannelName, Marked>,
    /// Runs of scenarios that have not ended.
    pub journeys: Vec<Journey>,
    /// What is remembered of runs, ended ones included.
    pub runs: BTreeMap<ScenarioName, RunRecord>,
    /// Coupons, in order of issue.
    pub coupons: Vec<HeldCoupon>,
    /// Messages sent, oldest first, as far back as a frequency cap or a condition looks.
    pub sent: Vec<Sent>,
    /// The segments that start scenarios: whether the friend was inside when last looked.
    pub inside: BTreeMap<SegmentName, bool>,
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
            attributes: BTreeMap::new(),
            tags: BTreeMap::new(),
            orders: OrderHistory::default(),
            cart: None,
            history: History::default(),
            channels: BTreeMap::new(),
            journeys: Vec::new(),
            runs: BTreeMap::new(),
            coupons: Vec::new(),
            sent: Vec::new(),
            inside: BTreeMap::new(),
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
        let mut ended = Vec::new();
        for mut theirs in other.journeys {
            // Runs are numbered on, since delivery keys are made of the number.
            theirs.run = theirs.run.saturating_add(self.runs.get(&theirs.scenario).map_or(0, |record| record.runs));
            match self.journeys.iter_mut().find(|mine| mine.scenario == theirs.scenario) {
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
    /// When LINE took it, once that is told.
    pub delivered: Option<Timestamp>,
}

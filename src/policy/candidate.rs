//! What the gate is asked about.

use core::borrow::Borrow;
use std::collections::BTreeMap;

use crate::model::{Channel, MessageName, ScenarioName, Timestamp, Zone};

use super::{Class, QuietRule};

/// A message that asks to leave.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// The scenario that sends it.
    pub scenario: &'a ScenarioName,
    /// Which message.
    pub message: &'a MessageName,
    /// Advertising, or not.
    pub class: Class,
    /// The kind of message, as caps may count it.
    pub category: Option<&'a str>,
    /// Whether it is sales talk (S18).
    pub sells: bool,
    /// What it says, where other messages say it too.
    pub content: Option<&'a str>,
    /// The channels it may take: the first that reaches the friend is taken.
    pub channels: &'a [Channel],
    /// What quiet hours do with it, where it is not what they do with all.
    pub quiet: Option<QuietRule>,
    /// Since when it is ready, before anything held it back.
    pub ready: Timestamp,
    /// What must be in stock.
    pub product: Option<&'a str>,
    /// Follows upon the same content on another channel that nobody reacted to, which C5 lets pass.
    pub follows_up: bool,
}

/// What all friends share and the gate reads. It writes nothing: whoever holds the numbers counts them down.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// Now.
    pub now: Timestamp,
    /// The shop's calendar.
    pub zone: &'a Zone,
    /// How much there is of what; nothing told means that everything is there.
    pub stock: Option<&'a Stock>,
    /// How many messages are left this month; nothing told means enough.
    pub quota: Option<Quota>,
}

impl<'a> View<'a> {
    /// Now, in the shop's zone, with nothing told of stock and quota.
    pub const fn new(now: Timestamp, zone: &'a Zone) -> Self {
        Self { now, zone, stock: None, quota: None }
    }
}

/// How many pieces there are of each product, by the ids that orders and carts use.
///
/// A product nobody told of counts as in stock: a shop that counts only some of its goods says nothing of
/// the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stock(BTreeMap<Box<str>, u64>);

impl Stock {
    /// Notes how many pieces there are.
    pub fn set(&mut self, product: &str, pieces: u64) {
        match self.0.get_mut(product) {
            Some(known) => *known = pieces,
            None => drop(self.0.insert(product.into(), pieces)),
        }
    }

    /// How many pieces there are, if it was told.
    pub fn pieces(&self, product: &str) -> Option<u64> {
        self.0.get(product).copied()
    }
}

impl<P: Into<Box<str>>> FromIterator<(P, u64)> for Stock {
    fn from_iter<I: IntoIterator<Item = (P, u64)>>(told: I) -> Self {
        Self(told.into_iter().map(|(product, pieces)| (product.into(), pieces)).collect())
    }
}

/// How many LINE messages may still leave this month: by LINE's quota, by the shop's budget, whichever is less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Messages left. One message to one friend is one.
    pub left: u64,
}

/// What is known of the shop's messages, to tell what those sent earlier were.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageTraits(BTreeMap<MessageName, Traits>);

/// What the gate looks at in a message that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Traits {
    /// The kind of message.
    pub category: Option<Box<str>>,
    /// Whether it is sales talk.
    pub sells: bool,
    /// What it says, where other messages say it too.
    pub content: Option<Box<str>>,
    /// Has it forms for several channels, so that it could be told on a second one?
    pub several_channels: bool,
}

impl Default for Traits {
    /// Sales talk of no kind, on one channel: what a message is of which nothing else is said.
    fn default() -> Self {
        Self { category: None, sells: true, content: None, several_channels: false }
    }
}

impl MessageTraits {
    /// Of one message; the usual for one that is no longer in the playbook.
    pub fn of(&self, message: &MessageName) -> &Traits {
        static USUAL: Traits = Traits { category: None, sells: true, content: None, several_channels: false };
        self.0.get(Borrow::<str>::borrow(message)).unwrap_or(&USUAL)
    }
}

impl FromIterator<(MessageName, Traits)> for MessageTraits {
    fn from_iter<I: IntoIterator<Item = (MessageName, Traits)>>(traits: I) -> Self {
        Self(traits.into_iter().collect())
    }
}

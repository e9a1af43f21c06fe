//! A policy, a friend and what is shared, in which one message after the other is asked about.

use std::collections::BTreeMap;

use enishi::model::{
    Channel, DeliveryKey, Friend, FriendId, FriendKey, LineUserId, MessageName, Money, Order, OrderId, ScenarioName,
    Sent, Timestamp, Zone,
};
use enishi::playbook::Playbook;
use enishi::policy::{Candidate, Class, Policy, Quota, Reason, Stock, Verdict, View};

use super::support::lab::at;

pub(crate) const LINE: [Channel; 1] = [Channel::Line];
pub(crate) const NOON: &str = "2026-04-01T12:00:00+09:00";

/// A policy, a friend and what is shared, in which one message after the other is asked about.
pub(crate) struct Lab {
    pub(crate) policy: Policy,
    pub(crate) friend: Friend,
    pub(crate) scenario: ScenarioName,
    pub(crate) message: MessageName,
    pub(crate) zone: Zone,
    pub(crate) stock: Stock,
    pub(crate) quota: Option<Quota>,
}

impl Lab {
    /// A friend on LINE, and the `[policy]` written there.
    pub(crate) fn new(policy: &str) -> Self {
        let text = format!(
            "channels = ['email', 'dm']\ntags = ['VIP']\n[shop]\nname = 'x'\nzone = 'Asia/Tokyo'\ncurrency = 'JPY'\n\
             [messages]\na = {{ line = [{{ type = 'text', text = 'A' }}] }}\n\
             [scenarios.s]\non = 'follow'\nsteps = [{{ send = 'a' }}]\n\
             [scenarios.other]\non = 'follow'\nsteps = [{{ send = 'a' }}]\n[policy]\n{policy}"
        );
        let playbook = Playbook::read(&text).unwrap_or_else(|faults| panic!("{faults}"));
        let mut friend = Friend::new(FriendId(1), FriendKey::new("hana").unwrap());
        friend.line.followed(LineUserId::from_bytes([7; 16]), at("2026-01-01T00:00:00+09:00"), None, None);
        Self {
            policy: playbook.policy().clone(),
            friend,
            scenario: scenario("s"),
            message: message("a"),
            zone: *playbook.zone(),
            stock: Stock::default(),
            quota: None,
        }
    }

    pub(crate) fn ask(&self, now: &str) -> Verdict {
        self.ask_about(now, |_| {})
    }

    /// Asks about a promotional message `a` of the scenario `s` on LINE, or what is made of it.
    pub(crate) fn ask_about<'a>(&'a self, now: &str, change: impl FnOnce(&mut Candidate<'a>)) -> Verdict {
        let now = at(now);
        let mut candidate = Candidate {
            scenario: &self.scenario,
            message: &self.message,
            class: Class::Promotional,
            category: None,
            sells: true,
            content: None,
            channels: &LINE,
            quiet: None,
            ready: now,
            product: None,
            follows_up: false,
        };
        change(&mut candidate);
        let view = View { now, zone: &self.zone, stock: Some(&self.stock), quota: self.quota };
        self.policy.ask(&candidate, &self.friend, &view)
    }

    pub(crate) fn sent(&mut self, when: &str) {
        self.sent_as(when, |_| {});
    }

    /// Notes that a promotional message `a` of the scenario `s` was sent, or what is made of it.
    pub(crate) fn sent_as(&mut self, when: &str, change: impl FnOnce(&mut Sent)) {
        let mut sent = sent(at(when));
        change(&mut sent);
        self.friend.sent.push(sent);
    }
}

pub(crate) fn sent(when: Timestamp) -> Sent {
    Sent {
        at: when,
        key: DeliveryKey::derive("test", &[&when.millis().to_be_bytes()]),
        promotional: true,
        message: message("a"),
        scenario: scenario("s"),
        channel: Channel::Line,
        delivered: None,
    }
}

pub(crate) fn order(placed_at: Timestamp) -> Order {
    let (id, total) = (OrderId::new("1").unwrap(), Money::from_minor(1000));
    Order { id, placed_at, total, lines: Vec::new(), properties: BTreeMap::new() }
}

pub(crate) fn scenario(name: &str) -> ScenarioName {
    ScenarioName::new(name).unwrap()
}

pub(crate) fn message(name: &str) -> MessageName {
    MessageName::new(name).unwrap()
}

pub(crate) fn channel(name: &str) -> Channel {
    name.parse().unwrap()
}

pub(crate) fn goes() -> Verdict {
    Verdict::Send(Channel::Line)
}

pub(crate) fn capped(cap: &str, sent: u32) -> Verdict {
    Verdict::Drop(Reason::Capped { cap: cap.into(), sent })
}

pub(crate) fn deferred(to: &str, cap: &str) -> Verdict {
    Verdict::Later(at(to), Reason::CapDeferred { cap: cap.into(), to: at(to) })
}

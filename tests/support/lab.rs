//! A small shop to try things in.

use std::sync::Arc;

use enishi::coupon::KeyRing;
use enishi::engine::{Engine, Recorded};
use enishi::model::{Event, Friend, Timestamp};
use enishi::playbook::Playbook;
use serde_json::Value as Json;

use super::corpus::{SECRET, decision_line, delivery_line};

/// An engine with a playbook, told of events as JSON; times are written as instants with an offset.
pub(crate) struct Lab {
    pub(crate) engine: Engine,
    ids: u32,
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

pub(crate) fn keys() -> KeyRing {
    KeyRing::new(0, SECRET.as_bytes()).unwrap()
}

/// A playbook of a shop in Japan: `[shop]`, the messages `a`, `b` and `c`, and what is given.
pub(crate) fn playbook(rest: &str) -> Arc<Playbook> {
    Arc::new(Playbook::read(&text(rest)).unwrap_or_else(|faults| panic!("{faults}")))
}

/// The text of [`playbook`].
pub(crate) fn text(rest: &str) -> String {
    format!(
        r#"
        {rest}
        [shop]
        name = "河内の台所"
        zone = "Asia/Tokyo"
        currency = "JPY"
        [messages]
        a = {{ line = [{{ type = "text", text = "A" }}] }}
        b = {{ line = [{{ type = "text", text = "B" }}] }}
        c = {{ line = [{{ type = "text", text = "C" }}] }}
        "#
    )
}

impl Lab {
    pub(crate) fn new(rest: &str) -> Self {
        Self { engine: Engine::new(playbook(rest), Some(keys())).unwrap(), ids: 0 }
    }

    /// Tells of an event at its own time: `tell("2026-04-01T12:00:00+09:00", "hana", r#""type":"unfollow""#)`.
    pub(crate) fn tell(&mut self, now: &str, friend: &str, fact: &str) -> Recorded {
        self.tell_late(now, now, friend, fact)
    }

    /// Tells at `now` of what happened at `happened`.
    pub(crate) fn tell_late(&mut self, now: &str, happened: &str, friend: &str, fact: &str) -> Recorded {
        self.ids += 1;
        let event = event(&format!("lab {}", self.ids), friend, happened, fact);
        let event = Event::from_json(event.as_bytes(), self.engine.playbook().currency()).unwrap();
        self.engine.record(&event, at(now)).unwrap()
    }

    /// Follows for the first time.
    pub(crate) fn follow(&mut self, now: &str, friend: &str) {
        self.tell(now, friend, &follow(friend, ", \"unblocked\":false"));
    }

    pub(crate) fn play(&mut self, until: &str) {
        self.engine.play_until(at(until)).unwrap();
    }

    pub(crate) fn friend(&self, key: &str) -> Friend {
        self.engine.friend(key).unwrap_or_else(|| panic!("nobody is called {key}"))
    }

    /// What was decided since it was last asked, as lines of the corpus.
    pub(crate) fn decisions(&mut self) -> Vec<String> {
        let zone = *self.engine.playbook().zone();
        self.engine.take_decisions().iter().map(|decision| decision_line(&decision.to_json(), &zone)).collect()
    }

    /// What is to be sent since it was last asked, as lines of the corpus.
    pub(crate) fn deliveries(&mut self) -> Vec<String> {
        let zone = *self.engine.playbook().zone();
        let line = |delivery| delivery_line(&serde_json::to_string(delivery).unwrap(), &zone);
        self.engine.take_deliveries().iter().map(line).collect()
    }
}

/// The JSON of an event.
pub(crate) fn event(id: &str, friend: &str, at: &str, fact: &str) -> String {
    format!("{{\"id\":{},\"friend\":{},\"at\":\"{at}\",{fact}}}", Json::from(id), Json::from(friend))
}

/// The fact of a follow, with a LINE user made from the friend's name.
pub(crate) fn follow(friend: &str, more: &str) -> String {
    let number = friend.bytes().fold(7_u64, |hash, byte| hash.wrapping_mul(31).wrapping_add(u64::from(byte)));
    format!("\"type\":\"follow\",\"user\":\"U{number:032x}\"{more}")
}

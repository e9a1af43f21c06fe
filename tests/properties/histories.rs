//! Random playbooks and random histories.

use std::sync::Arc;

use enishi::engine::Engine;
use enishi::model::{Currency, Event, Timestamp};
use enishi::playbook::Playbook;
use enishi::scenario::{Decision, Delivery};
use proptest::prelude::*;
use proptest::sample::select;

use super::support::lab::{event, follow, keys};

/// 2026-03-01T00:00Z, a week before clocks change in New York.
pub(crate) const START: i64 = 1_772_323_200_000;
const FRIENDS: [&str; 3] = ["hana", "taro", "saki"];

/// What happened, when it happened, and how much later it was told.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) json: String,
    pub(crate) told_at: Timestamp,
}

/// Events of three friends over forty days, in the order they are told.
pub(crate) fn histories(most: usize) -> impl Strategy<Value = Vec<Told>> {
    let one = (0..FRIENDS.len(), 0_i64..40 * 24 * 60, prop_oneof![5 => Just(0_i64), 1 => 0_i64..72 * 60], facts());
    prop::collection::vec(one, 1..most).prop_map(|events| {
        let mut told: Vec<Told> = Vec::new();
        for (i, (friend, minute, late, fact)) in events.into_iter().enumerate() {
            let happened = instant(START + minute * 60_000);
            let fact = fact.replace("FOLLOW", &follow(FRIENDS[friend], "")).replace("OWN", &friend.to_string());
            let json = event(&format!("e{i}"), FRIENDS[friend], &happened.to_string(), &fact);
            told.push(Told { json, told_at: happened.plus_millis(late * 60_000) });
        }
        told.sort_by_key(|told| told.told_at);
        told
    })
}

pub(crate) fn facts() -> impl Strategy<Value = String> {
    let order = 0_u32..4;
    prop_oneof![
        4 => Just("FOLLOW,\"unblocked\":false".to_owned()),
        1 => Just("FOLLOW".to_owned()),
        2 => Just(r#""type":"unfollow""#.to_owned()),
        4 => (order.clone(), 0_u32..5000).prop_map(|(n, yen)| format!(r#""type":"order_placed","order":"OWN-{n}","total":"{yen}""#)),
        1 => order.clone().prop_map(|n| format!(r#""type":"order_cancelled","order":"OWN-{n}""#)),
        1 => (order.clone(), 1_u32..3000).prop_map(|(n, yen)| format!(r#""type":"order_refunded","order":"OWN-{n}","amount":"{yen}""#)),
        2 => order.prop_map(|n| format!(r#""type":"order_shipped","order":"OWN-{n}""#)),
        4 => select(vec!["x", "y"]).prop_map(|link| format!(r#""type":"click","link":"{link}""#)),
        2 => select(vec!["tag", "untag"]).prop_map(|kind| format!(r#""type":"{kind}","tag":"VIP""#)),
        2 => (0_i64..4).prop_map(|points| format!(r#""type":"profile","attributes":{{"points":{points}}}"#)),
        1 => Just(r#""type":"profile","attributes":{"points":null}"#.to_owned()),
    ]
}

/// A playbook with rules drawn at random.
pub(crate) fn playbooks() -> impl Strategy<Value = String> {
    let zone = select(vec!["Asia/Tokyo", "America/New_York"]);
    let day = select(vec!["00:00", "04:00"]);
    let quiet = prop::option::of((
        0_u32..24,
        1_u32..18,
        select(vec!["shift", "drop"]),
        select(vec!["", ", at_most = '6h'", ", spread = '40m'"]),
    ));
    let caps = prop::collection::vec((1_u32..4, select(vec!["1d", "7d", "90m", "1d12h"])), 0..3);
    (zone, day, quiet, caps, prop::collection::vec(scenarios(), 1..5)).prop_map(|(zone, day, quiet, caps, scenarios)| {
        let quiet = quiet.map_or(String::new(), |(from, hours, then, more)| {
            let to = (from + hours) % 24;
            format!("quiet_hours = {{ from = '{from:02}:00', to = '{to:02}:00', then = '{then}'{more} }}\n")
        });
        let caps: Vec<String> = caps.iter().map(|(most, per)| format!("{{ at_most = {most}, per = '{per}' }}")).collect();
        let scenarios: String = scenarios.iter().enumerate().map(|(i, text)| format!("[scenarios.s{i}]\n{text}\n")).collect();
        format!(
            "tags = ['VIP']\n[shop]\nname = 'x'\nzone = '{zone}'\ncurrency = 'JPY'\nday_starts = '{day}'\n\
             [attributes]\npoints = 'number'\n\
             [segments]\nvip = \"tag 'VIP'\"\nwaiting = 'orders.count = 1 and last order older than 3d'\nrecent = 'order within 36h'\nheld = \"coupon 'c' unused\"\n\
             [coupons.c]\nbenefit = {{ rate = '10%' }}\nvalid = {{ for = '2d' }}\n\
             [messages]\na = {{ line = [{{ type = 'text', text = 'A' }}] }}\nb = {{ line = [{{ type = 'text', text = '{{friend.points}} {{coupon.c.code|-}}' }}] }}\n\
             [policy]\n{quiet}caps = [{}]\n{scenarios}",
            caps.join(", ")
        )
    })
}

fn scenarios() -> impl Strategy<Value = String> {
    let on = select(vec![
        "follow",
        "refollow",
        "any follow",
        "order",
        "shipped",
        "click 'x'",
        "click",
        "tag 'VIP'",
        "enter segment 'vip'",
        "leave segment 'vip'",
        "enter segment 'waiting'",
        "leave segment 'recent'",
        "enter segment 'held'",
        "cancelled",
    ]);
    let settings = (
        select(vec!["", "reentry = 'after end'\n", "reentry = 'after 3d'\n"]),
        select(vec!["", "", "goal = 'order'\n", "goal = 'points >= 3'\n", "goal = \"coupon 'c' unused\"\n"]),
        select(vec!["", "", "class = 'transactional'\n"]),
        select(vec!["", "priority = 5\n", "priority = -5\n"]),
    );
    let step = select(vec![
        "send = 'a'",
        "send = 'b'",
        "send = 'a', issue = 'c'",
        "issue = 'c'",
        "wait = '45m'",
        "wait = '1d at 20:00'",
        "wait = 'until 02:30'",
        "wait = '2d from start'",
        "wait = '1d'",
        "tag = 'VIP'",
        "untag = 'VIP'",
        "if = 'points >= 2', then = 'last'",
        "if = \"tag 'VIP'\", else = 'end'",
        "if = 'order within 1d', then = 'next', else = 'last'",
    ]);
    (on, settings, prop::collection::vec(step, 0..6)).prop_map(|(on, (reentry, goal, class, priority), steps)| {
        let steps: String = steps.iter().map(|step| format!("{{ {step} }}, ")).collect();
        format!("on = \"{on}\"\n{reentry}{goal}{class}{priority}steps = [{steps}{{ id = 'last', send = 'a' }}]")
    })
}

/// Everything that came of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Out {
    pub(crate) decisions: Vec<Decision>,
    pub(crate) deliveries: Vec<Delivery>,
}

pub(crate) fn engine(playbook: &str) -> Engine {
    let playbook = Playbook::read(playbook).unwrap_or_else(|faults| panic!("{faults}"));
    Engine::new(Arc::new(playbook), Some(keys())).unwrap()
}

/// Plays until the event is told, and tells it.
pub(crate) fn tell(engine: &mut Engine, told: &Told) {
    engine.play_until(told.told_at).unwrap();
    engine.record(&Event::from_json(told.json.as_bytes(), Currency::JPY).unwrap(), told.told_at).unwrap();
}

pub(crate) fn take(engine: &mut Engine) -> Out {
    Out { decisions: engine.take_decisions(), deliveries: engine.take_deliveries() }
}

pub(crate) fn instant(ms: i64) -> Timestamp {
    Timestamp::from_millis(ms).unwrap()
}

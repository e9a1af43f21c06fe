//! Who gets the last messages of a month: those the shop keeps them for, whatever their number and whoever keeps them.

use enishi::engine::ShopView;
use enishi::model::{Currency, Event};
use enishi::policy::Quota;
use enishi::store::{MemoryStore, Store, run};
use proptest::prelude::*;

use super::plain_host::read;
use super::support::lab::{at, event, follow, keys};

/// All are written to at this instant.
const TURN: &str = "2026-05-01T10:00:00+09:00";

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// Seen to fail: those worth least first.
    #[test]
    fn the_last_messages_go_to_those_they_are_kept_for(
        keeps in prop::collection::vec((1_u64..12, prop::sample::select(vec!["a", "b", "c"])), 1..4),
        tags in prop::collection::vec(any::<[bool; 3]>(), 1..25),
        left in 0_u64..30,
    ) {
        let events = told(&tags);
        let expected = in_plain_words(&keeps, &tags, left);
        prop_assert_eq!(by_engine(&keeps, &events, left), &*expected);
        prop_assert_eq!(by_store(&keeps, &events, left, 0), &*expected);
    }
}

/// More friends than a store works on at a time as a rule.
///
/// Seen to fail: no more than 500 looked at together.
#[test]
fn a_store_chooses_among_all_who_are_due() {
    let (crowd, vips) = (700, 10);
    let tags: Vec<[bool; 3]> = (0..crowd + vips).map(|n| [n >= crowd, false, false]).collect();
    let keeps = [(1, "a")];
    let expected = in_plain_words(&keeps, &tags, 12);
    assert_eq!(&expected[..2], ["700 sent", "701 sent"]);
    // What happens to others at the time is no matter.
    assert_eq!(by_store(&keeps, &told(&tags), 12, 3), &*expected);
}

/// The rule once more: friends in the order of their worth if there are fewer messages than friends, and each asks
/// for one.
fn in_plain_words(keeps: &[(u64, &str)], tags: &[[bool; 3]], mut left: u64) -> Vec<String> {
    let has = |friend: usize, tag: &str| tags[friend]["abc".find(tag).unwrap()];
    let refused_below =
        |friend: usize| keeps.iter().filter(|(_, tag)| !has(friend, tag)).map(|(below, _)| *below).max().unwrap_or(0);
    let mut friends: Vec<usize> = (0..tags.len()).collect();
    if (left as usize) < tags.len() {
        friends.sort_by_key(|friend| (refused_below(*friend), *friend));
    }
    let mut lines = Vec::new();
    for friend in friends {
        let answer = match left {
            0 => "quota_spent",
            _ if left < refused_below(friend) => "quota_short",
            _ => {
                left -= 1;
                "sent"
            }
        };
        lines.push(format!("{friend} {answer}"));
    }
    // When nothing is left at all nobody is chosen, and they come as ever.
    if lines.iter().all(|line| line.ends_with("quota_spent")) {
        lines.sort_by_key(|line| line.split(' ').next().unwrap().parse::<usize>().unwrap());
    }
    lines
}

fn by_engine(keeps: &[(u64, &str)], events: &[Event], left: u64) -> Vec<String> {
    let mut engine = super::plain_host::engine(&read(&playbook(keeps)), &[]);
    for event in events {
        engine.record(event, event.at).unwrap();
    }
    engine.set_quota(Some(left));
    engine.play_until(at(TURN)).unwrap();
    answers(engine.take_decisions().iter().map(|decision| decision.to_json()))
}

/// The same out of a store, which is told of `late` events at the very time.
fn by_store(keeps: &[(u64, &str)], events: &[Event], left: u64, late: u32) -> Vec<String> {
    let (playbook, keys) = (read(&playbook(keeps)), keys());
    let mut store = MemoryStore::new();
    store.append(events).unwrap();
    let mut shop = ShopView::new(Some(&keys));
    shop.quota = Some(Quota { left });
    run(&mut store, &playbook, &shop, events.last().unwrap().at).unwrap();
    let others = (0..late).map(|n| one(&format!("late {n}"), &format!("other {n}"), TURN, r#""type":"unfollow""#));
    store.append(&others.collect::<Vec<_>>()).unwrap();
    run(&mut store, &playbook, &shop, at(TURN)).unwrap();
    answers(store.decisions(0, usize::MAX).unwrap().iter().map(|decision| decision.to_json()))
}

/// `friend answer`, for each message.
fn answers(decisions: impl Iterator<Item = String>) -> Vec<String> {
    let line = |json: String| {
        let decision: serde_json::Value = serde_json::from_str(&json).unwrap();
        let (friend, reason) = (decision["friend"].as_str()?, decision["reason"].as_str()?);
        (decision["step"] == "news" && reason != "left").then(|| format!("{friend} {reason}"))
    };
    decisions.filter_map(line).collect()
}

fn playbook(keeps: &[(u64, &str)]) -> String {
    let keeps: Vec<String> =
        keeps.iter().map(|(below, tag)| format!("{{ below = {below}, for = \"tag '{tag}'\" }}")).collect();
    format!(
        "tags = ['a', 'b', 'c']\n[shop]\nname = 'x'\nzone = 'Asia/Tokyo'\ncurrency = 'JPY'\n\
         [policy]\nquota = {{ keep = [{}] }}\n[messages]\nnews = {{ line = [{{ type = 'text', text = 'A' }}] }}\n\
         [scenarios.news]\non = 'day 1 at 10:00'\nsteps = [{{ id = 'news', send = 'news' }}]\n",
        keeps.join(", ")
    )
}

/// Each friend adds the account, the first to do so has the first number, and gets tags.
fn told(tags: &[[bool; 3]]) -> Vec<Event> {
    let day = |friend: usize| at("2026-04-01T12:00:00+09:00").plus_millis(friend as i64 * 60_000).to_string();
    let mut events = Vec::new();
    for (friend, has) in tags.iter().enumerate() {
        let key = friend.to_string();
        events.push(one(&format!("follow {key}"), &key, &day(friend), &follow(&key, ", \"unblocked\":false")));
        for (tag, _) in ["a", "b", "c"].iter().zip(has).filter(|(_, has)| **has) {
            events.push(one(
                &format!("{tag} {key}"),
                &key,
                &day(friend),
                &format!("\"type\":\"tag\",\"tag\":\"{tag}\""),
            ));
        }
    }
    events
}

fn one(id: &str, friend: &str, at: &str, fact: &str) -> Event {
    Event::from_json(event(id, friend, at, fact).as_bytes(), Currency::JPY).unwrap()
}

//! Friends lie packed in an engine: whatever is known of them comes back as it was.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use enishi::engine::{Engine, Kept};
use enishi::model::{FriendId, FriendKey, Timestamp};
use enishi::playbook::Playbook;
use proptest::prelude::*;

#[path = "support/people.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod people;

fn engine() -> Engine {
    let shop = "[shop]\nname = 'x'\nzone = 'Asia/Tokyo'\ncurrency = 'JPY'";
    Engine::new(Arc::new(Playbook::read(shop).unwrap()), None).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn friends_come_back_as_they_were(
        friends in prop::collection::vec((people::friends(), 0_u32..4), 1..12),
        wake in prop::option::of(people::instants()),
    ) {
        let mut engine = engine();
        // Numbers in a row, apart, and far beyond, in no order.
        let kept: Vec<Kept> = (1..).zip(friends).map(|(n, (mut friend, range))| {
            friend.id = FriendId(n * 7 % 13 + [0, 100, 5_000_000, u32::MAX - 20][range as usize]);
            friend.key = FriendKey::new(&format!("shop:{n}")).unwrap();
            friend.also = vec![FriendKey::new(&format!("line:U{n:032x}")).unwrap()];
            Kept { friend, wake: wake.filter(|_| n % 2 == 0) }
        }).collect();
        // Twice: the second time over records that lie there.
        for kept in kept.iter().rev().chain(&kept) {
            engine.seat(kept.clone());
        }
        let restored = Engine::restore(Arc::clone(engine.playbook()), None, &engine.snapshot()).unwrap();
        for engine in [&engine, &restored] {
            for Kept { friend, .. } in &kept {
                for key in std::iter::once(&friend.key).chain(&friend.also) {
                    let found = engine.friend(key.as_str());
                    prop_assert_eq!(found.as_ref(), Some(friend));
                }
            }
            prop_assert_eq!(engine.len(), kept.len());
            prop_assert!(engine.friends().map(|friend| friend.id).is_sorted_by(|a, b| a < b));
            let first = kept.iter().filter_map(|kept| kept.wake).min();
            prop_assert_eq!(engine.next_wake(), first);
            prop_assert_eq!(engine.friend("shop:0"), None);
        }
    }
}

/// A store is told of every key once, of merged friends, and of nothing it told itself.
#[test]
fn changes_are_told_once() {
    use enishi::model::{Event, Fact, LineUserId};
    let mut engine = engine();
    let told = |engine: &mut Engine| {
        let changes = engine.take_changes();
        let friends: Vec<u32> = changes.friends.iter().map(|kept| kept.friend.id.0).collect();
        let keys: Vec<String> = changes.keys.iter().map(|keyed| format!("{} {}", keyed.key, keyed.friend.0)).collect();
        (friends, changes.removed, keys.join(", "))
    };
    let tell = |engine: &mut Engine, n: u32, friend: &str, fact: Fact| {
        let event = Event {
            id: format!("e{n}").parse().unwrap(),
            friend: friend.parse().unwrap(),
            at: Timestamp::EPOCH.plus_millis(i64::from(n)),
            fact,
        };
        engine.record(&event, event.at).unwrap();
    };
    let follow = || Fact::Follow { user: LineUserId::from_bytes([7; 16]), unblocked: None, route: None };
    tell(&mut engine, 1, "line:b", follow());
    tell(&mut engine, 2, "cart:a", follow());
    assert_eq!(told(&mut engine), (vec![1, 2], vec![], "cart:a 2, line:b 1".into()));
    assert_eq!(told(&mut engine), (vec![], vec![], String::new()));
    tell(&mut engine, 3, "line:b", Fact::Link { member: "cart:a".parse().unwrap() });
    tell(&mut engine, 4, "line:b", Fact::Link { member: "cart:new".parse().unwrap() });
    assert_eq!(told(&mut engine), (vec![1], vec![FriendId(2)], "cart:a 1, cart:new 1".into()));
    let friend = engine.friend("cart:a").unwrap();
    engine.seat(Kept { friend, wake: None });
    assert_eq!(told(&mut engine), (vec![], vec![], String::new()));
}

//! The memory and the file are one store: whatever happens, both hold the same to the byte.

use core::fmt::Debug;

use enishi::engine::ShopView;
use enishi::model::{Fact, FriendId, OrderId};
use enishi::store::{Attempt, Claim, Fate, MemoryStore, Settlement, Store, run};
use proptest::prelude::*;

use crate::shop::{
    HOUR, MINUTE, after, another_playbook, bring_about, curious_playbook, event, follow, handover, key, keys, link,
    nonsense, order, switch,
};

/// What is done to both.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Tell { what: u8, who: u8, late: i64 },
    Wait { ms: i64 },
    Work { playbook: bool },
    Send { limit: usize, fate: u8 },
    Switch { menu: u8, who: u8 },
    HandOver { to: u8, who: u8 },
    Confirm { nth: usize },
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => (0..8_u8, 0..5_u8, 0..3 * HOUR).prop_map(|(what, who, late)| Deed::Tell { what, who, late }),
        3 => (1..30 * HOUR).prop_map(|ms| Deed::Wait { ms: ms / MINUTE * MINUTE }),
        4 => prop::bool::weighted(0.9).prop_map(|playbook| Deed::Work { playbook }),
        5 => (1..4_usize, 0..7_u8).prop_map(|(limit, fate)| Deed::Send { limit, fate }),
        3 => (0..3_u8, 0..3_u8).prop_map(|(menu, who)| Deed::Switch { menu, who }),
        1 => (0..4_u8, 0..3_u8).prop_map(|(to, who)| Deed::HandOver { to, who }),
        1 => (0..5_usize).prop_map(|nth| Deed::Confirm { nth }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn memory_and_file_hold_the_same(deeds in prop::collection::vec(deed(), 1..60)) {
        let folder = tempfile::tempdir().unwrap();
        let (mut memory, mut file) = (MemoryStore::new(), crate::file::open(&folder.path().join("shop.db")));
        let mut now = 0;
        for (place, deed) in deeds.iter().enumerate() {
            if let Deed::Wait { ms } = deed {
                now += ms;
            }
            let mine = done(&mut memory, *deed, place, now);
            let theirs = done(&mut file, *deed, place, now);
            prop_assert_eq!(mine, theirs, "deed {}: {:?}", place, deed);
            prop_assert_eq!(held(&mut memory), held(&mut file), "after deed {}: {:?}", place, deed);
        }
    }
}

/// Does it, and tells what came back.
fn done<S: Store>(store: &mut S, deed: Deed, place: usize, now: i64) -> String {
    match deed {
        Deed::Wait { .. } => String::new(),
        Deed::Tell { what, who, late } => {
            let at = after(now - late);
            let told = match what {
                0 | 1 => follow(who, at),
                2 => event("unfollow", who, at, Fact::Unfollow),
                3 => link(who, &format!("member:{}", who / 2), at),
                4 | 5 => order(who, at),
                6 => event("cancel", who, at, Fact::OrderCancelled { order: OrderId::new("no such order").unwrap() }),
                _ => nonsense(who, at),
            };
            // Every third is told twice.
            let copies = vec![told; 1 + usize::from(place.is_multiple_of(3))];
            shown(store.append(&copies).unwrap())
        }
        Deed::Work { playbook: usual } => {
            let playbook = if usual { curious_playbook() } else { another_playbook() };
            shown(run(store, &playbook, &ShopView::new(Some(&keys())), after(now)).unwrap())
        }
        Deed::Send { limit, fate } => {
            let claims = store.claim(after(now), limit).unwrap();
            let requests: Vec<_> = claims.iter().map(|claim| claim.parcel.request().unwrap()).collect();
            let settlements: Vec<_> = claims.iter().filter_map(|claim| settlement(claim, fate, now)).collect();
            shown((&claims, requests, store.settle(&settlements).unwrap()))
        }
        Deed::Switch { menu, who } => {
            run(store, &curious_playbook(), &ShopView::new(Some(&keys())), after(now)).unwrap();
            bring_about(store, vec![switch(["", "spring", "summer"][usize::from(menu)], who)], vec![]);
            String::new()
        }
        Deed::HandOver { to, who } => {
            run(store, &curious_playbook(), &ShopView::new(Some(&keys())), after(now)).unwrap();
            bring_about(store, vec![], vec![handover(["a", "b", "c", "d"][usize::from(to)], who)]);
            String::new()
        }
        Deed::Confirm { nth } => {
            let rows = store.handovers(0, usize::MAX).unwrap();
            let keys: Vec<_> = rows.iter().skip(nth).map(|row| row.handover.key).collect();
            shown(store.confirm(&keys).unwrap())
        }
    }
}

fn settlement(claim: &Claim, fate: u8, now: i64) -> Option<Settlement> {
    let later = |attempt| Fate::Later { at: after(now + HOUR), attempt };
    let fate = match fate {
        0 | 1 => Fate::Accepted { at: after(now), request_id: None },
        2 => later([Attempt::NotMade, Attempt::Failed, Attempt::Doubtful][claim.row as usize % 3]),
        3 => Fate::Refused { why: "no".into() },
        4 => Fate::Unknown,
        5 => Fate::Split(claim.parcel.split(&[0])?),
        // Its sender dies.
        _ => return None,
    };
    Some(Settlement::of(claim, fate))
}

/// All that a store tells about what it holds.
fn held<S: Store>(store: &mut S) -> String {
    let decisions: Vec<String> = store.decisions(0, usize::MAX).unwrap().iter().map(|one| one.to_json()).collect();
    let found: Vec<_> = (0..5).map(|n| store.friend(&key(n)).unwrap().map(|kept| kept.friend.id)).collect();
    shown((
        decisions,
        store.friends(FriendId(0), usize::MAX).unwrap(),
        found,
        store.next_due().unwrap(),
        store.last_now().unwrap(),
        store.tally().unwrap(),
        store.handovers(0, usize::MAX).unwrap(),
    ))
}

fn shown(value: impl Debug) -> String {
    format!("{value:#?}")
}

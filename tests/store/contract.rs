//! What every store promises.

use enishi::engine::ShopView;
use enishi::model::{FriendId, FriendKey, Timestamp};
use enishi::policy::Reason;
use enishi::store::{Attempt, Claim, Fate, MemoryStore, Outcome, Settlement, Store, run};

use crate::shop::{
    DAY, HOUR, MINUTE, after, another_playbook, bring_about, curious_playbook, follow, handover, key, keys, link,
    nonsense, noon, order, playbook, switch, work,
};

macro_rules! promises {
    ($($promise:ident,)*) => {
        mod memory {
            $(#[test] fn $promise() { super::$promise(&mut super::MemoryStore::new()); })*
        }
        #[cfg(feature = "sqlite")]
        mod sqlite {
            $(#[test] fn $promise() {
                let folder = tempfile::tempdir().unwrap();
                super::$promise(&mut crate::file::open(&folder.path().join("shop.db")));
            })*
        }
    };
}

promises! {
    an_event_is_taken_in_once_by_its_id,
    events_come_before_wakes_and_in_the_order_they_came,
    an_empty_store_has_nothing_to_do,
    friends_are_kept_with_their_keys_and_wakes,
    two_who_are_one_become_one,
    an_event_the_playbook_does_not_take_holds_nothing_up,
    time_never_goes_back,
    another_playbook_wakes_everybody_once,
    decisions_are_paged_in_order,
    a_request_is_lent_to_one_at_a_time,
    a_settlement_that_comes_too_late_changes_nothing,
    a_request_that_did_not_leave_is_as_before,
    the_longest_due_are_lent_first,
    every_fate_is_noted,
    parts_take_the_place_of_what_was_split,
    a_job_that_panics_has_done_nothing,
    what_arrived_is_told_once_where_the_playbook_asks,
    nobody_is_told_of_arrivals_that_no_rule_asks_for,
    what_the_host_is_to_do_is_handed_out_until_it_is_confirmed,
    a_job_that_panics_hands_nothing_over,
    of_two_switches_of_a_menu_only_the_later_goes_out,
    a_switch_waits_while_the_one_before_it_is_on_its_way,
    a_switch_that_failed_is_not_tried_again_after_a_later_one,
    a_switch_whose_sender_died_gives_way_to_a_later_one,
    switches_of_menus_count_no_messages,
}

fn an_event_is_taken_in_once_by_its_id<S: Store>(store: &mut S) {
    let first = follow(1, noon());
    let mut copy = order(2, noon());
    copy.id = first.id.clone();
    assert_eq!(store.append(&[first.clone(), first.clone(), copy]).unwrap(), 1);
    assert_eq!(store.append(core::slice::from_ref(&first)).unwrap(), 0);
    assert_eq!(work(store, noon()).events, 1);
    // Once worked on it is still known.
    assert_eq!(store.append(&[first]).unwrap(), 0);
    assert_eq!(work(store, noon()).events, 0);
    assert!(store.friend(&key(2)).unwrap().is_none(), "of two with one id the first is kept");
    assert_eq!(store.tally().unwrap().waiting, 1);
}

fn events_come_before_wakes_and_in_the_order_they_came<S: Store>(store: &mut S) {
    store.append(&[follow(3, noon()), follow(1, noon()), follow(2, after(-DAY))]).unwrap();
    store.append(&[order(1, noon())]).unwrap();
    let mut seen = Vec::new();
    for _ in 0..3 {
        let mut job = |batch: enishi::store::Batch| {
            seen.push(batch.events.iter().map(|event| event.id.to_string()).collect::<Vec<_>>());
            Outcome::default()
        };
        store.work(noon(), 3, &[], &mut job).unwrap();
    }
    let ids =
        [follow(3, noon()), follow(1, noon()), follow(2, after(-DAY)), order(1, noon())].map(|e| e.id.to_string());
    assert_eq!(seen, [&ids[..3], &ids[3..]]);

    // A friend due and an event waiting: the event has its turn first.
    store.append(&[follow(4, noon())]).unwrap();
    work(store, noon());
    let due = store.next_due().unwrap().unwrap();
    assert_eq!(due, noon(), "the message is to leave");
    store.append(&[order(5, after(2 * DAY))]).unwrap();
    let mut turns = Vec::new();
    let mut job = |batch: enishi::store::Batch| {
        turns.push((batch.events.len(), batch.friends.iter().map(|kept| kept.friend.key.clone()).collect::<Vec<_>>()));
        Outcome::default()
    };
    store.work(after(2 * DAY), 10, &[], &mut job).unwrap();
    store.work(after(2 * DAY), 10, &[], &mut job).unwrap();
    assert_eq!(turns, [(1, vec![]), (0, vec![key(4)])]);
}

fn an_empty_store_has_nothing_to_do<S: Store>(store: &mut S) {
    assert_eq!(store.next_due().unwrap(), None);
    assert_eq!(store.last_now().unwrap(), Timestamp::MIN);
    assert_eq!(store.claim(noon(), 10).unwrap(), []);
    let mut job = |_| panic!("there is nothing to do");
    assert_eq!(store.work(noon(), 10, &[], &mut job).unwrap(), enishi::store::Worked::default());
    assert_eq!(store.last_now().unwrap(), Timestamp::MIN, "nothing was worked at");
    assert_eq!(store.decisions(0, 10).unwrap(), []);
    store.append(&[follow(1, noon())]).unwrap();
    assert_eq!(store.next_due().unwrap(), Some(Timestamp::MIN), "an event that waits is long due");
}

fn friends_are_kept_with_their_keys_and_wakes<S: Store>(store: &mut S) {
    store.append(&[follow(1, noon()), follow(2, noon()), follow(3, noon()), link(2, "member:2", noon())]).unwrap();
    work(store, noon());
    let second = store.friend(&key(2)).unwrap().unwrap();
    assert_eq!(second.friend.id, FriendId(2));
    assert_eq!(second.wake, Some("2026-04-02T20:00:00+09:00".parse().unwrap()));
    assert_eq!(store.friend(&FriendKey::new("member:2").unwrap()).unwrap(), Some(second));
    assert_eq!(store.friend(&key(9)).unwrap(), None);
    let numbers = |kept: Vec<enishi::engine::Kept>| kept.iter().map(|kept| kept.friend.id.0).collect::<Vec<_>>();
    assert_eq!(numbers(store.friends(FriendId(0), 2).unwrap()), [1, 2]);
    assert_eq!(numbers(store.friends(FriendId(2), 2).unwrap()), [3]);
    let claims = store.claim(noon(), 10).unwrap();
    settle_all(store, &claims);
    assert_eq!(store.next_due().unwrap(), Some("2026-04-02T20:00:00+09:00".parse().unwrap()));
    assert_eq!(work(store, after(DAY + 8 * HOUR - 1)).woken, 0);
    assert_eq!(work(store, after(DAY + 8 * HOUR)).woken, 3);
    assert_eq!(work(store, after(DAY + 8 * HOUR)).woken, 0);
}

fn two_who_are_one_become_one<S: Store>(store: &mut S) {
    let mut bought = order(1, noon());
    bought.friend = FriendKey::new("member:1").unwrap();
    store.append(&[bought, follow(1, noon())]).unwrap();
    work(store, noon());
    assert_eq!(store.friends(FriendId(0), 9).unwrap().len(), 2);
    // In a batch of its own: both are handed out because the event speaks of both.
    store.append(&[link(1, "member:1", after(HOUR))]).unwrap();
    work(store, after(HOUR));
    let [one] = &store.friends(FriendId(0), 9).unwrap()[..] else { panic!("both are there still") };
    assert_eq!(store.friend(&key(1)).unwrap().as_ref(), Some(one));
    assert_eq!(store.friend(&FriendKey::new("member:1").unwrap()).unwrap().as_ref(), Some(one));
    assert_eq!(one.friend.orders.counting(after(HOUR)).count(), 1);
    assert!(one.friend.line.is_following());
    // The wake-up of the one who is gone is gone too, and so is the number.
    assert_eq!(work(store, after(DAY + 8 * HOUR)).woken, 1);
    store.append(&[follow(7, after(2 * DAY))]).unwrap();
    work(store, after(2 * DAY));
    assert_eq!(store.friend(&key(7)).unwrap().unwrap().friend.id, FriendId(3));
}

fn an_event_the_playbook_does_not_take_holds_nothing_up<S: Store>(store: &mut S) {
    store.append(&[follow(1, noon()), nonsense(1, noon()), follow(2, noon())]).unwrap();
    assert_eq!(work(store, noon()).events, 3);
    assert_eq!(store.friends(FriendId(0), 9).unwrap().len(), 2);
    assert_eq!(work(store, noon()).events, 0, "it is not tried again");
    assert_eq!(store.append(&[nonsense(1, noon())]).unwrap(), 0, "and known");
}

fn time_never_goes_back<S: Store>(store: &mut S) {
    store.append(&[follow(1, noon())]).unwrap();
    work(store, noon());
    assert_eq!(store.last_now().unwrap(), noon());
    store.append(&[follow(2, noon())]).unwrap();
    work(store, after(-HOUR));
    let decisions = store.decisions(0, 100).unwrap();
    assert!(decisions.iter().all(|decision| decision.at == noon()), "{decisions:#?}");
    // Another worker with a slow clock does not take the store back with it.
    store.append(&[follow(3, noon())]).unwrap();
    store.work(after(-HOUR), 10, &[], &mut |_| Outcome::default()).unwrap();
    assert_eq!(store.last_now().unwrap(), noon());
}

fn another_playbook_wakes_everybody_once<S: Store>(store: &mut S) {
    store.append(&[follow(1, noon()), order(1, noon()), follow(2, noon())]).unwrap();
    work(store, noon());
    let told = store.decisions(0, 100).unwrap().len();
    assert!(!store.adopt(&playbook().hash().to_string(), noon()).unwrap(), "the one it works by already");
    assert_eq!(work(store, after(MINUTE)).woken, 0);

    let other = another_playbook();
    let again = |store: &mut S, ms| run(store, &other, &ShopView::new(Some(&keys())), after(ms)).unwrap().woken;
    assert_eq!(again(store, 2 * MINUTE), 2, "everybody is looked at anew");
    assert_eq!(again(store, 3 * MINUTE), 0, "once");
    let more = store.decisions(told as u64, 100).unwrap();
    let told = told + more.len();
    let [inside] = &more[..] else { panic!("who stands in a segment does not enter it (X22): {more:#?}") };
    assert_eq!((&inside.friend, &inside.reason), (&key(1), &Reason::InsideBefore));
    // Who comes to stand in it does.
    store.append(&[order(2, after(HOUR))]).unwrap();
    again(store, HOUR);
    let more = store.decisions(told as u64, 100).unwrap();
    let sent = more.iter().filter(|decision| matches!(decision.reason, Reason::Sent));
    assert_eq!(sent.map(|decision| &decision.friend).collect::<Vec<_>>(), [&key(2)]);
    // The wakes that were there are asked for again.
    assert_eq!(again(store, DAY + 8 * HOUR), 2);
}

fn decisions_are_paged_in_order<S: Store>(store: &mut S) {
    store.append(&[follow(1, noon()), follow(2, noon()), follow(3, noon())]).unwrap();
    work(store, noon());
    let all = store.decisions(0, usize::MAX).unwrap();
    assert!(all.len() > 5, "{all:#?}");
    let mut paged = Vec::new();
    loop {
        let page = store.decisions(paged.len() as u64, 2).unwrap();
        if page.is_empty() {
            break;
        }
        assert!(page.len() <= 2);
        paged.extend(page);
    }
    assert_eq!(paged, all);
    assert_eq!(store.decisions(u64::MAX, 2).unwrap(), []);
}

fn a_request_is_lent_to_one_at_a_time<S: Store>(store: &mut S) {
    let [claim] = &three_requests(store, 1)[..] else { panic!("one was asked for") };
    assert_eq!((claim.attempt, claim.first_try, claim.doubtful), (1, noon(), false));
    let others = store.claim(noon(), 10).unwrap();
    assert_eq!(others.len(), 2);
    assert!(others.iter().all(|other| other.row != claim.row));
    assert_eq!(store.claim(after(2 * MINUTE - 1), 10).unwrap(), []);
    let again = store.claim(after(2 * MINUTE), 10).unwrap();
    assert_eq!(again.len(), 3, "the leases are over");
    assert!(again.iter().all(|claim| (claim.attempt, claim.first_try, claim.doubtful) == (2, noon(), true)));
    assert_eq!(again[0].parcel, claim.parcel);
    assert_eq!(store.tally().unwrap().attempts, 6);
}

fn a_settlement_that_comes_too_late_changes_nothing<S: Store>(store: &mut S) {
    let first = three_requests(store, 1).remove(0);
    let again = |store: &mut S, ms| {
        let claims = store.claim(after(ms), 10).unwrap();
        claims.into_iter().find(|claim| claim.row == first.row).unwrap()
    };
    let second = again(store, 2 * MINUTE);
    for fate in
        [accepted(), Fate::Unknown, Fate::Refused { why: "late".into() }, Fate::Split(vec![first.parcel.clone()])]
    {
        assert_eq!(store.settle(&[Settlement::of(&first, fate)]).unwrap(), 0);
    }
    let later = Fate::Later { at: after(HOUR), attempt: Attempt::Failed };
    assert_eq!(store.settle(&[Settlement::of(&first, later.clone())]).unwrap(), 0);
    assert_eq!(store.tally().unwrap().waiting, 3);
    // The one who holds it settles it, once.
    assert_eq!(store.settle(&[Settlement::of(&second, later.clone())]).unwrap(), 1);
    assert_eq!(store.settle(&[Settlement::of(&second, later)]).unwrap(), 0, "it was given back");
    let third = again(store, HOUR);
    assert_eq!((third.attempt, third.doubtful), (3, true), "a doubt stays");
    assert_eq!(store.settle(&[Settlement::of(&third, accepted()), Settlement::of(&third, accepted())]).unwrap(), 1);
    assert_eq!(store.tally().unwrap().accepted, 1);
}

fn a_request_that_did_not_leave_is_as_before<S: Store>(store: &mut S) {
    let claim = three_requests(store, 1).remove(0);
    let put_back = |claim: &Claim, at| Settlement::of(claim, Fate::Later { at, attempt: Attempt::NotMade });
    assert_eq!(store.settle(&[put_back(&claim, after(MINUTE))]).unwrap(), 1);
    assert_eq!(store.tally().unwrap().attempts, 0);
    let again = store.claim(after(MINUTE), 10).unwrap().into_iter().find(|one| one.row == claim.row).unwrap();
    assert_eq!((again.attempt, again.first_try, again.doubtful), (1, after(MINUTE), false));

    // After a real attempt the day has begun, and stays begun.
    let failed = Fate::Later { at: after(2 * MINUTE), attempt: Attempt::Doubtful };
    store.settle(&[Settlement::of(&again, failed)]).unwrap();
    let third = store.claim(after(2 * MINUTE), 1).unwrap().remove(0);
    store.settle(&[put_back(&third, after(3 * MINUTE))]).unwrap();
    let fourth = store.claim(after(3 * MINUTE), 1).unwrap().remove(0);
    assert_eq!((fourth.row, fourth.attempt, fourth.first_try, fourth.doubtful), (claim.row, 2, after(MINUTE), true));
}

fn the_longest_due_are_lent_first<S: Store>(store: &mut S) {
    let claims = three_requests(store, 3);
    let at = [after(3 * MINUTE), after(2 * MINUTE), after(MINUTE)];
    for (claim, at) in claims.iter().zip(at) {
        store.settle(&[Settlement::of(claim, Fate::Later { at, attempt: Attempt::Failed })]).unwrap();
    }
    assert_eq!(store.next_due().unwrap(), Some(after(MINUTE)));
    let lent: Vec<u64> = store.claim(after(HOUR), 2).unwrap().iter().map(|claim| claim.row).collect();
    assert_eq!(lent, [claims[1].row, claims[2].row], "the two longest due, as they were decided");
}

fn every_fate_is_noted<S: Store>(store: &mut S) {
    let claims = three_requests(store, 3);
    let fates = [accepted(), Fate::Refused { why: "no".into() }, Fate::Unknown];
    let settlements: Vec<_> = claims.iter().zip(fates).map(|(claim, fate)| Settlement::of(claim, fate)).collect();
    assert_eq!(store.settle(&settlements).unwrap(), 3);
    let tally = store.tally().unwrap();
    let counts = (tally.accepted, tally.messages, tally.waiting, tally.refused, tally.unknown, tally.attempts);
    assert_eq!(counts, (1, 1, 0, 1, 1, 3));
    assert_eq!(store.claim(after(30 * DAY), 10).unwrap(), []);
}

fn parts_take_the_place_of_what_was_split<S: Store>(store: &mut S) {
    store.append(&[follow(1, noon()), follow(2, noon()), follow(3, noon())]).unwrap();
    work(store, noon());
    let personal = store.claim(noon(), 10).unwrap();
    settle_all(store, &personal);
    let evening = after(DAY + 8 * HOUR);
    work(store, evening);
    let [claim] = &store.claim(evening, 10).unwrap()[..] else { panic!("one request to three") };
    assert_eq!(claim.parcel.to.len(), 3);
    let parts = claim.parcel.split(&[1]).unwrap();
    store.settle(&[Settlement::of(claim, Fate::Split(parts.clone()))]).unwrap();
    let claims = store.claim(evening, 10).unwrap();
    assert_eq!(claims.iter().map(|claim| claim.parcel.clone()).collect::<Vec<_>>(), parts);
    assert!(
        claims.iter().all(|part| (part.attempt, part.doubtful) == (1, false) && part.parcel.key != claim.parcel.key)
    );
    assert_eq!(claims[0].parcel.to.len() + claims[1].parcel.to.len(), 3);
    settle_all(store, &claims);
    let tally = store.tally().unwrap();
    assert_eq!((tally.accepted, tally.messages, tally.waiting, tally.attempts), (5, 6, 0, 6));
}

fn a_job_that_panics_has_done_nothing<S: Store>(store: &mut S) {
    store.append(&[follow(1, noon()), follow(2, noon())]).unwrap();
    let fall = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        store.work(noon(), 10, &[], &mut |_| panic!("a job that panics, on purpose")).map(drop).unwrap();
    }));
    assert!(fall.is_err());
    assert_eq!(store.last_now().unwrap(), Timestamp::MIN);
    assert_eq!(work(store, noon()).events, 2, "the events are there still");
    assert_eq!(store.tally().unwrap().waiting, 2);
}

/// Three messages to three friends wait; lends so many of them.
fn three_requests<S: Store>(store: &mut S, lend: usize) -> Vec<Claim> {
    store.append(&[follow(1, noon()), follow(2, noon()), follow(3, noon())]).unwrap();
    work(store, noon());
    assert_eq!(store.next_due().unwrap(), Some(noon()));
    store.claim(noon(), lend).unwrap()
}

fn what_arrived_is_told_once_where_the_playbook_asks<S: Store>(store: &mut S) {
    let playbook = curious_playbook();
    let work = |store: &mut S, now| run(store, &playbook, &ShopView::new(Some(&keys())), now).unwrap();
    store.append(&[follow(1, noon()), follow(2, noon())]).unwrap();
    work(store, noon());
    let delivered = |store: &mut S, n| {
        let friend = store.friend(&key(n)).unwrap().unwrap().friend;
        friend.sent.iter().map(|sent| (sent.at, sent.delivered)).collect::<Vec<_>>()
    };
    assert_eq!(delivered(store, 1), [(noon(), None)]);
    // The first sender dies with its answer; the second is told that it was accepted before.
    let died = store.claim(noon(), 10).unwrap();
    assert_eq!(died.len(), 2, "each has a code of its own");
    let later = after(3 * MINUTE);
    let claims = store.claim(later, 10).unwrap();
    assert_eq!(claims.len(), 2);
    let settlement = |claim: &Claim, at| Settlement::of(claim, Fate::Accepted { at, request_id: None });
    assert_eq!(store.settle(&[settlement(&claims[0], later)]).unwrap(), 1);
    let twice = [settlement(&claims[0], later), settlement(&died[0], noon()), settlement(&died[1], noon())];
    assert_eq!(store.settle(&twice).unwrap(), 0, "settled, or lent to somebody else");
    assert_eq!(store.next_due().unwrap(), Some(Timestamp::MIN), "there is an event to work on");
    assert_eq!(work(store, later).events, 1);
    assert_eq!(work(store, later).events, 0);
    assert_eq!((delivered(store, 1), delivered(store, 2)), (vec![(noon(), Some(later))], vec![(noon(), None)]));
    // The host hears of it too, and tells it again.
    let again: Vec<_> = claims[0].parcel.arrivals(after(HOUR)).collect();
    assert_eq!(store.append(&again).unwrap(), 0, "its id is known");
    // What was refused or may have been lost has not arrived.
    let unknown = Settlement::of(&claims[1], Fate::Unknown);
    assert_eq!(store.settle(&[unknown]).unwrap(), 1);
    assert_eq!(work(store, later).events, 0);
}

fn nobody_is_told_of_arrivals_that_no_rule_asks_for<S: Store>(store: &mut S) {
    let claims = three_requests(store, 3);
    settle_all(store, &claims);
    assert_eq!(work(store, noon()).events, 0);
}

fn what_the_host_is_to_do_is_handed_out_until_it_is_confirmed<S: Store>(store: &mut S) {
    assert_eq!(store.handovers(0, 9).unwrap(), []);
    let [first, second, third] = ["a", "b", "c"].map(|to| handover(to, 1));
    bring_about(store, vec![], vec![first.clone(), second.clone()]);
    bring_about(store, vec![], vec![third.clone()]);
    let rows = store.handovers(0, 2).unwrap();
    assert_eq!(rows.iter().map(|row| &row.handover).collect::<Vec<_>>(), [&first, &second]);
    assert!(rows[0].row < rows[1].row);
    let rest = store.handovers(rows[1].row, 9).unwrap();
    assert_eq!(rest.iter().map(|row| &row.handover).collect::<Vec<_>>(), [&third]);
    // The host dies and asks again: the same under the same keys.
    assert_eq!(store.handovers(0, 2).unwrap(), rows);
    assert_eq!(store.confirm(&[second.key, second.key]).unwrap(), 1);
    assert_eq!(store.confirm(&[second.key]).unwrap(), 0);
    let open = store.handovers(0, 9).unwrap();
    assert_eq!(open.iter().map(|row| &row.handover).collect::<Vec<_>>(), [&first, &third]);
    assert_eq!(store.confirm(&[first.key, third.key]).unwrap(), 2);
    assert_eq!(store.handovers(0, 9).unwrap(), []);
    bring_about(store, vec![], vec![handover("d", 1)]);
    assert!(store.handovers(0, 9).unwrap()[0].row > rest[0].row, "places are not used again");
}

fn a_job_that_panics_hands_nothing_over<S: Store>(store: &mut S) {
    store.append(&[follow(1, noon())]).unwrap();
    let fall = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        store.work(noon(), 10, &[], &mut |_| panic!("a job that panics, on purpose")).map(drop).unwrap();
    }));
    assert!(fall.is_err());
    assert_eq!(store.handovers(0, 9).unwrap(), []);
}

fn of_two_switches_of_a_menu_only_the_later_goes_out<S: Store>(store: &mut S) {
    let [spring, summer, others] = [switch("spring", 1), switch("summer", 1), switch("spring", 2)];
    bring_about(store, vec![spring], vec![]);
    bring_about(store, vec![others.clone(), summer.clone()], vec![]);
    assert_eq!(store.tally().unwrap().waiting, 2);
    let claims = store.claim(noon(), 9).unwrap();
    assert_eq!(claims.iter().map(|claim| &claim.parcel).collect::<Vec<_>>(), [&others, &summer]);
    settle_all(store, &claims);
    assert_eq!(store.next_due().unwrap(), None);
}

fn a_switch_waits_while_the_one_before_it_is_on_its_way<S: Store>(store: &mut S) {
    let [spring, summer, autumn] = ["spring", "summer", "autumn"].map(|menu| switch(menu, 1));
    bring_about(store, vec![spring], vec![]);
    let [sent] = &store.claim(noon(), 9).unwrap()[..] else { panic!("one is there") };
    bring_about(store, vec![summer], vec![]);
    bring_about(store, vec![autumn.clone()], vec![]);
    assert_eq!(store.next_due().unwrap(), Some(after(2 * MINUTE)), "nothing before the lease ends");
    assert_eq!(store.claim(after(MINUTE), 9).unwrap(), []);
    settle_all(store, core::slice::from_ref(sent));
    assert_eq!(store.next_due().unwrap(), Some(noon()));
    let claims = store.claim(after(MINUTE), 9).unwrap();
    assert_eq!(claims.iter().map(|claim| &claim.parcel).collect::<Vec<_>>(), [&autumn]);
}

fn a_switch_that_failed_is_not_tried_again_after_a_later_one<S: Store>(store: &mut S) {
    let [spring, summer] = ["spring", "summer"].map(|menu| switch(menu, 1));
    bring_about(store, vec![spring], vec![]);
    let [sent] = &store.claim(noon(), 9).unwrap()[..] else { panic!("one is there") };
    bring_about(store, vec![summer.clone()], vec![]);
    let failed = Fate::Later { at: after(MINUTE), attempt: Attempt::Doubtful };
    assert_eq!(store.settle(&[Settlement::of(sent, failed)]).unwrap(), 1);
    let claims = store.claim(noon(), 9).unwrap();
    assert_eq!(claims.iter().map(|claim| &claim.parcel).collect::<Vec<_>>(), [&summer]);
    settle_all(store, &claims);
    assert_eq!(store.claim(after(DAY), 9).unwrap(), [], "the first would undo the second");
    assert_eq!(store.tally().unwrap().waiting, 0);
}

fn a_switch_whose_sender_died_gives_way_to_a_later_one<S: Store>(store: &mut S) {
    let [spring, summer] = ["spring", "summer"].map(|menu| switch(menu, 1));
    bring_about(store, vec![spring], vec![]);
    let [sent] = &store.claim(noon(), 9).unwrap()[..] else { panic!("one is there") };
    bring_about(store, vec![summer.clone()], vec![]);
    let claims = store.claim(after(2 * MINUTE), 1).unwrap();
    assert_eq!(claims.iter().map(|claim| &claim.parcel).collect::<Vec<_>>(), [&summer]);
    assert_eq!(store.settle(&[Settlement::of(sent, accepted())]).unwrap(), 0, "it is somebody else's now");
    settle_all(store, &claims);
    assert_eq!(store.next_due().unwrap(), None);
}

fn switches_of_menus_count_no_messages<S: Store>(store: &mut S) {
    bring_about(store, vec![switch("spring", 1), switch("", 2)], vec![]);
    let claims = store.claim(noon(), 9).unwrap();
    let calls: Vec<_> = claims.iter().map(|claim| claim.parcel.request().unwrap()).collect();
    assert_eq!(calls.iter().map(|call| call.method().as_str()).collect::<Vec<_>>(), ["POST", "DELETE"]);
    settle_all(store, &claims);
    let tally = store.tally().unwrap();
    assert_eq!((tally.accepted, tally.messages), (2, 0));
}

fn settle_all<S: Store>(store: &mut S, claims: &[Claim]) {
    let settlements: Vec<_> = claims.iter().map(|claim| Settlement::of(claim, accepted())).collect();
    assert_eq!(store.settle(&settlements).unwrap(), claims.len());
}

fn accepted() -> Fate {
    Fate::Accepted { at: noon(), request_id: Some("1".into()) }
}

//! How fast, in which order, and until when.

use line_stand_in::{Endpoint, Limits, Options};

use crate::lab::{HOUR, Lab, START, user};

#[test]
fn lines_rates_are_kept() {
    let mut lab = Lab::new();
    for n in 0..250 {
        lab.post(&format!("to two {n}"), [2 * n, 2 * n + 1]);
    }
    for n in 0..2_100 {
        lab.post(&format!("to one {n}"), [10_000 + n]);
    }
    lab.pump_to_the_end();
    let attempts = lab.line.attempts();
    assert!(attempts.iter().all(|attempt| attempt.status == Some(200)), "the stand-in counts too, on the same clock");
    for (endpoint, all, burst, per_second) in
        [(Endpoint::Multicast, 250, 200, 200), (Endpoint::Push, 2_100, 2_000, 2_000)]
    {
        let times: Vec<i64> =
            attempts.iter().filter(|one| one.endpoint == endpoint).map(|one| one.at - START).collect();
        assert_eq!(times.len(), all);
        for (place, time) in times.iter().enumerate() {
            let most = burst + usize::try_from(*time).unwrap() * per_second / 1000;
            assert!(place < most, "{endpoint:?} {place} after {time} ms");
        }
        assert!(times.last().unwrap() <= &500, "and used");
    }
    let tally = lab.tally();
    assert_eq!((tally.accepted, tally.attempts), (2_350, 2_350), "waiting its turn is no attempt");
}

#[test]
fn what_waited_for_its_turn_is_as_fresh_as_the_others() {
    let mut lab = Lab::new();
    for n in 0..230 {
        lab.post(&format!("to two {n}"), [2 * n, 2 * n + 1]);
    }
    lab.pump_to_the_end();
    assert!(lab.outbox.fates.iter().any(|(_, fate)| matches!(fate, enishi::store::Fate::Later { .. })));
    let accepted = lab.outbox.fates.iter().filter(|(_, fate)| matches!(fate, enishi::store::Fate::Accepted { .. }));
    for (claim, _) in accepted {
        let leaves = lab.line.attempts().iter().any(|one| one.at == claim.first_try.millis());
        assert!(leaves && claim.attempt == 1 && !claim.doubtful, "{claim:?}");
    }
}

#[test]
fn to_one_friend_messages_leave_in_the_order_they_were_decided() {
    let mut lab = Lab::new();
    // So many multicasts that the last of them wait, and after each a push to one of its friends.
    for n in 0..220 {
        lab.post(&format!("first {n}"), [2 * n, 2 * n + 1]);
        lab.post(&format!("then {n}"), [2 * n]);
    }
    lab.pump_to_the_end();
    for n in 0..220 {
        let inbox = lab.line.inbox(&user(2 * n).to_string());
        let texts: Vec<_> = inbox.iter().map(|message| message["text"].as_str().unwrap()).collect();
        assert_eq!(texts, [format!("first {n}"), format!("then {n}")]);
    }
}

#[test]
fn a_spent_quota_stops_the_channel_and_is_not_asked_again_and_again() {
    let limits = Limits { monthly: Some(10), ..Limits::default() };
    let mut lab = Lab::with(Options { limits, ..Options::default() });
    for n in 1..=12 {
        lab.post(&format!("hello {n}"), [n]);
    }
    lab.pump_to_the_end();
    assert_eq!(lab.received().len(), 10);
    let tally = lab.tally();
    assert_eq!((tally.accepted, tally.refused, tally.unknown), (10, 2, 0));
    // Two messages, once an hour for a day.
    assert!(tally.attempts <= 10 + 2 * 24, "{} attempts", tally.attempts);
    let waits: Vec<i64> = lab.log()[12..].iter().map(|(at, _)| at % HOUR).collect();
    assert!(waits.iter().all(|rest| *rest == 0), "{waits:?}");
}

#[test]
fn a_new_month_within_the_day_sets_it_free() {
    let limits = Limits { monthly: Some(1), ..Limits::default() };
    let mut lab = Lab::with(Options { limits, ..Options::default() });
    // 2026-07-31 21:30 in Japan.
    lab.clock.set(1_785_501_000_000);
    lab.post("july", [1]);
    lab.post("august", [2]);
    lab.pump_to_the_end();
    let times: Vec<_> = lab.line.accepted().iter().map(|one| (one.at - 1_785_501_000_000) / HOUR).collect();
    assert_eq!(times, [0, 3]);
    assert_eq!(lab.tally().refused, 0);
}

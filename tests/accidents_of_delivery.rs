//! What went wrong elsewhere between deciding and delivering, and cannot here: one test for each
//! accident of delivery in the museum, with where it happened.

#![cfg(all(feature = "sqlite", feature = "http"))]
#![allow(clippy::unwrap_used, clippy::print_stderr, clippy::disallowed_methods, reason = "tests")]

#[path = "delivery/lab.rs"]
mod lab;
#[path = "store/shop.rs"]
#[allow(dead_code, reason = "shared with the tests of stores")]
mod shop;

use std::sync::Barrier;
use std::thread;

use enishi::delivery::{Courier, Transport};
use enishi::engine::ShopView;
use enishi::line::{Answer, Notification, ReplyToken, Request};
use enishi::model::Currency;
use enishi::policy::Reason;
use enishi::store::{Durability, Fate, MemoryStore, SqliteStore, Store, run};
use line_stand_in::{Endpoint, Fault, Limits, Options};

use lab::{HOUR, Lab, MINUTE, SECOND, messages, user};
use shop::{after, follow, keys, noon, playbook, work};

/// Mautic #3669, LINE Harness before v0.10.2: two cron jobs start in the same second, and both send.
#[test]
fn x01_cron_race() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    let open = || SqliteStore::open(&path, Currency::JPY, Durability::Process).unwrap();
    open().append(&(0..50).map(|n| follow(n, noon())).collect::<Vec<_>>()).unwrap();
    let line = Lab::new().line;
    let line_url = line.url();
    let gun = Barrier::new(2);
    let job = || {
        let lab = Lab::new();
        let transport = lab.transport.clone().at(&line_url);
        let (mut store, mut courier) = (open(), Courier::new());
        gun.wait();
        work(&mut store, noon());
        let pumped = enishi::delivery::pump(&mut store, &mut courier, &transport, &noon);
        lab.wait_on(pumped).unwrap();
    };
    thread::scope(|scope| {
        scope.spawn(job);
        job();
    });
    assert_eq!(line.deliveries().len(), 50);
    assert!(line.attempts().iter().all(|attempt| attempt.status == Some(200)), "not even asked twice");
}

/// LINE Harness, Mautic #13070: the process dies after LINE accepted and before that was stored.
#[test]
fn x02_crash_between_send_and_save() {
    let mut lab = Lab::new();
    lab.post("hello", 1..=3);
    lab.post("you alone", [4]);
    assert_eq!(lab.send_and_die(), 2);
    lab.clock.advance(2 * MINUTE);
    lab.pump_to_the_end();
    assert_eq!(lab.log().iter().map(|(_, status)| status.unwrap()).collect::<Vec<_>>(), [200, 200, 409, 409]);
    assert!(lab.received().values().all(|times| *times == 1));
    // Every point of a whole run: tests/crash.rs.
}

/// LINE Harness #371: some batches went, the process died, and recovery would not finish the rest.
#[test]
fn x03_stuck_broadcast() {
    let mut lab = Lab::new();
    lab.post("sale", 1..=1_700);
    let errands = Courier::new().take(&mut lab.outbox, lab::at(lab::START), 2).unwrap();
    lab.wait_on(lab.transport.send(&errands[0].request));
    drop(errands);
    lab.pump_to_the_end();
    assert_eq!(lab.received().into_values().collect::<Vec<_>>(), [1; 1_700]);
    assert!(lab.now() <= lab::at(lab::START + 2 * MINUTE), "and nobody waited for hours");
}

/// A retry key LINE has forgotten is a new one, and its request a second message. Most sender loops
/// have no such stop: 525 of 5,000 simulated histories go wrong without it.
#[test]
fn x04_retry_key_too_old() {
    let mut lab = Lab::new();
    lab.line.inject(Fault::DropConnectionAfterAccept, None, 1);
    lab.post("hello", [1]);
    lab.pump();
    lab.clock.advance(25 * HOUR);
    lab.pump_to_the_end();
    assert_eq!(lab.received().into_values().collect::<Vec<_>>(), [1]);
    assert_eq!(lab.outbox.ends(), [&Fate::Unknown], "and it is said that nobody knows");
}

/// line-bot-sdk-python #270: the key on calls that take none is answered 400.
#[test]
fn x05_retry_key_on_the_wrong_call() {
    let lab = Lab::new();
    let token = lab.line.issue_reply_token(&user(1).to_string());
    let reply = Request::reply(&ReplyToken::new(token), &messages("hello"), Notification::On);
    assert!(lab.wait_on(lab.transport.send(&reply)).is_success());
    for request in [Request::quota(), Request::consumption(), Request::profile(user(1))] {
        assert!(lab.wait_on(lab.transport.send(&request)).is_success());
    }
    assert!(lab.line.attempts().iter().all(|attempt| attempt.retry_key.is_none()));
}

/// 409 taken for a failure, and the id of the accepted request lost: every statistic asks for it.
#[test]
fn x06_409_is_a_success() {
    let mut lab = Lab::new();
    lab.line.inject(Fault::Http500AfterAccept, None, 1);
    lab.post("hello", [1]);
    lab.pump_to_the_end();
    assert_eq!(lab.log()[1].1, Some(409));
    let request_id = Some(lab.line.accepted()[0].request_id.to_string());
    assert!(matches!(lab.outbox.ends()[..], [Fate::Accepted { request_id: kept, .. }] if *kept == request_id));
}

/// line-bot-sdk-java #426: the monthly limit taken for a rate limit, and tried again without end.
#[test]
fn x07_monthly_limit_is_no_rate_limit() {
    let limits = Limits { monthly: Some(0), ..Limits::default() };
    let mut lab = Lab::with(Options { limits, ..Options::default() });
    lab.post("hello", [1]);
    assert_eq!(lab.pump().attempts, 1);
    assert_eq!(lab.courier.paused_until(lab.now()), Some(lab::at(lab::START + HOUR)));
    lab.pump_to_the_end();
    assert_eq!(lab.log().len(), 24, "once an hour, for a day");
    let why = "the monthly limit was reached".to_owned();
    assert_eq!(lab.outbox.ends(), [&Fate::Refused { why }]);
}

/// rumors-line-bot #254: 501 recipients in one multicast; elsewhere one bad id fails 499 good ones.
#[test]
fn x08_501_recipients() {
    let mut lab = Lab::new();
    lab.line.inject(Fault::BadRequest, Some(Endpoint::Multicast), 1);
    lab.post("sale", 1..=501);
    lab.pump_to_the_end();
    assert_eq!(lab.received().into_values().collect::<Vec<_>>(), [1; 501]);
    assert!(lab.line.accepted().iter().all(|request| request.recipients.len() <= 500));
    // The one bad id: tests/delivery/splitting.rs.
}

/// A retry with a changed body under the same key, which LINE leaves undefined: here the playbook
/// changes its words while a message is on its way.
#[test]
fn x09_retry_with_a_changed_body() {
    let (lab, mut store, mut courier) = (Lab::new(), MemoryStore::new(), Courier::new());
    lab.line.inject(Fault::Http500BeforeAccept, None, 1);
    store.append(&[follow(1, noon())]).unwrap();
    work(&mut store, noon());
    let pump = |store: &mut MemoryStore, courier: &mut Courier, ms| {
        lab.clock.set(after(ms).millis());
        lab.wait_on(enishi::delivery::pump(store, courier, &lab.transport, &|| after(ms))).unwrap()
    };
    assert_eq!(pump(&mut store, &mut courier, 0).accepted, 0);
    let text = shop::SHOP.replace("ようこそ", "いらっしゃいませ");
    let changed = enishi::playbook::Playbook::read(&text).unwrap();
    run(&mut store, &changed.into(), &ShopView::new(Some(&keys())), after(SECOND)).unwrap();
    assert_eq!(pump(&mut store, &mut courier, MINUTE).accepted, 1);
    lab.assert_one_request();
    let inbox = lab.line.inbox(&shop::user(1).to_string());
    assert!(inbox[0]["text"].as_str().unwrap().starts_with("ようこそ"));
}

/// LINE Harness #278, #119: a documented action never fires, and nothing says so. Here every message
/// decided on is accounted for, the refused ones with LINE's words.
#[test]
fn x10_silent_skip() {
    let mut lab = Lab::with(Options { known_only: true, friends: vec![user(1).to_string()], ..Options::default() });
    lab.post("to a friend", [1]);
    lab.post("to a stranger", [2]);
    lab.pump_to_the_end();
    let refused = Fate::Refused { why: "LINE answered 400: Failed to send messages".into() };
    assert!(lab.outbox.ends().contains(&&refused));
    let tally = lab.tally();
    assert_eq!((tally.accepted, tally.refused, tally.waiting), (1, 1, 0));
    let mut store = MemoryStore::new();
    store.append(&[follow(1, noon())]).unwrap();
    run(&mut store, &playbook(), &ShopView::new(Some(&keys())), noon()).unwrap();
    let sent = store.decisions(0, 99).unwrap().into_iter().filter(|decision| decision.reason == Reason::Sent);
    assert_eq!(sent.count() as u64, store.tally().unwrap().waiting);
}

/// A reply token spent or expired: the greeting lost, or paid for as a push without anyone knowing.
#[test]
fn x11_reply_token_spent_or_expired() {
    let lab = Lab::new();
    let reply = |token: &str| {
        let request = Request::reply(&ReplyToken::new(token), &messages("hello"), Notification::On);
        lab.wait_on(lab.transport.send(&request))
    };
    let token = lab.line.issue_reply_token(&user(1).to_string());
    assert!(reply(&token).is_success());
    let spent = reply(&token);
    let late = lab.line.issue_reply_token(&user(1).to_string());
    lab.clock.advance(61 * SECOND);
    for answer in [spent, reply(&late)] {
        assert!(matches!(answer, Answer::Invalid { status: 400, .. }), "{answer:?}");
        assert!(!answer.is_retryable());
    }
    assert!(lab.line.attempts().iter().all(|attempt| attempt.endpoint == Endpoint::Reply), "no push was paid for");
    assert_eq!(lab.line.inbox(&user(1).to_string()).len(), 1);
}

/// openclaw #32545: an event marked as seen before it was worked on; the worker dies, and the
/// redelivery that would have saved it is dropped.
#[test]
fn x13_seen_before_committed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db");
    let open = || SqliteStore::open(&path, Currency::JPY, Durability::Process).unwrap();
    open().append(&[follow(1, noon())]).unwrap();
    let death = std::panic::catch_unwind(|| {
        open().work(noon(), 10, &[], &mut |_| panic!("the worker dies, on purpose")).map(drop).unwrap();
    });
    assert!(death.is_err());
    assert_eq!(open().append(&[follow(1, noon())]).unwrap(), 0, "the redelivery is a copy");
    let mut store = open();
    assert_eq!(work(&mut store, noon()).events, 1, "and the first is there still");
    assert_eq!(store.tally().unwrap().waiting, 1);
}

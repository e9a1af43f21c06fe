//! Failing on purpose, and what a retry meets afterwards.

mod support;

use std::time::{Duration, Instant};

use line_stand_in::{Chaos, Endpoint, Fault};
use serde_json::json;
use support::*;

#[test]
fn after_an_after_accept_fault_the_retry_is_409_and_one_delivery_stands() {
    for fault in
        [Fault::Http500AfterAccept, Fault::TimeoutAfterAccept, Fault::DropConnectionAfterAccept, Fault::GarbageBody]
    {
        let (line, client) = start(options());
        line.inject(fault, Some(Endpoint::Push), 1);
        let lost = client.try_post(PUSH, &push_body(1), Some(KEY));
        match (fault, lost) {
            (Fault::Http500AfterAccept, Ok(answer)) => assert_eq!(answer.status, 500),
            (Fault::GarbageBody, Ok(answer)) => {
                assert_eq!(answer.status, 200);
                assert!(serde_json::from_str::<serde_json::Value>(&answer.text).is_err());
            }
            (_, lost) => assert!(lost.is_err(), "{fault:?}"),
        }
        assert_eq!(line.deliveries().len(), 1, "{fault:?}");
        let retry = client.post_with_key(PUSH, &push_body(1), KEY);
        assert_eq!(retry.status, 409, "{fault:?}");
        let accepted = line.accepted()[0].request_id.to_string();
        assert_eq!(retry.accepted_request_id, Some(accepted));
        assert_eq!(line.deliveries().len(), 1, "{fault:?}");
        assert!(line.violations().is_empty());
    }
}

#[test]
fn after_a_before_accept_fault_the_retry_is_accepted() {
    let faults = [
        (Fault::Http500BeforeAccept, Some(500)),
        (Fault::TimeoutBeforeAccept, None),
        (Fault::DropConnectionBeforeAccept, None),
        (Fault::RateLimited, Some(429)),
        (Fault::MonthlyLimit, Some(429)),
        (Fault::Unauthorized, Some(401)),
        (Fault::Forbidden, Some(403)),
        (Fault::BadRequest, Some(400)),
    ];
    for (fault, status) in faults {
        let (line, client) = start(options());
        line.inject(fault, None, 1);
        let answer = client.try_post(PUSH, &push_body(1), Some(KEY));
        assert_eq!(answer.ok().map(|a| a.status), status, "{fault:?}");
        assert!(line.deliveries().is_empty(), "{fault:?}");
        let attempt = &line.attempts()[0];
        assert_eq!((attempt.status, attempt.fault), (status, Some(fault)));
        let retry = client.post_with_key(PUSH, &push_body(1), KEY);
        assert_eq!(retry.status, 200, "{fault:?}");
        assert_eq!(line.deliveries().len(), 1, "{fault:?}");
    }
}

#[test]
fn the_two_429_differ_in_their_message() {
    let (line, client) = start(options());
    line.inject(Fault::RateLimited, None, 1);
    line.inject(Fault::MonthlyLimit, None, 1);
    let message = || client.post(PUSH, &push_body(1)).message();
    assert!(message().contains("rate limit"));
    assert!(message().contains("monthly limit"));
}

#[test]
fn a_timeout_hangs_as_long_as_told() {
    let (line, client) = start(options());
    line.inject(Fault::TimeoutBeforeAccept, None, 1);
    let begin = Instant::now();
    assert!(client.try_post(PUSH, &push_body(1), None).is_err());
    assert!(begin.elapsed() >= options().hang);
}

#[test]
fn faults_strike_their_endpoint_as_often_as_told_and_in_order() {
    let (line, client) = start(options());
    line.inject(Fault::Forbidden, Some(Endpoint::Multicast), 1);
    line.inject(Fault::Http500BeforeAccept, Some(Endpoint::Push), 2);
    line.inject(Fault::BadRequest, None, 1);
    let push = || client.post(PUSH, &push_body(1)).status;
    assert_eq!([push(), push(), push(), push()], [500, 500, 400, 200]);
    let multicast = json!({ "to": [user(1)], "messages": text("hello") });
    assert_eq!(client.post(MULTICAST, &multicast).status, 403);
    assert_eq!(client.get(QUOTA).status, 200);
}

#[test]
fn a_refused_request_is_refused_in_spite_of_an_after_accept_fault() {
    let (line, client) = start(options());
    line.inject(Fault::Http500AfterAccept, None, 1);
    let empty = json!({ "to": user(1), "messages": [] });
    assert_eq!(client.post(PUSH, &empty).status, 400);
    assert!(line.accepted().is_empty());
}

#[test]
fn a_409_can_be_lost_as_well() {
    let (line, client) = start(options());
    line.inject(Fault::DropConnectionAfterAccept, None, 2);
    for _ in 0..2 {
        assert!(client.try_post(PUSH, &push_body(1), Some(KEY)).is_err());
    }
    assert_eq!(client.post_with_key(PUSH, &push_body(1), KEY).status, 409);
    assert_eq!(line.deliveries().len(), 1);
}

#[test]
fn chaos_repeats_with_its_seed() {
    let run = |seed| {
        let (line, client) = start(options());
        line.set_chaos(Some(
            Chaos::new(seed)
                .with(Fault::Http500BeforeAccept, 200)
                .with(Fault::Http500AfterAccept, 100)
                .with(Fault::DropConnectionAfterAccept, 50),
        ));
        for n in 0..400 {
            let _ = client.try_post(PUSH, &push_body(n), None);
        }
        line.set_chaos(None);
        assert_eq!(client.post(PUSH, &push_body(0)).status, 200);
        line.attempts().into_iter().map(|attempt| attempt.fault).collect::<Vec<_>>()
    };
    let faults = run(7);
    assert_eq!(faults, run(7));
    assert_ne!(faults, run(8));
    let struck = faults.iter().flatten().count();
    assert!((100..180).contains(&struck), "{struck} of 400 at 350 permille");
}

#[test]
fn a_hanging_request_does_not_delay_the_end() {
    let (line, _client) = start(line_stand_in::Options { hang: Duration::from_secs(600), ..options() });
    line.inject(Fault::TimeoutAfterAccept, None, 1);
    let client = Client::new(&line.url());
    let waiting = std::thread::spawn(move || client.try_post(PUSH, &push_body(1), None).is_err());
    while line.deliveries().is_empty() {
        std::thread::yield_now();
    }
    let begin = Instant::now();
    drop(line);
    assert!(waiting.join().unwrap());
    assert!(begin.elapsed() < Duration::from_secs(2));
}

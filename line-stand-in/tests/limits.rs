//! Rate limits and the monthly quota.

mod support;

use line_stand_in::{Clock, Limits, Options, RateLimit, StandIn};
use serde_json::{json, Value};
use support::*;

#[test]
fn a_bucket_empties_and_refills_by_the_clock() {
    let (line, client) = start(limited(Limits { push: RateLimit::per_second(2), ..Limits::default() }));
    let status = || client.post(PUSH, &push_body(1)).status;
    assert_eq!([status(), status(), status()], [200, 200, 429]);
    line.clock().advance(SECOND / 2 - 1);
    assert_eq!(status(), 429);
    line.clock().advance(1);
    assert_eq!([status(), status()], [200, 429]);
    line.clock().advance(HOUR);
    assert_eq!([status(), status(), status()], [200, 200, 429]);
    assert_eq!(client.post(PUSH, &push_body(1)).message(), "The API rate limit has been exceeded. Try again later.");
    assert_eq!(line.deliveries().len(), 5);
}

#[test]
fn each_endpoint_has_its_own_bucket_with_the_documented_size() {
    let (line, client) = start(options());
    let multicast = json!({ "to": [user(1)], "messages": text("hello") });
    let broadcast = json!({ "messages": text("hello") });
    let accepted = |path, body: &Value| (1..).take_while(|_| client.post(path, body).status == 200).count();
    assert_eq!(accepted(MULTICAST, &multicast), 200);
    assert_eq!(accepted(BROADCAST, &broadcast), 60);
    assert_eq!(accepted(PUSH, &push_body(1)), 2_000);
    line.clock().advance(60 * SECOND);
    assert_eq!(accepted(BROADCAST, &broadcast), 1);
}

#[test]
fn the_quota_counts_reached_recipients_and_not_replies() {
    let (line, client) = start(limited(Limits { monthly: Some(4), ..Limits::default() }));
    assert_eq!(client.get(QUOTA).json(), json!({ "type": "limited", "value": 4 }));
    line.block(&user(9));
    let bubbles: Vec<_> = (0..5).map(|_| text("bubble")[0].clone()).collect();
    let to = [user(1), user(2), user(9)];
    client.post(MULTICAST, &json!({ "to": to, "messages": bubbles }));
    client.post(PUSH, &push_body(9));
    let token = line.issue_reply_token(&user(1));
    client.post(REPLY, &json!({ "replyToken": token, "messages": bubbles }));
    assert_eq!(usage(&client), 2);

    let to = [user(1), user(2), user(3)];
    let answer = client.post(MULTICAST, &json!({ "to": to, "messages": bubbles }));
    assert_eq!(answer.status, 429);
    assert_eq!(answer.message(), "You have reached your monthly limit.");
    assert_eq!(usage(&client), 2, "all or none");
    assert_eq!(client.post(PUSH, &push_body(1)).status, 200);
    assert_eq!(client.post(PUSH, &push_body(1)).status, 200);
    assert_eq!(client.post(PUSH, &push_body(1)).status, 429);
}

#[test]
fn the_quota_month_begins_at_midnight_in_utc_plus_9() {
    let july_ends = 1_785_510_000_000; // 2026-08-01 00:00 in UTC+9
    let line = StandIn::start(Options {
        clock: Clock::fixed(july_ends - 1),
        ..limited(Limits { monthly: Some(1), ..Limits::default() })
    })
    .unwrap();
    let client = Client::new(&line.url());
    let status = || client.post(PUSH, &push_body(1)).status;
    assert_eq!([status(), status()], [200, 429]);
    line.clock().set(july_ends);
    assert_eq!(usage(&client), 0);
    assert_eq!([status(), status()], [200, 429]);
    line.clock().set(july_ends + 31 * 24 * HOUR - 1);
    assert_eq!(status(), 429);
    line.clock().set(july_ends + 31 * 24 * HOUR);
    assert_eq!(status(), 200);
}

#[test]
fn without_a_monthly_limit_the_quota_has_no_value() {
    let (_line, client) = start(options());
    assert_eq!(client.get(QUOTA).json(), json!({ "type": "none" }));
}

fn limited(limits: Limits) -> Options {
    Options { limits, ..options() }
}

fn usage(client: &Client) -> u64 {
    client.get(CONSUMPTION).json()["totalUsage"].as_u64().unwrap()
}

//! The 24-hour memory of retry keys.

mod support;

use line_stand_in::{Endpoint, Fault, Violation};
use serde_json::{json, Value};
use support::*;

#[test]
fn a_key_that_was_accepted_is_409_with_the_first_request_id() {
    let (line, client) = start(options());
    let first = client.post_with_key(PUSH, &push_body(1), KEY);
    let second = client.post_with_key(PUSH, &push_body(1), KEY);
    assert_eq!((first.status, second.status), (200, 409));
    assert_eq!(second.message(), "The retry key is already accepted");
    assert_eq!(second.json()["sentMessages"], first.json()["sentMessages"]);
    assert_eq!(second.accepted_request_id, first.request_id);
    assert_ne!(second.request_id, first.request_id);
    assert_eq!(line.deliveries().len(), 1);
    assert!(line.violations().is_empty());
}

#[test]
fn only_a_push_repeats_its_sent_messages() {
    let (line, client) = start(options());
    line.add_friend(&user(1));
    let multicast = json!({ "to": [user(1)], "messages": text("hello") });
    let broadcast = json!({ "messages": text("hello") });
    for (path, body, key) in [(MULTICAST, multicast, KEY), (BROADCAST, broadcast, OTHER_KEY)] {
        let first = client.post_with_key(path, &body, key);
        let second = client.post_with_key(path, &body, key);
        assert_eq!((first.status, second.status), (200, 409));
        assert_eq!(second.json()["sentMessages"], Value::Null);
        assert_eq!(second.accepted_request_id, first.request_id);
    }
    assert_eq!(line.deliveries().len(), 2);
}

#[test]
fn a_key_is_forgotten_24_hours_after_its_first_request() {
    let (line, client) = start(options());
    let status = || client.post_with_key(PUSH, &push_body(1), KEY).status;
    assert_eq!(status(), 200);
    line.clock().set(NOON + 24 * HOUR - 1);
    assert_eq!(status(), 409);
    line.clock().set(NOON + 24 * HOUR);
    assert_eq!(status(), 200, "a new request, and a duplicate for the user");
    assert_eq!(line.inbox(&user(1)).len(), 2);
}

#[test]
fn the_24_hours_start_with_the_first_request_even_if_it_was_not_accepted() {
    let (line, client) = start(options());
    let status = || client.post_with_key(PUSH, &push_body(1), KEY).status;
    line.inject(Fault::Http500BeforeAccept, None, 1);
    assert_eq!(status(), 500);
    line.clock().advance(23 * HOUR);
    assert_eq!(status(), 200);
    line.clock().advance(HOUR);
    assert_eq!(status(), 200);
    assert_eq!(line.inbox(&user(1)).len(), 2);
}

#[test]
fn a_key_on_another_endpoint_is_400() {
    let (line, client) = start(options());
    let token = line.issue_reply_token(&user(1));
    let reply = json!({ "replyToken": token, "messages": text("hello") });
    assert_eq!(client.post_with_key(REPLY, &reply, KEY).status, 400);
    let key = [("x-line-retry-key", KEY)];
    let profile = format!("/v2/bot/profile/{}", user(1));
    for path in [QUOTA, CONSUMPTION, &profile] {
        assert_eq!(client.get_with(path, &key).status, 400);
    }
    assert_eq!(client.post(REPLY, &reply).status, 200);
}

#[test]
fn a_key_that_is_no_uuid_is_400() {
    let (line, client) = start(options());
    let bad = [
        "",
        "order-1",
        "123e4567e89b12d3a456426614174000",
        "123e4567-e89b-12d3-a456-42661417400g",
        "123e4567-e89b-12d3-a456-426614174000-",
        "+23e4567-e89b-12d3-a456-426614174000",
    ];
    for key in bad {
        let answer = client.post_with_key(PUSH, &push_body(1), key);
        assert_eq!(answer.status, 400, "{key}");
    }
    assert!(line.accepted().is_empty());
}

#[test]
fn the_case_of_a_key_does_not_matter() {
    let (_line, client) = start(options());
    client.post_with_key(PUSH, &push_body(1), KEY);
    let again = client.post_with_key(PUSH, &push_body(1), &KEY.to_uppercase());
    assert_eq!(again.status, 409);
}

#[test]
fn a_key_with_another_body_or_endpoint_is_a_violation() {
    let (line, client) = start(options());
    assert_eq!(client.post_with_key(PUSH, &push_body(1), KEY).status, 200);
    assert_eq!(client.post_with_key(PUSH, &push_body(2), KEY).status, 409);
    let multicast = json!({ "to": [user(1)], "messages": text("hello") });
    assert_eq!(client.post_with_key(MULTICAST, &multicast, KEY).status, 409);

    let reusing: Vec<_> = line.attempts()[1..]
        .iter()
        .map(|attempt| Violation::RetryKeyReused {
            request_id: attempt.request_id.clone(),
            at: NOON,
            retry_key: KEY.to_owned(),
        })
        .collect();
    assert_eq!(line.violations(), reusing);
    assert_eq!(line.attempts()[2].endpoint, Endpoint::Multicast);
    assert_eq!(line.deliveries().len(), 1);
}

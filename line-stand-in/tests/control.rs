//! The HTTP control endpoints, as another process would use them.

mod support;

use serde_json::{json, Value};
use support::*;

#[test]
fn faults_can_be_injected() {
    let (_line, client) = start(options());
    let order = json!({ "fault": "http500_after_accept", "endpoint": "push", "count": 2 });
    assert_eq!(client.post("/_stand-in/fault", &order).status, 200);
    client.post("/_stand-in/fault", &json!({ "fault": "forbidden" }));
    let push = || client.post(PUSH, &push_body(1)).status;
    assert_eq!([push(), push(), push(), push()], [500, 500, 403, 200]);
}

#[test]
fn the_clock_can_be_set_and_advanced() {
    let (line, client) = start(options());
    let answer = client.post("/_stand-in/clock", &json!({ "set": NOON + HOUR }));
    assert_eq!(answer.json(), json!({ "now": NOON + HOUR }));
    client.post("/_stand-in/clock", &json!({ "advance": SECOND }));
    assert_eq!(line.clock().now(), NOON + HOUR + SECOND);
}

#[test]
fn friends_can_be_added() {
    let (line, client) = start(options());
    client.post("/_stand-in/friend", &json!({ "user": user(1) }));
    client.post(BROADCAST, &json!({ "messages": text("open") }));
    assert_eq!(line.inbox(&user(1)).len(), 1);
}

#[test]
fn users_can_block_and_unblock() {
    let (line, client) = start(options());
    client.post("/_stand-in/block", &json!({ "user": user(1) }));
    client.post(PUSH, &push_body(1));
    assert!(line.deliveries().is_empty());
    let unblock = json!({ "user": user(1), "blocked": false });
    client.post("/_stand-in/block", &unblock);
    client.post(PUSH, &push_body(1));
    assert_eq!(line.deliveries().len(), 1);
}

#[test]
fn reply_tokens_can_be_issued() {
    let (line, client) = start(options());
    let issued = client.post("/_stand-in/reply-token", &json!({ "user": user(1) }));
    let token = issued.json()["replyToken"].clone();
    let reply = json!({ "replyToken": token, "messages": text("thanks") });
    assert_eq!(client.post(REPLY, &reply).status, 200);
    assert_eq!(line.inbox(&user(1)).len(), 1);
}

#[test]
fn deliveries_and_violations_can_be_read() {
    let (_line, client) = start(options());
    let first = client.post_with_key(PUSH, &push_body(1), KEY);
    let second = client.post_with_key(PUSH, &push_body(2), KEY);
    assert_eq!(
        client.get("/_stand-in/deliveries").json()["deliveries"],
        json!([{
            "user": user(1),
            "messages": text("hello"),
            "at": NOON,
            "requestId": first.request_id,
        }])
    );
    assert_eq!(
        client.get("/_stand-in/violations").json()["violations"],
        json!([{
            "kind": "retryKeyReused",
            "requestId": second.request_id,
            "at": NOON,
            "retryKey": KEY,
        }])
    );
}

#[test]
fn a_wrong_order_is_refused_and_nothing_is_recorded() {
    let (line, client) = start(options());
    let wrong: [(&str, Value); 4] = [
        ("/_stand-in/fault", json!({ "fault": "earthquake" })),
        ("/_stand-in/fault", json!({ "fault": "forbidden", "counts": 2 })),
        ("/_stand-in/clock", json!({})),
        ("/_stand-in/block", json!({ "blocked": true })),
    ];
    for (path, order) in wrong {
        assert_eq!(client.post(path, &order).status, 400, "{path} {order}");
    }
    assert_eq!(client.get("/_stand-in/unknown").status, 404);
    assert!(line.attempts().is_empty());
}

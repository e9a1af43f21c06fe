//! What is accepted, and to whom it is delivered.

mod support;

use line_stand_in::{Endpoint, Options, Violation};
use serde_json::json;
use support::*;

#[test]
fn a_push_is_delivered_and_names_its_messages() {
    let (line, client) = start(options());
    let body = json!({
        "to": user(1),
        "messages": [{ "type": "text", "text": "one" }, { "type": "flex", "altText": "two", "contents": {} }],
        "customAggregationUnits": ["july"],
    });
    let answer = client.post_with_key(PUSH, &body, KEY);
    assert_eq!(answer.status, 200);
    let sent = &answer.json()["sentMessages"];
    assert_eq!(sent.as_array().unwrap().len(), 2);
    assert!(sent[0]["id"].as_str().unwrap().parse::<u64>().is_ok());
    assert!(sent[0]["quoteToken"].is_string());
    assert!(sent[1]["quoteToken"].is_null());

    assert_eq!(line.inbox(&user(1)), *body["messages"].as_array().unwrap());
    let accepted = line.accepted();
    assert_eq!(accepted.len(), 1);
    assert_eq!(accepted[0].endpoint, Endpoint::Push);
    assert_eq!(accepted[0].retry_key.as_deref(), Some(KEY));
    assert_eq!(accepted[0].at, NOON);
    assert_eq!(accepted[0].parameters["customAggregationUnits"], json!(["july"]));
    assert_eq!(Some(&*accepted[0].request_id), answer.request_id.as_deref());
    let delivery = &line.deliveries()[0];
    assert_eq!((&*delivery.user, delivery.at), (&*user(1), NOON));
    assert_eq!(delivery.request_id, accepted[0].request_id);
}

#[test]
fn a_multicast_reaches_each_recipient() {
    let (line, client) = start(options());
    let to: Vec<_> = (0..500).map(user).collect();
    let answer = client.post(MULTICAST, &json!({ "to": to, "messages": text("sale") }));
    assert_eq!((answer.status, answer.json()), (200, json!({})));
    assert_eq!(line.deliveries().len(), 500);
    assert_eq!(line.accepted()[0].recipients.len(), 500);
    assert_eq!(line.inbox(&user(499))[0]["text"], "sale");
    assert!(line.violations().is_empty());
}

#[test]
fn a_user_named_twice_in_a_multicast_is_reported() {
    let (line, client) = start(options());
    let to = [user(1), user(2), user(1)];
    client.post(MULTICAST, &json!({ "to": to, "messages": text("sale") }));
    assert!(matches!(
        &line.violations()[..],
        [Violation::DuplicateRecipient { user: twice, .. }] if **twice == user(1)
    ));
}

#[test]
fn a_broadcast_reaches_the_registered_friends() {
    let (line, client) = start(Options { friends: vec![user(2), user(1)], ..options() });
    line.add_friend(&user(3));
    line.block(&user(2));
    let answer = client.post(BROADCAST, &json!({ "messages": text("open") }));
    assert_eq!((answer.status, answer.json()), (200, json!({})));
    let reached: Vec<_> = line.deliveries().into_iter().map(|d| d.user).collect();
    assert_eq!(reached, [user(1).into(), user(3).into()]);
}

#[test]
fn every_attempt_has_its_own_request_id_and_is_recorded() {
    let (line, client) = start(options());
    let first = client.post(PUSH, &push_body(1)).request_id.unwrap();
    let second = client.get("/v2/bot/nowhere").request_id.unwrap();
    let groups = |id: &str| id.split('-').map(str::len).collect::<Vec<_>>();
    assert_eq!(groups(&first), [8, 4, 4, 4, 12]);
    assert_ne!(first, second);

    let attempts = line.attempts();
    assert_eq!(attempts.len(), 2);
    assert_eq!((attempts[0].endpoint, attempts[0].status), (Endpoint::Push, Some(200)));
    assert_eq!((attempts[1].endpoint, attempts[1].status), (Endpoint::Unknown, Some(404)));
    assert_eq!(*attempts[1].request_id, *second);
}

#[test]
fn message_bodies_can_be_forgotten() {
    let (line, client) = start(Options { keep_messages: false, ..options() });
    client.post(PUSH, &push_body(1));
    assert_eq!(line.deliveries().len(), 1);
    assert!(line.inbox(&user(1)).is_empty());
    assert!(line.accepted()[0].messages.is_empty());
}

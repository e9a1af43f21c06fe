//! Requests that LINE refuses, and its words for it.

mod support;

use serde_json::{json, Value};
use support::*;

const AUTHORIZED: (&str, &str) = ("authorization", "Bearer stand-in-token");
const JSON: (&str, &str) = ("content-type", "application/json");

#[test]
fn a_wrong_or_missing_token_is_401() {
    let (line, client) = start(options());
    let body = push_body(1).to_string();
    for headers in [&[JSON][..], &[JSON, ("authorization", "Bearer other")]] {
        let answer = client.send(PUSH, body.as_bytes(), headers).unwrap();
        assert_eq!(answer.status, 401);
        assert!(answer.message().starts_with("Authentication failed due to the following reason: "));
        assert!(answer.request_id.is_some());
    }
    assert!(line.accepted().is_empty());
}

#[test]
fn an_unknown_path_or_method_is_404() {
    let (_line, client) = start(options());
    for path in ["/v2/bot/message/narrowcast", "/", "/v2/bot/profile/"] {
        let answer = client.post(path, &json!({}));
        assert_eq!((answer.status, &*answer.message()), (404, "Not found"));
    }
    assert_eq!(client.get(PUSH).status, 404);
}

#[test]
fn a_body_that_is_not_declared_as_json_is_415() {
    let (_line, client) = start(options());
    let body = push_body(1).to_string();
    let status = |headers: &[(&str, &str)]| client.send(PUSH, body.as_bytes(), headers).unwrap().status;
    assert_eq!(status(&[AUTHORIZED, ("content-type", "text/plain")]), 415);
    let with_charset = ("content-type", "Application/JSON; charset=UTF-8");
    assert_eq!(status(&[AUTHORIZED, with_charset]), 200);
}

#[test]
fn a_body_over_2_mb_is_413() {
    let (line, client) = start(options());
    let body = vec![b' '; 2_000_001];
    let answer = client.send(PUSH, &body, &[AUTHORIZED, JSON]).unwrap();
    assert_eq!(answer.status, 413);
    let answer = client.send(PUSH, &body[1..], &[AUTHORIZED, JSON]).unwrap();
    assert_eq!(answer.status, 400);
    assert!(line.accepted().is_empty());
}

#[test]
fn a_malformed_recipient_is_named() {
    let (line, client) = start(options());
    let upper = "U0123456789ABCDEF0123456789ABCDEF";
    let body = json!({ "to": [user(1), upper, "x"], "messages": text("hello") });
    let answer = client.post(MULTICAST, &body);
    assert_eq!(answer.status, 400);
    assert_eq!(answer.message(), "The property, 'to[1]', in the request body is invalid (line: -, column: -)");
    assert_eq!(answer.json()["details"][0]["property"], "to[1]");

    let answer = client.post(PUSH, &json!({ "to": "a LINE ID", "messages": text("hello") }));
    assert_eq!(answer.message(), "The property, 'to', in the request body is invalid (line: -, column: -)");
    assert!(line.accepted().is_empty(), "an error means that nobody got it");
}

#[test]
fn a_push_may_go_to_a_group_but_a_multicast_may_not() {
    let (_line, client) = start(options());
    let group = user(1).replace('U', "C");
    let status = |path, to: Value| client.post(path, &json!({ "to": to, "messages": text("hello") })).status;
    assert_eq!(status(PUSH, json!(group)), 200);
    assert_eq!(status(MULTICAST, json!([group])), 400);
}

#[test]
fn errors_in_the_body_are_listed() {
    let (line, client) = start(options());
    let long = "🍎".repeat(2_501);
    let ids: Vec<_> = (0..501).map(user).collect();
    let cases = [
        (PUSH, json!({ "to": user(1), "messages": [] }), "messages"),
        (PUSH, json!({ "to": user(1) }), "messages"),
        (PUSH, json!({ "to": user(1), "messages": vec![json!({ "type": "sticker" }); 6] }), "messages"),
        (PUSH, json!({ "to": user(1), "messages": text(&long) }), "messages[0].text"),
        (PUSH, json!({ "to": user(1), "messages": text("") }), "messages[0].text"),
        (PUSH, json!({ "to": user(1), "messages": [{ "text": "no type" }] }), "messages[0].type"),
        (MULTICAST, json!({ "to": ids, "messages": text("a") }), "to"),
        (MULTICAST, json!({ "to": [], "messages": text("a") }), "to"),
        (REPLY, json!({ "messages": text("a") }), "replyToken"),
        (BROADCAST, json!([]), "messages"),
    ];
    for (path, body, property) in cases {
        let answer = client.post(path, &body);
        assert_eq!(answer.status, 400, "{path} {property}");
        assert_eq!(answer.message(), "The request body has 1 error(s)");
        assert_eq!(answer.json()["details"][0]["property"], property);
        assert!(answer.json()["details"][0]["message"].is_string());
    }
    assert!(line.accepted().is_empty());

    let longest = "🍎".repeat(2_500);
    let body = json!({ "to": user(1), "messages": text(&longest) });
    assert_eq!(client.post(PUSH, &body).status, 200);
}

#[test]
fn a_body_that_is_not_json_is_400() {
    let (_line, client) = start(options());
    let answer = client.send(PUSH, b"{\"to\":", &[AUTHORIZED, JSON]).unwrap();
    assert_eq!(answer.status, 400);
    assert!(answer.message().contains("JSON"));
}

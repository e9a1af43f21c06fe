//! Reply tokens: once, within a minute.

mod support;

use serde_json::{json, Value};
use support::*;

#[test]
fn a_reply_token_works_once() {
    let (line, client) = start(options());
    let reply = body(&line.issue_reply_token(&user(1)));
    let answer = client.post(REPLY, &reply);
    assert_eq!(answer.status, 200);
    assert!(answer.json()["sentMessages"][0]["id"].is_string());
    let again = client.post(REPLY, &reply);
    assert_eq!((again.status, &*again.message()), (400, "Invalid reply token"));
    assert_eq!(line.inbox(&user(1)).len(), 1);
}

#[test]
fn a_reply_token_lives_for_one_minute() {
    let (line, client) = start(options());
    let early = line.issue_reply_token(&user(1));
    let late = line.issue_reply_token(&user(1));
    line.clock().advance(60 * SECOND - 1);
    assert_eq!(client.post(REPLY, &body(&early)).status, 200);
    line.clock().advance(1);
    assert_eq!(client.post(REPLY, &body(&late)).message(), "Invalid reply token");
}

#[test]
fn a_reply_token_must_have_been_issued() {
    let (_line, client) = start(options());
    assert_eq!(client.post(REPLY, &body("made-up")).message(), "Invalid reply token");
}

#[test]
fn a_refused_body_does_not_use_the_token_up() {
    let (line, client) = start(options());
    let token = line.issue_reply_token(&user(1));
    let empty = json!({ "replyToken": token, "messages": [] });
    assert_eq!(client.post(REPLY, &empty).status, 400);
    assert_eq!(client.post(REPLY, &body(&token)).status, 200);
}

fn body(token: &str) -> Value {
    json!({ "replyToken": token, "messages": text("thanks") })
}

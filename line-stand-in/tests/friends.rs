//! Blocked and unknown users.

mod support;

use line_stand_in::Options;
use serde_json::json;
use support::*;

#[test]
fn a_push_to_a_blocked_user_is_200_and_not_delivered() {
    let (line, client) = start(options());
    line.block(&user(1));
    assert_eq!(client.post(PUSH, &push_body(1)).status, 200);
    assert!(line.deliveries().is_empty());
    assert_eq!(line.accepted().len(), 1);
    line.unblock(&user(1));
    assert_eq!(client.post(PUSH, &push_body(1)).status, 200);
    assert_eq!(line.inbox(&user(1)).len(), 1);
}

#[test]
fn a_multicast_skips_who_can_not_be_reached() {
    let (line, client) = start(Options { known_only: true, friends: vec![user(1), user(2)], ..options() });
    line.block(&user(2));
    let to = [user(1), user(2), user(3)];
    let answer = client.post(MULTICAST, &json!({ "to": to, "messages": text("sale") }));
    assert_eq!(answer.status, 200);
    let reached: Vec<_> = line.deliveries().into_iter().map(|d| d.user).collect();
    assert_eq!(reached, [user(1).into()]);
    assert_eq!(line.accepted()[0].recipients.len(), 3);
}

#[test]
fn a_push_to_an_unknown_user_is_400_if_only_registered_friends_are_known() {
    let (line, client) = start(Options { known_only: true, ..options() });
    let answer = client.post(PUSH, &push_body(1));
    assert_eq!((answer.status, &*answer.message()), (400, "Failed to send messages"));
    line.add_friend(&user(1));
    assert_eq!(client.post(PUSH, &push_body(1)).status, 200);
}

#[test]
fn a_profile_is_there_for_friends_only() {
    let (line, client) = start(Options { known_only: true, friends: vec![user(1), user(2)], ..options() });
    line.block(&user(2));
    let profile = |id: &str| client.get(&format!("/v2/bot/profile/{id}"));
    assert_eq!(profile(&user(1)).json()["userId"], user(1));
    for id in [&user(2), &user(3), "nobody"] {
        let answer = profile(id);
        assert_eq!((answer.status, &*answer.message()), (404, "Not found"));
    }
}

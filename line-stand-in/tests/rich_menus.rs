//! Rich menus of single users.

mod support;

use line_stand_in::{Endpoint, Options};
use serde_json::json;
use support::*;

const SPRING: &str = "richmenu-0123456789abcdef0123456789abcdef";
const SUMMER: &str = "richmenu-fedcba9876543210fedcba9876543210";

fn link(client: &Client, n: u32, menu: &str) -> u16 {
    client.post_bare(&format!("/v2/bot/user/{}/richmenu/{menu}", user(n))).status
}

fn unlink(client: &Client, n: u32) -> u16 {
    client.delete(&format!("/v2/bot/user/{}/richmenu", user(n))).status
}

#[test]
fn the_menu_linked_last_is_seen_until_it_is_taken_away() {
    let (line, client) = start(Options { rich_menus: vec![SPRING.into()], ..options() });
    line.make_rich_menu(SUMMER);
    assert_eq!([link(&client, 1, SPRING), link(&client, 1, SPRING), link(&client, 2, SPRING)], [200; 3]);
    assert_eq!(link(&client, 1, SUMMER), 200);
    assert_eq!(line.rich_menu_of(&user(1)).as_deref(), Some(SUMMER));
    assert_eq!([unlink(&client, 1), unlink(&client, 1)], [200; 2]);
    assert_eq!(line.rich_menu_of(&user(1)), None);
    assert_eq!(client.get("/_stand-in/rich-menus").json(), json!({ "richMenus": { (user(2)): SPRING } }));
    let endpoints: Vec<_> = line.attempts().iter().map(|attempt| attempt.endpoint).collect();
    assert_eq!(endpoints[3..5], [Endpoint::LinkRichMenu, Endpoint::UnlinkRichMenu]);
    assert!(line.accepted().is_empty(), "nothing was sent");
}

#[test]
fn a_menu_that_was_never_made_is_404_and_no_user_id_is_400() {
    let (line, client) = start(options());
    assert_eq!(link(&client, 1, SPRING), 404);
    assert_eq!(client.post("/_stand-in/rich-menu", &json!({ "id": SPRING })).status, 200);
    assert_eq!(link(&client, 1, SPRING), 200);
    assert_eq!(client.post_bare(&format!("/v2/bot/user/nobody/richmenu/{SPRING}")).status, 400);
    assert_eq!(client.delete("/v2/bot/user/nobody/richmenu").status, 400);
    assert_eq!(line.rich_menu_of(&user(1)).as_deref(), Some(SPRING));
}

#[test]
fn who_is_no_friend_gets_none_though_the_answer_is_200() {
    let (line, client) = start(Options { rich_menus: vec![SPRING.into()], ..options() });
    line.block(&user(1));
    assert_eq!(link(&client, 1, SPRING), 200);
    assert_eq!(line.rich_menu_of(&user(1)), None);
}

#[test]
fn neither_call_takes_a_retry_key() {
    let (line, client) = start(Options { rich_menus: vec![SPRING.into()], ..options() });
    let headers = [("authorization", "Bearer stand-in-token"), ("x-line-retry-key", KEY)];
    let answer = client.send(&format!("/v2/bot/user/{}/richmenu/{SPRING}", user(1)), b"", &headers).unwrap();
    assert_eq!(answer.status, 400);
    assert_eq!(line.rich_menu_of(&user(1)), None);
}

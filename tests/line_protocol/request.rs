//! Requests: what they hold, to the byte, and what they cannot hold.

use enishi::line::{
    AggregationUnit, Endpoint, MAX_MESSAGES_BYTES, Messages, MessagesError, Method, Notification, Recipients,
    RecipientsError, ReplyToken, Request, RetryKey, SendOptions,
};
use enishi::model::{LineUserId, RichMenuId, RichMenuIdError};

const USER: &str = "U4af4980629000000000000000000abcd";

#[test]
fn x05_the_retry_key_is_on_push_and_multicast_and_nowhere_else() {
    let requests = [
        (push(), "/v2/bot/message/push", Method::Post),
        (multicast(2), "/v2/bot/message/multicast", Method::Post),
        (Request::reply(&ReplyToken::new("t"), &messages(), Notification::On), "/v2/bot/message/reply", Method::Post),
        (Request::quota(), "/v2/bot/message/quota", Method::Get),
        (Request::consumption(), "/v2/bot/message/quota/consumption", Method::Get),
        (Request::profile(user(0xab)), "/v2/bot/profile/U000000000000000000000000000000ab", Method::Get),
        (
            Request::link_rich_menu(user(0xab), &"richmenu-Az_09-".parse().unwrap()),
            "/v2/bot/user/U000000000000000000000000000000ab/richmenu/richmenu-Az_09-",
            Method::Post,
        ),
        (
            Request::unlink_rich_menu(user(0xab)),
            "/v2/bot/user/U000000000000000000000000000000ab/richmenu",
            Method::Delete,
        ),
    ];
    for (request, path, method) in &requests {
        assert_eq!((request.path(), request.method()), (*path, *method));
        assert_eq!(request.body().is_some(), request.endpoint().sends(), "{path}");
        assert_eq!(request.retry_key().is_some(), request.endpoint().takes_retry_key(), "{path}");
    }
    let with_key: Vec<_> =
        requests.iter().filter(|(it, ..)| it.retry_key() == Some(key())).map(|(it, ..)| it.endpoint()).collect();
    assert_eq!(with_key, [Endpoint::Push, Endpoint::Multicast]);
}

#[test]
fn x08_a_multicast_has_one_to_five_hundred_recipients_each_once() {
    assert_eq!(Recipients::new(users(0)), Err(RecipientsError::Count { recipients: 0 }));
    assert_eq!(Recipients::new(users(1)).unwrap().as_slice().len(), 1);
    assert_eq!(Recipients::new(users(500)).unwrap().as_slice(), users(500));
    assert_eq!(Recipients::new(users(501)), Err(RecipientsError::Count { recipients: 501 }));
    let twice = vec![user(7), user(3), user(7)];
    assert_eq!(Recipients::new(twice), Err(RecipientsError::Twice { user: user(7) }));
    assert!(multicast(500).body().unwrap().len() < 2_000_000);
}

#[test]
fn x09_a_body_is_the_same_to_the_byte_each_time() {
    let text = |request: &Request| String::from_utf8(request.body().unwrap().to_vec()).unwrap();
    assert_eq!(
        text(&push()),
        r#"{"to":"U4af4980629000000000000000000abcd","messages":[{"type":"text","text":"縁 \ud83d\ude04"}]}"#
    );
    assert_eq!(push(), push());
    assert_eq!(
        text(&multicast(2)),
        r#"{"to":["U00000000000000000000000000000000","U00000000000000000000000000000001"],"messages":[{"type":"text","text":"縁 \ud83d\ude04"}]}"#
    );
    let options = SendOptions {
        notification: Notification::Off,
        aggregation_unit: Some(AggregationUnit::new("spring_2026").unwrap()),
    };
    let messages = Messages::new(r#" [{}] "#).unwrap();
    assert_eq!(
        text(&Request::push(user(1), &messages, key(), &options)),
        r#"{"to":"U00000000000000000000000000000001","messages":[{}],"notificationDisabled":true,"customAggregationUnits":["spring_2026"]}"#
    );
    // A token is LINE's text, and text can hold anything.
    assert_eq!(
        text(&Request::reply(&ReplyToken::new("t\"},"), &messages, Notification::Off)),
        r#"{"replyToken":"t\"},","messages":[{}],"notificationDisabled":true}"#
    );
}

#[test]
fn messages_are_one_to_five_objects() {
    for json in ["[{}]", "[{},{},{},{},{}]"] {
        assert_eq!(json.parse::<Messages>().unwrap().as_str(), json);
    }
    assert_eq!(Messages::new("[]"), Err(MessagesError::Count { messages: 0 }));
    assert_eq!(Messages::new("[{},{},{},{},{},{}]"), Err(MessagesError::Count { messages: 6 }));
    assert_eq!(Messages::new(r#"[{},"hi"]"#), Err(MessagesError::NotAnObject { index: 1 }));
    for json in ["", "{}", "[{}", "[{}],\"to\":[1]", "null"] {
        assert!(matches!(Messages::new(json), Err(MessagesError::Json { line, .. }) if line <= 1), "{json}");
    }
    let long = format!("[{{\"text\":\"{}\"}}]", "x".repeat(MAX_MESSAGES_BYTES));
    assert!(matches!(Messages::new(&long), Err(MessagesError::TooLong { .. })));
    let deep = format!("[{{\"a\":{}{}}}]", "[".repeat(10_000), "]".repeat(10_000));
    assert!(Messages::new(&deep).is_ok(), "LINE judges what is inside a message");
}

#[test]
fn an_aggregation_unit_has_thirty_plain_characters_at_most() {
    assert!(AggregationUnit::new(&"a".repeat(30)).is_ok());
    for text in ["", "春", "a-b", "a b", &"a".repeat(31)] {
        assert!(AggregationUnit::new(text).is_err(), "{text:?}");
    }
}

/// The id stands in the path: nothing gets into it that leads elsewhere.
#[test]
fn a_rich_menu_is_named_by_plain_characters() {
    let longest = format!("richmenu-{}", "a".repeat(100));
    for id in ["richmenu-0123456789abcdef0123456789abcdef", "richmenu-A_b-9", longest.as_str()] {
        assert_eq!(id.parse::<RichMenuId>().unwrap().as_str(), id);
    }
    let too_long = format!("{longest}a");
    for id in
        ["", "richmenu-", "spring", "richmenu-a/b", "richmenu-..", "richmenu-a?b", "richmenu-春", too_long.as_str()]
    {
        assert_eq!(id.parse::<RichMenuId>(), Err(RichMenuIdError), "{id:?}");
    }
}

#[test]
fn multicast_is_the_slowest_lane() {
    assert_eq!(Endpoint::Multicast.requests_per_second(), 200);
    assert_eq!(Endpoint::Push.requests_per_second(), 2000);
}

fn push() -> Request {
    Request::push(USER.parse().unwrap(), &messages(), key(), &SendOptions::default())
}

fn multicast(recipients: u16) -> Request {
    Request::multicast(&Recipients::new(users(recipients)).unwrap(), &messages(), key(), &SendOptions::default())
}

fn messages() -> Messages {
    Messages::new(r#"[{"type":"text","text":"縁 \ud83d\ude04"}]"#).unwrap()
}

fn key() -> RetryKey {
    RetryKey::derive(&[b"test"])
}

fn users(count: u16) -> Vec<LineUserId> {
    (0..count).map(user).collect()
}

fn user(n: u16) -> LineUserId {
    LineUserId::from_bytes(u128::from(n).to_be_bytes())
}

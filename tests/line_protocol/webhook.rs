//! Bodies nobody publishes: unknown, malformed, repeated, too deep and too long.

use enishi::line::{
    EventKind, MAX_WEBHOOK_BYTES, MAX_WEBHOOK_EVENTS, Mode, NoFact, Reading, ReplyToken, Source, Webhook, WebhookError,
    WebhookEvent, friend_key,
};
use enishi::model::{Event, Fact, FriendKey, LineUserId};
use proptest::prelude::*;

const USER: &str = "U4af4980629000000000000000000abcd";

#[test]
fn x14_a_malformed_event_costs_only_itself() {
    let malformed = [
        "7",
        "null",
        "[]",
        "{}",
        r#"["unfollow",1,null,null,null,null,null]"#,
        r#"{"type":"follow"}"#,
        r#"{"type":"follow","timestamp":"soon"}"#,
        r#"{"type":"follow","timestamp":99999999999999999}"#,
        r#"{"type":"follow","timestamp":1,"source":[]}"#,
        r#"{"type":"follow","timestamp":1,"follow":{"isUnblocked":"yes"}}"#,
        r#"{"type":"message","timestamp":1}"#,
        r#"{"type":"message","timestamp":1,"message":["1","text","hi"]}"#,
        r#"{"type":"message","timestamp":1,"message":{"type":"text","id":"1"}}"#,
        r#"{"type":"message","timestamp":1,"message":{"type":"text","id":"1","text":"\ud800"}}"#,
        r#"{"type":"postback","timestamp":1,"postback":{}}"#,
        r#"{"type":"unsend","timestamp":1}"#,
        r#"{"type":"accountLink","timestamp":1,"link":{"result":"ok"}}"#,
    ];
    let good = unfollow("A");
    for bad in malformed {
        let webhook = parse(&format!("{good},{bad},{good}"));
        let [Ok(before), Err(error), Ok(after)] = &webhook.events[..] else { panic!("{bad}: {:?}", webhook.events) };
        assert_eq!((&before.kind, &after.kind), (&EventKind::Unfollow, &EventKind::Unfollow));
        assert_eq!(&*error.json, bad);
        assert!(error.why.contains("line 1 column"), "{bad}: {error}");
        let readings: Vec<Reading> = webhook.readings().collect();
        assert!(
            matches!(
                &readings[..],
                [Reading::Fact(_), Reading::Nothing(NoFact::Malformed(told)), Reading::Fact(_)] if told == error
            ),
            "{bad}"
        );
    }
}

#[test]
fn x14_a_kind_of_tomorrow_is_kept_whatever_its_fields_mean() {
    let good = unfollow("A");
    let strange = r#"{"type":"dance","timestamp":1,"message":7,"follow":[],"postback":null,"link":{}}"#;
    let webhook = parse(&format!("{good},{strange},{good}"));
    assert_eq!(webhook.events.len(), 3);
    let event = webhook.events[1].as_ref().unwrap();
    assert_eq!(event.kind, EventKind::Unknown { kind: "dance".into() });
    assert_eq!(&*event.json, strange);
    assert_eq!(event.reading(), Reading::Nothing(NoFact::UnknownKind { kind: "dance".into() }));
    assert!(webhook.events[2].is_ok());
}

#[test]
fn every_kind_has_its_name_and_unknown_parts_are_no_error() {
    let fields = r#""message":{"type":"hologram","id":"1","new":{}},"unsend":{"messageId":"1"},
        "postback":{"data":"d"},"videoPlayComplete":{"trackingId":"t"},"link":{"result":"failed","nonce":"n"},
        "delivery":{"data":"d"},"new":[1,{}]"#;
    let kinds = "message messageEdited unsend follow unfollow join leave memberJoined memberLeft postback \
        videoPlayComplete beacon accountLink membership delivery module activated deactivated botSuspended \
        botResumed";
    for kind in kinds.split_whitespace() {
        let event = event(kind, "A", fields);
        assert_eq!(event.kind.name(), kind);
        assert!(!matches!(event.kind, EventKind::Unknown { .. }), "{kind}");
        let tells = ["message", "follow", "unfollow", "postback"].contains(&kind);
        assert_eq!(matches!(event.reading(), Reading::Fact(_)), tells, "{kind}");
    }
}

#[test]
fn x15_a_copy_is_the_same_fact_under_the_same_id() {
    let first = event("follow", "01FZ74A0TDDPYRVKNK77XKC3ZR", "");
    let json = first.json.replace(r#""isRedelivery":false"#, r#""isRedelivery":true"#);
    let webhook = parse(&json);
    let copy = webhook.events[0].as_ref().unwrap();
    assert!(copy.redelivery && !first.redelivery);
    assert_eq!(copy.id, first.id);
    assert_eq!(copy.reading(), first.reading());
    assert_eq!(fact(&first).id.as_str(), "line:01FZ74A0TDDPYRVKNK77XKC3ZR");
    assert_ne!(fact(&event("follow", "01FZ74A0TDDPYRVKNK77XKC3ZS", "")).id, fact(&first).id);
}

#[test]
fn x15_without_an_id_nothing_is_recorded() {
    for id in ["", "a\\nb", &"x".repeat(300)] {
        assert_eq!(event("follow", id, "").reading(), Reading::Nothing(NoFact::NoId), "{id:?}");
    }
}

#[test]
fn x16_an_unfollow_and_a_message_stand_alone() {
    assert_eq!(fact(&event("unfollow", "A", "")).fact, Fact::Unfollow);
    let message = event("message", "A", r#""message":{"type":"text","id":"1","text":"こんにちは"}"#);
    assert_eq!(fact(&message).fact, Fact::Message { text: Some("こんにちは".into()) });
    let sticker = event("message", "A", r#""message":{"type":"sticker","id":"1"}"#);
    assert_eq!(fact(&sticker).fact, Fact::Message { text: None });
}

#[test]
fn x17_a_follow_says_unblocked_only_when_line_does() {
    let user: LineUserId = USER.parse().unwrap();
    for (fields, unblocked) in [
        ("", None),
        (r#""follow":null"#, None),
        (r#""follow":{}"#, None),
        (r#""follow":{"isUnblocked":null}"#, None),
        (r#""follow":{"isUnblocked":true}"#, Some(true)),
        (r#""follow":{"isUnblocked":false}"#, Some(false)),
    ] {
        let told = fact(&event("follow", "A", fields));
        assert_eq!(told.fact, Fact::Follow { user, unblocked, route: None }, "{fields}");
        assert_eq!(told.friend, friend_key(user));
        assert_eq!(told.friend.as_str(), format!("line:{USER}"));
    }
}

#[test]
fn who_is_silent_in_standby_in_groups_and_without_a_name() {
    let reading = |mode: &str, source: &str| {
        let json = format!(r#"{{"type":"unfollow","timestamp":1,"webhookEventId":"A","mode":{mode}{source}}}"#);
        let event = parse(&json).events.remove(0).unwrap();
        match event.reading() {
            Reading::Nothing(why) => why,
            told => panic!("{json} told {told:?}"),
        }
    };
    let person = format!(r#","source":{{"type":"user","userId":"{USER}"}}"#);
    assert_eq!(reading(r#""standby""#, &person), NoFact::NotActive);
    assert_eq!(reading(r#""dreaming""#, &person), NoFact::NotActive);
    let group = format!(r#","source":{{"type":"group","groupId":"C1","userId":"{USER}"}}"#);
    assert_eq!(reading(r#""active""#, &group), NoFact::InGroup);
    let room = r#","source":{"type":"room","roomId":"R1"}"#;
    assert_eq!(reading(r#""active""#, room), NoFact::InGroup);
    assert_eq!(reading(r#""active""#, ""), NoFact::NoUser);
    assert_eq!(reading(r#""active""#, r#","source":{"type":"user"}"#), NoFact::NoUser);
    assert_eq!(reading(r#""active""#, r#","source":{"type":"galaxy"}"#), NoFact::NoUser);
    let named = r#","source":{"type":"user","userId":"shop_taro"}"#;
    assert_eq!(reading(r#""active""#, named), NoFact::BadUser { user: "shop_taro".into() });
}

#[test]
fn a_place_or_mode_of_tomorrow_is_kept() {
    let webhook = parse(r#"{"type":"join","timestamp":1,"mode":"dreaming","source":{"type":"galaxy"}}"#);
    let event = webhook.events[0].as_ref().unwrap();
    assert_eq!(event.mode, Mode::Unknown { mode: "dreaming".into() });
    assert_eq!(event.source, Some(Source::Unknown { kind: "galaxy".into() }));
}

#[test]
fn an_account_link_waits_for_the_member_the_nonce_was_given_to() {
    let linked = event("accountLink", "A", r#""link":{"result":"ok","nonce":"n0"}"#);
    let Reading::Link(link) = linked.reading() else { panic!("{linked:?}") };
    assert_eq!(&*link.nonce, "n0");
    let member = FriendKey::new("eccube:customer:39").unwrap();
    let told = link.linked_to(member.clone());
    assert_eq!(told.fact, Fact::Link { member });
    assert_eq!((told.id.as_str(), told.friend.as_str()), ("line:A", &*format!("line:{USER}")));

    // LINE sends a failure without a source.
    let failed = parse(r#"{"type":"accountLink","timestamp":1,"link":{"result":"failed","nonce":"n0"}}"#);
    assert_eq!(failed.readings().next(), Some(Reading::Nothing(NoFact::LinkFailed)));
}

#[test]
fn x11_a_reply_token_is_counted_on_for_a_minute_and_after_redelivery_for_twenty_at_most() {
    let minute = 60_000;
    let fresh = event("follow", "A", r#""replyToken":"t""#);
    assert_eq!(fresh.reply_token, Some(ReplyToken::new("t")));
    let late = fresh.at.plus_millis(50 * minute);
    assert_eq!(fresh.reply_until(late), Some(late.plus_millis(minute)));

    let again = parse(&fresh.json.replace("false", "true")).events.remove(0).unwrap();
    let soon = again.at.plus_millis(5 * minute);
    assert_eq!(again.reply_until(soon), Some(soon.plus_millis(minute)));
    assert_eq!(again.reply_until(late), Some(again.at.plus_millis(20 * minute)));
    assert_eq!(event("unfollow", "A", "").reply_until(soon), None);
}

#[test]
fn a_body_that_is_no_webhook_is_one_error_with_its_place() {
    for body in [
        "",
        "{",
        "[]",
        "[\"U1\",[]]",
        "[[]]",
        "null",
        "7",
        "{}",
        r#"{"events":{}}"#,
        r#"{"events":[1,]}"#,
        "{\"events\":[]}x",
    ] {
        let error = Webhook::parse(body.as_bytes()).unwrap_err();
        let WebhookError::Json { line: 1, message, .. } = &error else { panic!("{body}: {error:?}") };
        assert!(message.contains("line 1 column"), "{body}: {message}");
    }
    let broken = Webhook::parse(b"{\"destination\":\"U\",\n \"events\":[}").unwrap_err();
    assert!(matches!(broken, WebhookError::Json { line: 2, column: 12, .. }), "{broken:?}");
    assert_eq!(Webhook::parse(b"{\"a\":\"\xff\"}"), Err(WebhookError::Utf8 { at: 6 }));
    assert_eq!(Webhook::parse(br#"{"destination":null,"events":[]}"#).unwrap().events, []);
}

#[test]
fn a_body_too_much_is_refused_before_it_is_read() {
    let bytes = 10 << 20;
    assert_eq!(Webhook::parse(&vec![b'['; bytes]), Err(WebhookError::TooLong { bytes }));

    let padding = " ".repeat(MAX_WEBHOOK_BYTES - r#"{"events":[]}"#.len());
    assert_eq!(Webhook::parse(format!(r#"{{"events":[{padding}]}}"#).as_bytes()).unwrap().events, []);
    let over = format!(r#"{{"events":[{padding} ]}}"#);
    assert!(matches!(Webhook::parse(over.as_bytes()), Err(WebhookError::TooLong { .. })));

    let zeros = |events: usize| format!(r#"{{"events":[{}]}}"#, vec!["0"; events].join(","));
    assert_eq!(Webhook::parse(zeros(MAX_WEBHOOK_EVENTS).as_bytes()).unwrap().events.len(), MAX_WEBHOOK_EVENTS);
    let events = MAX_WEBHOOK_EVENTS + 1;
    assert_eq!(Webhook::parse(zeros(events).as_bytes()), Err(WebhookError::TooMany { events }));
}

#[test]
fn depth_of_ten_thousand_costs_one_event_at_most() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let objects = format!("{}1{}", r#"{"a":"#.repeat(10_000), "}".repeat(10_000));
    assert!(matches!(Webhook::parse(deep.as_bytes()), Err(WebhookError::Json { .. })));
    for deep in [deep, objects] {
        let good = unfollow("A");
        let field = format!(r#"{{"type":"leave","timestamp":1,"new":{deep}}}"#);
        let message = format!(r#"{{"type":"message","timestamp":1,"message":{deep}}}"#);
        let webhook = parse(&format!("{good},{deep},{message},{field},{good}"));
        let read: Vec<bool> = webhook.events.iter().map(Result::is_ok).collect();
        assert_eq!(read, [true, false, false, true, true]);
    }
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Webhook::parse(&bytes);
    }

    #[test]
    fn a_broken_body_never_panics_and_a_read_one_loses_nothing(
        cut in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let text = event("message", "A", r#""message":{"type":"text","id":"1","text":"hi"}"#).json;
        let mut body = format!(r#"{{"destination":"U1","events":[{text},{text}]}}"#).into_bytes();
        let place = cut.index(body.len());
        body[place] = byte;
        if let Ok(webhook) = Webhook::parse(&body) {
            if let Ok(json) = serde_json::from_slice::<serde_json::Value>(&body) {
                prop_assert_eq!(Some(webhook.events.len()), json["events"].as_array().map(Vec::len));
            }
            prop_assert_eq!(webhook.readings().count(), webhook.events.len());
        }
        let _ = Webhook::parse(&body[..place]);
    }

    #[test]
    fn whatever_stands_between_two_events_they_are_read(middle in json_value()) {
        let good = unfollow("A");
        let webhook = parse(&format!("{good},{middle},{good}"));
        prop_assert_eq!(webhook.events.len(), 3);
        prop_assert!(webhook.events[0].is_ok() && webhook.events[2].is_ok());
    }
}

fn json_value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<i64>().prop_map(|n| n.to_string()),
        prop_oneof![Just("message"), Just("text"), Just("follow"), Just("user")].prop_map(|word| format!("{word:?}")),
    ];
    let key = prop_oneof![Just("type"), Just("timestamp"), Just("message"), Just("follow"), Just("source"), Just("id")];
    leaf.prop_recursive(4, 32, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec((key.clone(), inner), 0..5).prop_map(|pairs| {
                let pairs: Vec<_> = pairs.iter().map(|(key, value)| format!("{key:?}:{value}")).collect();
                format!("{{{}}}", pairs.join(","))
            }),
        ]
    })
}

fn unfollow(id: &str) -> String {
    event("unfollow", id, "").json.into()
}

/// An event of one friend's, read from all the fields LINE sends and `fields`.
fn event(kind: &str, id: &str, fields: &str) -> WebhookEvent {
    let comma = if fields.is_empty() { "" } else { "," };
    let webhook = parse(&format!(
        r#"{{"type":"{kind}","mode":"active","timestamp":1775041200000,"webhookEventId":"{id}","deliveryContext":{{"isRedelivery":false}},"source":{{"type":"user","userId":"{USER}"}}{comma}{fields}}}"#
    ));
    assert_eq!(webhook.events.len(), 1);
    webhook.events.into_iter().next().unwrap().unwrap()
}

fn parse(events: &str) -> Webhook {
    Webhook::parse(format!(r#"{{"destination":"U1","events":[{events}]}}"#).as_bytes()).unwrap()
}

fn fact(event: &WebhookEvent) -> Event {
    match event.reading() {
        Reading::Fact(event) => event,
        other => panic!("{other:?}"),
    }
}

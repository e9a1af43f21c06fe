//! LINE's own published examples: every signature vector, every webhook body.
//!
//! The data lies beside the repository; without it these tests say so and pass.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test panics, and says when it is skipped")]

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use enishi::line::{
    ChannelSecret, EventKind, Message, MessageContent, Mode, NoFact, Reading, Source, Webhook, WebhookEvent, verify,
};
use enishi::model::{Fact, Timestamp};
use serde_json::Value;

#[test]
fn all_signature_vectors_are_judged_as_published() {
    let Some(vectors) = fixture("signature-vectors.json") else { return };
    let vectors: Vec<Value> = serde_json::from_slice(&vectors).unwrap();
    let mut judged = (0, 0);
    for vector in &vectors {
        let secret = ChannelSecret::new(text(vector, "channel_secret")).unwrap();
        let body = match vector["body_file"].as_str() {
            Some(file) => fixture(file).expect("a vector's body lies beside it"),
            None => text(vector, "body").as_bytes().to_vec(),
        };
        if let Some(len) = vector["body_len"].as_u64() {
            assert_eq!(body.len() as u64, len, "{}: the file was changed", vector["name"]);
        }
        let valid = vector["valid"].as_bool().unwrap();
        assert_eq!(verify(&secret, &body, text(vector, "signature")).is_ok(), valid, "{}", vector["name"]);
        if valid { judged.0 += 1 } else { judged.1 += 1 }
    }
    assert_eq!(judged, (8, 5), "valid and invalid vectors");
}

#[test]
fn the_python_body_is_read_kind_by_kind() {
    let Some(body) = fixture("webhook-python.json") else { return };
    let webhook = Webhook::parse(&body).unwrap();
    assert_eq!(webhook.destination.as_deref(), Some("U123"));
    let events = all_read(&webhook);

    let text = |text: &str| message("325708", MessageContent::Text { text: text.into() });
    let hello = || text("Hello, world");
    let of = |content| message("325708", content);
    let postback = || EventKind::Postback { data: "action=buyItem&itemId=123123&color=red".into() };
    let expected = [
        hello(),
        of(MessageContent::Image),
        of(MessageContent::Video),
        of(MessageContent::Audio),
        of(MessageContent::Location),
        of(MessageContent::Sticker),
        EventKind::Follow { unblocked: Some(true) },
        EventKind::Unfollow,
        EventKind::Join,
        EventKind::Leave,
        postback(),
        EventKind::Beacon,
        EventKind::Beacon,
        EventKind::AccountLink { ok: true, nonce: "Vb771wDYtXuammLszK6h9A".into() },
        hello(),
        hello(),
        postback(),
        postback(),
        postback(),
        EventKind::MemberJoined,
        EventKind::MemberLeft,
        of(MessageContent::File),
        EventKind::Unsend { message: "325708".into() },
        EventKind::VideoPlayComplete { tracking_id: "track_id".into() },
        message("354718705033693861", MessageContent::Image),
        hello(),
        EventKind::MessageEdited(Message {
            id: "325708".into(),
            content: MessageContent::Text { text: "Hello, edited world".into() },
        }),
        EventKind::Unknown { kind: "undefined".into() },
    ];
    assert_eq!(events.len(), expected.len());
    for (i, (event, expected)) in events.iter().zip(&expected).enumerate() {
        assert_eq!(&event.kind, expected, "event {i}");
        assert_eq!(event.id.as_deref(), Some("testwebhookeventid"), "event {i}");
        assert_eq!(event.mode, Mode::Active, "event {i}");
        // The 26th and the 28th are told to be copies; the raw event holds its own kind.
        assert_eq!(event.redelivery, i == 25 || i == 27, "event {i}");
        assert!(event.json.starts_with('{') && event.json.contains(event.kind.name()), "event {i}");
        let silent = ["unfollow", "leave", "memberLeft", "unsend", "undefined"].contains(&event.kind.name());
        assert_eq!(event.reply_token.is_none(), silent, "event {i}");
    }

    let user: Box<str> = "U206d25c2ea6bd87c17655609a1c37cb8".into();
    assert_eq!(events[0].at, Timestamp::from_millis(1_462_629_479_859).unwrap());
    assert_eq!(events[0].reply_token.as_ref().unwrap().as_str(), "nHuyWiB7yP5Zw52FIkcQobQuGDXCTA");
    assert_eq!(events[0].source, Some(Source::User { user: Some(user.clone()) }));
    assert_eq!(events[1].source, Some(Source::Room { room: "Ra8dbf4673c4c812cd491258042226c99".into(), user: None }));
    assert_eq!(
        events[14].source,
        Some(Source::Group { group: "Ca56f94637cc4347f90a25382909b24b9".into(), user: Some(user) })
    );
}

#[test]
fn the_python_body_tells_its_facts_and_why_the_rest_are_none() {
    let Some(body) = fixture("webhook-python.json") else { return };
    let webhook = Webhook::parse(&body).unwrap();
    let told: Vec<String> = webhook.readings().map(short).collect();
    let expected = [
        "message Some(\"Hello, world\")",
        "in a group",
        "message None",
        "message None",
        "message None",
        "message None",
        "follow Some(true)",
        "unfollow",
        "silent join",
        "silent leave",
        "postback",
        "silent beacon",
        "silent beacon",
        "link Vb771wDYtXuammLszK6h9A",
        "in a group",
        "in a group",
        "postback",
        "postback",
        "postback",
        "silent memberJoined",
        "silent memberLeft",
        "message None",
        "silent unsend",
        "silent videoPlayComplete",
        "message None",
        "message Some(\"Hello, world\")",
        "silent messageEdited",
        "unknown undefined",
    ];
    assert_eq!(told, expected);
    for (event, reading) in all_read(&webhook).into_iter().zip(webhook.readings()) {
        if let Reading::Fact(told) = reading {
            assert_eq!(told.friend.as_str(), "line:U206d25c2ea6bd87c17655609a1c37cb8");
            assert_eq!(told.id.as_str(), "line:testwebhookeventid");
            assert_eq!(told.at, event.at);
        }
    }
}

#[test]
fn the_php_body_of_the_oldest_shape_is_read() {
    let Some(body) = fixture("sig-bodies/php-body.json") else { return };
    let webhook = Webhook::parse(&body).unwrap();
    assert_eq!(webhook.destination, None);
    let events = all_read(&webhook);
    let of = |content| message("contentid", content);
    let expected = [
        of(MessageContent::Text { text: "message".into() }),
        of(MessageContent::Image),
        of(MessageContent::Video),
        of(MessageContent::Audio),
        of(MessageContent::Location),
        of(MessageContent::Sticker),
        EventKind::Follow { unblocked: None },
        EventKind::Unfollow,
        EventKind::Join,
        EventKind::Leave,
        EventKind::Postback { data: "postback".into() },
        EventKind::Beacon,
    ];
    let kinds: Vec<&EventKind> = events.iter().map(|event| &event.kind).collect();
    assert_eq!(kinds, expected.iter().collect::<Vec<_>>());
    assert!(events.iter().all(|event| event.id.is_none() && event.mode == Mode::Active && !event.redelivery));
    assert_eq!(events[2].source, Some(Source::Room { room: "roomid".into(), user: None }));

    // `userid` is no user id, and nothing is recorded of somebody who cannot be sent to.
    let first = webhook.readings().next().unwrap();
    assert_eq!(first, Reading::Nothing(NoFact::BadUser { user: "userid".into() }));
}

#[test]
fn the_java_bodies_are_read() {
    let Some(body) = fixture("sig-bodies/java-webmvc-callback-request.json") else { return };
    let webhook = Webhook::parse(&body).unwrap();
    let events = all_read(&webhook);
    assert_eq!(events.len(), 2);
    assert_eq!(events[0].kind, message("325708", MessageContent::Text { text: "Hello, world".into() }));
    assert_eq!(events[1].kind, EventKind::Follow { unblocked: None });

    let body = fixture("sig-bodies/java-webmvc-callback-request-with-destination.json").unwrap();
    let webhook = Webhook::parse(&body).unwrap();
    assert_eq!(webhook.destination.as_deref(), Some("U11111111111111111111111111111111"));
    let events = all_read(&webhook);
    assert_eq!(events.len(), 1);
    assert_eq!(
        events[0].kind,
        message("325708", MessageContent::Text { text: "Hello, world! with destination".into() })
    );
    assert_eq!(webhook.readings().next(), Some(Reading::Nothing(NoFact::NoId)));
}

#[test]
fn the_node_and_go_bodies_are_read() {
    let Some(body) = fixture("sig-bodies/node-middleware-emoji.json") else { return };
    let webhook = Webhook::parse(&body).unwrap();
    let events = all_read(&webhook);
    assert_eq!(events.len(), 1);
    let smiles = "this is test message.😄😅😢😞😄😅😢😞";
    assert_eq!(events[0].kind, message("test_event_message_id", MessageContent::Text { text: smiles.into() }));
    assert_eq!(events[0].source, Some(Source::Group { group: "test_group_id".into(), user: None }));
    assert_eq!(events[0].id.as_deref(), Some("test_webhook_event_id"));
    assert_eq!(events[0].at, Timestamp::EPOCH);

    let body = fixture("sig-bodies/go-body.json").unwrap();
    let events_of_go = Webhook::parse(&body).unwrap();
    let events = all_read(&events_of_go);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].kind, message("325708", MessageContent::Text { text: "Hello, world".into() }));
}

/// All events of a body in which none may be malformed.
fn all_read(webhook: &Webhook) -> Vec<&WebhookEvent> {
    webhook.events.iter().map(|event| event.as_ref().unwrap()).collect()
}

fn message(id: &str, content: MessageContent) -> EventKind {
    EventKind::Message(Message { id: id.into(), content })
}

fn short(reading: Reading) -> String {
    match reading {
        Reading::Fact(event) => match event.fact {
            Fact::Follow { user, unblocked, route: None } => {
                assert_eq!(event.friend.as_str(), format!("line:{user}"));
                format!("follow {unblocked:?}")
            }
            Fact::Unfollow => "unfollow".into(),
            Fact::Message { text } => format!("message {text:?}"),
            Fact::Postback { data } => {
                assert_eq!(&*data, "action=buyItem&itemId=123123&color=red");
                "postback".into()
            }
            other => panic!("a webhook does not tell {other:?}"),
        },
        Reading::Link(link) => format!("link {}", link.nonce),
        Reading::Nothing(NoFact::InGroup) => "in a group".into(),
        Reading::Nothing(NoFact::Silent { kind }) => format!("silent {kind}"),
        Reading::Nothing(NoFact::UnknownKind { kind }) => format!("unknown {kind}"),
        Reading::Nothing(other) => panic!("{other}"),
    }
}

fn text<'a>(vector: &'a Value, field: &str) -> &'a str {
    vector[field].as_str().unwrap()
}

fn fixture(name: &str) -> Option<Vec<u8>> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/fixtures/line"));
    if !folder.is_dir() {
        let _ = writeln!(std::io::stderr(), "SKIPPED: no LINE fixtures at {}", folder.display());
        return None;
    }
    Some(fs::read(folder.join(name)).unwrap_or_else(|e| panic!("{name}: {e}")))
}

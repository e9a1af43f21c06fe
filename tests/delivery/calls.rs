//! Calls beside push and multicast, the header that belongs to those two alone, and a dry run.

use std::collections::BTreeSet;

use enishi::delivery::{HttpError, LineHttp, Recorder, Transport};
use enishi::line::{Answer, Consumption, Notification, Quota, ReplyToken, Request, SendOptions};
use enishi::model::DeliveryKey;
use line_stand_in::{Endpoint, Fault, Limits, Options};

use crate::lab::{Lab, SECOND, delivery, key, messages, user};

#[test]
fn the_retry_key_is_on_the_calls_that_take_it_and_on_no_other() {
    let mut lab = Lab::new();
    lab.post("to one", [1]);
    lab.pump();
    lab.post("to two", [2, 3]);
    lab.pump();
    reply(&lab, &lab.line.issue_reply_token(&user(1).to_string()));
    for request in [Request::quota(), Request::consumption(), Request::profile(user(1))] {
        lab.wait_on(lab.transport.ask(&request)).unwrap();
    }
    let keyed: Vec<_> = lab.line.attempts().iter().map(|one| (one.endpoint, one.retry_key.is_some())).collect();
    let expected = [
        (Endpoint::Push, true),
        (Endpoint::Multicast, true),
        (Endpoint::Reply, false),
        (Endpoint::Quota, false),
        (Endpoint::QuotaConsumption, false),
        (Endpoint::Profile, false),
    ];
    assert_eq!(keyed, expected);
    // The key of a push is the key of what it delivers.
    let push = lab.line.attempts()[0].retry_key.clone().unwrap();
    assert_eq!(push, delivery("to one", 1, lab.now()).key.to_string());
    assert!(push.parse::<DeliveryKey>().is_ok());
}

#[test]
fn a_reply_is_taken_once_within_its_minute_and_never_becomes_a_push() {
    let lab = Lab::new();
    let token = lab.line.issue_reply_token(&user(1).to_string());
    assert!(reply(&lab, &token).is_success());
    assert!(matches!(reply(&lab, &token), Answer::Invalid { status: 400, .. }));
    let token = lab.line.issue_reply_token(&user(1).to_string());
    lab.clock.advance(61 * SECOND);
    let Answer::Invalid { status: 400, message, .. } = reply(&lab, &token) else { panic!() };
    assert_eq!(message.as_deref(), Some("Invalid reply token"));
    assert_eq!(lab.line.inbox(&user(1).to_string()).len(), 1);
    assert!(lab.line.attempts().iter().all(|one| one.endpoint == Endpoint::Reply));
}

#[test]
fn quota_and_consumption_are_read() {
    let limits = Limits { monthly: Some(200), ..Limits::default() };
    let mut lab = Lab::with(Options { limits, ..Options::default() });
    lab.post("to three", 1..=3);
    lab.pump_to_the_end();
    let body = lab.wait_on(lab.transport.ask(&Request::quota())).unwrap();
    assert_eq!(Quota::parse(&body).unwrap(), Quota { limit: Some(200) });
    let body = lab.wait_on(lab.transport.ask(&Request::consumption())).unwrap();
    assert_eq!(Consumption::parse(&body).unwrap(), Consumption { used: 3 });
    lab.line.inject(Fault::Forbidden, None, 1);
    assert_eq!(lab.wait_on(lab.transport.ask(&Request::quota())), Err(Answer::Forbidden));
}

#[test]
fn nobody_listening_is_no_answer() {
    let lab = Lab::new();
    let nowhere = LineHttp::new("token").unwrap().at("http://127.0.0.1:9/");
    let push = Request::push(user(1), &messages("hello"), key("hello"), &SendOptions::default());
    assert_eq!(lab.wait_on(nowhere.send(&push)), Answer::NoAnswer { why: "no connection".into() });
}

#[test]
fn a_token_is_checked_and_never_shown() {
    for token in ["", "two words", "line\nbreak", "全角"] {
        assert!(matches!(LineHttp::new(token), Err(HttpError::Token)), "{token:?}");
    }
    assert!(!format!("{:?}", LineHttp::new("secret").unwrap()).contains("secret"));
}

#[test]
fn a_dry_run_shows_what_would_leave_to_the_byte() {
    let (dry, mut wet) = (Recorder::new(), Lab::new());
    let mut lab = Lab::new();
    for lab in [&mut lab, &mut wet] {
        lab.post("to one", [1]);
        lab.post("to many", 1..=600);
    }
    lab.pump_to_the_end_by(&dry);
    wet.pump_to_the_end();
    assert!(lab.line.attempts().is_empty(), "a dry run sends nothing");
    let recorded = dry.requests();
    let recorded: BTreeSet<_> =
        recorded.iter().map(|one| (one.path().to_owned(), one.retry_key().map(|key| key.to_string()))).collect();
    let path = |endpoint| match endpoint {
        Endpoint::Push => "/v2/bot/message/push".to_owned(),
        _ => "/v2/bot/message/multicast".to_owned(),
    };
    let sent: BTreeSet<_> = wet.line.attempts().into_iter().map(|one| (path(one.endpoint), one.retry_key)).collect();
    assert_eq!(recorded, sent);
    assert_eq!((dry.requests().len(), wet.line.attempts().len()), (3, 3));
    let body = dry.requests()[0].body().unwrap().to_vec();
    let text = format!(r#"{{"to":"{}","messages":[{{"text":"to one","type":"text"}}]}}"#, user(1));
    assert_eq!(String::from_utf8(body).unwrap(), text);
}

fn reply(lab: &Lab, token: &str) -> Answer {
    let token = ReplyToken::new(token);
    lab.wait_on(lab.transport.send(&Request::reply(&token, &messages("an answer"), Notification::On)))
}

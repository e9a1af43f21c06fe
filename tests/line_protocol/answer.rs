//! What an answer means.

use enishi::line::{Answer, Consumption, Endpoint, HttpResponse, Messages, Quota, RequestId};
use proptest::prelude::*;

const HEADERS: [(&str, &str); 3] =
    [("Date", "today"), ("X-LINE-Request-Id", "this"), ("x-line-Accepted-request-ID", "first")];

#[test]
fn x06_409_is_a_success_with_the_id_of_the_first() {
    let body = br#"{"message":"The retry key is already accepted"}"#;
    for endpoint in [Endpoint::Push, Endpoint::Multicast] {
        let answer = Answer::judge(endpoint, HttpResponse::new(409, HEADERS, body));
        assert_eq!(answer, Answer::AlreadyAccepted { request_id: RequestId::new("first") });
        assert!(answer.is_success() && !answer.is_retryable() && !answer.pauses_channel());
    }
    assert_eq!(judge(409, b""), Answer::AlreadyAccepted { request_id: None });
    // A call without a key has nothing that could be accepted already.
    let reply = Answer::judge(Endpoint::Reply, HttpResponse::new(409, HEADERS, body));
    assert!(matches!(reply, Answer::Invalid { status: 409, .. }));
}

#[test]
fn accepted_keeps_the_request_id() {
    for status in [200, 202, 299] {
        let answer = Answer::judge(Endpoint::Push, HttpResponse::new(status, HEADERS, b"{}"));
        assert_eq!(answer, Answer::Accepted { request_id: RequestId::new("this") });
        assert!(answer.is_success() && !answer.is_retryable() && !answer.pauses_channel());
    }
    for odd in ["", "a b", "縁", &"x".repeat(101)] {
        assert_eq!(RequestId::new(odd), None, "{odd:?}");
    }
}

#[test]
fn x07_the_monthly_limit_is_no_rate_limit() {
    for body in [
        r#"{"message":"You have reached your monthly limit."}"#,
        r#"{"message":"Your MONTHLY message allowance is used up","details":[]}"#,
        r#"{"message":"quota exceeded"}"#,
    ] {
        let answer = judge(429, body.as_bytes());
        assert_eq!(answer, Answer::QuotaReached, "{body}");
        assert!(!answer.is_success() && !answer.is_retryable() && answer.pauses_channel());
    }
    let rate = judge(429, br#"{"message":"The API rate limit has been exceeded. Try again later."}"#);
    assert_eq!(rate, Answer::RateLimited { certain: true });
    assert!(rate.is_retryable() && !rate.pauses_channel());
    for body in ["", "<html>", r#"{"message":null}"#, r#"{"message":"Slow down"}"#] {
        assert_eq!(judge(429, body.as_bytes()), Answer::RateLimited { certain: false }, "{body}");
    }
    // Asking for the quota cannot use it up.
    let quota = HttpResponse::new(429, [], br#"{"message":"monthly"}"#);
    assert_eq!(Answer::judge(Endpoint::Quota, quota), Answer::RateLimited { certain: true });
}

#[test]
fn x08_bad_recipients_are_found_wherever_they_are_named() {
    let top = br#"{"message":"The property, to[1], in the request body is invalid (line: -, column: -)"}"#;
    assert_eq!(bad(Endpoint::Multicast, top), [1]);
    let details = br#"{"message":"The request body has 3 error(s)","details":[
        {"message":"invalid","property":"to[499]"},{"property":"to[3]"},{"message":"`to[3]` is wrong"},{"property":"to[500]"},
        {"property":"auto[7]"},{"property":"to[x]"},{"property":"to["},{"property":7},8,null,{"property":"messages[0].to[9]"}]}"#;
    assert_eq!(bad(Endpoint::Multicast, details), [3, 499]);
    assert!(bad(Endpoint::Push, top).is_empty(), "a push has no list");
    assert!(bad(Endpoint::Multicast, br#"{"details":{"to[1]":1}}"#).is_empty());
}

#[test]
fn each_other_status_has_its_meaning() {
    for status in [400, 404, 410, 413, 415, 418, 422, 499] {
        let answer = judge(status, br#"{"message":"Not found"}"#);
        let bad_recipients = vec![];
        assert_eq!(answer, Answer::Invalid { status, message: Some("Not found".into()), bad_recipients });
        assert!(!answer.is_success() && !answer.is_retryable() && !answer.pauses_channel());
    }
    for (status, meaning) in [(401, Answer::Unauthorized), (403, Answer::Forbidden)] {
        assert_eq!(judge(status, b"{}"), meaning);
        assert!(!meaning.is_success() && !meaning.is_retryable() && meaning.pauses_channel());
    }
    for status in [500, 502, 503, 599] {
        assert_eq!(judge(status, b"{}"), Answer::ServerError { status });
    }
    for status in [0, 100, 301, 304, 408, 600, u16::MAX] {
        assert_eq!(judge(status, b"{}"), Answer::Unexpected { status });
    }
    for unknown in [judge(500, b""), judge(302, b""), Answer::NoAnswer { why: "timed out".into() }] {
        assert!(unknown.is_retryable() && !unknown.is_success() && !unknown.pauses_channel());
    }
}

#[test]
fn an_error_body_may_be_anything() {
    let null = br#"{"message":null,"key":null,"stacktrace":null,"code":null}"#;
    let deep = format!(r#"{{"message":{}1{}}}"#, "[".repeat(10_000), "]".repeat(10_000));
    let long = format!(r#"{{"message":"{}"}}"#, "x".repeat(10 << 20));
    for body in [&null[..], b"", b"\xff\xfe", b"[]", b"7", deep.as_bytes(), long.as_bytes()] {
        let nothing = Answer::Invalid { status: 400, message: None, bad_recipients: vec![] };
        assert_eq!(Answer::judge(Endpoint::Multicast, HttpResponse::new(400, [], body)), nothing);
    }
}

#[test]
fn quota_and_consumption_are_read() {
    assert_eq!(Quota::parse(br#"{"type":"limited","value":1000,"new":1}"#).unwrap().limit, Some(1000));
    assert_eq!(Quota::parse(br#"{"type":"none"}"#).unwrap().limit, None);
    assert_eq!(Consumption::parse(br#"{"totalUsage":500}"#).unwrap().used, 500);
    for body in ["", "{}", "[\"none\",1]", r#"{"type":"limited"}"#, r#"{"type":"limited","value":-1}"#] {
        assert!(Quota::parse(body.as_bytes()).is_err(), "{body}");
        assert!(Consumption::parse(body.as_bytes()).is_err(), "{body}");
    }
}

proptest! {
    #[test]
    fn any_answer_is_judged(status in 0..700_u16, body in prop::collection::vec(any::<u8>(), 0..200)) {
        let answer = judge(status, &body);
        prop_assert!(!(answer.is_success() && answer.is_retryable()));
        prop_assert!(!(answer.pauses_channel() && (answer.is_success() || answer.is_retryable())));
        prop_assert_eq!(answer.is_success(), (200..300).contains(&status) || status == 409);
        let _ = (Quota::parse(&body), Consumption::parse(&body), std::str::from_utf8(&body).map(Messages::new));
    }

    #[test]
    fn any_words_name_places_or_none(words in "(to\\[|[0-9]{1,30}|\\]|縁|\\.| ){0,12}") {
        let body = serde_json::json!({ "message": words }).to_string();
        prop_assert!(bad(Endpoint::Multicast, body.as_bytes()).iter().all(|place| *place < 500));
    }
}

fn judge(status: u16, body: &[u8]) -> Answer {
    Answer::judge(Endpoint::Push, HttpResponse::new(status, [], body))
}

fn bad(endpoint: Endpoint, body: &[u8]) -> Vec<usize> {
    match Answer::judge(endpoint, HttpResponse::new(400, [], body)) {
        Answer::Invalid { bad_recipients, .. } => bad_recipients,
        other => panic!("{other:?}"),
    }
}

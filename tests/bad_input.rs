//! Bad input costs one error, with its place, and neither the process nor much time (law 9).

#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::fmt::Write;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use enishi::coupon::Code;
use enishi::engine::{Engine, RestoreError, SNAPSHOT_VERSION};
use enishi::model::{Currency, Event, EventError, FriendKey, NameError, Span, Timestamp};
use enishi::playbook::{Diagnostics, Playbook};
use enishi::scenario::Wait;
use enishi::segment::{Expr, MAX_ATOMS};
use proptest::prelude::*;
use support::lab::{Lab, at, event, keys, playbook};

const SHOP: &str = "[shop]\nname = 'x'\nzone = 'Asia/Tokyo'\ncurrency = 'JPY'\n";
const MEGABYTES: usize = 10 << 20;

/// Runs on the stack a host's thread has, and fails when it takes much longer than it should.
fn bounded<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    let began = Instant::now();
    let result = thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().expect("no panic");
    // Builds for tests are not optimised; what this catches is what grows without bound.
    assert!(began.elapsed() < Duration::from_secs(20), "took {:?}", began.elapsed());
    result
}

fn faults(text: String) -> Diagnostics {
    bounded(move || Playbook::read(&text).map(drop).expect_err("it has faults"))
}

// Expressions.

#[test]
fn an_expression_of_ten_megabytes() {
    let error = bounded(|| Expr::parse(&"order or ".repeat(MEGABYTES / 9)).unwrap_err());
    assert_eq!((error.at, error.column), (0, 1));
    assert!(error.message.contains("at most 65536"), "{error}");
}

#[test]
fn an_expression_ten_thousand_deep_in_text() {
    for deep in [
        format!("{}order{}", "(".repeat(10_000), ")".repeat(10_000)),
        format!("{}order", "not ".repeat(10_000)),
        format!("{}order", "( not ".repeat(10_000)),
        "(".repeat(60_000),
    ] {
        let error = bounded(move || Expr::parse(&deep).unwrap_err());
        assert!(error.message.contains("nested more than 64 deep"), "{error}");
        assert!(error.column > 64, "the place is where it became too deep: {error}");
    }
}

#[test]
fn an_expression_ten_thousand_deep_in_json() {
    for (open, close) in [("{\"not\":", "}"), ("{\"and\":[", "]}")] {
        let json = format!("{}{{\"tag\":\"VIP\"}}{}", open.repeat(10_000), close.repeat(10_000));
        let text = json.clone();
        assert!(bounded(move || serde_json::from_str::<serde_json::Value>(&text).is_err()), "serde_json has a limit");
        let playbook = format!(
            "{{\"shop\":{{\"name\":\"x\",\"zone\":\"Asia/Tokyo\",\"currency\":\"JPY\"}},\"segments\":{{\"s\":{json}}}}}"
        );
        let faults = faults(playbook);
        assert_eq!(faults.len(), 1);
        assert!(faults[0].message.contains("deep"), "{faults}");
        assert!(faults[0].column > 70, "{faults}");
    }
    // As deep as serde_json reads, and deeper than expressions go.
    let mut json = serde_json::json!({ "tag": "VIP" });
    (0..120).for_each(|_| json = serde_json::json!({ "not": json }));
    let error = bounded(move || Expr::from_json(&json).unwrap_err());
    assert!(error.message.contains("nested more than 64 deep"), "{error}");
}

#[test]
fn the_deepest_expression_that_is_read_survives_everything_that_is_done_with_it() {
    let text = format!("{}order{}", "not (order and ".repeat(32), ")".repeat(32));
    let text = bounded(move || {
        let expr = Expr::parse(&text).unwrap().expr;
        assert_eq!(expr.depth(), 64);
        assert_eq!(Expr::from_json(&expr.to_json()).unwrap(), expr);
        assert_eq!(Expr::parse(&expr.to_string()).unwrap().expr, expr);
        text
    });
    let faults = faults(format!("{SHOP}[segments]\ns = \"not (order and {text})\""));
    assert!(faults[0].message.contains("nested more than 64 deep"), "{faults}");
}

#[test]
fn expressions_of_other_nonsense() {
    for (text, column, message) in [
        ("", 1, "a condition is missing here"),
        ("orders.count >= ", 17, "a whole number from 0 is needed here"),
        ("orders.count >= -1", 17, "a whole number from 0 is needed here"),
        ("orders.count >= 99999999999999999999", 17, "no number, share, span or date"),
        ("order within 99999999d", 14, "no number, share, span or date"),
        ("order since 0000-01-01", 13, "no number, share, span or date"),
        ("first order since 9999-01-01", 19, "no number, share, span or date"),
        ("tag 'VIP", 5, "this quote is not closed"),
        ("tag ''", 5, "a name may not be empty"),
        ("tag '\u{7}'", 5, "control characters"),
        ("tag 'a' and", 12, "a condition is missing here"),
        ("tag 'a' tag 'b'", 9, "the condition before is complete"),
        ("(tag 'a'", 9, "a closing bracket is missing here"),
        ("tag 'a')", 8, "this bracket was never opened"),
        ("興味 % 3", 4, "`%` has no meaning here"),
        ("tag '興味' or 興味", 15, "a comparison is missing here"),
        ("order between 30d and 90d ago", 23, "the farther end comes first"),
    ] {
        let error = Expr::parse(text).expect_err(text);
        assert!(error.message.contains(message), "{text}: {error}");
        assert_eq!(error.column, column, "{text}: {error}");
    }
}

#[test]
fn expressions_of_one_endless_word_number_or_quote() {
    let began = Instant::now();
    for (text, message) in [
        (format!("score >= {}", "9".repeat(60_000)), "is no number, share, span or date"),
        (format!("score >= 1{}", "円".repeat(20_000)), "is no number, share, span or date"),
        (format!("score >= 1{}", ",000".repeat(15_000)), "is no number, share, span or date"),
        (format!("score in (1{})", ",0".repeat(30_000)), "a list has at most 1000 values"),
        (format!("score >= {}1", "-".repeat(60_000)), "is no number, share, span or date"),
        (format!("order within {}", "1d".repeat(30_000)), "is no number, share, span or date"),
        ("あ".repeat(20_000), "a name has at most"),
        (format!("tag '{}", "あ".repeat(20_000)), "this quote is not closed"),
        (format!("tag '{}'", "あ".repeat(20_000)), "a name has at most"),
        (format!("tag {}", "'".repeat(60_001)), "this quote is not closed"),
        ("=".repeat(60_000), "a condition is missing here"),
        (format!("order{}", " of product 'A'".repeat(4_000)), ""),
        ("order then ".repeat(5_000), "the condition before is complete"),
    ] {
        let shown: String = text.chars().take(40).collect();
        match bounded(move || Expr::parse(&text)) {
            Ok(parsed) => assert!(message.is_empty(), "{shown}: {}", parsed.places.len()),
            Err(error) => {
                assert!(!message.is_empty() && error.message.contains(message), "{shown}: {error}");
                assert!(error.to_string().len() < 500, "{shown}: what is said stays short");
            }
        }
    }
    assert!(began.elapsed() < Duration::from_secs(5), "reading is linear: took {:?}", began.elapsed());
}

// Playbooks.

#[test]
fn a_playbook_of_ten_megabytes() {
    let faults = faults(format!("{SHOP}{}", "# a comment\n".repeat(MEGABYTES / 12)));
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].code.as_str(), "E11");
    assert!(faults[0].message.contains("at most 4194304"), "{faults}");
}

#[test]
fn playbooks_of_a_megabyte_of_nonsense() {
    for nonsense in ["[", "a", "{", "\"", "=", "\n", "[a]\n", "a=1\n", "a.", "'", "\u{0}", "縁", "a={", "[[a]]\n", "1,"]
    {
        let text = nonsense.repeat((1 << 20) / nonsense.len());
        assert!(!faults(text).is_empty(), "{nonsense:?}");
    }
    for nonsense in ["{", "{\"a\":", "[", "{\"a\":1,", "1,", "\"", "{\"a\":["] {
        let text = format!("{{\"shop\":{}", nonsense.repeat((1 << 20) / nonsense.len()));
        assert!(!faults(text).is_empty(), "{nonsense:?}");
    }
}

#[test]
fn a_playbook_ten_thousand_deep() {
    let inline = format!("{SHOP}[messages.a]\nline = {}{}", "[".repeat(10_000), "]".repeat(10_000));
    let tables = format!("{SHOP}[messages.a]\nline = {}1{}", "{a=".repeat(10_000), "}".repeat(10_000));
    let dotted = format!("{SHOP}[{}]", vec!["a"; 10_000].join("."));
    let json = format!("{{\"shop\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    for text in [inline, tables, dotted, json] {
        let shown: String = text.chars().take(120).collect();
        let faults = faults(text);
        assert!(!faults.is_empty() && faults[0].line >= 1, "{shown}");
    }
}

#[test]
fn a_hundred_thousand_unknown_names() {
    let mut text = format!("{SHOP}[segments]\n");
    (0..100_000).for_each(|i| writeln!(text, "s{i} = \"tag '無{i}'\"").unwrap());
    let faults = faults(text);
    assert_eq!(faults.len(), 1001, "a thousand faults, and one that says there are more");
    assert_eq!(faults[1000].message, "more faults than are listed");
    assert_eq!((faults[0].path.as_str(), faults[0].line, faults[0].column), ("segments.s0", 6, 7));
}

#[test]
fn a_hundred_thousand_unknown_keys() {
    let mut text = String::from(SHOP);
    (0..100_000).for_each(|i| writeln!(text, "k{i} = 1").unwrap());
    assert_eq!(faults(text).len(), 1001);
}

#[test]
fn many_names_that_are_known() {
    let names: Vec<String> = (0..40_000).map(|i| format!("\"t{i}\"")).collect();
    let mut text = format!("tags = [{}]\n{SHOP}[segments]\n", names.join(","));
    (0..40_000).for_each(|i| writeln!(text, "s{i} = \"tag 't{i}'\"").unwrap());
    let known = bounded(move || Playbook::read(&text).unwrap().segments().len());
    assert_eq!(known, 40_000);
}

#[test]
fn segments_in_circles() {
    let circle =
        faults(format!("{SHOP}[segments]\na = \"segment 'b'\"\nb = \"segment 'c'\"\nc = \"order and segment 'a'\""));
    assert_eq!(circle.len(), 1);
    assert_eq!((circle[0].code.as_str(), circle[0].line), ("E08", 8));
    assert_eq!(circle[0].message, "the segment refers to itself: c → a → b → c");
    let itself = faults(format!("{SHOP}[segments]\na = \"segment 'a'\""));
    assert_eq!(itself[0].message, "the segment refers to itself: a → a");
    // Who only leads into a circle has no fault; two circles are two faults.
    let two = faults(format!(
        "{SHOP}[segments]\na = \"segment 'b'\"\nb = \"segment 'b'\"\nc = \"segment 'd' or segment 'a'\"\nd = \"segment 'c'\""
    ));
    assert_eq!(two.iter().map(|fault| fault.line).collect::<Vec<_>>(), [7, 9]);
}

#[test]
fn a_chain_of_ten_thousand_segments() {
    for last in ["order", "segment 's9999'"] {
        let mut text = format!("{SHOP}[segments]\ns0 = \"{last}\"\n");
        (1..10_000).for_each(|i| writeln!(text, "s{i} = \"segment 's{}'\"", i - 1).unwrap());
        let faults = faults(text);
        let (code, message) = (faults[0].code.as_str(), &faults[0].message);
        match last {
            "order" => assert!(code == "E11" && message.contains("256 levels"), "{message}"),
            _ => assert!(code == "E08" && message.contains("→ … →") && message.len() < 200, "{message}"),
        }
    }
}

#[test]
fn the_longest_chain_a_playbook_can_hold() {
    // Every reference leads to a segment further down, which is the worst case for going round by round.
    let mut text = format!("{SHOP}[segments]\n");
    let count = 150_000;
    (0..count).for_each(|i| writeln!(text, "s{i:06} = \"segment 's{:06}'\"", i + 1).unwrap());
    writeln!(text, "s{count:06} = 'order'").unwrap();
    text.truncate(4 << 20);
    let text = text[..text.rfind('\n').unwrap()].to_owned();
    assert!(!faults(text).is_empty());
}

#[test]
fn segments_that_double_each_other() {
    let mut text = format!("{SHOP}[segments]\ns0 = 'order and no order'\n");
    (1..60).for_each(|i| writeln!(text, "s{i} = \"segment 's{0}' and segment 's{0}'\"", i - 1).unwrap());
    let faults = faults(text);
    assert_eq!((faults[0].code.as_str(), faults[0].path.as_str()), ("E11", "segments.s12"));
    assert!(faults[0].message.contains(&MAX_ATOMS.to_string()), "{faults}");
}

#[test]
fn a_name_of_ten_megabytes() {
    let long = "縁".repeat(MEGABYTES / 3);
    assert_eq!(FriendKey::new(&long), Err(NameError::TooLong));
    assert!(long.parse::<Span>().is_err());
    assert!(long.parse::<Timestamp>().is_err());
    assert!(long.parse::<Wait>().is_err());
    assert!(long.parse::<Code>().is_err());
    assert!(Currency::JPY.parse(&"9".repeat(MEGABYTES)).is_err());
    let half = &long[..3 << 20];
    let faults = faults(format!("{SHOP}[messages]\n\"{half}\" = 1"));
    assert!(faults.to_string().len() < 10_000, "a fault does not repeat what is too long");
}

#[test]
fn playbooks_that_are_not_utf8_or_have_the_wrong_shape() {
    let error = Playbook::read_bytes(b"[shop]\nname = '\xff'").unwrap_err();
    assert_eq!((error[0].code.as_str(), error[0].line, error[0].column), ("E01", 2, 9));
    for text in ["", "{}", "[]", "null", "shop = 1", "{\"shop\":null}", "segments = 3", "shop = [[]]", "\u{feff}{}"] {
        assert!(!Playbook::read(text).unwrap_err().is_empty(), "{text:?}");
    }
}

// Events.

#[test]
fn an_event_of_ten_megabytes() {
    let json = event(
        "e1",
        "hana",
        "2026-04-01T12:00:00+09:00",
        &format!("\"type\":\"view\",\"product\":\"{}\"", "x".repeat(MEGABYTES)),
    );
    let error = bounded(move || Event::from_json(json.as_bytes(), Currency::JPY).unwrap_err());
    assert!(matches!(error, EventError::TooLong { bytes } if bytes > MEGABYTES));
}

#[test]
fn events_of_nonsense() {
    let yen = |fact: &str| {
        let json = event("e1", "hana", "2026-04-01T12:00:00+09:00", fact);
        Event::from_json(json.as_bytes(), Currency::JPY).expect_err(fact).to_string()
    };
    for (fact, told) in [
        (r#""type":"follow","user":"U4af4980629000000000000000000abcd","unbloked":true"#, "unbloked"),
        (r#""type":"follow","user":"hana""#, "a LINE user id is"),
        (r#""type":"folow""#, "folow"),
        (r#""typ":"follow""#, "type"),
        (r#""type":"order_placed","order":"1","total":"-1""#, "total must be zero or more"),
        (r#""type":"order_placed","order":"1","total":"4080.50""#, "total: the currency has 0 digits"),
        (r#""type":"order_placed","order":"1","total":4080.5"#, "exact decimal"),
        (r#""type":"order_placed","order":"1","total":1e400"#, "number out of range"),
        (r#""type":"order_placed","order":"1","total":99999999999999999999999"#, ""),
        (r#""type":"order_placed","order":"1","total":"99999999999999999999999""#, "too many digits"),
        (r#""type":"order_placed","order":1,"total":"1""#, "invalid type: integer"),
        (r#""type":"order_placed","order":"1","total":"1","total":"2""#, "duplicate field `total`"),
        (r#""type":"order_placed","order":"1","total":"1","lines":[{"sku":"a","quantity":-1,"unit_price":"1"}]"#, "-1"),
        (r#""type":"order_refunded","order":"1","amount":"0""#, "amount must be above zero"),
        (r#""type":"order_shipped","order":"""#, "a name may not be empty"),
        (r#""type":"order_shipped","order":" 1""#, "may not begin or end with a space"),
        (r#""type":"tag","tag":"\u0000""#, "control characters"),
        (
            r#""type":"profile","attributes":{"a":1.5}"#,
            "a value is true, false, a whole number, a string or a list of strings",
        ),
        (r#""type":"profile","attributes":{"a":[1]}"#, "a value is"),
        (r#""type":"message","text":5"#, "invalid type: integer"),
    ] {
        let error = yen(fact);
        assert!(error.contains(told), "{fact}: {error}");
        assert!(error.len() < 500, "{error}");
    }
    for (at, told) in [
        ("1899-12-31T23:59:59Z", "outside the years 1900 to 9998"),
        ("9999-01-01T00:00:00Z", "outside the years 1900 to 9998"),
        ("2026-04-01T12:00:00", "not an instant"),
        ("2026-02-30T12:00:00Z", "not an instant"),
        ("+262143-01-01T00:00:00Z", "not an instant"),
    ] {
        let json = event("e1", "hana", at, "\"type\":\"unfollow\"");
        let error = Event::from_json(json.as_bytes(), Currency::JPY).unwrap_err().to_string();
        assert!(error.contains(told), "{at}: {error}");
    }
}

#[test]
fn events_that_are_deep_broken_or_not_text() {
    let deep = |open: &str, close: &str| {
        let (open, close) = (open.repeat(10_000), close.repeat(10_000));
        event("e1", "hana", "2026-04-01T12:00:00Z", &format!("\"type\":\"view\",\"product\":{open}1{close}"))
    };
    for json in [deep("[", "]"), deep("{\"a\":", "}"), deep("[", ""), "[".repeat(1 << 20), "{".into(), String::new()] {
        let error = bounded(move || Event::from_json(json.as_bytes(), Currency::JPY).unwrap_err());
        assert!(matches!(error, EventError::Json { line: 1, .. }), "{error}");
    }
    let mut json = event("e1", "hana", "2026-04-01T12:00:00Z", "\"type\":\"unfollow\"").into_bytes();
    json[8] = 0xff;
    assert!(matches!(Event::from_json(&json, Currency::JPY), Err(EventError::Utf8 { at: 8 })));
}

#[test]
fn every_amount_that_is_read_can_be_written() {
    let cents: Currency = "USD".parse().unwrap();
    for digits in 1..=18 {
        for total in [
            format!("{}.5", "9".repeat(digits)),
            "9".repeat(digits),
            "1".repeat(digits),
            format!("{}.25", "1".repeat(digits)),
        ] {
            let json = event(
                "e1",
                "hana",
                "2026-04-01T12:00:00Z",
                &format!("\"type\":\"order_placed\",\"order\":\"1\",\"total\":\"{total}\""),
            );
            if let Ok(event) = Event::from_json(json.as_bytes(), cents) {
                assert_eq!(Event::from_json(event.to_json(cents).as_bytes(), cents).unwrap(), event, "{total}");
            }
        }
    }
}

#[test]
fn a_refused_event_leaves_the_engine_as_it_was() {
    let mut lab = Lab::new(
        "channels = ['email']\n[attributes]\nmemo = 'text'\nlikes = 'list'\n[events.seminar]\nplace = 'text'\n[orders]\nproperties = { payment = 'text' }",
    );
    lab.tell("2026-04-01T12:00:00+09:00", "hana", r#""type":"order_placed","order":"1","total":"10""#);
    let before = lab.engine.snapshot();
    let long = "x".repeat(1001);
    let texts = |most: usize| (0..=most).map(|n| format!("\"{n}\"")).collect::<Vec<_>>().join(",");
    let lines = vec![r#"{"sku":"a","quantity":1,"unit_price":"1"}"#; 1001].join(",");
    for fact in [
        r#""type":"custom","name":"nobody declared me""#.to_owned(),
        r#""type":"custom","name":"seminar","properties":{"nobody":"x"}"#.to_owned(),
        r#""type":"custom","name":"seminar","properties":{"place":["x"]}"#.to_owned(),
        format!(r#""type":"custom","name":"seminar","properties":{{"place":"{long}"}}"#),
        r#""type":"order_placed","order":"2","total":"1","properties":{"nobody":"x"}"#.to_owned(),
        r#""type":"reachable","channel":"fax","reachable":true"#.to_owned(),
        format!(r#""type":"profile","attributes":{{"memo":"{long}"}}"#),
        format!(r#""type":"profile","attributes":{{"likes":["{long}"]}}"#),
        format!(r#""type":"profile","attributes":{{"likes":[{}]}}"#, texts(100)),
        format!(r#""type":"view","product":"{long}""#),
        format!(r#""type":"view","product":"a","categories":["{long}"]"#),
        format!(r#""type":"view","product":"a","categories":[{}]"#, texts(20)),
        format!(r#""type":"click","link":"{long}""#),
        format!(r#""type":"postback","data":"{long}""#),
        format!(r#""type":"cart","lines":[{lines}]"#),
        format!(r#""type":"order_placed","order":"2","total":"1","lines":[{lines}]"#),
        format!(r#""type":"cart","lines":[{{"sku":"a","quantity":1,"unit_price":"1","categories":[{}]}}]"#, texts(20)),
        r#""type":"tag","tag":"nobody declared me""#.to_owned(),
        r#""type":"profile","attributes":{"nobody":1}"#.to_owned(),
        r#""type":"coupon_redeemed","coupon":"none","code":"x","order":"1""#.to_owned(),
        format!(r#""type":"cart","lines":[{{"sku":"{long}","quantity":1,"unit_price":"1"}}]"#),
        format!(r#""type":"order_placed","order":"2","total":"1","lines":[{{"sku":"{long}","quantity":1,"unit_price":"1"}}]"#),
        r#""type":"cart","lines":[{"sku":"a","quantity":4000000000,"unit_price":"999999999999999999"}]"#.to_owned(),
        r#""type":"order_placed","order":"2","total":"1","lines":[{"sku":"a","quantity":4000000000,"unit_price":"999999999999999999"}]"#.to_owned(),
        format!(r#""type":"follow","user":"U4af4980629000000000000000000abcd","route":"{long}""#),
    ] {
        let json = event("e9", "hana", "2026-04-01T13:00:00+09:00", &fact);
        let event = Event::from_json(json.as_bytes(), Currency::JPY).unwrap();
        lab.engine.record(&event, at("2026-04-01T13:00:00+09:00")).expect_err(&fact);
        assert_eq!(lab.engine.snapshot(), before, "{fact}");
    }
    let early = event("e9", "hana", "2026-04-01T11:00:00+09:00", "\"type\":\"unfollow\"");
    let event = Event::from_json(early.as_bytes(), Currency::JPY).unwrap();
    assert!(lab.engine.record(&event, at("2026-04-01T11:00:00+09:00")).is_err(), "time does not go back");
    assert!(lab.engine.advance(at("2026-04-01T11:00:00+09:00")).is_err());
    assert_eq!(lab.engine.snapshot(), before);
}

/// LINE lets a friend write 5,000 characters; that is no reason to lose the message.
#[test]
fn of_a_long_reply_the_beginning_is_kept() {
    let long = "長".repeat(5000);
    let mut lab = Lab::new(&format!(
        "[history]\nreply = 'ever'\n[scenarios.s]\non = \"message '{long}'\"\nsteps = [{{ send = 'a' }}]"
    ));
    lab.tell("2026-04-01T12:00:00+09:00", "hana", &format!(r#""type":"message","text":"{long}""#));
    let replies = lab.friend("hana").history.of(&enishi::model::Activity::Reply).to_vec();
    assert_eq!(replies[0].subject.as_deref(), Some(&*"長".repeat(1000)));
    assert!(lab.decisions()[0].ends_with("s#1 entered"), "scenarios see all of it");
}

/// A robot that clicks all day, or a host gone wild.
#[test]
fn of_too_many_deeds_the_latest_are_remembered() {
    let mut lab = Lab::new("[history]\nclick = 'ever'");
    let click = |n: usize| format!(r#""type":"click","link":"{n}""#);
    for n in 0..1100 {
        lab.tell("2026-04-01T12:00:00+09:00", "hana", &click(n));
    }
    let hana = lab.friend("hana");
    assert_eq!(hana.history.of(&enishi::model::Activity::Click).len(), enishi::model::History::KEPT);
}

// Snapshots.

#[test]
fn snapshots_that_are_none() {
    let restore = |bytes: &[u8]| Engine::restore(playbook(""), None, bytes).map(drop);
    for bytes in [&b""[..], b"{}", &[0xff; 100], b"enishi", b"enishi\0"] {
        assert_eq!(restore(bytes), Err(RestoreError::NotASnapshot));
    }
    assert_eq!(restore(br#"{"enishi_snapshot":2,"playbook":"x"}"#), Err(RestoreError::Version(2)), "JSON, once");
    let mut lab = Lab::new("");
    lab.follow("2026-04-01T12:00:00+09:00", "hana");
    let sound = lab.engine.snapshot();
    let mut other = sound.clone();
    let next = SNAPSHOT_VERSION + 1;
    other[b"enishi\0".len()..][..4].copy_from_slice(&next.to_le_bytes());
    assert_eq!(restore(&other), Err(RestoreError::Version(next)));
    // Whatever was cut off or changed is seen.
    for length in b"enishi\0----".len()..sound.len() {
        assert!(matches!(restore(&sound[..length]), Err(RestoreError::Damaged { .. })), "cut off at {length}");
    }
    for place in b"enishi\0----".len()..sound.len() {
        let mut changed = sound.clone();
        changed[place] ^= 0x40;
        assert!(matches!(restore(&changed), Err(RestoreError::Damaged { .. })), "changed at {place}");
    }
    assert_eq!(restore(&sound), Ok(()));
}

#[test]
fn the_end_of_all_time_is_reached_and_not_gone_round() {
    let rest = "[policy]\nquiet_hours = { from = '21:00', to = '10:00', then = 'shift' }\n[scenarios.s]\non = 'any follow'\nsteps = [{ wait = '36500d' }, { id = 'a', send = 'a' }]";
    bounded(move || {
        let mut lab = Lab::new(rest);
        lab.follow("9990-12-31T00:00:00Z", "hana");
        lab.engine.play_until(Timestamp::MAX).unwrap();
        lab.engine.play_until(Timestamp::MAX).unwrap();
        assert_eq!(lab.engine.next_wake(), None);
    });
}

// Anything.

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        anything(&bytes);
    }

    #[test]
    fn words_in_any_order_never_panic(words in prop::collection::vec(0..WORDS.len(), 0..60)) {
        anything(words.into_iter().map(|i| WORDS[i]).collect::<String>().as_bytes());
    }

    #[test]
    fn a_damaged_snapshot_never_panics(at in 0_usize..4000, byte in any::<u8>(), cut in any::<bool>()) {
        let mut lab = Lab::new("[coupons.c]\nbenefit = { rate = '10%' }\nvalid = { for = '1d' }\n[scenarios.s]\non = 'any follow'\nsteps = [{ id = 'a', issue = 'c', send = 'a' }, { wait = '1d' }, { id = 'b', send = 'b' }]");
        lab.follow("2026-04-01T12:00:00+09:00", "hana");
        lab.tell("2026-04-01T12:00:00+09:00", "hana", r#""type":"order_placed","order":"1","total":"10""#);
        let mut bytes = lab.engine.snapshot();
        let at = at % bytes.len();
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        if let Ok(mut engine) = Engine::restore(Arc::clone(lab.engine.playbook()), Some(keys()), &bytes) {
            let now = engine.now();
            let _ = engine.play_until(now.plus_millis(400 * 86_400_000));
            engine.snapshot();
        }
    }
}

/// Pieces of all the languages that are read.
const WORDS: &[&str] = &[
    "(",
    ")",
    "not ",
    " and ",
    " or ",
    "orders.count",
    "orders.total",
    " >= ",
    "２",
    "1d",
    " within ",
    "30d",
    "order ",
    "last order ",
    "older than ",
    "2026-01-01",
    "tag ",
    "'VIP'",
    "segment ",
    "'",
    "\"",
    "{",
    "}",
    "[",
    "]",
    "\n",
    " = ",
    ":",
    ",",
    "shop",
    "name",
    "zone",
    "Asia/Tokyo",
    "currency",
    "JPY",
    "segments",
    "messages",
    "line",
    "type",
    "text",
    "縁",
    "scenarios",
    "steps",
    "on",
    "follow",
    "\"id\":",
    "\"at\":",
    "1",
    "-",
    "0PF0-0000-080P-GPEC-GENR",
    "null",
    "true",
    ".",
    "é",
    "\u{3000}",
    "\\u0000",
    "９９９９",
];

fn anything(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(parsed) = Expr::parse(&text) {
        assert_eq!(Expr::parse(&parsed.expr.to_string()).unwrap().expr, parsed.expr);
    }
    if let Err(faults) = Playbook::read_bytes(bytes) {
        assert!(!faults.is_empty());
        let _ = (faults.to_string(), faults.to_json());
    }
    let _ = Event::from_json(bytes, Currency::JPY);
    let _ = Engine::restore(playbook(""), None, bytes);
    let _ = (text.parse::<Code>(), text.parse::<Wait>(), text.parse::<Span>(), text.parse::<Timestamp>());
    if let Ok(json) = serde_json::from_slice(bytes) {
        let _ = Expr::from_json(&json);
    }
}

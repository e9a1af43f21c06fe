//! `why`: sent, not sent, on the way, never entered.

#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use enishi::engine::{Standing, Why, why};
use serde_json::{Value as Json, json};
use support::lab::{Lab, at, playbook};

const NOON: &str = "2026-04-01T12:00:00+09:00";
const NIGHT: &str = "2026-04-01T22:00:00+09:00";
const RULES: &str = r#"
[policy]
quiet_hours = { from = "21:00", to = "09:00", then = "drop" }
[segments]
"買った人" = "orders.count >= 1"
[scenarios.hello]
on = "click"
steps = [{ id = "a", send = "a" }, { wait = "1d" }, { id = "b", send = "b" }]
[scenarios.buyers]
on = "enter segment '買った人'"
steps = [{ id = "a", send = "a" }]
[scenarios.month]
on = "day 1 at 10:00"
only = "segment '買った人'"
steps = [{ id = "a", send = "a" }]
"#;

/// Asks at `now`, by all that was decided.
fn ask(lab: &mut Lab, scenario: &str, step: Option<&str>, now: &str) -> Option<Why> {
    let log = lab.engine.take_decisions();
    why(lab.engine.playbook(), &lab.friend("hana").clone(), &log, (scenario, step), at(now))
}

fn words(why: &Why) -> Vec<&str> {
    why.decisions.iter().map(|decision| decision.reason.word()).collect()
}

#[test]
fn what_was_sent_and_what_is_on_the_way() {
    let mut lab = Lab::new(RULES);
    lab.follow(NOON, "hana");
    lab.tell(NOON, "hana", r#""type":"click","link":"x""#);
    let why = ask(&mut lab, "hello", None, NOON).unwrap();
    assert_eq!(words(&why), ["entered", "sent", "waits"]);
    let Standing::Running(runs) = &why.standing else { panic!("{why}") };
    assert_eq!((runs[0].step.as_str(), runs[0].due), ("a+1", at("2026-04-02T12:00:00+09:00")));
    assert!(why.to_string().ends_with("run 1 stands at `a+1`, which is due at 2026-04-02T03:00:00Z\n"), "{why}");
}

#[test]
fn what_was_not_sent_says_so_at_its_step() {
    let mut lab = Lab::new(RULES);
    lab.follow(NOON, "hana");
    lab.tell(NIGHT, "hana", r#""type":"click","link":"x""#);
    let why = ask(&mut lab, "hello", Some("a"), NIGHT).unwrap();
    assert_eq!(words(&why), ["entered", "quiet_dropped"], "and nothing of the other steps");
}

#[test]
fn who_never_entered_is_told_what_it_would_take() {
    let mut lab = Lab::new(RULES);
    lab.follow(NOON, "hana");
    let why = ask(&mut lab, "buyers", None, NOON).unwrap();
    let Standing::NeverEntered(never) = &why.standing else { panic!("{why}") };
    assert_eq!(never.trigger, "enter segment '買った人'");
    assert!(!never.segment.as_ref().unwrap().holds);
    let why = ask(&mut lab, "month", None, NOON).unwrap();
    let Standing::NeverEntered(never) = &why.standing else { panic!("{why}") };
    assert_eq!(never.next, Some(at("2026-05-01T10:00:00+09:00")));
    assert!(never.only.is_some(), "and only buyers would come in");
    lab.play("2026-05-01T10:00:00+09:00");
    let why = ask(&mut lab, "month", None, "2026-05-01T10:00:00+09:00").unwrap();
    assert_eq!(words(&why), ["filtered"]);
    assert!(ask(&mut lab, "mouth", None, NOON).is_none());
    assert!(ask(&mut lab, "hello", Some("z"), NOON).is_none());
}

#[test]
fn who_was_inside_and_is_no_longer() {
    let mut lab = Lab::new(RULES);
    lab.follow(NOON, "hana");
    lab.tell(NOON, "hana", r#""type":"order_placed","order":"1","total":"1""#);
    let why = ask(&mut lab, "buyers", None, NOON).unwrap();
    assert_eq!(words(&why), ["entered", "sent", "left: finished"]);
    assert!(matches!(why.standing, Standing::Ended { runs: 1, .. }), "{why}");
}

/// What a host reads who does not speak Rust. Whoever changes a key here breaks them.
#[test]
fn as_json_it_has_a_shape_to_rely_on() {
    let json = |why: &Why| -> Json { serde_json::from_str(&why.to_json()).unwrap() };
    let mut lab = Lab::new(RULES);
    lab.follow(NOON, "hana");
    lab.tell(NOON, "hana", r#""type":"click","link":"x""#);
    let sent = json(&ask(&mut lab, "hello", Some("a"), NOON).unwrap());
    assert_eq!((&sent["decisions"][1]["code"], &sent["decisions"][1]["reason"]), (&json!(101), &json!("sent")));
    let due = json!([{ "run": 1, "step": "a+1", "due": "2026-04-02T03:00:00Z" }]);
    assert_eq!(sent["standing"], json!({ "is": "running", "runs": due }));

    let never = json(&ask(&mut lab, "month", None, NOON).unwrap());
    let standing = &never["standing"];
    assert_eq!((&standing["is"], &standing["trigger"]), (&json!("never_entered"), &json!("day 1 at 10:00")));
    assert_eq!((&standing["next"], &standing["segment"]), (&json!("2026-05-01T01:00:00Z"), &Json::Null));
    assert_eq!(standing["only"]["holds"], json!(false));
    assert_eq!(never["decisions"], json!([]));

    lab.tell(NOON, "hana", r#""type":"order_placed","order":"1","total":"1""#);
    let ended = json(&ask(&mut lab, "buyers", None, NOON).unwrap());
    assert_eq!(ended["standing"], json!({ "is": "ended", "times": 1, "last_ended": "2026-04-01T03:00:00Z" }));
}

/// Decided is decided, whether it was taken out or not.
#[test]
fn the_engine_knows_what_it_has_not_told_yet() {
    let mut lab = Lab::new(RULES);
    lab.follow(NOON, "hana");
    lab.tell(NOON, "hana", r#""type":"click","link":"x""#);
    let about = ("hello", Some("a"));
    assert_eq!(words(&lab.engine.why("hana", [], about).unwrap()), ["entered", "sent"]);
    let log = lab.engine.take_decisions();
    assert_eq!(words(&lab.engine.why("hana", [], about).unwrap()), [""; 0]);
    assert_eq!(words(&lab.engine.why("hana", &log, about).unwrap()), ["entered", "sent"]);
    assert!(lab.engine.why("taro", &log, about).is_none());
}

#[test]
fn of_a_step_that_was_taken_out_the_log_still_tells() {
    let mut lab = Lab::new(RULES);
    lab.follow(NOON, "hana");
    lab.tell(NOON, "hana", r#""type":"click","link":"x""#);
    lab.engine.adopt(playbook(&RULES.replace(r#"{ id = "a", send = "a" }, { wait"#, "{ wait"))).unwrap();
    assert_eq!(words(&lab.engine.why("hana", [], ("hello", Some("a"))).unwrap()), ["entered", "sent"]);
    assert!(lab.engine.why("hana", [], ("buyers", Some("b"))).is_none());
}

//! Segments: brackets, and what is not known.

use enishi::segment::Expr;

use crate::NOON;
use crate::support::lab::{Lab, at};

// LINE Harness: `a OR b AND account = mine` without brackets sent to another account's friends.
#[test]
fn x36_or_does_not_leak_out_of_its_brackets() {
    let mut lab = Lab::new(
        "tags = ['A', 'B', 'mine']\n[segments]\nbare = \"tag 'A' or tag 'B' and tag 'mine'\"\nbracketed = \"(tag 'A' or tag 'B') and tag 'mine'\"\neither = \"tag 'A' or tag 'B'\"\nreferred = \"segment 'either' and tag 'mine'\"",
    );
    lab.tell(NOON, "hana", r#""type":"tag","tag":"A""#);
    let inside = |name: &str| lab.engine.playbook().segments()[name].predicate.matches(&lab.friend("hana"), at(NOON));
    assert!(inside("bare"), "`and` binds closer, as everywhere");
    assert!(!inside("bracketed") && !inside("referred"));
    assert_eq!(lab.engine.playbook().segments()["bare"].expr.to_string(), "tag 'A' or (tag 'B' and tag 'mine')");
}

// A missing value counted as a match, or as zero.
#[test]
fn x38_what_is_not_known_matches_nothing() {
    let mut lab = Lab::new("[attributes]\npoints = 'number'\nrank = { of = ['金', '銀'] }\nborn = 'date'\nok = 'flag'");
    lab.tell(NOON, "hana", r#""type":"message""#);
    let schema = lab.engine.playbook().schema().clone();
    let holds =
        |text: &str| schema.compile(&Expr::parse(text).unwrap().expr).unwrap().matches(&lab.friend("hana"), at(NOON));
    for text in [
        "points = 0",
        "points != 0",
        "points < 1",
        "points <= 0",
        "points > -1",
        "rank = '金'",
        "rank != '金'",
        "born < 2030-01-01",
        "born != 2030-01-01",
        "ok = false",
        "ok != true",
        "route = 'x'",
        "route != 'x'",
        "last order older than 1d",
        "first order within 1d",
        "last order before 2030-01-01",
    ] {
        assert!(!holds(text), "{text}");
        assert!(holds(&format!("not {text}")), "`not` is plain negation: {text}");
    }
    assert!(holds("unknown points and unknown rank and unknown born and unknown ok"));
    assert!(holds("orders.count = 0 and orders.total = 0 and no order"), "counts of nothing are known: they are zero");
}

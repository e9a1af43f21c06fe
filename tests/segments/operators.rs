//! The table of the documentation, line by line.

use enishi::segment::Expr;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

use super::people::{compiled, friends, instants, schema};

/// Every line can be read, means what its canonical text means, and tells friends apart.
#[test]
fn every_operator_is_as_the_table_shows_it() {
    let schema = schema(enishi::model::Zone::TOKYO);
    // The same friends in every run.
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Default::default(), rng);
    let asked: Vec<_> = (0..4000).map(|_| (friends(), instants()).new_tree(&mut runner).unwrap().current()).collect();
    let rows = rows(include_str!("../../src/segment/operators.md"));
    assert!(rows.len() > 90, "the table has {} lines", rows.len());
    let mut ids = std::collections::BTreeSet::new();
    for (text, meaning, requirements) in rows {
        let parsed = Expr::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"));
        let canonical = parsed.expr.to_string();
        assert_eq!(Expr::parse(&canonical).unwrap().expr, parsed.expr, "{text}");
        assert_eq!(Expr::from_json(&parsed.expr.to_json()).unwrap(), parsed.expr, "{text}");
        let predicate = compiled(&parsed.expr, &schema);
        let inside = asked.iter().filter(|(friend, now)| predicate.matches(friend, *now)).count();
        assert!(inside > 0, "nobody of {} is such: {text}", asked.len());
        assert!(inside < asked.len(), "everybody is such: {text}");
        assert!(!meaning.is_empty(), "{text}");
        ids.extend(requirements.split(", "));
    }
    // What issue and requirements ask a segment to say.
    let asked_for = [
        "F1", "F2", "F3", "F8", "F10", "F11", "F12", "F13", "F14", "T1", "T2", "T3", "T4", "T5", "T7", "T8", "T9",
        "T10", "T11", "T12", "T13", "T15", "T16", "T17", "T18", "T19", "S4", "S5", "S6", "S7", "S9", "S10", "S11",
        "S13", "S15", "S16", "S17", "K1", "K13", "K20", "K28",
    ];
    let missing: Vec<_> = asked_for.iter().filter(|id| !ids.contains(**id)).collect();
    assert!(missing.is_empty(), "no line for {missing:?}");
}

fn rows(table: &str) -> Vec<(&str, &str, &str)> {
    table
        .lines()
        .skip(2)
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
            let [expression, meaning, ids] = cells[..] else { panic!("a line of three cells: {line}") };
            (expression.trim_matches('`'), meaning, ids)
        })
        .collect()
}

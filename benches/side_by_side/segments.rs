//! Ten million friends: three segments, what plain C and the peers need for them, and what comes out.

use std::error::Error;

use enishi::population::Population;
use serde_json::Value;

use super::floor::number_after;
use super::friends::{QUESTIONS, Raw, now, predicate};
use super::orders::best_of;
use super::peers::milliseconds;
use super::readings::Readings;
use super::table::Goal;

const LOAD: &str = "load of 10M friends";

const ALL: &[(&str, f64)] = &[("polars", 3.0), ("duckdb", 3.0), ("numpy", 3.0)];
const TAGS: &[(&str, f64)] = &[("polars", 5.0), ("duckdb", 100.0)];

pub(crate) const GOALS: [Goal; 6] = [
    Goal { at_most: Some(1.0), faster: ALL, ..Goal::of("Q1 ids", "Q1 ids") },
    Goal { at_most: Some(1.0), ..Goal::of("Q2 ids", "Q2 ids") },
    Goal { at_most: Some(1.0), ..Goal::of("Q2 count", "Q2 count") },
    Goal { at_most_ms: Some(0.2), faster: TAGS, ..Goal::of("Q3 count", "Q3 count") },
    Goal { at_most_ms: Some(2.0), faster: TAGS, ..Goal::of("Q3 ids", "Q3 ids") },
    Goal { at_most_ms: Some(1000.0), ..Goal::of(LOAD, "") },
];

/// Each work with its name in the scripts, and where plain C says its time and its answer.
const WORKS: [(&str, &str, &str, &str); 5] = [
    ("Q1 ids", "Q1.ids", "in", "Q1 ids"),
    ("Q2 ids", "Q2.ids", "in", "Q2 ids"),
    ("Q2 count", "Q2.count", "Q2 count", ""),
    ("Q3 count", "Q3.count", "in", "Q3 count(bitmap)"),
    ("Q3 ids", "Q3.ids", "in", "Q3 ids(bitmap)"),
];

/// How many friends match; of ids, their sum too (analytics-truth, section 8).
pub(crate) fn expect(readings: &mut Readings) {
    readings.expect("Q1 ids", "10303");
    readings.expect("Q2 ids", "415700");
    readings.expect("Q2 count", "415700");
    readings.expect("Q3 count", "1556724");
    readings.expect("Q3 ids", "1556724");
    readings.expect(LOAD, "10000000");
}

/// Measures enishi: of each work the best of fifteen repetitions, as plain C does. Gives what a friend takes.
pub(crate) fn measure(raw: &Raw, readings: &mut Readings) -> Result<String, Box<dyn Error>> {
    let columns = raw.columns();
    let (cpu_ms, population) = best_of(3, || Population::load(&columns));
    let population = population?;
    readings.note(LOAD, "enishi", cpu_ms, population.len().to_string());
    let ids = [Some("Q1 ids"), Some("Q2 ids"), Some("Q3 ids")];
    let counts = [None, Some("Q2 count"), Some("Q3 count")];
    for (place, (_, text)) in QUESTIONS.iter().enumerate() {
        let predicate = predicate(text);
        if let Some(work) = ids[place] {
            let (cpu_ms, ids) = best_of(15, || population.ids(&predicate, now()));
            readings.note(work, "enishi", cpu_ms, ids?.len().to_string());
        }
        if let Some(work) = counts[place] {
            let (cpu_ms, count) = best_of(15, || population.count(&predicate, now()));
            readings.note(work, "enishi", cpu_ms, count?.to_string());
        }
    }
    let bytes = population.memory().columns as f64 / population.len() as f64;
    Ok(format!("memory of the friends' columns: {bytes:.1} bytes a friend (goal: at most 40)"))
}

pub(crate) fn note_floor(said: &str, readings: &mut Readings) -> Result<(), Box<dyn Error>> {
    for (work, _, time, answer) in WORKS {
        let (_, rest) = said.split_once(if answer.is_empty() { time } else { answer }).unwrap_or_default();
        if answer.is_empty() {
            // It says no answer of its own, but compares with that of the ids.
            readings.note(work, "C", number_after(said, time)?, "415700".into());
        } else {
            readings.note(work, "C", number_after(rest, time)?, (number_after(said, answer)? as u64).to_string());
        }
    }
    Ok(())
}

pub(crate) fn note_peer(said: &Value, who: &str, readings: &mut Readings) -> Result<(), Box<dyn Error>> {
    for (work, name, ..) in WORKS {
        let said = &said["out"][name];
        // Ids are told by their number and their sum.
        let count = said["res"].get(0).unwrap_or(&said["res"]);
        readings.note(work, who, milliseconds(said, "cpu_med_ms", 1.0)?, count.to_string());
    }
    Ok(())
}

//! Ten million friends: three segments, what plain C and the peers need for them, and what comes out.

use std::error::Error;

use serde_json::Value;

use super::floor::number_after;
use super::peers::milliseconds;
use super::readings::Readings;

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

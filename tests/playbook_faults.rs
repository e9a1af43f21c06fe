//! Faulty playbooks and exactly what is said of them: `tests/playbook_faults/NAME.toml` or `.json`, and the
//! same with `.txt` beside it.
//!
//! Where the wording was changed on purpose, run with `ENISHI_BLESS=1` and read what it wrote.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use enishi::playbook::{Diagnostics, Playbook};

#[test]
fn every_faulty_playbook_is_told_what_is_wrong_and_what_would_be_right() {
    let mut wrong = Vec::new();
    for path in playbooks() {
        let told = format!("{}\n", faults(&path));
        let golden = PathBuf::from(format!("{}.txt", path.display()));
        if env::var_os("ENISHI_BLESS").is_some() {
            fs::write(&golden, &told).unwrap();
        }
        let expected = fs::read_to_string(&golden).unwrap_or_default();
        if told != expected {
            wrong.push(format!("{}\n--- expected\n{expected}\n--- told\n{told}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The diagnostics as data: the line and column lead to what the fault is about.
#[test]
fn every_fault_has_its_place() {
    let mut codes = BTreeSet::new();
    for path in playbooks() {
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let mut last = (0, 0);
        for fault in faults(&path).iter() {
            codes.insert(fault.code.as_str());
            assert!((fault.line, fault.column) >= last, "in the order of the text: {}", path.display());
            last = (fault.line, fault.column);
            let line = lines.get(fault.line - 1).copied().unwrap_or_default();
            assert_eq!(fault.source, line.chars().take(200).collect::<String>(), "{}: {fault}", path.display());
            assert!(fault.column <= line.chars().count() + 1, "{}: {fault}", path.display());
            assert!(!fault.message.is_empty());
        }
    }
    let all = ["E01", "E02", "E03", "E04", "E05", "E06", "E07", "E08", "E09", "E10", "E11"];
    assert_eq!(codes, BTreeSet::from(all), "every kind of fault is among the cases");
}

#[test]
fn faults_as_json_say_the_same() {
    let faults = faults(&folder().join("names.toml"));
    let json: serde_json::Value = serde_json::from_str(&faults.to_json()).unwrap();
    let first = &json[0];
    assert_eq!(json.as_array().unwrap().len(), faults.len());
    assert_eq!(first["code"], faults[0].code.as_str());
    assert_eq!(first["line"], faults[0].line);
    assert_eq!(first["column"], faults[0].column);
    assert_eq!(first["path"], faults[0].path);
    assert_eq!(first["source"], faults[0].source);
    assert_eq!(first["message"], faults[0].message);
    assert_eq!(first["help"], serde_json::json!(faults[0].help));
}

/// Without its faults each of these would be read: the sound playbook they are all made from.
#[test]
fn the_sound_playbook_is_read_from_toml_and_json_as_the_same() {
    let toml = Playbook::read(&fs::read_to_string(folder().join("sound/playbook.toml")).unwrap()).unwrap();
    let json = Playbook::read(&fs::read_to_string(folder().join("sound/playbook.json")).unwrap()).unwrap();
    assert_eq!(toml.hash(), json.hash());
    assert_eq!(toml.scenarios().len(), 2);
    assert_eq!(toml.scenarios().get("あいさつ").unwrap().steps.len(), 5);
    assert_eq!(toml.segments()["常連"].expr, json.segments()["常連"].expr);
}

/// Editors on Windows put a byte order mark before UTF-8; it is neither TOML nor JSON.
#[test]
fn a_byte_order_mark_is_no_fault() {
    for file in ["sound/playbook.toml", "sound/playbook.json"] {
        let text = fs::read_to_string(folder().join(file)).unwrap();
        let marked = Playbook::read(&format!("\u{feff}{text}")).unwrap();
        assert_eq!(marked.hash(), Playbook::read(&text).unwrap().hash());
    }
}

fn playbooks() -> Vec<PathBuf> {
    let entries = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|kind| kind == "toml" || kind == "json")).collect();
    found.sort();
    assert!(found.len() >= 10);
    found
}

fn faults(path: &Path) -> Diagnostics {
    let bytes = fs::read(path).unwrap();
    Playbook::read_bytes(&bytes).map(drop).expect_err(&format!("{} has faults", path.display()))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/playbook_faults")
}

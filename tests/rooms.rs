//! The house rules of `src`: which room may import which (design 2), and that only `capi` is unsafe.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each room with the rooms it may import.
const ROOMS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("rfm", &["model"]),
    ("segment", &["model", "rfm"]),
    ("population", &["model", "rfm", "segment"]),
    ("insight", &["model", "rfm", "segment", "population"]),
    ("coupon", &["model", "segment"]),
    ("message", &["model"]),
    ("line", &["model", "message"]),
    ("policy", &["model", "segment", "insight"]),
    ("scenario", &["model", "rfm", "segment", "insight", "coupon", "message", "policy"]),
    (
        "playbook",
        &["model", "rfm", "segment", "population", "insight", "coupon", "message", "line", "policy", "scenario"],
    ),
    (
        "engine",
        &[
            "model",
            "rfm",
            "segment",
            "population",
            "insight",
            "coupon",
            "message",
            "line",
            "policy",
            "scenario",
            "playbook",
        ],
    ),
    ("store", &["model", "line", "scenario", "policy", "engine", "playbook", "coupon"]),
    ("delivery", &["model", "line", "engine", "store"]),
    ("report", &["model", "insight", "rfm"]),
    (
        "capi",
        &[
            "model",
            "rfm",
            "segment",
            "population",
            "insight",
            "coupon",
            "message",
            "line",
            "policy",
            "scenario",
            "playbook",
            "engine",
            "store",
            "delivery",
            "report",
        ],
    ),
];

#[test]
fn every_room_imports_only_what_it_may() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    for folder in fs::read_dir(&source).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        let room = folder.file_name().unwrap().to_str().unwrap().to_owned();
        assert!(ROOMS.iter().any(|(name, _)| *name == room), "src/{room} is a room nobody decided about");
        for file in files(&folder) {
            let text = fs::read_to_string(&file).unwrap();
            found.extend(violations(&room, &text).into_iter().map(|what| format!("{}: {what}", file.display())));
        }
    }
    let text = fs::read_to_string(source.join("lib.rs")).unwrap();
    assert!(!words(&code(&text)).any(|word| word == "unsafe"), "src/lib.rs is no place for `unsafe`");
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_planted_violation_is_seen() {
    let seen = |room: &str, text: &str| violations(room, text).len();
    assert_eq!(seen("model", "use crate::engine::Engine;"), 1);
    assert_eq!(seen("model", "fn f(e: &crate :: engine::Engine) {}"), 1, "spaces hide nothing");
    assert_eq!(seen("policy", "use crate::{model::Money, store::Store, segment::{Expr, Schema}};"), 1, "nor do braces");
    assert_eq!(seen("segment", "use super::super::engine::Engine;"), 1, "nor does the way over the parent");
    assert_eq!(
        seen("model", "#[cfg(test)] mod tests { use enishi::playbook::Playbook; }"),
        1,
        "nor the crate's own name"
    );
    assert_eq!(seen("engine", "unsafe { danger() }"), 1);
    assert_eq!(seen("capi", "unsafe { danger() }"), 0);
    assert_eq!(seen("engine", "use crate::model::Money; use crate::playbook::Playbook;"), 0);
    assert_eq!(seen("model", "//! Not [`Engine`](crate::engine::Engine).\n/// unsafe\n/* crate::engine */"), 0);
    assert_eq!(seen("model", "const TEXT: &str = \"// crate::engine is unsafe\"; use crate::engine::Engine;"), 1);
}

#[test]
fn no_room_imports_itself_in_a_circle() {
    for (place, (room, may)) in ROOMS.iter().enumerate() {
        for other in *may {
            let above = ROOMS[..place].iter().any(|(name, _)| name == other);
            assert!(above, "{room} may import {other}, which does not stand above it");
        }
    }
}

/// What a file of this room must not hold.
fn violations(room: &str, text: &str) -> Vec<String> {
    let may: BTreeSet<&str> =
        ROOMS.iter().filter(|(name, _)| *name == room).flat_map(|(_, may)| *may).copied().collect();
    let code = code(text);
    let mut found: Vec<String> = imports(&code)
        .into_iter()
        .filter(|other| other != room && ROOMS.iter().any(|(name, _)| name == other) && !may.contains(other.as_str()))
        .map(|other| format!("{room} may not import {other}"))
        .collect();
    if room != "capi" && words(&code).any(|word| word == "unsafe") {
        found.push("`unsafe` belongs to capi".into());
    }
    found
}

/// The first names of all paths that begin at the crate's root.
fn imports(code: &str) -> Vec<String> {
    let dense: String = code.split_whitespace().collect::<Vec<_>>().join(" ").replace(" ::", "::").replace(":: ", "::");
    let mut found = Vec::new();
    for root in ["crate::", "enishi::", "super::super::"] {
        for (at, _) in dense.match_indices(root) {
            let rest = &dense[at + root.len()..];
            match rest.strip_prefix('{') {
                Some(group) => found.extend(heads(group)),
                None => found.extend(words(rest).next().map(ToOwned::to_owned)),
            }
        }
    }
    found
}

/// The first name of each path of a group `{a::b, c::{d, e}}`, without the opening brace.
fn heads(group: &str) -> Vec<String> {
    let mut depth = 0;
    let mut heads = vec![String::new()];
    for c in group.chars() {
        match c {
            '}' if depth == 0 => break,
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => heads.push(String::new()),
            c if depth == 0 => heads.last_mut().unwrap().push(c),
            _ => {}
        }
    }
    heads.iter().filter_map(|path| words(path).next().map(ToOwned::to_owned)).collect()
}

fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// The text without comments and without what stands in quotes.
fn code(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(raw) = rest.strip_prefix("r#\"") {
            raw.find("\"#").map_or(rest.len(), |end| end + 5)
        } else if first == '"' {
            string(rest)
        } else if rest.starts_with("'\"'") || rest.starts_with("'\\\"'") {
            rest[1..].find('\'').map_or(rest.len(), |end| end + 2).max(3)
        } else {
            code.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        code.push(' ');
        rest = &rest[skipped..];
    }
    code
}

/// The length of the string literal at the beginning.
fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found = Vec::new();
    for path in entries {
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

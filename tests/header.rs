//! `include/enishi.h` is what cbindgen makes of `src/capi`, and says what the library has.
//!
//! After a change of the exports: `ENISHI_BLESS=1 cargo test --features capi --test header`.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test")]

use std::fs;
use std::path::PathBuf;

/// The files of `src/capi` that export something, in the order of the header.
const THEMES: [&str; 27] = [
    "version",
    "status",
    "error",
    "buf",
    "playbook",
    "predicate",
    "codes",
    "shop",
    "engine",
    "delivery",
    "handover",
    "friend",
    "why",
    "quote",
    "margin",
    "ledger",
    "posting",
    "together",
    "columns",
    "batch",
    "population",
    "selection",
    "hygiene",
    "webhook",
    "rfm",
    "insight",
    "results",
];

#[test]
fn the_header_is_what_cbindgen_makes() {
    let made = generate();
    let path = root().join("include/enishi.h");
    if std::env::var_os("ENISHI_BLESS").is_some() {
        fs::write(&path, &made).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    let at = made.lines().zip(kept.lines()).position(|(made, kept)| made != kept);
    let line = at.unwrap_or_else(|| made.lines().count().min(kept.lines().count()));
    assert!(
        made == kept,
        "include/enishi.h is not what src/capi says, from line {}:\n  made: {:?}\n  kept: {:?}\n\
         run `ENISHI_BLESS=1 cargo test --features capi --test header`",
        line + 1,
        made.lines().nth(line),
        kept.lines().nth(line),
    );
}

#[test]
fn every_export_has_its_theme() {
    for entry in fs::read_dir(root().join("src/capi")).unwrap() {
        let path = entry.unwrap().path();
        let theme = path.file_stem().unwrap().to_str().unwrap();
        let exports = fs::read_to_string(&path).unwrap().contains("#[unsafe(no_mangle)]");
        assert!(!exports || THEMES.contains(&theme), "{theme}.rs exports, and no header is made of it");
    }
}

/// What PHP's FFI and cffi cannot read (ffi.md 5.1) is not there.
#[test]
fn the_header_is_plain() {
    let header = generate();
    assert!(header.is_ascii(), "not every tool reads a header as UTF-8");
    for line in header.lines().map(str::trim_start).filter(|line| !line.starts_with("//")) {
        for beyond in ["#", "extern", "__attribute__", "static", "inline", "\\"] {
            assert!(!line.contains(beyond), "{line:?} has {beyond:?}");
        }
    }
}

fn generate() -> String {
    let config = cbindgen::Config::from_file(root().join("cbindgen.toml")).unwrap();
    let files = THEMES.map(|theme| root().join(format!("src/capi/{theme}.rs")));
    let builder = cbindgen::Builder::new().with_config(config);
    let builder = files.iter().fold(builder, cbindgen::Builder::with_src);
    let mut made = Vec::new();
    builder.generate().unwrap().write(&mut made);
    String::from_utf8(made).unwrap()
}

fn root() -> PathBuf {
    env!("CARGO_MANIFEST_DIR").into()
}

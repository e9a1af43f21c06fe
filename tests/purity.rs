//! The core is pure by its dependency tree: without features nothing in it can open a socket or a file.

use std::process::Command;

/// What the core must be free of (design 2).
const IMPURE: [&str; 8] = ["tokio", "reqwest", "rusqlite", "libsqlite3-sys", "rayon", "hyper", "rand", "getrandom"];

fn tree(features: &[&str]) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--edges", "normal", "--prefix", "none", "--format", "{p}"])
        .args(features)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs, since it runs this test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("crate names are ASCII");
    text.lines().filter_map(|line| line.split_whitespace().next()).map(ToOwned::to_owned).collect()
}

#[test]
fn without_features_nothing_impure_is_in_the_tree() {
    let core = tree(&["--no-default-features"]);
    assert!(core.iter().any(|name| name == "chrono"), "the tree was not read: {core:?}");
    let found: Vec<_> = IMPURE.iter().filter(|name| core.iter().any(|c| c == *name)).collect();
    assert!(found.is_empty(), "the core depends on {found:?}");
}

#[test]
fn with_the_default_features_the_same_look_finds_them() {
    let whole = tree(&[]);
    for name in ["rusqlite", "reqwest", "tokio"] {
        assert!(whole.iter().any(|c| c == name), "{name} should be seen here, or the look above sees nothing");
    }
}

//! The example `shop_year` as a program to run.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// The example, built as this test was.
pub(crate) static EXAMPLE: LazyLock<PathBuf> = LazyLock::new(|| {
    // <target>/<profile>/deps/….
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(Path::parent).unwrap();
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--example", "shop_year"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    build.arg("--target-dir").arg(profile.parent().unwrap());
    match profile.file_name().and_then(|name| name.to_str()) {
        Some("debug") => {}
        Some(profile) => _ = build.args(["--profile", profile]),
        None => panic!("{} is no profile", profile.display()),
    }
    // Other features would be another library, and the two builds would undo each other.
    if cfg!(feature = "capi") {
        build.args(["--features", "capi"]);
    }
    assert!(build.status().unwrap().success(), "the example cannot be built");
    profile.join("examples").join("shop_year").with_extension(std::env::consts::EXE_EXTENSION)
});

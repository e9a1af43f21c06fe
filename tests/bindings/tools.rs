//! The library as the drivers load it, and the tools that run them.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The shared library of this very build: cargo makes it beside the tests, as it does the Rust one.
pub fn library() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let deps = test.parent().unwrap();
    let name = format!("{}enishi{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    // Above `deps` cargo puts it only when it was asked for it; the one there may be of another day.
    let places = [deps.join(&name), deps.parent().unwrap().join(&name)];
    let age = |path: &&PathBuf| fs::metadata(path).and_then(|data| data.modified()).ok();
    let newest = places.iter().filter(|path| path.exists()).max_by_key(age);
    newest.unwrap_or_else(|| panic!("no {name} in {}: `cargo build --features capi`", deps.display())).clone()
}

/// Where a test may write: a folder of its own.
pub fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bindings").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

pub fn root() -> PathBuf {
    env!("CARGO_MANIFEST_DIR").into()
}

/// The Python to ask: `PYTHON`, such as that of a virtual environment, or the one there is.
pub fn python() -> String {
    std::env::var("PYTHON").unwrap_or_else(|_| "python3".into())
}

/// Is the tool here? If not, says so loudly, and with `ENISHI_REQUIRE_BINDINGS` fails.
pub fn present(tool: &str, probe: &[&str]) -> bool {
    let quiet = |command: &mut Command| command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    let there = quiet(Command::new(tool).args(probe)).is_ok_and(|status| status.success());
    if !there {
        let words = format!("NOT RUN: {tool} {} does not work here", probe.join(" "));
        assert!(std::env::var_os("ENISHI_REQUIRE_BINDINGS").is_none(), "{words}");
        // Past the test runner, which swallows what a passing test prints.
        let _ = writeln!(std::io::stderr(), "{words}");
    }
    there
}

/// Runs a command that must succeed; gives what it printed.
pub fn run(command: &mut Command) -> Vec<u8> {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}\n{stderr}", output.status);
    output.stdout
}

/// Compiles one C or C++ file against the headers and the library.
pub fn compile(compiler: &str, flags: &[&str], source: &Path, program: &Path) {
    let library = library();
    let mut command = Command::new(compiler);
    command.args(flags).args(["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-g", "-I"]);
    command.arg(root().join("include")).arg(source).arg(&library);
    command.arg(format!("-Wl,-rpath,{}", library.parent().unwrap().display())).arg("-o").arg(program);
    run(&mut command);
}

/// The first difference, in words.
pub fn assert_same(who: &str, expected: &[u8], printed: &[u8]) {
    let lines = |bytes: &[u8]| String::from_utf8_lossy(bytes).lines().map(ToOwned::to_owned).collect::<Vec<_>>();
    let (expected_lines, printed_lines) = (lines(expected), lines(printed));
    let place = (0..expected_lines.len().max(printed_lines.len()))
        .find(|place| expected_lines.get(*place) != printed_lines.get(*place));
    if let Some(place) = place {
        let before = expected_lines[..place].iter().rev().find(|line| !line.starts_with(' '));
        panic!(
            "{who} differs at line {} (op {before:?}):\n  Rust: {:?}\n  {who}: {:?}",
            place + 1,
            expected_lines.get(place),
            printed_lines.get(place),
        );
    }
    assert!(expected == printed, "{who} differs in its line ends");
}

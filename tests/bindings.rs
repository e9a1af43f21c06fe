//! Law 1 across the C ABI: C, C++, PHP and Python come to the same bytes as Rust.
//!
//! Each driver in `examples/bindings` plays the same tape, made of the corpus and of what the corpus
//! has no words for. A tool that is not installed is told of loudly; with `ENISHI_REQUIRE_BINDINGS`
//! set, as in CI, its absence fails.

#![allow(clippy::unwrap_used, clippy::print_stderr, clippy::disallowed_methods, unreachable_pub, reason = "a test")]

#[path = "bindings/population.rs"]
mod population;
#[path = "bindings/reference.rs"]
mod reference;
mod support;
#[path = "bindings/tape.rs"]
mod tape;
#[path = "bindings/tools.rs"]
mod tools;

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tools::{assert_same, compile, library, present, python, root, run, scratch};

/// A tape on disk, and what Rust says to it.
struct Played {
    tape: PathBuf,
    expected: Vec<u8>,
}

fn played(name: &str) -> Played {
    let cases = support::corpus::load_all();
    let mut ops: Vec<tape::Op> = cases.iter().flat_map(tape::of_case).collect();
    ops.extend(tape::of_everything_else());
    let path = scratch(name).join("tape");
    fs::write(&path, tape::write(&ops)).unwrap();
    let expected = reference::play(&ops);
    fs::write(path.with_extension("expected"), &expected).unwrap();
    Played { tape: path, expected }
}

fn example(file: &str) -> PathBuf {
    root().join("examples/bindings").join(file)
}

#[test]
fn the_tape_tries_everything() {
    let Played { expected, .. } = played("everything");
    let expected = String::from_utf8(expected).unwrap();
    let statuses: BTreeSet<i32> =
        expected.lines().filter_map(|line| line.strip_prefix("  status: ")?.parse().ok()).collect();
    // 10, 11, 13 and their like are what `nulls.c` is for.
    let all = [0, 12, 20, 21, 22, 23, 24, 25, 26, 30, 31, 32, 40, 41, 42, 43, 44];
    assert_eq!(statuses.into_iter().collect::<Vec<_>>(), all);
    for fate in ["accepted", "later", "split", "refused"] {
        assert!(expected.contains(&format!("{{\"fate\":\"{fate}\"")), "no request is {fate}");
    }
}

#[test]
fn c_comes_to_the_same() {
    if !present("cc", &["--version"]) {
        return;
    }
    let Played { tape, expected } = played("c");
    let program = tape.with_file_name("driver");
    compile("cc", &["-std=c11"], &example("driver.c"), &program);
    assert_same("C", &expected, &run(Command::new(program).arg(tape)));
}

#[test]
fn cpp_comes_to_the_same() {
    if !present("c++", &["--version"]) {
        return;
    }
    let Played { tape, expected } = played("cpp");
    let program = tape.with_file_name("driver");
    compile("c++", &["-std=c++17"], &as_cpp(&tape), &program);
    assert_same("C++", &expected, &run(Command::new(program).arg(tape)));
}

#[test]
fn php_comes_to_the_same() {
    if !present("php", &["-d", "ffi.enable=1", "-r", "exit(class_exists('FFI') ? 0 : 1);"]) {
        return;
    }
    let Played { tape, expected } = played("php");
    let mut php = Command::new("php");
    php.args(["-d", "ffi.enable=1"]).arg(example("driver.php")).arg(tape).env("ENISHI_LIB", library());
    assert_same("PHP", &expected, &run(&mut php));
}

#[test]
fn python_comes_to_the_same() {
    if !present(&python(), &["-c", "import cffi"]) {
        return;
    }
    let Played { tape, expected } = played("python");
    let mut python = Command::new(python());
    python.arg(example("driver.py")).arg(tape).env("ENISHI_LIB", library());
    assert_same("Python", &expected, &run(&mut python));
}

/// Eight processes on one file, each for five carts, and a limit of three for all of them.
///
/// Seen to fail: with a ledger in memory for each of them, each uses it three times.
#[cfg(feature = "sqlite")]
#[test]
fn eight_tills_use_a_limit_of_three_three_times() {
    use enishi::coupon::ledger::UsesOf;
    use enishi::model::{Currency, Timestamp};
    use enishi::store::{Durability, Ledger, SqliteLedger};

    const RULES: &str = "[shop]\nname = 'x'\nzone = 'Asia/Tokyo'\ncurrency = 'JPY'\n\
        [coupons.spring]\nbenefit = { amount = 100 }\nvalid = { until = '2026-05-01' }\n\
        code = 'SPRING'\nlimits = { in_total = 3 }\n";
    if !present("php", &["-d", "ffi.enable=1", "-r", "exit(class_exists('FFI') ? 0 : 1);"]) {
        return;
    }
    let file = scratch("tills").join("shop.db");
    let till = |nth: u32| {
        let mut php = Command::new("php");
        php.args(["-d", "ffi.enable=1"]).arg(root().join("tests/bindings/one_till.php")).arg(RULES).arg(&file);
        php.arg(format!("till {nth}")).env("ENISHI_LIB", library()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = php.spawn().unwrap();
        let told = BufReader::new(process.stdout.take().unwrap()).lines();
        (process, told)
    };
    let mut tills: Vec<_> = (0..8).map(till).collect();
    for (_, told) in &mut tills {
        assert_eq!(told.next().unwrap().unwrap(), "ready");
    }
    // All of them begin at once.
    tills.iter_mut().for_each(|(process, _)| drop(process.stdin.take()));
    let used = tills.into_iter().map(|(mut process, mut told)| {
        let used = told.next().unwrap().unwrap();
        assert!(process.wait().unwrap().success(), "{used}");
        used.parse::<u64>().unwrap_or_else(|_| panic!("{used}"))
    });
    assert_eq!(used.sum::<u64>(), 3);
    let ledger = SqliteLedger::open(&file, Currency::JPY, Durability::Full).unwrap();
    let of = UsesOf { coupon: "spring".parse().unwrap(), friend: None, code: None };
    assert_eq!(ledger.uses(&of, Timestamp::EPOCH).unwrap().in_total, 3);
}

#[test]
fn ten_lines_send_a_message() {
    let playbook = scratch("ten_lines").join("playbook.toml");
    fs::write(&playbook, tape::KEYLESS).unwrap();
    let body = concat!(
        r#"{"to":"U4af4980629000000000000000000abcd","#,
        r#""messages":[{"text":"友だち追加ありがとうございます。","type":"text"}]}"#,
        "\n"
    );
    if present("php", &["-d", "ffi.enable=1", "-r", "exit(class_exists('FFI') ? 0 : 1);"]) {
        let mut php = Command::new("php");
        php.args(["-d", "ffi.enable=1"]).arg(example("ten_lines.php")).arg(&playbook).env("ENISHI_LIB", library());
        assert_same("PHP", body.as_bytes(), &run(&mut php));
    }
    if present(&python(), &["-c", "import cffi"]) {
        let mut python = Command::new(python());
        python.arg(example("ten_lines.py")).arg(&playbook).env("ENISHI_LIB", library());
        assert_same("Python", body.as_bytes(), &run(&mut python));
    }
}

#[test]
fn python_asks_its_tables() {
    if !present(&python(), &["-c", "import cffi, numpy, polars, pyarrow"]) {
        return;
    }
    let expected = "\
orders.count >= 2: [0 2] ['eccube:customer:1', '花子']
tag 'VIP' and last order within 30d: [0] ['eccube:customer:1']
unknown birthday: [1 3] ['eccube:customer:2', 'eccube:customer:4']
the last two: [1]
refused: the batch has no column 'vip': there are customer, gender, birthday, orders, last_order, note
polars: [0, 2]
";
    let mut python = Command::new(python());
    python.arg(example("arrow_table.py")).env("ENISHI_LIB", library()).env("PYTHONIOENCODING", "utf-8");
    assert_same("Python", expected.as_bytes(), &run(&mut python));
}

#[test]
fn nothing_leaks_and_nothing_is_touched_after_its_end() {
    if !present("valgrind", &["--version"]) || !present("cc", &["--version"]) {
        return;
    }
    let folder = scratch("valgrind");
    let ops = tape::of_everything_else();
    let tape = folder.join("tape");
    fs::write(&tape, tape::write(&ops)).unwrap();
    for (source, program) in [(example("driver.c"), "driver"), (root().join("tests/bindings/nulls.c"), "nulls")] {
        let program = folder.join(program);
        compile("cc", &["-std=c11"], &source, &program);
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["--quiet", "--leak-check=full", "--show-leak-kinds=all", "--errors-for-leak-kinds=all"]);
        run(valgrind.arg("--error-exitcode=9").arg(program).arg(&tape));
    }
}

/// Law 9: every export survives NULL, zero lengths, lengths of −1 and bytes that are no text.
#[test]
fn every_export_survives_nulls() {
    let source = root().join("tests/bindings/nulls.c");
    let text = fs::read_to_string(&source).unwrap();
    let missing: Vec<_> = declared().into_iter().filter(|name| !text.contains(&format!("{name}("))).collect();
    assert!(missing.is_empty(), "nulls.c does not call {missing:?}");
    if present("cc", &["--version"]) {
        let program = scratch("nulls").join("nulls");
        compile("cc", &["-std=c11"], &source, &program);
        run(&mut Command::new(program));
    }
}

#[test]
fn the_header_declares_what_the_library_exports() {
    if !present("nm", &["--version"]) {
        return;
    }
    let symbols = run(Command::new("nm").args(["-D", "--defined-only"]).arg(library()));
    let symbols = String::from_utf8(symbols).unwrap();
    let exported =
        symbols.lines().filter_map(|line| line.split(' ').nth(2)).map(|name| name.split('@').next().unwrap());
    let ours: BTreeSet<String> = exported.clone().filter(|name| name.starts_with("enishi_")).map(Into::into).collect();
    assert_eq!(ours, declared());
    let others: Vec<_> = exported.filter(|name| !name.starts_with("enishi_") && !name.starts_with("rust_")).collect();
    assert!(others.is_empty(), "exported without our prefix: {others:?}");
}

#[test]
fn the_header_may_be_included_twice() {
    let folder = scratch("twice");
    let text = "#include \"enishi_c.h\"\n#include \"enishi_c.h\"\n\
                int main(void) { return (int)enishi_abi_version() - 1; }\n";
    for (compiler, standard, name) in [("cc", "-std=c11", "twice.c"), ("c++", "-std=c++17", "twice.cpp")] {
        if present(compiler, &["--version"]) {
            let (source, program) = (folder.join(name), folder.join(compiler));
            fs::write(&source, text).unwrap();
            compile(compiler, &[standard], &source, &program);
            run(&mut Command::new(program));
        }
    }
}

/// The functions of the header.
fn declared() -> BTreeSet<String> {
    let header = fs::read_to_string(root().join("include/enishi.h")).unwrap();
    let code = header.lines().filter(|line| !line.trim_start().starts_with("//"));
    let calls = code.filter_map(|line| line.split('(').next().filter(|before| before.len() < line.len()));
    let names = calls.filter_map(|before| before.rsplit([' ', '*']).next());
    names.filter(|name| name.starts_with("enishi_")).map(ToOwned::to_owned).collect()
}

/// The same source under a name that says C++.
fn as_cpp(tape: &Path) -> PathBuf {
    let copy = tape.with_file_name("driver.cpp");
    fs::copy(example("driver.c"), &copy).unwrap();
    copy
}

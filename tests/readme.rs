//! The lines of both READMEs in PHP and Python, run as they stand. (Those in Rust run as a doctest.)
#![cfg(feature = "capi")]
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test fails so, and speaks up")]

#[allow(dead_code, reason = "shared with the test of the bindings")]
#[path = "bindings/tools.rs"]
mod tools;

use std::fs;
use std::process::Command;

/// The blocks of one language in a document.
fn blocks(document: &str, language: &str) -> Vec<String> {
    let opening = format!("```{language}\n");
    document.split(&opening).skip(1).filter_map(|rest| rest.split("\n```").next()).map(ToOwned::to_owned).collect()
}

fn check(language: &str, interpreter: &[&str], probe: &[&str]) {
    if !tools::present(interpreter[0], probe) {
        return;
    }
    for name in ["README.md", "README.ja.md"] {
        let document = fs::read_to_string(tools::root().join(name)).unwrap();
        let blocks = blocks(&document, language);
        assert_eq!(blocks.len(), 1, "{name} shows {language} once");
        assert_eq!(blocks[0].lines().count(), 10, "{name} promises ten lines of {language}");
        let file = tools::scratch(&format!("{name}.{language}")).join("lines");
        fs::write(&file, &blocks[0]).unwrap();
        let mut command = Command::new(interpreter[0]);
        command.args(&interpreter[1..]).arg(&file).env("ENISHI_LIB", tools::library()).current_dir(tools::root());
        let told = String::from_utf8(tools::run(&mut command)).unwrap();
        assert!(told.starts_with(r#"{"to":"U4af4980629000000000000000000abcd""#), "{name}: {told}");
        assert!(told.contains("友だち追加ありがとうございます。河内の台所です。"), "{name}: {told}");
    }
}

#[test]
fn the_lines_of_php_say_the_truth() {
    check("php", &["php", "-d", "ffi.enable=1"], &["-r", "exit(class_exists('FFI') ? 0 : 1);"]);
}

#[test]
fn the_lines_of_python_say_the_truth() {
    check("python", &["python3"], &["-c", "import cffi"]);
}

#[test]
fn the_lines_of_rust_are_ten_too() {
    let document = fs::read_to_string(tools::root().join("README.md")).unwrap();
    let shown = blocks(&document, "rust");
    assert_eq!(shown.len(), 1, "the doctest of lib.rs runs it");
    assert_eq!(shown[0].lines().count(), 10);
}

/// Seen to fail: with a preset more, or a page that is not there.
#[test]
fn what_is_said_of_presets_and_pages_is_so() {
    let count = |folder: &str| {
        let files = fs::read_dir(tools::root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
        files.filter(|path| path.extension().is_some_and(|extension| extension == "toml")).count()
    };
    assert_eq!((count("presets"), count("presets/phase")), (19, 3));
    for (name, said) in [("README.md", "nineteen ready-made scenarios and three bundles"), ("README.ja.md", "19種と")]
    {
        let document = fs::read_to_string(tools::root().join(name)).unwrap();
        assert!(document.contains(said), "{name}");
        let include = document.split("**`").nth(1).unwrap().split('`').next().unwrap();
        let shop = "[shop]\nname = 'x'\nzone = 'Asia/Tokyo'\ncurrency = 'JPY'\n";
        for language in ["ja", "en"] {
            let playbook =
                enishi::playbook::Playbook::read(&format!("{include}\nlanguage = '{language}'\n{shop}")).unwrap();
            assert!(playbook.scenarios().len() > 10, "{include}");
        }
        for link in document.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            assert!(link.starts_with("https://") || tools::root().join(link).is_file(), "{name}: {link}");
        }
    }
}

#[test]
fn the_rules_shown_in_japanese_are_rules() {
    let document = fs::read_to_string(tools::root().join("README.ja.md")).unwrap();
    let shown = blocks(&document, "toml");
    let rest = r#"
        [shop]
        name = "x"
        zone = "Asia/Tokyo"
        currency = "JPY"
        [coupons.second]
        benefit = { amount = 500 }
        valid = { for = "21d" }
        [messages.f2_offer]
        line = [{ type = "text", text = "x" }]
    "#;
    enishi::playbook::Playbook::read(&format!("{rest}\n{}", shown[0])).unwrap();
}

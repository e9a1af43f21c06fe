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

/// From the quote to the order and back, as the page of coupons shows it: beside the rules of that page.
///
/// Seen to fail: with a coupon of another code.
#[cfg(feature = "sqlite")]
#[test]
fn the_till_of_the_page_of_coupons_works() {
    if !tools::present("php", &["-d", "ffi.enable=1", "-r", "exit(class_exists('FFI') ? 0 : 1);"]) {
        return;
    }
    let page = fs::read_to_string(tools::root().join("docs/coupons.md")).unwrap();
    let (shown, section) = (blocks(&page, "php"), page.split("## At the till").nth(1).unwrap());
    assert_eq!((shown.len(), shown[0].lines().count()), (1, 10));
    let shop = fs::read_to_string(tools::root().join("docs/sample_shop.toml")).unwrap();
    let basket = r#"{"lines": [{"id": "1", "sku": "SOAP-1", "unit_price": 1000, "quantity": 1,
        "tax": {"rate": "10%", "included": true}}], "checkout": "cart 7"}"#;
    let folder = tools::scratch("till of the page");
    fs::copy(tools::root().join("include/enishi.h"), folder.join("enishi.h")).unwrap();
    fs::write(folder.join("shop.toml"), format!("{shop}\n{}", blocks(section, "toml")[0])).unwrap();
    fs::write(folder.join("basket.json"), basket).unwrap();
    fs::write(folder.join("till.php"), &shown[0]).unwrap();
    let mut php = Command::new("php");
    php.args(["-d", "ffi.enable=1", "till.php"]).env("ENISHI_LIB", tools::library()).current_dir(&folder);
    let told = String::from_utf8(tools::run(&mut php)).unwrap();
    let told: serde_json::Value = serde_json::from_str(&told).unwrap_or_else(|_| panic!("{told}"));
    assert_eq!(told[0], 700);
    let stages = [&told[1], &told[2], &told[3]].map(|answer| &answer["uses"][0]["stage"]);
    assert!(stages[0]["reserved"]["until"].is_string(), "{told}");
    assert_eq!(stages[1]["redeemed"]["order"], "39");
    assert_eq!(stages[2]["redeemed"]["returned"], "whole");
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

//! The main job on files: what of them counts, and what a person is told of the rest.

#![cfg(all(feature = "sqlite", feature = "http", feature = "report"))]
#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "support/example.rs"]
mod example;

use std::io::Write as _;
use std::process::{Command, Output};

fn shop_year(file: &str, options: &[&str]) -> Output {
    let mut orders = tempfile::NamedTempFile::new().unwrap();
    orders.write_all(file.as_bytes()).unwrap();
    let mut command = Command::new(&*example::EXAMPLE);
    command.args(["--quiet", "--orders"]).arg(orders.path()).args(options).output().unwrap()
}

fn told(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The number in the line that begins so.
fn count(report: &str, line: &str) -> u64 {
    let found = report.lines().find(|l| l.starts_with(line)).unwrap_or_else(|| panic!("no line {line}:\n{report}"));
    found[line.len()..].trim().parse().unwrap()
}

#[test]
fn every_row_is_counted_once_and_none_is_lost_in_silence() {
    let file = "who,order,when,price,pieces\n\
                a,1,2026-01-05 10:00:00,1200,2\n\
                a,1,2026-01-05 10:00:00,300,1\n\
                ,2,2026-01-06,500,1\n\
                b,3,2026-01-06,500,-1\n\
                b,4,2026-01-07,0,1\n\
                b,5,2026-01-07,900.5,1\n\
                b,6,someday,900,1\n\
                b,7,20260108,900,1\n";
    let columns =
        ["--customer", "who", "--order", "order", "--time", "when", "--amount", "price", "--quantity", "pieces"];
    let report = told(&shop_year(file, &columns));
    assert_eq!(count(&report, "read "), 8);
    assert_eq!(count(&report, "used as lines of orders"), 3);
    assert_eq!(count(&report, "left out: no customer"), 1);
    assert_eq!(count(&report, "left out: cancelled"), 1);
    assert_eq!(count(&report, "left out: no price or quantity"), 1);
    assert_eq!(count(&report, "left out: could not be read"), 2);
    assert!(report.contains("the first that could not be read: row 6"), "{report}");
    assert!(report.contains("2 customers with 2 orders"), "{report}");
    assert!(report.contains("as of 2026/01/09 00:00 (Asia/Tokyo)"), "{report}");
}

#[test]
fn columns_apart_by_spaces_are_known_by_their_header() {
    let file = " customer_id  date number_of_cds  dollar_value\n 00001 19970101  1   11.77\n 00002 19970112  1   12.00\n \
                00002 19970212  5   77.00\n";
    let report = told(&shop_year(file, &[]));
    assert_eq!(count(&report, "used as lines of orders"), 3);
    assert!(report.contains("2 customers with 3 orders"), "{report}");
    assert!(report.contains("F2: 1 of 2 bought on a second day"), "{report}");
    assert!(report.contains("0 rules broken"), "{report}");
}

#[test]
fn what_cannot_be_is_told_in_a_line() {
    let refused = [
        (shop_year("who,when\na,2026-01-05\n", &["--customer", "who", "--time", "when"]), "--amount"),
        (shop_year("who,when\na,2026-01-05\n", &["--customer", "whom", "--time", "when"]), "no column `whom`"),
        (shop_year("", &[]), "--customer"),
        (shop_year("a,b\n", &["--orders", "there is no such file"]), "there is no such file"),
    ];
    for (output, words) in refused {
        assert!(!output.status.success());
        let line = String::from_utf8(output.stderr).unwrap();
        assert!(line.contains(words) && line.lines().count() == 1, "{line}");
    }
}

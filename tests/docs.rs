//! What the pages in `docs` say is there, and is so.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use enishi::coupon::NotApplied;
use enishi::coupon::ledger::Refusal;
use enishi::model::{CouponName, Money, Timestamp};
use enishi::playbook::Playbook;

/// Every example is a playbook with the shop before it; each page of a step has at least one.
#[test]
fn every_example_is_a_playbook() {
    let shop = read(&docs().join("sample_shop.toml"));
    Playbook::read(&shop).unwrap_or_else(|faults| panic!("the shop itself: {faults}"));
    for page in pages() {
        let text = read(&page);
        for example in blocks(&text) {
            let whole = format!("{shop}\n{example}");
            let playbook =
                Playbook::read(&whole).unwrap_or_else(|faults| panic!("{}\n{example}\n{faults}", page.display()));
            let is_whole = ["[policy]", "[coupons.", "[coupon_rules]", "[margin]"]
                .iter()
                .any(|section| example.starts_with(section));
            let shows = !playbook.scenarios().is_empty() || is_whole;
            assert!(shows, "{}: {example}", page.display());
        }
        let is_step = page.parent().is_some_and(|folder| folder.ends_with("steps")) && !page.ends_with("README.md");
        assert!(!is_step || blocks(&text).next().is_some(), "{} shows nothing", page.display());
    }
}

/// The tables of reasons are whole: the words and numbers in the source, each once, and no others.
///
/// Seen to fail: with a reason of each source taken off its page, another number, another word, and an empty cell.
#[test]
fn every_reason_is_explained() {
    let pages = [
        ("why_nothing_was_sent.md", vec![include_str!("../src/policy/reason.rs")], 70),
        (
            "why_a_coupon_did_nothing.md",
            vec![include_str!("../src/coupon/not_applied.rs"), include_str!("../src/coupon/ledger/refusal.rs")],
            38,
        ),
    ];
    for (page, sources, at_least) in pages {
        let mut known: Vec<_> = sources.iter().flat_map(|source| source.lines().filter_map(reason_in_source)).collect();
        let mut explained: Vec<_> = rows(&read(&docs().join(page))).map(|row| (row.number, row.word)).collect();
        assert!(known.len() >= at_least, "they are no longer found in the source of {page}");
        known.sort();
        explained.sort();
        assert_eq!(explained, known, "{page}");
    }
}

/// What a shop might say shows what comes with the reason and nothing else; but no expression, which is the shop's own.
///
/// Seen to fail: with `{from}` in place of `{until}` at 711, and without `{short}` at 731.
#[test]
fn what_a_shop_might_say_is_told() {
    let (from, until, short, at_most) = (Timestamp::EPOCH, Timestamp::EPOCH, Money::ZERO, 3);
    let other: CouponName = "other".parse().unwrap();
    let reasons = [
        NotApplied::NotYet { from },
        NotApplied::Expired { until },
        NotApplied::Blackout { from },
        NotApplied::WrongChannel { allowed: Vec::new() },
        NotApplied::WrongPayment { allowed: Vec::new() },
        NotApplied::WrongShipping { allowed: Vec::new() },
        NotApplied::BelowFloor { short },
        NotApplied::FewPieces { short: 1 },
        NotApplied::FewOrders { short: 1 },
        NotApplied::LittleSpent { short },
        NotApplied::NotBeside { other },
        NotApplied::TooMany { at_most },
    ];
    let facts: BTreeMap<u16, String> = reasons
        .iter()
        .map(|why| {
            let json = serde_json::to_value(why).unwrap();
            let fact = json.as_object().unwrap().keys().find(|key| *key != "reason").unwrap().clone();
            (why.number(), format!("{{{fact}}}"))
        })
        .chain([(Refusal::Expired { until }.number(), "{until}".into())])
        .collect();
    for row in rows(&read(&docs().join("why_a_coupon_did_nothing.md"))) {
        let [_, _, said] = &row.rest[..] else { panic!("{} says nothing", row.number) };
        let shown: Vec<&str> = said.split_inclusive('}').filter_map(|part| Some(&part[part.find('{')?..])).collect();
        let fact: Vec<&str> = facts.get(&row.number).map(String::as_str).into_iter().collect();
        assert_eq!(shown, fact, "{} {said}", row.number);
        assert!(said.ends_with('。'), "{said}");
    }
}

/// A row of a table of reasons.
struct Row {
    number: u16,
    word: String,
    /// What it means, what can be done, and what the shop might say.
    rest: Vec<String>,
}

/// `| 304 | `capped` | … | … |`
fn rows(page: &str) -> impl Iterator<Item = Row> {
    page.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").map(str::to_owned);
        let (number, word) = (cells.next()?.parse().ok()?, cells.next()?.trim_matches('`').to_owned());
        let rest: Vec<String> = cells.collect();
        (rest.len() >= 2 && rest.iter().all(|cell| !cell.trim().is_empty())).then_some(Row { number, word, rest })
    })
}

/// `Self::Capped { .. } => (304, "capped"),`
fn reason_in_source(line: &str) -> Option<(u16, String)> {
    let (number, word) = line.split_once("=> (")?.1.strip_suffix("\"),")?.split_once(", \"")?;
    Some((number.parse().ok()?, word.to_owned()))
}

/// Every kind of step has a page that is called after it: the playbook itself tells which there are.
#[test]
fn every_step_has_a_page() {
    let faulty =
        "[shop]\nname = 'x'\nzone = 'Asia/Tokyo'\ncurrency = 'JPY'\n[scenarios.s]\non = 'follow'\nsteps = [{}]";
    let faults = Playbook::read(faulty).unwrap_err();
    let help = faults.iter().find_map(|fault| fault.help.as_deref()?.strip_prefix("exactly one of ")).unwrap();
    let keys = help.split(';').next().unwrap().split(", ").chain(["end"]);
    let titles: BTreeMap<PathBuf, String> =
        pages().into_iter().map(|page| (page.clone(), read(&page).lines().next().unwrap().to_owned())).collect();
    let index = read(&docs().join("steps/README.md"));
    let mut count = 0;
    for key in keys {
        let titled = titles.iter().find(|(_, title)| title.contains(&format!("`{key}`")));
        let (page, _) = titled.unwrap_or_else(|| panic!("no page is called `{key}`"));
        let name = page.file_name().unwrap().to_str().unwrap();
        assert!(
            index.contains(&format!("({name})")) && index.contains(&format!("`{key}`")),
            "{name} is not in the index"
        );
        count += 1;
    }
    assert!(count >= 16, "{help}");
}

/// Links lead somewhere: to a file, and to a heading where they name one.
#[test]
fn links_lead_somewhere() {
    for page in pages() {
        let text = read(&page);
        for link in text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            assert!(target.is_file(), "{}: {link}", page.display());
            let anchors: BTreeSet<String> = read(&target).lines().filter_map(anchor).collect();
            assert!(heading.is_empty() || anchors.contains(heading), "{}: {link}: {anchors:?}", page.display());
        }
    }
}

/// What a heading is linked by.
fn anchor(line: &str) -> Option<String> {
    let heading = line.trim_start_matches('#').strip_prefix(' ').filter(|_| line.starts_with('#'))?;
    let kept = heading
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c))
        .collect::<String>();
    Some(kept.replace(' ', "-"))
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

/// Every page, in order.
fn pages() -> Vec<PathBuf> {
    let inside = |folder: PathBuf| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let all = inside(docs()).chain(inside(docs().join("steps")));
    let mut pages: Vec<PathBuf> = all.filter(|path| path.extension().is_some_and(|it| it == "md")).collect();
    pages.sort();
    pages
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The examples of a page.
fn blocks(page: &str) -> impl Iterator<Item = &str> {
    page.split("```toml\n").skip(1).filter_map(|rest| rest.split("\n```").next())
}

//! Ten million orders: RFM, cohorts, second purchases, gaps.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;

use cpu_time::ProcessTime;
use enishi::insight::{F2, F2Options, Maturity};
use enishi::model::{LocalTime, Timestamp, Zone};
use enishi::population::{Cohorts, Gaps};
use enishi::rfm::{AsOf, Bins, ClassMap, OrderColumns, PurchaseDays, Recency, Rfm, RfmOptions, Scheme};
use serde_json::Value;

use super::data::Log;
use super::floor::number_after;
use super::peers::milliseconds;
use super::readings::Readings;
use super::table::Goal;

const RFM: &str = "RFM, ntile";
const RFM_CHECKED: &str = "RFM, ntile, columns checked too";
const RFM_QUANTILE: &str = "RFM, quantile";
const COHORT: &str = "cohort + F2 + gaps";
const COHORT_CHECKED: &str = "cohort + F2 + gaps, columns checked too";
const CHECK: &str = "check of 10M orders";
const GROUP: &str = "purchase days of 10M orders";

const FIVE_TIMES: &[(&str, f64)] = &[("duckdb", 5.0), ("polars", 5.0)];

pub(crate) const GOALS: [Goal; 7] = [
    Goal { at_most: Some(1.2), faster: FIVE_TIMES, ..Goal::of(RFM, RFM) },
    Goal::of(RFM_CHECKED, RFM),
    Goal { at_most: Some(1.2), faster: FIVE_TIMES, ..Goal::of(RFM_QUANTILE, RFM) },
    Goal { at_most: Some(1.2), faster: &[("duckdb", 30.0)], ..Goal::of(COHORT, COHORT) },
    Goal::of(COHORT_CHECKED, COHORT),
    Goal::of(GROUP, COHORT),
    Goal::of(CHECK, ""),
];

/// On these numbers other engines agree: of RFM six, of the cohorts three (analytics-truth, section 8).
pub(crate) fn expect(readings: &mut Readings) {
    let ntile = [47_007, 87_364, 4_108, 123_557, 237_488, 175_316, 45_588, 4_754, 89_318, 7_898];
    let quantile = [48_767, 82_253, 4_006, 126_027, 242_656, 165_357, 45_427, 5_604, 93_466, 8_835];
    for work in [RFM, RFM_CHECKED] {
        readings.expect(work, classes(273_858_201, CLASSES.into_iter().zip(ntile)));
    }
    readings.expect(RFM_QUANTILE, classes(274_519_253, CLASSES.into_iter().zip(quantile)));
    let cohort = "6513352 274283 132933 822398 264127 395597 475619 720666 8999701 389307123 22";
    readings.expect(COHORT, cohort);
    readings.expect(COHORT_CHECKED, cohort);
}

/// The classes in the order of their names, as the scripts spell them.
const CLASSES: [&str; 10] = [
    "about_to_sleep",
    "at_risk",
    "cant_lose",
    "champion",
    "hibernating",
    "loyal",
    "need_attention",
    "new",
    "potential_loyalist",
    "promising",
];

fn classes<'a>(checksum: u64, counts: impl IntoIterator<Item = (&'a str, u64)>) -> String {
    // Plain C and the scripts say `champion` and leave out `others`, of whom there are none.
    let named = counts.into_iter().map(|(name, count)| (if name == "champions" { "champion" } else { name }, count));
    let sorted: BTreeMap<&str, u64> = named.filter(|(_, count)| *count > 0).collect();
    sorted.iter().fold(format!("checksum {checksum}"), |mut text, (name, count)| {
        let _ = write!(text, ", {name} {count}");
        text
    })
}

/// Measures enishi: of each work the best of as many repetitions as plain C does.
pub(crate) fn measure(log: &Log, readings: &mut Readings) -> Result<(), Box<dyn Error>> {
    let utc = Zone::new("UTC", LocalTime::MIDNIGHT)?;
    // The others count whole days of 24 hours back from 2026-01-01.
    let as_of = AsOf::new("2026-01-01T00:00:00Z".parse()?, utc).recency(Recency::ElapsedDays);
    let columns = || OrderColumns::new(black_box(&log.customers), &log.times, &log.amounts);
    let orders = columns()?;

    let map = ClassMap::partition();
    let rfm = |orders: &OrderColumns<'_>, scheme: &Scheme| {
        let scores = scheme.score(&Rfm::measure(orders, &as_of, &RfmOptions::new()));
        let counts: Vec<u64> = map.count(scores.all()).iter().map(|count| count.customers).collect();
        (scores, counts)
    };
    let ntile = Scheme::ntile(Bins::FIVE);
    let rfm_works: [(&str, &dyn Fn() -> _); 3] = [
        (RFM, &|| Ok(rfm(&orders, &ntile))),
        (RFM_CHECKED, &|| columns().map(|orders| rfm(&orders, &ntile))),
        (RFM_QUANTILE, &|| Ok(rfm(&orders, &Scheme::quantile(Bins::FIVE)))),
    ];
    for (work, run) in rfm_works {
        let (cpu_ms, answer) = best_of(RFM_TIMES, run);
        let (scores, counts) = answer?;
        let names = map.classes().iter().map(|class| class.name.as_str());
        readings.note(work, "enishi", cpu_ms, classes(scores.checksum(), names.zip(counts)));
    }

    let within = F2Options::new().within(&[30, 60, 90]).maturity(Maturity::Everybody);
    let cohort = |orders: &OrderColumns<'_>| {
        let history = PurchaseDays::of(orders, &as_of);
        (Cohorts::of(&history), F2::over(&history, &within), Gaps::of(&history))
    };
    let cohort_works: [(&str, &dyn Fn() -> _); 2] =
        [(COHORT, &|| Ok(cohort(&orders))), (COHORT_CHECKED, &|| columns().map(|orders| cohort(&orders)))];
    for (work, run) in cohort_works {
        let (cpu_ms, answer) = best_of(COHORT_TIMES, run);
        let (cohorts, f2, gaps) = answer?;
        let cohorts = cohorts?;
        let cells: u64 = cohorts.iter().flat_map(|cohort| cohort.customers).sum();
        let first = cohorts.iter().next().map_or(&[0, 0][..], |cohort| cohort.customers);
        let numbers = [cells, first[0], first[1], f2.first]
            .into_iter()
            .chain(f2.within.iter().map(|within| within.converted))
            .chain([f2.second, gaps.count(), gaps.total_days()]);
        let median = gaps.median().map_or_else(String::new, |days| days.to_string());
        readings.note(work, "enishi", cpu_ms, spaced(numbers.map(|n| n.to_string()).chain([median])));
    }

    let (cpu_ms, checked) = best_of(COHORT_TIMES, || columns().map(|orders| orders.len()));
    readings.note(CHECK, "enishi", cpu_ms, checked?.to_string());
    let (cpu_ms, purchases) = best_of(COHORT_TIMES, || PurchaseDays::of(&orders, &as_of).purchases());
    readings.note(GROUP, "enishi", cpu_ms, purchases.to_string());
    Ok(())
}

/// How often plain C repeats RFM, and how often the cohorts.
const RFM_TIMES: usize = 9;
const COHORT_TIMES: usize = 7;

/// The least CPU time in milliseconds, and what came out.
pub(crate) fn best_of<R>(times: usize, run: impl Fn() -> R) -> (f64, R) {
    let timed = || {
        let start = ProcessTime::now();
        let result = black_box(run());
        (start.elapsed().as_secs_f64() * 1e3, result)
    };
    let mut best = timed();
    for _ in 1..times {
        let (cpu_ms, result) = timed();
        best = (best.0.min(cpu_ms), result);
    }
    best
}

pub(crate) fn note_rfm_floor(said: &str, readings: &mut Readings) -> Result<(), Box<dyn Error>> {
    let line = said.lines().nth(1).unwrap_or_default();
    let counts = line.split_ascii_whitespace().filter_map(|part| {
        let (name, count) = part.split_once('=')?;
        Some((name, count.parse().ok()?))
    });
    let checksum = number_after(said, "checksum=")? as u64;
    readings.note(RFM, "C", number_after(said, "segment counts cpu")?, classes(checksum, counts));
    Ok(())
}

pub(crate) fn note_cohort_floor(said: &str, readings: &mut Readings) -> Result<(), Box<dyn Error>> {
    let numbers =
        said.split_once("out=[").and_then(|(_, rest)| rest.split_once(']')).map_or("", |(numbers, _)| numbers);
    let answer = spaced(numbers.split(',').map(|number| number.trim_end_matches(".0").to_owned()));
    readings.note(COHORT, "C", number_after(said, "total cpu")?, answer);
    Ok(())
}

pub(crate) fn note_rfm_peer(said: &Value, who: &str, readings: &mut Readings) -> Result<(), Box<dyn Error>> {
    let work = if said["method"] == "ntile" { RFM } else { RFM_QUANTILE };
    let counts = said["seg"].as_object().into_iter().flatten();
    let counts = counts.map(|(name, count)| (name.as_str(), count.as_u64().unwrap_or(0)));
    let answer = classes(said["checksum"].as_u64().unwrap_or(0), counts);
    readings.note(work, who, milliseconds(said, "cpu_min", 1e3)?, answer);
    Ok(())
}

pub(crate) fn note_cohort_peer(said: &Value, who: &str, readings: &mut Readings) -> Result<(), Box<dyn Error>> {
    let numbers = said["out"].as_array().into_iter().flatten();
    let answer = spaced(numbers.map(|number| number.to_string().trim_end_matches(".0").to_owned()));
    readings.note(COHORT, who, milliseconds(said, "cpu_min", 1e3)?, answer);
    Ok(())
}

fn spaced(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(" ")
}

/// How much memory the works take beyond the columns, where the system can tell.
pub(crate) fn memory(log: &Log) -> Result<String, Box<dyn Error>> {
    let orders = OrderColumns::new(&log.customers, &log.times, &log.amounts)?;
    let as_of = AsOf::new(Timestamp::MAX, Zone::TOKYO);
    let mut text = String::from("memory at most beyond the columns (20 bytes an order):");
    let works: [(&str, &dyn Fn()); 2] = [
        ("RFM", &|| {
            let rfm = Rfm::measure(&orders, &as_of, &RfmOptions::new());
            black_box(Scheme::ntile(Bins::FIVE).score(&rfm));
        }),
        ("cohort + F2 + gaps", &|| {
            let history = PurchaseDays::of(&orders, &as_of);
            let _ = black_box((Cohorts::of(&history), F2::over(&history, &F2Options::new()), Gaps::of(&history)));
        }),
    ];
    for (work, run) in works {
        // Writing 5 there begins a new peak (proc(5)).
        let before = fs::write("/proc/self/clear_refs", "5").ok().and_then(|()| resident("VmRSS:"));
        run();
        match before.zip(resident("VmHWM:")) {
            Some((before, peak)) => {
                let bytes = (peak - before).max(0.0) * 1024.0;
                write!(text, " {work} {:.1} bytes an order;", bytes / orders.len() as f64)?;
            }
            None => write!(text, " {work} not known here;")?,
        }
    }
    Ok(text)
}

/// A line of the process's own account, in KiB.
fn resident(line: &str) -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|text| text.strip_prefix(line))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

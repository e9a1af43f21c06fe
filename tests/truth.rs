//! Numbers nobody on this project wrote: published ones, and ones on which several other engines
//! agree. Their sources are in analytics-truth, sections 7 and 8.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test")]

#[path = "truth/data.rs"]
mod data;

use enishi::insight::{CycleMedian, CycleMedians, F2, F2Options, Maturity};
use enishi::model::{LocalTime, Name, Timestamp, Zone};
use enishi::population::{Cohorts, Gaps};
use enishi::rfm::{
    AsOf, Bins, Class, ClassMap, ClassRule, Cuts, Deciles, OrderColumns, PurchaseDays, Recency, Rfm, RfmOptions,
    Scheme, Score, Scores, Thresholds,
};

#[test]
fn the_r_package_rfm() {
    let Some(orders) = data::rfm_package() else { return };
    let rfm = measure(&orders.columns(), "2006-12-31T00:00:00Z");
    assert_eq!((rfm.len(), sum(rfm.frequency())), (995, 4906));

    // The published cuts are these plus one.
    let quantiles = Scheme::quantile(Bins::FIVE).score(&rfm);
    let cuts = quantiles.cuts();
    let shown = |cuts: &Cuts| cuts.points().iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    assert_eq!(shown(&cuts.recency), "114 180 296.4 481");
    assert_eq!(shown(&cuts.frequency), "3 4 5 7");
    assert_eq!(shown(&cuts.monetary), "254.8 381 505.4 665");

    let scores = score_by_quantiles_plus_one(&rfm);
    assert_eq!(sizes(&scores, |s| s.recency), [197, 200, 199, 199, 200]);
    assert_eq!(sizes(&scores, |s| s.frequency), [268, 187, 176, 244, 120]);
    assert_eq!(sizes(&scores, |s| s.monetary), [200, 200, 198, 202, 195]);

    let published = [
        ("Abbey O'Reilly", (205, 6, 472), "343", "Potential Loyalist"),
        ("Add Senger", (140, 3, 340), "412", "New Customers"),
        ("Aden Lesch", (194, 4, 405), "323", "Loyal Customers"),
        ("Aden Murphy", (98, 7, 596), "544", "Potential Loyalist"),
        ("Admiral Senger", (132, 5, 448), "433", "Potential Loyalist"),
    ];
    let readme = readme_segments();
    for (id, measures, score, segment) in published {
        let place = rfm.place(orders.number(id)).unwrap();
        assert_eq!((rfm.recency_days()[place], rfm.frequency()[place], rfm.monetary()[place]), measures, "{id}");
        assert_eq!(scores.all()[place].to_string(), score, "{id}");
        assert_eq!(readme.class_of(scores.all()[place]).name.as_str(), segment, "{id}");
    }
    assert_eq!(
        customers(&readme, &scores),
        [35, 342, 170, 9, 104, 47, 28, 10, 102, 148, 0],
        "in the order of the rules, then the others"
    );
    assert_eq!(heat_map_total(&rfm, &scores), 126_337_125);
}

#[test]
fn segments_of_the_r_package_rfm() {
    let Some(orders) = data::rfm_package() else { return };
    let rfm = measure(&orders.columns(), "2006-12-31T00:00:00Z");
    let scores = score_by_quantiles_plus_one(&rfm);
    let map = class_map(&[
        ("Champions", [(4, 5), (4, 5), (4, 5)]),
        ("Loyal Customers", [(2, 5), (3, 5), (3, 5)]),
        ("Potential Loyalist", [(3, 5), (1, 3), (1, 3)]),
        ("New Customers", [(4, 5), (1, 1), (1, 1)]),
        ("Promising", [(3, 4), (1, 1), (1, 1)]),
        ("Need Attention", [(2, 3), (2, 3), (2, 3)]),
        ("About To Sleep", [(2, 3), (1, 2), (1, 2)]),
        ("At Risk", [(1, 2), (2, 5), (2, 5)]),
        ("Can't Lose Them", [(1, 1), (4, 5), (4, 5)]),
        ("Lost", [(1, 2), (1, 2), (1, 2)]),
    ]);
    let expected = [
        ("Champions", 158, 1234, 120_178),
        ("Loyal Customers", 278, 1708, 166_712),
        ("Potential Loyalist", 229, 801, 65_873),
        ("New Customers", 0, 0, 0),
        ("Promising", 0, 0, 0),
        ("Need Attention", 35, 144, 13_287),
        ("About To Sleep", 50, 127, 10_914),
        ("At Risk", 86, 438, 44_178),
        ("Can't Lose Them", 0, 0, 0),
        ("Lost", 111, 244, 20_955),
        ("Others", 48, 210, 22_061),
    ];
    for (class, (name, customers, orders, revenue)) in map.classes().iter().zip(expected) {
        let members: Vec<usize> = (0..rfm.len()).filter(|i| map.class_of(scores.all()[*i]) == class).collect();
        let found_orders: u32 = members.iter().map(|i| rfm.frequency()[*i]).sum();
        let found_revenue: i64 = members.iter().map(|i| rfm.monetary()[*i]).sum();
        assert_eq!(
            (class.name.as_str(), members.len(), found_orders, found_revenue),
            (name, customers, orders, revenue)
        );
    }
}

#[test]
fn uci_online_retail() {
    let Some(retail) = data::online_retail() else { return };
    let orders = retail.orders.columns();
    assert_eq!((retail.lines, orders.len()), (397_884, 18_532));
    assert_eq!(retail.orders.revenue(), 8_911_407_904);
    let rfm = measure(&orders, "2011-12-10T00:00:00Z");
    assert_eq!(rfm.len(), 4338);

    let classes = ClassMap::partition();
    let names = "champions loyal potential_loyalist new promising need_attention about_to_sleep cant_lose at_risk \
                 hibernating others";
    assert_eq!(classes.classes().iter().map(|class| class.name.as_str()).collect::<Vec<_>>().join(" "), names);
    let ntile = Scheme::ntile(Bins::FIVE).score(&rfm);
    assert_eq!(customers(&classes, &ntile), [632, 819, 480, 42, 91, 188, 350, 63, 596, 1077, 0]);
    assert_eq!(ntile.checksum(), 1_444_221);
    let quantile = Scheme::quantile(Bins::FIVE).score(&rfm);
    assert_eq!(customers(&classes, &quantile), [604, 688, 484, 67, 169, 121, 478, 35, 357, 1335, 0]);
    assert_eq!(quantile.checksum(), 1_431_164);

    let history = history(&orders);
    let f2 = second_purchases(&history);
    assert_eq!((f2.first, f2.second), (4338, 2790));
    assert_eq!(f2.within.iter().map(|w| w.converted).collect::<Vec<_>>(), [812, 1456, 1831, 2463]);

    let gaps = Gaps::of(&history);
    assert_eq!((gaps.count(), quartiles(&gaps)), (12_425, "12 28 58".into()));
    // The mean is 45.6569.
    assert_eq!((gaps.total_days() * 10_000 + gaps.count() / 2) / gaps.count(), 456_569);
    assert_eq!(cycle(&retail.orders), Some(CycleMedian { days: 28, gaps: 12_425 }));

    let cohorts = Cohorts::of(&history).unwrap();
    let rows: Vec<_> = cohorts.iter().map(|cohort| (cohort.month.to_string(), cohort.customers)).collect();
    let (december, january) = (&rows[0], &rows[1]);
    assert_eq!(december.0, "2010-12-01");
    assert_eq!(december.1, [885, 324, 286, 340, 321, 352, 321, 309, 313, 350, 331, 445, 235]);
    assert_eq!(january.1, [417, 92, 111, 96, 134, 120, 103, 101, 125, 136, 152, 49]);
    let sizes: Vec<u64> = rows.iter().map(|row| row.1[0]).collect();
    assert_eq!(sizes, [885, 417, 380, 452, 300, 284, 242, 188, 169, 299, 358, 323, 41]);
    assert_eq!((rows[12].0.as_str(), rows[12].1), ("2011-12-01", [41].as_slice()));
}

#[test]
fn cdnow() {
    let Some(log) = data::cdnow() else { return };
    let history = history(&log.columns());
    let f2 = second_purchases(&history);
    assert_eq!((f2.first, f2.second), (23_570, 11_516));
    assert_eq!(f2.within.iter().map(|w| w.converted).collect::<Vec<_>>(), [4115, 5929, 6887, 8827]);
    assert_eq!(f2.rate().unwrap().ppm(), 488_587);

    let gaps = Gaps::of(&history);
    assert_eq!((gaps.count(), quartiles(&gaps)), (44_021, "12 34 94".into()));
    // The mean is 72.2140.
    assert_eq!((gaps.total_days() * 10_000 + gaps.count() / 2) / gaps.count(), 722_140);
    assert_eq!(cycle(&log), Some(CycleMedian { days: 34, gaps: 44_021 }));

    let cohorts = Cohorts::of(&history).unwrap();
    let rows: Vec<_> =
        cohorts.iter().take(3).map(|cohort| &cohort.customers[..cohort.customers.len().min(18)]).collect();
    let published: [&[u64]; 3] = [
        &[7846, 1157, 964, 810, 679, 736, 720, 582, 559, 594, 673, 634, 528, 511, 664, 472, 497, 498],
        &[8476, 1312, 980, 783, 847, 786, 626, 619, 666, 721, 661, 545, 568, 718, 545, 548, 551],
        &[7248, 1032, 752, 756, 674, 564, 561, 579, 634, 569, 464, 472, 678, 420, 443, 457],
    ];
    assert_eq!(rows, published);

    // Deciles by spend, the poorest first.
    let rfm = measure(&log.columns(), "1998-07-01T00:00:00Z");
    let scores = Scheme::ntile(Bins::MAX).score(&rfm);
    let bounds: Vec<i128> = scores.cuts().monetary.points().iter().map(|cut| cut.numerator()).collect();
    assert_eq!(bounds, [1297, 1536, 2498, 3135, 4341, 5993, 8642, 13_395, 24_235]);
    let mut sums = [0; 10];
    for (score, amount) in scores.all().iter().zip(rfm.monetary()) {
        sums[usize::from(score.monetary) - 1] += amount;
    }
    let published = [
        2_443_820,
        3_419_978,
        4_663_501,
        6_632_394,
        8_865_373,
        12_084_497,
        17_020_004,
        25_437_146,
        42_091_955,
        127_372_895,
    ];
    assert_eq!(sums, published);

    // The same by the type made for it, the best first.
    let deciles = Deciles::of(&rfm);
    let mut sums = deciles.groups().map(|group| group.sum);
    sums.reverse();
    assert_eq!(sums, published);
    assert!(deciles.groups().iter().all(|group| group.customers == 2357));
    let least = deciles.groups().map(|group| group.least);
    assert_eq!(least, [24_235, 13_395, 8642, 5993, 4341, 3135, 2498, 1536, 1297, 0]);
    // In hundredths of a percent. The list has 1684 and 186, which its own sums do not give.
    let shares = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(|group| (deciles.share(group).unwrap().ppm() + 50) / 100);
    assert_eq!(shares, [5094, 1683, 1017, 681, 483, 355, 265, 187, 137, 98]);
    assert_eq!(deciles.share_through(9).unwrap().ppm(), 1_000_000);
}

fn utc() -> Zone {
    Zone::new("UTC", LocalTime::MIDNIGHT).unwrap()
}

/// The other engines count whole periods of 24 hours.
fn measure(orders: &OrderColumns<'_>, at: &str) -> Rfm {
    let as_of = AsOf::new(at.parse().unwrap(), utc()).recency(Recency::ElapsedDays);
    Rfm::measure(orders, &as_of, &RfmOptions::new())
}

/// The rule of the R package: its cuts are the quantiles plus one, and who reaches a cut is past it.
fn score_by_quantiles_plus_one(rfm: &Rfm) -> Scores {
    let quantiles = Scheme::quantile(Bins::FIVE).score(rfm);
    let plus_one = |cuts: &Cuts| Thresholds::new(cuts.points().iter().map(|cut| cut.ceil() + 1).collect()).unwrap();
    let cuts = quantiles.cuts();
    Scheme::fixed(plus_one(&cuts.recency), plus_one(&cuts.frequency), plus_one(&cuts.monetary)).score(rfm)
}

/// The other engines count customers whose days are not over, too.
fn second_purchases(history: &PurchaseDays) -> F2 {
    F2::over(history, &F2Options::new().within(&[30, 60, 90, 180]).maturity(Maturity::Everybody))
}

fn history(orders: &OrderColumns<'_>) -> PurchaseDays {
    PurchaseDays::of(orders, &AsOf::new(Timestamp::MAX, utc()))
}

fn quartiles(gaps: &Gaps) -> String {
    gaps.quartiles().unwrap().map(|days| days.to_string()).join(" ")
}

/// The shop's purchase cycle, from one record to the next rather than from columns.
fn cycle(orders: &data::Orders) -> Option<CycleMedian> {
    CycleMedians::of(&orders.histories(), &AsOf::new(Timestamp::MAX, utc())).anything
}

fn sum(values: &[u32]) -> u64 {
    values.iter().map(|value| u64::from(*value)).sum()
}

fn sizes(scores: &Scores, of: impl Fn(&Score) -> u8) -> [usize; 5] {
    [1, 2, 3, 4, 5].map(|score| scores.all().iter().filter(|s| of(s) == score).count())
}

fn customers(map: &ClassMap, scores: &Scores) -> Vec<u64> {
    map.count(scores.all()).iter().map(|count| count.customers).collect()
}

/// The sum over the 25 cells of frequency and recency of the mean amount, in ten-thousandths.
fn heat_map_total(rfm: &Rfm, scores: &Scores) -> i64 {
    const FINE: i64 = 1_000_000_000;
    let cells = (1..=5).flat_map(|recency| (1..=5).map(move |frequency| (recency, frequency)));
    let mean = |cell| {
        let members = scores.all().iter().zip(rfm.monetary()).filter(|(s, _)| (s.recency, s.frequency) == cell);
        let amounts: Vec<i64> = members.map(|(_, amount)| *amount).collect();
        (amounts.iter().sum::<i64>() * FINE).checked_div(amounts.len() as i64).unwrap_or(0)
    };
    cells.map(mean).sum::<i64>() / (FINE / 10_000)
}

/// The rules of the package's README; the first that matches wins.
fn readme_segments() -> ClassMap {
    class_map(&[
        ("Champions", [(5, 5), (5, 5), (5, 5)]),
        ("Potential Loyalist", [(3, 5), (3, 5), (2, 5)]),
        ("Loyal Customers", [(2, 4), (2, 4), (2, 4)]),
        ("Promising", [(3, 4), (1, 3), (3, 5)]),
        ("New Customers", [(4, 5), (1, 3), (1, 5)]),
        ("Can't Lose Them", [(1, 2), (3, 4), (4, 5)]),
        ("At Risk", [(1, 2), (2, 5), (4, 5)]),
        ("Need Attention", [(1, 3), (3, 5), (3, 5)]),
        ("About To Sleep", [(2, 3), (1, 3), (1, 4)]),
        ("Lost", [(1, 1), (1, 5), (1, 5)]),
    ])
}

fn class_map(rules: &[(&str, [(u8, u8); 3])]) -> ClassMap {
    let class = |name: &str| Class { name: Name::new(name).unwrap(), label: None };
    let rule = |(name, [r, f, m]): &(&str, [(u8, u8); 3])| ClassRule {
        class: class(name),
        recency: r.0..=r.1,
        frequency: f.0..=f.1,
        monetary: m.0..=m.1,
    };
    ClassMap::new(rules.iter().map(rule).collect(), class("Others")).unwrap()
}

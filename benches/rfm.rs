//! RFM, cohorts, second purchases and gaps of a million orders of a hundred thousand customers:
//! `cargo bench --bench rfm`.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use enishi::insight::{F2, F2Options};
use enishi::model::{Timestamp, Zone};
use enishi::population::{Cohorts, Gaps};
use enishi::rfm::{
    AsOf, Bins, ClassMap, Deciles, OrderColumns, PurchaseDays, Recency, Rfm, RfmOptions, Scheme, Thresholds,
};

const ORDERS: usize = 1_000_000;
const CUSTOMERS: u64 = 100_000;
const DAY: i64 = 86_400_000;
/// 2024-01-01 and two years later.
const FIRST: i64 = 1_704_067_200_000;
const DAYS: u64 = 731;

criterion_group!(benches, measure, score, history);
criterion_main!(benches);

fn measure(criterion: &mut Criterion) {
    let log = Log::generate();
    let orders = log.columns();
    let mut group = criterion.benchmark_group("rfm 1M orders");
    group.throughput(Throughput::Elements(ORDERS as u64)).sample_size(30);
    group.bench_function("check columns", |b| b.iter(|| log.columns()));
    let mut measured = |name: &str, as_of: AsOf, options: RfmOptions| {
        group.bench_function(name, |b| b.iter(|| Rfm::measure(black_box(&orders), &as_of, &options)));
    };
    measured("measure", as_of(), RfmOptions::new());
    measured("measure, elapsed days", as_of().recency(Recency::ElapsedDays), RfmOptions::new());
    measured("measure, same days merged", as_of(), RfmOptions::new().merge_same_day());
    for (name, scheme) in schemes() {
        group.bench_function(format!("columns to class counts, {name}"), |b| {
            let classes = ClassMap::partition();
            b.iter(|| {
                let rfm = Rfm::measure(black_box(&orders), &as_of(), &RfmOptions::new());
                let scores = scheme.score(&rfm);
                classes.count(scores.all()).iter().map(|count| count.customers).max()
            });
        });
    }
    group.finish();
}

fn score(criterion: &mut Criterion) {
    let log = Log::generate();
    let rfm = Rfm::measure(&log.columns(), &as_of(), &RfmOptions::new());
    let mut group = criterion.benchmark_group("rfm scores");
    group.throughput(Throughput::Elements(rfm.len() as u64)).sample_size(30);
    for (name, scheme) in schemes() {
        group
            .bench_function(name, |b| b.iter_batched(|| (), |()| scheme.score(black_box(&rfm)), BatchSize::LargeInput));
    }
    group.finish();
}

fn history(criterion: &mut Criterion) {
    let log = Log::generate();
    let orders = log.columns();
    let history = PurchaseDays::of(&orders, &as_of());
    let rfm = Rfm::measure(&orders, &as_of(), &RfmOptions::new());
    let mut group = criterion.benchmark_group("history of 1M orders");
    group.throughput(Throughput::Elements(ORDERS as u64)).sample_size(30);
    group.bench_function("purchase days", |b| b.iter(|| PurchaseDays::of(black_box(&orders), &as_of())));
    group.bench_function("cohorts", |b| b.iter(|| Cohorts::of(black_box(&history))));
    group.bench_function("gaps", |b| b.iter(|| Gaps::of(black_box(&history))));
    let options = F2Options::new().within(&[30, 60, 90, 180]);
    group.bench_function("F2", |b| b.iter(|| F2::over(black_box(&history), &options)));
    group.bench_function("deciles", |b| b.iter(|| Deciles::of(black_box(&rfm))));
    group.finish();
}

fn schemes() -> [(&'static str, Scheme); 3] {
    let thresholds = |values: &[i64]| Thresholds::new(values.to_vec()).unwrap();
    let fixed = Scheme::fixed(
        thresholds(&[30, 90, 180, 365]),
        thresholds(&[2, 3, 5, 10]),
        thresholds(&[5_000, 15_000, 50_000, 100_000]),
    );
    [("quantile", Scheme::quantile(Bins::FIVE)), ("ntile", Scheme::ntile(Bins::FIVE)), ("fixed", fixed)]
}

fn as_of() -> AsOf {
    AsOf::new(Timestamp::from_millis(FIRST + DAYS as i64 * DAY).unwrap(), Zone::TOKYO)
}

/// An order log in order of time: a few customers order often, most seldom; amounts have a long tail.
struct Log {
    customers: Vec<u32>,
    times: Vec<i64>,
    amounts: Vec<i64>,
}

impl Log {
    fn generate() -> Self {
        let mut random = SplitMix64(20_260_101);
        let mut times: Vec<i64> = (0..ORDERS).map(|_| FIRST + random.below(DAYS * DAY as u64) as i64).collect();
        times.sort_unstable();
        // The smaller of two draws squared falls off as the customer's number rises; the numbers
        // are then spread over the range, as activity has nothing to do with age.
        let customers = (0..ORDERS).map(|_| {
            let rank = random.below(CUSTOMERS).min(random.below(CUSTOMERS));
            (rank * rank / CUSTOMERS * 61_403 % CUSTOMERS) as u32
        });
        let customers = customers.collect();
        // A product of draws is near to log-normal: the median is about 4,000 yen.
        let amounts =
            (0..ORDERS).map(|_| (500 + random.below(3_000) * (1 + random.below(5)) / 2 + random.below(1_500)) as i64);
        let amounts = amounts.collect();
        Self { customers, times, amounts }
    }

    fn columns(&self) -> OrderColumns<'_> {
        OrderColumns::new(black_box(&self.customers), &self.times, &self.amounts).unwrap()
    }
}

/// Steele, Lea and Flood 2014; the same numbers on every machine.
struct SplitMix64(u64);

impl SplitMix64 {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((u128::from(z ^ (z >> 31)) * u128::from(end)) >> 64) as u64
    }
}

//! Coupon codes: made by the million, and verified: `cargo bench --bench codes`.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use enishi::coupon::{KeyRing, Serial};
use enishi::model::{CouponName, FriendId};

const CODES: u32 = 1_000_000;

criterion_group!(benches, batch, verify);
criterion_main!(benches);

fn ring() -> (KeyRing, CouponName) {
    (KeyRing::new(0, b"at least sixteen secret bytes").unwrap(), CouponName::new("春の新生活").unwrap())
}

fn batch(criterion: &mut Criterion) {
    let (keys, coupon) = ring();
    let mut group = criterion.benchmark_group("a million codes");
    group.throughput(Throughput::Elements(u64::from(CODES))).sample_size(10);
    group.bench_function("made", |b| b.iter(|| keys.batch(black_box(&coupon), 0..CODES).max()));
    group.bench_function("made and written as lines", |b| {
        let mut lines = String::with_capacity(25 * CODES as usize);
        b.iter(|| {
            lines.clear();
            keys.batch(black_box(&coupon), 0..CODES).for_each(|code| writeln!(lines, "{code}").unwrap());
            lines.len()
        });
    });
    group.finish();
}

fn verify(criterion: &mut Criterion) {
    let (keys, coupon) = ring();
    let others: Vec<CouponName> = (0..99).map(|n| CouponName::new(&format!("other {n}")).unwrap()).collect();
    let right = keys.issue(&coupon, Serial::new(FriendId(7), 0)).to_string();
    let mut group = criterion.benchmark_group("verify");
    group.bench_function("of one coupon", |b| b.iter(|| keys.verify(black_box(&right), [&coupon]).is_ok()));
    group.bench_function("of a hundred coupons", |b| {
        b.iter(|| keys.verify(black_box(&right), others.iter().chain([&coupon])).is_ok());
    });
    group.finish();
}

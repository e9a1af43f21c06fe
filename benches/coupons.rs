//! A basket of twenty lines and ten coupons that can be used: `cargo bench --bench coupons`.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use std::collections::BTreeSet;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use enishi::coupon::margin::{Costs, Product, Verdict, check};
use enishi::coupon::{
    Basket, BasketLine, Benefit, BestFor, BuyGet, Candidate, Charge, Checkout, Codes, Combining, Coupon, Measure,
    Quote, Rounding, Search, Tax, Tiers, With,
};
use enishi::model::{CouponName, Friend, FriendId, FriendKey, Money, Span, Zone};

criterion_group!(benches, quote, margin);
criterion_main!(benches);

fn quote(criterion: &mut Criterion) {
    let basket = basket();
    let mut group = criterion.benchmark_group("quote, 20 lines, 10 coupons");
    let mut measured = |name: &str, coupons: &[Coupon], best_for: BestFor, at_most: usize| {
        let friend = Friend::new(FriendId(1), FriendKey::new("friend").unwrap());
        let mut checkout = Checkout::new(&friend, "2026-04-01T12:00:00+09:00".parse().unwrap(), &Zone::TOKYO);
        checkout.combining.best_for = best_for;
        checkout.combining.at_most = at_most;
        let candidates: Vec<Candidate<'_>> = coupons.iter().map(Candidate::shared).collect();
        assert_as_measured(&checkout.quote(&basket, &candidates).unwrap(), at_most);
        group.bench_function(name, |b| b.iter(|| checkout.quote(black_box(&basket), black_box(&candidates)).unwrap()));
    };
    let mixed = mixed();
    measured("every kind, 3 for the customer", &mixed, BestFor::Customer, 3);
    measured("every kind, 3 for the shop", &mixed, BestFor::Shop, 3);
    measured("every kind, 1 for the customer", &mixed, BestFor::Customer, 1);
    // Nearly the same from all of them, and each changes what the next gives: the bound tells little.
    let alike: Vec<Coupon> = (0..10).map(|nth| of_category(nth, rate(&format!("{}%", 7 + nth % 2), None))).collect();
    measured("all alike, 3 for the customer", &alike, BestFor::Customer, 3);
    measured("all alike, 10 for the customer", &alike, BestFor::Customer, 10);
    group.finish();
}

/// All combinations of ten coupons on a thousand products: 175 of up to three, 1,023 of up to ten.
fn margin(criterion: &mut Criterion) {
    let products: Vec<Product> = (0..1000).map(product).collect();
    let mut group = criterion.benchmark_group("margin check, 1,000 products, 10 coupons");
    group.sample_size(10);
    let mut measured = |name: &str, margin: &str, at_most: usize, verdict: &str| {
        let (coupons, mut costs, mut combining) = (mixed(), Costs::default(), Combining::default());
        (costs.otherwise, costs.shipping) = (Some(margin.parse().unwrap()), Some(Money::from_minor(770)));
        (costs.floor, combining.at_most) = ("1%".parse().unwrap(), at_most);
        let costs = costs.with_skus([("SAMPLE", Money::from_minor(40))]);
        let job = || check(black_box(&coupons), combining, black_box(&products), &costs).unwrap();
        let checked = job();
        let word = match checked.verdict {
            Verdict::Proved => "proved",
            Verdict::Loses(_) => "loses",
            _ => "open",
        };
        assert_eq!(word, verdict, "{} of {} proved", checked.proved, checked.combinations.len());
        group.bench_function(name, |b| b.iter(job));
    };
    measured("up to 3, none proved", "5%", 3, "loses");
    measured("up to 3, some proved", "60%", 3, "loses");
    measured("up to 10, none proved", "5%", 10, "loses");
    group.finish();
}

fn product(nth: usize) -> Product {
    Product {
        sku: format!("SKU-{nth}").into(),
        categories: vec![["tea", "bath", "rice", "gifts"][nth % 4].into(), ["spring", "sale"][nth % 2].into()],
        price: Money::from_minor(480 + 137 * nth as i64 % 1900),
    }
}

fn assert_as_measured(quote: &Quote, at_most: usize) {
    assert_eq!(quote.taken.len(), at_most);
    assert_eq!(quote.taken.len() + quote.refused.len(), 10);
    assert_eq!(quote.search, Search::Complete);
}

fn basket() -> Basket {
    let mut basket = Basket::default();
    basket.lines = (0..20)
        .map(|nth| BasketLine {
            id: format!("line {nth:02}").into(),
            sku: format!("SKU-{nth}").into(),
            categories: vec![["tea", "bath", "rice", "gifts"][nth % 4].into(), ["spring", "sale"][nth % 2].into()],
            unit_price: Money::from_minor(480 + 137 * nth as i64 % 1900),
            quantity: 1 + nth as u32 % 3,
            tax: Tax::included(["8%", "10%"][nth % 2].parse().unwrap()),
        })
        .collect();
    basket.shipping = Some(Charge { price: Money::from_minor(770), tax: Tax::included("10%".parse().unwrap()) });
    basket
}

/// One of every kind, some for a part of the goods.
fn mixed() -> Vec<Coupon> {
    let count = |n: u32| n.try_into().unwrap();
    let set = BuyGet { buy: count(2), get: count(1), off: "50%".parse().unwrap(), at_most: Some(count(3)) };
    let steps = vec![(1000, amount(100)), (5000, amount(600)), (30_000, amount(4000))];
    let benefits = [
        amount(500),
        amount(1500),
        rate("10%", Some(2000)),
        rate("5%", None),
        Benefit::FreeShipping { up_to: None },
        Benefit::Points { hundredths: 300 },
        Benefit::Gift { sku: "SAMPLE".into(), pieces: count(1) },
        Benefit::BuyGet(set),
        Benefit::Tiered(Tiers::new(Measure::Subtotal, steps)),
        rate("15%", Some(3000)),
    ];
    benefits.into_iter().enumerate().map(|(nth, benefit)| of_category(nth, benefit)).collect()
}

/// For everything, for one category, or for all but one SKU, by turns.
fn of_category(nth: usize, benefit: Benefit) -> Coupon {
    let mut coupon = Coupon::new(CouponName::new(&format!("coupon {nth}")).unwrap(), benefit, Span::days(14));
    coupon.codes = Codes::Shared("SPRING26".parse().unwrap());
    coupon.stacking.with = With::All;
    match nth % 3 {
        0 => coupon.scope.categories = BTreeSet::from(["spring".into(), "tea".into()]),
        1 => coupon.scope.except_skus = BTreeSet::from(["SKU-3".into()]),
        _ => {}
    }
    coupon
}

fn amount(off: i64) -> Benefit {
    Benefit::Amount(Money::from_minor(off))
}

fn rate(rate: &str, up_to: Option<i64>) -> Benefit {
    Benefit::Rate { rate: rate.parse().unwrap(), up_to: up_to.map(Money::from_minor), rounding: Rounding::Down }
}

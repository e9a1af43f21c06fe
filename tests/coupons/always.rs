//! What holds of every quote.

use enishi::coupon::{BasketLine, Benefit, Candidate, Checkout, Coupon, Quote, Rounding, Tax};
use enishi::model::{Money, Rate, Zone};
use proptest::prelude::*;

use crate::agree::{adds_up, candidate, told};
use crate::random::{self, Dice};
use crate::shop::{amount, basket, guest, now, quote, shared, yen};

/// Prices and quantities, most of them small, some as large as they come.
fn lines() -> impl Strategy<Value = Vec<(u32, i64)>> {
    prop::collection::vec((0_u32..50, prop_oneof![0_i64..300, 0_i64..1_000_000_000_000]), 0..40)
}

fn of_rate(ppm: u32, up_to: Option<i64>, rounding: Rounding) -> Coupon {
    shared("a", Benefit::Rate { rate: Rate::from_ppm(ppm).unwrap(), up_to: up_to.map(yen), rounding })
}

fn rounding() -> impl Strategy<Value = Rounding> {
    prop_oneof![Just(Rounding::Down), Just(Rounding::HalfUp), Just(Rounding::Up)]
}

/// What comes off a basket by this one coupon.
fn off(lines: &[(u32, i64)], coupon: &Coupon) -> Money {
    quote(&basket(lines), &[coupon]).discount
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_shares_are_the_discount_each_within_a_unit_of_exact(
        lines in lines(), off in 1_i64..1_000_000_000_000, ppm in 1_u32..=1_000_000,
        up_to in prop::option::of(1_i64..1_000_000), by_rate in any::<bool>(), rounding in rounding(),
    ) {
        let coupon = if by_rate { of_rate(ppm, up_to, rounding) } else { amount("a", off) };
        let quote = quote(&basket(&lines), &[&coupon]);
        adds_up(&quote);
        // All of it has its tax in it: what is paid and what is taken off are the prices, to the yen. Seen to fail: with a
        // yen more of some lines under their tax.
        prop_assert_eq!(quote.to_pay.checked_add(quote.discount), Some(quote.listed));
        let (total, discount) = (i128::from(quote.listed.minor()), i128::from(quote.discount.minor()));
        for line in &quote.lines {
            let exact = i128::from(line.price.minor()) * discount;
            prop_assert!((i128::from(line.discount.minor()) * total - exact).abs() < total.max(1));
        }
        if by_rate {
            let cap = i128::from(up_to.unwrap_or(i64::MAX));
            let exact = total * i128::from(ppm);
            let (down, up) = (exact / 1_000_000, (exact + 999_999) / 1_000_000);
            let wanted = match rounding {
                Rounding::Down => down,
                Rounding::Up => up,
                _ => (exact + 500_000) / 1_000_000,
            };
            prop_assert_eq!(discount, wanted.min(cap));
        } else {
            prop_assert_eq!(discount, total.min(off.into()));
        }
    }

    #[test]
    fn a_larger_floor_never_gives_more(lines in lines(), floor in 0_i64..10_000, more in 0_i64..10_000, ppm in 1_u32..=1_000_000) {
        let with_floor = |floor| {
            let mut coupon = of_rate(ppm, None, Rounding::Down);
            coupon.terms.floor = yen(floor);
            off(&lines, &coupon)
        };
        prop_assert!(with_floor(floor + more) <= with_floor(floor));
    }

    #[test]
    fn a_larger_cap_never_gives_less(lines in lines(), cap in 1_i64..10_000, more in 0_i64..10_000, ppm in 1_u32..=1_000_000, rounding in rounding()) {
        let with_cap = |cap| off(&lines, &of_rate(ppm, Some(cap), rounding));
        prop_assert!(with_cap(cap) <= with_cap(cap + more));
        prop_assert!(with_cap(cap) <= yen(cap));
        prop_assert!(with_cap(cap + more) <= off(&lines, &of_rate(ppm, None, rounding)));
    }

    #[test]
    fn the_best_for_the_customer_is_no_less_with_a_coupon_more_or_a_floor_less(seed in any::<u64>()) {
        let (friends, vips) = (random::friends(), random::vips());
        let mut dice = Dice::new(seed);
        let mut checkout = random::checkout(&mut dice, &friends);
        checkout.combining.best_for = enishi::coupon::BestFor::Customer;
        let basket = random::basket(&mut dice);
        let mut drawn = random::coupons(&mut dice, &vips);
        let off = |drawn: &[random::Drawn]| {
            let candidates: Vec<Candidate<'_>> = drawn.iter().map(candidate).collect();
            checkout.quote(&basket, &candidates).unwrap().discount
        };
        let all = off(&drawn);
        if let Some(last) = drawn.pop() {
            prop_assert!(off(&drawn) <= all);
            drawn.push(last);
        }
        for one in &mut drawn {
            one.coupon.terms.floor = Money::ZERO;
        }
        prop_assert!(all <= off(&drawn));
    }

    #[test]
    fn the_order_of_lines_and_candidates_means_nothing(seed in any::<u64>()) {
        let (friends, vips) = (random::friends(), random::vips());
        let mut dice = Dice::new(seed);
        let checkout = random::checkout(&mut dice, &friends);
        let mut basket = random::basket(&mut dice);
        let mut drawn = random::coupons(&mut dice, &vips);
        // Of two that are the same in everything the first is taken: that is the one thing their order decides.
        drawn.dedup_by(|a, b| a.coupon.name == b.coupon.name);
        let mut names = std::collections::BTreeSet::new();
        drawn.retain(|one| names.insert(one.coupon.name.clone()));
        let quoted = |basket: &_, drawn: &[random::Drawn]| {
            let candidates: Vec<Candidate<'_>> = drawn.iter().map(candidate).collect();
            checkout.quote(basket, &candidates).unwrap()
        };
        let first = quoted(&basket, &drawn);
        basket.lines.reverse();
        drawn.reverse();
        let turned = quoted(&basket, &drawn);
        prop_assert_eq!(&first.taxes, &turned.taxes);
        let lines: Vec<_> = turned.lines.iter().rev().cloned().collect();
        prop_assert_eq!(&first.lines, &lines);
        let names = |quote: &Quote| quote.taken.iter().map(|it| (it.coupon.clone(), it.discount)).collect::<Vec<_>>();
        prop_assert_eq!(names(&first), names(&turned));
        prop_assert_eq!(told(&first).refused.len(), told(&turned).refused.len());
    }

    #[test]
    fn tax_on_top_is_what_is_rounded_and_tax_within_changes_nothing_to_pay(
        prices in prop::collection::vec((1_i64..100_000, any::<bool>()), 1..20), ppm in 0_u32..=1_000_000, rounding in rounding(),
    ) {
        let rate = Rate::from_ppm(ppm).unwrap();
        let mut basket = basket(&[]);
        basket.lines = prices.iter().enumerate().map(|(nth, (price, included))| BasketLine {
            id: nth.to_string().into(), sku: "a".into(), categories: Vec::new(), unit_price: yen(*price), quantity: 1,
            tax: Tax { rate, included: *included },
        }).collect();
        let guest = guest();
        let mut checkout = Checkout::new(&guest, now(), &Zone::TOKYO);
        checkout.tax_rounding = rounding;
        let quote = checkout.quote(&basket, &[]).unwrap();
        let sum = |wanted| prices.iter().filter(|(_, included)| *included == wanted).map(|it| i128::from(it.0)).sum::<i128>();
        let (within, on_top) = (sum(true), sum(false));
        let round = |amount: i128, whole: i128| match rounding {
            Rounding::Down => amount / whole,
            Rounding::Up => (amount + whole - 1) / whole,
            _ => (2 * amount + whole) / (2 * whole),
        };
        let added = round(on_top * i128::from(ppm), 1_000_000);
        prop_assert_eq!(i128::from(quote.to_pay.minor()), within + on_top + added);
        let tax = i128::from(quote.taxes[0].tax.minor());
        if within == 0 {
            prop_assert_eq!(tax, added, "one rounding, not two");
        }
        prop_assert_eq!(tax, round((within + on_top + added) * i128::from(ppm), 1_000_000 + i128::from(ppm)));
    }
}

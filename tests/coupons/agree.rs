//! The evaluation agrees with brute force.

use std::fmt::Write as _;

use enishi::coupon::{Candidate, NotApplied, Quote, Search};
use enishi::model::Money;

use crate::brute::{Answer, answer};
use crate::random::{self, Dice, Drawn};

/// Carts in all, over the four tests, which run side by side.
const CARTS: u64 = 100_000;

#[test]
fn the_first_quarter_of_a_hundred_thousand_carts_agrees_with_brute_force() {
    agree(0);
}

#[test]
fn the_second_quarter_of_a_hundred_thousand_carts_agrees_with_brute_force() {
    agree(1);
}

#[test]
fn the_third_quarter_of_a_hundred_thousand_carts_agrees_with_brute_force() {
    agree(2);
}

#[test]
fn the_last_quarter_of_a_hundred_thousand_carts_agrees_with_brute_force() {
    agree(3);
}

fn agree(quarter: u64) {
    let (friends, vips) = (random::friends(), random::vips());
    let mut seen = std::collections::BTreeMap::<String, u32>::new();
    for cart in quarter * CARTS / 4..(quarter + 1) * CARTS / 4 {
        let mut dice = Dice::new(cart);
        let checkout = random::checkout(&mut dice, &friends);
        let basket = random::basket(&mut dice);
        let drawn = random::coupons(&mut dice, &vips);
        let candidates: Vec<Candidate<'_>> = drawn.iter().map(candidate).collect();
        let quote = checkout.quote(&basket, &candidates).unwrap();
        let expected = answer(&basket, &candidates, &checkout);
        if told(&quote) != expected {
            let mut story = String::new();
            for one in &candidates {
                writeln!(story, "{one:#?}").unwrap();
            }
            panic!(
                "cart {cart}\n{basket:#?}\n{story}{:?}\n{:?}\nquoted   {:?}\nexpected {expected:?}",
                checkout.combining,
                checkout.friend.key,
                told(&quote)
            );
        }
        adds_up(&quote);
        *seen.entry(format!("{} taken", quote.taken.len())).or_default() += 1;
        for refused in &quote.refused {
            *seen.entry(refused.why.word().into()).or_default() += 1;
        }
    }
    // Chance has to have met every reason, or nothing was shown of it.
    let words = [
        "not_held",
        "used",
        "used_up",
        "not_yet",
        "expired",
        "blackout",
        "wrong_channel",
        "wrong_payment",
        "wrong_shipping",
        "not_first_order",
        "not_for_friend",
        "no_goods",
        "below_floor",
        "few_pieces",
        "few_orders",
        "little_spent",
        "nothing",
        "same_coupon",
        "not_beside",
        "too_many",
        "nothing_left",
        "outdone",
        "3 taken",
    ];
    for word in words {
        assert!(seen.get(word).is_some_and(|times| *times >= 5), "{word}: {seen:?}");
    }
}

pub(crate) fn candidate(drawn: &Drawn) -> Candidate<'_> {
    let candidate = match &drawn.held {
        Some(held) => Candidate::held(&drawn.coupon, held),
        None => Candidate::shared(&drawn.coupon),
    };
    drawn.uses_left.map_or(candidate, |left| candidate.with_uses_left(left))
}

/// The quote in the words of brute force.
pub(crate) fn told(quote: &Quote) -> Answer {
    let minor = |money: &Money| money.minor();
    Answer {
        off_lines: quote.lines.iter().map(|line| line.discount.minor()).collect(),
        off_shipping: quote.shipping.map_or(0, |shipping| shipping.discount.minor()),
        points: quote.lines.iter().map(|line| line.points).collect(),
        taken: quote
            .taken
            .iter()
            .map(|it| (it.candidate, it.lines.iter().map(minor).collect(), it.shipping.minor()))
            .collect(),
        refused: quote
            .refused
            .iter()
            .map(|it| (it.candidate, it.why.clone()))
            .collect::<std::collections::BTreeMap<usize, NotApplied>>(),
        taxes: quote.taxes.iter().map(|it| (it.rate.ppm(), it.net.minor(), it.tax.minor(), it.gross.minor())).collect(),
    }
}

/// What holds of every quote: nothing is lost, nothing is below zero.
pub(crate) fn adds_up(quote: &Quote) {
    let sum = |parts: &mut dyn Iterator<Item = Money>| parts.map(Money::minor).sum::<i64>();
    assert_eq!(quote.search, Search::Complete);
    for (nth, line) in quote.lines.iter().enumerate() {
        assert!(Money::ZERO <= line.discount && line.discount <= line.price);
        assert_eq!(sum(&mut quote.taken.iter().map(|coupon| coupon.lines[nth])), line.discount.minor());
    }
    for coupon in &quote.taken {
        assert_eq!(sum(&mut coupon.lines.iter().copied()) + coupon.shipping.minor(), coupon.discount.minor());
        let gives = coupon.discount > Money::ZERO || coupon.points.is_some() || coupon.gift.is_some();
        assert!(gives, "used up for nothing");
    }
    let shipping = quote.shipping.map_or(0, |shipping| shipping.discount.minor());
    assert!(shipping <= quote.shipping.map_or(0, |shipping| shipping.price.minor()));
    assert_eq!(sum(&mut quote.lines.iter().map(|line| line.discount)) + shipping, quote.discount.minor());
    assert_eq!(sum(&mut quote.taken.iter().map(|coupon| coupon.discount)), quote.discount.minor());
    for total in &quote.taxes {
        assert_eq!(total.net.minor() + total.tax.minor(), total.gross.minor());
        assert!(!total.net.is_negative() && !total.tax.is_negative());
    }
    assert_eq!(sum(&mut quote.taxes.iter().map(|total| total.gross)), quote.to_pay.minor());
    // Tax comes on top of prices without it, and a discount is off the prices as they are listed.
    let listed_after = quote.listed.minor() - quote.discount.minor();
    assert!(listed_after >= 0 && listed_after <= quote.to_pay.minor());
}

//! What coupons give, when they end, and which codes are good.

#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::collections::BTreeSet;

use enishi::coupon::{Benefit, Code, CodeError, Coupon, KeyError, KeyRing, NotApplied, Serial};
use enishi::model::{
    Cart, CartLine, CouponName, FriendId, HeldCoupon, LocalTime, Money, OrderHistory, Rate, Redemption, Span, Zone,
};
use proptest::prelude::*;
use support::lab::{Lab, at, keys};

fn name(text: &str) -> CouponName {
    CouponName::new(text).unwrap()
}

fn yen(amount: i64) -> Money {
    Money::from_minor(amount)
}

fn amount(off: i64) -> Coupon {
    Coupon::new(name("off"), Benefit::Amount(yen(off)), Span::days(14))
}

fn rate(percent: &str, up_to: Option<i64>) -> Coupon {
    Coupon::new(name("off"), Benefit::Rate { rate: percent.parse().unwrap(), up_to: up_to.map(yen) }, Span::days(14))
}

fn cart(lines: &[(u32, i64)]) -> Cart {
    let line = |(i, (quantity, price)): (usize, &(u32, i64))| CartLine {
        sku: format!("sku {i}").into(),
        quantity: *quantity,
        unit_price: yen(*price),
        categories: Vec::new(),
    };
    Cart { lines: lines.iter().enumerate().map(line).collect() }
}

/// The discount and its shares, or why there is none.
fn quote(coupon: &Coupon, lines: &[(u32, i64)]) -> Result<(i64, Vec<i64>), NotApplied> {
    let quote = coupon.discount(&cart(lines))?;
    Ok((quote.discount.minor(), quote.lines.iter().map(|share| share.minor()).collect()))
}

#[test]
fn an_amount_is_taken_off_but_never_more_than_the_cart() {
    assert_eq!(quote(&amount(500), &[(1, 3000)]), Ok((500, vec![500])));
    assert_eq!(quote(&amount(500), &[(1, 500)]), Ok((500, vec![500])));
    assert_eq!(quote(&amount(500), &[(1, 300), (1, 0)]), Ok((300, vec![300, 0])));
}

#[test]
fn a_rate_is_rounded_down_and_held_below_its_most() {
    assert_eq!(quote(&rate("10%", None), &[(1, 1999)]), Ok((199, vec![199])));
    assert_eq!(quote(&rate("12.5%", None), &[(3, 333)]), Ok((124, vec![124])));
    assert_eq!(quote(&rate("10%", Some(2000)), &[(1, 20_009)]), Ok((2000, vec![2000])));
    assert_eq!(quote(&rate("10%", Some(2000)), &[(1, 19_999)]), Ok((1999, vec![1999])));
    assert_eq!(quote(&rate("100%", None), &[(1, 1234)]), Ok((1234, vec![1234])));
    assert_eq!(quote(&rate("10%", None), &[(1, 9)]), Err(NotApplied::Nothing));
}

#[test]
fn what_is_left_by_rounding_goes_to_the_largest_remainders() {
    assert_eq!(quote(&amount(10), &[(1, 100), (1, 100), (1, 100)]), Ok((10, vec![4, 3, 3])));
    assert_eq!(quote(&amount(100), &[(1, 1), (1, 1), (1, 998)]), Ok((100, vec![0, 0, 100])));
    // 3 of 10 over 5, 3, 2: 1.5, 0.9, 0.6.
    assert_eq!(quote(&amount(3), &[(1, 5), (1, 3), (1, 2)]), Ok((3, vec![1, 1, 1])));
    // Equal remainders: the dearer line first.
    assert_eq!(quote(&amount(1), &[(1, 1), (1, 1)]), Ok((1, vec![1, 0])));
}

#[test]
fn the_floor_is_what_the_cart_must_come_to() {
    let mut coupon = amount(500);
    coupon.floor = yen(3000);
    assert_eq!(quote(&coupon, &[(1, 2999)]), Err(NotApplied::BelowFloor { short: yen(1) }));
    assert_eq!(quote(&coupon, &[(1, 3000)]), Ok((500, vec![500])));
    assert_eq!(quote(&coupon, &[(2, 1500)]), Ok((500, vec![500])));
}

#[test]
fn an_empty_cart_meets_no_floor() {
    assert_eq!(quote(&amount(500), &[]), Err(NotApplied::Empty));
    assert_eq!(quote(&amount(500), &[(0, 3000)]), Err(NotApplied::Empty));
    assert_eq!(quote(&rate("10%", None), &[(1, 0)]), Err(NotApplied::Empty));
    assert_eq!(quote(&amount(500), &[(1, -100), (1, 3000)]), Err(NotApplied::Empty), "a line below zero is no cart");
    assert_eq!(quote(&amount(500), &[(4_000_000_000, i64::MAX / 2)]), Err(NotApplied::OutOfRange));
}

#[test]
fn a_coupon_is_valid_from_its_issue_to_its_end_half_open() {
    let coupon = amount(500);
    let issued = at("2026-04-01T12:34:00+09:00");
    let mut held = HeldCoupon {
        coupon: coupon.name.clone(),
        code: "".into(),
        issued_at: issued,
        valid_until: coupon.valid_until(issued, &Zone::TOKYO),
        redeemed: BTreeSet::new(),
    };
    assert_eq!(held.valid_until, at("2026-04-15T12:34:00+09:00"));
    let orders = OrderHistory::default();
    let cart = cart(&[(1, 3000)]);
    let quote =
        |held: &HeldCoupon, orders: &OrderHistory, now| coupon.quote(&cart, held, orders, now).map(|q| q.discount);
    let last = held.valid_until.plus_millis(-1);
    assert_eq!(quote(&held, &orders, issued), Ok(yen(500)));
    assert_eq!(quote(&held, &orders, last), Ok(yen(500)));
    assert_eq!(quote(&held, &orders, held.valid_until), Err(NotApplied::Expired { until: held.valid_until }));
    assert_eq!(quote(&held, &orders, issued.plus_millis(-1)), Err(NotApplied::NotYet { from: issued }));
    held.redeemed.insert(Redemption { at: issued, order: "39".parse().unwrap() });
    assert_eq!(quote(&held, &orders, last), Err(NotApplied::Used));
    let mut cancelled = OrderHistory::default();
    cancelled.cancelled(&"39".parse().unwrap(), issued);
    assert_eq!(quote(&held, &cancelled, last), Ok(yen(500)), "a cancelled order gives the use back");
    held.redeemed.insert(Redemption { at: last, order: "40".parse().unwrap() });
    assert_eq!(quote(&held, &cancelled, last), Err(NotApplied::Used), "and the next order uses it");
}

#[test]
fn validity_is_counted_by_the_calendar() {
    let new_york = Zone::new("America/New_York", LocalTime::MIDNIGHT).unwrap();
    let until = amount(1).valid_until(at("2026-03-01T12:00:00-05:00"), &new_york);
    assert_eq!(until, at("2026-03-15T12:00:00-04:00"), "fourteen days, one of them an hour short");
}

#[test]
fn codes_are_the_same_for_the_same_friend_and_differ_for_all_others() {
    let keys = keys();
    let code = |coupon: &str, friend, nth| keys.issue(&name(coupon), Serial::new(FriendId(friend), nth)).to_string();
    assert_eq!(code("hello", 1, 0), code("hello", 1, 0));
    let mut all = BTreeSet::new();
    for coupon in ["hello", "second"] {
        for friend in [0, 1, 2, 255, 256, u32::MAX] {
            for nth in [0, 1, 255] {
                assert!(all.insert(code(coupon, friend, nth)), "{coupon} {friend} {nth}");
            }
        }
    }
    let shape = |code: &String| code.split('-').map(str::len).collect::<Vec<_>>() == [4; 5];
    assert!(all.iter().all(shape));
    assert!(all.iter().all(|code| !code.contains(['I', 'L', 'O', 'U'])), "no letters that look like others");
}

#[test]
fn only_codes_of_these_keys_and_these_coupons_are_good() {
    let (hello, second) = (name("hello"), name("second"));
    let serial = Serial::new(FriendId(7), 3);
    let old = KeyRing::new(0, b"the old secret of the shop").unwrap();
    let new = KeyRing::new(1, b"the new secret of the shop").unwrap();
    let both = new.clone().with_retired(0, b"the old secret of the shop").unwrap();
    let code = old.issue(&hello, serial).to_string();
    let verified = both.verify(&code, [&second, &hello]).unwrap();
    assert_eq!((verified.coupon, verified.serial, verified.code.to_string()), (&hello, serial, code.clone()));
    assert_eq!(new.verify(&code, [&hello]), Err(CodeError::Forged), "a key that is gone");
    assert_eq!(both.verify(&code, [&second]), Err(CodeError::Forged), "another coupon's code");
    let other = KeyRing::new(0, b"the secret of another shop").unwrap();
    assert_eq!(other.verify(&code, [&hello]), Err(CodeError::Forged), "another shop's code");
    assert_ne!(new.issue(&hello, serial).to_string(), code);
    assert_eq!(KeyRing::new(0, b"fifteen bytes !").err(), Some(KeyError::Short(15)));
    assert_eq!(KeyRing::new(8, b"at least sixteen bytes").err(), Some(KeyError::Number(8)));
    assert!(!format!("{both:?}").contains("secret"), "keys are not shown");
}

#[test]
fn the_issued_code_is_told_and_redeemed_however_it_is_typed() {
    let mut lab = Lab::new(
        "[coupons.hello]\nbenefit = { rate = '10%' }\nvalid = { for = '14d' }\n[scenarios.s]\non = 'follow'\nsteps = [{ id = 'a', issue = 'hello' }]",
    );
    lab.follow("2026-04-01T12:00:00+09:00", "hana");
    let code = lab.friend("hana").coupons[0].code.to_string();
    let wide: String = code.replace('-', "ー").to_lowercase().chars().map(widened).collect();
    let fact = format!(r#""type":"coupon_redeemed","coupon":"hello","code":"{wide}","order":"39""#);
    lab.tell("2026-04-02T12:00:00+09:00", "hana", &fact);
    let friend = lab.friend("hana");
    assert!(friend.coupons[0].is_used(&friend.orders));
    assert!(lab.decisions().iter().all(|line| !line.contains("coupon_not_held")));
}

fn widened(c: char) -> char {
    if c.is_ascii_graphic() { char::from_u32(c as u32 + 0xFEE0).unwrap() } else { c }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_shares_are_the_discount_and_no_line_gives_more_than_it_has(
        lines in prop::collection::vec((0_u32..50, 0_i64..1_000_000_000_000), 0..40),
        off in 1_i64..1_000_000_000_000, ppm in 1_u32..=1_000_000, up_to in prop::option::of(1_i64..1_000_000), by_rate in any::<bool>(),
    ) {
        let benefit = match by_rate {
            true => Benefit::Rate { rate: Rate::from_ppm(ppm).unwrap(), up_to: up_to.map(yen) },
            false => Benefit::Amount(yen(off)),
        };
        let cart = cart(&lines);
        let total = cart.total().unwrap();
        match Coupon::new(name("c"), benefit, Span::days(1)).discount(&cart) {
            Ok(quote) => {
                prop_assert!(quote.discount > Money::ZERO && quote.discount <= total);
                prop_assert_eq!(quote.lines.iter().map(|share| share.minor()).sum::<i64>(), quote.discount.minor());
                for (share, line) in quote.lines.iter().zip(&cart.lines) {
                    let line = line.total().unwrap();
                    prop_assert!(*share >= Money::ZERO && *share <= line);
                    // Within one unit of the exact share.
                    let exact = i128::from(line.minor()) * i128::from(quote.discount.minor());
                    let off = (i128::from(share.minor()) * i128::from(total.minor()) - exact).abs();
                    prop_assert!(off < i128::from(total.minor()));
                }
                if let Benefit::Rate { rate, up_to } = benefit {
                    let exact = i128::from(total.minor()) * i128::from(rate.ppm());
                    prop_assert!(i128::from(quote.discount.minor()) * 1_000_000 <= exact, "never rounded up");
                    prop_assert!(up_to.is_some_and(|most| quote.discount == most) || i128::from(quote.discount.minor() + 1) * 1_000_000 > exact);
                }
            }
            Err(NotApplied::Empty) => prop_assert_eq!(total, Money::ZERO),
            Err(NotApplied::Nothing) => prop_assert!(by_rate && i128::from(total.minor()) * i128::from(ppm) < 1_000_000),
            Err(other) => prop_assert!(false, "{other:?}"),
        }
    }

    #[test]
    fn every_slip_of_the_hand_is_caught(friend in any::<u32>(), nth in any::<u8>(), place in 0_usize..20, other in 0_usize..32) {
        const SIGNS: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let code = keys().issue(&name("hello"), Serial::new(FriendId(friend), nth)).to_string().replace('-', "");
        prop_assert!(code.parse::<Code>().is_ok());
        let mut wrong = code.clone().into_bytes();
        wrong[place] = SIGNS[other];
        if wrong != code.as_bytes() {
            prop_assert_eq!(String::from_utf8(wrong).unwrap().parse::<Code>(), Err(CodeError::Typo));
        }
        let mut swapped = code.clone().into_bytes();
        swapped.swap(place, (place + 1) % 20);
        if swapped != code.as_bytes() {
            prop_assert_eq!(String::from_utf8(swapped).unwrap().parse::<Code>(), Err(CodeError::Typo));
        }
        prop_assert_eq!(code[1..].parse::<Code>(), Err(CodeError::Length));
        prop_assert_eq!(format!("{code}0").parse::<Code>(), Err(CodeError::Length));
    }

    #[test]
    fn a_code_made_without_the_key_is_not_good(body in prop::collection::vec(0_usize..32, 19)) {
        const SIGNS: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let body: String = body.into_iter().map(|i| char::from(SIGNS[i])).collect();
        // Whoever knows the format can make the last sign fit; the key is still missing.
        let good = SIGNS.iter().filter_map(|last| format!("{body}{}", char::from(*last)).parse::<Code>().ok());
        let codes: Vec<Code> = good.collect();
        prop_assert_eq!(codes.len(), 1);
        let hello = name("hello");
        prop_assert_eq!(keys().verify(&codes[0].to_string(), [&hello]), Err(CodeError::Forged));
    }
}

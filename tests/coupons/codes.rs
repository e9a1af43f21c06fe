//! Which codes are good, and when what they prove ends.

use std::collections::BTreeSet;

use enishi::coupon::{Benefit, Code, CodeError, Coupon, KeyError, KeyRing, Serial};
use enishi::model::{FriendId, LocalTime, Money, Span, Zone};
use proptest::prelude::*;

use crate::shop::name;
use crate::support::lab::{Lab, at, keys};

#[test]
fn validity_is_counted_by_the_calendar() {
    let new_york = Zone::new("America/New_York", LocalTime::MIDNIGHT).unwrap();
    let coupon = Coupon::new(name("off"), Benefit::Amount(Money::from_minor(1)), Span::days(14));
    let until = coupon.valid_until(at("2026-03-01T12:00:00-05:00"), &new_york);
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

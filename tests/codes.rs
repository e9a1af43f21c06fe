//! Codes at length: batches, codes for everybody, and what a forger learns.

#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::collections::{BTreeSet, HashSet};

use enishi::coupon::{Code, CodeError, KeyRing, Serial, SharedCode, SharedCodeError};
use enishi::model::{CouponName, FriendId};
use proptest::prelude::*;
use support::lab::{Lab, keys};

const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

fn name(text: &str) -> CouponName {
    CouponName::new(text).unwrap()
}

/// Seen to fail: with the tag cut to 0 bits and the number to 16 (65,536 different ones).
#[test]
fn no_two_of_a_million_codes_are_equal() {
    let (card, keys) = (name("card"), keys());
    let all: HashSet<Code> = keys.batch(&card, 0..1_000_000).collect();
    assert_eq!(all.len(), 1_000_000);
    // Nor is one of them a friend's, not even of the friends who have the same numbers.
    for number in (0..1_000_000_u32).step_by(997).chain([255, 256]) {
        let serial = Serial::new(FriendId(number >> 8), number as u8);
        assert!(!all.contains(&keys.issue(&card, serial)), "{serial}");
    }
}

/// Seen to fail: with the twelve bits of the name as they are, and one domain for both.
#[test]
fn the_ring_tells_whose_a_code_is_and_which_of_a_batch() {
    let (card, hello, keys) = (name("card"), name("hello"), keys());
    let numbers = [0, 1, 255, 256, 65_536, u32::MAX - 1];
    for number in numbers {
        let code = keys.batch(&card, number..number + 1).next().unwrap();
        let verified = keys.verify(&code.to_string(), [&hello, &card]).unwrap();
        assert_eq!((verified.coupon, verified.serial, verified.code), (&card, Serial::Batch { number }, code));
        assert_eq!(verified.serial.friend(), None);
        assert_eq!(keys.issue(&card, Serial::Batch { number }), code, "one code for one number");
        assert_eq!(keys.verify(&code.to_string(), [&hello]), Err(CodeError::Forged), "another coupon's");
        let friend = keys.issue(&card, Serial::new(FriendId(number >> 8), number as u8));
        assert_ne!(friend, code);
        // The forger's way from one to the other: the same number and tag, and the name's bits turned over.
        let turned = turned_over(&friend.to_string());
        assert_eq!(keys.verify(&turned, [&card]), Err(CodeError::Forged), "{friend} is a friend's");
    }
    assert_eq!(keys.batch(&card, 5..5).count(), 0);
}

/// The same code with the bits 3 to 14 turned over and the check sign made to fit.
fn turned_over(code: &str) -> String {
    let signs: Vec<u8> = code.bytes().filter(|b| *b != b'-').collect();
    let value = |sign: u8| SIGNS.iter().position(|known| *known == sign).unwrap();
    let mut values: Vec<usize> = signs.into_iter().map(value).collect();
    values[0] ^= 0b00011;
    values[1] ^= 0b11111;
    values[2] ^= 0b11111;
    let body: String = values[..19].iter().map(|value| char::from(SIGNS[*value])).collect();
    let fits = SIGNS.iter().map(|last| format!("{body}{}", char::from(*last)));
    fits.filter(|code| code.parse::<Code>().is_ok()).collect::<Vec<_>>().concat()
}

#[test]
fn twenty_signs_fit_where_carts_keep_a_code() {
    let code = keys().batch(&name("card"), 7..8).next().unwrap().to_string();
    assert_eq!(code.len(), 24);
    assert_eq!(code.replace('-', "").len(), Code::SIGNS);
    assert!(keys().verify(&code.replace('-', ""), [&name("card")]).is_ok(), "as EC-CUBE keeps it");
}

#[test]
fn the_table_of_years_is_what_the_function_says() {
    let source = include_str!("../src/coupon/code.rs");
    let rows = source.lines().filter_map(|line| line.strip_prefix("/// | ")?.strip_suffix(" |")?.split_once(" | "));
    let number = |text: &str| text.split(' ').next().unwrap().replace(',', "").parse::<u64>().ok();
    let rows: Vec<(u64, u64)> = rows.filter_map(|(tries, years)| Some((number(tries)?, number(years)?))).collect();
    assert_eq!(rows.len(), 5);
    for (tries, years) in rows {
        assert_eq!(Code::years_to_guess(tries.try_into().unwrap()), years, "{tries} a day");
    }
    assert_eq!(Code::years_to_guess(u64::MAX.try_into().unwrap()), 0);
}

/// Seen to fail: with width, case or hyphens left as they are.
#[test]
fn a_shared_code_is_known_however_it_is_typed() {
    let spring: SharedCode = " Spring-26 ".parse().unwrap();
    assert_eq!((spring.as_str(), spring.folded()), ("Spring-26", "SPRING26"));
    for typed in ["SPRING26", "spring26", "ＳＰＲＩＮＧ２６", "ｓｐｒｉｎｇー２６", " s p r i n g 2 6\n", "SPRING−26"]
    {
        assert!(spring.matches(typed), "{typed}");
        assert_eq!(typed.parse::<SharedCode>().unwrap(), spring);
    }
    for typed in ["", "SPRING2", "SPRING266", "SPRING27", "春26"] {
        assert!(!spring.matches(typed), "{typed}");
    }
}

#[test]
fn a_shared_code_is_neither_guessed_nor_taken_for_a_friends_own() {
    let fault = |text: &str| text.parse::<SharedCode>().unwrap_err();
    assert_eq!(fault("A-1"), SharedCodeError::TooShort);
    assert_eq!(fault("春のクーポン"), SharedCodeError::Sign('春'));
    assert_eq!(fault("10%OFF"), SharedCodeError::Sign('%'));
    assert_eq!(fault("A".repeat(20).as_str()), SharedCodeError::TooLong);
    assert_eq!(fault(&keys().issue(&name("hello"), Serial::new(FriendId(1), 0)).to_string()), SharedCodeError::TooLong);
    let longest = "A".repeat(19);
    assert!(longest.parse::<SharedCode>().is_ok());
    assert_eq!(longest.parse::<Code>(), Err(CodeError::Length));
    assert_eq!(fault(&"1".repeat(1_000_000)), SharedCodeError::TooLong);
}

/// Issued by a step, told in the message, used as the friend types it; each issue is one use.
#[test]
fn a_scenario_hands_out_a_shared_code_without_keys() {
    let mut lab = Lab::new(
        "[coupons.spring]\nbenefit = { rate = '10%' }\nvalid = { for = '14d' }\ncode = 'Spring-26'\n[scenarios.s]\non = 'any follow'\nreentry = 'after end'\nsteps = [{ id = 'a', issue = 'spring' }]",
    );
    assert!(!lab.engine.playbook().issues_coupons(), "no secret is needed for what everybody knows");
    lab.follow("2026-04-01T12:00:00+09:00", "hana");
    lab.tell("2026-04-01T13:00:00+09:00", "hana", r#""type":"unfollow""#);
    lab.follow("2026-04-01T14:00:00+09:00", "hana");
    let codes = |lab: &Lab| lab.friend("hana").coupons.iter().map(|held| held.code.to_string()).collect::<Vec<_>>();
    assert_eq!(codes(&lab), ["Spring-26", "Spring-26"]);
    let used = |lab: &Lab| {
        let friend = lab.friend("hana");
        friend.coupons.iter().map(|held| held.is_used(&friend.orders)).collect::<Vec<_>>()
    };
    let redeem = |lab: &mut Lab, at: &str, order: u32| {
        let fact = format!(r#""type":"coupon_redeemed","coupon":"spring","code":"ｓｐｒｉｎｇ２６","order":"{order}""#);
        lab.tell(at, "hana", &fact);
    };
    redeem(&mut lab, "2026-04-02T12:00:00+09:00", 39);
    assert_eq!(used(&lab), [true, false]);
    redeem(&mut lab, "2026-04-02T13:00:00+09:00", 39);
    assert_eq!(used(&lab), [true, false], "told twice");
    redeem(&mut lab, "2026-04-03T12:00:00+09:00", 40);
    assert_eq!(used(&lab), [true, true]);
    assert!(lab.decisions().iter().all(|line| !line.contains("coupon_not_held")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Seen to fail: with a check symbol that is a plain sum, which no swap changes.
    #[test]
    fn every_single_error_and_every_swap_of_neighbours_is_caught(number in any::<u32>(), of_batch in any::<bool>(), nth in any::<u8>()) {
        let serial = if of_batch { Serial::Batch { number } } else { Serial::new(FriendId(number), nth) };
        let code = keys().issue(&name("hello"), serial).to_string().replace('-', "").into_bytes();
        for place in 0..code.len() {
            for sign in SIGNS.iter().filter(|sign| **sign != code[place]) {
                let mut wrong = code.clone();
                wrong[place] = *sign;
                prop_assert_eq!(String::from_utf8(wrong).unwrap().parse::<Code>(), Err(CodeError::Typo));
            }
            if place > 0 && code[place] != code[place - 1] {
                let mut wrong = code.clone();
                wrong.swap(place, place - 1);
                prop_assert_eq!(String::from_utf8(wrong).unwrap().parse::<Code>(), Err(CodeError::Typo));
            }
        }
    }

    /// Whoever knows everything but the secret: a right form, a serial that was issued, the coupon's own bits, and
    /// a tag that is wrong in one bit or in all. Every one gets the same answer, which names no bit.
    ///
    /// Seen to fail: with the tag compared in its first 32 bits only.
    #[test]
    fn a_forged_tag_is_refused_whichever_of_its_bits_is_wrong(friend in any::<u32>(), bit in 0_usize..40, others in any::<u64>()) {
        let hello = name("hello");
        let right = keys().issue(&hello, Serial::new(FriendId(friend), 0));
        let mut answers = BTreeSet::new();
        for turned in [1_u64 << bit, (others | 1) & ((1 << 40) - 1)] {
            let forged = with_tag_turned(&right.to_string(), turned);
            answers.insert(format!("{:?}", keys().verify(&forged, [&hello])));
        }
        prop_assert_eq!(answers, BTreeSet::from(["Err(Forged)".to_owned()]));
    }
}

/// The code with some of the forty bits of its tag turned over and the check sign made to fit.
fn with_tag_turned(code: &str, bits: u64) -> String {
    let value = |sign: u8| SIGNS.iter().position(|known| *known == sign).unwrap() as u64;
    let mut values: Vec<u64> = code.bytes().filter(|b| *b != b'-').map(value).collect();
    for (place, value) in values[11..19].iter_mut().rev().enumerate() {
        *value ^= bits >> (5 * place) & 31;
    }
    let body: String = values[..19].iter().map(|value| char::from(SIGNS[*value as usize])).collect();
    let fits = SIGNS.iter().map(|last| format!("{body}{}", char::from(*last)));
    fits.filter(|code| code.parse::<Code>().is_ok()).collect::<Vec<_>>().concat()
}

#[test]
fn batches_of_a_retired_key_are_still_good() {
    let card = name("card");
    let old = KeyRing::new(0, b"the old secret of the shop").unwrap();
    let both = KeyRing::new(1, b"the new secret of the shop").unwrap().with_retired(0, b"the old secret of the shop");
    let both = both.unwrap();
    let printed = old.batch(&card, 3..4).next().unwrap();
    assert_eq!(both.verify(&printed.to_string(), [&card]).unwrap().serial, Serial::Batch { number: 3 });
    let anew = both.batch(&card, 3..4).next().unwrap();
    assert_ne!(anew, printed, "the same number under the new key is another code: go on where the old one ended");
}

//! What came of a coupon, from what the engine knows of friends and the books add.

#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "support/mod.rs"]
mod support;

use std::collections::BTreeMap;

use enishi::engine::{CouponBooks, coupon_cases, spending_of};
use enishi::insight::{CouponResults, Difference, NonUse};
use enishi::model::{Money, Span};

use support::lab::{Lab, at};

const SHOP: &str = "[history]\nclick = '60d'\nview = '60d'\nmessage = '60d'\n\
    [coupons.c]\nbenefit = { amount = 500 }\nfloor = 3000\nvalid = { for = '14d' }\non = { except_products = ['BOOK'] }\n\
    [messages.here]\nline = [{ type = 'text', text = 'クーポン {coupon.c.code}' }]\n\
    [scenarios.s]\non = 'follow'\nholdout = '50%'\nsteps = [{ id = 'here', send = 'here', issue = 'c' }]\n\
    [scenarios.all]\non = 'follow'\nsteps = [{ issue = 'c' }]\n";

const fn yen(minor: i64) -> Money {
    Money::from_minor(minor)
}

fn order(id: &str, sku: &str, price: i64) -> String {
    format!(
        r#""type":"order_placed","order":"{id}","total":"{price}","lines":[{{"sku":"{sku}","quantity":1,"unit_price":"{price}"}}]"#
    )
}

/// Each of them gets the coupon once by `all`, and does with it what the name says.
fn lived() -> Lab {
    let rest = SHOP.replace("[scenarios.s]", "[scenarios.out]").replace("'50%'", "'100%'");
    let mut lab = Lab::new(&rest);
    let friends = ["used", "cancelled", "small", "forgot", "book", "looked", "silent", "gone"];
    for friend in friends {
        lab.follow("2026-04-01T12:00:00+09:00", friend);
    }
    let day = "2026-04-05T12:00:00+09:00";
    for friend in ["used", "cancelled"] {
        let code = lab.friend(friend).coupons[0].code.clone();
        lab.tell(day, friend, &order(friend, "SOAP", 4000));
        lab.tell(day, friend, &format!(r#""type":"coupon_redeemed","coupon":"c","code":"{code}","order":"{friend}""#));
    }
    lab.tell(day, "small", &order("1", "SOAP", 2999));
    lab.tell(day, "forgot", &order("2", "SOAP", 3000));
    lab.tell(day, "book", &order("3", "BOOK", 9000));
    lab.tell(day, "looked", r#""type":"click","link":"x""#);
    lab.tell(day, "gone", r#""type":"click","link":"x""#);
    lab.tell("2026-04-06T12:00:00+09:00", "cancelled", r#""type":"order_cancelled","order":"cancelled""#);
    // Bought again when it was over.
    lab.tell("2026-04-15T12:00:00+09:00", "silent", &order("4", "SOAP", 5000));
    lab
}

fn results(lab: &Lab, now: &str, books: &CouponBooks<'_>) -> CouponResults {
    let playbook = lab.engine.playbook();
    let coupon = &playbook.coupons()["c"];
    let cases = lab.engine.friends().flat_map(|friend| coupon_cases(&friend, coupon, playbook, at(now), books));
    CouponResults::of(cases, 3000).unwrap()
}

/// Seen to fail: the floor asked of all goods, not of those in scope; orders after the end counted; the order that was
/// cancelled taken for a use.
#[test]
fn each_coupon_ends_for_one_reason() {
    let lab = lived();
    let books = CouponBooks {
        cost: &|line| Some(yen(line.unit_price.minor() / 2)),
        out_of_stock: &|friend, _| friend.key.as_str() == "gone",
        ..CouponBooks::new(&|_, _| yen(500))
    };
    let results = results(&lab, "2026-05-01T12:00:00+09:00", &books);
    assert_eq!((results.issued, results.used), (8, 1));
    assert_eq!((results.revenue, results.discount), (yen(4000), yen(500)));
    assert_eq!(results.margin, Some(yen(2000)));
    let unused = BTreeMap::from([
        (NonUse::OutOfStock, 1),
        (NonUse::FloorNotMet, 1),
        (NonUse::BoughtWithout, 1),
        (NonUse::NeverOpened, 2),
        (NonUse::Expired, 2),
    ]);
    // Of the order that was cancelled nothing is left, not even that a page was opened.
    assert_eq!(results.unused, unused, "book and looked came to nothing; silent and cancelled opened no page");
}

#[test]
fn before_its_end_it_is_still_valid() {
    let results = results(&lived(), "2026-04-10T12:00:00+09:00", &CouponBooks::new(&|_, _| yen(500)));
    assert_eq!(results.unused, BTreeMap::from([(NonUse::StillValid, 7)]));
    assert_eq!(results.margin, None, "nobody said what the goods cost");
}

/// Who was held out was not given it, and is who the others are compared with.
///
/// Seen to fail: the groups the other way round; those whose time is not over counted.
#[test]
fn those_held_out_are_compared_with() {
    let mut lab = Lab::new(SHOP);
    let names: Vec<String> = (0..200).map(|n| format!("f{n}")).collect();
    for friend in &names {
        lab.follow("2026-04-01T12:00:00+09:00", friend);
    }
    for (n, friend) in (0..).zip(&names) {
        // Who has two coupons was not held out, and buys more.
        let given = lab.friend(friend).coupons.len() == 2;
        lab.tell("2026-04-03T12:00:00+09:00", friend, &order(friend, "SOAP", if given { 3000 } else { 1000 } + n % 7));
    }
    lab.follow("2026-04-20T12:00:00+09:00", "young");
    let playbook = lab.engine.playbook();
    let scenario = "s".parse().unwrap();
    let now = at("2026-05-01T12:00:00+09:00");
    let (given, held_out) = spending_of(lab.engine.friends(), &scenario, Span::days(14), playbook, now).unwrap();
    assert_eq!(given.friends() + held_out.friends(), 200);
    assert!((80..120).contains(&held_out.friends()), "{}", held_out.friends());
    let difference = Difference::between(&given, &held_out).unwrap();
    assert!(difference.is_clear() && (1998..=2002).contains(&difference.per_friend.minor()), "{difference:?}");
    assert_eq!(spending_of(lab.engine.friends(), &"x".parse().unwrap(), Span::days(14), playbook, now), None);
}

//! What came of a coupon, from what the engine knows of friends and the books add.

#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "support/mod.rs"]
mod support;

use std::collections::BTreeMap;

use enishi::engine::{CouponBooks, coupon_cases, spending_of, spending_of_holders};
use enishi::insight::{CouponEnd, CouponResults, Difference, NonUse};
use enishi::model::{CartLine, Friend, Money, Span};

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

/// Seen to fail: the first use alone counted; a use told twice counted as two.
#[test]
fn a_code_good_for_several_orders_is_one_coupon_and_as_many_uses() {
    let shop = SHOP.replace("floor = 3000", "limits = { per_code = 3 }").replace("'50%'", "'100%'");
    let mut lab = Lab::new(&shop);
    lab.follow("2026-04-01T12:00:00+09:00", "hana");
    let code = lab.friend("hana").coupons[0].code.clone();
    for (day, id) in [(3, "39"), (4, "40"), (5, "40")] {
        let at = format!("2026-04-0{day}T12:00:00+09:00");
        lab.tell(&at, "hana", &order(id, "SOAP", 4000));
        lab.tell(&at, "hana", &format!(r#""type":"coupon_redeemed","coupon":"c","code":"{code}","order":"{id}""#));
    }
    let results = results(&lab, "2026-04-10T12:00:00+09:00", &CouponBooks::new(&|_, _| yen(500)));
    assert_eq!((results.issued, results.used, results.uses), (1, 1, 2));
    assert_eq!((results.revenue, results.discount), (yen(8000), yen(1000)));
}

/// Seen to fail: the floor of a ladder taken for all it asks.
#[test]
fn a_ladder_asks_for_its_first_step() {
    let ladder =
        "benefit = { by = 'subtotal', steps = [{ from = 3500, amount = 500 }, { from = 9000, amount = 900 }] }";
    let shop = SHOP.replace("benefit = { amount = 500 }\nfloor = 3000", ladder).replace("'50%'", "'100%'");
    let mut lab = Lab::new(&shop);
    let friends = [("below", 3499), ("enough", 3500)];
    friends.iter().for_each(|(friend, _)| lab.follow("2026-04-01T12:00:00+09:00", friend));
    for (friend, paid) in friends {
        lab.tell("2026-04-05T12:00:00+09:00", friend, &order(friend, "SOAP", paid));
    }
    let results = results(&lab, "2026-05-01T12:00:00+09:00", &CouponBooks::new(&|_, _| yen(500)));
    assert_eq!(results.unused, BTreeMap::from([(NonUse::FloorNotMet, 1), (NonUse::BoughtWithout, 1)]));
}

/// A discount or a gift to whoever becomes a friend: which of them buys more later (F5).
///
/// Seen to fail: orders after the span counted; the later of two coupons taken for the first.
#[test]
fn of_two_coupons_that_are_drawn_between_the_one_that_brings_more_is_seen() {
    let mut lab = Lab::new(
        "[coupons.off]\nbenefit = { amount = 500 }\nvalid = { for = '14d' }\n\
         [coupons.gift]\nbenefit = { gift = 'SAMPLE', pieces = 1 }\nvalid = { for = '14d' }\n\
         [scenarios.add]\non = 'follow'\nsteps = [\n\
         { split = { off = 1, gift = 1 }, salt = 'add', then = { off = 'off', gift = 'gift' } },\n\
         { id = 'off', issue = 'off' }, { end = true }, { id = 'gift', issue = 'gift' }]\n\
         [scenarios.again]\non = 'click'\nsteps = [{ issue = 'gift' }]\n",
    );
    let names: Vec<String> = (0..100).map(|n| format!("f{n}")).collect();
    names.iter().for_each(|friend| lab.follow("2026-04-01T12:00:00+09:00", friend));
    for friend in &names {
        let paid = if lab.friend(friend).coupons[0].coupon.as_str() == "gift" { 3000 } else { 1000 };
        lab.tell("2026-05-01T12:00:00+09:00", friend, &order(&format!("1{friend}"), "SOAP", paid));
    }
    for friend in &names {
        lab.tell("2026-05-20T12:00:00+09:00", friend, r#""type":"click","link":"x""#);
    }
    for friend in &names {
        lab.tell("2026-06-01T12:00:00+09:00", friend, &order(&format!("2{friend}"), "SOAP", 90_000));
    }
    let spent = |coupon: &str, now: &str| {
        let zone = lab.engine.playbook().zone();
        spending_of_holders(lab.engine.friends(), &coupon.parse().unwrap(), Span::days(60), zone, at(now))
    };
    let (off, gift) = (spent("off", "2026-06-10T12:00:00+09:00"), spent("gift", "2026-06-10T12:00:00+09:00"));
    assert_eq!(off.mean(), Some(yen(1000)));
    assert_eq!(gift.mean(), Some(yen(3000)));
    assert_eq!(off.friends() + gift.friends(), 100);
    assert_eq!(Difference::between(&gift, &off).unwrap().per_friend, yen(2000));
    assert_eq!(spent("gift", "2026-05-30T12:00:00+09:00").friends(), 0, "nobody's time is over");
}

/// Seen to fail: no goods told taken for goods that cost nothing.
#[test]
fn what_goods_cost_that_nobody_told_of_is_not_known() {
    let mut lab = Lab::new(&SHOP.replace("'50%'", "'100%'"));
    lab.follow("2026-04-01T12:00:00+09:00", "hana");
    let code = lab.friend("hana").coupons[0].code.clone();
    let day = "2026-04-05T12:00:00+09:00";
    lab.tell(day, "hana", r#""type":"order_placed","order":"39","total":"4000""#);
    lab.tell(day, "hana", &format!(r#""type":"coupon_redeemed","coupon":"c","code":"{code}","order":"39""#));
    let books = CouponBooks { cost: &|_| Some(yen(1)), ..CouponBooks::new(&|_, _| yen(500)) };
    let results = results(&lab, day, &books);
    assert_eq!((results.revenue, results.margin), (yen(4000), None));
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

/// A coupon by message, and three days before its end a reminder to those who have not used it.
const REMINDED: &str = "[history]\nclick = '60d'\nmessage = '60d'\n\
    [coupons.c]\nbenefit = { amount = 500 }\nfloor = 3000\nvalid = { for = '14d' }\n\
    [messages.here]\nline = [{ type = 'text', text = 'クーポン {coupon.c.code}' }]\n\
    [messages.ends]\nline = [{ type = 'text', text = '{coupon.c.until}まで' }]\n\
    [scenarios.s]\non = 'follow'\nsteps = [{ id = 'here', send = 'here', issue = 'c' }]\n\
    [scenarios.ends]\non = \"enter segment 'ends'\"\nsteps = [{ id = 'ends', send = 'ends' }]\n\
    [segments]\nends = \"coupon 'c' unused and expires within 3d\"\n";

/// Nine friends hold the coupon; each of them shows one way in which it can end, reckoned by hand:
///
/// | | paid | taken off | goods at 40 % | messages | delivered |
/// |---|---|---|---|---|---|
/// | `soap` | 3,500 | 500 | 1,600 of 4,000 | 1 | yes |
/// | `two` | 5,500 | 500 | 2,400 of 2 × 3,000 | 1 | yes |
/// | `part` | 4,500 − 1,000 | 500 | 2,000 of 5,000 | 1 | yes |
/// | the six others | | | | 2 each | all but `lost` |
/// | | 12,500 | 1,500 | 6,000 | 15 at 3.2 yen: 48 | 8 |
///
/// Margin 12,500 − 6,000 − 48 = 6,452. One use cost (1,500 + 48) ÷ 3 = 516. A third of the coupons was used.
///
/// Seen to fail: with the reminder not counted among the messages; with the refund left in the revenue; with whatever
/// was sent taken for delivered; with a page that was opened after the end.
#[test]
fn what_came_of_nine_coupons_by_hand() {
    let mut lab = Lab::new(REMINDED);
    let reasons = [
        ("ran-out", NonUse::Expired),
        ("silent", NonUse::NeverOpened),
        ("small", NonUse::FloorNotMet),
        ("empty", NonUse::OutOfStock),
        ("forgot", NonUse::BoughtWithout),
        ("lost", NonUse::NotDelivered),
    ];
    for friend in ["soap", "two", "part"].into_iter().chain(reasons.map(|(friend, _)| friend)) {
        lab.follow("2026-04-01T12:00:00+09:00", friend);
    }
    delivered_to_all_but(&mut lab, "2026-04-01T12:00:00+09:00", "lost");

    let day = "2026-04-05T12:00:00+09:00";
    let bought = |id: &str, paid: i64, quantity: u32, price: i64| {
        format!(
            r#""type":"order_placed","order":"{id}","total":"{paid}","lines":[{{"sku":"SOAP","quantity":{quantity},"unit_price":"{price}"}}]"#
        )
    };
    for (friend, paid, quantity, price) in [("soap", 3500, 1, 4000), ("two", 5500, 2, 3000), ("part", 4500, 1, 5000)] {
        let code = lab.friend(friend).coupons[0].code.clone();
        lab.tell(day, friend, &bought(friend, paid, quantity, price));
        lab.tell(day, friend, &format!(r#""type":"coupon_redeemed","coupon":"c","code":"{code}","order":"{friend}""#));
    }
    lab.tell(day, "part", r#""type":"order_refunded","order":"part","amount":"1000""#);
    lab.tell(day, "small", &bought("1", 2999, 1, 2999));
    lab.tell(day, "forgot", &bought("2", 3000, 1, 3000));
    lab.tell(day, "ran-out", r#""type":"click","link":"x""#);
    lab.tell(day, "empty", r#""type":"click","link":"x""#);
    lab.play("2026-04-14T12:00:00+09:00");
    delivered_to_all_but(&mut lab, "2026-04-14T12:00:00+09:00", "lost");
    // At this instant it is over: who comes now never opened a page for it.
    lab.tell("2026-04-15T12:00:00+09:00", "silent", r#""type":"click","link":"x""#);

    let playbook = lab.engine.playbook();
    let of_goods = |line: &CartLine| Some(yen(line.unit_price.minor() * i64::from(line.quantity) * 4 / 10));
    let books = CouponBooks {
        cost: &of_goods,
        out_of_stock: &|friend, _| friend.key.as_str() == "empty",
        ..CouponBooks::new(&|_, _| yen(500))
    };
    let now = at("2026-04-20T12:00:00+09:00");
    let cases = |friend: &Friend| coupon_cases(friend, &playbook.coupons()["c"], playbook, now, &books);
    for (friend, why) in reasons {
        assert_eq!(cases(&lab.friend(friend))[0].end, CouponEnd::Unused(why), "{friend}");
    }
    let results = CouponResults::of(lab.engine.friends().flat_map(|friend| cases(&friend)), 3200).unwrap();
    assert_eq!((results.issued, results.delivered, results.used), (9, 8, 3));
    assert_eq!((results.revenue, results.discount), (yen(12_500), yen(1_500)));
    assert_eq!((results.messages, results.message_cost), (15, yen(48)));
    assert_eq!(results.margin, Some(yen(6_452)));
    assert_eq!(results.cost_per_use(), Some(yen(516)));
    assert_eq!(results.unused, reasons.map(|(_, why)| (why, 1)).into());
}

/// LINE took every message that left since, but those to one friend.
fn delivered_to_all_but(lab: &mut Lab, now: &str, lost: &str) {
    for sent in lab.engine.take_deliveries() {
        if sent.friend.as_str() != lost {
            lab.tell(now, sent.friend.as_str(), &format!(r#""type":"delivered","delivery":"{}""#, sent.key));
        }
    }
}

/// Fifty who were given it, of whom half spent 2,000 and half 4,000, against fifty held out, of whom half spent nothing
/// and half 2,000. By hand: means 3,000 and 1,000; in both groups every one is 1,000 from the mean, s² = 50 · 1,000² ÷ 49,
/// so that the mean's variance is 1,000² ÷ 49. 1.96 · √(2 · 1,000² ÷ 49) = 1.96 · 202.03 = 395.98: from 1,604 to 2,396.
///
/// Seen to fail: with those who bought nothing left out.
#[test]
fn the_difference_of_the_held_out_by_hand() {
    let mut drawn = Lab::new(SHOP);
    let names: Vec<String> = (0..200).map(|n| format!("f{n}")).collect();
    names.iter().for_each(|friend| drawn.follow("2026-04-01T12:00:00+09:00", friend));
    let (given, held_out): (Vec<&String>, Vec<&String>) =
        names.iter().partition(|friend| drawn.friend(friend).coupons.len() == 2);

    let groups = [(given, [2000, 4000]), (held_out, [0, 2000])];
    let fifty_each = groups.iter().flat_map(|(group, spent)| group.iter().take(50).zip(spent.iter().cycle()));
    let mut lab = Lab::new(SHOP);
    fifty_each.clone().for_each(|(friend, _)| lab.follow("2026-04-01T12:00:00+09:00", friend));
    for (friend, spent) in fifty_each.clone().filter(|(_, spent)| **spent > 0) {
        lab.tell("2026-04-03T12:00:00+09:00", friend, &order(friend, "SOAP", *spent));
    }
    // What is bought when the two weeks are over came of something else.
    for (friend, _) in fifty_each {
        lab.tell("2026-04-15T12:00:00+09:00", friend, &order(&format!("late {friend}"), "SOAP", 9000));
    }
    let (playbook, scenario) = (lab.engine.playbook(), "s".parse().unwrap());
    let now = at("2026-04-20T12:00:00+09:00");
    let (given, held_out) = spending_of(lab.engine.friends(), &scenario, Span::days(14), playbook, now).unwrap();
    assert_eq!((given.friends(), given.mean()), (50, Some(yen(3000))));
    assert_eq!((held_out.friends(), held_out.mean()), (50, Some(yen(1000))));
    let difference = Difference::between(&given, &held_out).unwrap();
    assert_eq!((difference.per_friend, difference.low, difference.high), (yen(2000), yen(1604), yen(2396)));
}

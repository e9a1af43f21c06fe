//! Coupons and money.

use std::collections::BTreeSet;

use enishi::coupon::{
    Basket, BasketLine, Benefit, Candidate, Charge, Checkout, CodeError, Codes, Coupon, KeyRing, NotApplied, Quote,
    Serial, SharedCode, Tax, With,
};
use enishi::model::{
    CouponName, Currency, Friend, FriendId, FriendKey, HeldCoupon, Money, MoneyError, Span, Timestamp, Zone,
};

use crate::NOON;
use crate::support::lab::{Lab, at, keys};

fn yen(amount: i64) -> Money {
    Money::from_minor(amount)
}

/// Lines `a`, `b` and so on of one piece each, 10 % tax in their price; shipping costs nothing.
fn basket(prices: &[i64]) -> Basket {
    let tax = Tax::included("10%".parse().unwrap());
    let line = |(id, price): (char, &i64)| BasketLine {
        id: id.to_string().into(),
        sku: "SOAP-1".into(),
        categories: Vec::new(),
        unit_price: yen(*price),
        quantity: 1,
        tax,
    };
    let mut basket = Basket::default();
    basket.lines = ('a'..).zip(prices).map(line).collect();
    basket.shipping = Some(Charge { price: Money::ZERO, tax });
    basket
}

/// So much off for everybody, beside others.
fn off(called: &str, amount: i64) -> Coupon {
    let mut coupon = Coupon::new(CouponName::new(called).unwrap(), Benefit::Amount(yen(amount)), Span::days(1));
    coupon.codes = Codes::Shared("SPRING26".parse().unwrap());
    coupon.stacking.with = With::All;
    coupon
}

fn quote(basket: &Basket, candidates: &[Candidate<'_>], now: Timestamp) -> Quote {
    let guest = Friend::new(FriendId(0), FriendKey::new("guest").unwrap());
    Checkout::new(&guest, now, &Zone::TOKYO).quote(basket, candidates).unwrap()
}

// mall #1003: the amount to pay was −824.
// Seen to fail when an amount is not held below what is left of the goods (`Offer::gives`): the subtraction overflows.
#[test]
fn x43_no_total_below_zero() {
    let (first, second) = (off("first", 1000), off("second", 1000));
    let quoted = quote(&basket(&[100, 76]), &[Candidate::shared(&first), Candidate::shared(&second)], at(NOON));
    assert_eq!((quoted.discount, quoted.to_pay), (yen(176), Money::ZERO));
    assert_eq!(quoted.lines.iter().map(|line| line.discount).collect::<Vec<_>>(), [yen(100), yen(76)]);
    assert_eq!(quoted.refused[0].why, NotApplied::NothingLeft, "nor is the second used up on it");
    let mut lab = Lab::new("[segments]\nnothing = 'orders.total = 0'");
    lab.tell(NOON, "hana", r#""type":"order_placed","order":"1","total":"1000""#);
    lab.tell(NOON, "hana", r#""type":"order_refunded","order":"1","amount":"1824""#);
    assert!(lab.engine.playbook().segments()["nothing"].predicate.matches(&lab.friend("hana"), at(NOON)));
}

// Codes were an MD5 of the time: whoever had one could guess the next.
// Seen to fail: with the serial left out of the HMAC, so that one tag fits all codes of a coupon.
#[test]
fn x45_one_code_does_not_tell_another() {
    let hello = CouponName::new("hello").unwrap();
    let keys = keys();
    let mine = keys.issue(&hello, Serial::new(FriendId(7), 0)).to_string();
    let theirs = keys.issue(&hello, Serial::new(FriendId(8), 0)).to_string();
    // My code with their serial: the sign that changes is known, the eight signs of the HMAC are not.
    let forged: String = theirs.replace('-', "")[..11].chars().chain(mine.replace('-', "")[11..19].chars()).collect();
    let well_formed = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".chars().map(|last| format!("{forged}{last}"));
    let answers: BTreeSet<String> =
        well_formed.filter_map(|code| keys.verify(&code, [&hello]).err()).map(|e| e.to_string()).collect();
    assert_eq!(answers, BTreeSet::from([CodeError::Typo.to_string(), CodeError::Forged.to_string()]));
    let other = KeyRing::new(0, b"another secret of the shop").unwrap();
    assert_ne!(other.issue(&hello, Serial::new(FriendId(7), 0)).to_string(), mine, "all of it hangs on the secret");
    // Nor does a printed card tell the next: every other number with this one's tag.
    let cards: Vec<String> = keys.batch(&hello, 0..50).map(|code| code.to_string().replace('-', "")).collect();
    for other in &cards[1..] {
        let forged = format!("{}{}", &other[..11], &cards[0][11..19]);
        let signs = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".chars();
        assert!(signs.map(|last| format!("{forged}{last}")).all(|code| keys.verify(&code, [&hello]).is_err()));
    }
}

// Shopware #19070, Odoo #271032: ten over three lines left a cent over.
// Seen to fail when what is left by rounding down goes to no line (`Sharing::share`).
#[test]
fn x46_ten_over_three_lines() {
    let ten = off("ten", 10);
    let quoted = quote(&basket(&[100, 100, 100]), &[Candidate::shared(&ten)], at(NOON));
    assert_eq!(quoted.lines.iter().map(|line| line.discount).collect::<Vec<_>>(), [yen(4), yen(3), yen(3)]);
    assert_eq!((quoted.discount, quoted.to_pay), (yen(10), yen(290)));
}

// EC-CUBE's coupon: a minimum amount was passed when nothing in the cart was eligible.
// Seen to fail when `Offer::of` lets a subtotal of nothing pass.
#[test]
fn x47_nothing_meets_no_floor() {
    for floor in [0, 3000] {
        let mut coupon = off("c", 10);
        // Even one that would give something beside the goods.
        coupon.benefit = Benefit::Gift { sku: "SAMPLE".into(), pieces: 1.try_into().unwrap() };
        coupon.terms.floor = yen(floor);
        coupon.scope.except_skus.insert("SOAP-1".into());
        for basket in [basket(&[]), basket(&[0]), basket(&[5000])] {
            let quoted = quote(&basket, &[Candidate::shared(&coupon)], at(NOON));
            assert_eq!(quoted.refused[0].why, NotApplied::NoGoods, "floor {floor}");
            assert!(quoted.gifts.is_empty());
        }
    }
}

// Vendure: the start date of a coupon was not looked at.
// Seen to fail when `Questions::ask_time` does not look at the beginning, and when it looks at the issue alone.
#[test]
fn x48_not_before_it_begins() {
    let begins = at("2026-04-10T00:00:00+09:00");
    let mut coupon = off("c", 10);
    coupon.valid.from = Some(begins);
    let issued_at = at(NOON);
    let valid_until = at("2026-05-01T00:00:00+09:00");
    let held =
        HeldCoupon { coupon: coupon.name.clone(), code: "".into(), issued_at, valid_until, redeemed: BTreeSet::new() };
    let why = |candidate, now| quote(&basket(&[100]), &[candidate], now).refused.first().map(|it| it.why.clone());
    for candidate in [Candidate::shared(&coupon), Candidate::held(&coupon, &held)] {
        assert_eq!(why(candidate, issued_at), Some(NotApplied::NotYet { from: begins }));
        assert_eq!(why(candidate, begins.plus_millis(-1)), Some(NotApplied::NotYet { from: begins }));
        assert_eq!(why(candidate, begins), None);
    }
    let at_once = off("c", 10);
    let early = issued_at.plus_millis(-1);
    assert_eq!(why(Candidate::held(&at_once, &held), early), Some(NotApplied::NotYet { from: issued_at }));
}

// ＡＢＣ１２３ from a Japanese keyboard was refused.
// Seen to fail: with full-width signs left as they are, and with hyphens of ASCII alone.
#[test]
fn x49_codes_as_a_japanese_keyboard_types_them() {
    let hello = CouponName::new("hello").unwrap();
    let keys = keys();
    let code = keys.issue(&hello, Serial::new(FriendId(7), 0)).to_string();
    let wide = |text: &str| text.chars().map(|c| char::from_u32(c as u32 + 0xFEE0).unwrap()).collect::<String>();
    for typed in [
        code.clone(),
        code.to_lowercase(),
        code.replace('-', ""),
        code.replace('-', "ー"),
        code.replace('-', "　"),
        code.replace('-', "－"),
        code.replace('0', "O"),
        code.replace('0', "o"),
        code.replace('1', "l"),
        code.replace('1', "I"),
        wide(&code.replace('-', "")),
        wide(&code.to_lowercase().replace('-', "")),
        format!(" {code}\n"),
    ] {
        let verified = keys.verify(&typed, [&hello]).unwrap_or_else(|e| panic!("{typed}: {e}"));
        assert_eq!(verified.code.to_string(), code);
    }
    // A printed card, and a code for everybody.
    let card = keys.batch(&hello, 7..8).next().unwrap().to_string();
    let typed = wide(&card.replace('-', "").to_lowercase());
    assert_eq!(keys.verify(&typed, [&hello]).unwrap().serial, Serial::Batch { number: 7 });
    let shared: SharedCode = "ABC-123".parse().unwrap();
    for typed in ["ＡＢＣ１２３", "ａｂｃー１２３", "abc 123"] {
        assert!(shared.matches(typed), "{typed}");
    }
}

// EC-CUBE status 7 and 8, WooCommerce checkout-draft, OpenCart status 0: drafts were counted as orders.
// "4080.00" on MariaDB and "6500" on SQLite are the same yen field of EC-CUBE; floats on the way lost a yen.
#[test]
fn x51_x52_only_placed_orders_count_and_money_is_exact() {
    let mut lab = Lab::new("");
    // What a cart calls a draft is no event here; what became of one that was never placed does not make it an order.
    lab.tell(NOON, "hana", r#""type":"order_shipped","order":"draft""#);
    lab.tell(NOON, "hana", r#""type":"order_delivered","order":"draft""#);
    lab.tell(NOON, "hana", r#""type":"order_refunded","order":"draft","amount":"100""#);
    assert_eq!(lab.friend("hana").orders.counting(at(NOON)).count(), 0);
    lab.tell(NOON, "hana", r#""type":"order_placed","order":"1","total":"4080.00""#);
    lab.tell(NOON, "hana", r#""type":"order_placed","order":"2","total":"6500""#);
    let total: i64 = lab.friend("hana").orders.counting(at(NOON)).map(|(_, net)| net.minor()).sum();
    assert_eq!(total, 10_580);
    assert_eq!(Currency::JPY.parse("4080.50"), Err(MoneyError::Fraction { places: 0 }));
    let dollars: Currency = "USD".parse().unwrap();
    let cents = |text| dollars.parse(text).unwrap().minor();
    assert_eq!(cents("0.1") + cents("0.2"), cents("0.3"));
    assert_eq!(cents("24.50000000"), 2450, "WooCommerce keeps eight places");
}

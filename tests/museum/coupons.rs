//! Coupons and money.

use std::collections::BTreeSet;

use enishi::coupon::{Benefit, CodeError, Coupon, KeyRing, NotApplied, Serial};
use enishi::model::{
    Cart, CartLine, CouponName, Currency, FriendId, HeldCoupon, Money, MoneyError, OrderHistory, Span, Zone,
};

use crate::NOON;
use crate::support::lab::{Lab, at, keys};

fn yen(amount: i64) -> Money {
    Money::from_minor(amount)
}

// mall #1003: the amount to pay was −824.
#[test]
fn x43_no_total_below_zero() {
    let coupon = Coupon::new(CouponName::new("c").unwrap(), Benefit::Amount(yen(1000)), Span::days(1));
    let line = |price| CartLine { sku: "a".into(), quantity: 1, unit_price: yen(price), categories: Vec::new() };
    let quote = coupon.discount(&Cart { lines: vec![line(100), line(76)] }).unwrap();
    assert_eq!(quote.discount, yen(176));
    assert_eq!(quote.lines, [yen(100), yen(76)]);
    let mut lab = Lab::new("[segments]\nnothing = 'orders.total = 0'");
    lab.tell(NOON, "hana", r#""type":"order_placed","order":"1","total":"1000""#);
    lab.tell(NOON, "hana", r#""type":"order_refunded","order":"1","amount":"1824""#);
    assert!(lab.engine.playbook().segments()["nothing"].predicate.matches(&lab.friend("hana"), at(NOON)));
}

// Codes were an MD5 of the time: whoever had one could guess the next.
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
}

// Shopware #19070, Odoo #271032: ten over three lines left a cent over.
#[test]
fn x46_ten_over_three_lines() {
    let coupon = Coupon::new(CouponName::new("c").unwrap(), Benefit::Amount(yen(10)), Span::days(1));
    let line = || CartLine { sku: "a".into(), quantity: 1, unit_price: yen(100), categories: Vec::new() };
    let quote = coupon.discount(&Cart { lines: vec![line(), line(), line()] }).unwrap();
    assert_eq!(quote.lines, [yen(4), yen(3), yen(3)]);
}

// EC-CUBE's coupon: a minimum amount was passed when nothing in the cart was eligible.
#[test]
fn x47_nothing_meets_no_floor() {
    for floor in [0, 3000] {
        let mut coupon = Coupon::new(CouponName::new("c").unwrap(), Benefit::Amount(yen(10)), Span::days(1));
        coupon.terms.floor = yen(floor);
        assert_eq!(coupon.discount(&Cart::default()), Err(NotApplied::Empty), "floor {floor}");
    }
}

// Vendure: the start date of a coupon was not looked at.
#[test]
fn x48_not_before_it_begins() {
    let coupon = Coupon::new(CouponName::new("c").unwrap(), Benefit::Amount(yen(10)), Span::days(1));
    let issued_at = at(NOON);
    let valid_until = coupon.valid_until(issued_at, &Zone::TOKYO);
    let held =
        HeldCoupon { coupon: coupon.name.clone(), code: "".into(), issued_at, valid_until, redeemed: BTreeSet::new() };
    let cart =
        Cart { lines: vec![CartLine { sku: "a".into(), quantity: 1, unit_price: yen(100), categories: Vec::new() }] };
    let quote = |now| coupon.quote(&cart, &held, &OrderHistory::default(), now);
    assert_eq!(quote(issued_at.plus_millis(-1)), Err(NotApplied::NotYet { from: issued_at }));
    assert!(quote(issued_at).is_ok());
}

// ＡＢＣ１２３ from a Japanese keyboard was refused.
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

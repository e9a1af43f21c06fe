//! Words the tests are written in.

use enishi::coupon::{Basket, BasketLine, Benefit, BuyGet, Candidate, Checkout, Codes, Coupon, Quote, Rounding, Tax};
use enishi::model::{CouponName, Friend, FriendId, FriendKey, Money, Rate, Span, Timestamp, Zone};

use crate::support::lab::at;

pub(crate) fn name(text: &str) -> CouponName {
    CouponName::new(text).unwrap()
}

pub(crate) fn yen(amount: i64) -> Money {
    Money::from_minor(amount)
}

pub(crate) fn percent(text: &str) -> Rate {
    text.parse().unwrap()
}

pub(crate) fn now() -> Timestamp {
    at("2026-04-01T12:00:00+09:00")
}

/// Somebody nothing is known of.
pub(crate) fn guest() -> Friend {
    Friend::new(FriendId(0), FriendKey::new("guest").unwrap())
}

/// A coupon of a shared code that goes beside all others.
pub(crate) fn shared(called: &str, benefit: Benefit) -> Coupon {
    let mut coupon = Coupon::new(name(called), benefit, Span::days(14));
    coupon.codes = Codes::Shared("SHARED26".parse().unwrap());
    coupon.stacking.with = enishi::coupon::With::All;
    coupon
}

pub(crate) fn amount(called: &str, off: i64) -> Coupon {
    shared(called, Benefit::Amount(yen(off)))
}

pub(crate) fn rate(called: &str, share: &str, up_to: Option<i64>) -> Coupon {
    let (rate, up_to) = (percent(share), up_to.map(yen));
    shared(called, Benefit::Rate { rate, up_to, rounding: Rounding::Down })
}

pub(crate) fn buy_get(called: &str, buy: u32, get: u32, off: &str) -> Coupon {
    let count = |n: u32| n.try_into().unwrap();
    shared(called, Benefit::BuyGet(BuyGet { buy: count(buy), get: count(get), off: percent(off), at_most: None }))
}

/// Goods `0`, `1` and so on by quantity and price, 10 % tax in it; each SKU is called as its line.
pub(crate) fn basket(lines: &[(u32, i64)]) -> Basket {
    let line = |(place, (quantity, price)): (usize, &(u32, i64))| BasketLine {
        id: place.to_string().into(),
        sku: place.to_string().into(),
        categories: Vec::new(),
        unit_price: yen(*price),
        quantity: *quantity,
        tax: Tax::included(percent("10%")),
    };
    let mut basket = Basket::default();
    basket.lines = lines.iter().enumerate().map(line).collect();
    basket
}

/// What shared codes do to a basket of somebody unknown at noon.
pub(crate) fn quote(basket: &Basket, coupons: &[&Coupon]) -> Quote {
    let candidates: Vec<Candidate<'_>> = coupons.iter().map(|coupon| Candidate::shared(coupon)).collect();
    Checkout::new(&guest(), now(), &Zone::TOKYO).quote(basket, &candidates).unwrap()
}

/// The discount of each line.
pub(crate) fn off_lines(quote: &Quote) -> Vec<i64> {
    quote.lines.iter().map(|line| line.discount.minor()).collect()
}

/// The names of those that were taken.
pub(crate) fn taken(quote: &Quote) -> Vec<&str> {
    quote.taken.iter().map(|coupon| coupon.coupon.as_str()).collect()
}

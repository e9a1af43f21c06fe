//! A coupon, checkouts and friends.

use core::fmt::Debug;
use core::num::NonZeroU32;
use std::sync::Arc;

use enishi::coupon::ledger::{Issue, Redeem, Refusal, Reserve, Returned, Share, Use, UseKey, UsesOf};
use enishi::coupon::{Benefit, Budget, Code, Codes, Coupon, KeyRing, ReservedAt, Serial};
use enishi::model::{CheckoutId, CouponName, FriendId, Money, OrderId, Span, Timestamp, Window, Zone};
use enishi::store::{Ledger, LedgerError};

pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const QUARTER: i64 = 15 * MINUTE;
pub(crate) const DAY: i64 = 24 * 60 * MINUTE;

/// 2026-04-01 12:00 in Japan, `ms` later.
pub(crate) fn at(ms: i64) -> Timestamp {
    let noon: Timestamp = "2026-04-01T12:00:00+09:00".parse().unwrap();
    noon.plus_millis(ms)
}

pub(crate) fn yen(amount: i64) -> Money {
    Money::from_minor(amount)
}

pub(crate) fn times(n: u32) -> Option<NonZeroU32> {
    Some(NonZeroU32::new(n).unwrap())
}

/// A coupon without limits, with one code for everybody, after what `edit` makes of it.
pub(crate) fn shared(edit: impl FnOnce(&mut Coupon)) -> Arc<Coupon> {
    let mut coupon = Coupon::new(CouponName::new("spring").unwrap(), Benefit::Amount(yen(500)), Span::days(14));
    coupon.codes = Codes::Shared("SPRING26".parse().unwrap());
    edit(&mut coupon);
    Arc::new(coupon)
}

/// The same with personal codes.
pub(crate) fn personal(edit: impl FnOnce(&mut Coupon)) -> Arc<Coupon> {
    shared(|coupon| {
        coupon.codes = Codes::Personal;
        edit(coupon);
    })
}

pub(crate) fn in_total(n: u32) -> Arc<Coupon> {
    shared(|coupon| coupon.limits.in_total = times(n))
}

pub(crate) fn budget(sum: i64, reserved: ReservedAt) -> Option<Budget> {
    Some(Budget { sum: yen(sum), reserved })
}

pub(crate) fn per(n: u32, window: Window) -> Option<(NonZeroU32, Window)> {
    times(n).map(|n| (n, window))
}

/// The nth code of a friend.
pub(crate) fn code(friend: u32, nth: u8) -> Code {
    let keys = KeyRing::new(0, b"sixteen characters and more").unwrap();
    keys.issue(&CouponName::new("spring").unwrap(), Serial::new(FriendId(friend), nth))
}

pub(crate) fn checkout(n: u32) -> CheckoutId {
    CheckoutId::new(&format!("cart {n}")).unwrap()
}

pub(crate) fn order(n: u32) -> OrderId {
    OrderId::new(&format!("order {n}")).unwrap()
}

pub(crate) fn key(coupon: &Coupon, n: u32) -> UseKey {
    UseKey { coupon: coupon.name.clone(), checkout: checkout(n) }
}

pub(crate) fn of(coupon: &Coupon) -> UsesOf {
    UsesOf { coupon: coupon.name.clone(), friend: None, code: None }
}

/// A reservation of cart `n` for a quarter of an hour, 500 yen off, by a friend of the same number.
pub(crate) fn reserve(coupon: &Arc<Coupon>, n: u32, now: Timestamp) -> Reserve {
    Reserve {
        coupon: Arc::clone(coupon),
        checkout: checkout(n),
        code: (coupon.codes == Codes::Personal).then(|| code(n, 0)),
        friend: Some(FriendId(n)),
        discount: yen(500),
        valid_until: at(14 * DAY),
        until: now.plus_millis(QUARTER),
        zone: Zone::TOKYO,
    }
}

pub(crate) fn redeem(coupon: &Arc<Coupon>, n: u32, order_number: u32) -> Redeem {
    Redeem { coupon: Arc::clone(coupon), checkout: checkout(n), order: order(order_number), zone: Zone::TOKYO }
}

pub(crate) fn issue(coupon: &Arc<Coupon>, code: Code) -> Issue {
    Issue { coupon: Arc::clone(coupon), code, valid_until: at(14 * DAY) }
}

pub(crate) fn part(refunded: i64, whole: i64) -> Returned {
    Returned::Part(Share::new(yen(refunded), yen(whole)).unwrap())
}

/// Cart `n` becomes order `n`.
pub(crate) fn buy<L: Ledger>(ledger: &L, coupon: &Arc<Coupon>, n: u32, now: Timestamp) -> Use
where
    L::Error: Debug,
{
    ledger.reserve(reserve(coupon, n, now), now).unwrap();
    ledger.redeem(redeem(coupon, n, n), now).unwrap()
}

/// Uses and what they cost.
pub(crate) fn used<L: Ledger>(ledger: &L, coupon: &Coupon, now: Timestamp) -> (u64, i64) {
    let uses = ledger.uses(&of(coupon), now).unwrap_or_else(|error| panic!("{error:?}"));
    (uses.in_total, uses.taken.minor())
}

/// Why it was refused, which it was.
pub(crate) fn refused<T: Debug, E: Debug>(answer: Result<T, LedgerError<E>>) -> Refusal {
    match answer {
        Err(LedgerError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

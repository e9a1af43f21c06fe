//! A code is given to a friend, and what was kept for it is kept no longer.

use crate::model::{CouponName, Money, Timestamp};

use super::books::Books;
use super::place::take_money;
use super::{Issue, Issued, Promise, Refusal, Undecided, Use};

pub(super) fn issue<E>(books: &mut Books<'_, E>, asked: &Issue, now: Timestamp) -> Result<Vec<Use>, Undecided<E>> {
    let (coupon, code) = (&asked.coupon, asked.code.to_string());
    let until = asked.valid_until;
    if books.code(&coupon.name, &code)?.issued.is_some() {
        return Ok(Vec::new());
    }
    if let Some(at) = books.totals(&coupon.name)?.revoked {
        return Err(Refusal::Revoked { at }.into());
    }
    if until <= now {
        return Err(Refusal::Expired { until }.into());
    }
    let mut promise = None;
    if let Some((most, sum)) = coupon.limits.promised_per_use().zip(coupon.limits.promised_per_code()) {
        if sum.is_negative() {
            return Err(Refusal::NoDiscount.into());
        }
        take_money(books, coupon, sum)?;
        promise = Some(Promise { sum, used: Money::ZERO, most });
    }
    books.totals(&coupon.name)?.issued += 1;
    books.code(&coupon.name, &code)?.issued = Some(Issued { at: now, valid_until: until, promise });
    Ok(Vec::new())
}

/// A code that is over: what was promised with it and not used goes back to the budget.
pub(super) fn lapse<E>(
    books: &mut Books<'_, E>,
    coupon: &CouponName,
    code: &str,
    at: Timestamp,
) -> Result<Vec<Use>, Undecided<E>> {
    let over = books.code(coupon, code)?.issued.as_mut().filter(|issued| issued.valid_until <= at);
    if let Some(promise) = over.and_then(|issued| issued.promise.take()) {
        let totals = books.totals(coupon)?;
        let unused = promise.sum.checked_sub(promise.used).expect("no more is used than was promised");
        totals.taken = totals.taken.checked_sub(unused).expect("what was promised was taken");
    }
    Ok(Vec::new())
}

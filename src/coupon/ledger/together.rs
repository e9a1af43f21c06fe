//! All coupons of one checkout: held, used on its order, and let go as one.

use crate::model::{CheckoutId, CouponName, Timestamp};

use super::books::Books;
use super::place::Rule;
use super::redeem::redeem_one;
use super::reserve::{let_go, reserve as reserve_one};
use super::{RedeemAll, Refusal, Reserve, ReserveAll, Stage, Undecided, Use, UseKey};

pub(super) fn reserve<E>(
    books: &mut Books<'_, E>,
    asked: &ReserveAll,
    now: Timestamp,
) -> Result<Vec<Use>, Undecided<E>> {
    let checkout = &asked.checkout;
    for coupon in books.checkout(checkout)?.coupons.clone() {
        let one = books.one_use(&key(&coupon, checkout))?;
        // A checkout that has become an order is over, also for coupons that were not on it.
        if let Some(Use { stage: Stage::Redeemed { order, .. }, .. }) = one {
            return Err(of(&coupon)(Refusal::Redeemed { order }.into()));
        }
        if asked.taken.iter().all(|taken| taken.coupon.name != coupon) {
            let_go(books, &key(&coupon, checkout), Timestamp::MAX)?;
        }
    }
    let mut uses: Vec<Use> = Vec::with_capacity(asked.taken.len());
    for taken in &asked.taken {
        let reserve = Reserve {
            coupon: taken.coupon.clone(),
            checkout: checkout.clone(),
            code: taken.code,
            friend: asked.friend,
            discount: taken.discount,
            valid_until: taken.valid_until,
            until: asked.until,
            zone: asked.zone,
        };
        let held = reserve_one(books, &reserve, now).map_err(of(&taken.coupon.name))?;
        uses.retain(|earlier| held.iter().all(|held| earlier.key != held.key));
        uses.extend(held);
    }
    books.checkout(checkout)?.coupons = uses.iter().map(|one| one.key.coupon.clone()).collect();
    Ok(uses)
}

pub(super) fn redeem<E>(books: &mut Books<'_, E>, asked: &RedeemAll, now: Timestamp) -> Result<Vec<Use>, Undecided<E>> {
    let coupons = books.checkout(&asked.checkout)?.coupons.clone();
    if coupons.is_empty() {
        return Err(Refusal::NotReserved.into());
    }
    let redeem = |coupon: CouponName| {
        let rule = asked.coupons.get(&coupon).map(|coupon| Rule { coupon, zone: &asked.zone, now });
        redeem_one(books, key(&coupon, &asked.checkout), &asked.order, now, rule.as_ref()).map_err(of(&coupon))
    };
    coupons.into_iter().map(redeem).collect()
}

pub(super) fn release<E>(books: &mut Books<'_, E>, checkout: &CheckoutId) -> Result<Vec<Use>, Undecided<E>> {
    let mut uses = Vec::new();
    for coupon in books.checkout(checkout)?.coupons.clone() {
        uses.extend(let_go(books, &key(&coupon, checkout), Timestamp::MAX)?);
    }
    // What is redeemed stays so.
    let redeemed = uses.iter().filter(|one| one.counts()).map(|one| one.key.coupon.clone()).collect();
    books.checkout(checkout)?.coupons = redeemed;
    Ok(uses)
}

fn key(coupon: &CouponName, checkout: &CheckoutId) -> UseKey {
    UseKey { coupon: coupon.clone(), checkout: checkout.clone() }
}

/// What is refused, with the coupon for which it is.
fn of<E>(coupon: &CouponName) -> impl FnOnce(Undecided<E>) -> Undecided<E> {
    let coupon = coupon.clone();
    move |undecided| match undecided {
        Undecided::Refused(why) => Undecided::Refused(Refusal::OneOfSeveral { coupon, why: Box::new(why) }),
        other => other,
    }
}

//! What an event tells about the use of a coupon.

use std::collections::BTreeSet;

use crate::coupon::{Code, Codes, Coupon, SharedCode};
use crate::model::{CouponName, Friend, FriendId, HeldCoupon, Redemption};
use crate::scenario::Scene;

/// Takes a use of a coupon into the friend's record. Gives whether the friend can have used it: it was issued to them,
/// or its code is everybody's, or of a [batch](crate::coupon::KeyRing::batch) that nobody in particular was given.
pub(super) fn redeem(friend: &mut Friend, name: &CouponName, code: &str, used: Redemption, scene: &Scene<'_>) -> bool {
    let typed = canonical(code);
    let orders = &friend.orders;
    let same = friend.coupons.iter_mut().filter(|held| held.coupon == *name && canonical(&held.code) == typed);
    // Of a shared code that was issued more than once: the one this order used, else the first that is left.
    let held = same.min_by_key(|held| (held.redeemed.iter().all(|it| it.order != used.order), held.is_used(orders)));
    let Some(coupon) = scene.coupons.get(name) else { return false };
    match held {
        Some(held) => {
            // What came by its use came by the first, in whatever order they are told.
            if used.at < held.issued_at && held.redeemed.iter().any(|it| it.at == held.issued_at) {
                held.issued_at = used.at;
                held.valid_until = coupon.valid_until(used.at, scene.zone);
            }
            held.redeemed.insert(used);
        }
        None if is_anybodys(coupon, code, friend.id, scene) => friend.coupons.push(HeldCoupon {
            coupon: name.clone(),
            code: match &coupon.codes {
                Codes::Shared(code) => code.as_str().into(),
                Codes::Personal => typed.into(),
            },
            issued_at: used.at,
            valid_until: coupon.valid_until(used.at, scene.zone),
            redeemed: BTreeSet::from([used]),
        }),
        None => return false,
    }
    true
}

/// Can the friend use it though the engine issued it to nobody? Codes of other friends they cannot.
fn is_anybodys(coupon: &Coupon, typed: &str, friend: FriendId, scene: &Scene<'_>) -> bool {
    match &coupon.codes {
        Codes::Shared(code) => code.matches(typed),
        Codes::Personal => {
            let verified = scene.keys.and_then(|keys| keys.verify(typed, [&coupon.name]).ok());
            verified.is_some_and(|verified| verified.serial.friend().is_none_or(|whose| whose == friend))
        }
    }
}

/// A coupon's code however it was typed: that of one friend, or one for everybody.
fn canonical(typed: &str) -> String {
    let personal = typed.parse::<Code>().map(|code| code.to_string());
    personal.or_else(|_| typed.parse::<SharedCode>().map(|code| code.folded().into())).unwrap_or_else(|_| typed.into())
}

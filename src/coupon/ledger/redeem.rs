//! What was held is used on an order.

use crate::model::{OrderId, Timestamp};

use super::books::Books;
use super::place::{Rule, give_back, not_revoked, refund, settle, take};
use super::{Redeem, Refusal, Returned, Stage, Undecided, Use, UseKey};

pub(super) fn redeem<E>(books: &mut Books<'_, E>, asked: &Redeem, now: Timestamp) -> Result<Vec<Use>, Undecided<E>> {
    let key = UseKey { coupon: asked.coupon.name.clone(), checkout: asked.checkout.clone() };
    let rule = Rule { coupon: &asked.coupon, zone: &asked.zone, now };
    redeem_one(books, key, &asked.order, now, Some(&rule)).map(|one| vec![one])
}

/// Without a rule what had lapsed is over.
pub(super) fn redeem_one<E>(
    books: &mut Books<'_, E>,
    key: UseKey,
    order: &OrderId,
    now: Timestamp,
    rule: Option<&Rule<'_>>,
) -> Result<Use, Undecided<E>> {
    let mut one = books.one_use(&key)?.ok_or(Refusal::NotReserved)?;
    let held_until = match &one.stage {
        Stage::Redeemed { order: used_on, .. } if used_on == order => return Ok(one),
        Stage::Redeemed { order: other, .. } => return Err(Refusal::Redeemed { order: other.clone() }.into()),
        Stage::Reserved { until } => Some(*until),
        Stage::Lapsed => None,
    };
    // What came back before the use was told has come back all the same (X15).
    let returned = books.order(order)?.returned;
    if returned == Some(Returned::Whole) {
        return Err(Refusal::OrderReturned { order: order.clone() }.into());
    }
    let redeemed = Stage::Redeemed { order: order.clone(), at: now, returned: None };
    match held_until {
        Some(until) if now < until => {
            not_revoked(books, &one)?;
            settle(books, &one, until)?;
            one.stage = redeemed;
        }
        lapsed => {
            if lapsed.is_some() {
                give_back(books, &one)?;
            }
            one.stage = redeemed;
            one = take(books, rule.ok_or(Refusal::Expired { until: now })?, one)?;
        }
    }
    let one = come_back(books, one, returned)?;
    books.order(order)?.uses.insert(key);
    books.put(one.clone())?;
    Ok(one)
}

/// The use once so much of its order came back: what that makes it cost less goes to the budget, and with the whole its
/// place is given back.
pub(super) fn come_back<E>(
    books: &mut Books<'_, E>,
    mut one: Use,
    now_returned: Option<Returned>,
) -> Result<Use, Undecided<E>> {
    let before = one.clone();
    if let Stage::Redeemed { returned, .. } = &mut one.stage {
        *returned = now_returned.max(*returned);
    }
    if before.counts() && !one.counts() {
        give_back(books, &before)?;
    } else {
        let back = before.cost().checked_sub(one.cost()).expect("what came back only grows");
        refund(books, &one, back)?;
    }
    Ok(one)
}

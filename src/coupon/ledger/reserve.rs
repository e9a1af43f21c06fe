//! A use is held for a checkout, and let go.

use crate::model::Timestamp;

use super::books::Books;
use super::place::{Rule, account, give_back, take};
use super::{Refusal, Reserve, Stage, Undecided, Use, UseKey};

pub(super) fn reserve<E>(books: &mut Books<'_, E>, asked: &Reserve, now: Timestamp) -> Result<Vec<Use>, Undecided<E>> {
    let until = asked.until;
    if until <= now {
        return Err(Refusal::HeldForNothing { until }.into());
    }
    let key = UseKey { coupon: asked.coupon.name.clone(), checkout: asked.checkout.clone() };
    step_aside(books, &key)?;
    let asks = Use {
        key,
        code: account(&asked.coupon, asked.code)?.map(|code| code.to_string().into()),
        // Number 0 is nobody's.
        friend: asked.friend.filter(|friend| friend.0 > 0),
        discount: asked.discount,
        valid_until: asked.valid_until,
        taken_at: now,
        stage: Stage::Reserved { until },
        in_window_until: None,
        promised: false,
    };
    let held = take(books, &Rule { coupon: &asked.coupon, zone: &asked.zone, now }, asks)?;
    books.put(held.clone())?;
    Ok(vec![held])
}

/// What a checkout holds is not in its own way.
pub(super) fn step_aside<E>(books: &mut Books<'_, E>, key: &UseKey) -> Result<(), Undecided<E>> {
    match books.one_use(key)? {
        Some(held) if held.lapses_at().is_some() => give_back(books, &held),
        Some(Use { stage: Stage::Redeemed { order, .. }, .. }) => Err(Refusal::Redeemed { order }.into()),
        _ => Ok(()),
    }
}

/// Lets go what is held no longer at `at`.
pub(super) fn let_go<E>(books: &mut Books<'_, E>, key: &UseKey, at: Timestamp) -> Result<Vec<Use>, Undecided<E>> {
    let Some(mut one) = books.one_use(key)? else { return Ok(Vec::new()) };
    if one.lapses_at().is_some_and(|until| until <= at) {
        give_back(books, &one)?;
        one.stage = Stage::Lapsed;
        books.put(one.clone())?;
    }
    Ok(vec![one])
}

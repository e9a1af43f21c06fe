//! A use's place under the limits: taken, given back.

use crate::coupon::{Codes, Coupon};
use crate::model::{CouponName, FriendId, Money, Timestamp, Zone};

use super::books::Books;
use super::{Counter, Full, Refusal, Undecided, Use};

/// A rule as the limits are asked by it.
pub(super) struct Rule<'a> {
    pub(super) coupon: &'a Coupon,
    pub(super) zone: &'a Zone,
    pub(super) now: Timestamp,
}

/// Takes a place for a use under every limit, or under none.
pub(super) fn take<E>(books: &mut Books<'_, E>, rule: &Rule<'_>, mut one: Use) -> Result<Use, Undecided<E>> {
    let (limits, now) = (&rule.coupon.limits, rule.now);
    one.taken_at = now;
    one.in_window_until = limits.per_window.map(|(_, window)| window.end(now, rule.zone));
    one.valid_until = still_valid(books, rule, &one)?;

    if let Some(code) = &one.code {
        let uses = &books.code(&one.key.coupon, code)?.counter;
        // Once, when none is told; a code for everybody has no account of its own.
        let limit = limits.per_code.map_or(1, |limit| limit.get());
        room(uses, limit).map_err(Refusal::CodeUsed)?;
    }
    if let Some(friend) = one.friend {
        let (friend, uses) = uses_of_person(books, &one.key.coupon, friend)?;
        one.friend = Some(friend);
        limits.per_friend.map_or(Ok(()), |limit| room(&uses, limit.get())).map_err(Refusal::FriendUsed)?;
    } else if limits.per_friend.is_some() {
        return Err(Refusal::FriendMissing.into());
    }
    let totals = books.totals(&one.key.coupon)?;
    if let Some(limit) = limits.in_total {
        room(&totals.counter, limit.get()).map_err(Refusal::UsedUp)?;
    }
    if let Some((limit, _)) = limits.per_window {
        let limit = limit.get();
        let used = totals.window.uses(now);
        if used >= u64::from(limit) {
            let turn = totals.window.free_at(u64::from(limit), now);
            // A reservation that lapses may be among them, and goes sooner.
            let lapse = totals.counter.free_at(totals.counter.uses());
            let free_at = turn.into_iter().chain(lapse).min();
            return Err(Refusal::WindowFull(Full { limit, used, free_at }).into());
        }
    }
    charge(books, rule.coupon, &mut one)?;

    let lapses = one.lapses_at();
    if let Some(code) = &one.code {
        books.code(&one.key.coupon, code)?.counter.add(lapses);
    }
    if let Some(friend) = one.friend {
        books.friend(&one.key.coupon, friend)?.add(lapses);
    }
    let totals = books.totals(&one.key.coupon)?;
    totals.counter.add(lapses);
    one.in_window_until.into_iter().for_each(|end| totals.window.add(end, now));
    Ok(one)
}

/// Gives back the place of a use that has one.
pub(super) fn give_back<E>(books: &mut Books<'_, E>, one: &Use) -> Result<(), Undecided<E>> {
    let lapses = one.lapses_at();
    if let Some(code) = &one.code {
        books.code(&one.key.coupon, code)?.counter.remove(lapses);
    }
    if let Some(friend) = one.friend {
        books.friend(&one.key.coupon, friend)?.remove(lapses);
    }
    let totals = books.totals(&one.key.coupon)?;
    totals.counter.remove(lapses);
    one.in_window_until.into_iter().for_each(|end| totals.window.remove(end));
    refund(books, one, one.cost())
}

/// A reservation that has become a use lapses no more.
pub(super) fn settle<E>(books: &mut Books<'_, E>, one: &Use, lapses: Timestamp) -> Result<(), Undecided<E>> {
    if let Some(code) = &one.code {
        books.code(&one.key.coupon, code)?.counter.settle(lapses);
    }
    if let Some(friend) = one.friend {
        books.friend(&one.key.coupon, friend)?.settle(lapses);
    }
    books.totals(&one.key.coupon)?.counter.settle(lapses);
    Ok(())
}

/// Gives an amount a use cost back to the budget, or to what was promised with its code.
pub(super) fn refund<E>(books: &mut Books<'_, E>, one: &Use, amount: Money) -> Result<(), Undecided<E>> {
    if let Some(code) = one.code.as_ref().filter(|_| one.promised)
        && let Some(promise) = books.code(&one.key.coupon, code)?.issued.as_mut().and_then(|i| i.promise.as_mut())
    {
        promise.used = less(promise.used, amount);
        return Ok(());
    }
    let totals = books.totals(&one.key.coupon)?;
    totals.taken = less(totals.taken, amount);
    Ok(())
}

/// Was the coupon revoked, or this code of it?
pub(super) fn not_revoked<E>(books: &mut Books<'_, E>, one: &Use) -> Result<(), Undecided<E>> {
    let by_coupon = books.totals(&one.key.coupon)?.revoked;
    let by_code = match &one.code {
        Some(code) => books.code(&one.key.coupon, code)?.revoked,
        None => None,
    };
    match by_coupon.into_iter().chain(by_code).min() {
        Some(at) => Err(Refusal::Revoked { at }.into()),
        None => Ok(()),
    }
}

/// The number a friend goes on by, and the uses by all numbers that are the same person.
pub(super) fn uses_of_person<E>(
    books: &mut Books<'_, E>,
    coupon: &CouponName,
    friend: FriendId,
) -> Result<(FriendId, Counter), Undecided<E>> {
    let friend = books.person(friend)?.now.unwrap_or(friend);
    let mut uses = books.friend(coupon, friend)?.clone();
    for before in books.person(friend)?.before.clone() {
        uses.absorb(books.friend(coupon, before)?);
    }
    Ok((friend, uses))
}

/// The first instant at which what the friend holds is no longer valid, when that is still to come and nobody ended it.
fn still_valid<E>(books: &mut Books<'_, E>, rule: &Rule<'_>, one: &Use) -> Result<Timestamp, Undecided<E>> {
    not_revoked(books, one)?;
    let issued = match &one.code {
        Some(code) => books.code(&one.key.coupon, code)?.issued.map(|issued| issued.valid_until),
        None => None,
    };
    let ends = [Some(one.valid_until), issued, rule.coupon.valid.until];
    let until = ends.into_iter().flatten().min().unwrap_or(one.valid_until);
    if until <= rule.now { Err(Refusal::Expired { until }.into()) } else { Ok(until) }
}

fn room(uses: &Counter, limit: u32) -> Result<(), Full> {
    let (used, places) = (uses.uses(), u64::from(limit));
    if used < places { Ok(()) } else { Err(Full { limit, used, free_at: uses.free_at(places) }) }
}

/// Takes the discount from what was promised with the code, or else from the budget.
fn charge<E>(books: &mut Books<'_, E>, coupon: &Coupon, one: &mut Use) -> Result<(), Undecided<E>> {
    if one.discount.is_negative() {
        return Err(Refusal::NoDiscount.into());
    }
    one.promised = false;
    if let Some(code) = &one.code
        && let Some(promise) = books.code(&one.key.coupon, code)?.issued.as_mut().and_then(|i| i.promise.as_mut())
    {
        // The sum holds for as many uses as the code has had when it was issued.
        let most = promise.most.min(less(promise.sum, promise.used));
        if one.discount > most {
            return Err(Refusal::OverPromise { most }.into());
        }
        promise.used = promise.used.checked_add(one.discount).ok_or(Refusal::NoDiscount)?;
        one.promised = true;
        return Ok(());
    }
    take_money(books, coupon, one.discount)
}

/// Takes an amount from the coupon's budget; counted also where there is none.
pub(super) fn take_money<E>(books: &mut Books<'_, E>, coupon: &Coupon, asked: Money) -> Result<(), Undecided<E>> {
    let totals = books.totals(&coupon.name)?;
    let taken = totals.taken.checked_add(asked).ok_or(Refusal::NoDiscount)?;
    if let Some(budget) = coupon.limits.budget.filter(|budget| taken > budget.sum) {
        // A budget that was cut may be overdrawn.
        let left = less(budget.sum, totals.taken).max(Money::ZERO);
        return Err(Refusal::BudgetSpent { sum: budget.sum, left, asked }.into());
    }
    totals.taken = taken;
    Ok(())
}

/// The code that has an account of its own: a personal one.
pub(super) fn account<C>(coupon: &Coupon, code: Option<C>) -> Result<Option<C>, Refusal> {
    match coupon.codes {
        Codes::Personal => code.map(Some).ok_or(Refusal::CodeMissing),
        Codes::Shared(_) => Ok(None),
    }
}

/// Of amounts that are not below zero.
fn less(from: Money, amount: Money) -> Money {
    from.checked_sub(amount).expect("the difference of two amounts not below zero is in range")
}

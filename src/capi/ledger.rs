//! How often coupons were used: what a till asks while an order comes about, and after.

use core::ffi::c_char;

use serde::Serialize;

use crate::coupon::ledger::{Issue, Operation, Redeem, Revoke, RollBack, UseKey, Uses, UsesOf};
use crate::model::{CheckoutId, CouponName, FriendId, Money, OrderId, Timestamp};
use crate::store::MemoryLedger;

use super::boundary::{call, quietly};
use super::buf::enishi_buf;
use super::codes::enishi_keys;
use super::error::{Failure, enishi_error};
use super::handle::{Handle, may_be_read_by_several};
use super::incoming::{Out, bytes, instant, text};
use super::playbook::enishi_playbook;
use super::till::{Holder, Request, ToldUses, code_if_any, json, returned, rule, unasked, verified};

/// How often coupons were used, by whom and on which orders; every limit and budget is kept by it, whatever
/// happens at once. In memory, or in the shop's SQLite file.
///
/// A call that takes room has an answer as JSON: {"use": {...}}, or {"refused", "number", "message", ...} with a
/// word and a number that never change, and what else is known: "limit", "used" and "free_at" (when a place comes
/// free at the latest), "left" of a budget, "most", "order", "until", "at", of several the "coupon". To be refused is
/// no error of the call.
/// A use is {"key": {"coupon", "checkout"}, "code", "friend", "discount", "valid_until", "taken_at", "stage"}; the
/// stage is {"reserved": {"until"}}, "lapsed", or {"redeemed": {"order", "at", "returned"}}, where `returned` is
/// "whole" or {"part": [so much, of so much]}; what there is none of is left out. Money is whole minor
/// units, times are RFC 3339 in UTC. ENISHI_STATUS_LEDGER_FAILED when the file could not be read or written: then
/// nothing was changed, and it may be tried again.
///
/// Owner: the caller; ended by enishi_ledger_free.
/// Borrowed from it: nothing.
/// Threads: any number at once, changes too: the only handle of which that is so. A file is opened by each process
/// for itself, any number of them at once.
/// After fork: open the file anew; a handle from before the fork may not be used, nor one in memory be counted on.
pub struct enishi_ledger {
    pub(super) holder: Holder,
}

impl Handle for enishi_ledger {
    const NAME: &'static str = "ledger";
}

const _: () = may_be_read_by_several::<enishi_ledger>();

/// A ledger in memory, forgotten when it is freed: for tests and hosts of one process.
///
/// # Safety
/// The pointers are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_ledger_new(out: *mut *mut enishi_ledger, err: *mut *mut enishi_error) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            out.write(enishi_ledger { holder: Holder::Memory(MemoryLedger::new()) }.into_raw());
            Ok(())
        })
    }
}

/// The ledger in the SQLite file at `path`, which is made when it is not there; it counts in the playbook's
/// currency. What was answered outlives a power cut. ENISHI_STATUS_LEDGER_FAILED when it cannot be opened, was
/// made by a later version or for another currency, and ENISHI_STATUS_INVALID_ARGUMENT when this library was
/// built without SQLite.
///
/// # Safety
/// `playbook` is NULL or was given by this library and not freed; `path` leads to `path_len` bytes; the other
/// pointers are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_ledger_open(
    playbook: *const enishi_playbook,
    path: *const c_char,
    path_len: usize,
    out: *mut *mut enishi_ledger,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let playbook = &enishi_playbook::borrow(playbook)?.playbook;
            let holder = Holder::open(text(path, path_len, "path")?, playbook)?;
            out.write(enishi_ledger { holder }.into_raw());
            Ok(())
        })
    }
}

/// Ends a ledger; NULL is taken too. What stands in a file stays there.
///
/// # Safety
/// `ledger` is NULL or was given by this library and not freed, and nobody uses it now.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_ledger_free(ledger: *mut enishi_ledger) {
    // SAFETY: the caller's promise above is the one `free` asks for.
    quietly((), || unsafe { enishi_ledger::free(ledger) });
}

/// Notes that a friend was given a code until `valid_until_ms`: needed where a budget is taken at issue, and for
/// the number of codes issued. `out` gets {"use": null}, or why it was refused. Told again it changes nothing.
/// `code` must be one of the coupon by these keys, else ENISHI_STATUS_CODE_REFUSED.
///
/// # Safety
/// The handles are NULL or were given by this library and not freed; the texts lead to as many bytes as is said
/// of them; the other pointers are NULL or may be written.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments, reason = "plain C: every text is two, and a struct is costly from PHP")]
pub unsafe extern "C" fn enishi_ledger_issue(
    ledger: *const enishi_ledger,
    playbook: *const enishi_playbook,
    keys: *const enishi_keys,
    coupon: *const c_char,
    coupon_len: usize,
    code: *const c_char,
    code_len: usize,
    valid_until_ms: i64,
    now_ms: i64,
    out: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let holder = &enishi_ledger::borrow(ledger)?.holder;
            let coupon = rule(&enishi_playbook::borrow(playbook)?.playbook, text(coupon, coupon_len, "coupon")?)?;
            let keys = &enishi_keys::borrow(keys)?.ring;
            let code = verified(keys, &coupon.name, text(code, code_len, "code")?)?;
            let issue = Issue { coupon, code, valid_until: instant(valid_until_ms)? };
            out.write(holder.answer(Operation::Issue(issue), instant(now_ms)?)?.into());
            Ok(())
        })
    }
}

/// Holds a use for a checkout until `until_ms`, a quarter of an hour from now, say. The same checkout again
/// replaces what it held. `request` is JSON: {"coupon", "checkout", "discount", "code", "valid_until",
/// "friend"}: what an entry of "taken" of a quote has, and to it `checkout`, the cart's own name of this try to
/// pay, and `friend`, the friend's number, null for a guest; other fields of such an entry are passed over.
/// `code` is verified by `keys`, which may be NULL where there is none, and needs `valid_until`, RFC 3339.
///
/// `out` gets the use, or why it was refused. ENISHI_STATUS_UNKNOWN_NAME when the playbook has no such coupon,
/// ENISHI_STATUS_CODE_REFUSED when the code is none of the coupon's.
///
/// # Safety
/// As for enishi_ledger_issue.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments, reason = "plain C: every text is two, and a struct is costly from PHP")]
pub unsafe extern "C" fn enishi_ledger_reserve(
    ledger: *const enishi_ledger,
    playbook: *const enishi_playbook,
    keys: *const enishi_keys,
    request: *const c_char,
    request_len: usize,
    until_ms: i64,
    now_ms: i64,
    out: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let holder = &enishi_ledger::borrow(ledger)?.holder;
            let playbook = &enishi_playbook::borrow(playbook)?.playbook;
            let keys = enishi_keys::borrow_if_any(keys).map(|keys| &keys.ring);
            let request = Request::read(bytes(request, request_len, "request")?)?;
            let reserve = request.reserve(playbook, keys, instant(until_ms)?)?;
            out.write(holder.answer(Operation::Reserve(reserve), instant(now_ms)?)?.into());
            Ok(())
        })
    }
}

/// Makes what a checkout holds the use on its order. Once more for the same order it is the same use. What had
/// lapsed takes its place anew if there is room. `out` gets the use, or why it was refused.
///
/// # Safety
/// As for enishi_ledger_issue.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments, reason = "plain C: every text is two, and a struct is costly from PHP")]
pub unsafe extern "C" fn enishi_ledger_redeem(
    ledger: *const enishi_ledger,
    playbook: *const enishi_playbook,
    coupon: *const c_char,
    coupon_len: usize,
    checkout: *const c_char,
    checkout_len: usize,
    order: *const c_char,
    order_len: usize,
    now_ms: i64,
    out: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let holder = &enishi_ledger::borrow(ledger)?.holder;
            let playbook = &enishi_playbook::borrow(playbook)?.playbook;
            let redeem = Redeem {
                coupon: rule(playbook, text(coupon, coupon_len, "coupon")?)?,
                checkout: CheckoutId::new(text(checkout, checkout_len, "checkout")?)?,
                order: OrderId::new(text(order, order_len, "order")?)?,
                zone: *playbook.zone(),
            };
            out.write(holder.answer(Operation::Redeem(redeem), instant(now_ms)?)?.into());
            Ok(())
        })
    }
}

/// Lets go what a checkout holds; what is redeemed stays so. Done again it changes nothing.
///
/// # Safety
/// As for enishi_ledger_issue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_ledger_release(
    ledger: *const enishi_ledger,
    coupon: *const c_char,
    coupon_len: usize,
    checkout: *const c_char,
    checkout_len: usize,
    now_ms: i64,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let holder = &enishi_ledger::borrow(ledger)?.holder;
            let coupon = CouponName::new(text(coupon, coupon_len, "coupon")?)?;
            let checkout = CheckoutId::new(text(checkout, checkout_len, "checkout")?)?;
            holder.done(Operation::Release(UseKey { coupon, checkout }), instant(now_ms)?)
        })
    }
}

/// Gives back what was used on an order, all its coupons alike. With `whole` 0 it was cancelled or returned as a
/// whole: the uses are given back too. Else `refunded` of `whole` came back so far, all of it together, in minor
/// units: the same share of the discounts goes back to the budgets, and the uses stay used. Told again, or less
/// than before, it changes nothing. `out`, unless NULL, gets {"uses": [...]}: those of the order as they are now.
///
/// # Safety
/// As for enishi_ledger_issue.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments, reason = "plain C: every text is two, and a struct is costly from PHP")]
pub unsafe extern "C" fn enishi_ledger_roll_back(
    ledger: *const enishi_ledger,
    order: *const c_char,
    order_len: usize,
    refunded: i64,
    whole: i64,
    now_ms: i64,
    out: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::optional(out);
            let holder = &enishi_ledger::borrow(ledger)?.holder;
            let order = OrderId::new(text(order, order_len, "order")?)?;
            let back = RollBack { order, returned: returned(refunded, whole)? };
            let uses = holder.run(Operation::RollBack(back), instant(now_ms)?)?.map_err(unasked)?;
            if let Some(out) = out {
                out.write(json(&ToldUses { uses }).into());
            }
            Ok(())
        })
    }
}

/// From now on nobody uses the coupon, or with a `code` that one code of it. What was redeemed stays so.
///
/// # Safety
/// As for enishi_ledger_issue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_ledger_revoke(
    ledger: *const enishi_ledger,
    coupon: *const c_char,
    coupon_len: usize,
    code: *const c_char,
    code_len: usize,
    now_ms: i64,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let holder = &enishi_ledger::borrow(ledger)?.holder;
            let coupon = CouponName::new(text(coupon, coupon_len, "coupon")?)?;
            let revoke = match code_if_any(text(code, code_len, "code")?)? {
                Some(code) => Revoke::Code(coupon, code),
                None => Revoke::Coupon(coupon),
            };
            holder.done(Operation::Revoke(revoke), instant(now_ms)?)
        })
    }
}

/// Two friends turned out to be one: from now on their uses count as those of one. Numbers are those of friends.
///
/// # Safety
/// `ledger` is NULL or was given by this library and not freed; `err` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_ledger_merge(
    ledger: *const enishi_ledger,
    from_number: u32,
    into_number: u32,
    now_ms: i64,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let holder = &enishi_ledger::borrow(ledger)?.holder;
            let (from, into) = (FriendId(from_number), FriendId(into_number));
            if from.0 == 0 || into.0 == 0 {
                return Err(Failure::argument("friends are numbered from 1"));
            }
            holder.done(Operation::Merge { from, into }, instant(now_ms)?)
        })
    }
}

/// How often a coupon was used, reservations included, without what has lapsed by `now_ms`: {"in_total",
/// "in_window", "by_friend", "with_code", "issued", "taken", "revoked"}. `friend_number` 0 and `code_len` 0 ask
/// for nobody and no code in particular. `taken` is what all this takes from the budget, `revoked` since when
/// nobody may use the coupon or the code, or null. A coupon of which nothing was ever told has zeros.
///
/// # Safety
/// As for enishi_ledger_issue.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments, reason = "plain C: every text is two, and a struct is costly from PHP")]
pub unsafe extern "C" fn enishi_ledger_uses(
    ledger: *const enishi_ledger,
    coupon: *const c_char,
    coupon_len: usize,
    friend_number: u32,
    code: *const c_char,
    code_len: usize,
    now_ms: i64,
    out: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    #[derive(Serialize)]
    struct Told {
        in_total: u64,
        in_window: u64,
        by_friend: u64,
        with_code: u64,
        issued: u64,
        taken: Money,
        revoked: Option<Timestamp>,
    }
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let holder = &enishi_ledger::borrow(ledger)?.holder;
            let of = UsesOf {
                coupon: CouponName::new(text(coupon, coupon_len, "coupon")?)?,
                friend: Some(FriendId(friend_number)).filter(|friend| friend.0 > 0),
                code: code_if_any(text(code, code_len, "code")?)?,
            };
            let Uses { in_total, in_window, by_friend, with_code, issued, taken, revoked, .. } =
                holder.uses(&of, instant(now_ms)?)?;
            let told = Told { in_total, in_window, by_friend, with_code, issued, taken, revoked };
            out.write(json(&told).into());
            Ok(())
        })
    }
}

/// Takes the numbers of the next `count` codes of a coupon that nobody in particular holds, for enishi_code_batch:
/// `first` gets where they begin. Nobody is given them again, so that no code is printed twice; take them before
/// anything is printed. ENISHI_STATUS_INVALID_ARGUMENT when so many are not left.
///
/// # Safety
/// `ledger` is NULL or was given by this library and not freed; `coupon` leads to `coupon_len` bytes; the other
/// pointers are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_ledger_take_numbers(
    ledger: *const enishi_ledger,
    coupon: *const c_char,
    coupon_len: usize,
    count: u32,
    now_ms: i64,
    first: *mut u32,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let first = Out::required(first, "first")?;
            let holder = &enishi_ledger::borrow(ledger)?.holder;
            let coupon = CouponName::new(text(coupon, coupon_len, "coupon")?)?;
            first.write(holder.take_numbers(&coupon, count, instant(now_ms)?)?);
            Ok(())
        })
    }
}

/// What has lapsed by `now_ms` counts no more; `count`, unless NULL, gets how many there were. Limits do not wait
/// for it: what has lapsed is looked for when there is no room. Once a minute is often.
///
/// # Safety
/// `ledger` is NULL or was given by this library and not freed; the other pointers are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_ledger_expire(
    ledger: *const enishi_ledger,
    now_ms: i64,
    count: *mut usize,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::optional(count);
            let lapsed = enishi_ledger::borrow(ledger)?.holder.expire(instant(now_ms)?)?;
            if let Some(out) = out {
                out.write(lapsed);
            }
            Ok(())
        })
    }
}

//! All coupons of one checkout at the till: held, used on its order, and let go as one.

use core::ffi::c_char;

use crate::coupon::ledger::{Operation, RedeemAll, ReserveAll};
use crate::model::{CheckoutId, FriendId, OrderId};

use super::boundary::call;
use super::buf::enishi_buf;
use super::codes::enishi_keys;
use super::error::enishi_error;
use super::handle::Handle;
use super::incoming::{Out, bytes, instant, text};
use super::ledger::enishi_ledger;
use super::playbook::enishi_playbook;
use super::till::taken_of;

/// Holds all coupons of a quote for a checkout until `until_ms`: all of them, or none if one is refused. The same
/// checkout again replaces what it held so, so that a cart that has changed is quoted and reserved anew. `taken` is
/// "taken" of the quote as it stands, `checkout` the cart's own name of this try to pay, and `friend_number` the
/// friend's number, 0 for a guest. Codes are verified by `keys`, which may be NULL where there is none.
///
/// `out` gets {"uses": [...]} in the order of `taken`, or why it was refused, with the "coupon" that was. What the
/// checkout held before is then held still. The other coupons may be tried without it: quote again with this ledger.
/// ENISHI_STATUS_UNKNOWN_NAME and ENISHI_STATUS_CODE_REFUSED as for enishi_ledger_reserve.
///
/// # Safety
/// As for enishi_ledger_issue.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments, reason = "plain C: every text is two, and a struct is costly from PHP")]
pub unsafe extern "C" fn enishi_ledger_reserve_all(
    ledger: *const enishi_ledger,
    playbook: *const enishi_playbook,
    keys: *const enishi_keys,
    taken: *const c_char,
    taken_len: usize,
    checkout: *const c_char,
    checkout_len: usize,
    friend_number: u32,
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
            let all = ReserveAll {
                checkout: CheckoutId::new(text(checkout, checkout_len, "checkout")?)?,
                friend: Some(FriendId(friend_number)),
                taken: taken_of(bytes(taken, taken_len, "taken")?, playbook, keys)?,
                until: instant(until_ms)?,
                zone: *playbook.zone(),
            };
            out.write(holder.answers(Operation::ReserveAll(all), instant(now_ms)?)?.into());
            Ok(())
        })
    }
}

/// Makes all that a checkout holds by enishi_ledger_reserve_all the uses on its order: all of them, or none if one is
/// refused. Once more for the same order they are the same uses. What had lapsed takes its place anew if there is
/// room. `out` gets {"uses": [...]}, or why it was refused, with the "coupon" that was; "not_reserved" when nothing is
/// held, as of an order without coupons.
///
/// # Safety
/// As for enishi_ledger_issue.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments, reason = "plain C: every text is two, and a struct is costly from PHP")]
pub unsafe extern "C" fn enishi_ledger_redeem_all(
    ledger: *const enishi_ledger,
    playbook: *const enishi_playbook,
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
            let all = RedeemAll {
                checkout: CheckoutId::new(text(checkout, checkout_len, "checkout")?)?,
                order: OrderId::new(text(order, order_len, "order")?)?,
                coupons: playbook.coupons().clone(),
                zone: *playbook.zone(),
            };
            out.write(holder.answers(Operation::RedeemAll(all), instant(now_ms)?)?.into());
            Ok(())
        })
    }
}

/// Lets go all that a checkout holds by enishi_ledger_reserve_all; what is redeemed stays so. Done again it changes
/// nothing.
///
/// # Safety
/// As for enishi_ledger_issue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_ledger_release_all(
    ledger: *const enishi_ledger,
    checkout: *const c_char,
    checkout_len: usize,
    now_ms: i64,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let holder = &enishi_ledger::borrow(ledger)?.holder;
            let checkout = CheckoutId::new(text(checkout, checkout_len, "checkout")?)?;
            holder.done(Operation::ReleaseAll(checkout), instant(now_ms)?)
        })
    }
}

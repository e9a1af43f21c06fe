//! Coupon codes: the keys they are made with, issue and verification.

use core::ffi::c_char;
use core::fmt::Write;

use serde::Serialize;

use crate::coupon::{KeyRing, Serial};
use crate::model::{CouponName, FriendId};

use super::boundary::{call, quietly};
use super::buf::enishi_buf;
use super::error::{Failure, enishi_error};
use super::handle::{Handle, may_be_read_by_several};
use super::incoming::{Out, bytes, text};
use super::playbook::enishi_playbook;

/// The secret keys of a shop's coupon codes.
///
/// Owner: the caller; ended by enishi_keys_free. Engines made with them keep a copy.
/// Borrowed from it: nothing.
/// Threads: any; several may use them at once while none adds a key.
/// After fork: both processes may go on using them.
pub struct enishi_keys {
    pub(super) ring: KeyRing,
}

impl Handle for enishi_keys {
    const NAME: &'static str = "keys";
}

const _: () = may_be_read_by_several::<enishi_keys>();

/// Keys that issue with this secret of 16 bytes or more, under the number `id` (0 to 7).
///
/// # Safety
/// `secret` leads to `secret_len` bytes; the other pointers are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_keys_new(
    id: u32,
    secret: *const c_char,
    secret_len: usize,
    out: *mut *mut enishi_keys,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let ring = KeyRing::new(small(id, "id")?, bytes(secret, secret_len, "secret")?)?;
            out.write(enishi_keys { ring }.into_raw());
            Ok(())
        })
    }
}

/// From here on codes made with this older key are good as well. A number used before is replaced.
///
/// # Safety
/// `keys` is NULL or was given by this library and not freed, and nobody else uses it now; `secret`
/// leads to `secret_len` bytes; `err` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_keys_add_retired(
    keys: *mut enishi_keys,
    id: u32,
    secret: *const c_char,
    secret_len: usize,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let keys = enishi_keys::borrow_mut(keys)?;
            let secret = bytes(secret, secret_len, "secret")?;
            keys.ring = keys.ring.clone().with_retired(small(id, "id")?, secret)?;
            Ok(())
        })
    }
}

/// Ends keys; NULL is taken too.
///
/// # Safety
/// `keys` is NULL or was given by this library and not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_keys_free(keys: *mut enishi_keys) {
    // SAFETY: the caller's promise above is the one `free` asks for.
    quietly((), || unsafe { enishi_keys::free(keys) });
}

/// The code of the `nth` (0 to 255) issue of a coupon to the friend of this number: always the same.
///
/// # Safety
/// `keys` is NULL or was given by this library and not freed; `coupon` leads to `coupon_len` bytes;
/// the other pointers are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_code_issue(
    keys: *const enishi_keys,
    coupon: *const c_char,
    coupon_len: usize,
    friend_number: u32,
    nth: u32,
    out: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let keys = enishi_keys::borrow(keys)?;
            let coupon = CouponName::new(text(coupon, coupon_len, "coupon")?)?;
            let serial = Serial::new(FriendId(friend_number), small(nth, "nth")?);
            out.write(keys.ring.issue(&coupon, serial).to_string().into());
            Ok(())
        })
    }
}

/// `count` codes of a coupon that no friend holds yet, from number `first` on, for printed cards or a cart's own
/// table: a line each in the order of their numbers, 24 signs and a newline, so that the nth begins at 25 n. Always
/// the same ones. A number is printed once: enishi_ledger_take_numbers tells where to begin. At most 1,000,000 at a time,
/// which are 25 MB and take about a quarter of a second.
///
/// # Safety
/// As for enishi_code_issue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_code_batch(
    keys: *const enishi_keys,
    coupon: *const c_char,
    coupon_len: usize,
    first: u32,
    count: u32,
    out: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let keys = enishi_keys::borrow(keys)?;
            let coupon = CouponName::new(text(coupon, coupon_len, "coupon")?)?;
            out.write(lines(&keys.ring, &coupon, first, count)?.into());
            Ok(())
        })
    }
}

/// Was this code, as somebody typed it, issued for a coupon of the playbook? `out` gets
/// {"coupon", "friend", "nth", "code"} as JSON: the friend's number, and the code as it is printed. For a code of
/// a batch, which no friend was issued, {"coupon", "batch", "code"}: its place in it.
/// If not, ENISHI_STATUS_CODE_REFUSED. Whether it is used or expired already, this cannot tell.
///
/// # Safety
/// `keys` and `playbook` are NULL or were given by this library and not freed; `typed` leads to
/// `typed_len` bytes; the other pointers are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_code_verify(
    keys: *const enishi_keys,
    playbook: *const enishi_playbook,
    typed: *const c_char,
    typed_len: usize,
    out: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    #[derive(Serialize)]
    struct Verified<'a> {
        coupon: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        friend: Option<u32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        nth: Option<u8>,
        #[serde(skip_serializing_if = "Option::is_none")]
        batch: Option<u32>,
        code: String,
    }
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let keys = enishi_keys::borrow(keys)?;
            let playbook = &enishi_playbook::borrow(playbook)?.playbook;
            let verified = keys.ring.verify(text(typed, typed_len, "typed")?, playbook.coupons().keys())?;
            let (friend, nth, batch) = match verified.serial {
                Serial::Friend { friend, nth } => (Some(friend.0), Some(nth), None),
                Serial::Batch { number } => (None, None, Some(number)),
            };
            let (coupon, code) = (verified.coupon.as_str(), verified.code.to_string());
            let verified = Verified { coupon, friend, nth, batch, code };
            out.write(serde_json::to_string(&verified).expect("it has only string keys").into());
            Ok(())
        })
    }
}

/// So many codes are made in one call, so that a slip of the hand does not fill the memory.
const MOST_CODES: u32 = 1_000_000;

/// Signs and hyphens of a code, and the end of its line.
const LINE: usize = 25;

fn lines(keys: &KeyRing, coupon: &CouponName, first: u32, count: u32) -> Result<String, Failure> {
    let end = first.checked_add(count).filter(|_| count <= MOST_CODES).ok_or_else(|| {
        Failure::argument(format_args!("{count} codes from {first}: at most {MOST_CODES}, below {}", u32::MAX))
    })?;
    // One byte more, for the NUL behind the last.
    let mut lines = String::with_capacity(count as usize * LINE + 1);
    for code in keys.batch(coupon, first..end) {
        writeln!(lines, "{code}").expect("a string takes all that is written");
    }
    Ok(lines)
}

/// A number that came in 32 bits so that no language cuts it to a byte in silence.
fn small(number: u32, name: &str) -> Result<u8, Failure> {
    u8::try_from(number).map_err(|_| Failure::argument(format_args!("{name} {number}: it is at most 255")))
}

//! What the host does itself: letters on other channels than LINE, rows of a sheet, tasks for staff.

use core::ffi::c_char;

use crate::model::DeliveryKey;

use super::boundary::call;
use super::buf::enishi_buf;
use super::engine::enishi_engine;
use super::error::enishi_error;
use super::handle::Handle;
use super::incoming::{Out, instant, text};

/// Hands out the next thing the host is to do at `now_ms`, as JSON: {"key", "at", "friend", "scenario",
/// "step", "to", "message", "body"}. `to` is a channel of the playbook, or whatever the shop calls the
/// host's part; `message` is there where it is one; `body` is an object, the fields of the letter. `out`
/// gets an empty text when there is nothing.
///
/// Confirm it when it is done. What is not confirmed within two minutes, or by a process that died, is
/// handed out again under the same key: a host that remembers the keys of what it did does nothing twice.
///
/// # Safety
/// `engine` is NULL or was given by this library and not freed, and nobody else uses it now; the
/// other pointers are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_engine_next_handover(
    engine: *mut enishi_engine,
    now_ms: i64,
    out: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let now = instant(now_ms)?;
            let json = enishi_engine::borrow_mut(engine)?.desk.change(|desk| Ok(desk.next_handover(now)))?;
            out.write(json.unwrap_or_default().into());
            Ok(())
        })
    }
}

/// What was handed out under this key is done, and not handed out again. `was_open`, unless NULL, tells
/// whether it still was to be done. Keep a snapshot afterwards: an older one hands it out again.
///
/// # Safety
/// `engine` is NULL or was given by this library and not freed, and nobody else uses it now; `key` leads
/// to `key_len` bytes; the other pointers are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_engine_confirm(
    engine: *mut enishi_engine,
    key: *const c_char,
    key_len: usize,
    was_open: *mut bool,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let was_open = Out::optional(was_open);
            let key: DeliveryKey = text(key, key_len, "key")?.parse()?;
            let open = enishi_engine::borrow_mut(engine)?.desk.change(|desk| Ok(desk.confirm(key)))?;
            if let Some(was_open) = was_open {
                was_open.write(open);
            }
            Ok(())
        })
    }
}

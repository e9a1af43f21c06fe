//! Playbooks: everything the shop has decided.

use core::ffi::c_char;
use std::ffi::CString;
use std::sync::Arc;

use serde::Serialize;

use crate::playbook::{Playbook, Preset};

use super::boundary::{call, quietly};
use super::buf::enishi_buf;
use super::error::{Failure, enishi_error};
use super::handle::{Handle, may_be_read_by_several};
use super::incoming::{Out, bytes, c_string};

/// A compiled playbook. It never changes.
///
/// Owner: the caller; ended by enishi_playbook_free. Engines made with it keep what they need.
/// Borrowed from it: the hash, until then.
/// Threads: any; several may use it at once.
/// After fork: both processes may go on using it.
pub struct enishi_playbook {
    pub(super) playbook: Arc<Playbook>,
    hash: CString,
}

impl Handle for enishi_playbook {
    const NAME: &'static str = "playbook";
}

const _: () = may_be_read_by_several::<enishi_playbook>();

/// Compiles a playbook: JSON when it begins with a brace, else TOML.
///
/// When it has faults, ENISHI_STATUS_INVALID_PLAYBOOK: `diagnostics`, unless NULL, then gets all of
/// them as a JSON array of {code, path, line, column, source, message, help}, and the error's
/// message tells them to people.
///
/// # Safety
/// `text` leads to `text_len` bytes; the other pointers are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_playbook_compile(
    text: *const c_char,
    text_len: usize,
    out: *mut *mut enishi_playbook,
    diagnostics: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let diagnostics = Out::optional(diagnostics);
            let playbook = Playbook::read_bytes(bytes(text, text_len, "text")?).map_err(|faults| {
                if let Some(diagnostics) = diagnostics {
                    diagnostics.write(faults.to_json().into());
                }
                Failure::from(faults)
            })?;
            let hash = c_string(playbook.hash().to_string());
            out.write(enishi_playbook { playbook: Arc::new(playbook), hash }.into_raw());
            Ok(())
        })
    }
}

/// The same playbook, following the one that was in force before: runs of scenarios written anew with
/// `when_edited = "keep"` end by the steps they began by, and those that migrate find the way from steps
/// that are gone. Give it to enishi_engine_adopt, enishi_engine_restore or enishi_friend_step instead of
/// `playbook`. It has the hash of `playbook`, and needs neither of the two any longer.
///
/// # Safety
/// The playbooks are NULL or were given by this library and not freed; the other pointers are NULL or may
/// be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_playbook_following(
    playbook: *const enishi_playbook,
    before: *const enishi_playbook,
    out: *mut *mut enishi_playbook,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let enishi_playbook { playbook, hash } = enishi_playbook::borrow(playbook)?;
            let following = Playbook::clone(playbook).following(&enishi_playbook::borrow(before)?.playbook);
            out.write(enishi_playbook { playbook: Arc::new(following), hash: hash.clone() }.into_raw());
            Ok(())
        })
    }
}

/// The name of the content: 64 hexadecimal digits, the same for the same rules. NULL for NULL.
///
/// # Safety
/// `playbook` is NULL or was given by this library and not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_playbook_hash(playbook: *const enishi_playbook) -> *const c_char {
    // SAFETY: the caller's promise above is the one `borrow_if_any` asks for.
    let hash = || unsafe { enishi_playbook::borrow_if_any(playbook) }.map_or(core::ptr::null(), |it| it.hash.as_ptr());
    quietly(core::ptr::null(), hash)
}

/// The presets a playbook may include, as a JSON array of {"name", "text"}: `include = ["presets/NAME"]`. The
/// text is TOML and says at its head what the preset does, when, and what shops often change.
///
/// # Safety
/// The pointers are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_presets(out: *mut enishi_buf, err: *mut *mut enishi_error) -> i32 {
    #[derive(Serialize)]
    struct Told {
        name: &'static str,
        text: &'static str,
    }
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let presets = Preset::ALL.map(|Preset { name, text }| Told { name, text });
            out.write(serde_json::to_string(&presets).expect("they have only string keys").into());
            Ok(())
        })
    }
}

/// Ends a playbook; NULL is taken too.
///
/// # Safety
/// `playbook` is NULL or was given by this library and not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_playbook_free(playbook: *mut enishi_playbook) {
    // SAFETY: the caller's promise above is the one `free` asks for.
    quietly((), || unsafe { enishi_playbook::free(playbook) });
}

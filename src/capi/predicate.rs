//! Questions: expressions compiled once, to be asked of a friend, an engine or a population.

use core::ffi::c_char;

use crate::playbook::Playbook;
use crate::segment::Predicate;

use super::boundary::{call, quietly};
use super::buf::enishi_buf;
use super::error::{Failure, enishi_error};
use super::handle::{Handle, may_be_read_by_several};
use super::incoming::{Out, text};
use super::playbook::enishi_playbook;
use super::status::enishi_status;

/// A question about friends: an expression, checked and compiled. It never changes. Ask it with
/// enishi_friend_matches, enishi_engine_matches, enishi_population_select and their like.
///
/// Owner: the caller; ended by enishi_predicate_free. It needs its playbook no longer.
/// Borrowed from it: nothing.
/// Threads: any; several may use it at once.
/// After fork: both processes may go on using it.
pub struct enishi_predicate {
    pub(super) predicate: Predicate,
}

impl Handle for enishi_predicate {
    const NAME: &'static str = "predicate";
}

const _: () = may_be_read_by_several::<enishi_predicate>();

/// Compiles an expression that may name whatever the playbook names: JSON when it begins with a
/// brace, else text.
///
/// When it has faults, ENISHI_STATUS_INVALID_EXPRESSION: `diagnostics`, unless NULL, then gets all of
/// them as a JSON array of {code, path, line, column, source, message, help}, and the error's
/// message tells them to people. That it asks about more of the past than the playbook has engines
/// and friends remember is a fault too: its section `history` makes it remember more.
///
/// # Safety
/// `playbook` is NULL or was given by this library and not freed; `expression` leads to
/// `expression_len` bytes; the other pointers are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_predicate_compile(
    playbook: *const enishi_playbook,
    expression: *const c_char,
    expression_len: usize,
    out: *mut *mut enishi_predicate,
    diagnostics: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let diagnostics = Out::optional(diagnostics);
            let playbook = &enishi_playbook::borrow(playbook)?.playbook;
            let predicate = playbook.predicate(text(expression, expression_len, "expression")?).map_err(|faults| {
                if let Some(diagnostics) = diagnostics {
                    diagnostics.write(faults.to_json().into());
                }
                Failure::new(enishi_status::InvalidExpression, faults)
            })?;
            out.write(enishi_predicate { predicate }.into_raw());
            Ok(())
        })
    }
}

/// The question whether a friend belongs to a segment of the playbook.
///
/// # Safety
/// `playbook` is NULL or was given by this library and not freed; `segment_name` leads to
/// `segment_name_len` bytes; the other pointers are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_predicate_of_segment(
    playbook: *const enishi_playbook,
    segment_name: *const c_char,
    segment_name_len: usize,
    out: *mut *mut enishi_predicate,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let name = text(segment_name, segment_name_len, "segment_name")?;
            let predicate = segment(&enishi_playbook::borrow(playbook)?.playbook, name)?.clone();
            out.write(enishi_predicate { predicate }.into_raw());
            Ok(())
        })
    }
}

/// The expression as canonical text, as a person would edit it.
///
/// # Safety
/// `predicate` is NULL or was given by this library and not freed; the other pointers are NULL or
/// may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_predicate_text(
    predicate: *const enishi_predicate,
    out: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            out.write(enishi_predicate::borrow(predicate)?.predicate.expr().to_string().into());
            Ok(())
        })
    }
}

/// The expression as JSON, for editors that show it as boxes; enishi_predicate_compile takes it back.
///
/// # Safety
/// As for enishi_predicate_text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_predicate_json(
    predicate: *const enishi_predicate,
    out: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            out.write(enishi_predicate::borrow(predicate)?.predicate.expr().to_json().to_string().into());
            Ok(())
        })
    }
}

/// Ends a predicate; NULL is taken too.
///
/// # Safety
/// `predicate` is NULL or was given by this library and not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_predicate_free(predicate: *mut enishi_predicate) {
    // SAFETY: the caller's promise above is the one `free` asks for.
    quietly((), || unsafe { enishi_predicate::free(predicate) });
}

fn segment<'p>(playbook: &'p Playbook, name: &str) -> Result<&'p Predicate, Failure> {
    let unknown = || Failure::new(enishi_status::UnknownName, format_args!("the playbook has no segment '{name}'"));
    playbook.segments().get(name).map(|segment| &segment.predicate).ok_or_else(unknown)
}

//! Sets of rows.

use core::ffi::c_void;

use crate::population::Selection;

use super::arrow::{ArrowArray, ArrowSchema, given};
use super::boundary::{call, quietly};
use super::error::enishi_error;
use super::handle::{Handle, may_be_read_by_several};
use super::incoming::{Out, pour};

/// Rows of a population. It never changes: it goes on naming the same rows when the population
/// grows, and does not notice that a friend was removed since.
///
/// Owner: the caller; ended by enishi_selection_free.
/// Borrowed from it: nothing.
/// Threads: any; several may use it at once.
/// After fork: both processes may go on using it.
pub struct enishi_selection {
    pub(super) selection: Selection,
}

impl Handle for enishi_selection {
    const NAME: &'static str = "selection";
}

const _: () = may_be_read_by_several::<enishi_selection>();

/// How many rows; 0 when `selection` is NULL.
///
/// # Safety
/// `selection` is NULL or was given by this library and not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_selection_count(selection: *const enishi_selection) -> usize {
    // SAFETY: the caller's promise above is the one `borrow_if_any` asks for.
    quietly(0, || unsafe { enishi_selection::borrow_if_any(selection) }.map_or(0, |it| it.selection.count()))
}

/// Writes the rows, ascending, packed uint32_t, into `buffer` with room for `room` of them. `count`
/// gets how many there are; ask for it alone with `room` 0, or with enishi_selection_count.
///
/// # Safety
/// `selection` is NULL or was given by this library and not freed; `buffer` leads to room for `room`
/// uint32_t, at any address, or is NULL; the other pointers are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_selection_ids(
    selection: *const enishi_selection,
    buffer: *mut c_void,
    room: usize,
    count: *mut usize,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let count = Out::required(count, "count")?;
            pour(&enishi_selection::borrow(selection)?.selection.ids(), buffer, room, count)
        })
    }
}

/// Writes the rows, ascending, as an Arrow array of uint32 without nulls. The caller owns both
/// structs and releases them as Arrow has it; they go on without the selection.
///
/// # Safety
/// `selection` is NULL or was given by this library and not freed; the other pointers are NULL or
/// may be written, and what stood there is not released.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_selection_export(
    selection: *const enishi_selection,
    schema: *mut ArrowSchema,
    array: *mut ArrowArray,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let (schema, array) = (Out::required(schema, "schema")?, Out::required(array, "array")?);
            let ids = given(enishi_selection::borrow(selection)?.selection.ids());
            schema.write(ids.0);
            array.write(ids.1);
            Ok(())
        })
    }
}

/// Those in both.
///
/// # Safety
/// The handles are NULL or were given by this library and not freed; the other pointers are NULL or
/// may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_selection_and(
    one: *const enishi_selection,
    other: *const enishi_selection,
    out: *mut *mut enishi_selection,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe { join(one, other, |one, other| one & other, out, err) }
}

/// Those in either.
///
/// # Safety
/// As for enishi_selection_and.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_selection_or(
    one: *const enishi_selection,
    other: *const enishi_selection,
    out: *mut *mut enishi_selection,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe { join(one, other, |one, other| one | other, out, err) }
}

/// Those in the one and not in the other. Who is in none: enishi_population_everyone minus it.
///
/// # Safety
/// As for enishi_selection_and.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_selection_minus(
    one: *const enishi_selection,
    other: *const enishi_selection,
    out: *mut *mut enishi_selection,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe { join(one, other, |one, other| one - other, out, err) }
}

/// Ends a selection; NULL is taken too.
///
/// # Safety
/// `selection` is NULL or was given by this library and not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_selection_free(selection: *mut enishi_selection) {
    // SAFETY: the caller's promise above is the one `free` asks for.
    quietly((), || unsafe { enishi_selection::free(selection) });
}

/// # Safety
/// As for enishi_selection_and.
unsafe fn join(
    one: *const enishi_selection,
    other: *const enishi_selection,
    how: impl FnOnce(&Selection, &Selection) -> Selection,
    out: *mut *mut enishi_selection,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let (one, other) = (enishi_selection::borrow(one)?, enishi_selection::borrow(other)?);
            out.write(enishi_selection { selection: how(&one.selection, &other.selection) }.into_raw());
            Ok(())
        })
    }
}

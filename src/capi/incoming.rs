//! What comes from C, checked once at the door.

use core::ffi::{CStr, c_char, c_void};
use core::ptr::NonNull;
use core::slice;
use std::borrow::Cow;
use std::ffi::CString;

use crate::model::Timestamp;

use super::error::Failure;
use super::status::enishi_status;

/// Bytes of the caller's. NULL is taken for no bytes when the length is zero.
///
/// # Safety
/// `ptr` leads to `len` bytes that stay as they are during `'a`, or is NULL.
pub(super) unsafe fn bytes<'a>(ptr: *const c_char, len: usize, name: &str) -> Result<&'a [u8], Failure> {
    if len == 0 {
        return Ok(&[]);
    }
    if ptr.is_null() {
        return Err(Failure::null(name));
    }
    check_size(len, name)?;
    // SAFETY: not NULL, `len` bytes by the caller's promise, and no longer than a slice may be.
    Ok(unsafe { slice::from_raw_parts(ptr.cast(), len) })
}

/// Text of the caller's.
///
/// # Safety
/// As for [`bytes`].
pub(super) unsafe fn text<'a>(ptr: *const c_char, len: usize, name: &str) -> Result<&'a str, Failure> {
    // SAFETY: passed on from the caller.
    let bytes = unsafe { bytes(ptr, len, name) }?;
    core::str::from_utf8(bytes).map_err(|error| {
        let words = format_args!("{name} is not UTF-8 from byte {}", error.valid_up_to());
        Failure::new(enishi_status::InvalidUtf8, words)
    })
}

/// A column of `n` packed numbers: borrowed where it lies as Rust wants it, else copied.
///
/// # Safety
/// `ptr` leads to `n` values of `T`, on any address, that stay as they are during `'a`, or is NULL.
pub(super) unsafe fn column<'a, T: Packed>(ptr: *const c_void, n: usize, name: &str) -> Result<Cow<'a, [T]>, Failure> {
    if n == 0 {
        return Ok(Cow::Borrowed(&[]));
    }
    if ptr.is_null() {
        return Err(Failure::null(name));
    }
    check_size(n.saturating_mul(size_of::<T>()), name)?;
    let first: *const T = ptr.cast();
    if first.is_aligned() {
        // SAFETY: not NULL, aligned, `n` values by the caller's promise, no longer than a slice may be.
        return Ok(Cow::Borrowed(unsafe { slice::from_raw_parts(first, n) }));
    }
    // SAFETY: as above, but for the alignment, which `read_unaligned` does not need.
    Ok(Cow::Owned((0..n).map(|i| unsafe { first.add(i).read_unaligned() }).collect()))
}

/// Numbers for which any bytes are a value.
pub(super) trait Packed: Copy {}
impl Packed for u8 {}
impl Packed for u16 {}
impl Packed for i32 {}
impl Packed for u32 {}
impl Packed for i64 {}
impl Packed for f64 {}
impl Packed for [u8; 16] {}

/// Writes packed values into the caller's buffer: `count` gets how many there are, and with room for
/// none nothing else is done.
///
/// # Safety
/// `buffer` leads to room for `room` values of `T`, on any address, or is NULL.
pub(super) unsafe fn pour<T: Copy>(
    values: &[T],
    buffer: *mut c_void,
    room: usize,
    count: Out<usize>,
) -> Result<(), Failure> {
    count.write(values.len());
    if room == 0 || values.is_empty() {
        return Ok(());
    }
    if buffer.is_null() {
        return Err(Failure::null("buffer"));
    }
    if room < values.len() {
        let words = format_args!("room for {room}, but there are {}", values.len());
        return Err(Failure::new(enishi_status::BufferTooSmall, words));
    }
    // SAFETY: room for at least as many by the caller's promise; bytes need no alignment, and the
    // values are ours, so the two do not overlap.
    unsafe { values.as_ptr().cast::<u8>().copy_to_nonoverlapping(buffer.cast(), size_of_val(values)) };
    Ok(())
}

/// A place of the caller's, looked at before the work, so that nothing is done in vain.
#[derive(Debug)]
pub(super) struct Out<T>(NonNull<T>);

impl<T> Out<T> {
    /// # Safety
    /// `raw` is NULL or may be written until the export returns.
    pub(super) unsafe fn required(raw: *mut T, name: &str) -> Result<Self, Failure> {
        // SAFETY: passed on from the caller.
        unsafe { Self::optional(raw) }.ok_or_else(|| Failure::null(name))
    }

    /// # Safety
    /// As for [`required`](Self::required).
    pub(super) unsafe fn optional(raw: *mut T) -> Option<Self> {
        NonNull::new(raw).map(Self)
    }

    /// Writes without looking at what stood there: in C that may be anything.
    pub(super) fn write(self, value: T) {
        // SAFETY: the promise made when this was constructed.
        unsafe { self.0.write(value) };
    }
}

/// An instant in milliseconds since 1970.
pub(super) fn instant(ms: i64) -> Result<Timestamp, Failure> {
    Ok(Timestamp::from_millis(ms)?)
}

/// How many there are of something. With a sign, so that no language makes a huge number of -1 in silence.
pub(super) fn count(number: i64, name: &str) -> Result<u64, Failure> {
    u64::try_from(number).map_err(|_| Failure::argument(format_args!("{name} {number}: it cannot be less than 0")))
}

/// Where C wants to be told an instant that may never come.
#[derive(Debug)]
pub(super) struct WhenOut {
    at_ms: Out<i64>,
    any: Out<bool>,
}

impl WhenOut {
    /// # Safety
    /// Both are NULL or may be written until the export returns.
    pub(super) unsafe fn required(at_ms: *mut i64, any: *mut bool) -> Result<Self, Failure> {
        // SAFETY: passed on from the caller.
        unsafe { Ok(Self { at_ms: Out::required(at_ms, "at_ms")?, any: Out::required(any, "any")? }) }
    }

    pub(super) fn write(self, instant: Option<Timestamp>) {
        self.any.write(instant.is_some());
        self.at_ms.write(instant.map_or(0, Timestamp::millis));
    }
}

/// Text for C to borrow. A NUL inside, which no text of ours has, would cut it short.
pub(super) fn c_string(text: impl Into<String>) -> CString {
    let text: String = text.into();
    CString::new(text.replace('\0', "\u{fffd}")).unwrap_or_default()
}

/// Gives borrowed text to C, and its length to whoever wants it.
pub(super) fn lend(text: &CStr, len: Option<Out<usize>>) -> *const c_char {
    if let Some(len) = len {
        len.write(text.count_bytes());
    }
    text.as_ptr()
}

/// A length from a language without unsigned numbers: -1 comes as 2⁶⁴ − 1.
fn check_size(bytes: usize, name: &str) -> Result<(), Failure> {
    match isize::try_from(bytes) {
        Ok(_) => Ok(()),
        Err(_) => Err(Failure::argument(format_args!("{name} cannot be {bytes} bytes long"))),
    }
}

//! Text that goes out.

use core::ffi::c_char;
use core::ptr;

use super::boundary::quietly;

/// Bytes the library made, with a NUL after the last that `len` does not count: UTF-8, but for the snapshot of
/// an engine.
///
/// Owner: the caller, once a call has filled it; ended by enishi_buf_free. Do not change its fields.
/// Borrowed from it: whatever points into it, until then.
/// Threads: any, one at a time.
/// After fork: each process has its own and frees its own.
#[repr(C)]
#[derive(Debug)]
pub struct enishi_buf {
    /// The first byte; NULL before it was filled and after it was freed.
    pub ptr: *mut c_char,
    /// How many bytes.
    pub len: usize,
}

impl From<Vec<u8>> for enishi_buf {
    fn from(mut bytes: Vec<u8>) -> Self {
        let len = bytes.len();
        bytes.push(0);
        Self { ptr: Box::into_raw(bytes.into_boxed_slice()).cast(), len }
    }
}

impl From<String> for enishi_buf {
    fn from(text: String) -> Self {
        text.into_bytes().into()
    }
}

/// Ends the contents and leaves the buffer empty; NULL and an empty buffer are taken too.
///
/// # Safety
/// `buf` is NULL, or all zero, or as a call of this library has left it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_buf_free(buf: *mut enishi_buf) {
    quietly((), || {
        // SAFETY: NULL or a buffer, by the caller's promise.
        let Some(buf) = (unsafe { buf.as_mut() }) else { return };
        let (ptr, len) = (core::mem::replace(&mut buf.ptr, ptr::null_mut()), core::mem::take(&mut buf.len));
        if !ptr.is_null() {
            let bytes = ptr::slice_from_raw_parts_mut(ptr.cast::<u8>(), len + 1);
            // SAFETY: made of a box of this very length above, and its fields are as they were left.
            drop(unsafe { Box::from_raw(bytes) });
        }
    });
}

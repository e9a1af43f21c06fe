//! The two structs of the Arrow C Data Interface: how they are owned, and what is given out in them.

use core::ffi::{c_char, c_void};
use core::ops::Deref;
use core::ptr;

/// The type of an array, as the Arrow C Data Interface lays it out.
#[repr(C)]
#[derive(Debug)]
#[allow(missing_docs, reason = "the fields are those of the specification")]
pub struct ArrowSchema {
    pub format: *const c_char,
    pub name: *const c_char,
    pub metadata: *const c_char,
    pub flags: i64,
    pub n_children: i64,
    pub children: *mut *mut ArrowSchema,
    pub dictionary: *mut ArrowSchema,
    pub release: Option<unsafe extern "C" fn(*mut ArrowSchema)>,
    pub private_data: *mut c_void,
}

/// The values of an array, as the Arrow C Data Interface lays them out.
#[repr(C)]
#[derive(Debug)]
#[allow(missing_docs, reason = "the fields are those of the specification")]
pub struct ArrowArray {
    pub length: i64,
    pub null_count: i64,
    pub offset: i64,
    pub n_buffers: i64,
    pub n_children: i64,
    pub buffers: *mut *const c_void,
    pub children: *mut *mut ArrowArray,
    pub dictionary: *mut ArrowArray,
    pub release: Option<unsafe extern "C" fn(*mut ArrowArray)>,
    pub private_data: *mut c_void,
}

/// A struct that says itself how it is ended.
pub(super) trait Released: Sized {
    fn release(&mut self) -> &mut Option<unsafe extern "C" fn(*mut Self)>;
}

impl Released for ArrowSchema {
    fn release(&mut self) -> &mut Option<unsafe extern "C" fn(*mut Self)> {
        &mut self.release
    }
}

impl Released for ArrowArray {
    fn release(&mut self) -> &mut Option<unsafe extern "C" fn(*mut Self)> {
        &mut self.release
    }
}

/// One that was moved to us: the place it came from is marked as released, and we release it, once.
#[derive(Debug)]
pub(super) struct Moved<T: Released>(T);

impl<T: Released> Deref for Moved<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Released> Moved<T> {
    /// Nothing for NULL, and for what was released or moved away before.
    ///
    /// # Safety
    /// `raw` is NULL or leads to a struct as the specification wants it.
    pub(super) unsafe fn take(raw: *mut T) -> Option<Self> {
        // SAFETY: passed on from the caller.
        let there = unsafe { raw.as_mut() }?;
        (*there.release())?;
        // SAFETY: a live struct; what is left behind counts as released, so there is one owner.
        let moved = unsafe { ptr::read(raw) };
        *there.release() = None;
        Some(Self(moved))
    }
}

impl<T: Released> Drop for Moved<T> {
    fn drop(&mut self) {
        if let Some(release) = *self.0.release() {
            // SAFETY: ours, not released before, and never used again.
            unsafe { release(&raw mut self.0) };
        }
    }
}

// SAFETY: the specification lets a struct be released on another thread than it was made on.
unsafe impl<T: Released> Send for Moved<T> {}
// SAFETY: while it is shared, it is only read.
unsafe impl<T: Released> Sync for Moved<T> {}

/// Whole numbers on their way out, with the list of buffers that points at them.
struct Given {
    numbers: Vec<u32>,
    buffers: [*const c_void; 2],
}

/// An array of uint32 without nulls, which frees itself when it is released.
pub(super) fn given(numbers: Vec<u32>) -> (ArrowSchema, ArrowArray) {
    unsafe extern "C" fn release_schema(schema: *mut ArrowSchema) {
        // SAFETY: called by who has the schema, which owns nothing.
        unsafe { (*schema).release = None };
    }
    unsafe extern "C" fn release_array(array: *mut ArrowArray) {
        // SAFETY: called once, by who has the array; `private_data` is the box made below.
        unsafe {
            drop(Box::from_raw((*array).private_data.cast::<Given>()));
            (*array).release = None;
        }
    }
    let mut given = Box::new(Given { numbers, buffers: [ptr::null(); 2] });
    given.buffers[1] = given.numbers.as_ptr().cast();
    let length = given.numbers.len() as i64;
    let given = Box::into_raw(given);
    let schema = ArrowSchema {
        format: c"I".as_ptr(),
        name: c"".as_ptr(),
        metadata: ptr::null(),
        flags: 0,
        n_children: 0,
        children: ptr::null_mut(),
        dictionary: ptr::null_mut(),
        release: Some(release_schema),
        private_data: ptr::null_mut(),
    };
    let array = ArrowArray {
        length,
        null_count: 0,
        offset: 0,
        n_buffers: 2,
        n_children: 0,
        // SAFETY: the box was made above; its list of buffers stays where it is until it is released.
        buffers: unsafe { (&raw mut (*given).buffers).cast() },
        children: ptr::null_mut(),
        dictionary: ptr::null_mut(),
        release: Some(release_array),
        private_data: given.cast(),
    };
    (schema, array)
}

//! Who owns what: values C holds by opaque pointers.

use super::error::Failure;

/// A value that C holds by an opaque pointer.
///
/// A constructor hands it over ([`into_raw`](Self::into_raw)), every other export borrows it, and its
/// `_free` takes it back. There is no shared ownership: what two handles share, such as a compiled
/// playbook, is behind an `Arc` inside them. `Send`, because C may free on another thread.
pub(super) trait Handle: Sized + Send {
    /// How errors call it.
    const NAME: &'static str;

    /// Hands the value over to C.
    fn into_raw(self) -> *mut Self {
        Box::into_raw(Box::new(self))
    }

    /// What the pointer leads to.
    ///
    /// # Safety
    /// `raw` is NULL or was made by [`into_raw`](Self::into_raw) and not freed, and nobody changes the
    /// value during `'a`.
    unsafe fn borrow<'a>(raw: *const Self) -> Result<&'a Self, Failure> {
        // SAFETY: not NULL, hence a live box by the caller's promise.
        unsafe { raw.as_ref() }.ok_or_else(|| Failure::null(Self::NAME))
    }

    /// What the pointer leads to, or nothing for NULL.
    ///
    /// # Safety
    /// As for [`borrow`](Self::borrow).
    unsafe fn borrow_if_any<'a>(raw: *const Self) -> Option<&'a Self> {
        // SAFETY: not NULL, hence a live box by the caller's promise.
        unsafe { raw.as_ref() }
    }

    /// What the pointer leads to, to be changed.
    ///
    /// # Safety
    /// As for [`borrow`](Self::borrow), and nobody else reads the value during `'a`.
    unsafe fn borrow_mut<'a>(raw: *mut Self) -> Result<&'a mut Self, Failure> {
        // SAFETY: not NULL, hence a live box nobody else uses, by the caller's promise.
        unsafe { raw.as_mut() }.ok_or_else(|| Failure::null(Self::NAME))
    }

    /// Takes the value back and ends it. NULL is nothing to end.
    ///
    /// # Safety
    /// `raw` is NULL or was made by [`into_raw`](Self::into_raw) and not freed, and nobody uses it.
    unsafe fn free(raw: *mut Self) {
        if !raw.is_null() {
            // SAFETY: a live box by the caller's promise, and this is its last use.
            drop(unsafe { Box::from_raw(raw) });
        }
    }
}

/// Proves at compile time what the header says about threads.
pub(super) const fn may_be_read_by_several<T: Send + Sync>() {}

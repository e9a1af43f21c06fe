//! The line between Rust and C: nothing unwinds across it, and every failure has its way out.

use core::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::error::{Failure, enishi_error};
use super::handle::Handle;
use super::incoming::Out;
use super::status::enishi_status;

/// Does the work of an export. On failure `err`, unless NULL, gets the details.
///
/// # Safety
/// `err` is NULL or may be written.
pub(super) unsafe fn call(err: *mut *mut enishi_error, job: impl FnOnce() -> Result<(), Failure>) -> i32 {
    // Unwind safety: what a panic may leave half done is a handle, and `Guarded` locks it.
    let outcome = catch_unwind(AssertUnwindSafe(job));
    let failure = match outcome {
        Ok(Ok(())) => return enishi_status::Ok as i32,
        Ok(Err(failure)) => failure,
        Err(panic) => Failure::new(enishi_status::Panic, words_of(&*panic)),
    };
    let status = failure.status as i32;
    // SAFETY: passed on from the caller.
    if let Some(err) = unsafe { Out::optional(err) } {
        err.write(failure.into_error().into_raw());
    }
    status
}

/// Does the work of an export that has no way to tell of an error.
pub(super) fn quietly<T>(otherwise: T, job: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(job)).unwrap_or(otherwise)
}

/// A value that nobody touches again once a panic has interrupted a change of it.
#[derive(Debug)]
pub(super) struct Guarded<T> {
    value: T,
    poisoned: bool,
}

impl<T> Guarded<T> {
    pub(super) const fn new(value: T) -> Self {
        Self { value, poisoned: false }
    }

    pub(super) fn read(&self) -> Result<&T, Failure> {
        self.check()?;
        Ok(&self.value)
    }

    pub(super) fn change<R>(&mut self, job: impl FnOnce(&mut T) -> Result<R, Failure>) -> Result<R, Failure> {
        self.check()?;
        // Until the job has come to its end, whichever that is.
        self.poisoned = true;
        let outcome = job(&mut self.value);
        self.poisoned = false;
        outcome
    }

    fn check(&self) -> Result<(), Failure> {
        let words = "an earlier call on this handle was interrupted by a defect of the library";
        if self.poisoned { Err(Failure::new(enishi_status::Poisoned, words)) } else { Ok(()) }
    }
}

fn words_of(panic: &(dyn Any + Send)) -> String {
    let words = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("defect of the library: {}", words.unwrap_or("no words"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_and_locks_what_it_interrupted() {
        let mut guarded = Guarded::new(1);
        let mut error = core::ptr::null_mut();
        // SAFETY: `error` is a live local.
        let status = unsafe { call(&raw mut error, || guarded.change(|_| panic!("on purpose"))) };
        assert_eq!(status, enishi_status::Panic as i32);
        // SAFETY: `call` has just made it, and it is freed once.
        unsafe {
            let message = core::ffi::CStr::from_ptr(super::super::enishi_error_message(error));
            assert_eq!(message.to_str().unwrap(), "defect of the library: on purpose");
            super::super::enishi_error_free(error);
        }
        assert_eq!(guarded.read().unwrap_err().status, enishi_status::Poisoned);
        assert_eq!(guarded.change(|_| Ok(())).unwrap_err().status, enishi_status::Poisoned);
        assert_eq!(quietly(7, || panic!("on purpose")), 7);
    }

    #[test]
    fn an_error_locks_nothing() {
        let mut guarded = Guarded::new(1);
        assert!(guarded.change(|_| Err::<(), _>(Failure::null("it"))).is_err());
        assert_eq!(guarded.read().unwrap(), &1);
    }
}

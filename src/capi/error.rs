//! Errors as values: on the Rust side a [`Failure`], on the C side an [`enishi_error`].

use core::ffi::c_char;
use core::fmt::Display;
use std::ffi::CString;

use crate::coupon::{BasketError, CodeError, KeyError};
use crate::engine::{AdmitError, EngineError, RestoreError};
use crate::line::{ChannelSecretError, MessagesError, SignatureError, WebhookError};
use crate::model::{DeliveryKeyError, EventError, NameError, TimestampError, ZoneError};
use crate::playbook::Diagnostics;
use crate::population::{ColumnError, RowError};
use crate::rfm::{BinsError, ColumnsError};

use super::boundary::quietly;
use super::handle::Handle;
use super::incoming::c_string;
use super::status::enishi_status;

/// Why a call failed.
///
/// Owner: the caller; ended by enishi_error_free.
/// Borrowed from it: the message, until then.
/// Threads: any; several may read at once.
/// After fork: each process has its own and frees its own.
pub struct enishi_error {
    status: enishi_status,
    message: CString,
}

impl Handle for enishi_error {
    const NAME: &'static str = "error";
}

/// The number of the error, one of enishi_status; 0 when `error` is NULL.
///
/// # Safety
/// `error` is NULL or was given by this library and not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_error_code(error: *const enishi_error) -> i32 {
    // SAFETY: the caller's promise above is the one `borrow` asks for.
    let code = || unsafe { enishi_error::borrow(error) }.map_or(0, |error| error.status as i32);
    quietly(enishi_status::Panic as i32, code)
}

/// What went wrong, for people: UTF-8 with a NUL at its end. NULL when `error` is NULL.
///
/// # Safety
/// `error` is NULL or was given by this library and not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_error_message(error: *const enishi_error) -> *const c_char {
    // SAFETY: the caller's promise above is the one `borrow` asks for.
    let message = || unsafe { enishi_error::borrow(error) }.map_or(core::ptr::null(), |error| error.message.as_ptr());
    quietly(core::ptr::null(), message)
}

/// Ends an error; NULL is taken too.
///
/// # Safety
/// `error` is NULL or was given by this library and not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_error_free(error: *mut enishi_error) {
    // SAFETY: the caller's promise above is the one `free` asks for.
    quietly((), || unsafe { enishi_error::free(error) });
}

/// A failure on its way to the caller.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) status: enishi_status,
    message: String,
}

impl Failure {
    pub(super) fn new(status: enishi_status, message: impl Display) -> Self {
        Self { status, message: message.to_string() }
    }

    pub(super) fn argument(message: impl Display) -> Self {
        Self::new(enishi_status::InvalidArgument, message)
    }

    pub(super) fn null(what: &str) -> Self {
        Self::new(enishi_status::NullPointer, format_args!("{what} may not be NULL"))
    }

    pub(super) fn into_error(self) -> enishi_error {
        enishi_error { status: self.status, message: c_string(self.message) }
    }
}

/// Which error of the library is which number.
macro_rules! failures {
    ($($error:ty => $status:ident;)*) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::new(enishi_status::$status, error)
            }
        }
    )*};
}

failures! {
    AdmitError => EventRefused;
    BasketError => InvalidBasket;
    BinsError => InvalidArgument;
    ChannelSecretError => InvalidArgument;
    CodeError => CodeRefused;
    ColumnError => InvalidColumns;
    ColumnsError => InvalidColumns;
    DeliveryKeyError => InvalidArgument;
    Diagnostics => InvalidPlaybook;
    EventError => InvalidEvent;
    KeyError => InvalidArgument;
    MessagesError => InvalidState;
    NameError => InvalidArgument;
    RowError => UnknownRow;
    SignatureError => SignatureMismatch;
    TimestampError => InvalidArgument;
    WebhookError => InvalidWebhook;
    ZoneError => InvalidArgument;
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        let status = match error {
            EngineError::Event(_) => enishi_status::EventRefused,
            EngineError::TimeWentBack { .. } => enishi_status::TimeWentBack,
            EngineError::KeysMissing => enishi_status::KeysMissing,
            EngineError::Full => enishi_status::Full,
        };
        Self::new(status, error)
    }
}

impl From<RestoreError> for Failure {
    fn from(error: RestoreError) -> Self {
        match error {
            RestoreError::Engine(error) => error.into(),
            error => Self::new(enishi_status::InvalidState, error),
        }
    }
}

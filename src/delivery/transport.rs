//! What carries a request to LINE.

use core::future::Future;

use crate::line::{Answer, Request};

/// Takes a request and says what became of it. One file per way of doing so.
///
/// It sends once and judges nothing: retries, rates and keys are the courier's business. It must
/// end by itself; [`Answer::NoAnswer`] is for everything that gave no answer in time.
pub trait Transport {
    /// Sends the request, as it is to the byte.
    fn send(&self, request: &Request) -> impl Future<Output = Answer> + Send;
}

//! From the outbox to LINE, each message once.
//!
//! The outbox lends requests ([`Lender::claim`](crate::store::Lender::claim)); a [`Transport`] sends
//! one and says what became of it; [`judge`] turns that into a fate, which is written down. A host
//! with its own HTTP client does the middle part itself: [`Courier`] hands out the next request and
//! takes the response. That is also how it crosses the C ABI.
//!
//! Whatever dies at whatever instant: the request and its key were stored before the first try, a
//! claim that is never settled comes back when its lease ends, LINE answers a second copy with 409,
//! and no copy leaves when LINE has forgotten the key.

mod courier;
#[cfg(feature = "http")]
mod http;
mod judge;
#[cfg(feature = "http")]
mod pump;
mod rate;
mod recorder;
mod transport;

pub use courier::{Courier, Errand};
#[cfg(feature = "http")]
pub use http::{HttpError, LineHttp};
pub use judge::judge;
#[cfg(feature = "http")]
pub use pump::{Pumped, pump};
pub use recorder::Recorder;
pub use transport::Transport;

//! A loopback HTTP server that behaves like LINE's Messaging API.
//!
//! LINE's guidelines forbid load tests against LINE, and no test against LINE can lose an answer on
//! purpose. This stand-in keeps LINE's documented rules (retry keys, quota, rate limits, reply
//! tokens, blocked friends), runs on a clock of the test's own, fails on request, and remembers what
//! every recipient got.
//!
//! ```
//! use line_stand_in::{Clock, Options, StandIn};
//!
//! let line = StandIn::start(Options {
//!     clock: Clock::fixed(1_700_000_000_000),
//!     ..Options::default()
//! })?;
//! // Point the code under test at `line.url()`, run it, and look at what arrived:
//! assert!(line.deliveries().is_empty());
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! Comments name the section of the "Messaging API reference" (REF) or the guide (DOC) at
//! developers.line.biz in which LINE states the rule. Where LINE states none, they say so.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod answer;
mod channel;
mod clock;
mod control;
mod coupons;
mod endpoint;
mod faults;
mod friends;
mod limits;
mod options;
mod record;
mod reply_tokens;
mod retry_keys;
mod rich_menus;
mod schema;
mod server;
mod shape;
mod stand_in;

pub use clock::Clock;
pub use endpoint::Endpoint;
pub use faults::{Chaos, Fault};
pub use limits::{Limits, RateLimit};
pub use options::Options;
pub use record::{Accepted, Attempt, Delivery, Violation};
pub use stand_in::StandIn;

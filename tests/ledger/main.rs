//! The life of uses: what every ledger promises, whatever interleaves, and whenever the process dies.

#![allow(clippy::unwrap_used, clippy::print_stderr, clippy::disallowed_methods, reason = "tests")]

mod contract;
#[cfg(feature = "sqlite")]
mod file;
mod interleaved;
mod lab;
mod sums;
mod told;

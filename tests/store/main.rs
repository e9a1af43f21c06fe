//! What a store promises, asked of every store there is; and what the SQLite file promises beyond it.

#![allow(clippy::unwrap_used, clippy::print_stderr, clippy::disallowed_methods, reason = "tests")]

mod contract;
#[cfg(feature = "sqlite")]
mod file;
mod ledger;
#[cfg(feature = "sqlite")]
mod same;
mod shop;

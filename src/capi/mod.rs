//! The C ABI: what PHP's FFI, Python's cffi and C programs call.
//!
//! `include/enishi.h` is made from the files below, one per theme; nothing else exports anything.
//! The rest is what they share: `boundary` (no panic leaves, every error has its way out),
//! `handle` (who owns what), `incoming` (pointers become Rust values, or an error), `desk` (an engine
//! with its outbox), `till` (a ledger of uses), `arrow` (the Arrow C Data Interface) and `held` (columns until they are loaded).
//!
//! The contract, in full at the top of the header:
//! - A call gives an [`enishi_status`]; 0 is good. The last parameter takes the error's details.
//! - Text and bytes come as pointer and length and need no NUL. Text that goes out has one as well.
//! - What a call gives through `out` belongs to the caller, who ends it with the `_free` of its type.
//! - Time is an argument, in milliseconds since 1970. Nothing is called back; nothing runs in the
//!   background; nothing is opened.
//!
//! Enums come in as `int32_t` and are checked: a number that is none of them would be undefined
//! behaviour as a Rust enum.

#![allow(non_camel_case_types, reason = "types are named as in C, where they have no other namespace")]

mod arrow;
mod arrow_batch;
#[cfg(test)]
mod arrow_tests;
mod arrow_view;
mod batch;
mod boundary;
mod buf;
mod codes;
mod columns;
mod delivery;
mod desk;
mod engine;
mod error;
mod friend;
mod handle;
mod handover;
mod held;
mod hygiene;
mod incoming;
mod insight;
mod ledger;
mod margin;
mod playbook;
mod population;
mod posting;
mod predicate;
mod quote;
mod results;
mod rfm;
mod selection;
mod shop;
mod status;
#[cfg(test)]
mod tests;
mod till;
mod together;
mod version;
mod webhook;
mod why;

pub use arrow::{ArrowArray, ArrowSchema};
pub use batch::*;
pub use buf::*;
pub use codes::*;
pub use columns::*;
pub use delivery::*;
pub use engine::*;
pub use error::*;
pub use friend::*;
pub use handover::*;
pub use hygiene::*;
pub use insight::*;
pub use ledger::*;
pub use margin::*;
pub use playbook::*;
pub use population::*;
pub use posting::*;
pub use predicate::*;
pub use quote::*;
pub use results::*;
pub use rfm::*;
pub use selection::*;
pub use shop::*;
pub use status::enishi_status;
pub use together::*;
pub use version::*;
pub use webhook::*;
pub use why::*;

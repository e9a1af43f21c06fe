//! From the outbox over HTTP to the stand-in of LINE, on a clock that is moved by hand: what leaves
//! and when, what each answer brings about, and how it ends.

#![cfg(feature = "http")]
#![allow(clippy::unwrap_used, clippy::print_stderr, clippy::disallowed_methods, reason = "tests")]

mod calls;
mod coupons;
mod failures;
mod lab;
mod menus;
mod pace;
mod simulation;
mod splitting;

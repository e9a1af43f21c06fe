//! **enishi** (縁, the tie between people) is the CRM engine for shops that talk to their customers
//! on LINE, as a library. A cart hands it facts — a friend was added, an order was placed, a link was
//! clicked — and it decides, from rules the shop has written, who gets what, when, with which coupon,
//! and why. It can also deliver.
//!
//! # One idea
//!
//! A friend is a small state machine, and the whole engine is one pure function, run for one friend
//! at a time: [`engine::step`]. Time, keys and input are arguments; what is to be sent and what was
//! decided are values. So the same code serves the [in-memory engine](engine::Engine), the
//! [SQLite file](store) shared by several processes, a replay of last year, and a test with a million
//! random histories.
//!
//! # Where to begin
//!
//! - [`playbook`]: the shop's rules, in one file that is checked as a whole;
//! - [`engine`]: friends in memory, driven by your own loop;
//! - [`store`] and [`delivery`]: the same over a SQLite file, sent to LINE, each message once;
//! - [`segment`], [`rfm`], [`insight`]: questions about customers; [`population`]: asked of millions at once;
//! - [`line`](mod@line): LINE's protocol as values, for your own webhook and HTTP client;
//! - `include/enishi.h`: all of this from C, PHP and Python (feature `capi`).
//!
//! `examples/shop_year` runs all of it at once.
//!
//! # Features
//!
//! | feature | brings | default |
//! |---|---|---|
//! | `sqlite` | the store in one SQLite file | yes |
//! | `http` | LINE over HTTPS, with reqwest and rustls | yes |
//! | `report` | tables for a terminal | yes |
//! | `parallel` | large populations asked on several threads; not for hosts that fork | no |
//! | `capi` | the C ABI | no |
//!
//! Without any of them the crate is pure: no clock, no randomness, no input or output, no threads.
//!
//! # What holds everywhere
//!
//! 1. The same playbook, friend, input and time give the same bytes, on every platform.
//! 2. Events may come late, twice and out of order; totals come out as if they had not.
//! 3. What is sent was stored before, under a key that makes a second copy harmless.
//! 4. Every step of every friend ends in a [`Decision`](scenario::Decision) with a reason.
//! 5. Money is integers; rounding is stated and toward the shop.
//! 6. Time is instants and the shop's calendar; windows are half-open.
//! 7. Ties never depend on the order of the input.
//! 8. All faults of a playbook are told at once.
//! 9. Bad input costs one error, never the process.

// What the library is told, it must not ask for: see clippy.toml.
#![warn(clippy::disallowed_methods, clippy::disallowed_types)]
#![warn(unreachable_pub)]

pub mod coupon;
pub mod delivery;
pub mod engine;
pub mod insight;
pub mod line;
pub mod message;
pub mod model;
pub mod playbook;
pub mod policy;
pub mod population;
#[cfg(feature = "report")]
pub mod report;
pub mod rfm;
pub mod scenario;
pub mod segment;
pub mod store;

#[cfg(feature = "capi")]
#[allow(unsafe_code)]
pub mod capi;

/// The lines of the README, run as they stand.
#[cfg(all(doctest, feature = "sqlite", feature = "http"))]
#[doc = include_str!("../README.md")]
mod readme {}

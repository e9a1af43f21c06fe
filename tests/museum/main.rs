//! The museum of accidents: what really went wrong in other systems, and cannot happen here. Each test is named after
//! the accident's id; the line above it says what happened, and where. "Seen to fail" says which guard was taken out
//! to see that the test looks at it.

#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../support/mod.rs"]
mod support;

mod coupons;
mod delivery;
mod ledger;
mod menus;
mod scenarios;
mod segments;
mod time;
mod webhooks;

const NOON: &str = "2026-04-01T12:00:00+09:00";

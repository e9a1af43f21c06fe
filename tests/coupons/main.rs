//! What coupons give, when they end, and which codes are good.

#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../support/mod.rs"]
mod support;

mod agree;
mod always;
mod brute;
mod by_hand;
mod codes;
mod many;
mod nonsense;
mod random;
mod shop;
mod tax_page;
mod typed;

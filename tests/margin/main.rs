//! What is left of orders with coupons, and whether it can be too little.

#![allow(clippy::unwrap_used, reason = "tests")]

#[allow(dead_code, reason = "shared with other tests")]
#[path = "../coupons/random.rs"]
mod random;
#[allow(dead_code, reason = "shared with other tests")]
#[path = "../coupons/shop.rs"]
mod shop;
#[path = "../support/mod.rs"]
mod support;

mod by_hand;
mod guard;
mod sound;
mod words;

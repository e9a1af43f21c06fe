//! LINE's protocol where it publishes no examples: each accident of the museum that begins there,
//! and input nobody should send.

#![allow(clippy::unwrap_used, reason = "a test panics")]

mod answer;
mod coupon;
mod request;
mod retry;
mod signature;
mod webhook;

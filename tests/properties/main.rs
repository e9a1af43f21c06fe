//! The laws of design 3, over random expressions, friends, playbooks and histories.

#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../support/mod.rs"]
mod support;

mod checker;
mod edits;
mod events;
mod found;
mod frequency;

mod laws;
mod order;
mod plain_host;
mod reading;
mod scarce;
mod shops;
mod small_shop;

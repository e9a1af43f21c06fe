//! The laws of design 3, over random expressions, friends, playbooks and histories.

#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../support/mod.rs"]
mod support;

mod events;
mod gate;
mod histories;
mod order;

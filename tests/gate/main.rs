//! The gate, question by question: who may get a message, on which channel, now, later or never.

#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../support/mod.rs"]
mod support;

mod caps;
mod held_back;
mod lab;
mod memory;
mod quiet_hours;
mod repetition;
mod selling;
mod shared;
mod staff_chat;
mod who;

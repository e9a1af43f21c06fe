//! The segment language: written and read back, asked three ways, and right about the future.

#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../support/expressions.rs"]
mod expressions;
#[path = "../support/people.rs"]
mod people;

mod contradiction;
mod errors;
mod explain;
mod load;
mod operators;
mod plain;
mod reference;
mod round_trip;
mod select;
mod standing;
mod time;

//! What several tests share.

#![allow(dead_code, reason = "every test uses a part of it")]

pub(crate) mod corpus;
pub(crate) mod lab;

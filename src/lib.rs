//! 縁
pub mod model;

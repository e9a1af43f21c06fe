//! 縁
#[cfg(feature = "capi")]
#[allow(unsafe_code, reason = "the one room that speaks with C")]
pub mod capi;
pub mod coupon;
pub mod delivery;
pub mod engine;
pub mod insight;
pub mod line;
pub mod message;
pub mod model;
pub mod playbook;
pub mod policy;
#[cfg(feature = "report")]
pub mod report;
pub mod rfm;
pub mod scenario;
pub mod segment;
pub mod store;

//! 縁
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

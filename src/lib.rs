//! 縁
pub mod line;
pub mod model;
pub mod segment;
pub mod coupon;
pub mod message;
pub mod policy;
pub mod scenario;
pub mod rfm;
pub mod insight;
#[cfg(feature = "report")]
pub mod report;
pub mod playbook;

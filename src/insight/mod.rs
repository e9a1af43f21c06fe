//! What the numbers say: second purchases and what messages cost.

mod cost;
mod f2;

pub use cost::{Plan, PlanError, PlanName, PlanTable, Tier};
pub use f2::{F2, F2Options, F2Within, Maturity};

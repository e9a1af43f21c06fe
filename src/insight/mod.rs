//! What the numbers say: second purchases, what messages cost, how long goods last, when friends react.

mod best_hour;
mod cost;
mod cycle;
mod f2;

pub use best_hour::{BestHour, BestHourChoice, HourWindow};
pub use cost::{Plan, PlanError, PlanName, PlanTable, Tier};
pub use cycle::{CycleMedian, CycleMedians};
pub use f2::{F2, F2Options, F2Within, Maturity};

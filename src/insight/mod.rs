//! What the numbers say: second purchases, what messages cost, how long goods last, when friends react, what came
//! of a coupon.

mod best_hour;
mod cost;
mod coupon_results;
mod cycle;
mod difference;
mod f2;

pub use best_hour::{BestHour, BestHourChoice, HourWindow};
pub use cost::{Plan, PlanError, PlanName, PlanTable, Tier};
pub use coupon_results::{CouponCase, CouponEnd, CouponResults, CouponUse, NonUse};
pub use cycle::{CycleMedian, CycleMedians};
pub use difference::{Difference, Spending};
pub use f2::{F2, F2Options, F2Within, Maturity};

//! What the purchase days of all customers tell.

mod cohorts;
mod gaps;

pub use cohorts::{Cohort, Cohorts, CohortsError, MAX_COHORT_MONTHS};
pub use gaps::Gaps;

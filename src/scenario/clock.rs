//! By what times are reckoned: the shop's calendar, how long its goods last, when its friends react.

use crate::insight::BestHour;
use crate::model::Zone;
use crate::rfm::Cycles;

/// By what a friend's times are reckoned.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::exhaustive_structs, reason = "a bundle of arguments")]
pub struct Clock<'a> {
    /// The shop's calendar.
    pub zone: &'a Zone,
    /// How long goods last.
    pub cycles: &'a Cycles,
    /// When friends react.
    pub best_hour: &'a BestHour,
}

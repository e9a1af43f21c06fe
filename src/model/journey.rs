//! A friend's way through a scenario.

use serde::{Deserialize, Serialize};

use super::{ScenarioName, StepName, Timestamp};

/// One run of one scenario that has not ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journey {
    /// Which scenario.
    pub scenario: ScenarioName,
    /// The how-manieth run of it for this friend, from 1.
    pub run: u32,
    /// The instant of what started it.
    pub entered_at: Timestamp,
    /// The step it stands at.
    pub step: StepName,
    /// When that step is to be done.
    pub due: Timestamp,
}

/// What is remembered of a scenario's runs after they ended, for re-entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRecord {
    /// How many runs there were.
    pub runs: u32,
    /// When the last one was entered.
    pub last_entered: Timestamp,
    /// When the last one to end ended.
    pub last_ended: Option<Timestamp>,
}

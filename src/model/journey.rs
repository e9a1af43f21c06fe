//! A friend's way through a scenario.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{ScenarioName, ScenarioVersion, StepName, Timestamp};

/// One run of one scenario that has not ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journey {
    /// Which scenario.
    pub scenario: ScenarioName,
    /// As it was written when this run last looked at it.
    pub version: ScenarioVersion,
    /// The how-manieth run of it for this friend, from 1.
    pub run: u32,
    /// The instant of what started it.
    pub entered_at: Timestamp,
    /// What started it was about: an order, a product. Runs of one scenario about different things may go
    /// on side by side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<Box<str>>,
    /// The step it stands at.
    pub step: StepName,
    /// When it came there.
    pub arrived: Timestamp,
    /// When it would have come there had nothing been held back: by quiet hours, by a cap.
    pub planned: Timestamp,
    /// When that step is to be done.
    pub due: Timestamp,
    /// How often it went back to steps that loops lead to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rounds: Vec<Round>,
    /// The steps that were done once and for all: something left by them. Wherever an edit of the playbook puts
    /// them, nothing leaves by them again, until the run goes back to before them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub done: Vec<StepName>,
}

/// How often a run went back to one step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// The step gone back to.
    pub step: StepName,
    /// How often so far.
    pub times: u32,
}

impl Journey {
    /// Where it stands among the runs of a friend.
    pub(crate) fn place(&self) -> (&ScenarioName, u32) {
        (&self.scenario, self.run)
    }

    /// How often the run went back to a step so far.
    pub fn times_back(&self, step: &StepName) -> u32 {
        self.rounds.iter().find(|round| round.step == *step).map_or(0, |round| round.times)
    }

    /// Notes that the run goes back to a step.
    pub fn go_back(&mut self, step: &StepName) {
        match self.rounds.iter_mut().find(|round| round.step == *step) {
            Some(round) => round.times = round.times.saturating_add(1),
            None => self.rounds.push(Round { step: step.clone(), times: 1 }),
        }
    }

    /// Notes that something left by the step it stands at.
    pub fn note_done(&mut self) {
        if !self.done.contains(&self.step) {
            self.done.push(self.step.clone());
        }
    }

    /// Of how many returns this visit to its step is: what keeps the deliveries of a loop apart.
    pub fn times_back_in_all(&self) -> u32 {
        self.rounds.iter().fold(0, |sum, round| sum.saturating_add(round.times))
    }
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
    /// What runs were about, where each thing may start one run only.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub about: BTreeSet<Box<str>>,
}

/// An entry that waits until a scenario of a higher rank has ended.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Deferred {
    /// Which scenario is to be entered.
    pub scenario: ScenarioName,
    /// When it would have been.
    pub since: Timestamp,
    /// What started it was about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<Box<str>>,
}

//! Why a friend got a message, or did not.

use core::fmt;

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value as Json, json};

use crate::model::{Friend, StepName, Timestamp};
use crate::playbook::Playbook;
use crate::scenario::{Decision, Scenario, Trigger};
use crate::segment::Explanation;

use super::memory::Engine;
use super::step::{ShopView, scene};

/// Everything there is to say about one friend and one scenario, or one step of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Why {
    /// What was decided, in the order of the log.
    pub decisions: Vec<Decision>,
    /// How the friend stands now.
    pub standing: Standing,
}

/// How a friend stands in a scenario.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Standing {
    /// Runs are going on: where each stands, and when it will be looked at next.
    Running(Vec<Waiting>),
    /// Waits for a scenario of its group to end.
    Deferred {
        /// Since when.
        since: Timestamp,
    },
    /// Was inside, and is not now.
    Ended {
        /// How often.
        runs: u32,
        /// When the last run ended.
        last_ended: Option<Timestamp>,
    },
    /// Never was inside.
    NeverEntered(Box<NeverEntered>),
}

/// Where a run stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Waiting {
    /// The run.
    pub run: u32,
    /// The step.
    pub step: StepName,
    /// When it is to be done.
    pub due: Timestamp,
}

/// Why a friend never came into a scenario, where no decision says so.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct NeverEntered {
    /// What it begins by, as the playbook has it: `order`, `day 1 at 10:00`.
    pub trigger: String,
    /// Of a segment: what it saw, and what would have to be otherwise.
    pub segment: Option<Explanation>,
    /// Of a time: when it comes next for this friend.
    pub next: Option<Timestamp>,
    /// Whom it is for, where the friend is not one of them now.
    pub only: Option<Explanation>,
}

/// Why `friend` got something of a scenario or did not, by the log of decisions and by how the friend
/// stands at `now`: sent, not sent, on the way, never entered. `None` when the playbook has no such
/// scenario, or neither the scenario nor the log has such a step. Linear in the log.
pub fn why<'d>(
    playbook: &Playbook,
    friend: &Friend,
    log: impl IntoIterator<Item = &'d Decision>,
    (scenario, step): (&str, Option<&str>),
    now: Timestamp,
) -> Option<Why> {
    let scenario = playbook.scenarios().get(scenario)?;
    let is_friend = |decision: &Decision| friend.key == decision.friend || friend.also.contains(&decision.friend);
    // Of one step also what became of the run as a whole: without it the step cannot be understood.
    let is_step = |decision: &Decision| match (step, &decision.step) {
        (Some(step), Some(of)) => step == of.as_str() || matches!(decision.reason.number(), 400..500),
        _ => true,
    };
    let about = |decision: &&Decision| {
        decision.scenario.as_ref() == Some(&scenario.name) && is_friend(decision) && is_step(decision)
    };
    let decisions: Vec<Decision> = log.into_iter().filter(about).cloned().collect();
    if let Some(step) = step {
        // The log may tell of a step that the playbook had, and has no longer.
        let mut names =
            scenario.steps.iter().map(|known| &known.name).chain(decisions.iter().filter_map(|it| it.step.as_ref()));
        names.find(|name| name.as_str() == step)?;
    }
    Some(Why { decisions, standing: standing(playbook, friend, scenario, now) })
}

impl Engine {
    /// [`why`] of the friend with this key, as of the time told last: `log` is what was taken out before, and what
    /// was decided since follows it. `None` as of [`why`], and of a friend nobody knows.
    pub fn why<'d>(
        &'d self,
        friend: &str,
        log: impl IntoIterator<Item = &'d Decision>,
        about: (&str, Option<&str>),
    ) -> Option<Why> {
        let log = log.into_iter().chain(&self.effects.decisions);
        why(&self.playbook, &self.friend(friend)?, log, about, self.now)
    }
}

fn standing(playbook: &Playbook, friend: &Friend, scenario: &Scenario, now: Timestamp) -> Standing {
    let running = friend.journeys.iter().filter(|journey| journey.scenario == scenario.name);
    let running: Vec<Waiting> =
        running.map(|run| Waiting { run: run.run, step: run.step.clone(), due: run.due }).collect();
    if !running.is_empty() {
        return Standing::Running(running);
    }
    if let Some(waiting) = friend.deferred.iter().find(|waiting| waiting.scenario == scenario.name) {
        return Standing::Deferred { since: waiting.since };
    }
    if let Some(record) = friend.runs.get(scenario.name.as_str()) {
        return Standing::Ended { runs: record.runs, last_ended: record.last_ended };
    }
    let segment = match &scenario.trigger {
        Trigger::Enter(_, predicate) | Trigger::Leave(_, predicate) => Some(predicate.explain(friend, now)),
        _ => None,
    };
    let only = scenario.only.as_ref().filter(|only| !only.predicate.matches(friend, now));
    Standing::NeverEntered(Box::new(NeverEntered {
        trigger: scenario.trigger.to_string(),
        segment,
        next: scene(playbook, &ShopView::default(), now).next_time_of(scenario, friend),
        only: only.map(|only| only.predicate.explain(friend, now)),
    }))
}

impl Why {
    /// As JSON: `decisions`, each as of [`Decision::to_json`], and `standing`, whose `is` says which it is and what
    /// else stands there.
    ///
    /// | `is` | |
    /// |---|---|
    /// | `running` | `runs`: `run`, `step` and `due` each |
    /// | `deferred` | `since` |
    /// | `ended` | `times`: how often; `last_ended`, or null |
    /// | `never_entered` | `trigger`; `next`, or null; `segment` and `only`, as of [`Explanation::to_json`], or null |
    pub fn to_json(&self) -> String {
        #[derive(Serialize)]
        struct Told {
            decisions: Vec<Box<RawValue>>,
            standing: Json,
        }
        let raw = |json: String| RawValue::from_string(json).expect("it was just written as JSON");
        let decisions = self.decisions.iter().map(|decision| raw(decision.to_json())).collect();
        serde_json::to_string(&Told { decisions, standing: self.standing.to_json() }).expect("it has only string keys")
    }
}

impl Standing {
    fn to_json(&self) -> Json {
        match self {
            Self::Running(runs) => json!({ "is": "running", "runs": runs }),
            Self::Deferred { since } => json!({ "is": "deferred", "since": since }),
            Self::Ended { runs, last_ended } => json!({ "is": "ended", "times": runs, "last_ended": last_ended }),
            Self::NeverEntered(never) => json!({
                "is": "never_entered",
                "trigger": never.trigger,
                "next": never.next,
                "segment": never.segment.as_ref().map(Explanation::to_json),
                "only": never.only.as_ref().map(Explanation::to_json),
            }),
        }
    }
}

impl fmt::Display for Why {
    /// A line for each decision, and one or more for how the friend stands; instants in UTC.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for decision in &self.decisions {
            writeln!(f, "{}", decision.to_json())?;
        }
        match &self.standing {
            Standing::Running(runs) => {
                for Waiting { run, step, due } in runs {
                    writeln!(f, "run {run} stands at `{step}`, which is due at {due}")?;
                }
                Ok(())
            }
            Standing::Deferred { since } => writeln!(f, "waits since {since} for a scenario of its group to end"),
            Standing::Ended { runs, last_ended } => {
                write!(f, "was inside {runs} times")?;
                last_ended.map_or(Ok(()), |at| write!(f, ", the last time until {at}"))?;
                writeln!(f)
            }
            Standing::NeverEntered(never) => {
                writeln!(f, "never entered: it begins by `{}`", never.trigger)?;
                if let Some(next) = never.next {
                    writeln!(f, "which comes next at {next}")?;
                }
                if let Some(segment) = &never.segment {
                    write!(f, "{segment}")?;
                }
                if let Some(only) = &never.only {
                    write!(f, "and is not for this friend now:\n{only}")?;
                }
                Ok(())
            }
        }
    }
}

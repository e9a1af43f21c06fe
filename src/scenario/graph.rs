//! A scenario as the engine runs it: names resolved, jumps only forward.

use std::sync::Arc;

use crate::coupon::Coupon;
use crate::message::Message;
use crate::model::{ScenarioName, Span, StepName, TagName};
use crate::policy::Class;
use crate::segment::Predicate;

use super::{Trigger, Wait};

/// A graph of named steps. Steps follow one another as written; a branch may jump forward.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Scenario {
    /// Its name.
    pub name: ScenarioName,
    /// What people call it.
    pub title: Option<String>,
    /// What starts it.
    pub trigger: Trigger,
    /// Whether its messages are advertising.
    pub class: Class,
    /// What it is for: whoever has done it leaves before the next message.
    pub goal: Option<Goal>,
    /// Whether a friend may come again.
    pub reentry: Reentry,
    /// Which scenario goes first when several are due at once: the higher.
    pub priority: i32,
    /// The steps.
    pub steps: Vec<Step>,
}

impl Scenario {
    /// A scenario without steps, with the usual settings: promotional, entered once only.
    pub const fn new(name: ScenarioName, trigger: Trigger) -> Self {
        Self {
            name,
            title: None,
            trigger,
            class: Class::Promotional,
            goal: None,
            reentry: Reentry::Never,
            priority: 0,
            steps: Vec::new(),
        }
    }

    /// Every condition it asks, but for the segment it starts by.
    pub fn predicates(&self) -> impl Iterator<Item = &Predicate> {
        let goal = self.goal.iter().filter_map(|goal| match goal {
            Goal::When(predicate) => Some(predicate),
            Goal::Order => None,
        });
        let branches = self.steps.iter().filter_map(|step| match &step.action {
            Action::Branch { when, .. } => Some(when),
            _ => None,
        });
        goal.chain(branches)
    }

    /// The place of a step.
    pub fn position(&self, step: &StepName) -> Option<usize> {
        self.steps.iter().position(|s| s.name == *step)
    }
}

/// One named step.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Step {
    /// Its name, which decisions and journeys carry. There are no numbers (X20).
    pub name: StepName,
    /// What is done.
    pub action: Action,
}

impl Step {
    /// A step.
    pub const fn new(name: StepName, action: Action) -> Self {
        Self { name, action }
    }
}

/// What a step does.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Action {
    /// Sends a message. Its coupon is issued only when the message really leaves.
    Send {
        /// Which message.
        message: Arc<Message>,
        /// The coupon that goes with it.
        issue: Option<Arc<Coupon>>,
    },
    /// Waits.
    Wait(Wait),
    /// Goes on here or there.
    Branch {
        /// The condition.
        when: Predicate,
        /// Where it leads if it holds.
        then: Goto,
        /// Where otherwise.
        otherwise: Goto,
    },
    /// Issues a coupon without a message.
    Issue(Arc<Coupon>),
    /// Puts a tag on or takes it off.
    Tag {
        /// Which.
        tag: TagName,
        /// On?
        on: bool,
    },
    /// Ends the run.
    End,
}

/// Where a branch leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Goto {
    /// To the step after the branch.
    Next,
    /// To the step at this place, behind the branch.
    Step(usize),
    /// Out.
    End,
}

/// What a scenario is for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Goal {
    /// An order that counts, placed after the run began.
    Order,
    /// A condition.
    When(Predicate),
}

/// Whether a friend may enter again (semantics 4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reentry {
    /// Once only, whatever becomes of the run.
    Never,
    /// As soon as the last run has ended.
    AfterEnd,
    /// So long after the last entry, when that run has ended too.
    After(Span),
}

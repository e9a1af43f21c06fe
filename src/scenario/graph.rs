//! A scenario as the engine runs it: names resolved, every step within reach, every loop bounded.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::coupon::Coupon;
use crate::model::{GroupName, Rate, ScenarioName, ScenarioVersion, Span, StepName, Timestamp};
use crate::policy::Class;
use crate::segment::{LooksBack, Predicate, Reach};

use super::{Action, Awaited, Condition, Goto, Since, Trigger};

/// A graph of named steps. Steps follow one another as written; branches jump.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Scenario {
    /// Its name.
    pub name: ScenarioName,
    /// Names its content.
    pub version: ScenarioVersion,
    /// What people call it.
    pub title: Option<String>,
    /// What starts it.
    pub trigger: Trigger,
    /// Whom it is for, asked at the time of what starts it.
    pub only: Option<Condition>,
    /// Whether its messages are advertising.
    pub class: Class,
    /// What it is for: whoever has done it leaves before the next message.
    pub goal: Option<Goal>,
    /// What ends it early.
    pub stops: Vec<Stop>,
    /// Whether a friend may come again.
    pub reentry: Reentry,
    /// What becomes of a start while a run is going on.
    pub if_running: IfRunning,
    /// Which scenario goes first when several are due at once: the higher.
    pub priority: i32,
    /// The group of which a friend goes through one at a time.
    pub group: Option<Membership>,
    /// From when on it may be entered.
    pub from: Option<Timestamp>,
    /// From when on it is over: nobody enters, and runs end.
    pub until: Option<Timestamp>,
    /// Who enters when it begins.
    pub backfill: Option<Backfill>,
    /// Over so long the entries of one time of the calendar are spread, each friend at a minute of their own
    /// (X35).
    pub spread: Span,
    /// The share of friends who are held out of it; none leaves that to the policy.
    pub holdout: Option<Rate>,
    /// What becomes of runs when it is written anew.
    pub when_edited: WhenEdited,
    /// The steps.
    pub steps: Vec<Step>,
}

impl Scenario {
    /// A scenario without steps, with the usual settings: promotional, entered once only.
    pub const fn new(name: ScenarioName, trigger: Trigger) -> Self {
        Self {
            name,
            version: ScenarioVersion(0),
            title: None,
            trigger,
            only: None,
            class: Class::Promotional,
            goal: None,
            stops: Vec::new(),
            reentry: Reentry::Never,
            if_running: IfRunning::Ignore,
            priority: 0,
            group: None,
            from: None,
            until: None,
            backfill: None,
            spread: Span::minutes(0),
            holdout: None,
            when_edited: WhenEdited::Migrate(BTreeMap::new()),
            steps: Vec::new(),
        }
    }

    /// Every condition it asks, but for the segment it starts by.
    pub fn predicates(&self) -> impl Iterator<Item = &Predicate> {
        let only = self.only.iter().map(|condition| &condition.predicate);
        self.ending_conditions().chain(only).chain(self.steps.iter().flat_map(|step| step.action.predicates()))
    }

    /// The conditions that end a run when they come to hold: the goal, and stops.
    pub(super) fn ending_conditions(&self) -> impl Iterator<Item = &Predicate> {
        let goal = self.goal.iter().filter_map(|goal| match goal {
            Goal::When(predicate) => Some(predicate),
            Goal::Order => None,
        });
        let stops = self.stops.iter().filter_map(|stop| match &stop.by {
            StopBy::When(predicate) => Some(predicate),
            StopBy::Event(_) => None,
        });
        goal.chain(stops)
    }

    /// Adds what must be remembered of friends for its waits and its backfill.
    pub(crate) fn look_back(&self, at: &mut LooksBack) {
        if let (Some(backfill), Some(activity)) = (&self.backfill, self.trigger.activity()) {
            at.at_activity(activity, backfill.last.map_or(Reach::Forever, |span| Reach::For(span.plus(backfill.over))));
        }
        for step in &self.steps {
            let Action::Await(wait) = &step.action else { continue };
            let reach = match (wait.since, wait.or_after.longest()) {
                (Since::Step, Some(span)) => Reach::For(span),
                _ => Reach::Forever,
            };
            for alternative in &wait.first_of {
                if let Awaited::Event(trigger) = &alternative.what
                    && let Some(activity) = trigger.activity()
                {
                    at.at_activity(activity, reach);
                }
            }
        }
    }

    /// The place of a step.
    pub fn position(&self, step: &StepName) -> Option<usize> {
        self.steps.iter().position(|s| s.name == *step)
    }

    /// The step a jump from another leads to; none is the end. One back that is not allowed any more leads on.
    pub(super) fn name_of(&self, from: &StepName, goto: Goto) -> Option<StepName> {
        let place = match goto {
            Goto::Next => self.position(from)? + 1,
            Goto::Step(place) | Goto::Back { place, .. } => place,
            Goto::End => return None,
        };
        self.steps.get(place).map(|step| step.name.clone())
    }

    /// Every coupon it issues.
    pub fn coupons(&self) -> impl Iterator<Item = &Arc<Coupon>> {
        self.steps.iter().filter_map(|step| step.action.issues())
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

/// What a scenario is for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Goal {
    /// An order that counts, placed after the run began.
    Order,
    /// A condition.
    When(Predicate),
}

/// Something that ends a run early.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Stop {
    /// As the playbook has it.
    pub text: Box<str>,
    /// What it is.
    pub by: StopBy,
}

impl Stop {
    /// What `text` says.
    pub const fn new(text: Box<str>, by: StopBy) -> Self {
        Self { text, by }
    }
}

/// What ends a run early.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum StopBy {
    /// Something that happens after the run began. What is told of an order or a product ends only
    /// those runs that are about it, or about nothing.
    Event(Trigger),
    /// A condition that holds.
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
    /// Once for each thing it is about: each order, each product.
    Each,
}

/// What becomes of a start while a run of the scenario is going on (X24).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IfRunning {
    /// Nothing: the run goes on.
    Ignore,
    /// The run ends, and another begins.
    Restart,
    /// Another begins beside it, if it is about something else: each order has its own.
    Parallel,
}

impl IfRunning {
    /// The most runs of one scenario side by side, so that nobody's record grows without bound.
    pub const MOST: usize = 20;
}

/// A place in a group of scenarios (semantics 4.7).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Membership {
    /// The group.
    pub group: GroupName,
    /// The higher goes first; of two of one rank the one that is going on.
    pub rank: i32,
    /// What becomes of this one when another goes first.
    pub if_lost: IfLost,
}

impl Membership {
    /// A place in `group`.
    pub const fn new(group: GroupName, rank: i32, if_lost: IfLost) -> Self {
        Self { group, rank, if_lost }
    }
}

/// What becomes of a scenario that another of its group goes before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IfLost {
    /// An entry comes to nothing; a run that is going on ends when the other begins.
    Drop,
    /// An entry waits until the other has ended, as long as it is not stale; a run that is going on
    /// ends when the other begins, and begins anew when that has ended.
    Defer,
    /// An entry comes to nothing; a run that is going on goes on beside the other.
    Stay,
}

/// Who enters a scenario at its beginning (semantics 4.14).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Backfill {
    /// Those for whom what starts it happened so long before at most; none is everybody for whom it
    /// ever did.
    pub last: Option<Span>,
    /// Over so long entries are spread, each friend at an instant of their own.
    pub over: Span,
}

impl Backfill {
    /// Those of the `last` so long, spread `over` so long.
    pub const fn new(last: Option<Span>, over: Span) -> Self {
        Self { last, over }
    }
}

/// What becomes of runs when their scenario is written anew (semantics 4.14).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhenEdited {
    /// They end as they began, by the steps of their own version.
    Keep,
    /// They go on by the new steps, at the step of the same name, or of the name given here for it. Where
    /// there is none they go on at the next step that there still is.
    Migrate(BTreeMap<StepName, StepName>),
    /// They end.
    Exit,
}

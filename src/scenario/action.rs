//! What steps do.

use std::sync::Arc;

use crate::coupon::Coupon;
use crate::message::{Letter, Message};
use crate::model::{AttributeName, Channel, CouponName, MenuName, ScenarioName, TagName, Value};
use crate::policy::QuietRule;
use crate::segment::Predicate;

use super::{Trigger, Wait};

/// What a step does. `docs/steps/` has a page for each.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Action {
    /// Sends a message. Its coupon is issued only when the message really leaves.
    Send(Box<Send>),
    /// Waits for a time.
    Wait(Wait),
    /// Waits for the first of several things, or until there was none for long enough.
    Await(Box<Await>),
    /// Goes on here or there.
    Branch {
        /// The condition.
        when: Predicate,
        /// Where it leads if it holds.
        then: Goto,
        /// Where otherwise.
        otherwise: Goto,
    },
    /// Goes on by a draw that is the same for this friend for ever.
    Split {
        /// What the draw is salted with.
        salt: Box<str>,
        /// The arms, drawn by weight.
        arms: Box<[Arm]>,
    },
    /// Issues a coupon without a message.
    Issue(Arc<Coupon>),
    /// Ends the newest coupon of this name that was not used.
    Expire(CouponName),
    /// Puts a tag on or takes it off.
    Tag {
        /// Which.
        tag: TagName,
        /// On?
        on: bool,
    },
    /// Sets an attribute, or makes it unknown.
    Set {
        /// Which.
        attribute: AttributeName,
        /// To what.
        value: Option<Value>,
    },
    /// Links a rich menu, or takes the friend's own away so that everybody's is seen.
    Menu(Option<MenuName>),
    /// Begins another scenario, by its own rules of entry.
    Start(ScenarioName),
    /// Ends every run of another scenario.
    Stop(ScenarioName),
    /// Hands something to the host.
    HandOver(Box<HandOver>),
    /// Ends the run, with a result.
    End(Option<Box<str>>),
}

/// A message to be sent.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Send {
    /// Which message.
    pub message: Arc<Message>,
    /// The coupon that goes with it.
    pub issue: Option<Arc<Coupon>>,
    /// The channels it may take, the first that reaches the friend is taken.
    pub channels: Box<[Channel]>,
    /// What quiet hours do with it, where it is not what they do with all.
    pub quiet: Option<QuietRule>,
    /// Only while the product the run is about is in stock.
    pub in_stock: bool,
    /// Whether it follows upon the same message on another channel that nobody reacted to.
    pub follows_up: bool,
    /// Where it leads when none of the channels reaches the friend.
    pub if_unreachable: Goto,
}

impl Send {
    /// Sends `message` on LINE.
    pub fn new(message: Arc<Message>) -> Self {
        Self {
            message,
            issue: None,
            channels: [Channel::Line].into(),
            quiet: None,
            in_stock: false,
            follows_up: false,
            if_unreachable: Goto::Next,
        }
    }
}

/// A wait for the first of several things (semantics 4.2).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Await {
    /// What is waited for. Of several that hold at once the first in order counts.
    pub first_of: Box<[Alternative]>,
    /// What happened since when counts.
    pub since: Since,
    /// The wait ends here without anything. What happens at that very instant is in time.
    pub or_after: Wait,
    /// Where it leads then.
    pub timed_out: Goto,
}

/// One thing that is waited for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Alternative {
    /// As the playbook has it.
    pub text: Box<str>,
    /// What it is.
    pub what: Awaited,
    /// Where it leads.
    pub goto: Goto,
}

impl Alternative {
    /// What `text` says, leading to `goto`.
    pub const fn new(text: Box<str>, what: Awaited, goto: Goto) -> Self {
        Self { text, what, goto }
    }
}

/// What can be waited for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Awaited {
    /// Something that happens.
    Event(Trigger),
    /// Any reaction: a click, an answer, a button, an order. LINE tells nobody who opened what.
    Reaction,
    /// A condition that holds.
    When(Predicate),
}

/// From when on something counts that is waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Since {
    /// Since the wait began.
    #[default]
    Step,
    /// Since the run began.
    Start,
}

/// One arm of a split.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Arm {
    /// What decisions call it.
    pub name: Box<str>,
    /// How many of the sum of all weights belong to it.
    pub weight: u32,
    /// Where it leads.
    pub goto: Goto,
}

impl Arm {
    /// An arm.
    pub const fn new(name: Box<str>, weight: u32, goto: Goto) -> Self {
        Self { name, weight, goto }
    }
}

/// Something the host is to do.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HandOver {
    /// Whose it is: `webhook`, `sheet`, `staff`, `dm`, as the shop and its host name it.
    pub to: Box<str>,
    /// What is told beside who it is about.
    pub letter: Letter,
}

impl HandOver {
    /// `letter` for `to`.
    pub const fn new(to: Box<str>, letter: Letter) -> Self {
        Self { to, letter }
    }
}

/// Where a step leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Goto {
    /// To the step after it.
    Next,
    /// To the step at this place, further on.
    Step(usize),
    /// Back to the step at this place, so often at most in one run; then on to the next step.
    Back {
        /// Where.
        place: usize,
        /// How often.
        at_most: u32,
    },
    /// Out.
    End,
}

/// A condition and how the playbook has it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Condition {
    /// As the playbook has it.
    pub text: Box<str>,
    /// Ready to ask.
    pub predicate: Predicate,
}

impl Condition {
    /// What `text` says.
    pub const fn new(text: Box<str>, predicate: Predicate) -> Self {
        Self { text, predicate }
    }
}

impl Action {
    /// Does something leave by it, or is a coupon issued or ended, so that a run is not to do it twice?
    pub(super) const fn is_done_once(&self) -> bool {
        matches!(self, Self::Send(_) | Self::Issue(_) | Self::Expire(_) | Self::Menu(_) | Self::HandOver(_))
    }

    /// Every condition it asks.
    pub fn predicates(&self) -> impl Iterator<Item = &Predicate> {
        let branch = match self {
            Self::Branch { when, .. } => Some(when),
            _ => None,
        };
        let awaited = match self {
            Self::Await(wait) => &wait.first_of[..],
            _ => &[],
        };
        let awaited = awaited.iter().filter_map(|alternative| match &alternative.what {
            Awaited::When(predicate) => Some(predicate),
            _ => None,
        });
        branch.into_iter().chain(awaited)
    }

    /// The coupon it issues.
    pub fn issues(&self) -> Option<&Arc<Coupon>> {
        match self {
            Self::Issue(coupon) => Some(coupon),
            Self::Send(send) => send.issue.as_ref(),
            _ => None,
        }
    }
}

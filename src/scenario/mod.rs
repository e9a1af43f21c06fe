//! Step scenarios: a graph of named steps, and a friend's way through it.
//!
//! The types here are what a playbook compiles to; [`Scene`] moves one friend through them.
//!
//! How a shop writes them stands in `docs/scenarios.md` (who enters, who leaves, groups, backfill, edits,
//! holdout) and in `docs/steps/`, a page for each kind of step with its edge cases; every [`Reason`](crate::policy::Reason)
//! and what the shop can do about it in `docs/why_nothing_was_sent.md`. Tests keep these pages true.
//!
//! What holds of every run, whatever the playbook: it is entered once and ends once; each step it comes to
//! leaves a decision; while it goes on it waits for an instant to come. Looking at a friend when it is not time
//! changes nothing: whatever time alone can bring, [`Scene::next_wake`] says when.

mod action;
mod all;
mod awaited;
mod clock;
mod effect;
mod entry;
mod graph;
mod happened;
mod held_back;
mod issue;
mod leaving;
mod look;
mod menu;
mod moment;
mod scene;
mod send;
mod switch;
mod time_of_day;
mod trigger;
mod wait;
mod walk;

pub use action::{Action, Alternative, Arm, Await, Awaited, Condition, Goto, HandOver, Send, Since};
pub use all::Scenarios;
pub use clock::Clock;
pub use effect::{Decision, Delivery, Effects, Handover, MenuSwitch};
pub use graph::{Backfill, Goal, IfLost, IfRunning, Membership, Reentry, Scenario, Step, Stop, StopBy, WhenEdited};
pub use menu::{Menu, MenuChange, MenuRule, Menus};
pub use moment::{Days, FriendDate, Moment, MomentError};
pub use scene::{Occasion, Scene};
pub use time_of_day::TimeOfDay;
pub use trigger::{Cause, Trigger};
pub use wait::{Anchor, Wait, WaitError};

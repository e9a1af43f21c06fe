//! Step scenarios: a graph of named steps, and a friend's way through it.
//!
//! The types here are what a playbook compiles to; [`Scene`] moves one friend through them.

mod effect;
mod graph;
mod scene;
mod trigger;
mod wait;
mod walk;

pub use effect::{Decision, Delivery, Effects};
pub use graph::{Action, Goal, Goto, Reentry, Scenario, Step};
pub use scene::Scene;
pub use trigger::{Cause, Trigger};
pub use wait::{Anchor, Wait, WaitError};

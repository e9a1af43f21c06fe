//! While somebody of the shop is talking with a friend.

use crate::model::{Friend, Span};

use super::overflow::{Refusal, wait};
use super::{Candidate, Reason, View};

/// Advertising does not break into a talk with the shop's staff (C9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChatHold {
    /// A talk counts as over so long after it began, so that one nobody closed silences no friend for good.
    pub hold: Span,
    /// The longest a message may wait in all for that, counted from when it was ready.
    pub at_most: Option<Span>,
}

impl ChatHold {
    /// Holds messages back for so long after a talk began.
    pub const fn new(hold: Span) -> Self {
        Self { hold, at_most: None }
    }

    pub(super) fn ask(&self, candidate: &Candidate<'_>, friend: &Friend, view: &View<'_>) -> Result<(), Refusal> {
        let Some(open) = friend.chat.filter(|chat| chat.on) else { return Ok(()) };
        let to = view.zone.plus(open.at, self.hold);
        if to <= view.now {
            return Ok(());
        }
        Err(wait(candidate.ready, to, self.at_most, view.zone, |to| Reason::ChatOpen { to }))
    }
}

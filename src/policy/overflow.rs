//! What becomes of a message for which there is no room.

use crate::model::{Span, Timestamp, Zone};

use super::{Reason, Verdict};

/// What a rule does with a message that would be one too many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Overflow {
    /// It is not sent.
    #[default]
    Drop,
    /// It waits for the first instant at which there is room.
    Defer {
        /// The longest it may wait in all, counted from when it was ready; otherwise it is dropped.
        at_most: Option<Span>,
    },
}

/// A gate's "no", or "not now".
pub(super) enum Refusal {
    Later(Timestamp, Reason),
    Drop(Reason),
}

impl From<Refusal> for Verdict {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Later(to, reason) => Self::Later(to, reason),
            Refusal::Drop(reason) => Self::Drop(reason),
        }
    }
}

impl Overflow {
    /// What becomes of a message that was ready at `ready` and for which there is room from `to` on, if ever.
    pub(super) fn refuse(
        self,
        ready: Timestamp,
        to: Option<Timestamp>,
        zone: &Zone,
        dropped: impl FnOnce() -> Reason,
        deferred: impl FnOnce(Timestamp) -> Reason,
    ) -> Refusal {
        match (self, to) {
            (Self::Defer { at_most }, Some(to)) => wait(ready, to, at_most, zone, deferred),
            _ => Refusal::Drop(dropped()),
        }
    }
}

/// Until `to`, unless that is longer than a message that was ready at `ready` may wait.
pub(super) fn wait(
    ready: Timestamp,
    to: Timestamp,
    at_most: Option<Span>,
    zone: &Zone,
    reason: impl FnOnce(Timestamp) -> Reason,
) -> Refusal {
    match at_most {
        Some(most) if zone.plus(ready, most) < to => Refusal::Drop(Reason::DeferredTooLong { to }),
        _ => Refusal::Later(to, reason(to)),
    }
}

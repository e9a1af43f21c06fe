//! Who may get advertising.

use crate::model::Friend;

use super::Reason;
use super::overflow::Refusal;

/// What holds of friends who were never asked. Whoever said no gets no advertising either way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "silence means yes, or no")]
pub enum Consent {
    /// They get advertising: who adds an account on LINE asks for its messages.
    #[default]
    Assumed,
    /// They get none: only those who said yes do.
    Asked,
}

impl Consent {
    pub(super) fn ask(self, friend: &Friend) -> Result<(), Refusal> {
        let welcome = friend.promotions.map_or(self == Self::Assumed, |told| told.on);
        if welcome { Ok(()) } else { Err(Refusal::Drop(Reason::NoConsent)) }
    }
}

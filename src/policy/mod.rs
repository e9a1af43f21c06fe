//! What every message passes before it leaves.
//!
//! One gate, [`Policy::ask`], asked at the moment of sending and again after any wait: is advertising welcome?
//! does a channel reach the friend? was it told before? is somebody of the shop talking with the friend? quiet
//! hours? caps? too much sales talk? in stock? messages left? Its answer is a [`Verdict`]; whatever it is, it is
//! written down with a [`Reason`].
//!
//! Nothing is drawn at random: of two messages that are due at once the caller asks for the one of the higher
//! priority first, and what runs short goes to those whom the shop names.

mod audience;
mod candidate;
mod cap;
mod chat;
mod class;
mod consent;
mod gate;
mod holdout;
mod overflow;
mod quiet;
mod quota;
mod reach;
mod reason;
mod repetition;
mod selling;

pub use audience::Audience;
pub use candidate::{Candidate, MessageTraits, Quota, Stock, Traits, View};
pub use cap::{Cap, Scope};
pub use chat::ChatHold;
pub use class::Class;
pub use consent::Consent;
pub use gate::{Policy, Verdict};
pub use holdout::Holdouts;
pub use overflow::Overflow;
pub use quiet::{Quiet, QuietHours, QuietHoursError, QuietRule};
pub use quota::{Budget, Reserve};
pub use reason::{Holdout, Leaving, Reason, Turn};
pub use repetition::Repetition;
pub use selling::Selling;

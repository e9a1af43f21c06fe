//! What every message passes before it leaves.
//!
//! One gate, asked at the moment of sending and again after any shift: reachable? quiet hours?
//! frequency caps? Its answer is a [`Verdict`]; whatever it is, it is written down with a [`Reason`].

mod cap;
mod class;
mod gate;
mod quiet;
mod reason;

pub use cap::Cap;
pub use class::Class;
pub use gate::{Policy, Verdict};
pub use quiet::{Quiet, QuietHours, QuietHoursError, QuietRule};
pub use reason::{Leaving, Reason, Turn};

//! How often one friend hears from the shop.

use crate::model::{Friend, Span, Timestamp, Zone};

/// At most so many promotional messages in any stretch of so long (S6). A minimum gap is a cap of one.
///
/// Messages sent are counted, not planned ones; one leaves the count when the span is over to the
/// minute, by the calendar for days (law 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cap {
    /// The most messages.
    pub at_most: u32,
    /// In how long.
    pub per: Span,
}

impl Cap {
    /// At most `at_most` messages in any stretch of `per`.
    pub const fn new(at_most: u32, per: Span) -> Self {
        Self { at_most, per }
    }

    /// How many count at `now`.
    pub fn count(&self, friend: &Friend, now: Timestamp, zone: &Zone) -> u32 {
        let counts = friend.sent.iter().filter(|sent| sent.promotional && !zone.elapsed(sent.at, self.per, now));
        u32::try_from(counts.count()).unwrap_or(u32::MAX)
    }
}

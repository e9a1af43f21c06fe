//! When a coupon can be used.

use crate::model::{Date, Span, Timestamp, Zone};

/// When a coupon can be used: half-open, in the shop's zone. At least one end is always known.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Validity {
    /// So long from its issue.
    pub span: Option<Span>,
    /// Not before this instant (X48).
    pub from: Option<Timestamp>,
    /// Not at this instant or later, however young it is.
    pub until: Option<Timestamp>,
    /// Not on these days of the shop, each with both its ends.
    pub blackouts: Vec<(Date, Date)>,
}

impl Validity {
    /// From the issue on, so long.
    pub const fn for_span(span: Span) -> Self {
        Self { span: Some(span), from: None, until: None, blackouts: Vec::new() }
    }

    /// The first instant at which one issued then is no longer valid.
    pub fn until(&self, issued_at: Timestamp, zone: &Zone) -> Timestamp {
        let by_span = self.span.map(|span| zone.plus(issued_at, span));
        by_span.into_iter().chain(self.until).min().unwrap_or(Timestamp::MAX)
    }

    /// The first instant at which one issued then is valid.
    pub fn begins(&self, issued_at: Timestamp) -> Timestamp {
        self.from.map_or(issued_at, |from| from.max(issued_at))
    }

    /// The blackout a shop's day lies in.
    pub fn blackout(&self, day: Date) -> Option<(Date, Date)> {
        self.blackouts.iter().copied().find(|(first, last)| *first <= day && day <= *last)
    }
}

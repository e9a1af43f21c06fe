//! How much of the talk may be sales talk.

use crate::model::{Friend, Sent, Span, Timestamp, Zone};

use super::overflow::Refusal;
use super::{Candidate, MessageTraits, Overflow, Reason, View};

/// Of the last few messages to a friend only so many may sell (S18, S19).
///
/// The message that asks is one of them. Notices about orders are no talk and are not looked at; nor is what
/// was said longer ago than `within`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Selling {
    /// So many may sell.
    pub at_most: u32,
    /// Of so many.
    pub of_last: u32,
    /// How long a message is remembered as talk.
    pub within: Span,
    /// What becomes of one too many.
    pub then: Overflow,
}

impl Selling {
    /// At most `at_most` of the last `of_last`, those of thirty days; what is too much is dropped.
    pub const fn new(at_most: u32, of_last: u32) -> Self {
        Self { at_most, of_last, within: Span::days(30), then: Overflow::Drop }
    }

    /// Does it look at this message at `now`?
    pub fn covers(&self, sent: &Sent, now: Timestamp, zone: &Zone) -> bool {
        sent.promotional && !zone.elapsed(sent.at, self.within, now)
    }

    /// What it says to an advertisement.
    pub(super) fn ask(
        &self,
        candidate: &Candidate<'_>,
        friend: &Friend,
        view: &View<'_>,
        messages: &MessageTraits,
    ) -> Result<(), Refusal> {
        if !candidate.sells {
            return Ok(());
        }
        let talk: Vec<Said> = friend
            .sent
            .iter()
            .filter(|sent| self.covers(sent, view.now, view.zone))
            .map(|sent| Said { until: view.zone.plus(sent.at, self.within), sells: messages.of(&sent.message).sells })
            .collect();
        if self.has_room(&talk, view.now) {
            return Ok(());
        }
        let mut ends: Vec<_> = talk.iter().map(|said| said.until).filter(|end| *end > view.now).collect();
        ends.sort_unstable();
        let room = ends.into_iter().find(|end| self.has_room(&talk, *end));
        let dropped = || {
            let (selling, of) = self.last(&talk, view.now);
            Reason::TooMuchSelling { selling: selling + 1, of: of + 1 }
        };
        Err(self.then.refuse(candidate.ready, room, view.zone, dropped, |to| Reason::SellingDeferred { to }))
    }

    fn has_room(&self, talk: &[Said], now: Timestamp) -> bool {
        self.last(talk, now).0 < self.at_most
    }

    /// How many of the last messages before the one that asks sell, and how many there are.
    fn last(&self, talk: &[Said], now: Timestamp) -> (u32, u32) {
        let before = usize::try_from(self.of_last).unwrap_or(usize::MAX).saturating_sub(1);
        let last = talk.iter().rev().filter(|said| said.until > now).take(before);
        last.fold((0, 0), |(selling, of), said| (selling + u32::from(said.sells), of + 1))
    }
}

/// A message that was sent: until when it is remembered, and whether it was sales talk.
struct Said {
    until: Timestamp,
    sells: bool,
}

//! What was told before.

use crate::model::{Channel, Friend, Sent, Span, Timestamp, Zone};

use super::overflow::Refusal;
use super::{Candidate, Class, MessageTraits, Reason, View};

/// Nobody is told the same thing on two channels (C5).
///
/// Messages with the same content key say the same, and say it once: on no channel, however much later, does
/// another of them leave. A message without a key is compared with itself only, on other channels and for so
/// long: whoever goes through a scenario again a year later may hear by mail what LINE told then. Notices
/// about orders without a key pass, since the next order is another matter.
///
/// A follow-up is the one repetition that is meant: it passes, but not on a channel that told the same already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Repetition {
    /// For how long a message without a content key does not leave on another channel. Nothing: it always may.
    pub within: Span,
}

impl Default for Repetition {
    /// Thirty days.
    fn default() -> Self {
        Self { within: Span::days(30) }
    }
}

impl Repetition {
    /// Nobody is told the same within so long.
    pub const fn new(within: Span) -> Self {
        Self { within }
    }

    /// Can a message that was sent still keep another from leaving?
    pub fn covers(&self, sent: &Sent, messages: &MessageTraits, now: Timestamp, zone: &Zone) -> bool {
        let traits = messages.of(&sent.message);
        traits.content.is_some() || (traits.several_channels && !zone.elapsed(sent.at, self.within, now))
    }

    pub(super) fn ask(
        &self,
        candidate: &Candidate<'_>,
        channel: &Channel,
        friend: &Friend,
        view: &View<'_>,
        messages: &MessageTraits,
    ) -> Result<(), Refusal> {
        let told = match candidate.content {
            Some(content) => friend.sent.iter().any(|sent| {
                let same = messages.of(&sent.message).content.as_deref() == Some(content);
                same && (!candidate.follows_up || sent.channel == *channel)
            }),
            None if candidate.class == Class::Transactional => false,
            None => friend.sent.iter().any(|sent| {
                let same = sent.message == *candidate.message && !view.zone.elapsed(sent.at, self.within, view.now);
                same && candidate.follows_up == (sent.channel == *channel)
            }),
        };
        if !told {
            return Ok(());
        }
        let content = candidate.content.unwrap_or(candidate.message.as_str()).into();
        Err(Refusal::Drop(Reason::SameContent { content }))
    }
}

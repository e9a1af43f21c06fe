//! How often one friend hears from the shop.

use core::fmt;

use crate::model::{Channel, Friend, ScenarioName, Sent, Timestamp, Window, Zone};

use super::overflow::Refusal;
use super::{Audience, Candidate, MessageTraits, Overflow, Reason, View};

/// At most so many messages of a kind in a stretch of time (S6, S7). A minimum gap is a cap of one.
///
/// Messages sent are counted, not planned ones. Caps hold advertising back and nothing else (S14).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Cap {
    /// Which messages it counts and holds back.
    pub of: Scope,
    /// The most messages.
    pub at_most: u32,
    /// In how long.
    pub per: Window,
    /// Whom it is for; nobody named means everybody.
    pub only: Option<Audience>,
    /// What becomes of one too many.
    pub then: Overflow,
}

/// Which messages a cap is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scope {
    /// Counts everything, notices about orders too; of these none is held back.
    All,
    /// All advertising.
    #[default]
    Promotional,
    /// Advertising on one channel.
    Channel(Channel),
    /// Advertising of one kind.
    Category(Box<str>),
    /// Advertising by one scenario.
    Scenario(ScenarioName),
}

impl Cap {
    /// At most `at_most` promotional messages per `per`, for everybody; what is too much is dropped.
    pub const fn new(at_most: u32, per: Window) -> Self {
        Self { of: Scope::Promotional, at_most, per, only: None, then: Overflow::Drop }
    }

    /// Does it count this message?
    pub fn counts(&self, sent: &Sent, messages: &MessageTraits) -> bool {
        match &self.of {
            Scope::All => true,
            _ if !sent.promotional => false,
            Scope::Promotional => true,
            Scope::Channel(channel) => sent.channel == *channel,
            Scope::Category(category) => messages.of(&sent.message).category.as_ref() == Some(category),
            Scope::Scenario(scenario) => sent.scenario == *scenario,
        }
    }

    /// What it says to an advertisement that is to leave on `channel` now. Linear in the messages remembered.
    pub(super) fn ask(
        &self,
        candidate: &Candidate<'_>,
        channel: &Channel,
        friend: &Friend,
        view: &View<'_>,
        messages: &MessageTraits,
    ) -> Result<(), Refusal> {
        if !self.concerns(candidate, channel) {
            return Ok(());
        }
        let counts = |sent: &&Sent| self.per.covers(sent.at, view.now, view.zone) && self.counts(sent, messages);
        if friend.sent.iter().filter(counts).count() < self.places() {
            return Ok(());
        }
        if self.only.as_ref().is_some_and(|only| !only.holds(friend, view.now)) {
            return Ok(());
        }
        let counted: Vec<&Sent> = friend.sent.iter().filter(counts).collect();
        let room = self.room_from(&counted, friend, view.now, view.zone);
        let dropped = || self.dropped(&counted, candidate, view.now);
        let deferred = |to| Reason::CapDeferred { cap: self.to_string().into(), to };
        Err(self.then.refuse(candidate.ready, room, view.zone, dropped, deferred))
    }

    fn concerns(&self, candidate: &Candidate<'_>, channel: &Channel) -> bool {
        match &self.of {
            Scope::All | Scope::Promotional => true,
            Scope::Channel(of) => of == channel,
            Scope::Category(of) => candidate.category == Some(of),
            Scope::Scenario(of) => candidate.scenario == of,
        }
    }

    /// The first instant at which one more may be sent, if no other is by then: when so many have left the count,
    /// or when the friend is no longer among those it is for. None at the end of all time.
    fn room_from(&self, counted: &[&Sent], friend: &Friend, now: Timestamp, zone: &Zone) -> Option<Timestamp> {
        // Sorted, since where clocks go back the later message may leave first.
        let mut ends: Vec<_> = counted.iter().map(|sent| self.per.end(sent.at, zone)).collect();
        ends.sort_unstable();
        let room = ends.len().checked_sub(self.places()).map(|place| ends[place]).filter(|room| *room > now)?;
        Some(self.only.as_ref().and_then(|only| only.left_before(friend, now, room)).unwrap_or(room))
    }

    /// A message of another scenario that took the last place at this very instant was of a higher priority.
    fn dropped(&self, counted: &[&Sent], candidate: &Candidate<'_>, now: Timestamp) -> Reason {
        let cap = self.to_string().into();
        let first: Vec<_> =
            counted.iter().filter(|sent| sent.at == now && sent.scenario != *candidate.scenario).collect();
        match first.last() {
            Some(last) if counted.len() - first.len() < self.places() => {
                Reason::PriorityLost { to: last.scenario.clone(), cap }
            }
            _ => Reason::Capped { cap, sent: u32::try_from(counted.len()).unwrap_or(u32::MAX) },
        }
    }

    fn places(&self) -> usize {
        usize::try_from(self.at_most).unwrap_or(usize::MAX)
    }
}

impl fmt::Display for Cap {
    /// `2 promotional per calendar week`, `1 channel email per 7d for tag 'VIP'`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} per {}", self.at_most, self.of, self.per)?;
        self.only.iter().try_for_each(|only| write!(f, " for {}", only.text))
    }
}

impl fmt::Display for Scope {
    /// As the playbook has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Promotional => f.write_str("promotional"),
            Self::Channel(channel) => write!(f, "channel {channel}"),
            Self::Category(category) => write!(f, "category {category}"),
            Self::Scenario(scenario) => write!(f, "scenario {scenario}"),
        }
    }
}

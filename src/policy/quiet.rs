//! The hours in which nobody wants a message.

use crate::model::{FriendKey, Hours, LocalTime, Span, Timestamp, Zone};
use sha2::{Digest, Sha256};

/// Quiet hours: from one time of day until, not including, another; they may cross midnight (X30).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    hours: Hours,
    rule: QuietRule,
    at_most: Option<Span>,
    spread: u16,
}

/// What becomes of a message in quiet hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum QuietRule {
    /// It waits until they end.
    Shift,
    /// It is not sent.
    Drop,
    /// It is sent all the same: a step's own choice.
    Ignore,
}

/// What quiet hours say to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "the gate must decide about each")]
pub enum Quiet {
    /// Not now: go on.
    Open,
    /// Wait until then.
    Until(Timestamp),
    /// The rule is to drop.
    Drop,
    /// Waiting until then would take longer than allowed.
    TooLong(Timestamp),
}

impl QuietHours {
    /// Quiet hours from `from` until `until`.
    ///
    /// # Errors
    /// When both are the same time, which could mean always or never.
    pub fn new(from: LocalTime, until: LocalTime, rule: QuietRule) -> Result<Self, QuietHoursError> {
        let hours = Hours::new(from, until).map_err(|_| QuietHoursError::Empty)?;
        Ok(Self { hours, rule, at_most: None, spread: 0 })
    }

    /// The same hours with another rule, for a step that has its own.
    #[must_use]
    pub const fn with_rule(mut self, rule: QuietRule) -> Self {
        self.rule = rule;
        self
    }

    /// A message that would have to wait longer, counted from when it was ready, is dropped: a cart reminder
    /// ten hours late is stale.
    #[must_use]
    pub const fn at_most(mut self, span: Span) -> Self {
        self.at_most = Some(span);
        self
    }

    /// Shifted messages leave over so many minutes after the end, each friend at a minute of their own (X35).
    ///
    /// # Errors
    /// When they would reach into the next quiet hours.
    pub fn spread(mut self, minutes: u16) -> Result<Self, QuietHoursError> {
        let open = (24 * 60 + self.hours.from().minutes() - self.hours.until().minutes()) % (24 * 60);
        if minutes >= open {
            return Err(QuietHoursError::Spread { open });
        }
        self.spread = minutes;
        Ok(self)
    }

    /// Asks for a message that is to leave at `now` and has been ready since `ready`.
    pub fn ask(&self, friend: &FriendKey, ready: Timestamp, now: Timestamp, zone: &Zone) -> Quiet {
        if self.rule == QuietRule::Ignore || !self.hours.covers(zone.time(now)) {
            return Quiet::Open;
        }
        if self.rule == QuietRule::Drop {
            return Quiet::Drop;
        }
        // At the end of all time there is no morning to wait for.
        let Some(end) = self.end_after(now, zone) else { return Quiet::Drop };
        let own = end.plus_millis(i64::from(self.own_minute(friend)) * 60_000);
        // Where clocks are put forward in the open hours, the spread could reach into the next quiet ones.
        let to = if self.hours.covers(zone.time(own)) { end } else { own };
        match self.at_most {
            // The spread is the shop's own doing and does not count as waiting.
            Some(most) if zone.plus(ready, most) < end => Quiet::TooLong(to),
            _ => Quiet::Until(to),
        }
    }

    /// The first `until` after now: by the clock that shows `now`, or, when it is put forward or back
    /// before then, by the calendar on this day or one of the next. A day whose open hours clocks skip has none.
    fn end_after(&self, now: Timestamp, zone: &Zone) -> Option<Timestamp> {
        let minutes = (24 * 60 + self.hours.until().minutes() - zone.time(now).minutes()) % (24 * 60);
        let into_minute = now.millis().rem_euclid(60_000);
        let by_clock = now.plus_millis(i64::from(minutes) * 60_000 - into_minute);
        let days = zone.date(now).iter_days().take(4);
        let ends = days.map(|date| zone.at(date, self.hours.until()));
        let by_calendar = ends.filter(|end| !self.hours.covers(zone.time(*end))).find(|end| *end > now);
        let shown = Some(by_clock).filter(|end| *end > now && zone.time(*end) == self.hours.until());
        shown.into_iter().chain(by_calendar).min()
    }

    fn own_minute(&self, friend: &FriendKey) -> u16 {
        if self.spread == 0 {
            return 0;
        }
        let digest = Sha256::digest(friend.as_str().as_bytes());
        u16::from_be_bytes([digest[0], digest[1]]) % (self.spread + 1)
    }
}

/// Why quiet hours were not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QuietHoursError {
    /// They begin when they end.
    #[error("quiet hours must begin and end at different times")]
    Empty,
    /// The spread is as long as the open hours.
    #[error("the spread must be shorter than the {open} minutes between the end and the next beginning")]
    Spread {
        /// Minutes that are not quiet.
        open: u16,
    },
}

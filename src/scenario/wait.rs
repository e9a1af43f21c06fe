//! Waits: `3d`, `1d at 20:00`, `until monday at 20:00`, `7d from start at 12:00`.

use core::fmt;
use core::str::FromStr;

use crate::model::{Friend, Journey, LocalTimeError, Span, SpanError, Timestamp};

use super::{Clock, FriendDate, Moment, MomentError, TimeOfDay};

/// How long a run stays at a step.
///
/// | text | ends |
/// |---|---|
/// | `3d`, `2h30m` | so long after the step before was done |
/// | `1d at 20:00`, `1d at best hour` | at 20:00, or in the friend's best hour, of the shop's day one day after the day it was done on |
/// | `until 20:00`, `until monday at 20:00`, and all of [`Moment`] | when that comes next |
/// | `7d from start`, `7d from start at 12:00` | counted from what began the run |
/// | `3d from plan`, `3d from plan at 12:00` | counted from when the step before would have been done had nothing held it back |
///
/// "Done" is when it really was: a message held back by quiet hours moves what follows, unless that counts
/// `from start` or `from plan`. A date that comes once and is past ends the wait at once.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Wait {
    /// A length of time.
    For {
        /// How long.
        span: Span,
        /// Counted from where.
        from: Anchor,
    },
    /// A time of day some days later.
    At {
        /// How many days of the shop later.
        days: u32,
        /// The time of day.
        time: TimeOfDay,
        /// Counted from where.
        from: Anchor,
    },
    /// The next time the calendar comes to this; a full day, week, month or year when it is at it now.
    Until(Moment),
}

/// Where a wait is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "a run knows these instants")]
pub enum Anchor {
    /// When the step before was done.
    Step,
    /// When the run began.
    Start,
    /// When the step before would have been done.
    Plan,
}

impl Wait {
    /// When the wait is over for a friend's run that came to it.
    ///
    /// # Errors
    /// When the date it goes by is not known of the friend: which one.
    pub fn ends(
        &self,
        friend: &Friend,
        journey: &Journey,
        now: Timestamp,
        clock: &Clock<'_>,
    ) -> Result<Timestamp, &FriendDate> {
        let anchor = |from: Anchor| match from {
            Anchor::Step => journey.arrived,
            Anchor::Start => journey.entered_at,
            Anchor::Plan => journey.planned,
        };
        match self {
            Self::For { span, from } => Ok(clock.zone.plus(anchor(*from), *span)),
            Self::At { days, time, from } => {
                let later = clock.zone.date(anchor(*from)).checked_add_days(chrono::Days::new(u64::from(*days)));
                Ok(later.map_or(Timestamp::MAX, |date| clock.zone.at(date, time.of(friend, date, clock))))
            }
            Self::Until(moment) => match moment.next(friend, journey.arrived, now, clock) {
                Some(at) => Ok(at),
                None if moment.once(friend, now, clock).is_some() => Ok(journey.arrived),
                None => moment.date().map_or(Ok(Timestamp::MAX), Err),
            },
        }
    }

    /// The longest it can last, where it is bounded by a length of time.
    pub(crate) fn longest(&self) -> Option<Span> {
        match self {
            Self::For { span, .. } => Some(*span),
            // A day more for the hours before and after.
            Self::At { days, .. } => Some(Span::days(days.saturating_add(2))),
            Self::Until(_) => None,
        }
    }

    /// The date of the friend's it goes by.
    pub const fn date(&self) -> Option<&FriendDate> {
        match self {
            Self::Until(moment) => moment.date(),
            _ => None,
        }
    }
}

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::For { span, from } => write!(f, "{span}{from}"),
            Self::At { days, time, from } => write!(f, "{days}d{from} at {time}"),
            Self::Until(moment) => write!(f, "until {moment}"),
        }
    }
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Step => "",
            Self::Start => " from start",
            Self::Plan => " from plan",
        })
    }
}

impl FromStr for Wait {
    type Err = WaitError;

    fn from_str(text: &str) -> Result<Self, WaitError> {
        if let Some(moment) = text.trim().strip_prefix("until ") {
            return Ok(Self::Until(moment.parse()?));
        }
        let anchor = |word: &str| match word {
            "start" => Ok(Anchor::Start),
            "plan" => Ok(Anchor::Plan),
            _ => Err(WaitError::Form),
        };
        let (length, time) = match text.split_once(" at ") {
            Some((length, time)) => (length, Some(time.parse::<TimeOfDay>()?)),
            None => (text, None),
        };
        let words: Vec<&str> = length.split_whitespace().take(4).collect();
        let (span, from) = match words[..] {
            [span] => (span, Anchor::Step),
            [span, "from", word] => (span, anchor(word)?),
            _ => return Err(WaitError::Form),
        };
        match time {
            Some(time) => Ok(Self::At { days: whole_days(span)?, time, from }),
            None => Ok(Self::For { span: span.parse()?, from }),
        }
    }
}

fn whole_days(text: &str) -> Result<u32, WaitError> {
    let span: Span = text.parse()?;
    if span.rest_minutes() > 0 { Err(WaitError::DaysOnly) } else { Ok(span.whole_days()) }
}

/// Why a text is not a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WaitError {
    /// None of the forms.
    #[error(
        "a wait is written 3d, 1d at 20:00, until 20:00, until monday at 20:00, 7d from start, 7d from start at 12:00 or \
         3d from plan"
    )]
    Form,
    /// Hours before a time of day.
    #[error("before `at` stand whole days, such as 1d at 20:00")]
    DaysOnly,
    /// A bad time of the calendar.
    #[error(transparent)]
    Moment(#[from] MomentError),
    /// A bad length of time.
    #[error(transparent)]
    Span(#[from] SpanError),
    /// A bad time of day.
    #[error(transparent)]
    Time(#[from] LocalTimeError),
}

//! Waits: `3d`, `1d at 20:00`, `until 20:00`, `7d from start at 12:00`.

use core::fmt;
use core::str::FromStr;

use crate::model::{LocalTime, LocalTimeError, Span, SpanError, Timestamp, Zone};

/// How long a run stays at a step.
///
/// | text | ends |
/// |---|---|
/// | `3d`, `2h30m` | so long after the step before was done |
/// | `1d at 20:00` | at 20:00 of the shop's day one day after the day it was done on |
/// | `until 20:00` | at the next 20:00 |
/// | `7d from start at 12:00` | at 12:00 of the seventh day after the day the run began on |
///
/// "Done" is when it really was: a message held back by quiet hours moves what follows. `from start`
/// counts from what started the run and is moved by nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
        time: LocalTime,
        /// Counted from where.
        from: Anchor,
    },
    /// The next time the clock shows this; a full day when it shows it now.
    Until(LocalTime),
}

/// Where a wait is counted from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "a run knows these two instants")]
pub enum Anchor {
    /// When the step before was done.
    Step,
    /// When the run began.
    Start,
}

impl Wait {
    /// When the wait is over for a run that began at `start` and came to this step at `arrived`.
    pub fn ends(&self, start: Timestamp, arrived: Timestamp, zone: &Zone) -> Timestamp {
        let anchor = |from: Anchor| match from {
            Anchor::Step => arrived,
            Anchor::Start => start,
        };
        match *self {
            Self::For { span, from } => zone.plus(anchor(from), span),
            Self::At { days, time, from } => {
                let date = zone.date(anchor(from));
                let later = date.checked_add_days(chrono::Days::new(u64::from(days)));
                later.map_or(Timestamp::MAX, |date| zone.at(date, time))
            }
            Self::Until(time) => {
                let today = zone.date(arrived);
                let at = zone.at(today, time);
                if at > arrived {
                    at
                } else {
                    today.succ_opt().map_or(Timestamp::MAX, |tomorrow| zone.at(tomorrow, time))
                }
            }
        }
    }
}

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start = |from: &Anchor| if *from == Anchor::Start { " from start" } else { "" };
        match self {
            Self::For { span, from } => write!(f, "{span}{}", start(from)),
            Self::At { days, time, from } => write!(f, "{days}d{} at {time}", start(from)),
            Self::Until(time) => write!(f, "until {time}"),
        }
    }
}

impl FromStr for Wait {
    type Err = WaitError;

    fn from_str(text: &str) -> Result<Self, WaitError> {
        let words: Vec<&str> = text.split_whitespace().take(6).collect();
        match words[..] {
            ["until", time] => Ok(Self::Until(time.parse()?)),
            [span] => Ok(Self::For { span: span.parse()?, from: Anchor::Step }),
            [span, "from", "start"] => Ok(Self::For { span: span.parse()?, from: Anchor::Start }),
            [days, "at", time] => Ok(Self::At { days: whole_days(days)?, time: time.parse()?, from: Anchor::Step }),
            [days, "from", "start", "at", time] => {
                Ok(Self::At { days: whole_days(days)?, time: time.parse()?, from: Anchor::Start })
            }
            _ => Err(WaitError::Form),
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
    #[error("a wait is written 3d, 1d at 20:00, until 20:00, 7d from start or 7d from start at 12:00")]
    Form,
    /// Hours before a time of day.
    #[error("before `at` stand whole days, such as 1d at 20:00")]
    DaysOnly,
    /// A bad length of time.
    #[error(transparent)]
    Span(#[from] SpanError),
    /// A bad time of day.
    #[error(transparent)]
    Time(#[from] LocalTimeError),
}

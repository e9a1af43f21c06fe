//! A time of day, or the hour in which the friend reacts.

use core::fmt;
use core::str::FromStr;

use chrono::{Datelike as _, Weekday};

use crate::insight::HourWindow;
use crate::model::{Date, Friend, LocalTime, LocalTimeError};

use super::Clock;

/// When on a day: `20:00`, `best hour`, `best hour between 09:00 and 21:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimeOfDay {
    /// At this time.
    Fixed(LocalTime),
    /// In the hour in which the friend reacts best, of those in the window; see
    /// [`BestHour`](crate::insight::BestHour).
    Best(HourWindow),
}

/// The hours in which nobody is disturbed, where nothing else is said.
const DAYTIME: (u16, u16) = (9 * 60, 21 * 60);

impl TimeOfDay {
    /// The time for one friend on a day of the shop.
    pub fn of(self, friend: &Friend, day: Date, clock: &Clock<'_>) -> LocalTime {
        let window = match self {
            Self::Fixed(time) => return time,
            Self::Best(window) => window,
        };
        let (reactions, key) = (&friend.reactions, &friend.key);
        match day.weekday() {
            Weekday::Sat | Weekday::Sun => clock.best_hour.of_weekend(reactions, key, window).time,
            _ => clock.best_hour.of(reactions, key, window).time,
        }
    }
}

impl FromStr for TimeOfDay {
    type Err = LocalTimeError;

    fn from_str(text: &str) -> Result<Self, LocalTimeError> {
        let Some(window) = text.trim().strip_prefix("best hour") else {
            return text.trim().parse().map(Self::Fixed);
        };
        let (from, until) = match window.trim().strip_prefix("between ").and_then(|hours| hours.split_once(" and ")) {
            Some((from, until)) => (from.trim().parse()?, until.trim().parse()?),
            None if window.trim().is_empty() => {
                let time = |minutes| LocalTime::from_minutes(minutes).unwrap_or(LocalTime::MIDNIGHT);
                (time(DAYTIME.0), time(DAYTIME.1))
            }
            None => return Err(window.parse::<LocalTime>().err().unwrap_or(LocalTimeError)),
        };
        Ok(Self::Best(HourWindow::new(from, until)))
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(time) => time.fmt(f),
            Self::Best(window) if (window.from.minutes(), window.until.minutes()) == DAYTIME => {
                f.write_str("best hour")
            }
            Self::Best(window) => write!(f, "best hour between {} and {}", window.from, window.until),
        }
    }
}

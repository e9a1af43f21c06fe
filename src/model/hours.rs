//! A stretch of every day.

use core::fmt;
use core::str::FromStr;

use super::{LocalTime, LocalTimeError, Timestamp, Zone};

/// A stretch of every day by the shop's clock: from one time until, not including, another. It may cross
/// midnight (X30). As text `11:00-14:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    from: LocalTime,
    until: LocalTime,
}

impl Hours {
    /// From `from` until `until`.
    ///
    /// # Errors
    /// When both are the same time, which could mean always or never.
    pub fn new(from: LocalTime, until: LocalTime) -> Result<Self, HoursError> {
        if from == until { Err(HoursError::Empty) } else { Ok(Self { from, until }) }
    }

    /// Its first minute.
    pub const fn from(&self) -> LocalTime {
        self.from
    }

    /// The first minute after it.
    pub const fn until(&self) -> LocalTime {
        self.until
    }

    /// Does this time of day lie in it?
    pub fn covers(&self, time: LocalTime) -> bool {
        if self.from < self.until {
            self.from <= time && time < self.until
        } else {
            time >= self.from || time < self.until
        }
    }

    /// The first instant after `now` at which it begins or ends, clocks that are put forward or back on the
    /// way included. `None` at the end of all time.
    ///
    /// ```
    /// use enishi::model::{Hours, LocalTime, Zone};
    /// let (lunch, paris) = ("11:00-14:00".parse::<Hours>()?, Zone::new("Europe/Paris", LocalTime::MIDNIGHT)?);
    /// let morning = "2026-04-01T08:00:00+02:00".parse()?;
    /// assert_eq!(lunch.next_turn(morning, &paris), Some("2026-04-01T11:00:00+02:00".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn next_turn(&self, now: Timestamp, zone: &Zone) -> Option<Timestamp> {
        const DAY: u16 = 24 * 60;
        let inside = self.covers(zone.time(now));
        let boundary = if inside { self.until } else { self.from };
        let mut at = now;
        // A clock that is put forward or back may do so on either side of the boundary, and once more the next day.
        for _ in 0..4 {
            let minutes = match (DAY + boundary.minutes() - zone.time(at).minutes()) % DAY {
                0 => DAY,
                minutes => minutes,
            };
            let by_clock = at.plus_millis(i64::from(minutes) * 60_000 - at.millis().rem_euclid(60_000));
            let turn = zone.clock_turns(at, by_clock).unwrap_or(by_clock);
            if turn <= at {
                return None;
            }
            if self.covers(zone.time(turn)) != inside {
                return Some(turn);
            }
            at = turn;
        }
        None
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.from, self.until)
    }
}

impl FromStr for Hours {
    type Err = HoursError;

    fn from_str(text: &str) -> Result<Self, HoursError> {
        // What a Japanese keyboard has for "from … until".
        let (from, until) = text.split_once(['-', '–', '〜', '～']).ok_or(HoursError::Form)?;
        Self::new(from.trim().parse()?, until.trim().parse()?)
    }
}

/// Why a text is no stretch of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HoursError {
    /// Another form.
    #[error("a stretch of the day is written 11:00-14:00")]
    Form,
    /// It begins when it ends.
    #[error("a stretch of the day must begin and end at different times")]
    Empty,
    /// A bad time of day.
    #[error(transparent)]
    Time(#[from] LocalTimeError),
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Minute by minute, what `next_turn` must say.
    fn looked_for(hours: Hours, now: Timestamp, zone: &Zone) -> Timestamp {
        let inside = hours.covers(zone.time(now));
        let minutes = (1..3 * 24 * 60).map(|n| now.plus_millis(n * 60_000 - now.millis().rem_euclid(60_000)));
        minutes.into_iter().find(|at| hours.covers(zone.time(*at)) != inside).unwrap()
    }

    #[test]
    fn the_next_turn_is_where_looking_minute_by_minute_finds_it() {
        let places = ["Asia/Tokyo", "Europe/Paris", "Australia/Lord_Howe", "Pacific/Apia", "America/Sao_Paulo"];
        let days = ["2026-03-28", "2026-10-24", "2026-04-04", "2026-10-03", "2018-11-03", "2018-02-17", "2011-12-29"];
        let stretches = ["11:00-14:00", "22:00-06:00", "02:15-02:45", "01:30-02:30", "23:30-00:30", "00:00-23:59"];
        for zone in places.map(|name| Zone::new(name, LocalTime::MIDNIGHT).unwrap()) {
            for hours in stretches.map(|text| text.parse::<Hours>().unwrap()) {
                for start in days.map(|day| format!("{day}T00:00:00Z").parse::<Timestamp>().unwrap()) {
                    for step in 0..9 {
                        let now = start.plus_millis(step * 20_234_567);
                        let told = hours.next_turn(now, &zone);
                        assert_eq!(told, Some(looked_for(hours, now, &zone)), "{hours} {} {now}", zone.name());
                    }
                }
            }
        }
    }

    #[test]
    fn it_is_half_open_and_may_cross_midnight() {
        let covers = |hours: &str, time: &str| hours.parse::<Hours>().unwrap().covers(time.parse().unwrap());
        assert!(covers("11:00-14:00", "11:00") && !covers("11:00-14:00", "14:00"));
        assert!(covers("22:00〜6:00", "23:59") && covers("22:00〜6:00", "5:59") && !covers("22:00〜6:00", "6:00"));
        assert_eq!("11:00-11:00".parse::<Hours>(), Err(HoursError::Empty));
        assert_eq!("11:00".parse::<Hours>(), Err(HoursError::Form));
        assert!(matches!("11-14".parse::<Hours>(), Err(HoursError::Time(_))));
    }
}

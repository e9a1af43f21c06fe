//! The shop's zone and calendar: the one place where local time becomes an instant.

use chrono::{DateTime, Days, LocalResult, NaiveDateTime, NaiveTime, TimeZone, Timelike};
use chrono_tz::Tz;

use super::{Date, LocalTime, Span, Timestamp};

/// A time zone and the hour at which the shop's day begins (law 6).
///
/// A local time that clocks skip becomes the first instant after the gap; one that comes twice is
/// the first of the two. Both rules are semantics 4.5.
///
/// ```
/// use enishi::model::{LocalTime, Span, Zone};
/// let zone = Zone::new("Asia/Tokyo", "04:00".parse()?)?;
/// let night_order = "2026-04-02T01:30:00+09:00".parse()?;
/// assert_eq!(zone.date(night_order).to_string(), "2026-04-01");
/// let next_evening = zone.at(zone.date(night_order).succ_opt().unwrap(), "20:00".parse()?);
/// assert_eq!(next_evening.to_string(), "2026-04-02T11:00:00Z");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone {
    tz: Tz,
    day_starts: LocalTime,
}

impl Zone {
    /// Japan, with days that begin at midnight.
    pub const TOKYO: Self = Self { tz: Tz::Asia__Tokyo, day_starts: LocalTime::MIDNIGHT };

    /// The zone with this IANA name, whose days begin at `day_starts`.
    ///
    /// # Errors
    /// When the time-zone database has no such name.
    pub fn new(name: &str, day_starts: LocalTime) -> Result<Self, ZoneError> {
        let tz = name.parse().map_err(|_| ZoneError { name: name.chars().take(64).collect() })?;
        Ok(Self { tz, day_starts })
    }

    /// The IANA name.
    pub fn name(&self) -> &'static str {
        self.tz.name()
    }

    /// When the shop's day begins.
    pub const fn day_starts(&self) -> LocalTime {
        self.day_starts
    }

    /// The shop's date at an instant: the day before until the day has begun.
    pub fn date(&self, at: Timestamp) -> Date {
        let local = self.local(at);
        let date = local.date();
        if self.time_of(local) < self.day_starts { date.pred_opt().unwrap_or(date) } else { date }
    }

    /// The time of day at an instant.
    pub fn time(&self, at: Timestamp) -> LocalTime {
        self.time_of(self.local(at))
    }

    /// Date and time for people: `2026/04/15 10:00`.
    pub fn show(&self, at: Timestamp) -> String {
        self.local(at).format("%Y/%m/%d %H:%M").to_string()
    }

    /// The instant of a time of day on a shop's date: with days from 04:00, 02:00 is after 20:00.
    pub fn at(&self, date: Date, time: LocalTime) -> Timestamp {
        let civil = if time < self.day_starts { date.succ_opt().unwrap_or(date) } else { date };
        self.instant(civil.and_time(naive(time)))
    }

    /// The instant at which a shop's date begins.
    pub fn start_of(&self, date: Date) -> Timestamp {
        self.at(date, self.day_starts)
    }

    /// The instant `span` later: the days by the calendar, then the minutes exactly.
    pub fn plus(&self, at: Timestamp, span: Span) -> Timestamp {
        let moved = match span.whole_days() {
            0 => at,
            days if self.steady_since(at).is_some() => at.plus_millis(i64::from(days) * DAY),
            days => match self.local(at).checked_add_days(Days::new(u64::from(days))) {
                Some(local) => self.instant(local),
                None => Timestamp::MAX,
            },
        };
        moved.plus_millis(i64::from(span.rest_minutes()) * 60_000)
    }

    /// Has `span` gone by since `at`? True from the instant [`plus`](Self::plus) gives.
    ///
    /// The calendar is asked only within a day and two hours of the answer, since no zone moves its
    /// clocks by more than a day.
    pub fn elapsed(&self, at: Timestamp, span: Span, now: Timestamp) -> bool {
        const SLACK: i64 = 26 * 3_600_000;
        let over = now.since(at) - span.nominal_millis();
        if over >= SLACK {
            true
        } else if over < -SLACK {
            false
        } else {
            self.plus(at, span) <= now
        }
    }

    /// The earliest instant from which `span` leads to `at` or past it: when "within `span`" begins to
    /// hold of something that is to come.
    pub fn before(&self, at: Timestamp, span: Span) -> Timestamp {
        const SLACK: i64 = 26 * 3_600_000;
        let nominal = at.plus_millis(-span.nominal_millis());
        let (mut low, mut high) = (nominal.plus_millis(-SLACK), nominal.plus_millis(SLACK));
        while low < high {
            let middle = low.plus_millis(high.since(low) / 2);
            if self.plus(middle, span) >= at { high = middle } else { low = middle.plus_millis(1) }
        }
        low
    }

    /// The first instant after `after`, until and with `until`, from which on the clock is ahead or behind
    /// of what it was: when it is put forward or back. Once at most, that is, between two instants a day apart.
    pub(super) fn clock_turns(&self, after: Timestamp, until: Timestamp) -> Option<Timestamp> {
        let before = self.offset(after);
        if self.offset(until) == before {
            return None;
        }
        let (mut low, mut high) = (after, until);
        while high.since(low) > 1 {
            let middle = low.plus_millis(high.since(low) / 2);
            if self.offset(middle) == before { low = middle } else { high = middle }
        }
        Some(high)
    }

    /// How far the clock is ahead of UTC.
    fn offset(&self, at: Timestamp) -> chrono::TimeDelta {
        self.local(at) - at.to_utc().naive_utc()
    }

    /// How far the clock is ahead of UTC, if it has not been turned since `at` and will not be: almost all
    /// shops are in Japan, whose clocks stand still since 1951, and there time is a matter of adding.
    fn steady_since(&self, at: Timestamp) -> Option<i64> {
        (self.tz == Tz::Asia__Tokyo && at.millis() >= STEADY_TOKYO.0).then_some(STEADY_TOKYO.1)
    }

    fn local(&self, at: Timestamp) -> NaiveDateTime {
        match self.steady_since(at) {
            Some(ahead) => DateTime::from_timestamp_millis(at.millis() + ahead).unwrap_or_default().naive_utc(),
            None => self.tz.from_utc_datetime(&at.to_utc().naive_utc()).naive_local(),
        }
    }

    fn time_of(&self, local: NaiveDateTime) -> LocalTime {
        LocalTime::from_minutes((local.hour() * 60 + local.minute()) as u16).unwrap_or(LocalTime::MIDNIGHT)
    }

    fn instant(&self, local: NaiveDateTime) -> Timestamp {
        let utc = local.and_utc().timestamp_millis() - STEADY_TOKYO.1;
        if self.tz == Tz::Asia__Tokyo && utc >= STEADY_TOKYO.0 {
            return Timestamp::EPOCH.plus_millis(utc);
        }
        // A gap is at most a day long (Samoa left out 30 December 2011); its end lies on a minute.
        let into_gap = NaiveDateTime::new(local.date(), local.time().with_second(0).unwrap_or(local.time()));
        for minutes in 0..=24 * 60 {
            let tried = if minutes == 0 { local } else { into_gap + chrono::TimeDelta::minutes(minutes) };
            match self.tz.from_local_datetime(&tried) {
                LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => return Timestamp::from_utc(at.naive_utc()),
                LocalResult::None => {}
            }
        }
        Timestamp::from_utc(local)
    }
}

const DAY: i64 = 86_400_000;

/// Since 1952 Japan is nine hours ahead of UTC: the last summer time ended in September 1951.
const STEADY_TOKYO: (i64, i64) = (-568_080_000_000, 9 * 3_600_000);

fn naive(time: LocalTime) -> NaiveTime {
    NaiveTime::from_num_seconds_from_midnight_opt(u32::from(time.minutes()) * 60, 0).unwrap_or_default()
}

/// A name the time-zone database does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not a time zone: write its IANA name, such as Asia/Tokyo")]
pub struct ZoneError {
    /// What was written.
    pub name: String,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Japan by adding is Japan by the database, which knows the same zone by another name too.
        #[test]
        fn clocks_that_stand_still_need_no_table(ms in any::<i64>(), near in any::<bool>(), days in 0_u32..4000, minutes in 0_u16..1440) {
            let day_starts = LocalTime::from_minutes(minutes / 3).unwrap();
            let [added, looked_up] = ["Asia/Tokyo", "Japan"].map(|name| Zone::new(name, day_starts).unwrap());
            let first = if near { Timestamp::EPOCH.plus_millis(STEADY_TOKYO.0) } else { Timestamp::EPOCH };
            let at = first.plus_millis(ms % if near { 1000 * DAY } else { 3_000_000 * DAY });
            let (span, time) = (Span::days(days), LocalTime::from_minutes(minutes).unwrap());
            prop_assert_eq!(added.date(at), looked_up.date(at));
            prop_assert_eq!(added.time(at), looked_up.time(at));
            prop_assert_eq!(added.show(at), looked_up.show(at));
            prop_assert_eq!(added.plus(at, span), looked_up.plus(at, span));
            prop_assert_eq!(added.before(at, span), looked_up.before(at, span));
            prop_assert_eq!(added.at(added.date(at), time), looked_up.at(added.date(at), time));
        }
    }
}

//! Instants, dates and times of day.

use core::fmt;
use core::str::FromStr;

use chrono::{DateTime, Datelike, NaiveDateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A civil date: a birthday is one of these, never an instant (X32).
pub type Date = chrono::NaiveDate;

/// Reads a date written `2026-01-31`, of the years 1900 to 9998.
pub fn parse_date(text: &str) -> Option<Date> {
    let years = 1900..=9998;
    text.parse().ok().filter(|date: &Date| text.len() == 10 && years.contains(&date.year()))
}

/// An instant: milliseconds since 1970-01-01T00:00Z, within the years 1900 to 9998.
///
/// Text form is RFC 3339. The range leaves room for every span the engine adds.
///
/// ```
/// use enishi::model::Timestamp;
/// let at: Timestamp = "2026-04-01T20:00:00+09:00".parse()?;
/// assert_eq!(at.to_string(), "2026-04-01T11:00:00Z");
/// # Ok::<(), enishi::model::TimestampError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The earliest instant taken: 1900-01-01T00:00Z.
    pub const MIN: Self = Self(-2_208_988_800_000);
    /// The latest instant taken: 9998-12-31T00:00Z.
    pub const MAX: Self = Self(253_370_678_400_000);
    /// 1970-01-01T00:00Z.
    pub const EPOCH: Self = Self(0);

    /// The instant `ms` milliseconds after the epoch.
    ///
    /// # Errors
    /// Outside [`MIN`](Self::MIN) to [`MAX`](Self::MAX).
    pub const fn from_millis(ms: i64) -> Result<Self, TimestampError> {
        if ms < Self::MIN.0 || ms > Self::MAX.0 { Err(TimestampError::OutOfRange) } else { Ok(Self(ms)) }
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// The instant `ms` later (earlier when negative), held inside the range.
    pub const fn plus_millis(self, ms: i64) -> Self {
        let sum = self.0.saturating_add(ms);
        if sum > Self::MAX.0 {
            Self::MAX
        } else if sum < Self::MIN.0 {
            Self::MIN
        } else {
            Self(sum)
        }
    }

    /// Milliseconds from `earlier` to here; negative when it is later.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    pub(super) fn from_utc(utc: NaiveDateTime) -> Self {
        Self::EPOCH.plus_millis(utc.and_utc().timestamp_millis())
    }

    pub(super) fn to_utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or_default()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_utc().to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, TimestampError> {
        let parsed = DateTime::parse_from_rfc3339(text).map_err(|_| TimestampError::NotRfc3339)?;
        Self::from_millis(parsed.timestamp_millis())
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Timestamp;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an instant, as RFC 3339 text with an offset or as milliseconds since 1970")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Timestamp, E> {
                text.parse().map_err(E::custom)
            }
            fn visit_i64<E: de::Error>(self, ms: i64) -> Result<Timestamp, E> {
                Timestamp::from_millis(ms).map_err(E::custom)
            }
            fn visit_u64<E: de::Error>(self, ms: u64) -> Result<Timestamp, E> {
                i64::try_from(ms).map_err(|_| E::custom(TimestampError::OutOfRange)).and_then(|ms| self.visit_i64(ms))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// Why something is not an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimestampError {
    /// Text of another form.
    #[error("not an instant: write RFC 3339 with an offset, such as 2026-04-01T20:00:00+09:00")]
    NotRfc3339,
    /// Before 1900 or after 9998.
    #[error("the instant lies outside the years 1900 to 9998")]
    OutOfRange,
}

/// A time of day to the minute, in the shop's zone: `20:00`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalTime(u16);

impl LocalTime {
    /// 00:00.
    pub const MIDNIGHT: Self = Self(0);

    /// `minutes` after midnight, or `None` past the day.
    pub const fn from_minutes(minutes: u16) -> Option<Self> {
        if minutes < 24 * 60 { Some(Self(minutes)) } else { None }
    }

    /// Minutes after midnight.
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl fmt::Debug for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for LocalTime {
    type Err = LocalTimeError;

    fn from_str(text: &str) -> Result<Self, LocalTimeError> {
        let (hours, minutes) = text.split_once([':', '：']).ok_or(LocalTimeError)?;
        let number = |part: &str, most: u16| match part.len() {
            1 | 2 if part.bytes().all(|b| b.is_ascii_digit()) => part.parse::<u16>().ok().filter(|n| *n <= most),
            _ => None,
        };
        match (number(hours, 23), number(minutes, 59)) {
            (Some(h), Some(m)) if minutes.len() == 2 => Ok(Self(h * 60 + m)),
            _ => Err(LocalTimeError),
        }
    }
}

/// A text that is not a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a time of day is written as hours and minutes, from 00:00 to 23:59")]
pub struct LocalTimeError;

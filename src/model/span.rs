//! Lengths of time as a shop says them: `30d`, `1d12h`, `45m`.

use core::fmt;
use core::str::FromStr;

/// A length of time: whole calendar days, then exact minutes.
///
/// Days are calendar days of the shop's zone, so `1d` after 20:00 is 20:00 also when clocks change
/// in between; hours and minutes are exact (law 6). Text: `w`, `d`, `h`, `m` from large to small.
///
/// ```
/// use enishi::model::Span;
/// assert_eq!("1w".parse::<Span>()?, Span::days(7));
/// assert_eq!("1d90m".parse::<Span>()?.to_string(), "1d1h30m");
/// # Ok::<(), enishi::model::SpanError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    days: u32,
    minutes: u32,
}

impl Span {
    /// The longest span, in days: a hundred years.
    pub const MAX_DAYS: u32 = 36_500;

    /// `days` calendar days, at most [`MAX_DAYS`](Self::MAX_DAYS).
    pub const fn days(days: u32) -> Self {
        Self { days: if days > Self::MAX_DAYS { Self::MAX_DAYS } else { days }, minutes: 0 }
    }

    /// `minutes` exact minutes, at most [`MAX_DAYS`](Self::MAX_DAYS) times a day.
    pub const fn minutes(minutes: u32) -> Self {
        let most = Self::MAX_DAYS * 24 * 60;
        Self { days: 0, minutes: if minutes > most { most } else { minutes } }
    }

    /// The calendar days of the span.
    pub const fn whole_days(self) -> u32 {
        self.days
    }

    /// The exact minutes beside its days.
    pub const fn rest_minutes(self) -> u32 {
        self.minutes
    }

    /// No time at all?
    pub const fn is_zero(self) -> bool {
        self.days == 0 && self.minutes == 0
    }

    /// Both one after the other, at most [`MAX_DAYS`](Self::MAX_DAYS) of days and as many of minutes.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        let minutes = Self::minutes(self.minutes.saturating_add(other.minutes)).minutes;
        Self { days: Self::days(self.days.saturating_add(other.days)).days, minutes }
    }

    /// The span in milliseconds where every day has 24 hours.
    pub const fn nominal_millis(self) -> i64 {
        self.days as i64 * 86_400_000 + self.minutes as i64 * 60_000
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hours, minutes) = (self.minutes / 60, self.minutes % 60);
        for (n, unit) in [(self.days, 'd'), (hours, 'h'), (minutes, 'm')] {
            if n > 0 {
                write!(f, "{n}{unit}")?;
            }
        }
        if self.is_zero() { f.write_str("0m") } else { Ok(()) }
    }
}

impl FromStr for Span {
    type Err = SpanError;

    fn from_str(text: &str) -> Result<Self, SpanError> {
        if text.len() > 40 {
            return Err(SpanError::Form);
        }
        let (mut days, mut minutes, mut rank) = (0_u64, 0_u64, 0_u8);
        let mut rest = text;
        while !rest.is_empty() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let number: u64 = match digits {
                1..=8 => rest[..digits].parse().map_err(|_| SpanError::Form)?,
                _ => return Err(SpanError::Form),
            };
            let (in_days, in_minutes, this_rank) = match rest.as_bytes().get(digits) {
                Some(b'w') => (7, 0, 1),
                Some(b'd') => (1, 0, 2),
                Some(b'h') => (0, 60, 3),
                Some(b'm') => (0, 1, 4),
                _ => return Err(SpanError::Form),
            };
            if this_rank <= rank {
                return Err(SpanError::Form);
            }
            rank = this_rank;
            days += number * in_days;
            minutes += number * in_minutes;
            rest = &rest[digits + 1..];
        }
        if rank == 0 {
            return Err(SpanError::Form);
        }
        if days + minutes / 1440 > u64::from(Self::MAX_DAYS) {
            return Err(SpanError::TooLong);
        }
        Ok(Self { days: days as u32, minutes: minutes as u32 })
    }
}

/// Why a text is not a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SpanError {
    /// Not numbers with units, large units first.
    #[error("a length of time is written as weeks, days, hours and minutes, such as 30d, 1d12h or 45m")]
    Form,
    /// Over a hundred years.
    #[error("a length of time is at most {} days", Span::MAX_DAYS)]
    TooLong,
}

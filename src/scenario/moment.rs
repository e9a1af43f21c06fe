//! Times that come by the calendar: `monday at 20:00`, `day 1 at best hour`, `7d before anniversary of birthday at 10:00`.

use core::fmt;
use core::str::FromStr;

use chrono::{Datelike, Months, TimeDelta};

use crate::model::{
    AttributeName, Date, Friend, LocalTimeError, NameError, Span, SpanError, Timestamp, Value, parse_date,
};
use crate::rfm::Goods;
use crate::segment::{Depends, anniversary};

use super::{Clock, TimeOfDay};

/// A time of the shop's calendar.
///
/// | text | comes |
/// |---|---|
/// | `2026-12-01 at 10:00` | once |
/// | `20:00` | every day |
/// | `monday at 20:00`, `saturday, sunday at 10:00`, `weekday at 12:00`, `weekend at 10:00` | on these days of the week |
/// | `day 1 at 10:00`, `last day at 10:00` | every month; in a shorter one on its last day |
/// | `date renewal at 10:00`, `3d after date renewal at 10:00`, `30d before date renewal at 10:00` | once, around a date of the friend's |
/// | `anniversary of birthday at 10:00`, `7d before anniversary of birthday at 10:00` | every year; 29 February on the 28th of a year without one |
/// | `reorder at 10:00`, `3d before reorder of 'SOAP-1' at 10:00`, `reorder of category 'skincare' at 10:00` | around the day on which the next order is due: see [`Cycles`](crate::rfm::Cycles) |
///
/// Instead of a time of day stands `best hour` or `best hour between 09:00 and 21:00`: see [`TimeOfDay`].
///
/// Days are the shop's, by its zone and the hour its days begin (X29): with days from 04:00,
/// `monday at 02:00` is in the night to Tuesday.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Moment {
    /// Which days.
    pub on: Days,
    /// The time of day.
    pub time: TimeOfDay,
}

/// On which days a moment comes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Days {
    /// On one day.
    Once(Date),
    /// On every day.
    Every,
    /// On days of the week: bit 0 is Monday.
    Weekdays(u8),
    /// On this day of each month, from 1; past its end on its last.
    OfMonth(u8),
    /// Around a date of the friend's.
    Around {
        /// Which.
        date: FriendDate,
        /// So many days after it; before it when below zero.
        offset: i32,
    },
}

/// A date that each friend has another of.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FriendDate {
    /// A date the shop was told.
    Attribute(AttributeName),
    /// The same day of every year.
    Anniversary(AttributeName),
    /// When the next order of these goods is due.
    Reorder(Goods),
}

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const MONDAY_TO_FRIDAY: u8 = 0b001_1111;
const SATURDAY_AND_SUNDAY: u8 = 0b110_0000;
const LAST_DAY: u8 = 31;

impl Moment {
    /// The first time it comes after `after`, as far as is known at `now`; none when it never does, or the
    /// friend's date is not known.
    pub fn next(&self, friend: &Friend, after: Timestamp, now: Timestamp, clock: &Clock<'_>) -> Option<Timestamp> {
        let zone = clock.zone;
        let at = |day: Date| Some(zone.at(day, self.time.of(friend, day, clock))).filter(|at| *at > after);
        // With days that begin at night, a time of yesterday's may still be to come.
        let first = zone.date(after).pred_opt()?;
        match &self.on {
            Days::Once(day) => at(*day),
            Days::Every => first.iter_days().take(4).find_map(at),
            Days::Weekdays(wanted) => {
                let is_wanted = |day: &Date| wanted >> day.weekday().num_days_from_monday() & 1 == 1;
                first.iter_days().take(10).filter(is_wanted).find_map(at)
            }
            Days::OfMonth(number) => {
                let start = first.with_day(1)?;
                (0..4).find_map(|month| at(day_of_month(start.checked_add_months(Months::new(month))?, *number)?))
            }
            Days::Around { date: FriendDate::Anniversary(attribute), offset } => {
                let date = known_date(friend, attribute)?;
                let year = first.year() - offset.div_euclid(365) - 1;
                (year..year + 5).find_map(|year| at(shifted(anniversary(date, year)?, *offset)?))
            }
            Days::Around { date, offset } => at(shifted(date.of(friend, now, clock)?, *offset)?),
        }
    }

    /// The one time it comes, past or to come, when it comes once.
    pub fn once(&self, friend: &Friend, now: Timestamp, clock: &Clock<'_>) -> Option<Timestamp> {
        let day = match &self.on {
            Days::Once(day) => *day,
            Days::Around { date: FriendDate::Anniversary(_), .. } => return None,
            Days::Around { date, offset } => shifted(date.of(friend, now, clock)?, *offset)?,
            _ => return None,
        };
        Some(clock.zone.at(day, self.time.of(friend, day, clock)))
    }

    /// The date of the friend's it goes by, which may not be known.
    pub const fn date(&self) -> Option<&FriendDate> {
        match &self.on {
            Days::Around { date, .. } => Some(date),
            _ => None,
        }
    }

    /// What of a friend's record moves it.
    pub fn depends(&self) -> Depends {
        let by_date = match self.date() {
            Some(FriendDate::Reorder(_)) => Depends::ORDERS,
            Some(_) => Depends::ATTRIBUTES,
            None => Depends::NOTHING,
        };
        match self.time {
            TimeOfDay::Fixed(_) => by_date,
            TimeOfDay::Best(_) => by_date | Depends::CLICKS | Depends::DONE,
        }
    }
}

impl FriendDate {
    /// The attribute it goes by.
    pub const fn attribute(&self) -> Option<&AttributeName> {
        match self {
            Self::Attribute(attribute) | Self::Anniversary(attribute) => Some(attribute),
            Self::Reorder(_) => None,
        }
    }

    fn of(&self, friend: &Friend, now: Timestamp, clock: &Clock<'_>) -> Option<Date> {
        match self {
            Self::Attribute(attribute) | Self::Anniversary(attribute) => known_date(friend, attribute),
            Self::Reorder(goods) => Some(clock.cycles.due(&friend.orders, goods, now, clock.zone)?.due),
        }
    }
}

/// The date an attribute of the friend's holds.
fn known_date(friend: &Friend, attribute: &AttributeName) -> Option<Date> {
    match friend.attribute(attribute.as_str()) {
        Some(Value::Date(date)) => Some(*date),
        _ => None,
    }
}

fn shifted(day: Date, by: i32) -> Option<Date> {
    day.checked_add_signed(TimeDelta::try_days(i64::from(by))?)
}

/// The day with this number in the month that begins at `start`, or its last.
fn day_of_month(start: Date, number: u8) -> Option<Date> {
    let last = start.checked_add_months(Months::new(1))?.pred_opt()?;
    Some(start.with_day(u32::from(number)).unwrap_or(last))
}

impl FromStr for Moment {
    type Err = MomentError;

    fn from_str(text: &str) -> Result<Self, MomentError> {
        let text = text.trim();
        let Some((days, time)) = text.rsplit_once(" at ") else {
            return Ok(Self { on: Days::Every, time: text.parse().map_err(|_| MomentError::Form)? });
        };
        Ok(Self { on: days.trim().parse()?, time: time.trim().parse()? })
    }
}

impl FromStr for Days {
    type Err = MomentError;

    fn from_str(text: &str) -> Result<Self, MomentError> {
        match text {
            "weekday" => return Ok(Self::Weekdays(MONDAY_TO_FRIDAY)),
            "weekend" => return Ok(Self::Weekdays(SATURDAY_AND_SUNDAY)),
            "last day" => return Ok(Self::OfMonth(LAST_DAY)),
            _ => {}
        }
        if let Some(number) = text.strip_prefix("day ") {
            let number = number.trim().parse().ok().filter(|number| (1..=LAST_DAY).contains(number));
            return number.map(Self::OfMonth).ok_or(MomentError::DayOfMonth);
        }
        if let Some(date) = parse_date(text) {
            return Ok(Self::Once(date));
        }
        if let Some(around) = around(text) {
            return around;
        }
        let mut wanted = 0;
        for name in text.split(',') {
            let place = WEEKDAYS.iter().position(|known| *known == name.trim()).ok_or(MomentError::Form)?;
            wanted |= 1 << place;
        }
        Ok(Self::Weekdays(wanted))
    }
}

/// `[7d before|after]` and `date …`, `anniversary of …` or `reorder [of …]`; none when it is none of these.
fn around(text: &str) -> Option<Result<Days, MomentError>> {
    let (offset, rest) = match (text.split_once(" before "), text.split_once(" after ")) {
        (Some((span, rest)), _) => (Some((span, -1)), rest),
        (None, Some((span, rest))) => (Some((span, 1)), rest),
        (None, None) => (None, text),
    };
    let date = friend_date(rest.trim())?;
    let read = || {
        let offset = offset.map_or(Ok(0), |(span, sign)| whole_days(span).map(|days| days * sign))?;
        Ok(Days::Around { date: date?, offset })
    };
    Some(read())
}

fn friend_date(text: &str) -> Option<Result<FriendDate, MomentError>> {
    let attribute = |name: &str| name.trim().parse::<AttributeName>().map_err(MomentError::from);
    if let Some(name) = text.strip_prefix("anniversary of ") {
        return Some(attribute(name).map(FriendDate::Anniversary));
    }
    if let Some(name) = text.strip_prefix("date ") {
        return Some(attribute(name).map(FriendDate::Attribute));
    }
    let goods = text.strip_prefix("reorder")?.trim();
    let quoted = |text: &str| {
        let name = text.trim().strip_prefix('\'')?.strip_suffix('\'')?;
        Some(Box::<str>::from(name)).filter(|name| !name.is_empty())
    };
    let goods = match goods.strip_prefix("of ").map(str::trim) {
        None if goods.is_empty() => Some(Goods::Anything),
        None => None,
        Some(of) => match (of.strip_prefix("category "), of.strip_prefix("product ")) {
            (Some(category), _) => quoted(category).map(Goods::Category),
            (None, Some(product)) => quoted(product).map(Goods::Product),
            (None, None) => quoted(of).map(Goods::Product),
        },
    };
    Some(goods.map(FriendDate::Reorder).ok_or(MomentError::Goods))
}

fn whole_days(text: &str) -> Result<i32, MomentError> {
    let span: Span = text.trim().parse()?;
    if span.rest_minutes() > 0 {
        return Err(MomentError::DaysOnly);
    }
    i32::try_from(span.whole_days()).map_err(|_| MomentError::DaysOnly)
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.on {
            Days::Every => write!(f, "{}", self.time),
            on => write!(f, "{on} at {}", self.time),
        }
    }
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Once(date) => write!(f, "{date}"),
            Self::Every => f.write_str("every day"),
            Self::Weekdays(MONDAY_TO_FRIDAY) => f.write_str("weekday"),
            Self::Weekdays(SATURDAY_AND_SUNDAY) => f.write_str("weekend"),
            Self::Weekdays(wanted) => {
                let names = WEEKDAYS.iter().enumerate().filter(|(place, _)| wanted >> place & 1 == 1);
                f.write_str(&names.map(|(_, name)| *name).collect::<Vec<_>>().join(", "))
            }
            Self::OfMonth(LAST_DAY) => f.write_str("last day"),
            Self::OfMonth(number) => write!(f, "day {number}"),
            Self::Around { date, offset } => {
                match offset.signum() {
                    0 => {}
                    1 => write!(f, "{offset}d after ")?,
                    _ => write!(f, "{}d before ", offset.unsigned_abs())?,
                }
                date.fmt(f)
            }
        }
    }
}

impl fmt::Display for FriendDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attribute(attribute) => write!(f, "date {attribute}"),
            Self::Anniversary(attribute) => write!(f, "anniversary of {attribute}"),
            Self::Reorder(Goods::Anything) => f.write_str("reorder"),
            Self::Reorder(Goods::Product(product)) => write!(f, "reorder of '{product}'"),
            Self::Reorder(Goods::Category(category)) => write!(f, "reorder of category '{category}'"),
        }
    }
}

/// Why a text is not a time of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MomentError {
    /// None of the forms.
    #[error(
        "a time of the calendar is written 20:00, monday at 20:00, weekday at 12:00, day 1 at 10:00, last day at 10:00, \
         2026-12-01 at 10:00, 3d after date ATTRIBUTE at 10:00, 7d before anniversary of ATTRIBUTE at 10:00 or 3d before \
         reorder of 'PRODUCT' at 10:00; instead of the time, best hour or best hour between 09:00 and 21:00"
    )]
    Form,
    /// No such day.
    #[error("a month has days 1 to 31; `last day` is its last")]
    DayOfMonth,
    /// Goods without quotes.
    #[error("goods stand in quotes: reorder of 'SOAP-1', reorder of category 'skincare'")]
    Goods,
    /// Hours beside days.
    #[error("before and after count whole days, such as 7d before")]
    DaysOnly,
    /// A bad length of time.
    #[error(transparent)]
    Span(#[from] SpanError),
    /// A bad time of day.
    #[error(transparent)]
    Time(#[from] LocalTimeError),
    /// A bad name of an attribute.
    #[error(transparent)]
    Name(#[from] NameError),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::BestHour;
    use crate::model::{FriendId, FriendKey, Zone};
    use crate::rfm::Cycles;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn next(moment: &str, friend: &Friend, after: &str) -> String {
        let (cycles, best_hour) = (Cycles::default(), BestHour::default());
        let clock = Clock { zone: &Zone::TOKYO, cycles: &cycles, best_hour: &best_hour };
        let next = moment.parse::<Moment>().unwrap().next(friend, at(after), at(after), &clock);
        next.map_or("never".into(), |next| Zone::TOKYO.show(next))
    }

    fn born(date: &str) -> Friend {
        let mut friend = Friend::new(FriendId(1), FriendKey::new("hana").unwrap());
        let date = Value::Date(parse_date(date).unwrap());
        friend.set_attribute("birthday".parse().unwrap(), Some(date), Timestamp::EPOCH);
        friend
    }

    #[test]
    fn every_form_is_written_as_it_is_read() {
        for text in [
            "20:00",
            "monday at 20:00",
            "saturday, sunday at 10:00",
            "monday, wednesday at 00:00",
            "weekday at 12:00",
            "day 1 at 10:00",
            "last day at 10:00",
            "2026-12-01 at 10:00",
            "date renewal at 10:00",
            "3d after date renewal at 10:00",
            "30d before date 更新 日 at 10:00",
            "anniversary of birthday at 10:00",
            "7d before anniversary of birthday at 10:00",
            "best hour",
            "day 1 at best hour between 10:00 and 20:00",
            "reorder at 10:00",
            "3d before reorder of 'SOAP-1' at best hour",
            "1d after reorder of category 'skincare' at 10:00",
        ] {
            let moment: Moment = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
            let written = moment.to_string();
            assert_eq!(written.replace("weekend", "saturday, sunday"), text);
            assert_eq!(written.parse::<Moment>().unwrap(), moment);
        }
        for text in [
            "",
            "noon",
            "funday at 10:00",
            "day 0 at 10:00",
            "day 32 at 10:00",
            "1h before date x at 10:00",
            "reorder of SOAP at 10:00",
            "best hours",
        ] {
            assert!(text.parse::<Moment>().is_err(), "{text}");
        }
    }

    #[test]
    fn days_of_the_week_are_the_shops() {
        let friend = born("1990-04-01");
        // 2026-04-06 is a Monday; 00:30 of it in Japan is Sunday in Greenwich (X29).
        assert_eq!(next("monday at 00:30", &friend, "2026-04-05T12:00:00+09:00"), "2026/04/06 00:30");
        assert_eq!(next("weekday at 08:00", &friend, "2026-04-03T08:00:00+09:00"), "2026/04/06 08:00");
        assert_eq!(next("weekend at 08:00", &friend, "2026-04-03T08:00:00+09:00"), "2026/04/04 08:00");
        assert_eq!(next("08:00", &friend, "2026-04-03T08:00:00+09:00"), "2026/04/04 08:00");
        let night = Zone::new("Asia/Tokyo", "04:00".parse().unwrap()).unwrap();
        let monday_night = "monday at 02:00".parse::<Moment>().unwrap();
        let (cycles, best_hour) = (Cycles::default(), BestHour::default());
        let clock = Clock { zone: &night, cycles: &cycles, best_hour: &best_hour };
        let after = at("2026-04-07T01:00:00+09:00");
        let next = monday_night.next(&friend, after, after, &clock).unwrap();
        assert_eq!(next, at("2026-04-07T02:00:00+09:00"), "Monday's night goes on");
    }

    #[test]
    fn months_that_are_too_short_end_on_their_last_day() {
        let friend = born("1990-04-01");
        assert_eq!(next("day 31 at 10:00", &friend, "2026-01-31T10:00:00+09:00"), "2026/02/28 10:00");
        assert_eq!(next("last day at 10:00", &friend, "2028-02-01T10:00:00+09:00"), "2028/02/29 10:00");
        assert_eq!(next("day 1 at 10:00", &friend, "2026-12-01T10:00:00+09:00"), "2027/01/01 10:00");
    }

    #[test]
    fn birthdays_come_every_year_and_are_dates() {
        let leap = born("1992-02-29");
        let birthday = "anniversary of birthday at 10:00";
        assert_eq!(next(birthday, &leap, "2026-01-01T00:00:00+09:00"), "2026/02/28 10:00");
        assert_eq!(next(birthday, &leap, "2028-01-01T00:00:00+09:00"), "2028/02/29 10:00");
        let new_year = born("1990-01-03");
        let week_before = "7d before anniversary of birthday at 10:00";
        assert_eq!(next(week_before, &new_year, "2026-12-01T00:00:00+09:00"), "2026/12/27 10:00");
        assert_eq!(next(week_before, &new_year, "2026-12-27T10:00:00+09:00"), "2027/12/27 10:00");
        assert_eq!(
            next("400d before anniversary of birthday at 10:00", &new_year, "2026-11-01T00:00:00+09:00"),
            "2026/11/29 10:00"
        );
        let stranger = Friend::new(FriendId(2), FriendKey::new("taro").unwrap());
        assert_eq!(next(birthday, &stranger, "2026-01-01T00:00:00+09:00"), "never");
    }

    #[test]
    fn a_date_comes_once() {
        let friend = born("2026-05-01");
        assert_eq!(next("3d after date birthday at 10:00", &friend, "2026-05-01T00:00:00+09:00"), "2026/05/04 10:00");
        assert_eq!(next("3d after date birthday at 10:00", &friend, "2026-05-04T10:00:00+09:00"), "never");
        assert_eq!(next("2026-12-01 at 10:00", &friend, "2026-05-04T10:00:00+09:00"), "2026/12/01 10:00");
    }
}

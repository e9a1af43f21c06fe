//! Years and days around a date: age, anniversary, days since and until.

use chrono::Datelike;

use crate::model::{Date, Timestamp, Zone};

use super::syntax::{AnniversaryTest, Comparison, Toward};

/// What is asked of a date on the day that is today.
#[derive(Clone, Copy, Debug)]
pub(crate) enum DateTest {
    /// Whole years; false before the date itself.
    Age(Comparison, u32),
    /// Days from or to it.
    Days(Toward, Comparison, u32),
    /// The day of the year.
    Anniversary(AnniversaryTest),
}

impl DateTest {
    pub(crate) fn holds(self, date: Date, today: Date) -> bool {
        match self {
            Self::Age(is, value) => age(date, today).is_some_and(|age| is.holds(&age, &value)),
            Self::Days(toward, is, value) => is.holds(&days(toward, date, today), &i64::from(value)),
            Self::Anniversary(AnniversaryTest::ThisMonth) => date.month() == today.month(),
            Self::Anniversary(AnniversaryTest::Within(days)) => {
                until_anniversary(date, today).is_some_and(|away| away < i64::from(days))
            }
            Self::Anniversary(AnniversaryTest::In(days)) => {
                let then = today.checked_add_days(chrono::Days::new(u64::from(days)));
                then.is_some_and(|then| until_anniversary(date, then) == Some(0))
            }
        }
    }

    /// The start of the earliest later day of the shop on which the answer is another.
    pub(super) fn next_change(self, date: Date, now: Timestamp, zone: &Zone) -> Option<Timestamp> {
        let today = zone.date(now);
        let held = self.holds(date, today);
        let mut days = self.turns(date, today);
        days.sort_unstable();
        let turned = days.into_iter().find(|day| *day > today && self.holds(date, *day) != held)?;
        Some(zone.start_of(turned)).filter(|at| *at < Timestamp::MAX)
    }

    /// The days on which the answer may turn, those of the next two years where it turns every year.
    fn turns(self, date: Date, today: Date) -> Vec<Date> {
        let shifted = |day: Option<Date>, by: i64| day.and_then(|day| shift(day, by));
        match self {
            Self::Age(_, value) => {
                let years = [0, value, value.saturating_add(1)];
                years.iter().filter_map(|years| anniversary(date, date.year().checked_add_unsigned(*years)?)).collect()
            }
            Self::Days(toward, _, value) => {
                let value = i64::from(value);
                let turn = match toward {
                    Toward::Since => [shift(date, value), shift(date, value + 1)],
                    Toward::Until => [shift(date, -value), shift(date, 1 - value)],
                };
                turn.into_iter().flatten().collect()
            }
            Self::Anniversary(test) => {
                let years = (today.year()..=today.year() + 3).map(|year| anniversary(date, year));
                let around = years.flat_map(|day| match test {
                    AnniversaryTest::Within(days) => [shifted(day, 1 - i64::from(days)), shifted(day, 1)],
                    AnniversaryTest::In(days) => [shifted(day, -i64::from(days)), shifted(day, 1 - i64::from(days))],
                    AnniversaryTest::ThisMonth => {
                        let first = day.and_then(|day| day.with_day(1));
                        [first, first.and_then(|first| first.checked_add_months(chrono::Months::new(1)))]
                    }
                });
                around.flatten().collect()
            }
        }
    }
}

/// Whole years from `date` to `today`. Who was born on 29 February becomes a year older on the 28th
/// of a year that has no 29th.
pub(crate) fn age(date: Date, today: Date) -> Option<u32> {
    let years = today.year() - date.year();
    let had = anniversary(date, today.year()).is_none_or(|day| day <= today);
    u32::try_from(if had { years } else { years - 1 }).ok()
}

pub(super) fn days(toward: Toward, date: Date, today: Date) -> i64 {
    match toward {
        Toward::Since => today.signed_duration_since(date).num_days(),
        Toward::Until => date.signed_duration_since(today).num_days(),
    }
}

/// Days to the next anniversary; 0 on the day itself.
pub(super) fn until_anniversary(date: Date, today: Date) -> Option<i64> {
    let in_year = |year: i32| anniversary(date, year).filter(|day| *day >= today);
    let next = in_year(today.year()).or_else(|| in_year(today.year() + 1))?;
    Some(next.signed_duration_since(today).num_days())
}

/// The day of a year on which a date comes again: 29 February on the 28th of a year without one.
pub(crate) fn anniversary(date: Date, year: i32) -> Option<Date> {
    date.with_year(year).or_else(|| Date::from_ymd_opt(year, 2, 28))
}

fn shift(day: Date, by: i64) -> Option<Date> {
    day.checked_add_signed(chrono::TimeDelta::try_days(by)?)
}

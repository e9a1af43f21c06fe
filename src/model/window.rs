//! The stretches of time in which messages and uses are counted.

use core::fmt;

use chrono::{Datelike, Days, Months, Weekday};

use super::{Date, Span, Timestamp, Zone};

/// How long something counts: a message that was sent, a coupon that was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Window {
    /// For so long after it was, to the minute, its days by the calendar (law 6).
    Rolling(Span),
    /// Until the shop's day is over, at the hour at which its days begin.
    Day,
    /// Until the shop's week is over, which begins on this day.
    Week(Weekday),
    /// Until the shop's month is over.
    Month,
}

impl Window {
    /// When what was at `sent` leaves the count: from that instant on it is no longer counted.
    pub fn end(self, sent: Timestamp, zone: &Zone) -> Timestamp {
        if let Self::Rolling(span) = self {
            return zone.plus(sent, span);
        }
        // Where clocks go back over midnight a date comes twice, and its end may lie before `sent`: the next counts.
        let turns = core::iter::successors(self.next(zone.date(sent)), |date| self.next(*date));
        turns.map(|date| zone.start_of(date)).take(3).find(|turn| *turn > sent).unwrap_or(Timestamp::MAX)
    }

    /// Does what was at `sent` still count at `now`?
    pub fn covers(self, sent: Timestamp, now: Timestamp, zone: &Zone) -> bool {
        /// No zone moves its clocks by more than a day, so that most messages need no calendar.
        const SLACK: i64 = 26 * 3_600_000;
        let longest_days = match self {
            Self::Rolling(span) => return !zone.elapsed(sent, span, now),
            Self::Day => 1,
            Self::Week(_) => 7,
            Self::Month => 31,
        };
        now.since(sent) < longest_days * 86_400_000 + SLACK && self.end(sent, zone) > now
    }

    /// The date on which the next window begins.
    fn next(self, date: Date) -> Option<Date> {
        match self {
            Self::Rolling(_) | Self::Day => date.succ_opt(),
            Self::Week(first) => date.checked_add_days(Days::new(7 - u64::from(date.weekday().days_since(first)))),
            Self::Month => date.with_day(1)?.checked_add_months(Months::new(1)),
        }
    }
}

impl fmt::Display for Window {
    /// As the playbook has it: `7d`, `calendar week`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rolling(span) => fmt::Display::fmt(span, f),
            Self::Day => f.write_str("calendar day"),
            Self::Week(_) => f.write_str("calendar week"),
            Self::Month => f.write_str("calendar month"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(window: Window, sent: &str, zone: &Zone) -> String {
        zone.show(window.end(sent.parse().unwrap(), zone))
    }

    #[test]
    fn calendar_windows_end_where_the_shops_next_one_begins() {
        let zone = Zone::new("Asia/Tokyo", "04:00".parse().unwrap()).unwrap();
        // Friday 3 April 2026, half an hour before the shop's day ends: still Thursday.
        let night = "2026-04-03T03:30:00+09:00";
        assert_eq!(end(Window::Day, night, &zone), "2026/04/03 04:00");
        assert_eq!(end(Window::Week(Weekday::Mon), night, &zone), "2026/04/06 04:00");
        assert_eq!(end(Window::Week(Weekday::Fri), night, &zone), "2026/04/03 04:00");
        assert_eq!(end(Window::Month, night, &zone), "2026/05/01 04:00");
        assert_eq!(end(Window::Month, "2026-05-01T03:59:59+09:00", &zone), "2026/05/01 04:00");
        assert_eq!(end(Window::Day, "2026-04-03T04:00:00+09:00", &zone), "2026/04/04 04:00");
    }

    #[test]
    fn it_covers_until_its_end_and_not_at_it() {
        let sent: Timestamp = "2026-02-27T23:00:00+09:00".parse().unwrap();
        for window in [Window::Rolling(Span::days(3)), Window::Day, Window::Week(Weekday::Sun), Window::Month] {
            let end = window.end(sent, &Zone::TOKYO);
            assert!(window.covers(sent, end.plus_millis(-1), &Zone::TOKYO), "{window}");
            assert!(!window.covers(sent, end, &Zone::TOKYO), "{window}");
        }
    }

    /// Until 2011 the clocks of Newfoundland went back at one minute past midnight: 6 November 2010 ended twice.
    #[test]
    fn a_day_that_ends_twice_is_counted_to_its_second_end() {
        let zone = Zone::new("America/St_Johns", "00:00".parse().unwrap()).unwrap();
        let again: Timestamp = "2010-11-06T23:30:00-03:30".parse().unwrap();
        let end = Window::Day.end(again, &zone);
        assert!(end > again && Window::Day.covers(again, again, &zone));
    }
}

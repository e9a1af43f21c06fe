//! Ages as thresholds: which instants lie at least so long before `now`.

use crate::model::{Span, Timestamp, Zone};

/// When a span has gone by since an instant, for all instants at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Elapsed {
    /// It has, for every instant up to here.
    pub(super) up_to: i64,
    /// It has not, for every instant after this one. Between the two the calendar has to be asked.
    pub(super) not_after: i64,
}

const HOUR: i64 = 3_600_000;
/// Beyond this the calendar is never asked: see [`Zone::elapsed`].
const SLACK: i64 = 26 * HOUR;

impl Elapsed {
    /// Where no clocks change within a day or so of both ends of the span, an instant is old enough
    /// just up to one threshold. Around a change it need not be: of two instants the later one can
    /// come to the same local time first.
    pub(super) fn new(zone: &Zone, span: Span, now: Timestamp) -> Self {
        let nominal = now.millis() - span.nominal_millis();
        let (mut up_to, mut not_after) = (nominal - SLACK, nominal + SLACK);
        let near_end = now.millis() - i64::from(span.rest_minutes()) * 60_000;
        if span.whole_days() == 0 {
            // Minutes are exact.
            return Self { up_to: nominal, not_after: nominal };
        }
        if !(is_steady(zone, nominal) && is_steady(zone, near_end)) {
            return Self { up_to, not_after };
        }
        while up_to < not_after {
            let middle = up_to + (not_after - up_to + 1) / 2;
            // Nobody's instant lies outside what a timestamp can be, so anything goes there.
            let elapsed = Timestamp::from_millis(middle).map_or(middle < 0, |at| zone.elapsed(at, span, now));
            if elapsed { up_to = middle } else { not_after = middle - 1 }
        }
        Self { up_to, not_after: up_to }
    }

    /// Is there one threshold for all?
    pub(super) const fn is_sharp(self) -> bool {
        self.up_to == self.not_after
    }
}

/// Does the zone keep one offset from UTC for longer than the slack before and after?
fn is_steady(zone: &Zone, millis: i64) -> bool {
    let mut hours = (-30..=30).map(|hour| offset(zone, Timestamp::EPOCH.plus_millis(millis + hour * HOUR)));
    let first = hours.next();
    hours.all(|offset| Some(offset) == first)
}

/// Minutes ahead of UTC.
fn offset(zone: &Zone, at: Timestamp) -> i64 {
    let (date, time) = (zone.date(at), zone.time(at));
    // The shop's day may begin in the small hours; the calendar's begins at midnight.
    let days = super::column::days(date) + i64::from(time < zone.day_starts());
    days * 1440 + i64::from(time.minutes()) - at.millis().div_euclid(60_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().millis()
    }

    #[test]
    fn in_tokyo_every_age_is_a_threshold() {
        let zone = Zone::TOKYO;
        let now = "2026-01-01T09:00:00+09:00".parse().unwrap();
        let age = Elapsed::new(&zone, "90d".parse().unwrap(), now);
        assert_eq!((age.up_to, age.is_sharp()), (millis("2025-10-03T09:00:00+09:00"), true));
        let age = Elapsed::new(&zone, "1d90m".parse().unwrap(), now);
        assert_eq!((age.up_to, age.is_sharp()), (millis("2025-12-31T07:30:00+09:00"), true));
    }

    #[test]
    fn thresholds_stand_where_the_zone_says() {
        let zone = Zone::new("America/New_York", "04:00".parse().unwrap()).unwrap();
        // Standard time now, summer time 90 days before.
        let now = "2026-01-15T12:00:00-05:00".parse().unwrap();
        let age = Elapsed::new(&zone, Span::days(90), now);
        assert_eq!((age.up_to, age.is_sharp()), (millis("2025-10-17T12:00:00-04:00"), true));
        // An hour comes twice on 1 November 2026.
        for hours in [0, 6] {
            let now = Timestamp::EPOCH.plus_millis(millis("2026-11-01T12:00:00-05:00") + hours * HOUR);
            let age = Elapsed::new(&zone, Span::days(7), now);
            assert!(!age.is_sharp());
            for minutes in -3000..3000 {
                let at = Timestamp::EPOCH.plus_millis(now.millis() - 7 * 24 * HOUR + minutes * 60_000);
                let elapsed = zone.elapsed(at, Span::days(7), now);
                assert!(elapsed || at.millis() > age.up_to);
                assert!(!elapsed || at.millis() <= age.not_after);
            }
        }
    }

    #[test]
    fn the_ends_of_time_are_no_trouble() {
        for now in [Timestamp::MIN, Timestamp::MAX] {
            let zone = Zone::TOKYO;
            for span in [Span::days(0), Span::days(1), Span::days(Span::MAX_DAYS)] {
                let age = Elapsed::new(&zone, span, now);
                for at in [Timestamp::MIN, Timestamp::MIN.plus_millis(86_400_000), Timestamp::MAX] {
                    let elapsed = zone.elapsed(at, span, now);
                    assert!(elapsed || at.millis() > age.up_to, "{span} from {at} to {now}");
                    assert!(!elapsed || at.millis() <= age.not_after, "{span} from {at} to {now}");
                }
            }
        }
    }
}

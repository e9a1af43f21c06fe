//! How far back expressions look, so that no more is remembered than is asked about.

use std::collections::BTreeMap;

use crate::model::{Activity, Span, Timestamp};

/// How far back something is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "the windows of the language come to these")]
pub enum Reach {
    /// A length of time before now.
    For(Span),
    /// Since an instant.
    Since(Timestamp),
    /// As long as anything is known.
    Forever,
}

impl Reach {
    /// What reaches as far as both.
    ///
    /// A length of time and an instant together reach for ever: as time goes by, now the one and now
    /// the other is farther, and a window that begins at an instant grows without end anyway.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        match (self, other) {
            (Self::For(a), Self::For(b)) => Self::For(if a.nominal_millis() >= b.nominal_millis() { a } else { b }),
            (Self::Since(a), Self::Since(b)) => Self::Since(a.min(b)),
            _ => Self::Forever,
        }
    }

    /// Is what was at `at` still within reach at `now`? Up to 26 hours longer than the calendar
    /// would say, so that it need not be asked: no zone moves its clocks by more than a day.
    pub fn covers(self, at: Timestamp, now: Timestamp) -> bool {
        const SLACK: i64 = 26 * 3_600_000;
        match self {
            Self::For(span) => now.since(at) < span.nominal_millis() + SLACK,
            Self::Since(start) => at >= start,
            Self::Forever => true,
        }
    }
}

/// Everything of a friend's past that is looked at, beside orders, which are kept for good.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LooksBack {
    /// The activities looked at; others need not be recorded at all.
    pub activities: BTreeMap<Activity, Reach>,
    /// Messages sent, if they are looked at.
    pub messages: Option<Reach>,
    /// Is it asked when messages were delivered, too?
    pub deliveries: bool,
}

impl LooksBack {
    /// Adds that an activity is looked at so far back.
    pub fn at_activity(&mut self, activity: Activity, reach: Reach) {
        self.activities.entry(activity).and_modify(|known| *known = known.join(reach)).or_insert(reach);
    }

    /// Adds that messages sent are looked at so far back.
    pub fn at_messages(&mut self, reach: Reach) {
        self.messages = Some(self.messages.map_or(reach, |known| known.join(reach)));
    }

    /// Adds everything the other looks at.
    pub fn join(&mut self, other: &Self) {
        for (activity, reach) in &other.activities {
            self.at_activity(activity.clone(), *reach);
        }
        if let Some(reach) = other.messages {
            self.at_messages(reach);
        }
        self.deliveries |= other.deliveries;
    }

    /// Is an activity of `at` still looked at, at `now` or later?
    pub fn remembers(&self, activity: &Activity, at: Timestamp, now: Timestamp) -> bool {
        self.activities.get(activity).is_some_and(|reach| reach.covers(at, now))
    }

    /// Is a message sent at `at` still looked at, at `now` or later?
    pub fn remembers_message(&self, at: Timestamp, now: Timestamp) -> bool {
        self.messages.is_some_and(|reach| reach.covers(at, now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Zone;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_farther_of_two_reaches_counts() {
        let month = Reach::For(Span::days(30));
        assert_eq!(month.join(Reach::For(Span::minutes(60))), month);
        assert_eq!(Reach::For(Span::minutes(60)).join(month), month);
        let (new_year, april) = (at("2026-01-01T00:00:00+09:00"), at("2026-04-01T00:00:00+09:00"));
        assert_eq!(Reach::Since(april).join(Reach::Since(new_year)), Reach::Since(new_year));
        for other in [month, Reach::Since(april), Reach::Forever] {
            assert_eq!(other.join(Reach::Forever), Reach::Forever);
        }
        assert_eq!(month.join(Reach::Since(april)), Reach::Forever);
    }

    #[test]
    fn nothing_is_forgotten_that_a_window_still_holds() {
        // A day of 25 hours: clocks go back on 1 November 2026.
        let zone = Zone::new("America/New_York", crate::model::LocalTime::MIDNIGHT).unwrap();
        let before = at("2026-10-31T12:00:00-04:00");
        let now = at("2026-11-01T11:59:00-05:00");
        assert!(!zone.elapsed(before, Span::days(1), now));
        let day = Reach::For(Span::days(1));
        assert!(day.covers(before, now));
        assert!(!day.covers(before, at("2026-11-03T00:00:00-05:00")));
        assert!(Reach::Since(before).covers(before, now) && !Reach::Since(now).covers(before, now));
    }

    #[test]
    fn joining_keeps_everything_either_looks_at() {
        let (mut one, mut other) = (LooksBack::default(), LooksBack::default());
        one.at_activity(Activity::View, Reach::For(Span::days(7)));
        other.at_activity(Activity::View, Reach::For(Span::days(30)));
        other.at_activity(Activity::Click, Reach::Forever);
        other.at_messages(Reach::For(Span::days(1)));
        other.deliveries = true;
        one.join(&other);
        let now = at("2026-04-01T00:00:00+09:00");
        let three_weeks_ago = at("2026-03-11T00:00:00+09:00");
        assert!(one.remembers(&Activity::View, three_weeks_ago, now) && one.deliveries);
        assert!(one.remembers(&Activity::Click, Timestamp::MIN, now));
        assert!(!one.remembers(&Activity::Reply, now, now));
        assert!(one.remembers_message(now, now) && !one.remembers_message(three_weeks_ago, now));
    }
}

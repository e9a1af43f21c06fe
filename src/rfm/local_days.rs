//! The shop's date of millions of instants.

use crate::model::{Timestamp, Zone};

/// Days of the shop as numbers, counted from 1970-01-01; always what [`Zone::date`] says.
///
/// The zone is asked a few times per day that occurs, not per instant. The memory is fixed.
pub(crate) struct LocalDays {
    zone: Zone,
    seen: Vec<UtcDay>,
}

/// What is remembered of one day of UTC.
#[derive(Clone, Copy)]
struct UtcDay {
    number: i64,
    /// The shop's day at its first instant.
    local: i32,
    /// When the shop's next day begins; `None` when clocks change, as then the date may go back.
    next: Option<i64>,
}

impl LocalDays {
    /// Milliseconds in a day of UTC.
    pub(crate) const MILLIS: i64 = 86_400_000;
    /// Eleven years of days before the first is forgotten.
    const REMEMBERED: usize = 4096;

    pub(crate) fn of(zone: Zone) -> Self {
        Self { zone, seen: vec![UtcDay { number: i64::MIN, local: 0, next: None }; Self::REMEMBERED] }
    }

    /// The number of the shop's day at an instant.
    pub(crate) fn day(&mut self, at: Timestamp) -> i32 {
        let number = at.millis().div_euclid(Self::MILLIS);
        let place = number.rem_euclid(Self::REMEMBERED as i64) as usize;
        if self.seen[place].number != number {
            self.seen[place] = self.ask(number);
        }
        let known = &self.seen[place];
        match known.next {
            Some(next) => known.local + i32::from(at.millis() >= next),
            None => self.zone.date(at).to_epoch_days(),
        }
    }

    fn ask(&self, number: i64) -> UtcDay {
        let start = Timestamp::EPOCH.plus_millis(number * Self::MILLIS);
        let end = start.plus_millis(Self::MILLIS);
        let (first, last) = (self.zone.date(start), self.zone.date(end));
        let regular = self.zone.time(start) == self.zone.time(end) && first.succ_opt() == Some(last);
        UtcDay {
            number,
            local: first.to_epoch_days(),
            next: if regular { Some(self.zone.start_of(last).millis()) } else { None },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn zones() -> impl Strategy<Value = Zone> {
        let names = ["Asia/Tokyo", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "America/Havana", "UTC"];
        (proptest::sample::select(names.to_vec()), proptest::sample::select(vec!["00:00", "01:30", "04:00", "23:59"]))
            .prop_map(|(name, starts)| Zone::new(name, starts.parse().unwrap()).unwrap())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn says_what_the_zone_says(zone in zones(), start in 1_262_304_000_000_i64..1_900_000_000_000) {
            let mut days = LocalDays::of(zone);
            // A year in steps of 53 minutes meets every change of clocks.
            for step in 0..10_000 {
                let at = Timestamp::from_millis(start + step * 53 * 60_000).unwrap();
                prop_assert_eq!(days.day(at), zone.date(at).to_epoch_days(), "{} {}", zone.name(), at);
            }
        }

        #[test]
        fn says_what_the_zone_says_anywhere(zone in zones(), ms in Timestamp::MIN.millis()..=Timestamp::MAX.millis()) {
            let at = Timestamp::from_millis(ms).unwrap();
            let mut days = LocalDays::of(zone);
            let day_start = zone.start_of(zone.date(at));
            for at in [at, day_start, day_start.plus_millis(-1)] {
                prop_assert_eq!(days.day(at), zone.date(at).to_epoch_days());
            }
        }
    }
}

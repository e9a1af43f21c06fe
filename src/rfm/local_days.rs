//! The shop's date of millions of instants.

use crate::model::{Timestamp, Zone};

/// Days of the shop as numbers, counted from 1970-01-01; always what [`Zone::date`] says.
///
/// The zone is asked a few times per day that occurs, not per instant. The memory is fixed.
pub(crate) struct LocalDays {
    zone: Zone,
    seen: Box<[UtcDay; Self::REMEMBERED]>,
}

/// What is remembered of one day of UTC on which no clock changes.
#[derive(Clone, Copy)]
struct UtcDay {
    number: i64,
    /// When the shop's next day begins.
    next: i64,
    /// The shop's day at its first instant.
    local: i32,
}

impl LocalDays {
    /// Milliseconds in a day of UTC.
    pub(crate) const MILLIS: i64 = 86_400_000;
    /// Eleven years of days before the first is forgotten.
    const REMEMBERED: usize = 4096;

    pub(crate) fn of(zone: Zone) -> Self {
        Self { zone, seen: Box::new([UtcDay { number: -1, next: 0, local: 0 }; Self::REMEMBERED]) }
    }

    /// The number of the shop's day at an instant, given in milliseconds since 1970 and within the
    /// range of [`Timestamp`].
    pub(crate) fn day(&mut self, millis: i64) -> i32 {
        // Counted from 1900 on, as positive numbers are divided faster.
        let since = millis.wrapping_sub(Timestamp::MIN.millis()).cast_unsigned();
        let number = (since / Self::MILLIS.cast_unsigned()).cast_signed();
        let known = &self.seen[number as usize % Self::REMEMBERED];
        if known.number == number {
            return known.local.wrapping_add(i32::from(millis >= known.next));
        }
        self.ask(millis, number)
    }

    /// Asks the zone. A day on which clocks change is not remembered, as its date may go back.
    #[cold]
    fn ask(&mut self, millis: i64, number: i64) -> i32 {
        let start = Timestamp::MIN.plus_millis(number * Self::MILLIS);
        let end = start.plus_millis(Self::MILLIS);
        let (first, last) = (self.zone.date(start), self.zone.date(end));
        if self.zone.time(start) == self.zone.time(end) && first.succ_opt() == Some(last) {
            let next = self.zone.start_of(last).millis();
            self.seen[number as usize % Self::REMEMBERED] = UtcDay { number, next, local: first.to_epoch_days() };
        }
        self.zone.date(Timestamp::EPOCH.plus_millis(millis)).to_epoch_days()
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
                prop_assert_eq!(days.day(at.millis()), zone.date(at).to_epoch_days(), "{} {}", zone.name(), at);
            }
        }

        #[test]
        fn says_what_the_zone_says_anywhere(zone in zones(), ms in Timestamp::MIN.millis()..=Timestamp::MAX.millis()) {
            let at = Timestamp::from_millis(ms).unwrap();
            let mut days = LocalDays::of(zone);
            let day_start = zone.start_of(zone.date(at));
            for at in [at, day_start, day_start.plus_millis(-1)] {
                prop_assert_eq!(days.day(at.millis()), zone.date(at).to_epoch_days());
            }
        }
    }
}

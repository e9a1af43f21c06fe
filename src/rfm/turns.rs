//! When a rank could become another though nothing happens.

use crate::model::{Date, Money, Span, Timestamp, Zone};

/// Does an order count at `now`: placed by then, and not yet so long ago that it is out of the window?
pub(super) fn counts(at: Timestamp, within: Option<Span>, now: Timestamp, zone: &Zone) -> bool {
    at <= now && within.is_none_or(|span| !zone.elapsed(at, span, now))
}

/// Whole days between the shop's dates, as [`AsOf`](super::AsOf) counts them; never below zero.
pub(super) fn days_between(from: Timestamp, to: Timestamp, zone: &Zone) -> i64 {
    (zone.date(to) - zone.date(from)).num_days().max(0)
}

/// The instants after `now` at which an order begins to count, or leaves the window.
pub(super) fn window_turns(
    orders: &[(Timestamp, Money)],
    within: Option<Span>,
    now: Timestamp,
    zone: &Zone,
) -> Vec<Timestamp> {
    let turns = orders.iter().flat_map(|(at, _)| {
        let leaves = within.map(|span| zone.plus(*at, span));
        core::iter::once(*at).chain(leaves)
    });
    turns.filter(|at| to_come(*at, now)).collect()
}

/// The instants after `now` at which the days since the last order come to one of these numbers.
pub(super) fn recency_turns(
    orders: &[(Timestamp, Money)],
    days: impl Iterator<Item = i64> + Clone,
    now: Timestamp,
    zone: &Zone,
) -> Vec<Timestamp> {
    // Of orders placed while clocks go back, a later one can leave a window before an earlier one.
    const SLACK: i64 = 26 * 3_600_000;
    let last = orders[..orders.partition_point(|(at, _)| *at <= now)].last();
    let oldest = last.map_or(Timestamp::MIN, |(at, _)| at.plus_millis(-SLACK));
    let asked = orders.iter().skip_while(|(at, _)| *at < oldest);
    let mut turns = Vec::new();
    for (at, _) in asked {
        let date = zone.date(*at);
        for days in days.clone().filter_map(|days| u64::try_from(days).ok()).filter(|days| *days > 0) {
            let reached = date.checked_add_days(chrono::Days::new(days));
            turns.extend(reached.into_iter().flat_map(|date| beginnings(date, zone)).filter(|at| to_come(*at, now)));
        }
    }
    turns
}

/// Sorted, each once.
pub(super) fn in_order(mut turns: Vec<Timestamp>) -> Vec<Timestamp> {
    turns.sort_unstable();
    turns.dedup();
    turns
}

/// The end of time is when nothing more comes.
pub(super) fn to_come(at: Timestamp, now: Timestamp) -> bool {
    at > now && at < Timestamp::MAX
}

/// The instants at which the shop's date comes to be `date` or later, or no longer is: the beginning of
/// the day, and where clocks are put back over it the return to the day before and the second beginning.
pub(super) fn beginnings(date: Date, zone: &Zone) -> Vec<Timestamp> {
    const MINUTE: i64 = 60_000;
    let first = zone.start_of(date);
    let mut turns = vec![first];
    let next_day = first.plus_millis(24 * 60 * MINUTE);
    if zone.time(first) == zone.time(next_day) {
        return turns;
    }
    // Days begin and clocks are changed on whole minutes.
    let mut begun = true;
    for minute in 1..24 * 60 {
        let at = first.plus_millis(minute * MINUTE);
        if (zone.date(at) >= date) != begun {
            begun = !begun;
            turns.push(at);
        }
    }
    turns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_that_begins_twice_has_both_beginnings() {
        // Clocks go from 02:00 back to 01:00 after the day of 1 November has begun at 01:30.
        let zone = Zone::new("America/New_York", "01:30".parse().unwrap()).unwrap();
        let date = "2026-11-01".parse().unwrap();
        let shown: Vec<_> = beginnings(date, &zone).iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["2026-11-01T05:30:00Z", "2026-11-01T06:00:00Z", "2026-11-01T06:30:00Z"]);
        let usual = Zone::new("America/New_York", "04:00".parse().unwrap()).unwrap();
        assert_eq!(beginnings(date, &usual).len(), 1);
    }
}

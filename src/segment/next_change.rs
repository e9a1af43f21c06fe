//! When an answer could change though nothing happens: what spares the nightly scan.

use crate::model::{Money, Timestamp};

use super::predicate::{Node, Question, Range};
use super::syntax::End;

impl Node {
    /// The earliest instant after `ask.now` at which [`holds`](Self::holds) could differ. Linear in
    /// the friend's orders, but for a sort of those that move in time.
    pub(super) fn next_change(&self, ask: &Question<'_>) -> Option<Timestamp> {
        match self {
            // A part can change without its whole changing, so this is a bound, not always the instant.
            Self::All(parts) | Self::Any(parts) => parts.iter().filter_map(|part| part.next_change(ask)).min(),
            Self::Not(inner) => inner.next_change(ask),
            Self::Segment(root) => root.next_change(ask),
            Self::OrdersCount { window, is, value } => sweep(ask, *window, |count, _| is.holds(&count, value)),
            Self::OrdersTotal { window, is, value } => sweep(ask, *window, |_, total| is.holds(&total, value)),
            Self::Order { which, window } => order_moves(ask, *which, *window),
            Self::Coupon { name, .. } => {
                let held = ask.friend.coupons.iter().filter(|held| held.coupon == *name);
                let mut ends: Vec<_> = held.map(|held| held.valid_until).filter(|end| *end > ask.now).collect();
                ends.sort_unstable();
                let today = self.holds(ask);
                ends.into_iter().find(|end| self.holds(&Question { now: *end, ..*ask }) != today)
            }
            Self::Tag(_) | Self::Line(_) | Self::Route { .. } | Self::Attribute { .. } | Self::Unknown(_) => None,
        }
    }
}

/// Lets time go by over a window: orders come into it and leave it, each at its instant, until the
/// answer about their count and total is another than now.
fn sweep(ask: &Question<'_>, window: Range, holds: impl Fn(usize, Money) -> bool) -> Option<Timestamp> {
    let (mut count, mut total) = (0_usize, 0_i128);
    let mut moves: Vec<(Timestamp, bool, i128)> = Vec::new();
    for (placed, net) in ask.friend.orders.counting(Timestamp::MAX) {
        let Some(stay) = stay(ask, window, placed) else { continue };
        let net = i128::from(net.minor());
        match stay.from {
            Some(from) => moves.push((from, true, net)),
            None => (count, total) = (count + 1, total + net),
        }
        moves.extend(stay.until.map(|until| (until, false, net)));
    }
    moves.sort_unstable();
    // A sum past the range of money is larger than any amount a rule can name.
    let answer = |count, total: i128| holds(count, Money::from_minor(i64::try_from(total).unwrap_or(i64::MAX)));
    let today = answer(count, total);
    for at_once in moves.chunk_by(|a, b| a.0 == b.0) {
        for (_, comes, net) in at_once {
            (count, total) = if *comes { (count + 1, total + net) } else { (count - 1, total - net) };
        }
        if answer(count, total) != today {
            return Some(at_once[0].0);
        }
    }
    None
}

/// The next instants at which the test of the first or last order could turn out otherwise: when a
/// later order begins to count, and when the one that counts comes into the window or leaves it.
fn order_moves(ask: &Question<'_>, which: End, window: Range) -> Option<Timestamp> {
    let orders: Vec<Timestamp> = ask.friend.orders.counting(Timestamp::MAX).map(|(placed, _)| placed).collect();
    let last_so_far = orders.partition_point(|placed| *placed <= ask.now).saturating_sub(1);
    let (from, to) = match which {
        End::First => (0, orders.len().min(1)),
        End::Last => (last_so_far, orders.len()),
    };
    let holds = |placed: Timestamp, at: Timestamp| placed <= at && window.holds(placed, at, ask.zone);
    let today = orders.get(from).is_some_and(|placed| holds(*placed, ask.now));
    for place in from..to {
        let placed = orders[place];
        let mut instants: Vec<Timestamp> = Some(placed).filter(|at| *at > ask.now).into_iter().collect();
        let stay = stay(ask, window, placed);
        instants.extend(stay.into_iter().flat_map(|stay| stay.from.into_iter().chain(stay.until)));
        instants.sort_unstable();
        // From the next order on it is that one that is asked about.
        let relieved = orders.get(place + 1).filter(|_| which == End::Last).copied().unwrap_or(Timestamp::MAX);
        let found = instants.into_iter().find(|at| *at < relieved && holds(placed, *at) != today);
        if found.is_some() {
            return found;
        }
    }
    None
}

/// When an order is in a window: from an instant still to come, or by now; until an instant, or for good.
struct Stay {
    from: Option<Timestamp>,
    until: Option<Timestamp>,
}

/// `None` for an order that has left the window, or never comes into it.
fn stay(ask: &Question<'_>, window: Range, placed: Timestamp) -> Option<Stay> {
    let &Question { now, zone, .. } = ask;
    let to_come = |at: Timestamp| Some(at).filter(|at| *at > now);
    let (from, until) = match window {
        Range::Ever => (to_come(placed), None),
        Range::Since(start) if placed < start => return None,
        Range::Before(end) if placed >= end => return None,
        Range::Since(_) | Range::Before(_) => (to_come(placed), None),
        Range::Aged { at_least, less_than } => {
            let from = match at_least {
                Some(span) if zone.elapsed(placed, span, now) => None,
                Some(span) => Some(zone.plus(placed, span)),
                None => to_come(placed),
            };
            let until = match less_than {
                Some(span) if zone.elapsed(placed, span, now) => return None,
                Some(span) => Some(zone.plus(placed, span)),
                None => None,
            };
            (from, until)
        }
    };
    let in_time = |at: &Timestamp| *at < Timestamp::MAX;
    // What never comes into the window before the end of time, or at the very instant it leaves it, is not in it.
    if from.is_some_and(|from| !in_time(&from) || until.is_some_and(|until| until <= from)) {
        return None;
    }
    Some(Stay { from, until: until.filter(in_time) })
}

//! When an answer could change though nothing happens: what spares the nightly scan.

use crate::model::{Money, Timestamp, Value};

use super::ends::end_moves;
use super::predicate::{Node, Question, Tag};
use super::range::{Range, Stay, sweep};

impl Node {
    /// The earliest instant after `ask.now` at which [`holds`](Self::holds) could differ. Linear in
    /// what the friend did, but for a sort of what moves in time.
    pub(super) fn next_change(&self, ask: &Question<'_>) -> Option<Timestamp> {
        match self {
            Self::All(parts) => whole_change(parts, false, ask),
            Self::Any(parts) => whole_change(parts, true, ask),
            Self::Not(inner) => inner.next_change(ask),
            Self::Segment(predicate) => predicate.root.next_change(ask),
            Self::OrdersCount { window, is, value } => orders_change(ask, *window, |count, _| is.holds(&count, value)),
            Self::OrdersTotal { window, is, value } => orders_change(ask, *window, |_, total| is.holds(&total, value)),
            Self::Order { which, window } => {
                let times: Vec<_> = ask.friend.orders.all_counting().iter().map(|(at, _)| *at).collect();
                end_moves(ask, *which, *window, &times)
            }
            Self::Meter(meter) => meter.next_change(ask),
            Self::Ends(ends) => ends.next_change(ask),
            Self::Followed(followed) => followed.next_change(ask),
            Self::Tag(tag) => while_one_stays(ask, &tag.stay(ask).into_iter().collect::<Vec<_>>()),
            Self::TagOf(tags) => {
                let stays = tags.iter().filter_map(|tag| match tag {
                    Self::Tag(tag) => tag.stay(ask),
                    _ => None,
                });
                let of_tags = while_one_stays(ask, &stays.collect::<Vec<_>>());
                let derived = tags.iter().filter(|tag| !matches!(tag, Self::Tag(_)));
                derived.filter_map(|tag| tag.next_change(ask)).chain(of_tags).min()
            }
            Self::Contact { event, window } => {
                let stay = event.of(ask.friend).and_then(|at| window.stay(at, ask.now, ask.zone));
                while_one_stays(ask, &stay.into_iter().collect::<Vec<_>>())
            }
            Self::Date { name, test } => match ask.friend.attribute(name.as_str()) {
                Some(Value::Date(date)) => test.next_change(*date, ask.now, ask.zone),
                _ => None,
            },
            Self::Rank(rank) => rank.next_change(ask),
            Self::Reorder(reorder) => reorder.next_change(ask),
            Self::Line(_)
            | Self::Reachable(_)
            | Self::Route(_)
            | Self::UnknownRoute
            | Self::Attribute { .. }
            | Self::Unknown(_)
            | Self::CartFilled(_)
            | Self::CartTotal { .. }
            | Self::Sample(_) => None,
        }
    }
}

/// When a whole may change that one part decides by being `deciding`: not before that part does. A part can change
/// without its whole changing, so this is a bound, not always the instant.
fn whole_change(parts: &[Node], deciding: bool, ask: &Question<'_>) -> Option<Timestamp> {
    match parts.iter().find(|part| part.holds(ask) == deciding) {
        Some(part) => part.next_change(ask),
        None => parts.iter().filter_map(|part| part.next_change(ask)).min(),
    }
}

/// Lets orders come into a window and leave it, until the answer about their count and total is another than now.
fn orders_change(ask: &Question<'_>, window: Range, holds: impl Fn(usize, Money) -> bool) -> Option<Timestamp> {
    let orders = ask.friend.orders.all_counting();
    // Mostly all that was bought is there for good.
    if !window.moves() && orders.last().is_none_or(|(placed, _)| *placed <= ask.now) {
        return None;
    }
    let (mut stays, mut nets) = (Vec::new(), Vec::new());
    for (placed, net) in orders {
        if let Some(stay) = window.stay(*placed, ask.now, ask.zone) {
            stays.push(stay);
            nets.push(i128::from(net.minor()));
        }
    }
    let change = |(count, total): &mut (usize, i128), place: usize, comes: bool| {
        (*count, *total) = if comes { (*count + 1, *total + nets[place]) } else { (*count - 1, *total - nets[place]) };
    };
    // A sum past the range of money is larger than any amount a rule can name.
    let total = |total: i128| Money::from_minor(i64::try_from(total).unwrap_or(i64::MAX));
    sweep(ask.now, &stays, &mut (0_usize, 0_i128), change, |(count, sum)| holds(*count, total(*sum)))
}

/// The next instant at which it turns whether any of them is there.
fn while_one_stays(ask: &Question<'_>, stays: &[Stay]) -> Option<Timestamp> {
    let change = |there: &mut usize, _, comes: bool| if comes { *there += 1 } else { *there -= 1 };
    sweep(ask.now, stays, &mut 0_usize, change, |there| *there > 0)
}

impl Tag {
    /// When the tag makes the condition hold.
    fn stay(&self, ask: &Question<'_>) -> Option<Stay> {
        let mark = ask.friend.tags.get(self.name.as_str()).filter(|mark| mark.on)?;
        // A tag told ahead of its time is there at once; how old it is can be asked only later.
        let there = Stay { from: Timestamp::MIN, until: self.expires.map(|span| ask.zone.plus(mark.at, span)) };
        match self.held {
            None => there.seen_from(ask.now),
            Some(window) => window.stay(mark.at, ask.now, ask.zone)?.and(there).seen_from(ask.now),
        }
    }
}

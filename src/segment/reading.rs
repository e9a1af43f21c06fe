//! What a condition looks at, in words: the value it saw, and the one it would need.

use crate::model::{Decimal, Money, Timestamp, Value};

use super::calendar::{self, DateTest};
use super::meter::{BILLIONTHS, Meter, Metered};
use super::predicate::{Node, Predicate, Question, Tag, cart_total, end_of_orders, orders_count, orders_total};
use super::range::Range;
use super::rank::Ranked;
use super::syntax::{Atom, LineState};

impl Predicate {
    /// The value a condition sees.
    pub(super) fn saw(&self, node: &Node, ask: &Question<'_>) -> String {
        let friend = ask.friend;
        let when = |at: Option<Timestamp>, never: &str| at.map_or_else(|| never.to_owned(), |at| ask.zone.show(at));
        let or_unknown = |known: Option<String>| known.unwrap_or_else(|| "unknown".into());
        match node {
            Node::OrdersCount { window, .. } => orders_count(*window, ask).to_string(),
            Node::OrdersTotal { window, .. } => self.currency.exact(orders_total(*window, ask)),
            Node::Order { which, .. } => when(end_of_orders(*which, ask), "no order"),
            Node::Meter(meter) => self.metered(meter, ask),
            Node::Ends(ends) => when(ends.reading(ask), "none"),
            Node::Followed(followed) => match followed.since(ask) {
                Some(at) => format!("so since {}", ask.zone.show(at)),
                None => "not so".into(),
            },
            Node::Tag(tag) => tag_saw(tag, ask),
            Node::TagOf(tags) => {
                let on = |tag: &Node| match tag {
                    Node::Tag(tag) => tag.holds(ask).then(|| tag.name.to_string()),
                    derived => derived.holds(ask).then(|| "a derived tag".to_owned()),
                };
                let on: Vec<_> = tags.iter().filter_map(on).collect();
                if on.is_empty() { "none of them".into() } else { on.join(", ") }
            }
            Node::Line(LineState::Linked) => when(friend.line.linked, "not linked"),
            Node::Line(_) if friend.line.is_following() => "following".into(),
            Node::Line(_) if friend.line.is_blocked() => "blocked".into(),
            Node::Line(_) => "never followed".into(),
            Node::Reachable(channel) => match friend.channels.get(channel) {
                Some(mark) if mark.on => "reachable".into(),
                Some(_) => "not reachable".into(),
                None => "unknown".into(),
            },
            Node::Contact { event, .. } => when(event.of(friend), "unknown"),
            Node::Route(_) | Node::UnknownRoute => or_unknown(friend.line.route.as_ref().map(ToString::to_string)),
            Node::Attribute { name, .. } | Node::Unknown(name) => {
                or_unknown(friend.attribute(name.as_str()).map(ToString::to_string))
            }
            Node::Date { name, test } => match friend.attribute(name.as_str()) {
                Some(Value::Date(date)) => {
                    let today = ask.zone.date(ask.now);
                    match test {
                        DateTest::Age(..) => match calendar::age(*date, today) {
                            Some(years) => format!("{date}, {years} years"),
                            None => format!("{date}, still to come"),
                        },
                        DateTest::Days(toward, ..) => format!("{date}, {} days", calendar::days(*toward, *date, today)),
                        DateTest::Anniversary(_) => match calendar::until_anniversary(*date, today) {
                            Some(days) => format!("{date}, comes round in {days} days"),
                            None => date.to_string(),
                        },
                    }
                }
                _ => "unknown".into(),
            },
            Node::CartFilled(_) | Node::CartTotal { .. } => match (&friend.cart, cart_total(friend)) {
                (Some(cart), Some(total)) => {
                    format!("{} lines for {}", cart.value.lines.len(), self.currency.exact(total))
                }
                _ => "unknown".into(),
            },
            Node::Rank(rank) => match rank.reading(ask) {
                Some(Ranked::Score(score) | Ranked::Decile(score)) => score.to_string(),
                Some(Ranked::Class(name)) => name,
                None => "never ordered".into(),
            },
            Node::Reorder(reorder) => match reorder.reading(ask) {
                Some(cycle) => format!("due {cycle}"),
                None => "never ordered".into(),
            },
            Node::Sample(sample) if sample.holds(friend.key.as_str()) => "drawn".into(),
            Node::Sample(_) => "not drawn".into(),
            // These are explained by their parts.
            Node::All(_) | Node::Any(_) | Node::Not(_) | Node::Segment(_) => String::new(),
        }
    }

    /// The condition with instants in place of lengths of time.
    pub(super) fn absolute(&self, atom: &Atom, node: &Node, ask: &Question<'_>) -> String {
        let dated = |subject: String, window: Range| match bounds(window, ask) {
            Some(bounds) => format!("{subject} {bounds}"),
            None => atom.to_string(),
        };
        match (atom, node) {
            (Atom::Ends { which, of, .. }, Node::Order { window, .. }) => dated(which.of(of), *window),
            (Atom::Ends { which, of, .. }, Node::Ends(ends)) => dated(which.of(of), ends.window),
            (Atom::Contact { event, .. }, Node::Contact { window, .. }) => dated(event.words(), *window),
            (_, Node::Tag(Tag { name, held: Some(window), .. })) => dated(format!("tag '{name}' put on"), *window),
            _ => atom.to_string(),
        }
    }

    fn metered(&self, meter: &Meter, ask: &Question<'_>) -> String {
        let reading = meter.reading(ask);
        match &meter.what {
            Metered::Amount => match i64::try_from(reading) {
                Ok(minor) => self.currency.exact(Money::from_minor(minor)),
                Err(_) => reading.to_string(),
            },
            Metered::Property(_) => {
                let exact = i64::try_from(reading).ok().and_then(|units| Decimal::from_parts(units, BILLIONTHS));
                exact.map_or_else(|| (reading / 10_i128.pow(u32::from(BILLIONTHS))).to_string(), |n| n.to_string())
            }
            Metered::Count | Metered::Quantity | Metered::Distinct(_) => reading.to_string(),
        }
    }
}

fn tag_saw(tag: &Tag, ask: &Question<'_>) -> String {
    match ask.friend.tags.get(tag.name.as_str()) {
        None => "never put on".into(),
        Some(mark) if !mark.on => format!("taken off {}", ask.zone.show(mark.at)),
        Some(mark) => {
            let ran_out = tag.expires.map(|span| ask.zone.plus(mark.at, span)).filter(|end| *end <= ask.now);
            match ran_out {
                Some(end) => format!("ran out {}", ask.zone.show(end)),
                None => format!("put on {}", ask.zone.show(mark.at)),
            }
        }
    }
}

/// The instants that a window asks for now.
fn bounds(window: Range, ask: &Question<'_>) -> Option<String> {
    let show = |at| ask.zone.show(at);
    // The last instant that lies so long ago is just before the first that does not.
    let first_within = |span| ask.zone.before(ask.now.plus_millis(1), span);
    let last_older = |span| first_within(span).plus_millis(-1);
    Some(match window {
        Range::Ever => return None,
        Range::Since(start) => format!("at or after {}", show(start)),
        Range::Before(end) => format!("before {}", show(end)),
        Range::During(start, end) => format!("at or after {} and before {}", show(start), show(end)),
        Range::Aged { at_least, less_than } => match (at_least, less_than) {
            (Some(old), None) => format!("at or before {}", show(last_older(old))),
            (None, Some(young)) => format!("after {}", show(last_older(young))),
            (Some(old), Some(young)) => {
                format!("after {} and at or before {}", show(last_older(young)), show(last_older(old)))
            }
            (None, None) => return None,
        },
    })
}

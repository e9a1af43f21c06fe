//! `caps`, `gap` and `selling` of `[policy]`: how often friends hear from the shop, and of what.

use chrono::Weekday;

use crate::model::{Channel, ChannelName, ScenarioName, Span, Window};
use crate::policy::{Cap, Overflow, Scope, Selling};

use super::diagnostic::Code;
use super::policies::{NO_TIME, Names, audience, unknown_word};
use super::reader::{Place, Reader, Table};
use super::source::Raw;

/// Where they stand.
pub(super) struct Places<'n> {
    pub(super) week_starts: Option<Place<'n>>,
    pub(super) caps: Option<Place<'n>>,
    pub(super) gap: Option<Place<'n>>,
}

/// The caps in order, and the minimum gap as the last of them.
pub(super) fn read(reader: &mut Reader<'_>, places: &Places<'_>, names: &Names<'_>) -> Vec<Cap> {
    let week_starts = places.week_starts.as_ref().and_then(|place| weekday(reader, place)).unwrap_or(WEEK_STARTS);
    let caps = places.caps.as_ref().map(|place| reader.list(place)).unwrap_or_default();
    let mut caps: Vec<_> = caps.iter().filter_map(|place| cap(reader, place, week_starts, names)).collect();
    caps.extend(places.gap.as_ref().and_then(|place| gap(reader, place)));
    caps
}

/// The usual first day of a week.
const WEEK_STARTS: Weekday = Weekday::Mon;

fn weekday(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<Weekday> {
    let text = reader.text(place)?;
    let named = weekday_of(text);
    named.or_else(|| unknown_word(reader, place, "no day of the week is called", text, "monday to sunday"))
}

fn weekday_of(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" => Weekday::Mon,
        "tuesday" => Weekday::Tue,
        "wednesday" => Weekday::Wed,
        "thursday" => Weekday::Thu,
        "friday" => Weekday::Fri,
        "saturday" => Weekday::Sat,
        "sunday" => Weekday::Sun,
        _ => return None,
    })
}

/// The first day of the shop's week by its `[policy]`, for those who look ahead: a fault of it is told where it is read.
pub(super) fn week_starts(policy: Option<&Place<'_>>) -> Weekday {
    let Some(Raw::Table(entries)) = policy.map(|place| &place.node.value) else { return WEEK_STARTS };
    let written = entries.iter().find(|(key, _, _)| key == "week_starts").map(|(_, _, node)| &node.value);
    match written {
        Some(Raw::Text(word)) => weekday_of(word).unwrap_or(WEEK_STARTS),
        _ => WEEK_STARTS,
    }
}

/// `{ of = "promotional", at_most = 2, per = "calendar week", for = "tag 'VIP'", then = "defer", for_at_most = "3d" }`
fn cap(reader: &mut Reader<'_>, place: &Place<'_>, week_starts: Weekday, names: &Names<'_>) -> Option<Cap> {
    let mut table = reader.table(place)?;
    let of = reader.take(&mut table, "of");
    let at_most = reader.need(&mut table, "at_most", "at_most = 2");
    let per = reader.need(&mut table, "per", "per = \"7d\", or \"calendar week\"");
    let only = reader.take(&mut table, "for");
    let then = OverflowPlaces::take(reader, &mut table);
    reader.finish(table);
    let of = of.map(|place| scope(reader, &place, names));
    let at_most = at_most.and_then(|place| reader.whole(&place, 1, 1_000_000));
    let per = per.and_then(|place| window(reader, &place, week_starts));
    let only = only.map(|place| audience(reader, &place, names.schema));
    let then = then.read(reader);
    let mut cap = Cap::new(u32::try_from(at_most?).ok()?, per?);
    if let Some(of) = of {
        cap.of = of?;
    }
    if let Some(only) = only {
        cap.only = Some(only?);
    }
    cap.then = then?;
    Some(cap)
}

/// `7d`, `calendar week`
pub(super) fn window(reader: &mut Reader<'_>, place: &Place<'_>, week_starts: Weekday) -> Option<Window> {
    match reader.text(place)? {
        "calendar day" => Some(Window::Day),
        "calendar week" => Some(Window::Week(week_starts)),
        "calendar month" => Some(Window::Month),
        other => match other.parse::<Span>() {
            Ok(_) => reader.span(place, NO_TIME).map(Window::Rolling),
            Err(error) => {
                let right = "or calendar day, calendar week, calendar month";
                reader.fault_at(place, Code::Value, error.to_string(), Some(right.into()));
                None
            }
        },
    }
}

/// `all`, `promotional`, `channel line`, `category news`, `scenario welcome`
fn scope(reader: &mut Reader<'_>, place: &Place<'_>, names: &Names<'_>) -> Option<Scope> {
    let text = reader.text(place)?;
    let (kind, name) = text.split_once(' ').unwrap_or((text, ""));
    let schema = names.schema;
    match (kind, name) {
        ("all", "") => Some(Scope::All),
        ("promotional", "") => Some(Scope::Promotional),
        ("channel", Channel::LINE) => Some(Scope::Channel(Channel::Line)),
        ("channel", name) => {
            let known = core::iter::once(Channel::LINE).chain(schema.channels.iter().map(ChannelName::as_str));
            reader.known_name::<Channel>(place, "channel", name, known).map(Scope::Channel)
        }
        ("category", name) => {
            let known = names.categories.iter().copied();
            reader
                .known_name::<String>(place, "category of messages", name, known)
                .map(|name| Scope::Category(name.into()))
        }
        ("scenario", name) => {
            let known = schema.scenarios.iter().map(ScenarioName::as_str);
            reader.known_name(place, "scenario", name, known).map(Scope::Scenario)
        }
        _ => {
            let right = "all, promotional, channel NAME, category NAME or scenario NAME";
            unknown_word(reader, place, "caps are not of", text, right)
        }
    }
}

/// `"20h"`, or `{ at_least = "20h", then = "defer", for_at_most = "3d" }`: a cap of one.
fn gap(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<Cap> {
    let of_one = |span| Cap::new(1, Window::Rolling(span));
    if let Raw::Text(_) = place.node.value {
        return reader.span(place, NO_TIME).map(of_one);
    }
    let mut table = reader.table(place)?;
    let at_least = reader.need(&mut table, "at_least", "at_least = \"20h\"");
    let then = OverflowPlaces::take(reader, &mut table);
    reader.finish(table);
    let at_least = at_least.and_then(|place| reader.span(&place, NO_TIME));
    let then = then.read(reader);
    let mut cap = of_one(at_least?);
    cap.then = then?;
    Some(cap)
}

/// `{ at_most = 2, of_last = 3, within = "30d", then = "drop" }`
pub(super) fn selling(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<Selling> {
    let mut table = reader.table(place)?;
    let at_most = reader.need(&mut table, "at_most", "at_most = 2");
    let of_last = reader.need(&mut table, "of_last", "of_last = 3");
    let within = reader.take(&mut table, "within");
    let then = OverflowPlaces::take(reader, &mut table);
    reader.finish(table);
    let at_most = at_most.and_then(|place| Some((reader.whole(&place, 1, 99)?, place)));
    let of_last = of_last.and_then(|place| reader.whole(&place, 2, 100));
    let within = within.map(|place| reader.span(&place, NO_TIME));
    let then = then.read(reader);
    let ((at_most, at), of_last) = (at_most?, of_last?);
    if at_most >= of_last {
        let message = format!("at most {at_most} of {of_last} holds nothing back");
        reader.fault_at(&at, Code::Value, message, Some(format!("less than the {of_last} of `of_last`")));
        return None;
    }
    let mut selling = Selling::new(u32::try_from(at_most).ok()?, u32::try_from(of_last).ok()?);
    if let Some(within) = within {
        selling.within = within?;
    }
    selling.then = then?;
    Some(selling)
}

/// `then = "drop"`, or `then = "defer", for_at_most = "3d"`
struct OverflowPlaces<'n> {
    then: Option<Place<'n>>,
    at_most: Option<Place<'n>>,
}

impl<'n> OverflowPlaces<'n> {
    fn take(reader: &mut Reader<'_>, table: &mut Table<'n>) -> Self {
        Self { then: reader.take(table, "then"), at_most: reader.take(table, "for_at_most") }
    }

    fn read(self, reader: &mut Reader<'_>) -> Option<Overflow> {
        let defers = match &self.then {
            None => Some(false),
            Some(place) => match reader.text(place)? {
                "drop" => Some(false),
                "defer" => Some(true),
                other => unknown_word(reader, place, "one too many cannot", other, "drop or defer"),
            },
        };
        let at_most: Option<Option<Span>> =
            self.at_most.as_ref().map_or(Some(None), |place| reader.span(place, NO_TIME).map(Some));
        match (defers?, &self.at_most) {
            (false, Some(place)) => {
                let message = "only what is deferred waits for a time";
                reader.fault_at(place, Code::Value, message, Some("then = \"defer\" beside it".into()));
                None
            }
            (false, None) => Some(Overflow::Drop),
            (true, _) => Some(Overflow::Defer { at_most: at_most? }),
        }
    }
}

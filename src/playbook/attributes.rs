//! `[attributes]`, `[events]`, `[orders]` and `channels`: what hosts may tell, and of which type.

use core::fmt::Display;
use core::str::FromStr;
use std::collections::{BTreeMap, BTreeSet};

use crate::model::{AttributeName, ChannelName, EventName, PropertyName, ValueKind};
use crate::segment::{AttributeType, nearest};

use super::diagnostic::Code;
use super::messages;
use super::reader::{Place, Reader};
use super::source::Raw;

/// `birthday = "date"`, `gender = ["female", "male"]`
pub(super) fn read(reader: &mut Reader<'_>, place: &Place<'_>) -> BTreeMap<AttributeName, AttributeType> {
    typed(reader, place)
}

/// `"セミナー参加" = { "会場" = "text" }`
pub(super) fn read_events(
    reader: &mut Reader<'_>,
    place: &Place<'_>,
) -> BTreeMap<EventName, BTreeMap<PropertyName, AttributeType>> {
    let named = reader.named::<EventName>(place);
    named.into_iter().map(|(name, place)| (name, typed(reader, &place))).collect()
}

/// `properties = { payment = ["代引き", "カード"] }`
pub(super) fn read_orders(reader: &mut Reader<'_>, place: &Place<'_>) -> BTreeMap<PropertyName, AttributeType> {
    let Some(mut table) = reader.table(place) else { return BTreeMap::new() };
    let properties = reader.take(&mut table, "properties");
    reader.finish(table);
    properties.map(|place| typed(reader, &place)).unwrap_or_default()
}

/// `channels = ["email"]`, or a section `[channels]` with `email = {}`
pub(super) fn read_channels(reader: &mut Reader<'_>, place: &Place<'_>) -> BTreeSet<ChannelName> {
    let mut channels = BTreeSet::new();
    for (channel, place) in reader.listed::<ChannelName>(place, "channel") {
        if let Raw::Table(_) = place.node.value
            && let Some(table) = reader.table(&place)
        {
            reader.finish(table);
        }
        if channel.as_str() == "line" {
            reader.fault_at(&place, Code::Value, "LINE is known by itself, from follows and unfollows", None);
            continue;
        }
        if messages::KEYS.contains(&channel.as_str()) {
            let message = format!("a message has `{channel}` for something else: give the channel another name");
            reader.fault_at(&place, Code::Value, message, None);
            continue;
        }
        channels.insert(channel);
    }
    channels
}

/// Names, each with the type of its values.
fn typed<N: FromStr + Ord>(reader: &mut Reader<'_>, place: &Place<'_>) -> BTreeMap<N, AttributeType>
where
    N::Err: Display,
{
    let named = reader.named::<N>(place);
    named.into_iter().filter_map(|(name, place)| Some((name, value_type(reader, &place)?))).collect()
}

fn value_type(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<AttributeType> {
    const KINDS: [(&str, AttributeType); 6] = [
        ("text", AttributeType::Of(ValueKind::Text)),
        ("number", AttributeType::Of(ValueKind::Number)),
        ("money", AttributeType::Money),
        ("date", AttributeType::Of(ValueKind::Date)),
        ("flag", AttributeType::Of(ValueKind::Flag)),
        ("list", AttributeType::Of(ValueKind::List)),
    ];
    match &place.node.value {
        Raw::Text(text) => {
            if let Some((_, kind)) = KINDS.into_iter().find(|(name, _)| name == text) {
                return Some(kind);
            }
            let help = match nearest(text, KINDS.iter().map(|(name, _)| *name)) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => "text, number, money, date, flag, list, or { of = [\"…\", \"…\"] } for a choice".into(),
            };
            reader.fault_at(place, Code::Value, "no value is of this type", Some(help));
            None
        }
        Raw::List(_) => choice(reader, place),
        _ => {
            let mut table = reader.table(place)?;
            let of = reader.need(&mut table, "of", "of = [\"female\", \"male\"]");
            reader.finish(table);
            choice(reader, &of?)
        }
    }
}

fn choice(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<AttributeType> {
    let places = reader.list(place);
    let choices: Vec<Box<str>> = places.iter().filter_map(|choice| reader.text(choice).map(Into::into)).collect();
    if choices.len() == places.len() && choices.is_empty() {
        reader.fault_at(place, Code::Value, "a choice needs something to choose from", None);
        return None;
    }
    Some(AttributeType::Choice(choices)).filter(|_| matches!(place.node.value, Raw::List(_)))
}

//! `[history]`: what is remembered of friends though no rule asks for it yet.

use crate::model::{Activity, EventName};
use crate::segment::{LooksBack, Reach};

use super::diagnostic::Code;
use super::reader::{Place, Reader};

/// `view = "90d"`, `reply = "ever"`, `message = "365d"`, `events = { "セミナー参加" = "ever" }`
pub(super) fn read<'e>(
    reader: &mut Reader<'_>,
    place: &Place<'_>,
    events: impl Iterator<Item = &'e EventName> + Clone,
) -> LooksBack {
    const ACTIVITIES: [(&str, Activity); 5] = [
        ("view", Activity::View),
        ("click", Activity::Click),
        ("reply", Activity::Reply),
        ("postback", Activity::Postback),
        ("cart", Activity::Cart),
    ];
    let mut looks_back = LooksBack::default();
    let Some(mut table) = reader.table(place) else { return looks_back };
    for (key, activity) in ACTIVITIES {
        if let Some(place) = reader.take(&mut table, key)
            && let Some(reach) = read_reach(reader, &place)
        {
            looks_back.at_activity(activity, reach);
        }
    }
    let message = reader.take(&mut table, "message");
    let own = reader.take(&mut table, "events");
    reader.finish(table);
    if let Some(reach) = message.and_then(|place| read_reach(reader, &place)) {
        looks_back.at_messages(reach);
        looks_back.deliveries = true;
    }
    for (name, place) in own.map(|place| reader.named::<EventName>(&place)).unwrap_or_default() {
        let known = events.clone().map(EventName::as_str);
        let name: Option<EventName> = reader.known_name(&place, "event", name.as_str(), known);
        if let (Some(name), Some(reach)) = (name, read_reach(reader, &place)) {
            looks_back.at_activity(Activity::Event(name), reach);
        }
    }
    looks_back
}

fn read_reach(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<Reach> {
    let text = reader.text(place)?;
    if text == "ever" {
        return Some(Reach::Forever);
    }
    match text.parse() {
        Ok(span) => Some(Reach::For(span)),
        Err(error) => {
            reader.fault_at(place, Code::Value, format!("{error}"), Some("or \"ever\"".into()));
            None
        }
    }
}

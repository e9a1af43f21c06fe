//! `[attributes]` and `[tags]`

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{AttributeName, TagName, ValueKind};
use crate::segment::{AttributeType, nearest};

use super::diagnostic::Code;
use super::reader::{Place, Reader};
use super::source::Raw;

/// `birthday = "date"`, `gender = { of = ["female", "male"] }`
pub(super) fn read(reader: &mut Reader<'_>, place: &Place<'_>) -> BTreeMap<AttributeName, AttributeType> {
    let named = reader.named::<AttributeName>(place);
    named.into_iter().filter_map(|(name, place)| Some((name, attribute_type(reader, &place)?))).collect()
}

fn attribute_type(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<AttributeType> {
    const KINDS: [(&str, ValueKind); 4] = [
        ("text", ValueKind::Text),
        ("number", ValueKind::Number),
        ("date", ValueKind::Date),
        ("flag", ValueKind::Flag),
    ];
    if let Raw::Text(text) = &place.node.value {
        if let Some((_, kind)) = KINDS.iter().find(|(name, _)| name == text) {
            return Some(AttributeType::Of(*kind));
        }
        let help = match nearest(text, KINDS.iter().map(|(name, _)| *name)) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => "text, number, date, flag, or { of = [\"…\", \"…\"] } for a choice".into(),
        };
        reader.fault_at(place, Code::Value, "no attribute is of this type", Some(help));
        return None;
    }
    let mut table = reader.table(place)?;
    let of = reader.need(&mut table, "of", "of = [\"female\", \"male\"]");
    reader.finish(table);
    let of = of?;
    let places = reader.list(&of);
    let choices: Vec<Box<str>> = places.iter().filter_map(|choice| reader.text(choice).map(Into::into)).collect();
    if choices.len() == places.len() && choices.is_empty() {
        reader.fault_at(&of, Code::Value, "a choice needs something to choose from", None);
        return None;
    }
    Some(AttributeType::Choice(choices)).filter(|_| matches!(of.node.value, Raw::List(_)))
}

/// `tags = ["興味/スキンケア", "VIP"]`, or a section `[tags]` with `"VIP" = {}`
pub(super) fn read_tags(reader: &mut Reader<'_>, place: &Place<'_>) -> BTreeSet<TagName> {
    let mut tags = BTreeSet::new();
    if let Raw::Table(_) = place.node.value {
        for (tag, place) in reader.named::<TagName>(place) {
            if let Some(table) = reader.table(&place) {
                reader.finish(table);
            }
            tags.insert(tag);
        }
        return tags;
    }
    for place in reader.list(place) {
        if let Some(tag) = reader.parsed::<TagName>(&place)
            && !tags.insert(tag)
        {
            reader.fault_at(&place, Code::Duplicate, "this tag was declared before", None);
        }
    }
    tags
}

//! `[messages]` and `[purposes]`

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::message::{Letter, Message, MessageFault, Placeholder};
use crate::model::{AttributeName, Channel, ChannelName, CouponName, MessageName, PurposeName};
use crate::segment::{Schema, nearest};

use super::diagnostic::Code;
use super::reader::{Place, Reader};
use super::source::{Node, Raw};

/// What stands in a message beside its forms: no channel can be called so.
pub(super) const KEYS: [&str; 4] = ["category", "content", "purpose", "sells"];

/// The channels for each purpose, in order. One that could not be read has a fault of its own.
type Purposes = BTreeMap<PurposeName, Option<Vec<Channel>>>;

/// `"お知らせ" = ["line", "email"]`
pub(super) fn read_purposes(reader: &mut Reader<'_>, place: &Place<'_>, schema: &Schema) -> Purposes {
    let named = reader.named::<PurposeName>(place);
    named.into_iter().map(|(name, place)| (name, purpose(reader, &place, schema))).collect()
}

fn purpose(reader: &mut Reader<'_>, place: &Place<'_>, schema: &Schema) -> Option<Vec<Channel>> {
    let places = reader.list(place);
    if places.is_empty() && matches!(place.node.value, Raw::List(_)) {
        let help = "[\"line\"], or [\"line\", \"email\"]";
        reader.fault_at(place, Code::Value, "messages of this purpose could not go out at all", Some(help.into()));
    }
    let mut order = Vec::with_capacity(places.len());
    let mut seen = BTreeSet::new();
    for place in &places {
        let known = core::iter::once(Channel::LINE).chain(schema.channels.iter().map(ChannelName::as_str));
        let Some(channel) = reader.known::<Channel>(place, "channel", known) else { continue };
        if seen.insert(channel.clone()) {
            order.push(channel);
        } else {
            reader.fault_at(place, Code::Duplicate, format!("`{channel}` stands before already"), None);
        }
    }
    Some(order).filter(|order| !order.is_empty() && order.len() == places.len())
}

pub(super) fn read(
    reader: &mut Reader<'_>,
    place: &Place<'_>,
    schema: &Schema,
    purposes: &Purposes,
) -> BTreeMap<MessageName, Option<Arc<Message>>> {
    let named = reader.named::<MessageName>(place);
    named.into_iter().map(|(name, place)| (name.clone(), message(reader, name, &place, schema, purposes))).collect()
}

/// `line = [{ type = "text", text = "…" }]`, `email = { subject = "…", text = "…" }`
fn message(
    reader: &mut Reader<'_>,
    name: MessageName,
    place: &Place<'_>,
    schema: &Schema,
    purposes: &Purposes,
) -> Option<Arc<Message>> {
    let mut table = reader.table(place)?;
    let line = reader.take(&mut table, Channel::LINE);
    let category = reader.take(&mut table, "category");
    let content = reader.take(&mut table, "content");
    let purpose = reader.take(&mut table, "purpose");
    let sells = reader.take(&mut table, "sells");
    let letters = reader.take_named(&mut table, |key| schema.channels.contains(key));
    let all_read = reader.finish_with(table, |key, value| channel_hint(key, value, schema));
    let mut sound = line.is_some() || !letters.is_empty();
    // What was meant as a form may be among the keys that were not read.
    if !sound && all_read {
        let help = "line = [{ type = \"text\", text = \"…\" }], or a table of texts for a channel";
        reader.fault_at(place, Code::Missing, "the message has no form for any channel", Some(help.into()));
    }
    let mut message = match &line {
        Some(place) => line_form(reader, name.clone(), place, schema),
        None => Some(Message::without_form(name)),
    };
    for (channel, place) in &letters {
        let letter = letter_form(reader, place, schema);
        sound &= letter.is_some();
        let channel = channel.parse::<ChannelName>().ok();
        if let (Some(letter), Some(channel)) = (letter, channel) {
            message = message.map(|message| message.with_letter(channel, letter));
        }
    }
    sound &= all_differ(reader, line.as_ref(), &letters);
    let category = category.map(|place| reader.label(&place));
    let content = content.map(|place| reader.label(&place));
    let sells = sells.map(|place| reader.flag(&place));
    let purpose = purpose.map(|place| {
        let forms = line.iter().map(|place| (Channel::LINE, place)).chain(letters.iter().map(|(key, at)| (*key, at)));
        its_purpose(reader, &place, purposes, &forms.collect::<Vec<_>>())
    });

    let mut message = message.filter(|_| sound)?;
    if let Some(category) = category {
        message.category = Some(category?);
    }
    if let Some(content) = content {
        message.content = Some(content?);
    }
    if let Some(sells) = sells {
        message.sells = sells?;
    }
    if let Some(purpose) = purpose {
        let (purpose, order) = purpose?;
        message = message.for_purpose(purpose, order);
    }
    Some(Arc::new(message))
}

/// A table among the keys is meant as a form.
fn channel_hint(key: &str, value: &Node, schema: &Schema) -> Option<String> {
    if let Some(near) = nearest(key, schema.channels.iter().map(ChannelName::as_str)) {
        return Some(format!("did you mean `{near}`?"));
    }
    let is_form = matches!(value.value, Raw::Table(_)) && nearest(key, KEYS.into_iter()).is_none();
    let shown: String = key.chars().take(100).collect();
    is_form.then(|| format!("if `{shown}` is a channel, declare it: channels = [\"{shown}\"]"))
}

fn line_form(reader: &mut Reader<'_>, name: MessageName, place: &Place<'_>, schema: &Schema) -> Option<Message> {
    let objects: Vec<_> = reader.list(place).iter().map(|object| object.node.to_json()).collect();
    if !matches!(place.node.value, Raw::List(_)) {
        return None;
    }
    match Message::new(name, &objects) {
        Ok(message) => all_known(reader, place, schema, &message.placeholders()).then_some(message),
        Err(faults) => {
            note(reader, place, faults);
            None
        }
    }
}

pub(super) fn letter_form(reader: &mut Reader<'_>, place: &Place<'_>, schema: &Schema) -> Option<Letter> {
    if !matches!(place.node.value, Raw::Table(_)) {
        reader.wrong_type(place, "a table of texts, such as { subject = \"…\", text = \"…\" },");
        return None;
    }
    match Letter::new(&place.node.to_json()) {
        Ok(letter) => all_known(reader, place, schema, &letter.placeholders()).then_some(letter),
        Err(faults) => {
            note(reader, place, faults);
            None
        }
    }
}

fn note(reader: &mut Reader<'_>, place: &Place<'_>, faults: Vec<MessageFault>) {
    for fault in faults {
        let path = format!("{}{}", place.path, fault.path);
        reader.fault(Code::Value, &path, place.node.at, fault.message, None);
    }
}

/// Is everything declared that a form asks for?
fn all_known(reader: &mut Reader<'_>, place: &Place<'_>, schema: &Schema, asked: &[&Placeholder]) -> bool {
    let mut sound = true;
    for placeholder in asked {
        sound &= match placeholder {
            Placeholder::Friend(name) => {
                let known = schema.attributes.keys().map(AttributeName::as_str);
                reader.known_name::<AttributeName>(place, "attribute", name.as_str(), known).is_some()
            }
            Placeholder::Coupon(name, _) => {
                let known = schema.coupons.iter().map(CouponName::as_str);
                reader.known_name::<CouponName>(place, "coupon", name.as_str(), known).is_some()
            }
            Placeholder::ShopUrl if !schema.shop_url => {
                let help = "url = \"https://shop.example/\" under [shop]";
                reader.fault_at(place, Code::Missing, "the shop has no address to show", Some(help.into()));
                false
            }
            Placeholder::ShopName | Placeholder::ShopUrl | Placeholder::About => true,
        };
    }
    sound
}

/// LINE says the point, mail the detail: two forms that say the same have no reason to be two (C5). What
/// a letter has as its subject is not counted.
fn all_differ(reader: &mut Reader<'_>, line: Option<&Place<'_>>, letters: &[(&str, Place<'_>)]) -> bool {
    let mut told: BTreeMap<BTreeSet<&str>, &str> = BTreeMap::new();
    let mut sound = true;
    let forms =
        line.iter().map(|place| (Channel::LINE, *place)).chain(letters.iter().map(|(key, place)| (*key, place)));
    for (channel, place) in forms {
        let mut texts = BTreeSet::new();
        match &place.node.value {
            Raw::Table(fields) => {
                let counted = fields.iter().filter(|(field, _, _)| field != "subject");
                counted.for_each(|(_, _, node)| collect_texts(node, true, &mut texts));
            }
            _ => collect_texts(place.node, false, &mut texts),
        }
        if texts.is_empty() {
            continue;
        }
        if let Some(other) = told.get(&texts) {
            let message = format!("`{channel}` and `{other}` say the same");
            let help = "let one of them say the point and the other tell it at length, or leave one out";
            reader.fault_at(place, Code::Value, message, Some(help.into()));
            sound = false;
        } else {
            told.insert(texts, channel);
        }
    }
    sound
}

/// What people read of a form. Of message objects that is what stands as text and title.
fn collect_texts<'n>(node: &'n Node, all: bool, texts: &mut BTreeSet<&'n str>) {
    match &node.value {
        Raw::Text(text) if all => drop(texts.insert(text.trim())),
        Raw::List(items) => items.iter().for_each(|item| collect_texts(item, all, texts)),
        Raw::Table(entries) => {
            for (key, _, value) in entries {
                collect_texts(value, all || key == "text" || key == "title", texts);
            }
        }
        _ => {}
    }
}

/// The purpose and its channels. A form that it leaves out would never be seen.
fn its_purpose<'p>(
    reader: &mut Reader<'_>,
    place: &Place<'_>,
    purposes: &'p Purposes,
    forms: &[(&str, &Place<'_>)],
) -> Option<(PurposeName, &'p [Channel])> {
    let known = purposes.keys().map(PurposeName::as_str);
    let purpose: PurposeName = reader.known(place, "purpose", known)?;
    let order = purposes.get(&purpose)?.as_deref()?;
    let listed: BTreeSet<&str> = order.iter().map(Channel::as_str).collect();
    let mut sound = true;
    for (channel, form) in forms.iter().filter(|(channel, _)| !listed.contains(channel)) {
        let message = format!("messages for '{purpose}' never go out by `{channel}`");
        let help = format!("add \"{channel}\" to the purpose, or take this form out");
        reader.fault_at(form, Code::Value, message, Some(help));
        sound = false;
    }
    sound.then_some((purpose, order))
}

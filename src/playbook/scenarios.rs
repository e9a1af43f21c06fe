//! `[scenarios]`

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::coupon::Coupon;
use crate::message::Message;
use crate::model::{CouponName, EventName, MessageName, ScenarioName, SegmentName, TagName};
use crate::policy::Class;
use crate::scenario::{Goal, Reentry, Scenario, Trigger};
use crate::segment::{Schema, nearest};

use super::diagnostic::Code;
use super::reader::{Place, Reader};
use super::source::{Node, Raw};
use super::steps;

/// What steps may refer to. A name without a rule has a fault of its own, reported where it stands.
pub(super) struct Names<'a> {
    pub(super) schema: &'a Schema,
    pub(super) messages: &'a BTreeMap<MessageName, Option<Arc<Message>>>,
    pub(super) coupons: &'a BTreeMap<CouponName, Option<Arc<Coupon>>>,
}

pub(super) fn read(reader: &mut Reader<'_>, place: &Place<'_>, names: &Names<'_>) -> BTreeMap<ScenarioName, Scenario> {
    let named = reader.named::<ScenarioName>(place);
    named.into_iter().filter_map(|(name, place)| Some((name.clone(), scenario(reader, name, &place, names)?))).collect()
}

/// The shop's own events that start scenarios: they need no declaration. Faults are reported later.
pub(super) fn events_listened_to(scenarios: &Place<'_>) -> Vec<EventName> {
    let Raw::Table(entries) = &scenarios.node.value else { return Vec::new() };
    let event = |(_, _, scenario): &(String, usize, Node)| {
        let Raw::Table(keys) = &scenario.value else { return None };
        let Raw::Text(on) = &keys.iter().find(|(key, _, _)| key == "on")?.2.value else { return None };
        let (words, name) = on.strip_suffix('\'')?.split_once('\'')?;
        name.parse().ok().filter(|_| words.trim() == "event")
    };
    entries.iter().filter_map(event).collect()
}

fn scenario(reader: &mut Reader<'_>, name: ScenarioName, place: &Place<'_>, names: &Names<'_>) -> Option<Scenario> {
    let mut table = reader.table(place)?;
    let title = reader.take(&mut table, "title");
    let on = reader.need(&mut table, "on", "on = \"follow\", or \"enter segment '…'\"");
    let class = reader.take(&mut table, "class");
    let goal = reader.take(&mut table, "goal");
    let reentry = reader.take(&mut table, "reentry");
    let priority = reader.take(&mut table, "priority");
    let steps = reader.need(&mut table, "steps", "steps = [{ id = \"thanks\", send = \"thanks\" }]");
    reader.finish(table);

    let trigger = on.and_then(|place| trigger(reader, &place, names));
    let title = title.and_then(|place| reader.text(&place).map(ToOwned::to_owned));
    let class = class.map(|place| read_class(reader, &place));
    let goal = goal.map(|place| read_goal(reader, &place, names.schema));
    let reentry = reentry.map(|place| read_reentry(reader, &place));
    let priority = priority.map(|place| reader.whole(&place, -1_000_000, 1_000_000));
    let steps = steps.and_then(|place| steps::read(reader, &place, names));

    let mut scenario = Scenario::new(name, trigger?);
    scenario.title = title;
    scenario.steps = steps?;
    if let Some(class) = class {
        scenario.class = class?;
    }
    if let Some(goal) = goal {
        scenario.goal = Some(goal?);
    }
    if let Some(reentry) = reentry {
        scenario.reentry = reentry?;
    }
    if let Some(priority) = priority {
        scenario.priority = i32::try_from(priority?).ok()?;
    }
    Some(scenario)
}

fn trigger(reader: &mut Reader<'_>, place: &Place<'_>, names: &Names<'_>) -> Option<Trigger> {
    let text = reader.text(place)?;
    let (words, name) = match text.split_once('\'') {
        None => (text.trim(), None),
        Some((words, rest)) => match rest.strip_suffix('\'') {
            Some(name) => (words.trim(), Some(name)),
            None => {
                reader.fault_at(place, Code::Value, "this quote is not closed", Some("enter segment '…'".into()));
                return None;
            }
        },
    };
    let any = |name: Option<&str>| name.map(Into::into);
    match (words, name) {
        ("follow", None) => Some(Trigger::Follow),
        ("refollow", None) => Some(Trigger::Refollow),
        ("any follow", None) => Some(Trigger::AnyFollow),
        ("link", None) => Some(Trigger::Link),
        ("order", None) => Some(Trigger::Order),
        ("shipped", None) => Some(Trigger::Shipped),
        ("delivered", None) => Some(Trigger::Delivered),
        ("cancelled", None) => Some(Trigger::Cancelled),
        ("cart", None) => Some(Trigger::Cart),
        ("view", name) => Some(Trigger::View(any(name))),
        ("click", name) => Some(Trigger::Click(any(name))),
        ("message", name) => Some(Trigger::Message(any(name))),
        ("postback", name) => Some(Trigger::Postback(any(name))),
        ("event", Some(name)) => match EventName::new(name) {
            Ok(name) => Some(Trigger::Custom(name)),
            Err(error) => {
                reader.fault_at(place, Code::Value, error.to_string(), None);
                None
            }
        },
        ("tag", Some(name)) => {
            let known = names.schema.tags.keys().map(TagName::as_str);
            let tag: TagName = reader.known_name(place, "tag", name, known)?;
            if names.schema.tags.get(&tag).is_some_and(|rule| rule.when.is_some()) {
                let help = "make its `when` a segment, and write enter segment '…'";
                let message = format!("nobody puts the tag '{tag}' on: its `when` says who has it");
                reader.fault_at(place, Code::Value, message, Some(help.into()));
                return None;
            }
            Some(Trigger::Tag(tag))
        }
        ("redeem", Some(name)) => {
            let known = names.schema.coupons.iter().map(CouponName::as_str);
            reader.known_name(place, "coupon", name, known).map(Trigger::Redeemed)
        }
        ("enter segment" | "leave segment", Some(name)) => {
            let known = names.schema.segments.keys().map(SegmentName::as_str);
            let segment: SegmentName = reader.known_name(place, "segment", name, known)?;
            let predicate = names.schema.segments.get(&segment)?.clone();
            Some(match words {
                "enter segment" => Trigger::Enter(segment, predicate),
                _ => Trigger::Leave(segment, predicate),
            })
        }
        _ => {
            const FORMS: [&str; 18] = [
                "follow",
                "refollow",
                "any follow",
                "link",
                "order",
                "shipped",
                "delivered",
                "cancelled",
                "cart",
                "view",
                "click",
                "message",
                "postback",
                "event '…'",
                "tag '…'",
                "redeem '…'",
                "enter segment '…'",
                "leave segment '…'",
            ];
            let help = match nearest(text, FORMS.iter().copied()) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => FORMS.join(", "),
            };
            reader.fault_at(place, Code::Value, "nothing starts a scenario so", Some(help));
            None
        }
    }
}

fn read_class(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<Class> {
    match reader.text(place)? {
        "promotional" => Some(Class::Promotional),
        "transactional" => Some(Class::Transactional),
        _ => {
            reader.fault_at(place, Code::Value, "there is no such class", Some("promotional or transactional".into()));
            None
        }
    }
}

/// `goal = "order"`, or any expression.
fn read_goal(reader: &mut Reader<'_>, place: &Place<'_>, schema: &Schema) -> Option<Goal> {
    match &place.node.value {
        Raw::Text(text) if text.trim() == "order" => Some(Goal::Order),
        _ => reader.predicate(place, schema).map(Goal::When),
    }
}

fn read_reentry(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<Reentry> {
    let text = reader.text(place)?;
    match text {
        "never" => return Some(Reentry::Never),
        "after end" => return Some(Reentry::AfterEnd),
        _ => {}
    }
    match text.strip_prefix("after ").and_then(|span| span.parse().ok()) {
        Some(span) => Some(Reentry::After(span)),
        None => {
            let help = "never, after end, or after 30d (counted from the last entry)";
            reader.fault_at(place, Code::Value, "there is no such rule of re-entry", Some(help.into()));
            None
        }
    }
}

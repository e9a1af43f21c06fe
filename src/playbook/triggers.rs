//! What starts a scenario, ends it or is waited for, as text: `follow`, `click 'sale'`, `day 1 at 10:00`.

use crate::model::{AttributeName, CouponName, EventName, ProductNews, SegmentName, TagName, ValueKind};
use crate::scenario::{FriendDate, Moment, Trigger};
use crate::segment::{AttributeType, Schema, nearest};

use super::diagnostic::Code;
use super::reader::{Place, Reader};

/// Every form, for hints. Those of the calendar are [`Moment`]'s.
const FORMS: [&str; 22] = [
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
    "restocked",
    "price dropped",
    "running out",
    "by hand",
    "event '…'",
    "tag '…'",
    "redeem '…'",
    "enter segment '…'",
    "leave segment '…'",
];

/// Reads what starts a scenario.
pub(super) fn read(reader: &mut Reader<'_>, place: &Place<'_>, schema: &Schema) -> Option<Trigger> {
    let text = reader.text(place)?;
    match Form::of(text) {
        Some(form) => form.resolve(reader, place, schema),
        None => {
            let help = match nearest(text, FORMS.iter().copied()) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("{}; or a time: monday at 10:00, day 1 at 10:00", FORMS.join(", ")),
            };
            reader.fault_at(place, Code::Value, "nothing starts a scenario so", Some(help));
            None
        }
    }
}

/// Something that happens, where a condition could stand as well; none when it is no such thing.
pub(super) fn read_event(reader: &mut Reader<'_>, place: &Place<'_>, schema: &Schema) -> Option<Option<Trigger>> {
    let text = reader.text(place)?;
    match Form::of(text) {
        Some(Form::Calendar(_)) | None => Some(None),
        Some(form) => form.resolve(reader, place, schema).map(Some),
    }
}

/// A trigger whose names are not looked up yet.
enum Form<'t> {
    Plain(Trigger),
    Named(&'t str, &'t str),
    Calendar(Moment),
}

impl<'t> Form<'t> {
    fn of(text: &'t str) -> Option<Self> {
        // A time may have quotes inside: 3d before reorder of 'SOAP-1' at 10:00.
        Self::of_event(text).or_else(|| text.trim().parse().ok().map(Self::Calendar))
    }

    fn of_event(text: &'t str) -> Option<Self> {
        let (words, name) = match text.split_once('\'') {
            None => (text.trim(), None),
            Some((words, rest)) => (words.trim(), Some(rest.strip_suffix('\'')?)),
        };
        let any = |name: Option<&str>| name.map(Into::into);
        Some(Self::Plain(match (words, name) {
            ("follow", None) => Trigger::Follow,
            ("refollow", None) => Trigger::Refollow,
            ("any follow", None) => Trigger::AnyFollow,
            ("link", None) => Trigger::Link,
            ("order", None) => Trigger::Order,
            ("shipped", None) => Trigger::Shipped,
            ("delivered", None) => Trigger::Delivered,
            ("cancelled", None) => Trigger::Cancelled,
            ("cart", None) => Trigger::Cart,
            ("restocked", None) => Trigger::ProductNews(ProductNews::Restocked),
            ("price dropped", None) => Trigger::ProductNews(ProductNews::PriceDropped),
            ("running out", None) => Trigger::ProductNews(ProductNews::RunningOut),
            ("by hand", None) => Trigger::ByHand,
            ("view", name) => Trigger::View(any(name)),
            ("click", name) => Trigger::Click(any(name)),
            ("message", name) => Trigger::Message(any(name)),
            ("postback", name) => Trigger::Postback(any(name)),
            ("event" | "tag" | "redeem" | "enter segment" | "leave segment", Some(name)) => {
                return Some(Self::Named(words, name));
            }
            _ => return None,
        }))
    }

    fn resolve(self, reader: &mut Reader<'_>, place: &Place<'_>, schema: &Schema) -> Option<Trigger> {
        let (words, name) = match self {
            Self::Plain(trigger) => return Some(trigger),
            Self::Calendar(moment) => {
                check_date(reader, place, moment.date(), schema)?;
                return Some(Trigger::Time(moment));
            }
            Self::Named(words, name) => (words, name),
        };
        match words {
            "event" => match EventName::new(name) {
                Ok(name) => Some(Trigger::Custom(name)),
                Err(error) => {
                    reader.fault_at(place, Code::Value, error.to_string(), None);
                    None
                }
            },
            "tag" => {
                let known = schema.tags.keys().map(TagName::as_str);
                let tag: TagName = reader.known_name(place, "tag", name, known)?;
                if schema.tags.get(&tag).is_some_and(|rule| rule.when.is_some()) {
                    let help = "make its `when` a segment, and write enter segment '…'";
                    let message = format!("nobody puts the tag '{tag}' on: its `when` says who has it");
                    reader.fault_at(place, Code::Value, message, Some(help.into()));
                    return None;
                }
                Some(Trigger::Tag(tag))
            }
            "redeem" => {
                let known = schema.coupons.iter().map(CouponName::as_str);
                reader.known_name(place, "coupon", name, known).map(Trigger::Redeemed)
            }
            _ => {
                let known = schema.segments.keys().map(SegmentName::as_str);
                let segment: SegmentName = reader.known_name(place, "segment", name, known)?;
                let predicate = schema.segments.get(&segment)?.clone();
                Some(match words {
                    "enter segment" => Trigger::Enter(segment, predicate),
                    _ => Trigger::Leave(segment, predicate),
                })
            }
        }
    }
}

/// Makes sure that an attribute a time goes by is a date.
pub(super) fn check_date(
    reader: &mut Reader<'_>,
    place: &Place<'_>,
    date: Option<&FriendDate>,
    schema: &Schema,
) -> Option<()> {
    let Some(attribute) = date.and_then(FriendDate::attribute) else { return Some(()) };
    let known = schema.attributes.keys().map(AttributeName::as_str);
    let attribute: AttributeName = reader.known_name(place, "attribute", attribute.as_str(), known)?;
    if schema.attributes.get(&attribute) == Some(&AttributeType::Of(ValueKind::Date)) {
        return Some(());
    }
    let help = format!("\"{attribute}\" = \"date\" under [attributes]");
    reader.fault_at(place, Code::Type, format!("the attribute '{attribute}' is no date"), Some(help));
    None
}

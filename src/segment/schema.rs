//! What expressions may name.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::model::{
    AttributeName, ChannelName, CouponName, Currency, Decimal, EventName, MessageName, PropertyName, ScenarioName,
    SegmentName, Span, TagName, Value, ValueKind, Zone, parse_date,
};
use crate::rfm::{Cycles, Ranks};

use super::Predicate;

/// What an attribute or property may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttributeType {
    /// Any value of one kind.
    Of(ValueKind),
    /// An amount in the shop's currency, as a number of its major units.
    Money,
    /// One of these texts.
    Choice(Vec<Box<str>>),
}

impl AttributeType {
    /// The kind its values have.
    pub fn kind(&self) -> ValueKind {
        match self {
            Self::Of(kind) => *kind,
            Self::Money => ValueKind::Number,
            Self::Choice(_) => ValueKind::Text,
        }
    }

    /// The value as a field of this type holds it: a date told as text becomes a date. None when it cannot.
    pub fn fit(&self, value: &Value, currency: Currency) -> Option<Value> {
        match (self, value) {
            (Self::Choice(choices), Value::Text(text)) => choices.contains(text).then(|| value.clone()),
            (Self::Choice(_), _) => None,
            (Self::Money, value) => {
                number(value).filter(|n| !n.is_negative() && currency.money(*n).is_ok()).map(Value::Number)
            }
            (Self::Of(ValueKind::Number), value) => number(value).map(Value::Number),
            (Self::Of(ValueKind::Date), Value::Text(text)) => parse_date(text).map(Value::Date),
            (Self::Of(kind), value) if *kind == value.kind() => Some(value.clone()),
            (Self::Of(_), _) => None,
        }
    }

    /// What such a field takes, in words.
    pub fn wanted(&self, currency: Currency) -> String {
        match self {
            Self::Choice(choices) => format!("one of {}", choices.join(", ")),
            Self::Money => format!("an amount of {currency}, zero or more"),
            Self::Of(ValueKind::Date) => "a date such as 2026-01-31".into(),
            Self::Of(ValueKind::List) => "a list of texts".into(),
            Self::Of(kind) => format!("a {kind}"),
        }
    }
}

fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => Some(*number),
        Value::Text(text) => text.parse().ok(),
        _ => None,
    }
}

/// What a tag is, beside its name.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct TagRule {
    /// The group it belongs to: `興味` of `興味/スキンケア`, unless the shop says otherwise.
    pub category: Option<Box<str>>,
    /// How long it holds after it was put on (T5).
    pub expires: Option<Span>,
    /// For a tag nobody puts on: who has it (T2).
    pub when: Option<Predicate>,
}

/// The names an expression may use, and their types.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Schema {
    /// The shop's zone: where its days begin.
    pub zone: Zone,
    /// What money is counted in.
    pub currency: Currency,
    /// Whether messages can say where the shop is found.
    pub shop_url: bool,
    /// Attributes.
    pub attributes: BTreeMap<AttributeName, AttributeType>,
    /// Tags.
    pub tags: BTreeMap<TagName, TagRule>,
    /// The shop's own events, with their properties.
    pub events: BTreeMap<EventName, BTreeMap<PropertyName, AttributeType>>,
    /// What is told of orders beside their lines and total.
    pub order_properties: BTreeMap<PropertyName, AttributeType>,
    /// Channels beside LINE.
    pub channels: BTreeSet<ChannelName>,
    /// Coupons.
    pub coupons: BTreeSet<CouponName>,
    /// Messages.
    pub messages: BTreeSet<MessageName>,
    /// Scenarios.
    pub scenarios: BTreeSet<ScenarioName>,
    /// How customers are ranked.
    pub ranks: Ranks,
    /// How long the shop's goods last.
    pub cycles: Arc<Cycles>,
    /// Segments that are ready to be referred to.
    pub segments: BTreeMap<SegmentName, Predicate>,
}

impl Schema {
    /// Nothing declared, in yen.
    pub fn new(zone: Zone) -> Self {
        Self {
            zone,
            currency: Currency::JPY,
            shop_url: false,
            attributes: BTreeMap::new(),
            tags: BTreeMap::new(),
            events: BTreeMap::new(),
            order_properties: BTreeMap::new(),
            channels: BTreeSet::new(),
            coupons: BTreeSet::new(),
            messages: BTreeSet::new(),
            scenarios: BTreeSet::new(),
            ranks: Ranks::default(),
            cycles: Arc::default(),
            segments: BTreeMap::new(),
        }
    }
}

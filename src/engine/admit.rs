//! Whether an event fits the playbook. Nothing is applied before all of it does.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::model::{AttributeName, Event, Fact, Money, Value, ValueKind, parse_date};
use crate::playbook::Playbook;
use crate::segment::AttributeType;

/// The longest free text an event may bring into a friend's record, in characters.
const MAX_TEXT_CHARS: usize = 1000;

/// Why an event was not taken. The friend is as before.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AdmitError {
    /// A tag the playbook does not declare.
    #[error("the playbook declares no tag '{0}'")]
    UnknownTag(String),
    /// An attribute the playbook does not declare.
    #[error("the playbook declares no attribute '{0}'")]
    UnknownAttribute(String),
    /// A coupon the playbook does not have.
    #[error("the playbook has no coupon '{0}'")]
    UnknownCoupon(String),
    /// A value the attribute cannot have.
    #[error("attribute '{name}' takes {takes}, not {value}")]
    AttributeValue {
        /// Which attribute.
        name: String,
        /// What it takes.
        takes: String,
        /// What came.
        value: String,
    },
    /// Money below zero.
    #[error("{0} is below zero")]
    Negative(&'static str),
    /// A total past the range of money.
    #[error("the lines come to more than can be counted")]
    OutOfRange,
    /// A text too long to keep.
    #[error("{0} has more than {MAX_TEXT_CHARS} characters")]
    TooLong(&'static str),
}

/// The event as the playbook understands it: a date told as text becomes a date.
pub(super) fn admit<'e>(playbook: &Playbook, event: &'e Event) -> Result<Cow<'e, Event>, AdmitError> {
    let schema = playbook.schema();
    match &event.fact {
        Fact::Profile { attributes } => {
            let told = attributes.iter().map(|(name, value)| {
                let known = schema.attributes.get(name);
                let known = known.ok_or_else(|| AdmitError::UnknownAttribute(name.to_string()))?;
                Ok((name.clone(), value.as_ref().map(|value| fit(name, known, value)).transpose()?))
            });
            let attributes = told.collect::<Result<BTreeMap<_, _>, AdmitError>>()?;
            return Ok(Cow::Owned(Event { fact: Fact::Profile { attributes }, ..event.clone() }));
        }
        Fact::Tag { tag } | Fact::Untag { tag } if !schema.tags.contains(tag) => {
            return Err(AdmitError::UnknownTag(tag.to_string()));
        }
        Fact::CouponRedeemed { coupon, .. } if !schema.coupons.contains(coupon) => {
            return Err(AdmitError::UnknownCoupon(coupon.to_string()));
        }
        Fact::Follow { route: Some(route), .. } => short(route, "the route")?,
        Fact::OrderPlaced(order) => {
            not_negative(order.total, "the total of an order")?;
            for line in &order.lines {
                short(&line.sku, "the sku of a line")?;
                not_negative(line.unit_price, "the price of a line")?;
                line.total().ok_or(AdmitError::OutOfRange)?;
            }
        }
        Fact::OrderRefunded { amount, .. } => not_negative(*amount, "a refund")?,
        Fact::Cart(cart) => {
            for line in &cart.lines {
                short(&line.sku, "the sku of a line")?;
                not_negative(line.unit_price, "the price of a line")?;
            }
            cart.total().ok_or(AdmitError::OutOfRange)?;
        }
        _ => {}
    }
    Ok(Cow::Borrowed(event))
}

fn fit(name: &AttributeName, known: &AttributeType, value: &Value) -> Result<Value, AdmitError> {
    let takes = match known {
        AttributeType::Choice(choices) => {
            if let Value::Text(text) = value
                && choices.contains(text)
            {
                return Ok(value.clone());
            }
            format!("one of {}", choices.join(", "))
        }
        AttributeType::Of(kind) => {
            let read = match (kind, value) {
                (ValueKind::Date, Value::Text(text)) => parse_date(text).map(Value::Date),
                (ValueKind::Number, Value::Text(text)) => text.parse().ok().map(Value::Number),
                (ValueKind::Text, Value::Text(text)) => {
                    short(text, "an attribute")?;
                    Some(value.clone())
                }
                (kind, value) if *kind == value.kind() => Some(value.clone()),
                _ => None,
            };
            match read {
                Some(value) => return Ok(value),
                None if *kind == ValueKind::Date => "a date such as 2026-01-31".into(),
                None => format!("a {kind}"),
            }
        }
    };
    let value = value.to_string().chars().take(100).collect();
    Err(AdmitError::AttributeValue { name: name.to_string(), takes, value })
}

fn not_negative(money: Money, what: &'static str) -> Result<(), AdmitError> {
    if money.is_negative() { Err(AdmitError::Negative(what)) } else { Ok(()) }
}

fn short(text: &str, what: &'static str) -> Result<(), AdmitError> {
    if text.chars().nth(MAX_TEXT_CHARS).is_some() { Err(AdmitError::TooLong(what)) } else { Ok(()) }
}

//! Whether an event fits the playbook. Nothing is applied before all of it does.

use core::fmt::Display;
use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::model::{CartLine, Currency, Event, Fact, Money, Order, PropertyName, TagName, Value};
use crate::playbook::Playbook;
use crate::segment::{AttributeType, Schema};

/// The longest free text an event may bring into a friend's record, in characters. What a friend
/// writes may be longer, as LINE lets it be; so much of it is kept.
pub(super) const MAX_TEXT_CHARS: usize = 1000;

/// The most lines an order or a cart may have.
const MAX_LINES: usize = 1000;

/// The most categories one product may be in.
const MAX_CATEGORIES: usize = 20;

/// The most texts a list may hold.
const MAX_LIST: usize = 100;

/// Why an event was not taken. The friend is as before.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AdmitError {
    /// A tag the playbook does not declare.
    #[error("the playbook declares no tag '{0}'")]
    UnknownTag(String),
    /// A tag nobody puts on or takes off, since the playbook says who has it.
    #[error("the tag '{0}' is not put on or taken off: the playbook says who has it")]
    DerivedTag(String),
    /// An attribute the playbook does not declare.
    #[error("the playbook declares no attribute '{0}'")]
    UnknownAttribute(String),
    /// A coupon the playbook does not have.
    #[error("the playbook has no coupon '{0}'")]
    UnknownCoupon(String),
    /// An event the playbook does not declare and no scenario listens to.
    #[error("the playbook declares no event '{0}', and no scenario starts by it")]
    UnknownEvent(String),
    /// A property the playbook does not declare.
    #[error("the playbook declares no property '{name}' of {of}")]
    UnknownProperty {
        /// Of what.
        of: String,
        /// Which.
        name: String,
    },
    /// A channel the playbook does not declare.
    #[error("the playbook declares no channel '{0}'")]
    UnknownChannel(String),
    /// A rich menu the playbook does not have.
    #[error("the playbook has no menu '{0}': of one it does not know tell null")]
    UnknownMenu(String),
    /// A scenario the playbook does not have.
    #[error("the playbook has no scenario '{0}'")]
    UnknownScenario(String),
    /// A value the attribute or property cannot have.
    #[error("{what} '{name}' takes {takes}, not {value}")]
    Value {
        /// `attribute` or `property`.
        what: &'static str,
        /// Which.
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
    /// More of something than is kept.
    #[error("{what}: at most {most} are taken")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// The most.
        most: usize,
    },
}

/// The event as the playbook understands it: a date told as text becomes a date.
pub(super) fn admit<'e>(playbook: &Playbook, event: &'e Event) -> Result<Cow<'e, Event>, AdmitError> {
    let schema = playbook.schema();
    let fitted = match &event.fact {
        Fact::Profile { attributes } => {
            let told = attributes.iter().map(|(name, value)| {
                let takes = schema.attributes.get(name);
                let takes = takes.ok_or_else(|| AdmitError::UnknownAttribute(name.to_string()))?;
                let fit = |value| Field { what: "attribute", name, takes }.fit(value, schema.currency);
                Ok((name.clone(), value.as_ref().map(fit).transpose()?))
            });
            Fact::Profile { attributes: told.collect::<Result<_, AdmitError>>()? }
        }
        Fact::OrderPlaced(order) => {
            not_negative(order.total, "the total of an order")?;
            check_lines(&order.lines)?;
            for line in &order.lines {
                line.total().ok_or(AdmitError::OutOfRange)?;
            }
            if order.properties.is_empty() {
                return Ok(Cow::Borrowed(event));
            }
            let properties = properties(&order.properties, "orders", &schema.order_properties, schema.currency)?;
            Fact::OrderPlaced(Order { properties, ..order.clone() })
        }
        Fact::Custom { name, properties: told } => {
            let declared = schema.events.get(name).ok_or_else(|| AdmitError::UnknownEvent(name.to_string()))?;
            let properties = properties(told, &format!("event '{name}'"), declared, schema.currency)?;
            Fact::Custom { name: name.clone(), properties }
        }
        fact => {
            check(fact, playbook)?;
            return Ok(Cow::Borrowed(event));
        }
    };
    Ok(Cow::Owned(Event { fact: fitted, ..event.clone() }))
}

/// The facts that are taken as they are or not at all.
fn check(fact: &Fact, playbook: &Playbook) -> Result<(), AdmitError> {
    let schema = playbook.schema();
    match fact {
        Fact::Tag { tag } | Fact::Untag { tag } => check_tag(tag, schema),
        Fact::CouponRedeemed { coupon, .. } if !schema.coupons.contains(coupon) => {
            Err(AdmitError::UnknownCoupon(coupon.to_string()))
        }
        Fact::Reachable { channel, .. } if !schema.channels.contains(channel) => {
            Err(AdmitError::UnknownChannel(channel.to_string()))
        }
        Fact::Menu { menu: Some(menu) } if playbook.menus().get(menu.as_str()).is_none() => {
            Err(AdmitError::UnknownMenu(menu.to_string()))
        }
        Fact::ProductNews { product, .. } => short(product, "the product"),
        Fact::Enter { scenario, .. } | Fact::Leave { scenario } if !schema.scenarios.contains(scenario) => {
            Err(AdmitError::UnknownScenario(scenario.to_string()))
        }
        Fact::Enter { about: Some(about), .. } => short(about, "what it is about"),
        Fact::Follow { route: Some(route), .. } => short(route, "the route"),
        Fact::OrderRefunded { amount, .. } => not_negative(*amount, "a refund"),
        Fact::Cart(cart) => {
            check_lines(&cart.lines)?;
            cart.total().map(drop).ok_or(AdmitError::OutOfRange)
        }
        Fact::View { product, categories } => {
            short(product, "the product")?;
            check_categories(categories)
        }
        Fact::Click { link } => short(link, "the link"),
        Fact::Postback { data } => short(data, "the data of a postback"),
        _ => Ok(()),
    }
}

fn check_tag(tag: &TagName, schema: &Schema) -> Result<(), AdmitError> {
    match schema.tags.get(tag) {
        None => Err(AdmitError::UnknownTag(tag.to_string())),
        Some(rule) if rule.when.is_some() => Err(AdmitError::DerivedTag(tag.to_string())),
        Some(_) => Ok(()),
    }
}

fn check_lines(lines: &[CartLine]) -> Result<(), AdmitError> {
    few(lines.len(), MAX_LINES, "lines")?;
    for line in lines {
        short(&line.sku, "the sku of a line")?;
        not_negative(line.unit_price, "the price of a line")?;
        check_categories(&line.categories)?;
    }
    Ok(())
}

fn check_categories(categories: &[Box<str>]) -> Result<(), AdmitError> {
    few(categories.len(), MAX_CATEGORIES, "categories of a product")?;
    categories.iter().try_for_each(|category| short(category, "a category"))
}

fn properties(
    told: &BTreeMap<PropertyName, Value>,
    of: &str,
    declared: &BTreeMap<PropertyName, AttributeType>,
    currency: Currency,
) -> Result<BTreeMap<PropertyName, Value>, AdmitError> {
    let fit = |(name, value): (&PropertyName, &Value)| {
        let unknown = || AdmitError::UnknownProperty { of: of.into(), name: name.to_string() };
        let takes = declared.get(name).ok_or_else(unknown)?;
        Ok((name.clone(), Field { what: "property", name, takes }.fit(value, currency)?))
    };
    told.iter().map(fit).collect()
}

/// An attribute or a property.
struct Field<'a, N> {
    what: &'static str,
    name: &'a N,
    takes: &'a AttributeType,
}

impl<N: Display> Field<'_, N> {
    /// The value as this field holds it.
    fn fit(&self, value: &Value, currency: Currency) -> Result<Value, AdmitError> {
        let fitted = self.takes.fit(value, currency).ok_or_else(|| AdmitError::Value {
            what: self.what,
            name: self.name.to_string(),
            takes: self.takes.wanted(currency),
            value: value.to_string().chars().take(100).collect(),
        })?;
        match &fitted {
            Value::Text(text) => short(text, "a value")?,
            Value::List(texts) => {
                few(texts.len(), MAX_LIST, "texts of a list")?;
                texts.iter().try_for_each(|text| short(text, "a text of a list"))?;
            }
            _ => {}
        }
        Ok(fitted)
    }
}

fn not_negative(money: Money, what: &'static str) -> Result<(), AdmitError> {
    if money.is_negative() { Err(AdmitError::Negative(what)) } else { Ok(()) }
}

fn short(text: &str, what: &'static str) -> Result<(), AdmitError> {
    if text.chars().nth(MAX_TEXT_CHARS).is_some() { Err(AdmitError::TooLong(what)) } else { Ok(()) }
}

fn few(number: usize, most: usize, what: &'static str) -> Result<(), AdmitError> {
    if number > most { Err(AdmitError::TooMany { what, most }) } else { Ok(()) }
}

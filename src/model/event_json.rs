//! Events as JSON: the form that crosses the C ABI and lies in the store's inbox. The documentation of
//! the room shows it, type by type.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    AttributeName, Cart, CartLine, ChannelName, CouponName, Currency, Date, Decimal, DeliveryKey, Event, EventId,
    EventName, Fact, FriendKey, LineUserId, MenuName, Money, MoneyError, Order, OrderId, ProductNews, PropertyName,
    ScenarioName, TagName, Timestamp, Value,
};

/// The longest event, in bytes of JSON.
pub const MAX_EVENT_BYTES: usize = 1 << 20;

impl Event {
    /// Reads an event whose money is in `currency`.
    ///
    /// # Errors
    /// When the text is too long, is not such JSON, or holds money the currency does not know.
    pub fn from_json(json: &[u8], currency: Currency) -> Result<Self, EventError> {
        if json.len() > MAX_EVENT_BYTES {
            return Err(EventError::TooLong { bytes: json.len() });
        }
        let text = core::str::from_utf8(json).map_err(|e| EventError::Utf8 { at: e.valid_up_to() })?;
        let wire: Wire = serde_json::from_str(text).map_err(|e| EventError::Json {
            line: e.line(),
            column: e.column(),
            message: e.to_string(),
        })?;
        wire.into_event(currency)
    }

    /// Writes the event as [`from_json`](Self::from_json) reads it.
    pub fn to_json(&self, currency: Currency) -> String {
        serde_json::to_string(&Wire::from_event(self, currency)).expect("an event has only string keys")
    }
}

/// Why a text is not an event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EventError {
    /// Over [`MAX_EVENT_BYTES`].
    #[error("an event of {bytes} bytes: at most {MAX_EVENT_BYTES} are read")]
    TooLong {
        /// How long it is.
        bytes: usize,
    },
    /// Not UTF-8.
    #[error("not UTF-8 from byte {at}")]
    Utf8 {
        /// The first bad byte.
        at: usize,
    },
    /// Not JSON, or not an event.
    #[error("{message}")]
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong, with its place.
        message: String,
    },
    /// An amount that is not money of the shop's currency.
    #[error("{field}: {why}")]
    Money {
        /// Where.
        field: &'static str,
        /// Why.
        why: MoneyError,
    },
    /// An amount below zero, or zero where nothing else makes sense.
    #[error("{field} must be {must}")]
    Amount {
        /// Where.
        field: &'static str,
        /// What would be right.
        must: &'static str,
    },
}

#[derive(Serialize, Deserialize)]
struct Wire {
    id: EventId,
    friend: FriendKey,
    at: Timestamp,
    #[serde(flatten)]
    fact: WireFact,
}

/// The wire's own mirror of [`Fact`], with money still as decimal text.
#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum WireFact {
    Follow {
        user: LineUserId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unblocked: Option<bool>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        route: Option<Box<str>>,
    },
    Unfollow {},
    Link {
        member: FriendKey,
    },
    Profile {
        attributes: BTreeMap<AttributeName, Option<WireValue>>,
    },
    Tag {
        tag: TagName,
    },
    Untag {
        tag: TagName,
    },
    OrderPlaced {
        order: OrderId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        placed_at: Option<Timestamp>,
        total: Decimal,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        lines: Vec<WireLine>,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        properties: BTreeMap<PropertyName, WireValue>,
    },
    OrderShipped {
        order: OrderId,
    },
    OrderDelivered {
        order: OrderId,
    },
    OrderCancelled {
        order: OrderId,
    },
    OrderRefunded {
        order: OrderId,
        amount: Decimal,
    },
    Cart {
        lines: Vec<WireLine>,
    },
    View {
        product: Box<str>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        categories: Vec<Box<str>>,
    },
    Click {
        link: Box<str>,
    },
    Message {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<Box<str>>,
    },
    Postback {
        data: Box<str>,
    },
    CouponRedeemed {
        coupon: CouponName,
        code: Box<str>,
        order: OrderId,
    },
    Custom {
        name: EventName,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        properties: BTreeMap<PropertyName, WireValue>,
    },
    Reachable {
        channel: ChannelName,
        reachable: bool,
    },
    Delivered {
        delivery: DeliveryKey,
    },
    Consent {
        promotions: bool,
    },
    Chat {
        open: bool,
    },
    Menu {
        menu: Option<MenuName>,
    },
    ProductNews {
        product: Box<str>,
        news: ProductNews,
    },
    Enter {
        scenario: ScenarioName,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        about: Option<Box<str>>,
    },
    Leave {
        scenario: ScenarioName,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireLine {
    sku: Box<str>,
    quantity: u32,
    unit_price: Decimal,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    categories: Vec<Box<str>>,
}

/// Attributes and properties as plain JSON; the playbook's declaration says whether a string is a date.
#[derive(Serialize, Deserialize)]
#[serde(untagged, expecting = "a value is true, false, a whole number, a string or a list of strings")]
enum WireValue {
    Flag(bool),
    Whole(i64),
    Text(Box<str>),
    List(BTreeSet<Box<str>>),
}

impl Wire {
    fn into_event(self, currency: Currency) -> Result<Event, EventError> {
        let Self { id, friend, at, fact } = self;
        let fact = match fact {
            WireFact::Follow { user, unblocked, route } => Fact::Follow { user, unblocked, route },
            WireFact::Unfollow {} => Fact::Unfollow,
            WireFact::Link { member } => Fact::Link { member },
            WireFact::Profile { attributes } => Fact::Profile { attributes: read_attributes(attributes)? },
            WireFact::Tag { tag } => Fact::Tag { tag },
            WireFact::Untag { tag } => Fact::Untag { tag },
            WireFact::OrderPlaced { order, placed_at, total, lines, properties } => Fact::OrderPlaced(Order {
                id: order,
                placed_at: placed_at.unwrap_or(at),
                total: amount(total, currency, "total")?,
                lines: read_lines(lines, currency)?,
                properties: read_properties(properties)?,
            }),
            WireFact::OrderShipped { order } => Fact::OrderShipped { order },
            WireFact::OrderDelivered { order } => Fact::OrderDelivered { order },
            WireFact::OrderCancelled { order } => Fact::OrderCancelled { order },
            WireFact::OrderRefunded { order, amount: back } => {
                let back = amount(back, currency, "amount")?;
                if back == Money::ZERO {
                    return Err(EventError::Amount { field: "amount", must: "above zero" });
                }
                Fact::OrderRefunded { order, amount: back }
            }
            WireFact::Cart { lines } => Fact::Cart(Cart { lines: read_lines(lines, currency)? }),
            WireFact::View { product, categories } => Fact::View { product, categories },
            WireFact::Click { link } => Fact::Click { link },
            WireFact::Message { text } => Fact::Message { text },
            WireFact::Postback { data } => Fact::Postback { data },
            WireFact::CouponRedeemed { coupon, code, order } => Fact::CouponRedeemed { coupon, code, order },
            WireFact::Custom { name, properties } => Fact::Custom { name, properties: read_properties(properties)? },
            WireFact::Reachable { channel, reachable } => Fact::Reachable { channel, reachable },
            WireFact::Delivered { delivery } => Fact::Delivered { delivery },
            WireFact::Consent { promotions } => Fact::Consent { promotions },
            WireFact::Chat { open } => Fact::Chat { open },
            WireFact::Menu { menu } => Fact::Menu { menu },
            WireFact::ProductNews { product, news } => Fact::ProductNews { product, news },
            WireFact::Enter { scenario, about } => Fact::Enter { scenario, about },
            WireFact::Leave { scenario } => Fact::Leave { scenario },
        };
        Ok(Event { id, friend, at, fact })
    }

    fn from_event(event: &Event, currency: Currency) -> Self {
        let fact = match event.fact.clone() {
            Fact::Follow { user, unblocked, route } => WireFact::Follow { user, unblocked, route },
            Fact::Unfollow => WireFact::Unfollow {},
            Fact::Link { member } => WireFact::Link { member },
            Fact::Profile { attributes } => WireFact::Profile {
                attributes: attributes.into_iter().map(|(name, value)| (name, value.map(wire_value))).collect(),
            },
            Fact::Tag { tag } => WireFact::Tag { tag },
            Fact::Untag { tag } => WireFact::Untag { tag },
            Fact::OrderPlaced(order) => WireFact::OrderPlaced {
                order: order.id,
                placed_at: Some(order.placed_at).filter(|placed| *placed != event.at),
                total: decimal(order.total, currency),
                lines: write_lines(order.lines, currency),
                properties: write_properties(order.properties),
            },
            Fact::OrderShipped { order } => WireFact::OrderShipped { order },
            Fact::OrderDelivered { order } => WireFact::OrderDelivered { order },
            Fact::OrderCancelled { order } => WireFact::OrderCancelled { order },
            Fact::OrderRefunded { order, amount } => {
                WireFact::OrderRefunded { order, amount: decimal(amount, currency) }
            }
            Fact::Cart(cart) => WireFact::Cart { lines: write_lines(cart.lines, currency) },
            Fact::View { product, categories } => WireFact::View { product, categories },
            Fact::Click { link } => WireFact::Click { link },
            Fact::Message { text } => WireFact::Message { text },
            Fact::Postback { data } => WireFact::Postback { data },
            Fact::CouponRedeemed { coupon, code, order } => WireFact::CouponRedeemed { coupon, code, order },
            Fact::Custom { name, properties } => WireFact::Custom { name, properties: write_properties(properties) },
            Fact::Reachable { channel, reachable } => WireFact::Reachable { channel, reachable },
            Fact::Delivered { delivery } => WireFact::Delivered { delivery },
            Fact::Consent { promotions } => WireFact::Consent { promotions },
            Fact::Chat { open } => WireFact::Chat { open },
            Fact::Menu { menu } => WireFact::Menu { menu },
            Fact::ProductNews { product, news } => WireFact::ProductNews { product, news },
            Fact::Enter { scenario, about } => WireFact::Enter { scenario, about },
            Fact::Leave { scenario } => WireFact::Leave { scenario },
        };
        Self { id: event.id.clone(), friend: event.friend.clone(), at: event.at, fact }
    }
}

fn amount(decimal: Decimal, currency: Currency, field: &'static str) -> Result<Money, EventError> {
    let money = currency.money(decimal).map_err(|why| EventError::Money { field, why })?;
    if money.is_negative() {
        return Err(EventError::Amount { field, must: "zero or more" });
    }
    Ok(money)
}

fn decimal(money: Money, currency: Currency) -> Decimal {
    Decimal::from_parts(money.minor(), currency.exponent()).expect("money that was read has at most 18 digits")
}

fn read_lines(lines: Vec<WireLine>, currency: Currency) -> Result<Vec<CartLine>, EventError> {
    let read = |line: WireLine| {
        let unit_price = amount(line.unit_price, currency, "unit_price")?;
        Ok(CartLine { sku: line.sku, quantity: line.quantity, unit_price, categories: line.categories })
    };
    lines.into_iter().map(read).collect()
}

fn write_lines(lines: Vec<CartLine>, currency: Currency) -> Vec<WireLine> {
    let write = |line: CartLine| WireLine {
        sku: line.sku,
        quantity: line.quantity,
        unit_price: decimal(line.unit_price, currency),
        categories: line.categories,
    };
    lines.into_iter().map(write).collect()
}

fn read_attributes(
    attributes: BTreeMap<AttributeName, Option<WireValue>>,
) -> Result<BTreeMap<AttributeName, Option<Value>>, EventError> {
    let read = |value| read_value(value, "attributes");
    attributes.into_iter().map(|(name, value)| Ok((name, value.map(read).transpose()?))).collect()
}

fn read_properties(properties: BTreeMap<PropertyName, WireValue>) -> Result<BTreeMap<PropertyName, Value>, EventError> {
    properties.into_iter().map(|(name, value)| Ok((name, read_value(value, "properties")?))).collect()
}

fn write_properties(properties: BTreeMap<PropertyName, Value>) -> BTreeMap<PropertyName, WireValue> {
    properties.into_iter().map(|(name, value)| (name, wire_value(value))).collect()
}

fn read_value(value: WireValue, field: &'static str) -> Result<Value, EventError> {
    match value {
        WireValue::Flag(yes) => Ok(Value::Flag(yes)),
        WireValue::Text(text) => Ok(Value::Text(text)),
        WireValue::List(texts) => Ok(Value::List(texts)),
        WireValue::Whole(n) => {
            Decimal::whole(n).map(Value::Number).ok_or(EventError::Amount { field, must: "of at most 18 digits" })
        }
    }
}

fn wire_value(value: Value) -> WireValue {
    match value {
        Value::Flag(yes) => WireValue::Flag(yes),
        Value::Text(text) => WireValue::Text(text),
        Value::List(texts) => WireValue::List(texts),
        Value::Number(n) => match n.scaled(0) {
            Some(whole) => WireValue::Whole(whole),
            None => WireValue::Text(n.to_string().into()),
        },
        Value::Date(date) => WireValue::Text(date_text(date)),
    }
}

fn date_text(date: Date) -> Box<str> {
    date.to_string().into()
}

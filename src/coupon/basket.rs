//! What coupons are reckoned on.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::{CartLine, Channel, CheckoutId, Money, Rate};

use super::Tax;
use super::margin::CostError;

/// A cart at the checkout: goods, charges, and how it is paid, sent and ordered.
///
/// Only goods and charges: what a cart keeps as lines below zero, such as its own discounts and points paid with, is
/// taken off what [`Quote`](super::Quote) says is to pay. In JSON money is whole minor units.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Basket {
    /// The goods; at most [`MAX_LINES`](Self::MAX_LINES).
    pub lines: Vec<BasketLine>,
    /// What sending them costs.
    pub shipping: Option<Charge>,
    /// What else is charged, such as for cash on delivery. Coupons take nothing off these.
    pub fees: Vec<Charge>,
    /// By what means it is paid, in the shop's own words; nothing while it was not chosen.
    pub payment: Option<Box<str>>,
    /// By what way it is sent, in the shop's own words; nothing while it was not chosen.
    pub shipping_by: Option<Box<str>>,
    /// Where the order comes from.
    pub channel: Channel,
    /// The cart's own name of this try to pay: what a [ledger](super::ledger) holds for it is not in its way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkout: Option<CheckoutId>,
    /// What one piece costs the shop, by the shop's own id of the goods, gifts too: for a
    /// [guard](super::margin::Guard), before what that says of them. All other goods cost what it says.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub costs: BTreeMap<Box<str>, Money>,
}

/// Goods of one kind in a basket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "this is what a line consists of")]
pub struct BasketLine {
    /// The cart's own id of the line, once in a basket. What cannot be shared out evenly goes to the id that comes first.
    pub id: Box<str>,
    /// The shop's own id of the goods.
    pub sku: Box<str>,
    /// The categories the shop has the goods in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<Box<str>>,
    /// The price of one, as the shop shows it: with tax or without.
    pub unit_price: Money,
    /// How many.
    pub quantity: u32,
    /// The tax on it.
    pub tax: Tax,
}

/// A charge beside the goods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "this is what a charge consists of")]
pub struct Charge {
    /// How much, as the shop shows it: with tax or without.
    pub price: Money,
    /// The tax on it.
    pub tax: Tax,
}

impl Basket {
    /// The most lines one basket can have.
    pub const MAX_LINES: usize = 2_000;

    /// Goods of which only is known what a cart tells of them: prices with a tax of that rate. Lines are named by their
    /// place, `0001` the first.
    pub fn of_goods(goods: &[CartLine], tax_included: Rate) -> Self {
        let line = |(place, line): (usize, &CartLine)| BasketLine {
            id: format!("{:04}", place + 1).into(),
            sku: line.sku.clone(),
            categories: line.categories.clone(),
            unit_price: line.unit_price,
            quantity: line.quantity,
            tax: Tax::included(tax_included),
        };
        Self { lines: goods.iter().enumerate().map(line).collect(), ..Self::default() }
    }
}

/// Why no coupon can be reckoned on a basket.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BasketError {
    /// A line that costs less than nothing.
    #[error("line `{id}` costs less than nothing: take discounts of the cart's own off what is to pay")]
    NegativeLine {
        /// Which.
        id: Box<str>,
    },
    /// A charge below nothing.
    #[error("a charge is less than nothing: take discounts of the cart's own off what is to pay")]
    NegativeCharge,
    /// Two lines of one id.
    #[error("two lines have the id `{id}`: each needs its own")]
    LineTwice {
        /// Which.
        id: Box<str>,
    },
    /// More lines than can be looked at in bounded time.
    #[error("{lines} lines: at most {} can be reckoned on", Basket::MAX_LINES)]
    TooManyLines {
        /// How many there are.
        lines: usize,
    },
    /// What something costs the shop is not known, and a guard asks for it.
    #[error(transparent)]
    Cost(#[from] CostError),
    /// More than money can count.
    #[error("the basket comes to more than can be counted")]
    OutOfRange,
}

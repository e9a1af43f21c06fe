//! What an order costs the shop.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::coupon::{Basket, BasketLine};
use crate::model::{CartLine, Money, Rate};

use super::account::Fine;

/// What an order costs the shop, and what must be left of it.
///
/// All of it in the terms in which prices are: where prices have tax in them, so have costs; where they are without, costs
/// are too. A shop that has both kinds of prices has no one margin, and none is reckoned here.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Costs {
    /// What one piece costs, by the shop's own id of the goods. Gifts cost this too.
    pub skus: BTreeMap<Box<str>, Money>,
    /// The margin of a category, for goods whose cost is not known: a share of their price. Of several the lowest counts.
    pub rates: BTreeMap<Box<str>, Rate>,
    /// The margin of all other goods. Without one their cost is unknown, which is an error and never nothing.
    pub otherwise: Option<Rate>,
    /// What sending an order costs the shop. It counts where a coupon pays for it.
    pub shipping: Option<Money>,
    /// What the usual points are worth, as a share of what is paid for the goods.
    pub points_worth: Rate,
    /// What one message costs, in thousandths of a minor unit: a LINE message of 2.8 yen is 2,800.
    pub message: u32,
    /// How many messages are sent until a coupon is used once.
    pub messages_per_use: u32,
    /// What must be left of what is paid for the goods: `0%` is no loss.
    pub floor: Rate,
}

/// Goods of the shop. In JSON money is whole minor units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "this is what a margin hangs on")]
pub struct Product {
    /// The shop's own id of them.
    pub sku: Box<str>,
    /// The categories the shop has them in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<Box<str>>,
    /// The price of one, as the shop shows it.
    pub price: Money,
}

impl Default for Costs {
    /// Nothing known of any goods, no other costs, and no loss allowed.
    fn default() -> Self {
        let nothing = Rate::from_ppm(0).expect("nothing is less than the whole");
        Self {
            skus: BTreeMap::new(),
            rates: BTreeMap::new(),
            otherwise: None,
            shipping: None,
            points_worth: nothing,
            message: 0,
            messages_per_use: 0,
            floor: nothing,
        }
    }
}

impl Costs {
    /// With what these goods cost.
    #[must_use]
    pub fn with_skus<S: Into<Box<str>>>(mut self, costs: impl IntoIterator<Item = (S, Money)>) -> Self {
        self.skus.extend(costs.into_iter().map(|(sku, cost)| (sku.into(), cost)));
        self
    }

    /// What a line of an order cost, a part of a unit taken for a whole one; none where nobody said.
    pub fn of_cart_line(&self, line: &CartLine) -> Option<Money> {
        let one = self.of_piece(None, &line.sku, &line.categories, line.unit_price).ok()?;
        Some(one.times(line.quantity.into()).ceil())
    }

    /// What one piece of a line costs.
    pub(super) fn of_line(&self, basket: &Basket, line: &BasketLine) -> Result<Fine, CostError> {
        self.of_piece(basket.costs.get(&line.sku), &line.sku, &line.categories, line.unit_price)
    }

    /// What one piece costs that is sold at this price.
    pub(super) fn of_product(&self, product: &Product) -> Result<Fine, CostError> {
        self.of_piece(None, &product.sku, &product.categories, product.price)
    }

    fn of_piece(
        &self,
        told: Option<&Money>,
        sku: &str,
        categories: &[Box<str>],
        price: Money,
    ) -> Result<Fine, CostError> {
        if let Some(cost) = told.or_else(|| self.skus.get(sku)) {
            return if cost.is_negative() { Err(CostError::Negative { sku: sku.into() }) } else { Ok(Fine::of(*cost)) };
        }
        let rate = categories.iter().filter_map(|category| self.rates.get(category)).min().copied();
        match rate.or(self.otherwise) {
            Some(margin) => Ok(Fine::part(price, Rate::ONE.ppm() - margin.ppm())),
            None => Err(CostError::Unknown { sku: sku.into() }),
        }
    }

    /// What one piece of a gift costs. Nothing is paid for it, so that no share of a price tells it.
    pub(super) fn of_gift(&self, told: Option<&Money>, sku: &str) -> Result<Fine, CostError> {
        match told.or_else(|| self.skus.get(sku)) {
            Some(cost) => self.of_piece(Some(cost), sku, &[], Money::ZERO),
            None => Err(CostError::UnknownGift { sku: sku.into() }),
        }
    }

    /// The messages of so many coupons.
    pub(super) fn of_messages(&self, coupons: usize) -> Fine {
        Fine::thousandths(u64::from(self.message) * u64::from(self.messages_per_use)).times(coupons as u64)
    }
}

/// Why a margin cannot be told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CostError {
    /// Nobody said what these goods cost.
    #[error("what `{sku}` costs is not known: give its cost, the margin of its category, or one for all other goods")]
    Unknown {
        /// Which.
        sku: Box<str>,
    },
    /// Nobody said what this gift costs.
    #[error(
        "what the gift `{sku}` costs is not known: give its cost, since nothing is paid of which it could be a share"
    )]
    UnknownGift {
        /// Which.
        sku: Box<str>,
    },
    /// A coupon pays for the shipping, and nobody said what that costs.
    #[error("what shipping costs is not known, and a coupon pays for it")]
    UnknownShipping,
    /// Costs or a price below nothing.
    #[error("the cost or the price of `{sku}` is less than nothing")]
    Negative {
        /// Of what.
        sku: Box<str>,
    },
}

//! What lies in a shopper's cart.

use serde::{Deserialize, Serialize};

use super::Money;

/// A cart as it stands: carts report whole snapshots, since several emit no "removed" (carts 3.6).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cart {
    /// The lines; none means the cart was emptied.
    pub lines: Vec<CartLine>,
}

impl Cart {
    /// The sum of the lines, or `None` past the range of money.
    pub fn total(&self) -> Option<Money> {
        self.lines.iter().try_fold(Money::ZERO, |sum, line| sum.checked_add(line.total()?))
    }
}

/// One line of a cart. Its order means nothing and only makes ties fall the same way everywhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CartLine {
    /// The shop's own id of the goods.
    pub sku: Box<str>,
    /// How many.
    pub quantity: u32,
    /// The price of one, tax included.
    pub unit_price: Money,
    /// The categories the shop has the goods in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<Box<str>>,
}

impl CartLine {
    /// Quantity times price, or `None` past the range of money.
    pub fn total(&self) -> Option<Money> {
        self.unit_price.checked_mul(i64::from(self.quantity))
    }
}

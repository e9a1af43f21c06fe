//! Beside which others a coupon is taken, and in which order.

/// Beside which others a coupon is taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stacking {
    /// Alone, or beside others of its group.
    pub with: With,
    /// Lower goes first; then by name.
    pub order: i32,
    /// Of what a rate is taken when others went before.
    pub base: Base,
}

/// Beside which others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum With {
    /// Beside none.
    #[default]
    Alone,
    /// Beside those of the same group, and those that go beside all.
    Group(Box<str>),
    /// Beside all but those that stand alone.
    All,
}

impl With {
    /// Can the two be on one order, as far as they themselves go? The same either way round.
    pub fn goes_beside(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Alone, _) | (_, Self::Alone) => false,
            (Self::All, _) | (_, Self::All) => true,
            (Self::Group(one), Self::Group(another)) => one == another,
        }
    }
}

/// Of what a rate is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "there is a before and an after")]
pub enum Base {
    /// Of what is left after the coupons before it.
    #[default]
    Running,
    /// Of the price before any coupon; never more than is left.
    Initial,
}

/// How the coupons of a shop are put together on one cart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Combining {
    /// So many at most on one order.
    pub at_most: usize,
    /// For whom the best is looked for.
    pub best_for: BestFor,
}

/// For whom the best combination is looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "two sit at this table")]
pub enum BestFor {
    /// The most money off.
    #[default]
    Customer,
    /// The least money off among combinations that no further coupon could be added to.
    Shop,
}

impl Default for Combining {
    /// Three on one order, the best for the customer.
    fn default() -> Self {
        Self { at_most: 3, best_for: BestFor::Customer }
    }
}

//! How often a coupon can be used, and for how much in all.

use core::num::NonZeroU32;

use crate::model::{Money, Window};

/// How often a coupon can be used, and for how much in all. Reservations count as uses until they expire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Uses of one issued code; once when none is told. A [shared](super::Codes::Shared) code is bounded by
    /// the others alone.
    pub per_code: Option<NonZeroU32>,
    /// Uses by one friend.
    pub per_friend: Option<NonZeroU32>,
    /// Uses by all.
    pub in_total: Option<NonZeroU32>,
    /// Uses by all within a window.
    pub per_window: Option<(NonZeroU32, Window)>,
    /// The sum of all discounts.
    pub budget: Option<Budget>,
}

impl Limits {
    /// The most one use may come to, where that is taken from the budget at issue.
    pub fn promised_per_use(&self) -> Option<Money> {
        match self.budget?.reserved {
            ReservedAt::Issue { most } => Some(most),
            ReservedAt::Reserve => None,
        }
    }

    /// The most all uses of one code may come to, where that is taken from the budget at issue.
    pub fn promised_per_code(&self) -> Option<Money> {
        let uses = i64::from(self.per_code.map_or(1, NonZeroU32::get));
        // A sum out of range is past every budget.
        self.promised_per_use().map(|most| most.checked_mul(uses).unwrap_or(Money::from_minor(i64::MAX)))
    }
}

/// The most a coupon may cost in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "a sum, and when it is taken")]
pub struct Budget {
    /// The sum.
    pub sum: Money,
    /// When a discount is taken from it.
    pub reserved: ReservedAt,
}

/// When a discount is taken from the budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "a coupon is issued, and then used on an order")]
pub enum ReservedAt {
    /// When it is reserved for an order: the discount itself. More may be issued than can be used.
    Reserve,
    /// When it is issued: the most it can give, so that no promise is broken. Only a coupon whose discount has a
    /// most can do so.
    Issue {
        /// The most one can give.
        most: Money,
    },
}

//! What a coupon gives.

use core::num::NonZeroU32;

use crate::model::{Money, Rate};

/// What a coupon gives (P1).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Benefit {
    /// So much off, at most the price of the goods in scope.
    Amount(Money),
    /// A share off the goods in scope.
    Rate {
        /// The share.
        rate: Rate,
        /// The most it gives.
        up_to: Option<Money>,
        /// What becomes of a part of a unit.
        rounding: Rounding,
    },
    /// The shipping charge.
    FreeShipping {
        /// The most it gives.
        up_to: Option<Money>,
    },
    /// Points for the goods in scope, so many times over: the cart reckons points, this says how often.
    Points {
        /// In hundredths: 200 is double points. Over 100.
        hundredths: u32,
    },
    /// Goods laid in with the order. Not of the cart, so that they take nothing off it.
    Gift {
        /// The shop's own id of them.
        sku: Box<str>,
        /// How many.
        pieces: NonZeroU32,
    },
    /// Of every so many pieces in scope some cost less: the cheapest of the cart, so that a dear one
    /// never pays for a cheap one more than was meant.
    BuyGet(BuyGet),
    /// One of several, by how far the friend or the cart has come (P3).
    Tiered(Tiers),
}

impl Benefit {
    /// The most it takes off one order, whatever is in it: none where nothing bounds it, nothing for points and gifts.
    ///
    /// ```
    /// use enishi::coupon::{Benefit, Rounding};
    /// use enishi::model::Money;
    /// let two_thousand = Money::from_minor(2000);
    /// let tenth = |up_to| Benefit::Rate { rate: "10%".parse().unwrap(), up_to, rounding: Rounding::Down };
    /// assert_eq!(tenth(Some(two_thousand)).most(), Some(two_thousand));
    /// assert_eq!(tenth(None).most(), None);
    /// ```
    pub fn most(&self) -> Option<Money> {
        match self {
            Self::Amount(amount) => Some(*amount),
            Self::Rate { up_to, .. } | Self::FreeShipping { up_to } => *up_to,
            Self::Points { .. } | Self::Gift { .. } => Some(Money::ZERO),
            Self::BuyGet(_) => None,
            Self::Tiered(tiers) => {
                tiers.steps.iter().try_fold(Money::ZERO, |most, (_, benefit)| Some(most.max(benefit.most()?)))
            }
        }
    }
}

/// "Buy two, get one at half the price."
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "this is what the offer consists of")]
pub struct BuyGet {
    /// Pieces at the full price.
    pub buy: NonZeroU32,
    /// Pieces that cost less for these.
    pub get: NonZeroU32,
    /// By how much: all of it makes them gifts out of the cart.
    pub off: Rate,
    /// How often in one cart; as often as it comes out when none.
    pub at_most: Option<NonZeroU32>,
}

/// Benefits by level.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tiers {
    /// What is measured.
    pub by: Measure,
    /// From which level on what is given, rising; the last reached counts. None of them is tiered again.
    pub steps: Vec<(u64, Benefit)>,
}

impl Tiers {
    /// Steps by what they are reached from, in any order.
    pub fn new(by: Measure, mut steps: Vec<(u64, Benefit)>) -> Self {
        steps.sort_by_key(|(from, _)| *from);
        Self { by, steps }
    }
}

/// By what a tier is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Measure {
    /// The eligible subtotal, in minor units.
    Subtotal,
    /// The friend's orders that count, before this one.
    Orders,
    /// What these came to, in minor units.
    Spent,
}

/// What becomes of a part of a unit of money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rounding {
    /// Dropped: toward the shop (semantics 4.12).
    #[default]
    Down,
    /// A half and more is a whole.
    HalfUp,
    /// Always a whole: toward the friend.
    Up,
}

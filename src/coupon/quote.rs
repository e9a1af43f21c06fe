//! What coupons do to a basket.

use core::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use crate::model::{CouponName, Money, Timestamp};

use super::{NotApplied, TaxTotal};

/// What coupons do to a basket, to the last unit of money. In JSON money is whole minor units.
///
/// `listed` − `discount` + tax on top of prices without = `to_pay` = the sum of `gross` over `taxes`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Quote {
    /// The goods, in the order of the basket.
    pub lines: Vec<QuotedLine>,
    /// The shipping, if the basket has any.
    pub shipping: Option<QuotedCharge>,
    /// All prices as the basket has them, shipping and fees too: with tax where they have it in, else without.
    pub listed: Money,
    /// What is taken off them. Never more than goods and shipping come to (X43).
    pub discount: Money,
    /// What is on the invoice, by tax rate, lowest first; fees are in it.
    pub taxes: Vec<TaxTotal>,
    /// What is to be paid, with all tax.
    pub to_pay: Money,
    /// Goods to be laid in with the order.
    pub gifts: Vec<Gift>,
    /// The coupons that were taken, in the order in which they were. Each gave something.
    pub taken: Vec<TakenCoupon>,
    /// Those that were not, in the order of the candidates.
    pub refused: Vec<RefusedCoupon>,
    /// Was every combination looked at?
    pub search: Search,
}

/// One line after coupons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct QuotedLine {
    /// The line's id in the basket.
    pub id: Box<str>,
    /// Quantity times price, as the basket has it.
    pub price: Money,
    /// What is taken off it; at most all of it.
    pub discount: Money,
    /// How many times the usual points it brings, in hundredths: 100 is the usual. Where several coupons give more, what
    /// each gives over the usual is added up: 200 and 300 make 400.
    pub points: u32,
}

/// A charge after coupons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct QuotedCharge {
    /// As the basket has it.
    pub price: Money,
    /// What is taken off it; at most all of it.
    pub discount: Money,
}

/// Goods laid in with an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Gift {
    /// The shop's own id of them.
    pub sku: Box<str>,
    /// How many.
    pub pieces: NonZeroU32,
}

/// What one coupon did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TakenCoupon {
    /// Which: its place among the candidates.
    pub candidate: usize,
    /// Its rule.
    pub coupon: CouponName,
    /// The friend's own code, if it is held.
    pub code: Option<Box<str>>,
    /// The first instant at which the one in hand, or everybody's, is no longer valid: a reservation asks for it.
    pub valid_until: Option<Timestamp>,
    /// What it takes off in all: the sum of `lines` and `shipping`.
    pub discount: Money,
    /// What it would have taken off, where the [guard](super::margin::Guard) of the margin let it take off less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capped_from: Option<Money>,
    /// What it takes off each line, in the order of the basket.
    pub lines: Vec<Money>,
    /// What it takes off the shipping.
    pub shipping: Money,
    /// The points it gives for its goods, in hundredths of the usual, if it gives any.
    pub points: Option<u32>,
    /// What it lays in, if it does.
    pub gift: Option<Gift>,
}

/// A coupon that gave nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RefusedCoupon {
    /// Which: its place among the candidates.
    pub candidate: usize,
    /// Its rule.
    pub coupon: CouponName,
    /// The friend's own code, if it is held.
    pub code: Option<Box<str>>,
    /// Why, and how far away it is.
    #[serde(flatten)]
    pub why: NotApplied,
}

/// How far the search for the best combination came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "it was finished, or it was not")]
pub enum Search {
    /// There is no better combination.
    Complete,
    /// There may be a better one; see [`Checkout::quote`](super::Checkout::quote) for how much.
    CutShort {
        /// No combination takes off more than this.
        most: Money,
    },
}

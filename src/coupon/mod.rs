//! Coupons: what they are worth, to whom, and the codes that prove it.
//!
//! A [`Coupon`] is a rule. Issued to a friend it has a [`Code`], which a [`KeyRing`] makes and
//! verifies without a lookup. At the [`Checkout`] the coupons a friend holds and types in become a [`Quote`]: what each
//! takes off every line of a [`Basket`], what tax is on it, and why others do nothing. How often it was used,
//! and what that cost, stands in the [`ledger`].

mod basket;
mod benefit;
mod bill;
mod check_symbol;
mod checkout;
mod code;
mod codes;
mod combine;
mod keys;
pub mod ledger;
mod limits;
pub mod margin;
mod not_applied;
mod offer;
mod prices;
mod qualify;
mod quote;
mod rule;
mod scope;
mod serial;
mod share;
mod stacking;
mod tax;
mod typed;
mod validity;

pub use basket::{Basket, BasketError, BasketLine, Charge};
pub use benefit::{Benefit, BuyGet, Measure, Rounding, Tiers};
pub use checkout::{Barred, Candidate, Checkout};
pub use code::{Code, CodeError};
pub use codes::{Codes, SharedCode, SharedCodeError};
pub use keys::{KeyError, KeyRing, Verified};
pub use limits::{Budget, Limits, ReservedAt};
pub use not_applied::NotApplied;
pub use quote::{Gift, Quote, QuotedCharge, QuotedLine, RefusedCoupon, Search, TakenCoupon};
pub use rule::Coupon;
pub use scope::{Scope, Terms};
pub use serial::Serial;
pub use stacking::{Base, BestFor, Combining, Stacking, With};
pub use tax::{Tax, TaxTotal};
pub use typed::{NoCode, Shelf, TypedCode, TypedIs, TypedQuote};
pub use validity::Validity;

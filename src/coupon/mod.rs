//! Coupons: what they are worth, to whom, and the codes that prove it.
//!
//! A [`Coupon`] is a rule. Issued to a friend it has a [`Code`], which a [`KeyRing`] makes and
//! verifies without a lookup; on a cart it gives a [`Quote`] or says why not. How often it was used,
//! and what that cost, stands in the [`ledger`].

mod benefit;
mod check_symbol;
mod code;
mod codes;
mod keys;
pub mod ledger;
mod limits;
mod quote;
mod rule;
mod scope;
mod stacking;
mod validity;

pub use benefit::{Benefit, BuyGet, Measure, Rounding, Tiers};
pub use code::{Code, CodeError, Serial};
pub use codes::Codes;
pub use keys::{KeyError, KeyRing, Verified};
pub use limits::{Budget, Limits, ReservedAt};
pub use quote::{NotApplied, Quote};
pub use rule::Coupon;
pub use scope::{Scope, Terms};
pub use stacking::{Base, BestFor, Combining, Stacking, With};
pub use validity::Validity;

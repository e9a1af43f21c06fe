//! Coupons: what they are worth, to whom, and the codes that prove it.
//!
//! A [`Coupon`] is a rule. Issued to a friend it has a [`Code`], which a [`KeyRing`] makes and
//! verifies without a lookup; on a cart it gives a [`Quote`] or says why not.

mod benefit;
mod check_symbol;
mod code;
mod codes;
mod keys;
mod limits;
mod quote;
mod rule;
mod scope;
mod serial;
mod stacking;
mod validity;

pub use benefit::{Benefit, BuyGet, Measure, Rounding, Tiers};
pub use code::{Code, CodeError};
pub use codes::{Codes, SharedCode, SharedCodeError};
pub use keys::{KeyError, KeyRing, Verified};
pub use limits::{Budget, Limits, ReservedAt};
pub use quote::{NotApplied, Quote};
pub use rule::Coupon;
pub use scope::{Scope, Terms};
pub use serial::Serial;
pub use stacking::{Base, BestFor, Combining, Stacking, With};
pub use validity::Validity;

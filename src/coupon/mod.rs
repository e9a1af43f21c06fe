//! Coupons: what they are worth, to whom, and the codes that prove it.
//!
//! A [`Coupon`] is a rule. Issued to a friend it has a [`Code`], which a [`KeyRing`] makes and
//! verifies without a lookup; on a cart it gives a [`Quote`] or says why not.

mod check_symbol;
mod code;
mod keys;
mod quote;
mod rule;

pub use code::{Code, CodeError, Serial};
pub use keys::{KeyError, KeyRing, Verified};
pub use quote::{NotApplied, Quote};
pub use rule::{Benefit, Coupon};

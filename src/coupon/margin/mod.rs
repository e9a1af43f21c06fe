//! What is left of an order when coupons were taken, and whether it can be too little.
//!
//! [`Costs`] say what an order costs the shop. [`check`] looks at every combination of coupons before any is issued: it
//! proves that none can bring an order below the shop's floor, or shows a basket that one does. A [`Guard`] keeps orders above the
//! floor at the [`Checkout`](super::Checkout).

mod account;
mod bound;
mod check;
mod classes;
mod combinations;
mod costs;
mod guard;
mod ratio;
mod search;
mod simplex;

pub use account::Account;
pub use check::{Checked, Combination, Found, Verdict, check};
pub use costs::{CostError, Costs, Product};
pub(super) use guard::Kept;
pub use guard::{Guard, Then};

//! The life of a use: reserved, redeemed, given back, and counted once however often it is told.
//!
//! Everything here is a value. [`decide`] is asked for one [`Operation`]; it reads the records it needs through
//! a closure and gives a [`ConditionalWrite`]: "if these records still have these versions, these take their
//! place". Whoever holds the records accepts that as a whole or refuses it as a whole, and what was refused is
//! decided anew on fresh records. So no interleaving of any number of tills passes a limit (X42), whether the
//! records lie in memory, in SQLite or in a database of the host.
//!
//! - A reservation counts against every limit until it lapses. Redeemed later it is looked at as a new one: its limits,
//!   its budget and its end. What the cart and the day must be like was asked when it was quoted.
//! - Redeeming twice for one order is redeeming once; for another order it is refused.
//! - Of an order, what was returned only ever grows: telling it again, or out of order, changes nothing (X50).
//! - A budget is never passed, not even by the last order (X44).
//! - Of the coupons of one checkout all are held, or none.

mod ask;
mod books;
mod counter;
mod decide;
mod entry;
mod headroom;
mod issue;
mod key;
mod merge;
mod numbers;
mod one_use;
mod operation;
mod place;
mod record;
mod redeem;
mod refusal;
mod reserve;
mod returned;
mod revoke;
mod roll_back;
mod together;
mod told;
mod uses;
mod write;

pub use ask::{Ask, refusal};
pub use counter::{Counter, WindowCounter};
pub use decide::{Decided, Undecided, decide};
pub use entry::{Entry, Posting};
pub use headroom::{Headroom, NoHeadroom};
pub use key::{Key, KeyColumnsError, UseKey};
pub use one_use::{Stage, Use};
pub use operation::{Issue, Operation, Redeem, RedeemAll, Reserve, ReserveAll, Revoke, RollBack, TakeNumbers, Taken};
pub use record::{CheckoutUses, CodeAccount, Issued, OrderUses, Person, Promise, Record, Totals, Versioned};
pub use refusal::{Full, Refusal};
pub use returned::{Returned, Share};
pub use told::{returned, told};
pub use uses::{Uses, UsesOf, count, uses_on};
pub use write::{Change, ConditionalWrite};

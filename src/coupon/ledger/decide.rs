//! One operation, from what is on record to what is to be written.

use crate::model::Timestamp;

use super::books::Books;
use super::{
    ConditionalWrite, Key, Operation, Refusal, Use, Versioned, issue, merge, numbers, redeem, reserve, revoke,
    roll_back, together,
};

/// What comes of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decided {
    /// What is to be written, and on which condition. Empty when the operation was done before.
    pub write: ConditionalWrite,
    /// The uses it was about, as they are once that is written: one when reserved or redeemed, all those of the order
    /// when rolled back, all those of the checkout when asked together.
    pub uses: Vec<Use>,
}

/// Why nothing comes of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Undecided<E> {
    /// It may not be.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A record could not be read.
    #[error("a record cannot be read")]
    Unread(E),
    /// The holder gave a record of another kind than was asked for.
    #[error("a record is of another kind than its key")]
    Mistaken,
}

/// Decides an operation. `read` gives a record with its version, as it was last written; it is asked for each record
/// once. A handful of records, however many uses there are.
///
/// ```
/// use std::collections::BTreeMap;
/// use std::sync::Arc;
/// use enishi::coupon::{Benefit, Codes, Coupon, ledger::{Operation, Redeem, Reserve, Stage, Versioned, decide}};
/// use enishi::model::*;
/// let mut spring = Coupon::new(CouponName::new("spring")?, Benefit::Amount(Money::from_minor(500)), Span::days(14));
/// spring.codes = Codes::Shared("SPRING26".parse()?);
/// let (coupon, checkout, now) = (Arc::new(spring), CheckoutId::new("cart 1")?, Timestamp::EPOCH);
/// // A holder that forgets nothing and is asked by one till only.
/// let mut records = BTreeMap::new();
/// let mut done = |operation| {
///     let mut read = |key: &_| Ok::<Versioned, ()>(records.get(key).cloned().unwrap_or_default());
///     let decided = decide(&operation, now, &mut read).unwrap();
///     for change in decided.write.changes {
///         assert_eq!(change.version, records.get(&change.key).map_or(0, |kept| kept.version), "nobody was faster");
///         if change.record.is_some() {
///             records.insert(change.key, Versioned { version: change.version + 1, record: change.record });
///         }
///     }
///     decided.uses
/// };
/// done(Operation::Reserve(Reserve {
///     coupon: coupon.clone(),
///     checkout: checkout.clone(),
///     code: None,
///     friend: Some(FriendId(7)),
///     discount: Money::from_minor(500),
///     valid_until: Timestamp::MAX,
///     until: now.plus_millis(15 * 60_000),
///     zone: Zone::TOKYO,
/// }));
/// let uses = done(Operation::Redeem(Redeem { coupon, checkout, order: OrderId::new("39")?, zone: Zone::TOKYO }));
/// assert!(matches!(uses[0].stage, Stage::Redeemed { .. }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When it may not be, or a record could not be read.
pub fn decide<E>(
    operation: &Operation,
    now: Timestamp,
    read: &mut dyn FnMut(&Key) -> Result<Versioned, E>,
) -> Result<Decided, Undecided<E>> {
    let mut books = Books::new(read);
    let uses = match operation {
        Operation::Issue(issue) => issue::issue(&mut books, issue, now)?,
        Operation::Reserve(reserve) => reserve::reserve(&mut books, reserve, now)?,
        Operation::Redeem(redeem) => redeem::redeem(&mut books, redeem, now)?,
        Operation::RedeemedAt(redeem, at) => redeem::redeem(&mut books, redeem, now.min(*at))?,
        Operation::Release(key) => reserve::let_go(&mut books, key, Timestamp::MAX)?,
        Operation::RollBack(roll_back) => roll_back::roll_back(&mut books, roll_back)?,
        Operation::Merge { from, into } => merge::merge(&mut books, *from, *into)?,
        Operation::Revoke(revoke) => revoke::revoke(&mut books, revoke, now)?,
        Operation::TakeNumbers(taken) => numbers::take(&mut books, taken)?,
        Operation::Lapse(Key::Use(key)) => reserve::let_go(&mut books, key, now)?,
        Operation::Lapse(Key::Code(coupon, code)) => issue::lapse(&mut books, coupon, code, now)?,
        Operation::Lapse(_) => Vec::new(),
        Operation::ReserveAll(all) => together::reserve(&mut books, all, now)?,
        Operation::RedeemAll(all) => together::redeem(&mut books, all, now)?,
        Operation::ReleaseAll(checkout) => together::release(&mut books, checkout)?,
    };
    Ok(Decided { write: books.close(), uses })
}

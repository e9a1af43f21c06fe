//! How often a coupon was used.

use crate::coupon::Code;
use crate::model::{CouponName, FriendId, Money, OrderId, Timestamp};

use super::books::Books;
use super::place::uses_of_person;
use super::{Key, Undecided, Use, Versioned};

/// Whose uses are asked for.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "what is asked")]
pub struct UsesOf {
    /// Of which coupon.
    pub coupon: CouponName,
    /// By this friend, under any number.
    pub friend: Option<FriendId>,
    /// With this personal code.
    pub code: Option<Code>,
}

/// How often a coupon was used, reservations included until they are found to have lapsed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Uses {
    /// By all.
    pub in_total: u64,
    /// By all, in the window they were counted in.
    pub in_window: u64,
    /// By the friend asked for.
    pub by_friend: u64,
    /// With the code asked for.
    pub with_code: u64,
    /// Codes issued.
    pub issued: u64,
    /// How far its batches of printed codes went.
    pub printed: u32,
    /// What all this takes from the budget.
    pub taken: Money,
    /// Since when nobody may use the coupon, or the code asked for.
    pub revoked: Option<Timestamp>,
}

/// What was used on an order, by coupon, what came back of it included; from records as [`decide`](super::decide) reads
/// them.
///
/// # Errors
/// When a record could not be read.
pub fn uses_on<E>(
    order: &OrderId,
    read: &mut dyn FnMut(&Key) -> Result<Versioned, E>,
) -> Result<Vec<Use>, Undecided<E>> {
    let mut books = Books::new(read);
    let keys = books.order(order)?.uses.clone();
    keys.iter().map(|key| books.one_use(key)?.ok_or(Undecided::Mistaken)).collect()
}

/// Counts uses, from records as [`decide`](super::decide) reads them.
///
/// # Errors
/// When a record could not be read.
pub fn count<E>(
    asked: &UsesOf,
    now: Timestamp,
    read: &mut dyn FnMut(&Key) -> Result<Versioned, E>,
) -> Result<Uses, Undecided<E>> {
    let mut books = Books::new(read);
    let totals = books.totals(&asked.coupon)?;
    let mut uses = Uses {
        in_total: totals.counter.uses(),
        in_window: totals.window.uses(now),
        issued: totals.issued,
        printed: totals.printed,
        taken: totals.taken,
        revoked: totals.revoked,
        ..Uses::default()
    };
    if let Some(friend) = asked.friend {
        uses.by_friend = uses_of_person(&mut books, &asked.coupon, friend)?.1.uses();
    }
    if let Some(code) = asked.code {
        let account = books.code(&asked.coupon, &code.to_string())?;
        uses.with_code = account.counter.uses();
        uses.revoked = uses.revoked.into_iter().chain(account.revoked).min();
    }
    Ok(uses)
}

//! Where the uses of coupons are kept, and how a cart asks for them: one call for each thing a till does.

mod memory;
mod records;

use core::ops::Range;
use std::sync::Arc;

use crate::coupon::ledger::{
    Ask, Headroom, Issue, Key, Operation, Redeem, RedeemAll, Refusal, Reserve, ReserveAll, Returned, Revoke, RollBack,
    TakeNumbers, Undecided, Use, UseKey, Uses, UsesOf,
};
use crate::coupon::{Candidate, Checkout, Coupon};
use crate::model::{CheckoutId, CouponName, FriendId, OrderId, Timestamp};

pub use memory::MemoryLedger;
pub use records::Records;
#[cfg(feature = "sqlite")]
pub(super) use records::carry_out;

/// Keeps how often coupons are used ([`coupon::ledger`](crate::coupon::ledger)).
///
/// In memory ([`MemoryLedger`]), in SQLite (`SqliteLedger`), or where a host keeps [`Records`]: any table with a version
/// in each row will do. Any number of threads and processes may ask at once.
///
/// ```
/// use std::sync::Arc;
/// use enishi::coupon::{Benefit, Codes, Coupon, ledger::{Redeem, Refusal, Reserve, Returned}};
/// use enishi::model::*;
/// use enishi::store::{Ledger, LedgerError, MemoryLedger};
/// let mut spring = Coupon::new(CouponName::new("spring")?, Benefit::Amount(Money::from_minor(500)), Span::days(14));
/// spring.codes = Codes::Shared("SPRING26".parse()?);
/// spring.limits.in_total = core::num::NonZeroU32::new(1);
/// let coupon = Arc::new(spring);
/// let (ledger, now) = (MemoryLedger::new(), "2026-04-01T12:00:00+09:00".parse::<Timestamp>()?);
/// let reserve = |checkout| -> Result<_, NameError> {
///     Ok(Reserve {
///         coupon: coupon.clone(),
///         checkout: CheckoutId::new(checkout)?,
///         code: None,
///         friend: Some(FriendId(7)),
///         discount: Money::from_minor(500),
///         valid_until: Timestamp::MAX,
///         until: now.plus_millis(15 * 60_000),
///         zone: Zone::TOKYO,
///     })
/// };
/// let held = ledger.reserve(reserve("cart 1")?, now)?;
/// let refused = ledger.reserve(reserve("cart 2")?, now);
/// assert!(matches!(refused, Err(LedgerError::Refused(Refusal::UsedUp(_)))));
/// let order = OrderId::new("39")?;
/// let redeem = Redeem { coupon: coupon.clone(), checkout: held.key.checkout, order: order.clone(), zone: Zone::TOKYO };
/// ledger.redeem(redeem, now)?;
/// // The order is cancelled, and somebody else may use it.
/// ledger.roll_back(order, Returned::Whole, now)?;
/// ledger.reserve(reserve("cart 2")?, now)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Ledger {
    /// Why the holder could not do as asked.
    type Error: core::error::Error + 'static;

    /// Does these one after the other, each as a whole or not at all, and gives what came of each: the uses it was
    /// about. A holder may do them in one transaction, and those of others with them; none is answered before all of
    /// them outlive what the holder promises to outlive.
    fn run_all(&self, operations: Vec<Operation>, now: Timestamp) -> Vec<Answer<Self::Error>>;

    /// How often a coupon was used, what has lapsed and was not [looked for](Self::expire) included.
    ///
    /// # Errors
    /// When the holder failed.
    fn count(&self, of: &UsesOf, now: Timestamp) -> Result<Uses, LedgerError<Self::Error>>;

    /// What was used on an order, what came back of it included.
    ///
    /// # Errors
    /// When the holder failed.
    fn uses_on(&self, order: &OrderId) -> Result<Vec<Use>, LedgerError<Self::Error>>;

    /// The keys of up to `limit` records that [lapse](crate::coupon::ledger::Record::lapses_at) by `by`: of one
    /// coupon, or of all.
    ///
    /// # Errors
    /// When the holder failed.
    fn lapsed(
        &self,
        coupon: Option<&CouponName>,
        by: Timestamp,
        limit: usize,
    ) -> Result<Vec<Key>, LedgerError<Self::Error>>;

    /// Why a use of each of these would not be held now, if it would not: asked at one instant where the holder can.
    /// What has lapsed and was not [looked for](Self::expire) may stand in the way.
    ///
    /// # Errors
    /// When the holder failed.
    fn ask(&self, asked: &[Ask<'_>], now: Timestamp) -> Result<Vec<Option<Refusal>>, LedgerError<Self::Error>>;

    /// Does one thing.
    ///
    /// # Errors
    /// When it may not be, or the holder failed.
    fn run(&self, operation: Operation, now: Timestamp) -> Answer<Self::Error> {
        self.run_all(vec![operation], now).pop().expect("one operation has one answer")
    }

    /// Holds a use for a checkout. The same checkout again replaces what it held.
    ///
    /// # Errors
    /// When a limit is reached, or the holder failed; then what the checkout held before is held still.
    fn reserve(&self, reserve: Reserve, now: Timestamp) -> Result<Use, LedgerError<Self::Error>> {
        self.run(Operation::Reserve(reserve), now).map(the_one)
    }

    /// Makes what a checkout holds the use on its order. Once more for the same order it is the same use.
    ///
    /// # Errors
    /// When nothing was held, when it was used on another order, when it lapsed and there is no room any more, or when
    /// the holder failed.
    fn redeem(&self, redeem: Redeem, now: Timestamp) -> Result<Use, LedgerError<Self::Error>> {
        self.run(Operation::Redeem(redeem), now).map(the_one)
    }

    /// Lets go what a checkout holds; what is redeemed stays so.
    ///
    /// # Errors
    /// When the holder failed.
    fn release(&self, key: UseKey, now: Timestamp) -> Result<(), LedgerError<Self::Error>> {
        self.run(Operation::Release(key), now).map(drop)
    }

    /// Holds uses of several coupons for a checkout, all or none; what it held together before and is not among them is
    /// let go. Gives the uses in the order asked.
    ///
    /// # Errors
    /// When one is [refused](Refusal::OneOfSeveral), or the holder failed; then what the checkout held before is held
    /// still.
    fn reserve_all(&self, all: ReserveAll, now: Timestamp) -> Result<Vec<Use>, LedgerError<Self::Error>> {
        self.run(Operation::ReserveAll(all), now)
    }

    /// Makes all that a checkout holds together the uses on its order, all or none. Once more for the same order they
    /// are the same uses.
    ///
    /// # Errors
    /// When nothing was held together, when one is [refused](Refusal::OneOfSeveral), or when the holder failed.
    fn redeem_all(&self, all: RedeemAll, now: Timestamp) -> Result<Vec<Use>, LedgerError<Self::Error>> {
        self.run(Operation::RedeemAll(all), now)
    }

    /// Lets go all that a checkout holds together; what is redeemed stays so.
    ///
    /// # Errors
    /// When the holder failed.
    fn release_all(&self, checkout: CheckoutId, now: Timestamp) -> Result<(), LedgerError<Self::Error>> {
        self.run(Operation::ReleaseAll(checkout), now).map(drop)
    }

    /// Gives back what was used on an order that was cancelled, returned or refunded. `returned` is all that came back
    /// so far: told again, or after a greater one, it changes nothing. Gives the uses of the order as they are now.
    ///
    /// # Errors
    /// When the holder failed.
    fn roll_back(
        &self,
        order: OrderId,
        returned: Returned,
        now: Timestamp,
    ) -> Result<Vec<Use>, LedgerError<Self::Error>> {
        self.run(Operation::RollBack(RollBack { order, returned }), now)
    }

    /// Notes that a code was given out, and keeps its part of the budget where that is taken at issue.
    ///
    /// # Errors
    /// When the budget does not reach for it, or the holder failed.
    fn issue(&self, issue: Issue, now: Timestamp) -> Result<(), LedgerError<Self::Error>> {
        self.run(Operation::Issue(issue), now).map(drop)
    }

    /// The numbers of the next batch of a coupon's codes ([`KeyRing::batch`](crate::coupon::KeyRing::batch)), which
    /// nobody is given again: take them before anything is printed.
    ///
    /// ```
    /// use enishi::coupon::KeyRing;
    /// use enishi::model::{CouponName, Timestamp};
    /// use enishi::store::{Ledger, MemoryLedger};
    /// let (ledger, card) = (MemoryLedger::new(), CouponName::new("card")?);
    /// let keys = KeyRing::new(0, b"at least sixteen secret bytes")?;
    /// let april = ledger.take_numbers(&card, 1000, Timestamp::EPOCH)?;
    /// let may = ledger.take_numbers(&card, 500, Timestamp::EPOCH)?;
    /// assert_eq!((april, may.clone()), (0..1000, 1000..1500));
    /// assert_eq!(keys.batch(&card, may).count(), 500);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When fewer than `count` of the 2³² are left, or the holder failed.
    fn take_numbers(
        &self,
        coupon: &CouponName,
        count: u32,
        now: Timestamp,
    ) -> Result<Range<u32>, LedgerError<Self::Error>> {
        let mut first = 0_u32;
        loop {
            // What goes past the end is refused: it ends before it begins.
            let numbers = first..first.checked_add(count).unwrap_or(0);
            let taken = TakeNumbers { coupon: coupon.clone(), numbers: numbers.clone() };
            match self.run(Operation::TakeNumbers(taken), now) {
                Ok(_) => return Ok(numbers),
                // Others have taken some: it only grows.
                Err(LedgerError::Refused(Refusal::NumbersTaken { next })) if next > first => first = next,
                Err(error) => return Err(error),
            }
        }
    }

    /// Takes in what the engine has to say; what is told again changes nothing, so that entries may be kept until this
    /// has gone well. An entry that is refused is passed over: a redemption of which nothing was reserved, say.
    ///
    /// # Errors
    /// When the holder failed; then some of the entries may not have been taken in.
    fn post(&self, operations: Vec<Operation>, now: Timestamp) -> Result<(), LedgerError<Self::Error>> {
        for answer in self.run_all(operations, now) {
            match answer {
                Ok(_) | Err(LedgerError::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// What may still be issued of these coupons: for the engine, before it does
    /// ([`ShopView::headroom`](crate::engine::ShopView::headroom)).
    ///
    /// # Errors
    /// When the holder failed.
    fn headroom(&self, coupons: &[Arc<Coupon>], now: Timestamp) -> Result<Headroom, LedgerError<Self::Error>> {
        let mut headroom = Headroom::default();
        for coupon in coupons {
            let of = UsesOf { coupon: coupon.name.clone(), friend: None, code: None };
            headroom = headroom.with(coupon, &self.uses(&of, now)?);
        }
        Ok(headroom)
    }

    /// From now on nobody uses the coupon, or the code.
    ///
    /// # Errors
    /// When the holder failed.
    fn revoke(&self, revoke: Revoke, now: Timestamp) -> Result<(), LedgerError<Self::Error>> {
        self.run(Operation::Revoke(revoke), now).map(drop)
    }

    /// The friend `from` turned out to be `into`; from now on their uses count as those of one.
    ///
    /// # Errors
    /// When the holder failed.
    fn merge(&self, from: FriendId, into: FriendId, now: Timestamp) -> Result<(), LedgerError<Self::Error>> {
        self.run(Operation::Merge { from, into }, now).map(drop)
    }

    /// Tells the candidates of a checkout what this ledger has against them, such as that they are used up, so that a
    /// quote does not take what could not be reserved. `id` is the cart's own name of the checkout: what it holds is not
    /// in its way.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use enishi::coupon::{Basket, Benefit, Candidate, Checkout, Codes, Coupon, NotApplied, ledger::Reserve};
    /// # use enishi::model::*;
    /// # use enishi::store::{Ledger, MemoryLedger};
    /// # let mut spring = Coupon::new(CouponName::new("spring")?, Benefit::Amount(Money::from_minor(500)), Span::days(14));
    /// # spring.codes = Codes::Shared("SPRING26".parse()?);
    /// # spring.limits.in_total = core::num::NonZeroU32::new(1);
    /// # let (coupon, zone, valid_until) = (Arc::new(spring), Zone::TOKYO, Timestamp::MAX);
    /// # let (ledger, now) = (MemoryLedger::new(), "2026-04-01T12:00:00+09:00".parse::<Timestamp>()?);
    /// # let (until, discount) = (now.plus_millis(15 * 60_000), Money::from_minor(500));
    /// # let (friend, code, cart) = (None, None, CheckoutId::new("cart 1")?);
    /// # ledger.reserve(Reserve { coupon: coupon.clone(), checkout: cart, code, friend, discount, valid_until, until, zone }, now)?;
    /// let guest = Friend::new(FriendId(0), FriendKey::new("guest")?);
    /// let checkout = Checkout::new(&guest, now, &zone);
    /// let mut candidates = [Candidate::shared(&coupon)];
    /// ledger.look_at(&mut candidates, &checkout, None)?; // somebody else holds the last
    /// assert_eq!(checkout.quote(&Basket::default(), &candidates)?.refused[0].why, NotApplied::UsedUp);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// A handful of records for each, at one instant where the holder can.
    ///
    /// # Errors
    /// When the holder failed.
    fn look_at(
        &self,
        candidates: &mut [Candidate<'_>],
        checkout: &Checkout<'_>,
        id: Option<&CheckoutId>,
    ) -> Result<(), LedgerError<Self::Error>> {
        let now = checkout.now;
        let (places, asked): (Vec<usize>, Vec<Ask<'_>>) = candidates
            .iter()
            .enumerate()
            .filter_map(|(place, candidate)| Some((place, Ask::of(candidate, checkout, id)?)))
            .unzip();
        let mut told = self.ask(&asked, now)?;
        let mut swept = 0;
        for (asked, _) in
            asked.iter().zip(&told).filter(|(_, told)| told.as_ref().is_some_and(Refusal::is_want_of_room))
        {
            swept += sweep(self, Some(&asked.coupon.name), now)?;
        }
        if swept > 0 {
            told = self.ask(&asked, now)?;
        }
        for (place, refusal) in places.into_iter().zip(told) {
            if let Some(refusal) = refusal {
                candidates[place] = candidates[place].refused_by_ledger(&refusal);
            }
        }
        Ok(())
    }

    /// How often a coupon was used, without what has lapsed by now.
    ///
    /// # Errors
    /// When the holder failed.
    fn uses(&self, of: &UsesOf, now: Timestamp) -> Result<Uses, LedgerError<Self::Error>> {
        sweep(self, Some(&of.coupon), now)?;
        self.count(of, now)
    }

    /// What has lapsed by now counts no more, and gives how many there were. Limits do not wait for this: what has
    /// lapsed is looked for when there is no room. It keeps the numbers right in between; once a minute is often.
    ///
    /// # Errors
    /// When the holder failed.
    fn expire(&self, now: Timestamp) -> Result<usize, LedgerError<Self::Error>> {
        sweep(self, None, now)
    }
}

/// What comes of an operation: the uses it was about.
pub type Answer<E> = Result<Vec<Use>, LedgerError<E>>;

/// Why a ledger did not do as asked; then nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError<E> {
    /// It may not be.
    #[error(transparent)]
    Refused(Refusal),
    /// Others were faster, again and again. It may be tried once more.
    #[error("others wrote the same records first, {times} times")]
    Contended {
        /// How often it was tried.
        times: usize,
    },
    /// A record is of another kind than its key.
    #[error("a record is of another kind than its key")]
    Mistaken,
    /// The holder failed.
    #[error(transparent)]
    Holder(E),
}

impl<E> From<Undecided<E>> for LedgerError<E> {
    fn from(undecided: Undecided<E>) -> Self {
        match undecided {
            Undecided::Refused(refusal) => Self::Refused(refusal),
            Undecided::Unread(error) => Self::Holder(error),
            Undecided::Mistaken => Self::Mistaken,
        }
    }
}

impl<E> LedgerError<E> {
    /// Why it may not be, if that is why.
    pub const fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }
}

/// So many records that have lapsed are taken out at a time.
const LAPSED_AT_A_TIME: usize = 256;

/// What has lapsed counts no more.
pub(super) fn sweep<L: Ledger + ?Sized>(
    ledger: &L,
    coupon: Option<&CouponName>,
    now: Timestamp,
) -> Result<usize, LedgerError<L::Error>> {
    let mut swept = 0;
    loop {
        let keys = ledger.lapsed(coupon, now, LAPSED_AT_A_TIME)?;
        if keys.is_empty() {
            return Ok(swept);
        }
        swept += keys.len();
        for answer in ledger.run_all(keys.into_iter().map(Operation::Lapse).collect(), now) {
            answer?;
        }
    }
}

fn the_one(uses: Vec<Use>) -> Use {
    uses.into_iter().next().expect("what was reserved or redeemed is one use")
}

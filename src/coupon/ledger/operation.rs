//! What a ledger is asked to do.

use core::ops::Range;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::coupon::{Code, Coupon};
use crate::model::{CheckoutId, CouponName, FriendId, Money, OrderId, Timestamp, Zone};

use super::{Key, Returned, UseKey};

/// What a ledger is asked to do. Each is done as a whole or not at all, and done again it changes nothing more.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Operation {
    /// A code was given to a friend.
    Issue(Issue),
    /// A checkout begins, or its cart is other than before.
    Reserve(Reserve),
    /// The checkout has become an order.
    Redeem(Redeem),
    /// The same, told after it was done: what has ended in between had not ended then.
    RedeemedAt(Redeem, Timestamp),
    /// The checkout is over without an order: what was reserved is free at once.
    Release(UseKey),
    /// An order was cancelled, returned or refunded.
    RollBack(RollBack),
    /// Two friends turned out to be one.
    Merge {
        /// The number that ends.
        from: FriendId,
        /// The number that goes on.
        into: FriendId,
    },
    /// Nobody may use it from now on.
    Revoke(Revoke),
    /// Codes nobody in particular holds are about to be [printed](crate::coupon::KeyRing::batch).
    TakeNumbers(TakeNumbers),
    /// What has lapsed by now counts no more: of a key whose record [has](super::Record::lapses_at).
    Lapse(Key),
    /// A checkout begins, or its cart is other than before: of all its coupons together.
    ReserveAll(ReserveAll),
    /// The checkout has become an order, with all that it holds together.
    RedeemAll(RedeemAll),
    /// The checkout is over without an order: all that it holds together is free at once.
    ReleaseAll(CheckoutId),
}

impl Operation {
    /// The coupons whose limits and budgets this asks for room.
    pub fn asks_room_of(&self) -> Vec<&CouponName> {
        match self {
            Self::ReserveAll(all) => all.taken.iter().map(|taken| &taken.coupon.name).collect(),
            Self::RedeemAll(all) => all.coupons.keys().collect(),
            Self::Issue(Issue { coupon, .. })
            | Self::Reserve(Reserve { coupon, .. })
            | Self::Redeem(Redeem { coupon, .. })
            | Self::RedeemedAt(Redeem { coupon, .. }, _) => vec![&coupon.name],
            _ => Vec::new(),
        }
    }
}

/// A code was given to a friend. Needed where the budget is taken
/// [at issue](crate::coupon::ReservedAt::Issue), and for the number of codes issued.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "what is asked")]
pub struct Issue {
    /// The rule.
    pub coupon: Arc<Coupon>,
    /// The code.
    pub code: Code,
    /// The first instant at which it is no longer valid.
    pub valid_until: Timestamp,
}

/// Holds a use for a checkout. The same checkout again replaces what it held.
///
/// Whether the coupon fits the cart is not asked here; what it takes off is what the evaluation of the cart said.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "what is asked")]
pub struct Reserve {
    /// The rule, with its limits.
    pub coupon: Arc<Coupon>,
    /// For which checkout.
    pub checkout: CheckoutId,
    /// The personal code, [verified](crate::coupon::KeyRing::verify); none for a coupon with one code for everybody.
    pub code: Option<Code>,
    /// By whom. A coupon with a limit per friend is not for nobody.
    pub friend: Option<FriendId>,
    /// What it takes off.
    pub discount: Money,
    /// The first instant at which the coupon in hand is no longer valid.
    pub valid_until: Timestamp,
    /// The first instant at which it is held no longer, unless it was redeemed: a quarter of an hour, say.
    pub until: Timestamp,
    /// The shop's zone.
    pub zone: Zone,
}

/// Holds uses of several coupons for a checkout: all of them, or none if one is refused. What the checkout held
/// together before and is not among them is let go.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "what is asked")]
pub struct ReserveAll {
    /// For which checkout.
    pub checkout: CheckoutId,
    /// By whom. A coupon with a limit per friend is not for nobody.
    pub friend: Option<FriendId>,
    /// Of which coupons. Of one that stands here twice, the later counts.
    pub taken: Vec<Taken>,
    /// The first instant at which they are held no longer, unless they were redeemed.
    pub until: Timestamp,
    /// The shop's zone.
    pub zone: Zone,
}

/// One coupon of several, as the evaluation of the cart took it.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "what is asked")]
pub struct Taken {
    /// The rule, with its limits.
    pub coupon: Arc<Coupon>,
    /// The personal code, [verified](crate::coupon::KeyRing::verify); none for a coupon with one code for everybody.
    pub code: Option<Code>,
    /// What it takes off.
    pub discount: Money,
    /// The first instant at which the coupon in hand is no longer valid.
    pub valid_until: Timestamp,
}

/// Makes all that a checkout holds together the uses on its order: all of them, or none if one is refused.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "what is asked")]
pub struct RedeemAll {
    /// What was reserved for this checkout.
    pub checkout: CheckoutId,
    /// What it has become.
    pub order: OrderId,
    /// The rules of the shop: asked again of a reservation that lapsed. One whose coupon is not among them is over.
    pub coupons: BTreeMap<CouponName, Arc<Coupon>>,
    /// The shop's zone.
    pub zone: Zone,
}

/// Makes a reservation the use on an order.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "what is asked")]
pub struct Redeem {
    /// The rule: asked again when the reservation lapsed.
    pub coupon: Arc<Coupon>,
    /// What was reserved for this checkout.
    pub checkout: CheckoutId,
    /// What it has become.
    pub order: OrderId,
    /// The shop's zone.
    pub zone: Zone,
}

/// Gives back what was used on an order, all its coupons alike.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "what is asked")]
pub struct RollBack {
    /// Which.
    pub order: OrderId,
    /// How much of it came back so far, in all.
    pub returned: Returned,
}

/// Takes the numbers of a batch of codes, so that no number is printed twice.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "what is asked")]
pub struct TakeNumbers {
    /// Of which coupon.
    pub coupon: CouponName,
    /// Which: they begin where those taken before end.
    pub numbers: Range<u32>,
}

/// What nobody may use from now on. What was redeemed stays so; what is reserved is not redeemed any more.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_enums, reason = "a coupon has codes")]
pub enum Revoke {
    /// The coupon, all its codes.
    Coupon(CouponName),
    /// One personal code.
    Code(CouponName, Code),
}

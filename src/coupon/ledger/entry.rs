//! What the engine has to say to the ledger.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::coupon::{Code, Coupon};
use crate::model::{CheckoutId, CouponName, FriendId, OrderId, Timestamp, Zone};

use super::{Issue, Operation, Redeem, Returned, Revoke, RollBack};

/// Something that came about in the engine and that the ledger is to know. Told twice it changes nothing more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Entry {
    /// When it came about; of a redemption when it was made, however late it is told.
    pub at: Timestamp,
    /// What.
    pub what: Posting,
}

/// What came about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Posting {
    /// A friend was given a code of their own.
    Issued {
        /// Of which coupon.
        coupon: CouponName,
        /// The code.
        code: Code,
        /// The first instant at which it is no longer valid.
        valid_until: Timestamp,
    },
    /// A friend's code was ended before its time.
    Ended {
        /// Of which coupon.
        coupon: CouponName,
        /// The code.
        code: Code,
    },
    /// A coupon was used on an order, of which the cart has told.
    Redeemed {
        /// Which.
        coupon: CouponName,
        /// On which.
        order: OrderId,
    },
    /// An order came back, as a whole or in part.
    CameBack {
        /// Which.
        order: OrderId,
        /// How much of it so far.
        returned: Returned,
    },
    /// Two friends turned out to be one.
    Merged {
        /// The number that ends.
        from: FriendId,
        /// The number that goes on.
        into: FriendId,
    },
}

impl Entry {
    pub(crate) const fn new(at: Timestamp, what: Posting) -> Self {
        Self { at, what }
    }

    /// What is asked of the ledger by it; nothing where the coupon is no longer among these.
    ///
    /// A redemption redeems what was reserved for a checkout with the id of the order: of a cart whose orders have
    /// their number before they are paid. Other carts redeem by themselves, and that it is told changes nothing:
    /// refused as [not reserved](super::Refusal::NotReserved).
    pub fn operation(&self, coupons: &BTreeMap<CouponName, Arc<Coupon>>, zone: &Zone) -> Option<Operation> {
        let rule = |name: &CouponName| coupons.get(name).cloned();
        Some(match &self.what {
            Posting::Issued { coupon, code, valid_until } => {
                Operation::Issue(Issue { coupon: rule(coupon)?, code: *code, valid_until: *valid_until })
            }
            Posting::Ended { coupon, code } => Operation::Revoke(Revoke::Code(coupon.clone(), *code)),
            Posting::Redeemed { coupon, order } => {
                let checkout = CheckoutId::new(order.as_str()).ok()?;
                let redeem = Redeem { coupon: rule(coupon)?, checkout, order: order.clone(), zone: *zone };
                Operation::RedeemedAt(redeem, self.at)
            }
            Posting::CameBack { order, returned } => {
                Operation::RollBack(RollBack { order: order.clone(), returned: *returned })
            }
            Posting::Merged { from, into } => Operation::Merge { from: *from, into: *into },
        })
    }
}

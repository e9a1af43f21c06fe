//! What the cart's events say to the ledger.

use std::sync::Arc;

use crate::coupon::Coupon;
use crate::model::{CheckoutId, CouponName, Event, Fact, OrderHistory, OrderRecord, Zone};

use super::{Operation, Redeem, Returned, RollBack, Share};

/// What an event asks of the ledger, if anything; `orders` are the friend's, the event taken in.
///
/// - An order that is cancelled, returned or refunded gives back what was used on it. What is asked follows from all
///   that is known of the order and not from this event alone, so that events told late, twice or out of order give
///   back the same, once.
/// - A redemption redeems what was reserved for a checkout with the id of the order: of a cart whose orders have their
///   number before they are paid. Other carts redeem by themselves, and that it is told changes nothing: refused as
///   [not reserved](super::Refusal::NotReserved).
pub fn told(
    event: &Event,
    orders: &OrderHistory,
    zone: &Zone,
    coupons: impl Fn(&CouponName) -> Option<Arc<Coupon>>,
) -> Option<Operation> {
    match &event.fact {
        Fact::CouponRedeemed { coupon, order, .. } => {
            let checkout = CheckoutId::new(order.as_str()).ok()?;
            Some(Operation::Redeem(Redeem { coupon: coupons(coupon)?, checkout, order: order.clone(), zone: *zone }))
        }
        Fact::OrderPlaced(placed) => returned(orders.get(&placed.id)?),
        Fact::OrderCancelled { order } | Fact::OrderRefunded { order, .. } => returned(orders.get(order)?),
        _ => None,
    }
}

/// What came back of an order, if anything did.
pub fn returned(order: &OrderRecord) -> Option<Operation> {
    let whole = match order.placed_at() {
        // Neither placed nor cancelled: how much of how much a refund was is told with the order.
        None if !order.was_told() && order.cancelled_at().is_none() => return None,
        None => return Some(roll_back(order, Returned::Whole)),
        Some(_) => order.net().checked_add(order.refunded)?,
    };
    let share = Share::new(order.refunded, whole).filter(|_| order.refunded.minor() > 0)?;
    Some(roll_back(order, Returned::Part(share)))
}

fn roll_back(order: &OrderRecord, returned: Returned) -> Operation {
    Operation::RollBack(RollBack { order: order.id.clone(), returned })
}

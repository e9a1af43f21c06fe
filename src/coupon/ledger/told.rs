//! What the cart's events say to the ledger.

use crate::model::{Event, Fact, OrderHistory, OrderRecord};

use super::{Entry, Posting, Returned, Share};

/// What an event says to the ledger, if anything; `orders` are the friend's, the event taken in.
///
/// An order that is cancelled, returned or refunded gives back what was used on it. How much follows from all that is
/// known of the order and not from this event alone, so that events told late, twice or out of order give back the
/// same, once.
pub fn told(event: &Event, orders: &OrderHistory) -> Option<Entry> {
    let what = match &event.fact {
        Fact::CouponRedeemed { coupon, order, .. } => {
            Posting::Redeemed { coupon: coupon.clone(), order: order.clone() }
        }
        Fact::OrderPlaced(placed) => came_back(orders.get(&placed.id)?)?,
        Fact::OrderCancelled { order } | Fact::OrderRefunded { order, .. } => came_back(orders.get(order)?)?,
        _ => return None,
    };
    Some(Entry::new(event.at, what))
}

fn came_back(order: &OrderRecord) -> Option<Posting> {
    Some(Posting::CameBack { order: order.id.clone(), returned: returned(order)? })
}

/// How much of an order came back, if anything did.
pub fn returned(order: &OrderRecord) -> Option<Returned> {
    let whole = match order.placed_at() {
        // Neither placed nor cancelled: how much of how much a refund was is told with the order.
        None if !order.was_told() && order.cancelled_at().is_none() => return None,
        None => return Some(Returned::Whole),
        Some(_) => order.net().checked_add(order.refunded)?,
    };
    Share::new(order.refunded, whole).filter(|_| order.refunded.minor() > 0).map(Returned::Part)
}

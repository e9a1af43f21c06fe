//! What an event tells about a friend.

use crate::model::{Dated, Event, Fact, Friend, Redemption, Timestamp};
use crate::policy::Reason;
use crate::scenario::{Cause, Decision, Effects};

/// Takes the facts of an admitted event into the friend's record; gives what scenarios may start by.
pub(super) fn apply<'e>(
    friend: &mut Friend,
    event: &'e Event,
    now: Timestamp,
    effects: &mut Effects,
) -> Vec<Cause<'e>> {
    let at = event.at;
    friend.known_since = friend.known_since.into_iter().chain([at]).min();
    let mut causes = vec![Cause::Event(event)];
    match &event.fact {
        Fact::Follow { user, unblocked, route } => {
            let kind = friend.line.followed(*user, at, *unblocked, route.as_deref());
            causes.push(Cause::Follow(kind));
        }
        Fact::Unfollow => friend.line.unfollowed(at),
        Fact::Link { .. } => {
            friend.line.linked = friend.line.linked.into_iter().chain([at]).min();
        }
        Fact::Profile { attributes } => {
            for (name, value) in attributes {
                friend.set_attribute(name.clone(), value.clone(), at);
            }
        }
        Fact::Tag { tag } => {
            if !friend.has_tag(tag.as_str()) {
                causes.push(Cause::Tagged(tag));
            }
            friend.mark(tag.clone(), true, at);
        }
        Fact::Untag { tag } => friend.mark(tag.clone(), false, at),
        Fact::OrderPlaced(order) => {
            let known = friend.orders.get(&order.id).is_some_and(|record| record.was_told());
            friend.orders.placed(order, at);
            let counts = friend.orders.get(&order.id).is_some_and(|record| record.placed_at().is_some());
            // The same order told again is an edit; one cancelled before it was told never was one.
            if !known && counts {
                causes.push(Cause::NewOrder);
            }
        }
        Fact::OrderShipped { order } => friend.orders.shipped(order, at),
        Fact::OrderDelivered { order } => friend.orders.delivered(order, at),
        Fact::OrderCancelled { order } => friend.orders.cancelled(order, at),
        Fact::OrderRefunded { order, amount } => friend.orders.refunded(order, *amount),
        Fact::Cart(cart) => {
            // Of two snapshots of one instant the one that came last stands.
            if friend.cart.as_ref().is_none_or(|known| known.at <= at) {
                friend.cart = Some(Dated { at, value: cart.clone() });
            }
        }
        Fact::CouponRedeemed { coupon, code, order } => {
            let redemption = Redemption { at, order: order.clone() };
            let typed = code.parse::<crate::coupon::Code>().map_or_else(|_| code.to_string(), |code| code.to_string());
            let held = friend.coupons.iter_mut().find(|held| held.coupon == *coupon && *held.code == *typed);
            match held {
                Some(held) => drop(held.redeemed.insert(redemption)),
                None => effects.decisions.push(Decision {
                    at: now,
                    friend: friend.key.clone(),
                    scenario: None,
                    run: None,
                    step: None,
                    reason: Reason::CouponNotHeld { coupon: coupon.clone() },
                    delivery: None,
                }),
            }
        }
        // These start scenarios; what is counted of them is not kept.
        Fact::View { .. } | Fact::Click { .. } | Fact::Message { .. } | Fact::Postback { .. } | Fact::Custom { .. } => {
        }
    }
    causes
}

//! What an event tells about a friend.

use crate::model::{
    Activity, Cart, CartLine, Dated, Event, Fact, FollowKind, Friend, MenuSeen, Money, Occurrence, Redemption,
    Timestamp,
};
use crate::policy::Reason;
use crate::scenario::{Cause, Effects, Scene};
use crate::segment::Depends;

use super::admit::MAX_TEXT_CHARS;
use super::redemption::redeem;

/// Takes the facts of an admitted event into the friend's record, as far as they are looked back at;
/// gives what scenarios may start by.
pub(super) fn apply<'e>(
    friend: &mut Friend,
    event: &'e Event,
    scene: &Scene<'_>,
    effects: &mut Effects,
) -> Vec<Cause<'e>> {
    let at = event.at;
    friend.known_since = friend.known_since.into_iter().chain([at]).min();
    let mut causes = vec![Cause::Event(event)];
    match &event.fact {
        Fact::Follow { user, unblocked, route } => {
            let stranger = strangers_menu(friend);
            let kind = friend.line.followed(*user, at, *unblocked, route.as_deref());
            let in_time = !scene.zone.elapsed(at, scene.policy.enter_within, scene.now);
            note_stranger(friend, stranger, at, kind == FollowKind::First && in_time);
            causes.push(Cause::Follow(kind));
        }
        Fact::Unfollow => {
            note_stranger(friend, strangers_menu(friend), at, false);
            friend.line.unfollowed(at);
        }
        Fact::Link { .. } => {
            friend.line.linked = friend.line.linked.into_iter().chain([at]).min();
        }
        Fact::Profile { attributes } => {
            for (name, value) in attributes {
                friend.set_attribute(name.clone(), value.clone(), at);
            }
        }
        Fact::Tag { tag } => {
            if !scene.is_tagged(friend, tag) {
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
                causes.push(Cause::NewOrder(&order.id));
            }
        }
        Fact::OrderShipped { order } => friend.orders.shipped(order, at),
        Fact::OrderDelivered { order } => friend.orders.delivered(order, at),
        Fact::OrderCancelled { order } => friend.orders.cancelled(order, at),
        Fact::OrderRefunded { order, amount } => friend.orders.refunded(order, *amount),
        Fact::Cart(cart) => {
            // Of two snapshots of one instant the greater stands, so that the order of arrival is no matter.
            let told = Dated { at, value: cart.clone() };
            match &mut friend.cart {
                Some(known) => known.renew(told),
                unknown => *unknown = Some(told),
            }
        }
        Fact::CouponRedeemed { coupon, code, order } => {
            let used = Redemption { at, order: order.clone() };
            // Whoever cannot have used it earns nothing by it.
            if !redeem(friend, coupon, code, used, scene) {
                causes.clear();
                let reason = Reason::CouponNotHeld { coupon: coupon.clone() };
                scene.note_with(friend, None, reason, None, effects);
            }
        }
        Fact::Reachable { channel, reachable } => friend.set_reachable(channel.clone(), *reachable, at),
        Fact::Delivered { delivery } => {
            for sent in friend.sent.iter_mut().filter(|sent| sent.key == *delivery) {
                sent.delivered = sent.delivered.max(Some(at));
            }
        }
        Fact::Consent { promotions } => friend.set_promotions(*promotions, at),
        Fact::Chat { open } => friend.set_chat(*open, at),
        Fact::Menu { menu } => friend.set_menu(MenuSeen { at, menu: menu.clone(), by_hand: true }),
        Fact::ProductNews { .. } | Fact::Enter { .. } | Fact::Leave { .. } => {}
        Fact::Click { .. } | Fact::Message { .. } | Fact::Postback { .. } => {
            friend.reactions.note(at, scene.zone.time(at));
        }
        // Nothing but what was done, below.
        Fact::View { .. } | Fact::Custom { .. } => {}
    }
    if let Some(activity) = activity(&event.fact)
        && scene.looks_back.remembers(&activity, at, scene.now)
    {
        friend.history.record(activity, occurrence(event));
    }
    causes
}

/// What of a friend's record a fact may change.
pub(super) const fn changed_by(fact: &Fact) -> Depends {
    match fact {
        Fact::Follow { .. } | Fact::Unfollow => Depends::LINE,
        // Two records may have become one.
        Fact::Link { .. } => Depends::ALL,
        Fact::Profile { .. } => Depends::ATTRIBUTES,
        Fact::Tag { .. } | Fact::Untag { .. } => Depends::TAGS,
        Fact::OrderPlaced(_)
        | Fact::OrderShipped { .. }
        | Fact::OrderDelivered { .. }
        | Fact::OrderCancelled { .. }
        | Fact::OrderRefunded { .. } => Depends::ORDERS,
        Fact::Cart(_) => Depends::CARTS,
        Fact::View { .. } => Depends::VIEWS,
        Fact::Click { .. } => Depends::CLICKS,
        Fact::Message { .. } | Fact::Postback { .. } | Fact::Custom { .. } => Depends::DONE,
        Fact::CouponRedeemed { .. } => Depends::COUPONS,
        Fact::Reachable { .. } => Depends::CHANNELS,
        Fact::Delivered { .. } => Depends::SENT,
        Fact::Consent { .. }
        | Fact::Chat { .. }
        | Fact::Menu { .. }
        | Fact::ProductNews { .. }
        | Fact::Enter { .. }
        | Fact::Leave { .. } => Depends::NOTHING,
    }
}

/// Since when it is known that the friend has no rich menu of their own because they were no friend before.
fn strangers_menu(friend: &Friend) -> Option<Timestamp> {
    let seen = friend.menu.as_ref().filter(|seen| seen.menu.is_none() && !seen.by_hand)?;
    Some(seen.at).filter(|at| friend.line.first_followed == Some(*at))
}

/// Who first follows is known to have no rich menu of their own: LINE links none to strangers. Of a follow
/// that is told late nobody knows what was linked since (X55), and who turns out to have been here before
/// was no stranger, in whatever order that is told.
fn note_stranger(friend: &mut Friend, known: Option<Timestamp>, at: Timestamp, stranger: bool) {
    let earlier = known.is_some_and(|known| at < known);
    if earlier || (friend.menu.is_none() && stranger) {
        friend.menu = stranger.then_some(MenuSeen { at, menu: None, by_hand: false });
    }
}

/// What the friend did, if it is something that is counted.
fn activity(fact: &Fact) -> Option<Activity> {
    match fact {
        Fact::Cart(cart) if !cart.lines.is_empty() => Some(Activity::Cart),
        Fact::Click { .. } => Some(Activity::Click),
        Fact::Custom { name, .. } => Some(Activity::Event(name.clone())),
        Fact::Message { .. } => Some(Activity::Reply),
        Fact::Postback { .. } => Some(Activity::Postback),
        Fact::View { .. } => Some(Activity::View),
        _ => None,
    }
}

fn occurrence(event: &Event) -> Occurrence {
    let mut done = Occurrence::new(event.at, event.id.clone());
    match &event.fact {
        Fact::Cart(Cart { lines }) => done.lines.clone_from(lines),
        Fact::Click { link } => done.subject = Some(link.clone()),
        Fact::Custom { properties, .. } => done.properties.clone_from(properties),
        Fact::Message { text } => done.subject = text.as_deref().map(start_of),
        Fact::Postback { data } => done.subject = Some(data.clone()),
        Fact::View { product, categories } => done.lines.push(CartLine {
            sku: product.clone(),
            quantity: 1,
            unit_price: Money::ZERO,
            categories: categories.clone(),
        }),
        _ => {}
    }
    done
}

/// Friends may write 5,000 characters; what rules look for stands in the first of them.
fn start_of(text: &str) -> Box<str> {
    text.char_indices().nth(MAX_TEXT_CHARS).map_or(text, |(end, _)| &text[..end]).into()
}

//! What of a trigger stands in a friend's record: for waits, and for those who come in by backfill.

use crate::model::{Activity, Friend, Occurrence, OrderRecord, Timestamp};

use super::Trigger;
use super::trigger::wanted;

impl Trigger {
    /// Is what fires it remembered, so that a wait can look for it? News of products is not, and segments
    /// and times are asked for as conditions.
    pub fn is_remembered(&self) -> bool {
        !matches!(self, Self::ProductNews(_) | Self::Enter(..) | Self::Leave(..) | Self::Time(_) | Self::ByHand)
    }

    /// The activity that must be remembered for it.
    pub(crate) fn activity(&self) -> Option<Activity> {
        Some(match self {
            Self::Cart => Activity::Cart,
            Self::View(_) => Activity::View,
            Self::Click(_) => Activity::Click,
            Self::Message(_) => Activity::Reply,
            Self::Postback(_) => Activity::Postback,
            Self::Custom(name) => Activity::Event(name.clone()),
            _ => return None,
        })
    }

    /// The earliest time it fired after `since` and by `now`, as far as is remembered. `about` is the
    /// order a run is about: what is told of another order does not count, and it itself is no new one.
    pub(super) fn first_after(
        &self,
        friend: &Friend,
        since: Timestamp,
        now: Timestamp,
        about: Option<&str>,
    ) -> Option<Timestamp> {
        let mut first: Option<Timestamp> = None;
        self.each(friend, about, |at| {
            if at > since && at <= now {
                first = Some(first.map_or(at, |first| first.min(at)));
            }
        });
        first
    }

    /// The latest time it fired by `now`, as far as is remembered.
    pub(super) fn last_by(&self, friend: &Friend, now: Timestamp) -> Option<Timestamp> {
        let mut last: Option<Timestamp> = None;
        self.each(friend, None, |at| {
            if at <= now {
                last = last.max(Some(at));
            }
        });
        last
    }

    fn each(&self, friend: &Friend, about: Option<&str>, mut give: impl FnMut(Timestamp)) {
        let about = about.filter(|about| friend.orders.all().iter().any(|order| order.id.as_str() == *about));
        let same = |order: &&OrderRecord| about.is_none_or(|about| order.id.as_str() == about);
        let mut orders = |when: fn(&OrderRecord) -> Option<Timestamp>| {
            friend.orders.all().iter().filter(same).filter_map(when).for_each(&mut give);
        };
        match self {
            Self::Shipped => orders(|order| order.shipped),
            Self::Delivered => orders(|order| order.delivered),
            Self::Cancelled => orders(OrderRecord::cancelled_at),
            Self::Order => {
                let others = friend.orders.all().iter().filter(|order| about != Some(order.id.as_str()));
                others.filter_map(OrderRecord::placed_at).for_each(give);
            }
            Self::Follow => friend.line.first_followed.into_iter().for_each(give),
            Self::Refollow => {
                let again = |at: &Timestamp| friend.line.first_followed.is_some_and(|first| first < *at);
                friend.line.following_since().filter(again).into_iter().for_each(give);
            }
            Self::AnyFollow => friend.line.following_since().into_iter().for_each(give),
            Self::Link => friend.line.linked.into_iter().for_each(give),
            Self::Tag(tag) => {
                let mark = friend.tags.get(tag.as_str()).filter(|mark| mark.on);
                mark.map(|mark| mark.at).into_iter().for_each(give);
            }
            Self::Redeemed(coupon) => {
                let held = friend.coupons.iter().filter(|held| held.coupon == *coupon);
                held.filter_map(|held| held.used_at(&friend.orders)).for_each(give);
            }
            Self::Cart | Self::View(_) | Self::Click(_) | Self::Message(_) | Self::Postback(_) | Self::Custom(_) => {
                let Some(activity) = self.activity() else { return };
                let done = friend.history.of(&activity).iter().filter(|done| self.is_of(done));
                done.map(|done| done.at).for_each(give);
            }
            Self::ProductNews(_) | Self::Enter(..) | Self::Leave(..) | Self::Time(_) | Self::ByHand => {}
        }
    }

    fn is_of(&self, done: &Occurrence) -> bool {
        match self {
            Self::View(product) => done.lines.first().is_some_and(|line| wanted(product, &line.sku)),
            Self::Click(filter) | Self::Message(filter) | Self::Postback(filter) => {
                wanted(filter, done.subject.as_deref().unwrap_or_default())
            }
            _ => true,
        }
    }
}

//! May a coupon be used at all: by whom, when, and on which order?

use core::cell::OnceCell;

use crate::model::{Date, Timestamp};

use super::offer::{Offer, Orders};
use super::prices::Prices;
use super::{Barred, Candidate, Checkout, Codes, Coupon, NotApplied};

/// The questions put to every candidate. What several of them need is looked up once.
pub(super) struct Questions<'a> {
    checkout: &'a Checkout<'a>,
    prices: &'a Prices<'a>,
    today: OnceCell<Date>,
    spent: OnceCell<u64>,
}

impl<'a> Questions<'a> {
    pub(super) const fn new(checkout: &'a Checkout<'a>, prices: &'a Prices<'a>) -> Self {
        Self { checkout, prices, today: OnceCell::new(), spent: OnceCell::new() }
    }

    /// What the candidate gives when it goes alone, or the first reason why it cannot: in the order of their numbers.
    pub(super) fn ask<'c>(&self, place: usize, candidate: &Candidate<'c>) -> Result<Offer<'c>, NotApplied> {
        let coupon = candidate.coupon;
        self.ask_code(candidate)?;
        self.ask_time(coupon, candidate)?;
        self.ask_order(coupon)?;
        self.ask_friend(coupon)?;
        if candidate.barred == Some(Barred::FriendUnknown) {
            return Err(NotApplied::FriendUnknown);
        }
        Offer::of(place, coupon, self.prices, self)
    }

    fn ask_code(&self, candidate: &Candidate<'_>) -> Result<(), NotApplied> {
        let coupon = candidate.coupon;
        match candidate.held {
            None if coupon.codes == Codes::Personal => return Err(NotApplied::NotHeld),
            Some(held) => {
                let once = (coupon.codes == Codes::Personal).then_some(1);
                let most = coupon.limits.per_code.map(|most| most.get() as usize).or(once);
                if most.is_some_and(|most| held.standing_uses(&self.checkout.friend.orders).count() >= most) {
                    return Err(NotApplied::Used);
                }
            }
            None => {}
        }
        match candidate.barred {
            _ if candidate.uses_left == Some(0) => Err(NotApplied::UsedUp),
            Some(Barred::Revoked) => Err(NotApplied::Revoked),
            _ => Ok(()),
        }
    }

    /// A shared code was issued to nobody: only the ends the shop wrote down hold for it.
    fn ask_time(&self, coupon: &Coupon, candidate: &Candidate<'_>) -> Result<(), NotApplied> {
        let (valid, now, held) = (&coupon.valid, self.checkout.now, candidate.held);
        let from = held.map_or(valid.from, |held| Some(valid.begins(held.issued_at)));
        if let Some(from) = from.filter(|from| now < *from) {
            return Err(NotApplied::NotYet { from });
        }
        let until = held.map_or(valid.until, |held| Some(held.valid_until));
        if let Some(until) = until.filter(|until| *until <= now) {
            return Err(NotApplied::Expired { until });
        }
        if let Some(Barred::Expired { until }) = candidate.barred {
            return Err(NotApplied::Expired { until });
        }
        if valid.blackouts.is_empty() {
            return Ok(());
        }
        let zone = self.checkout.zone;
        let today = *self.today.get_or_init(|| zone.date(now));
        // Blackouts may touch: the day after one can lie in the next. Every look passes one of them for good.
        let mut free = today;
        while let Some((_, last)) = valid.blackout(free) {
            match last.succ_opt() {
                Some(next) => free = next,
                None => return Err(NotApplied::Blackout { from: Timestamp::MAX }),
            }
        }
        if free == today { Ok(()) } else { Err(NotApplied::Blackout { from: zone.start_of(free) }) }
    }

    fn ask_order(&self, coupon: &Coupon) -> Result<(), NotApplied> {
        let (terms, basket) = (&coupon.terms, self.prices.basket);
        let one_of = |allowed: &std::collections::BTreeSet<Box<str>>, chosen: &Option<Box<str>>| {
            allowed.is_empty() || chosen.as_ref().is_some_and(|chosen| allowed.contains(chosen))
        };
        if !terms.channels.is_empty() && !terms.channels.contains(&basket.channel) {
            return Err(NotApplied::WrongChannel { allowed: terms.channels.iter().cloned().collect() });
        }
        if !one_of(&terms.payments, &basket.payment) {
            return Err(NotApplied::WrongPayment { allowed: terms.payments.iter().cloned().collect() });
        }
        if !one_of(&terms.shippings, &basket.shipping_by) {
            return Err(NotApplied::WrongShipping { allowed: terms.shippings.iter().cloned().collect() });
        }
        Ok(())
    }

    fn ask_friend(&self, coupon: &Coupon) -> Result<(), NotApplied> {
        let (friend, now) = (self.checkout.friend, self.checkout.now);
        let orders = self.count();
        if coupon.terms.first_order && orders > 0 {
            return Err(NotApplied::NotFirstOrder { orders });
        }
        match &coupon.terms.only {
            Some(only) if !only.matches(friend, now) => {
                Err(NotApplied::NotForFriend { only: only.expr().to_string().into() })
            }
            _ => Ok(()),
        }
    }
}

impl Orders for Questions<'_> {
    fn count(&self) -> u64 {
        self.checkout.friend.orders.counting(self.checkout.now).len() as u64
    }

    fn spent(&self) -> u64 {
        let orders = &self.checkout.friend.orders;
        let sum = |sum: u64, net: i64| sum.saturating_add(u64::try_from(net).unwrap_or(0));
        *self
            .spent
            .get_or_init(|| orders.counting(self.checkout.now).fold(0, |total, (_, net)| sum(total, net.minor())))
    }
}

//! Coupons a step gives out, and takes back.

use std::collections::BTreeSet;

use crate::coupon::ledger::{Entry, NoHeadroom, Posting};
use crate::coupon::{Codes, Coupon, Serial};
use crate::model::{CouponName, Friend, HeldCoupon, Journey, Money, Timestamp};
use crate::policy::Reason;
use crate::segment::Depends;

use super::Effects;
use super::scene::{Instant, Scene};

impl Scene<'_> {
    /// Issues a coupon without a message.
    pub(super) fn issue(
        &self,
        friend: &mut Friend,
        journey: &mut Journey,
        coupon: &Coupon,
        instant: &mut Instant,
        effects: &mut Effects,
    ) {
        match self.draw_up(friend, coupon, instant) {
            Ok(held) => {
                self.hand_out(friend, journey, held, effects);
                instant.issued(coupon);
                journey.note_done();
            }
            Err(reason) => self.note(friend, journey, reason, effects),
        }
    }

    /// The coupon as the friend is to hold it. Nothing has happened yet.
    pub(super) fn draw_up(&self, friend: &Friend, coupon: &Coupon, instant: &Instant) -> Result<HeldCoupon, Reason> {
        let name = || coupon.name.clone();
        let valid_until = coupon.valid_until(self.now, self.zone);
        if valid_until <= self.now {
            return Err(Reason::CouponOver { coupon: name() });
        }
        if let Some(headroom) = self.headroom {
            let already = instant.promised.get(&coupon.name).copied().unwrap_or_default();
            headroom.check(coupon, already).map_err(|why| match why {
                NoHeadroom::Revoked => Reason::CouponOver { coupon: name() },
                NoHeadroom::Spent { left, needs } => Reason::CouponBudgetSpent { coupon: name(), left, needs },
            })?;
        }
        let code = match &coupon.codes {
            Codes::Shared(code) => code.as_str().into(),
            Codes::Personal => {
                let keys = self.keys.ok_or(Reason::KeysMissing)?;
                let held_before = friend.coupons.iter().filter(|held| held.coupon == coupon.name).count();
                let nth = u8::try_from(held_before).map_err(|_| Reason::CodesUsedUp { coupon: name() })?;
                keys.issue(&coupon.name, Serial::new(friend.id, nth)).to_string().into()
            }
        };
        Ok(HeldCoupon { coupon: name(), code, issued_at: self.now, valid_until, redeemed: BTreeSet::new() })
    }

    /// The friend holds it from now on.
    pub(super) fn hand_out(&self, friend: &mut Friend, journey: &Journey, held: HeldCoupon, effects: &mut Effects) {
        let HeldCoupon { coupon, valid_until, .. } = &held;
        let (coupon, valid_until) = (coupon.clone(), *valid_until);
        self.tell_ledger(&held, effects, |code| Posting::Issued { coupon: coupon.clone(), code, valid_until });
        friend.coupons.push(held);
        self.note(friend, journey, Reason::CouponIssued { coupon, valid_until }, effects);
    }

    /// Ends the newest coupon of this name that was not used.
    pub(super) fn expire(
        &self,
        friend: &mut Friend,
        journey: &mut Journey,
        name: &CouponName,
        instant: &mut Instant,
        effects: &mut Effects,
    ) {
        let orders = &friend.orders;
        let unused =
            |held: &&mut HeldCoupon| held.coupon == *name && held.valid_until > self.now && !held.is_used(orders);
        let coupon = name.clone();
        let reason = match friend.coupons.iter_mut().rev().find(unused) {
            Some(held) => {
                held.valid_until = self.now;
                self.tell_ledger(held, effects, |code| Posting::Ended { coupon: coupon.clone(), code });
                journey.note_done();
                instant.changed = instant.changed | Depends::COUPONS;
                Reason::CouponExpired { coupon }
            }
            None => Reason::CouponNotThere { coupon },
        };
        self.note(friend, journey, reason, effects);
    }

    /// Holds the friend such a coupon, issued at `since` or later, that can be used?
    pub(super) fn holds_since(&self, friend: &Friend, coupon: &Coupon, since: Timestamp) -> bool {
        friend.coupons.iter().any(|held| {
            let usable = held.valid_until > self.now && !held.is_used(&friend.orders);
            held.coupon == coupon.name && held.issued_at >= since && usable
        })
    }

    /// A ledger keeps accounts of codes that are one friend's own.
    fn tell_ledger(
        &self,
        held: &HeldCoupon,
        effects: &mut Effects,
        posting: impl FnOnce(crate::coupon::Code) -> Posting,
    ) {
        if self.headroom.is_some()
            && let Ok(code) = held.code.parse()
        {
            effects.ledger.push(Entry::new(self.now, posting(code)));
        }
    }
}

impl Instant {
    /// A coupon was issued in it.
    pub(super) fn issued(&mut self, coupon: &Coupon) {
        self.changed = self.changed | Depends::COUPONS;
        if let Some(sum) = coupon.limits.promised_per_code() {
            let promised = self.promised.entry(coupon.name.clone()).or_insert(Money::ZERO);
            *promised = promised.checked_add(sum).unwrap_or(Money::from_minor(i64::MAX));
        }
    }
}

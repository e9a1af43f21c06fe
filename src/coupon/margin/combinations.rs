//! The combinations of coupons that can be on one order.

use std::collections::BTreeSet;

use crate::coupon::{Basket, Combining, Coupon};
use crate::model::Timestamp;

/// So many combinations are looked at.
pub(super) const MOST: u64 = 1 << 14;

/// Calls for every combination that stacking and `at_most` allow and whose terms an order can meet, with the places of
/// its coupons and an order that meets the terms. The coupons are in the order in which they are taken. False when there
/// are more than are looked at.
pub(super) fn each(coupons: &[&Coupon], combining: Combining, mut look: impl FnMut(&[usize], Basket)) -> bool {
    let mut walk = Walk { coupons, at_most: combining.at_most, left: MOST, look: &mut look };
    walk.from(&mut Vec::new(), 0)
}

struct Walk<'a, L> {
    coupons: &'a [&'a Coupon],
    at_most: usize,
    left: u64,
    look: &'a mut L,
}

impl<L: FnMut(&[usize], Basket)> Walk<'_, L> {
    fn from(&mut self, so_far: &mut Vec<usize>, first: usize) -> bool {
        if so_far.len() == self.at_most {
            return true;
        }
        for next in first..self.coupons.len() {
            let with = |place: usize| &self.coupons[place].stacking.with;
            if !so_far.iter().all(|other| with(*other).goes_beside(with(next))) {
                continue;
            }
            so_far.push(next);
            let together: Vec<&Coupon> = so_far.iter().map(|place| self.coupons[*place]).collect();
            // What cannot be together cannot with one more either.
            if let Some(order) = order_for(&together) {
                if self.left == 0 {
                    return false;
                }
                self.left -= 1;
                (self.look)(so_far, order);
                if !self.from(so_far, next + 1) {
                    return false;
                }
            }
            so_far.pop();
        }
        true
    }
}

/// An order without goods that meets what the terms ask of the order itself; none when no order and no time does.
fn order_for(coupons: &[&Coupon]) -> Option<Basket> {
    let from = coupons.iter().filter_map(|coupon| coupon.valid.from).max().unwrap_or(Timestamp::MIN);
    let until = coupons.iter().filter_map(|coupon| coupon.valid.until).min().unwrap_or(Timestamp::MAX);
    if until <= from {
        return None;
    }
    let mut order = Basket::default();
    if let Some(channel) = common(coupons.iter().map(|coupon| &coupon.terms.channels))? {
        order.channel = channel;
    }
    order.payment = common(coupons.iter().map(|coupon| &coupon.terms.payments))?;
    order.shipping_by = common(coupons.iter().map(|coupon| &coupon.terms.shippings))?;
    Some(order)
}

/// The first that all sets have, of which an empty one has everything: `None` when there is none, `Some(None)` when any
/// will do.
#[allow(clippy::option_option, reason = "nothing will do, and anything will do")]
fn common<'a, T: Ord + Clone + 'a>(sets: impl Iterator<Item = &'a BTreeSet<T>> + Clone) -> Option<Option<T>> {
    let named = sets.filter(|set| !set.is_empty());
    let Some(first) = named.clone().next() else { return Some(None) };
    first.iter().find(|one| named.clone().all(|set| set.contains(*one))).cloned().map(Some)
}

//! Which goods a coupon looks at, and what the cart and the friend must be like.

use std::collections::BTreeSet;

use crate::model::{Channel, Money};
use crate::segment::Predicate;

/// The goods of a coupon: those named, less those excepted (P4). Everything, when none are named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Scope {
    /// These goods, by the shop's own id.
    pub skus: BTreeSet<Box<str>>,
    /// Goods in one of these categories.
    pub categories: BTreeSet<Box<str>>,
    /// Not these.
    pub except_skus: BTreeSet<Box<str>>,
    /// Nor any in one of these.
    pub except_categories: BTreeSet<Box<str>>,
}

impl Scope {
    /// Are these goods of the coupon?
    pub fn covers(&self, sku: &str, categories: &[Box<str>]) -> bool {
        let one_of = |some: &BTreeSet<Box<str>>| !some.is_empty() && categories.iter().any(|it| some.contains(it));
        let everything = self.skus.is_empty() && self.categories.is_empty();
        let named = everything || self.skus.contains(sku) || one_of(&self.categories);
        named && !self.except_skus.contains(sku) && !one_of(&self.except_categories)
    }
}

/// What the cart and the friend must be like.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Terms {
    /// What the goods in scope must come to, before anything is taken off. An eligible subtotal of nothing is
    /// never enough, not even for a floor of zero (X47).
    pub floor: Money,
    /// Only on the first order that counts (P2).
    pub first_order: bool,
    /// Only where the order comes from one of these (P6); none named means all.
    pub channels: BTreeSet<Channel>,
    /// Only friends for whom this holds.
    pub only: Option<Predicate>,
    /// Only with one of these means of payment; none named means all.
    pub payments: BTreeSet<Box<str>>,
    /// Only with one of these ways of shipping; none named means all.
    pub shippings: BTreeSet<Box<str>>,
}

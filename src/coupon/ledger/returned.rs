//! How much of an order came back.

use core::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::model::Money;

/// How much of an order came back, so far. It only grows: of two that are told the greater stands, whichever came
/// first and however often, so that nothing is given back twice (X50).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "a part, or the whole")]
pub enum Returned {
    /// A share of the money: the same share of the discount goes back to the budget. The use stays used.
    Part(Share),
    /// Cancelled, or returned as a whole: the use is given back too.
    Whole,
}

/// So much of so much, exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "(Money, Money)", into = "(Money, Money)")]
pub struct Share {
    /// In lowest terms, so that equal shares are equal.
    part: i64,
    whole: i64,
}

impl Share {
    /// What was refunded so far, all of it together, of an order of `whole`; or of a discount, what lay on the
    /// lines that came back. `None` unless it is between nothing and the whole, and the whole above nothing.
    pub fn new(refunded: Money, whole: Money) -> Option<Self> {
        let (part, whole) = (refunded.minor(), whole.minor());
        let divisor = greatest_common_divisor(part, whole);
        (0 <= part && part <= whole && whole > 0).then(|| Self { part: part / divisor, whole: whole / divisor })
    }

    /// The share of an amount that is not below zero, a part of a unit dropped: toward the shop.
    pub fn of(self, amount: Money) -> Money {
        let exact = i128::from(amount.minor()) * i128::from(self.part) / i128::from(self.whole);
        Money::from_minor(i64::try_from(exact).expect("a share is no more than the amount"))
    }
}

impl PartialOrd for Share {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Share {
    fn cmp(&self, other: &Self) -> Ordering {
        let cross = |one: i64, other: i64| i128::from(one) * i128::from(other);
        cross(self.part, other.whole).cmp(&cross(other.part, self.whole))
    }
}

impl TryFrom<(Money, Money)> for Share {
    type Error = &'static str;

    fn try_from((part, whole): (Money, Money)) -> Result<Self, Self::Error> {
        Self::new(part, whole).ok_or("a share is between nothing and the whole")
    }
}

impl From<Share> for (Money, Money) {
    fn from(share: Share) -> Self {
        (Money::from_minor(share.part), Money::from_minor(share.whole))
    }
}

fn greatest_common_divisor(mut a: i64, mut b: i64) -> i64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(part: i64, whole: i64) -> Option<Share> {
        Share::new(Money::from_minor(part), Money::from_minor(whole))
    }

    #[test]
    fn shares_are_exact() {
        assert_eq!(share(2, 6), share(1, 3));
        assert!(share(333, 1000) < share(1, 3) && share(1, 3) < share(334, 1000));
        assert!(Returned::Part(share(1, 1).unwrap()) < Returned::Whole);
        assert_eq!([share(-1, 3), share(4, 3), share(0, 0), share(-3, -3)], [None; 4]);
        let third = |amount| share(1, 3).unwrap().of(Money::from_minor(amount)).minor();
        assert_eq!([third(10), third(0), third(i64::MAX)], [3, 0, i64::MAX / 3]);
        assert_eq!(share(i64::MAX, i64::MAX).unwrap().of(Money::from_minor(i64::MAX)).minor(), i64::MAX);
    }
}

//! Parts of money: a share of a sum, and a sum shared out. Amounts are minor units, never below zero.

use core::cmp::Reverse;

use crate::model::Money;

use super::Rounding;

/// As money. What a basket comes to always is; what is over is more than any basket.
pub(super) fn money(amount: u64) -> Money {
    Money::from_minor(i64::try_from(amount).unwrap_or(i64::MAX))
}

/// Of an amount of money; less than nothing is nothing.
pub(super) fn unsigned(amount: Money) -> u64 {
    u64::try_from(amount.minor()).unwrap_or(0)
}

/// `amount` times `by` over `whole`, rounded once.
pub(super) fn divide(amount: u64, by: u64, whole: u64, rounding: Rounding) -> u64 {
    let (down, rest) = exact(amount, by, whole);
    let up = match rounding {
        Rounding::Down => false,
        Rounding::HalfUp => rest >= whole - rest,
        Rounding::Up => rest > 0,
    };
    down + u64::from(up)
}

/// A sum shared out by largest remainder. Kept from one sum to the next for its memory.
#[derive(Default)]
pub(super) struct Sharing {
    shares: Vec<(u32, u64)>,
    losses: Vec<Loss>,
}

/// What a share lost by being rounded down. Of two the greater gets a unit first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Loss {
    /// In parts of the whole.
    rest: u64,
    /// The dearer of two that lost the same.
    weight: u64,
    /// The earlier of two of the same price.
    place: Reverse<usize>,
}

impl Sharing {
    /// Shares `sum` over slots by their weights, which come to `whole`; the sum is at most that. Every slot gets its
    /// exact share rounded down; what is left then goes, a unit each, to those that lost most by it; of these to the
    /// dearer, then to the earlier. No slot gets more than its weight, and together they get the sum (X46).
    ///
    /// Linear in the slots.
    pub(super) fn share(&mut self, sum: u64, whole: u64, weights: impl Iterator<Item = (u32, u64)>) -> &[(u32, u64)] {
        self.shares.clear();
        self.losses.clear();
        let mut units = sum;
        for (slot, weight) in weights {
            let (share, rest) = exact(weight, sum, whole);
            units -= share;
            if rest > 0 {
                self.losses.push(Loss { rest, weight, place: Reverse(self.shares.len()) });
            }
            self.shares.push((slot, share));
        }
        // The rests come to the units that are left, and each is less than one: so there are more rests than units.
        let units = usize::try_from(units).expect("fewer units are left than there are slots");
        if units > 0 {
            self.losses.select_nth_unstable_by(units - 1, |one, another| another.cmp(one));
        }
        for loss in &self.losses[..units] {
            self.shares[loss.place.0].1 += 1;
        }
        &self.shares
    }
}

/// `amount` times `by` over `whole`, and the rest. `by` is at most `whole`, so that the result is at most the amount.
fn exact(amount: u64, by: u64, whole: u64) -> (u64, u64) {
    match amount.checked_mul(by) {
        Some(product) => (product / whole, product % whole),
        None => {
            let (product, whole) = (u128::from(amount) * u128::from(by), u128::from(whole));
            let narrow =
                |part: u128| u64::try_from(part).expect("a part is at most the amount, a rest less than the whole");
            (narrow(product / whole), narrow(product % whole))
        }
    }
}

//! A basket as it is reckoned with: its prices in slots.

use super::{Basket, BasketError};

/// The prices of a basket, each in a slot: lines by their id, so that ties fall the same way whatever the order of the
/// basket, and the shipping behind them.
pub(super) struct Prices<'a> {
    pub(super) basket: &'a Basket,
    /// The place in the basket of the line in each slot.
    places: Vec<usize>,
    /// What the slots come to before any coupon.
    pub(super) initial: Vec<u64>,
    /// All that is listed: goods, shipping and fees.
    pub(super) listed: u64,
}

impl<'a> Prices<'a> {
    pub(super) fn of(basket: &'a Basket) -> Result<Self, BasketError> {
        let lines = &basket.lines;
        if lines.len() > Basket::MAX_LINES {
            return Err(BasketError::TooManyLines { lines: lines.len() });
        }
        let mut places: Vec<usize> = (0..lines.len()).collect();
        places.sort_unstable_by(|one, another| lines[*one].id.cmp(&lines[*another].id));
        if let Some(twice) = places.windows(2).find(|pair| lines[pair[0]].id == lines[pair[1]].id) {
            return Err(BasketError::LineTwice { id: lines[twice[0]].id.clone() });
        }
        let mut initial = Vec::with_capacity(lines.len() + 1);
        for place in &places {
            let line = &lines[*place];
            let negative = || BasketError::NegativeLine { id: line.id.clone() };
            let unit = u64::try_from(line.unit_price.minor()).map_err(|_| negative())?;
            initial.push(unit.checked_mul(line.quantity.into()).ok_or(BasketError::OutOfRange)?);
        }
        let charge = |price: i64| u64::try_from(price).map_err(|_| BasketError::NegativeCharge);
        initial.push(charge(basket.shipping.map_or(0, |shipping| shipping.price.minor()))?);
        let add = |sum: u64, price: u64| sum.checked_add(price).ok_or(BasketError::OutOfRange);
        let mut listed = initial.iter().try_fold(0, |sum, price| add(sum, *price))?;
        for fee in &basket.fees {
            listed = add(listed, charge(fee.price.minor())?)?;
        }
        // Whatever is reckoned from here on is a part of this.
        if i64::try_from(listed).is_err() {
            return Err(BasketError::OutOfRange);
        }
        Ok(Self { basket, places, initial, listed })
    }

    /// The slot of the shipping.
    pub(super) const fn shipping(&self) -> usize {
        self.places.len()
    }

    /// The place in the basket of the line in a slot.
    pub(super) fn place(&self, slot: usize) -> usize {
        self.places[slot]
    }

    /// The goods: their slots and places in the basket.
    pub(super) fn goods(&self) -> impl Iterator<Item = (usize, usize)> {
        self.places.iter().copied().enumerate()
    }
}

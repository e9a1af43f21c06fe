//! Exact fractions, as far as they can be counted.

/// A fraction in lowest terms. Arithmetic gives `None` past what 128 bits count, and never a wrong number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ratio {
    above: i128,
    /// Over zero.
    below: i128,
}

impl Ratio {
    pub(super) const ZERO: Self = Self::whole(0);
    pub(super) const ONE: Self = Self::whole(1);

    pub(super) const fn whole(number: i128) -> Self {
        Self { above: number, below: 1 }
    }

    /// `None` for a denominator of zero too.
    pub(super) fn new(above: i128, below: i128) -> Option<Self> {
        let common = i128::try_from(gcd(above.unsigned_abs(), below.unsigned_abs())).ok()?;
        if below == 0 {
            return None;
        }
        let sign = if below < 0 { -1 } else { 1 };
        Some(Self { above: (above / common).checked_mul(sign)?, below: (below / common).checked_mul(sign)? })
    }

    pub(super) fn plus(self, other: Self) -> Option<Self> {
        let common = i128::try_from(gcd(self.below.unsigned_abs(), other.below.unsigned_abs())).ok()?;
        let (mine, others) = (other.below / common, self.below / common);
        let above = self.above.checked_mul(mine)?.checked_add(other.above.checked_mul(others)?)?;
        Self::new(above, self.below.checked_mul(mine)?)
    }

    pub(super) fn minus(self, other: Self) -> Option<Self> {
        self.plus(other.negated()?)
    }

    pub(super) fn times(self, other: Self) -> Option<Self> {
        // What cancels crosswise is taken out first, so that no product is larger than it must be.
        let (one, another) = (Self::new(self.above, other.below)?, Self::new(other.above, self.below)?);
        Some(Self { above: one.above.checked_mul(another.above)?, below: one.below.checked_mul(another.below)? })
    }

    pub(super) fn over(self, other: Self) -> Option<Self> {
        self.times(Self::new(other.below, other.above)?)
    }

    pub(super) fn negated(self) -> Option<Self> {
        Some(Self { above: self.above.checked_neg()?, below: self.below })
    }

    pub(super) const fn is_positive(self) -> bool {
        self.above > 0
    }

    pub(super) const fn is_negative(self) -> bool {
        self.above < 0
    }

    pub(super) const fn is_zero(self) -> bool {
        self.above == 0
    }

    /// The next whole number that is no greater.
    pub(super) const fn floor(self) -> i128 {
        self.above.div_euclid(self.below)
    }

    /// The next whole number that is no less.
    pub(super) const fn ceil(self) -> i128 {
        self.floor() + if self.below == 1 { 0 } else { 1 }
    }

    pub(super) fn is_less(self, other: Self) -> Option<bool> {
        Some(self.minus(other)?.is_negative())
    }
}

const fn gcd(mut one: u128, mut another: u128) -> u128 {
    while another != 0 {
        (one, another) = (another, one % another);
    }
    if one == 0 { 1 } else { one }
}

//! Consumption tax: one rounding for each rate of an invoice.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::{Money, Rate};

use super::share::divide;
use super::{BasketError, Rounding};

/// The tax on a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::exhaustive_structs, reason = "a rate, and whether the price has it in")]
pub struct Tax {
    /// Its rate: `8%` (軽減税率) or `10%` (標準税率) in Japan, `0%` where there is none.
    #[serde(with = "rate_as_text")]
    pub rate: Rate,
    /// Is it in the price (税込) or does it come on top (税抜)?
    pub included: bool,
}

impl Tax {
    /// In the price: 税込, 内税.
    pub const fn included(rate: Rate) -> Self {
        Self { rate, included: true }
    }

    /// On top of the price: 税抜, 外税.
    pub const fn excluded(rate: Rate) -> Self {
        Self { rate, included: false }
    }
}

/// What one rate comes to on the invoice. `net + tax = gross`, exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TaxTotal {
    /// The rate.
    #[serde(with = "rate_as_text")]
    pub rate: Rate,
    /// Without the tax: 税抜金額.
    pub net: Money,
    /// The tax: 消費税額等.
    pub tax: Money,
    /// With the tax, which is what is paid: 税込金額.
    pub gross: Money,
}

/// Prices by their rate, as they are summed up for an invoice.
#[derive(Default)]
pub(super) struct TaxSums(BTreeMap<Rate, Sums>);

/// Sums of prices with the tax in them and of prices without.
#[derive(Clone, Copy, Default)]
struct Sums {
    included: u64,
    excluded: u64,
}

impl TaxSums {
    /// Adds what is paid for something.
    pub(super) fn add(&mut self, price: u64, tax: Tax) -> Result<(), BasketError> {
        let sums = self.0.entry(tax.rate).or_default();
        let sum = if tax.included { &mut sums.included } else { &mut sums.excluded };
        *sum = sum.checked_add(price).ok_or(BasketError::OutOfRange)?;
        Ok(())
    }

    /// The totals, lowest rate first.
    ///
    /// A qualified invoice (適格請求書) rounds the tax once for each rate, never line by line. So prices without tax are
    /// brought to what is paid for them as one sum, and the tax is reckoned once from all that is paid at the rate. Where
    /// all prices are without tax this is the tax that was put on top: with t the rounded tax on a net sum n at rate r,
    /// the tax in n + t is t + (nr − t) / (1 + r), which is nearer to t than nr is and on the same side.
    pub(super) fn totals(&self, rounding: Rounding) -> Result<Vec<TaxTotal>, BasketError> {
        self.0.iter().map(|(rate, sums)| total(*rate, *sums, rounding).ok_or(BasketError::OutOfRange)).collect()
    }
}

fn total(rate: Rate, sums: Sums, rounding: Rounding) -> Option<TaxTotal> {
    let (ppm, whole) = (u64::from(rate.ppm()), u64::from(Rate::ONE.ppm()));
    let on_top = divide(sums.excluded, ppm, whole, rounding);
    let gross = sums.included.checked_add(sums.excluded)?.checked_add(on_top)?;
    let tax = divide(gross, ppm, whole + ppm, rounding);
    let money = |amount: u64| i64::try_from(amount).ok().map(Money::from_minor);
    Some(TaxTotal { rate, net: money(gross - tax)?, tax: money(tax)?, gross: money(gross)? })
}

/// Rates as people write them.
mod rate_as_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::model::Rate;

    pub(super) fn serialize<S: Serializer>(rate: &Rate, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(rate)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Rate, D::Error> {
        std::borrow::Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

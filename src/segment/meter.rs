//! How many, how much, how many different.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Date, PropertyName, Timestamp, Value};

use super::occurrences::Field;
use super::predicate::Question;
use super::range::{Range, Stay, sweep};
use super::source::{Found, Source};
use super::syntax::Comparison;

/// What is measured of which occurrences, and what it is compared with.
#[derive(Debug)]
pub(crate) struct Meter {
    pub(super) source: Source,
    pub(super) window: Range,
    pub(super) what: Metered,
    pub(super) is: Comparison,
    /// In the units of `what`: pieces, minor units of money, or billionths of a property.
    pub(super) value: i128,
}

#[derive(Debug)]
pub(crate) enum Metered {
    Count,
    Amount,
    Quantity,
    /// A number the shop tells.
    Property(PropertyName),
    Distinct(Field),
}

/// Billionths, so that every decimal number is whole.
pub(super) const BILLIONTHS: u8 = crate::model::Decimal::MAX_SCALE;

/// One of the different values that are counted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Key<'f> {
    Text(&'f str),
    Day(Date),
    Value(&'f Value),
}

impl Meter {
    pub(super) fn holds(&self, ask: &Question<'_>) -> bool {
        self.is.holds(&self.reading(ask), &self.value)
    }

    /// What is measured now.
    pub(super) fn reading(&self, ask: &Question<'_>) -> i128 {
        let mut sum = 0_i128;
        let mut different = BTreeSet::new();
        self.source.each(ask, |found| {
            if !found.stay.holds(ask.now) || !self.window.holds(found.at, ask.now, ask.zone) {
                return;
            }
            match &self.what {
                Metered::Distinct(field) => self.keys(&found, field, ask, |key| {
                    different.insert(key);
                }),
                _ => sum = sum.saturating_add(self.weight(&found)),
            }
        });
        if matches!(self.what, Metered::Distinct(_)) { different.len() as i128 } else { sum }
    }

    /// The earliest later instant at which the comparison turns out otherwise.
    pub(super) fn next_change(&self, ask: &Question<'_>) -> Option<Timestamp> {
        let (mut stays, mut all): (Vec<Stay>, Vec<Found<'_>>) = (Vec::new(), Vec::new());
        self.source.each(ask, |found| {
            let stay = self.window.stay(found.at, ask.now, ask.zone);
            if let Some(stay) = stay.and_then(|stay| stay.and(found.stay).seen_from(ask.now)) {
                stays.push(stay);
                all.push(found);
            }
        });
        let compared = |reading: i128| self.is.holds(&reading, &self.value);
        if let Metered::Distinct(field) = &self.what {
            let mut keys: Vec<Vec<Key<'_>>> = Vec::with_capacity(all.len());
            for found in &all {
                let mut its = Vec::new();
                self.keys(found, field, ask, |key| its.push(key));
                keys.push(its);
            }
            let mut present: BTreeMap<Key<'_>, usize> = BTreeMap::new();
            let change = |present: &mut BTreeMap<_, usize>, place: usize, comes: bool| {
                for key in &keys[place] {
                    let times = present.entry(*key).or_insert(0);
                    if comes {
                        *times += 1
                    } else {
                        *times -= 1
                    }
                    if *times == 0 {
                        present.remove(key);
                    }
                }
            };
            return sweep(ask.now, &stays, &mut present, change, |present| compared(present.len() as i128));
        }
        let weights: Vec<i128> = all.iter().map(|found| self.weight(found)).collect();
        let change = |sum: &mut i128, place: usize, comes: bool| {
            *sum = if comes { sum.saturating_add(weights[place]) } else { sum.saturating_sub(weights[place]) };
        };
        sweep(ask.now, &stays, &mut 0_i128, change, |sum| compared(*sum))
    }

    fn weight(&self, found: &Found<'_>) -> i128 {
        let thing = found.thing;
        match &self.what {
            Metered::Count | Metered::Distinct(_) => 1,
            Metered::Amount if self.source.goods.is_empty() => i128::from(thing.amount().minor()),
            // Lines were admitted with totals that money can hold.
            Metered::Amount => self.source.lines(thing).map(|l| l.total().map_or(0, |t| i128::from(t.minor()))).sum(),
            Metered::Quantity => self.source.lines(thing).map(|line| i128::from(line.quantity)).sum(),
            Metered::Property(name) => match thing.property(name) {
                Some(Value::Number(number)) => number.scaled_wide(BILLIONTHS),
                _ => 0,
            },
        }
    }

    /// Gives what of an occurrence is counted once however often it comes.
    fn keys<'f>(&self, found: &Found<'f>, field: &Field, ask: &Question<'_>, mut give: impl FnMut(Key<'f>)) {
        let thing = found.thing;
        match field {
            Field::Day => give(Key::Day(ask.zone.date(found.at))),
            Field::Product => self.source.lines(thing).for_each(|line| give(Key::Text(&line.sku))),
            Field::Category => {
                self.source.lines(thing).flat_map(|line| &line.categories).for_each(|name| give(Key::Text(name)));
            }
            Field::Property(name) => thing.property(name).into_iter().for_each(|value| give(Key::Value(value))),
            other => thing.text(other).into_iter().for_each(|text| give(Key::Text(text))),
        }
    }
}

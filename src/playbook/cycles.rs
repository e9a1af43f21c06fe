//! `[cycles]`: how long the shop's goods last.

use crate::rfm::{Cycles, CyclesError};

use super::diagnostic::Code;
use super::reader::{Place, Reader};

/// `default = "30d"`, `at_least = "7d"`, `at_most = "180d"`, `own_from = 3`, `products = { "SOAP-1" = "45d" }`,
/// `categories = { "soap" = "60d" }`
pub(super) fn read(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<Cycles> {
    let mut table = reader.table(place)?;
    let default = reader.take(&mut table, "default");
    let at_least = reader.take(&mut table, "at_least");
    let at_most = reader.take(&mut table, "at_most");
    let own_from = reader.take(&mut table, "own_from");
    let products = reader.take(&mut table, "products");
    let categories = reader.take(&mut table, "categories");
    reader.finish(table);

    let usual = Cycles::default();
    let days = |reader: &mut Reader<'_>, written: Option<&Place<'_>>, usual: u32| match written {
        Some(place) => whole_days(reader, place),
        None => Some(usual),
    };
    let at_least = days(reader, at_least.as_ref(), *usual.bounds().start());
    let at_most = days(reader, at_most.as_ref(), *usual.bounds().end());
    let default_days = days(reader, default.as_ref(), usual.default_days());
    let own_from = match own_from {
        Some(place) => reader.whole(&place, 1, 1000).and_then(|gaps| u32::try_from(gaps).ok()),
        None => Some(usual.own_from()),
    };
    let products = given(reader, products.as_ref());
    let categories = given(reader, categories.as_ref());

    let fault = |reader: &mut Reader<'_>, place: &Place<'_>, error: CyclesError| {
        reader.fault_at(place, Code::Value, error.to_string(), None);
    };
    let mut cycles = match Cycles::new(default_days?, at_least?..=at_most?) {
        // A fault of it is noted, and those of the rest are to be seen too.
        Ok(cycles) => cycles.with_own_from(own_from.unwrap_or(usual.own_from())),
        Err(error) => {
            let is_default = matches!(error, CyclesError::Outside { .. });
            fault(reader, default.as_ref().filter(|_| is_default).unwrap_or(place), error);
            return None;
        }
    };
    for (sku, days, place) in &products {
        cycles.set_product(sku, *days).unwrap_or_else(|error| fault(reader, place, error));
    }
    for (name, days, place) in &categories {
        cycles.set_category(name, *days).unwrap_or_else(|error| fault(reader, place, error));
    }
    Some(cycles)
}

/// Names with days, and where they stand.
fn given<'n>(reader: &mut Reader<'_>, place: Option<&Place<'n>>) -> Vec<(String, u32, Place<'n>)> {
    let named = place.map(|place| reader.named::<String>(place)).unwrap_or_default();
    let days = |(name, place): (String, Place<'n>)| whole_days(reader, &place).map(|days| (name, days, place));
    named.into_iter().filter_map(days).collect()
}

fn whole_days(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<u32> {
    let span = reader.span(place, "a cycle lasts a day or more")?;
    if span.rest_minutes() > 0 {
        reader.fault_at(place, Code::Value, "a cycle lasts whole days", Some("write it as \"30d\"".into()));
        return None;
    }
    Some(span.whole_days())
}

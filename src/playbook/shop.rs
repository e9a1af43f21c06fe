//! `[shop]`

use crate::coupon::Rounding;
use crate::model::{Currency, LocalTime, Zone};

use super::coupons;
use super::diagnostic::Code;
use super::reader::{Place, Reader};

/// LINE's limit for the address of a button.
const MAX_URL_CHARS: usize = 1000;

/// Who the shop is, and what it counts by.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Shop {
    /// The name friends read, and part of every delivery key.
    pub name: String,
    /// Where friends find it, if messages are to show that.
    pub url: Option<String>,
    /// The shop's calendar.
    pub zone: Zone,
    /// What money is counted in.
    pub currency: Currency,
    /// What becomes of a part of a unit of tax.
    pub tax_rounding: Rounding,
}

pub(super) fn read(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<Shop> {
    let mut table = reader.table(place)?;
    let name = reader.need(&mut table, "name", "name = \"河内の台所\"");
    let zone = reader.need(&mut table, "zone", "zone = \"Asia/Tokyo\"");
    let currency = reader.need(&mut table, "currency", "currency = \"JPY\"");
    let day_starts = reader.take(&mut table, "day_starts");
    let url = reader.take(&mut table, "url");
    let tax_rounding = reader.take(&mut table, "tax_rounding");
    reader.finish(table);

    let name = name.and_then(|place| {
        let text = reader.text(&place)?;
        if text.trim().is_empty() || text.chars().count() > 200 {
            reader.fault_at(&place, Code::Value, "a shop's name has 1 to 200 characters", None);
            return None;
        }
        Some(text.to_owned())
    });
    let day_starts = match day_starts {
        Some(place) => reader.parsed(&place),
        None => Some(LocalTime::MIDNIGHT),
    };
    let zone = zone.and_then(|place| {
        let text = reader.text(&place)?;
        match Zone::new(text, day_starts.unwrap_or(LocalTime::MIDNIGHT)) {
            Ok(zone) => Some(zone),
            Err(error) => {
                reader.fault_at(&place, Code::Value, error.to_string(), None);
                None
            }
        }
    });
    let currency = currency.and_then(|place| currency_of(reader, &place));
    let url = url.map(|place| address(reader, &place));
    let tax_rounding = coupons::read_rounding(reader, tax_rounding.as_ref(), "down (default), half up, or up");
    let sound = day_starts.is_some() && url.as_ref().is_none_or(Option::is_some);
    let shop = Shop { name: name?, url: url.flatten(), zone: zone?, currency: currency?, tax_rounding: tax_rounding? };
    Some(shop).filter(|_| sound)
}

/// An address that LINE opens.
fn address(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<String> {
    let text = reader.text(place)?;
    let opens =
        text.strip_prefix("https://").is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace));
    if !opens || text.chars().count() > MAX_URL_CHARS {
        let message = format!("a shop's address begins with https:// and has up to {MAX_URL_CHARS} characters");
        reader.fault_at(place, Code::Value, message, Some("url = \"https://shop.example/\"".into()));
        return None;
    }
    Some(text.to_owned())
}

/// A code, or a table with a number of places for price lists finer than the code's own.
fn currency_of(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<Currency> {
    if let super::source::Raw::Text(_) = place.node.value {
        return reader.parsed(place);
    }
    let mut table = reader.table(place)?;
    let code = reader.need(&mut table, "code", "code = \"GBP\"");
    let places = reader.need(&mut table, "places", "places = 3");
    reader.finish(table);
    let (code_place, places) = (code?, places?);
    let (code, places) = (reader.text(&code_place)?, reader.whole(&places, 0, 6)?);
    match Currency::with_exponent(code, u8::try_from(places).ok()?) {
        Ok(currency) => Some(currency),
        Err(error) => {
            reader.fault_at(&code_place, Code::Value, error.to_string(), None);
            None
        }
    }
}

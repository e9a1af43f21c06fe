//! `[best_hour]`: when the shop's friends react.

use crate::insight::BestHour;

use super::diagnostic::Code;
use super::reader::{Place, Reader};
use super::source::Raw;

/// `shop = [0, 0, 0, 0, 0, 0, 1, 4, 6, 5, 4, 5, 14, 7, 4, 4, 5, 8, 11, 15, 21, 24, 17, 6]`, `weekend` alike, `strength = 20`
pub(super) fn read(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<BestHour> {
    let mut table = reader.table(place)?;
    let shop = reader.take(&mut table, "shop");
    let weekend = reader.take(&mut table, "weekend");
    let strength = reader.take(&mut table, "strength");
    reader.finish(table);
    let shop = shop.map(|place| histogram(reader, &place));
    let weekend = weekend.map(|place| histogram(reader, &place));
    let strength = strength.map(|place| small(reader, &place, BestHour::MAX_STRENGTH));
    let mut best_hour = BestHour::default();
    if let Some(shop) = shop {
        best_hour = best_hour.with_shop(shop?);
    }
    if let Some(weekend) = weekend {
        best_hour = best_hour.with_weekend(weekend?);
    }
    if let Some(strength) = strength {
        best_hour = best_hour.with_strength(strength?);
    }
    Some(best_hour)
}

fn histogram(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<[u32; 24]> {
    let places = reader.list(place);
    let counts: Vec<u32> = places.iter().filter_map(|place| small(reader, place, BestHour::MAX_COUNT)).collect();
    if counts.len() < places.len() || !matches!(place.node.value, Raw::List(_)) {
        return None;
    }
    let counts = counts.try_into();
    if counts.is_err() {
        let message = format!("{} numbers: a day has 24 hours", places.len());
        reader.fault_at(place, Code::Value, message, Some("from 0 to 23 o'clock, how many reactions".into()));
    }
    counts.ok()
}

fn small(reader: &mut Reader<'_>, place: &Place<'_>, most: u32) -> Option<u32> {
    reader.whole(place, 0, most.into()).and_then(|number| u32::try_from(number).ok())
}

//! `valid`: when a coupon can be used.

use crate::coupon::Validity;
use crate::model::{Date, Span, Timestamp, Zone, parse_date};
use crate::playbook::diagnostic::Code;
use crate::playbook::reader::{Place, Reader};
use crate::playbook::scenarios::{read_instant, read_until};

/// `{ for = "14d" }`, `{ from = "2026-04-01", until = "2026-05-01 at 10:00" }`, both; `not_on = ["2026-04-29"]`
pub(super) fn read(reader: &mut Reader<'_>, place: &Place<'_>, zone: &Zone) -> Option<Validity> {
    let mut table = reader.table(place)?;
    let span = reader.take(&mut table, "for");
    let from = reader.take(&mut table, "from");
    let until = reader.take(&mut table, "until");
    let not_on = reader.take(&mut table, "not_on");
    reader.finish(table);
    let has_end = span.is_some() || until.is_some();
    if !has_end {
        let help = "for = \"14d\" from its issue, or until = \"2026-05-01\"";
        reader.fault_at(place, Code::Missing, "this coupon would never end", Some(help.into()));
    }
    let (mut sound, mut valid) = (has_end, Validity::for_span(Span::default()));
    valid.span = None;
    let mut set = |slot: Option<()>| sound &= slot.is_some();
    if let Some(place) = span {
        valid.span = reader.span(&place, "a coupon must be valid for some time");
        set(valid.span.map(drop));
    }
    if let Some(place) = from {
        valid.from = read_instant(reader, &place, zone);
        set(valid.from.map(drop));
    }
    if let Some(place) = until {
        valid.until = read_until(reader, &place, valid.from, zone);
        set(valid.until.map(drop));
    }
    if let Some(place) = not_on {
        let days = blackouts(reader, &place);
        set(days.as_ref().map(drop));
        valid.blackouts = days.unwrap_or_default();
        if let (Some(from), Some(until)) = (valid.from, valid.until)
            && is_never(from, until, &valid.blackouts, zone)
        {
            let help = "days between `from` and `until` on which it is not to be used";
            reader.fault_at(&place, Code::Value, "no day is left on which it is valid", Some(help.into()));
            set(None);
        }
    }
    sound.then_some(valid)
}

/// `["2026-04-29", "2026-05-03..2026-05-05"]`, in order of their beginning.
fn blackouts(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<Vec<(Date, Date)>> {
    let places = reader.list(place);
    let days: Vec<_> = places.iter().map(|place| days(reader, place)).collect();
    let mut days = days.into_iter().collect::<Option<Vec<_>>>().filter(|_| place.is_list())?;
    days.sort_unstable();
    Some(days)
}

/// A day, or the first and the last of several.
fn days(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<(Date, Date)> {
    let text = reader.text(place)?.trim();
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    let Some((first, last)) = parse_date(first.trim()).zip(parse_date(last.trim())) else {
        let help = "\"2026-04-29\", or \"2026-05-03..2026-05-05\" with both its ends";
        reader.fault_at(place, Code::Value, "this is no day and no range of days", Some(help.into()));
        return None;
    };
    if last < first {
        reader.fault_at(place, Code::Value, "the last of these days comes before the first", None);
        return None;
    }
    Some((first, last))
}

/// Is every day from the first to the last instant left out? Linear in the blackouts, which are in order.
fn is_never(from: Timestamp, until: Timestamp, blackouts: &[(Date, Date)], zone: &Zone) -> bool {
    let last_day = zone.date(until.plus_millis(-1));
    let mut day = zone.date(from);
    for (first, last) in blackouts {
        if *first > day {
            return false;
        }
        day = day.max(last.succ_opt().unwrap_or(*last));
        if day > last_day {
            return true;
        }
    }
    false
}

//! `[policy]`

use crate::model::Span;
use crate::policy::{Cap, Policy, QuietHours, QuietRule};

use super::diagnostic::Code;
use super::reader::{Place, Reader};

pub(super) fn read(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<Policy> {
    let mut table = reader.table(place)?;
    let quiet = reader.take(&mut table, "quiet_hours");
    let caps = reader.take(&mut table, "caps");
    let enter_within = reader.take(&mut table, "enter_within");
    reader.finish(table);
    let quiet_hours = quiet.and_then(|place| quiet_hours(reader, &place));
    let mut policy = Policy { quiet_hours, ..Policy::default() };
    if let Some(place) = caps {
        policy.caps = reader.list(&place).iter().filter_map(|place| cap(reader, place)).collect();
    }
    if let Some(place) = enter_within {
        policy.enter_within = longer_than_nothing(reader, &place)?;
    }
    Some(policy)
}

/// `{ from = "21:00", to = "09:00", then = "shift", at_most = "12h", spread = "40m" }`
fn quiet_hours(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<QuietHours> {
    let mut table = reader.table(place)?;
    let from = reader.need(&mut table, "from", "from = \"21:00\"");
    let to = reader.need(&mut table, "to", "to = \"09:00\"");
    let then = reader.need(&mut table, "then", "then = \"shift\", or \"drop\"");
    let at_most = reader.take(&mut table, "at_most");
    let spread = reader.take(&mut table, "spread");
    reader.finish(table);
    let from = from.and_then(|place| reader.parsed(&place));
    let to = to.and_then(|place| reader.parsed(&place));
    let rule = then.and_then(|place| match reader.text(&place)? {
        "shift" => Some(QuietRule::Shift),
        "drop" => Some(QuietRule::Drop),
        other => {
            let message = format!("quiet hours cannot `{}`", other.chars().take(50).collect::<String>());
            reader.fault_at(&place, Code::Value, message, Some("shift or drop".into()));
            None
        }
    });
    let at_most = at_most.map(|place| reader.parsed::<Span>(&place));
    let spread = spread.map(|place| minutes(reader, &place));
    let fault = |reader: &mut Reader<'_>, error: crate::policy::QuietHoursError| {
        reader.fault_at(place, Code::Value, error.to_string(), None);
    };
    let mut hours = QuietHours::new(from?, to?, rule?).map_err(|error| fault(reader, error)).ok()?;
    if let Some(span) = at_most {
        hours = hours.at_most(span?);
    }
    if let Some(minutes) = spread {
        hours = hours.spread(minutes?).map_err(|error| fault(reader, error)).ok()?;
    }
    Some(hours)
}

fn minutes(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<u16> {
    let span = reader.parsed::<Span>(place)?;
    match u16::try_from(span.rest_minutes()) {
        Ok(minutes) if span.whole_days() == 0 => Some(minutes),
        _ => {
            reader.fault_at(place, Code::Value, "a spread is shorter than a day", Some("spread = \"40m\"".into()));
            None
        }
    }
}

/// `{ at_most = 2, per = "7d" }`
fn cap(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<Cap> {
    let mut table = reader.table(place)?;
    let at_most = reader.need(&mut table, "at_most", "at_most = 2");
    let per = reader.need(&mut table, "per", "per = \"7d\"");
    reader.finish(table);
    let at_most = at_most.and_then(|place| reader.whole(&place, 1, 1_000_000));
    let per = per.and_then(|place| longer_than_nothing(reader, &place));
    Some(Cap::new(u32::try_from(at_most?).ok()?, per?))
}

fn longer_than_nothing(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<Span> {
    let span = reader.parsed::<Span>(place)?;
    if span.is_zero() {
        reader.fault_at(place, Code::Value, "no time at all is not meant here", None);
        return None;
    }
    Some(span)
}

//! `[policy]`

use crate::insight::{PlanName, PlanTable};
use crate::model::{Money, Rate, Span};
use crate::policy::{
    Audience, Budget, ChatHold, Consent, Holdouts, Policy, QuietHours, QuietHoursError, QuietRule, Repetition, Reserve,
};
use crate::segment::Schema;

use super::caps;
use super::diagnostic::Code;
use super::reader::{Place, Reader};
use super::source::Raw;

/// What its rules may name.
pub(super) struct Names<'a> {
    pub(super) schema: &'a Schema,
    /// The kinds of messages there are.
    pub(super) categories: Vec<&'a str>,
}

pub(super) fn read(reader: &mut Reader<'_>, place: &Place<'_>, names: &Names<'_>) -> Option<Policy> {
    let mut table = reader.table(place)?;
    let consent = reader.take(&mut table, "consent");
    let chat = reader.take(&mut table, "chat");
    let same_message = reader.take(&mut table, "same_message");
    let quiet = reader.take(&mut table, "quiet_hours");
    let frequency = caps::Places {
        week_starts: reader.take(&mut table, "week_starts"),
        caps: reader.take(&mut table, "caps"),
        gap: reader.take(&mut table, "gap"),
    };
    let selling = reader.take(&mut table, "selling");
    let quota = reader.take(&mut table, "quota");
    let budget = reader.take(&mut table, "budget");
    let holdout = reader.take(&mut table, "holdout");
    let enter_within = reader.take(&mut table, "enter_within");
    reader.finish(table);

    // With a fault anywhere the playbook is refused: what stands for that which could not be read does not matter.
    let mut policy = Policy { caps: caps::read(reader, &frequency, names), ..Policy::default() };
    if let Some(consent) = consent.and_then(|place| read_consent(reader, &place)) {
        policy.consent = consent;
    }
    if let Some(place) = chat {
        policy.chat = read_chat(reader, &place);
    }
    if let Some(span) = same_message.and_then(|place| reader.parsed(&place)) {
        policy.repetition = Repetition::new(span);
    }
    policy.quiet_hours = quiet.and_then(|place| quiet_hours(reader, &place));
    policy.selling = selling.and_then(|place| caps::selling(reader, &place));
    if let Some(place) = quota {
        policy.reserves = reserves(reader, &place, names.schema);
    }
    policy.budget = budget.and_then(|place| read_budget(reader, &place));
    if let Some(place) = holdout {
        policy.holdouts = holdouts(reader, &place);
    }
    if let Some(span) = enter_within.and_then(|place| reader.span(&place, NO_TIME)) {
        policy.enter_within = span;
    }
    Some(policy)
}

pub(super) const NO_TIME: &str = "a length of time above zero is meant here, such as 7d";

fn read_consent(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<Consent> {
    match reader.text(place)? {
        "assumed" => Some(Consent::Assumed),
        "asked" => Some(Consent::Asked),
        other => unknown_word(reader, place, "consent is not", other, "assumed, or asked: only who said yes"),
    }
}

/// `{ hold = "12h", for_at_most = "6h" }`, or `"ignore"`
fn read_chat(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<ChatHold> {
    if let Raw::Text(text) = &place.node.value {
        if text != "ignore" {
            unknown_word::<()>(reader, place, "an open chat cannot", text, "ignore, or { hold = \"12h\" }");
        }
        return None;
    }
    let mut table = reader.table(place)?;
    let hold = reader.need(&mut table, "hold", "hold = \"12h\"");
    let at_most = reader.take(&mut table, "for_at_most");
    reader.finish(table);
    let hold = hold.and_then(|place| reader.span(&place, NO_TIME));
    let at_most = at_most.and_then(|place| reader.span(&place, NO_TIME));
    let mut chat = ChatHold::new(hold?);
    chat.at_most = at_most;
    Some(chat)
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
        other => unknown_word(reader, &place, "quiet hours cannot", other, "shift or drop"),
    });
    let at_most = at_most.map(|place| reader.parsed::<Span>(&place));
    let spread = spread.map(|place| minutes(reader, &place));
    let fault = |reader: &mut Reader<'_>, error: QuietHoursError| {
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

/// `{ keep = [{ below = 1000, for = "tag 'VIP'" }] }`
fn reserves(reader: &mut Reader<'_>, place: &Place<'_>, schema: &Schema) -> Vec<Reserve> {
    let Some(mut table) = reader.table(place) else { return Vec::new() };
    let keep = reader.need(&mut table, "keep", "keep = [{ below = 1000, for = \"tag 'VIP'\" }]");
    reader.finish(table);
    let kept = keep.map(|place| reader.list(&place)).unwrap_or_default();
    kept.iter().filter_map(|place| reserve(reader, place, schema)).collect()
}

fn reserve(reader: &mut Reader<'_>, place: &Place<'_>, schema: &Schema) -> Option<Reserve> {
    let mut table = reader.table(place)?;
    let below = reader.need(&mut table, "below", "below = 1000");
    let only = reader.need(&mut table, "for", "for = \"tag 'VIP'\"");
    reader.finish(table);
    let below = below.and_then(|place| reader.whole(&place, 1, 1_000_000_000));
    let only = only.and_then(|place| audience(reader, &place, schema));
    Some(Reserve::new(u64::try_from(below?).ok()?, only?))
}

/// `{ month = 30000, plan = "standard" }`
fn read_budget(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<Budget> {
    let mut table = reader.table(place)?;
    let month = reader.need(&mut table, "month", "month = 30000, in yen");
    let plan = reader.need(&mut table, "plan", "plan = \"standard\"");
    reader.finish(table);
    let yen = month.as_ref().and_then(|place| reader.whole(place, 0, 1_000_000_000_000));
    let plan = plan.and_then(|place| match reader.text(&place)? {
        "communication" => Some(PlanName::Communication),
        "light" => Some(PlanName::Light),
        "standard" => Some(PlanName::Standard),
        other => unknown_word(reader, &place, "LINE has no plan", other, "communication, light or standard"),
    });
    let budget = Budget::new(Money::from_minor(yen?), plan?);
    if budget.messages(&PlanTable::jp_2023_06()) == Some(0) {
        let message = "that is less than the plan costs before the first message";
        reader.fault_at(&month?, Code::Value, message, Some("the plan's monthly fee, or more".into()));
        return None;
    }
    Some(budget)
}

/// `{ global = "2%", per_scenario = "5%" }`
fn holdouts(reader: &mut Reader<'_>, place: &Place<'_>) -> Holdouts {
    let mut holdouts = Holdouts::default();
    let Some(mut table) = reader.table(place) else { return holdouts };
    let global = reader.take(&mut table, "global");
    let per_scenario = reader.take(&mut table, "per_scenario");
    reader.finish(table);
    holdouts.global = global.and_then(|place| reader.parsed::<Rate>(&place));
    holdouts.per_scenario = per_scenario.and_then(|place| reader.parsed::<Rate>(&place));
    holdouts
}

/// Whom a rule is for.
pub(super) fn audience(reader: &mut Reader<'_>, place: &Place<'_>, schema: &Schema) -> Option<Audience> {
    reader.predicate(place, schema).map(Audience::new)
}

/// Notes a word that has no meaning where it stands.
pub(super) fn unknown_word<T>(
    reader: &mut Reader<'_>,
    place: &Place<'_>,
    what: &str,
    word: &str,
    right: &str,
) -> Option<T> {
    let message = format!("{what} `{}`", word.chars().take(50).collect::<String>());
    reader.fault_at(place, Code::Value, message, Some(right.into()));
    None
}

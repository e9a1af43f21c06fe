//! `[scenarios]`

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::coupon::Coupon;
use crate::message::Message;
use crate::model::{
    CouponName, EventName, GroupName, MessageName, Rate, ScenarioName, ScenarioVersion, Span, StepName, Timestamp,
    Zone, parse_date, stable_hash,
};
use crate::policy::Class;
use crate::scenario::{
    Backfill, Condition, Days, Goal, IfLost, IfRunning, Membership, Menus, Moment, Reentry, Scenario, Step, Stop,
    StopBy, TimeOfDay, Trigger, WhenEdited,
};
use crate::segment::Schema;

use super::diagnostic::Code;
use super::reader::{Place, Reader};
use super::setter::Setter;
use super::source::{Node, Raw};
use super::{steps, triggers};

/// What steps may refer to. A name without a rule has a fault of its own, reported where it stands.
pub(super) struct Names<'a> {
    pub(super) schema: &'a Schema,
    pub(super) messages: &'a BTreeMap<MessageName, Option<Arc<Message>>>,
    pub(super) coupons: &'a BTreeMap<CouponName, Option<Arc<Coupon>>>,
    pub(super) menus: &'a Menus,
}

pub(super) fn read(reader: &mut Reader<'_>, place: &Place<'_>, names: &Names<'_>) -> Vec<Scenario> {
    let named = reader.named::<ScenarioName>(place);
    named.into_iter().filter_map(|(name, place)| scenario(reader, name, &place, names)).collect()
}

/// The shop's own events that start scenarios: they need no declaration. Faults are reported later.
pub(super) fn events_listened_to(scenarios: &Place<'_>) -> Vec<EventName> {
    let Raw::Table(entries) = &scenarios.node.value else { return Vec::new() };
    let event = |(_, _, scenario): &(String, usize, Node)| {
        let Raw::Table(keys) = &scenario.value else { return None };
        let Raw::Text(on) = &keys.iter().find(|(key, _, _)| key == "on")?.2.value else { return None };
        let (words, name) = on.strip_suffix('\'')?.split_once('\'')?;
        name.parse().ok().filter(|_| words.trim() == "event")
    };
    entries.iter().filter_map(event).collect()
}

fn scenario(reader: &mut Reader<'_>, name: ScenarioName, place: &Place<'_>, names: &Names<'_>) -> Option<Scenario> {
    let schema = names.schema;
    let mut table = reader.table(place)?;
    let on = reader.need(&mut table, "on", "on = \"follow\", or \"enter segment '…'\"");
    let steps = reader.need(&mut table, "steps", "steps = [{ id = \"thanks\", send = \"thanks\" }]");
    let trigger = on.and_then(|place| triggers::read(reader, &place, schema));
    let steps = steps.and_then(|place| steps::read(reader, &place, names));
    // What is faulty keeps its usual setting, so that all of it is read and every fault told.
    let mut sound = trigger.is_some() && steps.is_some();
    let mut it = Scenario::new(name, trigger.unwrap_or(Trigger::ByHand));
    it.steps = steps.unwrap_or_default();
    let mut set = Setter { reader, table: &mut table, sound: &mut sound };
    set.key("title", &mut it.title, |reader, place| reader.text(place).map(|text| Some(text.to_owned())));
    set.key("only", &mut it.only, |reader, place| condition(reader, place, schema).map(Some));
    set.key("class", &mut it.class, read_class);
    set.key("goal", &mut it.goal, |reader, place| read_goal(reader, place, schema).map(Some));
    set.key("stop", &mut it.stops, |reader, place| read_stops(reader, place, schema));
    set.key("reentry", &mut it.reentry, read_reentry);
    set.key("if_running", &mut it.if_running, read_if_running);
    set.key("priority", &mut it.priority, |reader, place| whole(reader, place));
    set.key("group", &mut it.group, |reader, place| read_group(reader, place).map(Some));
    set.key("from", &mut it.from, |reader, place| read_instant(reader, place, &schema.zone).map(Some));
    let (from, steps) = (it.from, &it.steps);
    set.key("until", &mut it.until, |reader, place| read_until(reader, place, from, &schema.zone).map(Some));
    let trigger = &it.trigger;
    set.key("backfill", &mut it.backfill, |reader, place| read_backfill(reader, place, trigger, from).map(Some));
    set.key("spread", &mut it.spread, |reader, place| read_spread(reader, place, trigger));
    set.key("holdout", &mut it.holdout, |reader, place| reader.parsed::<Rate>(place).map(Some));
    set.key("when_edited", &mut it.when_edited, read_when_edited);
    let rule = it.when_edited.clone();
    set.key("moved", &mut it.when_edited, |reader, place| read_moved(reader, place, &rule, steps));
    reader.finish(table);
    let hash = place.node.hash();
    let content = u64::from_be_bytes(hash[..8].try_into().unwrap_or_default());
    // Two that are written alike are two all the same.
    it.version = ScenarioVersion(content ^ stable_hash(it.name.as_str().as_bytes()));
    sound.then_some(it)
}

fn whole(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<i32> {
    reader.whole(place, -1_000_000, 1_000_000).and_then(|n| i32::try_from(n).ok())
}

/// An expression with its text.
fn condition(reader: &mut Reader<'_>, place: &Place<'_>, schema: &Schema) -> Option<Condition> {
    let predicate = reader.predicate(place, schema)?;
    Some(Condition::new(predicate.expr().to_string().into(), predicate))
}

fn read_class(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<Class> {
    let words = [("promotional", Class::Promotional), ("transactional", Class::Transactional)];
    reader.one_of(place, words, "there is no such class", "promotional or transactional")
}

/// `goal = "order"`, or any expression.
fn read_goal(reader: &mut Reader<'_>, place: &Place<'_>, schema: &Schema) -> Option<Goal> {
    match &place.node.value {
        Raw::Text(text) if text.trim() == "order" => Some(Goal::Order),
        _ => reader.predicate(place, schema).map(Goal::When),
    }
}

/// `stop = ["order", "cancelled", "tag '休止'"]`: things that happen, and conditions.
fn read_stops(reader: &mut Reader<'_>, place: &Place<'_>, schema: &Schema) -> Option<Vec<Stop>> {
    let places = reader.list(place);
    let stops: Vec<Option<Stop>> = places.iter().map(|place| read_stop(reader, place, schema)).collect();
    stops.into_iter().collect()
}

fn read_stop(reader: &mut Reader<'_>, place: &Place<'_>, schema: &Schema) -> Option<Stop> {
    if let Raw::Text(text) = &place.node.value
        && let Some(trigger) = triggers::read_event(reader, place, schema)?
    {
        let by = match trigger {
            // Being inside is what matters, whenever the friend came there.
            Trigger::Enter(_, predicate) => StopBy::When(predicate),
            Trigger::Leave(..) | Trigger::ByHand => {
                let help = "write the condition itself, such as not segment '…'";
                reader.fault_at(place, Code::Value, "nothing is ended so", Some(help.into()));
                return None;
            }
            trigger => StopBy::Event(trigger),
        };
        return Some(Stop::new(text.trim().into(), by));
    }
    let condition = condition(reader, place, schema)?;
    Some(Stop::new(condition.text, StopBy::When(condition.predicate)))
}

fn read_reentry(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<Reentry> {
    let text = reader.text(place)?;
    match text {
        "never" => return Some(Reentry::Never),
        "after end" => return Some(Reentry::AfterEnd),
        "each" => return Some(Reentry::Each),
        _ => {}
    }
    match text.strip_prefix("after ").and_then(|span| span.parse().ok()) {
        Some(span) => Some(Reentry::After(span)),
        None => {
            let help =
                "never, after end, after 30d (counted from the last entry), or each (once for each order or product)";
            reader.fault_at(place, Code::Value, "there is no such rule of re-entry", Some(help.into()));
            None
        }
    }
}

fn read_if_running(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<IfRunning> {
    let words = [("ignore", IfRunning::Ignore), ("restart", IfRunning::Restart), ("parallel", IfRunning::Parallel)];
    let help = "ignore, restart, or parallel (one run for each order or product)";
    reader.one_of(place, words, "there is no such rule", help)
}

/// `{ name = "育成", rank = 3, if_lost = "drop" }`
fn read_group(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<Membership> {
    let mut table = reader.table(place)?;
    let name = reader.need(&mut table, "name", "name = \"育成\"");
    let rank = reader.need(&mut table, "rank", "rank = 3; the higher goes first");
    let if_lost = reader.take(&mut table, "if_lost");
    reader.finish(table);
    let name = name.and_then(|place| reader.parsed::<GroupName>(&place));
    let rank = rank.and_then(|place| whole(reader, &place));
    let if_lost = if_lost.map(|place| read_if_lost(reader, &place));
    Some(Membership::new(name?, rank?, if_lost.unwrap_or(Some(IfLost::Drop))?))
}

fn read_if_lost(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<IfLost> {
    let words = [("drop", IfLost::Drop), ("defer", IfLost::Defer), ("stay", IfLost::Stay)];
    let help = "drop, defer (until the other has ended) or stay (go on beside it)";
    reader.one_of(place, words, "there is no such rule", help)
}

/// `2026-12-01`, from the beginning of the shop's day, or `2026-12-01 at 10:00`.
pub(super) fn read_instant(reader: &mut Reader<'_>, place: &Place<'_>, zone: &Zone) -> Option<Timestamp> {
    let text = reader.text(place)?;
    if let Some(date) = parse_date(text.trim()) {
        return Some(zone.start_of(date));
    }
    if let Ok(Moment { on: Days::Once(date), time: TimeOfDay::Fixed(time), .. }) = text.parse::<Moment>() {
        return Some(zone.at(date, time));
    }
    let help = "2026-12-01, or 2026-12-01 at 10:00";
    reader.fault_at(place, Code::Value, "this is no day and no time of one", Some(help.into()));
    None
}

/// The same, later than `from`.
pub(super) fn read_until(
    reader: &mut Reader<'_>,
    place: &Place<'_>,
    from: Option<Timestamp>,
    zone: &Zone,
) -> Option<Timestamp> {
    let until = read_instant(reader, place, zone)?;
    if from.is_some_and(|from| until <= from) {
        reader.fault_at(place, Code::Value, "it would be over before it begins", None);
        return None;
    }
    Some(until)
}

/// `{ last = "30d", over = "7d" }`
fn read_backfill(
    reader: &mut Reader<'_>,
    place: &Place<'_>,
    trigger: &Trigger,
    from: Option<Timestamp>,
) -> Option<Backfill> {
    let mut table = reader.table(place)?;
    let last = reader.need(&mut table, "last", "last = \"30d\", or \"ever\"");
    let over = reader.need(&mut table, "over", "over = \"7d\": nobody wants all of them in one minute");
    reader.finish(table);
    let last = last.and_then(|place| match reader.text(&place)? {
        "ever" => Some(None),
        _ => reader.span(&place, "no time at all is not meant here").map(Some),
    });
    let over = over.and_then(|place| reader.span(&place, "no time at all is not meant here"));
    if from.is_none() {
        let help = "from = \"2026-12-01\": who comes in is told by that day, and never twice";
        reader.fault_at(place, Code::Value, "a backfill needs the day on which the scenario begins", Some(help.into()));
        return None;
    }
    if !matches!(trigger, Trigger::Enter(..) | Trigger::Leave(..)) && !trigger.is_remembered() {
        let help = "start by a segment, or as a campaign: on = \"2026-12-01 at 10:00\", only = \"…\"";
        reader.fault_at(place, Code::Value, "nobody remembers whom this happened to", Some(help.into()));
        return None;
    }
    Some(Backfill::new(last?, over?))
}

fn read_spread(reader: &mut Reader<'_>, place: &Place<'_>, trigger: &Trigger) -> Option<Span> {
    if !matches!(trigger, Trigger::Time(_)) {
        let help = "on = \"day 1 at 10:00\"; a backfill has `over`";
        reader.fault_at(place, Code::Value, "only entries of one time of the calendar are spread", Some(help.into()));
        return None;
    }
    reader.span(place, "no time at all is not meant here")
}

fn read_when_edited(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<WhenEdited> {
    let migrate = WhenEdited::Migrate(BTreeMap::new());
    let words = [("keep", WhenEdited::Keep), ("migrate", migrate), ("exit", WhenEdited::Exit)];
    let help = "keep (they end as they began), migrate (they go on by the new steps) or exit";
    reader.one_of(place, words, "there is no such rule for edits", help)
}

/// `moved = { "old step" = "new step" }`
fn read_moved(reader: &mut Reader<'_>, place: &Place<'_>, rule: &WhenEdited, steps: &[Step]) -> Option<WhenEdited> {
    if !matches!(rule, WhenEdited::Migrate(_)) {
        reader.fault_at(place, Code::Value, "steps move only where runs migrate", None);
        return None;
    }
    let moved = reader.named::<StepName>(place).into_iter().map(|(old, place)| {
        let new: StepName = reader.known(&place, "step", steps.iter().map(|step| step.name.as_str()))?;
        if steps.iter().any(|step| step.name == old) {
            // Left standing, it would move those who came there since at the next edit.
            reader.fault_at(&place, Code::Value, format!("`{old}` is still a step, so nobody there has to move"), None);
            return None;
        }
        Some((old, new))
    });
    // All faults, not the first only.
    let moved: Vec<Option<_>> = moved.collect();
    moved.into_iter().collect::<Option<_>>().map(WhenEdited::Migrate)
}

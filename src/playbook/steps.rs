//! `steps = […]`
//!
//! A step without an `id` is named after the last one that has one: `thanks+1`. So journeys keep
//! their place when steps are put in elsewhere, and nothing is ever numbered from the start (X20).

use std::collections::BTreeSet;

use crate::model::{CouponName, MessageName, StepName, TagName};
use crate::scenario::{Action, Goto, Step};

use super::diagnostic::Code;
use super::reader::{Place, Reader};
use super::scenarios::Names;

/// The most steps of one scenario.
const MAX_STEPS: usize = 1000;

/// A step whose jumps are still names.
struct Draft<'n> {
    name: StepName,
    kind: Kind<'n>,
    place: Place<'n>,
}

enum Kind<'n> {
    /// Has a fault of its own, and might lead anywhere.
    Faulty,
    Done(Action),
    Branch {
        when: Option<crate::segment::Predicate>,
        then: Option<Place<'n>>,
        otherwise: Option<Place<'n>>,
    },
}

pub(super) fn read(reader: &mut Reader<'_>, place: &Place<'_>, names: &Names<'_>) -> Option<Vec<Step>> {
    let places = reader.list(place);
    if places.is_empty() || places.len() > MAX_STEPS {
        if matches!(place.node.value, super::source::Raw::List(_)) {
            let message = format!("a scenario has 1 to {MAX_STEPS} steps, not {}", places.len());
            reader.fault_at(place, Code::Value, message, None);
        }
        return None;
    }
    let mut namer = Namer { last: "start".into(), since: 0, taken: BTreeSet::new() };
    let drafts: Vec<Option<Vec<Draft<'_>>>> =
        places.iter().map(|place| read_step(reader, place, names, &mut namer)).collect();
    // A step without a name cannot be jumped to, so nothing can be said of the jumps.
    let drafts: Option<Vec<_>> = drafts.into_iter().collect();
    link(reader, drafts?.into_iter().flatten().collect())
}

struct Namer {
    last: String,
    since: usize,
    taken: BTreeSet<String>,
}

impl Namer {
    /// The name of the step at `step`: its `id`, or one made for it.
    fn name(&mut self, reader: &mut Reader<'_>, step: &Place<'_>, id: Option<&Place<'_>>) -> Option<StepName> {
        let name = match id {
            Some(place) => {
                let name = reader.parsed::<StepName>(place)?;
                if ["next", "end"].contains(&name.as_str()) {
                    let message = format!("`{name}` has a meaning of its own in `then` and `else`");
                    reader.fault_at(place, Code::Value, message, Some("choose another id".into()));
                    return None;
                }
                self.last = name.to_string();
                self.since = 0;
                name
            }
            None => {
                self.since += 1;
                match StepName::new(&format!("{}+{}", self.last, self.since)) {
                    Ok(name) => name,
                    Err(error) => {
                        let message = format!("the id before it is too long to name this step after: {error}");
                        reader.fault_at(step, Code::Value, message, Some("give this step an id of its own".into()));
                        return None;
                    }
                }
            }
        };
        if !self.taken.insert(name.to_string()) {
            let message = format!("there is a step `{name}` before this one");
            reader.fault_at(id.unwrap_or(step), Code::Duplicate, message, None);
            return None;
        }
        Some(name)
    }
}

/// One table: one step, and an end after it where it says `end = true`. `None` when it has no name.
fn read_step<'n>(
    reader: &mut Reader<'_>,
    place: &Place<'n>,
    names: &Names<'_>,
    namer: &mut Namer,
) -> Option<Vec<Draft<'n>>> {
    let mut table = reader.table(place)?;
    let id = reader.take(&mut table, "id");
    let send = reader.take(&mut table, "send");
    let issue = reader.take(&mut table, "issue");
    let wait = reader.take(&mut table, "wait");
    let condition = reader.take(&mut table, "if");
    let then = reader.take(&mut table, "then");
    let otherwise = reader.take(&mut table, "else");
    let tag = reader.take(&mut table, "tag");
    let untag = reader.take(&mut table, "untag");
    let end = reader.take(&mut table, "end");
    reader.finish(table);
    let name = namer.name(reader, place, id.as_ref());
    let end = end.and_then(|place| reader.flag(&place)).unwrap_or(false);
    if condition.is_none() {
        for stray in [&then, &otherwise].into_iter().flatten() {
            reader.fault_at(stray, Code::Value, "this belongs to an `if`, which is missing", None);
        }
    }
    let kind = match (send, issue, wait, condition, tag, untag) {
        (Some(send), issue, None, None, None, None) => {
            let message = message(reader, &send, names);
            let issue = issue.map(|place| coupon(reader, &place, names));
            match (message, issue) {
                (None, _) | (_, Some(None)) => Kind::Faulty,
                (Some(message), issue) => Kind::Done(Action::Send { message, issue: issue.flatten() }),
            }
        }
        (None, Some(issue), None, None, None, None) => done(coupon(reader, &issue, names).map(Action::Issue)),
        (None, None, Some(wait), None, None, None) => done(reader.parsed(&wait).map(Action::Wait)),
        (None, None, None, Some(condition), None, None) => {
            let when = reader.predicate(&condition, names.schema);
            if end || (then.is_none() && otherwise.is_none()) {
                let help = "write then = \"…\" or else = \"…\": a step's id, \"next\" or \"end\"";
                reader.fault_at(place, Code::Flow, "this branch leads nowhere special", Some(help.into()));
            }
            Kind::Branch { when, then, otherwise }
        }
        (None, None, None, None, Some(place), None) => done(tagging(reader, &place, names, true)),
        (None, None, None, None, None, Some(place)) => done(tagging(reader, &place, names, false)),
        (None, None, None, None, None, None) if end => {
            return Some(vec![Draft { name: name?, kind: Kind::Done(Action::End), place: place.clone() }]);
        }
        _ => {
            let help = "exactly one of send (with issue beside it), issue, wait, if, tag, untag, end";
            reader.fault_at(place, Code::Value, "it is not clear what this step does", Some(help.into()));
            Kind::Faulty
        }
    };
    let mut drafts = vec![Draft { name: name?, kind, place: place.clone() }];
    if end {
        drafts.push(Draft {
            name: namer.name(reader, place, None)?,
            kind: Kind::Done(Action::End),
            place: place.clone(),
        });
    }
    Some(drafts)
}

fn done<'n>(action: Option<Action>) -> Kind<'n> {
    action.map_or(Kind::Faulty, Kind::Done)
}

fn message(
    reader: &mut Reader<'_>,
    place: &Place<'_>,
    names: &Names<'_>,
) -> Option<std::sync::Arc<crate::message::Message>> {
    let name: MessageName = reader.known(place, "message", names.messages.keys().map(MessageName::as_str))?;
    names.messages.get(&name)?.clone()
}

fn coupon(
    reader: &mut Reader<'_>,
    place: &Place<'_>,
    names: &Names<'_>,
) -> Option<std::sync::Arc<crate::coupon::Coupon>> {
    let name: CouponName = reader.known(place, "coupon", names.coupons.keys().map(CouponName::as_str))?;
    names.coupons.get(&name)?.clone()
}

fn tagging(reader: &mut Reader<'_>, place: &Place<'_>, names: &Names<'_>, on: bool) -> Option<Action> {
    let tag: TagName = reader.known(place, "tag", names.schema.tags.keys().map(TagName::as_str))?;
    if names.schema.tags.get(&tag).is_some_and(|rule| rule.when.is_some()) {
        let message = format!("nobody puts the tag '{tag}' on or takes it off: its `when` says who has it");
        reader.fault_at(place, Code::Value, message, None);
        return None;
    }
    Some(Action::Tag { tag, on })
}

/// Turns names of steps into places, and makes sure that every step can be reached and no jump leads back.
fn link(reader: &mut Reader<'_>, drafts: Vec<Draft<'_>>) -> Option<Vec<Step>> {
    let order: Vec<StepName> = drafts.iter().map(|draft| draft.name.clone()).collect();
    let mut reached = vec![false; drafts.len() + 1];
    reached[0] = true;
    let mut steps = Vec::with_capacity(drafts.len());
    let mut sound = true;
    for (index, draft) in drafts.into_iter().enumerate() {
        if !reached[index] {
            let message = format!("nothing leads to the step `{}`", draft.name);
            let help = "take it out, or let a branch before it lead to its id";
            reader.fault_at(&draft.place, Code::Flow, message, Some(help.into()));
            sound = false;
        }
        let action = match draft.kind {
            Kind::Faulty => {
                sound = false;
                reached[index + 1..].fill(true);
                continue;
            }
            Kind::Done(Action::End) => Action::End,
            Kind::Done(action) => {
                reached[index + 1] = true;
                action
            }
            Kind::Branch { when, then, otherwise } => {
                let mut goto = |place: Option<Place<'_>>| match place {
                    None => Some(Goto::Next),
                    Some(place) => jump(reader, &place, index, &order),
                };
                match (goto(then), goto(otherwise), when) {
                    (Some(then), Some(otherwise), Some(when)) => {
                        for goto in [then, otherwise] {
                            match goto {
                                Goto::Next => reached[index + 1] = true,
                                Goto::Step(place) => reached[place] = true,
                                Goto::End => {}
                            }
                        }
                        Action::Branch { when, then, otherwise }
                    }
                    _ => {
                        // The branch has its own fault; what follows shall not seem out of reach for it.
                        sound = false;
                        reached[index + 1..].fill(true);
                        continue;
                    }
                }
            }
        };
        steps.push(Step::new(draft.name, action));
    }
    sound.then_some(steps)
}

fn jump(reader: &mut Reader<'_>, place: &Place<'_>, from: usize, order: &[StepName]) -> Option<Goto> {
    match reader.text(place)? {
        "next" => return Some(Goto::Next),
        "end" => return Some(Goto::End),
        _ => {}
    }
    let name: StepName = reader.known(place, "step", order.iter().map(StepName::as_str))?;
    let to = order.iter().position(|step| *step == name)?;
    if to <= from {
        let help = "a run goes through each step once: write the steps again further on";
        reader.fault_at(place, Code::Flow, format!("the jump to `{name}` leads back"), Some(help.into()));
        return None;
    }
    Some(Goto::Step(to))
}

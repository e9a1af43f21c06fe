//! `steps = […]`: names, jumps, loops. What a single step does is read in `step`.
//!
//! A step without an `id` is named after the last one that has one: `thanks+1`. So journeys keep
//! their place when steps are put in elsewhere, and nothing is ever numbered from the start (X20).

use std::collections::BTreeSet;

use crate::model::StepName;
use crate::scenario::{Action, Goto, Step};

use super::diagnostic::Code;
use super::reader::{Place, Reader};
use super::scenarios::Names;
use super::step::{self, Kind};

/// The most steps of one scenario.
pub(super) const MAX_STEPS: usize = 1000;

/// How often all loops of one scenario together may go back in one run.
const MAX_ROUNDS: i64 = 1000;

/// A step whose jumps are still names.
pub(super) struct Draft<'n> {
    pub(super) name: StepName,
    pub(super) kind: Kind<'n>,
    pub(super) place: Place<'n>,
}

/// A jump that is still a name.
#[derive(Clone)]
pub(super) enum Jump<'n> {
    /// To the step after it.
    Next,
    /// To the step so many further on.
    Ahead(usize),
    /// Where somebody wrote, so often at most when that is back.
    To(Place<'n>, Option<i64>),
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
        places.iter().map(|place| step::read(reader, place, names, &mut namer)).collect();
    // A step without a name cannot be jumped to, so nothing can be said of the jumps.
    let drafts: Option<Vec<_>> = drafts.into_iter().collect();
    Linker::link(reader, drafts?.into_iter().flatten().collect())
}

/// Names steps.
pub(super) struct Namer {
    last: String,
    since: usize,
    taken: BTreeSet<String>,
}

impl Namer {
    /// The name of the step at `step`: its `id`, or one made for it.
    pub(super) fn name(
        &mut self,
        reader: &mut Reader<'_>,
        step: &Place<'_>,
        id: Option<&Place<'_>>,
    ) -> Option<StepName> {
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

/// Turns names of steps into places, and makes sure that every step can be reached and every loop is bounded.
struct Linker {
    order: Vec<StepName>,
    reached: Vec<bool>,
    /// What loops may come to so far.
    rounds: i64,
}

impl Linker {
    fn link(reader: &mut Reader<'_>, drafts: Vec<Draft<'_>>) -> Option<Vec<Step>> {
        let order: Vec<StepName> = drafts.iter().map(|draft| draft.name.clone()).collect();
        let mut linker = Self { reached: vec![false; order.len() + 1], order, rounds: 0 };
        linker.reached[0] = true;
        let mut steps = Vec::with_capacity(drafts.len());
        let mut sound = true;
        for (index, draft) in drafts.into_iter().enumerate() {
            if !linker.reached[index] {
                let message = format!("nothing leads to the step `{}`", draft.name);
                let help = "take it out, or let a branch before it lead to its id";
                reader.fault_at(&draft.place, Code::Flow, message, Some(help.into()));
                sound = false;
            }
            match linker.action(reader, index, draft.kind) {
                Some(action) => steps.push(Step::new(draft.name, action)),
                None => {
                    // It has its own fault; what follows shall not seem out of reach for it.
                    sound = false;
                    linker.reached[index + 1..].fill(true);
                }
            }
        }
        sound.then_some(steps)
    }

    fn action(&mut self, reader: &mut Reader<'_>, index: usize, kind: Kind<'_>) -> Option<Action> {
        match kind {
            Kind::Faulty => None,
            Kind::Done(action @ Action::End(_)) => Some(action),
            Kind::Done(action) => {
                self.reached[index + 1] = true;
                Some(action)
            }
            Kind::Jumping { jumps, bound, make } => {
                let gotos: Vec<Option<Goto>> = jumps.iter().map(|jump| self.goto(reader, index, jump)).collect();
                let gotos = gotos.into_iter().collect::<Option<Vec<_>>>()?;
                if let Some(place) = bound
                    && !gotos.iter().any(|goto| matches!(goto, Goto::Back { .. }))
                {
                    reader.fault_at(&place, Code::Flow, "no jump of this step leads back", None);
                }
                make(gotos)
            }
        }
    }

    fn goto(&mut self, reader: &mut Reader<'_>, from: usize, jump: &Jump<'_>) -> Option<Goto> {
        let goto = match jump {
            Jump::Next => Goto::Next,
            Jump::Ahead(steps) if from + steps >= self.order.len() => Goto::End,
            Jump::Ahead(steps) => Goto::Step(from + steps),
            Jump::To(place, at_most) => self.named(reader, place, from, *at_most)?,
        };
        match goto {
            // A loop that may not go back any more leads on.
            Goto::Next | Goto::Back { .. } => self.reached[from + 1] = true,
            Goto::Step(place) => self.reached[place] = true,
            Goto::End => {}
        }
        Some(goto)
    }

    fn named(&mut self, reader: &mut Reader<'_>, place: &Place<'_>, from: usize, at_most: Option<i64>) -> Option<Goto> {
        match reader.text(place)? {
            "next" => return Some(Goto::Next),
            "end" => return Some(Goto::End),
            _ => {}
        }
        let name: StepName = reader.known(place, "step", self.order.iter().map(StepName::as_str))?;
        let to = self.order.iter().position(|step| *step == name)?;
        if to > from {
            return Some(Goto::Step(to));
        }
        let Some(at_most) = at_most else {
            let help = "write at_most = 3 beside it: how often a run may go back there";
            reader.fault_at(
                place,
                Code::Flow,
                format!("the jump to `{name}` leads back without end"),
                Some(help.into()),
            );
            return None;
        };
        self.rounds += at_most;
        if self.rounds > MAX_ROUNDS {
            let message = format!("the loops of a scenario go back at most {MAX_ROUNDS} times in all");
            reader.fault_at(place, Code::Flow, message, None);
            return None;
        }
        Some(Goto::Back { place: to, at_most: u32::try_from(at_most).ok()? })
    }
}

//! `off` and `change` of scenarios: what was written is switched off or changed step by step, without writing the
//! rest again.

use std::collections::BTreeMap;

use crate::model::StepName;

use super::diagnostic::Code;
use super::include::{lay, take};
use super::reader::{Place, Reader, join};
use super::source::{Node, Raw};
use super::steps::MAX_STEPS;

/// Takes out scenarios and steps that are `off`, and makes the changes to those that stay.
pub(super) fn apply(reader: &mut Reader<'_>, root: &mut Node) {
    let Raw::Table(sections) = &mut root.value else { return };
    let Some((_, _, scenarios)) = sections.iter_mut().find(|(key, _, _)| key == "scenarios") else { return };
    let Raw::Table(scenarios) = &mut scenarios.value else { return };
    scenarios.retain_mut(|(name, _, scenario)| {
        let Raw::Table(keys) = &mut scenario.value else { return true };
        let path = join("scenarios", name);
        if is_off(reader, keys, &path) {
            return false;
        }
        let changes = take(keys, "change");
        let steps = keys.iter_mut().find(|(key, _, _)| key == "steps").map(|(_, _, node)| &mut node.value);
        // Of more steps than are read, which is a fault of its own, none is looked for.
        if let Some(Raw::List(steps)) = steps
            && steps.len() <= MAX_STEPS
        {
            if let Some(changes) = changes {
                change(reader, steps, &changes, &join(&path, "change"));
            }
            let mut place = 0;
            steps.retain_mut(|step| {
                let path = format!("{path}.steps[{place}]");
                place += 1;
                match &mut step.value {
                    Raw::Table(keys) => !is_off(reader, keys, &path),
                    _ => true,
                }
            });
        }
        true
    });
}

/// `off = true`
fn is_off(reader: &mut Reader<'_>, keys: &mut Vec<(String, usize, Node)>, path: &str) -> bool {
    let Some(node) = take(keys, "off") else { return false };
    reader.flag(&Place { path: join(path, "off"), node: &node }).unwrap_or(false)
}

/// `{ thanks = { wait = "2d" }, remind = { off = true } }`: lies over the steps of these ids.
fn change(reader: &mut Reader<'_>, steps: &mut [Node], changes: &Node, path: &str) {
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for (place, step) in steps.iter().enumerate() {
        // Of two with one id, which is a fault of its own, the first is meant.
        known.extend(id(step).filter(|id| !known.contains_key(*id)).map(|id| (id.to_owned(), place)));
    }
    for (name, place) in reader.named::<StepName>(&Place { path: path.to_owned(), node: changes }) {
        if reader.is_full() {
            return;
        }
        let Some(step) = known.get(name.as_str()).copied() else {
            reader.known_name::<StepName>(&place, "step with the id", name.as_str(), known.keys().map(String::as_str));
            continue;
        };
        let Raw::Table(changed) = &place.node.value else {
            reader.wrong_type(&place, "a table, such as { wait = \"2d\" } or { off = true },");
            continue;
        };
        if let Some((key, at, _)) = changed.iter().find(|(key, _, _)| key == "id") {
            let help = "it is what runs and other steps know it by; write the steps anew to give it another";
            reader.fault(Code::Value, &join(&place.path, key), *at, "a step keeps its id", Some(help.into()));
            continue;
        }
        let step = &mut steps[step];
        let as_written = core::mem::replace(step, Node { at: step.at, value: Raw::Flag(true) });
        *step = lay(as_written, place.node.clone());
    }
}

fn id(step: &Node) -> Option<&str> {
    let Raw::Table(keys) = &step.value else { return None };
    match &keys.iter().find(|(key, _, _)| key == "id")?.2.value {
        Raw::Text(id) => Some(id),
        _ => None,
    }
}

//! `[segments]`

use std::collections::{BTreeMap, BTreeSet};

use crate::model::SegmentName;
use crate::segment::{Atom, Expr, Schema};

use super::diagnostic::Code;
use super::reader::{Place, Reader};

type Read<'n> = (Place<'n>, Expr, Vec<usize>);

/// Reads all segments and compiles them into the schema, each after those it refers to.
pub(super) fn read(reader: &mut Reader<'_>, place: &Place<'_>, schema: &mut Schema) -> BTreeMap<SegmentName, Expr> {
    let mut waiting: BTreeMap<SegmentName, Read<'_>> = BTreeMap::new();
    for (name, place) in reader.named::<SegmentName>(place) {
        match reader.expression(&place) {
            Some((expr, places)) => drop(waiting.insert(name, (place, expr, places))),
            None => declare_broken(schema, name),
        }
    }
    let mut done = BTreeMap::new();
    // Every round compiles what refers only to what is compiled; what remains goes round in a circle.
    loop {
        let names: BTreeSet<SegmentName> = waiting.keys().cloned().collect();
        let is_ready = |(_, expr, _): &Read<'_>| references(expr).iter().all(|name| !names.contains(name));
        let ready: Vec<SegmentName> =
            waiting.iter().filter(|(_, read)| is_ready(read)).map(|(name, _)| name.clone()).collect();
        if ready.is_empty() {
            break;
        }
        for name in ready {
            let Some((place, expr, places)) = waiting.remove(&name) else { continue };
            match reader.compiled(&place, &expr, &places, schema) {
                Some(predicate) => drop(schema.segments.insert(name.clone(), predicate)),
                None => declare_broken(schema, name.clone()),
            }
            done.insert(name, expr);
        }
    }
    for (name, (place, _, _)) in &waiting {
        if let Some(circle) = circle(name, &waiting) {
            let message = format!("the segment refers to itself: {}", circle.join(" → "));
            reader.fault_at(place, Code::Cycle, message, Some("write one of them without the others".into()));
        }
    }
    for name in waiting.into_keys() {
        declare_broken(schema, name);
    }
    done
}

/// A segment with a fault of its own must not make others look faulty.
fn declare_broken(schema: &mut Schema, name: SegmentName) {
    let anything = Expr::Atom(Atom::Line(crate::segment::LineState::Following));
    if let Ok(predicate) = schema.compile(&anything) {
        schema.segments.insert(name, predicate);
    }
}

fn references(expr: &Expr) -> BTreeSet<SegmentName> {
    match expr {
        Expr::All(parts) | Expr::Any(parts) => parts.iter().flat_map(references).collect(),
        Expr::Not(inner) => references(inner),
        Expr::Atom(Atom::Segment(name)) => BTreeSet::from([name.clone()]),
        Expr::Atom(_) => BTreeSet::new(),
    }
}

/// The way from a segment back to itself, by first references; none for one that only leads into a circle.
fn circle(start: &SegmentName, waiting: &BTreeMap<SegmentName, Read<'_>>) -> Option<Vec<String>> {
    let mut came_from: BTreeMap<SegmentName, SegmentName> = BTreeMap::new();
    let mut reached = vec![start.clone()];
    while let Some(name) = reached.pop() {
        let (_, expr, _) = waiting.get(&name)?;
        for next in references(expr).into_iter().filter(|next| waiting.contains_key(next)) {
            if next == *start {
                let mut way = vec![start.to_string()];
                let mut step = name.clone();
                while step != *start {
                    way.push(step.to_string());
                    step = came_from.get(&step)?.clone();
                }
                way.push(start.to_string());
                way.reverse();
                return Some(way);
            }
            if !came_from.contains_key(&next) {
                came_from.insert(next.clone(), name.clone());
                reached.push(next);
            }
        }
    }
    None
}

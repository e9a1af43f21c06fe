//! `[segments]`

use std::collections::{BTreeMap, BTreeSet};

use crate::model::SegmentName;
use crate::segment::{Atom, Expr, Schema};

use super::diagnostic::Code;
use super::reader::{Place, Reader};

/// A segment that could be read, and where it refers to others.
struct Read<'n> {
    place: Place<'n>,
    expr: Expr,
    places: Vec<usize>,
    refers_to: BTreeSet<SegmentName>,
}

/// Reads all segments and compiles them into the schema, each after those it refers to.
pub(super) fn read(reader: &mut Reader<'_>, place: &Place<'_>, schema: &mut Schema) -> BTreeMap<SegmentName, Expr> {
    let mut found: BTreeMap<SegmentName, Read<'_>> = BTreeMap::new();
    for (name, place) in reader.named::<SegmentName>(place) {
        match reader.expression(&place) {
            Some((expr, places)) => {
                let refers_to = references(&expr);
                found.insert(name, Read { place, expr, places, refers_to });
            }
            None => declare_broken(schema, name),
        }
    }
    let Order { names, circles } = Order::of(&found);
    for (name, circle) in circles {
        let message = format!("the segment refers to itself: {circle}");
        let help = "write one of them without the others";
        reader.fault_at(&found[&name].place, Code::Cycle, message, Some(help.into()));
        declare_broken(schema, name);
    }
    for name in &names {
        let Read { place, expr, places, .. } = &found[name];
        if schema.segments.contains_key(name) {
            continue;
        }
        match reader.compiled(place, expr, places, schema) {
            Some(predicate) => drop(schema.segments.insert(name.clone(), predicate)),
            None => declare_broken(schema, name.clone()),
        }
    }
    found.into_iter().map(|(name, read)| (name, read.expr)).collect()
}

/// The order in which segments can be compiled.
#[derive(Default)]
struct Order {
    /// Every segment after those it refers to, but for references that close a circle.
    names: Vec<SegmentName>,
    /// The segments that close a circle, with the way round.
    circles: BTreeMap<SegmentName, String>,
}

/// What is still to be done on the way through the references.
enum Visit<'n> {
    Enter(&'n SegmentName),
    Leave(&'n SegmentName),
}

impl Order {
    /// Linear in the references, and not recursive: chains may be as long as a playbook.
    fn of(found: &BTreeMap<SegmentName, Read<'_>>) -> Self {
        let mut order = Self::default();
        let mut seen: BTreeSet<&SegmentName> = BTreeSet::new();
        // From the segment begun with down to where we are, and the place of each on it.
        let mut way: Vec<&SegmentName> = Vec::new();
        let mut on_way: BTreeMap<&SegmentName, usize> = BTreeMap::new();
        let mut to_do: Vec<Visit<'_>> = found.keys().rev().map(Visit::Enter).collect();
        while let Some(visit) = to_do.pop() {
            match visit {
                Visit::Enter(name) => match (on_way.get(name), way.last()) {
                    (Some(place), Some(last)) => {
                        let round = || shown(last, &way[*place..]);
                        order.circles.entry((*last).clone()).or_insert_with(round);
                    }
                    _ if seen.insert(name) => {
                        on_way.insert(name, way.len());
                        way.push(name);
                        to_do.push(Visit::Leave(name));
                        let known = |name: &&SegmentName| found.contains_key(*name);
                        to_do.extend(found[name].refers_to.iter().rev().filter(known).map(Visit::Enter));
                    }
                    _ => {}
                },
                Visit::Leave(name) => {
                    on_way.remove(name);
                    way.pop();
                    order.names.push(name.clone());
                }
            }
        }
        order
    }
}

/// `a → b → a`, the middle of a long way left out.
fn shown(from: &SegmentName, round: &[&SegmentName]) -> String {
    const EACH_SIDE: usize = 4;
    let names = |part: &[&SegmentName]| part.iter().map(|name| name.to_string()).collect::<Vec<_>>();
    let mut way = vec![from.to_string()];
    if round.len() <= 2 * EACH_SIDE {
        way.extend(names(round));
    } else {
        way.extend(names(&round[..EACH_SIDE]));
        way.push("…".into());
        way.extend(names(&round[round.len() - EACH_SIDE..]));
    }
    way.join(" → ")
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

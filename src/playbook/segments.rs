//! `[segments]`, and the tags that are conditions: both may refer to each other.

use core::fmt;
use std::collections::{BTreeMap, BTreeSet};

use crate::model::{SegmentName, TagName};
use crate::segment::{Atom, Expr, Predicate, Schema, TagChoice, TagRule};

use super::diagnostic::Code;
use super::reader::{Place, Reader};

/// What conditions can refer to by name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Named {
    Segment(SegmentName),
    Tag(TagName),
}

/// A condition that could be read, and where it refers to others.
struct Read<'n> {
    place: Place<'n>,
    expr: Expr,
    places: Vec<usize>,
    refers_to: BTreeSet<Named>,
}

/// Reads all segments and the conditions of tags, and compiles them into the schema, each after those
/// it refers to. Gives the segments as written.
pub(super) fn read(
    reader: &mut Reader<'_>,
    segments: Option<&Place<'_>>,
    tags: Vec<(TagName, Place<'_>)>,
    schema: &mut Schema,
) -> BTreeMap<SegmentName, Expr> {
    let segments = segments.map(|place| reader.named::<SegmentName>(place)).unwrap_or_default();
    let segments = segments.into_iter().map(|(name, place)| (Named::Segment(name), place));
    let tags = tags.into_iter().map(|(name, place)| (Named::Tag(name), place));
    let mut found: BTreeMap<Named, Read<'_>> = BTreeMap::new();
    for (name, place) in segments.chain(tags) {
        match reader.expression(&place) {
            Some((expr, places)) => {
                let refers_to = references(&expr, &schema.tags);
                found.insert(name, Read { place, expr, places, refers_to });
            }
            None => declare_broken(schema, &name),
        }
    }
    let Order { names, circles } = Order::of(&found);
    for (name, circle) in &circles {
        let what = match name {
            Named::Segment(_) => "segment",
            Named::Tag(_) => "tag",
        };
        let message = format!("the {what} refers to itself: {circle}");
        let help = "write one of them without the others";
        reader.fault_at(&found[name].place, Code::Cycle, message, Some(help.into()));
        declare_broken(schema, name);
    }
    for name in names.iter().filter(|name| !circles.contains_key(name)) {
        let Read { place, expr, places, .. } = &found[name];
        match reader.compiled(place, expr, places, schema) {
            Some(predicate) => declare(schema, name, predicate),
            None => declare_broken(schema, name),
        }
    }
    let segment = |(name, read): (Named, Read<'_>)| match name {
        Named::Segment(name) => Some((name, read.expr)),
        Named::Tag(_) => None,
    };
    found.into_iter().filter_map(segment).collect()
}

/// The order in which conditions can be compiled.
#[derive(Default)]
struct Order {
    /// Every one after those it refers to, but for references that close a circle.
    names: Vec<Named>,
    /// Those that close a circle, with the way round.
    circles: BTreeMap<Named, String>,
}

/// What is still to be done on the way through the references.
enum Visit<'n> {
    Enter(&'n Named),
    Leave(&'n Named),
}

impl Order {
    /// Linear in the references, and not recursive: chains may be as long as a playbook.
    fn of(found: &BTreeMap<Named, Read<'_>>) -> Self {
        let mut order = Self::default();
        let mut seen: BTreeSet<&Named> = BTreeSet::new();
        // From the one begun with down to where we are, and the place of each on it.
        let mut way: Vec<&Named> = Vec::new();
        let mut on_way: BTreeMap<&Named, usize> = BTreeMap::new();
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
                        let known = |name: &&Named| found.contains_key(*name);
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
fn shown(from: &Named, round: &[&Named]) -> String {
    const EACH_SIDE: usize = 4;
    let names = |part: &[&Named]| part.iter().map(|name| name.to_string()).collect::<Vec<_>>();
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

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Segment(name) => name.fmt(f),
            Self::Tag(name) => write!(f, "tag '{name}'"),
        }
    }
}

fn declare(schema: &mut Schema, name: &Named, predicate: Predicate) {
    match name {
        Named::Segment(name) => drop(schema.segments.insert(name.clone(), predicate)),
        Named::Tag(name) => schema.tags.entry(name.clone()).or_default().when = Some(predicate),
    }
}

/// A condition with a fault of its own must not make others look faulty.
fn declare_broken(schema: &mut Schema, name: &Named) {
    let anything = Expr::Atom(Atom::Line(crate::segment::LineState::Following));
    if let Ok(predicate) = schema.compile(&anything) {
        declare(schema, name, predicate);
    }
}

/// What an expression names that may be conditions themselves; a category stands for all of its tags.
fn references(expr: &Expr, tags: &BTreeMap<TagName, TagRule>) -> BTreeSet<Named> {
    match expr {
        Expr::All(parts) | Expr::Any(parts) => parts.iter().flat_map(|part| references(part, tags)).collect(),
        Expr::Not(inner) => references(inner, tags),
        Expr::Atom(Atom::Segment(name)) => BTreeSet::from([Named::Segment(name.clone())]),
        Expr::Atom(Atom::Tag { tag: TagChoice::Named(name), .. }) => BTreeSet::from([Named::Tag(name.clone())]),
        Expr::Atom(Atom::Tag { tag: TagChoice::Category(category), .. }) => {
            let of_it = tags.iter().filter(|(_, rule)| rule.category.as_ref() == Some(category));
            of_it.map(|(name, _)| Named::Tag(name.clone())).collect()
        }
        Expr::Atom(_) => BTreeSet::new(),
    }
}

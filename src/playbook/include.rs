//! `include = ["presets/welcome"]`, `language = "ja"`: what is written once for many shops, and over it what this
//! shop writes.
//!
//! Texts lie over each other: the presets in the order in which they are named, what a preset itself includes below
//! it, its texts in the shop's language above it, and the shop's own on top. Where two say something under one path,
//! the upper one counts.

use std::collections::BTreeMap;

use crate::segment::nearest;

use super::diagnostic::Code;
use super::presets::Preset;
use super::reader::{Place, Reader};
use super::source::{Node, Raw};

/// What stands before the name of a preset.
const FOLDER: &str = "presets/";

/// The languages presets are written in; the first is the usual one.
const LANGUAGES: [&str; 2] = ["ja", "en"];

/// Keys under which one form excludes the others, so that what is written above takes the place of all of it:
/// `{ amount = 500 }` of `{ rate = "10%", up_to = 2000 }`.
const ONE_OF_SEVERAL_FORMS: [&str; 2] = ["benefit", "valid"];

/// Sections that may be lists of names too.
const NAMES: [&str; 2] = ["channels", "tags"];

/// The playbook with all that it includes, without the words that said so.
pub(super) fn resolve(reader: &mut Reader<'_>, mut root: Node) -> Node {
    let Raw::Table(entries) = &mut root.value else { return root };
    let language = take(entries, "language").and_then(|node| read_language(reader, &node)).unwrap_or(LANGUAGES[0]);
    let mut stack = Stack { reader, language, seen: Vec::new(), whole: None };
    if let Some(node) = take(entries, "include") {
        stack.add_all(&node);
    }
    match stack.whole {
        Some(below) => lay(below, root),
        None => root,
    }
}

/// Takes an entry out of a table.
pub(super) fn take(entries: &mut Vec<(String, usize, Node)>, key: &str) -> Option<Node> {
    let place = entries.iter().position(|(name, _, _)| name == key)?;
    Some(entries.remove(place).2)
}

/// What comes of one value over another: tables join key by key, and of anything else the upper one counts. `false`,
/// where that is no yes or no, takes out what stands there.
pub(super) fn lay(below: Node, above: Node) -> Node {
    let value = match (below.value, above.value) {
        (Raw::Table(lower), Raw::Table(upper)) => {
            let mut all: BTreeMap<String, (usize, Node)> =
                lower.into_iter().map(|(key, at, node)| (key, (at, node))).collect();
            for (key, at, upper) in upper {
                let node = match all.remove(&key) {
                    Some((_, lower)) if takes_out(&lower, &upper) => continue,
                    Some((_, lower)) => lay_under(&key, lower, upper),
                    None => upper,
                };
                all.insert(key, (at, node));
            }
            Raw::Table(all.into_iter().map(|(key, (at, node))| (key, at, node)).collect())
        }
        (_, upper) => upper,
    };
    Node { at: above.at, value }
}

fn takes_out(lower: &Node, upper: &Node) -> bool {
    matches!(upper.value, Raw::Flag(false)) && !matches!(lower.value, Raw::Flag(_))
}

fn lay_under(key: &str, lower: Node, upper: Node) -> Node {
    if ONE_OF_SEVERAL_FORMS.contains(&key) {
        return upper;
    }
    let are_names = NAMES.contains(&key) && matches!(lower.value, Raw::Table(_));
    lay(lower, if are_names { as_table(upper) } else { upper })
}

/// A list of names as the table that says the same. One that is faulty stays what it is, to be told of.
fn as_table(node: Node) -> Node {
    let Raw::List(items) = &node.value else { return node };
    let name = |item: &Node| match &item.value {
        Raw::Text(name) => Some((name.clone(), item.at, Node { at: item.at, value: Raw::Table(Vec::new()) })),
        _ => None,
    };
    let Some(mut entries) = items.iter().map(name).collect::<Option<Vec<_>>>() else { return node };
    entries.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    if entries.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return node;
    }
    Node { at: node.at, value: Raw::Table(entries) }
}

fn read_language(reader: &mut Reader<'_>, node: &Node) -> Option<&'static str> {
    let place = Place { path: "language".into(), node };
    let text = reader.text(&place)?;
    let known = LANGUAGES.into_iter().find(|known| *known == text);
    if known.is_none() {
        let help = LANGUAGES.join(" or ");
        reader.fault_at(&place, Code::Value, "no preset is written in this language", Some(help));
    }
    known
}

/// The presets that were included so far, one over the other.
struct Stack<'r, 'a> {
    reader: &'r mut Reader<'a>,
    language: &'static str,
    seen: Vec<&'static str>,
    whole: Option<Node>,
}

impl Stack<'_, '_> {
    /// `["presets/welcome", "presets/phase/growth"]`
    fn add_all(&mut self, node: &Node) {
        let mut named = Vec::new();
        for place in self.reader.list(&Place { path: "include".into(), node }) {
            let Some(preset) = self.preset(&place) else { continue };
            if named.contains(&preset) {
                self.reader.fault_at(&place, Code::Duplicate, "this preset was included before", None);
                continue;
            }
            named.push(preset);
            self.add(preset);
        }
    }

    fn preset(&mut self, place: &Place<'_>) -> Option<Preset> {
        let text = self.reader.text(place)?;
        let found = text.strip_prefix(FOLDER).and_then(Preset::named);
        if found.is_none() && !self.reader.is_full() {
            let names = || Preset::ALL.into_iter().map(|preset| preset.name);
            let help = match nearest(text.strip_prefix(FOLDER).unwrap_or(text), names()) {
                Some(near) => format!("did you mean '{FOLDER}{near}'?"),
                None => format!("there are: {FOLDER}{}", names().collect::<Vec<_>>().join(", ")),
            };
            let shown: String = text.chars().take(100).collect();
            self.reader.fault_at(place, Code::UnknownName, format!("there is no preset '{shown}'"), Some(help));
        }
        found
    }

    /// Lays a preset on top, once, with what it includes below it.
    fn add(&mut self, preset: Preset) {
        if self.seen.contains(&preset.name) {
            return;
        }
        self.seen.push(preset.name);
        let start = self.reader.include(preset.name, preset.text);
        let mut node = match Node::read(preset.text) {
            Ok(node) => node.moved(start),
            Err(faults) => {
                for fault in faults {
                    self.reader.fault(Code::Syntax, "", start + fault.at, fault.message, None);
                }
                return;
            }
        };
        let Raw::Table(entries) = &mut node.value else { return };
        if let Some(included) = take(entries, "include") {
            self.add_all(&included);
        }
        let texts = LANGUAGES.map(|language| (language, take(entries, language)));
        let spoken = texts.into_iter().find_map(|(language, node)| node.filter(|_| language == self.language));
        if let Some(spoken) = spoken {
            node = lay(node, spoken);
        }
        self.whole = Some(match self.whole.take() {
            Some(below) => lay(below, node),
            None => node,
        });
    }
}

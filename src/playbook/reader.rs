//! Reading the tree while collecting every fault.

use core::fmt::Display;
use core::str::FromStr;
use std::collections::BTreeSet;

use crate::model::{Name, Span};
use crate::segment::{Expr, Predicate, Schema, nearest};

use super::diagnostic::{Code, Diagnostic};
use super::source::{Node, Raw};

/// Collects faults; what could not be read is `None`, and reading goes on.
pub(super) struct Reader<'a> {
    /// The shop's own, and after it those of the presets it includes. Never empty.
    texts: Vec<Text<'a>>,
    faults: Vec<Diagnostic>,
}

/// One of the texts a playbook is made of. A byte of any of them is told by one number, counted through all.
struct Text<'a> {
    preset: Option<&'static str>,
    /// The number of its first byte.
    start: usize,
    text: &'a str,
    /// Where each line begins.
    lines: Vec<usize>,
}

/// A thousand faults help nobody; one more says so.
const MOST_FAULTS: usize = 1000;

/// What is wrong is told in so many characters, however long the name it is told of.
const MOST_CHARS: usize = 1000;

impl Place<'_> {
    /// The keys that are names, faulty ones left out: for those who look ahead.
    pub(super) fn names<N: FromStr>(&self) -> Vec<N> {
        match &self.node.value {
            Raw::Table(entries) => entries.iter().filter_map(|(key, _, _)| key.parse().ok()).collect(),
            _ => Vec::new(),
        }
    }

    pub(super) fn is_list(&self) -> bool {
        matches!(self.node.value, Raw::List(_))
    }
}

/// A table whose keys are taken out one by one; what is left at the end has no meaning.
pub(super) struct Table<'n> {
    pub(super) path: String,
    pub(super) at: usize,
    entries: &'n [(String, usize, Node)],
    known: Vec<&'static str>,
    /// Keys that are names of the shop's own, and were taken.
    taken: BTreeSet<&'n str>,
}

impl Table<'_> {
    /// Does the key stand there?
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(name, _, _)| name == key)
    }
}

/// A value and its path.
#[derive(Clone)]
pub(super) struct Place<'n> {
    pub(super) path: String,
    pub(super) node: &'n Node,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { texts: vec![Text::new(None, 0, text)], faults: Vec::new() }
    }

    /// Takes the text of a preset in; gives the number of its first byte.
    pub(super) fn include(&mut self, preset: &'static str, text: &'static str) -> usize {
        // The end of a text is a place of its own.
        let start = self.texts.last().map_or(0, |last| last.start + last.text.len() + 1);
        self.texts.push(Text::new(Some(preset), start, text));
        start
    }

    pub(super) fn into_faults(self) -> Vec<Diagnostic> {
        self.faults
    }

    /// Notes a fault at a byte of the text.
    pub(super) fn fault(
        &mut self,
        code: Code,
        path: &str,
        at: usize,
        message: impl Into<String>,
        help: Option<String>,
    ) {
        if self.is_full() {
            return;
        }
        let last = self.faults.len() == MOST_FAULTS;
        let (message, help) = if last { ("more faults than are listed".into(), None) } else { (message.into(), help) };
        let message = message.chars().take(MOST_CHARS).collect();
        let Text { preset, start, text, lines } = self.text_at(at);
        let at = (0..=(at - start).min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
        let line = lines.partition_point(|start| *start <= at);
        let start = lines[line - 1];
        let column = text[start..at].chars().count() + 1;
        let source = text[start..].lines().next().unwrap_or_default().chars().take(200).collect();
        let preset = *preset;
        self.faults.push(Diagnostic { code, path: path.into(), preset, line, column, source, message, help });
    }

    /// Is it no use to look for more?
    pub(super) fn is_full(&self) -> bool {
        self.faults.len() > MOST_FAULTS
    }

    /// The text a byte is of.
    fn text_at(&self, at: usize) -> &Text<'a> {
        let after = self.texts.partition_point(|text| text.start <= at);
        &self.texts[after.saturating_sub(1)]
    }

    /// A fault at a value.
    pub(super) fn fault_at(&mut self, place: &Place<'_>, code: Code, message: impl Into<String>, help: Option<String>) {
        self.fault(code, &place.path, place.node.at, message, help);
    }

    pub(super) fn table<'n>(&mut self, place: &Place<'n>) -> Option<Table<'n>> {
        match &place.node.value {
            Raw::Table(entries) => {
                let (path, at) = (place.path.clone(), place.node.at);
                Some(Table { path, at, entries, known: Vec::new(), taken: BTreeSet::new() })
            }
            _ => {
                self.wrong_type(place, "a table");
                None
            }
        }
    }

    /// Takes a key that may be there.
    pub(super) fn take<'n>(&mut self, table: &mut Table<'n>, key: &'static str) -> Option<Place<'n>> {
        // A step is asked for its keys more than once.
        if !table.known.contains(&key) {
            table.known.push(key);
        }
        let (_, _, node) = table.entries.iter().find(|(name, _, _)| name == key)?;
        Some(Place { path: join(&table.path, key), node })
    }

    /// Takes a key that must be there.
    pub(super) fn need<'n>(&mut self, table: &mut Table<'n>, key: &'static str, help: &str) -> Option<Place<'n>> {
        let found = self.take(table, key);
        if found.is_none() {
            let message = format!("`{key}` is missing");
            self.fault(Code::Missing, &table.path, table.at, message, Some(help.into()));
        }
        found
    }

    /// Takes every key that is a name of the shop's own.
    pub(super) fn take_named<'n>(
        &mut self,
        table: &mut Table<'n>,
        is_name: impl Fn(&str) -> bool,
    ) -> Vec<(&'n str, Place<'n>)> {
        let named = |(key, _, node): &'n (String, usize, Node)| {
            let taken = is_name(key) && !table.known.contains(&key.as_str());
            taken.then(|| (key.as_str(), Place { path: join(&table.path, key), node }))
        };
        let found: Vec<_> = table.entries.iter().filter_map(named).collect();
        table.taken.extend(found.iter().map(|(key, _)| *key));
        found
    }

    /// Notes the keys nobody took.
    pub(super) fn finish(&mut self, table: Table<'_>) {
        self.finish_with(table, |_, _| None);
    }

    /// The same; `hint` may know more of what was meant by a key and its value. Were there none?
    pub(super) fn finish_with(&mut self, table: Table<'_>, hint: impl Fn(&str, &Node) -> Option<String>) -> bool {
        let nobodys = |key: &str| !table.known.contains(&key) && !table.taken.contains(key);
        let mut none = true;
        for (key, at, node) in table.entries.iter().filter(|(key, _, _)| nobodys(key)) {
            none = false;
            if self.is_full() {
                break;
            }
            let help = hint(key, node).unwrap_or_else(|| match nearest(key, table.known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if table.known.is_empty() => "nothing is set here yet".into(),
                None => format!("known here: {}", table.known.join(", ")),
            });
            let message = format!("`{key}` has no meaning here");
            self.fault(Code::UnknownKey, &join(&table.path, key), *at, message, Some(help));
        }
        none
    }

    /// The entries of a table whose keys are names, with their places.
    pub(super) fn named<'n, N: FromStr>(&mut self, place: &Place<'n>) -> Vec<(N, Place<'n>)>
    where
        N::Err: Display,
    {
        let Some(table) = self.table(place) else { return Vec::new() };
        let mut found = Vec::new();
        for (key, at, node) in table.entries {
            let path = join(&table.path, key);
            match key.parse::<N>() {
                Ok(name) => found.push((name, Place { path, node })),
                Err(error) => self.fault(Code::Value, &path, *at, error.to_string(), None),
            }
        }
        found
    }

    /// Names that are declared as a list, or as the keys of a table. Those of a list stand at themselves.
    pub(super) fn listed<'n, N: FromStr + Ord + Clone>(&mut self, place: &Place<'n>, what: &str) -> Vec<(N, Place<'n>)>
    where
        N::Err: Display,
    {
        if let Raw::Table(_) = place.node.value {
            return self.named(place);
        }
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for place in self.list(place) {
            let Some(name) = self.parsed::<N>(&place) else { continue };
            if seen.insert(name.clone()) {
                found.push((name, place));
            } else {
                self.fault_at(&place, Code::Duplicate, format!("this {what} was declared before"), None);
            }
        }
        found
    }

    pub(super) fn list<'n>(&mut self, place: &Place<'n>) -> Vec<Place<'n>> {
        match &place.node.value {
            Raw::List(items) => {
                let item = |(i, node)| Place { path: format!("{}[{i}]", place.path), node };
                items.iter().enumerate().map(item).collect()
            }
            _ => {
                self.wrong_type(place, "a list");
                Vec::new()
            }
        }
    }

    pub(super) fn text<'n>(&mut self, place: &Place<'n>) -> Option<&'n str> {
        match &place.node.value {
            Raw::Text(text) => Some(text),
            _ => {
                self.wrong_type(place, "a text in quotes");
                None
            }
        }
    }

    /// One of a few words, each with what it stands for; `fault` and `help` say what is wrong with any other.
    pub(super) fn one_of<T, const N: usize>(
        &mut self,
        place: &Place<'_>,
        words: [(&str, T); N],
        fault: &str,
        help: &str,
    ) -> Option<T> {
        let text = self.text(place)?;
        let found = words.into_iter().find(|(word, _)| *word == text);
        if found.is_none() {
            self.fault_at(place, Code::Value, fault, Some(help.into()));
        }
        found.map(|(_, meaning)| meaning)
    }

    pub(super) fn flag(&mut self, place: &Place<'_>) -> Option<bool> {
        match place.node.value {
            Raw::Flag(yes) => Some(yes),
            _ => {
                self.wrong_type(place, "true or false");
                None
            }
        }
    }

    /// A whole number between two bounds, both included.
    pub(super) fn whole(&mut self, place: &Place<'_>, least: i64, most: i64) -> Option<i64> {
        match place.node.value {
            Raw::Whole(n) if n < least || n > most => {
                self.fault_at(place, Code::Value, format!("{n} is out of range"), Some(format!("{least} to {most}")));
                None
            }
            Raw::Whole(n) => Some(n),
            _ => {
                self.wrong_type(place, "a whole number");
                None
            }
        }
    }

    /// A text that is read by its type's own rules.
    pub(super) fn parsed<T: FromStr>(&mut self, place: &Place<'_>) -> Option<T>
    where
        T::Err: Display,
    {
        let text = self.text(place)?;
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.fault_at(place, Code::Value, error.to_string(), None);
                None
            }
        }
    }

    /// A text by the rules of names, that names nothing which is declared.
    pub(super) fn label(&mut self, place: &Place<'_>) -> Option<Box<str>> {
        match Name::new(self.text(place)?) {
            Ok(name) => Some(name.as_str().into()),
            Err(error) => {
                self.fault_at(place, Code::Value, error.to_string(), None);
                None
            }
        }
    }

    /// A length of time above zero; `zero` says why it must be.
    pub(super) fn span(&mut self, place: &Place<'_>, zero: &str) -> Option<Span> {
        let span = self.parsed::<Span>(place)?;
        if span.is_zero() {
            self.fault_at(place, Code::Value, zero, None);
            return None;
        }
        Some(span)
    }

    /// An amount of money of the shop's currency: a whole number, or a decimal as text.
    pub(super) fn money(&mut self, place: &Place<'_>, currency: crate::model::Currency) -> Option<crate::model::Money> {
        let amount = match &place.node.value {
            Raw::Whole(n) => currency.parse(&n.to_string()),
            Raw::Text(text) => currency.parse(text),
            _ => {
                self.wrong_type(place, "an amount, such as 1000 or \"9.80\"");
                return None;
            }
        };
        match amount {
            Ok(money) if money.is_negative() => {
                self.fault_at(place, Code::Value, "an amount may not be below zero", None);
                None
            }
            Ok(money) => Some(money),
            Err(error) => {
                self.fault_at(place, Code::Value, error.to_string(), None);
                None
            }
        }
    }

    /// A name that must be among those declared.
    pub(super) fn known<'k, T: FromStr>(
        &mut self,
        place: &Place<'_>,
        what: &str,
        known: impl Iterator<Item = &'k str> + Clone,
    ) -> Option<T>
    where
        T::Err: Display,
    {
        let text = self.text(place)?;
        self.known_name(place, what, text, known)
    }

    /// The same, for a name that is only a part of the text at this place.
    pub(super) fn known_name<'k, T: FromStr>(
        &mut self,
        place: &Place<'_>,
        what: &str,
        name: &str,
        known: impl Iterator<Item = &'k str> + Clone,
    ) -> Option<T>
    where
        T::Err: Display,
    {
        if known.clone().any(|k| k == name) {
            return name.parse().ok();
        }
        if self.is_full() {
            return None;
        }
        let help = match nearest(name, known.clone()) {
            Some(near) => format!("did you mean '{near}'?"),
            None => match known.take(8).collect::<Vec<_>>()[..] {
                [] => format!("no {what} is declared"),
                ref some => format!("there are: {}", some.join(", ")),
            },
        };
        let shown: String = name.chars().take(100).collect();
        self.fault_at(place, Code::UnknownName, format!("there is no {what} '{shown}'"), Some(help));
        None
    }

    /// An expression, from text or from its JSON shape.
    pub(super) fn expression(&mut self, place: &Place<'_>) -> Option<(Expr, Vec<usize>)> {
        let text = match &place.node.value {
            Raw::Text(text) => text,
            Raw::Table(_) => {
                return match Expr::from_json(&place.node.to_json()) {
                    Ok(expr) => Some((expr, Vec::new())),
                    Err(error) => {
                        self.fault_at(place, Code::Expression, error.to_string(), None);
                        None
                    }
                };
            }
            _ => {
                self.wrong_type(place, "an expression, as a text or in its JSON shape,");
                return None;
            }
        };
        match Expr::parse(text) {
            Ok(parsed) => Some((parsed.expr, parsed.places)),
            Err(error) => {
                let at = self.inside(place, text, error.at);
                self.fault(Code::Expression, &place.path, at, error.message, error.hint);
                None
            }
        }
    }

    /// An expression, read and checked.
    pub(super) fn predicate(&mut self, place: &Place<'_>, schema: &Schema) -> Option<Predicate> {
        let (expr, places) = self.expression(place)?;
        self.compiled(place, &expr, &places, schema)
    }

    pub(super) fn compiled(
        &mut self,
        place: &Place<'_>,
        expr: &Expr,
        places: &[usize],
        schema: &Schema,
    ) -> Option<Predicate> {
        if self.is_full() {
            return None;
        }
        match schema.compile(expr) {
            Ok(predicate) => Some(predicate),
            Err(errors) => {
                for error in errors {
                    let offset = places.get(error.atom).copied().unwrap_or(0);
                    let at = match &place.node.value {
                        Raw::Text(text) => self.inside(place, text, offset),
                        _ => place.node.at,
                    };
                    self.fault(Code::of(&error.problem), &place.path, at, error.problem.to_string(), error.hint);
                }
                None
            }
        }
    }

    pub(super) fn wrong_type(&mut self, place: &Place<'_>, needed: &str) {
        self.fault_at(place, Code::Type, format!("this is {}", place.node.kind()), Some(format!("{needed} is needed")));
    }

    /// The byte of the document at which byte `offset` of this text stands; its beginning when the
    /// text is written with escapes.
    fn inside(&self, place: &Place<'_>, text: &str, offset: usize) -> usize {
        let Text { start, text: whole, .. } = self.text_at(place.node.at);
        let literal = whole.get(place.node.at - start..).unwrap_or_default();
        // The opening quotes are one or three bytes long; a line end after three is not part of the text.
        let found = (1..=5).find(|quotes| literal.get(*quotes..).is_some_and(|rest| rest.starts_with(text)));
        found.map_or(place.node.at, |quotes| place.node.at + quotes + offset)
    }
}

impl<'a> Text<'a> {
    fn new(preset: Option<&'static str>, start: usize, text: &'a str) -> Self {
        let after_newlines = text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i + 1);
        Self { preset, start, text, lines: core::iter::once(0).chain(after_newlines).collect() }
    }
}

/// A path with a key added, quoted when it is not plain.
pub(super) fn join(path: &str, key: &str) -> String {
    let plain = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    let shown: String = key.chars().take(100).collect();
    let key = if plain { shown } else { format!("\"{shown}\"") };
    if path.is_empty() { key } else { format!("{path}.{key}") }
}

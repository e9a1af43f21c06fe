//! TOML and JSON into one tree in which every value knows its place.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use toml::de::{DeTable, DeValue};

/// A value and where it begins in the text.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) at: usize,
    pub(super) value: Raw,
}

/// A value of either language.
#[derive(Clone, Debug)]
pub(super) enum Raw {
    Text(String),
    Whole(i64),
    Flag(bool),
    List(Vec<Node>),
    /// With the place of each key, sorted by key.
    Table(Vec<(String, usize, Node)>),
    /// What no section takes: floats, times, null. Its name, and its text.
    Other(&'static str, String),
}

/// A fault of the text itself.
pub(super) struct SyntaxFault {
    pub(super) at: usize,
    pub(super) message: String,
}

/// How deep JSON may be nested; every level costs one more pass over what is inside.
const MAX_JSON_DEPTH: usize = 32;

impl Node {
    /// Reads JSON when the text begins with a brace, else TOML.
    pub(super) fn read(text: &str) -> Result<Self, Vec<SyntaxFault>> {
        if text.trim_start().starts_with('{') { from_json(text) } else { from_toml(text) }
    }

    /// The same, with every place so many bytes further on: its text comes after another.
    pub(super) fn moved(mut self, by: usize) -> Self {
        self.at += by;
        self.value = match self.value {
            Raw::List(items) => Raw::List(items.into_iter().map(|item| item.moved(by)).collect()),
            Raw::Table(entries) => {
                let moved = |(key, at, node): (String, usize, Self)| (key, at + by, node.moved(by));
                Raw::Table(entries.into_iter().map(moved).collect())
            }
            plain => plain,
        };
        self
    }

    /// What kind of value it is, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match &self.value {
            Raw::Text(_) => "a text",
            Raw::Whole(_) => "a number",
            Raw::Flag(_) => "true or false",
            Raw::List(_) => "a list",
            Raw::Table(_) => "a table",
            Raw::Other(kind, _) => kind,
        }
    }

    /// The same as plain JSON, for what is kept as JSON: message objects and expressions.
    pub(super) fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match &self.value {
            Raw::Text(text) => Json::String(text.clone()),
            Raw::Whole(n) => Json::from(*n),
            Raw::Flag(yes) => Json::Bool(*yes),
            Raw::List(list) => list.iter().map(Self::to_json).collect(),
            Raw::Table(table) => table.iter().map(|(key, _, node)| (key.clone(), node.to_json())).collect(),
            Raw::Other(_, text) => serde_json::from_str(text).unwrap_or_else(|_| Json::String(text.clone())),
        }
    }

    /// The same for the same content, whatever the language, white space and order of keys.
    pub(super) fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.to_json().to_string().as_bytes()).into()
    }
}

fn from_toml(text: &str) -> Result<Node, Vec<SyntaxFault>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Ok(Node { at: 0, value: toml_table(table.get_ref(), text) });
    }
    let fault = |error: toml::de::Error| SyntaxFault {
        at: error.span().map_or(0, |span| span.start),
        message: error.message().to_owned(),
    };
    Err(errors.into_iter().map(fault).collect())
}

fn toml_table(table: &DeTable<'_>, text: &str) -> Raw {
    let entry = |(key, value): (&toml::Spanned<Cow<'_, str>>, &toml::Spanned<DeValue<'_>>)| {
        (key.get_ref().to_string(), key.span().start, toml_node(value, text))
    };
    Raw::Table(table.iter().map(entry).collect())
}

fn toml_node(value: &toml::Spanned<DeValue<'_>>, text: &str) -> Node {
    let literal = || text.get(value.span()).unwrap_or_default().to_owned();
    let raw = match value.get_ref() {
        DeValue::String(text) => Raw::Text(text.to_string()),
        DeValue::Boolean(yes) => Raw::Flag(*yes),
        DeValue::Integer(n) => match i64::from_str_radix(n.as_str(), n.radix()) {
            Ok(n) => Raw::Whole(n),
            Err(_) => Raw::Other("a number of more than 18 digits", literal()),
        },
        DeValue::Float(_) => Raw::Other("a number with a fraction", literal()),
        DeValue::Datetime(_) => Raw::Other("a date or time without quotes", literal()),
        DeValue::Array(list) => Raw::List(list.iter().map(|item| toml_node(item, text)).collect()),
        DeValue::Table(table) => toml_table(table, text),
    };
    Node { at: value.span().start, value: raw }
}

fn from_json(text: &str) -> Result<Node, Vec<SyntaxFault>> {
    let fault = |error: serde_json::Error| {
        let before: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
        let at = (before + error.column().saturating_sub(1)).min(text.len());
        vec![SyntaxFault { at, message: error.to_string() }]
    };
    let raw: &RawValue = serde_json::from_str(text).map_err(fault)?;
    json_node(raw, text, 0).map_err(|fault| vec![fault])
}

/// One level at a time, through slices of the text itself: that is how places are known.
fn json_node(raw: &RawValue, text: &str, depth: usize) -> Result<Node, SyntaxFault> {
    let json = raw.get();
    let at = json.as_ptr().addr() - text.as_ptr().addr();
    if depth > MAX_JSON_DEPTH {
        return Err(SyntaxFault { at, message: format!("nested more than {MAX_JSON_DEPTH} deep") });
    }
    let fault = |error: serde_json::Error| SyntaxFault { at, message: error.to_string() };
    let value = match json.as_bytes()[0] {
        b'{' => {
            let Entries(entries) = serde_json::from_str(json).map_err(fault)?;
            let mut table = Vec::with_capacity(entries.len());
            for (key, value) in entries {
                let node = json_node(value, text, depth + 1)?;
                table.push((key.into_owned(), node.at, node));
            }
            table.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
            if let Some(pair) = table.windows(2).find(|pair| pair[0].0 == pair[1].0) {
                return Err(SyntaxFault { at: pair[1].1, message: format!("the key `{}` stands twice", pair[1].0) });
            }
            Raw::Table(table)
        }
        b'[' => {
            let items: Vec<&RawValue> = serde_json::from_str(json).map_err(fault)?;
            Raw::List(items.into_iter().map(|item| json_node(item, text, depth + 1)).collect::<Result<_, _>>()?)
        }
        b'"' => Raw::Text(serde_json::from_str(json).map_err(fault)?),
        b't' | b'f' => Raw::Flag(json == "true"),
        b'n' => Raw::Other("null", "null".into()),
        _ => match json.parse() {
            Ok(n) => Raw::Whole(n),
            Err(_) => Raw::Other("a number with a fraction or of more than 18 digits", json.to_owned()),
        },
    };
    Ok(Node { at, value })
}

/// The entries of a JSON object in order, doubled keys included.
struct Entries<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Vec<(Cow<'de, str>, &'de RawValue)>;
            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(entries)
            }
        }
        deserializer.deserialize_map(Visitor).map(Entries)
    }
}

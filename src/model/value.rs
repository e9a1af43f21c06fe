//! The values of attributes.

use core::fmt;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Date, Decimal};

/// The value of an attribute of a friend.
///
/// Ordered within its kind; the order between kinds means nothing and only makes ties fall the
/// same way everywhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Value {
    /// Yes or no.
    Flag(bool),
    /// An exact number.
    Number(Decimal),
    /// A civil date.
    Date(Date),
    /// Text, and the choice out of a list.
    Text(Box<str>),
    /// Several texts, of which order and number mean nothing.
    List(BTreeSet<Box<str>>),
}

impl Value {
    /// What kind of value it is.
    pub const fn kind(&self) -> ValueKind {
        match self {
            Self::Flag(_) => ValueKind::Flag,
            Self::Number(_) => ValueKind::Number,
            Self::Date(_) => ValueKind::Date,
            Self::Text(_) => ValueKind::Text,
            Self::List(_) => ValueKind::List,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(yes) => yes.fmt(f),
            Self::Number(n) => n.fmt(f),
            Self::Date(date) => date.fmt(f),
            Self::Text(text) => text.fmt(f),
            Self::List(texts) => f.write_str(&texts.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join(", ")),
        }
    }
}

/// The kinds of [`Value`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ValueKind {
    /// Yes or no.
    Flag,
    /// An exact number.
    Number,
    /// A civil date.
    Date,
    /// Text.
    Text,
    /// Several texts.
    List,
}

impl fmt::Display for ValueKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Flag => "flag",
            Self::Number => "number",
            Self::Date => "date",
            Self::Text => "text",
            Self::List => "list",
        })
    }
}

//! What is asked of one value, checked against its type.

use crate::model::Value;

use super::syntax::Comparison;

/// A test of a value that is known. Values of another kind than the test's pass none.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    /// Compares so with this.
    Is(Comparison, Value),
    /// Is one of these, which are sorted.
    In(Box<[Value]>),
    /// A text with this inside, or a list with this among its texts.
    Contains(Box<str>),
    /// A text that begins so.
    StartsWith(Box<str>),
}

impl Test {
    pub(crate) fn passes(&self, known: &Value) -> bool {
        match self {
            Self::Is(is, value) => known.kind() == value.kind() && is.holds(known, value),
            Self::In(values) => values.binary_search(known).is_ok(),
            Self::Contains(part) => match known {
                Value::Text(text) => text.contains(&**part),
                Value::List(texts) => texts.contains(part),
                _ => false,
            },
            Self::StartsWith(start) => matches!(known, Value::Text(text) if text.starts_with(&**start)),
        }
    }

    pub(crate) fn passes_text(&self, known: &str) -> bool {
        match self {
            Self::Is(is, Value::Text(value)) => is.holds(known, value),
            Self::Is(..) => false,
            Self::In(values) => values.iter().any(|value| matches!(value, Value::Text(text) if **text == *known)),
            Self::Contains(part) => known.contains(&**part),
            Self::StartsWith(start) => known.starts_with(&**start),
        }
    }
}

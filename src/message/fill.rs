//! JSON whose strings are templates.

use serde_json::{Map, Value as Json};

use super::content::MessageFault;
use super::template::{Placeholder, Template};

/// JSON whose strings are templates.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fill {
    Fixed(Json),
    Text(Template),
    List(Vec<Fill>),
    Object(Vec<(String, Fill)>),
}

impl Fill {
    /// Reads every string as a template; `at` is where the JSON stands.
    pub(super) fn read(json: &Json, at: &str, faults: &mut Vec<MessageFault>) -> Self {
        match json {
            Json::String(text) if text.contains(['{', '}']) => match Template::parse(text) {
                Ok(template) => Self::Text(template),
                Err(error) => {
                    faults.push(MessageFault { path: at.into(), message: error.to_string() });
                    Self::Fixed(Json::Null)
                }
            },
            Json::Array(list) => {
                let read = |(i, item): (usize, &Json)| Self::read(item, &format!("{at}[{i}]"), faults);
                Self::List(list.iter().enumerate().map(read).collect())
            }
            Json::Object(object) => {
                let read =
                    |(key, value): (&String, &Json)| (key.clone(), Self::read(value, &format!("{at}.{key}"), faults));
                Self::Object(object.iter().map(read).collect())
            }
            other => Self::Fixed(other.clone()),
        }
    }

    /// The same for everybody?
    pub(super) fn is_fixed(&self) -> bool {
        match self {
            Self::Fixed(_) => true,
            Self::Text(_) => false,
            Self::List(list) => list.iter().all(Self::is_fixed),
            Self::Object(object) => object.iter().all(|(_, value)| value.is_fixed()),
        }
    }

    /// The JSON for one friend, or the first placeholder that is not known.
    pub(super) fn fill(&self, lookup: &dyn Fn(&Placeholder) -> Option<String>) -> Result<Json, Placeholder> {
        Ok(match self {
            Self::Fixed(json) => json.clone(),
            Self::Text(template) => Json::String(template.render(lookup)?),
            Self::List(list) => Json::Array(list.iter().map(|item| item.fill(lookup)).collect::<Result<_, _>>()?),
            Self::Object(object) => {
                let filled = object.iter().map(|(key, value)| Ok((key.clone(), value.fill(lookup)?)));
                Json::Object(filled.collect::<Result<Map<_, _>, Placeholder>>()?)
            }
        })
    }

    /// What it asks for, in order.
    pub(super) fn collect<'a>(&'a self, found: &mut Vec<&'a Placeholder>) {
        match self {
            Self::Fixed(_) => {}
            Self::Text(template) => found.extend(template.placeholders()),
            Self::List(list) => list.iter().for_each(|item| item.collect(found)),
            Self::Object(object) => object.iter().for_each(|(_, value)| value.collect(found)),
        }
    }
}

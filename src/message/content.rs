//! LINE message objects with placeholders in their texts.

use serde_json::{Map, Value as Json};

use crate::model::MessageName;

use super::limits::{MAX_OBJECTS, check};
use super::template::{Placeholder, Template, TemplateError};

/// A message of the playbook: one to five LINE message objects.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    name: MessageName,
    objects: Vec<Content>,
}

/// JSON whose strings are templates.
#[derive(Clone, Debug, PartialEq)]
enum Content {
    Fixed(Json),
    Text(Template),
    List(Vec<Content>),
    Object(Vec<(String, Content)>),
}

/// A fault in a message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
#[non_exhaustive]
pub struct MessageFault {
    /// Where: `[0].text`.
    pub path: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl Message {
    /// Checks message objects as the shop wrote them.
    ///
    /// # Errors
    /// Every fault at once.
    pub fn new(name: MessageName, objects: &[Json]) -> Result<Self, Vec<MessageFault>> {
        let mut faults = Vec::new();
        if objects.is_empty() || objects.len() > MAX_OBJECTS {
            let message = format!("{} message objects: LINE takes 1 to {MAX_OBJECTS} at once", objects.len());
            faults.push(MessageFault { path: String::new(), message });
        }
        for (i, object) in objects.iter().enumerate() {
            check_object(object, i, &mut faults);
        }
        let mut read = |(i, object): (usize, &Json)| template(object, &format!("[{i}]"), &mut faults);
        let contents = objects.iter().enumerate().map(&mut read).collect();
        if faults.is_empty() { Ok(Self { name, objects: contents }) } else { Err(faults) }
    }

    /// Its name in the playbook.
    pub fn name(&self) -> &MessageName {
        &self.name
    }

    /// What its texts ask for, in order.
    pub fn placeholders(&self) -> Vec<&Placeholder> {
        let mut found = Vec::new();
        self.objects.iter().for_each(|content| content.collect(&mut found));
        found
    }

    /// The message for one friend: the JSON text of LINE's `messages` array. The same values give the
    /// same bytes.
    ///
    /// # Errors
    /// When a value is not known, or the text with its values is over LINE's limits.
    pub fn render(&self, lookup: &dyn Fn(&Placeholder) -> Option<String>) -> Result<String, RenderError> {
        let filled: Result<Vec<_>, _> = self.objects.iter().map(|content| content.fill(lookup)).collect();
        let filled = filled.map_err(RenderError::Missing)?;
        let mut faults = Vec::new();
        for (i, object) in filled.iter().enumerate() {
            check_object(object, i, &mut faults);
        }
        match faults.into_iter().next() {
            Some(fault) => Err(RenderError::Limit(fault)),
            None => Ok(Json::Array(filled).to_string()),
        }
    }
}

/// Why a message cannot go to this friend.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// A value is not known, and the message has no text for that case.
    #[error("{0} is not known")]
    Missing(Placeholder),
    /// With this friend's values LINE would refuse it.
    #[error(transparent)]
    Limit(MessageFault),
}

fn check_object(object: &Json, i: usize, faults: &mut Vec<MessageFault>) {
    match object.as_object() {
        Some(object) => check(object, &format!("[{i}]"), faults),
        None => faults.push(MessageFault { path: format!("[{i}]"), message: "a message object is needed here".into() }),
    }
}

fn template(json: &Json, at: &str, faults: &mut Vec<MessageFault>) -> Content {
    match json {
        Json::String(text) if text.contains(['{', '}']) => match Template::parse(text) {
            Ok(template) => Content::Text(template),
            Err(error) => {
                faults.push(template_fault(at, &error));
                Content::Fixed(Json::Null)
            }
        },
        Json::Array(list) => {
            let read = |(i, item): (usize, &Json)| template(item, &format!("{at}[{i}]"), faults);
            Content::List(list.iter().enumerate().map(read).collect())
        }
        Json::Object(object) => {
            let read = |(key, value): (&String, &Json)| (key.clone(), template(value, &format!("{at}.{key}"), faults));
            Content::Object(object.iter().map(read).collect())
        }
        other => Content::Fixed(other.clone()),
    }
}

fn template_fault(at: &str, error: &TemplateError) -> MessageFault {
    MessageFault { path: at.into(), message: error.to_string() }
}

impl Content {
    fn fill(&self, lookup: &dyn Fn(&Placeholder) -> Option<String>) -> Result<Json, Placeholder> {
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

    fn collect<'a>(&'a self, found: &mut Vec<&'a Placeholder>) {
        match self {
            Self::Fixed(_) => {}
            Self::Text(template) => found.extend(template.placeholders()),
            Self::List(list) => list.iter().for_each(|item| item.collect(found)),
            Self::Object(object) => object.iter().for_each(|(_, value)| value.collect(found)),
        }
    }
}

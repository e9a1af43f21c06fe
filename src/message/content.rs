//! Messages in the forms of their channels.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::model::{Channel, ChannelName, MessageName, PurposeName};

use super::fill::Fill;
use super::letter::Letter;
use super::limits::{MAX_OBJECTS, check};
use super::template::Placeholder;

/// A message of the playbook, in the forms of the channels it may take.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Message {
    name: MessageName,
    line: Option<Objects>,
    letters: BTreeMap<ChannelName, Letter>,
    /// What it is for, if the shop says: that has put its channels into their order.
    purpose: Option<PurposeName>,
    /// The channels it has a form for, in order.
    channels: Vec<Channel>,
    /// The kind of message, as caps may count it: `news`.
    pub category: Option<Box<str>>,
    /// Whether it is sales talk (S18).
    pub sells: bool,
    /// What it says, where that is told in other messages too: never told twice (C5).
    pub content: Option<Box<str>>,
}

/// LINE's form of a message.
#[derive(Clone, Debug, PartialEq)]
struct Objects {
    objects: Vec<Fill>,
    /// The whole as JSON, where it is the same for everybody.
    fixed: Option<Box<str>>,
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
    /// Checks LINE message objects as the shop wrote them: one to five.
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
        let mut read = |(i, object): (usize, &Json)| Fill::read(object, &format!("[{i}]"), &mut faults);
        let filled: Vec<_> = objects.iter().enumerate().map(&mut read).collect();
        if !faults.is_empty() {
            return Err(faults);
        }
        let fixed = filled.iter().all(Fill::is_fixed).then(|| Json::Array(objects.to_vec()).to_string().into());
        Ok(Self {
            line: Some(Objects { objects: filled, fixed }),
            channels: vec![Channel::Line],
            ..Self::without_form(name)
        })
    }

    /// A message that no channel takes yet.
    pub const fn without_form(name: MessageName) -> Self {
        Self {
            name,
            line: None,
            letters: BTreeMap::new(),
            purpose: None,
            channels: Vec::new(),
            category: None,
            sells: true,
            content: None,
        }
    }

    /// The same message, as another channel than LINE takes it too: behind LINE and the others, by name.
    #[must_use]
    pub fn with_letter(mut self, channel: ChannelName, letter: Letter) -> Self {
        self.letters.insert(channel, letter);
        let line = self.line.iter().map(|_| Channel::Line);
        self.channels = line.chain(self.letters.keys().cloned().map(Channel::Other)).collect();
        self
    }

    /// The same message for this purpose, whose channels are asked in this order. It takes no channel that
    /// is not among them, whatever forms it has.
    #[must_use]
    pub fn for_purpose(mut self, purpose: PurposeName, order: &[Channel]) -> Self {
        let has_form = |channel: &&Channel| match channel {
            Channel::Line => self.line.is_some(),
            Channel::Other(name) => self.letters.contains_key(name),
        };
        self.channels = order.iter().filter(has_form).cloned().collect();
        self.purpose = Some(purpose);
        self
    }

    /// Its name in the playbook.
    pub fn name(&self) -> &MessageName {
        &self.name
    }

    /// What it is for, if the shop says.
    pub fn purpose(&self) -> Option<&PurposeName> {
        self.purpose.as_ref()
    }

    /// The channels it may take: in the order of its purpose, or LINE first and then the others by name. The
    /// first that reaches the friend is taken (C1, C2).
    pub fn channels(&self) -> impl Iterator<Item = Channel> {
        self.channels.iter().cloned()
    }

    /// What its texts ask for, in all its forms.
    pub fn placeholders(&self) -> Vec<&Placeholder> {
        let mut found = Vec::new();
        self.line.iter().flat_map(|line| &line.objects).for_each(|object| object.collect(&mut found));
        self.letters.values().for_each(|letter| found.extend(letter.placeholders()));
        found
    }

    /// The message for one friend on one channel: the JSON text of LINE's `messages` array, or of the
    /// letter's fields. The same values give the same bytes.
    ///
    /// # Errors
    /// When it has no form for the channel, a value is not known, or the text with its values is over
    /// the limits.
    pub fn render(
        &self,
        channel: &Channel,
        lookup: &dyn Fn(&Placeholder) -> Option<String>,
    ) -> Result<String, RenderError> {
        let no_form = || RenderError::NoForm(channel.clone());
        match channel {
            Channel::Line => render_line(self.line.as_ref().ok_or_else(no_form)?, lookup),
            Channel::Other(name) => self.letters.get(name).ok_or_else(no_form)?.render(lookup),
        }
    }
}

fn render_line(line: &Objects, lookup: &dyn Fn(&Placeholder) -> Option<String>) -> Result<String, RenderError> {
    if let Some(fixed) = &line.fixed {
        return Ok(fixed.to_string());
    }
    let filled: Result<Vec<_>, _> = line.objects.iter().map(|object| object.fill(lookup)).collect();
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

/// Why a message cannot go to this friend.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// A value is not known, and the message has no text for that case.
    #[error("{0} is not known")]
    Missing(Placeholder),
    /// It has no form for this channel.
    #[error("there is no form of the message for `{0}`")]
    NoForm(Channel),
    /// With this friend's values it would be refused.
    #[error(transparent)]
    Limit(MessageFault),
}

fn check_object(object: &Json, i: usize, faults: &mut Vec<MessageFault>) {
    match object.as_object() {
        Some(object) => check(object, &format!("[{i}]"), faults),
        None => faults.push(MessageFault { path: format!("[{i}]"), message: "a message object is needed here".into() }),
    }
}

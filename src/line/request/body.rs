//! What goes into a request, checked before there is one, and the writing of its body.

use core::str::FromStr;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::model::LineUserId;

/// The most messages in one request.
pub const MAX_MESSAGES: usize = 5;

/// The longest messages of one request, in bytes of JSON. LINE refuses bodies over 2 MB; the rest
/// is room for the recipients.
pub const MAX_MESSAGES_BYTES: usize = 1_900_000;

/// The most friends of one multicast.
pub const MAX_RECIPIENTS: usize = 500;

/// One to five message objects as JSON. What stands inside each is not looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Messages(Box<str>);

impl Messages {
    /// Takes a JSON array of message objects. Its bytes are sent as they are.
    ///
    /// # Errors
    /// See [`MessagesError`].
    pub fn new(json: &str) -> Result<Self, MessagesError> {
        let json = json.trim();
        if json.len() > MAX_MESSAGES_BYTES {
            return Err(MessagesError::TooLong { bytes: json.len() });
        }
        let messages: Vec<&RawValue> = serde_json::from_str(json).map_err(|e| MessagesError::Json {
            line: e.line(),
            column: e.column(),
            message: e.to_string(),
        })?;
        if messages.is_empty() || messages.len() > MAX_MESSAGES {
            return Err(MessagesError::Count { messages: messages.len() });
        }
        match messages.iter().position(|message| !message.get().starts_with('{')) {
            Some(index) => Err(MessagesError::NotAnObject { index }),
            None => Ok(Self(json.into())),
        }
    }

    /// The JSON array.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Messages {
    type Err = MessagesError;

    fn from_str(json: &str) -> Result<Self, MessagesError> {
        Self::new(json)
    }
}

/// Why a text is not the messages of a request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MessagesError {
    /// Over [`MAX_MESSAGES_BYTES`].
    #[error("messages of {bytes} bytes: at most {MAX_MESSAGES_BYTES} are sent")]
    TooLong {
        /// How long they are.
        bytes: usize,
    },
    /// None, or over [`MAX_MESSAGES`].
    #[error("{messages} messages: one request has 1 to {MAX_MESSAGES}")]
    Count {
        /// How many there are.
        messages: usize,
    },
    /// Something else than a message object in the array.
    #[error("message {index}, counted from 0, must be a JSON object")]
    NotAnObject {
        /// Its place, from 0.
        index: usize,
    },
    /// Not a JSON array.
    #[error("{message}")]
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong, with its place.
        message: String,
    },
}

/// The friends of one multicast: 1 to 500, each once (X08).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Recipients(Box<[LineUserId]>);

impl Recipients {
    /// Takes the friends in this order. [`Answer::Invalid`](super::super::Answer::Invalid) names
    /// bad ones by their place in it.
    ///
    /// # Errors
    /// When there is none, or more than [`MAX_RECIPIENTS`], or one twice: whether LINE would send
    /// or bill that one twice is nowhere said.
    pub fn new(friends: impl Into<Box<[LineUserId]>>) -> Result<Self, RecipientsError> {
        let friends = friends.into();
        if friends.is_empty() || friends.len() > MAX_RECIPIENTS {
            return Err(RecipientsError::Count { recipients: friends.len() });
        }
        let mut sorted = friends.clone();
        sorted.sort_unstable();
        match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(RecipientsError::Twice { user: pair[0] }),
            None => Ok(Self(friends)),
        }
    }

    /// The friends, in the order of the request.
    pub fn as_slice(&self) -> &[LineUserId] {
        &self.0
    }
}

/// Why some friends are not the recipients of one multicast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecipientsError {
    /// None, or over [`MAX_RECIPIENTS`].
    #[error("{recipients} recipients: one multicast has 1 to {MAX_RECIPIENTS}")]
    Count {
        /// How many there are.
        recipients: usize,
    },
    /// One stands there twice.
    #[error("{user} stands among the recipients twice")]
    Twice {
        /// Who; of several the smallest id.
        user: LineUserId,
    },
}

/// How push and multicast are sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SendOptions {
    /// Does the telephone tell of it?
    pub notification: Notification,
    /// What LINE's statistics count it under.
    pub aggregation_unit: Option<AggregationUnit>,
}

/// Does the telephone tell of a message when it arrives?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "LINE has a flag for it")]
pub enum Notification {
    /// As the friend has set it.
    #[default]
    On,
    /// It does not.
    Off,
}

/// A name LINE's statistics count sends under: 1 to 30 of `A-Z a-z 0-9 _`.
///
/// LINE keeps 1,000 of them a month and drops the next in silence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct AggregationUnit(Box<str>);

impl AggregationUnit {
    /// Checks `text`.
    ///
    /// # Errors
    /// When it is empty, too long, or has another character.
    pub fn new(text: &str) -> Result<Self, AggregationUnitError> {
        let right = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if (1..=30).contains(&text.len()) && text.bytes().all(right) {
            Ok(Self(text.into()))
        } else {
            Err(AggregationUnitError)
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that is not the name of an aggregation unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an aggregation unit is named by 1 to 30 letters, digits and underscores of ASCII")]
pub struct AggregationUnitError;

/// A body being written, key by key: the same values are the same bytes on every machine.
pub(super) struct Body(String);

impl Body {
    pub(super) fn new<T: Serialize + ?Sized>(key: &str, value: &T) -> Self {
        Self("{".into()).pair(key, &json(value))
    }

    pub(super) fn messages(self, messages: &Messages) -> Self {
        self.pair("messages", messages.as_str())
    }

    pub(super) fn options(self, options: &SendOptions) -> Self {
        let body = self.notification(options.notification);
        match &options.aggregation_unit {
            Some(unit) => body.pair("customAggregationUnits", &json(&[unit])),
            None => body,
        }
    }

    pub(super) fn notification(self, notification: Notification) -> Self {
        match notification {
            Notification::On => self,
            Notification::Off => self.pair("notificationDisabled", "true"),
        }
    }

    pub(super) fn finish(mut self) -> Box<[u8]> {
        self.0.push('}');
        self.0.into_bytes().into()
    }

    fn pair(mut self, key: &str, value: &str) -> Self {
        let comma = if self.0.len() > 1 { "," } else { "" };
        self.0.extend([comma, "\"", key, "\":", value]);
        self
    }
}

fn json<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).expect("ids and names have a JSON form")
}

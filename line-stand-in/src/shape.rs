//! Checks of request bodies whose failures LINE words in its own way, and which hold without the
//! OpenAPI file.

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::answer::{Answer, Detail};
use crate::Endpoint;

/// REF "Send push message" and its siblings: 1 to 5 message objects.
const MAX_MESSAGES: usize = 5;
/// REF "Send multicast message".
const MAX_RECIPIENTS: usize = 500;
/// REF "Text message", in UTF-16 code units (DOC "Character counting in a text").
const MAX_TEXT: usize = 5_000;

/// The body of a well-formed request to send messages.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Sending {
    #[serde(default, deserialize_with = "one_or_many")]
    pub(crate) to: Vec<String>,
    pub(crate) reply_token: Option<String>,
    pub(crate) messages: Vec<Value>,
    #[serde(flatten)]
    pub(crate) parameters: Map<String, Value>,
}

pub(crate) fn parse(body: &[u8]) -> Result<Value, Answer> {
    serde_json::from_slice(body).map_err(|error| {
        Answer::bad_request(&format!(
            "The request body could not be parsed as JSON (line: {}, column: {})",
            error.line(),
            error.column()
        ))
    })
}

pub(crate) fn check(endpoint: Endpoint, body: &Value) -> Result<(), Answer> {
    let mut details = Vec::new();
    match endpoint {
        Endpoint::Push if !body["to"].as_str().is_some_and(is_chat_id) => {
            return Err(Answer::bad_property("to"));
        }
        Endpoint::Multicast => {
            if let Some(index) = first_malformed_recipient(&body["to"], &mut details) {
                return Err(Answer::bad_property(&format!("to[{index}]")));
            }
        }
        Endpoint::Reply if body["replyToken"].as_str().is_none_or(str::is_empty) => {
            details.push(Detail::new("replyToken", "May not be empty"));
        }
        _ => {}
    }
    check_messages(&body["messages"], &mut details);
    if details.is_empty() {
        Ok(())
    } else {
        Err(Answer::bad_body(&details))
    }
}

/// Takes a checked body apart.
pub(crate) fn take_apart(body: Value) -> Result<Sending, Answer> {
    serde_json::from_value(body).map_err(|error| Answer::bad_body(&[Detail::new("", error.to_string())]))
}

/// DOC "Get user IDs": `U[0-9a-f]{32}`.
pub(crate) fn is_user_id(id: &str) -> bool {
    has_id_form(id, b"U")
}

/// A push may also go to a group chat or a multi-person chat.
fn is_chat_id(id: &str) -> bool {
    has_id_form(id, b"UCR")
}

fn has_id_form(id: &str, kinds: &[u8]) -> bool {
    match id.as_bytes() {
        [kind, digits @ ..] => {
            kinds.contains(kind) && digits.len() == 32 && digits.iter().all(|d| matches!(d, b'0'..=b'9' | b'a'..=b'f'))
        }
        [] => false,
    }
}

fn first_malformed_recipient(to: &Value, details: &mut Vec<Detail>) -> Option<usize> {
    let to = to.as_array().map_or(&[][..], Vec::as_slice);
    if to.is_empty() || to.len() > MAX_RECIPIENTS {
        details.push(size_detail("to", MAX_RECIPIENTS));
    }
    to.iter().position(|id| !id.as_str().is_some_and(is_user_id))
}

fn check_messages(messages: &Value, details: &mut Vec<Detail>) {
    let messages = messages.as_array().map_or(&[][..], Vec::as_slice);
    if messages.is_empty() || messages.len() > MAX_MESSAGES {
        details.push(size_detail("messages", MAX_MESSAGES));
    }
    for (index, message) in messages.iter().enumerate() {
        match message["type"].as_str() {
            Some("text" | "textV2") => check_text(index, &message["text"], details),
            Some(_) => {}
            None => details.push(Detail::new(format!("messages[{index}].type"), "May not be empty")),
        }
    }
}

fn check_text(index: usize, text: &Value, details: &mut Vec<Detail>) {
    let length = text.as_str().map_or(0, |text| text.encode_utf16().count());
    let problem = match length {
        0 => "May not be empty".to_owned(),
        1..=MAX_TEXT => return,
        _ => format!("Length must be between 0 and {MAX_TEXT}"),
    };
    details.push(Detail::new(format!("messages[{index}].text"), problem));
}

fn size_detail(property: &str, max: usize) -> Detail {
    Detail::new(property, format!("Size must be between 1 and {max}"))
}

/// `to` is one ID in a push and a list in a multicast.
fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        One(String),
        Many(Vec<String>),
    }
    Ok(match OneOrMany::deserialize(deserializer)? {
        OneOrMany::One(id) => vec![id],
        OneOrMany::Many(ids) => ids,
    })
}

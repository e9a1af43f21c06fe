//! What LINE sends: one body, many events, each on its own feet.

mod event;
mod object;
mod read;

use serde::Deserialize;
use serde_json::value::RawValue;

pub use event::{EventKind, MalformedEvent, Message, MessageContent, Mode, ReplyToken, Source, WebhookEvent};
pub(super) use object::Object;

/// The longest body read: 2 MiB. LINE names no limit here; this is what its own API takes.
pub const MAX_WEBHOOK_BYTES: usize = 2 << 20;

/// The most events read from one body.
///
/// LINE names no limit, but the fields every event has come to more than 128 bytes, so a body
/// within [`MAX_WEBHOOK_BYTES`] cannot hold more real ones. It keeps two million zeros from
/// becoming two million error texts.
pub const MAX_WEBHOOK_EVENTS: usize = MAX_WEBHOOK_BYTES / 128;

/// A webhook body. [`verify`](super::verify) its bytes first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// The user id of the account that was spoken to, which tells channels apart. Bodies of
    /// before 2019 have none.
    pub destination: Option<Box<str>>,
    /// What happened, in LINE's order, which is not always the order of time (X15). May be empty:
    /// LINE tries a connection so. Nothing that stood in the body is missing here (X14).
    pub events: Vec<Result<WebhookEvent, MalformedEvent>>,
}

impl Webhook {
    /// Reads a body: time and memory in proportion to its length.
    ///
    /// Fields nobody knows are passed over, kinds nobody knows become [`EventKind::Unknown`], and
    /// an event that cannot be read becomes a [`MalformedEvent`] in its place.
    ///
    /// ```
    /// use enishi::line::Webhook;
    /// let body = br#"{"destination":"U1","events":[{"type":"dance","timestamp":0},{"type":7}]}"#;
    /// let webhook = Webhook::parse(body)?;
    /// assert!(webhook.events[0].is_ok() && webhook.events[1].is_err());
    /// # Ok::<(), enishi::line::WebhookError>(())
    /// ```
    ///
    /// # Errors
    /// When the body as a whole is too much, or is not JSON with `events`.
    pub fn parse(body: &[u8]) -> Result<Self, WebhookError> {
        if body.len() > MAX_WEBHOOK_BYTES {
            return Err(WebhookError::TooLong { bytes: body.len() });
        }
        let text = core::str::from_utf8(body).map_err(|e| WebhookError::Utf8 { at: e.valid_up_to() })?;
        let Object(wire) = serde_json::from_str::<Object<Wire<'_>>>(text).map_err(|e| WebhookError::Json {
            line: e.line(),
            column: e.column(),
            message: e.to_string(),
        })?;
        if wire.events.len() > MAX_WEBHOOK_EVENTS {
            return Err(WebhookError::TooMany { events: wire.events.len() });
        }
        let events = wire.events.into_iter().map(|json| WebhookEvent::read(json.get())).collect();
        Ok(Self { destination: wire.destination, events })
    }
}

/// Events stay raw here, so that none can spoil its neighbours.
#[derive(Deserialize)]
struct Wire<'a> {
    destination: Option<Box<str>>,
    #[serde(borrow)]
    events: Vec<&'a RawValue>,
}

/// Why a body is not a webhook.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookError {
    /// Over [`MAX_WEBHOOK_BYTES`].
    #[error("a webhook body of {bytes} bytes: at most {MAX_WEBHOOK_BYTES} are read")]
    TooLong {
        /// How long it is.
        bytes: usize,
    },
    /// Over [`MAX_WEBHOOK_EVENTS`].
    #[error("a webhook body with {events} events: at most {MAX_WEBHOOK_EVENTS} are read")]
    TooMany {
        /// How many there are.
        events: usize,
    },
    /// Not UTF-8.
    #[error("not UTF-8 from byte {at}")]
    Utf8 {
        /// The first bad byte.
        at: usize,
    },
    /// Not JSON, or not an object with a list of `events`.
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

//! Answers in LINE's words (REF "Status codes", "Error responses", "Response headers").

use std::sync::Arc;

use serde_json::{json, Value};

use crate::retry_keys::FirstAcceptance;

/// What the client gets for a request.
pub(crate) enum Outcome {
    Answer(Answer),
    /// Silence for longer than the client waits.
    Hang,
    /// A closed connection.
    Drop,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    pub(crate) accepted_request_id: Option<Arc<str>>,
}

impl Answer {
    fn new(status: u16, body: &Value) -> Self {
        Self { status, body: body.to_string().into_bytes(), accepted_request_id: None }
    }

    pub(crate) fn ok(body: &Value) -> Self {
        Self::new(200, body)
    }

    fn error(status: u16, message: &str) -> Self {
        Self::new(status, &json!({ "message": message }))
    }

    pub(crate) fn bad_request(message: &str) -> Self {
        Self::error(400, message)
    }

    /// Errors in the request body, one detail each.
    pub(crate) fn bad_body(details: &[Detail]) -> Self {
        let message = format!("The request body has {} error(s)", details.len());
        let details: Vec<_> =
            details.iter().map(|detail| json!({ "message": detail.message, "property": detail.property })).collect();
        Self::new(400, &json!({ "message": message, "details": details }))
    }

    /// REF "Send multicast message", error response for a malformed ID.
    pub(crate) fn bad_property(property: &str) -> Self {
        let message = format!("The property, '{property}', in the request body is invalid (line: -, column: -)");
        let details = json!([{ "message": "Invalid", "property": property }]);
        Self::new(400, &json!({ "message": message, "details": details }))
    }

    pub(crate) fn unauthorized() -> Self {
        Self::error(
            401,
            "Authentication failed due to the following reason: invalid token. \
             Confirm that the access token in the authorization header is valid.",
        )
    }

    pub(crate) fn forbidden() -> Self {
        Self::error(403, "Access to this API is not available for your account")
    }

    pub(crate) fn not_found() -> Self {
        Self::error(404, "Not found")
    }

    /// REF "Discontinue coupon": it is closed already.
    pub(crate) fn gone() -> Self {
        Self::error(410, "The coupon is already closed")
    }

    /// REF "Retry failed API requests": counts as a success for the client.
    pub(crate) fn already_accepted(first: &FirstAcceptance) -> Self {
        let mut body = json!({ "message": "The retry key is already accepted" });
        if let Some(sent) = &first.sent_messages {
            body["sentMessages"] = sent.clone();
        }
        Self { accepted_request_id: Some(first.request_id.clone()), ..Self::new(409, &body) }
    }

    pub(crate) fn too_large() -> Self {
        Self::error(413, "Request entity too large")
    }

    pub(crate) fn unsupported_media_type() -> Self {
        Self::error(415, "Unsupported media type")
    }

    pub(crate) fn rate_limited() -> Self {
        Self::error(429, "The API rate limit has been exceeded. Try again later.")
    }

    pub(crate) fn monthly_limit() -> Self {
        Self::error(429, "You have reached your monthly limit.")
    }

    pub(crate) fn internal_error() -> Self {
        Self::error(500, "Internal server error")
    }

    /// Whether the request stands accepted, now or by an earlier attempt.
    pub(crate) fn accepts(&self) -> bool {
        matches!(self.status, 200 | 409)
    }
}

/// One entry of `details` in an error response.
pub(crate) struct Detail {
    pub(crate) message: String,
    pub(crate) property: String,
}

impl Detail {
    pub(crate) fn new(property: impl Into<String>, message: impl Into<String>) -> Self {
        Self { message: message.into(), property: property.into() }
    }
}

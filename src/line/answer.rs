//! What LINE's answer means for the request it answers.

use core::fmt;

use serde_json::Value;

use super::{Endpoint, MAX_RECIPIENTS};

/// The header that names an attempt, on every answer.
const REQUEST_ID_HEADER: &str = "x-line-request-id";
/// The header that, beside 409, names the attempt that was accepted before.
const ACCEPTED_REQUEST_ID_HEADER: &str = "x-line-accepted-request-id";

/// The longest error body that is looked into. LINE's own, with all of 500 recipients at fault,
/// has a fifth of it.
const MAX_ERROR_BYTES: usize = 256 << 10;

/// An HTTP answer, as far as it matters.
#[derive(Clone, Copy, Debug, Default)]
pub struct HttpResponse<'a> {
    /// The status code.
    pub status: u16,
    /// `X-Line-Request-Id`.
    pub request_id: Option<&'a str>,
    /// `X-Line-Accepted-Request-Id`.
    pub accepted_request_id: Option<&'a str>,
    /// The body.
    pub body: &'a [u8],
}

impl<'a> HttpResponse<'a> {
    /// Picks what matters out of all `headers`; their names have no case.
    pub fn new(status: u16, headers: impl IntoIterator<Item = (&'a str, &'a str)>, body: &'a [u8]) -> Self {
        let mut response = Self { status, body, ..Self::default() };
        for (name, value) in headers {
            if name.eq_ignore_ascii_case(REQUEST_ID_HEADER) {
                response.request_id = Some(value);
            } else if name.eq_ignore_ascii_case(ACCEPTED_REQUEST_ID_HEADER) {
                response.accepted_request_id = Some(value);
            }
        }
        response
    }
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// LINE took it. Whether it reaches friends who block the account is nowhere told.
    Accepted {
        /// This attempt; LINE's statistics ask for it.
        request_id: Option<RequestId>,
    },
    /// LINE had taken it at an earlier attempt under the same key: a success (X06).
    AlreadyAccepted {
        /// That earlier attempt.
        request_id: Option<RequestId>,
    },
    /// Too many calls; later it will do.
    RateLimited {
        /// LINE said so in words that are known. If not, it may also be the month's limit: ask
        /// [`Request::quota`](super::Request::quota) and
        /// [`consumption`](super::Request::consumption) before long (X07).
        certain: bool,
    },
    /// The month's messages are used up: nothing that counts will pass before the next month, or
    /// before the shop buys more (X07).
    QuotaReached,
    /// LINE will never take this request. Nobody got it.
    Invalid {
        /// The status code.
        status: u16,
        /// LINE's words, if any.
        message: Option<Box<str>>,
        /// The places of recipients LINE named as bad, from 0, in order. Without them, and under
        /// a new key, the others can be sent to (X08).
        bad_recipients: Vec<usize>,
    },
    /// The channel access token is wrong or expired.
    Unauthorized,
    /// The account's plan or kind does not allow the call.
    Forbidden,
    /// LINE's own trouble. It may have taken the request or not.
    ServerError {
        /// The status code, 500 to 599.
        status: u16,
    },
    /// An answer LINE does not give (1xx, 3xx, 408, no HTTP status at all): something between
    /// here and there spoke, and the request may have been taken or not. To be retried a few
    /// times, then looked at by a person.
    Unexpected {
        /// The status code.
        status: u16,
    },
    /// No answer came. LINE may have taken the request or not.
    NoAnswer {
        /// What happened instead, in the transport's words.
        why: Box<str>,
    },
}

impl Answer {
    /// Judges `response` to a call of `endpoint`.
    ///
    /// Only the status is relied upon; LINE may change its words, and a body that is no JSON is
    /// no news. Linear in the length of the body, which is not looked into past 256 KiB.
    ///
    /// ```
    /// use enishi::line::{Answer, Endpoint, HttpResponse};
    /// let body = br#"{"message":"You have reached your monthly limit."}"#;
    /// let answer = Answer::judge(Endpoint::Push, HttpResponse::new(429, [], body));
    /// assert_eq!(answer, Answer::QuotaReached);
    /// assert!(answer.pauses_channel() && !answer.is_retryable());
    /// ```
    pub fn judge(endpoint: Endpoint, response: HttpResponse<'_>) -> Self {
        let HttpResponse { status, request_id, accepted_request_id, body } = response;
        match status {
            200..=299 => Self::Accepted { request_id: request_id.and_then(RequestId::new) },
            409 if endpoint.takes_retry_key() => {
                Self::AlreadyAccepted { request_id: accepted_request_id.and_then(RequestId::new) }
            }
            429 => judge_too_many(endpoint, &ErrorBody::read(body)),
            401 => Self::Unauthorized,
            403 => Self::Forbidden,
            // By RFC 9110 a request that timed out may be repeated; no verdict on it was given.
            408 => Self::Unexpected { status },
            400..=499 => {
                let error = ErrorBody::read(body);
                let bad_recipients = if endpoint == Endpoint::Multicast { error.bad_recipients() } else { Vec::new() };
                Self::Invalid { status, message: error.message, bad_recipients }
            }
            500..=599 => Self::ServerError { status },
            _ => Self::Unexpected { status },
        }
    }

    /// The messages are LINE's to deliver.
    pub fn is_success(&self) -> bool {
        matches!(self, Self::Accepted { .. } | Self::AlreadyAccepted { .. })
    }

    /// The same request, byte for byte and under the same key, is worth another try within
    /// [`retry_window`](super::retry_window). Space the tries out and bound their number.
    pub fn is_retryable(&self) -> bool {
        matches!(
            self,
            Self::RateLimited { .. } | Self::ServerError { .. } | Self::Unexpected { .. } | Self::NoAnswer { .. }
        )
    }

    /// Not this request but the channel is at fault: others would fare the same until a person
    /// does something or the month ends. Free answers still pass a reached quota.
    pub fn pauses_channel(&self) -> bool {
        matches!(self, Self::QuotaReached | Self::Unauthorized | Self::Forbidden)
    }
}

/// 429 has several meanings, told apart by words alone, which may change.
fn judge_too_many(endpoint: Endpoint, error: &ErrorBody) -> Answer {
    let words = error.message.as_deref().unwrap_or_default().to_ascii_lowercase();
    // Only calls that send can run into the month's limit.
    if endpoint.sends() && (words.contains("month") || words.contains("quota")) {
        Answer::QuotaReached
    } else {
        Answer::RateLimited { certain: !endpoint.sends() || words.contains("rate limit") }
    }
}

/// LINE's `{"message":…,"details":[{"message":…,"property":…}]}`, any part of which may be
/// missing, null or something else.
#[derive(Default)]
struct ErrorBody {
    message: Option<Box<str>>,
    details: Vec<Box<str>>,
}

impl ErrorBody {
    fn read(body: &[u8]) -> Self {
        if body.len() > MAX_ERROR_BYTES {
            return Self::default();
        }
        let json: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |value: &Value| value.as_str().map(Into::into);
        let details = json["details"].as_array().into_iter().flatten();
        Self {
            message: text(&json["message"]),
            details: details.flat_map(|it| [text(&it["property"]), text(&it["message"])]).flatten().collect(),
        }
    }

    fn bad_recipients(&self) -> Vec<usize> {
        let texts = self.message.iter().chain(&self.details);
        let mut places: Vec<usize> = texts.flat_map(|text| recipient_places(text)).collect();
        places.sort_unstable();
        places.dedup();
        places
    }
}

/// The `1` of each `to[1]`, where `to` is no part of a longer name.
fn recipient_places(text: &str) -> impl Iterator<Item = usize> {
    text.match_indices("to[").filter_map(|(start, opening)| {
        let before = text[..start].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '.') {
            return None;
        }
        let (digits, _) = text[start + opening.len()..].split_once(']')?;
        digits.parse().ok().filter(|place| *place < MAX_RECIPIENTS)
    })
}

/// LINE's name for one attempt: what its statistics and its support ask for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(Box<str>);

impl RequestId {
    /// Takes 1 to 100 visible characters of ASCII; LINE's own look like UUIDs. `None` for
    /// anything else, which was made up on the way.
    pub fn new(text: &str) -> Option<Self> {
        let right = (1..=100).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        right.then(|| Self(text.into()))
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

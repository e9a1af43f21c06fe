//! The key that makes a request safe to repeat, and how long it does.

use core::fmt;
use core::str::FromStr;

use crate::model::{DeliveryKey, DeliveryKeyError, Span, Timestamp};

/// The header that carries the key. On a call that does not take one LINE answers 400 (X05), so
/// [`Request`](super::Request) has one exactly where it belongs.
pub const RETRY_KEY_HEADER: &str = "x-line-retry-key";

/// How long LINE remembers a key, from the first request that carried it.
pub const RETRY_KEY_LIFE: Span = Span::minutes(24 * 60);

/// How long before that the last retry leaves.
///
/// LINE counts from when it saw the first try, the sender from when it began it, on another clock;
/// and a request may be on its way for minutes. Ten of them cover both.
pub const RETRY_MARGIN: Span = Span::minutes(10);

/// How long after the first try a request may be repeated: [`RETRY_KEY_LIFE`] less [`RETRY_MARGIN`].
///
/// To LINE an older key is a new one and its request a second message (X04). A send without an
/// answer by then stays unknown for good, and is reported so: a new key would be a second message
/// just the same.
pub const fn retry_window() -> Span {
    Span::minutes(RETRY_KEY_LIFE.rest_minutes() - RETRY_MARGIN.rest_minutes())
}

/// The instant from which a request first tried at `first_try` is repeated no more.
pub const fn retry_deadline(first_try: Timestamp) -> Timestamp {
    first_try.plus_millis(retry_window().nominal_millis())
}

/// LINE's `X-Line-Retry-Key`: the UUID of one request.
///
/// One key belongs to one body and its recipients for ever; a changed request under an old key is
/// a message lost (X09). A push to one friend may use the [`DeliveryKey`] itself. A multicast
/// carries many deliveries, so its key is derived from theirs, and is another one as soon as a
/// recipient is dropped.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RetryKey(DeliveryKey);

impl RetryKey {
    /// The key that follows from `parts`: the same parts give the same key on every machine, so a
    /// crash between deciding and storing cannot make a second one (law 3). Moving a byte from one
    /// part to the next gives another key.
    ///
    /// ```
    /// use enishi::line::RetryKey;
    /// let key = RetryKey::derive(&[b"shop", b"welcome", b"1", b"greet", b"line:U4af4980629"]);
    /// assert_eq!(key.to_string().parse(), Ok(key));
    /// ```
    pub fn derive(parts: &[&[u8]]) -> Self {
        Self(DeliveryKey::derive(DOMAIN, parts))
    }

    /// The sixteen bytes of the UUID.
    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

/// Never changes: it would give requests under way a second key.
const DOMAIN: &str = "enishi line retry key 1";

impl From<DeliveryKey> for RetryKey {
    fn from(key: DeliveryKey) -> Self {
        Self(key)
    }
}

impl fmt::Display for RetryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for RetryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for RetryKey {
    type Err = RetryKeyError;

    fn from_str(text: &str) -> Result<Self, RetryKeyError> {
        text.parse().map(Self).map_err(|_: DeliveryKeyError| RetryKeyError)
    }
}

/// A text that is not a retry key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a retry key is a UUID such as 123e4567-e89b-82d3-a456-426614174000")]
pub struct RetryKeyError;

//! How LINE names a coupon.

use core::fmt;
use core::str::FromStr;

/// LINE's id of a coupon: 1 to 100 of `A-Z a-z 0-9 _ -`.
///
/// It stands in paths, which is why no other character passes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineCouponId(Box<str>);

impl LineCouponId {
    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LineCouponId {
    type Err = LineCouponIdError;

    fn from_str(text: &str) -> Result<Self, LineCouponIdError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        let right = (1..=100).contains(&text.len()) && text.bytes().all(plain);
        if right { Ok(Self(text.into())) } else { Err(LineCouponIdError) }
    }
}

impl fmt::Display for LineCouponId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for LineCouponId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// A text that is not the id of one of LINE's coupons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("LINE names a coupon by letters, digits, `-` and `_`, such as 01JYNW8JMQVFBNWF1APF8Z3FS7")]
pub struct LineCouponIdError;

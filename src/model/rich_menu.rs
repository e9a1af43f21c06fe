//! How LINE names a rich menu.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// LINE's id of a rich menu: `richmenu-` and 1 to 100 of `A-Z a-z 0-9 _ -`. LINE gives it when the menu
/// is made by its API; menus made in the manager have none and cannot be linked.
///
/// It stands in paths, which is why no other character passes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RichMenuId(Box<str>);

impl RichMenuId {
    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RichMenuId {
    type Err = RichMenuIdError;

    fn from_str(text: &str) -> Result<Self, RichMenuIdError> {
        let rest = text.strip_prefix("richmenu-").ok_or(RichMenuIdError)?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if (1..=100).contains(&rest.len()) && rest.bytes().all(plain) {
            Ok(Self(text.into()))
        } else {
            Err(RichMenuIdError)
        }
    }
}

impl fmt::Display for RichMenuId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for RichMenuId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl Serialize for RichMenuId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for RichMenuId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// A text that is not the id of a rich menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "LINE names a rich menu by `richmenu-` and letters, digits, `-` and `_`; it is in LINE's answer to making the menu \
     by API, and not the alias"
)]
pub struct RichMenuIdError;

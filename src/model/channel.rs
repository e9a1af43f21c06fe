//! The ways to reach friends.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{ChannelName, NameError};

/// A way to reach friends: LINE, or another that the playbook declares and the host serves.
///
/// As text `line`, or the name of the other.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_enums, reason = "LINE, and all others")]
pub enum Channel {
    /// LINE.
    #[default]
    Line,
    /// A channel of the playbook's: `email`, `dm`.
    Other(ChannelName),
}

impl Channel {
    /// LINE, as text.
    pub const LINE: &str = "line";

    /// As text.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Line => Self::LINE,
            Self::Other(name) => name.as_str(),
        }
    }

    /// Is it LINE?
    pub const fn is_line(&self) -> bool {
        matches!(self, Self::Line)
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Channel {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        if text == Self::LINE { Ok(Self::Line) } else { text.parse().map(Self::Other) }
    }
}

impl Serialize for Channel {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Channel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

//! How a friend can be reached on LINE.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::Timestamp;

/// A LINE user id: `U` and 32 lower-case hexadecimal digits. It belongs to one provider.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineUserId([u8; 16]);

impl LineUserId {
    /// The id of these sixteen bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The sixteen bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// `U` and 32 hexadecimal digits, in lower case.
    pub(crate) fn digits(&self) -> [u8; 33] {
        let mut text = [b'U'; 33];
        let (pairs, _) = text[1..].as_chunks_mut::<2>();
        for ([high, low], byte) in pairs.iter_mut().zip(self.0) {
            let digit = |nibble: u8| b"0123456789abcdef"[usize::from(nibble)];
            (*high, *low) = (digit(byte >> 4), digit(byte & 15));
        }
        text
    }
}

/// What each digit is worth; more than 15 where it is none.
const WORTH: [u8; 256] = {
    let mut worth = [0xff; 256];
    let mut nibble = 0;
    while nibble < 16 {
        worth[b"0123456789abcdef"[nibble] as usize] = nibble as u8;
        nibble += 1;
    }
    worth
};

impl fmt::Display for LineUserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(core::str::from_utf8(&self.digits()).unwrap_or_default())
    }
}

impl fmt::Debug for LineUserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for LineUserId {
    type Err = LineUserIdError;

    fn from_str(text: &str) -> Result<Self, LineUserIdError> {
        let (pairs, rest) = text.strip_prefix('U').ok_or(LineUserIdError)?.as_bytes().as_chunks::<2>();
        let mut bytes = [0; 16];
        // Asked of nearly every key there is: so the digits are looked at all at once rather than one by one.
        let mut seen = 0;
        for (byte, pair) in bytes.iter_mut().zip(pairs) {
            let [high, low] = pair.map(|digit| WORTH[usize::from(digit)]);
            seen |= high | low;
            *byte = high << 4 | low & 15;
        }
        if pairs.len() != bytes.len() || !rest.is_empty() || seen > 15 {
            return Err(LineUserIdError);
        }
        Ok(Self(bytes))
    }
}

impl Serialize for LineUserId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LineUserId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// A text that is not a LINE user id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a LINE user id is `U` and 32 hexadecimal digits in lower case; it is not the LINE ID people show each other")]
pub struct LineUserIdError;

/// What is known of a friend on LINE. Facts may come in any order; the latest by its own time counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineContact {
    /// Whom to send to.
    pub user: Option<LineUserId>,
    /// Follows and unfollows, as far as they decide something.
    pub(crate) follow: Option<Following>,
    /// The route of the first follow: kept for good once known (F2).
    pub route: Option<Box<str>>,
    /// The first follow known.
    pub first_followed: Option<Timestamp>,
    /// When the account was linked with the shop's membership.
    pub linked: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Following {
    pub(crate) since: Timestamp,
    pub(crate) following: bool,
}

impl LineContact {
    /// Follows the account now, as far as is known. Nobody else can be sent to.
    pub fn is_following(&self) -> bool {
        self.follow.is_some_and(|f| f.following)
    }

    /// Blocked the account, or left.
    pub fn is_blocked(&self) -> bool {
        self.follow.is_some_and(|f| !f.following)
    }

    /// Since when the account is followed, by the latest follow known.
    pub fn following_since(&self) -> Option<Timestamp> {
        self.follow.filter(|f| f.following).map(|f| f.since)
    }

    /// Since when the account is blocked or left.
    pub fn blocked_since(&self) -> Option<Timestamp> {
        self.follow.filter(|f| !f.following).map(|f| f.since)
    }

    /// Takes in a follow at `at` and says which kind it is.
    pub fn followed(
        &mut self,
        user: LineUserId,
        at: Timestamp,
        unblocked: Option<bool>,
        route: Option<&str>,
    ) -> FollowKind {
        // Who adds the account anew from another LINE account is written to there.
        if self.user.is_none() || self.follow.is_none_or(|known| known.since <= at) {
            self.user = Some(user);
        }
        let kind = match (self.first_followed, unblocked) {
            (Some(first), _) if first < at => FollowKind::Again,
            // Left before, so was here before: LINE calls its own flag "not fully accurate".
            _ if self.follow.is_some_and(|f| !f.following && f.since < at) => FollowKind::Again,
            (_, Some(true)) => FollowKind::Again,
            (_, Some(false)) => FollowKind::First,
            (_, None) => FollowKind::Unknown,
        };
        self.came(at, route.map(Into::into));
        self.settle(at, true);
        kind
    }

    /// Takes in an unfollow at `at`. Someone never followed can unfollow too (X16).
    pub fn unfollowed(&mut self, at: Timestamp) {
        self.settle(at, false);
    }

    /// Joins what was known of the same person under another key.
    pub fn absorb(&mut self, other: Self) {
        self.user = self.user.or(other.user);
        if let Some(theirs) = other.follow {
            self.settle(theirs.since, theirs.following);
        }
        if let Some(first) = other.first_followed {
            self.came(first, other.route);
        }
        self.linked = self.linked.into_iter().chain(other.linked).min();
    }

    /// The earliest follow brings its route, or that it had none; of two at one instant the greater
    /// route counts, so that the order of arrival is no matter.
    fn came(&mut self, at: Timestamp, route: Option<Box<str>>) {
        match self.first_followed {
            Some(first) if first < at => {}
            Some(first) if first == at => self.route = self.route.take().max(route),
            _ => {
                self.first_followed = Some(at);
                self.route = route;
            }
        }
    }

    /// The later fact wins; of two at one instant the unfollow does, since silence harms less.
    fn settle(&mut self, since: Timestamp, following: bool) {
        let wins = |old: Following| since > old.since || (since == old.since && !following);
        if self.follow.is_none_or(wins) {
            self.follow = Some(Following { since, following });
        }
    }
}

/// What a follow was. A first add and a re-follow are different events (X17, X19).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "every scenario must decide about all three")]
pub enum FollowKind {
    /// Never followed before.
    First,
    /// Was here before and came back.
    Again,
    /// LINE did not say and nothing is known: neither may be assumed.
    Unknown,
}

//! Names and ids: what a shop writes, what a cart sends, what the engine numbers.

use core::borrow::Borrow;
use core::fmt;
use core::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The longest name or id, in characters.
pub const MAX_NAME_CHARS: usize = 200;

/// A checked text: 1 to [`MAX_NAME_CHARS`] characters, none of them a control character,
/// no space at either end. Cheap to clone; ordered and hashed as its text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Arc<str>);

impl Name {
    /// Checks `text`.
    ///
    /// # Errors
    /// When it is empty, too long, padded with space, or has a control character.
    pub fn new(text: &str) -> Result<Self, NameError> {
        // Most names are plain ASCII and a few bytes long.
        let bytes = text.as_bytes();
        if bytes.len() <= MAX_NAME_CHARS
            && bytes.iter().all(|byte| (b' '..0x7f).contains(byte))
            && bytes.first().is_some_and(|first| *first != b' ')
            && bytes.last().is_some_and(|last| *last != b' ')
        {
            return Ok(Self(text.into()));
        }
        // Bytes first: a 10 MB name must not be counted character by character.
        if text.len() > MAX_NAME_CHARS * 4 || text.chars().count() > MAX_NAME_CHARS {
            Err(NameError::TooLong)
        } else if text.trim().is_empty() {
            Err(NameError::Empty)
        } else if text.chars().any(char::is_control) {
            Err(NameError::Control)
        } else if text.trim() != text {
            Err(NameError::Padded)
        } else {
            Ok(Self(text.into()))
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The very same name in memory, not only the same text?
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Where it lies in memory, for as long as any clone of it lives.
    pub(crate) fn address(&self) -> usize {
        self.0.as_ptr() as usize
    }

    /// A place for a name that is about to be written.
    pub(crate) fn blank() -> Self {
        Self(Arc::default())
    }
}

/// What is a name underneath, so that all kinds can be kept in one place.
pub(crate) trait Named {
    fn as_name(&self) -> &Name;
    fn of_name(name: Name) -> Self;
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// Why a text is not a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// Nothing but white space.
    #[error("a name may not be empty")]
    Empty,
    /// More than [`MAX_NAME_CHARS`] characters.
    #[error("a name has at most {MAX_NAME_CHARS} characters")]
    TooLong,
    /// White space at an end, where nobody sees it.
    #[error("a name may not begin or end with a space")]
    Padded,
    /// A control character inside.
    #[error("a name may not hold control characters")]
    Control,
}

/// Makes a newtype over [`Name`], so that a tag is never taken for a scenario.
macro_rules! names {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Name);

        impl $name {
            /// Checks `text`; the rules are those of [`Name`].
            ///
            /// # Errors
            /// See [`NameError`].
            pub fn new(text: &str) -> Result<Self, NameError> {
                Name::new(text).map(Self)
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl Named for $name {
            fn as_name(&self) -> &Name {
                &self.0
            }
            fn of_name(name: Name) -> Self {
                Self(name)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                self.as_str()
            }
        }

        impl FromStr for $name {
            type Err = NameError;
            fn from_str(text: &str) -> Result<Self, NameError> {
                Self::new(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                Self::new(&text).map_err(de::Error::custom)
            }
        }
    )*};
}

names! {
    /// An attribute of friends: `誕生日`, `gender`.
    AttributeName;
    /// A way to reach friends beside LINE: `email`.
    ChannelName;
    /// How the cart names one try to pay, before there is an order or after: a cart's id, the order's own.
    CheckoutId;
    /// A coupon of the playbook.
    CouponName;
    /// An event of the shop's own: `セミナー参加`.
    EventName;
    /// A group of scenarios of which a friend goes through one at a time.
    GroupName;
    /// A rich menu of the playbook.
    MenuName;
    /// A message of the playbook.
    MessageName;
    /// What a shop tells of its orders or events: `payment`, `会場`.
    PropertyName;
    /// What messages are for, by which their channels are chosen: `お知らせ`.
    PurposeName;
    /// A scenario of the playbook.
    ScenarioName;
    /// A segment of the playbook.
    SegmentName;
    /// A step of a scenario.
    StepName;
    /// A tag.
    TagName;
    /// The id of something that happened, unique in the shop: LINE's `webhookEventId`, or
    /// `eccube:order:39:placed`. The second event with the same id changes nothing.
    EventId;
    /// How the host names a friend: `line:U4af4980629…`, `eccube:customer:39`.
    FriendKey;
    /// How the cart names an order. Never assumed to be a number.
    OrderId;
}

/// The number whoever keeps the friends gave to one of them: dense, from 1, never used again.
///
/// Coupon codes carry it, so a code tells its holder without a lookup. The default, 0, is nobody's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FriendId(pub u32);

/// Names the content of one scenario: the same for the same steps and settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ScenarioVersion(pub u64);

/// A rate in parts per million: `10%` is 100,000 (law 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(u32);

impl Rate {
    /// The whole.
    pub const ONE: Self = Self(1_000_000);

    /// `ppm` parts per million, or `None` over the whole.
    pub const fn from_ppm(ppm: u32) -> Option<Self> {
        if ppm <= Self::ONE.0 { Some(Self(ppm)) } else { None }
    }

    /// Parts per million.
    pub const fn ppm(self) -> u32 {
        self.0
    }
}

impl FromStr for Rate {
    type Err = RateError;

    /// Reads a percentage: `10%`, `12.5%`.
    fn from_str(text: &str) -> Result<Self, RateError> {
        let percent = text.strip_suffix(['%', '％']).ok_or(RateError)?;
        let percent: super::Decimal = percent.trim_end().parse().map_err(|_| RateError)?;
        let ppm = percent.scaled(4).and_then(|ppm| u32::try_from(ppm).ok());
        ppm.and_then(Self::from_ppm).ok_or(RateError)
    }
}

impl fmt::Display for Rate {
    /// As it is read: `12.5%`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (percent, rest) = (self.0 / 10_000, self.0 % 10_000);
        match rest {
            0 => write!(f, "{percent}%"),
            rest => write!(f, "{percent}.{}%", format!("{rest:04}").trim_end_matches('0')),
        }
    }
}

/// A text that is not a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a rate is a percentage from 0% to 100% with at most four places, such as 10% or 12.5%")]
pub struct RateError;

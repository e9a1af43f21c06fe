//! What is typed in for a coupon.

use core::fmt;
use core::str::FromStr;

use crate::model::half_width;

use super::Code;
use super::code::is_separator;

/// What is typed in for a coupon.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "a code is one friend's or everybody's")]
pub enum Codes {
    /// A code for each friend, made by the [`KeyRing`](super::KeyRing) when it is issued.
    Personal,
    /// One for everybody, as the shop wrote it: `SPRING26`.
    Shared(SharedCode),
}

/// A code for everybody: 3 to 19 letters and digits of ASCII, as the shop wrote it.
///
/// Who types it need not look at case, width, spaces and hyphens: [`matches`](Self::matches) does not. It is shorter
/// than a [`Code`], so that nobody's own code can be taken for it, nor it for one.
///
/// ```
/// use enishi::coupon::SharedCode;
/// let spring: SharedCode = "SPRING-26".parse()?;
/// assert!(spring.matches("ｓｐｒｉｎｇ　２６"));
/// assert_eq!(spring.to_string(), "SPRING-26");
/// # Ok::<(), enishi::coupon::SharedCodeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct SharedCode {
    written: Box<str>,
    folded: Box<str>,
}

impl SharedCode {
    /// The fewest letters and digits.
    pub const MIN_SIGNS: usize = 3;
    /// The most letters and digits: one less than a [`Code`] has.
    pub const MAX_SIGNS: usize = Code::SIGNS - 1;

    /// As the shop wrote it, to be shown.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// What it is compared by: capital letters and digits alone. To be stored and looked up.
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// Is this what somebody typed? Linear in what was typed; everybody knows the code, so nothing is kept secret.
    pub fn matches(&self, typed: &str) -> bool {
        typed.chars().filter(|c| !is_separator(*c)).map(fold).eq(self.folded.chars())
    }
}

impl FromStr for SharedCode {
    type Err = SharedCodeError;

    fn from_str(text: &str) -> Result<Self, SharedCodeError> {
        let mut folded = String::new();
        for c in text.chars().filter(|c| !is_separator(*c)) {
            let sign = fold(c);
            if !sign.is_ascii_alphanumeric() {
                return Err(SharedCodeError::Sign(c));
            }
            folded.push(sign);
            if folded.len() > Self::MAX_SIGNS {
                return Err(SharedCodeError::TooLong);
            }
        }
        if folded.len() < Self::MIN_SIGNS {
            return Err(SharedCodeError::TooShort);
        }
        Ok(Self { written: text.trim().into(), folded: folded.into() })
    }
}

/// In capital letters of half width.
fn fold(typed: char) -> char {
    half_width(typed).to_ascii_uppercase()
}

/// Two that are typed alike are one.
impl PartialEq for SharedCode {
    fn eq(&self, other: &Self) -> bool {
        self.folded == other.folded
    }
}

impl Eq for SharedCode {}

impl fmt::Display for SharedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

/// Why a text is no shared code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SharedCodeError {
    /// A sign that is neither letter nor digit, or none of ASCII.
    #[error("{0:?} cannot stand in a shared code: it has letters A to Z and digits, hyphens between them if you like")]
    Sign(char),
    /// Anybody would guess it.
    #[error("a shared code has {} letters and digits at least", SharedCode::MIN_SIGNS)]
    TooShort,
    /// It could be taken for a friend's own.
    #[error(
        "a shared code has {} letters and digits at most: with {} it could be taken for a friend's own",
        SharedCode::MAX_SIGNS,
        Code::SIGNS
    )]
    TooLong,
}

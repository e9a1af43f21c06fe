//! Codes as people read and type them.

use core::fmt;
use core::num::NonZeroU64;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

use super::check_symbol::{check, sign, value};

/// Symbols before the check symbol: 95 bits.
const BODY: usize = 19;

/// A well-formed code: 20 signs in groups of four. That it was ever issued, only a
/// [`KeyRing`](super::KeyRing) can tell.
///
/// **Signs.** Crockford's 32: `0123456789ABCDEFGHJKMNPQRSTVWXYZ`. I, L and O are not among them, for they look like 1, 1
/// and 0 in most types; who types one means the digit, and gets it. U is not, for without it few words come about by
/// chance that a shop would not send to a customer. 32 signs are five bits each, so that none is wasted.
///
/// **Bits.** 3 key number · 12 of the coupon's name · 40 serial · 40 of HMAC-SHA-256 · 5 check. For a
/// [batch](super::KeyRing::batch) the twelve bits of the name are turned over, every one, and the HMAC is of another
/// domain: within a coupon no code of a batch is a friend's.
///
/// **Length.** 20 signs without hyphens are what EC-CUBE and OpenCart have room for. Whoever guesses makes up a serial
/// and hits its 40 bits of HMAC once in 2⁴⁰ tries, whatever was issued and whatever was guessed before. That is so many
/// years on the average, by [`years_to_guess`](Self::years_to_guess):
///
/// | tries per day | years until one fits |
/// |---|---|
/// | 1,000 (a shop that locks out) | 3,010,360 |
/// | 86,400 (one a second) | 34,842 |
/// | 1,000,000 | 3,010 |
/// | 8,640,000 (a hundred a second, never noticed) | 348 |
/// | 86,400,000 (a thousand a second) | 34 |
///
/// One that fits says no more than that the serial is right: it still has to be one that was issued. Limit the tries
/// all the same (P8).
///
/// ```
/// use enishi::coupon::{Code, KeyRing, Serial};
/// use enishi::model::{CouponName, FriendId};
/// let hello = CouponName::new("hello")?;
/// let keys = KeyRing::new(0, b"at least sixteen secret bytes")?;
/// let code = keys.issue(&hello, Serial::new(FriendId(7), 0)).to_string();
/// // Typed on a Japanese keyboard, without hyphens (X49):
/// let typed: String = code.replace('-', "").chars().map(|c| char::from_u32(c as u32 + 0xFEE0).unwrap()).collect();
/// assert_eq!(keys.verify(&typed, [&hello])?.serial.friend(), Some(FriendId(7)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Code {
    /// The 95 bits, highest first.
    bits: u128,
}

/// What the bits of a code say.
pub(super) struct Fields {
    pub(super) key: u8,
    pub(super) coupon: u16,
    /// The number of the serial, of either kind.
    pub(super) number: u64,
    pub(super) tag: u64,
}

const SERIAL_BITS: u32 = 40;
const COUPON_BITS: u32 = 12;

impl Code {
    /// How many bits of a code only the secret can tell.
    pub const TAG_BITS: u32 = 40;

    /// How many signs it has, the hyphens between them left out.
    pub const SIGNS: usize = BODY + 1;

    /// The years until one of so many guesses a day fits, on the average, rounded down: 2⁴⁰ tries are expected, since
    /// no miss tells anything about the next.
    ///
    /// ```
    /// # use enishi::coupon::Code;
    /// let one_a_second = 86_400.try_into()?;
    /// assert_eq!(Code::years_to_guess(one_a_second), 34_842);
    /// # Ok::<(), std::num::TryFromIntError>(())
    /// ```
    pub const fn years_to_guess(tries_per_day: NonZeroU64) -> u64 {
        // A year of the Gregorian calendar has 365.2425 days on the average.
        let tries_per_year = tries_per_day.get() as u128 * 3_652_425;
        ((1_u128 << Self::TAG_BITS) * 10_000 / tries_per_year) as u64
    }

    pub(super) fn from_fields(fields: &Fields) -> Self {
        let mut bits = u128::from(fields.key);
        bits = bits << COUPON_BITS | u128::from(fields.coupon);
        bits = bits << SERIAL_BITS | u128::from(fields.number);
        bits = bits << Self::TAG_BITS | u128::from(fields.tag);
        Self { bits }
    }

    pub(super) fn fields(self) -> Fields {
        let take = |from: u32, count: u32| (self.bits >> from & ((1 << count) - 1)) as u64;
        Fields {
            tag: take(0, Self::TAG_BITS),
            number: take(Self::TAG_BITS, SERIAL_BITS),
            coupon: take(Self::TAG_BITS + SERIAL_BITS, COUPON_BITS) as u16,
            key: take(Self::TAG_BITS + SERIAL_BITS + COUPON_BITS, 3) as u8,
        }
    }

    fn symbols(self) -> [u8; BODY] {
        core::array::from_fn(|i| (self.bits >> (5 * (BODY - 1 - i)) & 31) as u8)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write;
        let symbols = self.symbols();
        for (i, symbol) in symbols.iter().copied().chain([check(&symbols)]).enumerate() {
            if i > 0 && i % 4 == 0 {
                f.write_char('-')?;
            }
            f.write_char(sign(symbol))?;
        }
        Ok(())
    }
}

impl From<Code> for String {
    fn from(code: Code) -> Self {
        code.to_string()
    }
}

impl TryFrom<String> for Code {
    type Error = CodeError;

    fn try_from(text: String) -> Result<Self, CodeError> {
        text.parse()
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Code {
    type Err = CodeError;

    /// Reads a code as people type it: any case and width, with or without hyphens and spaces.
    fn from_str(text: &str) -> Result<Self, CodeError> {
        let mut symbols = [0; BODY + 1];
        let mut count = 0;
        for typed in text.chars().filter(|c| !is_separator(*c)) {
            let symbol = value(typed).ok_or(CodeError::Sign(typed))?;
            *symbols.get_mut(count).ok_or(CodeError::Length)? = symbol;
            count += 1;
        }
        if count != symbols.len() {
            return Err(CodeError::Length);
        }
        let (body, last) = symbols.split_at(BODY);
        if check(body) != last[0] {
            return Err(CodeError::Typo);
        }
        Ok(Self { bits: body.iter().fold(0, |bits, symbol| bits << 5 | u128::from(*symbol)) })
    }
}

pub(super) fn is_separator(c: char) -> bool {
    // The dashes a Japanese keyboard offers, the long-vowel mark included.
    c.is_whitespace() || matches!(c, '-' | '‐' | '‑' | '–' | '—' | '―' | '−' | '－' | 'ー' | 'ｰ')
}

/// Why a text is not a code of this shop. None of these tells a guesser more than "no".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CodeError {
    /// Not 20 signs.
    #[error("a code has 20 signs")]
    Length,
    /// A sign that no code has.
    #[error("no code has the sign {0:?}")]
    Sign(char),
    /// The check symbol does not fit: a slip of the hand, not an attack; no key was asked.
    #[error("mistyped: the last sign does not fit the others")]
    Typo,
    /// Well-formed, but never issued under these keys for these coupons.
    #[error("no such code was ever issued")]
    Forged,
}

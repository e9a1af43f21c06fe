//! Codes as people read and type them.

use core::fmt;
use core::str::FromStr;

use crate::model::FriendId;

use super::check_symbol::{check, sign, value};

/// Symbols before the check symbol: 95 bits.
const BODY: usize = 19;

/// A well-formed code: 20 signs in groups of four. That it was ever issued, only a
/// [`KeyRing`](super::KeyRing) can tell.
///
/// 3 bits key number · 12 bits of the coupon's name · 40 bits serial · 40 bits of HMAC-SHA-256 ·
/// 5 bits check. Whoever guesses has one chance in 2⁴⁰ per try, so limit the tries (P8).
///
/// ```
/// use enishi::coupon::{Code, KeyRing, Serial};
/// use enishi::model::{CouponName, FriendId};
/// let hello = CouponName::new("hello")?;
/// let keys = KeyRing::new(0, b"at least sixteen secret bytes")?;
/// let code = keys.issue(&hello, Serial::new(FriendId(7), 0)).to_string();
/// // Typed on a Japanese keyboard, without hyphens (X49):
/// let typed: String = code.replace('-', "").chars().map(|c| char::from_u32(c as u32 + 0xFEE0).unwrap()).collect();
/// assert_eq!(keys.verify(&typed, [&hello])?.serial.friend(), FriendId(7));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code {
    /// The 95 bits, highest first.
    bits: u128,
}

/// Tells codes of one coupon apart: whose it is and the how-manieth for that friend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Serial(u64);

impl Serial {
    /// The `nth` code, from 0, of this friend.
    pub const fn new(friend: FriendId, nth: u8) -> Self {
        Self((friend.0 as u64) << 8 | nth as u64)
    }

    /// Whose it is.
    pub const fn friend(self) -> FriendId {
        FriendId((self.0 >> 8) as u32)
    }

    /// The how-manieth for that friend, from 0.
    pub const fn nth(self) -> u8 {
        self.0 as u8
    }

    pub(super) const fn bits(self) -> u64 {
        self.0
    }
}

/// What the bits of a code say.
pub(super) struct Fields {
    pub(super) key: u8,
    pub(super) coupon: u16,
    pub(super) serial: Serial,
    pub(super) tag: u64,
}

const TAG_BITS: u32 = 40;
const SERIAL_BITS: u32 = 40;
const COUPON_BITS: u32 = 12;

impl Code {
    pub(super) fn from_fields(fields: &Fields) -> Self {
        let mut bits = u128::from(fields.key);
        bits = bits << COUPON_BITS | u128::from(fields.coupon);
        bits = bits << SERIAL_BITS | u128::from(fields.serial.0);
        bits = bits << TAG_BITS | u128::from(fields.tag);
        Self { bits }
    }

    pub(super) fn fields(self) -> Fields {
        let take = |from: u32, count: u32| (self.bits >> from & ((1 << count) - 1)) as u64;
        Fields {
            tag: take(0, TAG_BITS),
            serial: Serial(take(TAG_BITS, SERIAL_BITS)),
            coupon: take(TAG_BITS + SERIAL_BITS, COUPON_BITS) as u16,
            key: take(TAG_BITS + SERIAL_BITS + COUPON_BITS, 3) as u8,
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

fn is_separator(c: char) -> bool {
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

//! Exact decimal numbers, for text that comes from carts and playbooks.

use core::cmp::Ordering;
use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An exact decimal number of at most 18 digits, nine of them after the point.
///
/// Kept in lowest form, so equal numbers are equal values: `1.50` is `1.5`.
///
/// ```
/// use enishi::model::Decimal;
/// let shoe: Decimal = "24.50".parse()?;
/// assert_eq!(shoe.to_string(), "24.5");
/// assert!(shoe > "24.499".parse()?);
/// # Ok::<(), enishi::model::DecimalError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    units: i64,
    scale: u8,
}

impl Decimal {
    /// The most digits after the point.
    pub const MAX_SCALE: u8 = 9;
    const MAX_UNITS: i64 = 999_999_999_999_999_999;

    /// The whole number `units`, or `None` past 18 digits.
    pub const fn whole(units: i64) -> Option<Self> {
        if units > Self::MAX_UNITS || units < -Self::MAX_UNITS { None } else { Some(Self { units, scale: 0 }) }
    }

    /// `units / 10^scale`, or `None` when that needs more than 18 digits or nine places.
    pub fn from_parts(units: i64, scale: u8) -> Option<Self> {
        if scale > Self::MAX_SCALE || units.unsigned_abs() > Self::MAX_UNITS as u64 {
            return None;
        }
        Some(Self { units, scale }.lowest())
    }

    /// The number times `10^exponent` when that is a whole number that fits, as money needs it.
    pub fn scaled(self, exponent: u8) -> Option<i64> {
        let up = exponent.checked_sub(self.scale)?;
        self.units.checked_mul(10_i64.checked_pow(u32::from(up))?)
    }

    /// The number times `10^exponent` for an `exponent` of at least [`MAX_SCALE`](Self::MAX_SCALE), at which every
    /// number is whole; of a smaller one the fraction is dropped.
    pub fn scaled_wide(self, exponent: u8) -> i128 {
        let units = i128::from(self.units);
        match exponent.checked_sub(self.scale) {
            Some(up) => units.saturating_mul(10_i128.saturating_pow(u32::from(up))),
            None => units / 10_i128.saturating_pow(u32::from(self.scale - exponent)),
        }
    }

    /// What [`from_parts`](Self::from_parts) makes it of.
    pub(crate) const fn parts(self) -> (i64, u8) {
        (self.units, self.scale)
    }

    /// Below zero?
    pub const fn is_negative(self) -> bool {
        self.units < 0
    }

    fn lowest(mut self) -> Self {
        while self.scale > 0 && self.units % 10 == 0 {
            self.units /= 10;
            self.scale -= 1;
        }
        self
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let widen = |d: &Self| i128::from(d.units) * 10_i128.pow(u32::from(Self::MAX_SCALE - d.scale));
        widen(self).cmp(&widen(other))
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.units < 0 { "-" } else { "" };
        let size = self.units.unsigned_abs();
        let one = 10_u64.pow(u32::from(self.scale));
        write!(f, "{sign}{}", size / one)?;
        if self.scale > 0 {
            write!(f, ".{:0width$}", size % one, width = usize::from(self.scale))?;
        }
        Ok(())
    }
}

impl FromStr for Decimal {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) || digits.ends_with('.') {
            return Err(DecimalError::NotANumber);
        }
        // Carts pad: WooCommerce stores 8 places and OpenCart 4; zeros at the end say nothing.
        let fraction = fraction.trim_end_matches('0');
        let whole = whole.trim_start_matches('0');
        if fraction.len() > usize::from(Self::MAX_SCALE) || whole.len() + fraction.len() > 18 {
            return Err(DecimalError::TooLong);
        }
        let size = whole.bytes().chain(fraction.bytes()).fold(0_i64, |n, b| n * 10 + i64::from(b - b'0'));
        Ok(Self { units: if negative { -size } else { size }, scale: fraction.len() as u8 }.lowest())
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Decimal;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an exact decimal, as a string (\"4080.50\") or a whole number")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Decimal, E> {
                text.parse().map_err(E::custom)
            }
            fn visit_i64<E: de::Error>(self, n: i64) -> Result<Decimal, E> {
                Decimal::whole(n).ok_or_else(|| E::custom(DecimalError::TooLong))
            }
            fn visit_u64<E: de::Error>(self, n: u64) -> Result<Decimal, E> {
                i64::try_from(n).ok().and_then(Decimal::whole).ok_or_else(|| E::custom(DecimalError::TooLong))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// Why a text is not a [`Decimal`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecimalError {
    /// Something other than digits with at most one point.
    #[error("not a decimal number: write digits with at most one point, such as 1280 or 24.5")]
    NotANumber,
    /// More digits than are kept exactly.
    #[error("too many digits: at most 18, nine of them after the point")]
    TooLong,
}

//! Money as integers of the currency's smallest unit (law 5).

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Decimal, DecimalError};

/// An amount in minor units of the shop's one [`Currency`]: yen for JPY, cents for USD.
///
/// Arithmetic is checked; nothing wraps and nothing is rounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Money(i64);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// `minor` smallest units.
    pub const fn from_minor(minor: i64) -> Self {
        Self(minor)
    }

    /// The amount in smallest units.
    pub const fn minor(self) -> i64 {
        self.0
    }

    /// Below zero?
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// The sum, or `None` past the range of an `i64`.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference, or `None` past the range of an `i64`.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// `n` times the amount, or `None` past the range of an `i64`.
    pub fn checked_mul(self, n: i64) -> Option<Self> {
        self.0.checked_mul(n).map(Self)
    }
}

/// What money is counted in: an ISO 4217 code and how many digits stand after the point.
///
/// ```
/// use enishi::model::{Currency, Money};
/// // EC-CUBE writes the same yen field as "6500" on SQLite and "4080.00" on MariaDB (X52).
/// assert_eq!(Currency::JPY.parse("4080.00")?, Money::from_minor(4080));
/// assert!(Currency::JPY.parse("4080.50").is_err());
/// assert_eq!(Currency::JPY.format(Money::from_minor(-1234567)), "-1,234,567");
/// # Ok::<(), enishi::model::MoneyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Currency {
    code: [u8; 3],
    exponent: u8,
}

impl Currency {
    /// Japanese yen, without fractions.
    pub const JPY: Self = Self { code: *b"JPY", exponent: 0 };

    /// A currency with `exponent` digits after the point, for price lists finer than ISO 4217 knows.
    ///
    /// # Errors
    /// When `code` is not three capital letters or `exponent` is over six.
    pub fn with_exponent(code: &str, exponent: u8) -> Result<Self, CurrencyError> {
        match <[u8; 3]>::try_from(code.as_bytes()) {
            Ok(letters) if letters.iter().all(u8::is_ascii_uppercase) && exponent <= 6 => {
                Ok(Self { code: letters, exponent })
            }
            _ => Err(CurrencyError { code: code.chars().take(16).collect() }),
        }
    }

    /// The three-letter code.
    pub fn code(&self) -> &str {
        core::str::from_utf8(&self.code).unwrap_or("???")
    }

    /// Digits after the point.
    pub const fn exponent(self) -> u8 {
        self.exponent
    }

    /// Reads an exact decimal string.
    ///
    /// # Errors
    /// When the text is no number, is too large, or has a fraction the currency does not have.
    pub fn parse(self, text: &str) -> Result<Money, MoneyError> {
        self.money(text.parse()?)
    }

    /// The amount of a decimal number of this currency's major units.
    ///
    /// # Errors
    /// When it is too large or has a fraction the currency does not have.
    pub fn money(self, amount: Decimal) -> Result<Money, MoneyError> {
        // Eighteen digits in minor units too, so that every amount can be written as it was read.
        let minor = amount.scaled(self.exponent).filter(|minor| Decimal::whole(*minor).is_some());
        minor.map(Money).ok_or(MoneyError::Fraction { places: self.exponent })
    }

    /// The exact decimal string of an amount, as [`parse`](Self::parse) reads it.
    pub fn exact(self, amount: Money) -> String {
        let one = 10_u64.pow(u32::from(self.exponent));
        let size = amount.0.unsigned_abs();
        let sign = if amount.is_negative() { "-" } else { "" };
        match self.exponent {
            0 => format!("{sign}{size}"),
            places => format!("{sign}{}.{:0width$}", size / one, size % one, width = usize::from(places)),
        }
    }

    /// The amount for people, with thousands apart: `1,234,567`.
    pub fn format(self, amount: Money) -> String {
        let exact = self.exact(amount);
        let (sign, digits) = exact.strip_prefix('-').map_or(("", exact.as_str()), |d| ("-", d));
        let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
        let mut text = String::from(sign);
        for (i, digit) in whole.chars().enumerate() {
            if i > 0 && (whole.len() - i) % 3 == 0 {
                text.push(',');
            }
            text.push(digit);
        }
        if let Some(fraction) = fraction {
            text.push('.');
            text.push_str(fraction);
        }
        text
    }
}

impl FromStr for Currency {
    type Err = CurrencyError;

    /// Reads an ISO 4217 code with its standard number of places.
    fn from_str(code: &str) -> Result<Self, CurrencyError> {
        // ISO 4217 minor units: the currencies without and with three; the rest have two.
        let exponent = match code {
            "JPY" | "KRW" | "VND" | "CLP" | "ISK" | "PYG" | "UGX" | "XAF" | "XOF" | "XPF" => 0,
            "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
            _ => 2,
        };
        Self::with_exponent(code, exponent)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A text that names no currency.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{code}` is not a currency: write its three capital letters, such as JPY")]
pub struct CurrencyError {
    /// What was written.
    pub code: String,
}

/// Why a text is not an amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MoneyError {
    /// No decimal number.
    #[error(transparent)]
    Number(#[from] DecimalError),
    /// Too fine for the currency, or too large.
    #[error("the currency has {places} digits after the point and amounts of at most 18 digits")]
    Fraction {
        /// Digits after the point that the currency has.
        places: u8,
    },
}

//! Friends as the columns a host has: borrowed, in the layouts of Arrow and of packed buffers.

use core::fmt;

use crate::model::{AttributeName, Decimal, TagName};

use super::fault::attribute;

/// What a column says of a friend.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Field {
    /// An attribute. Numbers, bits, days and texts give it its kind.
    Attribute(AttributeName),
    /// Has the tag: bits, or bytes of 0 and 1. Not known means no.
    Tag(TagName),
    /// Several tags in one whole number: the first name is the lowest bit.
    Tags(Vec<TagName>),
    /// Follows on LINE: bits, or bytes of 0 and 1. Not known means no, as with `Blocked`.
    Following,
    /// Blocked or left on LINE.
    Blocked,
    /// When the account was linked with the shop's membership; an instant.
    LinkedAt,
    /// The route of the first follow; text.
    Route,
    /// The first follow; an instant.
    FirstFollowedAt,
    /// How many orders count, up to the time of loading: a whole number, always known.
    OrderCount,
    /// What they came to, in minor units of the shop's currency: a whole number, always known.
    OrderTotal,
    /// When the first of them was placed; an instant.
    FirstOrderAt,
    /// When the last of them was placed; an instant.
    LastOrderAt,
}

/// As errors call it: `attribute 'birthday'`.
impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attribute(name) => f.write_str(&attribute(name)),
            Self::Tag(name) => write!(f, "tag '{name}'"),
            Self::Tags(_) => f.write_str("tags"),
            Self::Following => f.write_str("following"),
            Self::Blocked => f.write_str("blocked"),
            Self::LinkedAt => f.write_str("linked at"),
            Self::Route => f.write_str("route"),
            Self::FirstFollowedAt => f.write_str("first followed at"),
            Self::OrderCount => f.write_str("order count"),
            Self::OrderTotal => f.write_str("order total"),
            Self::FirstOrderAt => f.write_str("first order at"),
            Self::LastOrderAt => f.write_str("last order at"),
        }
    }
}

/// Rows of a population to be, as borrowed columns of equal length.
///
/// Nothing is checked until it is [loaded](super::Population::load) or
/// [appended](super::Population::append).
#[derive(Clone, Debug)]
pub struct Columns<'a> {
    pub(super) rows: usize,
    pub(super) keys: Option<Keys<'a>>,
    pub(super) fields: Vec<(Field, Cells<'a>)>,
}

impl<'a> Columns<'a> {
    /// So many rows, of which nothing is said yet.
    pub const fn new(rows: usize) -> Self {
        Self { rows, keys: None, fields: Vec::new() }
    }

    /// With the host's key of every row.
    #[must_use]
    pub const fn keyed(mut self, keys: Keys<'a>) -> Self {
        self.keys = Some(keys);
        self
    }

    /// With a column.
    #[must_use]
    pub fn with(mut self, field: Field, cells: impl Into<Cells<'a>>) -> Self {
        self.fields.push((field, cells.into()));
        self
    }
}

/// The keys by which the host knows its friends, one a row.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Keys<'a> {
    /// LINE user ids as their sixteen bytes: the key is `U` and their hexadecimal digits.
    LineUsers(&'a [[u8; 16]]),
    /// Any keys, each a [`FriendKey`](crate::model::FriendKey).
    Texts(Texts<'a>),
}

/// The cells of one column: values, and which of them are known.
#[derive(Clone, Copy, Debug)]
pub struct Cells<'a> {
    pub(super) values: Values<'a>,
    pub(super) known: Option<Bits<'a>>,
}

impl<'a> Cells<'a> {
    /// Values of which those with a zero bit are not known, whatever is written there (Arrow's validity bitmap).
    pub fn known(values: impl Into<Values<'a>>, known: Bits<'a>) -> Self {
        Self { values: values.into(), known: Some(known) }
    }
}

impl<'a, V: Into<Values<'a>>> From<V> for Cells<'a> {
    fn from(values: V) -> Self {
        Self { values: values.into(), known: None }
    }
}

/// Values in a layout that costs the host nothing to lend.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Values<'a> {
    /// Small whole numbers, or 0 and 1 for no and yes.
    U8(&'a [u8]),
    /// Whole numbers.
    I32(&'a [i32]),
    /// Whole numbers.
    U32(&'a [u32]),
    /// Whole numbers.
    I64(&'a [i64]),
    /// Numbers, each taken for the shortest decimal that reads back as it.
    F64(&'a [f64]),
    /// Exact numbers.
    Decimals(&'a [Decimal]),
    /// Yes and no.
    Bits(Bits<'a>),
    /// Dates as days since 1970-01-01.
    Days(&'a [i32]),
    /// Instants since 1970-01-01T00:00Z.
    Instants(&'a [i64], Unit),
    /// Texts, each written once: the row's code is its place among them.
    Choices {
        /// One code a row.
        codes: Codes<'a>,
        /// What the codes stand for.
        texts: Texts<'a>,
    },
    /// Texts.
    Texts(Texts<'a>),
}

macro_rules! values_from {
    ($($type:ty => $variant:ident,)*) => {$(
        impl<'a> From<$type> for Values<'a> {
            fn from(values: $type) -> Self {
                Self::$variant(values)
            }
        }
    )*};
}
values_from! {
    &'a [u8] => U8,
    &'a [i32] => I32,
    &'a [u32] => U32,
    &'a [i64] => I64,
    &'a [f64] => F64,
    &'a [Decimal] => Decimals,
    Bits<'a> => Bits,
    Texts<'a> => Texts,
}

/// What instants are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "the four of Arrow")]
pub enum Unit {
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// Microseconds; what is finer than a millisecond is cut off.
    Microseconds,
    /// Nanoseconds; what is finer than a millisecond is cut off.
    Nanoseconds,
}

impl Unit {
    /// The millisecond an instant falls into.
    pub(super) const fn millis(self, instant: i64) -> Option<i64> {
        match self {
            Self::Seconds => instant.checked_mul(1000),
            Self::Milliseconds => Some(instant),
            Self::Microseconds => Some(instant.div_euclid(1000)),
            Self::Nanoseconds => Some(instant.div_euclid(1_000_000)),
        }
    }
}

/// Bits, eight a byte from the lowest on, as Arrow lays them out.
#[derive(Clone, Copy, Debug)]
pub struct Bits<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Bits<'a> {
    /// The bits of these bytes.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, offset: 0 }
    }

    /// The bits from number `offset` on.
    pub const fn starting_at(bytes: &'a [u8], offset: usize) -> Self {
        Self { bytes, offset }
    }

    /// How many there are.
    pub(super) const fn len(&self) -> usize {
        (self.bytes.len() * 8).saturating_sub(self.offset)
    }

    pub(super) fn get(&self, row: usize) -> bool {
        let bit = self.offset + row;
        self.bytes[bit / 8] >> (bit % 8) & 1 == 1
    }

    /// The bits of `rows`, 64 a word; those past the last row are zero.
    pub(super) fn words(&self, rows: core::ops::Range<usize>) -> Vec<u64> {
        let first = self.offset + rows.start;
        let (bytes, shift, count) = (&self.bytes[first / 8..], first % 8, rows.len());
        let word = |place: usize| {
            let nine = bytes.get(place * 8..).unwrap_or_default();
            let mut eight = [0; 8];
            let whole = nine.len().min(8);
            eight[..whole].copy_from_slice(&nine[..whole]);
            let ninth = nine.get(8).copied().map_or(0, u64::from);
            let bits = u64::from_le_bytes(eight) >> shift;
            if shift == 0 { bits } else { bits | ninth << (64 - shift) }
        };
        let mut words: Vec<u64> = (0..count.div_ceil(64)).map(word).collect();
        if let Some(last) = words.last_mut().filter(|_| count % 64 > 0) {
            *last &= !(!0 << (count % 64));
        }
        words
    }
}

/// Numbers of texts in a list.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Codes<'a> {
    /// Up to 256 texts.
    U8(&'a [u8]),
    /// As pandas and Arrow have them by default.
    I32(&'a [i32]),
    /// As polars has them.
    U32(&'a [u32]),
}

impl Codes<'_> {
    pub(super) const fn len(&self) -> usize {
        match self {
            Self::U8(codes) => codes.len(),
            Self::I32(codes) => codes.len(),
            Self::U32(codes) => codes.len(),
        }
    }

    /// The code, or what is written there instead of one.
    pub(super) fn get(&self, row: usize) -> i64 {
        match self {
            Self::U8(codes) => codes[row].into(),
            Self::I32(codes) => codes[row].into(),
            Self::U32(codes) => codes[row].into(),
        }
    }
}

/// Texts one after another in UTF-8: text `i` is `bytes[offsets[i]..offsets[i + 1]]`.
#[derive(Clone, Copy, Debug)]
pub struct Texts<'a> {
    offsets: Offsets<'a>,
    bytes: &'a [u8],
}

#[derive(Clone, Copy, Debug)]
enum Offsets<'a> {
    I32(&'a [i32]),
    I64(&'a [i64]),
}

impl<'a> Texts<'a> {
    /// Arrow's `utf8`: one offset more than texts.
    pub const fn new(offsets: &'a [i32], bytes: &'a [u8]) -> Self {
        Self { offsets: Offsets::I32(offsets), bytes }
    }

    /// Arrow's `large_utf8`.
    pub const fn large(offsets: &'a [i64], bytes: &'a [u8]) -> Self {
        Self { offsets: Offsets::I64(offsets), bytes }
    }

    /// How many texts; `None` without the one offset that even no text has.
    pub(super) const fn len(&self) -> Option<usize> {
        match self.offsets {
            Offsets::I32(offsets) => offsets.len().checked_sub(1),
            Offsets::I64(offsets) => offsets.len().checked_sub(1),
        }
    }

    /// One text, or `None` when its offsets lie wrong or its bytes are not UTF-8.
    pub(super) fn get(&self, row: usize) -> Option<&'a str> {
        let offset = |row: usize| match self.offsets {
            Offsets::I32(offsets) => usize::try_from(offsets[row]).ok(),
            Offsets::I64(offsets) => usize::try_from(offsets[row]).ok(),
        };
        core::str::from_utf8(self.bytes.get(offset(row)?..offset(row + 1)?)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_read_from_any_offset() {
        let bytes: Vec<u8> = (0..40_u8).map(|i| i.wrapping_mul(73)).collect();
        for offset in [0, 1, 7, 8, 63, 65] {
            for rows in [0..1, 0..64, 0..65, 64..130, 100..200] {
                let bits = Bits::starting_at(&bytes, offset);
                let words = bits.words(rows.clone());
                assert_eq!(words.len(), rows.len().div_ceil(64));
                for place in 0..words.len() * 64 {
                    let expected = place < rows.len() && bits.get(rows.start + place);
                    assert_eq!(words[place / 64] >> (place % 64) & 1 == 1, expected, "{offset} {rows:?} {place}");
                }
            }
        }
    }
}

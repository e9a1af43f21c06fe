//! Rows of one of Arrow's arrays, read where they lie.

use core::ffi::c_void;
use core::fmt::Display;
use core::ptr::NonNull;
use core::slice;
use std::sync::Arc;

use crate::population::Unit;

use super::arrow::ArrowArray;
use super::arrow_batch::{Batch, count, refused};
use super::error::Failure;
use super::held::{Held, HeldBits, HeldCodes, HeldOffsets, HeldTexts, HeldValues, Stretch};

/// Rows of one array.
pub(super) struct View<'a> {
    /// Who owns the array; none while only bits are looked at.
    pub(super) batch: Option<&'a Arc<Batch>>,
    pub(super) array: &'a ArrowArray,
    pub(super) name: &'a str,
    /// The first row's place in the buffers, and how many rows there are.
    pub(super) start: usize,
    pub(super) len: usize,
}

impl<'a> View<'a> {
    /// `rows` rows of an array from its row `skip` on.
    pub(super) fn new(
        batch: &'a Arc<Batch>,
        array: &'a ArrowArray,
        name: &'a str,
        skip: usize,
        rows: usize,
    ) -> Result<Self, Failure> {
        let (length, offset) = (count(array.length, "length")?, count(array.offset, "offset")?);
        let needed = skip.checked_add(rows).filter(|needed| *needed <= length);
        if needed.is_none() {
            return Err(refused(name, format_args!("{length} cells, but {rows} rows from {skip} on")));
        }
        let end = offset.checked_add(length).filter(|end| isize::try_from(*end).is_ok());
        end.ok_or_else(|| refused(name, "its length and offset are past any memory"))?;
        Ok(Self { batch: Some(batch), array, name, start: offset + skip, len: rows })
    }

    /// A column of this format.
    pub(super) fn column(&self, format: &str) -> Result<Held, Failure> {
        use HeldValues::{Bits, Days, F64, I32, I64, Instants, U8, U32};
        let values = match format {
            "b" => Bits(self.bits(1)?),
            "C" => U8(self.values(1)?),
            "c" => I32(self.widened::<i8, _>()?),
            "s" => I32(self.widened::<i16, _>()?),
            "S" => U32(self.widened::<u16, _>()?),
            "i" => I32(self.values(1)?),
            "I" => U32(self.values(1)?),
            "l" => I64(self.values(1)?),
            "L" => I64(Stretch::Own(self.signed(&self.values(1)?)?)),
            "g" => F64(self.values(1)?),
            "u" | "U" => HeldValues::Texts(self.texts(format == "U")?),
            "tdD" => Days(self.values(1)?),
            "w:16" => HeldValues::LineUsers(self.values(1)?),
            _ => match format.split_once(':').and_then(|(kind, zone)| Some((unit(kind)?, zone))) {
                Some((_, "")) => {
                    return Err(self.refused("its times have no time zone, so they are no instants"));
                }
                Some((unit, _)) => Instants(self.values(1)?, unit),
                None => {
                    let taken = "bool, integers, float64, utf8, large_utf8, date32, timestamps with a time zone, \
                                 fixed_size_binary(16), and utf8 by dictionary";
                    return Err(self.refused(format_args!("the format `{format}` is not taken: give {taken}")));
                }
            },
        };
        Ok(Held { values, known: self.known()? })
    }

    /// A column of codes of this format for texts of that one.
    pub(super) fn choices(&self, format: &str, texts: &str) -> Result<Held, Failure> {
        let narrow = |values: &[i64]| values.iter().map(|code| i32::try_from(*code).unwrap_or(-1)).collect();
        let codes = match format {
            "C" => HeldCodes::U8(self.values(1)?),
            "c" => HeldCodes::I32(self.widened::<i8, _>()?),
            "s" => HeldCodes::I32(self.widened::<i16, _>()?),
            "S" => HeldCodes::I32(self.widened::<u16, _>()?),
            "i" => HeldCodes::I32(self.values(1)?),
            "I" => HeldCodes::U32(self.values(1)?),
            // More than two milliards of texts there are not.
            "l" | "L" => HeldCodes::I32(Stretch::Own(narrow(&self.values::<i64>(1)?))),
            _ => return Err(self.refused(format_args!("codes of the format `{format}` are not taken"))),
        };
        // SAFETY: NULL, or an array that lives as long as ours.
        let dictionary = unsafe { self.array.dictionary.as_ref() };
        let dictionary = dictionary.ok_or_else(|| self.refused("its dictionary is missing"))?;
        if texts != "u" && texts != "U" {
            let words = format_args!("a dictionary of the format `{texts}` is not taken: give utf8 or large_utf8");
            return Err(self.refused(words));
        }
        let length = count(dictionary.length, "length")?;
        let batch = self.batch.ok_or_else(|| self.refused("its batch is gone"))?;
        let all = View::new(batch, dictionary, self.name, 0, length)?;
        if let Some((bytes, offset)) = all.known_bytes()?
            && (0..length).any(|place| !bit(bytes, offset + place))
        {
            return Err(self.refused("a null in its dictionary"));
        }
        Ok(Held { values: HeldValues::Choices { codes, texts: all.texts(texts == "U")? }, known: self.known()? })
    }

    fn texts(&self, large: bool) -> Result<HeldTexts, Failure> {
        let (offsets, end) = if self.len == 0 {
            (HeldOffsets::I32(Stretch::Own(vec![0])), 0)
        } else if large {
            let offsets = self.stretch::<i64>(1, self.start, self.len + 1)?;
            let end = offsets[self.len];
            (HeldOffsets::I64(offsets), end)
        } else {
            let offsets = self.stretch::<i32>(1, self.start, self.len + 1)?;
            let end = offsets[self.len];
            (HeldOffsets::I32(offsets), end.into())
        };
        let end = usize::try_from(end).map_err(|_| self.refused(format_args!("its texts end at byte {end}")))?;
        Ok(HeldTexts { offsets, bytes: self.stretch(2, 0, end)? })
    }

    /// Which cells are known, when some may not be.
    fn known(&self) -> Result<Option<HeldBits>, Failure> {
        self.known_bytes()?.map(|_| self.bits(0)).transpose()
    }

    /// The validity bitmap, and the number of the first row's bit.
    pub(super) fn known_bytes(&self) -> Result<Option<(&'a [u8], usize)>, Failure> {
        let (nulls, length) = (self.array.null_count, self.array.length);
        if nulls < -1 || nulls > length {
            return Err(self.refused(format_args!("{nulls} nulls among {length} cells")));
        }
        if nulls == 0 || self.len == 0 {
            return Ok(None);
        }
        match self.buffer(0)? {
            None if nulls > 0 => Err(self.refused(format_args!("{nulls} nulls, and no bitmap to say which"))),
            None => Ok(None),
            Some(first) => {
                let (byte, offset) = (self.start / 8, self.start % 8);
                // SAFETY: the bitmap reaches over all rows, by the specification, and lives with the array.
                let bytes = unsafe {
                    slice::from_raw_parts(first.cast::<u8>().add(byte).as_ptr(), (offset + self.len).div_ceil(8))
                };
                Ok(Some((bytes, offset)))
            }
        }
    }

    fn bits(&self, buffer: usize) -> Result<HeldBits, Failure> {
        let offset = self.start % 8;
        Ok(HeldBits { bytes: self.stretch(buffer, self.start / 8, (offset + self.len).div_ceil(8))?, offset })
    }

    fn values<T: Copy>(&self, buffer: usize) -> Result<Stretch<T>, Failure> {
        self.stretch(buffer, self.start, self.len)
    }

    /// Values whose width no population takes, in a wider one.
    fn widened<N: Copy, W: From<N>>(&self) -> Result<Stretch<W>, Failure> {
        Ok(Stretch::Own(self.values::<N>(1)?.iter().map(|value| W::from(*value)).collect()))
    }

    /// `count` values of a buffer, `from` its value of that number on.
    fn stretch<T: Copy>(&self, buffer: usize, from: usize, count: usize) -> Result<Stretch<T>, Failure> {
        if self.len == 0 || count == 0 {
            return Ok(Stretch::Own(Vec::new()));
        }
        let first = self.buffer(buffer)?.ok_or_else(|| self.refused(format_args!("its buffer {buffer} is NULL")))?;
        let bytes = from.checked_add(count).and_then(|end| end.checked_mul(size_of::<T>()));
        if bytes.is_none_or(|bytes| isize::try_from(bytes).is_err()) {
            return Err(self.refused("it is longer than any memory"));
        }
        let batch = self.batch.ok_or_else(|| self.refused("its batch is gone"))?;
        // SAFETY: the buffer reaches over all values, by the specification, so these are inside it.
        unsafe {
            let first = first.cast::<T>().add(from);
            if first.is_aligned() {
                return Ok(Stretch::lent(first, count, batch));
            }
            Ok(Stretch::Own((0..count).map(|place| first.add(place).read_unaligned()).collect()))
        }
    }

    fn buffer(&self, place: usize) -> Result<Option<NonNull<c_void>>, Failure> {
        let there = self.array.n_buffers;
        if usize::try_from(there).is_ok_and(|there| there > place) {
            let buffers = NonNull::new(self.array.buffers).ok_or_else(|| self.refused("it has no buffers"))?;
            // SAFETY: there are more than `place` of them.
            return Ok(NonNull::new(unsafe { buffers.add(place).read() }.cast_mut()));
        }
        Err(self.refused(format_args!("{there} buffers, where {} are needed", place + 1)))
    }

    /// Numbers without a sign, of which those that are known must have room in one with a sign.
    fn signed(&self, values: &[u64]) -> Result<Vec<i64>, Failure> {
        let known = self.known_bytes()?;
        let is_known = |row: usize| known.is_none_or(|(bytes, offset)| bit(bytes, offset + row));
        let signed = |(row, value): (usize, &u64)| match i64::try_from(*value) {
            Ok(value) => Ok(value),
            Err(_) if !is_known(row) => Ok(0),
            Err(_) => Err(self.refused(format_args!("row {row}: {value} is too large"))),
        };
        values.iter().enumerate().map(signed).collect()
    }

    fn refused(&self, why: impl Display) -> Failure {
        refused(self.name, why)
    }
}

fn unit(instant: &str) -> Option<Unit> {
    Some(match instant {
        "tss" => Unit::Seconds,
        "tsm" => Unit::Milliseconds,
        "tsu" => Unit::Microseconds,
        "tsn" => Unit::Nanoseconds,
        _ => return None,
    })
}

pub(super) fn bit(bytes: &[u8], place: usize) -> bool {
    bytes[place / 8] >> (place % 8) & 1 == 1
}

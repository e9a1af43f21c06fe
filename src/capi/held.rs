//! Columns that are held until a population has taken them in: copied, or lent by an Arrow batch.

use core::ops::Deref;
use core::ptr::NonNull;
use core::slice;
use std::sync::Arc;

use crate::population::{Bits, Cells, Codes, Texts, Unit, Values};

use super::arrow_batch::Batch;

/// One column: its values, and which of them are known.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) values: HeldValues,
    pub(super) known: Option<HeldBits>,
}

/// The layouts of [`Values`], and LINE user ids.
#[derive(Debug)]
pub(super) enum HeldValues {
    Bits(HeldBits),
    U8(Stretch<u8>),
    I32(Stretch<i32>),
    U32(Stretch<u32>),
    I64(Stretch<i64>),
    F64(Stretch<f64>),
    Days(Stretch<i32>),
    Instants(Stretch<i64>, Unit),
    Choices { codes: HeldCodes, texts: HeldTexts },
    Texts(HeldTexts),
    LineUsers(Stretch<[u8; 16]>),
}

#[derive(Debug)]
pub(super) struct HeldBits {
    pub(super) bytes: Stretch<u8>,
    /// The number of the first bit.
    pub(super) offset: usize,
}

#[derive(Debug)]
pub(super) enum HeldCodes {
    U8(Stretch<u8>),
    I32(Stretch<i32>),
    U32(Stretch<u32>),
}

#[derive(Debug)]
pub(super) struct HeldTexts {
    pub(super) offsets: HeldOffsets,
    pub(super) bytes: Stretch<u8>,
}

#[derive(Debug)]
pub(super) enum HeldOffsets {
    I32(Stretch<i32>),
    I64(Stretch<i64>),
}

impl Held {
    /// The cells as a population takes them; none of LINE user ids, which are only keys.
    pub(super) fn cells(&self) -> Option<Cells<'_>> {
        let values = match &self.values {
            HeldValues::Bits(bits) => Values::Bits(bits.lend()),
            HeldValues::U8(values) => Values::U8(values),
            HeldValues::I32(values) => Values::I32(values),
            HeldValues::U32(values) => Values::U32(values),
            HeldValues::I64(values) => Values::I64(values),
            HeldValues::F64(values) => Values::F64(values),
            HeldValues::Days(values) => Values::Days(values),
            HeldValues::Instants(values, unit) => Values::Instants(values, *unit),
            HeldValues::Choices { codes, texts } => Values::Choices { codes: codes.lend(), texts: texts.lend() },
            HeldValues::Texts(texts) => Values::Texts(texts.lend()),
            HeldValues::LineUsers(_) => return None,
        };
        Some(match &self.known {
            Some(known) => Cells::known(values, known.lend()),
            None => values.into(),
        })
    }
}

impl HeldBits {
    fn lend(&self) -> Bits<'_> {
        Bits::starting_at(&self.bytes, self.offset)
    }
}

impl HeldCodes {
    fn lend(&self) -> Codes<'_> {
        match self {
            Self::U8(codes) => Codes::U8(codes),
            Self::I32(codes) => Codes::I32(codes),
            Self::U32(codes) => Codes::U32(codes),
        }
    }
}

impl HeldTexts {
    pub(super) fn lend(&self) -> Texts<'_> {
        match &self.offsets {
            HeldOffsets::I32(offsets) => Texts::new(offsets, &self.bytes),
            HeldOffsets::I64(offsets) => Texts::large(offsets, &self.bytes),
        }
    }
}

/// Values in a row: our own, or a stretch of what a batch has, which lives as long.
#[derive(Debug)]
pub(super) enum Stretch<T> {
    Own(Vec<T>),
    Lent(Lent<T>),
}

#[derive(Debug)]
pub(super) struct Lent<T> {
    first: NonNull<T>,
    len: usize,
    _owner: Arc<Batch>,
}

impl<T> Stretch<T> {
    /// What a batch lends.
    ///
    /// # Safety
    /// `first` is aligned and leads to `len` values that neither move nor change while the batch
    /// lives, in no more bytes than a slice may have.
    pub(super) unsafe fn lent(first: NonNull<T>, len: usize, owner: &Arc<Batch>) -> Self {
        Self::Lent(Lent { first, len, _owner: Arc::clone(owner) })
    }
}

impl<T> Deref for Stretch<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        match self {
            Self::Own(values) => values,
            // SAFETY: the promise made to `lent`; the batch is in our hands.
            Self::Lent(lent) => unsafe { slice::from_raw_parts(lent.first.as_ptr(), lent.len) },
        }
    }
}

// SAFETY: the values are only read, as through `&[T]`, and the batch may be on any thread.
unsafe impl<T: Sync> Send for Lent<T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Sync for Lent<T> {}

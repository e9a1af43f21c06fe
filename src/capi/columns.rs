//! Friends as columns, on their way into a population.

use core::ffi::{c_char, c_void};

use crate::model::AttributeName;
use crate::population::{Columns, Field, Keys, Unit};

use super::batch::enishi_batch;
use super::boundary::{call, quietly};
use super::error::{Failure, enishi_error};
use super::handle::{Handle, may_be_read_by_several};
use super::held::{Held, HeldBits, HeldCodes, HeldOffsets, HeldTexts, HeldValues, Stretch};
use super::incoming::{Out, Packed, bytes, column, text};
use super::status::enishi_status;

/// What a column says of a friend. `name` is empty where nothing is said of it.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum enishi_field {
    /// The host's key: texts, or ENISHI_LAYOUT_LINE_USERS.
    Key = 1,
    /// The attribute `name`: numbers, bits, days or texts.
    Attribute = 2,
    /// Has the tag `name`: bits, or bytes of 0 and 1. Not known means no.
    Tag = 3,
    /// Has each of several tags: whole numbers. `name` is their names with line feeds between them,
    /// the lowest bit's first.
    Tags = 4,
    /// Follows on LINE: bits, or bytes of 0 and 1. Not known means no.
    Following = 5,
    /// Blocked or left on LINE: as before.
    Blocked = 6,
    /// When the account was linked with the shop's membership: instants.
    LinkedAt = 7,
    /// The route of the first follow: texts.
    Route = 8,
    /// The first follow: instants.
    FirstFollowedAt = 9,
    /// How many orders count: whole numbers, all known.
    OrderCount = 10,
    /// What they came to, in minor units of the shop's currency: whole numbers, all known.
    OrderTotal = 11,
    /// When the first of them was placed: instants.
    FirstOrderAt = 12,
    /// When the last of them was placed: instants.
    LastOrderAt = 13,
}

/// How values are packed: one after another in the machine's byte order, at any address.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum enishi_layout {
    /// Yes and no, eight a byte from the lowest bit on.
    Bits = 1,
    /// uint8_t.
    U8 = 2,
    /// uint16_t.
    U16 = 3,
    /// uint32_t.
    U32 = 4,
    /// int32_t.
    I32 = 5,
    /// int64_t.
    I64 = 6,
    /// double; each is taken for the shortest decimal that reads back as it.
    F64 = 7,
    /// Dates: int32_t, days since 1970-01-01.
    Days = 8,
    /// Instants: int64_t, seconds since 1970-01-01T00:00Z.
    Seconds = 9,
    /// Instants: int64_t, milliseconds.
    Milliseconds = 10,
    /// Instants: int64_t, microseconds.
    Microseconds = 11,
    /// Instants: int64_t, nanoseconds.
    Nanoseconds = 12,
    /// The sixteen bytes of a LINE user id: the key is "U" and their 32 hexadecimal digits.
    LineUsers = 13,
}

/// Columns of equal length, gathered for enishi_population_load and enishi_population_append.
/// Nothing is checked against the other columns until then.
///
/// Owner: the caller; ended by enishi_columns_free. Populations keep nothing of it.
/// Borrowed from it: nothing. What is added from memory is copied; a batch is shared.
/// Threads: any, one at a time.
/// After fork: both processes may go on using it.
pub struct enishi_columns {
    pub(super) rows: usize,
    columns: Vec<(Meaning, Held)>,
}

impl Handle for enishi_columns {
    const NAME: &'static str = "columns";
}

const _: () = may_be_read_by_several::<enishi_columns>();

/// Columns of so many rows, none yet.
///
/// # Safety
/// The pointers are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_columns_new(
    rows: usize,
    out: *mut *mut enishi_columns,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            out.write(enishi_columns { rows, columns: Vec::new() }.into_raw());
            Ok(())
        })
    }
}

/// Adds a column of numbers: `field` is one of enishi_field, `layout` one of enishi_layout, and
/// `values` so many bytes, which are copied.
///
/// # Safety
/// `columns` is NULL or was given by this library and not freed, and nobody else uses it now; `name`
/// leads to `name_len` bytes, `values` to `values_len`; `err` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_columns_add(
    columns: *mut enishi_columns,
    field: i32,
    name: *const c_char,
    name_len: usize,
    layout: i32,
    values: *const c_void,
    values_len: usize,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let columns = enishi_columns::borrow_mut(columns)?;
            let meaning = Meaning::read(field, text(name, name_len, "name")?)?;
            columns.add(meaning, packed(layout, values, values_len)?);
            Ok(())
        })
    }
}

/// Adds a column of texts: text i is the bytes from offset i to offset i + 1, so that there is one
/// offset more than rows. `offset_layout` is ENISHI_LAYOUT_I32 or ENISHI_LAYOUT_I64. Both are copied.
///
/// # Safety
/// As for enishi_columns_add; `offsets` leads to `offsets_len` bytes, `texts` to `texts_len`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_columns_add_texts(
    columns: *mut enishi_columns,
    field: i32,
    name: *const c_char,
    name_len: usize,
    offset_layout: i32,
    offsets: *const c_void,
    offsets_len: usize,
    texts: *const c_char,
    texts_len: usize,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let columns = enishi_columns::borrow_mut(columns)?;
            let meaning = Meaning::read(field, text(name, name_len, "name")?)?;
            let texts = held_texts(offset_layout, offsets, offsets_len, texts, texts_len)?;
            columns.add(meaning, HeldValues::Texts(texts));
            Ok(())
        })
    }
}

/// Adds a column of texts each of which is written once: a row's code is the place of its text,
/// from 0. `code_layout` is ENISHI_LAYOUT_U8, _U16, _U32 or _I32; the texts are as in
/// enishi_columns_add_texts. All are copied.
///
/// # Safety
/// As for enishi_columns_add_texts; `codes` leads to `codes_len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_columns_add_choices(
    columns: *mut enishi_columns,
    field: i32,
    name: *const c_char,
    name_len: usize,
    code_layout: i32,
    codes: *const c_void,
    codes_len: usize,
    offset_layout: i32,
    offsets: *const c_void,
    offsets_len: usize,
    texts: *const c_char,
    texts_len: usize,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let columns = enishi_columns::borrow_mut(columns)?;
            let meaning = Meaning::read(field, text(name, name_len, "name")?)?;
            let codes = match packed(code_layout, codes, codes_len)? {
                HeldValues::U8(codes) => HeldCodes::U8(codes),
                HeldValues::I32(codes) => HeldCodes::I32(codes),
                HeldValues::U32(codes) => HeldCodes::U32(codes),
                _ => return Err(Failure::argument(format_args!("{code_layout} is no enishi_layout of codes"))),
            };
            let texts = held_texts(offset_layout, offsets, offsets_len, texts, texts_len)?;
            columns.add(meaning, HeldValues::Choices { codes, texts });
            Ok(())
        })
    }
}

/// Adds a column of a batch, by its name there. Its values are read where they lie.
///
/// # Safety
/// As for enishi_columns_add; `batch` is NULL or was given by this library and not freed; `column`
/// leads to `column_len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_columns_add_of_batch(
    columns: *mut enishi_columns,
    field: i32,
    name: *const c_char,
    name_len: usize,
    batch: *const enishi_batch,
    column: *const c_char,
    column_len: usize,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let columns = enishi_columns::borrow_mut(columns)?;
            let meaning = Meaning::read(field, text(name, name_len, "name")?)?;
            let held = enishi_batch::borrow(batch)?.batch.column(text(column, column_len, "column")?)?;
            columns.columns.push((meaning, held));
            Ok(())
        })
    }
}

/// Says of which rows the column added last is known: a bit each, eight a byte from the lowest on,
/// the first row's being bit `bit_offset`. What is written where it is not known does not matter.
///
/// # Safety
/// As for enishi_columns_add; `bits` leads to `bits_len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_columns_set_known(
    columns: *mut enishi_columns,
    bits: *const c_void,
    bits_len: usize,
    bit_offset: usize,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let columns = enishi_columns::borrow_mut(columns)?;
            let bits = bytes(bits.cast(), bits_len, "bits")?;
            if bit_offset > bits_len.saturating_mul(8) {
                return Err(Failure::argument(format_args!("bit {bit_offset} of {bits_len} bytes")));
            }
            let (_, last) = columns.columns.last_mut().ok_or_else(|| Failure::argument("there is no column yet"))?;
            last.known = Some(HeldBits { bytes: Stretch::Own(bits.to_vec()), offset: bit_offset });
            Ok(())
        })
    }
}

/// Ends columns; NULL is taken too.
///
/// # Safety
/// `columns` is NULL or was given by this library and not freed, and nobody uses it now.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_columns_free(columns: *mut enishi_columns) {
    // SAFETY: the caller's promise above is the one `free` asks for.
    quietly((), || unsafe { enishi_columns::free(columns) });
}

/// What a column says, name included.
#[derive(Debug)]
enum Meaning {
    Key,
    Of(Field),
}

impl Meaning {
    fn read(field: i32, name: &str) -> Result<Self, Failure> {
        const NAMED: [enishi_field; 3] = [enishi_field::Attribute, enishi_field::Tag, enishi_field::Tags];
        let is = |known: enishi_field| field == known as i32;
        if !name.is_empty() && !NAMED.into_iter().any(is) {
            return Err(Failure::argument(format_args!("'{name}': the enishi_field {field} takes no name")));
        }
        let fields = [
            (enishi_field::Following, Field::Following),
            (enishi_field::Blocked, Field::Blocked),
            (enishi_field::LinkedAt, Field::LinkedAt),
            (enishi_field::Route, Field::Route),
            (enishi_field::FirstFollowedAt, Field::FirstFollowedAt),
            (enishi_field::OrderCount, Field::OrderCount),
            (enishi_field::OrderTotal, Field::OrderTotal),
            (enishi_field::FirstOrderAt, Field::FirstOrderAt),
            (enishi_field::LastOrderAt, Field::LastOrderAt),
        ];
        Ok(match field {
            _ if is(enishi_field::Key) => Self::Key,
            _ if is(enishi_field::Attribute) => Self::Of(Field::Attribute(AttributeName::new(name)?)),
            _ if is(enishi_field::Tag) => Self::Of(Field::Tag(name.parse()?)),
            _ if is(enishi_field::Tags) => {
                Self::Of(Field::Tags(name.split('\n').map(str::parse).collect::<Result<_, _>>()?))
            }
            _ => match fields.into_iter().find(|(known, _)| is(*known)) {
                Some((_, field)) => Self::Of(field),
                None => return Err(Failure::argument(format_args!("{field} is no enishi_field"))),
            },
        })
    }
}

impl enishi_columns {
    fn add(&mut self, meaning: Meaning, values: HeldValues) {
        self.columns.push((meaning, Held { values, known: None }));
    }

    /// The columns as a population takes them.
    pub(super) fn lend(&self) -> Result<Columns<'_>, Failure> {
        let mut columns = Columns::new(self.rows);
        let mut keyed = false;
        for (meaning, held) in &self.columns {
            let keys = |why| Failure::new(enishi_status::InvalidColumns, format_args!("keys: {why}"));
            columns = match (meaning, &held.values) {
                (Meaning::Key, _) if keyed => return Err(keys("the column is there twice")),
                (Meaning::Key, _) if held.known.is_some() => return Err(keys("every friend has one, so none is null")),
                (Meaning::Key, HeldValues::LineUsers(users)) => columns.keyed(Keys::LineUsers(users)),
                (Meaning::Key, HeldValues::Texts(texts)) => columns.keyed(Keys::Texts(texts.lend())),
                (Meaning::Key, _) => return Err(keys("the values have another type: give texts, or LINE user ids")),
                (Meaning::Of(field), _) => match held.cells() {
                    Some(cells) => columns.with(field.clone(), cells),
                    None => {
                        let words = format_args!("{field}: LINE user ids are only keys");
                        return Err(Failure::new(enishi_status::InvalidColumns, words));
                    }
                },
            };
            keyed |= matches!(meaning, Meaning::Key);
        }
        Ok(columns)
    }
}

/// Values of one of enishi_layout, copied.
///
/// # Safety
/// `values` leads to `len` bytes, or is NULL.
unsafe fn packed(layout: i32, values: *const c_void, len: usize) -> Result<HeldValues, Failure> {
    let is = |known: enishi_layout| layout == known as i32;
    // SAFETY: the caller's promises are passed on.
    Ok(unsafe {
        match layout {
            _ if is(enishi_layout::Bits) => HeldValues::Bits(HeldBits { bytes: own(values, len)?, offset: 0 }),
            _ if is(enishi_layout::U8) => HeldValues::U8(own(values, len)?),
            _ if is(enishi_layout::U16) => {
                let narrow = own::<u16>(values, len)?;
                HeldValues::U32(Stretch::Own(narrow.iter().map(|value| (*value).into()).collect()))
            }
            _ if is(enishi_layout::U32) => HeldValues::U32(own(values, len)?),
            _ if is(enishi_layout::I32) => HeldValues::I32(own(values, len)?),
            _ if is(enishi_layout::I64) => HeldValues::I64(own(values, len)?),
            _ if is(enishi_layout::F64) => HeldValues::F64(own(values, len)?),
            _ if is(enishi_layout::Days) => HeldValues::Days(own(values, len)?),
            _ if is(enishi_layout::Seconds) => HeldValues::Instants(own(values, len)?, Unit::Seconds),
            _ if is(enishi_layout::Milliseconds) => HeldValues::Instants(own(values, len)?, Unit::Milliseconds),
            _ if is(enishi_layout::Microseconds) => HeldValues::Instants(own(values, len)?, Unit::Microseconds),
            _ if is(enishi_layout::Nanoseconds) => HeldValues::Instants(own(values, len)?, Unit::Nanoseconds),
            _ if is(enishi_layout::LineUsers) => HeldValues::LineUsers(own(values, len)?),
            _ => return Err(Failure::argument(format_args!("{layout} is no enishi_layout"))),
        }
    })
}

/// # Safety
/// `offsets` and `texts` lead to as many bytes as are said, or are NULL.
unsafe fn held_texts(
    layout: i32,
    offsets: *const c_void,
    offsets_len: usize,
    texts: *const c_char,
    texts_len: usize,
) -> Result<HeldTexts, Failure> {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        let offsets = match packed(layout, offsets, offsets_len)? {
            HeldValues::I32(offsets) => HeldOffsets::I32(offsets),
            HeldValues::I64(offsets) => HeldOffsets::I64(offsets),
            _ => return Err(Failure::argument(format_args!("{layout} is no enishi_layout of offsets"))),
        };
        Ok(HeldTexts { offsets, bytes: Stretch::Own(bytes(texts, texts_len, "texts")?.to_vec()) })
    }
}

/// # Safety
/// `values` leads to `len` bytes, or is NULL.
unsafe fn own<T: Packed>(values: *const c_void, len: usize) -> Result<Stretch<T>, Failure> {
    let size = size_of::<T>();
    if !len.is_multiple_of(size) {
        return Err(Failure::argument(format_args!("{len} bytes are not values of {size} bytes each")));
    }
    // SAFETY: the caller's promises are passed on.
    Ok(Stretch::Own(unsafe { column(values, len / size, "values") }?.into_owned()))
}

//! Arrow's record batches: which columns there are, and of how many rows.
//!
//! The producer vouches that buffers are as long as lengths, offsets and formats say; everything
//! that can be seen not to fit is refused with the name of the column.

use core::ffi::{CStr, c_char};
use core::fmt::Display;
use core::ptr::NonNull;
use std::sync::Arc;

use super::arrow::{ArrowArray, ArrowSchema, Moved};
use super::arrow_view::{View, bit};
use super::error::Failure;
use super::held::Held;
use super::status::enishi_status;

/// Columns of equal length in the hands of the library.
#[derive(Debug)]
pub(super) struct Batch {
    array: Moved<ArrowArray>,
    rows: usize,
    /// Where in each column the first row is.
    start: usize,
    types: Vec<Type>,
    /// Are the columns children of the array, or is it a column itself?
    is_struct: bool,
}

/// What a schema says of a column.
#[derive(Debug)]
struct Type {
    name: String,
    format: String,
    /// The format of the texts that the column's codes stand for.
    dictionary: Option<String>,
}

impl Batch {
    /// Takes in a record batch, which is a struct array, or one column.
    ///
    /// # Safety
    /// What was moved is as the specification wants it.
    pub(super) unsafe fn new(schema: &Moved<ArrowSchema>, array: Moved<ArrowArray>) -> Result<Self, Failure> {
        let root = &*array;
        // SAFETY: the strings and children of a live schema, by the caller's promise.
        let (types, is_struct) = unsafe {
            match Type::of(schema)? {
                Type { format, .. } if format == "+s" => (fields(schema)?, true),
                column => (vec![column], false),
            }
        };
        let (rows, start) = (count(root.length, "length")?, count(root.offset, "offset")?);
        start.checked_add(rows).ok_or_else(|| refused("the batch", "its length and offset are past any memory"))?;
        let batch = Self { rows, start: if is_struct { start } else { 0 }, types, is_struct, array };
        batch.check_shape()?;
        Ok(batch)
    }

    pub(super) const fn rows(&self) -> usize {
        self.rows
    }

    /// The column of this name.
    pub(super) fn column(self: &Arc<Self>, name: &str) -> Result<Held, Failure> {
        let mut named = self.types.iter().enumerate().filter(|(_, column)| column.name == name);
        let Some((place, column)) = named.next() else {
            let names: Vec<&str> = self.types.iter().map(|column| column.name.as_str()).take(20).collect();
            let words = format_args!("the batch has no column '{name}': there are {}", names.join(", "));
            return Err(Failure::new(enishi_status::UnknownName, words));
        };
        if named.next().is_some() {
            return Err(refused(name, "there are two of this name"));
        }
        let array = self.child(place).ok_or_else(|| refused(name, "its array is missing"))?;
        let view = View::new(self, array, name, self.start, self.rows)?;
        match &column.dictionary {
            None => view.column(&column.format),
            Some(texts) => view.choices(&column.format, texts),
        }
    }

    fn check_shape(&self) -> Result<(), Failure> {
        if !self.is_struct {
            return Ok(());
        }
        let root = &*self.array;
        if count(root.n_children, "n_children")? != self.types.len() {
            let words = format_args!("{} children, but the schema names {}", root.n_children, self.types.len());
            return Err(refused("the batch", words));
        }
        let whole = View { batch: None, array: root, name: "the batch", start: self.start, len: self.rows };
        match whole.known_bytes()? {
            Some((bytes, offset)) if (0..self.rows).any(|row| !bit(bytes, offset + row)) => {
                Err(refused("the batch", "rows that are null as a whole"))
            }
            _ => Ok(()),
        }
    }

    fn child(&self, place: usize) -> Option<&ArrowArray> {
        let root = &*self.array;
        if !self.is_struct {
            return Some(root);
        }
        let children = NonNull::new(root.children)?;
        // SAFETY: `n_children` was found to be the number of types, and they live as long as the root.
        unsafe { children.add(place).read().as_ref() }
    }
}

impl Type {
    /// # Safety
    /// As for [`Batch::new`].
    unsafe fn of(schema: &ArrowSchema) -> Result<Self, Failure> {
        // SAFETY: strings and the dictionary of a live schema are NULL or live.
        unsafe {
            let name = string(schema.name).unwrap_or_default();
            let format = |schema: &ArrowSchema| {
                string(schema.format).ok_or_else(|| refused(&name, "its schema has no format in UTF-8"))
            };
            let dictionary = schema.dictionary.as_ref().map(format).transpose()?;
            Ok(Self { format: format(schema)?, name, dictionary })
        }
    }
}

/// The children of a struct's schema.
///
/// # Safety
/// As for [`Batch::new`].
unsafe fn fields(schema: &ArrowSchema) -> Result<Vec<Type>, Failure> {
    let missing = || refused("the batch", "children are missing from its schema");
    let children = match (count(schema.n_children, "n_children")?, NonNull::new(schema.children)) {
        (0, _) => return Ok(Vec::new()),
        (_, None) => return Err(missing()),
        (count, Some(children)) => (0..count).map(move |place| {
            // SAFETY: there are `n_children` pointers by the specification.
            unsafe { children.add(place).read() }
        }),
    };
    // SAFETY: each leads to a live schema, or is NULL.
    children.map(|child| unsafe { Type::of(child.as_ref().ok_or_else(missing)?) }).collect()
}

/// # Safety
/// `text` is NULL or ends in a NUL.
unsafe fn string(text: *const c_char) -> Option<String> {
    // SAFETY: not NULL, hence a string by the caller's promise.
    let text = NonNull::new(text.cast_mut()).map(|text| unsafe { CStr::from_ptr(text.as_ptr()) })?;
    text.to_str().ok().map(ToOwned::to_owned)
}

pub(super) fn refused(name: &str, why: impl Display) -> Failure {
    Failure::new(enishi_status::InvalidColumns, format_args!("{name}: {why}"))
}

pub(super) fn count(number: i64, what: &str) -> Result<usize, Failure> {
    usize::try_from(number).map_err(|_| refused("the batch", format_args!("{what} is {number}")))
}

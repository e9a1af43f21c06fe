//! Columns into a population: checked as a whole first, so that nothing is taken in by half.

use core::cell::OnceCell;
use core::ops::Range;
use std::collections::BTreeMap;

use crate::model::{Decimal, FriendKey, ValueKind};

use super::check::{check, decimal};
use super::chunk::{CHUNK_ROWS, UNKNOWN};
use super::column::{Cell, Column, Fact};
use super::columns::{Cells, Columns, Field, Keys, Values};
use super::fault::{ColumnError, ColumnFault};
use super::friends::Population;
use super::keys::Packed;
use super::lanes;

impl Population {
    /// The population that these columns describe. Linear.
    ///
    /// # Errors
    /// The first fault found, with its column and row.
    pub fn load(columns: &Columns<'_>) -> Result<Self, ColumnError> {
        let mut population = Self::empty();
        population.append(columns)?;
        Ok(population)
    }

    /// Adds rows at the end: of the same columns as the rows before them.
    ///
    /// # Errors
    /// The first fault found, with its column and row; nothing was added then.
    pub fn append(&mut self, columns: &Columns<'_>) -> Result<(), ColumnError> {
        let table = self.check(columns)?;
        self.append_checked_keys(columns)?;
        if self.rows() == 0 {
            *self.columns_mut() = table.keys().map(|fact| (fact.clone(), Column::new(fact, 0))).collect();
        }
        let mut start = 0;
        while start < columns.rows {
            let room = CHUNK_ROWS - self.rows() as usize % CHUNK_ROWS;
            let rows = start..columns.rows.min(start + room);
            let first = self.rows();
            for (fact, column) in self.columns_mut() {
                table[fact].extend(column, rows.clone(), first);
            }
            self.grow(rows.len());
            start = rows.end;
        }
        Ok(())
    }

    /// What goes into which column, if all of it can.
    fn check<'c, 'a>(&self, columns: &'c Columns<'a>) -> Result<BTreeMap<Fact, Source<'c, 'a>>, ColumnError> {
        if columns.rows > (u32::MAX - self.rows()) as usize {
            return Err(ColumnError::new("rows", None, ColumnFault::TooMany));
        }
        if self.is_whole() {
            return Err(ColumnError::new("columns", None, ColumnFault::Partial));
        }
        let mut table = BTreeMap::new();
        for (field, cells) in &columns.fields {
            check(field, cells, columns.rows)?;
            for (fact, flag) in facts(field, cells.values) {
                if table.insert(fact.clone(), Source { cells, flag, own_codes: OnceCell::new() }).is_some() {
                    return Err(ColumnError::new(fact, None, ColumnFault::Twice));
                }
            }
        }
        if self.rows() > 0 {
            let missing = self.facts().find(|fact| !table.contains_key(fact));
            if let Some(fact) = missing.or_else(|| table.keys().find(|fact| self.column(fact).is_none())) {
                return Err(ColumnError::new(fact, None, ColumnFault::Unmatched));
            }
        }
        Ok(table)
    }

    fn append_checked_keys(&mut self, columns: &Columns<'_>) -> Result<(), ColumnError> {
        let fault = |fault| ColumnError::new("keys", None, fault);
        let keys = match columns.keys {
            None if self.has_keys() => return Err(fault(ColumnFault::Keys)),
            None => return Ok(()),
            Some(_) if self.rows() > 0 && !self.has_keys() => return Err(fault(ColumnFault::Keys)),
            Some(keys) => keys,
        };
        let found = match keys {
            Keys::LineUsers(users) => users.len(),
            Keys::Texts(texts) => texts.len().ok_or_else(|| fault(ColumnFault::Text))?,
        };
        if found != columns.rows {
            return Err(fault(ColumnFault::Length { rows: columns.rows, found }));
        }
        self.append_keys(columns.rows, |row| match keys {
            Keys::LineUsers(users) => Ok(Packed::Line(false, users[row])),
            Keys::Texts(texts) => {
                let text = texts.get(row).ok_or(ColumnFault::Text)?;
                FriendKey::new(text)?;
                Ok(Packed::new(text))
            }
        })
    }
}

/// The facts a field tells, and of yes and no the bit of the value that says it.
fn facts(field: &Field, values: Values<'_>) -> Vec<(Fact, Option<u32>)> {
    let kind = match values {
        Values::Bits(_) => ValueKind::Flag,
        Values::Days(_) => ValueKind::Date,
        Values::Texts(_) | Values::Choices { .. } => ValueKind::Text,
        _ => ValueKind::Number,
    };
    match field {
        Field::Attribute(name) => vec![(Fact::Attribute(name.clone(), kind), None)],
        Field::Tag(name) => vec![(Fact::Tag(name.clone()), Some(0))],
        Field::Tags(names) => (0..).zip(names).map(|(bit, name)| (Fact::Tag(name.clone()), Some(bit))).collect(),
        Field::Following => vec![(Fact::Following, Some(0))],
        Field::Blocked => vec![(Fact::Blocked, Some(0))],
        Field::LinkedAt => vec![(Fact::LinkedAt, None)],
        Field::Route => vec![(Fact::Route, None)],
        Field::FirstFollowedAt => vec![(Fact::FirstFollowedAt, None)],
        Field::OrderCount => vec![(Fact::OrderCount, None)],
        Field::OrderTotal => vec![(Fact::OrderTotal, None)],
        Field::FirstOrderAt => vec![(Fact::FirstOrderAt, None)],
        Field::LastOrderAt => vec![(Fact::LastOrderAt, None)],
    }
}

/// Where a column's cells come from.
struct Source<'c, 'a> {
    cells: &'c Cells<'a>,
    /// For yes and no: which bit of the value says it.
    flag: Option<u32>,
    /// What the column calls the texts that these cells number.
    own_codes: OnceCell<Vec<i64>>,
}

impl Source<'_, '_> {
    /// Adds checked cells to a column whose next row is `first`.
    fn extend(&self, column: &mut Column, rows: Range<usize>, first: u32) {
        if let Some(words) = self.bits(rows.clone()) {
            return column.extend_bits(&words, rows.len());
        }
        let mut units: Vec<i64> = match self.cells.values {
            Values::U8(values) => values[rows.clone()].iter().map(|value| i64::from(*value)).collect(),
            Values::I32(values) | Values::Days(values) => {
                values[rows.clone()].iter().map(|value| i64::from(*value)).collect()
            }
            Values::U32(values) => values[rows.clone()].iter().map(|value| i64::from(*value)).collect(),
            Values::I64(values) => values[rows.clone()].to_vec(),
            Values::Instants(values, unit) => {
                values[rows.clone()].iter().map(|value| unit.millis(*value).unwrap_or(UNKNOWN)).collect()
            }
            Values::Bits(bits) => rows.clone().map(|row| bits.get(row).into()).collect(),
            Values::Choices { codes, texts } => {
                let own = self.own_codes.get_or_init(|| {
                    let text = |code| texts.get(code).map_or(Cell::Unknown, Cell::Text);
                    let cells: Vec<Cell<'_>> = (0..texts.len().unwrap_or(0)).map(text).collect();
                    column.units(&cells, first)
                });
                // What is written where nothing is known need not be a code.
                let unit = |row| usize::try_from(codes.get(row)).ok().and_then(|code| own.get(code)).copied();
                rows.clone().map(|row| unit(row).unwrap_or(UNKNOWN)).collect()
            }
            Values::F64(_) | Values::Decimals(_) | Values::Texts(_) => {
                let cells: Vec<Cell<'_>> = rows.clone().map(|row| self.cell(row)).collect();
                column.units(&cells, first)
            }
        };
        self.hide(&mut units, rows.clone());
        let whole_numbers =
            matches!(self.cells.values, Values::U8(_) | Values::I32(_) | Values::U32(_) | Values::I64(_));
        if whole_numbers && column.scale() > 0 {
            let number = |unit: &i64| if *unit == UNKNOWN { None } else { Decimal::whole(*unit) };
            let cells: Vec<Cell<'_>> =
                units.iter().map(|unit| number(unit).map_or(Cell::Unknown, Cell::Number)).collect();
            units = column.units(&cells, first);
        }
        column.extend(&units);
    }

    /// The cells as bits, where they are yes or no and always known.
    fn bits(&self, rows: Range<usize>) -> Option<Vec<u64>> {
        let mut words = match (self.cells.values, self.flag) {
            (Values::Bits(bits), Some(_)) => bits.words(rows.clone()),
            (Values::Bits(bits), None) if self.cells.known.is_none() => bits.words(rows.clone()),
            (Values::U8(values), Some(bit)) => lanes::pack_bits(&values[rows.clone()], |value| value >> bit & 1 == 1),
            (Values::I32(values), Some(bit)) => lanes::pack_bits(&values[rows.clone()], |value| value >> bit & 1 == 1),
            (Values::U32(values), Some(bit)) => lanes::pack_bits(&values[rows.clone()], |value| value >> bit & 1 == 1),
            (Values::I64(values), Some(bit)) => lanes::pack_bits(&values[rows.clone()], |value| value >> bit & 1 == 1),
            _ => return None,
        };
        if let Some(known) = self.cells.known {
            words.iter_mut().zip(known.words(rows)).for_each(|(word, known)| *word &= known);
        }
        Some(words)
    }

    /// Marks what is not known.
    fn hide(&self, units: &mut [i64], rows: Range<usize>) {
        let Some(known) = self.cells.known else { return };
        let words = known.words(rows);
        for (units, word) in units.chunks_mut(64).zip(words) {
            for (row, unit) in units.iter_mut().enumerate() {
                *unit = if word >> row & 1 == 1 { *unit } else { UNKNOWN };
            }
        }
    }

    fn cell(&self, row: usize) -> Cell<'_> {
        if self.cells.known.is_some_and(|known| !known.get(row)) {
            return Cell::Unknown;
        }
        match self.cells.values {
            Values::F64(values) => decimal(values[row]).map_or(Cell::Unknown, Cell::Number),
            Values::Decimals(values) => Cell::Number(values[row]),
            Values::Texts(texts) => texts.get(row).map_or(Cell::Unknown, Cell::Text),
            _ => Cell::Unknown,
        }
    }
}

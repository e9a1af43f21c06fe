//! Rows of text, as a CSV file has them.

use crate::model::{Currency, Decimal, Timestamp, parse_date};

use super::column::days;
use super::columns::{Bits, Cells, Columns, Field, Keys, Texts, Unit, Values};
use super::fault::{ColumnError, ColumnFault};
use super::friends::Population;

/// What the cells of a column of text say, and how it is written. An empty cell is not known; of a
/// count or a total it is 0.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum TextColumn {
    /// Nothing of interest.
    Skip,
    /// The host's key.
    Key,
    /// Yes or no: `1`, `true` or `yes`, and `0`, `false` or `no`.
    Flag(Field),
    /// A number with at most one point: `1280`, `24.5`.
    Number(Field),
    /// An amount of this currency, for [`Field::OrderTotal`]: `4080.00`.
    Money(Field, Currency),
    /// A date: `2026-01-31`.
    Date(Field),
    /// An instant in RFC 3339 with an offset: `2026-04-01T20:00:00+09:00`.
    Instant(Field),
    /// Text as it is.
    Text(Field),
}

impl Population {
    /// The population that rows of text describe: of a CSV file, whichever reader the host has for it.
    ///
    /// ```
    /// use enishi::population::{Field, Population, TextColumn};
    /// let file = "customer,gender,points,vip,last_order\n\
    ///             7,female,120.5,yes,2026-03-01T10:00:00+09:00\n\
    ///             8,,,no,\n";
    /// let columns = [
    ///     TextColumn::Key,
    ///     TextColumn::Text(Field::Attribute("gender".parse()?)),
    ///     TextColumn::Number(Field::Attribute("points".parse()?)),
    ///     TextColumn::Flag(Field::Tag("VIP".parse()?)),
    ///     TextColumn::Instant(Field::LastOrderAt),
    /// ];
    /// let mut reader = csv::Reader::from_reader(file.as_bytes());
    /// let records: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>()?;
    /// let population = Population::read(&columns, &records)?;
    /// assert_eq!((population.len(), population.row("8")), (2, Some(1)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The first fault found, with its column and row.
    pub fn read<R>(columns: &[TextColumn], records: impl IntoIterator<Item = R>) -> Result<Self, ColumnError>
    where
        R: IntoIterator<Item: AsRef<str>>,
    {
        let mut read: Vec<Read<'_>> = columns.iter().map(Read::new).collect();
        let mut rows = 0;
        for record in records {
            let mut cells = record.into_iter();
            let mut found = 0;
            for (column, cell) in read.iter_mut().zip(&mut cells) {
                found += 1;
                column
                    .push(cell.as_ref().trim())
                    .map_err(|fault| ColumnError::new(column.name(), Some(rows), fault))?;
            }
            found += cells.count();
            if found != columns.len() {
                let fault = ColumnFault::Cells { columns: columns.len(), found };
                return Err(ColumnError::new("record", Some(rows), fault));
            }
            rows += 1;
        }
        let table = read.iter().fold(Columns::new(rows), |table, column| column.lend(table));
        Self::load(&table)
    }
}

/// A column as far as it was read.
struct Read<'c> {
    says: &'c TextColumn,
    rows: usize,
    known: Vec<u8>,
    flags: Vec<u8>,
    whole: Vec<i64>,
    dates: Vec<i32>,
    numbers: Vec<Decimal>,
    ends: Vec<i64>,
    text: Vec<u8>,
}

impl<'c> Read<'c> {
    fn new(says: &'c TextColumn) -> Self {
        let (known, flags, text) = (Vec::new(), Vec::new(), Vec::new());
        let (whole, dates, numbers) = (Vec::new(), Vec::new(), Vec::new());
        Self { says, rows: 0, known, flags, whole, dates, numbers, ends: vec![0], text }
    }

    fn name(&self) -> String {
        match self.says {
            TextColumn::Skip => "skipped".into(),
            TextColumn::Key => "keys".into(),
            TextColumn::Flag(field)
            | TextColumn::Number(field)
            | TextColumn::Money(field, _)
            | TextColumn::Date(field)
            | TextColumn::Instant(field)
            | TextColumn::Text(field) => field.to_string(),
        }
    }

    fn push(&mut self, cell: &str) -> Result<(), ColumnFault> {
        let wrong = |expected| ColumnFault::Cell { text: cell.chars().take(40).collect(), expected };
        let row = self.rows;
        self.rows += 1;
        let known = !cell.is_empty();
        mark(&mut self.known, row, known);
        match self.says {
            TextColumn::Skip => {}
            TextColumn::Key | TextColumn::Text(_) => {
                self.text.extend_from_slice(cell.as_bytes());
                self.ends.push(self.text.len() as i64);
            }
            TextColumn::Flag(_) => mark(
                &mut self.flags,
                row,
                match cell {
                    "1" | "true" | "yes" => true,
                    "" | "0" | "false" | "no" => false,
                    _ => return Err(wrong("yes or no")),
                },
            ),
            TextColumn::Number(Field::OrderCount) => {
                let count = if known { cell.parse().ok() } else { Some(0) };
                self.whole.push(count.ok_or_else(|| wrong("a whole number"))?);
            }
            TextColumn::Number(_) => {
                let zero = const { Decimal::whole(0).expect("nought is a number") };
                self.numbers.push(if known { cell.parse().map_err(|_| wrong("a decimal number"))? } else { zero });
            }
            TextColumn::Money(_, currency) => {
                let amount = if known { currency.parse(cell).ok() } else { Some(crate::model::Money::ZERO) };
                self.whole.push(amount.ok_or_else(|| wrong("an amount of money"))?.minor());
            }
            TextColumn::Date(_) => {
                let date = if known {
                    parse_date(cell).ok_or_else(|| wrong("a date, such as 2026-01-31"))?
                } else {
                    Default::default()
                };
                self.dates.push(days(date) as i32);
            }
            TextColumn::Instant(_) => {
                let at = if known {
                    cell.parse().map_err(|_| wrong("an instant with an offset"))?
                } else {
                    Timestamp::EPOCH
                };
                self.whole.push(at.millis());
            }
        }
        Ok(())
    }

    fn lend<'s>(&'s self, table: Columns<'s>) -> Columns<'s> {
        let known = Bits::new(&self.known);
        let (field, values) = match self.says {
            TextColumn::Skip => return table,
            TextColumn::Key => return table.keyed(Keys::Texts(self.texts())),
            TextColumn::Flag(field) => (field, Values::Bits(Bits::new(&self.flags))),
            TextColumn::Number(field @ Field::OrderCount) | TextColumn::Money(field, _) => {
                return table.with(field.clone(), self.whole.as_slice());
            }
            TextColumn::Number(field) => (field, Values::Decimals(&self.numbers)),
            TextColumn::Date(field) => (field, Values::Days(&self.dates)),
            TextColumn::Instant(field) => (field, Values::Instants(&self.whole, Unit::Milliseconds)),
            TextColumn::Text(field) => (field, Values::Texts(self.texts())),
        };
        table.with(field.clone(), Cells::known(values, known))
    }

    fn texts(&self) -> Texts<'_> {
        Texts::large(&self.ends, &self.text)
    }
}

fn mark(bits: &mut Vec<u8>, row: usize, yes: bool) {
    bits.resize(row / 8 + 1, 0);
    bits[row / 8] |= u8::from(yes) << (row % 8);
}

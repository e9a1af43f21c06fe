//! What can be wrong with columns and rows.

use crate::model::{AttributeName, Decimal, FriendKey, NameError};

/// Columns that cannot be taken. Nothing of them was; the population is as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{column}{}: {fault}", .row.map(|row| format!(", row {row}")).unwrap_or_default())]
#[non_exhaustive]
pub struct ColumnError {
    /// Which column: `attribute 'birthday'`, `keys`.
    pub column: String,
    /// Which row of what was given, from 0, when it is one.
    pub row: Option<usize>,
    /// What is wrong.
    pub fault: ColumnFault,
}

/// What can be wrong with a column.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ColumnFault {
    /// Longer or shorter than the table.
    #[error("{found} cells for {rows} rows")]
    Length {
        /// Rows of the table.
        rows: usize,
        /// Cells of the column.
        found: usize,
    },
    /// A record that is longer or shorter than the header.
    #[error("{found} cells for {columns} columns")]
    Cells {
        /// Columns of the table.
        columns: usize,
        /// Cells of the record.
        found: usize,
    },
    /// Values that cannot mean this.
    #[error("the values have another type: give {expected}")]
    Type {
        /// What would be right.
        expected: &'static str,
    },
    /// More rows than can be numbered.
    #[error("more than {} rows", u32::MAX)]
    TooMany,
    /// Said twice, or said although the population has no such column.
    #[error("the column is there twice")]
    Twice,
    /// A column the population has and the rows to append have not, or the other way round.
    #[error("rows that are appended have the columns of the rows before them, and this one is in one of the two only")]
    Unmatched,
    /// A population of friends, of which everything is known, cannot go on with columns that say less.
    #[error("a population built from friends goes on with friends")]
    Partial,
    /// Not known where there is always something to know.
    #[error("it is always known: write 0 for none")]
    Unknown,
    /// Below zero.
    #[error("it is never negative")]
    Negative,
    /// Neither yes nor no.
    #[error("yes is written 1 and no 0")]
    NotAFlag,
    /// Infinity, no number, or a number with more digits than are kept exactly.
    #[error("not an exact number: at most 18 digits, {} of them after the point", Decimal::MAX_SCALE)]
    Number,
    /// Outside the years that are taken.
    #[error("outside the years 1900 to 9998: are the units right?")]
    Time,
    /// A code that stands for nothing.
    #[error("the code {code} stands for none of {texts} texts")]
    Code {
        /// What is written.
        code: i64,
        /// How many texts there are.
        texts: usize,
    },
    /// A bit that no tag was named for.
    #[error("there are bits past those of the {tags} tags named")]
    Bit {
        /// How many tags were named.
        tags: usize,
    },
    /// Bytes that are no text, or offsets that lie outside them.
    #[error("not UTF-8, or offsets that do not ascend within the bytes")]
    Text,
    /// A text that is no key.
    #[error(transparent)]
    Key(#[from] NameError),
    /// Two friends under one key.
    #[error("the key is that of row {0} already")]
    KeyTaken(u32),
    /// A population whose rows have keys goes on with keys, and one without goes on without.
    #[error("either every row has a key or none has")]
    Keys,
    /// A cell of text that cannot be read as what it should say.
    #[error("`{text}` is not {expected}")]
    Cell {
        /// What is written.
        text: String,
        /// What would be right.
        expected: &'static str,
    },
}

impl ColumnError {
    pub(super) fn new(column: impl ToString, row: Option<usize>, fault: ColumnFault) -> Self {
        Self { column: column.to_string(), row, fault }
    }

    /// The same of rows that so many others stand before.
    pub(super) fn further_on(self, rows: usize) -> Self {
        Self { row: self.row.map(|row| row + rows), ..self }
    }
}

/// A row that cannot be changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RowError {
    /// There never was such a row.
    #[error("there is no row {row}: the population has {rows}")]
    Missing {
        /// Which.
        row: u32,
        /// How many there are, the removed included.
        rows: u32,
    },
    /// Removed already.
    #[error("row {row} was removed")]
    Removed {
        /// Which.
        row: u32,
    },
    /// Another friend's row.
    #[error("row {row} is that of another key than {key}")]
    OtherKey {
        /// Which.
        row: u32,
        /// The friend it was to be.
        key: FriendKey,
    },
}

/// A question that the population alone cannot answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no column can answer `{condition}`: give the friends' records along (`select_with`)")]
#[non_exhaustive]
pub struct Unanswered {
    /// The condition.
    pub condition: String,
}

/// An attribute under the name that messages use.
pub(super) fn attribute(name: &AttributeName) -> String {
    format!("attribute '{name}'")
}

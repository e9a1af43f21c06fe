//! One fact about every friend.

use core::fmt;
use std::collections::BTreeMap;

use crate::model::{AttributeName, Date, Decimal, Friend, TagName, Timestamp, Value, ValueKind, stable_hash};

use super::chunk::{CHUNK_ROWS, Chunk, UNKNOWN};
use super::fault::attribute;
use super::table::Table;

/// Which fact. An attribute has a column for each kind of value it was ever given.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fact {
    Attribute(AttributeName, ValueKind),
    /// Has this among the texts of the attribute.
    Listed(AttributeName, Box<str>),
    Tag(TagName),
    Following,
    Blocked,
    LinkedAt,
    Route,
    FirstFollowedAt,
    OrderCount,
    OrderTotal,
    FirstOrderAt,
    LastOrderAt,
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attribute(name, _) => f.write_str(&attribute(name)),
            Self::Listed(name, text) => write!(f, "{} contains '{text}'", attribute(name)),
            Self::Tag(name) => write!(f, "tag '{name}'"),
            Self::Following => f.write_str("line is following"),
            Self::Blocked => f.write_str("line is blocked"),
            Self::LinkedAt => f.write_str("line linked at"),
            Self::Route => f.write_str("route"),
            Self::FirstFollowedAt => f.write_str("first followed at"),
            Self::OrderCount => f.write_str("orders.count"),
            Self::OrderTotal => f.write_str("orders.total"),
            Self::FirstOrderAt => f.write_str("first order"),
            Self::LastOrderAt => f.write_str("last order"),
        }
    }
}

/// What a friend's cell holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cell<'a> {
    Unknown,
    /// No or yes, days, milliseconds, a count, minor units.
    Whole(i64),
    Number(Decimal),
    Text(&'a str),
}

impl Fact {
    /// The facts that are known of every friend, whoever it is.
    pub(super) const ALWAYS: [Self; 9] = [
        Self::Following,
        Self::Blocked,
        Self::LinkedAt,
        Self::Route,
        Self::FirstFollowedAt,
        Self::OrderCount,
        Self::OrderTotal,
        Self::FirstOrderAt,
        Self::LastOrderAt,
    ];

    /// The facts that are only of this friend and others like them.
    pub(super) fn of(friend: &Friend) -> impl Iterator<Item = Self> {
        let told = |(name, told): (&AttributeName, &crate::model::Dated<Option<Value>>)| {
            Some(Self::Attribute(name.clone(), told.value.as_ref()?.kind()))
        };
        let tags = friend.tags.iter().filter(|(_, mark)| mark.on).map(|(name, _)| Self::Tag(name.clone()));
        let lists = friend.attributes.iter().filter_map(|(name, told)| match &told.value {
            Some(Value::List(texts)) => Some((name, texts)),
            _ => None,
        });
        let listed = lists.flat_map(|(name, texts)| texts.iter().map(|text| Self::Listed(name.clone(), text.clone())));
        friend.attributes.iter().filter_map(told).chain(tags).chain(listed)
    }

    /// What is in a column of this fact before anything is told.
    pub(super) const fn nothing(&self) -> Cell<'static> {
        match self {
            Self::Listed(..) | Self::Tag(_) | Self::Following | Self::Blocked | Self::OrderCount | Self::OrderTotal => {
                Cell::Whole(0)
            }
            _ => Cell::Unknown,
        }
    }

    /// The friend's cell. Orders count however late they were placed: whoever asks minds the time.
    pub(super) fn cell<'f>(&self, friend: &'f Friend) -> Cell<'f> {
        let instant = |at: Option<Timestamp>| at.map_or(Cell::Unknown, |at| Cell::Whole(at.millis()));
        let mut orders = friend.orders.counting(Timestamp::MAX);
        match self {
            Self::Attribute(name, kind) => {
                let value = friend.attribute(name.as_str()).filter(|value| value.kind() == *kind);
                value.map_or(Cell::Unknown, |value| match value {
                    Value::Flag(yes) => Cell::Whole((*yes).into()),
                    Value::Number(number) => Cell::Number(*number),
                    Value::Date(date) => Cell::Whole(days(*date)),
                    Value::Text(text) => Cell::Text(text),
                    // What is in a list has columns of its own: here is only that there is one.
                    Value::List(_) => Cell::Whole(1),
                })
            }
            Self::Listed(name, text) => {
                let list = friend.attribute(name.as_str());
                Cell::Whole(matches!(list, Some(Value::List(texts)) if texts.contains(text)).into())
            }
            Self::Tag(name) => Cell::Whole(friend.has_tag(name.as_str()).into()),
            Self::Following => Cell::Whole(friend.line.is_following().into()),
            Self::Blocked => Cell::Whole(friend.line.is_blocked().into()),
            Self::LinkedAt => instant(friend.line.linked),
            Self::Route => friend.line.route.as_deref().map_or(Cell::Unknown, Cell::Text),
            Self::FirstFollowedAt => instant(friend.line.first_followed),
            Self::OrderCount => Cell::Whole(orders.count() as i64),
            // A sum past the range of money is larger than any amount a rule can name.
            Self::OrderTotal => Cell::Whole(orders.fold(0, |sum: i64, (_, net)| sum.saturating_add(net.minor()))),
            Self::FirstOrderAt => instant(orders.next().map(|(at, _)| at)),
            Self::LastOrderAt => instant(orders.next_back().map(|(at, _)| at)),
        }
    }

    fn form(&self) -> Form {
        match self {
            Self::Attribute(_, ValueKind::Number) => Form::Number { scale: 0 },
            Self::Attribute(_, ValueKind::Text) | Self::Route => Form::Text(Dictionary::default()),
            Self::LinkedAt | Self::FirstFollowedAt | Self::FirstOrderAt | Self::LastOrderAt => Form::Instant,
            _ => Form::Whole,
        }
    }
}

/// Days since 1970-01-01.
pub(super) fn days(date: Date) -> i64 {
    date.signed_duration_since(Date::default()).num_days()
}

#[derive(Clone, Debug)]
pub(super) struct Column {
    form: Form,
    pub(super) chunks: Vec<Chunk>,
    /// Numbers that have no whole number of units at the column's scale: so large and so fine at
    /// once that hardly anybody has one.
    odd: BTreeMap<u32, Decimal>,
}

/// How values become whole numbers.
#[derive(Clone, Debug)]
enum Form {
    Whole,
    Instant,
    /// In units of ten to the minus `scale`.
    Number {
        scale: u8,
    },
    Text(Dictionary),
}

impl Column {
    /// A column of a fact in which nothing is told for so many rows.
    pub(super) fn new(fact: &Fact, rows: usize) -> Self {
        let mut column = Self { form: fact.form(), chunks: Vec::new(), odd: BTreeMap::new() };
        let nothing = if let Cell::Whole(value) = fact.nothing() { value } else { UNKNOWN };
        for start in (0..rows).step_by(CHUNK_ROWS) {
            let chunk = vec![nothing; CHUNK_ROWS.min(rows - start)];
            column.extend(&chunk);
        }
        column
    }

    /// Adds values in the column's own units. They do not reach over the end of a chunk.
    pub(super) fn extend(&mut self, values: &[i64]) {
        let instants = self.is_instant();
        match self.chunks.last_mut().filter(|chunk| chunk.rows() < CHUNK_ROWS) {
            Some(chunk) => chunk.extend(values, instants),
            None => self.chunks.push(Chunk::pack(values, instants, false)),
        }
    }

    /// Adds bits, one a row. They do not reach over the end of a chunk.
    pub(super) fn extend_bits(&mut self, words: &[u64], rows: usize) {
        match self.chunks.last().filter(|chunk| chunk.rows() < CHUNK_ROWS) {
            Some(_) => {
                let values: Vec<i64> = (0..rows).map(|row| (words[row / 64] >> (row % 64) & 1) as i64).collect();
                self.extend(&values);
            }
            None => self.chunks.push(Chunk::of_bits(words, rows)),
        }
    }

    /// Replaces one cell.
    pub(super) fn set(&mut self, row: u32, cell: Cell<'_>) {
        let value = self.units(&[cell], row)[0];
        let (chunk, row) = (row as usize / CHUNK_ROWS, row as usize % CHUNK_ROWS);
        let instants = self.is_instant();
        self.chunks[chunk].set(row, value, instants);
    }

    /// Cells of rows from `first` on as whole numbers, new texts and odd numbers taken in.
    pub(super) fn units(&mut self, cells: &[Cell<'_>], first: u32) -> Vec<i64> {
        if let Form::Number { .. } = self.form {
            let numbers =
                cells.iter().filter_map(|cell| if let Cell::Number(number) = cell { Some(*number) } else { None });
            self.refine(numbers.map(places).max().unwrap_or(0));
        }
        let Self { form, odd, .. } = self;
        let unit = |(row, cell): (u32, &Cell<'_>)| match (cell, &mut *form) {
            (Cell::Text(text), Form::Text(dictionary)) => i64::from(dictionary.intern(text)),
            (Cell::Number(number), Form::Number { scale }) => {
                odd.remove(&row);
                units(*number, *scale).unwrap_or_else(|| {
                    odd.insert(row, *number);
                    UNKNOWN
                })
            }
            (Cell::Whole(value), _) => *value,
            _ => {
                odd.remove(&row);
                UNKNOWN
            }
        };
        (first..).zip(cells).map(unit).collect()
    }

    /// The rows of numbers kept apart for which `holds`, in ascending order.
    pub(super) fn odd_rows(&self, holds: impl Fn(&Decimal) -> bool) -> Vec<u32> {
        self.odd.iter().filter(|(_, number)| holds(number)).map(|(row, _)| *row).collect()
    }

    /// The fewest units that are not below `number`, and whether they are just it.
    pub(super) fn ceiling(&self, number: Decimal) -> (i64, bool) {
        let scale = if let Form::Number { scale } = self.form { scale } else { 0 };
        let (mut low, mut high) = (-MOST_UNITS, MOST_UNITS + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            match Decimal::from_parts(middle, scale) {
                Some(known) if known < number => low = middle + 1,
                _ => high = middle,
            }
        }
        (low, Decimal::from_parts(low, scale) == Some(number))
    }

    /// The code of a text, if any row has it.
    pub(super) fn code(&self, text: &str) -> Option<i64> {
        if let Form::Text(dictionary) = &self.form { dictionary.code(text).map(i64::from) } else { None }
    }

    /// Which of its texts pass: a bit for each code.
    pub(super) fn codes_of(&self, passes: impl Fn(&str) -> bool) -> Vec<u64> {
        let Form::Text(dictionary) = &self.form else { return Vec::new() };
        let bits = |texts: &[Box<str>]| {
            texts.iter().enumerate().fold(0, |word, (bit, text)| word | u64::from(passes(text)) << bit)
        };
        dictionary.texts.chunks(64).map(bits).collect()
    }

    /// The cell of a row, or [`UNKNOWN`].
    pub(super) fn get(&self, row: usize) -> i64 {
        self.chunks[row / CHUNK_ROWS].get(row % CHUNK_ROWS)
    }

    /// The text of a code.
    pub(super) fn text(&self, code: i64) -> Option<&str> {
        let Form::Text(dictionary) = &self.form else { return None };
        dictionary.texts.get(usize::try_from(code).ok()?).map(AsRef::as_ref)
    }

    /// The number that so many units are, for people.
    pub(super) fn number(&self, units: i64) -> Option<Decimal> {
        if let Form::Number { scale } = self.form { Decimal::from_parts(units, scale) } else { None }
    }

    pub(super) const fn is_instant(&self) -> bool {
        matches!(self.form, Form::Instant)
    }

    /// The highest value that may be in it.
    pub(super) fn most(&self) -> Option<i64> {
        self.chunks.iter().filter_map(Chunk::most).max()
    }

    /// Bytes taken.
    pub(super) fn memory(&self) -> usize {
        let texts = if let Form::Text(dictionary) = &self.form { dictionary.memory() } else { 0 };
        let odd = self.odd.len() * size_of::<(u32, Decimal)>() * 2;
        self.chunks.iter().map(Chunk::memory).sum::<usize>() + texts + odd
    }

    /// The scale of its numbers.
    pub(super) const fn scale(&self) -> u8 {
        if let Form::Number { scale } = self.form { scale } else { 0 }
    }

    /// Counts in finer units from now on, unless what is there would get too large.
    pub(super) fn refine(&mut self, finer: u8) {
        let Form::Number { scale } = &mut self.form else { return };
        let Some(factor) = finer.checked_sub(*scale).filter(|more| *more > 0) else { return };
        let factor = 10_i64.pow(u32::from(factor));
        let fits = |edge: Option<i64>| edge.is_none_or(|edge| edge.unsigned_abs() <= (MOST_UNITS / factor) as u64);
        if !self.chunks.iter().all(|chunk| fits(chunk.least()) && fits(chunk.most())) {
            return;
        }
        *scale = finer;
        for chunk in &mut self.chunks {
            let finer = |value: i64| if value == UNKNOWN { UNKNOWN } else { value * factor };
            let values: Vec<i64> = chunk.values().into_iter().map(finer).collect();
            *chunk = Chunk::pack(&values, false, chunk.rows() < CHUNK_ROWS);
        }
    }
}

/// Eighteen digits, as a [`Decimal`] has.
pub(super) const MOST_UNITS: i64 = 999_999_999_999_999_999;

fn units(number: Decimal, scale: u8) -> Option<i64> {
    number.scaled(scale).filter(|units| units.unsigned_abs() <= MOST_UNITS as u64)
}

/// The digits a number has after the point.
fn places(number: Decimal) -> u8 {
    (0..Decimal::MAX_SCALE).find(|scale| number.scaled(*scale).is_some()).unwrap_or(Decimal::MAX_SCALE)
}

/// Texts that are kept once, and numbered as they come.
#[derive(Clone, Debug, Default)]
struct Dictionary {
    texts: Vec<Box<str>>,
    codes: Table,
}

impl Dictionary {
    fn code(&self, text: &str) -> Option<u32> {
        self.codes.find(stable_hash(text.as_bytes()), |code| *self.texts[code as usize] == *text)
    }

    fn intern(&mut self, text: &str) -> u32 {
        self.code(text).unwrap_or_else(|| {
            let code = self.texts.len() as u32;
            self.texts.push(text.into());
            let texts = &self.texts;
            self.codes.insert(stable_hash(text.as_bytes()), code, |code| stable_hash(texts[code as usize].as_bytes()));
            code
        })
    }

    fn memory(&self) -> usize {
        let texts: usize = self.texts.iter().map(|text| text.len() + size_of::<Box<str>>()).sum();
        texts + self.codes.memory()
    }
}

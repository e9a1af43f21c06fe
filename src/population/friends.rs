//! The population itself: who is in it, and how that changes.

use core::borrow::Borrow;
use core::fmt;
use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Friend, FriendKey};

use super::chunk::CHUNK_ROWS;
use super::column::{Cell, Column, Fact};
use super::fault::{ColumnError, ColumnFault, RowError};
use super::keys::{KeyMap, Packed};
use super::selection::Selection;

/// Friends as columns. Rows are numbered from 0 in the order in which they came; a row that was
/// removed stays empty, so a number never means somebody else.
#[derive(Clone)]
pub struct Population {
    rows: u32,
    removed: u32,
    /// A bit for each row that was removed; no words at all while nobody was.
    gone: Vec<u64>,
    keys: Option<KeyMap>,
    columns: BTreeMap<Fact, Column>,
    /// Built from friends: what has no column is nobody's.
    whole: bool,
}

impl Population {
    /// The population of these friends: everything that columns can say of them.
    ///
    /// # Errors
    /// When two have one key.
    pub fn of<F: Borrow<Friend>>(friends: impl IntoIterator<Item = F>) -> Result<Self, ColumnError> {
        let mut population = Self { whole: true, keys: Some(KeyMap::default()), ..Self::empty() };
        population.columns = Fact::ALWAYS.map(|fact| (fact.clone(), Column::new(&fact, 0))).into();
        // By the chunk: friends made for this alone need not all be there at once.
        let mut friends = friends.into_iter();
        loop {
            let batch: Vec<F> = friends.by_ref().take(CHUNK_ROWS).collect();
            if batch.is_empty() {
                return Ok(population);
            }
            let before = population.rows as usize;
            population.append_friends(batch).map_err(|error| error.further_on(before))?;
        }
    }

    /// Adds friends at the end. Of a population that was loaded from columns only these are filled,
    /// and the rest of what is known of the friends is not in it.
    ///
    /// # Errors
    /// When a key is taken or the rows run out; nobody was added then.
    pub fn append_friends<F: Borrow<Friend>>(
        &mut self,
        friends: impl IntoIterator<Item = F>,
    ) -> Result<(), ColumnError> {
        let friends: Vec<F> = friends.into_iter().collect();
        let friends: Vec<&Friend> = friends.iter().map(Borrow::borrow).collect();
        self.append_keys(friends.len(), |row| Ok(Packed::new(friends[row].key.as_str())))?;
        let mut rest = friends.as_slice();
        while !rest.is_empty() {
            let room = CHUNK_ROWS - self.rows as usize % CHUNK_ROWS;
            let (batch, later) = rest.split_at(room.min(rest.len()));
            if self.whole {
                let facts: BTreeSet<Fact> = batch.iter().flat_map(|friend| Fact::of(friend)).collect();
                facts.into_iter().for_each(|fact| self.found(fact));
            }
            for (fact, column) in &mut self.columns {
                let cells: Vec<Cell<'_>> = batch.iter().map(|friend| fact.cell(friend)).collect();
                let units = column.units(&cells, self.rows);
                column.extend(&units);
            }
            self.rows += batch.len() as u32;
            rest = later;
        }
        self.cover_removed();
        Ok(())
    }

    /// Takes in what became of one friend. Costs the friend's own cells; now and then a chunk of one
    /// column is packed anew.
    ///
    /// # Errors
    /// When there is no such row, it was removed, or it is another friend's.
    pub fn update(&mut self, row: u32, friend: &Friend) -> Result<(), RowError> {
        self.present(row)?;
        if self.keys.as_ref().is_some_and(|keys| keys.row(friend.key.as_str()) != Some(row)) {
            return Err(RowError::OtherKey { row, key: friend.key.clone() });
        }
        if self.whole {
            Fact::of(friend).for_each(|fact| self.found(fact));
        }
        for (fact, column) in &mut self.columns {
            column.set(row, fact.cell(friend));
        }
        Ok(())
    }

    /// Removes one friend. The key is free for another row then.
    ///
    /// # Errors
    /// When there is no such row, or it was removed before.
    pub fn remove(&mut self, row: u32) -> Result<(), RowError> {
        self.present(row)?;
        self.removed += 1;
        self.cover_removed();
        self.gone[row as usize / 64] |= 1 << (row % 64);
        if let Some(keys) = &mut self.keys {
            keys.release(row);
        }
        // What was known of them goes too: a row that is no longer asked must not be read either.
        for (fact, column) in &mut self.columns {
            column.set(row, fact.nothing());
        }
        Ok(())
    }

    /// How many friends there are, without those removed.
    pub const fn len(&self) -> usize {
        (self.rows - self.removed) as usize
    }

    /// Nobody?
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many rows there are, those removed included: the number of the next one.
    pub const fn rows(&self) -> u32 {
        self.rows
    }

    /// The row of the friend with this key.
    pub fn row(&self, key: &str) -> Option<u32> {
        self.keys.as_ref()?.row(key)
    }

    /// The key of a row; none for one removed, or loaded without keys.
    pub fn key(&self, row: u32) -> Option<FriendKey> {
        self.present(row).ok()?;
        self.keys.as_ref()?.key(row)
    }

    /// All friends: what a complement is taken from.
    pub fn everyone(&self) -> Selection {
        let (mut words, mut mask) = (Vec::with_capacity((self.rows as usize).div_ceil(64)), Vec::new());
        for chunk in 0..self.chunks() {
            self.living(chunk, &mut mask);
            words.extend_from_slice(&mask);
        }
        Selection::from_words(words)
    }

    /// The bytes it takes.
    pub fn memory(&self) -> Memory {
        Memory {
            columns: self.columns.values().map(Column::memory).sum::<usize>() + 8 * self.gone.capacity(),
            keys: self.keys.as_ref().map_or(0, KeyMap::memory),
        }
    }

    /// Nobody, of whom nothing is known.
    pub(super) const fn empty() -> Self {
        Self { rows: 0, removed: 0, gone: Vec::new(), keys: None, columns: BTreeMap::new(), whole: false }
    }

    pub(super) const fn chunks(&self) -> usize {
        (self.rows as usize).div_ceil(CHUNK_ROWS)
    }

    /// Makes of `words` the rows of a chunk that were not removed.
    pub(super) fn living(&self, chunk: usize, words: &mut Vec<u64>) {
        let rows = CHUNK_ROWS.min(self.rows as usize - chunk * CHUNK_ROWS);
        words.clear();
        words.resize(rows.div_ceil(64), !0);
        if !rows.is_multiple_of(64) {
            words[rows / 64] = !(!0 << (rows % 64));
        }
        if self.removed > 0 {
            let gone = &self.gone[chunk * CHUNK_ROWS / 64..];
            words.iter_mut().zip(gone).for_each(|(word, gone)| *word &= !gone);
        }
    }

    pub(super) fn column(&self, fact: &Fact) -> Option<&Column> {
        self.columns.get(fact)
    }

    pub(super) fn facts(&self) -> impl Iterator<Item = &Fact> {
        self.columns.keys()
    }

    pub(super) const fn columns_mut(&mut self) -> &mut BTreeMap<Fact, Column> {
        &mut self.columns
    }

    /// Is everything known of everybody, so that what has no column is nobody's?
    pub(super) const fn is_whole(&self) -> bool {
        self.whole
    }

    /// Has every row a key? Of nobody at all nothing is known yet.
    pub const fn has_keys(&self) -> bool {
        self.keys.is_some()
    }

    /// Counts in rows whose cells were added.
    pub(super) fn grow(&mut self, rows: usize) {
        self.rows += rows as u32;
        self.cover_removed();
    }

    /// Gives keys to the rows to come: to all of them or, after an error, to none.
    pub(super) fn append_keys<'k>(
        &mut self,
        count: usize,
        key: impl Fn(usize) -> Result<Packed<'k>, ColumnFault>,
    ) -> Result<(), ColumnError> {
        let fault = |row, fault| ColumnError::new("keys", row, fault);
        if count > (u32::MAX - self.rows) as usize {
            return Err(fault(None, ColumnFault::TooMany));
        }
        if self.rows > 0 && self.keys.is_none() {
            // The first rows came without, so nobody is to be found by a key.
            return Ok(());
        }
        let mut keys = self.keys.take().unwrap_or_default();
        let appended = keys.append(count, key).map_err(|(row, what)| fault(Some(row), what));
        // The first rows decide whether there are keys at all, if they come.
        self.keys = Some(keys).filter(|_| appended.is_ok() || self.rows > 0 || self.whole);
        appended
    }

    /// A fact first heard of: everybody so far has nothing there.
    fn found(&mut self, fact: Fact) {
        let rows = self.rows as usize;
        self.columns.entry(fact).or_insert_with_key(|fact| Column::new(fact, rows));
    }

    fn present(&self, row: u32) -> Result<(), RowError> {
        if row >= self.rows {
            return Err(RowError::Missing { row, rows: self.rows });
        }
        let gone = self.gone.get(row as usize / 64).is_some_and(|word| word >> (row % 64) & 1 == 1);
        if gone { Err(RowError::Removed { row }) } else { Ok(()) }
    }

    fn cover_removed(&mut self) {
        if self.removed > 0 {
            self.gone.resize((self.rows as usize).div_ceil(64), 0);
        }
    }
}

impl fmt::Debug for Population {
    /// Its shape only: of ten million friends nobody wants the rest.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let facts: Vec<String> = self.columns.keys().map(ToString::to_string).collect();
        f.debug_struct("Population")
            .field("rows", &self.rows)
            .field("removed", &self.removed)
            .field("columns", &facts)
            .finish()
    }
}

/// What a population takes, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Memory {
    /// The columns.
    pub columns: usize,
    /// The keys and the table that finds them.
    pub keys: usize,
}

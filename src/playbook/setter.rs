//! What keeps its usual setting where nothing, or something faulty, is written.

use super::reader::{Place, Reader, Table};

/// Sets what stands under a key, and notes when that is faulty.
pub(super) struct Setter<'s, 'r, 't, 'n> {
    pub(super) reader: &'s mut Reader<'r>,
    pub(super) table: &'t mut Table<'n>,
    pub(super) sound: &'s mut bool,
}

impl<'r, 'n> Setter<'_, 'r, '_, 'n> {
    pub(super) fn key<T>(
        &mut self,
        key: &'static str,
        slot: &mut T,
        read: impl FnOnce(&mut Reader<'r>, &Place<'n>) -> Option<T>,
    ) {
        let Some(place) = self.reader.take(self.table, key) else { return };
        match read(self.reader, &place) {
            Some(value) => *slot = value,
            None => *self.sound = false,
        }
    }
}

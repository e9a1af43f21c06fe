//! The host's keys and the rows they lead to.

use crate::model::{FriendKey, LineUserId, stable_hash};

use super::fault::ColumnFault;
use super::table::Table;

/// A key for every row: a LINE user id takes sixteen bytes, any other its text.
#[derive(Clone, Debug, Default)]
pub(super) struct KeyMap {
    rows: Table,
    forms: Vec<Form>,
    /// The sixteen bytes of a LINE user id, or where a text lies.
    slots: Vec<[u8; 16]>,
    texts: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// `U` and 32 hexadecimal digits.
    Line,
    /// The same after `line:`.
    PrefixedLine,
    /// Anything else.
    Text,
}

const PREFIX: &str = "line:";

/// A key in the form in which it is kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packed<'a> {
    /// A LINE user id, after `line:` or bare.
    Line(bool, [u8; 16]),
    Text(&'a str),
}

impl<'a> Packed<'a> {
    pub(crate) fn new(key: &'a str) -> Self {
        let (prefixed, bare) = key.strip_prefix(PREFIX).map_or((false, key), |bare| (true, bare));
        match bare.parse::<LineUserId>() {
            Ok(user) => Self::Line(prefixed, *user.as_bytes()),
            Err(_) => Self::Text(key),
        }
    }

    pub(crate) fn hash(self) -> u64 {
        match self {
            Self::Line(_, user) => stable_hash(&user),
            Self::Text(text) => stable_hash(text.as_bytes()),
        }
    }

    /// The key itself; none when the text is not one.
    pub(crate) fn unpacked(self) -> Option<FriendKey> {
        let (prefixed, user) = match self {
            Self::Text(text) => return FriendKey::new(text).ok(),
            Self::Line(prefixed, user) => (prefixed, user),
        };
        let mut text = *b"line:U00000000000000000000000000000000";
        text[PREFIX.len()..].copy_from_slice(&LineUserId::from_bytes(user).digits());
        let from = if prefixed { 0 } else { PREFIX.len() };
        core::str::from_utf8(&text[from..]).ok().and_then(|text| FriendKey::new(text).ok())
    }
}

impl KeyMap {
    /// The row a key leads to.
    pub(super) fn row(&self, key: &str) -> Option<u32> {
        self.find(Packed::new(key))
    }

    /// The key of a row, also of one that was removed.
    pub(super) fn key(&self, row: u32) -> Option<FriendKey> {
        self.forms.get(row as usize)?;
        packed(&self.forms, &self.slots, &self.texts, row).unpacked()
    }

    /// Gives the next rows their keys: all of them or, after an error, none.
    ///
    /// # Errors
    /// Of the first key that is none, or that has been given before: its place, and what is wrong.
    pub(super) fn append<'k>(
        &mut self,
        count: usize,
        key: impl Fn(usize) -> Result<Packed<'k>, ColumnFault>,
    ) -> Result<(), (usize, ColumnFault)> {
        let first = self.forms.len() as u32;
        self.forms.reserve(count);
        self.slots.reserve(count);
        for place in 0..count {
            match key(place) {
                Ok(key) => self.push(key),
                Err(fault) => {
                    self.truncate(first);
                    return Err((place, fault));
                }
            }
        }
        let Self { rows, forms, slots, texts } = self;
        let packed = |row| packed(forms, slots, texts, row);
        let twins =
            rows.insert_all(first..first + count as u32, |row| packed(row).hash(), |a, b| packed(a) == packed(b));
        let Some((row, twin)) = twins else { return Ok(()) };
        (first..first + count as u32).for_each(|row| self.release(row));
        self.truncate(first);
        Err(((row - first) as usize, ColumnFault::KeyTaken(twin)))
    }

    fn push(&mut self, key: Packed<'_>) {
        let (form, slot) = match key {
            Packed::Line(prefixed, user) => (if prefixed { Form::PrefixedLine } else { Form::Line }, user),
            Packed::Text(text) => {
                let start = self.texts.len() as u64;
                self.texts.push_str(text);
                (Form::Text, (u128::from(start) << 64 | text.len() as u128).to_le_bytes())
            }
        };
        self.forms.push(form);
        self.slots.push(slot);
    }

    /// Forgets the last rows, whose keys nobody has seen.
    fn truncate(&mut self, rows: u32) {
        for row in (rows..self.forms.len() as u32).rev() {
            if let Packed::Text(text) = packed(&self.forms, &self.slots, &self.texts, row) {
                let rest = self.texts.len() - text.len();
                self.texts.truncate(rest);
            }
            self.forms.pop();
            self.slots.pop();
        }
    }

    /// Lets go of a row's key, so that it can be another's. The row still says what its key was.
    pub(super) fn release(&mut self, row: u32) {
        let Self { rows, forms, slots, texts } = self;
        let hash_of = |row: u32| packed(forms, slots, texts, row).hash();
        rows.remove(hash_of(row), |entry| entry == row, hash_of);
    }

    /// Bytes taken.
    pub(super) fn memory(&self) -> usize {
        self.rows.memory() + self.forms.capacity() + 16 * self.slots.capacity() + self.texts.capacity()
    }

    fn find(&self, key: Packed<'_>) -> Option<u32> {
        self.rows.find(key.hash(), |row| packed(&self.forms, &self.slots, &self.texts, row) == key)
    }
}

fn packed<'a>(forms: &[Form], slots: &[[u8; 16]], texts: &'a str, row: u32) -> Packed<'a> {
    let slot = slots[row as usize];
    match forms[row as usize] {
        Form::Line => Packed::Line(false, slot),
        Form::PrefixedLine => Packed::Line(true, slot),
        Form::Text => {
            let place = u128::from_le_bytes(slot);
            let (start, length) = ((place >> 64) as usize, place as u64 as usize);
            Packed::Text(&texts[start..start + length])
        }
    }
}

/// The bytes of a LINE user id.
#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "U4af4980629f0d1b6a8f1a2b3c4d5e6f7";

    #[test]
    fn keys_that_look_alike_are_apart() {
        let prefixed = format!("line:{LINE}");
        let upper = LINE.replace("af", "AF");
        let keys = [LINE, &prefixed, &upper, &LINE[..32], "eccube:customer:7", "花子"];
        let mut map = KeyMap::default();
        let append = |map: &mut KeyMap, keys: &[&str]| map.append(keys.len(), |place| Ok(Packed::new(keys[place])));
        append(&mut map, &keys).unwrap();
        for (row, key) in (0..).zip(keys) {
            assert_eq!(map.row(key), Some(row));
            assert_eq!(map.key(row).unwrap().as_str(), key);
            assert_eq!(append(&mut map, &["new", key, LINE]), Err((1, ColumnFault::KeyTaken(row))));
        }
        assert_eq!(append(&mut map, &["a", "b", "a"]), Err((2, ColumnFault::KeyTaken(6))));
        assert_eq!((map.row("new"), map.row("a"), map.key(6)), (None, None, None));
        assert!(map.texts.len() < 100, "LINE user ids are not kept as text");
        map.release(4);
        assert_eq!((map.row("eccube:customer:7"), append(&mut map, &["eccube:customer:7"])), (None, Ok(())));
        assert_eq!((map.row("eccube:customer:7"), map.row("花子"), map.row(LINE)), (Some(6), Some(5), Some(0)));
    }
}

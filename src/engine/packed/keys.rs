//! The keys that lead to a friend, first of all that is packed.

use crate::model::{Friend, FriendKey};
use crate::population::PackedKey;

use super::Damage;
use super::bytes::{Reader, Writer, blank};

/// Forms of a key, in two bits.
const TEXT: u64 = 0;
const LINE: u64 = 1;
const PREFIXED_LINE: u64 = 2;

/// How many other keys there are shares its number with the form of the first.
pub(super) fn write(friend: &Friend, writer: &mut Writer<'_>) {
    write_key(&friend.key, friend.also.len() as u64, writer);
    friend.also.iter().for_each(|key| write_key(key, 0, writer));
}

fn write_key(key: &FriendKey, others: u64, writer: &mut Writer<'_>) {
    match PackedKey::new(key.as_str()) {
        PackedKey::Text(text) => {
            writer.number(others << 2 | TEXT);
            writer.text(text);
        }
        PackedKey::Line(prefixed, user) => {
            writer.number(others << 2 | if prefixed { PREFIXED_LINE } else { LINE });
            writer.bytes(&user);
        }
    }
}

pub(super) fn read(friend: &mut Friend, reader: &mut Reader<'_>) -> Result<(), Damage> {
    let (others, key) = read_key(reader)?;
    key_into(key, &mut friend.key)?;
    friend.also.truncate(others as usize);
    for place in 0..others as usize {
        let (0, key) = read_key(reader)? else { return Err(Damage) };
        if place == friend.also.len() {
            friend.also.push(blank());
        }
        key_into(key, &mut friend.also[place])?;
    }
    Ok(())
}

fn read_key<'a>(reader: &mut Reader<'a>) -> Result<(u64, PackedKey<'a>), Damage> {
    let told = reader.number()?;
    let key = match told & 3 {
        TEXT => PackedKey::Text(reader.text()?),
        LINE => PackedKey::Line(false, reader.sixteen()?),
        PREFIXED_LINE => PackedKey::Line(true, reader.sixteen()?),
        _ => return Err(Damage),
    };
    Ok((told >> 2, key))
}

/// Writes a key over another, which it mostly is already: that of the event that came.
fn key_into(key: PackedKey<'_>, into: &mut FriendKey) -> Result<(), Damage> {
    if PackedKey::new(into.as_str()) != key {
        *into = key.unpacked().ok_or(Damage)?;
    }
    // A text that a LINE user id could be would be another friend's key.
    match key {
        PackedKey::Text(text) if PackedKey::new(text) != key => Err(Damage),
        _ => Ok(()),
    }
}

/// Does the key lead to the friend of these bytes?
pub(in crate::engine) fn is_of(key: PackedKey<'_>, bytes: &[u8]) -> bool {
    let reader = &mut Reader::new(bytes, &[]);
    let Ok((others, first)) = read_key(reader) else { return false };
    first == key || (0..others).map_while(|_| read_key(reader).ok()).any(|(_, other)| other == key)
}

/// How many keys lead to the friend of these bytes.
pub(in crate::engine) fn key_count(bytes: &[u8]) -> usize {
    read_key(&mut Reader::new(bytes, &[])).map_or(0, |(others, _)| 1 + others as usize)
}

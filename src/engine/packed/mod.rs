//! A friend at rest: one string of bytes.
//!
//! A [`Friend`] is made to be stepped, and takes some two kilobytes in a dozen pieces. Between two steps it lies
//! here in some hundreds of bytes and one piece: names are [numbers](Names), times say how much later they are
//! than the time before, what is not there takes no room. The keys stand first, so that a friend is known by its
//! keys without being unpacked.
//!
//! Unpacking writes over the friend unpacked before: where that had the same names and lists as long, nothing is
//! allocated. Packing and unpacking take the same path through the fields, one file for each kind of them.

mod bytes;
mod contact;
mod history;
mod journeys;
mod keys;
mod names;
mod orders;
mod profile;

use crate::model::{Friend, FriendId, Timestamp, Watch};

use bytes::{Reader, Writer};

pub(super) use keys::{is_of, key_count};
pub(super) use names::Names;

/// The bytes are not those of a friend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Damage;

/// Adds the bytes of a friend, all but the number.
pub(super) fn pack(friend: &Friend, names: &mut Names, out: &mut Vec<u8>) {
    let writer = &mut Writer::new(out, names);
    keys::write(friend, writer);
    let parts = Parts::of(friend);
    writer.number(u64::from(parts.0));
    parts.has(Parts::KNOWN_SINCE).then_some(friend.known_since).flatten().into_iter().for_each(|at| writer.time(at));
    parts.has(Parts::LOOKED_AT).then_some(friend.looked_at).flatten().into_iter().for_each(|at| writer.time(at));
    if let Some(Watch { by, until }) = friend.watch {
        writer.number(by);
        writer.flag(until.is_some());
        until.into_iter().for_each(|at| writer.time(at));
    }
    if parts.has(Parts::CONTACT) {
        contact::write(friend, writer);
    }
    if parts.has(Parts::PROFILE) {
        profile::write(friend, writer);
    }
    if parts.has(Parts::ORDERS) {
        orders::write(friend, writer);
    }
    if parts.has(Parts::HISTORY) {
        history::write(&friend.history, writer);
    }
    if parts.has(Parts::SENT) {
        history::write_sent(&friend.sent, writer);
    }
    if parts.has(Parts::JOURNEYS) {
        journeys::write(friend, writer);
    }
}

/// Makes `friend` the friend of these bytes, whoever it was before. After an error it is nobody in particular.
pub(super) fn unpack(bytes: &[u8], id: FriendId, names: &Names, friend: &mut Friend) -> Result<(), Damage> {
    let reader = &mut Reader::new(bytes, names.all());
    friend.id = id;
    keys::read(friend, reader)?;
    let parts = Parts(reader.small()?);
    if parts.0 > Parts::ALL {
        return Err(Damage);
    }
    let time = |there: u32, reader: &mut Reader<'_>| -> Result<Option<Timestamp>, Damage> {
        parts.has(there).then(|| reader.time()).transpose()
    };
    friend.known_since = time(Parts::KNOWN_SINCE, reader)?;
    friend.looked_at = time(Parts::LOOKED_AT, reader)?;
    friend.watch = match parts.has(Parts::WATCH) {
        true => {
            let by = reader.number()?;
            let until = if reader.flag()? { Some(reader.time()?) } else { None };
            Some(Watch { by, until })
        }
        false => None,
    };
    match parts.has(Parts::CONTACT) {
        true => contact::read(friend, reader)?,
        false => contact::clear(friend),
    }
    match parts.has(Parts::PROFILE) {
        true => profile::read(friend, reader)?,
        false => profile::clear(friend),
    }
    match parts.has(Parts::ORDERS) {
        true => orders::read(friend, reader)?,
        false => orders::clear(friend),
    }
    match parts.has(Parts::HISTORY) {
        true => history::read(&mut friend.history, reader)?,
        false => friend.history.0.clear(),
    }
    match parts.has(Parts::SENT) {
        true => history::read_sent(&mut friend.sent, reader)?,
        false => friend.sent.clear(),
    }
    match parts.has(Parts::JOURNEYS) {
        true => journeys::read(friend, reader)?,
        false => journeys::clear(friend),
    }
    reader.end()
}

/// Are the lists in order of which all others rely on it? Bytes that were packed here need not be asked.
pub(super) fn is_in_order(friend: &Friend) -> bool {
    profile::is_in_order(friend)
        && friend.orders.is_sorted()
        && history::is_in_order(&friend.history)
        && journeys::is_in_order(friend)
}

/// Which parts follow.
#[derive(Clone, Copy)]
struct Parts(u32);

impl Parts {
    const KNOWN_SINCE: u32 = 1;
    const CONTACT: u32 = 1 << 1;
    const ORDERS: u32 = 1 << 2;
    const SENT: u32 = 1 << 3;
    const JOURNEYS: u32 = 1 << 4;
    const HISTORY: u32 = 1 << 5;
    const PROFILE: u32 = 1 << 6;
    const LOOKED_AT: u32 = 1 << 7;
    const WATCH: u32 = 1 << 8;
    const ALL: u32 = (1 << 9) - 1;

    fn of(friend: &Friend) -> Self {
        let there = |part: u32, there: bool| if there { part } else { 0 };
        Self(
            there(Self::KNOWN_SINCE, friend.known_since.is_some())
                | there(Self::CONTACT, !contact::is_clear(friend))
                | there(Self::ORDERS, !orders::is_clear(friend))
                | there(Self::SENT, !friend.sent.is_empty())
                | there(Self::JOURNEYS, !journeys::is_clear(friend))
                | there(Self::HISTORY, !friend.history.0.is_empty())
                | there(Self::PROFILE, !profile::is_clear(friend))
                | there(Self::LOOKED_AT, friend.looked_at.is_some())
                | there(Self::WATCH, friend.watch.is_some()),
        )
    }

    const fn has(self, part: u32) -> bool {
        self.0 & part != 0
    }
}

#[cfg(test)]
mod tests;

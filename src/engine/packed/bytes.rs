//! Numbers, times, texts and names as bytes.

use crate::model::{Money, Name, NameError, Named, Timestamp};

use super::Damage;
use super::names::Names;

/// Writes one record.
pub(super) struct Writer<'a> {
    out: &'a mut Vec<u8>,
    names: &'a mut Names,
    /// The time written last: the next is written as how much later it is.
    last: i64,
}

/// 2024-01-01T00:00Z: near to the first time of most records.
const ORIGIN: i64 = 1_704_067_200_000;
const MINUTE: i64 = 60_000;

impl<'a> Writer<'a> {
    pub(super) fn new(out: &'a mut Vec<u8>, names: &'a mut Names) -> Self {
        Self { out, names, last: ORIGIN }
    }

    pub(super) fn byte(&mut self, byte: u8) {
        self.out.push(byte);
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// Seven bits a byte, the lowest first; the highest bit says that more follows.
    pub(super) fn number(&mut self, number: u64) {
        // Most are small.
        match number {
            0..0x80 => self.out.push(number as u8),
            0x80..0x4000 => self.out.extend_from_slice(&[number as u8 | 0x80, (number >> 7) as u8]),
            _ => self.long_number(number),
        }
    }

    fn long_number(&mut self, mut number: u64) {
        let mut bytes = [0; 10];
        let mut count = 0;
        while number >= 0x80 {
            bytes[count] = number as u8 | 0x80;
            number >>= 7;
            count += 1;
        }
        bytes[count] = number as u8;
        self.out.extend_from_slice(&bytes[..=count]);
    }

    /// Small whether a little above zero or below it.
    pub(super) fn signed(&mut self, number: i64) {
        self.number(folded(number));
    }

    pub(super) fn count(&mut self, count: usize) {
        self.number(count as u64);
    }

    pub(super) fn flag(&mut self, flag: bool) {
        self.out.push(u8::from(flag));
    }

    pub(super) fn money(&mut self, money: Money) {
        self.signed(money.minor());
    }

    /// In minutes after the time before, where it comes to whole ones.
    pub(super) fn time(&mut self, at: Timestamp) {
        let later = at.millis() - self.last;
        self.last = at.millis();
        if later % MINUTE == 0 {
            self.number(folded(later / MINUTE) << 1);
        } else {
            self.number(folded(later) << 1 | 1);
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        self.count(text.len());
        self.bytes(text.as_bytes());
    }

    pub(super) fn text_if_any(&mut self, text: Option<&str>) {
        match text {
            None => self.number(0),
            Some(text) => {
                self.count(text.len() + 1);
                self.bytes(text.as_bytes());
            }
        }
    }

    /// A name of the playbook's, as its number.
    pub(super) fn name(&mut self, name: &impl Named) {
        let number = self.names.number(name);
        self.number(u64::from(number));
    }

    /// A name and one bit beside it.
    pub(super) fn name_with(&mut self, name: &impl Named, flag: bool) {
        let number = self.names.number(name);
        self.number(u64::from(number) << 1 | u64::from(flag));
    }
}

/// Reads one record. Whatever the bytes are, it takes no more time and memory than there are bytes.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    names: &'a [Name],
    last: i64,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8], names: &'a [Name]) -> Self {
        Self { rest: bytes, names, last: ORIGIN }
    }

    /// Nothing may be left over.
    pub(super) const fn end(&self) -> Result<(), Damage> {
        if self.rest.is_empty() { Ok(()) } else { Err(Damage) }
    }

    pub(super) fn byte(&mut self) -> Result<u8, Damage> {
        let (first, rest) = self.rest.split_first().ok_or(Damage)?;
        self.rest = rest;
        Ok(*first)
    }

    pub(super) fn bytes(&mut self, count: usize) -> Result<&'a [u8], Damage> {
        let (bytes, rest) = self.rest.split_at_checked(count).ok_or(Damage)?;
        self.rest = rest;
        Ok(bytes)
    }

    pub(super) fn sixteen(&mut self) -> Result<[u8; 16], Damage> {
        let (bytes, rest) = self.rest.split_first_chunk().ok_or(Damage)?;
        self.rest = rest;
        Ok(*bytes)
    }

    pub(super) fn number(&mut self) -> Result<u64, Damage> {
        match *self.rest {
            [first, ref rest @ ..] if first < 0x80 => {
                self.rest = rest;
                Ok(u64::from(first))
            }
            [first, second, ref rest @ ..] if 0 < second && second < 0x80 => {
                self.rest = rest;
                Ok(u64::from(first & 0x7f) | u64::from(second) << 7)
            }
            _ => self.long_number(),
        }
    }

    fn long_number(&mut self) -> Result<u64, Damage> {
        let first = self.byte()?;
        let mut number = u64::from(first & 0x7f);
        for shift in (7..64).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7f);
            if part << shift >> shift != part {
                return Err(Damage);
            }
            number |= part << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Damage)
    }

    pub(super) fn small(&mut self) -> Result<u32, Damage> {
        u32::try_from(self.number()?).map_err(|_| Damage)
    }

    pub(super) fn signed(&mut self) -> Result<i64, Damage> {
        self.number().map(unfolded)
    }

    /// How many things follow: each takes a byte at least.
    pub(super) fn count(&mut self) -> Result<usize, Damage> {
        usize::try_from(self.number()?).ok().filter(|count| *count <= self.rest.len()).ok_or(Damage)
    }

    pub(super) fn flag(&mut self) -> Result<bool, Damage> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Damage),
        }
    }

    pub(super) fn money(&mut self) -> Result<Money, Damage> {
        self.signed().map(Money::from_minor)
    }

    pub(super) fn time(&mut self) -> Result<Timestamp, Damage> {
        let told = self.number()?;
        let unit = if told & 1 == 0 { MINUTE } else { 1 };
        let later = unfolded(told >> 1).checked_mul(unit).ok_or(Damage)?;
        let millis = self.last.checked_add(later).ok_or(Damage)?;
        self.last = millis;
        Timestamp::from_millis(millis).map_err(|_| Damage)
    }

    pub(super) fn text(&mut self) -> Result<&'a str, Damage> {
        let length = self.count()?;
        core::str::from_utf8(self.bytes(length)?).map_err(|_| Damage)
    }

    /// A text into the memory of one that may be the same.
    pub(super) fn text_into(&mut self, into: &mut Box<str>) -> Result<(), Damage> {
        let length = self.count()?;
        write_over(into, self.bytes(length)?)
    }

    pub(super) fn text_if_any(&mut self, into: &mut Option<Box<str>>) -> Result<(), Damage> {
        let length = self.number()?;
        let Some(length) = length.checked_sub(1) else {
            *into = None;
            return Ok(());
        };
        let length = usize::try_from(length).map_err(|_| Damage)?;
        write_over(into.get_or_insert_default(), self.bytes(length)?)
    }

    /// What friends and carts name: an order, an event.
    pub(super) fn id<I: Named + core::str::FromStr<Err = NameError>>(&mut self, into: &mut I) -> Result<(), Damage> {
        let length = self.count()?;
        let bytes = self.bytes(length)?;
        if into.as_name().as_str().as_bytes() != bytes {
            *into = core::str::from_utf8(bytes).ok().and_then(|text| text.parse().ok()).ok_or(Damage)?;
        }
        Ok(())
    }

    pub(super) fn name<N: Named>(&mut self) -> Result<N, Damage> {
        let number = self.number()?;
        self.known(number).map(|name| N::of_name(name.clone()))
    }

    /// A name into the place of one that is mostly the same: then nothing is counted up and down.
    pub(super) fn name_into<N: Named>(&mut self, into: &mut N) -> Result<(), Damage> {
        let number = self.number()?;
        self.put_name(number, into)
    }

    /// As [`name_into`](Self::name_into), with the bit beside it.
    pub(super) fn name_with<N: Named>(&mut self, into: &mut N) -> Result<bool, Damage> {
        let told = self.number()?;
        self.put_name(told >> 1, into)?;
        Ok(told & 1 == 1)
    }

    fn put_name<N: Named>(&self, number: u64, into: &mut N) -> Result<(), Damage> {
        let name = self.known(number)?;
        if !into.as_name().is(name) {
            *into = N::of_name(name.clone());
        }
        Ok(())
    }

    fn known(&self, number: u64) -> Result<&'a Name, Damage> {
        usize::try_from(number).ok().and_then(|number| self.names.get(number)).ok_or(Damage)
    }

    /// As many things as are told, written over those that are there.
    pub(super) fn list<T>(
        &mut self,
        into: &mut Vec<T>,
        blank: impl Fn() -> T,
        mut read: impl FnMut(&mut Self, &mut T) -> Result<(), Damage>,
    ) -> Result<(), Damage> {
        let count = self.count()?;
        into.truncate(count);
        for place in 0..count {
            if place == into.len() {
                into.push(blank());
            }
            read(self, &mut into[place])?;
        }
        Ok(())
    }
}

/// Makes a text of bytes. What was there before knows that it is one, and has room for one as long.
fn write_over(into: &mut Box<str>, bytes: &[u8]) -> Result<(), Damage> {
    if into.as_bytes() == bytes {
        return Ok(());
    }
    let text = core::str::from_utf8(bytes).map_err(|_| Damage)?;
    if into.len() == text.len() {
        let mut room = core::mem::take(into).into_string();
        room.clear();
        room.push_str(text);
        *into = room.into();
    } else {
        *into = text.into();
    }
    Ok(())
}

/// A name about to be written over.
pub(super) fn blank<N: Named>() -> N {
    N::of_name(Name::blank())
}

/// 0, -1, 1, -2, 2 … as 0, 1, 2, 3, 4 …
const fn folded(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

const fn unfolded(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

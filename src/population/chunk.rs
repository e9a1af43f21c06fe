//! 64 Ki values of one column, in the fewest bits that hold them.

use super::lanes::{self, Literal};

/// Rows in a full chunk.
pub(super) const CHUNK_ROWS: usize = 1 << 16;

/// Stands for "not known" where values are laid out as plain numbers. No value is so low.
pub(super) const UNKNOWN: i64 = i64::MIN;

/// Up to [`CHUNK_ROWS`] whole numbers, some of them unknown.
///
/// A value is `(floor + code) * step`; the code of all ones stands for unknown if anything is
/// unknown, so a comparison needs no look at a second bitmap.
#[derive(Clone, Debug)]
pub(super) struct Chunk {
    rows: usize,
    floor: i64,
    step: i64,
    /// No known value, in steps, is lower. After a change it may be lower than the lowest.
    least: i64,
    /// No known value, in steps, is higher.
    most: i64,
    unknown: usize,
    codes: Codes,
}

#[derive(Clone, Debug)]
enum Codes {
    /// Bit `k` of every code in plane `k`; without any plane all codes are 0.
    Planes(Vec<Vec<u64>>),
    /// The few rows of code 1, ascending; all others have 0.
    Few(Vec<u16>),
    /// Padded to a multiple of 64, as all that follow.
    U8(Vec<u8>),
    U16(Vec<u16>),
    U32(Vec<u32>),
    U64(Vec<u64>),
}

/// What a range comes to in one chunk.
pub(super) enum Verdict {
    /// No row lies in it; nothing has to be read.
    Nobody,
    /// Every row does.
    Everybody,
    /// These codes do.
    Codes {
        /// The lowest.
        least: u64,
        /// The highest.
        most: u64,
    },
}

impl Chunk {
    /// Packs values as tightly as they go; with `room`, so that more of the like will fit.
    ///
    /// `instants` are milliseconds of which many are whole seconds.
    pub(super) fn pack(values: &[i64], instants: bool, room: bool) -> Self {
        let seconds = instants && values.iter().all(|value| *value == UNKNOWN || value % 1000 == 0);
        if !seconds {
            return Self::pack_steps(values, 1, room);
        }
        let steps: Vec<i64> =
            values.iter().map(|value| if *value == UNKNOWN { UNKNOWN } else { value / 1000 }).collect();
        Self::pack_steps(&steps, 1000, room)
    }

    fn pack_steps(values: &[i64], step: i64, room: bool) -> Self {
        let least =
            values.iter().fold(i64::MAX, |least, value| if *value == UNKNOWN { least } else { least.min(*value) });
        let most = values.iter().fold(i64::MIN, |most, value| most.max(*value));
        let unknown = values.iter().map(|value| usize::from(*value == UNKNOWN)).sum();
        let (least, most) = if unknown == values.len() { (0, 0) } else { (least, most) };
        let reserved = u64::from(unknown > 0 && unknown < values.len());
        let bits = bits_of(least.abs_diff(most).saturating_add(reserved));
        let spare = ones(bits) - least.abs_diff(most) - reserved;
        let floor = if least >= 0 && bits_of(most.unsigned_abs() + reserved) <= bits {
            0
        } else if room {
            least.saturating_sub((spare / 2) as i64)
        } else {
            least
        };
        let mut chunk =
            Self { rows: values.len(), floor, step, least, most, unknown, codes: Codes::Planes(Vec::new()) };
        chunk.codes = match bits {
            1 if unknown == 0 => bitmap(planes(values, floor, 1).remove(0)),
            0..=4 => Codes::Planes(planes(values, floor, bits)),
            8 => Codes::U8(padded(values, |value| value.wrapping_sub(floor) as u8, u8::MAX)),
            16 => Codes::U16(padded(values, |value| value.wrapping_sub(floor) as u16, u16::MAX)),
            32 => Codes::U32(padded(values, |value| value.wrapping_sub(floor) as u32, u32::MAX)),
            _ => Codes::U64(padded(values, |value| value.wrapping_sub(floor) as u64, u64::MAX)),
        };
        chunk
    }

    /// Packs bits, one a row; those past the last row are zero.
    pub(super) fn of_bits(words: &[u64], rows: usize) -> Self {
        let set = lanes::count_ones(words);
        let (least, most) = (i64::from(set == rows && rows > 0), i64::from(set > 0));
        let codes = if least == most { Codes::Planes(Vec::new()) } else { bitmap(words.to_vec()) };
        // A chunk that says yes throughout has the code 0 for it.
        Self { rows, floor: least, step: 1, least, most, unknown: 0, codes }
    }

    pub(super) const fn rows(&self) -> usize {
        self.rows
    }

    /// The highest value that may be in it; nothing when nothing is known.
    pub(super) fn most(&self) -> Option<i64> {
        (self.unknown < self.rows).then(|| self.most.saturating_mul(self.step))
    }

    /// The lowest value that may be in it.
    pub(super) fn least(&self) -> Option<i64> {
        (self.unknown < self.rows).then(|| self.least.saturating_mul(self.step))
    }

    pub(super) fn get(&self, row: usize) -> i64 {
        let code = match &self.codes {
            Codes::Planes(planes) => {
                planes.iter().enumerate().fold(0, |code, (k, plane)| code | (plane[row / 64] >> (row % 64) & 1) << k)
            }
            Codes::Few(rows) => rows.binary_search(&(row as u16)).is_ok().into(),
            Codes::U8(codes) => u64::from(codes[row]),
            Codes::U16(codes) => u64::from(codes[row]),
            Codes::U32(codes) => u64::from(codes[row]),
            Codes::U64(codes) => codes[row],
        };
        if self.unknown > 0 && code == self.all_ones() {
            return UNKNOWN;
        }
        self.floor.wrapping_add(code as i64).wrapping_mul(self.step)
    }

    /// Replaces one value, in place where it fits.
    pub(super) fn set(&mut self, row: usize, value: i64, instants: bool) {
        let was = self.get(row);
        if was == value {
            return;
        }
        let Some(code) = self.code_of(value) else {
            let mut values = self.values();
            values[row] = value;
            *self = Self::pack(&values, instants, true);
            return;
        };
        self.unknown -= usize::from(was == UNKNOWN);
        self.admit(value);
        self.put(row, code);
    }

    /// Adds values at the end, in place where they fit. There is room for them.
    pub(super) fn extend(&mut self, values: &[i64], instants: bool) {
        let fits = self.rows > 0 && values.iter().all(|value| self.code_of(*value).is_some());
        // An unknown among them needs the code that a value among them might take, so ask again as they come.
        let mut added = 0;
        while fits && added < values.len() {
            let Some(code) = self.code_of(values[added]) else { break };
            let row = self.rows;
            self.rows += 1;
            self.grow();
            self.admit(values[added]);
            self.put(row, code);
            added += 1;
        }
        if added < values.len() {
            let mut all = self.values();
            all.extend_from_slice(&values[added..]);
            *self = Self::pack(&all, instants, all.len() < CHUNK_ROWS && self.rows > 0);
        }
    }

    /// All values, unpacked.
    pub(super) fn values(&self) -> Vec<i64> {
        (0..self.rows).map(|row| self.get(row)).collect()
    }

    /// Which codes stand for values of `from..=to`.
    pub(super) fn verdict(&self, from: i64, to: i64) -> Verdict {
        // Steps that lie wholly inside.
        let (from, to) =
            (from.div_euclid(self.step) + i64::from(from.rem_euclid(self.step) > 0), to.div_euclid(self.step));
        if self.unknown == self.rows || from > to || to < self.least || from > self.most {
            return Verdict::Nobody;
        }
        if from <= self.least && to >= self.most && self.unknown == 0 {
            return Verdict::Everybody;
        }
        let code = |value: i64| value.wrapping_sub(self.floor) as u64;
        Verdict::Codes { least: code(from.max(self.least)), most: code(to.min(self.most)) }
    }

    /// Clears the bits of rows whose code is another. The mask begins at word `first` of the chunk.
    pub(super) fn keep(&self, least: u64, most: u64, first: usize, mask: &mut [u64]) {
        let (rows, span) = (first * 64..(first + mask.len()) * 64, most - least);
        match &self.codes {
            Codes::Planes(planes) => lanes::keep_planes(planes, first, least, most, mask),
            Codes::Few(few) => keep_few(few, (least..=most).contains(&1), rows.start, mask),
            Codes::U8(codes) => lanes::keep_within(&codes[rows], least as u8, span as u8, mask),
            Codes::U16(codes) => lanes::keep_within(&codes[rows], least as u16, span as u16, mask),
            Codes::U32(codes) => lanes::keep_within(&codes[rows], least as u32, span as u32, mask),
            Codes::U64(codes) => lanes::keep_within(&codes[rows], least, span, mask),
        }
    }

    /// Bitmaps that say together that a row has this code, if the chunk is kept as such.
    pub(super) fn literals(&self, code: u64) -> Option<Vec<Literal<'_>>> {
        let Codes::Planes(planes) = &self.codes else { return None };
        let flip = |k: usize| if code >> k & 1 == 1 { 0 } else { !0 };
        Some(planes.iter().enumerate().map(|(k, plane)| Literal { plane, flip: flip(k) }).collect())
    }

    /// The other codes, if they are one range too and stand for all other rows.
    pub(super) const fn others(&self, least: u64, most: u64) -> Option<(u64, u64)> {
        match &self.codes {
            Codes::Few(_) if least == most => Some((1 - least, 1 - least)),
            _ => None,
        }
    }

    /// Bits of a code.
    pub(super) fn width(&self) -> usize {
        match &self.codes {
            Codes::Planes(planes) => planes.len(),
            Codes::Few(_) => 1,
            Codes::U8(_) => 8,
            Codes::U16(_) => 16,
            Codes::U32(_) => 32,
            Codes::U64(_) => 64,
        }
    }

    /// Bytes taken.
    pub(super) fn memory(&self) -> usize {
        let codes = match &self.codes {
            Codes::Planes(planes) => planes.iter().map(|plane| 8 * plane.capacity() + size_of::<Vec<u64>>()).sum(),
            Codes::Few(rows) => 2 * rows.capacity(),
            Codes::U8(codes) => codes.capacity(),
            Codes::U16(codes) => 2 * codes.capacity(),
            Codes::U32(codes) => 4 * codes.capacity(),
            Codes::U64(codes) => 8 * codes.capacity(),
        };
        size_of::<Self>() + codes
    }

    /// The code of a value, if the chunk has one to give as it is packed now.
    fn code_of(&self, value: i64) -> Option<u64> {
        let all_ones = self.all_ones();
        if value == UNKNOWN {
            let taken = self.unknown < self.rows && self.most.wrapping_sub(self.floor) as u64 >= all_ones;
            return (self.unknown > 0 || !taken && all_ones > 0).then_some(all_ones);
        }
        let steps = value / self.step;
        let code = i128::from(steps) - i128::from(self.floor);
        let highest = i128::from(all_ones) - i128::from(self.unknown > 0);
        (value % self.step == 0 && (0..=highest).contains(&code)).then_some(code as u64)
    }

    /// Widens the bounds.
    fn admit(&mut self, value: i64) {
        if value == UNKNOWN {
            self.unknown += 1;
        } else {
            let steps = value / self.step;
            (self.least, self.most) = (self.least.min(steps), self.most.max(steps));
        }
    }

    fn put(&mut self, row: usize, code: u64) {
        match &mut self.codes {
            Codes::Planes(planes) => {
                for (k, plane) in planes.iter_mut().enumerate() {
                    let bit = 1 << (row % 64);
                    plane[row / 64] = if code >> k & 1 == 1 { plane[row / 64] | bit } else { plane[row / 64] & !bit };
                }
            }
            Codes::Few(few) => {
                match (few.binary_search(&(row as u16)), code) {
                    (Err(place), 1) => few.insert(place, row as u16),
                    (Ok(place), 0) => drop(few.remove(place)),
                    _ => {}
                }
                if few.len() > FEW {
                    let mut plane = vec![0; self.rows.div_ceil(64)];
                    few.iter().for_each(|row| plane[usize::from(*row) / 64] |= 1 << (row % 64));
                    self.codes = Codes::Planes(vec![plane]);
                }
            }
            Codes::U8(codes) => codes[row] = code as u8,
            Codes::U16(codes) => codes[row] = code as u16,
            Codes::U32(codes) => codes[row] = code as u32,
            Codes::U64(codes) => codes[row] = code,
        }
    }

    /// Makes the padding reach over the last row.
    fn grow(&mut self) {
        let padded = self.rows.next_multiple_of(64);
        match &mut self.codes {
            Codes::Planes(planes) => planes.iter_mut().for_each(|plane| plane.resize(padded / 64, 0)),
            Codes::Few(_) => {}
            Codes::U8(codes) => codes.resize(padded, 0),
            Codes::U16(codes) => codes.resize(padded, 0),
            Codes::U32(codes) => codes.resize(padded, 0),
            Codes::U64(codes) => codes.resize(padded, 0),
        }
    }

    fn all_ones(&self) -> u64 {
        ones(self.width() as u32)
    }
}

/// The width of codes up to `highest`: planes for up to four bits, then whole bytes.
const fn bits_of(highest: u64) -> u32 {
    match 64 - highest.leading_zeros() {
        bits @ 0..=4 => bits,
        5..=8 => 8,
        9..=16 => 16,
        17..=32 => 32,
        _ => 64,
    }
}

const fn ones(bits: u32) -> u64 {
    if bits == 0 { 0 } else { u64::MAX >> (64 - bits) }
}

fn padded<T: Copy + Default>(values: &[i64], code: impl Fn(i64) -> T, unknown: T) -> Vec<T> {
    let mut codes = Vec::with_capacity(values.len().next_multiple_of(64));
    codes.extend(values.iter().map(|value| if *value == UNKNOWN { unknown } else { code(*value) }));
    codes.resize(values.len().next_multiple_of(64), T::default());
    codes
}

/// So many rows in a list take a quarter of the room of a bitmap, and less time than one to walk.
const FEW: usize = CHUNK_ROWS / 64;

fn bitmap(plane: Vec<u64>) -> Codes {
    if lanes::count_ones(&plane) > plane.len().min(FEW) {
        return Codes::Planes(vec![plane]);
    }
    let mut rows = Vec::new();
    lanes::push_ids(&plane, 0, &mut rows);
    Codes::Few(rows.into_iter().map(|row| row as u16).collect())
}

/// Leaves of a mask that begins at row `first` the rows of a list, or all others.
fn keep_few(few: &[u16], listed: bool, first: usize, mask: &mut [u64]) {
    let start = few.partition_point(|row| usize::from(*row) < first);
    let rows = mask.len() * 64;
    let of_mask = few[start..].iter().map(|row| usize::from(*row) - first).take_while(|row| *row < rows);
    if !listed {
        return of_mask.for_each(|row| mask[row / 64] &= !(1 << (row % 64)));
    }
    let (mut word, mut bits) = (0, 0);
    for row in of_mask {
        if row / 64 > word {
            mask[word] &= bits;
            mask[word + 1..row / 64].fill(0);
            (word, bits) = (row / 64, 0);
        }
        bits |= 1 << (row % 64);
    }
    mask[word] &= bits;
    mask[word + 1..].fill(0);
}

fn planes(values: &[i64], floor: i64, bits: u32) -> Vec<Vec<u64>> {
    let mut planes = vec![Vec::with_capacity(values.len().div_ceil(64)); bits as usize];
    for block in values.chunks(64) {
        let mut codes = [0_u8; 64];
        for (code, value) in codes.iter_mut().zip(block) {
            *code = if *value == UNKNOWN { u8::MAX } else { value.wrapping_sub(floor) as u8 };
        }
        for (k, plane) in planes.iter_mut().enumerate() {
            plane.push(codes.iter().enumerate().fold(0, |word, (row, code)| word | u64::from(code >> k & 1) << row));
        }
    }
    planes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows_within(chunk: &Chunk, from: i64, to: i64) -> Vec<usize> {
        let mut mask = vec![!0; chunk.rows().div_ceil(64)];
        match chunk.verdict(from, to) {
            Verdict::Nobody => mask.fill(0),
            Verdict::Everybody => {}
            Verdict::Codes { least, most } => chunk.keep(least, most, 0, &mut mask),
        }
        (0..chunk.rows()).filter(|row| mask[row / 64] >> (row % 64) & 1 == 1).collect()
    }

    /// What is packed comes out again and is found, whichever way it got there.
    #[test]
    fn values_of_every_width_stay_what_they_are() {
        let few: Vec<i64> = (0..300).map(|row| i64::from(row % 71 == 3)).collect();
        let sets: [&[i64]; 13] = [
            &few,
            &[7],
            &[0, 1, 1, 0],
            &[0, 1, UNKNOWN],
            &[UNKNOWN, UNKNOWN],
            &[5, 20, 6],
            &[-3, 100, UNKNOWN, 252],
            &[0, 255, UNKNOWN],
            &[-40_000, 20_000],
            &[1_640_995_200_000, UNKNOWN, 1_767_225_600_000],
            &[1_640_995_200_001, 1_767_225_600_000],
            &[i64::MIN + 1, i64::MAX - 1, 0],
            &[i64::MIN + 1, UNKNOWN, i64::MAX],
        ];
        for values in sets {
            let tight = Chunk::pack(values, true, false);
            let mut grown = Chunk::pack(&[], true, true);
            values.iter().for_each(|value| grown.extend(&[*value], true));
            let mut changed = Chunk::pack(&vec![values[0]; values.len()], true, false);
            values.iter().enumerate().for_each(|(row, value)| changed.set(row, *value, true));
            for (how, chunk) in [("tight", tight), ("grown", grown), ("changed", changed)] {
                assert_eq!(chunk.values(), values, "{how}");
                for edge in values.iter().filter(|value| **value != UNKNOWN) {
                    for (from, to) in [(*edge, *edge), (edge - 1, *edge), (*edge, i64::MAX), (i64::MIN + 1, edge - 1)] {
                        let inside = |row: &usize| values[*row] != UNKNOWN && (from..=to).contains(&values[*row]);
                        let expected: Vec<_> = (0..values.len()).filter(inside).collect();
                        assert_eq!(rows_within(&chunk, from, to), expected, "{how} {values:?} {from}..={to}");
                    }
                }
            }
        }
    }

    #[test]
    fn ever_lower_values_do_not_pack_the_chunk_anew_each_time() {
        let mut chunk = Chunk::pack(&[0], false, true);
        let mut floors = std::collections::BTreeSet::new();
        for value in 1..20_000 {
            chunk.extend(&[-value * 1000], false);
            floors.insert((chunk.floor, chunk.width()));
        }
        assert!(floors.len() < 100, "{} times", floors.len());
        assert_eq!(chunk.get(19_999), -19_999_000);
    }

    #[test]
    fn a_constant_takes_no_room_and_bits_take_one_each() {
        assert_eq!(Chunk::pack(&[5; 1000], false, false).width(), 0);
        assert_eq!(Chunk::of_bits(&[!0, 0b11], 66).width(), 0, "yes throughout");
        let bits = Chunk::of_bits(&[1, 0b10], 66);
        assert_eq!((bits.width(), bits.get(0), bits.get(1), bits.get(65)), (1, 1, 0, 1));
        assert_eq!(rows_within(&bits, 1, 1), [0, 65]);
        assert_eq!(rows_within(&Chunk::of_bits(&[!0], 64), 1, 1).len(), 64);
    }
}

//! Kernels at work: chunk by chunk, on masks of 64 rows a word.

use core::ops::Range;

use chrono::TimeDelta;

use crate::model::{Date, Timestamp};
use crate::segment::Question;

use super::chunk::{CHUNK_ROWS, Verdict};
use super::kernel::{Kernel, RowTest, Within};
use super::lanes::{self, Literal};
use super::plan::Plan;
use super::selection::Selection;

impl Plan<'_> {
    /// Those it holds for.
    pub fn select(&self) -> Selection {
        let words = self.pieces(|chunks| {
            let mut words = Vec::with_capacity(chunks.len() * CHUNK_ROWS / 64);
            self.each_chunk(chunks, |_, mask| words.extend_from_slice(mask));
            words
        });
        Selection::from_words(joined(words))
    }

    /// How many it holds for.
    pub fn count(&self) -> usize {
        let counts = self.pieces(|chunks| {
            let mut count = 0;
            self.each_chunk(chunks, |_, mask| count += lanes::count_ones(mask));
            count
        });
        counts.into_iter().sum()
    }

    /// The rows of those it holds for, in ascending order.
    pub fn ids(&self) -> Vec<u32> {
        joined(self.pieces(|chunks| {
            let mut ids = Vec::new();
            self.each_chunk(chunks, |chunk, mask| lanes::push_ids(mask, (chunk * CHUNK_ROWS) as u32, &mut ids));
            ids
        }))
    }

    /// Runs the work on all chunks, on several threads where that pays.
    #[cfg(feature = "parallel")]
    fn pieces<T: Send>(&self, work: impl Fn(Range<usize>) -> T + Sync) -> Vec<T> {
        use rayon::prelude::*;
        /// Bits to read, or their like in work: less than five megabytes is done before another thread has woken up
        /// and what it found is joined.
        const WORTHWHILE: u64 = 40_000_000;
        let chunks = self.population.chunks();
        let bits = u64::from(self.population.rows()) * self.cost;
        // Asking how many threads there are starts them, and threads do not outlive a fork.
        if chunks < 2 || bits < WORTHWHILE || rayon::current_num_threads() == 1 {
            return vec![work(0..chunks)];
        }
        let pieces = chunks.min(rayon::current_num_threads() * 4);
        let piece = |i: usize| i * chunks / pieces..(i + 1) * chunks / pieces;
        (0..pieces).into_par_iter().map(|i| work(piece(i))).collect()
    }

    /// Runs the work on all chunks.
    #[cfg(not(feature = "parallel"))]
    fn pieces<T>(&self, work: impl Fn(Range<usize>) -> T) -> Vec<T> {
        vec![work(0..self.population.chunks())]
    }

    fn each_chunk(&self, chunks: Range<usize>, mut found: impl FnMut(usize, &[u64])) {
        let mut spare = Spare::default();
        for chunk in chunks {
            let mut mask = spare.take(0);
            self.population.living(chunk, &mut mask);
            self.keep(&self.kernel, chunk, &mut mask, &mut spare);
            found(chunk, &mask);
            spare.give(mask);
        }
    }

    /// Clears the bits of rows that the kernel does not hold for.
    fn keep(&self, kernel: &Kernel<'_>, chunk: usize, mask: &mut [u64], spare: &mut Spare) {
        match kernel {
            Kernel::Everybody => {}
            Kernel::Nobody => mask.fill(0),
            Kernel::Within(within) => {
                let values = &within.column.chunks[chunk];
                match values.verdict(within.from, within.to) {
                    Verdict::Nobody => mask.fill(0),
                    Verdict::Everybody => {}
                    Verdict::Codes { least, most } => values.keep(least, most, 0, mask),
                }
            }
            Kernel::Listed(rows) => {
                let first = chunk * CHUNK_ROWS;
                let of = |row: &u32| (first..first + CHUNK_ROWS).contains(&(*row as usize));
                let mut listed = spare.take(mask.len());
                listed.fill(0);
                for row in rows.iter().filter(|row| of(row)) {
                    listed[(*row as usize - first) / 64] |= 1 << (row % 64);
                }
                mask.iter_mut().zip(&listed).for_each(|(word, listed)| *word &= listed);
                spare.give(listed);
            }
            Kernel::All(parts) => self.keep_all(parts, chunk, mask, spare),
            Kernel::Any(parts) => {
                if let Some(clause) = clause_of_any(parts, chunk) {
                    return lanes::keep_clauses(&[clause], mask);
                }
                let (mut undecided, mut tried) = (spare.take(mask.len()), spare.take(mask.len()));
                undecided.copy_from_slice(mask);
                for part in parts {
                    tried.copy_from_slice(&undecided);
                    self.keep(part, chunk, &mut tried, spare);
                    undecided.iter_mut().zip(&tried).for_each(|(undecided, tried)| *undecided &= !tried);
                }
                mask.iter_mut().zip(&undecided).for_each(|(word, undecided)| *word &= !undecided);
                spare.give(undecided);
                spare.give(tried);
            }
            Kernel::Not(inner) => {
                if let Kernel::Within(within) = &**inner
                    && let values = &within.column.chunks[chunk]
                    && let Verdict::Codes { least, most } = values.verdict(within.from, within.to)
                    && let Some((least, most)) = values.others(least, most)
                {
                    return values.keep(least, most, 0, mask);
                }
                let mut held = spare.take(mask.len());
                held.copy_from_slice(mask);
                self.keep(inner, chunk, &mut held, spare);
                mask.iter_mut().zip(&held).for_each(|(word, held)| *word &= !held);
                spare.give(held);
            }
            Kernel::Rows(test) => {
                for (place, word) in mask.iter_mut().enumerate() {
                    for bit in lanes::ones(*word) {
                        let row = chunk * CHUNK_ROWS + place * 64 + bit as usize;
                        if !self.holds(test, row) {
                            *word &= !(1 << bit);
                        }
                    }
                }
            }
        }
    }

    fn keep_all(&self, parts: &[Kernel<'_>], chunk: usize, mask: &mut [u64], spare: &mut Spare) {
        let rules_out = |part: &Kernel<'_>| match part {
            Kernel::Within(within) => {
                matches!(within.column.chunks[chunk].verdict(within.from, within.to), Verdict::Nobody)
            }
            _ => false,
        };
        if parts.iter().any(rules_out) {
            return mask.fill(0);
        }
        // Bitmaps that follow each other are asked together, in one walk over the mask.
        let mut clauses: Vec<Vec<Literal<'_>>> = Vec::new();
        for part in parts {
            if add_clauses(part, chunk, &mut clauses) {
                continue;
            }
            keep_clauses(&mut clauses, mask);
            if mask.iter().all(|word| *word == 0) {
                return;
            }
            self.keep(part, chunk, mask, spare);
        }
        keep_clauses(&mut clauses, mask);
    }

    fn holds(&self, test: &RowTest<'_>, row: usize) -> bool {
        match test {
            RowTest::Elapsed { column, span } => {
                let at = Timestamp::from_millis(column.get(row));
                at.is_ok_and(|at| self.zone.elapsed(at, *span, self.now))
            }
            RowTest::Date { column, test } => {
                let day = Date::default().checked_add_signed(TimeDelta::days(column.get(row)));
                day.is_some_and(|day| test.holds(day, self.zone.date(self.now)))
            }
            RowTest::Texts { column, codes } => {
                let code = usize::try_from(column.get(row)).ok();
                code.is_some_and(|code| codes[code / 64] >> (code % 64) & 1 == 1)
            }
            RowTest::Drawn(sample) => self.population.key(row as u32).is_some_and(|key| sample.holds(key.as_str())),
            RowTest::Record(asked) => {
                let friend = self.records.and_then(|records| records.friend(row as u32));
                friend.is_some_and(|friend| {
                    asked.node.holds(&Question { friend: &friend, now: self.now, zone: self.zone })
                })
            }
        }
    }
}

fn joined<T: Copy>(mut pieces: Vec<Vec<T>>) -> Vec<T> {
    if pieces.len() == 1 { pieces.remove(0) } else { pieces.concat() }
}

fn keep_clauses(clauses: &mut Vec<Vec<Literal<'_>>>, mask: &mut [u64]) {
    if !clauses.is_empty() {
        lanes::keep_clauses(clauses, mask);
        clauses.clear();
    }
}

/// Says a kernel as clauses of bitmaps, each of which must hold, if this chunk keeps it so.
fn add_clauses<'p>(kernel: &Kernel<'p>, chunk: usize, clauses: &mut Vec<Vec<Literal<'p>>>) -> bool {
    match kernel {
        Kernel::Within(within) => match literals(within, chunk) {
            Some(literals) => clauses.extend(literals.into_iter().map(|literal| vec![literal])),
            None => return false,
        },
        Kernel::Any(parts) => match clause_of_any(parts, chunk) {
            Some(clause) => clauses.push(clause),
            None => return false,
        },
        Kernel::Not(_) => match clause(kernel, chunk) {
            Some(clause) => clauses.push(clause),
            None => return false,
        },
        _ => return false,
    }
    true
}

/// Kernels of which some one must hold, as one clause.
fn clause_of_any<'p>(parts: &[Kernel<'p>], chunk: usize) -> Option<Vec<Literal<'p>>> {
    parts.iter().try_fold(Vec::new(), |mut all, part| {
        all.extend(clause(part, chunk)?);
        Some(all)
    })
}

/// A kernel as bitmaps of which some one must say yes.
fn clause<'p>(kernel: &Kernel<'p>, chunk: usize) -> Option<Vec<Literal<'p>>> {
    match kernel {
        Kernel::Within(within) => literals(within, chunk).filter(|literals| literals.len() == 1),
        Kernel::Not(inner) => {
            let Kernel::Within(within) = &**inner else { return None };
            let flip = |literal: Literal<'p>| Literal { flip: !literal.flip, ..literal };
            Some(literals(within, chunk)?.into_iter().map(flip).collect())
        }
        _ => None,
    }
}

/// Bitmaps that must all say yes, for one value in a chunk that is kept as bitmaps.
fn literals<'p>(within: &Within<'p>, chunk: usize) -> Option<Vec<Literal<'p>>> {
    let values = &within.column.chunks[chunk];
    match values.verdict(within.from, within.to) {
        Verdict::Codes { least, most } if least == most => values.literals(least),
        _ => None,
    }
}

/// Masks to work with, used again and again.
#[derive(Default)]
struct Spare(Vec<Vec<u64>>);

impl Spare {
    fn take(&mut self, words: usize) -> Vec<u64> {
        let mut mask = self.0.pop().unwrap_or_default();
        mask.resize(words, 0);
        mask
    }

    fn give(&mut self, mask: Vec<u64>) {
        self.0.push(mask);
    }
}

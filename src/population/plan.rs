//! A question put to a population: planned once, then counted, listed or selected.

use core::fmt;
use std::borrow::Cow;

use crate::model::{Friend, Timestamp, Zone};
use crate::segment::Predicate;

use super::chunk::{CHUNK_ROWS, Verdict};
use super::fault::Unanswered;
use super::friends::Population;
use super::kernel::{Kernel, RowTest};
use super::selection::Selection;
use super::translate::translate;

/// The friends' own records, for what no column says.
///
/// A row without a record answers no to such a condition.
pub trait Records: Sync {
    /// The friend of a row: lent, or made for this one look by whoever keeps friends in another form.
    fn friend(&self, row: u32) -> Option<Cow<'_, Friend>>;
}

/// Record `i` is that of row `i`.
impl Records for &[Friend] {
    fn friend(&self, row: u32) -> Option<Cow<'_, Friend>> {
        self.get(row as usize).map(Cow::Borrowed)
    }
}

/// Record `i` is that of row `i`.
impl Records for Vec<Friend> {
    fn friend(&self, row: u32) -> Option<Cow<'_, Friend>> {
        self.get(row as usize).map(Cow::Borrowed)
    }
}

impl Population {
    /// The friends a predicate holds for at `now`: the same for which
    /// [`matches`](Predicate::matches) says so. Linear in the rows at a few bits each; chunks that
    /// cannot match are not read.
    ///
    /// # Errors
    /// When a condition asks for more than the columns say: see [`select_with`](Self::select_with).
    pub fn select(&self, predicate: &Predicate, now: Timestamp) -> Result<Selection, Unanswered> {
        self.plan(predicate, now).map(|plan| plan.select())
    }

    /// As [`select`](Self::select); what no column says is asked of the friends' records, and only of
    /// those whom nothing else ruled out.
    pub fn select_with(&self, predicate: &Predicate, now: Timestamp, records: &dyn Records) -> Selection {
        self.plan_with(predicate, now, records).select()
    }

    /// How many a predicate holds for.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn count(&self, predicate: &Predicate, now: Timestamp) -> Result<usize, Unanswered> {
        self.plan(predicate, now).map(|plan| plan.count())
    }

    /// The rows of those a predicate holds for, in ascending order.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn ids(&self, predicate: &Predicate, now: Timestamp) -> Result<Vec<u32>, Unanswered> {
        self.plan(predicate, now).map(|plan| plan.ids())
    }

    /// How a predicate would be answered: its [`Display`](fmt::Display) says it, step by step.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn plan<'p>(&'p self, predicate: &'p Predicate, now: Timestamp) -> Result<Plan<'p>, Unanswered> {
        let kernel = translate(self, predicate, now, false)?;
        Ok(Plan::new(self, predicate, now, None, kernel))
    }

    /// As [`plan`](Self::plan), with the friends' records for what no column says.
    pub fn plan_with<'p>(&'p self, predicate: &'p Predicate, now: Timestamp, records: &'p dyn Records) -> Plan<'p> {
        let kernel = translate(self, predicate, now, true).expect("only a lack of records leaves anything unanswered");
        Plan::new(self, predicate, now, Some(records), kernel)
    }
}

/// The kernels that answer one predicate at one instant, in the order in which they run.
///
/// ```text
/// 10000000 rows in 153 chunks
/// all of
///   not line is blocked              ~70.1% of rows, 153 chunks read
///   attribute 'gender' = 2           ~42.0% of rows, 153 chunks read
///   last order >= 2025-12-02T00:00Z  ~1.0% of rows, 11 chunks read, 142 skipped
/// ```
pub struct Plan<'p> {
    pub(super) population: &'p Population,
    pub(super) now: Timestamp,
    pub(super) zone: &'p Zone,
    pub(super) records: Option<&'p dyn Records>,
    pub(super) kernel: Kernel<'p>,
    /// Bits that one row costs, as far as can be told before.
    #[cfg_attr(not(feature = "parallel"), allow(dead_code, reason = "only threads are weighed by it"))]
    pub(super) cost: u64,
}

impl<'p> Plan<'p> {
    fn new(
        population: &'p Population,
        predicate: &'p Predicate,
        now: Timestamp,
        records: Option<&'p dyn Records>,
        mut kernel: Kernel<'p>,
    ) -> Self {
        let Estimate { cost, .. } = arrange(&mut kernel, population);
        Self { population, now, zone: predicate.zone(), records, kernel, cost }
    }
}

/// What a kernel is expected to do.
#[derive(Clone, Copy)]
struct Estimate {
    /// Of a million rows, how many it keeps.
    keeps: u64,
    /// What a row costs: the bits read, or as many as could be read meanwhile.
    cost: u64,
}

const MILLION: u64 = 1_000_000;

/// Puts the parts of every kernel into the order in which least is read.
fn arrange(kernel: &mut Kernel<'_>, population: &Population) -> Estimate {
    match kernel {
        Kernel::Nobody => Estimate { keeps: 0, cost: 0 },
        Kernel::Everybody => Estimate { keeps: MILLION, cost: 0 },
        Kernel::Listed(rows) => {
            Estimate { keeps: rows.len() as u64 * MILLION / u64::from(population.rows()).max(1), cost: 1 }
        }
        Kernel::Not(inner) => {
            let inner = arrange(inner, population);
            Estimate { keeps: MILLION - inner.keeps, cost: inner.cost }
        }
        Kernel::Rows(RowTest::Elapsed { .. }) => Estimate { keeps: MILLION / 2, cost: 500 },
        Kernel::Rows(RowTest::Date { .. }) => Estimate { keeps: MILLION / 4, cost: 200 },
        Kernel::Rows(RowTest::Texts { .. }) => Estimate { keeps: MILLION / 4, cost: 100 },
        Kernel::Rows(RowTest::Drawn(_)) => Estimate { keeps: MILLION / 4, cost: 1_000 },
        Kernel::Rows(RowTest::Record(_)) => Estimate { keeps: MILLION / 2, cost: 20_000 },
        Kernel::Within(within) => {
            let chunks = &within.column.chunks;
            let cost = chunks.iter().map(super::chunk::Chunk::width).sum::<usize>() / chunks.len().max(1);
            Estimate { keeps: sampled(within.column, within.from, within.to), cost: cost as u64 + 1 }
        }
        // The fewer a part keeps for its cost, the earlier: the rows it drops nobody else reads.
        Kernel::All(parts) => in_order(parts, population, |part| MILLION - part.keeps),
        Kernel::Any(parts) => {
            let all = in_order(parts, population, |part| part.keeps);
            Estimate { keeps: MILLION - all.keeps, cost: all.cost }
        }
    }
}

/// Sorts parts by what a decided row costs, where `decides` says how many rows a part decides.
fn in_order(parts: &mut Vec<Kernel<'_>>, population: &Population, decides: impl Fn(&Estimate) -> u64) -> Estimate {
    let mut estimated: Vec<_> = parts.drain(..).map(|mut part| (arrange(&mut part, population), part)).collect();
    estimated.sort_by(|(a, _), (b, _)| (a.cost * decides(b).max(1)).cmp(&(b.cost * decides(a).max(1))));
    let (mut undecided, mut cost) = (MILLION, 0);
    for (estimate, part) in estimated {
        cost += estimate.cost * undecided / MILLION;
        undecided = undecided * (MILLION - decides(&estimate)) / MILLION;
        parts.push(part);
    }
    Estimate { keeps: undecided, cost }
}

/// Of a million rows, how many hold a value of `from..=to`, as far as a thousand tell.
fn sampled(column: &super::column::Column, from: i64, to: i64) -> u64 {
    const WORDS: usize = 16;
    let total: usize = column.chunks.iter().map(|chunk| chunk.rows().div_ceil(64)).sum();
    let (mut kept, mut asked) = (0, 0);
    for place in 0..WORDS.min(total) {
        // Chunks but the last are full, so words are where division says.
        let word = place * total / WORDS.min(total);
        let (chunk, word) = (&column.chunks[word / (CHUNK_ROWS / 64)], word % (CHUNK_ROWS / 64));
        let rows = (chunk.rows() - word * 64).min(64);
        let mut mask = [!0_u64 >> (64 - rows)];
        match chunk.verdict(from, to) {
            Verdict::Nobody => mask = [0],
            Verdict::Everybody => {}
            Verdict::Codes { least, most } => chunk.keep(least, most, word, &mut mask),
        }
        kept += u64::from(mask[0].count_ones());
        asked += rows as u64;
    }
    kept * MILLION / asked.max(1)
}

impl fmt::Display for Plan<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows in {} chunks", self.population.rows(), self.population.chunks())?;
        self.line(f, &self.kernel, 0, "")
    }
}

impl Plan<'_> {
    fn line(&self, f: &mut fmt::Formatter<'_>, kernel: &Kernel<'_>, depth: usize, not: &str) -> fmt::Result {
        let indent = "  ".repeat(depth);
        let parts = |f: &mut fmt::Formatter<'_>, word: &str, parts: &[Kernel<'_>]| {
            write!(f, "\n{indent}{not}{word} of")?;
            parts.iter().try_for_each(|part| self.line(f, part, depth + 1, ""))
        };
        match kernel {
            Kernel::Nobody => write!(f, "\n{indent}{not}nobody"),
            Kernel::Everybody => write!(f, "\n{indent}{not}everybody"),
            Kernel::Listed(rows) => write!(f, "\n{indent}{not}one of {} rows with unusual numbers", rows.len()),
            Kernel::All(all) => parts(f, "all", all),
            Kernel::Any(any) => parts(f, "any", any),
            Kernel::Not(inner) => self.line(f, inner, depth, "not "),
            Kernel::Rows(RowTest::Elapsed { span, .. }) => {
                write!(f, "\n{indent}{not}{span} ago by the calendar, row by row")
            }
            Kernel::Rows(RowTest::Date { .. }) => write!(f, "\n{indent}{not}by the calendar of a date, row by row"),
            Kernel::Rows(RowTest::Texts { .. }) => write!(f, "\n{indent}{not}one of several texts, row by row"),
            Kernel::Rows(RowTest::Drawn(_)) => write!(f, "\n{indent}{not}drawn by the key, row by row"),
            Kernel::Rows(RowTest::Record(asked)) => {
                write!(f, "\n{indent}{not}{}, from the record of each row left", asked.expr)
            }
            Kernel::Within(within) => {
                let keeps = sampled(within.column, within.from, within.to);
                let tenths = if not.is_empty() { keeps } else { MILLION - keeps } / 1000;
                let chunks = &within.column.chunks;
                let read = |chunk: &&super::chunk::Chunk| {
                    matches!(chunk.verdict(within.from, within.to), Verdict::Codes { .. })
                };
                let read = chunks.iter().filter(read).count();
                write!(f, "\n{indent}{not}{within}: ~{}.{}% of rows, {read} chunks read", tenths / 10, tenths % 10)?;
                match chunks.len() - read {
                    0 => Ok(()),
                    skipped => write!(f, ", {skipped} skipped"),
                }
            }
        }
    }
}

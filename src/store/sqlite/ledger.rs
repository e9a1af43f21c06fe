//! The ledger in the shop's file: what several threads ask for at once is written in one transaction.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, TransactionBehavior};

use crate::coupon::ledger::{
    Ask, Decided, Key, Operation, Refusal, Undecided, Use, Uses, UsesOf, count, decide, refusal, uses_on,
};
use crate::model::{CouponName, Currency, OrderId, Timestamp};
use crate::store::{Answer, Ledger, LedgerError, Records, carry_out};

use super::ledger_rows::LedgerRows;
use super::{Durability, Result, SqliteError, SqliteStore};

/// So many operations are written in one transaction: they share one wait for the disk, and other processes wait for
/// all of them.
const TOGETHER: usize = 256;

/// Codes lie scattered over the file, so that a transaction of many uses touches hundreds of pages. With SQLite's usual
/// thousand, every few transactions would pay for writing them back; with these 32 MB, many of them are written once.
const PAGES_IN_LOG: u32 = 8_000;

/// Counts the uses of coupons in a shop's file, the one a [`SqliteStore`] keeps the rest in.
///
/// Threads share one of these, processes open the file each for itself. An operation is first decided by what is on
/// record, without the file's lock: one that is refused waits for nobody. The write is accepted under the lock if no
/// record is other than it was looked at; if one is, the operation is decided anew there, where nobody can be faster.
///
/// A commit that waits for the disk ([`Durability::Full`]) takes milliseconds. Whoever asks while one is going on waits,
/// and all who wait are written by the next one. So what a file does in a second grows with how many ask at once.
#[derive(Debug)]
pub struct SqliteLedger {
    reader: Mutex<Connection>,
    queue: Mutex<Queue>,
    answered: Condvar,
}

/// Who waits for a transaction.
#[derive(Debug)]
struct Queue {
    /// Gone while somebody writes with it.
    writer: Option<Connection>,
    waiting: Vec<(Ticket, Vec<Errand>)>,
    /// Nothing where the transaction was given up.
    answers: BTreeMap<Ticket, Option<Vec<Answer<SqliteError>>>>,
    next: Ticket,
}

type Ticket = u64;

/// One operation on its way into a transaction.
#[derive(Debug)]
struct Errand {
    operation: Operation,
    now: Timestamp,
    /// What was decided without the lock.
    decided: Option<Decided>,
}

/// What came of an operation without the lock.
enum Looked {
    /// All that will: nothing needs to be written.
    Done(Answer<SqliteError>),
    /// An errand.
    ToWrite(Errand),
}

impl SqliteLedger {
    /// Opens the file, and makes it when it is not there, as [`SqliteStore::open`] does. A live shop needs
    /// [`Durability::Full`]: a use that is forgotten is a use too many.
    ///
    /// # Errors
    /// When SQLite cannot open it, or it was made by a later version or for another currency.
    pub fn open(path: &Path, currency: Currency, durability: Durability) -> Result<Self> {
        let writer = SqliteStore::open(path, currency, durability)?.db;
        let reader = SqliteStore::open(path, currency, durability)?.db;
        reader.pragma_update(None, "query_only", true)?;
        writer.pragma_update(None, "wal_autocheckpoint", PAGES_IN_LOG)?;
        let queue = Queue { writer: Some(writer), waiting: Vec::new(), answers: BTreeMap::new(), next: 0 };
        Ok(Self { reader: Mutex::new(reader), queue: Mutex::new(queue), answered: Condvar::new() })
    }

    /// Decides an operation by what is on record, without the lock.
    fn look(&self, operation: Operation, now: Timestamp) -> Looked {
        let decided = self.read(|rows| {
            let decided = decide(&operation, now, &mut |key| rows.read(key));
            // What has lapsed may stand in the way: to take it out needs the lock.
            let may_lapse = matches!(&decided, Err(Undecided::Refused(refusal)) if refusal.is_want_of_room());
            let of = if may_lapse { operation.asks_room_of() } else { Vec::new() };
            for coupon in of {
                if !rows.lapsing(Some(coupon), now, 1)?.is_empty() {
                    return Ok(None);
                }
            }
            Ok(Some(decided))
        });
        match decided {
            Ok(Some(Ok(decided))) if decided.write.is_empty() => Looked::Done(Ok(decided.uses)),
            Ok(Some(Ok(decided))) => Looked::ToWrite(Errand { operation, now, decided: Some(decided) }),
            Ok(Some(Err(undecided))) => Looked::Done(Err(undecided.into())),
            Ok(None) => Looked::ToWrite(Errand { operation, now, decided: None }),
            Err(error) => Looked::Done(Err(LedgerError::Holder(error))),
        }
    }

    /// Reads at one instant of the file.
    fn read<T>(&self, ask: impl FnOnce(&LedgerRows<'_>) -> Result<T>) -> Result<T> {
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let instant = reader.transaction()?;
        ask(&LedgerRows(&instant))
    }

    /// Waits for the transaction that does these errands, or makes it, for all who wait.
    fn submit(&self, errands: Vec<Errand>) -> Vec<Answer<SqliteError>> {
        let count = errands.len();
        let mut queue = self.queue();
        let ticket = queue.next;
        queue.next += 1;
        queue.waiting.push((ticket, errands));
        loop {
            if let Some(answers) = queue.answers.remove(&ticket) {
                return answers.unwrap_or_else(|| (0..count).map(|_| Err(given_up("its thread panicked"))).collect());
            }
            queue = match queue.writer.take() {
                Some(writer) => {
                    let together = queue.take_together();
                    drop(queue);
                    self.write(writer, together);
                    self.queue()
                }
                None => self.answered.wait(queue).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    /// Does all of these in one transaction and hands out the answers.
    fn write(&self, writer: Connection, together: Vec<(Ticket, Vec<Errand>)>) {
        let tickets: Vec<(Ticket, usize)> = together.iter().map(|(ticket, errands)| (*ticket, errands.len())).collect();
        let mut turn = Turn { ledger: self, writer: Some(writer), tickets: &tickets, answers: BTreeMap::new() };
        if let Some(writer) = &mut turn.writer {
            turn.answers = transact(writer, together).unwrap_or_else(|error| failed(&tickets, error));
        }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        // What is done under this lock does not panic.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ledger for SqliteLedger {
    type Error = SqliteError;

    fn run_all(&self, mut operations: Vec<Operation>, now: Timestamp) -> Vec<Answer<SqliteError>> {
        // Of several each sees what those before it wrote, which nobody can see without the lock.
        if operations.len() == 1
            && let Some(operation) = operations.pop()
        {
            return match self.look(operation, now) {
                Looked::Done(answer) => vec![answer],
                Looked::ToWrite(errand) => self.submit(vec![errand]),
            };
        }
        let errand = |operation| Errand { operation, now, decided: None };
        self.submit(operations.into_iter().map(errand).collect())
    }

    fn count(&self, of: &UsesOf, now: Timestamp) -> core::result::Result<Uses, LedgerError<SqliteError>> {
        let counted = self.read(|rows| Ok(count(of, now, &mut |key| rows.read(key))));
        Ok(counted.map_err(LedgerError::Holder)??)
    }

    fn ask(
        &self,
        asked: &[Ask<'_>],
        now: Timestamp,
    ) -> core::result::Result<Vec<Option<Refusal>>, LedgerError<SqliteError>> {
        let each = |rows: &LedgerRows<'_>| asked.iter().map(|it| refusal(it, now, &mut |key| rows.read(key))).collect();
        let told: core::result::Result<_, Undecided<SqliteError>> =
            self.read(|rows| Ok(each(rows))).map_err(LedgerError::Holder)?;
        Ok(told?)
    }

    fn uses_on(&self, order: &OrderId) -> core::result::Result<Vec<Use>, LedgerError<SqliteError>> {
        let used = self.read(|rows| Ok(uses_on(order, &mut |key| rows.read(key))));
        Ok(used.map_err(LedgerError::Holder)??)
    }

    fn lapsed(
        &self,
        coupon: Option<&CouponName>,
        by: Timestamp,
        limit: usize,
    ) -> core::result::Result<Vec<Key>, LedgerError<SqliteError>> {
        self.read(|rows| rows.lapsing(coupon, by, limit)).map_err(LedgerError::Holder)
    }
}

impl Queue {
    /// Those whose turn it is, in the order they came.
    fn take_together(&mut self) -> Vec<(Ticket, Vec<Errand>)> {
        let mut errands = 0;
        let fit = self.waiting.iter().take_while(|(_, asked)| {
            let room = errands < TOGETHER;
            errands += asked.len();
            room
        });
        let fit = fit.count();
        self.waiting.drain(..fit).collect()
    }
}

/// The turn of whoever writes. However it ends, the writer is put back and everybody who waits is told.
struct Turn<'t> {
    ledger: &'t SqliteLedger,
    writer: Option<Connection>,
    tickets: &'t [(Ticket, usize)],
    answers: BTreeMap<Ticket, Vec<Answer<SqliteError>>>,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut queue = self.ledger.queue();
        queue.writer = self.writer.take();
        for (ticket, _) in self.tickets {
            queue.answers.insert(*ticket, self.answers.remove(ticket));
        }
        drop(queue);
        self.ledger.answered.notify_all();
    }
}

type Answers = BTreeMap<Ticket, Vec<Answer<SqliteError>>>;

fn transact(writer: &mut Connection, together: Vec<(Ticket, Vec<Errand>)>) -> Result<Answers> {
    let change = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut answers = Answers::new();
    for (ticket, errands) in together {
        let done: Result<_> = errands.into_iter().map(|errand| do_errand(&LedgerRows(&change), errand)).collect();
        answers.insert(ticket, done?);
    }
    change.commit()?;
    Ok(answers)
}

/// An error where SQLite itself failed: then nothing of the transaction stands.
fn do_errand(rows: &LedgerRows<'_>, errand: Errand) -> Result<Answer<SqliteError>> {
    let Errand { operation, now, decided } = errand;
    if let Some(Decided { write, uses, .. }) = decided
        && rows.write(&write)?
    {
        return Ok(Ok(uses));
    }
    match carry_out(rows, &operation, now) {
        Err(LedgerError::Holder(error @ SqliteError::Sqlite(_))) => Err(error),
        // A row that cannot be read stops those who need it, who have written nothing.
        answer => Ok(answer),
    }
}

/// One error for all of a transaction: the first is told it as it is.
fn failed(tickets: &[(Ticket, usize)], error: SqliteError) -> Answers {
    let why = error.to_string();
    let mut first = Some(error);
    let mut tell = || Err(first.take().map_or_else(|| given_up(&why), LedgerError::Holder));
    tickets.iter().map(|(ticket, count)| (*ticket, (0..*count).map(|_| tell()).collect())).collect()
}

fn given_up(why: &str) -> LedgerError<SqliteError> {
    LedgerError::Holder(SqliteError::Together { why: why.into() })
}

//! Records with versions: what a host brings so that uses are counted in its own database.

use crate::coupon::ledger::{
    Ask, ConditionalWrite, Decided, Key, Operation, Refusal, Undecided, Use, Uses, UsesOf, Versioned, count, decide,
    refusal, uses_on,
};
use crate::model::{CouponName, OrderId, Timestamp};

use super::{Answer, Ledger, LedgerError, sweep};

/// Holds the records of a ledger: whoever does is a [`Ledger`].
pub trait Records {
    /// Why the holder could not do as asked.
    type Error: core::error::Error + 'static;

    /// A record as it was last written.
    ///
    /// # Errors
    /// When the holder failed.
    fn read(&self, key: &Key) -> Result<Versioned, Self::Error>;

    /// Writes if every record has the version it must have, and gives whether it did: all of it or nothing, and
    /// nobody else's write in between. Each record that is written gets the next version.
    ///
    /// # Errors
    /// When the holder failed; then nothing was written.
    fn write(&self, write: &ConditionalWrite) -> Result<bool, Self::Error>;

    /// The keys of up to `limit` records that [lapse](crate::coupon::ledger::Record::lapses_at) by `by`: of one
    /// coupon, or of all.
    ///
    /// # Errors
    /// When the holder failed.
    fn lapsing(&self, coupon: Option<&CouponName>, by: Timestamp, limit: usize) -> Result<Vec<Key>, Self::Error>;
}

impl<R: Records> Ledger for R {
    type Error = R::Error;

    fn run_all(&self, operations: Vec<Operation>, now: Timestamp) -> Vec<Answer<R::Error>> {
        operations.iter().map(|operation| carry_out(self, operation, now)).collect()
    }

    fn count(&self, of: &UsesOf, now: Timestamp) -> Result<Uses, LedgerError<R::Error>> {
        count(of, now, &mut |key| self.read(key)).map_err(LedgerError::from)
    }

    fn ask(&self, asked: &[Ask<'_>], now: Timestamp) -> Result<Vec<Option<Refusal>>, LedgerError<R::Error>> {
        asked.iter().map(|asked| Ok(refusal(asked, now, &mut |key| self.read(key))?)).collect()
    }

    fn uses_on(&self, order: &OrderId) -> Result<Vec<Use>, LedgerError<R::Error>> {
        uses_on(order, &mut |key| self.read(key)).map_err(LedgerError::from)
    }

    fn lapsed(
        &self,
        coupon: Option<&CouponName>,
        by: Timestamp,
        limit: usize,
    ) -> Result<Vec<Key>, LedgerError<R::Error>> {
        Records::lapsing(self, coupon, by, limit).map_err(LedgerError::Holder)
    }
}

/// A refused write is tried again so often. Of those who write at once one always gets through, so even with many
/// threads hardly anybody is refused ten times.
const TRIES: usize = 100;

/// Does one operation: reads, decides, writes, and again while others are faster.
pub(in crate::store) fn carry_out<R: Records>(records: &R, operation: &Operation, now: Timestamp) -> Answer<R::Error> {
    for _ in 0..TRIES {
        match decide(operation, now, &mut |key| records.read(key)) {
            Ok(Decided { write, uses, .. }) => {
                if write.is_empty() || records.write(&write).map_err(LedgerError::Holder)? {
                    return Ok(uses);
                }
            }
            Err(Undecided::Refused(refusal)) => {
                // What has lapsed may stand in the way.
                let of = if refusal.is_want_of_room() { operation.asks_room_of() } else { Vec::new() };
                let mut swept = 0;
                for coupon in of {
                    swept += sweep(records, Some(coupon), now)?;
                }
                if swept == 0 {
                    return Err(LedgerError::Refused(refusal));
                }
            }
            Err(undecided) => return Err(undecided.into()),
        }
    }
    Err(LedgerError::Contended { times: TRIES })
}

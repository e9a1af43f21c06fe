//! How far the batches of a coupon went.

use super::books::Books;
use super::{Refusal, TakeNumbers, Undecided, Use};

/// The numbers are taken from now on, if they are the next.
pub(super) fn take<E>(books: &mut Books<'_, E>, asked: &TakeNumbers) -> Result<Vec<Use>, Undecided<E>> {
    let printed = &mut books.totals(&asked.coupon)?.printed;
    if asked.numbers.start != *printed || asked.numbers.end < *printed {
        return Err(Refusal::NumbersTaken { next: *printed }.into());
    }
    *printed = asked.numbers.end;
    Ok(Vec::new())
}

//! Nobody may use it from now on.

use crate::model::Timestamp;

use super::books::Books;
use super::{Revoke, Undecided, Use, issue};

pub(super) fn revoke<E>(books: &mut Books<'_, E>, asked: &Revoke, now: Timestamp) -> Result<Vec<Use>, Undecided<E>> {
    match asked {
        Revoke::Coupon(coupon) => {
            books.totals(coupon)?.revoked.get_or_insert(now);
        }
        Revoke::Code(coupon, code) => {
            let code = code.to_string();
            books.code(coupon, &code)?.revoked.get_or_insert(now);
            // Nobody needs what was kept for it.
            issue::lapse(books, coupon, &code, Timestamp::MAX)?;
        }
    }
    Ok(Vec::new())
}

//! What was used on an order is given back.

use super::books::Books;
use super::redeem::come_back;
use super::{RollBack, Undecided, Use};

pub(super) fn roll_back<E>(books: &mut Books<'_, E>, asked: &RollBack) -> Result<Vec<Use>, Undecided<E>> {
    let order = books.order(&asked.order)?;
    order.returned = order.returned.max(Some(asked.returned));
    let (returned, keys) = (order.returned, order.uses.clone());
    let mut uses = Vec::new();
    for key in keys {
        let Some(one) = books.one_use(&key)? else { return Err(Undecided::Mistaken) };
        let one = come_back(books, one, returned)?;
        books.put(one.clone())?;
        uses.push(one);
    }
    Ok(uses)
}

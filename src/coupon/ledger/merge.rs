//! Two friends turn out to be one.

use crate::model::FriendId;

use super::books::Books;
use super::{Undecided, Use};

/// From now on both numbers are one person, and all that were either before. Uses stay where they were counted and are
/// added up when a limit is asked: a merge writes as many records as the person has numbers, however many coupons
/// were used.
pub(super) fn merge<E>(books: &mut Books<'_, E>, from: FriendId, into: FriendId) -> Result<Vec<Use>, Undecided<E>> {
    let ends = books.person(from)?.now.unwrap_or(from);
    let stays = books.person(into)?.now.unwrap_or(into);
    if ends != stays {
        let mut numbers = core::mem::take(&mut books.person(ends)?.before);
        numbers.insert(ends);
        for number in &numbers {
            books.person(*number)?.now = Some(stays);
        }
        books.person(stays)?.before.append(&mut numbers);
    }
    Ok(Vec::new())
}

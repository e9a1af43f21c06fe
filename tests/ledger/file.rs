//! What the ledger in a file promises beyond that.

use std::path::Path;

use enishi::model::Currency;
use enishi::store::{Durability, SqliteLedger};

pub(crate) fn open(path: &Path) -> SqliteLedger {
    SqliteLedger::open(path, Currency::JPY, Durability::Process).unwrap()
}

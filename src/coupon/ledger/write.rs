//! What is to be written, and on which condition.

use super::{Key, Record};

/// "If all of these have these versions, these take their place": as a whole, or not at all.
///
/// A holder that does not accept it writes nothing; then the operation is [decided](super::decide) again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "holders read these")]
pub struct ConditionalWrite {
    /// The records that were looked at, by key, each once.
    pub changes: Vec<Change>,
}

/// One record of a [`ConditionalWrite`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "holders read these")]
pub struct Change {
    /// Which.
    pub key: Key,
    /// The version it must have; 0 says that there must be none. Whoever writes it gives it the next.
    pub version: u64,
    /// What takes its place; nothing where it was only looked at.
    pub record: Option<Record>,
}

impl ConditionalWrite {
    /// Is nothing written, so that it need not be asked?
    pub fn is_empty(&self) -> bool {
        self.changes.iter().all(|change| change.record.is_none())
    }
}

//! Whom the channel can reach.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

pub(crate) struct Friends {
    known_only: bool,
    /// Ordered, so that a broadcast reaches them in the same order in each run.
    registered: BTreeSet<Arc<str>>,
    blocked: HashSet<String>,
}

impl Friends {
    pub(crate) fn new(registered: &[String], known_only: bool) -> Self {
        Self {
            known_only,
            registered: registered.iter().map(|user| user.as_str().into()).collect(),
            blocked: HashSet::new(),
        }
    }

    pub(crate) fn add(&mut self, user: &str) {
        self.registered.insert(user.into());
    }

    pub(crate) fn set_blocked(&mut self, user: &str, blocked: bool) {
        if blocked {
            self.blocked.insert(user.to_owned());
        } else {
            self.blocked.remove(user);
        }
    }

    pub(crate) fn knows(&self, user: &str) -> bool {
        !self.known_only || self.registered.contains(user)
    }

    /// Whether a message to this user is delivered.
    pub(crate) fn reaches(&self, user: &str) -> bool {
        self.knows(user) && !self.blocked.contains(user)
    }

    /// The recipients of a broadcast.
    pub(crate) fn registered(&self) -> impl Iterator<Item = &Arc<str>> {
        self.registered.iter()
    }
}

//! Which rich menu each user sees.

use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
pub(crate) struct RichMenus {
    made: BTreeSet<String>,
    linked: BTreeMap<String, String>,
}

impl RichMenus {
    pub(crate) fn new(made: &[String]) -> Self {
        Self { made: made.iter().cloned().collect(), linked: BTreeMap::new() }
    }

    pub(crate) fn make(&mut self, id: &str) {
        self.made.insert(id.to_owned());
    }

    pub(crate) fn is_made(&self, id: &str) -> bool {
        self.made.contains(id)
    }

    pub(crate) fn link(&mut self, user: &str, id: &str) {
        self.linked.insert(user.to_owned(), id.to_owned());
    }

    pub(crate) fn unlink(&mut self, user: &str) {
        self.linked.remove(user);
    }

    /// The user's own menu.
    pub(crate) fn of(&self, user: &str) -> Option<&str> {
        self.linked.get(user).map(String::as_str)
    }

    /// Everybody who has a menu of their own, and which.
    pub(crate) fn linked(&self) -> &BTreeMap<String, String> {
        &self.linked
    }
}

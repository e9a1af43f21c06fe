//! Whom a rule is for.

use crate::model::{Friend, Timestamp};
use crate::segment::Predicate;

/// Those for whom an expression holds.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Audience {
    /// The expression in its usual writing, for people.
    pub text: Box<str>,
    /// Ready to ask.
    pub predicate: Predicate,
}

impl Audience {
    /// Those for whom it holds.
    pub fn new(predicate: Predicate) -> Self {
        Self { text: predicate.expr().to_string().into(), predicate }
    }

    /// Is the friend among them?
    pub fn holds(&self, friend: &Friend, now: Timestamp) -> bool {
        self.predicate.matches(friend, now)
    }

    /// The first instant after `now` and before `until` at which the friend, one of them now, no longer is,
    /// if nothing happens till then.
    pub(super) fn left_before(&self, friend: &Friend, now: Timestamp, until: Timestamp) -> Option<Timestamp> {
        /// Who might leave so often and does not is taken to stay: it is asked again at `until` anyway.
        const LOOKS: usize = 1000;
        let next = |at: &Timestamp| self.predicate.next_change(friend, *at).filter(|next| *next < until);
        core::iter::successors(next(&now), next).take(LOOKS).find(|at| !self.holds(friend, *at))
    }
}

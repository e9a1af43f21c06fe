//! Waiting for the first of several things.

use crate::model::{Friend, Journey, Timestamp};

use super::scene::Scene;
use super::{Alternative, Await, Awaited, Since, Trigger};

impl Scene<'_> {
    /// What came first in time of what is waited for, and when: of two at one instant the first in order.
    /// What comes at the very instant at which the wait ends is in time.
    pub(super) fn first_of<'a>(
        &self,
        friend: &Friend,
        journey: &Journey,
        awaited: &'a Await,
    ) -> Option<(&'a Alternative, Timestamp)> {
        let since = match awaited.since {
            Since::Step => journey.arrived,
            Since::Start => journey.entered_at,
        };
        let by = self.now.min(self.times_out(friend, journey, awaited));
        let came = |alternative: &Alternative| match &alternative.what {
            Awaited::Event(trigger) => trigger.first_after(friend, since, by, journey.about.as_deref()),
            Awaited::Reaction => {
                let last = friend.reactions.last.filter(|last| *last > since && *last <= by);
                let order = Trigger::Order.first_after(friend, since, by, None);
                last.into_iter().chain(order).min()
            }
            Awaited::When(predicate) => predicate.matches(friend, by).then_some(by),
        };
        let all = awaited.first_of.iter().filter_map(|alternative| Some((alternative, came(alternative)?)));
        all.min_by_key(|(_, at)| *at)
    }

    /// When the wait ends without anything.
    pub(super) fn times_out(&self, friend: &Friend, journey: &Journey, awaited: &Await) -> Timestamp {
        // Without the date it would go by, it ends where it began.
        awaited.or_after.ends(friend, journey, self.now, &self.clock()).unwrap_or(journey.arrived)
    }

    /// When the wait is to be looked at though nothing happens to the friend: now, if it is over.
    pub(super) fn looks_again(&self, friend: &Friend, journey: &Journey, awaited: &Await) -> Timestamp {
        if self.first_of(friend, journey, awaited).is_some() {
            return self.now;
        }
        let changes = awaited.first_of.iter().filter_map(|alternative| match &alternative.what {
            Awaited::When(predicate) => predicate.next_change(friend, self.now),
            _ => None,
        });
        let end = self.times_out(friend, journey, awaited);
        changes.fold(end, Timestamp::min)
    }
}

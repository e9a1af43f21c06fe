//! Which request goes next, and what its answer brings about. Opens no socket.

use std::collections::BTreeMap;

use crate::line::{Answer, Endpoint, Request};
use crate::model::{LineUserId, Timestamp};
use crate::store::{Attempt, Claim, Fate, Lender, Settlement};

use super::judge::{judge, too_old};
use super::rate::RateLimit;

/// Keeps to LINE's rates and pauses, for one channel.
#[derive(Clone, Debug)]
pub struct Courier {
    push: RateLimit,
    multicast: RateLimit,
    link: RateLimit,
    unlink: RateLimit,
    /// After an answer that concerns the whole channel nothing leaves until then.
    paused_until: Timestamp,
}

/// A request on its way, and the claim to settle when its answer is there.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Errand {
    /// What was lent.
    pub claim: Claim,
    /// What to send, to the byte.
    pub request: Request,
}

impl Default for Courier {
    fn default() -> Self {
        Self::new()
    }
}

impl Courier {
    /// A courier that has sent nothing yet.
    pub const fn new() -> Self {
        Self {
            push: RateLimit::per_second(Endpoint::Push.requests_per_second()),
            multicast: RateLimit::per_second(Endpoint::Multicast.requests_per_second()),
            link: RateLimit::per_second(Endpoint::LinkRichMenu.requests_per_second()),
            unlink: RateLimit::per_second(Endpoint::UnlinkRichMenu.requests_per_second()),
            paused_until: Timestamp::MIN,
        }
    }

    /// Takes up to `limit` requests that may leave now; no two of them to one friend, so that messages
    /// to a friend leave in the order they were decided, unless one has to be repeated. Each must be
    /// [fed](Self::feed) its answer.
    ///
    /// # Errors
    /// When the store failed.
    pub fn take<L: Lender>(&mut self, store: &mut L, now: Timestamp, limit: usize) -> Result<Vec<Errand>, L::Error> {
        if now < self.paused_until {
            return Ok(Vec::new());
        }
        let mut errands = Vec::new();
        let mut put_back = Vec::new();
        // Who has a message before, and when that leaves.
        let mut before: BTreeMap<LineUserId, Timestamp> = BTreeMap::new();
        for claim in store.claim(now, limit)? {
            // Switches of menus are put into order by the store, and need not keep to that of messages.
            let messages = claim.parcel.messages();
            let users = claim.parcel.to.iter().take(messages).map(|(user, _)| *user);
            let verdict = match users.clone().filter_map(|user| before.get(&user)).max() {
                Some(at) => Err(not_now(*at)),
                None => self.may_leave(&claim, now),
            };
            match &verdict {
                Ok(_) => before.extend(users.map(|user| (user, now))),
                Err(Fate::Later { at, .. }) => before.extend(users.map(|user| (user, *at))),
                Err(_) => {}
            }
            match verdict {
                Ok(request) => errands.push(Errand { claim, request }),
                Err(fate) => put_back.push(Settlement::of(&claim, fate)),
            }
        }
        if !put_back.is_empty() {
            store.settle(&put_back)?;
        }
        Ok(errands)
    }

    /// Takes the answers to errands and has the store note what came of them, all at once.
    ///
    /// # Errors
    /// When the store failed; the claims come back when their leases end.
    pub fn feed<L: Lender>(
        &mut self,
        store: &mut L,
        answers: &[(Errand, Answer)],
        now: Timestamp,
    ) -> Result<Vec<Fate>, L::Error> {
        let mut settlements = Vec::with_capacity(answers.len());
        for (errand, answer) in answers {
            let fate = judge(&errand.claim, answer, now);
            if let (true, Fate::Later { at, .. }) = (answer.pauses_channel(), &fate) {
                self.paused_until = self.paused_until.max(*at);
            }
            settlements.push(Settlement::of(&errand.claim, fate));
        }
        store.settle(&settlements)?;
        Ok(settlements.into_iter().map(|settlement| settlement.fate).collect())
    }

    /// When the pause ends, if there is one.
    pub fn paused_until(&self, now: Timestamp) -> Option<Timestamp> {
        Some(self.paused_until).filter(|until| now < *until)
    }

    fn may_leave(&mut self, claim: &Claim, now: Timestamp) -> Result<Request, Fate> {
        if let Some(fate) = too_old(claim, now) {
            return Err(fate);
        }
        let rate = match claim.parcel.endpoint() {
            Endpoint::Multicast => &mut self.multicast,
            Endpoint::LinkRichMenu => &mut self.link,
            Endpoint::UnlinkRichMenu => &mut self.unlink,
            _ => &mut self.push,
        };
        rate.take(now).map_err(not_now)?;
        claim.parcel.request().map_err(|error| Fate::Refused { why: error.to_string() })
    }
}

const fn not_now(at: Timestamp) -> Fate {
    Fate::Later { at, attempt: Attempt::NotMade }
}

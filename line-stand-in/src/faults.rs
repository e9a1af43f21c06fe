//! Failing on purpose.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::answer::{Answer, Detail, Outcome};
use crate::Endpoint;

/// A way to fail. "Before accept" means that LINE did not take the request; "after accept" that it
/// did, messages are delivered, and only the answer is lost or wrong. An after-accept fault leaves
/// alone the answer to a request that is refused anyway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Not accepted, 500.
    Http500BeforeAccept,
    /// Accepted, 500.
    Http500AfterAccept,
    /// Not accepted, no answer for [`Options::hang`](crate::Options::hang).
    TimeoutBeforeAccept,
    /// Accepted, no answer for [`Options::hang`](crate::Options::hang).
    TimeoutAfterAccept,
    /// Not accepted, connection closed without an answer.
    DropConnectionBeforeAccept,
    /// Accepted, connection closed without an answer.
    DropConnectionAfterAccept,
    /// Not accepted, 429 of the rate limit.
    RateLimited,
    /// Not accepted, 429 of the monthly quota.
    MonthlyLimit,
    /// Not accepted, 401.
    Unauthorized,
    /// Not accepted, 403.
    Forbidden,
    /// Not accepted, 400.
    BadRequest,
    /// Accepted, and the body of the answer is not JSON.
    GarbageBody,
}

impl Fault {
    /// What happens instead of accepting the request, if this fault strikes before that.
    pub(crate) fn before_accept(self) -> Option<Outcome> {
        let answer = match self {
            Fault::TimeoutBeforeAccept => return Some(Outcome::Hang),
            Fault::DropConnectionBeforeAccept => return Some(Outcome::Drop),
            Fault::Http500BeforeAccept => Answer::internal_error(),
            Fault::RateLimited => Answer::rate_limited(),
            Fault::MonthlyLimit => Answer::monthly_limit(),
            Fault::Unauthorized => Answer::unauthorized(),
            Fault::Forbidden => Answer::forbidden(),
            Fault::BadRequest => Answer::bad_body(&[Detail::new("messages", "Injected fault")]),
            Fault::Http500AfterAccept
            | Fault::TimeoutAfterAccept
            | Fault::DropConnectionAfterAccept
            | Fault::GarbageBody => return None,
        };
        Some(Outcome::Answer(answer))
    }

    /// What the client gets instead of the answer to an accepted request.
    pub(crate) fn after_accept(self, answer: Answer) -> Outcome {
        match self {
            Fault::TimeoutAfterAccept => Outcome::Hang,
            Fault::DropConnectionAfterAccept => Outcome::Drop,
            Fault::Http500AfterAccept => Outcome::Answer(Answer::internal_error()),
            Fault::GarbageBody => Outcome::Answer(Answer { body: b"<html>garbage".to_vec(), ..answer }),
            _ => Outcome::Answer(answer),
        }
    }
}

/// Random faults from a seed: the same seed and the same order of requests repeat the same faults.
#[derive(Clone, Debug)]
pub struct Chaos {
    generator: SplitMix64,
    permille: Vec<(Fault, u16)>,
}

impl Chaos {
    /// No fault yet; add some by [`Chaos::with`].
    pub fn new(seed: u64) -> Self {
        Self { generator: SplitMix64(seed), permille: Vec::new() }
    }

    /// Lets `fault` strike `permille` of 1000 requests. A request meets one fault at most, so the
    /// sum over all faults should stay within 1000.
    pub fn with(mut self, fault: Fault, permille: u16) -> Self {
        self.permille.push((fault, permille));
        self
    }

    fn next(&mut self) -> Option<Fault> {
        let mut draw = self.generator.next() % 1_000;
        for &(fault, permille) in &self.permille {
            match draw.checked_sub(u64::from(permille)) {
                Some(rest) => draw = rest,
                None => return Some(fault),
            }
        }
        None
    }
}

/// Steele, Lea, Flood: "Fast splittable pseudorandom number generators" (2014).
#[derive(Clone, Debug)]
struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// The faults to come: first those asked for, in order, then chaos.
pub(crate) struct Faults {
    queue: VecDeque<Queued>,
    chaos: Option<Chaos>,
}

struct Queued {
    fault: Fault,
    /// `None` is any endpoint.
    endpoint: Option<Endpoint>,
    count: u32,
}

impl Faults {
    pub(crate) fn new(chaos: Option<Chaos>) -> Self {
        Self { queue: VecDeque::new(), chaos }
    }

    pub(crate) fn push(&mut self, fault: Fault, endpoint: Option<Endpoint>, count: u32) {
        if count > 0 {
            self.queue.push_back(Queued { fault, endpoint, count });
        }
    }

    pub(crate) fn set_chaos(&mut self, chaos: Option<Chaos>) {
        self.chaos = chaos;
    }

    pub(crate) fn next(&mut self, endpoint: Endpoint) -> Option<Fault> {
        let hit = self.queue.iter().position(|queued| queued.endpoint.is_none_or(|wanted| wanted == endpoint));
        match hit {
            Some(index) => {
                let queued = &mut self.queue[index];
                let fault = queued.fault;
                queued.count -= 1;
                if queued.count == 0 {
                    self.queue.remove(index);
                }
                Some(fault)
            }
            None => self.chaos.as_mut()?.next(),
        }
    }
}

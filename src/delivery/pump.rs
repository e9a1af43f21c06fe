//! The loop between a store and a transport.

use futures_util::stream::{self, StreamExt};

use crate::line::Answer;
use crate::model::Timestamp;
use crate::store::{Fate, Lender};

use super::courier::{Courier, Errand};
use super::transport::Transport;

/// Requests lent at a time, in one transaction. If every one of them runs into the time-out, the
/// batch still ends before its lease.
const BATCH: usize = 128;
/// Requests on their way at a time.
const IN_FLIGHT: usize = 32;

/// What a run of [`pump`] came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pumped {
    /// Attempts made.
    pub attempts: usize,
    /// Requests accepted.
    pub accepted: usize,
    /// Requests that end refused or unknown.
    pub lost: usize,
}

/// Sends what is due until nothing is, or until the channel has to pause. Needs no particular
/// runtime; whoever awaits it provides it. `clock` says what time it is, before each batch and after.
///
/// May be dropped at any instant: what was lent and not settled comes back when its lease ends.
///
/// # Errors
/// When the store failed.
pub async fn pump<L: Lender, T: Transport>(
    store: &mut L,
    courier: &mut Courier,
    transport: &T,
    clock: &(impl Fn() -> Timestamp + Sync),
) -> Result<Pumped, L::Error> {
    let mut pumped = Pumped::default();
    loop {
        let errands = courier.take(store, clock(), BATCH)?;
        if errands.is_empty() {
            return Ok(pumped);
        }
        pumped.attempts += errands.len();
        let send = |errand: Errand| async {
            let answer = transport.send(&errand.request).await;
            (errand, answer)
        };
        let answers: Vec<(Errand, Answer)> =
            stream::iter(errands).map(send).buffer_unordered(IN_FLIGHT).collect().await;
        for fate in courier.feed(store, &answers, clock())? {
            match fate {
                Fate::Accepted { .. } => pumped.accepted += 1,
                Fate::Refused { .. } | Fate::Unknown => pumped.lost += 1,
                Fate::Later { .. } | Fate::Split(_) => {}
            }
        }
    }
}

//! What an answer means for the request it answers.

use crate::line::{Answer, retry_deadline};
use crate::model::Timestamp;
use crate::store::{Attempt, Claim, Fate};

/// The longest a failed request waits before the next attempt.
const BACKOFF_LIMIT_MS: u64 = 15 * 60_000;
/// How long to wait where only people can help: a spent quota, a token LINE does not take.
const PEOPLE_MS: i64 = 60 * 60_000;

/// The fate of a claim, from the answer it got at `now` (reliability 2).
///
/// What LINE answered with an error it has not accepted; what it did not answer it may have. The
/// first is refused in the end, the second is unknown: nothing leaves once LINE may have forgotten
/// the key (X04), and nothing under a new key while an older attempt is in doubt.
pub fn judge(claim: &Claim, answer: &Answer, now: Timestamp) -> Fate {
    match answer {
        Answer::Accepted { request_id } | Answer::AlreadyAccepted { request_id } => {
            Fate::Accepted { at: now, request_id: request_id.as_ref().map(ToString::to_string) }
        }
        // Of a rich menu nothing is in doubt: what LINE refuses now is not what the friend sees.
        Answer::Invalid { .. } if claim.doubtful && claim.parcel.menu_of().is_none() => Fate::Unknown,
        Answer::Invalid { status, message, bad_recipients } => match claim.parcel.split(bad_recipients) {
            Some(parts) => Fate::Split(parts),
            None => {
                let message = message.as_deref().unwrap_or("without a word");
                Fate::Refused { why: format!("LINE answered {status}: {message}") }
            }
        },
        Answer::QuotaReached => later(claim, now, PEOPLE_MS, Attempt::Failed, "the monthly limit was reached"),
        Answer::Unauthorized => {
            later(claim, now, PEOPLE_MS, Attempt::Failed, "LINE did not take the channel access token")
        }
        Answer::Forbidden => later(claim, now, PEOPLE_MS, Attempt::Failed, "LINE does not allow the account to send"),
        Answer::RateLimited { .. } => later(claim, now, backoff(claim), Attempt::Failed, "LINE was too busy"),
        // A server error, silence, or something new: it may have been accepted all the same.
        _ => later(claim, now, backoff(claim), Attempt::Doubtful, "LINE gave no answer"),
    }
}

/// The fate of a claim that is too old to be sent at all, if it is.
pub(super) fn too_old(claim: &Claim, now: Timestamp) -> Option<Fate> {
    (now >= retry_deadline(claim.first_try)).then(|| end(claim.doubtful, "no attempt came through in 24 hours"))
}

fn later(claim: &Claim, now: Timestamp, ms: i64, attempt: Attempt, why: &str) -> Fate {
    let at = now.plus_millis(ms);
    if at >= retry_deadline(claim.first_try) {
        end(claim.doubtful || attempt == Attempt::Doubtful, why)
    } else {
        Fate::Later { at, attempt }
    }
}

fn end(doubtful: bool, why: &str) -> Fate {
    if doubtful { Fate::Unknown } else { Fate::Refused { why: why.into() } }
}

/// Full jitter: anywhere up to twice as long at each attempt, so that a thousand failed requests do
/// not come back together. Drawn from the key, so it is the same on every machine.
fn backoff(claim: &Claim) -> i64 {
    let most = (1000_u64 << claim.attempt.min(20)).min(BACKOFF_LIMIT_MS);
    let mut seed = [0; 8];
    seed.copy_from_slice(&claim.parcel.key.as_bytes()[8..]);
    let drawn = u64::from_be_bytes(seed).rotate_left(claim.attempt.wrapping_mul(11)) % most;
    i64::try_from(1000 + drawn).unwrap_or(PEOPLE_MS)
}

//! The engine over what a store hands out.

use std::sync::Arc;

use crate::engine::{Engine, EngineError, ShopView};
use crate::model::Timestamp;
use crate::playbook::Playbook;

use super::{Batch, Outcome, Store, Worked};

/// Events and wake-ups in one transaction: long enough to share one disk flush, short enough for
/// other processes to get their turn.
const BATCH: usize = 500;

/// So many friends due at one instant are looked at together when the last messages of a month are kept for some
/// of them: who gets one is chosen among these.
const CHOSEN_AMONG: usize = 20_000;

/// What a run came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Done {
    /// Events worked on.
    pub events: usize,
    /// Friends woken because it was time.
    pub woken: usize,
}

/// Why a run stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError<E: core::error::Error + 'static> {
    /// The store failed; what was committed before stands.
    #[error(transparent)]
    Store(E),
    /// The engine cannot run this playbook.
    #[error(transparent)]
    Engine(EngineError),
}

/// Works until nothing is left to do at `now`: events first, in the order they came, then whoever is
/// due. A clock that went back is held at the latest time the store has worked at.
///
/// Any number of processes may call this on one store; each batch is one transaction, so they take
/// turns. An event the playbook does not take is kept with the reason and holds nothing up.
///
/// `shop` holds the keys coupon codes are made with, and what is known of stock and of the messages left this
/// month, which are counted down as they are decided. When they run short, those of the friends due go first for
/// whom the policy keeps the last: of up to 20,000, who are then worked on in one transaction.
///
/// How many coupons may still be issued, the store's own [ledger](super::Ledger) says, whatever `shop` says of it.
///
/// # Errors
/// When the store fails, or the playbook issues coupons and there are no keys.
pub fn run<S: Store>(
    store: &mut S,
    playbook: &Arc<Playbook>,
    shop: &ShopView<'_>,
    now: Timestamp,
) -> Result<Done, RunError<S::Error>> {
    let mut engine = Engine::new(Arc::clone(playbook), shop.keys.cloned()).map_err(RunError::Engine)?;
    engine.tell(shop);
    let mut left = shop.quota.map(|quota| quota.left);
    let now = now.max(store.last_now().map_err(RunError::Store)?);
    store.adopt(&playbook.hash().to_string(), now).map_err(RunError::Store)?;
    let issued = playbook.issued_coupons();
    let mut done = Done::default();
    loop {
        let mut sent = 0;
        let mut job = |batch: Batch| {
            let outcome = work_through(engine.clone(), batch, playbook, now);
            sent = outcome.parcels.iter().map(|parcel| parcel.messages() as u64).sum();
            outcome
        };
        let chooses = !playbook.policy().reserves.is_empty() && left.is_some_and(|left| left > 0);
        // Events come first and are no matter of choice.
        let together = chooses && store.next_due().map_err(RunError::Store)? > Some(Timestamp::MIN);
        let limit = if together { CHOSEN_AMONG } else { BATCH };
        let Worked { events, woken } = store.work(now, limit, &issued, &mut job).map_err(RunError::Store)?;
        left = left.map(|left| left.saturating_sub(sent));
        engine.set_quota(left);
        done.events += events;
        done.woken += woken;
        if events + woken == 0 {
            return Ok(done);
        }
    }
}

/// One batch, in an engine that knows only the friends of the batch.
fn work_through(mut engine: Engine, batch: Batch, playbook: &Playbook, now: Timestamp) -> Outcome {
    engine.number_after(batch.last_friend);
    engine.set_headroom(Some(batch.headroom));
    for kept in batch.friends {
        engine.seat(kept);
    }
    let mut outcome = Outcome::default();
    for (place, event) in batch.events.iter().enumerate() {
        if let Err(error) = engine.record(event, now) {
            outcome.refused.push((place, error.to_string()));
        }
    }
    if let Err(error) = engine.advance(now) {
        debug_assert!(false, "time stands still within a batch: {error}");
    }
    outcome.parcels = engine.take_parcels();
    outcome.handovers = engine.take_handovers();
    outcome.decisions = engine.take_decisions();
    outcome.changes = engine.take_changes();
    let ledger = engine.take_ledger().into_iter();
    outcome.ledger = ledger.filter_map(|entry| entry.operation(playbook.coupons(), playbook.zone())).collect();
    outcome
}

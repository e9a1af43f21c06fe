//! What the engine has to say to the ledger, and the ledger to the engine.

use std::sync::Arc;

use crate::model::Timestamp;
use crate::store::Ledger;

use super::boundary::call;
use super::desk::Desk;
use super::engine::enishi_engine;
use super::error::{Failure, enishi_error};
use super::handle::Handle;
use super::incoming::instant;
use super::ledger::enishi_ledger;
use super::till::{Holder, failed};

/// Brings the ledger up to the engine and the engine up to the ledger: codes the engine issued and ended, uses the
/// cart told it of, orders that came back and friends who are one are noted; and the engine is told what may still be
/// issued of each coupon, so that a budget that is taken at issue is not passed, and what is revoked is not issued.
///
/// Before the first call nothing is noted. Call it when an engine was made or restored, before anything else, and
/// then after what may have issued coupons. What was not noted yet is part of a snapshot. A redemption redeems what
/// was reserved for a checkout with the id of the order; other carts call enishi_ledger_redeem.
///
/// ENISHI_STATUS_LEDGER_FAILED when the ledger could not be read or written: nothing is lost, call it again.
///
/// # Safety
/// The handles are NULL or were given by this library and not freed, and nobody else uses the engine now; `err` is
/// NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_engine_post(
    engine: *mut enishi_engine,
    ledger: *const enishi_ledger,
    now_ms: i64,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let engine = enishi_engine::borrow_mut(engine)?;
            let ledger = enishi_ledger::borrow(ledger)?.holder();
            let now = instant(now_ms)?;
            engine.desk.change(|desk| match ledger {
                Holder::Memory(ledger) => post(desk, ledger, now),
                #[cfg(feature = "sqlite")]
                Holder::File(ledger) => post(desk, &**ledger, now),
            })
        })
    }
}

fn post(desk: &mut Desk, ledger: &impl Ledger, now: Timestamp) -> Result<(), Failure> {
    let engine = &mut desk.engine;
    let playbook = Arc::clone(engine.playbook());
    let entries = engine.ledger_entries().iter();
    let operations = entries.filter_map(|entry| entry.operation(playbook.coupons(), playbook.zone())).collect();
    ledger.post(operations, now).map_err(failed)?;
    let headroom = ledger.headroom(&playbook.issued_coupons(), now).map_err(failed)?;
    // Kept until all has gone well: what is posted again changes nothing.
    engine.take_ledger();
    engine.set_headroom(Some(headroom));
    Ok(())
}

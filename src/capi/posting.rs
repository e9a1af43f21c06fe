//! What the engine has to say to the ledger, and the ledger to the engine.

use core::ffi::c_char;
use std::sync::Arc;

use crate::coupon::ledger::Entry;

use super::boundary::call;
use super::engine::enishi_engine;
use super::error::{Failure, enishi_error};
use super::handle::Handle;
use super::incoming::{bytes, instant};
use super::ledger::enishi_ledger;
use super::playbook::enishi_playbook;
use super::shop::enishi_shop;

/// Brings the ledger up to the engine and the engine up to the ledger: codes the engine issued and ended, uses the
/// cart told it of, orders that came back and friends who are one are noted; and the engine is told what may still be
/// issued of each coupon, so that a budget that is taken at issue is not passed, and what is revoked is not issued.
///
/// Before the first call nothing is noted. Call it when an engine was made or restored or has another playbook, before
/// anything else, and then after what may have issued coupons. What was not noted yet is part of a snapshot. A redemption redeems what
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
            let ledger = &enishi_ledger::borrow(ledger)?.holder;
            let now = instant(now_ms)?;
            engine.desk.change(|desk| {
                let playbook = Arc::clone(desk.engine.playbook());
                ledger.post(desk.engine.ledger_entries(), &playbook, now)?;
                let headroom = ledger.headroom(&playbook, now)?;
                // Kept until all has gone well: what is posted again changes nothing.
                desk.engine.take_ledger();
                desk.engine.set_headroom(Some(headroom));
                Ok(())
            })
        })
    }
}

/// Asks a ledger what may still be issued of each coupon of the playbook, and tells the shop. A step with that shop
/// passes no budget that is taken at issue, issues nothing that was revoked, and says in its "ledger" what the ledger is
/// to know. Nothing is counted down here: ask anew once that is posted. Where several processes step friends at once, the
/// last of a budget may be issued by two; the ledger keeps it for one, and the other's use is refused where nothing is
/// left.
///
/// # Safety
/// The handles are NULL or were given by this library and not freed, and nobody else uses the shop now; `err` is NULL
/// or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_shop_ask_ledger(
    shop: *mut enishi_shop,
    playbook: *const enishi_playbook,
    ledger: *const enishi_ledger,
    now_ms: i64,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let shop = enishi_shop::borrow_mut(shop)?;
            let playbook = &enishi_playbook::borrow(playbook)?.playbook;
            let ledger = &enishi_ledger::borrow(ledger)?.holder;
            shop.headroom = Some(ledger.headroom(playbook, instant(now_ms)?)?);
            Ok(())
        })
    }
}

/// Notes in a ledger what a step said it is to know: `entries` is the "ledger" of its effects, a JSON array. Told again
/// it changes nothing, so it may be kept with the friend and posted until that has gone well.
///
/// # Safety
/// The handles are NULL or were given by this library and not freed; `entries` leads to `entries_len` bytes; `err` is
/// NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_ledger_post(
    ledger: *const enishi_ledger,
    playbook: *const enishi_playbook,
    entries: *const c_char,
    entries_len: usize,
    now_ms: i64,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let ledger = &enishi_ledger::borrow(ledger)?.holder;
            let playbook = &enishi_playbook::borrow(playbook)?.playbook;
            let entries: Vec<Entry> = serde_json::from_slice(bytes(entries, entries_len, "entries")?)
                .map_err(|error| Failure::argument(format_args!("entries: {error}")))?;
            ledger.post(&entries, playbook, instant(now_ms)?)
        })
    }
}

//! What the friends there are teach, as lines to be put into the playbook.

use crate::engine::Engine;
use crate::insight::{CycleMedians, PlanTable};
use crate::model::{OrderHistory, Reactions};
use crate::rfm::AsOf;

use super::boundary::call;
use super::buf::enishi_buf;
use super::engine::enishi_engine;
use super::error::enishi_error;
use super::handle::Handle;
use super::incoming::Out;
use super::playbook::enishi_playbook;

/// At which hours the engine's friends react, for those of whom little is known: the lines of a playbook's
/// section `best_hour`, as TOML. They take effect when a playbook with them is adopted.
///
/// # Safety
/// `engine` is NULL or was given by this library and not freed; the other pointers are NULL or may be
/// written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_engine_best_hour(
    engine: *const enishi_engine,
    out: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let engine = &enishi_engine::borrow(engine)?.desk.read()?.engine;
            let reactions: Vec<Reactions> = engine.friends().map(|friend| friend.reactions).collect();
            out.write(engine.playbook().best_hour().clone().learned_from(&reactions).playbook_lines().into());
            Ok(())
        })
    }
}

/// How long the shop's goods last with the engine's friends: the lines of a playbook's section `cycles`, as
/// TOML. A median stands in place of what the playbook gives where at least `least_gaps` gaps between orders
/// are known. They take effect when a playbook with them is adopted.
///
/// # Safety
/// As for enishi_engine_best_hour.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_engine_cycles(
    engine: *const enishi_engine,
    least_gaps: u32,
    out: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let engine = &enishi_engine::borrow(engine)?.desk.read()?.engine;
            out.write(cycles(engine, least_gaps).into());
            Ok(())
        })
    }
}

/// How many LINE messages a month the playbook's budget pays for, by LINE's prices in Japan since June 2023:
/// `any` tells whether it has a budget, `messages` how many. For enishi_engine_set_quota: the less of this
/// and LINE's own quota, less what was sent this month.
///
/// # Safety
/// `playbook` is NULL or was given by this library and not freed; the other pointers are NULL or may be
/// written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_playbook_messages_within_budget(
    playbook: *const enishi_playbook,
    messages: *mut i64,
    any: *mut bool,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let (messages, any) = (Out::required(messages, "messages")?, Out::required(any, "any")?);
            let policy = enishi_playbook::borrow(playbook)?.playbook.policy();
            let count = policy.messages_within_budget(&PlanTable::jp_2023_06());
            any.write(count.is_some());
            messages.write(count.map_or(0, |count| i64::try_from(count).unwrap_or(i64::MAX)));
            Ok(())
        })
    }
}

fn cycles(engine: &Engine, least_gaps: u32) -> String {
    let playbook = engine.playbook();
    let orders: Vec<OrderHistory> = engine.friends().map(|friend| friend.orders).collect();
    let medians = CycleMedians::of(&orders, &AsOf::new(engine.now(), *playbook.zone()));
    medians.recommended(&playbook.schema().cycles, least_gaps.into()).playbook_lines()
}

//! A shop of friends in memory, and its outbox.

use core::ffi::c_char;
use std::sync::Arc;

use serde::Serialize;

use crate::engine::Recorded;
use crate::model::Event;

use super::boundary::{Guarded, call, quietly};
use super::buf::enishi_buf;
use super::codes::enishi_keys;
use super::desk::Desk;
use super::error::enishi_error;
use super::handle::{Handle, may_be_read_by_several};
use super::incoming::{Out, WhenOut, bytes, instant, text};
use super::playbook::enishi_playbook;
use super::predicate::enishi_predicate;

/// A shop of friends in memory, with the requests on their way to LINE.
///
/// Owner: the caller; ended by enishi_engine_free, deliveries taken from it not included.
/// Borrowed from it: nothing.
/// Threads: any, one at a time.
/// After fork: each process has a copy, and only one of them may go on sending.
pub struct enishi_engine {
    pub(super) desk: Guarded<Desk>,
}

impl Handle for enishi_engine {
    const NAME: &'static str = "engine";
}

const _: () = may_be_read_by_several::<enishi_engine>();

/// An engine nobody is known to. `keys` may be NULL when the playbook issues no coupons.
///
/// # Safety
/// The handles are NULL or were given by this library and not freed; the other pointers are NULL or
/// may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_engine_new(
    playbook: *const enishi_playbook,
    keys: *const enishi_keys,
    out: *mut *mut enishi_engine,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let playbook = Arc::clone(&enishi_playbook::borrow(playbook)?.playbook);
            let keys = enishi_keys::borrow_if_any(keys).map(|keys| keys.ring.clone());
            let desk = Guarded::new(Desk::new(playbook, keys)?);
            out.write(enishi_engine { desk }.into_raw());
            Ok(())
        })
    }
}

/// The engine a snapshot was taken of. With another playbook than it was taken under, every friend
/// is looked at anew at the next enishi_engine_advance.
///
/// # Safety
/// As for enishi_engine_new; `snapshot` leads to `snapshot_len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_engine_restore(
    playbook: *const enishi_playbook,
    keys: *const enishi_keys,
    snapshot: *const c_char,
    snapshot_len: usize,
    out: *mut *mut enishi_engine,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let playbook = Arc::clone(&enishi_playbook::borrow(playbook)?.playbook);
            let keys = enishi_keys::borrow_if_any(keys).map(|keys| keys.ring.clone());
            let snapshot = bytes(snapshot, snapshot_len, "snapshot")?;
            let desk = Guarded::new(Desk::restore(playbook, keys, snapshot)?);
            out.write(enishi_engine { desk }.into_raw());
            Ok(())
        })
    }
}

/// Everything the engine knows and has not sent, as bytes that are no text, for enishi_engine_restore; not
/// the playbook and not the keys. Keep it before a delivery leaves: then whatever dies, no message is lost
/// and none is sent twice.
///
/// # Safety
/// `engine` is NULL or was given by this library and not freed; the other pointers are NULL or may
/// be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_engine_snapshot(
    engine: *const enishi_engine,
    out: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            out.write(enishi_engine::borrow(engine)?.desk.read()?.snapshot().into());
            Ok(())
        })
    }
}

/// Goes on by another playbook. Every friend is looked at anew at the next enishi_engine_advance: runs of
/// scenarios and steps that are gone end with a reason, and who stands in a segment already does not enter
/// by it. Where runs are to end by the steps they began by, adopt what enishi_playbook_following gives.
/// ENISHI_STATUS_KEYS_MISSING when it issues coupons and the engine has no keys; the engine then goes on
/// by the playbook it had.
///
/// # Safety
/// The handles are NULL or were given by this library and not freed, and nobody else uses the engine now;
/// `err` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_engine_adopt(
    engine: *mut enishi_engine,
    playbook: *const enishi_playbook,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let engine = enishi_engine::borrow_mut(engine)?;
            let playbook = Arc::clone(&enishi_playbook::borrow(playbook)?.playbook);
            engine.desk.change(|desk| Ok(desk.engine.adopt(playbook)?))
        })
    }
}

/// Takes in one event at `now_ms`: JSON such as {"id", "friend", "at", "type": "follow", "user"}; the
/// types and their fields are those of enishi::model::Event. `is_new`, unless NULL, tells whether its
/// id was never seen before; a second copy changes nothing.
///
/// # Safety
/// `engine` is NULL or was given by this library and not freed, and nobody else uses it now; `event`
/// leads to `event_len` bytes; the other pointers are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_engine_record(
    engine: *mut enishi_engine,
    event: *const c_char,
    event_len: usize,
    now_ms: i64,
    is_new: *mut bool,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let is_new = Out::optional(is_new);
            let event = bytes(event, event_len, "event")?;
            let now = instant(now_ms)?;
            let recorded = enishi_engine::borrow_mut(engine)?.desk.change(|desk| {
                let event = Event::from_json(event, desk.engine.playbook().currency())?;
                Ok(desk.engine.record(&event, now)?)
            })?;
            if let Some(is_new) = is_new {
                is_new.write(recorded == Recorded::New);
            }
            Ok(())
        })
    }
}

/// It is `now_ms`: does everything that is due. `woken`, unless NULL, tells for how many friends.
///
/// # Safety
/// `engine` is NULL or was given by this library and not freed, and nobody else uses it now; the
/// other pointers are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_engine_advance(
    engine: *mut enishi_engine,
    now_ms: i64,
    woken: *mut usize,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let woken = Out::optional(woken);
            let now = instant(now_ms)?;
            let count = enishi_engine::borrow_mut(engine)?.desk.change(|desk| Ok(desk.engine.advance(now)?))?;
            if let Some(woken) = woken {
                woken.write(count);
            }
            Ok(())
        })
    }
}

/// When enishi_engine_advance will next have something to do: `any` tells whether ever, `at_ms` when.
///
/// # Safety
/// `engine` is NULL or was given by this library and not freed; the other pointers are NULL or may
/// be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_engine_next_wake(
    engine: *const enishi_engine,
    at_ms: *mut i64,
    any: *mut bool,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = WhenOut::required(at_ms, any)?;
            out.write(enishi_engine::borrow(engine)?.desk.read()?.engine.next_wake());
            Ok(())
        })
    }
}

/// Takes out what was decided since it was last asked: one JSON object on each line.
///
/// # Safety
/// `engine` is NULL or was given by this library and not freed, and nobody else uses it now; the
/// other pointers are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_engine_take_decisions(
    engine: *mut enishi_engine,
    out: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let decisions = enishi_engine::borrow_mut(engine)?.desk.change(|desk| Ok(desk.engine.take_decisions()))?;
            let lines: String = decisions.iter().flat_map(|decision| [decision.to_json(), "\n".into()]).collect();
            out.write(lines.into());
            Ok(())
        })
    }
}

/// Does the expression hold for the friend with this key, as of the time told last?
/// ENISHI_STATUS_UNKNOWN_NAME when there is no such friend.
///
/// # Safety
/// The handles are NULL or were given by this library and not freed; `friend_key` leads to
/// `friend_key_len` bytes; the other pointers are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_engine_matches(
    engine: *const enishi_engine,
    friend_key: *const c_char,
    friend_key_len: usize,
    predicate: *const enishi_predicate,
    out: *mut bool,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let predicate = &enishi_predicate::borrow(predicate)?.predicate;
            let desk = enishi_engine::borrow(engine)?.desk.read()?;
            let friend = desk.friend(text(friend_key, friend_key_len, "friend_key")?)?;
            out.write(predicate.matches(&friend, desk.engine.now()));
            Ok(())
        })
    }
}

/// Why it holds for that friend, or does not: JSON as of enishi_friend_explain.
///
/// # Safety
/// As for enishi_engine_matches.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_engine_explain(
    engine: *const enishi_engine,
    friend_key: *const c_char,
    friend_key_len: usize,
    predicate: *const enishi_predicate,
    out: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let predicate = &enishi_predicate::borrow(predicate)?.predicate;
            let desk = enishi_engine::borrow(engine)?.desk.read()?;
            let friend = desk.friend(text(friend_key, friend_key_len, "friend_key")?)?;
            out.write(predicate.explain(&friend, desk.engine.now()).to_json().to_string().into());
            Ok(())
        })
    }
}

/// Until when the answer of enishi_engine_matches stands if nothing happens: `any` tells whether it
/// could ever be another, `at_ms` from when on.
///
/// # Safety
/// As for enishi_engine_matches.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_engine_next_change(
    engine: *const enishi_engine,
    friend_key: *const c_char,
    friend_key_len: usize,
    predicate: *const enishi_predicate,
    at_ms: *mut i64,
    any: *mut bool,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = WhenOut::required(at_ms, any)?;
            let predicate = &enishi_predicate::borrow(predicate)?.predicate;
            let desk = enishi_engine::borrow(engine)?.desk.read()?;
            let friend = desk.friend(text(friend_key, friend_key_len, "friend_key")?)?;
            out.write(predicate.next_change(&friend, desk.engine.now()));
            Ok(())
        })
    }
}

/// How all requests stand, as JSON: {"accepted", "messages", "waiting", "refused", "unknown",
/// "attempts"}. `messages` counts the friends in accepted requests; `unknown` are requests of which
/// nobody can know whether LINE took them.
///
/// # Safety
/// `engine` is NULL or was given by this library and not freed; the other pointers are NULL or may
/// be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_engine_tally(
    engine: *const enishi_engine,
    out: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    #[derive(Serialize)]
    struct Counts {
        accepted: u64,
        messages: u64,
        waiting: u64,
        refused: u64,
        unknown: u64,
        attempts: u64,
    }
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let tally = enishi_engine::borrow(engine)?.desk.read()?.outbox.tally();
            let counts = Counts {
                accepted: tally.accepted,
                messages: tally.messages,
                waiting: tally.waiting,
                refused: tally.refused,
                unknown: tally.unknown,
                attempts: tally.attempts,
            };
            out.write(serde_json::to_string(&counts).expect("it has only string keys").into());
            Ok(())
        })
    }
}

/// Ends an engine; NULL is taken too.
///
/// # Safety
/// `engine` is NULL or was given by this library and not freed, and nobody uses it now.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_engine_free(engine: *mut enishi_engine) {
    // SAFETY: the caller's promise above is the one `free` asks for.
    quietly((), || unsafe { enishi_engine::free(engine) });
}

//! Why a friend got a message, or did not.

use core::ffi::c_char;

use crate::engine::why;
use crate::playbook::Playbook;
use crate::scenario::Decision;

use super::boundary::call;
use super::buf::enishi_buf;
use super::engine::enishi_engine;
use super::error::{Failure, enishi_error};
use super::friend::enishi_friend;
use super::handle::Handle;
use super::incoming::{Out, bytes, instant, text};
use super::playbook::enishi_playbook;
use super::status::enishi_status;

/// Why the friend with this key got something of a scenario or did not, as of the time told last: sent, not
/// sent, on the way, never entered. With `step_len` 0 of the whole scenario, else of one of its steps.
///
/// `log` is what enishi_engine_take_decisions gave before, all of it or the lines about this friend, the
/// oldest first; what the engine has decided since follows by itself. `out` gets {"decisions": [...],
/// "standing": {"is", ...}} as JSON. The decisions are those lines that answer, with the same `code` and
/// `reason`; of a step also how its run ended. `is` says how the friend stands now:
/// - "running": "runs" with {"run", "step", "due"} each: where it stands, and when it is looked at next.
/// - "deferred": "since": waits for another scenario of its group to end.
/// - "ended": "times": how often it was inside; "last_ended", or null.
/// - "never_entered": "trigger": what the scenario begins by; "next": when that comes for this friend, or
///   null; "segment", if it begins by one, and "only", if that keeps the friend out: each as of
///   enishi_friend_explain, or null.
///
/// Times are RFC 3339 in UTC. ENISHI_STATUS_UNKNOWN_NAME when there is no such friend or scenario, or
/// neither the scenario nor the log has such a step; ENISHI_STATUS_INVALID_STATE when the log is not such
/// lines.
///
/// # Safety
/// `engine` is NULL or was given by this library and not freed; the texts lead to as many bytes as is said
/// of them; the other pointers are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_engine_why(
    engine: *const enishi_engine,
    friend_key: *const c_char,
    friend_key_len: usize,
    scenario: *const c_char,
    scenario_len: usize,
    step: *const c_char,
    step_len: usize,
    log: *const c_char,
    log_len: usize,
    out: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let desk = enishi_engine::borrow(engine)?.desk.read()?;
            let key = text(friend_key, friend_key_len, "friend_key")?;
            let about = (text(scenario, scenario_len, "scenario")?, some(text(step, step_len, "step")?));
            let log = decisions(bytes(log, log_len, "log")?)?;
            let why = desk.engine.why(key, &log, about);
            let why = why.ok_or_else(|| match desk.friend(key) {
                Ok(_) => unknown(desk.engine.playbook(), about),
                Err(nobody) => nobody,
            })?;
            out.write(why.to_json().into());
            Ok(())
        })
    }
}

/// The same of a friend the host keeps, as of `now_ms`: `log` is the "decisions" that enishi_friend_step
/// gave of this friend, the oldest first, one after another without commas. JSON and errors as of
/// enishi_engine_why.
///
/// # Safety
/// As for enishi_engine_why; `playbook` is NULL or was given by this library and not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_friend_why(
    person: *const enishi_friend,
    playbook: *const enishi_playbook,
    scenario: *const c_char,
    scenario_len: usize,
    step: *const c_char,
    step_len: usize,
    log: *const c_char,
    log_len: usize,
    now_ms: i64,
    out: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let friend = enishi_friend::borrow(person)?.friend()?;
            let playbook = &enishi_playbook::borrow(playbook)?.playbook;
            let about = (text(scenario, scenario_len, "scenario")?, some(text(step, step_len, "step")?));
            let log = decisions(bytes(log, log_len, "log")?)?;
            let why = why(playbook, friend, &log, about, instant(now_ms)?);
            out.write(why.ok_or_else(|| unknown(playbook, about))?.to_json().into());
            Ok(())
        })
    }
}

fn some(step: &str) -> Option<&str> {
    Some(step).filter(|step| !step.is_empty())
}

/// One JSON object after another.
fn decisions(log: &[u8]) -> Result<Vec<Decision>, Failure> {
    let read: Result<Vec<_>, _> = serde_json::Deserializer::from_slice(log).into_iter().collect();
    read.map_err(|error| Failure::new(enishi_status::InvalidState, format_args!("log: {error}")))
}

fn unknown(playbook: &Playbook, (scenario, step): (&str, Option<&str>)) -> Failure {
    let known = playbook.scenarios().get(scenario);
    let words = match step.filter(|_| known.is_some()) {
        Some(step) => format!("the scenario '{scenario}' has no step '{step}'"),
        None => format!("the playbook has no scenario '{scenario}'"),
    };
    Failure::new(enishi_status::UnknownName, words)
}

//! Whether segments and tags do their work.

use crate::engine::FriendsByRow;
use crate::playbook::Hygiene;

use super::boundary::call;
use super::buf::enishi_buf;
use super::engine::enishi_engine;
use super::error::enishi_error;
use super::handle::Handle;
use super::incoming::{Out, instant};
use super::playbook::enishi_playbook;
use super::population::enishi_population;

/// What a playbook's rules alone tell of its segments and tags: what nobody uses, what can hold for nobody.
/// `out` gets {"friends", "segments": [{"segment", "friends"}], "findings": [{"code", "text"}]} as JSON;
/// here "friends" is null and "segments" empty. Codes are "H01" and so on and never change their meaning;
/// the texts are for people.
///
/// # Safety
/// `playbook` is NULL or was given by this library and not freed; the other pointers are NULL or may be
/// written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_playbook_hygiene(
    playbook: *const enishi_playbook,
    out: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            out.write(told(&enishi_playbook::borrow(playbook)?.playbook.hygiene()));
            Ok(())
        })
    }
}

/// The same along with the friends there are as of `now_ms`: how many each segment has, which are empty, too
/// small or twice the same, which tags nobody has. What no column answers is left out and told.
///
/// # Safety
/// The handles are NULL or were given by this library and not freed; the other pointers are NULL or may be
/// written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_population_hygiene(
    population: *const enishi_population,
    playbook: *const enishi_playbook,
    now_ms: i64,
    out: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let population = enishi_population::borrow(population)?.population.read()?;
            let playbook = &enishi_playbook::borrow(playbook)?.playbook;
            out.write(told(&playbook.hygiene_of(population, None, instant(now_ms)?)));
            Ok(())
        })
    }
}

/// The same by the engine's playbook, as of the time told last. What no column of the population answers is
/// asked of the engine's friends, found by their keys, and so is how long ago tags were put on.
///
/// # Safety
/// As for enishi_population_hygiene.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_engine_hygiene(
    engine: *const enishi_engine,
    population: *const enishi_population,
    out: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let engine = &enishi_engine::borrow(engine)?.desk.read()?.engine;
            let population = enishi_population::borrow(population)?.population.read()?;
            let friends = FriendsByRow::new(engine, population);
            out.write(told(&engine.playbook().hygiene_of(population, Some(&friends), engine.now())));
            Ok(())
        })
    }
}

fn told(hygiene: &Hygiene) -> enishi_buf {
    hygiene.to_json().to_string().into()
}

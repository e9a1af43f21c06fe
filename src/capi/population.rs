//! Friends as columns, asked all at once.

use core::ffi::{c_char, c_void};

use crate::engine::FriendsByRow;
use crate::model::Friend;
use crate::population::{Population, Unanswered};

use super::boundary::{Guarded, call, quietly};
use super::buf::enishi_buf;
use super::columns::enishi_columns;
use super::engine::enishi_engine;
use super::error::{Failure, enishi_error};
use super::friend::enishi_friend;
use super::handle::{Handle, may_be_read_by_several};
use super::incoming::{Out, column, instant, text};
use super::predicate::enishi_predicate;
use super::selection::enishi_selection;
use super::status::enishi_status;

/// Friends as columns, in rows numbered from 0 as they came. A row that was removed stays empty, so
/// a number never means somebody else. To rank customers by their orders, give these as columns to
/// enishi_rfm_measure.
///
/// Owner: the caller; ended by enishi_population_free. It keeps nothing of what it was made of.
/// Borrowed from it: nothing. Selections go on without it.
/// Threads: any; several may ask it at once while none changes it.
/// After fork: both processes may go on using it.
pub struct enishi_population {
    pub(super) population: Guarded<Population>,
}

impl Handle for enishi_population {
    const NAME: &'static str = "population";
}

const _: () = may_be_read_by_several::<enishi_population>();

/// The population that columns describe. When they have a fault, ENISHI_STATUS_INVALID_COLUMNS
/// tells of the first, with its column and row.
///
/// # Safety
/// `columns` is NULL or was given by this library and not freed; the other pointers are NULL or may
/// be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_population_load(
    columns: *const enishi_columns,
    out: *mut *mut enishi_population,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let population = Population::load(&enishi_columns::borrow(columns)?.lend()?)?;
            out.write(enishi_population { population: Guarded::new(population) }.into_raw());
            Ok(())
        })
    }
}

/// The population of an engine's friends, in the order of their numbers, with everything that
/// columns can say of them.
///
/// # Safety
/// `engine` is NULL or was given by this library and not freed; the other pointers are NULL or may
/// be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_population_of_engine(
    engine: *const enishi_engine,
    out: *mut *mut enishi_population,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let population = Population::of(enishi_engine::borrow(engine)?.desk.read()?.engine.friends())?;
            out.write(enishi_population { population: Guarded::new(population) }.into_raw());
            Ok(())
        })
    }
}

/// Adds rows at the end, with the same columns as the rows before them. When they have a fault,
/// nothing was added.
///
/// # Safety
/// The handles are NULL or were given by this library and not freed, and nobody else uses the
/// population now; `err` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_population_append(
    population: *mut enishi_population,
    columns: *const enishi_columns,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let columns = enishi_columns::borrow(columns)?.lend()?;
            let population = &mut enishi_population::borrow_mut(population)?.population;
            population.change(|population| Ok(population.append(&columns)?))
        })
    }
}

/// Takes in what became of a friend: in the row of the friend's key, else in a new one. `row`,
/// unless NULL, gets which. The population must have keys.
///
/// # Safety
/// As for enishi_population_append; `row` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_population_put(
    population: *mut enishi_population,
    person: *const enishi_friend,
    row: *mut u32,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let row = Out::optional(row);
            let friend = enishi_friend::borrow(person)?.friend()?;
            let population = &mut enishi_population::borrow_mut(population)?.population;
            let put = population.change(|population| put(population, friend))?;
            row.into_iter().for_each(|row| row.write(put));
            Ok(())
        })
    }
}

/// The same of a friend of an engine, by key.
///
/// # Safety
/// As for enishi_population_put; `friend_key` leads to `friend_key_len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_population_put_of_engine(
    population: *mut enishi_population,
    engine: *const enishi_engine,
    friend_key: *const c_char,
    friend_key_len: usize,
    row: *mut u32,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let row = Out::optional(row);
            let desk = enishi_engine::borrow(engine)?.desk.read()?;
            let friend = desk.friend(text(friend_key, friend_key_len, "friend_key")?)?;
            let population = &mut enishi_population::borrow_mut(population)?.population;
            let put = population.change(|population| put(population, &friend))?;
            row.into_iter().for_each(|row| row.write(put));
            Ok(())
        })
    }
}

/// Removes the friend of a row. The key is free for another row then.
/// ENISHI_STATUS_UNKNOWN_ROW when there is no such row, or it was removed before.
///
/// # Safety
/// `population` is NULL or was given by this library and not freed, and nobody else uses it now;
/// `err` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_population_remove(
    population: *mut enishi_population,
    row: u32,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let population = &mut enishi_population::borrow_mut(population)?.population;
            population.change(|population| Ok(population.remove(row)?))
        })
    }
}

/// How many friends there are, without those removed; 0 when `population` is NULL.
///
/// # Safety
/// `population` is NULL or was given by this library and not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_population_len(population: *const enishi_population) -> usize {
    // SAFETY: the caller's promise above is the one `borrow_if_any` asks for.
    let population = || unsafe { enishi_population::borrow_if_any(population) }?.population.read().ok();
    quietly(0, || population().map_or(0, Population::len))
}

/// How many rows there are, those removed included: the number of the next one; 0 when `population`
/// is NULL.
///
/// # Safety
/// `population` is NULL or was given by this library and not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_population_rows(population: *const enishi_population) -> u32 {
    // SAFETY: the caller's promise above is the one `borrow_if_any` asks for.
    let population = || unsafe { enishi_population::borrow_if_any(population) }?.population.read().ok();
    quietly(0, || population().map_or(0, Population::rows))
}

/// The row of the friend with this key; ENISHI_STATUS_UNKNOWN_NAME when nobody has it.
///
/// # Safety
/// `population` is NULL or was given by this library and not freed; `key` leads to `key_len` bytes;
/// the other pointers are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_population_row(
    population: *const enishi_population,
    key: *const c_char,
    key_len: usize,
    out: *mut u32,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let population = enishi_population::borrow(population)?.population.read()?;
            let key = text(key, key_len, "key")?;
            let unknown = || Failure::new(enishi_status::UnknownName, format_args!("nobody has the key '{key}'"));
            out.write(population.row(key).ok_or_else(unknown)?);
            Ok(())
        })
    }
}

/// The key of a row; ENISHI_STATUS_UNKNOWN_ROW when it has none, does not exist or was removed.
///
/// # Safety
/// `population` is NULL or was given by this library and not freed; the other pointers are NULL or
/// may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_population_key(
    population: *const enishi_population,
    row: u32,
    out: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let population = enishi_population::borrow(population)?.population.read()?;
            let key = population.key(row).ok_or_else(|| unknown_row(row, "has no key, or is not there"))?;
            out.write(key.as_str().to_owned().into());
            Ok(())
        })
    }
}

/// The friends for whom the expression holds at `now_ms`. ENISHI_STATUS_UNANSWERED when a condition
/// asks for what no column says: then see enishi_engine_select.
///
/// # Safety
/// The handles are NULL or were given by this library and not freed; the other pointers are NULL or
/// may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_population_select(
    population: *const enishi_population,
    predicate: *const enishi_predicate,
    now_ms: i64,
    out: *mut *mut enishi_selection,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let population = enishi_population::borrow(population)?.population.read()?;
            let predicate = &enishi_predicate::borrow(predicate)?.predicate;
            let selection = population.select(predicate, instant(now_ms)?).map_err(unanswered)?;
            out.write(enishi_selection { selection }.into_raw());
            Ok(())
        })
    }
}

/// The friends of a population for whom the expression holds, as of the time the engine was told
/// last. What no column says is asked of the engine's own friends, of those only whom nothing else
/// ruled out. Put into the population what became of friends since it was made.
///
/// # Safety
/// As for enishi_population_select.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_engine_select(
    engine: *const enishi_engine,
    population: *const enishi_population,
    predicate: *const enishi_predicate,
    out: *mut *mut enishi_selection,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let engine = &enishi_engine::borrow(engine)?.desk.read()?.engine;
            let population = enishi_population::borrow(population)?.population.read()?;
            let predicate = &enishi_predicate::borrow(predicate)?.predicate;
            let selection = population.select_with(predicate, engine.now(), &FriendsByRow::new(engine, population));
            out.write(enishi_selection { selection }.into_raw());
            Ok(())
        })
    }
}

/// How the expression would be answered, step by step, for people. Its wording may change.
///
/// # Safety
/// As for enishi_population_select.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_population_plan(
    population: *const enishi_population,
    predicate: *const enishi_predicate,
    now_ms: i64,
    out: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let population = enishi_population::borrow(population)?.population.read()?;
            let predicate = &enishi_predicate::borrow(predicate)?.predicate;
            out.write(population.plan(predicate, instant(now_ms)?).map_err(unanswered)?.to_string().into());
            Ok(())
        })
    }
}

/// All friends: what a complement is taken from.
///
/// # Safety
/// `population` is NULL or was given by this library and not freed; the other pointers are NULL or
/// may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_population_everyone(
    population: *const enishi_population,
    out: *mut *mut enishi_selection,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let selection = enishi_population::borrow(population)?.population.read()?.everyone();
            out.write(enishi_selection { selection }.into_raw());
            Ok(())
        })
    }
}

/// The friends of these rows: `n` packed uint32_t in any order, at any address.
/// ENISHI_STATUS_UNKNOWN_ROW when one of them does not exist or was removed.
///
/// # Safety
/// As for enishi_population_everyone; `rows` leads to `n` uint32_t.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_population_pick(
    population: *const enishi_population,
    rows: *const c_void,
    n: usize,
    out: *mut *mut enishi_selection,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let everyone = enishi_population::borrow(population)?.population.read()?.everyone();
            let rows = column::<u32>(rows, n, "rows")?;
            if let Some(row) = rows.iter().find(|row| !everyone.contains(**row)) {
                return Err(unknown_row(*row, "does not exist, or was removed"));
            }
            out.write(enishi_selection { selection: rows.iter().copied().collect() }.into_raw());
            Ok(())
        })
    }
}

/// Ends a population; NULL is taken too.
///
/// # Safety
/// `population` is NULL or was given by this library and not freed, and nobody uses it now.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_population_free(population: *mut enishi_population) {
    // SAFETY: the caller's promise above is the one `free` asks for.
    quietly((), || unsafe { enishi_population::free(population) });
}

fn put(population: &mut Population, friend: &Friend) -> Result<u32, Failure> {
    if let Some(row) = population.row(friend.key.as_str()) {
        population.update(row, friend)?;
        return Ok(row);
    }
    let row = population.rows();
    if row > 0 && !population.has_keys() {
        return Err(Failure::new(enishi_status::InvalidColumns, "keys: the population was loaded without them"));
    }
    population.append_friends([friend])?;
    Ok(row)
}

fn unanswered(unanswered: Unanswered) -> Failure {
    let condition = unanswered.condition;
    Failure::new(enishi_status::Unanswered, format_args!("no column answers `{condition}`"))
}

fn unknown_row(row: u32, why: &str) -> Failure {
    Failure::new(enishi_status::UnknownRow, format_args!("row {row} {why}"))
}

//! RFM over packed columns: one call for all customers.

use core::ffi::{c_char, c_void};

use serde::Serialize;

use crate::model::{LocalTime, Zone};
use crate::rfm::{AsOf, Bins, ClassMap, Cuts, OrderColumns, Recency, Rfm, RfmOptions, Scheme, Scores};

use super::boundary::{call, quietly};
use super::buf::enishi_buf;
use super::error::{Failure, enishi_error};
use super::handle::{Handle, may_be_read_by_several};
use super::incoming::{Out, column, instant, pour, text};

/// How a measure becomes a score.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum enishi_rfm_scale {
    /// Quantiles of the values: equal values get equal scores.
    Quantile = 1,
    /// Groups of equal size, as NTILE of SQL makes them: ties are parted by the customer's number.
    Ntile = 2,
}

/// How the days since the last order are counted.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum enishi_rfm_recency {
    /// Between the shop's dates: an order late yesterday is one day ago.
    LocalDates = 1,
    /// In whole periods of 24 hours.
    ElapsedDays = 2,
}

/// As of when and by what rules customers are ranked.
///
/// Owner: the caller; ended by enishi_rfm_options_free.
/// Borrowed from it: nothing.
/// Threads: any; several may use them at once while none sets one.
/// After fork: both processes may go on using them.
pub struct enishi_rfm_options {
    as_of: AsOf,
    scheme: Scheme,
}

impl Handle for enishi_rfm_options {
    const NAME: &'static str = "options";
}

/// The customers with an order, measured and scored.
///
/// Owner: the caller; ended by enishi_rfm_free.
/// Borrowed from it: nothing.
/// Threads: any; several may read at once.
/// After fork: both processes may go on using it.
pub struct enishi_rfm {
    rfm: Rfm,
    scores: Scores,
}

impl Handle for enishi_rfm {
    const NAME: &'static str = "rfm";
}

const _: () = may_be_read_by_several::<enishi_rfm_options>();
const _: () = may_be_read_by_several::<enishi_rfm>();

/// Options as of an instant (later orders do not count) in a shop's time zone, such as "Asia/Tokyo":
/// quantiles with five scores, recency by the shop's dates.
///
/// # Safety
/// `zone` leads to `zone_len` bytes; the other pointers are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_rfm_options_new(
    as_of_ms: i64,
    zone: *const c_char,
    zone_len: usize,
    out: *mut *mut enishi_rfm_options,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let zone = Zone::new(text(zone, zone_len, "zone")?, LocalTime::MIDNIGHT)?;
            let as_of = AsOf::new(instant(as_of_ms)?, zone);
            out.write(enishi_rfm_options { as_of, scheme: Scheme::quantile(Bins::FIVE) }.into_raw());
            Ok(())
        })
    }
}

/// Sets how all three measures are scored: one of enishi_rfm_scale, with 2 to 10 scores.
///
/// # Safety
/// `options` is NULL or was given by this library and not freed, and nobody else uses it now; `err`
/// is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_rfm_options_set_scale(
    options: *mut enishi_rfm_options,
    scale: i32,
    bins: u32,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let options = enishi_rfm_options::borrow_mut(options)?;
            let bins = Bins::new(u8::try_from(bins).unwrap_or(u8::MAX))?;
            options.scheme = match scale {
                scale if scale == enishi_rfm_scale::Quantile as i32 => Scheme::quantile(bins),
                scale if scale == enishi_rfm_scale::Ntile as i32 => Scheme::ntile(bins),
                other => return Err(Failure::argument(format_args!("{other} is no enishi_rfm_scale"))),
            };
            Ok(())
        })
    }
}

/// Sets how recency is counted: one of enishi_rfm_recency.
///
/// # Safety
/// `options` is NULL or was given by this library and not freed, and nobody else uses it now; `err`
/// is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_rfm_options_set_recency(
    options: *mut enishi_rfm_options,
    recency: i32,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let options = enishi_rfm_options::borrow_mut(options)?;
            options.as_of.recency = match recency {
                rule if rule == enishi_rfm_recency::LocalDates as i32 => Recency::LocalDates,
                rule if rule == enishi_rfm_recency::ElapsedDays as i32 => Recency::ElapsedDays,
                other => return Err(Failure::argument(format_args!("{other} is no enishi_rfm_recency"))),
            };
            Ok(())
        })
    }
}

/// Ends options; NULL is taken too.
///
/// # Safety
/// `options` is NULL or was given by this library and not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_rfm_options_free(options: *mut enishi_rfm_options) {
    // SAFETY: the caller's promise above is the one `free` asks for.
    quietly((), || unsafe { enishi_rfm_options::free(options) });
}

/// Measures and scores all customers of `n` orders, given as three columns of packed numbers in the
/// machine's byte order, at any address: `customers` uint32_t, `times` int64_t in milliseconds since
/// 1970, `amounts` int64_t in minor units (refunds taken off). Orders that do not count are left out.
///
/// # Safety
/// `options` is NULL or was given by this library and not freed; the columns are NULL or lead to `n`
/// numbers each; the other pointers are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_rfm_measure(
    options: *const enishi_rfm_options,
    customers: *const c_void,
    times: *const c_void,
    amounts: *const c_void,
    n: usize,
    out: *mut *mut enishi_rfm,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let options = enishi_rfm_options::borrow(options)?;
            let customers = column(customers, n, "customers")?;
            let (times, amounts) = (column(times, n, "times")?, column(amounts, n, "amounts")?);
            let orders = OrderColumns::new(&customers, &times, &amounts)?;
            let rfm = Rfm::measure(&orders, &options.as_of, &RfmOptions::new());
            let scores = options.scheme.score(&rfm);
            out.write(enishi_rfm { rfm, scores }.into_raw());
            Ok(())
        })
    }
}

/// Writes the numbers of the customers, ascending, packed uint32_t, into `buffer` with room for
/// `room` of them. `count` gets how many there are; ask for it alone with `room` 0.
///
/// # Safety
/// `rfm` is NULL or was given by this library and not freed; `buffer` leads to room for `room`
/// uint32_t, or is NULL; the other pointers are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_rfm_customers(
    rfm: *const enishi_rfm,
    buffer: *mut c_void,
    room: usize,
    count: *mut usize,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let count = Out::required(count, "count")?;
            pour(enishi_rfm::borrow(rfm)?.rfm.customers(), buffer, room, count)
        })
    }
}

/// Writes the scores in the order of the customers, three bytes each (recency, frequency, monetary
/// value), into `buffer` with room for `room` customers. `count` gets how many there are; ask for it
/// alone with `room` 0.
///
/// # Safety
/// `rfm` is NULL or was given by this library and not freed; `buffer` leads to `3 * room` bytes, or
/// is NULL; the other pointers are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_rfm_scores(
    rfm: *const enishi_rfm,
    buffer: *mut c_void,
    room: usize,
    count: *mut usize,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let count = Out::required(count, "count")?;
            let scores = enishi_rfm::borrow(rfm)?.scores.all().iter();
            let packed: Vec<[u8; 3]> = scores.map(|score| [score.recency, score.frequency, score.monetary]).collect();
            pour(&packed, buffer, room, count)
        })
    }
}

/// The whole in short, as JSON: {"customers", "classes": [{"class", "label", "customers"}], "cuts":
/// {"recency": [...], "frequency": [...], "monetary": [...]}}. The classes share out the five by five
/// scores of recency and frequency; the cuts are exact numbers as text.
///
/// # Safety
/// `rfm` is NULL or was given by this library and not freed; the other pointers are NULL or may be
/// written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_rfm_summary(
    rfm: *const enishi_rfm,
    out: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            out.write(summary(enishi_rfm::borrow(rfm)?).into());
            Ok(())
        })
    }
}

/// Ends the result; NULL is taken too.
///
/// # Safety
/// `rfm` is NULL or was given by this library and not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_rfm_free(rfm: *mut enishi_rfm) {
    // SAFETY: the caller's promise above is the one `free` asks for.
    quietly((), || unsafe { enishi_rfm::free(rfm) });
}

fn summary(of: &enishi_rfm) -> String {
    #[derive(Serialize)]
    struct Summary<'a> {
        customers: usize,
        classes: Vec<InClass<'a>>,
        cuts: CutPoints,
    }
    #[derive(Serialize)]
    struct InClass<'a> {
        class: &'a str,
        label: &'a str,
        customers: u64,
    }
    #[derive(Serialize)]
    struct CutPoints {
        recency: Vec<String>,
        frequency: Vec<String>,
        monetary: Vec<String>,
    }
    let map = ClassMap::partition();
    let counts = map.count(of.scores.all());
    let in_class = counts.iter().map(|count| InClass {
        class: count.class.name.as_str(),
        label: count.class.label.as_ref().unwrap_or(&count.class.name).as_str(),
        customers: count.customers,
    });
    let points = |cuts: &Cuts| cuts.points().iter().map(ToString::to_string).collect();
    let cuts = of.scores.cuts();
    let summary = Summary {
        customers: of.rfm.len(),
        classes: in_class.collect(),
        cuts: CutPoints {
            recency: points(&cuts.recency),
            frequency: points(&cuts.frequency),
            monetary: points(&cuts.monetary),
        },
    };
    serde_json::to_string(&summary).expect("it has only string keys")
}

//! Requests to LINE that the host sends with its own HTTP client.

use core::ffi::c_char;
use core::ptr;
use std::ffi::CString;

use serde::Serialize;

use crate::delivery::Errand;
use crate::line::{Answer, HttpResponse};
use crate::model::Timestamp;
use crate::store::Fate;

use super::boundary::{call, quietly};
use super::buf::enishi_buf;
use super::engine::enishi_engine;
use super::error::{Failure, enishi_error};
use super::handle::{Handle, may_be_read_by_several};
use super::incoming::{Out, WhenOut, bytes, c_string, instant, lend};

/// One request to the host api.line.me by HTTPS, lent for two minutes. Send it with the headers
/// "Authorization: Bearer ...", "Content-Type: application/json" where it has a body, and
/// "X-Line-Retry-Key" where it has such a key, and feed the answer to the engine. What is not fed comes back when the two minutes are over, under the
/// same key, so that LINE takes it only once. To keep the order of one friend's messages, feed each
/// before taking the next.
///
/// Owner: the caller; ended by enishi_delivery_free, fed or not.
/// Borrowed from it: method, path, body and retry key, until then.
/// Threads: any; several may read at once.
/// After fork: only one of the processes may send it.
pub struct enishi_delivery {
    errand: Errand,
    method: CString,
    path: CString,
    body: CString,
    retry_key: CString,
}

impl Handle for enishi_delivery {
    const NAME: &'static str = "delivery";
}

const _: () = may_be_read_by_several::<enishi_delivery>();

impl From<Errand> for enishi_delivery {
    fn from(errand: Errand) -> Self {
        let request = &errand.request;
        Self {
            method: c_string(request.method().as_str()),
            path: c_string(request.path()),
            body: c_string(String::from_utf8_lossy(request.body().unwrap_or_default())),
            retry_key: c_string(request.retry_key().map(|key| key.to_string()).unwrap_or_default()),
            errand,
        }
    }
}

/// Takes the next request that may leave at `now_ms`: `out` gets NULL when there is none.
///
/// # Safety
/// `engine` is NULL or was given by this library and not freed, and nobody else uses it now; the
/// other pointers are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_engine_next_delivery(
    engine: *mut enishi_engine,
    now_ms: i64,
    out: *mut *mut enishi_delivery,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let now = instant(now_ms)?;
            let errand = enishi_engine::borrow_mut(engine)?.desk.change(|desk| Ok(desk.next_delivery(now)))?;
            out.write(errand.map_or(ptr::null_mut(), |errand| enishi_delivery::from(errand).into_raw()));
            Ok(())
        })
    }
}

/// When there will next be a request to take: `any` tells whether ever, `at_ms` when.
///
/// # Safety
/// As for enishi_engine_next_delivery.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_engine_next_send(
    engine: *mut enishi_engine,
    at_ms: *mut i64,
    any: *mut bool,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = WhenOut::required(at_ms, any)?;
            let due = enishi_engine::borrow_mut(engine)?.desk.change(|desk| Ok(desk.next_send()))?;
            out.write(due);
            Ok(())
        })
    }
}

/// Feeds LINE's answer to a delivery that was taken from this engine. `http_status` 0 says that no
/// answer came, and `body` may then say why. `headers` are the answer's, a line each, as they came.
/// `fate`, unless NULL, gets what follows, as JSON: {"fate": "accepted", "request_id"}, {"fate":
/// "later", "at"}, {"fate": "split", "into"}, {"fate": "refused", "why"} or {"fate": "unknown"}.
///
/// Where the playbook asks when messages arrived, the engine hears of what was accepted, at `now_ms`
/// or at the latest time it was told, as if it had been recorded then.
///
/// # Safety
/// `engine` and `delivery` are NULL or were given by this library and not freed, and nobody else
/// uses the engine now; `headers` leads to `headers_len` bytes, `body` to `body_len`; the other
/// pointers are NULL or may be written.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments, reason = "plain C: every text is two, and a struct is costly from PHP")]
pub unsafe extern "C" fn enishi_engine_feed_result(
    engine: *mut enishi_engine,
    delivery: *const enishi_delivery,
    now_ms: i64,
    http_status: i32,
    headers: *const c_char,
    headers_len: usize,
    body: *const c_char,
    body_len: usize,
    fate: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::optional(fate);
            let now = instant(now_ms)?;
            let delivery = enishi_delivery::borrow(delivery)?;
            let (headers, body) = (bytes(headers, headers_len, "headers")?, bytes(body, body_len, "body")?);
            let answer = answer(delivery, http_status, headers, body)?;
            let engine = enishi_engine::borrow_mut(engine)?;
            let fate = engine.desk.change(|desk| Ok(desk.feed(&delivery.errand, answer, now)))?;
            if let (Some(out), Some(fate)) = (out, fate) {
                out.write(told(&fate).into());
            }
            Ok(())
        })
    }
}

/// The HTTP method: "POST", or "DELETE" for a rich menu that is taken away. `len`, unless NULL, gets its length. NULL for NULL.
///
/// # Safety
/// `delivery` is NULL or was given by this library and not freed; `len` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_delivery_method(delivery: *const enishi_delivery, len: *mut usize) -> *const c_char {
    // SAFETY: the caller's promises are passed on.
    unsafe { lend_part(delivery, len, |delivery| &delivery.method) }
}

/// The path, such as "/v2/bot/message/push". `len`, unless NULL, gets its length. NULL for NULL.
///
/// # Safety
/// `delivery` is NULL or was given by this library and not freed; `len` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_delivery_path(delivery: *const enishi_delivery, len: *mut usize) -> *const c_char {
    // SAFETY: the caller's promises are passed on.
    unsafe { lend_part(delivery, len, |delivery| &delivery.path) }
}

/// The body, JSON; empty for rich menus, whose path says it all. `len`, unless NULL, gets its length. NULL
/// for NULL.
///
/// # Safety
/// `delivery` is NULL or was given by this library and not freed; `len` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_delivery_body(delivery: *const enishi_delivery, len: *mut usize) -> *const c_char {
    // SAFETY: the caller's promises are passed on.
    unsafe { lend_part(delivery, len, |delivery| &delivery.body) }
}

/// The value of X-Line-Retry-Key; empty for rich menus: LINE answers 400 to such a header there. `len`,
/// unless NULL, gets its length. NULL for NULL.
///
/// # Safety
/// `delivery` is NULL or was given by this library and not freed; `len` is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_delivery_retry_key(delivery: *const enishi_delivery, len: *mut usize) -> *const c_char {
    // SAFETY: the caller's promises are passed on.
    unsafe { lend_part(delivery, len, |delivery| &delivery.retry_key) }
}

/// Ends a delivery, whether it was fed or not; NULL is taken too.
///
/// # Safety
/// `delivery` is NULL or was given by this library and not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_delivery_free(delivery: *mut enishi_delivery) {
    // SAFETY: the caller's promise above is the one `free` asks for.
    quietly((), || unsafe { enishi_delivery::free(delivery) });
}

/// # Safety
/// `delivery` is NULL or was given by this library and not freed; `len` is NULL or may be written.
unsafe fn lend_part(
    delivery: *const enishi_delivery,
    len: *mut usize,
    part: impl FnOnce(&enishi_delivery) -> &CString,
) -> *const c_char {
    quietly(ptr::null(), || {
        // SAFETY: the caller's promises are passed on.
        let (delivery, len) = unsafe { (enishi_delivery::borrow_if_any(delivery), Out::optional(len)) };
        delivery.map_or(ptr::null(), |delivery| lend(part(delivery), len))
    })
}

fn answer(delivery: &enishi_delivery, status: i32, headers: &[u8], body: &[u8]) -> Result<Answer, Failure> {
    if status == 0 {
        return Ok(Answer::NoAnswer { why: String::from_utf8_lossy(body).into() });
    }
    let status = u16::try_from(status).map_err(|_| Failure::argument(format_args!("{status} is no HTTP status")))?;
    // What is not UTF-8 in a header is nothing that is looked for here.
    let headers = String::from_utf8_lossy(headers);
    let pairs =
        headers.lines().filter_map(|line| line.split_once(':')).map(|(name, value)| (name.trim(), value.trim()));
    Ok(Answer::judge(delivery.errand.request.endpoint(), HttpResponse::new(status, pairs, body)))
}

fn told(fate: &Fate) -> String {
    #[derive(Serialize)]
    #[serde(tag = "fate", rename_all = "lowercase")]
    enum Told<'a> {
        Accepted { request_id: Option<&'a str> },
        Later { at: Timestamp },
        Split { into: usize },
        Refused { why: &'a str },
        Unknown,
    }
    let told = match fate {
        Fate::Accepted { request_id, .. } => Told::Accepted { request_id: request_id.as_deref() },
        Fate::Later { at, .. } => Told::Later { at: *at },
        Fate::Split(parts) => Told::Split { into: parts.len() },
        Fate::Refused { why } => Told::Refused { why },
        Fate::Unknown => Told::Unknown,
    };
    serde_json::to_string(&told).expect("a fate has only string keys")
}

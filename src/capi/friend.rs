//! One friend at a time, for processes too short-lived to keep an engine: the host keeps the state.

use core::ffi::c_char;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::engine::{EngineError, Input, ShopView, Stepped, pack, step};
use crate::model::{Event, Friend, FriendId, FriendKey, Timestamp};
use crate::playbook::Playbook;
use crate::scenario::Effects;

use super::boundary::{Guarded, call, quietly};
use super::buf::enishi_buf;
use super::codes::enishi_keys;
use super::error::{Failure, enishi_error};
use super::handle::{Handle, may_be_read_by_several};
use super::incoming::{Out, bytes, instant, text};
use super::playbook::{enishi_playbook, segment};
use super::status::enishi_status;

/// The version of the state's form.
const STATE_VERSION: u32 = 1;

/// Everything known about one person, for hosts that keep friends in a table of their own: load the
/// row, step, save the row and the requests in one transaction, send. The host sees to it that no
/// event is stepped twice and that nobody else steps the same friend meanwhile.
///
/// Owner: the caller; ended by enishi_friend_free.
/// Borrowed from it: nothing.
/// Threads: any, one at a time.
/// After fork: each process has a copy, and only one of them may save it.
pub struct enishi_friend {
    state: Guarded<State>,
}

impl Handle for enishi_friend {
    const NAME: &'static str = "friend";
}

const _: () = may_be_read_by_several::<enishi_friend>();

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    enishi_friend: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wake: Option<Timestamp>,
    friend: Friend,
}

/// Someone nothing is known of. `number` is the host's, from 1, never used for another friend;
/// coupon codes carry it.
///
/// # Safety
/// `key` leads to `key_len` bytes; the other pointers are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_friend_new(
    key: *const c_char,
    key_len: usize,
    number: u32,
    out: *mut *mut enishi_friend,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let key = FriendKey::new(text(key, key_len, "key")?)?;
            if number == 0 {
                return Err(Failure::argument("friends are numbered from 1"));
            }
            let state = State { enishi_friend: STATE_VERSION, wake: None, friend: Friend::new(FriendId(number), key) };
            out.write(enishi_friend { state: Guarded::new(state) }.into_raw());
            Ok(())
        })
    }
}

/// A friend as enishi_friend_save wrote it.
///
/// # Safety
/// `state` leads to `state_len` bytes; the other pointers are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_friend_load(
    state: *const c_char,
    state_len: usize,
    out: *mut *mut enishi_friend,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let state: State = serde_json::from_slice(bytes(state, state_len, "state")?)
                .map_err(|error| Failure::new(enishi_status::InvalidState, error))?;
            if state.enishi_friend != STATE_VERSION {
                let words =
                    format_args!("a state of version {}: this library reads {STATE_VERSION}", state.enishi_friend);
                return Err(Failure::new(enishi_status::InvalidState, words));
            }
            out.write(enishi_friend { state: Guarded::new(state) }.into_raw());
            Ok(())
        })
    }
}

/// The friend as JSON, to be kept and loaded again.
///
/// # Safety
/// `person` is NULL or was given by this library and not freed; the other pointers are NULL or may
/// be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_friend_save(
    person: *const enishi_friend,
    out: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let state = enishi_friend::borrow(person)?.state.read()?;
            out.write(serde_json::to_string(state).expect("a friend has only string keys").into());
            Ok(())
        })
    }
}

/// What one event, or with `event_len` 0 the mere passing of time, does to the friend at `now_ms`.
/// `effects` gets {"decisions": [...], "requests": [{"method", "path", "retry_key", "body"}]} as
/// JSON; keep them with the friend before sending. `keys` may be NULL when the playbook issues no
/// coupons. A "link" event joins no second friend here: that takes an engine.
///
/// # Safety
/// The handles are NULL or were given by this library and not freed, and nobody else uses the friend
/// now; `event` leads to `event_len` bytes; the other pointers are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_friend_step(
    person: *mut enishi_friend,
    playbook: *const enishi_playbook,
    keys: *const enishi_keys,
    event: *const c_char,
    event_len: usize,
    now_ms: i64,
    effects: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(effects, "effects")?;
            let playbook = &enishi_playbook::borrow(playbook)?.playbook;
            let shop = ShopView::new(enishi_keys::borrow_if_any(keys).map(|keys| &keys.ring));
            let event = bytes(event, event_len, "event")?;
            let now = instant(now_ms)?;
            let effects =
                enishi_friend::borrow_mut(person)?.state.change(|state| state.step(playbook, &shop, event, now))?;
            out.write(effects.into());
            Ok(())
        })
    }
}

/// When the friend must be stepped again though nothing happens: `any` tells whether ever, `at_ms`
/// when. Keep it in a column with an index.
///
/// # Safety
/// `person` is NULL or was given by this library and not freed; the other pointers are NULL or may
/// be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_friend_next_wake(
    person: *const enishi_friend,
    at_ms: *mut i64,
    any: *mut bool,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let (at_ms, any) = (Out::required(at_ms, "at_ms")?, Out::required(any, "any")?);
            let wake = enishi_friend::borrow(person)?.state.read()?.wake;
            any.write(wake.is_some());
            at_ms.write(wake.map_or(0, Timestamp::millis));
            Ok(())
        })
    }
}

/// Does the friend belong to a segment of the playbook at `now_ms`?
///
/// # Safety
/// The handles are NULL or were given by this library and not freed; `segment_name` leads to
/// `segment_name_len` bytes; the other pointers are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_friend_matches(
    person: *const enishi_friend,
    playbook: *const enishi_playbook,
    segment_name: *const c_char,
    segment_name_len: usize,
    now_ms: i64,
    out: *mut bool,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let name = text(segment_name, segment_name_len, "segment_name")?;
            let segment = segment(&enishi_playbook::borrow(playbook)?.playbook, name)?;
            let friend = &enishi_friend::borrow(person)?.state.read()?.friend;
            out.write(segment.predicate.matches(friend, instant(now_ms)?));
            Ok(())
        })
    }
}

/// Ends a friend; NULL is taken too. The person is not forgotten by it, only this copy.
///
/// # Safety
/// `person` is NULL or was given by this library and not freed, and nobody uses it now.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_friend_free(person: *mut enishi_friend) {
    // SAFETY: the caller's promise above is the one `free` asks for.
    quietly((), || unsafe { enishi_friend::free(person) });
}

impl State {
    fn step(
        &mut self,
        playbook: &Playbook,
        shop: &ShopView<'_>,
        event: &[u8],
        now: Timestamp,
    ) -> Result<String, Failure> {
        if shop.keys.is_none() && playbook.issues_coupons() {
            return Err(EngineError::KeysMissing.into());
        }
        let event = match event {
            [] => None,
            json => Some(Event::from_json(json, playbook.currency())?),
        };
        let input = event.as_ref().map_or(Input::Wake, Input::Event);
        let Stepped { friend, effects, next_wake } = step(playbook, shop, self.friend.clone(), input, now)?;
        let told = told(&effects)?;
        (self.friend, self.wake) = (friend, next_wake);
        Ok(told)
    }
}

fn told(effects: &Effects) -> Result<String, Failure> {
    #[derive(Serialize)]
    struct Told {
        decisions: Vec<Box<RawValue>>,
        requests: Vec<Outgoing>,
    }
    #[derive(Serialize)]
    struct Outgoing {
        method: &'static str,
        path: String,
        retry_key: Option<String>,
        body: String,
    }
    let mut requests = Vec::new();
    for parcel in pack(&effects.deliveries) {
        let request = parcel.request()?;
        requests.push(Outgoing {
            method: request.method().as_str(),
            path: request.path().into(),
            retry_key: request.retry_key().map(|key| key.to_string()),
            body: String::from_utf8_lossy(request.body().unwrap_or_default()).into(),
        });
    }
    let raw = |json: String| RawValue::from_string(json).expect("a decision is JSON");
    let decisions = effects.decisions.iter().map(|decision| raw(decision.to_json())).collect();
    Ok(serde_json::to_string(&Told { decisions, requests }).expect("they have only string keys"))
}

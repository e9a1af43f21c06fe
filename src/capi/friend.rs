//! One friend at a time, for processes too short-lived to keep an engine: the host keeps the state.

use core::ffi::c_char;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::coupon::ledger::Entry;
use crate::engine::{EngineError, Input, Parcel, ShopView, Stepped, pack, step};
use crate::model::{Event, Friend, FriendId, FriendKey, Timestamp};
use crate::playbook::Playbook;
use crate::scenario::Effects;

use super::boundary::{Guarded, call, quietly};
use super::buf::enishi_buf;
use super::codes::enishi_keys;
use super::error::{Failure, enishi_error};
use super::handle::{Handle, may_be_read_by_several};
use super::incoming::{Out, WhenOut, bytes, instant, text};
use super::playbook::enishi_playbook;
use super::predicate::enishi_predicate;
use super::shop::enishi_shop;
use super::status::enishi_status;

/// The version of the state's form.
const STATE_VERSION: u32 = 2;

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
/// `effects` gets {"decisions": [...], "requests": [{"method", "path", "retry_key", "body"}],
/// "handovers": [...], "ledger": [...]} as JSON, the handovers as of enishi_engine_next_handover; keep them with the
/// friend before sending. A request that switches a rich menu has the retry key null and no body. What the ledger is
/// to know is there when the shop asked one, for enishi_ledger_post.
/// `keys` may be NULL when the playbook issues no coupons, and `shop` when there is enough of every product
/// and of messages; of the latter nothing is counted down here. A "link" event joins no second friend here:
/// that takes an engine.
///
/// # Safety
/// The handles are NULL or were given by this library and not freed, and nobody else uses the friend
/// now; `event` leads to `event_len` bytes; the other pointers are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_friend_step(
    person: *mut enishi_friend,
    playbook: *const enishi_playbook,
    keys: *const enishi_keys,
    shop: *const enishi_shop,
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
            let keys = enishi_keys::borrow_if_any(keys).map(|keys| &keys.ring);
            let shop = enishi_shop::borrow_if_any(shop).map_or(ShopView::new(keys), |shop| shop.view(keys));
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
            let out = WhenOut::required(at_ms, any)?;
            out.write(enishi_friend::borrow(person)?.state.read()?.wake);
            Ok(())
        })
    }
}

/// Does the expression hold for the friend at `now_ms`?
///
/// # Safety
/// The handles are NULL or were given by this library and not freed; the other pointers are NULL or
/// may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_friend_matches(
    person: *const enishi_friend,
    predicate: *const enishi_predicate,
    now_ms: i64,
    out: *mut bool,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let friend = enishi_friend::borrow(person)?.friend()?;
            out.write(enishi_predicate::borrow(predicate)?.predicate.matches(friend, instant(now_ms)?));
            Ok(())
        })
    }
}

/// Why the expression holds for the friend at `now_ms`, or does not, as JSON: a tree of {"holds",
/// "decides", "kind": "and", "or", "not", "segment" or "condition", "condition", "saw", "needs",
/// "turns_at", "parts"}. Where it decides, "needs" says what would have to be so for it to turn, and
/// "turns_at" the instant at which it turns by itself.
///
/// # Safety
/// As for enishi_friend_matches.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_friend_explain(
    person: *const enishi_friend,
    predicate: *const enishi_predicate,
    now_ms: i64,
    out: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let friend = enishi_friend::borrow(person)?.friend()?;
            let why = enishi_predicate::borrow(predicate)?.predicate.explain(friend, instant(now_ms)?);
            out.write(why.to_json().to_string().into());
            Ok(())
        })
    }
}

/// Until when the answer of enishi_friend_matches stands if nothing happens: `any` tells whether it
/// could ever be another, `at_ms` from when on.
///
/// # Safety
/// As for enishi_friend_matches.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_friend_next_change(
    person: *const enishi_friend,
    predicate: *const enishi_predicate,
    now_ms: i64,
    at_ms: *mut i64,
    any: *mut bool,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = WhenOut::required(at_ms, any)?;
            let friend = enishi_friend::borrow(person)?.friend()?;
            out.write(enishi_predicate::borrow(predicate)?.predicate.next_change(friend, instant(now_ms)?));
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

impl enishi_friend {
    pub(super) fn friend(&self) -> Result<&Friend, Failure> {
        self.state.read().map(|state| &state.friend)
    }
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
    struct Told<'a> {
        decisions: Vec<Box<RawValue>>,
        requests: Vec<Outgoing>,
        handovers: Vec<Box<RawValue>>,
        ledger: &'a [Entry],
    }
    #[derive(Serialize)]
    struct Outgoing {
        method: &'static str,
        path: String,
        retry_key: Option<String>,
        body: String,
    }
    let mut requests = Vec::new();
    for parcel in pack(&effects.deliveries).into_iter().chain(effects.menus.iter().map(Parcel::of_menu)) {
        let request = parcel.request()?;
        requests.push(Outgoing {
            method: request.method().as_str(),
            path: request.path().into(),
            retry_key: request.retry_key().map(|key| key.to_string()),
            body: String::from_utf8_lossy(request.body().unwrap_or_default()).into(),
        });
    }
    let raw = |json: String| RawValue::from_string(json).expect("it was just written as JSON");
    let decisions = effects.decisions.iter().map(|decision| raw(decision.to_json())).collect();
    let handovers = effects.handovers.iter().map(|handover| raw(handover.to_json())).collect();
    let told = Told { decisions, requests, handovers, ledger: &effects.ledger };
    Ok(serde_json::to_string(&told).expect("they have only string keys"))
}

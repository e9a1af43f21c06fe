//! The exports called as C calls them, within reach of sanitizers: who owns what, what goes where.
//! What they say is compared with the Rust API in `tests/bindings.rs`.

use core::ffi::{CStr, c_char};
use core::ptr::{null, null_mut};

use super::*;

const PLAYBOOK: &str = r#"
    [shop]
    name = "s"
    zone = "Asia/Tokyo"
    currency = "JPY"
    [segments]
    followers = "line is following"
    [messages.hi]
    line = [{ type = "text", text = "やあ" }]
    [coupons.c]
    benefit = { amount = 100 }
    valid = { for = "7d" }
    [scenarios.welcome]
    on = "follow"
    steps = [{ id = "hi", send = "hi" }, { wait = "1d at 20:00" }, { id = "again", send = "hi" }]
"#;

const FOLLOW: &str = r#"{"id":"e1","friend":"k","at":"2026-04-01T12:00:00+09:00","type":"follow","user":"U4af4980629000000000000000000abcd","unblocked":false}"#;
const NOW: i64 = 1_775_012_400_000;

fn raw(text: &str) -> (*const c_char, usize) {
    (text.as_ptr().cast(), text.len())
}

fn taken(mut buf: enishi_buf) -> String {
    // SAFETY: filled by a call, NUL at its end, freed once.
    unsafe {
        let text = CStr::from_ptr(buf.ptr).to_str().unwrap().to_owned();
        assert_eq!(text.len(), buf.len);
        enishi_buf_free(&raw mut buf);
        assert!(buf.ptr.is_null() && buf.len == 0);
        enishi_buf_free(&raw mut buf);
        text
    }
}

const EMPTY: enishi_buf = enishi_buf { ptr: null_mut(), len: 0 };

fn playbook() -> *mut enishi_playbook {
    let (text, len) = raw(PLAYBOOK);
    let mut playbook = null_mut();
    // SAFETY: text and places are live.
    assert_eq!(unsafe { enishi_playbook_compile(text, len, &raw mut playbook, null_mut(), null_mut()) }, 0);
    playbook
}

#[test]
fn an_engine_lives_its_life() {
    // SAFETY: every pointer is to a live local or was given by the library, and each is freed once.
    unsafe {
        let playbook = playbook();
        let (mut engine, mut restored) = (null_mut(), null_mut());
        assert_eq!(enishi_engine_new(playbook, null(), &raw mut engine, null_mut()), 0);
        let (event, len) = raw(FOLLOW);
        let mut is_new = false;
        assert_eq!(enishi_engine_record(engine, event, len, NOW, &raw mut is_new, null_mut()), 0);
        assert!(is_new);
        assert_eq!(enishi_engine_record(engine, event, len, NOW, &raw mut is_new, null_mut()), 0);
        assert!(!is_new);

        let mut snapshot = EMPTY;
        assert_eq!(enishi_engine_snapshot(engine, &raw mut snapshot, null_mut()), 0);
        let status = enishi_engine_restore(playbook, null(), snapshot.ptr, snapshot.len, &raw mut restored, null_mut());
        assert_eq!(status, 0);
        enishi_engine_free(engine);
        enishi_playbook_free(playbook);

        let mut delivery = null_mut();
        assert_eq!(enishi_engine_next_delivery(restored, NOW, &raw mut delivery, null_mut()), 0);
        assert!(!delivery.is_null());
        let mut len = 0;
        let body = CStr::from_ptr(enishi_delivery_body(delivery, &raw mut len)).to_str().unwrap();
        assert!(body.contains("やあ") && body.len() == len, "{body}");
        let mut fate = EMPTY;
        let fed =
            enishi_engine_feed_result(restored, delivery, NOW, 200, null(), 0, null(), 0, &raw mut fate, null_mut());
        assert_eq!((fed, taken(fate).as_str()), (0, r#"{"fate":"accepted","request_id":null}"#));
        enishi_delivery_free(delivery);
        assert_eq!(enishi_engine_next_delivery(restored, NOW, &raw mut delivery, null_mut()), 0);
        assert!(delivery.is_null());

        let (mut at, mut any) = (0, false);
        assert_eq!(enishi_engine_next_wake(restored, &raw mut at, &raw mut any, null_mut()), 0);
        assert!(any);
        let mut woken = 0;
        assert_eq!(enishi_engine_advance(restored, at, &raw mut woken, null_mut()), 0);
        assert_eq!(woken, 1);
        let mut decisions = EMPTY;
        assert_eq!(enishi_engine_take_decisions(restored, &raw mut decisions, null_mut()), 0);
        assert!(taken(decisions).lines().count() >= 3);
        enishi_buf_free(&raw mut snapshot);
        enishi_engine_free(restored);
    }
}

/// Handed out again under the same key until it is confirmed, by the next process too.
#[test]
fn what_the_host_is_to_do_is_handed_out_until_it_is_confirmed() {
    const RULES: &str = "[shop]\nname = '縁'\nzone = 'Asia/Tokyo'\ncurrency = 'JPY'\n[scenarios.welcome]\non = 'follow'\n\
        steps = [{ id = 'hi', emit = 'staff', letter = { text = 'やあ' } }]";
    // SAFETY: every pointer is to a live local or was given by the library, and each is freed once.
    unsafe {
        let (mut playbook, (rules, len)) = (null_mut(), raw(RULES));
        assert_eq!(enishi_playbook_compile(rules, len, &raw mut playbook, null_mut(), null_mut()), 0);
        let mut engine = null_mut();
        assert_eq!(enishi_engine_new(playbook, null(), &raw mut engine, null_mut()), 0);
        let (event, len) = raw(FOLLOW);
        assert_eq!(enishi_engine_record(engine, event, len, NOW, null_mut(), null_mut()), 0);
        let next = |engine, now| {
            let mut out = EMPTY;
            assert_eq!(enishi_engine_next_handover(engine, now, &raw mut out, null_mut()), 0);
            taken(out)
        };
        let restored = |mut snapshot: enishi_buf| {
            let (mut engine, bytes) = (null_mut(), snapshot.ptr.cast_const());
            assert_eq!(enishi_engine_restore(playbook, null(), bytes, snapshot.len, &raw mut engine, null_mut()), 0);
            enishi_buf_free(&raw mut snapshot);
            engine
        };
        let expected = next(engine, NOW);
        let told: serde_json::Value = serde_json::from_str(&expected).unwrap();
        assert_eq!((&told["to"], &told["body"]["text"]), (&"staff".into(), &"やあ".into()));
        assert_eq!(next(engine, NOW + 119_999), "", "it is lent");
        assert_eq!(next(engine, NOW + 120_000), expected);
        let mut snapshot = EMPTY;
        assert_eq!(enishi_engine_snapshot(engine, &raw mut snapshot, null_mut()), 0);
        enishi_engine_free(engine);
        let engine = restored(snapshot);
        assert_eq!(next(engine, NOW), expected, "another process");
        let ((key, len), mut was_open) = (raw(told["key"].as_str().unwrap()), false);
        assert_eq!(enishi_engine_confirm(engine, key, len, &raw mut was_open, null_mut()), 0);
        assert!(was_open);
        assert_eq!(enishi_engine_confirm(engine, key, len, &raw mut was_open, null_mut()), 0);
        assert!(!was_open);
        assert_eq!(next(engine, NOW + 200_000), "");
        let mut snapshot = EMPTY;
        assert_eq!(enishi_engine_snapshot(engine, &raw mut snapshot, null_mut()), 0);
        let engine_after = restored(snapshot);
        assert_eq!(next(engine_after, NOW + 400_000), "", "it is done for good");
        enishi_engine_free(engine_after);
        enishi_engine_free(engine);
        enishi_playbook_free(playbook);
    }
}

#[test]
fn a_friend_lives_between_processes() {
    // SAFETY: every pointer is to a live local or was given by the library, and each is freed once.
    unsafe {
        let playbook = playbook();
        let ((key, key_len), (event, event_len), (segment, segment_len)) = (raw("k"), raw(FOLLOW), raw("followers"));
        let (mut friend, mut again) = (null_mut(), null_mut());
        assert_eq!(enishi_friend_new(key, key_len, 1, &raw mut friend, null_mut()), 0);
        let (mut effects, mut state) = (EMPTY, EMPTY);
        let stepped =
            enishi_friend_step(friend, playbook, null(), null(), event, event_len, NOW, &raw mut effects, null_mut());
        assert_eq!(stepped, 0);
        let told = taken(effects);
        assert!(told.contains("/v2/bot/message/push"), "{told}");
        assert_eq!(enishi_friend_save(friend, &raw mut state, null_mut()), 0);
        assert_eq!(enishi_friend_load(state.ptr, state.len, &raw mut again, null_mut()), 0);
        let (mut inside, mut question, mut why) = (false, null_mut(), EMPTY);
        let compiled = enishi_predicate_of_segment(playbook, segment, segment_len, &raw mut question, null_mut());
        assert_eq!(compiled, 0);
        assert_eq!(enishi_friend_matches(again, question, NOW, &raw mut inside, null_mut()), 0);
        assert!(inside);
        assert_eq!(enishi_friend_explain(again, question, NOW, &raw mut why, null_mut()), 0);
        assert!(taken(why).contains("not line is following"));
        enishi_predicate_free(question);
        let (mut at, mut any) = (0, false);
        assert_eq!(enishi_friend_next_wake(again, &raw mut at, &raw mut any, null_mut()), 0);
        assert!(any && at > NOW);
        taken(state);
        enishi_friend_free(friend);
        enishi_friend_free(again);
        enishi_playbook_free(playbook);
    }
}

#[test]
fn columns_may_lie_anywhere() {
    const DAY: i64 = 86_400_000;
    let orders: [(u32, i64, i64); 4] = [(7, 0, 3000), (9, 30 * DAY, 1200), (7, 90 * DAY, 4500), (8, 1, 1)];
    let spoilt = |skip: usize, values: Vec<Vec<u8>>| [vec![0; skip], values.concat()].concat();
    for skip in 0..4 {
        let customers = spoilt(skip, orders.iter().map(|o| o.0.to_ne_bytes().to_vec()).collect());
        let times = spoilt(skip, orders.iter().map(|o| o.1.to_ne_bytes().to_vec()).collect());
        let amounts = spoilt(skip, orders.iter().map(|o| o.2.to_ne_bytes().to_vec()).collect());
        // SAFETY: every pointer is to a live local or was given by the library, and each is freed once.
        unsafe {
            let (zone, zone_len) = raw("Asia/Tokyo");
            let (mut options, mut rfm, mut count) = (null_mut(), null_mut(), 0);
            assert_eq!(enishi_rfm_options_new(100 * DAY, zone, zone_len, &raw mut options, null_mut()), 0);
            let at = |column: &Vec<u8>| column.as_ptr().add(skip).cast();
            let (c, t, a) = (at(&customers), at(&times), at(&amounts));
            assert_eq!(enishi_rfm_measure(options, c, t, a, orders.len(), &raw mut rfm, null_mut()), 0);
            assert_eq!(enishi_rfm_customers(rfm, null_mut(), 0, &raw mut count, null_mut()), 0);
            let mut found = vec![0_u8; count * 4 + skip];
            let places = found.as_mut_ptr().add(skip).cast();
            let few = enishi_status::BufferTooSmall as i32;
            assert_eq!(enishi_rfm_customers(rfm, places, count - 1, &raw mut count, null_mut()), few);
            assert_eq!(enishi_rfm_customers(rfm, places, count, &raw mut count, null_mut()), 0);
            let found: Vec<_> = found[skip..].chunks(4).map(|b| u32::from_ne_bytes(b.try_into().unwrap())).collect();
            assert_eq!(found, [7, 8, 9]);
            let mut scores = vec![0_u8; 9];
            assert_eq!(enishi_rfm_scores(rfm, scores.as_mut_ptr().cast(), 3, &raw mut count, null_mut()), 0);
            assert_eq!(scores[..3], [5, 5, 5]);
            enishi_rfm_free(rfm);
            enishi_rfm_options_free(options);
        }
    }
}

#[test]
fn an_error_tells_what_and_where() {
    let bad = b"\xff";
    let mut error = null_mut();
    // SAFETY: every pointer is to a live local or was given by the library, and each is freed once.
    unsafe {
        let mut playbook = null_mut();
        let mut diagnostics = EMPTY;
        let status =
            enishi_playbook_compile(bad.as_ptr().cast(), 1, &raw mut playbook, &raw mut diagnostics, &raw mut error);
        assert_eq!((status, enishi_error_code(error)), (20, 20));
        assert!(playbook.is_null());
        assert!(taken(diagnostics).contains("E01"));
        assert!(CStr::from_ptr(enishi_error_message(error)).to_str().unwrap().contains("UTF-8"));
        enishi_error_free(error);
        // -1 as a language without unsigned numbers has it.
        let status =
            enishi_playbook_compile(bad.as_ptr().cast(), usize::MAX, &raw mut playbook, null_mut(), null_mut());
        assert_eq!(status, enishi_status::InvalidArgument as i32);
    }
}

const TILL: &str = r#"
    [shop]
    name = "s"
    zone = "Asia/Tokyo"
    currency = "JPY"
    [coupons.c]
    benefit = { amount = 100 }
    valid = { until = "2026-05-01" }
    code = "SPRING26"
    limits = { in_total = 3 }
"#;

/// A handle that C may use on any thread.
struct Shared<T>(*const T);
// SAFETY: what the tests share is said to be shareable.
unsafe impl<T> Send for Shared<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for Shared<T> {}

impl<T> Shared<T> {
    fn raw(&self) -> *const T {
        self.0
    }
}

/// Sixteen checkouts at once; gives how many were held.
fn held_at_once(ledger: *const enishi_ledger, playbook: *const enishi_playbook) -> usize {
    let (ledger, playbook) = (Shared(ledger), Shared(playbook));
    let reserve = move |checkout: usize| {
        let request = format!(r#"{{"coupon":"c","checkout":"{checkout}","discount":100}}"#);
        let (ptr, len) = raw(&request);
        let mut answer = enishi_buf { ptr: null_mut(), len: 0 };
        let until = NOW + 60_000;
        // SAFETY: all live until the call returns, and the buffer is freed once.
        unsafe {
            let status = enishi_ledger_reserve(
                ledger.raw(),
                playbook.raw(),
                null(),
                ptr,
                len,
                until,
                NOW,
                &raw mut answer,
                null_mut(),
            );
            assert_eq!(status, 0);
            let held = CStr::from_ptr(answer.ptr).to_str().unwrap().starts_with(r#"{"use":{"#);
            enishi_buf_free(&raw mut answer);
            usize::from(held)
        }
    };
    let reserve = &reserve;
    std::thread::scope(|scope| {
        let tills: Vec<_> = (0..16).map(|checkout| scope.spawn(move || reserve(checkout))).collect();
        tills.into_iter().map(|till| till.join().unwrap()).sum()
    })
}

#[test]
fn many_threads_share_a_ledger_and_pass_no_limit() {
    let (mut playbook, mut ledger) = (null_mut(), null_mut());
    let (ptr, len) = raw(TILL);
    // SAFETY: live locals; each handle is freed once, after its last use.
    unsafe {
        assert_eq!(enishi_playbook_compile(ptr, len, &raw mut playbook, null_mut(), null_mut()), 0);
        assert_eq!(enishi_ledger_new(&raw mut ledger, null_mut()), 0);
        assert_eq!(held_at_once(ledger, playbook), 3);
        enishi_ledger_free(ledger);
        enishi_playbook_free(playbook);
    }
}

#[cfg(feature = "sqlite")]
#[test]
fn two_ledgers_of_one_file_count_together() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.db").to_string_lossy().into_owned();
    let (mut playbook, mut ledgers) = (null_mut(), [null_mut(); 2]);
    let ((ptr, len), (path, path_len)) = (raw(TILL), raw(&path));
    // SAFETY: live locals; each handle is freed once, after its last use.
    unsafe {
        assert_eq!(enishi_playbook_compile(ptr, len, &raw mut playbook, null_mut(), null_mut()), 0);
        for ledger in &mut ledgers {
            assert_eq!(enishi_ledger_open(playbook, path, path_len, ledger, null_mut()), 0);
        }
        assert_eq!(held_at_once(ledgers[0], playbook), 3);
        let mut uses = enishi_buf { ptr: null_mut(), len: 0 };
        let (coupon, coupon_len) = raw("c");
        let status = enishi_ledger_uses(ledgers[1], coupon, coupon_len, 0, null(), 0, NOW, &raw mut uses, null_mut());
        assert_eq!(status, 0);
        let told = CStr::from_ptr(uses.ptr).to_str().unwrap();
        assert!(told.starts_with(r#"{"in_total":3,"#), "{told}");
        enishi_buf_free(&raw mut uses);
        ledgers.into_iter().for_each(|ledger| enishi_ledger_free(ledger));
        enishi_playbook_free(playbook);
    }
}

//! What the drivers are given: things to do, in bytes that any language can read.
//!
//! A line `op TAB length TAB length…`, the arguments one after the other, a newline.

use base64::Engine as _;
use hmac::{Hmac, KeyInit as _, Mac as _};

use super::support::corpus::{Action, Case};

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Op {
    pub name: &'static str,
    pub args: Vec<Vec<u8>>,
}

fn op(name: &'static str, args: &[&dyn AsBytes]) -> Op {
    Op { name, args: args.iter().map(|arg| arg.bytes()).collect() }
}

/// Numbers stand as decimal digits.
trait AsBytes {
    fn bytes(&self) -> Vec<u8>;
}

impl AsBytes for &str {
    fn bytes(&self) -> Vec<u8> {
        self.as_bytes().to_vec()
    }
}

impl AsBytes for Vec<u8> {
    fn bytes(&self) -> Vec<u8> {
        self.clone()
    }
}

impl AsBytes for i64 {
    fn bytes(&self) -> Vec<u8> {
        self.to_string().into_bytes()
    }
}

/// The tape itself.
pub fn write(ops: &[Op]) -> Vec<u8> {
    let mut tape = Vec::new();
    for Op { name, args } in ops {
        tape.extend(name.as_bytes());
        args.iter().for_each(|arg| tape.extend(format!("\t{}", arg.len()).as_bytes()));
        tape.push(b'\n');
        args.iter().for_each(|arg| tape.extend(arg));
        tape.push(b'\n');
    }
    tape
}

/// Everything a case does, with all that comes of it delivered, and the engine kept and restored
/// half way.
pub fn of_case(case: &Case) -> Vec<Op> {
    let mut ops = vec![
        op("playbook", &[&case.playbook.as_str()]),
        op("keys", &[&0, &case.secret.as_str()]),
        op("engine", &[&"keys"]),
    ];
    let half = case.actions.len() / 2;
    for (place, action) in case.actions.iter().enumerate() {
        if place == half {
            ops.push(op("reload", &[]));
        }
        let now = match action {
            Action::Record { now, event_json, .. } => {
                ops.push(op("record", &[&now.millis(), &event_json.as_str()]));
                now.millis()
            }
            Action::Advance { now } => {
                ops.push(op("advance", &[&now.millis()]));
                now.millis()
            }
            Action::Play { until } => {
                ops.push(op("play", &[&until.millis()]));
                until.millis()
            }
        };
        ops.push(op("deliver", &[&now, &200, &"X-Line-Request-Id: r-1\r\n", &"{}"]));
    }
    ops.extend([op("decisions", &[]), op("next_wake", &[]), op("tally", &[]), op("reload", &[])]);
    let segments = case.expect.segments.iter().flat_map(|segments| segments.keys());
    for segment in segments {
        for friend in friends_of(case) {
            ops.push(op("matches", &[&friend.as_str(), &segment.as_str()]));
        }
    }
    ops
}

fn friends_of(case: &Case) -> Vec<String> {
    let keys = case.actions.iter().filter_map(|action| match action {
        Action::Record { event_json, .. } => {
            let event: serde_json::Value = serde_json::from_str(event_json).ok()?;
            event["friend"].as_str().map(ToOwned::to_owned)
        }
        _ => None,
    });
    let mut keys: Vec<String> = keys.collect();
    keys.sort();
    keys.dedup();
    keys
}

/// A playbook that issues a coupon and sends twice.
pub const PLAYBOOK: &str = r#"
[shop]
name = "河内の台所"
zone = "Asia/Tokyo"
currency = "JPY"

[segments]
"友だち" = "line is following"
buyers = "orders.count >= 1"

[coupons.hello]
benefit = { amount = 500 }
valid = { for = "14d" }

[messages.hello]
line = [{ type = "text", text = "ようこそ🎉 {coupon.hello.code}" }]
[messages.again]
line = [{ type = "text", text = "お元気ですか" }]

[scenarios.welcome]
on = "follow"
steps = [
  { id = "hello", send = "hello", issue = "hello" },
  { wait = "1d at 20:00" },
  { id = "again", send = "again" },
]
"#;

/// The smallest playbook: it sends without keys.
pub const KEYLESS: &str = r#"
[shop]
name = "縁"
zone = "Asia/Tokyo"
currency = "JPY"
[messages.hi]
line = [{ type = "text", text = "友だち追加ありがとうございます。" }]
[scenarios.welcome]
on = "follow"
steps = [{ id = "hi", send = "hi" }]
"#;

const FAULTY: &str = "[shop]\nname = '河内の台所'\nzone = 'Asia/Tokio'\ncurency = 'JPY'\n\
    [segments]\n\"常連\" = \"購入回数 >= 2\"\n";

/// 2026-04-01T12:00 in Japan.
const NOON: i64 = 1_775_012_400_000;
const MINUTE: i64 = 60_000;

fn follow(id: &str, friend: &str, user: char) -> String {
    let user: String = core::iter::repeat_n(user, 32).collect();
    format!(
        r#"{{"id":"{id}","friend":"{friend}","at":"2026-04-01T12:00:00+09:00","type":"follow","user":"U{user}","unblocked":false}}"#
    )
}

/// What the corpus has no words for: faults, retries, codes, webhooks, columns, friends one by one.
pub fn of_everything_else() -> Vec<Op> {
    let mut ops = vec![
        op("playbook", &[&FAULTY]),
        op("playbook", &[&b"name = '\xff'".to_vec()]),
        op("playbook", &[&""]),
        op("playbook", &[&KEYLESS]),
        op("engine", &[&"none"]),
        op("playbook", &[&PLAYBOOK]),
        op("engine", &[&"none"]),
        op("keys", &[&0, &"too short"]),
        op("keys", &[&300, &"corpus secret, sixteen+"]),
        op("keys", &[&1, &"corpus secret, sixteen+"]),
        op("retire", &[&0, &"an older secret of the shop"]),
        op("retire", &[&9, &"an older secret of the shop"]),
        op("engine", &[&"keys"]),
    ];
    ops.extend(faults_of_events());
    ops.extend(retries());
    ops.extend(codes());
    ops.extend(one_friend());
    ops.extend(webhooks());
    ops.extend(columns());
    ops
}

fn faults_of_events() -> Vec<Op> {
    vec![
        op("record", &[&NOON, &""]),
        op("record", &[&NOON, &"{\"id\":\"x\"}"]),
        op("record", &[&NOON, &b"{\"id\":\"\xe7\xb8\"}".to_vec()]),
        op(
            "record",
            &[&NOON, &r#"{"id":"t","friend":"a","at":"2026-04-01T12:00:00+09:00","type":"tag","tag":"無い"}"#],
        ),
        op("record", &[&i64::MAX, &follow("f0", "a", 'a').as_str()]),
        op("record", &[&NOON, &follow("f1", "a", 'a').as_str()]),
        op("record", &[&NOON, &follow("f1", "a", 'a').as_str()]),
        op("record", &[&(NOON - 1), &follow("f2", "b", 'b').as_str()]),
        op("advance", &[&(NOON - 1)]),
        op("matches", &[&"a", &"友だち"]),
        op("matches", &[&"a", &"buyers"]),
        op("matches", &[&"a", &"no such"]),
        op("matches", &[&"nobody", &"友だち"]),
    ]
}

fn retries() -> Vec<Op> {
    let deliver = |now: i64, status: &str, headers: &str, body: &str| op("deliver", &[&now, &status, &headers, &body]);
    vec![
        op("next_send", &[]),
        // LINE has trouble, then the host dies, then LINE has it already.
        deliver(NOON, "500", "", "oops"),
        op("next_send", &[]),
        op("reload", &[]),
        deliver(NOON + 10 * MINUTE, "lost", "", ""),
        op("tally", &[]),
        deliver(NOON + 11 * MINUTE, "200", "", ""),
        op("reload", &[]),
        deliver(
            NOON + 20 * MINUTE,
            "409",
            "HTTP/2 409\r\nx-line-request-id: r-2\r\nX-Line-Accepted-Request-Id:  r-1 \r\n\r\n",
            r#"{"message":"The retry key is already accepted"}"#,
        ),
        op("tally", &[]),
        // Two in one request, one of whom LINE does not know.
        op("record", &[&(NOON + 30 * MINUTE), &follow("f3", "c", 'c').as_str()]),
        op("play", &[&(NOON + 40 * 60 * MINUTE)]),
        deliver(
            NOON + 40 * 60 * MINUTE,
            "400",
            "",
            r#"{"message":"The property, 'to[0]', in the request body is invalid"}"#,
        ),
        deliver(NOON + 40 * 60 * MINUTE, "400", "", r#"{"message":"no"}"#),
        deliver(NOON + 40 * 60 * MINUTE, "0", "", "timed out"),
        deliver(NOON + 40 * 60 * MINUTE, "-7", "", ""),
        deliver(NOON + 41 * 60 * MINUTE, "401", "", ""),
        op("next_send", &[]),
        deliver(NOON + 41 * 60 * MINUTE, "200", "", ""),
        deliver(NOON + 70 * 60 * MINUTE, "200", "", ""),
        op("tally", &[]),
        op("decisions", &[]),
        op("decisions", &[]),
        op("next_wake", &[]),
    ]
}

fn codes() -> Vec<Op> {
    vec![
        op("code", &[&"hello", &7, &0]),
        op("code", &[&"hello", &7, &255]),
        op("code", &[&"hello", &7, &256]),
        op("code", &[&"", &7, &0]),
        op("verify", &[&code().as_str()]),
        // As a Japanese keyboard has it.
        op("verify", &[&wide(&code()).as_str()]),
        op("verify", &[&code().replace('-', "").replace('0', "o").as_str()]),
        op("verify", &[&swapped(&code()).as_str()]),
        op("verify", &[&"0000-0000-0000-0000-0000"]),
        op("verify", &[&""]),
    ]
}

fn one_friend() -> Vec<Op> {
    vec![
        op("friend", &[&"a", &0]),
        op("friend", &[&" ", &1]),
        op("friend", &[&"eccube:customer:7", &7]),
        op("inside", &[&"友だち", &NOON]),
        op("step", &[&NOON, &"nonsense"]),
        op("step", &[&NOON, &follow("f1", "eccube:customer:7", 'd').as_str()]),
        op("inside", &[&"友だち", &NOON]),
        op("inside", &[&"no such", &NOON]),
        op("reload_friend", &[]),
        op("step", &[&(NOON + 40 * 60 * MINUTE), &""]),
        op("reload_friend", &[]),
    ]
}

fn webhooks() -> Vec<Op> {
    let body = r#"{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[
        {"type":"follow","mode":"active","timestamp":1775041200000,"webhookEventId":"01FZ74A0TDDPYRVKNK77XKC3ZR",
         "deliveryContext":{"isRedelivery":false},"source":{"type":"user","userId":"U4af4980629000000000000000000abcd"},
         "follow":{"isUnblocked":true}},
        {"type":"message","mode":"active","timestamp":1775041200001,"webhookEventId":"01FZ74A0TDDPYRVKNK77XKC3ZS",
         "source":{"type":"user","userId":"U4af4980629000000000000000000abcd"},"message":{"id":"1","type":"text","text":"石鹸🧼\u0000"}},
        {"type":"accountLink","mode":"active","timestamp":1775041200002,"webhookEventId":"01FZ74A0TDDPYRVKNK77XKC3ZT",
         "source":{"type":"user","userId":"U4af4980629000000000000000000abcd"},"link":{"result":"ok","nonce":"n\"1"}},
        {"type":"dance","mode":"active","timestamp":1775041200003},
        {"type":7}]}"#;
    let secret = "8c570fa6dd201bb328f1c1eac23a96d8";
    let webhook = |secret: &str, body: &str, signature: &str| op("webhook", &[&secret, &body, &signature]);
    vec![
        webhook(secret, body, &sign(secret, body)),
        webhook(secret, &format!("{body} "), &sign(secret, body)),
        webhook(secret, body, "not Base64"),
        webhook("", body, &sign(secret, body)),
        webhook(secret, "{}", &sign(secret, "{}")),
        webhook(secret, r#"{"events":[]}"#, &sign(secret, r#"{"events":[]}"#)),
    ]
}

fn columns() -> Vec<Op> {
    const DAY: i64 = 24 * 60 * MINUTE;
    let rows: Vec<(u32, i64, i64)> = (0..500_i64)
        .map(|i| (u32::try_from(i * 7919 % 97).unwrap() + 1, NOON - (i * i % 400) * DAY - i * 1000, i * 37 % 9000))
        .collect();
    let rfm = |as_of: i64, zone: &str, scale: i64, bins: i64, recency: i64, rows: &[(u32, i64, i64)]| {
        let customers: Vec<u8> = rows.iter().flat_map(|row| row.0.to_ne_bytes()).collect();
        let times: Vec<u8> = rows.iter().flat_map(|row| row.1.to_ne_bytes()).collect();
        let amounts: Vec<u8> = rows.iter().flat_map(|row| row.2.to_ne_bytes()).collect();
        op("rfm", &[&as_of, &zone, &scale, &bins, &recency, &customers, &times, &amounts])
    };
    vec![
        rfm(NOON, "Asia/Tokyo", 1, 5, 1, &rows),
        rfm(NOON - 30 * DAY, "Asia/Tokyo", 2, 10, 2, &rows),
        rfm(NOON, "Asia/Tokyo", 1, 5, 1, &[]),
        rfm(NOON, "Asia/Tokio", 1, 5, 1, &rows),
        rfm(NOON, "Asia/Tokyo", 0, 5, 1, &rows),
        rfm(NOON, "Asia/Tokyo", 1, 257, 1, &rows),
        rfm(NOON, "Asia/Tokyo", 1, 5, 3, &rows),
        rfm(NOON, "Asia/Tokyo", 1, 5, 1, &[(1, NOON, -1)]),
        rfm(i64::MIN, "Asia/Tokyo", 1, 5, 1, &rows),
    ]
}

fn code() -> String {
    use enishi::coupon::{KeyRing, Serial};
    use enishi::model::{CouponName, FriendId};
    let ring = KeyRing::new(0, b"an older secret of the shop").unwrap();
    ring.issue(&CouponName::new("hello").unwrap(), Serial::new(FriendId(41), 2)).to_string()
}

fn wide(code: &str) -> String {
    code.chars().map(|c| char::from_u32(c as u32 + 0xFEE0).unwrap()).collect()
}

/// Two different neighbours change places.
fn swapped(code: &str) -> String {
    let mut signs: Vec<char> = code.chars().collect();
    let place = signs.windows(2).position(|pair| pair[0] != pair[1] && !pair.contains(&'-')).unwrap();
    signs.swap(place, place + 1);
    signs.into_iter().collect()
}

fn sign(secret: &str, body: &str) -> String {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes())
}

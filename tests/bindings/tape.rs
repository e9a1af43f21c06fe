//! What the drivers are given: things to do, in bytes that any language can read.
//!
//! A line `op TAB length TAB length…`, the arguments one after the other, a newline.

use base64::Engine as _;
use enishi::playbook::Playbook;
use enishi::scenario::Scenario;
use hmac::{Hmac, KeyInit as _, Mac as _};

use super::support::corpus::{Action, Case, HELD_FOR_MS, ReserveTaken};

#[path = "tape_shop.rs"]
mod shop;
#[path = "tape_till.rs"]
mod till;

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
    let quotes = case.actions.iter().any(|action| matches!(action, Action::Quote { .. }));
    if quotes {
        ops.push(op("ledger", &[&"memory"]));
    }
    let half = case.actions.len() / 2;
    // A snapshot does not hold what the host knows better.
    let mut told = Vec::new();
    for (place, action) in case.actions.iter().enumerate() {
        if place == half {
            ops.push(op("reload", &[]));
            ops.extend(told.iter().cloned());
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
            Action::Stock { now, pieces } => {
                let pieces = pieces.iter().map(|(product, n)| op("stock", &[&&**product, &i64::try_from(*n).unwrap()]));
                told.extend(pieces.clone());
                ops.extend(pieces);
                now.millis()
            }
            Action::Quote { now, friend, basket_json, codes, reserve } => {
                let codes = serde_json::to_string(codes).unwrap();
                let (friend, now) = (friend.as_deref().unwrap_or_default(), now.millis());
                ops.push(op("engine_quote", &[&friend, &now, &&**basket_json, &&*codes]));
                if let Some(ReserveTaken { checkout, friend }) = reserve {
                    let (until, friend) = (now + HELD_FOR_MS, i64::from(*friend));
                    ops.push(op("reserve_all", &[&now, &until, &&**checkout, &friend, &""]));
                }
                now
            }
            Action::Quota { now, left } => {
                told.push(op("quota", &[&i64::try_from(*left).unwrap()]));
                ops.extend(told.last().cloned());
                now.millis()
            }
        };
        ops.push(op("deliver", &[&now, &200, &"X-Line-Request-Id: r-1\r\n", &"{}"]));
    }
    if quotes {
        ops.push(op("ledger", &[&"none"]));
    }
    // What more than one message, menu or task came of in one step, and that there is nothing behind the last.
    let end = case.actions.last().map_or(0, |action| action.now().millis());
    let count = |lines: &Option<Vec<String>>| lines.as_ref().map_or(0, Vec::len);
    let requests = (count(&case.expect.deliveries) + count(&case.expect.menus)).saturating_sub(case.actions.len());
    let deliver = op("deliver", &[&end, &200, &"X-Line-Request-Id: r-1\r\n", &"{}"]);
    ops.extend(core::iter::repeat_n(deliver, requests));
    ops.extend(core::iter::repeat_n(op("hand_over", &[&end]), count(&case.expect.handovers) + 1));
    // First by what the engine still holds, then by what the host has kept.
    ops.extend(whys(case, |_| String::new()));
    ops.extend([op("decisions", &[]), op("next_wake", &[]), op("tally", &[]), op("reload", &[])]);
    ops.extend(whys(case, |scenario| scenario.steps.last().unwrap().name.to_string()));
    let segments = case.expect.segments.iter().flat_map(|segments| segments.keys());
    for segment in segments {
        ops.push(op("segment", &[&segment.as_str()]));
        for friend in friends_of(case) {
            ops.push(op("ask_engine", &[&friend.as_str()]));
        }
    }
    ops
}

/// Every friend and scenario, and of the scenario that step; empty is the whole.
fn whys(case: &Case, step: fn(&Scenario) -> String) -> Vec<Op> {
    let playbook = Playbook::read(&case.playbook).unwrap();
    let of = |friend: String| {
        let why = |scenario: &Scenario| op("why", &[&&*friend, &scenario.name.as_str(), &&*step(scenario)]);
        playbook.scenarios().iter().map(why).collect::<Vec<_>>()
    };
    friends_of(case).into_iter().flat_map(of).collect()
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

/// What the columns of the tape say of people.
const PEOPLE: &str = r#"
tags = ["VIP", "お茶", "菓子"]
[shop]
name = "縁"
zone = "Asia/Tokyo"
currency = "JPY"
[attributes]
gender = ["女性", "男性", "回答しない"]
birthday = "date"
points = "number"
visits = "number"
member = "flag"
[segments]
VIP = "tag 'VIP'"
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
    ops.extend(questions());
    ops.extend(retries());
    ops.extend(codes());
    ops.extend(one_friend());
    ops.extend(webhooks());
    ops.extend(columns());
    ops.extend(engine_as_columns());
    ops.extend(friends_as_columns());
    ops.extend(faults_of_columns());
    ops.extend(shop::all());
    ops.extend(till::all());
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
    ]
}

fn questions() -> Vec<Op> {
    let deep = format!("{}line is following", "not ".repeat(10_000));
    let deep_json = "{\"not\":".repeat(5_000);
    vec![
        op("segment", &[&"no such"]),
        op("segment", &[&"友だち"]),
        op("ask_engine", &[&"a"]),
        op("ask_engine", &[&"nobody"]),
        op("ask", &[&"line is following and no order within 90d or sample 10% of '夏'"]),
        op("ask_engine", &[&"a"]),
        op("ask", &[&"last follow within 30d and not segment 'buyers'"]),
        op("ask_engine", &[&"a"]),
        op("ask", &[&r#"{"or": [{"segment": "友だち"}, {"orders.count": {"within": "30d", ">=": 2}}]}"#]),
        op("ask_engine", &[&"a"]),
        // As a person in Japan may type it.
        op("ask", &[&"orders.count ＞＝ ２　and coupon ‘hello’ unused"]),
        op("ask_engine", &[&"a"]),
        op("ask", &[&""]),
        op("ask", &[&"友だち"]),
        op("ask", &[&"tag 'VIP' or\n  coupon 'helo' used and orders.count >="]),
        op("ask", &[&"tag 'VIP' or\n  coupon 'helo' used"]),
        op("ask", &[&"view within 30d and event 'x' ever"]),
        op("ask", &[&r#"{"orders.count": {">=": "many"}}"#]),
        op("ask", &[&"{\"and\": [\n  1,"]),
        op("ask", &[&deep.as_str()]),
        op("ask", &[&deep_json.as_str()]),
        op("ask", &[&"a ".repeat(1 << 19).as_str()]),
        op("ask", &[&"{".repeat(1 << 20).as_str()]),
    ]
}

fn retries() -> Vec<Op> {
    let deliver = |now: i64, status: &str, headers: &str, body: &str| op("deliver", &[&now, &status, &headers, &body]);
    vec![
        op("next_send", &[]),
        op("hand_over", &[&NOON]),
        op("confirm", &[&"3f2504e0-4f89-81d3-9a0c-0305e82c3301"]),
        op("confirm", &[&"no key"]),
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
        op("segment", &[&"友だち"]),
        op("ask_friend", &[&NOON]),
        op("step", &[&NOON, &"nonsense"]),
        op("step", &[&NOON, &follow("f1", "eccube:customer:7", 'd').as_str()]),
        op("ask_friend", &[&NOON]),
        op("ask_friend", &[&i64::MAX]),
        op("ask", &[&"last follow within 30d"]),
        op("ask_friend", &[&NOON]),
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

/// An engine's friends, selected with what only their records know.
fn engine_as_columns() -> Vec<Op> {
    vec![
        op("of_engine", &[]),
        op("ask", &[&"line is following"]),
        op("select", &[&NOON]),
        op("ask", &[&"coupon 'hello' unused and line is following"]),
        op("select", &[&NOON]),
        op("engine_select", &[]),
        op("join", &[&"minus"]),
        op("put", &[]),
        op("put", &[]),
        op("find", &[&"eccube:customer:7"]),
        op("put_of_engine", &[&"a"]),
        op("put_of_engine", &[&"nobody"]),
        op("find", &[&"nobody"]),
        op("everyone", &[]),
    ]
}

/// Three hundred friends in every layout there is.
fn friends_as_columns() -> Vec<Op> {
    const ROWS: i64 = 300;
    const DAY: i64 = 24 * 60 * MINUTE;
    let every = |what: &dyn Fn(i64) -> Vec<u8>| -> Vec<u8> { (0..ROWS).flat_map(what).collect() };
    let i64s = |what: &dyn Fn(i64) -> i64| every(&|i| what(i).to_ne_bytes().to_vec());
    let i32s = |what: &dyn Fn(i64) -> i64| every(&|i| (what(i) as i32).to_ne_bytes().to_vec());
    let bits = |yes: &dyn Fn(i64) -> bool, skip: i64| -> Vec<u8> {
        let mut bytes = vec![0; ((ROWS + skip + 7) / 8) as usize];
        (0..ROWS).filter(|i| yes(*i)).for_each(|i| bytes[((i + skip) / 8) as usize] |= 1 << ((i + skip) % 8));
        bytes
    };
    // 0, 0.25, 0.5, …
    let quarters = |i: i64| format!("{}.{:02}", i / 4, i % 4 * 25).parse::<f64>().unwrap().to_ne_bytes().to_vec();
    let genders = ["女性", "男性", "回答しない"];
    let routes: Vec<String> = (0..ROWS).map(|i| format!("チラシ{}", i % 7)).collect();
    let (route_offsets, route_bytes) = packed_texts(&routes, 8);
    let (gender_offsets, gender_bytes) = packed_texts(&genders.map(str::to_owned), 4);
    let users = every(&|i| (0..16).map(|byte| ((i * 31 + byte * 7 + byte / 15 * (i / 256)) % 256) as u8).collect());
    let codes = every(&|i| vec![(i % 4) as u8]);
    let mut ops = vec![
        op("playbook", &[&PEOPLE]),
        op("columns", &[&ROWS]),
        op("add", &[&1, &"", &13, &users]),
        op("add_choices", &[&2, &"gender", &2, &codes, &5, &gender_offsets, &gender_bytes]),
        // Where it is not known, the code stands for nothing.
        op("known", &[&bits(&|i| i % 4 < 3, 5), &5]),
        op("add", &[&2, &"birthday", &8, &i32s(&|i| 3000 + i * 37)]),
        op("known", &[&bits(&|i| i % 5 > 0, 0), &0]),
        op("add", &[&2, &"points", &7, &every(&quarters)]),
        op("add", &[&2, &"visits", &3, &every(&|i| (i as u16 * 11).to_ne_bytes().to_vec())]),
        op("add", &[&2, &"member", &1, &bits(&|i| i % 3 == 0, 0)]),
        op("add", &[&3, &"VIP", &1, &bits(&|i| i % 10 == 0, 0)]),
        op("add", &[&4, &"お茶\n菓子", &2, &every(&|i| vec![(i % 4) as u8])]),
        op("add", &[&5, &"", &2, &every(&|i| vec![u8::from(i % 2 == 0)])]),
        op("add", &[&6, &"", &1, &bits(&|i| i % 9 == 4, 0)]),
        op("add", &[&7, &"", &12, &i64s(&|i| (NOON - i * DAY) * 1_000_000)]),
        op("add_texts", &[&8, &"", &6, &route_offsets, &route_bytes]),
        op("add", &[&9, &"", &11, &i64s(&|i| (NOON - 2 * i * DAY) * 1000)]),
        op("add", &[&10, &"", &4, &every(&|i| (i as u32 % 5).to_ne_bytes().to_vec())]),
        op("add", &[&11, &"", &6, &i64s(&|i| i * 120)]),
        op("add", &[&12, &"", &10, &i64s(&|i| NOON - 3 * i * DAY)]),
        op("add", &[&13, &"", &9, &i64s(&|i| (NOON - i * DAY) / 1000)]),
        op("load", &[]),
    ];
    for question in [
        "tag 'VIP' and not line is blocked",
        "gender = '女性' or gender = '回答しない'",
        "unknown gender",
        "birthday < 1990-01-01",
        "points > 12.25 and visits <= 2200",
        "member = true and tag 'お茶' and not tag '菓子'",
        "line is following and line is linked",
        "route = 'チラシ3'",
        "first follow older than 30d",
        "orders.count >= 2 and orders.total >= 9600",
        "first order within 90d",
        "last order within 90d and not segment 'VIP'",
        "orders.count within 30d >= 1",
    ] {
        ops.extend([op("ask", &[&question]), op("select", &[&NOON])]);
    }
    ops.extend([
        op("ask", &[&"tag 'VIP' or last order within 7d"]),
        op("plan", &[&NOON]),
        op("select", &[&NOON]),
        op("ask", &[&"line is following"]),
        op("select", &[&NOON]),
        op("join", &[&"and"]),
        op("join", &[&"or"]),
        op("join", &[&"minus"]),
        op("find", &[&"U00070e151c232a31383f464d545b6269"]),
        op("remove", &[&0]),
        op("remove", &[&0]),
        op("remove", &[&300]),
        op("remove", &[&i64::from(u32::MAX)]),
        op("key", &[&0]),
        op("key", &[&299]),
        op("find", &[&"U00070e151c232a31383f464d545b6269"]),
        op("select", &[&NOON]),
        op("pick", &[&[7_u32, 3, 7, 299].map(u32::to_ne_bytes).concat()]),
        op("pick", &[&[7_u32, 0].map(u32::to_ne_bytes).concat()]),
        op("pick", &[&[7_u32, 300].map(u32::to_ne_bytes).concat()]),
        op("pick", &[&""]),
        op("everyone", &[]),
        op("arrow", &[&"visits"]),
        op("ask", &[&"visits between 10 and 20"]),
        op("ask", &[&"visits >= 10 and visits < 20"]),
        op("select", &[&NOON]),
        op("plan", &[&NOON]),
        op("ask", &[&"tag 'VIP'"]),
        op("plan", &[&NOON]),
        // Without keys nobody can be found, or put.
        op("put", &[]),
        op("find", &[&"eccube:customer:7"]),
        op("everyone", &[]),
    ]);
    ops
}

/// What cannot be taken in: of each an error with its place, and the population as it was.
fn faults_of_columns() -> Vec<Op> {
    let keys = |names: &[&str]| {
        let (offsets, bytes) = packed_texts(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>(), 4);
        op("add_texts", &[&1, &"", &5, &offsets, &bytes])
    };
    let visits = |values: &[i64]| {
        op("add", &[&2, &"visits", &6, &values.iter().flat_map(|v| v.to_ne_bytes()).collect::<Vec<u8>>()])
    };
    let mut ops = vec![op("columns", &[&2]), keys(&["a", "b"]), visits(&[1, 2]), op("load", &[])];
    let mut fault = |columns: Vec<Op>| {
        ops.push(op("columns", &[&2]));
        ops.extend(columns);
        ops.push(op("append", &[]));
    };
    fault(vec![keys(&["c", "a"]), visits(&[1, 2])]);
    fault(vec![keys(&["c", "c"]), visits(&[1, 2])]);
    fault(vec![keys(&["c", ""]), visits(&[1, 2])]);
    fault(vec![keys(&["c"]), visits(&[1, 2])]);
    fault(vec![visits(&[1, 2])]);
    fault(vec![keys(&["c", "d"])]);
    fault(vec![keys(&["c", "d"]), visits(&[1])]);
    fault(vec![keys(&["c", "d"]), visits(&[1, 2]), visits(&[1, 2])]);
    fault(vec![keys(&["c", "d"]), visits(&[1, i64::MAX])]);
    let doubles = |values: [f64; 2]| op("add", &[&2, &"visits", &7, &values.map(f64::to_ne_bytes).concat()]);
    for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300] {
        fault(vec![keys(&["c", "d"]), doubles([1.0, odd])]);
    }
    fault(vec![keys(&["c", "d"]), op("add", &[&2, &"visits", &9, &[0_i64, 1].map(i64::to_ne_bytes).concat()])]);
    fault(vec![keys(&["c", "d"]), visits(&[1, 2]), op("add", &[&3, &"VIP", &1, &vec![3_u8]])]);
    let codes = |codes: [i32; 2]| {
        let (offsets, bytes) = packed_texts(&["x".to_owned()], 4);
        op("add_choices", &[&8, &"", &5, &codes.map(i32::to_ne_bytes).concat(), &5, &offsets, &bytes])
    };
    fault(vec![keys(&["c", "d"]), codes([0, 1])]);
    fault(vec![keys(&["c", "d"]), codes([0, -1])]);
    for offsets in [[0_i32, 5, 2], [0, 2, 1], [-1, 0, 1], [0, 1, 2]] {
        let offsets = offsets.map(i32::to_ne_bytes).concat();
        fault(vec![keys(&["c", "d"]), op("add_texts", &[&8, &"", &5, &offsets, &b"\xe7\x81".to_vec()])]);
    }
    fault(vec![op("add", &[&1, &"", &6, &[1_i64, 2].map(i64::to_ne_bytes).concat()])]);
    fault(vec![keys(&["c", "d"]), op("known", &[&vec![3_u8], &0])]);
    fault(vec![keys(&["c", "d"]), visits(&[1, 2]), op("known", &[&vec![3_u8], &7])]);
    ops.extend([
        op("find", &[&"a"]),
        op("find", &[&"c"]),
        op("everyone", &[]),
        op("columns", &[&2]),
        op("known", &[&vec![3_u8], &0]),
        op("add", &[&0, &"", &6, &""]),
        op("add", &[&14, &"", &6, &""]),
        op("add", &[&5, &"following", &6, &""]),
        op("add", &[&2, &"", &6, &""]),
        op("add", &[&2, &"visits", &0, &""]),
        op("add", &[&2, &"visits", &14, &""]),
        op("add", &[&2, &"visits", &6, &"seven b"]),
        op("add_texts", &[&8, &"", &4, &"", &""]),
        op("add_choices", &[&8, &"", &6, &"", &5, &"", &""]),
        visits(&[1, 2]),
        op("known", &[&vec![3_u8], &9]),
        op("columns", &[&1]),
        keys(&["c"]),
        visits(&[-3]),
        op("append", &[]),
        op("find", &[&"c"]),
        op("ask", &[&"visits < 0"]),
        op("select", &[&NOON]),
    ]);
    ops
}

/// Offsets of four or eight bytes, and the texts one after another.
fn packed_texts(texts: &[String], width: usize) -> (Vec<u8>, Vec<u8>) {
    let mut ends = vec![0];
    texts.iter().for_each(|text| ends.push(ends.last().unwrap() + text.len()));
    let offsets = ends.into_iter().flat_map(|end| end.to_ne_bytes()[..width].to_vec()).collect();
    (offsets, texts.concat().into_bytes())
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

//! What the shop tells, asks, writes anew and learns.

use enishi::model::Timestamp;

use super::{FAULTY, MINUTE, NOON, Op, PLAYBOOK, follow, op};

pub(super) fn all() -> Vec<Op> {
    [what_runs_short(), rules_written_anew(), one_friend_of_a_shop_that_runs_short(), what_the_shop_learns()].concat()
}

/// Goods and messages run out, and rules are written anew.
const SCARCE: &str = r#"
[shop]
name = "縁"
zone = "Asia/Tokyo"
currency = "JPY"
[policy]
quota = { keep = [{ below = 2, for = "segment 'buyers'" }] }
[segments]
buyers = "orders.count >= 1"
[messages]
hi = { line = [{ type = "text", text = "ようこそ" }] }
back = { line = [{ type = "text", text = "再入荷しました" }] }
[scenarios.back]
on = "restocked"
reentry = "after end"
steps = [{ id = "wait", wait = "1d" }, { id = "back", send = "back", in_stock = true }]
[scenarios.buyers]
on = "enter segment 'buyers'"
steps = [{ id = "hi", send = "hi" }]
[scenarios.month]
on = "day 1 at 10:00"
only = "segment 'buyers'"
steps = [{ id = "hi", send = "hi" }]
[scenarios.hello]
on = "follow"
when_edited = "keep"
"#;
const HELLO: &str = "steps = [{ id = 'hi', send = 'hi' }, { wait = '1d' }, { id = 'again', send = 'hi' }]\n";
const HELLO_EDITED: &str = "steps = [{ id = 'hi', send = 'hi' }, { wait = '1d' }, { id = 'later', send = 'back' }]\n";

fn what_runs_short() -> Vec<Op> {
    const DAY: i64 = 24 * 60 * MINUTE;
    let restocked = r#"{"id":"n","friend":"a","at":"2026-04-01T12:00:00+09:00","type":"product_news","product":"石鹸","news":"restocked"}"#;
    let again = later(restocked).replace("\"n\"", "\"m\"");
    let why = |friend: &str, scenario: &str, step: &str| op("why", &[&friend, &scenario, &step]);
    vec![
        op("playbook", &[&[SCARCE, HELLO].concat().as_str()]),
        op("engine", &[&"none"]),
        op("quota", &[&-1]),
        op("quota", &[&3]),
        op("stock", &[&"石鹸", &i64::MIN]),
        op("stock", &[&"石鹸", &0]),
        op("record", &[&NOON, &follow("s1", "a", 'a').as_str()]),
        op("record", &[&NOON, &follow("s2", "b", 'b').as_str()]),
        op("record", &[&NOON, &follow("s3", "c", 'c').as_str()]),
        op("record", &[&NOON, &restocked]),
        // Sent and on the way; not sent; waiting; never entered, by a segment and by the calendar.
        why("a", "hello", ""),
        why("c", "hello", "hi"),
        why("a", "back", ""),
        why("b", "buyers", ""),
        why("b", "month", "hi"),
        why("nobody", "hello", ""),
        why("a", "helo", "hi"),
        why("a", "hello", "high"),
        op("decisions", &[]),
        why("c", "hello", "hi"),
        op("quota", &[&""]),
        op("play", &[&(NOON + DAY)]),
        why("a", "back", "back"),
        // Goods come in, and the shop tells the whole at once: messages are gone.
        op("new_shop", &[]),
        op("shop_stock", &[&"石鹸", &-1]),
        op("shop_stock", &[&"石鹸", &5]),
        op("shop_quota", &[&-1]),
        op("shop_quota", &[&0]),
        op("tell", &[]),
        op("record", &[&(NOON + DAY), &again.as_str()]),
        op("play", &[&(NOON + 2 * DAY)]),
        op("decisions", &[]),
        why("a", "back", "back"),
        op("log", &[&"{\"code\":101,\n\"at\": noon}"]),
        why("a", "back", "back"),
        op("log", &[&"[]"]),
        why("a", "back", "back"),
        op("log", &[&""]),
        why("a", "back", "back"),
    ]
}

fn rules_written_anew() -> Vec<Op> {
    vec![
        op("engine", &[&"none"]),
        op("record", &[&NOON, &follow("s1", "a", 'a').as_str()]),
        op("adopt", &[&[SCARCE, HELLO_EDITED].concat().as_str()]),
        op("record", &[&NOON, &follow("s2", "b", 'b').as_str()]),
        op("play", &[&(NOON + 24 * 60 * MINUTE)]),
        // Who began before ends by the old steps, who came later goes by the new.
        op("why", &[&"a", &"hello", &""]),
        op("why", &[&"b", &"hello", &"later"]),
        op("why", &[&"a", &"hello", &"again"]),
        op("why", &[&"b", &"hello", &"again"]),
        op("decisions", &[]),
        // Coupons need keys: the engine goes on by what it had.
        op("adopt", &[&PLAYBOOK]),
        op("record", &[&(NOON + 24 * 60 * MINUTE), &later(&follow("s3", "c", 'c')).as_str()]),
        op("decisions", &[]),
        op("adopt", &[&FAULTY]),
    ]
}

fn one_friend_of_a_shop_that_runs_short() -> Vec<Op> {
    let said =
        r#"{"at":"2026-04-01T03:00:00Z","friend":"k","scenario":"hello","run":1,"step":"hi","reason":"quota_spent"}"#;
    vec![
        op("playbook", &[&[SCARCE, HELLO].concat().as_str()]),
        op("friend", &[&"k", &9]),
        op("log", &[&""]),
        op("why_friend", &[&NOON, &"month", &""]),
        op("new_shop", &[]),
        op("shop_quota", &[&0]),
        op("step", &[&NOON, &follow("s1", "k", 'd').as_str()]),
        op("log", &[&[said, said].concat().as_str()]),
        op("why_friend", &[&NOON, &"hello", &"hi"]),
        op("why_friend", &[&NOON, &"hello", &"high"]),
        op("why_friend", &[&i64::MAX, &"hello", &"hi"]),
        op("shop_quota", &[&""]),
        op("step", &[&(NOON + 24 * 60 * MINUTE), &""]),
        op("why_friend", &[&(NOON + 24 * 60 * MINUTE), &"hello", &""]),
    ]
}

/// What stands in no decision: presets, budgets, what friends teach, what rules are good for.
fn what_the_shop_learns() -> Vec<Op> {
    const RULES: &str = r#"
tags = ["VIP"]
[shop]
name = "縁"
zone = "Asia/Tokyo"
currency = "JPY"
[policy]
budget = { month = 15003, plan = "standard" }
[segments]
buyers = "orders.count >= 1"
"静か" = "no click within 7d"
"迷い" = "order within 30d and no order within 90d"
VIP = "tag 'VIP'"
"#;
    let event = |day: &str, fact: &str| {
        let at = format!("{day}T12:00:00+09:00");
        let now = at.parse::<Timestamp>().unwrap().millis();
        let id = fact.len();
        op("record", &[&now, &format!(r#"{{"id":"{day} {id}","friend":"a","at":"{at}",{fact}}}"#).as_str()])
    };
    vec![
        op("presets", &[]),
        op("budget", &[]),
        op("playbook", &[&RULES]),
        op("budget", &[]),
        op("engine", &[&"none"]),
        op("learn", &[&1]),
        op("record", &[&NOON, &follow("s1", "a", 'a').as_str()]),
        op("record", &[&NOON, &follow("s2", "b", 'b').as_str()]),
        event("2026-04-02", r#""type":"click","link":"x""#),
        event("2026-04-02", r#""type":"tag","tag":"VIP""#),
        event("2026-04-03", r#""type":"order_placed","order":"1","total":"100""#),
        event("2026-04-23", r#""type":"order_placed","order":"2","total":"100""#),
        op("learn", &[&2]),
        op("learn", &[&1]),
        op("of_engine", &[]),
        op("hygiene", &[&NOON]),
    ]
}

/// The same a day later.
fn later(event: &str) -> String {
    event.replace("2026-04-01", "2026-04-02")
}

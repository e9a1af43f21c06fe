//! `/_stand-in/…`: the handle's methods for other processes, over HTTP.

use std::sync::Mutex;

use hyper::Method;
use serde::de::DeserializeOwned;
use serde::Deserialize;
use serde_json::{json, Value};

use crate::answer::Answer;
use crate::channel::{Call, Channel};
use crate::server::lock;
use crate::{Endpoint, Fault};

pub(crate) const PREFIX: &str = "/_stand-in/";

pub(crate) fn handle(channel: &Mutex<Channel>, call: &Call) -> Answer {
    let action = call.path.strip_prefix(PREFIX).unwrap_or_default();
    let done = match (&call.method, action) {
        (&Method::POST, "fault") => read(call).map(|order| inject(channel, &order)),
        (&Method::POST, "clock") => read(call).map(|order| set_clock(channel, &order)),
        (&Method::POST, "friend") => read(call).map(|order| add_friend(channel, &order)),
        (&Method::POST, "block") => read(call).map(|order| block(channel, &order)),
        (&Method::POST, "reply-token") => read(call).map(|order| reply_token(channel, &order)),
        (&Method::POST, "rich-menu") => read(call).map(|order| make_rich_menu(channel, &order)),
        (&Method::GET, "rich-menus") => Ok(json!({ "richMenus": lock(channel).rich_menus.linked() })),
        (&Method::GET, "coupons") => Ok(json!({ "coupons": lock(channel).coupons.all() })),
        (&Method::GET, "deliveries") => Ok(json!({ "deliveries": lock(channel).record.deliveries() })),
        (&Method::GET, "violations") => Ok(json!({ "violations": lock(channel).record.violations() })),
        _ => Err(Answer::not_found()),
    };
    match done {
        Ok(body) => Answer::ok(&body),
        Err(refusal) => refusal,
    }
}

fn read<Order: DeserializeOwned>(call: &Call) -> Result<Order, Answer> {
    serde_json::from_slice(&call.body).map_err(|error| Answer::bad_request(&error.to_string()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultOrder {
    fault: Fault,
    endpoint: Option<Endpoint>,
    #[serde(default = "once")]
    count: u32,
}

fn once() -> u32 {
    1
}

fn inject(channel: &Mutex<Channel>, order: &FaultOrder) -> Value {
    lock(channel).faults.push(order.fault, order.endpoint, order.count);
    json!({})
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum ClockOrder {
    Set(i64),
    Advance(i64),
}

fn set_clock(channel: &Mutex<Channel>, order: &ClockOrder) -> Value {
    let clock = lock(channel).clock.clone();
    match *order {
        ClockOrder::Set(ms) => clock.set(ms),
        ClockOrder::Advance(ms) => clock.advance(ms),
    }
    json!({ "now": clock.now() })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UserOrder {
    user: String,
}

fn add_friend(channel: &Mutex<Channel>, order: &UserOrder) -> Value {
    lock(channel).friends.add(&order.user);
    json!({})
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BlockOrder {
    user: String,
    #[serde(default = "yes")]
    blocked: bool,
}

fn yes() -> bool {
    true
}

fn block(channel: &Mutex<Channel>, order: &BlockOrder) -> Value {
    lock(channel).friends.set_blocked(&order.user, order.blocked);
    json!({})
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RichMenuOrder {
    id: String,
}

fn make_rich_menu(channel: &Mutex<Channel>, order: &RichMenuOrder) -> Value {
    lock(channel).rich_menus.make(&order.id);
    json!({})
}

fn reply_token(channel: &Mutex<Channel>, order: &UserOrder) -> Value {
    let mut channel = lock(channel);
    let now = channel.clock.now();
    json!({ "replyToken": channel.reply_tokens.issue(&order.user, now) })
}

//! Random shops: a playbook drawn from everything the grammar of scenarios and of the gate has, and a
//! history that tells it of everything that can happen.
//!
//! A playbook is put together from pieces of text, so that whoever checks what came of it can read the same
//! text and need not trust the library's reading of it.

use chrono::{Days, NaiveDate};
use enishi::model::{Currency, DeliveryKey, Event, Friend, Timestamp};
use proptest::prelude::*;
use proptest::sample::select;

use super::support::lab::{event, follow};

pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const DAY: i64 = 86_400_000;

/// A playbook, and what its friends were told to have done.
#[derive(Clone)]
pub(crate) struct Shop {
    /// The text of the playbook.
    pub(crate) playbook: String,
    /// In the order in which it is told.
    pub(crate) history: Vec<Told>,
}

/// What happened, when it happened, and when it was told.
#[derive(Clone)]
pub(crate) struct Told {
    pub(crate) id: String,
    pub(crate) friend: String,
    pub(crate) at: Timestamp,
    pub(crate) told_at: Timestamp,
    /// The fact as JSON, where `CODE` is the friend's last coupon code and `KEY` the last message's key.
    pub(crate) fact: String,
}

/// What sort of shops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    /// With everything.
    Any,
    /// In which nothing is decided at the instant of an event but that a run begins: what comes next is a
    /// wait. So the order of what is told of one instant is no cause of anything.
    Patient,
}

/// How events are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Telling {
    /// All of them when they happen.
    InTime,
    /// Some of them later.
    SomeLate,
}

pub(crate) fn shops(sort: Sort, telling: Telling, events: usize) -> impl Strategy<Value = Shop> {
    let year = 2000_i32..2060;
    (year, 0_u64..365, playbooks(sort), histories(telling, events)).prop_map(|(year, day, draft, history)| {
        let start = NaiveDate::from_ymd_opt(year, 1, 1).unwrap() + Days::new(day);
        Shop { playbook: draft.written(start), history: history.iter().map(|draft| draft.told(start)).collect() }
    })
}

impl core::fmt::Debug for Shop {
    /// As it can be copied into a test of its own.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        writeln!(f, "{}", self.playbook)?;
        self.history.iter().try_for_each(|told| writeln!(f, "{told:?}"))
    }
}

impl core::fmt::Debug for Told {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} {} {} {}", self.told_at, self.at, self.friend, self.fact)
    }
}

impl Told {
    /// The event, of whom this is known so far.
    pub(crate) fn event(&self, friend: Option<&Friend>) -> Event {
        let code = friend.and_then(|friend| friend.coupons.last()).map_or("NONE", |held| &*held.code);
        let key = friend.and_then(|friend| friend.sent.last()).map(|sent| sent.key);
        let key = key.unwrap_or_else(|| DeliveryKey::derive("test", &[])).to_string();
        let fact = self.fact.replace("CODE", code).replace("KEY", &key);
        let json = event(&self.id, &self.friend, &self.at.to_string(), &fact);
        Event::from_json(json.as_bytes(), Currency::JPY).unwrap_or_else(|error| panic!("{json}: {error}"))
    }

    /// Its `type`.
    pub(crate) fn kind(&self) -> &str {
        let rest = self.fact.split_once("\"type\":\"").unwrap().1;
        rest.split_once('"').unwrap().0
    }
}

// ---------------------------------------------------------------- histories

const FRIENDS: [&str; 3] = ["hana", "taro", "saki"];

/// How long a history is, in half hours.
const DENSE: i64 = 3 * 48;
const USUAL: i64 = 30 * 48;
const LONG: i64 = 800 * 48;

#[derive(Clone, Debug)]
pub(crate) struct EventDraft {
    number: usize,
    friend: usize,
    /// Minutes after the start.
    minute: i64,
    late: i64,
    fact: String,
}

pub(crate) fn histories(telling: Telling, most: usize) -> impl Strategy<Value = Vec<EventDraft>> {
    // Every half hour, so that some happen at one instant; now and then over years.
    let span = prop_oneof![3 => Just(DENSE), 4 => Just(USUAL), 1 => Just(LONG)];
    span.prop_flat_map(move |span| {
        let late = match telling {
            Telling::InTime => Just(0_i64).boxed(),
            Telling::SomeLate => prop_oneof![5 => Just(0_i64), 1 => 1_i64..72 * 60].boxed(),
        };
        let one = (0..FRIENDS.len(), 0..span, late, facts());
        // Most are friends from the beginning, or nobody would ever be sent anything.
        let opening = prop::collection::vec((0..FRIENDS.len(), select(OPENINGS)), 0..7);
        (opening, prop::collection::vec(one, 1..most))
    })
    .prop_map(|(opening, events)| {
        let first = opening.into_iter().map(|(friend, fact)| (friend, 0, 0, fact.to_owned()));
        let events: Vec<_> = first.chain(events).collect();
        let draft = |(number, (friend, half_hour, late, fact)): (usize, (usize, i64, i64, String))| {
            let fact = fact.replace("FOLLOW", &follow(FRIENDS[friend], "")).replace("OWN", &friend.to_string());
            EventDraft { number, friend, minute: half_hour * 30, late, fact }
        };
        let mut events: Vec<EventDraft> = events.into_iter().enumerate().map(draft).collect();
        events.sort_by_key(|event| event.minute + event.late);
        events
    })
}

const OPENINGS: &[&str] = &[
    r#"FOLLOW,"unblocked":false"#,
    r#"FOLLOW,"unblocked":false"#,
    r#"FOLLOW,"unblocked":false"#,
    r#""type":"reachable","channel":"email","reachable":true"#,
    r#""type":"chat","open":true"#,
];

impl EventDraft {
    pub(crate) fn told(&self, start: NaiveDate) -> Told {
        let start = start.and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp_millis();
        let at = Timestamp::from_millis(start + self.minute * MINUTE).unwrap();
        Told {
            id: format!("e{}", self.number),
            friend: FRIENDS[self.friend].into(),
            at,
            told_at: at.plus_millis(self.late * MINUTE),
            fact: days(&self.fact, at_day(start)),
        }
    }
}

/// Everything that can happen. `OWN` is the friend's number.
pub(crate) fn facts() -> impl Strategy<Value = String> {
    let order = 0_u32..3;
    let trade = prop_oneof![
        4 => (order.clone(), 0_u32..5000, select(vec!["A", "B"])).prop_map(|(n, yen, sku)| format!(
            r#""type":"order_placed","order":"OWN-{n}","total":"{yen}","lines":[{{"sku":"{sku}","quantity":1,"unit_price":"{yen}"}}]"#
        )),
        1 => order.clone().prop_map(|n| format!(r#""type":"order_cancelled","order":"OWN-{n}""#)),
        1 => (order.clone(), 1_u32..3000).prop_map(|(n, yen)| format!(r#""type":"order_refunded","order":"OWN-{n}","amount":"{yen}""#)),
        1 => order.clone().prop_map(|n| format!(r#""type":"order_shipped","order":"OWN-{n}""#)),
        1 => order.clone().prop_map(|n| format!(r#""type":"order_delivered","order":"OWN-{n}""#)),
        1 => order.prop_map(|n| format!(r#""type":"coupon_redeemed","coupon":"c","code":"CODE","order":"OWN-{n}""#)),
    ];
    let told = select(vec![
        r#"FOLLOW,"unblocked":false"#,
        r#"FOLLOW,"unblocked":false"#,
        r#"FOLLOW,"unblocked":false"#,
        r#"FOLLOW,"unblocked":true"#,
        "FOLLOW",
        r#""type":"unfollow""#,
        r#""type":"link","member":"card:OWN""#,
        r#""type":"reachable","channel":"email","reachable":true"#,
        r#""type":"reachable","channel":"email","reachable":true"#,
        r#""type":"reachable","channel":"email","reachable":false"#,
        r#""type":"consent","promotions":true"#,
        r#""type":"consent","promotions":false"#,
        r#""type":"chat","open":true"#,
        r#""type":"chat","open":true"#,
        r#""type":"chat","open":true"#,
        r#""type":"chat","open":false"#,
        r#""type":"menu","menu":null"#,
        r#""type":"menu","menu":"day""#,
        r#""type":"delivered","delivery":"KEY""#,
    ]);
    let known = select(vec![
        r#""type":"profile","attributes":{"points":1}"#,
        r#""type":"profile","attributes":{"points":3}"#,
        r#""type":"profile","attributes":{"points":null}"#,
        r#""type":"profile","attributes":{"birthday":"1992-02-29"}"#,
        r#""type":"profile","attributes":{"birthday":"DAY+12"}"#,
        r#""type":"profile","attributes":{"renewal":"DAY+9"}"#,
        r#""type":"profile","attributes":{"renewal":null}"#,
        r#""type":"tag","tag":"VIP""#,
        r#""type":"tag","tag":"VIP""#,
        r#""type":"untag","tag":"VIP""#,
        r#""type":"tag","tag":"fading""#,
    ]);
    let done = select(vec![
        r#""type":"click","link":"x""#,
        r#""type":"click","link":"x""#,
        r#""type":"click","link":"y""#,
        r#""type":"view","product":"A","categories":["soap"]"#,
        r#""type":"view","product":"B""#,
        r#""type":"cart","lines":[{"sku":"A","quantity":2,"unit_price":"500"}]"#,
        r#""type":"cart","lines":[]"#,
        r#""type":"message","text":"はい""#,
        r#""type":"message""#,
        r#""type":"postback","data":"yes""#,
        r#""type":"custom","name":"セミナー","properties":{"seats":2}"#,
        r#""type":"product_news","product":"A","news":"restocked""#,
        r#""type":"product_news","product":"B","news":"price_dropped""#,
        r#""type":"product_news","product":"A","news":"running_out""#,
        r#""type":"enter","scenario":"s0","about":"A""#,
        r#""type":"enter","scenario":"s0""#,
        r#""type":"leave","scenario":"s0""#,
    ]);
    prop_oneof![4 => trade, 5 => told.prop_map(str::to_owned), 3 => known.prop_map(str::to_owned), 6 => done.prop_map(str::to_owned)]
}

/// Kinds of facts of which none is told of what another tells of: at one instant they cause nothing in each
/// other.
pub(crate) const APART: [&str; 13] = [
    r#"FOLLOW,"unblocked":false"#,
    r#""type":"order_placed","order":"OWN-9","total":"100","lines":[{"sku":"A","quantity":1,"unit_price":"100"}]"#,
    r#""type":"cart","lines":[{"sku":"A","quantity":2,"unit_price":"500"}]"#,
    r#""type":"view","product":"A","categories":["soap"]"#,
    r#""type":"click","link":"x""#,
    r#""type":"message","text":"はい""#,
    r#""type":"postback","data":"yes""#,
    r#""type":"custom","name":"セミナー","properties":{"seats":2}"#,
    r#""type":"product_news","product":"A","news":"restocked""#,
    r#""type":"profile","attributes":{"points":3}"#,
    r#""type":"tag","tag":"VIP""#,
    r#""type":"consent","promotions":true"#,
    r#""type":"reachable","channel":"email","reachable":true"#,
];

/// `DAY+9` is the ninth day after `start`.
fn days(text: &str, start: NaiveDate) -> String {
    let mut parts = text.split("DAY+");
    let mut written = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        written.push_str(&(start + Days::new(digits.parse().unwrap())).to_string());
        written.push_str(&part[digits.len()..]);
    }
    written
}

fn at_day(millis: i64) -> NaiveDate {
    chrono::DateTime::from_timestamp_millis(millis).unwrap().date_naive()
}

// ---------------------------------------------------------------- playbooks

/// What every playbook declares.
const DECLARED: &str = r#"
channels = ["email"]
[attributes]
points = "number"
birthday = "date"
renewal = "date"
[tags]
VIP = {}
fading = { expires = "2d" }
[events]
"セミナー" = { seats = "number" }
[history]
view = "ever"
click = "ever"
reply = "ever"
postback = "ever"
cart = "ever"
events = { "セミナー" = "ever" }
[cycles]
default = "10d"
[segments]
vip = "tag 'VIP'"
waiting = "orders.count = 1 and last order older than 3d"
recent = "order within 36h"
held = "coupon 'c' unused"
silent = "messages.count within 20d >= 1 and no click within 20d"
due = "reorder due"
[coupons.c]
benefit = { rate = "10%" }
valid = { for = "2d" }
[coupons.d]
benefit = { amount = 100 }
valid = { for = "30d" }
limits = { budget = { sum = 250, reserve = "issue" } }
[messages]
a = { line = [{ type = "text", text = "A" }] }
b = { line = [{ type = "text", text = "{friend.points} {coupon.c.code|-}" }], category = "news", sells = false }
c = { line = [{ type = "text", text = "{coupon.c.code} {coupon.c.until}" }], category = "news" }
m = { line = [{ type = "text", text = "M" }], email = { subject = "M", text = "{shop.name}" } }
n = { line = [{ type = "text", text = "N" }], email = { subject = "N", text = "long" }, content = "spring" }
o = { line = [{ type = "text", text = "O" }], content = "spring", sells = false }
p = { line = [{ type = "text", text = "P {about|-}" }], email = { text = "P {about}" }, purpose = "post" }
[purposes]
post = ["email", "line"]
[menus.day]
rich_menu_id = "richmenu-day"
[menus.night]
rich_menu_id = "richmenu-night"
"#;

/// A playbook whose days are not known yet.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    zone: &'static str,
    day_starts: &'static str,
    menus: Menus,
    policy: Vec<String>,
    pub(crate) scenarios: Vec<ScenarioDraft>,
    sort: Sort,
}

#[derive(Clone, Copy, Debug)]
struct Menus {
    account_default: bool,
    take_over: bool,
    by_rule: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct ScenarioDraft {
    /// It is called `s3`.
    pub(crate) number: usize,
    pub(crate) on: &'static str,
    pub(crate) settings: Vec<&'static str>,
    pub(crate) steps: Vec<StepDraft>,
    pub(crate) last: &'static str,
    /// What the last step is called.
    pub(crate) last_name: &'static str,
    /// Steps that an edit gave other names.
    pub(crate) moved: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
pub(crate) struct StepDraft {
    /// It is called `t3`.
    pub(crate) number: usize,
    pub(crate) step: &'static str,
    /// Says where it leads.
    pub(crate) pick: usize,
}

pub(crate) fn playbooks(sort: Sort) -> impl Strategy<Value = Draft> {
    let zone = select(vec!["Asia/Tokyo", "America/New_York", "Australia/Lord_Howe"]);
    let day_starts = select(vec!["00:00", "04:00"]);
    let menus = (any::<bool>(), any::<bool>(), any::<bool>());
    let menus = menus.prop_map(|(account_default, take_over, by_rule)| Menus { account_default, take_over, by_rule });
    (zone, day_starts, menus, policies(), prop::collection::vec(scenarios(), 1..5)).prop_map(
        move |(zone, day_starts, menus, policy, mut scenarios)| {
            scenarios.iter_mut().enumerate().for_each(|(number, scenario)| scenario.number = number);
            Draft { zone, day_starts, menus, policy, scenarios, sort }
        },
    )
}

/// One of `options`, in so many of ten cases.
fn sometimes(of_ten: u32, options: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop_oneof![10 - of_ten => Just(""), of_ten => select(options)]
}

pub(crate) const CHATS: [&str; 3] =
    ["chat = { hold = '3h' }", "chat = { hold = '2d', for_at_most = '5h' }", "chat = 'ignore'"];
pub(crate) const QUIET_WORDS: [&str; 2] = ["shift", "drop"];
pub(crate) const CAP_SCOPES: [&str; 7] =
    ["", "all", "promotional", "channel line", "channel email", "category news", "scenario s0"];
pub(crate) const CAP_WINDOWS: [&str; 7] =
    ["90m", "1d", "1d12h", "7d", "calendar day", "calendar week", "calendar month"];

fn policies() -> impl Strategy<Value = Vec<String>> {
    let quiet = prop::option::weighted(
        0.6,
        (
            0_u32..24,
            1_u32..18,
            select(&QUIET_WORDS),
            select(vec!["", "", ", at_most = '6h'", ", spread = '40m'", ", at_most = '9h', spread = '25m'"]),
        ),
    );
    let quiet = quiet.prop_map(|quiet| {
        quiet.map_or(String::new(), |(from, hours, then, more)| {
            let to = (from + hours) % 24;
            format!("quiet_hours = {{ from = '{from:02}:00', to = '{to:02}:00', then = '{then}'{more} }}")
        })
    });
    let cap = (
        1_u32..4,
        select(&CAP_WINDOWS),
        select(&CAP_SCOPES),
        select(vec!["", ", then = 'defer'", ", then = 'defer', for_at_most = '1d'"]),
        select(vec!["", "", "", ", for = \"order within 5d\"", ", for = \"tag 'VIP'\""]),
    );
    let cap = cap.prop_map(|(most, per, of, then, only)| {
        let of = if of.is_empty() { String::new() } else { format!(", of = '{of}'") };
        format!("{{ at_most = {most}, per = '{per}'{of}{then}{only} }}")
    });
    let caps = prop::collection::vec(cap, 0..3).prop_map(|caps| format!("caps = [{}]", caps.join(", ")));
    let plain = (
        sometimes(3, &["consent = 'asked'", "consent = 'assumed'"]),
        sometimes(6, &CHATS),
        sometimes(4, &["same_message = '0m'", "same_message = '2d'"]),
        sometimes(3, &["gap = '5h'", "gap = { at_least = '20h', then = 'defer', for_at_most = '3d' }"]),
        sometimes(2, &["week_starts = 'sunday'", "week_starts = 'thursday'"]),
        sometimes(
            3,
            &[
                "selling = { at_most = 1, of_last = 2, within = '3d', then = 'defer' }",
                "selling = { at_most = 2, of_last = 3 }",
            ],
        ),
        sometimes(4, &["quota = { keep = [{ below = 50, for = \"tag 'VIP'\" }] }"]),
        sometimes(1, &["budget = { month = 30000, plan = 'standard' }"]),
        sometimes(3, &["holdout = { global = '20%' }", "holdout = { global = '10%', per_scenario = '30%' }"]),
        sometimes(3, &["enter_within = '6h'", "enter_within = '30d'"]),
    );
    (quiet, caps, plain).prop_map(|(quiet, caps, plain)| {
        let (consent, chat, same, gap, week, selling, quota, budget, holdout, within) = plain;
        let plain = [consent, chat, same, gap, week, selling, quota, budget, holdout, within];
        plain.map(str::to_owned).into_iter().chain([quiet, caps]).filter(|line| !line.is_empty()).collect()
    })
}

pub(crate) const TRIGGERS: [&str; 42] = [
    "follow",
    "refollow",
    "any follow",
    "link",
    "order",
    "shipped",
    "delivered",
    "cancelled",
    "cart",
    "view",
    "view 'A'",
    "click",
    "click 'x'",
    "message",
    "message 'はい'",
    "postback",
    "postback 'yes'",
    "restocked",
    "price dropped",
    "running out",
    "by hand",
    "event 'セミナー'",
    "tag 'VIP'",
    "redeem 'c'",
    "enter segment 'vip'",
    "leave segment 'vip'",
    "enter segment 'waiting'",
    "leave segment 'recent'",
    "enter segment 'held'",
    "enter segment 'silent'",
    "enter segment 'due'",
    "monday at 20:00",
    "weekday at 12:00",
    "day 1 at 10:00",
    "last day at 02:30",
    "DAY+11 at 10:00",
    "7d before anniversary of birthday at 10:00",
    "3d after date renewal at 10:00",
    "20:00",
    "day 3 at best hour",
    "3d before reorder of 'A' at 10:00",
    "2d after reorder at best hour between 10:00 and 20:00",
];

/// Those by which nobody can come in who was there before.
const FORGOTTEN: [&str; 15] = [
    "restocked",
    "price dropped",
    "running out",
    "by hand",
    "monday at 20:00",
    "weekday at 12:00",
    "day 1 at 10:00",
    "last day at 02:30",
    "DAY+11 at 10:00",
    "7d before anniversary of birthday at 10:00",
    "3d after date renewal at 10:00",
    "20:00",
    "day 3 at best hour",
    "3d before reorder of 'A' at 10:00",
    "2d after reorder at best hour between 10:00 and 20:00",
];

pub(crate) const SETTINGS: [&[&str]; 15] = [
    &["only = \"tag 'VIP'\"", "only = 'orders.count >= 1'"],
    &["class = 'transactional'", "class = 'promotional'"],
    &["goal = 'order'", "goal = 'points >= 3'", "goal = \"coupon 'c' unused\""],
    &[
        "stop = ['order']",
        "stop = ['cancelled', \"tag 'VIP'\"]",
        "stop = ['points >= 3', \"click 'y'\"]",
        "stop = [\"enter segment 'recent'\"]",
    ],
    &[
        "reentry = 'after end'",
        "reentry = 'after end'",
        "reentry = 'after 3d'",
        "reentry = 'each'",
        "reentry = 'never'",
    ],
    &["if_running = 'restart'", "if_running = 'parallel'", "if_running = 'ignore'"],
    &["priority = 5", "priority = -5"],
    &[
        "group = { name = 'g', rank = 1, if_lost = 'defer' }",
        "group = { name = 'g', rank = 1, if_lost = 'defer' }",
        "group = { name = 'g', rank = 2, if_lost = 'drop' }",
        "group = { name = 'g', rank = 2, if_lost = 'stay' }",
        "group = { name = 'g', rank = 3 }",
    ],
    &["from = 'DAY+4'"],
    &["until = 'DAY+20 at 10:00'"],
    &["backfill = { last = '30d', over = '3d' }", "backfill = { last = 'ever', over = '90m' }"],
    &["spread = '3h'", "spread = '2d'"],
    &["holdout = '30%'", "holdout = '0%'"],
    &["when_edited = 'keep'", "when_edited = 'migrate'", "when_edited = 'exit'"],
    &["title = 'かな'"],
];

/// Without it most would be entered once.
const REENTRY: usize = 4;
/// It takes two to be one.
const GROUP: usize = 7;
/// Few scenarios with a season, or nothing would happen out of it.
const FROM: usize = 8;
const UNTIL: usize = 9;

pub(crate) const STEPS: [&str; 69] = [
    "send = 'a'",
    "send = 'a', issue = 'c'",
    "send = 'b'",
    "send = 'c'",
    "send = 'c', issue = 'c'",
    "send = 'a', quiet = 'ignore'",
    "send = 'a', quiet = 'drop'",
    "send = 'a', quiet = 'shift'",
    "send = 'm'",
    "send = 'm', by = 'email'",
    "send = 'm', by = ['email', 'line']",
    "send = 'n'",
    "send = 'o'",
    "send = 'p', in_stock = true",
    "send = 'p', in_stock = true, by = 'line'",
    "send = 'p', in_stock = true, issue = 'd'",
    "send = 'm', no_reaction = { within = '2d', then_by = 'email' }",
    "send = 'n', issue = 'd', no_reaction = { within = '5h', then_by = 'email' }",
    "issue = 'c'",
    "expire = 'c'",
    "issue = 'c'",
    "expire = 'c'",
    "expire = 'd'",
    "wait = '45m'",
    "wait = '1d'",
    "wait = '1d at 20:00'",
    "wait = '2d from start'",
    "wait = '3d from start at 12:00'",
    "wait = '1d from plan'",
    "wait = '1d from plan at 09:00'",
    "wait = 'until 02:30'",
    "wait = 'until monday at 20:00'",
    "wait = 'until weekday at 12:00'",
    "wait = 'until day 31 at 10:00'",
    "wait = 'until last day at 10:00'",
    "wait = 'until DAY+15 at 10:00'",
    "wait = 'until 3d after date renewal at 10:00'",
    "wait = 'until 1d before anniversary of birthday at 10:00'",
    "wait = '1d at best hour'",
    "wait = 'until best hour between 10:00 and 20:00'",
    "wait = \"until 1d before reorder of 'A' at 10:00\"",
    "wait = 'until 2d after reorder at best hour'",
    "wait = { first_of = [\"reorder of product 'A' due\", 'view'], or_after = '1d at best hour' }, then = { 'view' = 'LATER' }",
    "wait = { first_of = ['order', \"click 'x'\"], or_after = '3d' }, then = { 'order' = 'LATER' }",
    "wait = { first_of = ['reaction', \"message 'はい'\"], or_after = '1d at 20:00', since = 'start' }, then = { 'time out' = 'LATER' }",
    "wait = { first_of = ['points >= 3', \"enter segment 'vip'\", 'shipped'], or_after = '2d' }, then = { 'points >= 3' = 'LATER' }",
    "wait = { first_of = ['order within 36h', \"redeem 'c'\", 'follow', 'link'], or_after = 'until monday at 20:00' }",
    "wait = { first_of = [\"not segment 'recent'\", 'cart', \"event 'セミナー'\"], or_after = 'until date renewal at 10:00' }",
    "if = 'points >= 2', then = 'LATER'",
    "if = \"tag 'VIP'\", else = 'LATER'",
    "if = \"tag 'fading'\", then = 'next', else = 'LATER'",
    "if = 'order within 1d', then = 'EARLIER', at_most = 2",
    "if = \"not tag 'VIP'\", then = 'EARLIER', at_most = 3",
    "if = 'points >= 2', then = 'next', else = 'EARLIER', at_most = 1",
    "if = \"tag 'VIP'\", then = 'LATER', else = 'EARLIER', at_most = 2",
    "split = { A = 50, B = 50 }, then = { A = 'LATER' }",
    "split = { A = 1, B = 2, C = 7 }, then = { B = 'LATER' }, salt = 'x'",
    "tag = 'VIP'",
    "untag = 'VIP'",
    "set = 'points', to = 3",
    "unset = 'points'",
    "MENU",
    "start = 'SCENARIO'",
    "stop = 'SCENARIO'",
    "MENU",
    "MENU",
    "start = 'SCENARIO'",
    "stop = 'SCENARIO'",
    "emit = 'staff', letter = { text = '{friend.points|-} {about|-}' }",
];

const LAST: [&str; 6] = [
    "send = 'a'",
    "end = true",
    "end = 'done'",
    "send = 'p', in_stock = true, end = 'sent'",
    "emit = 'dm', letter = { text = '{friend.points}' }",
    "set = 'renewal', to = '2031-05-05'",
];

pub(crate) fn scenarios() -> impl Strategy<Value = ScenarioDraft> {
    // What comes often, often.
    let on = prop_oneof![3 => select(&TRIGGERS[..13]), 4 => select(&TRIGGERS)];
    let settings = SETTINGS.iter().enumerate().map(|(place, options)| {
        let of_ten = match place {
            REENTRY => 7,
            GROUP => 4,
            FROM | UNTIL => 1,
            _ => 2,
        };
        sometimes(of_ten, options)
    });
    let settings: Vec<_> = settings.collect();
    let steps = prop::collection::vec((select(&STEPS), 0_usize..100), 0..7).prop_map(|steps| {
        let numbered = steps.into_iter().enumerate();
        numbered.map(|(number, (step, pick))| StepDraft { number, step, pick }).collect()
    });
    (on, settings, steps, select(&LAST)).prop_map(|(on, settings, steps, last)| ScenarioDraft {
        number: 0,
        on,
        settings,
        steps,
        last,
        last_name: "last",
        moved: Vec::new(),
    })
}

impl Draft {
    pub(crate) fn written(&self, start: NaiveDate) -> String {
        let Self { zone, day_starts, menus, policy, scenarios, sort } = self;
        let mut text = DECLARED.to_owned();
        let Menus { account_default, take_over, by_rule } = menus;
        if *by_rule && *sort == Sort::Any {
            text.push_str("between = '21:00-06:00'\n[menus.vip]\nrich_menu_id = 'richmenu-vip'\nwhen = \"tag 'VIP'\"\npriority = 2\n");
            text.push_str(
                "[menus.spring]\nrich_menu_id = 'richmenu-spring'\nfrom = 'DAY+5'\nuntil = 'DAY+9'\npriority = 3\n",
            );
        }
        text.push_str(&format!("[menus]\naccount_default = {account_default}\ntake_over = {take_over}\n"));
        text.push_str(&format!(
            "[shop]\nname = '縁'\nzone = '{zone}'\ncurrency = 'JPY'\nday_starts = '{day_starts}'\n"
        ));
        text.push_str(&format!("[policy]\n{}\n", policy.join("\n")));
        let numbers: Vec<usize> = scenarios.iter().map(|scenario| scenario.number).collect();
        for scenario in scenarios {
            text.push_str(&format!("[scenarios.s{}]\n{}\n", scenario.number, scenario.written(&numbers, menus, *sort)));
        }
        days(&text, start)
    }
}

impl ScenarioDraft {
    fn written(&self, scenarios: &[usize], menus: &Menus, sort: Sort) -> String {
        let Self { on, settings, steps, last, last_name, moved, .. } = self;
        // What becomes of a friend at the very instant of an event depends on what was told before it.
        let hasty = ["only", "goal", "stop", "group", "if_running"];
        let patient = sort == Sort::Patient;
        let on = if patient && on.contains("segment") { "click 'x'" } else { on };
        let has_from = settings.iter().any(|setting| setting.starts_with("from"));
        let is_time = on.contains(" at ") || on == "20:00";
        let fits = |setting: &&str| match *setting {
            "" => false,
            _ if setting.starts_with("backfill") => has_from && !FORGOTTEN.contains(&on) && !patient,
            _ if setting.starts_with("spread") => is_time,
            _ => !(patient && hasty.iter().any(|word| setting.starts_with(word))),
        };
        let mut text = format!("on = \"{on}\"\n");
        for setting in settings.iter().copied().filter(fits) {
            text.push_str(setting);
            text.push('\n');
        }
        if !moved.is_empty() {
            let moved: Vec<String> = moved.iter().map(|(old, new)| format!("'{old}' = '{new}'")).collect();
            text.push_str(&format!("moved = {{ {} }}\n", moved.join(", ")));
        }
        text.push_str("steps = [");
        if patient {
            text.push_str("{ id = 'first', wait = '5m' }, ");
        }
        // A wait for something that happens is over at the very instant of it, and the next may begin then.
        let waits_for = |step: &str| step.contains("first_of") || step.contains("no_reaction");
        // Two that start each other, each with its five minutes, would go round a hundred thousand times in a year.
        let goes_round =
            |step: &StepDraft| step.step.starts_with("start") && scenarios[step.pick % scenarios.len()] <= self.number;
        let is_bounded = |step: &&StepDraft| !patient || !waits_for(step.step) && !goes_round(step);
        let steps: Vec<_> = steps.iter().filter(is_bounded).collect();
        for (place, StepDraft { number, step, pick }) in steps.iter().enumerate() {
            let later: Vec<String> = steps[place + 1..].iter().map(|step| format!("t{}", step.number)).collect();
            let later: Vec<&str> = later.iter().map(String::as_str).chain([*last_name, "end"]).collect();
            let menu = match pick % 3 {
                0 if menus.account_default => "unlink_menu = true",
                1 => "menu = 'night'",
                _ => "menu = 'day'",
            };
            let step = step
                .replace("LATER", later[pick % later.len()])
                .replace("EARLIER", &format!("t{}", steps[pick % (place + 1)].number))
                .replace("SCENARIO", &format!("s{}", scenarios[pick % scenarios.len()]))
                .replace("MENU", menu);
            text.push_str(&format!("\n  {{ id = 't{number}', {step} }},"));
        }
        text.push_str(&format!("\n  {{ id = '{last_name}', {last} }}]\n"));
        text
    }
}

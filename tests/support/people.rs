//! A shop that declares one of everything, and random friends of it.

use std::collections::{BTreeMap, BTreeSet};

use enishi::model::{
    Activity, CartLine, Channel, Date, Dated, Decimal, DeliveryKey, Friend, FriendId, FriendKey, HeldCoupon,
    LineUserId, LocalTime, Marked, Money, Occurrence, Order, PropertyName, Redemption, Sent, Timestamp, Value, Zone,
};
use enishi::playbook::Playbook;
use enishi::segment::{Expr, Predicate, Schema};
use proptest::prelude::*;
use proptest::sample::select;

pub const MINUTE: i64 = 60_000;
pub const DAY: i64 = 86_400_000;
/// 2026-02-01T00:00Z; clocks in New York go forward on 8 March, those in Lord Howe go back by half an hour on 4 April.
pub const START: i64 = 1_769_904_000_000;

/// What the shop declares, in a zone.
pub fn schema(zone: Zone) -> Schema {
    let shop = format!(
        "[shop]\nname = 'x'\nzone = '{}'\ncurrency = 'JPY'\nday_starts = '{}'\n{REST}",
        zone.name(),
        zone.day_starts()
    );
    Playbook::read(&shop).unwrap_or_else(|faults| panic!("{faults}")).schema().clone()
}

const REST: &str = r#"
[attributes]
gender = { of = ["female", "male"] }
'メモ' = "text"
score = "number"
'予算' = "money"
birthday = "date"
'更新日' = "date"
'会員' = "flag"
'好きな色' = "list"
[tags]
VIP = {}
"興味/スキンケア" = {}
"興味/メイク" = { expires = "20d" }
"購入/常連" = { when = "orders.count >= 2" }
[events.'セミナー']
'会場' = "text"
fee = "money"
seats = "number"
held = "date"
[orders]
properties = { payment = { of = ["代引き", "カード"] } }
[channels]
email = {}
[coupons.hello]
benefit = { rate = "10%" }
valid = { for = "14d" }
[coupons.second]
benefit = { rate = "10%" }
valid = { for = "14d" }
[messages.m1]
line = [{ type = "text", text = "1" }]
[messages.m2]
line = [{ type = "text", text = "2" }]
[scenarios.s1]
on = "follow"
steps = [{ send = "m1" }]
[segments]
'最近' = "order within 10d or click within 3d"
'肌ケア関心' = "tag of category '興味' or views.count of category 'skincare' within 30d >= 2"
[rfm]
recency = [5, 15, 30, 60]
frequency = [1, 2, 3, 5]
monetary = [50, 100, 200, 400]
within = "90d"
[cpm]
lapse_days = 40
toddler_days = 10
loyal_days = 20
total = 100
[cycles]
default = "12d"
at_least = "3d"
at_most = "40d"
own_from = 2
products = { A = "9d" }
categories = { skincare = "20d", makeup = "15d" }
[decile]
totals = [500, 400, 300, 250, 200, 150, 100, 50, 10]
"#;

pub fn compiled(expr: &Expr, schema: &Schema) -> Predicate {
    schema.compile(expr).unwrap_or_else(|errors| panic!("{expr}: {errors:?}"))
}

/// Someone with a bit of everything, over 120 days from [`START`].
pub fn friends() -> impl Strategy<Value = Friend> {
    let facts = prop::collection::vec((instants(), 0_u8..16, 0_usize..4, 0_u32..6), 0..30);
    (facts, prop::collection::vec((instants(), 0_i64..200, lines(2)), 0..5), 0_u32..1000).prop_map(
        |(facts, orders, key)| {
            let mut friend = Friend::new(FriendId(key), FriendKey::new(&format!("shop:{key}")).unwrap());
            for (i, (placed_at, total, lines)) in orders.into_iter().enumerate() {
                let payment = if i % 2 == 0 { "代引き" } else { "カード" };
                let order = Order {
                    id: i.to_string().parse().unwrap(),
                    placed_at,
                    total: Money::from_minor(total),
                    lines,
                    properties: BTreeMap::from([("payment".parse().unwrap(), text(payment))]),
                };
                friend.orders.placed(&order, placed_at);
            }
            for (i, (at, what, pick, n)) in facts.into_iter().enumerate() {
                fact(&mut friend, i, at, what, pick, n);
            }
            friend
        },
    )
}

fn fact(friend: &mut Friend, i: usize, at: Timestamp, what: u8, pick: usize, n: u32) {
    let one = |texts: [&'static str; 2]| texts[pick % 2];
    let record = |friend: &mut Friend,
                  activity: Activity,
                  subject: Option<&str>,
                  lines: Vec<CartLine>,
                  properties: BTreeMap<PropertyName, Value>| {
        let id = format!("e{i}").parse().unwrap();
        friend.history.record(activity, Occurrence { at, id, subject: subject.map(Into::into), lines, properties });
    };
    let none = BTreeMap::new;
    friend.known_since = friend.known_since.into_iter().chain([at]).min();
    match what {
        0 => drop(friend.line.followed(
            LineUserId::from_bytes([pick as u8; 16]),
            at,
            None,
            Some(one(["店頭QR", "チラシ"])),
        )),
        1 => friend.line.unfollowed(at),
        2 => friend.line.linked = Some(at),
        3 => friend.mark(["VIP", "興味/スキンケア", "興味/メイク", "VIP"][pick].parse().unwrap(), n > 0, at),
        4 => {
            let (name, value) = match pick {
                0 => ("gender", text(one(["female", "male"]))),
                1 => ("メモ", text(if n > 2 { "肌が弱い" } else { "とくになし" })),
                2 => ("score", Value::Number(Decimal::whole(i64::from(n) * 5).unwrap())),
                _ => ("会員", Value::Flag(n > 2)),
            };
            friend.set_attribute(name.parse().unwrap(), Some(value), at);
        }
        5 => {
            let born = [(1990, 2, 28), (2000, 2, 29), (1985, 3, 31), (2007, 4, 20)][pick];
            let (year, month, day) = born;
            let born = Date::from_ymd_opt(year, month, day).unwrap();
            friend.set_attribute("birthday".parse().unwrap(), Some(Value::Date(born)), at);
            let renewal = Date::from_ymd_opt(2026, 3, 1).unwrap() + chrono::Days::new(u64::from(n) * 9);
            friend.set_attribute("更新日".parse().unwrap(), Some(Value::Date(renewal)), at);
        }
        6 => {
            let colours = BTreeSet::from([one(["赤", "青"]).into()]);
            friend.set_attribute("好きな色".parse().unwrap(), Some(Value::List(colours)), at);
        }
        7 => record(friend, Activity::View, None, goods(pick, 1, 0), none()),
        8 => record(friend, Activity::Cart, None, goods(pick, n + 1, 10), none()),
        9 => record(friend, Activity::Click, Some(one(["x", "y"])), Vec::new(), none()),
        10 => record(friend, Activity::Reply, Some(one(["はい", "いいえ"])), Vec::new(), none()),
        11 => record(friend, Activity::Postback, Some(one(["x", "y"])), Vec::new(), none()),
        12 => {
            let told: [(&str, Value); 4] = [
                ("会場", text(one(["東京", "大阪"]))),
                ("fee", Value::Number(Decimal::whole(i64::from(n) * 20).unwrap())),
                ("seats", Value::Number(Decimal::whole(i64::from(n)).unwrap())),
                ("held", Value::Date(Date::from_ymd_opt(2026, 3, 1 + n).unwrap())),
            ];
            let properties =
                told.into_iter().take(pick + 1).map(|(name, value)| (name.parse().unwrap(), value)).collect();
            record(friend, Activity::Event("セミナー".parse().unwrap()), None, Vec::new(), properties);
        }
        13 => {
            friend.sent.push(Sent {
                at,
                key: DeliveryKey::derive("test", &[&i.to_be_bytes()]),
                promotional: pick > 0,
                message: one(["m1", "m2"]).parse().unwrap(),
                scenario: "s1".parse().unwrap(),
                channel: Channel::Line,
                delivered: (n > 2).then(|| at.plus_millis(i64::from(n) * MINUTE)),
            });
            friend.sent.sort();
        }
        14 => {
            let order = (n % 3).to_string().parse().unwrap();
            let redeemed =
                if n > 3 { BTreeSet::from([Redemption { at: at.plus_millis(DAY), order }]) } else { BTreeSet::new() };
            friend.coupons.push(HeldCoupon {
                coupon: one(["hello", "second"]).parse().unwrap(),
                code: i.to_string().into(),
                issued_at: at,
                valid_until: at.plus_millis(i64::from(n) * 4 * DAY),
                redeemed,
            });
        }
        _ => {
            let lines = if n > 1 { goods(pick, n, 25) } else { Vec::new() };
            friend.cart = Some(Dated { at, value: enishi::model::Cart { lines } });
            friend.channels.insert("email".parse().unwrap(), Marked { at, on: pick > 1 });
        }
    }
}

fn goods(pick: usize, quantity: u32, price: i64) -> Vec<CartLine> {
    let line = |sku: &str, categories: &[&str]| CartLine {
        sku: sku.into(),
        quantity,
        unit_price: Money::from_minor(price),
        categories: categories.iter().map(|name| (*name).into()).collect(),
    };
    match pick {
        0 => vec![line("A", &["skincare"])],
        1 => vec![line("B", &["makeup"])],
        2 => vec![line("A", &["skincare", "makeup"]), line("B", &["makeup"])],
        _ => vec![line("C", &[])],
    }
}

fn lines(most: u32) -> impl Strategy<Value = Vec<CartLine>> {
    (0_usize..4, 1..=most, 0_i64..60).prop_map(|(pick, quantity, price)| goods(pick, quantity, price))
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

pub fn instants() -> impl Strategy<Value = Timestamp> {
    // Mostly on the minute, so that ends of windows meet.
    let minutes = (0_i64..120 * 24 * 60).prop_map(|minutes| START + minutes * MINUTE);
    prop_oneof![4 => minutes, 1 => (0..120 * DAY).prop_map(|ms| START + ms)]
        .prop_map(|ms| Timestamp::from_millis(ms).unwrap())
}

pub fn zones() -> impl Strategy<Value = Zone> {
    let names = select(vec!["Asia/Tokyo", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"]);
    (names, select(vec!["00:00", "04:00"]))
        .prop_map(|(name, start)| Zone::new(name, start.parse::<LocalTime>().unwrap()).unwrap())
}

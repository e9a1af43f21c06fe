//! A small shop and things that happen in it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use enishi::coupon::KeyRing;
use enishi::engine::Parcel;
use enishi::engine::ShopView;
use enishi::model::{
    DeliveryKey, Event, EventId, Fact, FriendKey, LineUserId, Money, Order, OrderId, OrderLine, TagName, Timestamp,
};
use enishi::playbook::Playbook;
use enishi::scenario::Handover;
use enishi::store::{Done, Outcome, Store, run};
use serde_json::json;

pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

pub(crate) const SHOP: &str = r#"
    tags = ["member"]
    [shop]
    name = "河内の台所"
    zone = "Asia/Tokyo"
    currency = "JPY"
    [policy]
    quiet_hours = { from = "21:00", to = "09:00", then = "shift", at_most = "13h" }
    [segments]
    "buyers" = "orders.count >= 1"
    [coupons.hello]
    benefit = { rate = "10%" }
    valid   = { for = "14d" }
    [messages.hello]
    line = [{ type = "text", text = "ようこそ {coupon.hello.code}" }]
    [messages.news]
    line = [{ type = "text", text = "お知らせ" }]
    [scenarios.welcome]
    on    = "follow"
    steps = [{ id = "hello", send = "hello", issue = "hello" }, { wait = "1d at 20:00" }, { id = "news", send = "news" }]
"#;

/// Begins for whoever comes to be a buyer.
const THANKS: &str = r#"
    [scenarios.thanks]
    on    = "enter segment 'buyers'"
    steps = [{ id = "thanks", send = "news" }]
"#;

pub(crate) fn playbook() -> Arc<Playbook> {
    Arc::new(Playbook::read(SHOP).unwrap())
}

pub(crate) fn another_playbook() -> Arc<Playbook> {
    Arc::new(Playbook::read(&format!("{SHOP}{THANKS}")).unwrap())
}

/// Remembers messages, and when they arrived.
pub(crate) fn curious_playbook() -> Arc<Playbook> {
    Arc::new(Playbook::read(&format!("{SHOP}[history]\nmessage = '90d'\n")).unwrap())
}

pub(crate) fn keys() -> KeyRing {
    KeyRing::new(0, b"sixteen characters and more").unwrap()
}

/// 2026-04-01 12:00 in Japan.
pub(crate) fn noon() -> Timestamp {
    "2026-04-01T12:00:00+09:00".parse().unwrap()
}

pub(crate) fn after(ms: i64) -> Timestamp {
    noon().plus_millis(ms)
}

pub(crate) fn work<S: Store>(store: &mut S, now: Timestamp) -> Done {
    run(store, &playbook(), &ShopView::new(Some(&keys())), now).unwrap()
}

/// Something happens, and this comes of it.
pub(crate) fn bring_about<S: Store>(store: &mut S, parcels: Vec<Parcel>, handovers: Vec<Handover>) {
    static TOLD: AtomicU32 = AtomicU32::new(0);
    let id = format!("{}", TOLD.fetch_add(1, Ordering::Relaxed));
    let told = Event { id: EventId::new(&id).unwrap(), friend: key(0), at: noon(), fact: Fact::Unfollow };
    store.append(&[told]).unwrap();
    let mut job = |_| {
        let mut outcome = Outcome::default();
        (outcome.parcels, outcome.handovers) = (parcels.clone(), handovers.clone());
        outcome
    };
    store.work(noon(), usize::MAX, &[], &mut job).unwrap();
}

/// Links a menu; without a name, takes the friend's own away.
pub(crate) fn switch(menu: &str, n: u8) -> Parcel {
    let id = (!menu.is_empty()).then(|| format!("richmenu-{menu}"));
    let key = DeliveryKey::derive("test menu", &[menu.as_bytes(), &[n]]);
    let switch = json!({ "key": key, "at": noon(), "friend": self::key(n), "user": user(n), "rich_menu": id });
    Parcel::of_menu(&serde_json::from_value(switch).unwrap())
}

pub(crate) fn handover(to: &str, n: u8) -> Handover {
    let key = DeliveryKey::derive("test handover", &[to.as_bytes(), &[n]]);
    let told = json!({
        "key": key, "at": noon(), "friend": self::key(n), "scenario": "welcome", "step": "letter", "to": to,
        "body": r#"{"text":"ようこそ"}"#,
    });
    serde_json::from_value(told).unwrap()
}

pub(crate) fn follow(n: u8, at: Timestamp) -> Event {
    event("follow", n, at, Fact::Follow { user: user(n), unblocked: Some(false), route: None })
}

pub(crate) fn order(n: u8, at: Timestamp) -> Event {
    let line =
        OrderLine { sku: "dashi".into(), quantity: 2, unit_price: Money::from_minor(1480), categories: Vec::new() };
    let id = OrderId::new(&format!("{n}@{at}")).unwrap();
    event(
        "order",
        n,
        at,
        Fact::OrderPlaced(Order {
            id,
            placed_at: at,
            total: Money::from_minor(2960),
            lines: vec![line],
            properties: BTreeMap::new(),
        }),
    )
}

pub(crate) fn link(n: u8, member: &str, at: Timestamp) -> Event {
    event("link", n, at, Fact::Link { member: FriendKey::new(member).unwrap() })
}

/// The playbook knows no such tag.
pub(crate) fn nonsense(n: u8, at: Timestamp) -> Event {
    event("nonsense", n, at, Fact::Tag { tag: TagName::new("nobody declared this").unwrap() })
}

pub(crate) fn event(what: &str, n: u8, at: Timestamp, fact: Fact) -> Event {
    Event { id: EventId::new(&format!("{what} {n} {at}")).unwrap(), friend: key(n), at, fact }
}

pub(crate) fn key(n: u8) -> FriendKey {
    FriendKey::new(&format!("line:{n}")).unwrap()
}

pub(crate) fn user(n: u8) -> LineUserId {
    LineUserId::from_bytes([n; 16])
}

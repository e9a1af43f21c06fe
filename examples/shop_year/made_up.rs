//! A believable shop, made from a seed.
//!
//! The shapes are those the trade reports: friends come by a few routes, in waves; most buyers buy
//! once; those who come back do so at their own pace; a few cancel; many block. No number here claims
//! to be measured.

use std::collections::BTreeMap;

use enishi::model::{Cart, Event, EventId, Fact, FriendKey, LineUserId, Money, Order, OrderId, OrderLine, Timestamp};

/// Goods with their prices in yen.
const GOODS: [(&str, i64); 6] =
    [("だしパック", 1480), ("米味噌", 1180), ("五色豆", 860), ("贈答箱", 5400), ("昆布", 2200), ("鍋つゆ", 640)];

/// Routes and how often in a hundred friends come by each (F1).
const ROUTES: [(&str, u64); 4] = [("店頭QR", 35), ("サイトバナー", 30), ("同梱チラシ", 25), ("Instagram", 10)];

/// What happens in the shop, by time. The same seed gives the same year.
pub fn year(seed: u64, friends: u32, start: Timestamp, days: u32) -> Vec<Event> {
    let mut events: Vec<Event> = (1..=friends).flat_map(|n| life(seed, n, start, days)).collect();
    events.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    events
}

/// One person: when they come, what they buy, when they leave.
fn life(seed: u64, n: u32, start: Timestamp, days: u32) -> Vec<Event> {
    let mut draw = Draw::new(seed, n);
    let end = start.plus_millis(i64::from(days) * DAY);
    let mut events = Vec::new();
    let mut tell = |name: String, at: Timestamp, fact: Fact| {
        if at < end {
            let id = EventId::new(&format!("{n}:{name}")).expect("short and plain");
            let friend = FriendKey::new(&format!("line:{}", user(seed, n))).expect("short and plain");
            events.push(Event { id, friend, at, fact });
        }
    };

    // More friends come early in the year, when the shop hangs up its QR code.
    let came = start.plus_millis(draw.below(i64::from(days) * DAY).min(draw.below(i64::from(days) * DAY)));
    let came = daytime(came, &mut draw);
    let route = draw.one_of(&ROUTES);
    tell(
        "follow".into(),
        came,
        Fact::Follow { user: user(seed, n), unblocked: Some(false), route: Some(route.into()) },
    );

    // Those from a parcel have bought before; of the others a good third ever buys.
    let buys = if route == "同梱チラシ" { draw.chance(85) } else { draw.chance(38) };
    let mut left_after = came;
    if buys {
        let pace = 12 + draw.below(60);
        let mut at = daytime(came.plus_millis(draw.below(20 * DAY)), &mut draw);
        // A third comes back after the first order, more after each further one.
        let mut back = 34;
        for order in 1.. {
            let order_id = OrderId::new(&format!("{n}-{order}")).expect("short and plain");
            let placed = basket(&order_id, at, &mut draw);
            let filled = at
                .plus_millis(-(5 + draw.below(40)) * MINUTE)
                .max(came.plus_millis(MINUTE))
                .min(at.plus_millis(-MINUTE));
            tell(format!("cart{order}"), filled, Fact::Cart(Cart { lines: placed.lines.clone() }));
            tell(format!("order{order}"), at, Fact::OrderPlaced(placed));
            tell(format!("paid{order}"), at, Fact::Cart(Cart::default()));
            if draw.chance(4) {
                let cancelled = at.plus_millis(HOUR + draw.below(DAY));
                tell(format!("cancel{order}"), cancelled, Fact::OrderCancelled { order: order_id });
            } else {
                let shipped = at.plus_millis(DAY + draw.below(DAY));
                tell(format!("ship{order}"), shipped, Fact::OrderShipped { order: order_id });
            }
            left_after = at;
            if !draw.chance(back) {
                break;
            }
            back = (back + 14).min(82);
            at = daytime(at.plus_millis(pace * DAY / 2 + draw.below(pace * DAY)), &mut draw);
        }
    }
    // Carts that were filled and left, of those who buy and of those who never will.
    if draw.chance(if buys { 30 } else { 15 }) {
        let at = daytime(came.plus_millis(draw.below(90 * DAY)), &mut draw);
        let id = OrderId::new("never").expect("short and plain");
        tell("left".into(), at, Fact::Cart(Cart { lines: basket(&id, at, &mut draw).lines }));
    }
    // Who never bought blocks sooner and more often.
    if draw.chance(if buys { 9 } else { 34 }) {
        let left = daytime(left_after.plus_millis(DAY + draw.below(120 * DAY)), &mut draw);
        tell("unfollow".into(), left, Fact::Unfollow);
        if draw.chance(8) {
            let back = daytime(left.plus_millis(DAY + draw.below(60 * DAY)), &mut draw);
            tell("refollow".into(), back, Fact::Follow { user: user(seed, n), unblocked: Some(true), route: None });
        }
    }
    events
}

fn basket(id: &OrderId, at: Timestamp, draw: &mut Draw) -> Order {
    let mut lines = Vec::new();
    for _ in 0..=draw.below(3) {
        let (sku, price) = GOODS[draw.below(6) as usize];
        let quantity = 1 + draw.below(3) as u32;
        lines.push(OrderLine {
            sku: sku.into(),
            quantity,
            unit_price: Money::from_minor(price),
            categories: Vec::new(),
        });
    }
    let total = lines.iter().filter_map(OrderLine::total).try_fold(Money::ZERO, Money::checked_add);
    Order { id: id.clone(), placed_at: at, total: total.expect("a few goods"), lines, properties: BTreeMap::new() }
}

/// Whether this person, about to pay, thinks of the coupon in hand.
pub fn remembers_coupon(seed: u64, order: &OrderId) -> bool {
    let number = order.as_str().bytes().fold(0_u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(u32::from(byte)));
    Draw::new(seed ^ 0xC0, number).chance(55)
}

fn user(seed: u64, n: u32) -> LineUserId {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    bytes[12..].copy_from_slice(&n.to_be_bytes());
    LineUserId::from_bytes(bytes)
}

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Most of life happens between 8:00 and 1:00 in Japan (23:00 to 16:00 UTC), to the minute.
fn daytime(at: Timestamp, draw: &mut Draw) -> Timestamp {
    let midnight = at.millis().div_euclid(DAY) * DAY;
    let moved = midnight - HOUR + draw.below(17 * 60) * MINUTE;
    Timestamp::EPOCH.plus_millis(if moved < at.millis() { moved + DAY } else { moved })
}

/// SplitMix64: small, known, and the same everywhere.
struct Draw(u64);

impl Draw {
    fn new(seed: u64, n: u32) -> Self {
        let mut draw =
            Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ u64::from(n).wrapping_mul(0xD1B5_4A32_D192_ED03));
        draw.next();
        draw
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 up to, not including, `most`.
    fn below(&mut self, most: i64) -> i64 {
        (self.next() % most.unsigned_abs().max(1)) as i64
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }

    fn one_of(&mut self, weighted: &[(&'static str, u64)]) -> &'static str {
        let mut drawn = self.next() % weighted.iter().map(|(_, weight)| weight).sum::<u64>();
        for (name, weight) in weighted {
            match drawn.checked_sub(*weight) {
                Some(rest) => drawn = rest,
                None => return name,
            }
        }
        weighted[0].0
    }
}

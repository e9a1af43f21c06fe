//! A population answers as its friends do, one by one.

use enishi::model::{
    AttributeName, Date, Decimal, Friend, FriendId, FriendKey, HeldCoupon, LineUserId, Money, Order, Timestamp, Value,
    ValueKind, Zone,
};
use enishi::population::{Bits, Cells, Codes, Columns, Field, Keys, Population, Selection, Texts, Unit, Values};
use enishi::segment::{
    Atom, AttributeType, Comparison, CouponState, Expr, Kind, LineState, Literal, Measure, Occurrences, Predicate,
    Schema, TagChoice, TagRule, ValueTest,
};
use proptest::prelude::*;
use proptest::sample::select;

use super::expressions::{expressions, order_atom};

const TAGS: [&str; 3] = ["VIP", "興味/スキンケア", "nobody has it"];
const TEXTS: [&str; 3] = ["female", "male", "店頭QR"];
/// 2026-02-01T00:00Z
const START: i64 = 1_769_904_000_000;
const MINUTE: i64 = 60_000;
const DAYS: i64 = 24 * 60;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever happened to it: friends that came, changed and went.
    #[test]
    fn the_same_friends_are_selected(
        first in prop::collection::vec(friend(), 0..80),
        changes in prop::collection::vec(change(), 0..40),
        exprs in prop::collection::vec(expressions(atom()), 1..6),
        zone in select(vec!["Asia/Tokyo", "America/New_York"]),
        minute in 0..120 * DAYS,
    ) {
        let (schema, now) = (schema(zone), at(minute));
        let mut friends: Vec<Friend> = Vec::new();
        friends.extend(numbered(first, 0));
        let mut here = vec![true; friends.len()];
        let mut population = Population::of(&friends).unwrap();
        for change in changes {
            let row = |seed: usize| Some(seed % friends.len().max(1)).filter(|row| here.get(*row) == Some(&true));
            match change {
                Change::Append(more) => {
                    let more: Vec<_> = numbered(more, friends.len()).collect();
                    population.append_friends(&more).unwrap();
                    here.resize(here.len() + more.len(), true);
                    friends.extend(more);
                }
                Change::Update(seed, other) => if let Some(row) = row(seed) {
                    friends[row] = Friend { id: friends[row].id, key: friends[row].key.clone(), ..*other };
                    population.update(row as u32, &friends[row]).unwrap();
                },
                Change::Remove(seed) => if let Some(row) = row(seed) {
                    here[row] = false;
                    population.remove(row as u32).unwrap();
                    prop_assert!(population.remove(row as u32).is_err(), "twice");
                },
            }
        }
        prop_assert_eq!(population.len(), here.iter().filter(|here| **here).count());
        for (row, friend) in friends.iter().enumerate() {
            prop_assert_eq!(population.row(friend.key.as_str()), here[row].then_some(row as u32));
        }
        for expr in exprs {
            let predicate = schema.compile(&expr).unwrap();
            let expected = matching(&friends, &here, &predicate, now);
            let selection = population.select_with(&predicate, now, &friends);
            let plan = population.plan_with(&predicate, now, &friends);
            prop_assert_eq!(&selection, &expected, "{} at {}\n{}", expr, now, plan);
            prop_assert_eq!((plan.count(), plan.ids()), (expected.count(), expected.ids()));
            if let Ok(alone) = population.select(&predicate, now) {
                prop_assert_eq!(alone, expected, "{} without records", expr);
            }
        }
    }

    /// However it was loaded.
    #[test]
    fn columns_say_what_the_friends_say(
        friends in prop::collection::vec(friend(), 0..150),
        cut in 0_usize..150,
        offset in 0_usize..20,
        exprs in prop::collection::vec(expressions(atom()), 1..6),
        minute in 0..120 * DAYS,
    ) {
        let (schema, now) = (schema("Asia/Tokyo"), at(minute));
        let friends: Vec<Friend> = numbered(friends, 0).map(plain).collect();
        let (some, rest) = friends.split_at(cut.min(friends.len()));
        let mut population = Lent::of(some, offset).load(Population::load).unwrap();
        Lent::of(rest, offset / 2).load(|columns| population.append(columns)).unwrap();
        for expr in exprs {
            let predicate = schema.compile(&expr).unwrap();
            let expected = matching(&friends, &vec![true; friends.len()], &predicate, now);
            let plan = population.plan_with(&predicate, now, &friends);
            prop_assert_eq!(plan.select(), expected.clone(), "{} at {}\n{}", expr, now, plan);
            if let Ok(alone) = population.select(&predicate, now) {
                prop_assert_eq!(alone, expected, "{} without records", expr);
            }
        }
    }
}

fn matching(friends: &[Friend], here: &[bool], predicate: &Predicate, now: Timestamp) -> Selection {
    let holds = |(row, friend): &(u32, &Friend)| here[*row as usize] && predicate.matches(friend, now);
    (0..).zip(friends).filter(holds).map(|(row, _)| row).collect()
}

#[derive(Clone, Debug)]
enum Change {
    Append(Vec<Friend>),
    Update(usize, Box<Friend>),
    Remove(usize),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        1 => prop::collection::vec(friend(), 1..5).prop_map(Change::Append),
        4 => (any::<usize>(), friend()).prop_map(|(row, friend)| Change::Update(row, Box::new(friend))),
        1 => any::<usize>().prop_map(Change::Remove),
    ]
}

fn numbered(friends: Vec<Friend>, first: usize) -> impl Iterator<Item = Friend> {
    friends.into_iter().zip(first..).map(|(friend, row)| {
        let key = match row % 3 {
            0 => LineUserId::from_bytes((row as u128).to_be_bytes()).to_string(),
            1 => format!("line:{}", LineUserId::from_bytes((row as u128).to_le_bytes())),
            _ => format!("eccube:customer:{row}"),
        };
        Friend { id: FriendId(row as u32 + 1), key: FriendKey::new(&key).unwrap(), ..friend }
    })
}

fn schema(zone: &str) -> Schema {
    let mut schema = Schema::new(Zone::new(zone, "04:00".parse().unwrap()).unwrap());
    for kind in [ValueKind::Flag, ValueKind::Number, ValueKind::Date, ValueKind::Text] {
        schema.attributes.insert(kind.to_string().parse().unwrap(), AttributeType::Of(kind));
    }
    schema.tags.extend(TAGS.map(|tag| (tag.parse().unwrap(), TagRule::default())));
    schema.coupons.insert("hello".parse().unwrap());
    let regulars = schema.compile(&Expr::parse("orders.count >= 2 and not tag 'VIP'").unwrap().expr).unwrap();
    schema.segments.insert("常連".parse().unwrap(), regulars);
    schema
}

/// Conditions that some of the friends below fulfil.
fn atom() -> impl Strategy<Value = Atom> {
    let equality = || select(vec![Comparison::Equal, Comparison::NotEqual]);
    let any_comparison = || select(Comparison::ALL.map(|(is, _)| is).to_vec());
    let attribute = |kind: ValueKind| kind.to_string().parse::<AttributeName>().unwrap();
    let lines = vec![LineState::Following, LineState::Blocked, LineState::Linked];
    let coupons = vec![CouponState::Held, CouponState::Unused, CouponState::Used, CouponState::Expired];
    prop_oneof![
        6 => order_atom(),
        3 => select(TAGS.to_vec()).prop_map(|tag| Atom::Tag { tag: TagChoice::Named(tag.parse().unwrap()), held: None }),
        2 => select(lines).prop_map(Atom::Line),
        1 => (equality(), select(TEXTS.to_vec())).prop_map(|(is, value)| Atom::Route(ValueTest::Is(is, Literal::Text(value.into())))),
        2 => (any_comparison(), numbers())
            .prop_map(move |(is, n)| Atom::Attribute { name: attribute(ValueKind::Number), test: ValueTest::Is(is, Literal::Number(n)) }),
        2 => (any_comparison(), dates())
            .prop_map(move |(is, date)| Atom::Attribute { name: attribute(ValueKind::Date), test: ValueTest::Is(is, Literal::Date(date)) }),
        1 => (equality(), any::<bool>())
            .prop_map(move |(is, yes)| Atom::Attribute { name: attribute(ValueKind::Flag), test: ValueTest::Is(is, Literal::Flag(yes)) }),
        1 => (equality(), select(TEXTS.to_vec()))
            .prop_map(move |(is, text)| Atom::Attribute { name: attribute(ValueKind::Text), test: ValueTest::Is(is, Literal::Text(text.into())) }),
        2 => select(vec![ValueKind::Flag, ValueKind::Number, ValueKind::Date, ValueKind::Text])
            .prop_map(move |kind| Atom::Unknown(attribute(kind))),
        1 => select(coupons).prop_map(|state| Atom::Measure {
            of: Occurrences::all(Kind::Coupon(state)),
            measure: Measure::Count,
            is: Comparison::AtLeast,
            value: Decimal::whole(1).unwrap(),
        }),
        1 => Just(Atom::Segment("常連".parse().unwrap())),
    ]
}

/// Small and large, coarse and fine, and some that are both at once.
fn numbers() -> impl Strategy<Value = Decimal> {
    prop_oneof![
        4 => (-3_i64..300).prop_map(|n| Decimal::whole(n).unwrap()),
        2 => (-30_i64..300, 1_u8..4).prop_map(|(n, scale)| Decimal::from_parts(n, scale).unwrap()),
        1 => select(vec!["999999999999999999", "-999999999999999999", "0.000000001", "999999999.999999999"])
            .prop_map(|text| text.parse().unwrap()),
    ]
}

fn dates() -> impl Strategy<Value = Date> {
    (0_u64..60).prop_map(|n| Date::from_ymd_opt(1969, 12, 1).unwrap() + chrono::Days::new(n * n))
}

fn friend() -> impl Strategy<Value = Friend> {
    let orders = prop::collection::vec((-30 * DAYS..130 * DAYS, 0_i64..200, 0_u8..8), 0..4);
    let follows = prop::collection::vec((0..100 * DAYS, any::<bool>(), prop::option::of(select(TEXTS.to_vec()))), 0..3);
    let attributes = prop::collection::vec((0_usize..4, value()), 0..6);
    let coupon = prop::option::of((0..100 * DAYS, any::<bool>()));
    (orders, follows, attributes, prop::collection::vec((0..2_usize, any::<bool>()), 0..4), any::<bool>(), coupon)
        .prop_map(|(orders, follows, attributes, tags, linked, coupon)| {
            let mut friend = Friend::new(FriendId(1), FriendKey::new("x").unwrap());
            for (i, (minute, total, fate)) in orders.into_iter().enumerate() {
                let id = i.to_string().parse().unwrap();
                let order = Order {
                    id,
                    placed_at: at(minute),
                    total: Money::from_minor(total),
                    lines: Vec::new(),
                    properties: Default::default(),
                };
                friend.orders.placed(&order, at(minute));
                match fate {
                    0 => friend.orders.cancelled(&order.id, at(minute + 1)),
                    1 => friend.orders.refunded(&order.id, Money::from_minor(total / 2)),
                    _ => {}
                }
            }
            for (minute, follows, route) in follows {
                if follows {
                    friend.line.followed(LineUserId::from_bytes([7; 16]), at(minute), None, route);
                } else {
                    friend.line.unfollowed(at(minute));
                }
            }
            friend.line.linked = linked.then_some(at(5));
            for (i, (kind, value)) in attributes.into_iter().enumerate() {
                // Now and then a value of another kind than the shop has declared.
                let own = value.as_ref().map(Value::kind).filter(|_| i < 5);
                let name = own.unwrap_or([ValueKind::Flag, ValueKind::Number, ValueKind::Date, ValueKind::Text][kind]);
                friend.set_attribute(name.to_string().parse().unwrap(), value, at(i as i64));
            }
            for (i, (tag, on)) in tags.into_iter().enumerate() {
                friend.mark(TAGS[tag].parse().unwrap(), on, at(i as i64));
            }
            if let Some((until, used)) = coupon {
                let mut held = HeldCoupon {
                    coupon: "hello".parse().unwrap(),
                    code: "c".into(),
                    issued_at: at(0),
                    valid_until: at(until),
                    redeemed: Default::default(),
                };
                if used {
                    held.redeemed.insert(enishi::model::Redemption { at: at(1), order: "0".parse().unwrap() });
                }
                friend.coupons.push(held);
            }
            friend
        })
}

fn value() -> impl Strategy<Value = Option<Value>> {
    prop_oneof![
        1 => Just(None),
        2 => any::<bool>().prop_map(|yes| Some(Value::Flag(yes))),
        4 => numbers().prop_map(|n| Some(Value::Number(n))),
        3 => dates().prop_map(|date| Some(Value::Date(date))),
        3 => select(TEXTS.to_vec()).prop_map(|text| Some(Value::Text(text.into()))),
    ]
}

fn at(minute: i64) -> Timestamp {
    Timestamp::from_millis(START + minute * MINUTE).unwrap()
}

/// Without what the columns below have no room for: values of undeclared kinds, digits after the point.
fn plain(mut friend: Friend) -> Friend {
    friend.attributes.retain(|name, told| {
        let whole = |value: &Value| !matches!(value, Value::Number(number) if number.scaled(0).is_none());
        told.value.as_ref().is_none_or(|value| value.kind().to_string() == name.as_str() && whole(value))
    });
    friend
}

/// The friends' facts in buffers, as a host would lend them: bits from an offset on, and nonsense
/// where nothing is known.
struct Lent {
    rows: usize,
    offset: usize,
    keys: (Vec<i32>, Vec<u8>),
    flags: (Vec<u8>, Vec<u8>),
    whole: (Vec<i64>, Vec<u8>),
    dates: (Vec<i32>, Vec<u8>),
    texts: (Vec<i64>, Vec<u8>, Vec<u8>),
    routes: (Vec<u8>, Vec<u8>),
    choices: (Vec<i32>, Vec<u8>),
    tags: Vec<u8>,
    following: Vec<u8>,
    blocked: Vec<u8>,
    linked: (Vec<i64>, Vec<u8>),
    counts: Vec<i32>,
    totals: Vec<i64>,
    first: (Vec<i64>, Vec<u8>),
    last: (Vec<i64>, Vec<u8>),
}

impl Lent {
    fn of(friends: &[Friend], offset: usize) -> Self {
        let known = |is: &dyn Fn(&Friend) -> bool| bits(offset, friends.iter().map(is));
        let attribute = |kind: ValueKind| {
            move |friend: &Friend| friend.attribute(&kind.to_string()).filter(|value| value.kind() == kind).cloned()
        };
        let (flag, number, date, text) = (
            attribute(ValueKind::Flag),
            attribute(ValueKind::Number),
            attribute(ValueKind::Date),
            attribute(ValueKind::Text),
        );
        let orders = |friend: &Friend| friend.orders.counting(Timestamp::MAX).collect::<Vec<_>>();
        let whole = |friend: &Friend| match number(friend) {
            Some(Value::Number(number)) => number.scaled(0).filter(|n| Decimal::whole(*n).is_some()),
            _ => None,
        };
        let instants = |of: &dyn Fn(&Friend) -> Option<Timestamp>, unit: i64| {
            let values = friends.iter().map(|friend| of(friend).map_or(i64::MIN, |at| at.millis() * unit)).collect();
            (values, known(&|friend| of(friend).is_some()))
        };
        let (mut key_ends, mut key_bytes) = (vec![0], Vec::new());
        let (mut text_ends, mut text_bytes) = (vec![0], Vec::new());
        for friend in friends {
            key_bytes.extend_from_slice(friend.key.as_str().as_bytes());
            key_ends.push(key_bytes.len() as i32);
            if let Some(Value::Text(text)) = text(friend) {
                text_bytes.extend_from_slice(text.as_bytes());
            }
            text_ends.push(text_bytes.len() as i64);
        }
        let place = |text: &str| TEXTS.iter().position(|other| *other == text).unwrap() as i32;
        let (mut choice_ends, mut choice_bytes) = (vec![0], Vec::new());
        for text in TEXTS {
            choice_bytes.extend_from_slice(text.as_bytes());
            choice_ends.push(choice_bytes.len() as i32);
        }
        let day = |date: Date| date.signed_duration_since(Date::default()).num_days() as i32;
        Self {
            rows: friends.len(),
            offset,
            keys: (key_ends, key_bytes),
            flags: (known(&|friend| flag(friend) == Some(Value::Flag(true))), known(&|friend| flag(friend).is_some())),
            whole: (
                friends.iter().map(|friend| whole(friend).unwrap_or(i64::MAX)).collect(),
                known(&|friend| whole(friend).is_some()),
            ),
            dates: (
                friends
                    .iter()
                    .map(|friend| if let Some(Value::Date(date)) = date(friend) { day(date) } else { i32::MIN })
                    .collect(),
                known(&|friend| date(friend).is_some()),
            ),
            texts: (text_ends, text_bytes, known(&|friend| text(friend).is_some())),
            routes: (
                friends
                    .iter()
                    .map(|friend| friend.line.route.as_ref().map_or(255, |route| place(route) as u8))
                    .collect(),
                known(&|friend| friend.line.route.is_some()),
            ),
            choices: (choice_ends, choice_bytes),
            tags: friends.iter().map(|f| (0..3).map(|k| u8::from(f.has_tag(TAGS[k])) << k).sum()).collect(),
            following: known(&|friend| friend.line.is_following()),
            blocked: friends.iter().map(|friend| friend.line.is_blocked().into()).collect(),
            linked: instants(&|friend| friend.line.linked, 1_000_000),
            counts: friends.iter().map(|friend| orders(friend).len() as i32).collect(),
            totals: friends.iter().map(|friend| orders(friend).iter().map(|(_, net)| net.minor()).sum()).collect(),
            first: instants(&|friend| orders(friend).first().map(|(at, _)| *at), 1),
            last: instants(&|friend| orders(friend).last().map(|(at, _)| *at), 1000),
        }
    }

    fn load<'l, T>(&'l self, take: impl FnOnce(&Columns<'l>) -> T) -> T {
        let bits = |bytes: &'l [u8]| Bits::starting_at(bytes, self.offset);
        let name = |kind: ValueKind| Field::Attribute(kind.to_string().parse().unwrap());
        let choices = || Texts::new(&self.choices.0, &self.choices.1);
        let instants =
            |lent: &'l (Vec<i64>, Vec<u8>), unit| Cells::known(Values::Instants(&lent.0, unit), bits(&lent.1));
        take(
            &Columns::new(self.rows)
                .keyed(Keys::Texts(Texts::new(&self.keys.0, &self.keys.1)))
                .with(Field::Tags(TAGS.map(|tag| tag.parse().unwrap()).to_vec()), self.tags.as_slice())
                .with(name(ValueKind::Flag), Cells::known(bits(&self.flags.0), bits(&self.flags.1)))
                .with(name(ValueKind::Number), Cells::known(self.whole.0.as_slice(), bits(&self.whole.1)))
                .with(name(ValueKind::Date), Cells::known(Values::Days(&self.dates.0), bits(&self.dates.1)))
                .with(
                    name(ValueKind::Text),
                    Cells::known(Texts::large(&self.texts.0, &self.texts.1), bits(&self.texts.2)),
                )
                .with(Field::Following, bits(&self.following))
                .with(Field::Blocked, self.blocked.as_slice())
                .with(
                    Field::Route,
                    Cells::known(
                        Values::Choices { codes: Codes::U8(&self.routes.0), texts: choices() },
                        bits(&self.routes.1),
                    ),
                )
                .with(Field::LinkedAt, instants(&self.linked, Unit::Nanoseconds))
                .with(Field::OrderCount, self.counts.as_slice())
                .with(Field::OrderTotal, self.totals.as_slice())
                .with(Field::FirstOrderAt, instants(&self.first, Unit::Milliseconds))
                .with(Field::LastOrderAt, instants(&self.last, Unit::Microseconds)),
        )
    }
}

fn bits(offset: usize, of: impl ExactSizeIterator<Item = bool>) -> Vec<u8> {
    let mut bits = vec![0x5a; (offset + of.len()).div_ceil(8)];
    for (row, yes) in of.enumerate() {
        let (byte, bit) = ((offset + row) / 8, (offset + row) % 8);
        bits[byte] = bits[byte] & !(1 << bit) | u8::from(yes) << bit;
    }
    bits
}

//! Friends as raw columns, the made-up ten million or fewer of one's own, and what is asked of them.

use std::path::Path;

use enishi::model::{AttributeName, Timestamp, ValueKind, Zone};
use enishi::population::{Bits, Cells, Columns, Field, Unit, Values};
use enishi::segment::{AttributeType, Expr, Predicate, Schema, TagRule};

/// The segments of the comparison.
pub(crate) const QUESTIONS: [(&str, &str); 3] = [
    (
        "Q1",
        "not line is blocked and gender = 2 and birthday >= 1981-01-02 and birthday <= 2001-01-01 \
         and prefecture >= 8 and prefecture <= 14 and orders.count >= 2 and not last order older than 90d \
         and last order older than 30d and (tag 'tag3' or tag 'tag7') and not tag 'tag11'",
    ),
    (
        "Q2",
        "not line is blocked and gender = 2 and birthday >= 1981-01-02 and birthday <= 2001-01-01 \
         and prefecture >= 8 and prefecture <= 14",
    ),
    ("Q3", "(tag 'tag3' or tag 'tag7') and tag 'tag9' and not tag 'tag11'"),
];
const AS_OF: i64 = 1_767_225_600;
const DAY: i64 = 86_400;
const TAGS: usize = 20;

/// As of when all of it is asked.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_millis(AS_OF * 1000).expect("2026-01-01T00:00Z")
}

pub(crate) fn predicate(text: &str) -> Predicate {
    let mut schema = Schema::new(Zone::TOKYO);
    for (name, kind) in
        [("gender", ValueKind::Number), ("prefecture", ValueKind::Number), ("birthday", ValueKind::Date)]
    {
        schema.attributes.insert(name.parse().unwrap(), AttributeType::Of(kind));
    }
    schema.tags.extend((1..=TAGS).map(|k| (format!("tag{k}").parse().unwrap(), TagRule::default())));
    schema.compile(&Expr::parse(text).unwrap().expr).unwrap()
}

/// The columns as a host would have them.
#[derive(Clone)]
pub(crate) struct Raw {
    pub(crate) gender: Vec<u8>,
    birthday: Vec<i32>,
    birthday_known: Vec<u8>,
    prefecture: Vec<u8>,
    followed_at: Vec<i64>,
    blocked: Vec<u8>,
    order_count: Vec<u32>,
    last_order_at: Vec<i64>,
    last_order_known: Vec<u8>,
    order_total: Vec<i64>,
    tags: Vec<u32>,
}

impl Raw {
    pub(crate) fn columns(&self) -> Columns<'_> {
        let attribute = |name: &str| Field::Attribute(name.parse::<AttributeName>().unwrap());
        let tags = (1..=TAGS).map(|k| format!("tag{k}").parse().unwrap()).collect();
        Columns::new(self.gender.len())
            .with(attribute("gender"), self.gender.as_slice())
            .with(attribute("birthday"), Cells::known(Values::Days(&self.birthday), Bits::new(&self.birthday_known)))
            .with(attribute("prefecture"), self.prefecture.as_slice())
            .with(Field::FirstFollowedAt, Values::Instants(&self.followed_at, Unit::Seconds))
            .with(Field::Blocked, self.blocked.as_slice())
            .with(Field::OrderCount, self.order_count.as_slice())
            .with(
                Field::LastOrderAt,
                Cells::known(Values::Instants(&self.last_order_at, Unit::Seconds), Bits::new(&self.last_order_known)),
            )
            .with(Field::OrderTotal, self.order_total.as_slice())
            .with(Field::Tags(tags), self.tags.as_slice())
    }

    pub(crate) fn read(folder: &Path) -> Self {
        let bytes = |name: &str| std::fs::read(folder.join(format!("friends10m.{name}.bin"))).unwrap();
        fn numbers<T, const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> T) -> Vec<T> {
            bytes.as_chunks().0.iter().map(|bytes| number(*bytes)).collect()
        }
        let birthday = numbers(&bytes("birthday"), i32::from_le_bytes);
        let last_order_at = numbers(&bytes("last_purchase_at"), i64::from_le_bytes);
        Self {
            gender: bytes("gender"),
            birthday_known: bits(birthday.iter().map(|day| *day != i32::MIN)),
            birthday,
            prefecture: bytes("prefecture"),
            followed_at: numbers(&bytes("followed_at"), i64::from_le_bytes),
            blocked: bytes("blocked"),
            order_count: numbers(&bytes("order_count"), u32::from_le_bytes),
            last_order_known: bits(last_order_at.iter().map(|at| *at != i64::MIN)),
            last_order_at,
            order_total: numbers(&bytes("total_spent"), i64::from_le_bytes),
            tags: numbers(&bytes("tags"), u32::from_le_bytes),
        }
    }

    /// About the same shares as in the data of the comparison.
    pub(crate) fn make(rows: usize) -> Self {
        let mut state = 20_260_102_u64;
        let mut draw = |below: u64| {
            // splitmix64
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            (mixed ^ mixed >> 31) % below
        };
        let birthday: Vec<i32> = (0..rows)
            .map(|_| if draw(4) == 0 { i32::MIN } else { -9000 + (draw(10_000) + draw(10_000)) as i32 })
            .collect();
        let order_count: Vec<u32> = (0..rows)
            .map(|_| if draw(100) < 55 { 0 } else { 1 + draw(1 << 20).leading_zeros().saturating_sub(44) })
            .collect();
        let last_order_at: Vec<i64> = order_count
            .iter()
            .map(|count| {
                if *count == 0 {
                    i64::MIN
                } else {
                    AS_OF - (draw(600) * draw(600) / 600) as i64 * DAY - draw(86_400) as i64
                }
            })
            .collect();
        Self {
            gender: (0..rows).map(|_| [0, 1, 1, 2, 2][draw(5) as usize]).collect(),
            birthday_known: bits(birthday.iter().map(|day| *day != i32::MIN)),
            birthday,
            prefecture: (0..rows).map(|_| if draw(3) == 0 { 8 + draw(7) as u8 } else { 1 + draw(47) as u8 }).collect(),
            followed_at: (0..rows).map(|_| AS_OF - draw(1461 * 86_400) as i64).collect(),
            blocked: (0..rows).map(|_| u8::from(draw(10) < 3)).collect(),
            order_total: order_count.iter().map(|count| i64::from(*count) * (500 + draw(8000) as i64)).collect(),
            order_count,
            last_order_known: bits(last_order_at.iter().map(|at| *at != i64::MIN)),
            last_order_at,
            tags: (0..rows)
                .map(|_| (0..TAGS).fold(0, |tags, k| tags | u32::from(draw(1 << 10) < 1 << (k * 11 % 20 / 2)) << k))
                .collect(),
        }
    }
}

/// Eight a byte, from the lowest on.
fn bits(of: impl ExactSizeIterator<Item = bool>) -> Vec<u8> {
    let mut bits = vec![0; of.len().div_ceil(8)];
    of.enumerate().for_each(|(row, yes)| bits[row / 8] |= u8::from(yes) << (row % 8));
    bits
}

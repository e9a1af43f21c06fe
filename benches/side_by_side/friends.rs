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
pub(crate) const AS_OF: i64 = 1_767_225_600;
pub(crate) const TAGS: usize = 20;

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
    pub(crate) birthday: Vec<i32>,
    pub(crate) birthday_known: Vec<u8>,
    pub(crate) prefecture: Vec<u8>,
    pub(crate) followed_at: Vec<i64>,
    pub(crate) blocked: Vec<u8>,
    pub(crate) order_count: Vec<u32>,
    pub(crate) last_order_at: Vec<i64>,
    pub(crate) last_order_known: Vec<u8>,
    pub(crate) order_total: Vec<i64>,
    pub(crate) tags: Vec<u32>,
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
}

/// Eight a byte, from the lowest on.
pub(crate) fn bits(of: impl ExactSizeIterator<Item = bool>) -> Vec<u8> {
    let mut bits = vec![0; of.len().div_ceil(8)];
    of.enumerate().for_each(|(row, yes)| bits[row / 8] |= u8::from(yes) << (row % 8));
    bits
}

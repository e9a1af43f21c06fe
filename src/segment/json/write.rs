//! An expression into JSON.

use serde_json::{Map, Value as Json, json};

use crate::model::Decimal;
use crate::rfm::Goods;
use crate::segment::occurrences::{CouponState, Field, Filter, Kind, Measure, Noun, Occurrences, Sequence};
use crate::segment::syntax::{
    AgeTest, AnniversaryTest, Atom, Comparison, Expr, Literal, RankTest, ReorderTest, TagChoice, ValueTest,
};

impl Expr {
    /// The expression as JSON; [`from_json`](Self::from_json) gives it back.
    pub fn to_json(&self) -> Json {
        match self {
            Self::All(parts) => json!({ "and": parts.iter().map(Self::to_json).collect::<Vec<_>>() }),
            Self::Any(parts) => json!({ "or": parts.iter().map(Self::to_json).collect::<Vec<_>>() }),
            Self::Not(inner) => json!({ "not": inner.to_json() }),
            Self::Atom(atom) => atom.to_json(),
        }
    }
}

impl Atom {
    fn to_json(&self) -> Json {
        let compared = |is: Comparison, value: Json| json!({ is.sign(): value });
        match self {
            Self::Measure { of, measure, is, value } => {
                let mut body = occurrences(of);
                let measure = match measure {
                    Measure::Count => "count",
                    Measure::Sum(Field::Amount) if of.kind == Kind::Order => "total",
                    Measure::Sum(summed) => {
                        body.insert("field".into(), field(summed));
                        "sum"
                    }
                    Measure::Distinct(counted) => {
                        body.insert("field".into(), field(counted));
                        "distinct"
                    }
                };
                body.insert(is.sign().into(), number(*value));
                json!({ format!("{}.{measure}", Noun::of(&of.kind).plural()): body })
            }
            Self::Ends { which, of, test } => {
                let mut body = occurrences(of);
                age(&mut body, test);
                json!({ format!("{} {}", which.word(), Noun::of(&of.kind).singular()): body })
            }
            Self::Sequence(sequence) => json!({ "sequence": self::sequence(sequence) }),
            Self::Tag { tag: TagChoice::Named(name), held: None } => json!({ "tag": name.as_str() }),
            Self::Tag { tag, held } => {
                let mut body = Map::new();
                match tag {
                    TagChoice::Named(name) => body.insert("name".into(), json!(name.as_str())),
                    TagChoice::Category(name) => body.insert("category".into(), json!(name)),
                };
                held.iter().for_each(|test| age(&mut body, test));
                json!({ "tag": body })
            }
            Self::Line(state) => json!({ "line": state.word() }),
            Self::Reachable(channel) => json!({ "reachable": channel.as_str() }),
            Self::Contact { event, test } => {
                let mut body = Map::new();
                age(&mut body, test);
                json!({ event.words(): body })
            }
            Self::Route(test) => json!({ "route": value_test(Map::new(), test) }),
            Self::UnknownRoute => json!({ "unknown route": true }),
            Self::Attribute { name, test } => {
                let mut body = Map::new();
                body.insert("name".into(), json!(name.as_str()));
                json!({ "attribute": value_test(body, test) })
            }
            Self::Unknown(name) => json!({ "unknown": name.as_str() }),
            Self::Age { name, is, value } => json!({ "age": { "of": name.as_str(), is.sign(): value } }),
            Self::Days { name, toward, is, value } => {
                json!({ format!("days {}", toward.word()): { "of": name.as_str(), is.sign(): value } })
            }
            Self::Anniversary { name, test } => {
                let (key, value) = match test {
                    AnniversaryTest::Within(days) => ("within", json!(days)),
                    AnniversaryTest::In(days) => ("in", json!(days)),
                    AnniversaryTest::ThisMonth => ("this month", json!(true)),
                };
                json!({ "anniversary": { "of": name.as_str(), key: value } })
            }
            Self::CartFilled(filled) => json!({ "cart": if *filled { "filled" } else { "empty" } }),
            Self::CartTotal { is, value } => json!({ "cart.total": compared(*is, number(*value)) }),
            Self::Rank(RankTest::Score(axis, is, value)) => {
                json!({ format!("rfm.{}", axis.word()): compared(*is, json!(value)) })
            }
            Self::Rank(RankTest::RfmClass(names)) => json!({ "rfm": names }),
            Self::Rank(RankTest::CpmClass(names)) => json!({ "cpm": names }),
            Self::Rank(RankTest::Decile(is, value)) => json!({ "decile": compared(*is, json!(value)) }),
            Self::Reorder { of, test } => json!({ "reorder": reorder(of, *test) }),
            Self::Sample { share, of } => json!({ "sample": { "share": share.to_string(), "of": of } }),
            Self::Segment(name) => json!({ "segment": name.as_str() }),
        }
    }
}

fn sequence(sequence: &Sequence) -> Json {
    let named = |of: &Occurrences| {
        let mut body = occurrences(of);
        body.insert("of".into(), json!(Noun::of(&of.kind).singular()));
        Json::Object(body)
    };
    let mut body = Map::new();
    body.insert("first".into(), named(&sequence.first));
    body.insert(if sequence.came { "then" } else { "then no" }.into(), named(&sequence.then));
    if let Some(span) = sequence.within {
        body.insert("within".into(), json!(span.to_string()));
    }
    if let Some(of) = &sequence.without {
        body.insert("without".into(), named(of));
    }
    Json::Object(body)
}

fn reorder(of: &Goods, test: ReorderTest) -> Json {
    let mut body = Map::new();
    let mut put = |key: &str, value: Json| drop(body.insert(key.into(), value));
    match of {
        Goods::Anything => {}
        Goods::Product(sku) => put("product", json!(sku)),
        Goods::Category(name) => put("category", json!(name)),
    }
    match test {
        ReorderTest::Due => put("due", json!(true)),
        ReorderTest::DueWithin(days) => put("due within", json!(days)),
        ReorderTest::DueIn(days) => put("due in", json!(days)),
        ReorderTest::OverdueBy(days) => put("overdue by", json!(days)),
    }
    Json::Object(body)
}

fn occurrences(of: &Occurrences) -> Map<String, Json> {
    let mut body = Map::new();
    match &of.kind {
        Kind::Event(name) => drop(body.insert("event".into(), json!(name.as_str()))),
        Kind::Coupon(CouponState::Expires(span)) => {
            drop(body.insert("expires within".into(), json!(span.to_string())));
        }
        Kind::Coupon(state) => drop(body.insert("state".into(), json!(state.to_string()))),
        _ => {}
    }
    if !of.filters.is_empty() {
        body.insert("with".into(), of.filters.iter().map(filter).collect());
    }
    of.window.iter().for_each(|test| age(&mut body, test));
    body
}

fn filter(filter: &Filter) -> Json {
    let mut body = Map::new();
    body.insert("field".into(), field(&filter.field));
    value_test(body, &filter.test)
}

fn field(field: &Field) -> Json {
    match field {
        Field::Property(name) => json!({ "property": name.as_str() }),
        named => json!(named.word()),
    }
}

fn age(body: &mut Map<String, Json>, test: &AgeTest) {
    let mut put = |key: &str, value: Json| drop(body.insert(key.into(), value));
    match test {
        AgeTest::OlderThan(span) => put("older than", json!(span.to_string())),
        AgeTest::Within(span) => put("within", json!(span.to_string())),
        AgeTest::Between { from, until } => put("between", json!([from.to_string(), until.to_string()])),
        AgeTest::Before(date) => put("before", json!(date.to_string())),
        AgeTest::Since(date) => put("since", json!(date.to_string())),
        AgeTest::During { from, to } => {
            put("from", json!(from.to_string()));
            put("to", json!(to.to_string()));
        }
    }
}

fn value_test(mut body: Map<String, Json>, test: &ValueTest) -> Json {
    let (key, value) = match test {
        ValueTest::Is(is, value) => (is.sign(), literal(value)),
        ValueTest::In(values) => ("in", values.iter().map(literal).collect()),
        ValueTest::Contains(text) => ("contains", json!(text)),
        ValueTest::StartsWith(text) => ("starts with", json!(text)),
    };
    body.insert(key.into(), value);
    Json::Object(body)
}

fn literal(value: &Literal) -> Json {
    match value {
        Literal::Text(text) => json!(text),
        Literal::Flag(yes) => json!(yes),
        Literal::Date(date) => json!({ "date": date.to_string() }),
        Literal::Number(value) => match value.scaled(0) {
            Some(whole) => json!(whole),
            None => json!({ "number": value.to_string() }),
        },
    }
}

fn number(value: Decimal) -> Json {
    value.scaled(0).map_or_else(|| json!(value.to_string()), |whole| json!(whole))
}

//! JSON into an expression.

use core::str::FromStr;

use serde_json::{Map, Value as Json};

use crate::model::{Date, Decimal, NameError, PropertyName, Rate, Span, SpanError, parse_date};
use crate::rfm::Goods;
use crate::segment::occurrences::{CouponState, End, Field, Filter, Kind, Measure, Noun, Occurrences, Sequence};
use crate::segment::syntax::{
    AgeTest, AnniversaryTest, Atom, Comparison, ContactEvent, Expr, LineState, Literal, RankTest, ReorderTest, RfmAxis,
    TagChoice, Toward, ValueTest,
};

/// How deep expressions may be nested.
pub const MAX_DEPTH: usize = 64;

/// The most values in a list, and filters on one kind of occurrence.
const MAX_LIST: usize = 1000;

/// A mistake in the JSON of an expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
#[non_exhaustive]
pub struct JsonError {
    /// Where, as a JSON pointer into the expression.
    pub path: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl Expr {
    /// Reads an expression from JSON.
    ///
    /// # Errors
    /// The first mistake, with its path.
    pub fn from_json(json: &Json) -> Result<Self, JsonError> {
        let expr = read(json, &mut Vec::new())?;
        if expr.depth() > MAX_DEPTH { Err(too_deep(&Vec::new())) } else { Ok(expr) }
    }
}

/// The keys walked down to reach a value; also the depth.
type Path = Vec<String>;
type Object = Map<String, Json>;

fn read(json: &Json, path: &mut Path) -> Result<Expr, JsonError> {
    // A connective adds at most two keys to the path, its own and the place in its list.
    if path.len() > 2 * MAX_DEPTH {
        return Err(too_deep(path));
    }
    let (key, value) = single(json, path)?;
    path.push(key.into());
    let expr = match key {
        "and" => several(value, path).map(Expr::All),
        "or" => several(value, path).map(Expr::Any),
        "not" => read(value, path).map(|inner| Expr::Not(Box::new(inner))),
        _ => read_atom(key, value, path).map(Expr::Atom),
    }?;
    path.pop();
    Ok(expr)
}

fn several(json: &Json, path: &mut Path) -> Result<Vec<Expr>, JsonError> {
    let list = json.as_array().filter(|list| list.len() >= 2);
    let list = list.ok_or_else(|| error(path, "a list of two conditions or more is needed"))?;
    let read_one = |(i, part): (usize, &Json)| {
        path.push(i.to_string());
        let expr = read(part, path)?;
        path.pop();
        Ok(expr)
    };
    list.iter().enumerate().map(read_one).collect()
}

fn read_atom(key: &str, value: &Json, path: &Path) -> Result<Atom, JsonError> {
    if let Some((many, measure)) = key.split_once('.')
        && let Some(noun) = Noun::many(many)
    {
        return read_measure(noun, measure, value, path);
    }
    if let Some((which, what)) = key.split_once(' ')
        && let Some(which) = [End::First, End::Last].into_iter().find(|end| end.word() == which)
    {
        return read_end(which, what, value, path);
    }
    Ok(match key {
        "sequence" => Atom::Sequence(Box::new(read_sequence(value, path)?)),
        "tag" => read_tag(value, path)?,
        "segment" => Atom::Segment(name(value, path)?),
        "unknown" => Atom::Unknown(name(value, path)?),
        "unknown route" if *value == Json::Bool(true) => Atom::UnknownRoute,
        "line" => Atom::Line(word(value, path, &LineState::NAMED)?),
        "reachable" => Atom::Reachable(name(value, path)?),
        "route" => Atom::Route(read_test(object(value, path)?, &[], path)?),
        "attribute" => {
            let object = object(value, path)?;
            Atom::Attribute { name: named(object, "name", path)?, test: read_test(object, &["name"], path)? }
        }
        "age" => {
            let (name, is, value) = dated(value, path)?;
            Atom::Age { name, is, value }
        }
        "days since" | "days until" => {
            let toward = if key == "days since" { Toward::Since } else { Toward::Until };
            let (name, is, value) = dated(value, path)?;
            Atom::Days { name, toward, is, value }
        }
        "anniversary" => read_anniversary(value, path)?,
        "cart" => Atom::CartFilled(word(value, path, &[(true, "filled"), (false, "empty")])?),
        "cart.total" => {
            let (is, value) = compared(value, path, &[])?;
            Atom::CartTotal { is, value: decimal(value, path)? }
        }
        "rfm" => Atom::Rank(RankTest::RfmClass(texts(value, path)?)),
        "cpm" => Atom::Rank(RankTest::CpmClass(texts(value, path)?)),
        "rfm.recency" => score(RfmAxis::Recency, value, path)?,
        "rfm.frequency" => score(RfmAxis::Frequency, value, path)?,
        "rfm.monetary" => score(RfmAxis::Monetary, value, path)?,
        "decile" => {
            let (is, value) = compared(value, path, &[])?;
            Atom::Rank(RankTest::Decile(is, one_to_ten(value, path)?))
        }
        "reorder" => read_reorder(value, path)?,
        "sample" => {
            let object = object(value, path)?;
            only(object, &["share", "of"], path)?;
            let share = text(member(object, "share"), path)?;
            let share = share.parse::<Rate>().map_err(|e| error(path, e.to_string()))?;
            Atom::Sample { share, of: text(member(object, "of"), path)?.into() }
        }
        other => return Err(error(path, format!("`{other}` is no condition"))),
    })
}

fn read_measure(noun: Noun, measure: &str, json: &Json, path: &Path) -> Result<Atom, JsonError> {
    let object = object(json, path)?;
    let measure = match measure {
        "count" => Measure::Count,
        "total" => Measure::Sum(Field::Amount),
        "sum" => Measure::Sum(read_field(member(object, "field"), path)?),
        "distinct" => Measure::Distinct(read_field(member(object, "field"), path)?),
        other => return Err(error(path, format!("`{other}` is none of count, total, sum, distinct"))),
    };
    let of = read_occurrences(noun, object, path)?;
    let mut allowed = [&OCCURRENCES[..], &AGES].concat();
    if object.contains_key("field") && !matches!(measure, Measure::Count) {
        allowed.push("field");
    }
    let (is, value) = compared(json, path, &allowed)?;
    let value = decimal(value, path)?;
    let is_count = value.scaled(0).is_some_and(|n| u32::try_from(n).is_ok());
    if !matches!(measure, Measure::Sum(_)) && !is_count {
        return Err(error(path, "a count is a whole number from 0"));
    }
    Ok(Atom::Measure { of, measure, is, value })
}

fn read_end(which: End, what: &str, json: &Json, path: &Path) -> Result<Atom, JsonError> {
    let object = object(json, path)?;
    if let Some(noun) = Noun::one(what) {
        let of = Occurrences { window: None, ..read_occurrences(noun, object, path)? };
        only(object, &[&OCCURRENCES[..], &AGES].concat(), path)?;
        return Ok(Atom::Ends { which, of, test: read_age(object, path)? });
    }
    let known = ContactEvent::NAMED.iter().find(|(_, end, name)| *end == which && *name == what);
    let (event, ..) = known.ok_or_else(|| error(path, format!("`{} {what}` is no condition", which.word())))?;
    only(object, &AGES, path)?;
    Ok(Atom::Contact { event: *event, test: read_age(object, path)? })
}

fn read_sequence(json: &Json, path: &Path) -> Result<Sequence, JsonError> {
    let object = object(json, path)?;
    only(object, &["first", "then", "then no", "within", "without"], path)?;
    let came = object.contains_key("then");
    if came == object.contains_key("then no") {
        return Err(error(path, "one of `then` and `then no` is needed"));
    }
    let within = object.get("within").map(|json| span(json, path)).transpose()?;
    if !came && (within.is_none() || object.contains_key("without")) {
        return Err(error(path, "`then no` needs `within`, and takes no `without`"));
    }
    let untimed = |json: &Json| {
        let of = read_named(json, path)?;
        if of.window.is_some() { Err(error(path, "only `first` has a window of its own")) } else { Ok(of) }
    };
    Ok(Sequence {
        first: read_named(member(object, "first"), path)?,
        then: untimed(member(object, if came { "then" } else { "then no" }))?,
        came,
        within,
        without: object.get("without").map(untimed).transpose()?,
    })
}

/// Occurrences that say themselves what they are of.
fn read_named(json: &Json, path: &Path) -> Result<Occurrences, JsonError> {
    let object = object(json, path)?;
    let noun = text(member(object, "of"), path)?;
    let noun = Noun::one(noun).ok_or_else(|| error(path, format!("nothing of the name `{noun}` is counted")))?;
    only(object, &[&OCCURRENCES[..], &AGES, &["of"]].concat(), path)?;
    read_occurrences(noun, object, path)
}

const OCCURRENCES: [&str; 4] = ["event", "state", "expires within", "with"];
const AGES: [&str; 7] = ["older than", "within", "between", "before", "since", "from", "to"];

/// What is counted and when; keys beside these are the caller's to refuse.
fn read_occurrences(noun: Noun, object: &Object, path: &Path) -> Result<Occurrences, JsonError> {
    let plain = |kind: Kind| match ["event", "state", "expires within"].iter().find(|key| object.contains_key(**key)) {
        Some(key) => Err(error(path, format!("`{key}` has no meaning for {}", noun.plural()))),
        None => Ok(kind),
    };
    let kind = match noun {
        Noun::Order => plain(Kind::Order)?,
        Noun::Cart => plain(Kind::Cart)?,
        Noun::View => plain(Kind::View)?,
        Noun::Click => plain(Kind::Click)?,
        Noun::Reply => plain(Kind::Reply)?,
        Noun::Postback => plain(Kind::Postback)?,
        Noun::Message => plain(Kind::Message)?,
        Noun::Delivery => plain(Kind::Delivery)?,
        Noun::Event => Kind::Event(named(object, "event", path)?),
        Noun::Coupon => Kind::Coupon(match (object.get("state"), object.get("expires within")) {
            (Some(state), None) => word(state, path, &CouponState::NAMED)?,
            (None, Some(within)) => CouponState::Expires(span(within, path)?),
            _ => return Err(error(path, "a coupon needs `state` or `expires within`")),
        }),
    };
    let filters = match object.get("with") {
        None => Vec::new(),
        Some(json) => {
            let list = json.as_array().filter(|list| (1..=MAX_LIST).contains(&list.len()));
            let list = list.ok_or_else(|| error(path, format!("`with` takes a list of 1 to {MAX_LIST} filters")))?;
            list.iter().map(|json| read_filter(json, path)).collect::<Result<_, _>>()?
        }
    };
    let window = AGES.iter().any(|key| object.contains_key(*key)).then(|| read_age(object, path)).transpose()?;
    Ok(Occurrences { kind, filters, window })
}

fn read_filter(json: &Json, path: &Path) -> Result<Filter, JsonError> {
    let object = object(json, path)?;
    Ok(Filter { field: read_field(member(object, "field"), path)?, test: read_test(object, &["field"], path)? })
}

fn read_field(json: &Json, path: &Path) -> Result<Field, JsonError> {
    match json {
        Json::String(text) => Field::from_word(text)
            .ok_or_else(|| error(path, format!("`{text}` is no field; a property is {{\"property\": \"{text}\"}}"))),
        Json::Object(_) => match single(json, path)? {
            ("property", value) => name::<PropertyName>(value, path).map(Field::Property),
            _ => Err(error(path, "a field in braces is {\"property\": …}")),
        },
        _ => Err(error(path, "`field` names what is asked about")),
    }
}

fn read_tag(json: &Json, path: &Path) -> Result<Atom, JsonError> {
    if json.is_string() {
        return Ok(Atom::Tag { tag: TagChoice::Named(name(json, path)?), held: None });
    }
    let object = object(json, path)?;
    only(object, &[&AGES[..], &["name", "category"]].concat(), path)?;
    let tag = match (object.get("name"), object.get("category")) {
        (Some(json), None) => TagChoice::Named(name(json, path)?),
        (None, Some(json)) => TagChoice::Category(text(json, path)?.into()),
        _ => return Err(error(path, "one of `name` and `category` is needed")),
    };
    let held = AGES.iter().any(|key| object.contains_key(*key)).then(|| read_age(object, path)).transpose()?;
    Ok(Atom::Tag { tag, held })
}

fn read_anniversary(json: &Json, path: &Path) -> Result<Atom, JsonError> {
    let object = object(json, path)?;
    only(object, &["of", "within", "in", "this month"], path)?;
    let test = match (object.get("within"), object.get("in"), object.get("this month")) {
        (Some(json), None, None) => AnniversaryTest::Within(whole_days(json, 1, path)?),
        (None, Some(json), None) => AnniversaryTest::In(whole_days(json, 0, path)?),
        (None, None, Some(Json::Bool(true))) => AnniversaryTest::ThisMonth,
        _ => return Err(error(path, "one of `within`, `in` and `this month` is needed")),
    };
    Ok(Atom::Anniversary { name: named(object, "of", path)?, test })
}

fn read_reorder(json: &Json, path: &Path) -> Result<Atom, JsonError> {
    const TESTS: [&str; 4] = ["due", "due within", "due in", "overdue by"];
    let object = object(json, path)?;
    only(object, &[&TESTS[..], &["product", "category"]].concat(), path)?;
    let of = match (object.get("product"), object.get("category")) {
        (None, None) => Goods::Anything,
        (Some(sku), None) => Goods::Product(text(sku, path)?.into()),
        (None, Some(name)) => Goods::Category(text(name, path)?.into()),
        _ => return Err(error(path, "one of `product` and `category` at most")),
    };
    let test = match TESTS.map(|key| object.get(key)) {
        [Some(Json::Bool(true)), None, None, None] => ReorderTest::Due,
        [None, Some(json), None, None] => ReorderTest::DueWithin(whole_days(json, 1, path)?),
        [None, None, Some(json), None] => ReorderTest::DueIn(whole_days(json, 0, path)?),
        [None, None, None, Some(json)] => ReorderTest::OverdueBy(whole_days(json, 1, path)?),
        _ => return Err(error(path, "one of `due` (true), `due within`, `due in` and `overdue by` is needed")),
    };
    Ok(Atom::Reorder { of, test })
}

fn whole_days(json: &Json, least: u16, path: &Path) -> Result<u16, JsonError> {
    let days = json.as_u64().and_then(|n| u16::try_from(n).ok()).filter(|days| (least..=366).contains(days));
    days.ok_or_else(|| error(path, "whole days of one year are needed"))
}

fn read_age(object: &Object, path: &Path) -> Result<AgeTest, JsonError> {
    let mut tests = Vec::new();
    if let Some(json) = object.get("older than") {
        tests.push(AgeTest::OlderThan(span(json, path)?));
    }
    if let Some(json) = object.get("within") {
        tests.push(AgeTest::Within(span(json, path)?));
    }
    if let Some(json) = object.get("between") {
        let ends = json.as_array().filter(|ends| ends.len() == 2);
        let ends = ends.ok_or_else(|| error(path, "`between` takes two spans, the farther first"))?;
        let (from, until) = (span(&ends[0], path)?, span(&ends[1], path)?);
        if from.nominal_millis() <= until.nominal_millis() {
            return Err(error(path, "`between` takes two spans, the farther first"));
        }
        tests.push(AgeTest::Between { from, until });
    }
    if let Some(json) = object.get("before") {
        tests.push(AgeTest::Before(date(json, path)?));
    }
    if let Some(json) = object.get("since") {
        tests.push(AgeTest::Since(date(json, path)?));
    }
    if object.contains_key("from") || object.contains_key("to") {
        let (from, to) = (date(member(object, "from"), path)?, date(member(object, "to"), path)?);
        if to < from {
            return Err(error(path, "`to` is a later day than `from`"));
        }
        tests.push(AgeTest::During { from, to });
    }
    match tests[..] {
        [test] => Ok(test),
        [] => Err(error(path, "when is missing: within, older than, between, since, before, or from with to")),
        _ => Err(error(path, "one window at most: within, older than, between, since, before, or from with to")),
    }
}

fn read_test(object: &Object, others: &[&str], path: &Path) -> Result<ValueTest, JsonError> {
    let tests = |key: &&String| {
        Comparison::from_sign(key).is_some() || matches!(key.as_str(), "in" | "contains" | "starts with")
    };
    let mut found = object.keys().filter(tests);
    let (Some(key), None) = (found.next(), found.next()) else {
        return Err(error(path, "one test is needed: a comparison, in, contains or starts with"));
    };
    only(object, &[others, &[key.as_str()]].concat(), path)?;
    let value = member(object, key);
    Ok(match key.as_str() {
        "in" => {
            let list = value.as_array().filter(|list| (1..=MAX_LIST).contains(&list.len()));
            let list = list.ok_or_else(|| error(path, format!("`in` takes a list of 1 to {MAX_LIST} values")))?;
            ValueTest::In(list.iter().map(|json| read_literal(json, path)).collect::<Result<_, _>>()?)
        }
        "contains" => ValueTest::Contains(text(value, path)?.into()),
        "starts with" => ValueTest::StartsWith(text(value, path)?.into()),
        sign => ValueTest::Is(Comparison::from_sign(sign).unwrap_or(Comparison::Equal), read_literal(value, path)?),
    })
}

fn read_literal(json: &Json, path: &Path) -> Result<Literal, JsonError> {
    match json {
        Json::String(text) => Ok(Literal::Text(text.as_str().into())),
        Json::Bool(yes) => Ok(Literal::Flag(*yes)),
        Json::Number(_) => decimal(json, path).map(Literal::Number),
        Json::Object(_) => match single(json, path)? {
            ("date", value) => date(value, path).map(Literal::Date),
            ("number", value) => decimal(value, path).map(Literal::Number),
            _ => Err(error(path, "a value in braces is {\"date\": …} or {\"number\": …}")),
        },
        _ => Err(error(path, "a value is a text, a number, true, false or {\"date\": …}")),
    }
}

/// The name of a date, and what its years or days are compared with.
fn dated<T: FromStr<Err = NameError>>(json: &Json, path: &Path) -> Result<(T, Comparison, u32), JsonError> {
    let (is, value) = compared(json, path, &["of"])?;
    let value = value.as_u64().and_then(|n| u32::try_from(n).ok());
    let value = value.ok_or_else(|| error(path, "a whole number from 0 is needed"))?;
    Ok((named(object(json, path)?, "of", path)?, is, value))
}

fn score(axis: RfmAxis, json: &Json, path: &Path) -> Result<Atom, JsonError> {
    let (is, value) = compared(json, path, &[])?;
    Ok(Atom::Rank(RankTest::Score(axis, is, one_to_ten(value, path)?)))
}

fn one_to_ten(json: &Json, path: &Path) -> Result<u8, JsonError> {
    let number = json.as_u64().and_then(|n| u8::try_from(n).ok()).filter(|n| (1..=10).contains(n));
    number.ok_or_else(|| error(path, "a whole number from 1 to 10 is needed"))
}

fn texts(json: &Json, path: &Path) -> Result<Vec<Box<str>>, JsonError> {
    let list = json.as_array().filter(|list| (1..=MAX_LIST).contains(&list.len()));
    let list = list.ok_or_else(|| error(path, format!("a list of 1 to {MAX_LIST} texts is needed")))?;
    list.iter().map(|json| text(json, path).map(Into::into)).collect()
}

/// The one comparison of an object, beside keys of other meaning.
fn compared<'a>(json: &'a Json, path: &Path, others: &[&str]) -> Result<(Comparison, &'a Json), JsonError> {
    let object = object(json, path)?;
    let mut found = object.iter().filter_map(|(key, value)| Some((Comparison::from_sign(key)?, value)));
    let one = found.next().ok_or_else(|| error(path, "a comparison is missing: one of = != < <= > >="))?;
    if found.next().is_some() {
        return Err(error(path, "one comparison at a time: join two with `and`"));
    }
    let allowed: Vec<_> = others.iter().copied().chain([one.0.sign()]).collect();
    only(object, &allowed, path)?;
    Ok(one)
}

fn single<'a>(json: &'a Json, path: &Path) -> Result<(&'a str, &'a Json), JsonError> {
    let object = object(json, path)?;
    let mut entries = object.iter();
    match (entries.next(), entries.next()) {
        (Some((key, value)), None) => Ok((key, value)),
        _ => Err(error(path, "an object with exactly one key is needed, such as {\"tag\": \"VIP\"}")),
    }
}

fn object<'a>(json: &'a Json, path: &Path) -> Result<&'a Object, JsonError> {
    json.as_object().ok_or_else(|| error(path, "an object is needed here"))
}

fn member<'a>(object: &'a Object, key: &str) -> &'a Json {
    object.get(key).unwrap_or(&Json::Null)
}

fn only(object: &Object, keys: &[&str], path: &Path) -> Result<(), JsonError> {
    match object.keys().find(|key| !keys.contains(&key.as_str())) {
        Some(key) => Err(error(path, format!("`{key}` has no meaning here; known: {}", keys.join(", ")))),
        None => Ok(()),
    }
}

fn word<T: Copy>(json: &Json, path: &Path, all: &[(T, &str)]) -> Result<T, JsonError> {
    let written = text(json, path)?;
    all.iter().find(|(_, word)| *word == written).map(|(value, _)| *value).ok_or_else(|| {
        let words: Vec<_> = all.iter().map(|(_, word)| *word).collect();
        error(path, format!("`{written}` is none of {}", words.join(", ")))
    })
}

fn text<'a>(json: &'a Json, path: &Path) -> Result<&'a str, JsonError> {
    json.as_str().ok_or_else(|| error(path, "a text is needed here"))
}

fn named<T: FromStr<Err = NameError>>(object: &Object, key: &str, path: &Path) -> Result<T, JsonError> {
    match object.get(key) {
        Some(json) => name(json, path),
        None => Err(error(path, format!("`{key}` is missing"))),
    }
}

fn name<T: FromStr<Err = NameError>>(json: &Json, path: &Path) -> Result<T, JsonError> {
    text(json, path)?.parse().map_err(|e: NameError| error(path, e.to_string()))
}

fn span(json: &Json, path: &Path) -> Result<Span, JsonError> {
    text(json, path)?.parse().map_err(|e: SpanError| error(path, e.to_string()))
}

fn date(json: &Json, path: &Path) -> Result<Date, JsonError> {
    parse_date(text(json, path)?).ok_or_else(|| error(path, "a date is written as 2026-01-31"))
}

fn decimal(json: &Json, path: &Path) -> Result<Decimal, JsonError> {
    serde_json::from_value(json.clone()).map_err(|e| error(path, e.to_string()))
}

fn too_deep(path: &Path) -> JsonError {
    error(path, format!("nested more than {MAX_DEPTH} deep: give inner parts names as segments"))
}

fn error(path: &Path, message: impl Into<String>) -> JsonError {
    let path: String = path.iter().flat_map(|key| ["/", key]).collect();
    JsonError { path: if path.is_empty() { "/".into() } else { path }, message: message.into() }
}

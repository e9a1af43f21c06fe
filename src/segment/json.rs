//! Expressions as JSON, for programs: the same shape, one object for each part.
//!
//! | JSON | text |
//! |---|---|
//! | `{"and": […]}`, `{"or": […]}`, `{"not": …}` | `… and …`, `… or …`, `not …` |
//! | `{"orders.count": {"within": "30d", ">=": 2}}` | `orders.count within 30d >= 2` |
//! | `{"orders.total": {"since": "2026-01-01", "<": "980.50"}}` | `orders.total since 2026-01-01 < 980.5` |
//! | `{"orders.count": {"between": ["90d", "30d"], "=": 0}}` | `no order between 90d and 30d ago` |
//! | `{"last order": {"older than": "30d"}}` | `last order older than 30d` |
//! | `{"tag": "VIP"}`, `{"segment": "常連"}`, `{"unknown": "birthday"}` | `tag 'VIP'` … |
//! | `{"line": "following"}` | `line is following` |
//! | `{"route": {"=": "店頭QR"}}` | `route = '店頭QR'` |
//! | `{"attribute": {"name": "gender", "=": "female"}}`, `{"date": "2026-01-31"}` as a value | `gender = 'female'` |
//! | `{"coupon": {"name": "hello", "is": "unused"}}` | `coupon 'hello' unused` |

use serde_json::{Map, Value as Json, json};

use crate::model::{Date, Decimal, Span, parse_date};

use super::syntax::{AgeTest, Atom, Comparison, CouponState, End, Expr, LineState, Literal, Window};

/// How deep expressions may be nested.
pub const MAX_DEPTH: usize = 64;

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
    /// The expression as JSON; [`from_json`](Self::from_json) gives it back.
    pub fn to_json(&self) -> Json {
        match self {
            Self::All(parts) => json!({ "and": parts.iter().map(Self::to_json).collect::<Vec<_>>() }),
            Self::Any(parts) => json!({ "or": parts.iter().map(Self::to_json).collect::<Vec<_>>() }),
            Self::Not(inner) => json!({ "not": inner.to_json() }),
            Self::Atom(atom) => atom.to_json(),
        }
    }

    /// Reads an expression from JSON.
    ///
    /// # Errors
    /// The first mistake, with its path.
    pub fn from_json(json: &Json) -> Result<Self, JsonError> {
        let expr = read(json, &mut Vec::new())?;
        if expr.depth() > MAX_DEPTH { Err(too_deep(&Vec::new())) } else { Ok(expr) }
    }
}

impl Atom {
    fn to_json(&self) -> Json {
        match self {
            Self::OrdersCount { window, is, value } => {
                json!({ "orders.count": with_window(*window, *is, json!(value)) })
            }
            Self::OrdersTotal { window, is, value } => {
                json!({ "orders.total": with_window(*window, *is, json!(value.to_string())) })
            }
            Self::Order { which, test } => {
                let (key, value) = match test {
                    AgeTest::OlderThan(span) => ("older than", span.to_string()),
                    AgeTest::Within(span) => ("within", span.to_string()),
                    AgeTest::Before(date) => ("before", date.to_string()),
                    AgeTest::Since(date) => ("since", date.to_string()),
                };
                json!({ format!("{} order", which.word()): { key: value } })
            }
            Self::Tag(name) => json!({ "tag": name.as_str() }),
            Self::Line(state) => json!({ "line": state.word() }),
            Self::Route { is, value } => json!({ "route": { is.sign(): value } }),
            Self::Attribute { name, is, value } => {
                let value = match value {
                    Literal::Text(text) => json!(text),
                    Literal::Flag(yes) => json!(yes),
                    Literal::Number(number) => match number.scaled(0) {
                        Some(whole) => json!(whole),
                        None => json!({ "number": number.to_string() }),
                    },
                    Literal::Date(date) => json!({ "date": date.to_string() }),
                };
                json!({ "attribute": { "name": name.as_str(), is.sign(): value } })
            }
            Self::Unknown(name) => json!({ "unknown": name.as_str() }),
            Self::Coupon { name, state } => json!({ "coupon": { "name": name.as_str(), "is": state.word() } }),
            Self::Segment(name) => json!({ "segment": name.as_str() }),
        }
    }
}

fn with_window(window: Window, is: Comparison, value: Json) -> Json {
    let mut object = Map::new();
    match window {
        Window::Ever => {}
        Window::Within(span) => drop(object.insert("within".into(), json!(span.to_string()))),
        Window::Since(date) => drop(object.insert("since".into(), json!(date.to_string()))),
        Window::Between { from, until } => {
            drop(object.insert("between".into(), json!([from.to_string(), until.to_string()])));
        }
    }
    object.insert(is.sign().into(), value);
    Json::Object(object)
}

/// The keys walked down to reach a value; also the depth.
type Path = Vec<String>;

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
    match key {
        "orders.count" => {
            let (window, is, number) = read_window(value, path)?;
            let count = number.as_u64().and_then(|n| u32::try_from(n).ok());
            let value = count.ok_or_else(|| error(path, "a count is a whole number from 0"))?;
            Ok(Atom::OrdersCount { window, is, value })
        }
        "orders.total" => {
            let (window, is, amount) = read_window(value, path)?;
            Ok(Atom::OrdersTotal { window, is, value: decimal(amount, path)? })
        }
        "first order" => read_age(End::First, value, path),
        "last order" => read_age(End::Last, value, path),
        "tag" => name(value, path).map(Atom::Tag),
        "segment" => name(value, path).map(Atom::Segment),
        "unknown" => name(value, path).map(Atom::Unknown),
        "line" => word(value, path, &LINE_STATES).map(Atom::Line),
        "route" => {
            let (is, value) = compared(value, path, &[])?;
            Ok(Atom::Route { is, value: text(value, path)?.into() })
        }
        "attribute" => {
            let (is, literal) = compared(value, path, &["name"])?;
            let object = object(value, path)?;
            let name = name(object.get("name").unwrap_or(&Json::Null), path)?;
            Ok(Atom::Attribute { name, is, value: read_literal(literal, path)? })
        }
        "coupon" => {
            let object = object(value, path)?;
            only(object, &["name", "is"], path)?;
            let name = name(object.get("name").unwrap_or(&Json::Null), path)?;
            Ok(Atom::Coupon { name, state: word(object.get("is").unwrap_or(&Json::Null), path, &COUPON_STATES)? })
        }
        other => Err(error(path, format!("`{other}` is no condition"))),
    }
}

const LINE_STATES: [LineState; 3] = [LineState::Following, LineState::Blocked, LineState::Linked];
const COUPON_STATES: [CouponState; 4] =
    [CouponState::Held, CouponState::Unused, CouponState::Used, CouponState::Expired];

trait Worded: Copy {
    fn written(self) -> &'static str;
}
impl Worded for LineState {
    fn written(self) -> &'static str {
        self.word()
    }
}
impl Worded for CouponState {
    fn written(self) -> &'static str {
        self.word()
    }
}

fn word<T: Worded>(json: &Json, path: &Path, all: &[T]) -> Result<T, JsonError> {
    let written = text(json, path)?;
    all.iter().copied().find(|state| state.written() == written).ok_or_else(|| {
        let words: Vec<_> = all.iter().map(|state| state.written()).collect();
        error(path, format!("`{written}` is none of {}", words.join(", ")))
    })
}

fn read_window<'a>(json: &'a Json, path: &Path) -> Result<(Window, Comparison, &'a Json), JsonError> {
    let (is, value) = compared(json, path, &["within", "since", "between"])?;
    let object = object(json, path)?;
    let mut windows = Vec::new();
    if let Some(json) = object.get("within") {
        windows.push(Window::Within(span(json, path)?));
    }
    if let Some(json) = object.get("since") {
        windows.push(Window::Since(date(json, path)?));
    }
    if let Some(json) = object.get("between") {
        let ends = json.as_array().filter(|ends| ends.len() == 2);
        let ends = ends.ok_or_else(|| error(path, "`between` takes two spans, the farther first"))?;
        let (from, until) = (span(&ends[0], path)?, span(&ends[1], path)?);
        if from.nominal_millis() <= until.nominal_millis() {
            return Err(error(path, "`between` takes two spans, the farther first"));
        }
        windows.push(Window::Between { from, until });
    }
    match windows[..] {
        [] => Ok((Window::Ever, is, value)),
        [window] => Ok((window, is, value)),
        _ => Err(error(path, "one window at most: within, since or between")),
    }
}

fn read_age(which: End, json: &Json, path: &Path) -> Result<Atom, JsonError> {
    let (key, value) = single(json, path)?;
    let test = match key {
        "older than" => AgeTest::OlderThan(span(value, path)?),
        "within" => AgeTest::Within(span(value, path)?),
        "before" => AgeTest::Before(date(value, path)?),
        "since" => AgeTest::Since(date(value, path)?),
        other => return Err(error(path, format!("`{other}` is none of older than, within, before, since"))),
    };
    Ok(Atom::Order { which, test })
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

fn object<'a>(json: &'a Json, path: &Path) -> Result<&'a Map<String, Json>, JsonError> {
    json.as_object().ok_or_else(|| error(path, "an object is needed here"))
}

fn only(object: &Map<String, Json>, keys: &[&str], path: &Path) -> Result<(), JsonError> {
    match object.keys().find(|key| !keys.contains(&key.as_str())) {
        Some(key) => Err(error(path, format!("`{key}` has no meaning here; known: {}", keys.join(", ")))),
        None => Ok(()),
    }
}

fn text<'a>(json: &'a Json, path: &Path) -> Result<&'a str, JsonError> {
    json.as_str().ok_or_else(|| error(path, "a text is needed here"))
}

fn name<T: core::str::FromStr<Err = crate::model::NameError>>(json: &Json, path: &Path) -> Result<T, JsonError> {
    text(json, path)?.parse().map_err(|e: crate::model::NameError| error(path, e.to_string()))
}

fn span(json: &Json, path: &Path) -> Result<Span, JsonError> {
    text(json, path)?.parse().map_err(|e: crate::model::SpanError| error(path, e.to_string()))
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

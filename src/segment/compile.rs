//! Checking an expression against what the shop has declared.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::model::{AttributeName, CouponName, Currency, SegmentName, TagName, Value, ValueKind, Zone};

use super::predicate::{Node, Predicate, Range};
use super::syntax::{AgeTest, Atom, Comparison, Expr, Literal, Window};

/// The most conditions one expression may come to, referenced segments counted in full. It bounds
/// what one evaluation can cost however segments refer to each other.
pub const MAX_ATOMS: usize = 10_000;

/// The deepest nesting, referenced segments included: evaluation is recursive.
const MAX_NESTING: usize = 256;

/// After so many faults the rest of an expression is not looked at.
const MOST_FAULTS: usize = 100;

/// What an attribute may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttributeType {
    /// Any value of one kind.
    Of(ValueKind),
    /// One of these texts.
    Choice(Vec<Box<str>>),
}

impl AttributeType {
    /// The kind its values have.
    pub fn kind(&self) -> ValueKind {
        match self {
            Self::Of(kind) => *kind,
            Self::Choice(_) => ValueKind::Text,
        }
    }
}

/// The names an expression may use, and their types.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Schema {
    /// The shop's zone: where its days begin.
    pub zone: Zone,
    /// What totals are counted in.
    pub currency: Currency,
    /// Attributes.
    pub attributes: BTreeMap<AttributeName, AttributeType>,
    /// Tags.
    pub tags: BTreeSet<TagName>,
    /// Coupons.
    pub coupons: BTreeSet<CouponName>,
    /// Segments that are ready to be referred to.
    pub segments: BTreeMap<SegmentName, Predicate>,
}

impl Schema {
    /// Nothing declared, in yen.
    pub fn new(zone: Zone) -> Self {
        Self {
            zone,
            currency: Currency::JPY,
            attributes: BTreeMap::new(),
            tags: BTreeSet::new(),
            coupons: BTreeSet::new(),
            segments: BTreeMap::new(),
        }
    }

    /// Checks an expression.
    ///
    /// # Errors
    /// Every fault at once, from left to right.
    pub fn compile(&self, expr: &Expr) -> Result<Predicate, Vec<CompileError>> {
        let mut compiler = Compiler { schema: self, faults: Vec::new(), atom: 0, weight: 0, referred: 0 };
        let root = compiler.node(expr);
        let depth = expr.depth() + compiler.referred;
        if compiler.weight > MAX_ATOMS || depth > MAX_NESTING {
            compiler.faults.push(CompileError { atom: 0, problem: Problem::TooLarge, hint: None });
        }
        match root {
            Some(root) if compiler.faults.is_empty() => {
                Ok(Predicate { root: Arc::new(root), zone: self.zone, atoms: compiler.weight, depth })
            }
            _ => Err(compiler.faults),
        }
    }
}

/// A fault of an expression whose grammar is right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}{}", .hint.as_ref().map(|h| format!(" ({h})")).unwrap_or_default())]
#[non_exhaustive]
pub struct CompileError {
    /// Which condition, from 0, counted from left to right: an index into
    /// [`Parsed::places`](super::Parsed::places).
    pub atom: usize,
    /// What is wrong.
    pub problem: Problem,
    /// What would be right.
    pub hint: Option<String>,
}

/// What can be wrong with a condition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// A name nobody declared.
    #[error("there is no {what} '{name}'")]
    Unknown {
        /// What kind of name.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A value of another kind than the attribute's.
    #[error("attribute '{name}' holds a {is}, not a {written}")]
    Kind {
        /// The attribute.
        name: String,
        /// Its kind.
        is: ValueKind,
        /// The kind written.
        written: ValueKind,
    },
    /// A choice the attribute does not have.
    #[error("attribute '{name}' is never '{value}'")]
    Choice {
        /// The attribute.
        name: String,
        /// The choice written.
        value: String,
    },
    /// Less or more of something that has no order.
    #[error("`{sign}` asks for an order that {what} does not have")]
    Unordered {
        /// The comparison.
        sign: &'static str,
        /// What it was asked of.
        what: String,
    },
    /// An amount the currency cannot have.
    #[error("{0}")]
    Money(crate::model::MoneyError),
    /// Over [`MAX_ATOMS`], or nested too deep through the segments it refers to.
    #[error(
        "with the segments it refers to, the expression comes to more than {MAX_ATOMS} conditions or {MAX_NESTING} levels"
    )]
    TooLarge,
}

struct Compiler<'a> {
    schema: &'a Schema,
    faults: Vec<CompileError>,
    atom: usize,
    weight: usize,
    /// The deepest of the segments referred to, and the step down to it.
    referred: usize,
}

impl Compiler<'_> {
    fn node(&mut self, expr: &Expr) -> Option<Node> {
        match expr {
            Expr::All(parts) => self.nodes(parts).map(Node::All),
            Expr::Any(parts) => self.nodes(parts).map(Node::Any),
            Expr::Not(inner) => self.node(inner).map(|inner| Node::Not(Box::new(inner))),
            Expr::Atom(atom) => {
                self.weight = self.weight.saturating_add(1);
                if self.faults.len() >= MOST_FAULTS {
                    return None;
                }
                let checked = self.atom(atom);
                let index = self.atom;
                self.atom += 1;
                checked.map_err(|(problem, hint)| self.faults.push(CompileError { atom: index, problem, hint })).ok()
            }
        }
    }

    /// Goes on after a fault, so that all are reported at once.
    fn nodes(&mut self, parts: &[Expr]) -> Option<Box<[Node]>> {
        let nodes: Vec<_> = parts.iter().map(|part| self.node(part)).collect();
        nodes.into_iter().collect()
    }

    fn atom(&mut self, atom: &Atom) -> Result<Node, Fault> {
        let schema = self.schema;
        Ok(match atom {
            Atom::OrdersCount { window, is, value } => {
                Node::OrdersCount { window: self.window(*window), is: *is, value: *value as usize }
            }
            Atom::OrdersTotal { window, is, value } => {
                let value = schema.currency.money(*value).map_err(|e| (Problem::Money(e), None))?;
                Node::OrdersTotal { window: self.window(*window), is: *is, value }
            }
            Atom::Order { which, test } => Node::Order {
                which: *which,
                window: match *test {
                    AgeTest::OlderThan(span) => Range::Aged { at_least: Some(span), less_than: None },
                    AgeTest::Within(span) => Range::Aged { at_least: None, less_than: Some(span) },
                    AgeTest::Before(date) => Range::Before(schema.zone.start_of(date)),
                    AgeTest::Since(date) => Range::Since(schema.zone.start_of(date)),
                },
            },
            Atom::Tag(name) => {
                if !schema.tags.contains(name) {
                    return Err(unknown("tag", name.as_str(), schema.tags.iter().map(TagName::as_str)));
                }
                Node::Tag(name.clone())
            }
            Atom::Line(state) => Node::Line(*state),
            Atom::Route { is, value } => {
                needs_no_order(*is, "a route".into())?;
                Node::Route { is: *is, value: value.clone() }
            }
            Atom::Attribute { name, is, value } => {
                let known = schema.attributes.get(name);
                let known = known.ok_or_else(|| unknown_attribute(name, schema))?;
                let value = attribute_value(name, known, value)?;
                if matches!(known.kind(), ValueKind::Text | ValueKind::Flag) {
                    needs_no_order(*is, format!("a {}", known.kind()))?;
                }
                Node::Attribute { name: name.clone(), is: *is, value }
            }
            Atom::Unknown(name) => {
                if !schema.attributes.contains_key(name) {
                    return Err(unknown_attribute(name, schema));
                }
                Node::Unknown(name.clone())
            }
            Atom::Coupon { name, state } => {
                if !schema.coupons.contains(name) {
                    return Err(unknown("coupon", name.as_str(), schema.coupons.iter().map(CouponName::as_str)));
                }
                Node::Coupon { name: name.clone(), state: *state }
            }
            Atom::Segment(name) => {
                let predicate = schema.segments.get(name).ok_or_else(|| {
                    unknown("segment", name.as_str(), schema.segments.keys().map(SegmentName::as_str))
                })?;
                self.weight = self.weight.saturating_add(predicate.atoms);
                self.referred = self.referred.max(predicate.depth + 1);
                Node::Segment(Arc::clone(&predicate.root))
            }
        })
    }

    fn window(&self, window: Window) -> Range {
        match window {
            Window::Ever => Range::Ever,
            Window::Within(span) => Range::Aged { at_least: None, less_than: Some(span) },
            Window::Between { from, until } => Range::Aged { at_least: Some(until), less_than: Some(from) },
            Window::Since(date) => Range::Since(self.schema.zone.start_of(date)),
        }
    }
}

type Fault = (Problem, Option<String>);

fn unknown<'a>(what: &'static str, name: &str, known: impl Iterator<Item = &'a str>) -> Fault {
    let hint = nearest(name, known).map(|near| format!("did you mean '{near}'?"));
    (Problem::Unknown { what, name: name.into() }, hint)
}

fn unknown_attribute(name: &AttributeName, schema: &Schema) -> Fault {
    let known = schema.attributes.keys().map(AttributeName::as_str);
    let words = ["orders.count", "orders.total", "order", "tag", "line", "route", "segment", "coupon", "unknown"];
    unknown("attribute", name.as_str(), known.chain(words))
}

fn attribute_value(name: &AttributeName, known: &AttributeType, literal: &Literal) -> Result<Value, Fault> {
    let value = match literal {
        Literal::Text(text) => Value::Text(text.clone()),
        Literal::Number(number) => Value::Number(*number),
        Literal::Date(date) => Value::Date(*date),
        Literal::Flag(yes) => Value::Flag(*yes),
    };
    let name = name.as_str();
    if value.kind() != known.kind() {
        return Err((Problem::Kind { name: name.into(), is: known.kind(), written: value.kind() }, None));
    }
    if let (AttributeType::Choice(choices), Value::Text(text)) = (known, &value)
        && !choices.contains(text)
    {
        let all: Vec<_> = choices.iter().take(12).map(|c| format!("'{c}'")).collect();
        let hint = format!("it is one of {}", all.join(", "));
        return Err((Problem::Choice { name: name.into(), value: text.to_string() }, Some(hint)));
    }
    Ok(value)
}

fn needs_no_order(is: Comparison, what: String) -> Result<(), Fault> {
    if is.needs_order() {
        return Err((Problem::Unordered { sign: is.sign(), what }, Some("use = or !=".into())));
    }
    Ok(())
}

/// The known name a person most likely meant, if one is near enough. Looks at 500 names of about the
/// same length at most, so that a flood of mistakes stays cheap.
pub fn nearest<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 64;
    let length = written.chars().take(LONGEST + 1).count();
    if length > LONGEST {
        return None;
    }
    // Half the letters may differ, at most three: 「スキンケア」 for 「スキンケヤ」, `gender` for `gendr`.
    let most = (length / 2).min(3);
    let similar = |name: &&str| name.len() <= 4 * LONGEST && name.chars().count().abs_diff(length) <= most;
    let ranked = known.filter(similar).take(500).map(|name| (strsim::osa_distance(written, name), name));
    ranked.min().filter(|(distance, _)| *distance <= most).map(|(_, name)| name)
}

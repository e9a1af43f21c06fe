//! Conditions that cannot hold together, whoever the friend: found by reading, not by asking.

use std::collections::BTreeSet;

use crate::model::{Decimal, Span};
use crate::rfm::Goods;

use super::meter::BILLIONTHS;
use super::occurrences::{End, Field, Filter, Kind, Measure, Occurrences};
use super::predicate::{Node, Predicate};
use super::syntax::{AgeTest, Atom, Comparison, Expr, LineState, Literal, ValueTest};
use super::text::Awaited;

/// So many ways through alternatives are tried; beyond, nothing is claimed.
const MOST_WAYS: usize = 2000;

/// Two conditions of one expression that exclude each other.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Contradiction {
    /// One of them in canonical text.
    pub one: String,
    /// The other.
    pub other: String,
}

impl Predicate {
    /// Two conditions because of which the expression can hold for nobody, if any are found.
    ///
    /// What is found is sure; not everything is found, since only two conditions are looked at together. Where there
    /// are alternatives each of them has to fail, and the reason for the first is told. Bounded.
    pub fn contradiction(&self) -> Option<Contradiction> {
        Search { ways: MOST_WAYS }.conflict(vec![Part { expr: &self.expr, node: &self.root, holds: true }], Vec::new())
    }

    /// The same of everybody else: two conditions because of which the expression holds for everybody.
    pub fn tautology(&self) -> Option<Contradiction> {
        Search { ways: MOST_WAYS }.conflict(vec![Part { expr: &self.expr, node: &self.root, holds: false }], Vec::new())
    }
}

/// A part of an expression that has to hold, or must not.
#[derive(Clone, Copy)]
struct Part<'e> {
    expr: &'e Expr,
    node: &'e Node,
    holds: bool,
}

/// What a condition says, and the condition.
#[derive(Clone)]
struct Said {
    text: String,
    claims: Vec<Claim>,
}

struct Search {
    ways: usize,
}

impl Search {
    /// Why these parts cannot hold along with what was said before.
    fn conflict(&mut self, mut parts: Vec<Part<'_>>, mut said: Vec<Said>) -> Option<Contradiction> {
        self.ways = self.ways.checked_sub(1)?;
        let mut alternatives: Vec<Vec<Part<'_>>> = Vec::new();
        while let Some(Part { expr, node, holds }) = parts.pop() {
            match (expr, node) {
                (Expr::Not(expr), Node::Not(node)) => parts.push(Part { expr, node, holds: !holds }),
                (_, Node::Segment(inner)) => parts.push(Part { expr: &inner.expr, node: &inner.root, holds }),
                (Expr::All(exprs), Node::All(nodes)) | (Expr::Any(exprs), Node::Any(nodes)) => {
                    let each = exprs.iter().zip(nodes).map(|(expr, node)| Part { expr, node, holds });
                    if matches!(expr, Expr::All(_)) == holds {
                        // The last is looked at first, so that reasons are told in the order in which they are read.
                        parts.extend(each.rev());
                    } else {
                        alternatives.push(each.collect());
                    }
                }
                (Expr::Atom(atom), _) => {
                    let text = if holds { atom.to_string() } else { format!("not {atom}") };
                    let new = Said { claims: claims(atom, holds), text };
                    let clash = said.iter().find(|old| old.excludes(&new));
                    if let Some(old) = clash {
                        return Some(Contradiction { one: old.text.clone(), other: new.text });
                    }
                    said.push(new);
                }
                _ => {}
            }
        }
        alternatives.into_iter().find_map(|alternatives| {
            let mut first = None;
            for part in alternatives {
                let conflict = self.conflict(vec![part], said.clone())?;
                first.get_or_insert(conflict);
            }
            first
        })
    }
}

impl Said {
    fn excludes(&self, other: &Self) -> bool {
        self.claims.iter().any(|one| other.claims.iter().any(|other| one.excludes(other) || other.excludes(one)))
    }
}

/// Something that follows from a condition.
#[derive(Clone)]
enum Claim {
    /// A number that never shrinks as its window grows lies between these.
    Number { of: String, window: Window, least: i128, most: i128 },
    /// A value is known and lies between these.
    Between { of: String, least: i128, most: i128 },
    /// A text is known and is one of these.
    OneOf { of: String, texts: BTreeSet<Box<str>> },
    /// If the text is known, it is none of these.
    NoneOf { of: String, texts: BTreeSet<Box<str>> },
    /// Something is so, or is not.
    Is { what: String, so: bool },
}

/// How far back a number looks.
#[derive(Clone, Copy, PartialEq)]
enum Window {
    Ever,
    Within(Span),
}

impl Window {
    /// Does it hold all of the other?
    fn covers(self, other: Self) -> bool {
        match (self, other) {
            (Self::Ever, _) => true,
            (Self::Within(_), Self::Ever) => false,
            // Days and hours can be set against each other only roughly.
            (Self::Within(one), Self::Within(other)) => {
                one.whole_days() >= other.whole_days() && one.rest_minutes() >= other.rest_minutes()
            }
        }
    }
}

impl Claim {
    fn excludes(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Number { of: a, window, least, most },
                Self::Number { of: b, window: other, least: low, most: high },
            ) => {
                let same = window == other && (least > high || low > most);
                a == b && (same || other.covers(*window) && least > high)
            }
            (Self::Between { of: a, least, most }, Self::Between { of: b, least: low, most: high }) => {
                a == b && (least > high || low > most)
            }
            (Self::OneOf { of: a, texts }, Self::OneOf { of: b, texts: others }) => a == b && texts.is_disjoint(others),
            (Self::OneOf { of: a, texts }, Self::NoneOf { of: b, texts: others }) => a == b && texts.is_subset(others),
            (Self::Is { what: a, so }, Self::Is { what: b, so: other }) => a == b && so != other,
            _ => false,
        }
    }
}

fn claims(atom: &Atom, holds: bool) -> Vec<Claim> {
    let mut claims = vec![Claim::Is { what: atom.to_string(), so: holds }];
    match atom {
        Atom::Measure { of, measure, is, value } => {
            let is = if holds { *is } else { is.negated() };
            let subject = |measure: &str| format!("{measure} {}", untimed(of));
            let whole = |name: &str| number(subject(name), of, is, *value, true);
            claims.extend(match measure {
                Measure::Count => whole("count"),
                Measure::Distinct(field) => whole(&format!("distinct {field}")),
                Measure::Sum(field) => number(subject(&format!("sum {field}")), of, is, *value, false),
            });
        }
        Atom::Ends { which, of, test } if holds => {
            let count =
                |window, least, most| Claim::Number { of: format!("count {}", untimed(of)), window, least, most };
            claims.push(count(Window::Ever, ONE, i128::MAX));
            match (which, test) {
                (_, AgeTest::Within(span)) => claims.push(count(Window::Within(*span), ONE, i128::MAX)),
                (End::Last, AgeTest::OlderThan(span)) => claims.push(count(Window::Within(*span), 0, 0)),
                _ => {}
            }
        }
        Atom::Attribute { name, test } if holds => {
            let of = name.to_string();
            claims.push(Claim::Is { what: format!("{name} is known"), so: true });
            claims.extend(value(of, test));
        }
        Atom::Attribute { name, test } => claims.extend(none_of(name.to_string(), test)),
        Atom::Unknown(name) => claims.push(Claim::Is { what: format!("{name} is known"), so: !holds }),
        Atom::Age { name, is, value } if holds => {
            claims.push(Claim::Is { what: format!("{name} is known"), so: true });
            let (least, most) = bounds(*is, i128::from(*value) * ONE, true);
            claims.push(Claim::Between { of: format!("age of {name}"), least, most });
        }
        Atom::Reorder { of, test } if holds => {
            let (least, most) = test.days_until().into_inner();
            let of_days = |days: i64| i128::from(days) * ONE;
            claims.push(Claim::Between { of: Awaited(of).to_string(), least: of_days(least), most: of_days(most) });
            claims.push(Claim::Number { of: bought(of), window: Window::Ever, least: ONE, most: i128::MAX });
        }
        Atom::Route(test) if holds => {
            claims.push(Claim::Is { what: "the route is known".into(), so: true });
            claims.extend(value("route".into(), test));
        }
        Atom::UnknownRoute => claims.push(Claim::Is { what: "the route is known".into(), so: !holds }),
        Atom::Line(LineState::Following) if holds => {
            claims.push(Claim::Is { what: Atom::Line(LineState::Blocked).to_string(), so: false });
        }
        Atom::CartFilled(filled) if holds => {
            claims.push(Claim::Is { what: Atom::CartFilled(!filled).to_string(), so: false });
        }
        _ => {}
    }
    claims
}

const ONE: i128 = 10_i128.pow(BILLIONTHS as u32);

/// What is counted, whenever it was.
fn untimed(of: &Occurrences) -> String {
    let all = Occurrences { window: None, ..of.clone() };
    End::Last.of(&all)
}

/// The number of orders of these goods, as `claims` names it.
fn bought(of: &Goods) -> String {
    let filter =
        |field, name: &str| vec![Filter { field, test: ValueTest::Is(Comparison::Equal, Literal::Text(name.into())) }];
    let filters = match of {
        Goods::Anything => Vec::new(),
        Goods::Product(sku) => filter(Field::Product, sku),
        Goods::Category(name) => filter(Field::Category, name),
    };
    format!("count {}", untimed(&Occurrences { filters, ..Occurrences::all(Kind::Order) }))
}

fn number(subject: String, of: &Occurrences, is: Comparison, value: Decimal, whole: bool) -> Option<Claim> {
    // Other windows do not hold each other.
    let window = match of.window {
        None => Window::Ever,
        Some(AgeTest::Within(span)) => Window::Within(span),
        Some(_) => return None,
    };
    // Nothing is counted below zero.
    let is = if whole && is == Comparison::NotEqual && value.scaled(0) == Some(0) { Comparison::More } else { is };
    let (least, most) = bounds(is, value.scaled_wide(BILLIONTHS), whole);
    let least = if whole { least.max(0) } else { least };
    Some(Claim::Number { of: subject, window, least, most })
}

/// The values a comparison allows, in billionths; the ends of `!=` are not said.
fn bounds(is: Comparison, value: i128, whole: bool) -> (i128, i128) {
    let step = if whole { ONE } else { 1 };
    match is {
        Comparison::Equal => (value, value),
        Comparison::NotEqual => (i128::MIN, i128::MAX),
        Comparison::Less => (i128::MIN, value - step),
        Comparison::AtMost => (i128::MIN, value),
        Comparison::More => (value + step, i128::MAX),
        Comparison::AtLeast => (value, i128::MAX),
    }
}

/// The texts that a test which fails rules out.
fn none_of(of: String, test: &ValueTest) -> Option<Claim> {
    match test {
        ValueTest::Is(Comparison::Equal, literal) => {
            Some(Claim::NoneOf { of, texts: texts(core::slice::from_ref(literal))? })
        }
        ValueTest::In(literals) => Some(Claim::NoneOf { of, texts: texts(literals)? }),
        _ => None,
    }
}

fn value(of: String, test: &ValueTest) -> Option<Claim> {
    match test {
        ValueTest::Is(Comparison::Equal, literal @ Literal::Text(_)) => {
            Some(Claim::OneOf { of, texts: texts(core::slice::from_ref(literal))? })
        }
        ValueTest::Is(Comparison::NotEqual, literal @ Literal::Text(_)) => {
            Some(Claim::NoneOf { of, texts: texts(core::slice::from_ref(literal))? })
        }
        ValueTest::In(literals) => Some(Claim::OneOf { of, texts: texts(literals)? }),
        ValueTest::Is(is, Literal::Number(number)) => {
            let (least, most) = bounds(*is, number.scaled_wide(BILLIONTHS), false);
            Some(Claim::Between { of, least, most })
        }
        ValueTest::Is(is, Literal::Date(date)) => {
            let day = i128::from(date.to_epoch_days()) * ONE;
            let (least, most) = bounds(*is, day, true);
            Some(Claim::Between { of, least, most })
        }
        ValueTest::Is(Comparison::Equal, Literal::Flag(yes)) => {
            Some(Claim::OneOf { of, texts: BTreeSet::from([yes.to_string().into()]) })
        }
        _ => None,
    }
}

fn texts(literals: &[Literal]) -> Option<BTreeSet<Box<str>>> {
    let text = |literal: &Literal| if let Literal::Text(text) = literal { Some(text.clone()) } else { None };
    literals.iter().map(text).collect()
}

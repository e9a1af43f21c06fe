//! What a question comes to: tests of columns, and how they are joined.

use core::fmt;

use chrono::TimeDelta;

use crate::model::{Date, Span, Timestamp, ValueKind};
use crate::segment::{DateTest, Expr, Node, Predicate, Sample};

use super::chunk::UNKNOWN;
use super::column::{Column, Fact};

/// A test of rows. Where it is made of parts, the cheapest that decides most comes first.
pub(super) enum Kernel<'p> {
    Nobody,
    Everybody,
    Within(Within<'p>),
    /// These rows, ascending.
    Listed(Vec<u32>),
    All(Vec<Kernel<'p>>),
    Any(Vec<Kernel<'p>>),
    Not(Box<Kernel<'p>>),
    Rows(RowTest<'p>),
}

/// A known value of `from..=to`.
pub(super) struct Within<'p> {
    pub(super) fact: Fact,
    pub(super) column: &'p Column,
    pub(super) from: i64,
    pub(super) to: i64,
}

/// What has to be asked row by row.
pub(super) enum RowTest<'p> {
    /// Has the span gone by since the instant? By the calendar, around a change of clocks.
    Elapsed { column: &'p Column, span: Span },
    /// Is the date such, on the day that is today?
    Date { column: &'p Column, test: DateTest },
    /// Is the text one of these? A bit for each code.
    Texts { column: &'p Column, codes: Vec<u64> },
    /// Is the friend drawn, by the key?
    Drawn(&'p Sample),
    /// The friend's own record.
    Record(Condition<'p>),
}

/// A condition as it is written, and as it is asked.
#[derive(Clone, Copy)]
pub(super) struct Condition<'p> {
    pub(super) expr: &'p Expr,
    pub(super) node: &'p Node,
}

impl<'p> Condition<'p> {
    pub(super) fn of(predicate: &'p Predicate) -> Self {
        Self { expr: predicate.expr(), node: predicate.root() }
    }

    /// What it is joined of.
    pub(super) fn parts(self) -> Vec<Self> {
        match (self.expr, self.node) {
            (Expr::All(exprs), Node::All(nodes)) | (Expr::Any(exprs), Node::Any(nodes)) => {
                exprs.iter().zip(nodes).map(|(expr, node)| Self { expr, node }).collect()
            }
            (Expr::Not(expr), Node::Not(node)) => vec![Self { expr, node }],
            // The tags of a category are written as one.
            (expr, Node::TagOf(nodes)) => nodes.iter().map(|node| Self { expr, node }).collect(),
            _ => Vec::new(),
        }
    }
}

impl<'p> Kernel<'p> {
    /// Every one holds. Ranges of one column become one range.
    pub(super) fn all(parts: Vec<Self>) -> Self {
        let mut joined: Vec<Self> = Vec::new();
        for part in parts {
            match part {
                Self::Everybody => {}
                Self::Nobody => return Self::Nobody,
                Self::All(inner) => joined.extend(inner),
                other => joined.push(other),
            }
        }
        let mut ranges: Vec<Within<'p>> = Vec::new();
        let mut others = Vec::new();
        for part in joined {
            match part {
                Self::Within(range) => match ranges.iter_mut().find(|other| other.is_of(&range)) {
                    Some(other) => (other.from, other.to) = (other.from.max(range.from), other.to.min(range.to)),
                    None => ranges.push(range),
                },
                other => others.push(other),
            }
        }
        // Within a range, what is taken out at one of its ends leaves a range.
        others.retain(|other| {
            let Self::Not(inner) = other else { return true };
            let Self::Within(hole) = &**inner else { return true };
            ranges.iter_mut().find(|range| range.is_of(hole)).is_none_or(|range| !range.take_out(hole))
        });
        if ranges.iter().any(|range| range.from > range.to) {
            return Self::Nobody;
        }
        let mut parts: Vec<Self> = ranges.into_iter().map(Self::Within).chain(others).collect();
        match parts.len() {
            0 => Self::Everybody,
            1 => parts.remove(0),
            _ => Self::All(parts),
        }
    }

    /// Some one holds.
    pub(super) fn any(parts: Vec<Self>) -> Self {
        let mut joined: Vec<Self> = Vec::new();
        for part in parts {
            match part {
                Self::Nobody => {}
                Self::Listed(rows) if rows.is_empty() => {}
                Self::Everybody => return Self::Everybody,
                Self::Any(inner) => joined.extend(inner),
                other => joined.push(other),
            }
        }
        match joined.len() {
            0 => Self::Nobody,
            1 => joined.remove(0),
            _ => Self::Any(joined),
        }
    }

    /// The other rows.
    pub(super) fn negated(inner: Self) -> Self {
        match inner {
            Self::Nobody => Self::Everybody,
            Self::Everybody => Self::Nobody,
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }
}

impl Within<'_> {
    fn is_of(&self, other: &Self) -> bool {
        core::ptr::eq(self.column, other.column)
    }

    /// Takes another range out, if what is left is still one.
    fn take_out(&mut self, hole: &Self) -> bool {
        match (hole.from <= self.from, hole.to >= self.to) {
            _ if hole.to < self.from || hole.from > self.to => {}
            (true, true) => (self.from, self.to) = (1, 0),
            (true, false) => self.from = hole.to + 1,
            (false, true) => self.to = hole.from - 1,
            (false, false) => return false,
        }
        true
    }

    /// A bound as people write it.
    fn show(&self, value: i64) -> String {
        let date =
            |days: i64| Date::default().checked_add_signed(TimeDelta::try_days(days)?).map(|date| date.to_string());
        let shown = match &self.fact {
            Fact::Attribute(_, ValueKind::Date) => date(value),
            Fact::Attribute(_, ValueKind::Number) => self.column.number(value).map(|number| number.to_string()),
            _ if self.column.is_instant() => Timestamp::from_millis(value).ok().map(|at| at.to_string()),
            _ => self.column.text(value).map(|text| format!("'{text}'")),
        };
        shown.unwrap_or_else(|| value.to_string())
    }
}

impl fmt::Display for Within<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_flag = matches!(self.fact, Fact::Tag(_) | Fact::Following | Fact::Blocked);
        match (self.from == UNKNOWN + 1, self.to == i64::MAX) {
            _ if is_flag && self.from == 1 => write!(f, "{}", self.fact),
            (true, true) => write!(f, "{} is known", self.fact),
            (true, false) => write!(f, "{} <= {}", self.fact, self.show(self.to)),
            (false, true) => write!(f, "{} >= {}", self.fact, self.show(self.from)),
            (false, false) if self.from == self.to => write!(f, "{} = {}", self.fact, self.show(self.from)),
            (false, false) => write!(f, "{} from {} to {}", self.fact, self.show(self.from), self.show(self.to)),
        }
    }
}

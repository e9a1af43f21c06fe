//! Expressions back into their canonical text.

use core::fmt;

use super::parse::is_plain;
use super::syntax::{AgeTest, Atom, Comparison, CouponState, End, Expr, LineState, Literal, Window};

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(parts) => joined(f, parts, " and "),
            Self::Any(parts) => joined(f, parts, " or "),
            Self::Not(inner) => write!(f, "not {}", Bracketed(inner)),
            Self::Atom(atom) => atom.fmt(f),
        }
    }
}

fn joined(f: &mut fmt::Formatter<'_>, parts: &[Expr], word: &str) -> fmt::Result {
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            f.write_str(word)?;
        }
        write!(f, "{}", Bracketed(part))?;
    }
    Ok(())
}

/// A part of a larger expression: brackets around everything that joins, so nobody has to know what binds closer.
struct Bracketed<'a>(&'a Expr);

impl fmt::Display for Bracketed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Expr::All(_) | Expr::Any(_) => write!(f, "({})", self.0),
            _ => self.0.fmt(f),
        }
    }
}

impl fmt::Display for Atom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OrdersCount { window, is: Comparison::Equal, value: 0 } => write!(f, "no order{window}"),
            Self::OrdersCount { window, is: Comparison::AtLeast, value: 1 } => write!(f, "order{window}"),
            Self::OrdersCount { window, is, value } => write!(f, "orders.count{window} {is} {value}"),
            Self::OrdersTotal { window, is, value } => write!(f, "orders.total{window} {is} {value}"),
            Self::Order { which, test } => write!(f, "{} order {test}", which.word()),
            Self::Tag(name) => write!(f, "tag {}", Quoted(name.as_str())),
            Self::Line(state) => write!(f, "line is {}", state.word()),
            Self::Route { is, value } => write!(f, "route {is} {}", Quoted(value)),
            Self::Attribute { name, is, value } if is_plain(name) => write!(f, "{name} {is} {value}"),
            Self::Attribute { name, is, value } => write!(f, "attribute {} {is} {value}", Quoted(name.as_str())),
            Self::Unknown(name) if is_plain(name) => write!(f, "unknown {name}"),
            Self::Unknown(name) => write!(f, "unknown attribute {}", Quoted(name.as_str())),
            Self::Coupon { name, state } => write!(f, "coupon {} {}", Quoted(name.as_str()), state.word()),
            Self::Segment(name) => write!(f, "segment {}", Quoted(name.as_str())),
        }
    }
}

/// With a space before it, so that `Ever` leaves none behind.
impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ever => Ok(()),
            Self::Within(span) => write!(f, " within {span}"),
            Self::Between { from, until } => write!(f, " between {from} and {until} ago"),
            Self::Since(date) => write!(f, " since {date}"),
        }
    }
}

impl fmt::Display for AgeTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OlderThan(span) => write!(f, "older than {span}"),
            Self::Within(span) => write!(f, "within {span}"),
            Self::Before(date) => write!(f, "before {date}"),
            Self::Since(date) => write!(f, "since {date}"),
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sign())
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => Quoted(text).fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Date(date) => date.fmt(f),
            Self::Flag(yes) => yes.fmt(f),
        }
    }
}

impl End {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Last => "last",
        }
    }
}

impl LineState {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Following => "following",
            Self::Blocked => "blocked",
            Self::Linked => "linked",
        }
    }
}

impl CouponState {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Unused => "unused",
            Self::Used => "used",
            Self::Expired => "expired",
        }
    }
}

struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}'", self.0.replace('\'', "''"))
    }
}

//! Expressions back into their canonical text.

use core::fmt;

use crate::model::{AttributeName, Decimal};
use crate::rfm::Goods;

use super::occurrences::{CouponState, End, Field, Filter, Kind, Measure, Noun, Occurrences, Sequence};
use super::parse::is_plain;
use super::syntax::{
    AgeTest, AnniversaryTest, Atom, Comparison, ContactEvent, Expr, LineState, Literal, RankTest, ReorderTest, RfmAxis,
    TagChoice, Toward, ValueTest,
};

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
            Self::Measure { of, measure, is, value } => measured(f, of, measure, *is, *value),
            Self::Ends { which, of, test } => {
                write!(f, "{} {} {test}", which.word(), What(of))
            }
            Self::Sequence(sequence) => sequence.fmt(f),
            Self::Tag { tag, held } => {
                match tag {
                    TagChoice::Named(name) => write!(f, "tag {}", Quoted(name.as_str()))?,
                    TagChoice::Category(name) => write!(f, "tag of category {}", Quoted(name))?,
                }
                held.map_or(Ok(()), |test| write!(f, " {test}"))
            }
            Self::Line(state) => write!(f, "line is {}", state.word()),
            Self::Reachable(channel) => write!(f, "reachable by {}", Quoted(channel.as_str())),
            Self::Contact { event, test } => write!(f, "{} {test}", event.words()),
            Self::Route(test) => write!(f, "route {test}"),
            Self::UnknownRoute => f.write_str("unknown route"),
            Self::Attribute { name, test } if is_plain(name.as_str()) => write!(f, "{name} {test}"),
            Self::Attribute { name, test } => write!(f, "attribute {} {test}", Quoted(name.as_str())),
            Self::Unknown(name) => write!(f, "unknown {}", Named(name)),
            Self::Age { name, is, value } => write!(f, "age of {} {is} {value}", Named(name)),
            Self::Days { name, toward, is, value } => {
                write!(f, "days {} {} {is} {value}", toward.word(), Named(name))
            }
            Self::Anniversary { name, test } => write!(f, "anniversary of {} {test}", Named(name)),
            Self::CartFilled(true) => f.write_str("cart is filled"),
            Self::CartFilled(false) => f.write_str("cart is empty"),
            Self::CartTotal { is, value } => write!(f, "cart.total {is} {value}"),
            Self::Rank(test) => test.fmt(f),
            Self::Reorder { of, test } => write!(f, "{} {test}", Awaited(of)),
            Self::Sample { share, of } => write!(f, "sample {share} of {}", Quoted(of)),
            Self::Segment(name) => write!(f, "segment {}", Quoted(name.as_str())),
        }
    }
}

fn measured(
    f: &mut fmt::Formatter<'_>,
    of: &Occurrences,
    measure: &Measure,
    is: Comparison,
    value: Decimal,
) -> fmt::Result {
    let window = Window(of.window.as_ref());
    let number = value.scaled(0);
    match (measure, is, number) {
        (Measure::Count, Comparison::Equal, Some(0)) => return write!(f, "no {}{window}", What(of)),
        (Measure::Count, Comparison::AtLeast, Some(1)) => return write!(f, "{}{window}", What(of)),
        _ => {}
    }
    f.write_str(Noun::of(&of.kind).plural())?;
    match measure {
        Measure::Count => f.write_str(".count")?,
        Measure::Sum(Field::Amount) if of.kind == Kind::Order => f.write_str(".total")?,
        Measure::Sum(field) => write!(f, ".sum({field})")?,
        Measure::Distinct(field) => write!(f, ".distinct({field})")?,
    }
    write!(f, "{}{window} {is} {value}", Details(of))
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{} then ", What(&self.first), Window(self.first.window.as_ref()))?;
        if !self.came {
            f.write_str("no ")?;
        }
        write!(f, "{}", What(&self.then))?;
        if let Some(span) = self.within {
            write!(f, " within {span}")?;
        }
        self.without.as_ref().map_or(Ok(()), |of| write!(f, " without {}", What(of)))
    }
}

impl End {
    /// `last order of product 'A'`
    pub(super) fn of(self, occurrences: &Occurrences) -> String {
        format!("{} {}", self.word(), What(occurrences))
    }
}

/// One of them, without when.
struct What<'a>(&'a Occurrences);

impl fmt::Display for What<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", Noun::of(&self.0.kind).singular(), Details(self.0))
    }
}

/// What comes after the noun: the subject, the state of a coupon, the filters; a space before each.
struct Details<'a>(&'a Occurrences);

impl fmt::Display for Details<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(of) = self;
        let noun = Noun::of(&of.kind);
        if let Kind::Event(name) = &of.kind {
            write!(f, " {}", Quoted(name.as_str()))?;
        }
        let mut filters = of.filters.as_slice();
        if let ([Filter { field, test: ValueTest::Is(Comparison::Equal, Literal::Text(text)) }, rest @ ..], true) =
            (filters, noun.writes_subject())
            && noun.subject().as_ref() == Some(field)
        {
            write!(f, " {}", Quoted(text))?;
            filters = rest;
        }
        if let Kind::Coupon(state) = &of.kind {
            write!(f, " {state}")?;
        }
        filters.iter().try_for_each(|Filter { field, test }| match test {
            ValueTest::Is(Comparison::Equal, Literal::Text(text)) => write!(f, " of {field} {}", Quoted(text)),
            test => write!(f, " with {field} {test}"),
        })
    }
}

/// With a space before it, so that for ever leaves none behind.
struct Window<'a>(Option<&'a AgeTest>);

impl fmt::Display for Window<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |test| write!(f, " {test}"))
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Property(name) if is_plain(name.as_str()) && Self::from_word(name.as_str()).is_none() => name.fmt(f),
            Self::Property(name) => write!(f, "property {}", Quoted(name.as_str())),
            named => f.write_str(named.word().unwrap_or_default()),
        }
    }
}

impl fmt::Display for CouponState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expires(span) => write!(f, "expires within {span}"),
            plain => f.write_str(Self::NAMED.iter().find(|(state, _)| state == plain).map_or("", |(_, word)| word)),
        }
    }
}

impl fmt::Display for AgeTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OlderThan(span) => write!(f, "older than {span}"),
            Self::Within(span) => write!(f, "within {span}"),
            Self::Between { from, until } => write!(f, "between {from} and {until} ago"),
            Self::Before(date) => write!(f, "before {date}"),
            Self::Since(date) => write!(f, "since {date}"),
            Self::During { from, to } => write!(f, "from {from} to {to}"),
        }
    }
}

impl fmt::Display for AnniversaryTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Within(1) => f.write_str("today"),
            Self::Within(days) => write!(f, "within {days}d"),
            Self::In(days) => write!(f, "in {days}d"),
            Self::ThisMonth => f.write_str("this month"),
        }
    }
}

/// `reorder of product 'A'`
pub(super) struct Awaited<'a>(pub(super) &'a Goods);

impl fmt::Display for Awaited<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Goods::Anything => f.write_str("reorder"),
            Goods::Product(sku) => write!(f, "reorder of product {}", Quoted(sku)),
            Goods::Category(name) => write!(f, "reorder of category {}", Quoted(name)),
        }
    }
}

impl fmt::Display for ReorderTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Due => f.write_str("due"),
            Self::DueWithin(1) => f.write_str("due today"),
            Self::DueWithin(days) => write!(f, "due within {days}d"),
            Self::DueIn(days) => write!(f, "due in {days}d"),
            Self::OverdueBy(days) => write!(f, "overdue by {days}d"),
        }
    }
}

impl fmt::Display for RankTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Score(axis, is, value) => write!(f, "rfm.{} {is} {value}", axis.word()),
            Self::RfmClass(names) => write!(f, "rfm {}", OneOf(names)),
            Self::CpmClass(names) => write!(f, "cpm {}", OneOf(names)),
            Self::Decile(is, value) => write!(f, "decile {is} {value}"),
        }
    }
}

struct OneOf<'a>(&'a [Box<str>]);

impl fmt::Display for OneOf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [name] => write!(f, "is {}", Quoted(name)),
            names => list(f, names.iter().map(|name| Quoted(name))),
        }
    }
}

impl fmt::Display for ValueTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is(is, value) => write!(f, "{is} {value}"),
            Self::In(values) => list(f, values.iter()),
            Self::Contains(text) => write!(f, "contains {}", Quoted(text)),
            Self::StartsWith(text) => write!(f, "starts with {}", Quoted(text)),
        }
    }
}

fn list(f: &mut fmt::Formatter<'_>, values: impl Iterator<Item = impl fmt::Display>) -> fmt::Result {
    f.write_str("in (")?;
    for (i, value) in values.enumerate() {
        write!(f, "{}{value}", if i > 0 { ", " } else { "" })?;
    }
    f.write_str(")")
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
    pub(super) fn word(self) -> &'static str {
        Self::NAMED.iter().find(|(state, _)| *state == self).map_or("", |(_, word)| word)
    }
}

impl ContactEvent {
    /// `first follow`
    pub(super) fn words(self) -> String {
        let known = Self::NAMED.iter().find(|(event, ..)| *event == self);
        known.map(|(_, end, name)| format!("{} {name}", end.word())).unwrap_or_default()
    }
}

impl Toward {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Since => "since",
            Self::Until => "until",
        }
    }
}

impl RfmAxis {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Recency => "recency",
            Self::Frequency => "frequency",
            Self::Monetary => "monetary",
        }
    }
}

struct Named<'a>(&'a AttributeName);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_str() {
            "route" => f.write_str("attribute 'route'"),
            name if is_plain(name) => f.write_str(name),
            name => write!(f, "attribute {}", Quoted(name)),
        }
    }
}

pub(super) struct Quoted<'a>(pub(super) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}'", self.0.replace('\'', "''"))
    }
}

//! Conditions as column kernels: the one place that knows both languages.
//!
//! A condition that is not named here, or that the columns at hand cannot answer, is asked of the
//! friend's own record. So a new condition of the language works from its first day, only slower.

use chrono::Datelike;

use crate::model::{AttributeName, Date, Money, Span, Timestamp, Value, ValueKind, Zone};
use crate::segment::{
    Comparison, ContactEvent, DateTest, End, LineState, Node, Predicate, Range, Tag, Test, Toward, age,
};

use super::age::Elapsed;
use super::chunk::UNKNOWN;
use super::column::{Column, Fact, days};
use super::fault::Unanswered;
use super::friends::Population;
use super::kernel::{Condition, Kernel, RowTest, Within};

/// The kernels that answer a predicate at `now`.
///
/// # Errors
/// When a condition needs the friends' records and there are none.
pub(super) fn translate<'p>(
    population: &'p Population,
    predicate: &'p Predicate,
    now: Timestamp,
    has_records: bool,
) -> Result<Kernel<'p>, Unanswered> {
    let translator = Translator { population, now, zone: predicate.zone(), has_records };
    translator.kernel(Condition::of(predicate))
}

struct Translator<'p> {
    population: &'p Population,
    now: Timestamp,
    zone: &'p Zone,
    has_records: bool,
}

impl<'p> Translator<'p> {
    fn kernel(&self, asked: Condition<'p>) -> Result<Kernel<'p>, Unanswered> {
        let several =
            |parts: Vec<Condition<'p>>| parts.into_iter().map(|part| self.kernel(part)).collect::<Result<_, _>>();
        let known = match asked.node {
            Node::All(_) => return several(asked.parts()).map(Kernel::all),
            Node::Any(_) | Node::TagOf(_) => return several(asked.parts()).map(Kernel::any),
            Node::Not(_) => return several(asked.parts()).map(|inner| Kernel::negated(Kernel::all(inner))),
            Node::Segment(predicate) => return self.kernel(Condition::of(predicate)),
            Node::Tag(Tag { name, expires: None, held: None }) => self.is_so(Fact::Tag(name.clone())),
            Node::Line(LineState::Following) => self.is_so(Fact::Following),
            Node::Line(LineState::Blocked) => self.is_so(Fact::Blocked),
            Node::Line(LineState::Linked) => self.told(Fact::LinkedAt),
            Node::Contact { event: ContactEvent::FirstFollow, window } => self.past(Fact::FirstFollowedAt, *window),
            Node::Contact { event: ContactEvent::LastLink, window } => self.past(Fact::LinkedAt, *window),
            Node::Route(test) => self.text(Fact::Route, test),
            Node::UnknownRoute => self.told(Fact::Route).map(Kernel::negated),
            Node::Attribute { name, test } => self.attribute(name, test),
            Node::Unknown(name) => self.unknown(name),
            Node::Date { name, test } => self.date(name, *test),
            Node::Sample(sample) if self.population.has_keys() => Some(Kernel::Rows(RowTest::Drawn(sample))),
            Node::OrdersCount { window, is, value } => self.order_count(asked, *window, *is, *value),
            Node::OrdersTotal { window: Range::Ever, is, value } => self.order_total(asked, *is, *value),
            Node::Order { which: End::First, window } => self.first_order(*window),
            Node::Order { which: End::Last, window } => {
                self.leaf(Fact::LastOrderAt).and_then(|last| self.unless_later(asked, self.instants(last, *window)))
            }
            _ => None,
        };
        known.map_or_else(|| self.ask(asked), Ok)
    }

    /// Asks the friend's own record.
    fn ask(&self, asked: Condition<'p>) -> Result<Kernel<'p>, Unanswered> {
        if !self.has_records {
            return Err(Unanswered { condition: asked.expr.to_string() });
        }
        Ok(Kernel::Rows(RowTest::Record(asked)))
    }

    /// What a column says, or what its absence says when everything is known.
    fn leaf(&self, fact: Fact) -> Option<Leaf<'p>> {
        match self.population.column(&fact) {
            Some(column) => Some(Leaf { fact, column: Some(column) }),
            None => self.population.is_whole().then_some(Leaf { fact, column: None }),
        }
    }

    fn is_so(&self, fact: Fact) -> Option<Kernel<'p>> {
        self.leaf(fact).map(|leaf| leaf.between(1, 1))
    }

    fn told(&self, fact: Fact) -> Option<Kernel<'p>> {
        self.leaf(fact).map(|leaf| leaf.told())
    }

    /// Who has an instant by now that lies in this stretch.
    fn past(&self, fact: Fact, window: Range) -> Option<Kernel<'p>> {
        let leaf = self.leaf(fact)?;
        let by_now = leaf.between(UNKNOWN + 1, self.now.millis());
        Some(Kernel::all(vec![by_now, self.instants(leaf, window)]))
    }

    fn text(&self, fact: Fact, test: &Test) -> Option<Kernel<'p>> {
        let leaf = self.leaf(fact)?;
        let Some(column) = leaf.column else { return Some(Kernel::Nobody) };
        let equal = |value: &Value| match value {
            Value::Text(text) => column.code(text).map_or(Kernel::Nobody, |code| leaf.between(code, code)),
            _ => Kernel::Nobody,
        };
        Some(match test {
            Test::Is(Comparison::Equal, value) => equal(value),
            Test::Is(Comparison::NotEqual, value) => Kernel::all(vec![leaf.told(), Kernel::negated(equal(value))]),
            Test::Is(..) => return None,
            Test::In(values) => Kernel::any(values.iter().map(equal).collect()),
            Test::Contains(_) | Test::StartsWith(_) => {
                let codes = column.codes_of(|text| test.passes_text(text));
                Kernel::all(vec![leaf.told(), Kernel::Rows(RowTest::Texts { column, codes })])
            }
        })
    }

    fn attribute(&self, name: &AttributeName, test: &Test) -> Option<Kernel<'p>> {
        if !self.population.is_whole() && !self.kinds(name).any(|_| true) {
            return None;
        }
        match test {
            Test::Is(is, value) => Some(self.compared(name, *is, value)),
            Test::In(values) => {
                Some(Kernel::any(values.iter().map(|value| self.compared(name, Comparison::Equal, value)).collect()))
            }
            Test::StartsWith(_) => self.texts(name, test),
            Test::Contains(text) => {
                let in_text = self.texts(name, test)?;
                let listed = self.population.column(&Fact::Listed(name.clone(), text.clone()));
                let in_list = listed.map_or(Kernel::Nobody, |column| {
                    Leaf { fact: Fact::Listed(name.clone(), text.clone()), column: Some(column) }.between(1, 1)
                });
                Some(Kernel::any(vec![in_text, in_list]))
            }
        }
    }

    /// A test of the texts of an attribute; of one that has none nothing holds.
    fn texts(&self, name: &AttributeName, test: &Test) -> Option<Kernel<'p>> {
        let fact = Fact::Attribute(name.clone(), ValueKind::Text);
        if self.population.column(&fact).is_some() { self.text(fact, test) } else { Some(Kernel::Nobody) }
    }

    fn compared(&self, name: &AttributeName, is: Comparison, value: &Value) -> Kernel<'p> {
        let fact = Fact::Attribute(name.clone(), value.kind());
        // Of an attribute that has a column, what is of another kind is none of this kind.
        let Some(column) = self.population.column(&fact) else { return Kernel::Nobody };
        let leaf = Leaf { fact, column: Some(column) };
        match value {
            Value::Flag(yes) => leaf.compared(is, (*yes).into(), true),
            Value::Date(date) => leaf.compared(is, days(*date), true),
            Value::Text(_) => self.text(leaf.fact, &Test::Is(is, value.clone())).unwrap_or(Kernel::Nobody),
            Value::Number(number) => {
                let (units, exact) = column.ceiling(*number);
                let odd = Kernel::Listed(column.odd_rows(|known| is.holds(known, number)));
                Kernel::any(vec![leaf.compared(is, units, exact), odd])
            }
            // Lists are asked what they contain.
            _ => Kernel::Nobody,
        }
    }

    /// Ages and days are ranges of dates; an anniversary is asked row by row.
    fn date(&self, name: &AttributeName, test: DateTest) -> Option<Kernel<'p>> {
        if !self.population.is_whole() && !self.kinds(name).any(|_| true) {
            return None;
        }
        let fact = Fact::Attribute(name.clone(), ValueKind::Date);
        let Some(column) = self.population.column(&fact) else { return Some(Kernel::Nobody) };
        let leaf = Leaf { fact, column: Some(column) };
        let today = self.zone.date(self.now);
        Some(match test {
            DateTest::Days(Toward::Since, is, value) => {
                leaf.compared(is.turned(), days(today) - i64::from(value), true)
            }
            DateTest::Days(Toward::Until, is, value) => leaf.compared(is, days(today) + i64::from(value), true),
            DateTest::Age(is, value) => {
                // The last day on which somebody of such an age can be born; `None` when nobody can.
                let born_by = |years: u32| born_by(years, today).map_or(UNKNOWN + 1, days);
                let at_least = leaf.between(UNKNOWN + 1, born_by(value));
                let more = leaf.between(UNKNOWN + 1, born_by(value.saturating_add(1)));
                let born = leaf.between(UNKNOWN + 1, days(today));
                let but = |one: Kernel<'p>, other: Kernel<'p>| Kernel::all(vec![one, Kernel::negated(other)]);
                match is {
                    Comparison::AtLeast => at_least,
                    Comparison::More => more,
                    Comparison::Less => but(born, at_least),
                    Comparison::AtMost => but(born, more),
                    Comparison::Equal => but(at_least, more),
                    Comparison::NotEqual => Kernel::any(vec![but(born, at_least), more]),
                }
            }
            DateTest::Anniversary(_) => Kernel::all(vec![leaf.told(), Kernel::Rows(RowTest::Date { column, test })]),
        })
    }

    fn unknown(&self, name: &AttributeName) -> Option<Kernel<'p>> {
        let told: Vec<_> =
            self.kinds(name).map(|fact| Leaf { column: self.population.column(&fact), fact }.told()).collect();
        if told.is_empty() && !self.population.is_whole() {
            return None;
        }
        Some(Kernel::negated(Kernel::any(told)))
    }

    /// The columns of an attribute, one for each kind it has.
    fn kinds(&self, name: &AttributeName) -> impl Iterator<Item = Fact> {
        let of = |fact: &&Fact| matches!(fact, Fact::Attribute(other, _) if other == name);
        self.population.facts().filter(of).cloned().collect::<Vec<_>>().into_iter()
    }

    fn order_count(&self, asked: Condition<'p>, window: Range, is: Comparison, value: usize) -> Option<Kernel<'p>> {
        let value = i64::try_from(value).unwrap_or(i64::MAX);
        if let Range::Ever = window {
            let count = self.leaf(Fact::OrderCount)?;
            return self.unless_later(asked, count.compared(is, value, true));
        }
        // Whether there is any order in a stretch that reaches up to now, the last one can tell.
        let any = match window {
            Range::Since(_) => self.instants(self.leaf(Fact::LastOrderAt)?, window),
            Range::Aged { at_least: None, less_than: Some(span) }
                if Elapsed::new(self.zone, span, self.now).is_sharp() =>
            {
                self.instants(self.leaf(Fact::LastOrderAt)?, window)
            }
            _ => return None,
        };
        let answer = match (is, value) {
            (Comparison::AtLeast, 1) | (Comparison::More | Comparison::NotEqual, 0) => any,
            (Comparison::Less, 1) | (Comparison::AtMost | Comparison::Equal, 0) => Kernel::negated(any),
            _ => return None,
        };
        self.unless_later(asked, answer)
    }

    fn order_total(&self, asked: Condition<'p>, is: Comparison, value: Money) -> Option<Kernel<'p>> {
        let total = self.leaf(Fact::OrderTotal)?;
        self.unless_later(asked, total.compared(is, value.minor(), true))
    }

    /// The first order that counts is the first there will ever be, or there is none yet.
    fn first_order(&self, window: Range) -> Option<Kernel<'p>> {
        let first = self.leaf(Fact::FirstOrderAt)?;
        let placed = first.between(UNKNOWN + 1, self.now.millis());
        Some(Kernel::all(vec![placed, self.instants(first, window)]))
    }

    /// Summaries of orders hold for all of them: of who has one after `now`, the record is asked.
    fn unless_later(&self, asked: Condition<'p>, answer: Kernel<'p>) -> Option<Kernel<'p>> {
        let Some(last) = self.population.column(&Fact::LastOrderAt) else { return Some(answer) };
        if last.most().is_none_or(|most| most <= self.now.millis()) {
            return Some(answer);
        }
        let later = || Leaf { fact: Fact::LastOrderAt, column: Some(last) }.between(self.now.millis() + 1, i64::MAX);
        let record = self.ask(asked).ok()?;
        let by_column = Kernel::all(vec![Kernel::negated(later()), answer]);
        Some(Kernel::any(vec![by_column, Kernel::all(vec![later(), record])]))
    }

    /// Who has an instant in this stretch.
    fn instants(&self, leaf: Leaf<'p>, window: Range) -> Kernel<'p> {
        match window {
            Range::Ever => leaf.told(),
            Range::Since(start) => leaf.between(start.millis(), i64::MAX),
            Range::Before(end) => leaf.between(UNKNOWN + 1, end.millis() - 1),
            Range::During(start, end) => leaf.between(start.millis(), end.millis() - 1),
            Range::Aged { at_least, less_than } => {
                let old = at_least.map(|span| self.elapsed(&leaf, span));
                let young = less_than.map(|span| Kernel::negated(self.elapsed(&leaf, span)));
                Kernel::all(core::iter::once(leaf.told()).chain(old).chain(young).collect())
            }
        }
    }

    fn elapsed(&self, leaf: &Leaf<'p>, span: Span) -> Kernel<'p> {
        let age = Elapsed::new(self.zone, span, self.now);
        let sure = leaf.between(UNKNOWN + 1, age.up_to);
        let Some(column) = leaf.column.filter(|_| !age.is_sharp()) else { return sure };
        let asked = Kernel::Rows(RowTest::Elapsed { column, span });
        Kernel::any(vec![sure, Kernel::all(vec![leaf.between(age.up_to + 1, age.not_after), asked])])
    }
}

/// A column, or a fact that is nobody's.
struct Leaf<'p> {
    fact: Fact,
    column: Option<&'p Column>,
}

impl<'p> Leaf<'p> {
    /// Those with a value of `from..=to`.
    fn between(&self, from: i64, to: i64) -> Kernel<'p> {
        match self.column {
            Some(column) if from <= to => Kernel::Within(Within { fact: self.fact.clone(), column, from, to }),
            _ => Kernel::Nobody,
        }
    }

    /// Those of whom it is known.
    fn told(&self) -> Kernel<'p> {
        let odd = self.column.map_or(Vec::new(), |column| column.odd_rows(|_| true));
        Kernel::any(vec![self.between(UNKNOWN + 1, i64::MAX), Kernel::Listed(odd)])
    }

    /// Those whose value stands so to one of which `least` is the lowest value not below it, and
    /// `exact` if it is the same.
    fn compared(&self, is: Comparison, least: i64, exact: bool) -> Kernel<'p> {
        let (low, high) = (UNKNOWN + 1, i64::MAX);
        // Of a value between two others nothing is equal, and `least` is the first that is more.
        match (is, exact) {
            (Comparison::Equal, true) => self.between(least, least),
            (Comparison::Equal, false) => Kernel::Nobody,
            (Comparison::NotEqual, true) => {
                Kernel::all(vec![self.between(low, high), Kernel::negated(self.between(least, least))])
            }
            (Comparison::NotEqual, false) => self.between(low, high),
            (Comparison::AtMost, true) => self.between(low, least),
            (Comparison::Less, _) | (Comparison::AtMost, false) => self.between(low, least.saturating_sub(1)),
            (Comparison::More, true) => least.checked_add(1).map_or(Kernel::Nobody, |more| self.between(more, high)),
            (Comparison::AtLeast, _) | (Comparison::More, false) => self.between(least, high),
        }
    }
}

/// The last day of birth of those who are at least so old today.
fn born_by(years: u32, today: Date) -> Option<Date> {
    let is_so = |day: &Date| age(*day, today).is_some_and(|age| age >= years);
    let year = i32::try_from(years).ok().and_then(|years| today.year().checked_sub(years))?;
    // Around the same day of that year; the 29th of February is had on the 28th.
    let near = today.with_year(year).or_else(|| Date::from_ymd_opt(year, 2, 28))?;
    let mut days = (-2..=2).rev().filter_map(|by| near.checked_add_signed(chrono::TimeDelta::days(by)));
    days.find(is_so)
}

//! One condition, by the word it begins with.

use crate::model::{AttributeName, ChannelName, Name, SegmentName, TagName};
use crate::rfm::Goods;
use crate::segment::compile::nearest;
use crate::segment::lex::{Placed, Token, lex};
use crate::segment::occurrences::{End, Noun};
use crate::segment::syntax::{
    AnniversaryTest, Atom, ContactEvent, LineState, Literal, RankTest, ReorderTest, RfmAxis, TagChoice, Toward,
};

use super::occurrences::{measured, verb};
use super::{ParseError, Parser};

impl Parser<'_> {
    pub(super) fn condition(&mut self) -> Result<Atom, ParseError> {
        let word = match self.peek() {
            Token::Word(word) if !is_joint(word) => word.clone(),
            _ => {
                let hint = "conditions begin with a word: orders.count, last order, tag, line, segment, an attribute…";
                return Err(self.error("a condition is missing here", Some(hint)));
            }
        };
        self.next += 1;
        if let Some((noun, measure)) = measured(&word) {
            return self.measure(noun, measure);
        }
        if let Some(noun) = Noun::one(&word)
            && !(matches!(self.peek(), Token::Sign(_)) || noun == Noun::Cart && self.is_word("is"))
        {
            return self.some(noun);
        }
        if let Some(noun) = verb(&word)
            && !matches!(self.peek(), Token::Sign(_))
        {
            return self.some(noun);
        }
        match word.as_str() {
            "no" => self.none(),
            "first" => self.end(End::First),
            "last" => self.end(End::Last),
            "first_order" => self.ends(End::First, Noun::Order),
            "last_order" => self.ends(End::Last, Noun::Order),
            "tag" => self.tag(),
            "segment" => self.name(SegmentName::new).map(Atom::Segment),
            "unknown" if self.take_word("route") => Ok(Atom::UnknownRoute),
            "unknown" => self.attribute_name().map(Atom::Unknown),
            "line" => self.line(),
            "reachable" if self.is_word("by") => self.reachable(),
            "route" => self.value_test().map(Atom::Route),
            "cart" if self.is_word("is") => self.cart(),
            "cart.total" => Ok(Atom::CartTotal { is: self.comparison()?, value: self.number("an amount of money")? }),
            "age" if self.take_word("of") => {
                let name = self.attribute_name()?;
                Ok(Atom::Age { name, is: self.comparison()?, value: self.count()? })
            }
            "days" if self.is_word("since") || self.is_word("until") => {
                let toward = if self.take_word("since") { Toward::Since } else { Toward::Until };
                self.next += usize::from(toward == Toward::Until);
                let name = self.attribute_name()?;
                Ok(Atom::Days { name, toward, is: self.comparison()?, value: self.count()? })
            }
            "anniversary" if self.take_word("of") => self.anniversary(),
            "rfm" => self.classes().map(|names| Atom::Rank(RankTest::RfmClass(names))),
            "cpm" => self.classes().map(|names| Atom::Rank(RankTest::CpmClass(names))),
            "rfm.recency" => self.score(RfmAxis::Recency),
            "rfm.frequency" => self.score(RfmAxis::Frequency),
            "rfm.monetary" => self.score(RfmAxis::Monetary),
            "decile" => Ok(Atom::Rank(RankTest::Decile(self.comparison()?, self.small(1..=10)?))),
            "reorder" if self.is_awaited() => self.reorder(),
            "sample" if matches!(self.peek(), Token::Rate(_) | Token::Number(_)) => self.sample(),
            "attribute" => {
                let name = self.name(AttributeName::new)?;
                Ok(Atom::Attribute { name, test: self.value_test()? })
            }
            name => {
                let name = AttributeName::new(name).map_err(|e| self.name_error(e))?;
                Ok(Atom::Attribute { name, test: self.value_test()? })
            }
        }
    }

    /// After `first` or `last`.
    fn end(&mut self, which: End) -> Result<Atom, ParseError> {
        let Token::Word(word) = self.peek().clone() else {
            return Err(self.error("what was first or last is missing here", Some("write: last order older than 30d")));
        };
        if let Some(noun) = Noun::one(&word) {
            self.next += 1;
            return self.ends(which, noun);
        }
        let known = ContactEvent::NAMED.iter().find(|(_, end, name)| *end == which && *name == word);
        let Some((event, ..)) = known else {
            let hint = "write: last order, first click, last follow, last block, last link, first contact…";
            return Err(self.error("nothing of that name is known", Some(hint)));
        };
        self.next += 1;
        Ok(Atom::Contact { event: *event, test: self.age()? })
    }

    fn tag(&mut self) -> Result<Atom, ParseError> {
        let tag = if self.take_word("of") {
            self.expect_word("category", "write: tag of category '興味'")?;
            TagChoice::Category(self.quoted()?.into())
        } else {
            TagChoice::Named(self.name(TagName::new)?)
        };
        Ok(Atom::Tag { tag, held: self.age_if_any()? })
    }

    fn line(&mut self) -> Result<Atom, ParseError> {
        let hint = "write: line is following, line is blocked or line is linked";
        self.expect_word("is", hint)?;
        for (state, word) in LineState::NAMED {
            if self.take_word(word) {
                return Ok(Atom::Line(state));
            }
        }
        Err(self.error("LINE knows no such state", Some(hint)))
    }

    fn reachable(&mut self) -> Result<Atom, ParseError> {
        self.next += 1;
        if self.take_word("line") {
            return Ok(Atom::Line(LineState::Following));
        }
        self.name(ChannelName::new).map(Atom::Reachable)
    }

    fn cart(&mut self) -> Result<Atom, ParseError> {
        self.next += 1;
        if self.take_word("filled") {
            return Ok(Atom::CartFilled(true));
        }
        if self.take_word("empty") {
            return Ok(Atom::CartFilled(false));
        }
        Err(self.error("a cart knows no such state", Some("write: cart is filled or cart is empty")))
    }

    /// After `anniversary of`.
    fn anniversary(&mut self) -> Result<Atom, ParseError> {
        let hint = "write: today, within 7d, in 7d or this month";
        let name = self.attribute_name()?;
        let test = if self.take_word("today") {
            AnniversaryTest::Within(1)
        } else if self.take_word("this") {
            self.expect_word("month", hint)?;
            AnniversaryTest::ThisMonth
        } else if self.take_word("within") {
            AnniversaryTest::Within(self.whole_days(1)?)
        } else if self.take_word("in") {
            AnniversaryTest::In(self.whole_days(0)?)
        } else {
            return Err(self.error("the time of the anniversary is missing here", Some(hint)));
        };
        Ok(Atom::Anniversary { name, test })
    }

    /// A span of whole days, at most a year of them.
    fn whole_days(&mut self, least: u16) -> Result<u16, ParseError> {
        let span = self.span()?;
        let days = u16::try_from(span.whole_days()).ok().filter(|days| (least..=366).contains(days));
        match days {
            Some(days) if span.rest_minutes() == 0 => Ok(days),
            _ => {
                self.next -= 1;
                Err(self.error("whole days of one year are needed here", Some("write it as 7d")))
            }
        }
    }

    /// Does it go on as a condition on the next order?
    fn is_awaited(&self) -> bool {
        matches!(self.peek(), Token::Text(_))
            || ["of", "product", "category", "due", "overdue"].iter().any(|word| self.is_word(word))
    }

    /// After `reorder`.
    fn reorder(&mut self) -> Result<Atom, ParseError> {
        let hint = "write: due, due within 3d, due in 3d or overdue by 7d";
        let named = self.take_word("of") || !(self.is_word("due") || self.is_word("overdue"));
        let of = match named {
            false => Goods::Anything,
            true if self.take_word("category") => Goods::Category(self.quoted()?.into()),
            true => {
                self.take_word("product");
                Goods::Product(self.quoted()?.into())
            }
        };
        let test = if self.take_word("overdue") {
            let days = if self.take_word("by") { self.whole_days(1)? } else { 1 };
            ReorderTest::OverdueBy(days)
        } else {
            self.expect_word("due", hint)?;
            if self.take_word("today") {
                ReorderTest::DueWithin(1)
            } else if self.take_word("within") {
                ReorderTest::DueWithin(self.whole_days(1)?)
            } else if self.take_word("in") {
                ReorderTest::DueIn(self.whole_days(0)?)
            } else {
                ReorderTest::Due
            }
        };
        Ok(Atom::Reorder { of, test })
    }

    /// After `rfm` or `cpm`.
    fn classes(&mut self) -> Result<Vec<Box<str>>, ParseError> {
        let hint = "write: rfm is 'champions', or rfm in ('champions', 'loyal')";
        let start = self.next;
        let values = if self.take_word("in") {
            self.list()?
        } else {
            if *self.peek() == Token::Sign("=") {
                self.next += 1;
            } else {
                self.expect_word("is", hint)?;
            }
            vec![self.literal()?]
        };
        let text = |value: Literal| match value {
            Literal::Text(text) => Some(text),
            _ => None,
        };
        match values.into_iter().map(text).collect() {
            Some(names) => Ok(names),
            None => {
                self.next = start;
                Err(self.error("classes are named by texts", Some(hint)))
            }
        }
    }

    fn score(&mut self, axis: RfmAxis) -> Result<Atom, ParseError> {
        Ok(Atom::Rank(RankTest::Score(axis, self.comparison()?, self.small(1..=10)?)))
    }

    fn sample(&mut self) -> Result<Atom, ParseError> {
        let Token::Rate(share) = *self.peek() else {
            return Err(self.error("a share is needed here", Some("write: sample 10% of 'summer'")));
        };
        self.next += 1;
        self.expect_word("of", "write: sample 10% of 'summer'")?;
        Ok(Atom::Sample { share, of: self.quoted()?.into() })
    }

    fn attribute_name(&mut self) -> Result<AttributeName, ParseError> {
        if let Token::Word(word) = self.peek().clone()
            && word != "attribute"
        {
            let name = AttributeName::new(&word).map_err(|e| self.name_error(e))?;
            self.next += 1;
            return Ok(name);
        }
        self.take_word("attribute");
        self.name(AttributeName::new)
    }
}

/// The words that conditions begin with, beside what is counted.
const BEGINNINGS: [&str; 24] = [
    "no",
    "first",
    "last",
    "first_order",
    "last_order",
    "tag",
    "segment",
    "unknown",
    "line",
    "reachable",
    "route",
    "cart.total",
    "age",
    "days",
    "anniversary",
    "rfm",
    "cpm",
    "rfm.recency",
    "rfm.frequency",
    "rfm.monetary",
    "decile",
    "reorder",
    "sample",
    "attribute",
];

/// What was meant by a word that begins a condition, stands for no attribute there, and for nothing else either.
pub(super) fn instead_of(word: &str) -> String {
    let form = match word {
        "age" => Some("age of birthday >= 20"),
        "days" => Some("days until 'renewal' <= 7"),
        "anniversary" => Some("anniversary of birthday this month"),
        "reachable" => Some("reachable by 'email'"),
        "reorder" => Some("reorder of product 'SOAP-1' due"),
        "sample" => Some("sample 10% of 'summer'"),
        _ => None,
    };
    let read = format!("`{word}` is read as an attribute, which needs a comparison");
    let near = || nearest(word, BEGINNINGS.into_iter().chain(Noun::words()));
    match (form, near()) {
        (Some(form), _) => format!("write: {form}"),
        (None, Some(near)) if near != word => format!("{read}; did you mean `{near}`?"),
        _ => read,
    }
}

fn is_joint(word: &str) -> bool {
    ["and", "or", "not"].iter().any(|joint| word.eq_ignore_ascii_case(joint))
}

/// Can the attribute stand without the word `attribute` and quotes?
pub(in crate::segment) fn is_plain(name: &str) -> bool {
    let reserved = BEGINNINGS.contains(&name)
        || ["property", "true", "false", "today"].contains(&name)
        || Noun::words().any(|word| word == name)
        || verb(name).is_some()
        || measured(name).is_some();
    let one_word = matches!(lex(name).as_deref(), Ok([Placed { token: Token::Word(word), .. }, _]) if word == name);
    one_word && !reserved && !is_joint(name) && Name::new(name).is_ok()
}

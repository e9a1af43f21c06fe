//! Comparisons and values, windows and ages.

use crate::model::Decimal;
use crate::segment::lex::Token;
use crate::segment::syntax::{AgeTest, Comparison, Literal, ValueTest};

use super::condition::instead_of;
use super::{ParseError, Parser};

/// The most values a list in an expression may have.
const MAX_LIST: usize = 1000;

impl Parser<'_> {
    /// `= 'female'`, `is not 'female'`, `in ('a', 'b')`, `contains 'a'`, `starts with 'a'`
    pub(super) fn value_test(&mut self) -> Result<ValueTest, ParseError> {
        if self.take_word("in") {
            return self.list().map(ValueTest::In);
        }
        if self.take_word("contains") {
            return self.quoted().map(|text| ValueTest::Contains(text.into()));
        }
        if self.take_word("starts") {
            self.expect_word("with", "write: starts with '東京'")?;
            return self.quoted().map(|text| ValueTest::StartsWith(text.into()));
        }
        if self.take_word("is") {
            let is = if self.take_word("not") { Comparison::NotEqual } else { Comparison::Equal };
            return Ok(ValueTest::Is(is, self.literal()?));
        }
        let is = self.comparison()?;
        Ok(ValueTest::Is(is, self.literal()?))
    }

    pub(super) fn list(&mut self) -> Result<Vec<Literal>, ParseError> {
        if *self.peek() != Token::Open {
            return Err(self.error("a list is needed here", Some("write: in ('a', 'b')")));
        }
        self.next += 1;
        let mut values = vec![self.literal()?];
        while *self.peek() == Token::Comma {
            self.next += 1;
            values.push(self.literal()?);
            if values.len() > MAX_LIST {
                return Err(self.error(&format!("a list has at most {MAX_LIST} values"), None));
            }
        }
        if *self.peek() != Token::Close {
            return Err(self.error("the list is not closed", Some("values are set apart by commas: in ('a', 'b')")));
        }
        self.next += 1;
        Ok(values)
    }

    pub(super) fn literal(&mut self) -> Result<Literal, ParseError> {
        let value = match self.peek().clone() {
            Token::Text(text) => Literal::Text(text.into()),
            Token::Number(number) => Literal::Number(number),
            Token::Date(date) => Literal::Date(date),
            Token::Word(word) if word == "true" => Literal::Flag(true),
            Token::Word(word) if word == "false" => Literal::Flag(false),
            _ => {
                let hint = "texts are quoted: 'female'; the others are 24.5, 2026-01-31, true, false";
                return Err(self.error("a value is missing here", Some(hint)));
            }
        };
        self.next += 1;
        Ok(value)
    }

    pub(super) fn comparison(&mut self) -> Result<Comparison, ParseError> {
        if let Token::Sign(sign) = self.peek()
            && let Some(is) = Comparison::from_sign(sign)
        {
            self.next += 1;
            return Ok(is);
        }
        let hint = match &self.tokens[self.next - 1].token {
            Token::Word(word) if !word.contains('.') && word != "route" && word != "decile" => instead_of(word),
            _ => "write one of = != < <= > >=".into(),
        };
        Err(self.error("a comparison is missing here", Some(&hint)))
    }

    pub(super) fn count(&mut self) -> Result<u32, ParseError> {
        if let Token::Number(number) = self.peek()
            && let Some(count) = number.scaled(0).and_then(|n| u32::try_from(n).ok())
        {
            self.next += 1;
            return Ok(count);
        }
        Err(self.error("a whole number from 0 is needed here", None))
    }

    pub(super) fn small(&mut self, range: core::ops::RangeInclusive<u8>) -> Result<u8, ParseError> {
        let before = self.next;
        let count = self.count()?;
        match u8::try_from(count).ok().filter(|n| range.contains(n)) {
            Some(n) => Ok(n),
            None => {
                self.next = before;
                let message = format!("a whole number from {} to {} is needed here", range.start(), range.end());
                Err(self.error(&message, None))
            }
        }
    }

    pub(super) fn number(&mut self, what: &str) -> Result<Decimal, ParseError> {
        if let Token::Number(number) = *self.peek() {
            self.next += 1;
            return Ok(number);
        }
        Err(self.error(&format!("{what} is needed here"), Some("write it as a number, such as 100000")))
    }

    /// `within 30d`, `between 90d and 30d ago`, `since 2026-01-01`, `ever`…; `None` for ever, or for nothing said.
    pub(super) fn window(&mut self) -> Result<Option<AgeTest>, ParseError> {
        if self.take_word("ever") {
            return Ok(None);
        }
        self.age_if_any()
    }

    /// The same where it must be said.
    pub(super) fn age(&mut self) -> Result<AgeTest, ParseError> {
        let hint = "write: older than 30d, within 30d, between 90d and 30d ago, before 2026-01-01, since 2026-01-01, \
                    or from 2026-01-01 to 2026-01-31";
        match self.age_if_any()? {
            Some(test) => Ok(test),
            None => Err(self.error("when it was is missing here", Some(hint))),
        }
    }

    pub(super) fn age_if_any(&mut self) -> Result<Option<AgeTest>, ParseError> {
        Ok(Some(if self.take_word("within") {
            AgeTest::Within(self.span()?)
        } else if self.take_word("since") {
            AgeTest::Since(self.date()?)
        } else if self.take_word("before") {
            AgeTest::Before(self.date()?)
        } else if self.take_word("older") {
            self.expect_word("than", "write: older than 30d")?;
            AgeTest::OlderThan(self.span()?)
        } else if self.take_word("from") {
            let from = self.date()?;
            self.expect_word("to", "write: from 2026-01-01 to 2026-01-31")?;
            let to = self.date()?;
            if to < from {
                self.next -= 1;
                return Err(self.error("the later day comes last", Some("write: from 2026-01-01 to 2026-01-31")));
            }
            AgeTest::During { from, to }
        } else if self.take_word("between") {
            let hint = "write: between 90d and 30d ago";
            let from = self.span()?;
            self.expect_word("and", hint)?;
            let until = self.span()?;
            if from.nominal_millis() <= until.nominal_millis() {
                self.next -= 1;
                return Err(self.error("the farther end comes first", Some(hint)));
            }
            self.expect_word("ago", hint)?;
            AgeTest::Between { from, until }
        } else {
            return Ok(None);
        }))
    }
}

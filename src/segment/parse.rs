//! Tokens into an expression, by recursive descent.

use crate::model::{AttributeName, CouponName, Name, NameError, SegmentName, Span, TagName};

use super::json::MAX_DEPTH;
use super::lex::{Placed, Token, lex};
use super::syntax::{AgeTest, Atom, Comparison, CouponState, End, Expr, LineState, Literal, Window};

/// The longest expression, in bytes of text.
pub const MAX_TEXT_BYTES: usize = 64 * 1024;

/// An expression with the places of its atoms.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parsed {
    /// The expression.
    pub expr: Expr,
    /// For each atom, from left to right, the byte of the text at which it begins.
    pub places: Vec<usize>,
}

impl Expr {
    /// Reads an expression from text. Linear in the length of the text.
    ///
    /// # Errors
    /// The first mistake, with its place and what would be right.
    pub fn parse(text: &str) -> Result<Parsed, ParseError> {
        if text.len() > MAX_TEXT_BYTES {
            let message = format!("an expression of {} bytes: at most {MAX_TEXT_BYTES} are read", text.len());
            return Err(ParseError {
                at: 0,
                column: 1,
                message,
                hint: Some("give parts of it names as segments".into()),
            });
        }
        let mut parser = Parser { text, tokens: lex(text)?, next: 0, depth: 0, places: Vec::new() };
        let expr = parser.any()?;
        match parser.peek() {
            Token::End if expr.depth() > MAX_DEPTH => Err(parser.too_deep()),
            Token::End => Ok(Parsed { expr, places: parser.places }),
            Token::Close => Err(parser.error("this bracket was never opened", None)),
            _ => Err(parser.error("the condition before is complete", Some("join conditions with `and` or `or`"))),
        }
    }
}

/// A mistake in the text of an expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {message}{}", .hint.as_ref().map(|h| format!(" ({h})")).unwrap_or_default())]
#[non_exhaustive]
pub struct ParseError {
    /// The byte at which it stands.
    pub at: usize,
    /// The same as a column, in characters from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub hint: Option<String>,
}

impl ParseError {
    pub(super) fn at(text: &str, at: usize, message: String, hint: Option<String>) -> Self {
        let column = text.get(..at).map_or(1, |before| before.chars().count() + 1);
        Self { at, column, message, hint }
    }
}

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Placed>,
    next: usize,
    depth: usize,
    places: Vec<usize>,
}

impl Parser<'_> {
    fn any(&mut self) -> Result<Expr, ParseError> {
        self.joined("or", Self::all, Expr::Any)
    }

    fn all(&mut self) -> Result<Expr, ParseError> {
        self.joined("and", Self::not, Expr::All)
    }

    fn joined(
        &mut self,
        word: &str,
        part: fn(&mut Self) -> Result<Expr, ParseError>,
        join: fn(Vec<Expr>) -> Expr,
    ) -> Result<Expr, ParseError> {
        let first = part(self)?;
        if !self.is_word(word) {
            return Ok(first);
        }
        let mut parts = vec![first];
        while self.take_word(word) {
            parts.push(part(self)?);
        }
        Ok(join(parts))
    }

    fn not(&mut self) -> Result<Expr, ParseError> {
        if self.is_word("not") {
            return self.deeper(|parser| {
                parser.next += 1;
                Ok(Expr::Not(Box::new(parser.not()?)))
            });
        }
        if *self.peek() == Token::Open {
            return self.deeper(|parser| {
                parser.next += 1;
                let inner = parser.any()?;
                match parser.peek() {
                    Token::Close => {
                        parser.next += 1;
                        Ok(inner)
                    }
                    _ => Err(parser.error("a closing bracket is missing here", None)),
                }
            });
        }
        self.places.push(self.tokens[self.next].at);
        self.atom().map(Expr::Atom)
    }

    fn deeper(&mut self, inner: impl FnOnce(&mut Self) -> Result<Expr, ParseError>) -> Result<Expr, ParseError> {
        // Canonical text opens at most two of these for one level: `not (…)`.
        if self.depth == 2 * MAX_DEPTH {
            return Err(self.too_deep());
        }
        self.depth += 1;
        let expr = inner(self)?;
        self.depth -= 1;
        Ok(expr)
    }

    fn atom(&mut self) -> Result<Atom, ParseError> {
        let Token::Word(word) = self.peek().clone() else {
            let hint = "conditions begin with a word: orders.count, last order, tag, line, segment, an attribute…";
            return Err(self.error("a condition is missing here", Some(hint)));
        };
        self.next += 1;
        match word.as_str() {
            "orders.count" => {
                let window = self.window()?;
                Ok(Atom::OrdersCount { window, is: self.comparison()?, value: self.count()? })
            }
            "orders.total" => {
                let window = self.window()?;
                Ok(Atom::OrdersTotal { window, is: self.comparison()?, value: self.amount()? })
            }
            "order" => Ok(Atom::OrdersCount { window: self.window()?, is: Comparison::AtLeast, value: 1 }),
            "no" => {
                self.expect_word("order", "`no` stands before `order`: no order within 90d")?;
                Ok(Atom::OrdersCount { window: self.window()?, is: Comparison::Equal, value: 0 })
            }
            "first_order" => self.age(End::First),
            "last_order" => self.age(End::Last),
            "first" | "last" => {
                self.expect_word("order", "write: last order older than 30d")?;
                self.age(if word == "first" { End::First } else { End::Last })
            }
            "tag" => self.name(TagName::new).map(Atom::Tag),
            "segment" => self.name(SegmentName::new).map(Atom::Segment),
            "unknown" => self.attribute_name().map(Atom::Unknown),
            "line" => self.line(),
            "route" => {
                let is = self.comparison()?;
                let value = self.quoted()?;
                Ok(Atom::Route { is, value: value.into() })
            }
            "coupon" => {
                let name = self.name(CouponName::new)?;
                Ok(Atom::Coupon { name, state: self.coupon_state()? })
            }
            "attribute" => {
                let name = self.name(AttributeName::new)?;
                self.attribute(name)
            }
            name => {
                let name = AttributeName::new(name).map_err(|e| self.name_error(e))?;
                self.attribute(name)
            }
        }
    }

    fn window(&mut self) -> Result<Window, ParseError> {
        if self.take_word("within") {
            return self.span().map(Window::Within);
        }
        if self.take_word("since") {
            return self.date().map(Window::Since);
        }
        if !self.take_word("between") {
            return Ok(Window::Ever);
        }
        let hint = "write: between 90d and 30d ago";
        let from = self.span()?;
        self.expect_word("and", hint)?;
        let until = self.span()?;
        if from.nominal_millis() <= until.nominal_millis() {
            self.next -= 1;
            return Err(self.error("the farther end comes first", Some(hint)));
        }
        self.expect_word("ago", hint)?;
        Ok(Window::Between { from, until })
    }

    fn age(&mut self, which: End) -> Result<Atom, ParseError> {
        let hint = "write: older than 30d, within 30d, before 2026-01-01 or since 2026-01-01";
        let test = if self.take_word("older") {
            self.expect_word("than", hint)?;
            AgeTest::OlderThan(self.span()?)
        } else if self.take_word("within") {
            AgeTest::Within(self.span()?)
        } else if self.take_word("before") {
            AgeTest::Before(self.date()?)
        } else if self.take_word("since") {
            AgeTest::Since(self.date()?)
        } else {
            return Err(self.error("when the order was is missing here", Some(hint)));
        };
        Ok(Atom::Order { which, test })
    }

    fn line(&mut self) -> Result<Atom, ParseError> {
        let hint = "write: line is following, line is blocked or line is linked";
        self.expect_word("is", hint)?;
        let states =
            [("following", LineState::Following), ("blocked", LineState::Blocked), ("linked", LineState::Linked)];
        for (word, state) in states {
            if self.take_word(word) {
                return Ok(Atom::Line(state));
            }
        }
        Err(self.error("LINE knows no such state", Some(hint)))
    }

    fn coupon_state(&mut self) -> Result<CouponState, ParseError> {
        let states = [
            ("held", CouponState::Held),
            ("unused", CouponState::Unused),
            ("used", CouponState::Used),
            ("expired", CouponState::Expired),
        ];
        for (word, state) in states {
            if self.take_word(word) {
                return Ok(state);
            }
        }
        Err(self.error("the state of the coupon is missing here", Some("write: held, unused, used or expired")))
    }

    fn attribute(&mut self, name: AttributeName) -> Result<Atom, ParseError> {
        let is = self.comparison()?;
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
        Ok(Atom::Attribute { name, is, value })
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

    fn comparison(&mut self) -> Result<Comparison, ParseError> {
        if let Token::Sign(sign) = self.peek()
            && let Some(is) = Comparison::from_sign(sign)
        {
            self.next += 1;
            return Ok(is);
        }
        let hint = match &self.tokens[self.next - 1].token {
            Token::Word(word) if !word.starts_with("orders.") && word != "route" => {
                format!("`{word}` is read as an attribute, which needs a comparison")
            }
            _ => "write one of = != < <= > >=".into(),
        };
        Err(self.error("a comparison is missing here", Some(&hint)))
    }

    fn count(&mut self) -> Result<u32, ParseError> {
        if let Token::Number(number) = self.peek()
            && let Some(count) = number.scaled(0).and_then(|n| u32::try_from(n).ok())
        {
            self.next += 1;
            return Ok(count);
        }
        Err(self.error("a whole number from 0 is needed here", None))
    }

    fn amount(&mut self) -> Result<crate::model::Decimal, ParseError> {
        if let Token::Number(number) = *self.peek() {
            self.next += 1;
            return Ok(number);
        }
        Err(self.error("an amount of money is needed here", Some("write it as a number, such as 100000")))
    }

    fn span(&mut self) -> Result<Span, ParseError> {
        if let Token::Span(span) = *self.peek() {
            self.next += 1;
            return Ok(span);
        }
        Err(self.error("a length of time is needed here", Some("write it as 30d, 1d12h or 45m")))
    }

    fn date(&mut self) -> Result<crate::model::Date, ParseError> {
        if let Token::Date(date) = *self.peek() {
            self.next += 1;
            return Ok(date);
        }
        Err(self.error("a date is needed here", Some("write it as 2026-01-31")))
    }

    fn name<T>(&mut self, make: fn(&str) -> Result<T, NameError>) -> Result<T, ParseError> {
        let text = self.quoted()?;
        make(&text).map_err(|e| {
            self.next -= 1;
            self.name_error(e)
        })
    }

    fn quoted(&mut self) -> Result<String, ParseError> {
        if let Token::Text(text) = self.peek().clone() {
            self.next += 1;
            return Ok(text);
        }
        Err(self.error("a quoted name is needed here", Some("write it as 'VIP'")))
    }

    fn too_deep(&self) -> ParseError {
        self.error(&format!("nested more than {MAX_DEPTH} deep"), Some("give inner parts names as segments"))
    }

    fn name_error(&self, error: NameError) -> ParseError {
        self.error(&error.to_string(), None)
    }

    fn peek(&self) -> &Token {
        &self.tokens[self.next].token
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Token::Word(w) if w.eq_ignore_ascii_case(word))
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.next += usize::from(found);
        found
    }

    fn expect_word(&mut self, word: &str, hint: &str) -> Result<(), ParseError> {
        if self.take_word(word) { Ok(()) } else { Err(self.error(&format!("`{word}` is missing here"), Some(hint))) }
    }

    /// An error at the token that comes next.
    fn error(&self, message: &str, hint: Option<&str>) -> ParseError {
        ParseError::at(self.text, self.tokens[self.next].at, message.into(), hint.map(Into::into))
    }
}

/// Can the attribute stand without the word `attribute` and quotes?
pub(super) fn is_plain(name: &AttributeName) -> bool {
    const WORDS: [&str; 16] = [
        "orders.count",
        "orders.total",
        "order",
        "no",
        "first_order",
        "last_order",
        "first",
        "last",
        "tag",
        "segment",
        "unknown",
        "line",
        "route",
        "coupon",
        "attribute",
        "not",
    ];
    let text = name.as_str();
    let reserved = WORDS.contains(&text) || ["and", "or", "not"].iter().any(|w| text.eq_ignore_ascii_case(w));
    let one_word = matches!(lex(text).as_deref(), Ok([Placed { token: Token::Word(word), .. }, _]) if word == text);
    one_word && !reserved && Name::new(text).is_ok()
}

//! Tokens into an expression, by recursive descent: the connectives, and what all conditions share.

mod condition;
mod occurrences;
mod value;

use crate::model::{Date, NameError, Span};

use super::compile::nearest;
use super::json::MAX_DEPTH;
use super::lex::{Placed, Token, lex};

use super::syntax::Expr;
pub(super) use condition::is_plain;

/// What a condition may go on with, or be joined by.
const JOINTS: [&str; 16] = [
    "and", "or", "within", "older", "since", "before", "between", "from", "of", "with", "then", "without", "at",
    "exactly", "ever", "ago",
];

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
            _ => Err(parser.goes_on()),
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
        self.condition().map(Expr::Atom)
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

    fn span(&mut self) -> Result<Span, ParseError> {
        if let Token::Span(span) = *self.peek() {
            self.next += 1;
            return Ok(span);
        }
        Err(self.error("a length of time is needed here", Some("write it as 30d, 1d12h or 45m")))
    }

    fn date(&mut self) -> Result<Date, ParseError> {
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

    /// Is this the word after the next token?
    fn is_word_after(&self, word: &str) -> bool {
        let token = self.tokens.get(self.next + 1).map(|placed| &placed.token);
        matches!(token, Some(Token::Word(w)) if w.eq_ignore_ascii_case(word))
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.next += usize::from(found);
        found
    }

    fn expect_word(&mut self, word: &str, hint: &str) -> Result<(), ParseError> {
        if self.take_word(word) { Ok(()) } else { Err(self.error(&format!("`{word}` is missing here"), Some(hint))) }
    }

    /// What comes next belongs to nothing: most often a word that is misspelt.
    fn goes_on(&self) -> ParseError {
        let near = match self.peek() {
            Token::Word(word) => nearest(word, JOINTS.into_iter()),
            _ => None,
        };
        let hint = near.map_or("join conditions with `and` or `or`".into(), |near| format!("did you mean `{near}`?"));
        self.error("the condition before is complete", Some(&hint))
    }

    /// An error at the token that comes next.
    fn error(&self, message: &str, hint: Option<&str>) -> ParseError {
        ParseError::at(self.text, self.tokens[self.next].at, message.into(), hint.map(Into::into))
    }
}

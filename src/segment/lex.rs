//! Text into tokens.

use crate::model::{Date, Decimal, Span, parse_date};

use super::parse::ParseError;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Word(String),
    Text(String),
    Number(Decimal),
    Span(Span),
    Date(Date),
    Sign(&'static str),
    Open,
    Close,
    End,
}

/// A token and the byte at which it begins.
pub(super) struct Placed {
    pub(super) token: Token,
    pub(super) at: usize,
}

/// Every token of `text`, an `End` last.
pub(super) fn lex(text: &str) -> Result<Vec<Placed>, ParseError> {
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let at = text.len() - rest.len();
        let (token, length) =
            next(rest).map_err(|(offset, message, hint)| ParseError::at(text, at + offset, message, hint))?;
        let done = token == Token::End;
        tokens.push(Placed { token, at });
        if done {
            return Ok(tokens);
        }
        rest = &rest[length..];
    }
}

type LexError = (usize, String, Option<String>);

/// The token `rest` begins with and its length in bytes.
fn next(rest: &str) -> Result<(Token, usize), LexError> {
    let Some(first) = rest.chars().next() else { return Ok((Token::End, 0)) };
    match fold(first) {
        '(' => Ok((Token::Open, first.len_utf8())),
        ')' => Ok((Token::Close, first.len_utf8())),
        '\'' | '"' | '‘' | '’' | '“' | '”' => quoted(rest, first),
        '=' | '!' | '<' | '>' | '≠' | '≦' | '≧' | '≤' | '≥' => sign(rest, first),
        '-' | '0'..='9' => number(rest),
        c if c.is_alphabetic() || c == '_' => Ok(word(rest)),
        other => Err((0, format!("`{other}` has no meaning here"), Some("quote names: tag 'VIP'".into()))),
    }
}

/// A quote opened by an ASCII quote ends at the same one; one opened by a typographic quote ends at its partner.
/// The closing quote is written twice to stand for itself.
fn quoted(rest: &str, open: char) -> Result<(Token, usize), LexError> {
    let close = match open {
        '‘' | '’' => '’',
        '“' | '”' => '”',
        '＇' => '＇',
        '＂' => '＂',
        same => same,
    };
    let mut text = String::new();
    let mut inside = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = inside.next() {
        if c != close {
            text.push(c);
        } else if inside.peek().is_some_and(|(_, next)| *next == close) {
            text.push(close);
            inside.next();
        } else {
            return Ok((Token::Text(text), at + c.len_utf8()));
        }
    }
    Err((0, "this quote is not closed".into(), Some(format!("write {close} after the name"))))
}

fn sign(rest: &str, first: char) -> Result<(Token, usize), LexError> {
    let second = rest[first.len_utf8()..].chars().next();
    let two = first.len_utf8() + second.map_or(0, char::len_utf8);
    let one = first.len_utf8();
    Ok(match (fold(first), second.map(fold)) {
        ('!', Some('=')) => (Token::Sign("!="), two),
        ('<', Some('>')) => (Token::Sign("!="), two),
        ('<', Some('=')) => (Token::Sign("<="), two),
        ('>', Some('=')) => (Token::Sign(">="), two),
        ('=', Some('=')) => (Token::Sign("="), two),
        ('≠', _) => (Token::Sign("!="), one),
        ('≦' | '≤', _) => (Token::Sign("<="), one),
        ('≧' | '≥', _) => (Token::Sign(">="), one),
        ('<', _) => (Token::Sign("<"), one),
        ('>', _) => (Token::Sign(">"), one),
        ('=', _) => (Token::Sign("="), one),
        _ => return Err((0, "`!` stands only before `=`".into(), Some("write `not` to negate a condition".into()))),
    })
}

/// Numbers, spans (`30d`) and dates (`2026-01-01`) all begin with a digit.
fn number(rest: &str) -> Result<(Token, usize), LexError> {
    let mut folded = String::new();
    let mut length = 0;
    for c in rest.chars().take(64) {
        let plain = fold(c);
        let belongs = plain.is_ascii_alphanumeric() || plain == '.' || plain == '-' || plain == ',';
        if !belongs {
            break;
        }
        length += c.len_utf8();
        if plain != ',' {
            folded.push(plain);
        }
    }
    if let Ok(number) = folded.parse() {
        return Ok((Token::Number(number), length));
    }
    if let Ok(span) = folded.parse() {
        return Ok((Token::Span(span), length));
    }
    if let Some(date) = parse_date(&folded) {
        return Ok((Token::Date(date), length));
    }
    let hint = "numbers are written 1280 or 24.5, spans 30d or 1d12h, dates 2026-01-31";
    Err((0, format!("`{folded}` is no number, span or date"), Some(hint.into())))
}

fn word(rest: &str) -> (Token, usize) {
    let mut folded = String::new();
    let mut length = 0;
    for c in rest.chars() {
        let plain = fold(c);
        if !(plain.is_alphanumeric() || plain == '_' || plain == '.') {
            break;
        }
        length += c.len_utf8();
        folded.push(plain);
    }
    (Token::Word(folded), length)
}

/// Full-width ASCII, as a Japanese keyboard gives it, is read as ASCII.
fn fold(c: char) -> char {
    match c {
        '！'..='～' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        other => other,
    }
}

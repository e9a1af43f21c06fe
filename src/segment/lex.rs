//! Text into tokens.

use crate::model::{Date, Decimal, Rate, Span, half_width, parse_date};

use super::parse::ParseError;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Word(String),
    Text(String),
    Number(Decimal),
    Rate(Rate),
    Span(Span),
    Date(Date),
    Sign(&'static str),
    Open,
    Close,
    Comma,
    End,
}

/// A token and the byte at which it begins.
pub(super) struct Placed {
    pub(super) token: Token,
    pub(super) at: usize,
}

/// Every token of `text`, an `End` last.
pub(super) fn lex(text: &str) -> Result<Vec<Placed>, ParseError> {
    let mut tokens: Vec<Placed> = Vec::new();
    let mut rest = text;
    // Between `in (` and its end a comma separates numbers; elsewhere it sets thousands apart.
    let mut in_list = false;
    loop {
        rest = rest.trim_start();
        let at = text.len() - rest.len();
        let (token, length) =
            next(rest, in_list).map_err(|(offset, message, hint)| ParseError::at(text, at + offset, message, hint))?;
        in_list = match (&token, tokens.last().map(|before| &before.token)) {
            (Token::Open, Some(Token::Word(word))) => word.eq_ignore_ascii_case("in"),
            (Token::Open | Token::Close, _) => false,
            _ => in_list,
        };
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
fn next(rest: &str, in_list: bool) -> Result<(Token, usize), LexError> {
    let Some(first) = rest.chars().next() else { return Ok((Token::End, 0)) };
    match half_width(first) {
        '(' => Ok((Token::Open, first.len_utf8())),
        ')' => Ok((Token::Close, first.len_utf8())),
        ',' | '、' => Ok((Token::Comma, first.len_utf8())),
        '\'' | '"' | '‘' | '’' | '“' | '”' => quoted(rest, first),
        '=' | '!' | '<' | '>' | '≠' | '≦' | '≧' | '≤' | '≥' => sign(rest, first),
        '-' | '0'..='9' => number(written_number(rest, in_list), in_list),
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
    Ok(match (half_width(first), second.map(half_width)) {
        ('!', Some('=')) => (Token::Sign("!="), two),
        ('<', Some('>')) => (Token::Sign("!="), two),
        ('<', Some('=')) => (Token::Sign("<="), two),
        ('>', Some('=')) => (Token::Sign(">="), two),
        ('=', Some('=')) => (Token::Sign("="), two),
        ('=', Some('>')) => return Err((0, "`=>` is no comparison".into(), Some("write >=".into()))),
        ('=', Some('<')) => return Err((0, "`=<` is no comparison".into(), Some("write <=".into()))),
        ('≠', _) => (Token::Sign("!="), one),
        ('≦' | '≤', _) => (Token::Sign("<="), one),
        ('≧' | '≥', _) => (Token::Sign(">="), one),
        ('<', _) => (Token::Sign("<"), one),
        ('>', _) => (Token::Sign(">"), one),
        ('=', _) => (Token::Sign("="), one),
        _ => return Err((0, "`!` stands only before `=`".into(), Some("write `not` to negate a condition".into()))),
    })
}

/// What is written without a gap from a digit on, so that a mistake is shown whole: `2026/01/31`, `30日`.
fn written_number(rest: &str, in_list: bool) -> &str {
    let mut folded = rest.char_indices().map(|(at, c)| (at, half_width(c))).take(64).peekable();
    while let Some((at, c)) = folded.next() {
        let mut before_digit = || folded.peek().is_some_and(|(_, next)| next.is_ascii_digit());
        let belongs = match c {
            ',' => !in_list && before_digit(),
            '.' | '-' | '%' | '/' => true,
            other => other.is_alphanumeric(),
        };
        if !belongs {
            return &rest[..at];
        }
    }
    rest.char_indices().nth(64).map_or(rest, |(end, _)| &rest[..end])
}

/// Numbers, rates (`10%`), spans (`30d`) and dates (`2026-01-01`) all begin with a digit.
fn number(written: &str, in_list: bool) -> Result<(Token, usize), LexError> {
    let length = written.len();
    let folded: String = written.chars().map(half_width).collect();
    let no_number = |hint: &str| Err((0, format!("`{written}` is no number, share, span or date"), Some(hint.into())));
    let is_plain = folded.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b',' | b'.' | b'-'));
    if is_plain && folded.contains(',') && !is_in_thousands(&folded) {
        return no_number("a comma sets thousands apart, as in 1,000; fractions are written 1.5");
    }
    // `in (1,000)` would be 1 and 0.
    if in_list && folded.starts_with('0') && folded[1..].starts_with(|c: char| c.is_ascii_digit()) {
        return no_number("in a list commas separate values: write 1000 for a thousand");
    }
    let plain = folded.replace(',', "");
    if let Ok(number) = plain.parse() {
        return Ok((Token::Number(number), length));
    }
    if let Ok(rate) = plain.parse() {
        return Ok((Token::Rate(rate), length));
    }
    if let Ok(span) = plain.parse() {
        return Ok((Token::Span(span), length));
    }
    if let Some(date) = parse_date(&plain) {
        return Ok((Token::Date(date), length));
    }
    no_number("numbers are written 1280 or 24.5, shares 10%, spans 30d or 1d12h, dates 2026-01-31")
}

/// One to three digits, then groups of three, then a fraction if any.
fn is_in_thousands(number: &str) -> bool {
    let whole = number.strip_prefix('-').unwrap_or(number).split('.').next().unwrap_or_default();
    let digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let (first, groups) = whole.split_once(',').unwrap_or((whole, ""));
    let rest_is_right = groups.split(',').all(|group| group.len() == 3 && digits(group));
    (1..=3).contains(&first.len())
        && digits(first)
        && rest_is_right
        && number.matches(',').count() == whole.matches(',').count()
}

fn word(rest: &str) -> (Token, usize) {
    let mut folded = String::new();
    let mut length = 0;
    for c in rest.chars() {
        let plain = half_width(c);
        if !(plain.is_alphanumeric() || plain == '_' || plain == '.') {
            break;
        }
        length += c.len_utf8();
        folded.push(plain);
    }
    (Token::Word(folded), length)
}

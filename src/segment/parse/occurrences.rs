//! `orders.count of product 'SOAP-1' within 30d >= 2`, `no click 'offer' within 3d`, `cart then no order within 1h`.

use crate::model::{Decimal, EventName, PropertyName};
use crate::segment::lex::Token;
use crate::segment::occurrences::{CouponState, End, Field, Filter, Kind, Measure, Noun, Occurrences, Sequence};
use crate::segment::syntax::{Atom, Comparison, Literal, ValueTest};

use super::{ParseError, Parser};

/// Verbs that say the same as a noun.
const VERBS: [(&str, Noun); 5] = [
    ("viewed", Noun::View),
    ("clicked", Noun::Click),
    ("ordered", Noun::Order),
    ("bought", Noun::Order),
    ("replied", Noun::Reply),
];

pub(super) fn verb(word: &str) -> Option<Noun> {
    VERBS.iter().find(|(verb, _)| *verb == word).map(|(_, noun)| *noun)
}

/// `orders.count` as its two halves.
pub(super) fn measured(word: &str) -> Option<(Noun, &str)> {
    let (many, measure) = word.split_once('.')?;
    let known = matches!(measure, "count" | "total" | "sum" | "distinct");
    Noun::many(many).filter(|_| known).map(|noun| (noun, measure))
}

impl Parser<'_> {
    /// After `orders.count` and its like.
    pub(super) fn measure(&mut self, noun: Noun, measure: &str) -> Result<Atom, ParseError> {
        let measure = match measure {
            "count" => Measure::Count,
            "total" => Measure::Sum(Field::Amount),
            "sum" => Measure::Sum(self.in_brackets()?),
            _ => Measure::Distinct(self.in_brackets()?),
        };
        let of = self.occurrences(noun)?;
        let is = self.comparison()?;
        let value = match measure {
            Measure::Sum(_) => self.number("an amount")?,
            _ => whole(self.count()?),
        };
        Ok(Atom::Measure { of, measure, is, value })
    }

    fn in_brackets(&mut self) -> Result<Field, ParseError> {
        let hint = "write: orders.sum(quantity), orders.distinct(product)";
        if *self.peek() != Token::Open {
            return Err(self.error("what is added up or counted is missing here", Some(hint)));
        }
        self.next += 1;
        let field = self.field()?;
        if *self.peek() != Token::Close {
            return Err(self.error("a closing bracket is missing here", Some(hint)));
        }
        self.next += 1;
        Ok(field)
    }

    /// After `order` and its like: there is one, so many, or one that something else followed.
    pub(super) fn some(&mut self, noun: Noun) -> Result<Atom, ParseError> {
        let mut of = self.what(noun)?;
        let times = self.times()?;
        of.window = self.window()?;
        let times = match times {
            None => self.times()?,
            times => times,
        };
        if let Some((is, value)) = times {
            return Ok(Atom::Measure { of, measure: Measure::Count, is, value: whole(value) });
        }
        if self.take_word("then") {
            return self.sequence(of);
        }
        Ok(Atom::Measure { of, measure: Measure::Count, is: Comparison::AtLeast, value: whole(1) })
    }

    /// After `no`.
    pub(super) fn none(&mut self) -> Result<Atom, ParseError> {
        let noun = self.noun("`no` stands before what did not happen: no order within 90d")?;
        let of = self.occurrences(noun)?;
        Ok(Atom::Measure { of, measure: Measure::Count, is: Comparison::Equal, value: whole(0) })
    }

    /// After `first` or `last` and a noun.
    pub(super) fn ends(&mut self, which: End, noun: Noun) -> Result<Atom, ParseError> {
        let of = self.what(noun)?;
        Ok(Atom::Ends { which, of, test: self.age()? })
    }

    /// After `then`.
    fn sequence(&mut self, first: Occurrences) -> Result<Atom, ParseError> {
        let hint = "write: click 'offer' then order within 3d, or: cart then no order within 1h";
        let came = !self.take_word("no");
        let noun = self.noun(hint)?;
        let then = self.what(noun)?;
        let within = if self.take_word("within") { Some(self.span()?) } else { None };
        if !came && within.is_none() {
            return Err(self.error("how long nothing came is missing here", Some(hint)));
        }
        if !came && self.is_word("without") {
            let message = "`without` goes with what came, and here it is that nothing came";
            return Err(self.error(message, Some(hint)));
        }
        let without = match came && self.take_word("without") {
            true => {
                let noun = self.noun("write: click then order within 3d without reply")?;
                Some(self.what(noun)?)
            }
            false => None,
        };
        Ok(Atom::Sequence(Box::new(Sequence { first, then, came, within, without })))
    }

    /// `at least 2 times`, if it is said.
    fn times(&mut self) -> Result<Option<(Comparison, u32)>, ParseError> {
        let is = if self.take_word("at") {
            let hint = "write: at least 2 times, at most 2 times";
            if self.take_word("most") {
                Comparison::AtMost
            } else {
                self.expect_word("least", hint)?;
                Comparison::AtLeast
            }
        } else if self.take_word("exactly") {
            Comparison::Equal
        } else {
            return Ok(None);
        };
        let count = self.count()?;
        if !self.take_word("time") {
            self.expect_word("times", "write: at least 2 times")?;
        }
        Ok(Some((is, count)))
    }

    fn noun(&mut self, hint: &str) -> Result<Noun, ParseError> {
        if let Token::Word(word) = self.peek()
            && let Some(noun) = Noun::one(word)
        {
            self.next += 1;
            return Ok(noun);
        }
        Err(self.error("what is counted is missing here", Some(hint)))
    }

    fn occurrences(&mut self, noun: Noun) -> Result<Occurrences, ParseError> {
        let mut of = self.what(noun)?;
        of.window = self.window()?;
        Ok(of)
    }

    /// What is counted, without when: the subject, the state of a coupon, the filters.
    fn what(&mut self, noun: Noun) -> Result<Occurrences, ParseError> {
        let mut filters = Vec::new();
        let mut kind = match noun {
            Noun::Order => Kind::Order,
            Noun::Cart => Kind::Cart,
            Noun::View => Kind::View,
            Noun::Click => Kind::Click,
            Noun::Reply => Kind::Reply,
            Noun::Postback => Kind::Postback,
            Noun::Message => Kind::Message,
            Noun::Delivery => Kind::Delivery,
            Noun::Coupon => Kind::Coupon(CouponState::Held),
            Noun::Event => Kind::Event(self.name(EventName::new)?),
        };
        if let (Some(field), Token::Text(text)) = (noun.subject(), self.peek().clone()) {
            self.next += 1;
            filters.push(equals(field, text));
        } else if let Token::Word(word) = self.peek()
            && let Some(field @ (Field::Product | Field::Category)) = Field::from_word(word)
        {
            // `viewed category 'skincare'` as people say it.
            self.next += 1;
            let text = self.quoted()?;
            filters.push(equals(field, text));
        }
        if let Kind::Coupon(state) = &mut kind {
            *state = self.coupon_state()?;
        }
        loop {
            if self.take_word("of") {
                let field = self.field()?;
                let test = if self.is_word("in") { self.value_test()? } else { is(self.quoted()?) };
                filters.push(Filter { field, test });
            } else if self.take_word("with") {
                let field = self.field()?;
                filters.push(Filter { field, test: self.value_test()? });
            } else {
                return Ok(Occurrences { kind, filters, window: None });
            }
        }
    }

    fn field(&mut self) -> Result<Field, ParseError> {
        if let Token::Word(word) = self.peek().clone() {
            self.next += 1;
            if word == "property" {
                return self.name(PropertyName::new).map(Field::Property);
            }
            return match Field::from_word(&word) {
                Some(field) => Ok(field),
                None => PropertyName::new(&word).map(Field::Property).map_err(|e| self.name_error(e)),
            };
        }
        let hint = "write: product, category, amount, link, scenario…, or a property of the shop's own";
        Err(self.error("what is asked about is missing here", Some(hint)))
    }

    fn coupon_state(&mut self) -> Result<CouponState, ParseError> {
        let hint = "write: held, unused, used, expired or expires within 3d";
        if self.take_word("expires") {
            self.expect_word("within", hint)?;
            return self.span().map(CouponState::Expires);
        }
        for (state, word) in CouponState::NAMED {
            if self.take_word(word) {
                // `unused and expires within 3d` is one thing to say of one coupon.
                if state == CouponState::Unused && self.is_word("and") && self.is_word_after("expires") {
                    self.next += 2;
                    self.expect_word("within", hint)?;
                    return self.span().map(CouponState::Expires);
                }
                return Ok(state);
            }
        }
        Err(self.error("the state of the coupon is missing here", Some(hint)))
    }
}

fn equals(field: Field, text: String) -> Filter {
    Filter { field, test: is(text) }
}

fn is(text: String) -> ValueTest {
    ValueTest::Is(Comparison::Equal, Literal::Text(text.into()))
}

fn whole(count: u32) -> Decimal {
    Decimal::whole(i64::from(count)).expect("ten digits fit into eighteen")
}

//! Occurrences: what they are of, what is asked of them, how far back.

use crate::model::{Activity, CouponName, History, MessageName, ScenarioName, Span, ValueKind};
use crate::segment::ends::Ends;
use crate::segment::followed::Followed;
use crate::segment::looks_back::Reach;
use crate::segment::meter::{BILLIONTHS, Meter, Metered};
use crate::segment::occurrences::{CouponState, End, Field, Filter, Kind, Measure, Noun, Occurrences, Sequence};
use crate::segment::predicate::Node;
use crate::segment::range::Range;
use crate::segment::source::{Check, GoodsCheck, Kept, Source};
use crate::segment::syntax::{AgeTest, Comparison, Literal, ValueTest};
use crate::segment::{AttributeType, Schema};

use super::values::{money, of_money, of_number, of_text, typed};
use super::{Compiler, Fault, Problem, unknown};

impl Compiler<'_> {
    pub(super) fn measure(
        &mut self,
        of: &Occurrences,
        measure: &Measure,
        is: Comparison,
        value: crate::model::Decimal,
    ) -> Result<Node, Fault> {
        let source = self.source(of)?;
        let window = self.window(of)?;
        let in_pieces = value.scaled_wide(BILLIONTHS);
        let whole = in_pieces / 10_i128.pow(u32::from(BILLIONTHS));
        if let (true, Measure::Count) = (source.is_all_orders(), measure) {
            let value = usize::try_from(whole).unwrap_or(usize::MAX);
            return Ok(Node::OrdersCount { window, is, value });
        }
        let (what, value) = match measure {
            Measure::Count | Measure::Distinct(_)
                if matches!(source.kept, Kept::Done(_)) && is_past_memory(is, whole) =>
            {
                return Err((Problem::TooMany, None));
            }
            Measure::Count => (Metered::Count, whole),
            Measure::Distinct(field) => {
                has_field(&of.kind, field, self.schema)?;
                if !matches!(field, Field::Day) && matches!(field, Field::Quantity | Field::Price | Field::Amount) {
                    let hint = Some("different ones are counted of names and days, not of numbers".into());
                    return Err((Problem::Field { field: format!("different {field}"), of: noun(&of.kind) }, hint));
                }
                (Metered::Distinct(field.clone()), whole)
            }
            Measure::Sum(field) => {
                has_field(&of.kind, field, self.schema)?;
                match field {
                    Field::Amount => (Metered::Amount, i128::from(money(value, self.schema)?.minor())),
                    // A sum of pieces is whole, and compares with a fraction as with what lies around it.
                    Field::Quantity => (Metered::Quantity, self.pieces(value)?),
                    Field::Property(name) => match property(&of.kind, field, self.schema)?.kind() {
                        ValueKind::Number => (Metered::Property(name.clone()), in_pieces),
                        _ => return Err((Problem::Sum { field: field.to_string() }, None)),
                    },
                    _ => return Err((Problem::Sum { field: field.to_string() }, None)),
                }
            }
        };
        if let (true, Metered::Amount) = (source.is_all_orders(), &what) {
            let value = money_of(value);
            return Ok(Node::OrdersTotal { window, is, value });
        }
        Ok(Node::Meter(Box::new(Meter { source, window, what, is, value })))
    }

    fn pieces(&self, value: crate::model::Decimal) -> Result<i128, Fault> {
        match value.scaled(0) {
            Some(whole) => Ok(i128::from(whole)),
            None => {
                let problem = Problem::Test { what: "the quantity".into(), test: "compares with a fraction" };
                Err((problem, Some("pieces are whole".into())))
            }
        }
    }

    pub(super) fn ends(&mut self, which: End, of: &Occurrences, test: AgeTest) -> Result<Node, Fault> {
        has_instant(&of.kind)?;
        let source = self.source(of)?;
        let window = Range::of(test, &self.schema.zone);
        // To know which was first one must know all; to know that the last is old, that one.
        let reach = match (which, test) {
            (End::Last, AgeTest::Within(_) | AgeTest::Between { .. } | AgeTest::Since(_) | AgeTest::During { .. }) => {
                reach(Some(test), &self.schema.zone)
            }
            _ => Reach::Forever,
        };
        self.remember(&of.kind, reach);
        Ok(match source.is_all_orders() {
            true => Node::Order { which, window },
            false => Node::Ends(Box::new(Ends { which, source, window })),
        })
    }

    pub(super) fn sequence(&mut self, sequence: &Sequence) -> Result<Node, Fault> {
        let reach = reach(sequence.first.window, &self.schema.zone);
        let window = self.window(&sequence.first)?;
        let mut source = |of: &Occurrences| {
            has_instant(&of.kind)?;
            self.remember(&of.kind, reach);
            self.source(of)
        };
        Ok(Node::Followed(Box::new(Followed {
            first: source(&sequence.first)?,
            window,
            then: source(&sequence.then)?,
            came: sequence.came,
            within: sequence.within,
            without: sequence.without.as_ref().map(source).transpose()?,
        })))
    }

    fn window(&mut self, of: &Occurrences) -> Result<Range, Fault> {
        if let (Kind::Coupon(CouponState::Expires(_)), Some(_)) = (&of.kind, of.window) {
            return Err((Problem::NoInstant { state: "expires soon" }, Some("it says itself when".into())));
        }
        self.remember(&of.kind, reach(of.window, &self.schema.zone));
        Ok(of.window.map_or(Range::Ever, |test| Range::of(test, &self.schema.zone)))
    }

    fn remember(&mut self, kind: &Kind, reach: Reach) {
        match kept(kind) {
            Kept::Done(activity) => self.looks_back.at_activity(activity, reach),
            Kept::Sent => self.looks_back.at_messages(reach),
            Kept::Delivered => {
                // What is asked is when it arrived, and it may have left a day before.
                self.looks_back.at_messages(match reach {
                    Reach::For(span) => {
                        let days = span.whole_days().saturating_add(2);
                        Reach::For(Span::minutes(days.saturating_mul(24 * 60).saturating_add(span.rest_minutes())))
                    }
                    _ => Reach::Forever,
                });
                self.looks_back.deliveries = true;
            }
            Kept::Orders | Kept::Coupons(_) => {}
        }
    }

    fn source(&self, of: &Occurrences) -> Result<Source, Fault> {
        let schema = self.schema;
        if let Kind::Event(name) = &of.kind
            && !schema.events.contains_key(name)
        {
            return Err(unknown("event", name.as_str(), schema.events.keys().map(|known| known.as_str())));
        }
        let (mut whole, mut goods) = (Vec::new(), Vec::new());
        for Filter { field, test } in &of.filters {
            has_field(&of.kind, field, schema)?;
            match field {
                Field::Product => goods.push(GoodsCheck::Product(of_text("product", test, schema)?)),
                Field::Category => goods.push(GoodsCheck::Category(of_text("category", test, schema)?)),
                Field::Quantity => {
                    let (is, number) = of_number("quantity", test)?;
                    let number = i64::try_from(self.pieces(number)?).unwrap_or(i64::MAX);
                    goods.push(GoodsCheck::Quantity(is, number));
                }
                Field::Price => {
                    let (is, price) = of_money("price", test, schema)?;
                    goods.push(GoodsCheck::Price(is, price));
                }
                Field::Amount => {
                    let (is, amount) = of_money("amount", test, schema)?;
                    whole.push(Check::Amount(is, amount));
                }
                Field::Property(name) => {
                    let known = property(&of.kind, field, schema)?;
                    let test = typed(&format!("property '{name}'"), known, test, schema)?;
                    whole.push(Check::Property(name.clone(), test));
                }
                Field::Day => {
                    let hint = Some("days are given by the window: from 2026-01-01 to 2026-01-31".into());
                    return Err((Problem::Field { field: "day to compare".into(), of: noun(&of.kind) }, hint));
                }
                Field::Link
                | Field::Text
                | Field::Data
                | Field::Message
                | Field::Scenario
                | Field::Class
                | Field::Coupon => {
                    declared(field, test, schema)?;
                    let word = field.word().unwrap_or_default();
                    whole.push(Check::Text(field.clone(), of_text(word, test, schema)?));
                }
            }
        }
        Ok(Source { kept: kept(&of.kind), whole: whole.into(), goods: goods.into() })
    }
}

/// Of a thousand that are remembered it can be told that they are a thousand or more, and that they are fewer.
fn is_past_memory(is: Comparison, count: i128) -> bool {
    let kept = History::KEPT as i128;
    count > kept || count == kept && !matches!(is, Comparison::AtLeast | Comparison::Less)
}

fn money_of(minor: i128) -> crate::model::Money {
    crate::model::Money::from_minor(i64::try_from(minor).unwrap_or(i64::MAX))
}

fn reach(window: Option<AgeTest>, zone: &crate::model::Zone) -> Reach {
    match window {
        Some(AgeTest::Within(span) | AgeTest::Between { from: span, .. }) => Reach::For(span),
        Some(AgeTest::Since(date) | AgeTest::During { from: date, .. }) => Reach::Since(zone.start_of(date)),
        Some(AgeTest::OlderThan(_) | AgeTest::Before(_)) | None => Reach::Forever,
    }
}

fn kept(kind: &Kind) -> Kept {
    match kind {
        Kind::Order => Kept::Orders,
        Kind::Cart => Kept::Done(Activity::Cart),
        Kind::View => Kept::Done(Activity::View),
        Kind::Click => Kept::Done(Activity::Click),
        Kind::Reply => Kept::Done(Activity::Reply),
        Kind::Postback => Kept::Done(Activity::Postback),
        Kind::Event(name) => Kept::Done(Activity::Event(name.clone())),
        Kind::Message => Kept::Sent,
        Kind::Delivery => Kept::Delivered,
        Kind::Coupon(state) => Kept::Coupons(*state),
    }
}

fn noun(kind: &Kind) -> &'static str {
    Noun::of(kind).plural()
}

/// Only what is at an instant can be first, last, or followed.
fn has_instant(kind: &Kind) -> Result<(), Fault> {
    let state = match kind {
        Kind::Coupon(CouponState::Unused) => "is unused",
        Kind::Coupon(CouponState::Expires(_)) => "expires soon",
        _ => return Ok(()),
    };
    Err((Problem::NoInstant { state }, Some("ask for held, used or expired".into())))
}

fn has_field(kind: &Kind, field: &Field, schema: &Schema) -> Result<(), Fault> {
    if let Field::Property(_) = field {
        return property(kind, field, schema).map(|_| ());
    }
    let has = field.word().is_some_and(|word| fields(kind).contains(&word));
    if has { Ok(()) } else { Err(no_field(kind, field)) }
}

/// The words for what is known of each, beside the shop's own properties.
fn fields(kind: &Kind) -> &'static [&'static str] {
    match kind {
        Kind::Order | Kind::Cart => &["product", "category", "quantity", "price", "amount", "day"],
        Kind::View => &["product", "category", "day"],
        Kind::Click => &["link", "day"],
        Kind::Reply => &["text", "day"],
        Kind::Postback => &["data", "day"],
        Kind::Message | Kind::Delivery => &["message", "scenario", "class", "day"],
        Kind::Coupon(_) => &["coupon", "day"],
        Kind::Event(_) => &["day"],
    }
}

fn no_field(kind: &Kind, field: &Field) -> Fault {
    let own = matches!(kind, Kind::Order | Kind::Event(_)).then_some("properties of the shop's own");
    let known: Vec<&str> = fields(kind).iter().copied().chain(own).collect();
    (Problem::Field { field: field.to_string(), of: noun(kind) }, Some(format!("they have {}", known.join(", "))))
}

fn property<'s>(kind: &Kind, field: &Field, schema: &'s Schema) -> Result<&'s AttributeType, Fault> {
    let declared = match kind {
        Kind::Order => &schema.order_properties,
        Kind::Event(name) => match schema.events.get(name) {
            Some(declared) => declared,
            None => return Err(unknown("event", name.as_str(), schema.events.keys().map(|known| known.as_str()))),
        },
        _ => return Err(no_field(kind, field)),
    };
    let Field::Property(name) = field else {
        return Err(no_field(kind, field));
    };
    declared.get(name).ok_or_else(|| {
        let names = || declared.keys().map(|known| known.as_str()).chain(fields(kind).iter().copied());
        let (problem, near) = unknown("property", name.as_str(), names());
        (problem, near.or_else(|| Some(format!("they have {}", names().take(20).collect::<Vec<_>>().join(", ")))))
    })
}

/// Names of the playbook must be in it.
fn declared(field: &Field, test: &ValueTest, schema: &Schema) -> Result<(), Fault> {
    let texts = match test {
        ValueTest::Is(_, Literal::Text(text)) => vec![text],
        ValueTest::In(values) => {
            values.iter().filter_map(|v| if let Literal::Text(t) = v { Some(t) } else { None }).collect()
        }
        _ => return Ok(()),
    };
    for text in texts {
        let text: &str = text;
        match field {
            Field::Message if !schema.messages.contains(text) => {
                return Err(unknown("message", text, schema.messages.iter().map(MessageName::as_str)));
            }
            Field::Scenario if !schema.scenarios.contains(text) => {
                return Err(unknown("scenario", text, schema.scenarios.iter().map(ScenarioName::as_str)));
            }
            Field::Coupon if !schema.coupons.contains(text) => {
                return Err(unknown("coupon", text, schema.coupons.iter().map(CouponName::as_str)));
            }
            Field::Class if !["promotional", "transactional"].contains(&text) => {
                return Err(unknown("class of messages", text, ["promotional", "transactional"].into_iter()));
            }
            _ => {}
        }
    }
    Ok(())
}

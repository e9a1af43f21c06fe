//! Tests of values, checked against the type of what is tested.

use crate::model::{Decimal, Money, Value, ValueKind};
use crate::segment::syntax::{Comparison, Literal, ValueTest};
use crate::segment::test::Test;
use crate::segment::{AttributeType, Schema};

use super::{Fault, Problem};

/// A test of something declared to be of a type.
pub(super) fn typed(what: &str, known: &AttributeType, test: &ValueTest, schema: &Schema) -> Result<Test, Fault> {
    let value = |literal: &Literal| typed_value(what, known, literal, schema);
    let texts = matches!(known, AttributeType::Of(ValueKind::Text));
    match test {
        _ if known.kind() == ValueKind::List && !matches!(test, ValueTest::Contains(_)) => {
            let hint = format!("write: {what} contains 'a'");
            Err((Problem::Test { what: what.into(), test: verb(test) }, Some(hint)))
        }
        ValueTest::Is(is, literal) => {
            let value = value(literal)?;
            if matches!(known.kind(), ValueKind::Text | ValueKind::Flag) {
                needs_no_order(*is, format!("a {}", known.kind()))?;
            }
            Ok(Test::Is(*is, value))
        }
        ValueTest::In(literals) => {
            let mut values = literals.iter().map(value).collect::<Result<Vec<_>, _>>()?;
            values.sort_unstable();
            Ok(Test::In(values.into()))
        }
        ValueTest::Contains(text) if texts || known.kind() == ValueKind::List => Ok(Test::Contains(text.clone())),
        ValueTest::StartsWith(text) if texts => Ok(Test::StartsWith(text.clone())),
        ValueTest::Contains(_) | ValueTest::StartsWith(_) => {
            Err((Problem::Test { what: what.into(), test: verb(test) }, None))
        }
    }
}

/// A test of a text that is not declared: a product, a link, a route.
pub(super) fn of_text(what: &str, test: &ValueTest, schema: &Schema) -> Result<Test, Fault> {
    if let ValueTest::Is(is, _) = test {
        needs_no_order(*is, format!("a {what}"))?;
    }
    typed(&format!("the {what}"), &AttributeType::Of(ValueKind::Text), test, schema)
}

/// A comparison of money.
pub(super) fn of_money(what: &str, test: &ValueTest, schema: &Schema) -> Result<(Comparison, Money), Fault> {
    let (is, number) = of_number(what, test)?;
    Ok((is, money(number, schema)?))
}

/// A comparison of a number.
pub(super) fn of_number(what: &str, test: &ValueTest) -> Result<(Comparison, Decimal), Fault> {
    match test {
        ValueTest::Is(is, Literal::Number(number)) => Ok((*is, *number)),
        ValueTest::Is(_, literal) => {
            let (is, written) = (ValueKind::Number, as_value(literal).kind());
            Err((Problem::Kind { what: format!("the {what}"), is, written }, spelling(is)))
        }
        other => {
            let hint = Some(format!("compare it with one number, as in: with {what} >= 2"));
            Err((Problem::Test { what: format!("the {what}"), test: verb(other) }, hint))
        }
    }
}

pub(super) fn money(number: Decimal, schema: &Schema) -> Result<Money, Fault> {
    schema.currency.money(number).map_err(|e| (Problem::Money(e), None))
}

fn typed_value(what: &str, known: &AttributeType, literal: &Literal, schema: &Schema) -> Result<Value, Fault> {
    let value = as_value(literal);
    if value.kind() != known.kind() {
        let (is, written) = (known.kind(), value.kind());
        return Err((Problem::Kind { what: what.into(), is, written }, spelling(is)));
    }
    match (known, &value) {
        (AttributeType::Choice(choices), Value::Text(text)) if !choices.contains(text) => {
            let all: Vec<_> = choices.iter().take(12).map(|c| format!("'{c}'")).collect();
            let hint = format!("it is one of {}", all.join(", "));
            Err((Problem::Choice { what: what.into(), value: text.to_string() }, Some(hint)))
        }
        (AttributeType::Money, Value::Number(number)) => money(*number, schema).map(|_| value),
        _ => Ok(value),
    }
}

/// How a value of a kind is written.
fn spelling(kind: ValueKind) -> Option<String> {
    let spelling = match kind {
        ValueKind::Flag => "write true or false, without quotes",
        ValueKind::Number => "numbers are written without quotes: 24.5",
        ValueKind::Date => "dates are written without quotes: 2026-01-31",
        ValueKind::Text => "texts are quoted: 'a'",
        ValueKind::List => return None,
    };
    Some(spelling.into())
}

fn as_value(literal: &Literal) -> Value {
    match literal {
        Literal::Text(text) => Value::Text(text.clone()),
        Literal::Number(number) => Value::Number(*number),
        Literal::Date(date) => Value::Date(*date),
        Literal::Flag(yes) => Value::Flag(*yes),
    }
}

fn needs_no_order(is: Comparison, what: String) -> Result<(), Fault> {
    if is.needs_order() {
        return Err((Problem::Unordered { sign: is.sign(), what }, Some("use = or !=".into())));
    }
    Ok(())
}

fn verb(test: &ValueTest) -> &'static str {
    match test {
        ValueTest::Is(..) => "compares with one value",
        ValueTest::In(_) => "is in a list",
        ValueTest::Contains(_) => "contains a text",
        ValueTest::StartsWith(_) => "starts with a text",
    }
}

//! Whether the cells of a column are what they are said to be.

use crate::model::{Date, Decimal, Timestamp};

use super::column::{MOST_UNITS, days};
use super::columns::{Bits, Cells, Field, Texts, Values};
use super::fault::{ColumnError, ColumnFault};

/// Checks one column, so that taking it in cannot fail. What is written where nothing is known is
/// not looked at.
pub(super) fn check(field: &Field, cells: &Cells<'_>, rows: usize) -> Result<(), ColumnError> {
    let fault = |row, fault| ColumnError::new(field, row, fault);
    check_type(field, cells.values).map_err(|expected| fault(None, ColumnFault::Type { expected }))?;
    let found = length(cells.values).ok_or_else(|| fault(None, ColumnFault::Text))?;
    // Bits come in whole bytes, so there may be some over.
    let bits = |bits: Bits<'_>| if bits.len() < rows { bits.len() } else { rows };
    let found = if let Values::Bits(values) = cells.values { bits(values) } else { found };
    for found in [found, cells.known.map_or(rows, bits)] {
        if found != rows {
            return Err(fault(None, ColumnFault::Length { rows, found }));
        }
    }
    let unknown = cells.known.and_then(|known| (0..rows).find(|row| !known.get(*row)));
    if let (Field::OrderCount | Field::OrderTotal, Some(row)) = (field, unknown) {
        return Err(fault(Some(row), ColumnFault::Unknown));
    }
    check_cells(field, cells, rows).map_err(|(row, what)| fault(row, what))
}

/// What would be right, if the values are not.
fn check_type(field: &Field, values: Values<'_>) -> Result<(), &'static str> {
    let width = match values {
        Values::U8(_) => 8,
        Values::I32(_) | Values::U32(_) => 32,
        Values::I64(_) => 64,
        _ => 0,
    };
    let (right, expected) = match field {
        Field::Attribute(_) => (!matches!(values, Values::Instants(..)), "numbers, bits, days or texts"),
        Field::Tags(names) => (width > 0 && names.len() <= width, "whole numbers with a bit for each tag"),
        Field::Tag(_) | Field::Following | Field::Blocked => {
            (matches!(values, Values::Bits(_) | Values::U8(_)), "bits, or bytes of 0 and 1")
        }
        Field::LinkedAt | Field::FirstFollowedAt | Field::FirstOrderAt | Field::LastOrderAt => {
            (matches!(values, Values::Instants(..)), "instants")
        }
        Field::Route => (matches!(values, Values::Texts(_) | Values::Choices { .. }), "texts"),
        Field::OrderCount | Field::OrderTotal => (width > 0, "whole numbers"),
    };
    if right { Ok(()) } else { Err(expected) }
}

fn length(values: Values<'_>) -> Option<usize> {
    Some(match values {
        Values::U8(values) => values.len(),
        Values::I32(values) | Values::Days(values) => values.len(),
        Values::U32(values) => values.len(),
        Values::I64(values) | Values::Instants(values, _) => values.len(),
        Values::F64(values) => values.len(),
        Values::Decimals(values) => values.len(),
        Values::Bits(bits) => bits.len(),
        Values::Choices { codes, .. } => codes.len(),
        Values::Texts(texts) => texts.len()?,
    })
}

type Fault = (Option<usize>, ColumnFault);

fn check_cells(field: &Field, cells: &Cells<'_>, rows: usize) -> Result<(), Fault> {
    use ColumnFault::{Bit, Code, Negative, NotAFlag, Number, Text, Time};
    let known = cells.known;
    match (field, cells.values) {
        (_, Values::Bits(_)) => Ok(()),
        (Field::Tag(_) | Field::Following | Field::Blocked, Values::U8(values)) => {
            first(values, known, |v| v > 1, NotAFlag)
        }
        (Field::Tags(names), values) => {
            let (tags, past) = (names.len(), !0_u64 << (names.len().min(63)));
            let past = if tags == 64 { 0 } else { past };
            match values {
                Values::U8(values) => first(values, known, |v| u64::from(v) & past != 0, Bit { tags }),
                Values::I32(values) => first(values, known, |v| u64::from(v.cast_unsigned()) & past != 0, Bit { tags }),
                Values::U32(values) => first(values, known, |v| u64::from(v) & past != 0, Bit { tags }),
                Values::I64(values) => first(values, known, |v| v.cast_unsigned() & past != 0, Bit { tags }),
                _ => Ok(()),
            }
        }
        (Field::OrderCount | Field::OrderTotal, Values::I32(values)) => first(values, known, |v| v < 0, Negative),
        (Field::OrderCount | Field::OrderTotal, Values::I64(values)) => first(values, known, |v| v < 0, Negative),
        (Field::Attribute(_), Values::I64(values)) => {
            first(values, known, |v| v.unsigned_abs() > MOST_UNITS.unsigned_abs(), Number)
        }
        (_, Values::F64(values)) => first(values, known, |v| decimal(v).is_none(), Number),
        (_, Values::Days(values)) => {
            let day = |year, month, day| Date::from_ymd_opt(year, month, day).map_or(0, days);
            let (earliest, latest) = (day(1900, 1, 1), day(9998, 12, 31));
            first(values, known, |v| i64::from(v) < earliest || i64::from(v) > latest, Time)
        }
        (_, Values::Instants(values, unit)) => {
            let taken = |v| unit.millis(v).is_some_and(|millis| Timestamp::from_millis(millis).is_ok());
            first(values, known, |v| !taken(v), Time)
        }
        (_, Values::Choices { codes, texts }) => {
            let count = texts.len().ok_or((None, Text))?;
            if (0..count).any(|code| texts.get(code).is_none()) {
                return Err((None, Text));
            }
            let is_known = |row: &usize| known.is_none_or(|known| known.get(*row));
            let wrong = |row: &usize| usize::try_from(codes.get(*row)).ok().is_none_or(|code| code >= count);
            match (0..rows).find(|row| wrong(row) && is_known(row)) {
                Some(row) => Err((Some(row), Code { code: codes.get(row), texts: count })),
                None => Ok(()),
            }
        }
        (_, Values::Texts(texts)) => check_texts(texts, known, rows),
        _ => Ok(()),
    }
}

fn check_texts(texts: Texts<'_>, known: Option<Bits<'_>>, rows: usize) -> Result<(), Fault> {
    let is_known = |row: &usize| known.is_none_or(|known| known.get(*row));
    match (0..rows).find(|row| texts.get(*row).is_none() && is_known(row)) {
        Some(row) => Err((Some(row), ColumnFault::Text)),
        None => Ok(()),
    }
}

/// The first known value that is wrong.
fn first<T: Copy>(
    values: &[T],
    known: Option<Bits<'_>>,
    wrong: impl Fn(T) -> bool,
    fault: ColumnFault,
) -> Result<(), Fault> {
    const AT_ONCE: usize = 4096;
    for (place, block) in values.chunks(AT_ONCE).enumerate() {
        // Without a way out in the middle the compiler asks many at once.
        if !block.iter().fold(false, |any, value| any | wrong(*value)) {
            continue;
        }
        let rows = place * AT_ONCE..place * AT_ONCE + block.len();
        let found = rows.zip(block).find(|(row, value)| wrong(**value) && known.is_none_or(|known| known.get(*row)));
        if let Some((row, _)) = found {
            return Err((Some(row), fault));
        }
    }
    Ok(())
}

/// The shortest decimal that reads back as this number.
pub(super) fn decimal(number: f64) -> Option<Decimal> {
    /// Every whole number up to here is its own shortest text.
    const EXACT: u64 = 1 << 53;
    let whole = number as i64;
    if whole.unsigned_abs() < EXACT && whole as f64 == number {
        return Decimal::whole(whole);
    }
    number.is_finite().then(|| number.to_string().parse().ok()).flatten()
}

//! Attributes and tags, and the values of both attributes and properties.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Datelike;

use crate::model::{Date, Dated, Decimal, Friend, Marked, PropertyName, Timestamp, Value};

use super::Damage;
use super::bytes::{Reader, Writer, blank};

pub(super) fn is_clear(friend: &Friend) -> bool {
    friend.attributes.is_empty() && friend.tags.is_empty()
}

pub(super) fn clear(friend: &mut Friend) {
    friend.attributes.clear();
    friend.tags.clear();
}

pub(super) fn is_in_order(friend: &Friend) -> bool {
    friend.attributes.keys().is_sorted_by(|a, b| a < b)
        && friend.tags.keys().is_sorted_by(|a, b| a < b)
        && friend.channels.keys().is_sorted_by(|a, b| a < b)
}

pub(super) fn write(friend: &Friend, writer: &mut Writer<'_>) {
    writer.count(friend.attributes.len());
    for (name, told) in &friend.attributes {
        writer.name(name);
        writer.time(told.at);
        write_value(told.value.as_ref(), writer);
    }
    writer.count(friend.tags.len());
    for (tag, mark) in &friend.tags {
        writer.name_with(tag, mark.on);
        writer.time(mark.at);
    }
}

pub(super) fn read(friend: &mut Friend, reader: &mut Reader<'_>) -> Result<(), Damage> {
    reader.list(
        friend.attributes.list(),
        || (blank(), Dated { at: Timestamp::EPOCH, value: None }),
        |reader, (name, told)| {
            reader.name_into(name)?;
            told.at = reader.time()?;
            read_value(&mut told.value, reader)
        },
    )?;
    reader.list(
        friend.tags.list(),
        || (blank(), Marked { at: Timestamp::EPOCH, on: false }),
        |reader, (tag, mark)| {
            mark.on = reader.name_with(tag)?;
            mark.at = reader.time()?;
            Ok(())
        },
    )
}

pub(super) fn write_properties(properties: &BTreeMap<PropertyName, Value>, writer: &mut Writer<'_>) {
    writer.count(properties.len());
    for (name, value) in properties {
        writer.name(name);
        write_value(Some(value), writer);
    }
}

pub(super) fn read_properties(into: &mut BTreeMap<PropertyName, Value>, reader: &mut Reader<'_>) -> Result<(), Damage> {
    into.clear();
    for _ in 0..reader.count()? {
        let name = reader.name()?;
        let mut value = None;
        read_value(&mut value, reader)?;
        into.insert(name, value.ok_or(Damage)?);
    }
    Ok(())
}

/// Kinds of values.
mod kind {
    pub(super) const UNKNOWN: u8 = 0;
    pub(super) const NO: u8 = 1;
    pub(super) const YES: u8 = 2;
    pub(super) const NUMBER: u8 = 3;
    pub(super) const DATE: u8 = 4;
    pub(super) const TEXT: u8 = 5;
    pub(super) const LIST: u8 = 6;
}

fn write_value(value: Option<&Value>, writer: &mut Writer<'_>) {
    match value {
        None => writer.byte(kind::UNKNOWN),
        Some(Value::Flag(flag)) => writer.byte(if *flag { kind::YES } else { kind::NO }),
        Some(Value::Number(number)) => {
            let (units, scale) = number.parts();
            writer.byte(kind::NUMBER);
            writer.byte(scale);
            writer.signed(units);
        }
        Some(Value::Date(date)) => {
            writer.byte(kind::DATE);
            writer.signed(i64::from(date.num_days_from_ce()));
        }
        Some(Value::Text(text)) => {
            writer.byte(kind::TEXT);
            writer.text(text);
        }
        Some(Value::List(texts)) => {
            writer.byte(kind::LIST);
            writer.count(texts.len());
            texts.iter().for_each(|text| writer.text(text));
        }
    }
}

fn read_value(into: &mut Option<Value>, reader: &mut Reader<'_>) -> Result<(), Damage> {
    *into = match (reader.byte()?, &mut *into) {
        (kind::TEXT, Some(Value::Text(text))) => return reader.text_into(text),
        (kind::UNKNOWN, _) => None,
        (kind::NO, _) => Some(Value::Flag(false)),
        (kind::YES, _) => Some(Value::Flag(true)),
        (kind::NUMBER, _) => {
            let (scale, units) = (reader.byte()?, reader.signed()?);
            Some(Value::Number(Decimal::from_parts(units, scale).ok_or(Damage)?))
        }
        (kind::DATE, _) => {
            let days = i32::try_from(reader.signed()?).map_err(|_| Damage)?;
            Some(Value::Date(Date::from_num_days_from_ce_opt(days).ok_or(Damage)?))
        }
        (kind::TEXT, _) => Some(Value::Text(reader.text()?.into())),
        (kind::LIST, _) => {
            let count = reader.count()?;
            let texts: Result<BTreeSet<_>, _> = (0..count).map(|_| reader.text().map(Into::into)).collect();
            Some(Value::List(texts?))
        }
        _ => return Err(Damage),
    };
    Ok(())
}

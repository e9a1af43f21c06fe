//! What a friend did and what was sent.

use crate::model::{Activity, Channel, DeliveryKey, EventName, History, Occurrence, Sent, Timestamp};

use super::Damage;
use super::bytes::{Reader, Writer, blank};
use super::orders::{read_lines, write_lines};
use super::profile::{read_properties, write_properties};

pub(super) fn is_in_order(history: &History) -> bool {
    let in_time = |known: &[Occurrence]| known.is_sorted_by(|a, b| (a.at, &a.id) < (b.at, &b.id));
    history.0.is_sorted_by(|(a, _), (b, _)| a < b) && history.0.iter().all(|(_, known)| in_time(known))
}

pub(super) fn write(history: &History, writer: &mut Writer<'_>) {
    writer.count(history.0.len());
    for (activity, known) in &history.0 {
        write_activity(activity, writer);
        writer.count(known.len());
        known.iter().for_each(|done| write_occurrence(done, writer));
    }
}

pub(super) fn read(history: &mut History, reader: &mut Reader<'_>) -> Result<(), Damage> {
    reader.list(
        &mut history.0,
        || (Activity::Cart, Vec::new()),
        |reader, (activity, known)| {
            read_activity(activity, reader)?;
            reader.list(known, || Occurrence::new(Timestamp::EPOCH, blank()), read_occurrence)
        },
    )
}

fn write_activity(activity: &Activity, writer: &mut Writer<'_>) {
    match activity {
        Activity::Cart => writer.byte(0),
        Activity::Click => writer.byte(1),
        Activity::Postback => writer.byte(2),
        Activity::Reply => writer.byte(3),
        Activity::View => writer.byte(4),
        Activity::Event(name) => {
            writer.byte(5);
            writer.name(name);
        }
    }
}

fn read_activity(into: &mut Activity, reader: &mut Reader<'_>) -> Result<(), Damage> {
    *into = match (reader.byte()?, &mut *into) {
        (0, _) => Activity::Cart,
        (1, _) => Activity::Click,
        (2, _) => Activity::Postback,
        (3, _) => Activity::Reply,
        (4, _) => Activity::View,
        (5, Activity::Event(name)) => return reader.name_into(name),
        (5, _) => Activity::Event(reader.name::<EventName>()?),
        _ => return Err(Damage),
    };
    Ok(())
}

const SUBJECT: u8 = 1;
const LINES: u8 = 1 << 1;
const PROPERTIES: u8 = 1 << 2;

fn write_occurrence(done: &Occurrence, writer: &mut Writer<'_>) {
    let Occurrence { at, id, subject, lines, properties } = done;
    let bit = |there: bool, bit: u8| if there { bit } else { 0 };
    writer.byte(
        bit(subject.is_some(), SUBJECT) | bit(!lines.is_empty(), LINES) | bit(!properties.is_empty(), PROPERTIES),
    );
    writer.time(*at);
    writer.text(id.as_str());
    subject.iter().for_each(|subject| writer.text(subject));
    if !lines.is_empty() {
        write_lines(lines, writer);
    }
    if !properties.is_empty() {
        write_properties(properties, writer);
    }
}

fn read_occurrence(reader: &mut Reader<'_>, done: &mut Occurrence) -> Result<(), Damage> {
    let told = reader.byte()?;
    if told >= PROPERTIES << 1 {
        return Err(Damage);
    }
    done.at = reader.time()?;
    reader.id(&mut done.id)?;
    match told & SUBJECT {
        0 => done.subject = None,
        _ => reader.text_into(done.subject.get_or_insert_default())?,
    }
    match told & LINES {
        0 => done.lines.clear(),
        _ => read_lines(&mut done.lines, reader)?,
    }
    match told & PROPERTIES {
        0 => done.properties.clear(),
        _ => read_properties(&mut done.properties, reader)?,
    }
    Ok(())
}

const PROMOTIONAL: u8 = 1;
const OTHER_CHANNEL: u8 = 1 << 1;
const DELIVERED: u8 = 1 << 2;

pub(super) fn write_sent(sent: &[Sent], writer: &mut Writer<'_>) {
    writer.count(sent.len());
    for Sent { at, key, promotional, message, scenario, channel, delivered } in sent {
        let bit = |there: bool, bit: u8| if there { bit } else { 0 };
        writer.byte(
            bit(*promotional, PROMOTIONAL)
                | bit(!channel.is_line(), OTHER_CHANNEL)
                | bit(delivered.is_some(), DELIVERED),
        );
        writer.time(*at);
        writer.bytes(key.as_bytes());
        writer.name(message);
        writer.name(scenario);
        if let Channel::Other(channel) = channel {
            writer.name(channel);
        }
        delivered.iter().for_each(|at| writer.time(*at));
    }
}

pub(super) fn read_sent(into: &mut Vec<Sent>, reader: &mut Reader<'_>) -> Result<(), Damage> {
    let blank = || Sent {
        at: Timestamp::EPOCH,
        key: DeliveryKey::from_bytes([0; 16]),
        promotional: false,
        message: blank(),
        scenario: blank(),
        channel: Channel::Line,
        delivered: None,
    };
    reader.list(into, blank, |reader, sent| {
        let told = reader.byte()?;
        if told >= DELIVERED << 1 {
            return Err(Damage);
        }
        sent.promotional = told & PROMOTIONAL != 0;
        sent.at = reader.time()?;
        sent.key = DeliveryKey::from_bytes(reader.sixteen()?);
        reader.name_into(&mut sent.message)?;
        reader.name_into(&mut sent.scenario)?;
        sent.channel = if told & OTHER_CHANNEL == 0 { Channel::Line } else { Channel::Other(reader.name()?) };
        sent.delivered = (told & DELIVERED != 0).then(|| reader.time()).transpose()?;
        Ok(())
    })
}

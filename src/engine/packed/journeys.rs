//! Where a friend stands: runs of scenarios, those that wait, and segments.

use std::collections::BTreeSet;

use crate::model::{Deferred, Friend, Journey, Round, RunRecord, ScenarioVersion, Timestamp};

use super::Damage;
use super::bytes::{Reader, Writer, blank};

pub(super) fn is_clear(friend: &Friend) -> bool {
    friend.journeys.is_empty() && friend.runs.is_empty() && friend.deferred.is_empty() && friend.inside.is_empty()
}

pub(super) fn clear(friend: &mut Friend) {
    friend.journeys.clear();
    friend.runs.clear();
    friend.deferred.clear();
    friend.inside.clear();
}

pub(super) fn is_in_order(friend: &Friend) -> bool {
    friend.runs.keys().is_sorted_by(|a, b| a < b) && friend.inside.keys().is_sorted_by(|a, b| a < b)
}

pub(super) fn write(friend: &Friend, writer: &mut Writer<'_>) {
    writer.count(friend.inside.len());
    friend.inside.iter().for_each(|(segment, inside)| writer.name_with(segment, *inside));
    writer.count(friend.runs.len());
    for (scenario, record) in &friend.runs {
        writer.name(scenario);
        write_record(record, writer);
    }
    writer.count(friend.journeys.len());
    friend.journeys.iter().for_each(|journey| write_journey(journey, writer));
    writer.count(friend.deferred.len());
    for Deferred { scenario, since, about } in &friend.deferred {
        writer.name(scenario);
        writer.time(*since);
        writer.text_if_any(about.as_deref());
    }
}

pub(super) fn read(friend: &mut Friend, reader: &mut Reader<'_>) -> Result<(), Damage> {
    reader.list(
        friend.inside.list(),
        || (blank(), false),
        |reader, (segment, inside)| {
            *inside = reader.name_with(segment)?;
            Ok(())
        },
    )?;
    let record = || RunRecord { runs: 0, last_entered: Timestamp::EPOCH, last_ended: None, about: BTreeSet::new() };
    reader.list(
        friend.runs.list(),
        || (blank(), record()),
        |reader, (scenario, record)| {
            reader.name_into(scenario)?;
            read_record(record, reader)
        },
    )?;
    reader.list(&mut friend.journeys, blank_journey, read_journey)?;
    reader.list(
        &mut friend.deferred,
        || Deferred { scenario: blank(), since: Timestamp::EPOCH, about: None },
        |reader, deferred| {
            reader.name_into(&mut deferred.scenario)?;
            deferred.since = reader.time()?;
            reader.text_if_any(&mut deferred.about)
        },
    )
}

/// The lowest bits of the number of runs say whether the last has ended, and whether it is remembered what
/// runs were about.
fn write_record(record: &RunRecord, writer: &mut Writer<'_>) {
    let RunRecord { runs, last_entered, last_ended, about } = record;
    writer.number(u64::from(*runs) << 2 | u64::from(!about.is_empty()) << 1 | u64::from(last_ended.is_some()));
    writer.time(*last_entered);
    last_ended.iter().for_each(|at| writer.time(*at));
    if !about.is_empty() {
        writer.count(about.len());
        about.iter().for_each(|about| writer.text(about));
    }
}

fn read_record(record: &mut RunRecord, reader: &mut Reader<'_>) -> Result<(), Damage> {
    let told = reader.number()?;
    record.runs = u32::try_from(told >> 2).map_err(|_| Damage)?;
    record.last_entered = reader.time()?;
    record.last_ended = (told & 1 == 1).then(|| reader.time()).transpose()?;
    record.about.clear();
    if told & 2 != 0 {
        for _ in 0..reader.count()? {
            record.about.insert(reader.text()?.into());
        }
    }
    Ok(())
}

fn blank_journey() -> Journey {
    Journey {
        scenario: blank(),
        version: ScenarioVersion::default(),
        run: 0,
        entered_at: Timestamp::EPOCH,
        about: None,
        step: blank(),
        arrived: Timestamp::EPOCH,
        planned: Timestamp::EPOCH,
        due: Timestamp::EPOCH,
        rounds: Vec::new(),
        done: Vec::new(),
    }
}

/// The lowest bits of the number of the run.
mod bits {
    pub(super) const VERSION: u64 = 1;
    pub(super) const ABOUT: u64 = 1 << 1;
    pub(super) const ROUNDS: u64 = 1 << 2;
    pub(super) const DONE: u64 = 1 << 3;
    pub(super) const WIDTH: u32 = 4;
}

fn write_journey(journey: &Journey, writer: &mut Writer<'_>) {
    let Journey { scenario, version, run, entered_at, about, step, arrived, planned, due, rounds, done } = journey;
    let bit = |there: bool, bit: u64| if there { bit } else { 0 };
    writer.name(scenario);
    writer.number(
        u64::from(*run) << bits::WIDTH
            | bit(version.0 != 0, bits::VERSION)
            | bit(about.is_some(), bits::ABOUT)
            | bit(!rounds.is_empty(), bits::ROUNDS)
            | bit(!done.is_empty(), bits::DONE),
    );
    if version.0 != 0 {
        writer.bytes(&version.0.to_le_bytes());
    }
    about.iter().for_each(|about| writer.text(about));
    writer.name(step);
    [entered_at, arrived, planned, due].into_iter().for_each(|at| writer.time(*at));
    if !rounds.is_empty() {
        writer.count(rounds.len());
        for Round { step, times } in rounds {
            writer.name(step);
            writer.number(u64::from(*times));
        }
    }
    if !done.is_empty() {
        writer.count(done.len());
        done.iter().for_each(|step| writer.name(step));
    }
}

fn read_journey(reader: &mut Reader<'_>, journey: &mut Journey) -> Result<(), Damage> {
    reader.name_into(&mut journey.scenario)?;
    let told = reader.number()?;
    journey.run = u32::try_from(told >> bits::WIDTH).map_err(|_| Damage)?;
    journey.version = match told & bits::VERSION {
        0 => ScenarioVersion::default(),
        _ => ScenarioVersion(u64::from_le_bytes(reader.bytes(8)?.try_into().map_err(|_| Damage)?)),
    };
    match told & bits::ABOUT {
        0 => journey.about = None,
        _ => reader.text_into(journey.about.get_or_insert_default())?,
    }
    reader.name_into(&mut journey.step)?;
    journey.entered_at = reader.time()?;
    journey.arrived = reader.time()?;
    journey.planned = reader.time()?;
    journey.due = reader.time()?;
    match told & bits::ROUNDS {
        0 => journey.rounds.clear(),
        _ => reader.list(
            &mut journey.rounds,
            || Round { step: blank(), times: 0 },
            |reader, round| {
                reader.name_into(&mut round.step)?;
                round.times = reader.small()?;
                Ok(())
            },
        )?,
    }
    match told & bits::DONE {
        0 => journey.done.clear(),
        _ => reader.list(&mut journey.done, blank, |reader, step| reader.name_into(step))?,
    }
    Ok(())
}

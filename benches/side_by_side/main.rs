//! enishi beside plain C, polars, duckdb and numpy: the same work on the same data in the same run.
//!
//! `cargo bench --bench side_by_side`; see `benches/README.md` for what it needs and what it says. It
//! ends with an error when the answers differ.

#![allow(
    missing_docs,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::float_arithmetic,
    clippy::unwrap_used,
    reason = "a benchmark"
)]

mod data;
mod floor;
mod friends;
mod orders;
mod peers;
mod readings;
mod segments;
mod table;

use std::error::Error;
use std::num::NonZeroUsize;
use std::process::ExitCode;

use data::Data;
use floor::Floor;
use peers::Peers;
use readings::Readings;

fn main() -> ExitCode {
    // `cargo test --benches` runs it too, and wants to know only whether it builds.
    if !std::env::args().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Measures and prints; true when all answers agree.
fn run() -> Result<bool, Box<dyn Error>> {
    let rounds: NonZeroUsize = match std::env::var("ROUNDS") {
        Ok(rounds) => rounds.parse().map_err(|_| format!("ROUNDS is `{rounds}`: write a number from 1"))?,
        Err(_) => const { NonZeroUsize::new(3).unwrap() },
    };
    let Some(data) = Data::prepare()? else { return Ok(true) };
    let floor = Floor::compile(&data)?;
    let peers = Peers::find(&data);
    let log = data.orders()?;
    let raw = friends::Raw::read(&data.folder);
    let mut of_friends = String::new();
    // Before anything else has been there, whose memory could be used again.
    let memory = orders::memory(&log)?;

    let mut readings = Readings::default();
    orders::expect(&mut readings);
    segments::expect(&mut readings);
    for round in 1..=rounds.get() {
        // One after the other in each round, so that all are measured in the same stretch of time.
        eprintln!("round {round} of {rounds}: plain C");
        floor.run(&mut readings)?;
        eprintln!("round {round} of {rounds}: enishi");
        of_friends = segments::measure(&raw, &mut readings)?;
        orders::measure(&log, &mut readings)?;
        eprintln!("round {round} of {rounds}: peers");
        peers.run(&mut readings)?;
    }

    println!("{}", table::rows(&readings, &[&segments::GOALS[..], &orders::GOALS].concat()));
    println!("{}", table::everybody(&readings));
    println!("{of_friends}\n{memory}");
    let differences = readings.differences();
    differences.iter().for_each(|difference| println!("DIFFERENT: {difference}"));
    Ok(differences.is_empty())
}

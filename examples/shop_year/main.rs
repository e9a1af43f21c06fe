//! The main job, end to end: a year of a shop on LINE.
//!
//! `cargo run --release --example shop_year` makes a believable shop from a seed and plays its year
//! through the engine, a SQLite store and HTTP against a stand-in of LINE on this machine, minute by
//! minute. With `-- --orders FILE` the orders come from a file. `-- --help` tells the rest.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to people")]
#![allow(missing_docs, reason = "nobody imports an example")]

mod crash;
mod file;
mod made_up;
mod options;
mod play;
mod show;

use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use enishi::delivery::LineHttp;
use enishi::model::{Event, Timestamp};
use enishi::playbook::Playbook;
use enishi::store::{Durability, SqliteStore};
use line_stand_in::{Chaos, Clock, Fault, StandIn};

use crash::Crashing;
use options::Options;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let Some(options) = Options::read()? else {
        print!("{}", options::HELP);
        return Ok(());
    };
    let shop = Shop::open(&options)?;
    let folder = tempfile::tempdir()?;
    let path = options.db.clone().unwrap_or_else(|| folder.path().join("shop.db"));
    let durability = if options.durable { Durability::Full } else { Durability::Process };
    let store = SqliteStore::open(&path, shop.playbook.currency(), durability)?;
    let mut store = Crashing::new(store, options.die_at);

    let clock = Clock::fixed(shop.start.millis());
    let stand_in = match &options.line {
        Some(_) => None,
        None => Some(StandIn::start(stand_in_options(&options, &clock))?),
    };
    let url = options.line.clone().or(stand_in.as_ref().map(StandIn::url)).ok_or("nowhere to send to")?;
    let line = LineHttp::new("stand-in-token")?.at(&url);

    let played = play::play(&mut store, &shop, &line, &clock, &options)?;
    show::report(&mut store, &shop, &played)?;
    if let Some(stand_in) = &stand_in {
        show::stand_in(stand_in);
    }
    Ok(())
}

/// What is played.
pub struct Shop {
    pub playbook: Arc<Playbook>,
    pub events: Vec<Event>,
    pub start: Timestamp,
    pub end: Timestamp,
    pub counts: Option<file::Counts>,
    /// For the made-up shop, whose people use their coupons.
    pub seed: Option<u64>,
}

impl Shop {
    fn open(options: &Options) -> Result<Self, Box<dyn Error>> {
        match &options.orders {
            Some(path) => Self::from_file(path, options),
            None => Self::made_up(options),
        }
    }

    fn made_up(options: &Options) -> Result<Self, Box<dyn Error>> {
        let text = rules(options, "playbook.toml")?;
        let start: Timestamp = "2025-04-01T04:00:00+09:00".parse()?;
        Ok(Self {
            playbook: Arc::new(Playbook::read(&text)?),
            events: made_up::year(options.seed, options.friends, start, options.days),
            start,
            end: start.plus_millis(i64::from(options.days) * 86_400_000),
            counts: None,
            seed: Some(options.seed),
        })
    }

    fn from_file(path: &std::path::Path, options: &Options) -> Result<Self, Box<dyn Error>> {
        let orders = file::read(path, options)?;
        let (zone, currency) = (orders.zone.name(), orders.currency);
        let (code, places) = (currency.code(), currency.exponent());
        let rules = rules(options, "rules_en.toml")?;
        let shop = format!(
            "[shop]\nname = \"Shop Year\"\nzone = \"{zone}\"\ncurrency = {{ code = \"{code}\", places = {places} }}\n\n"
        );
        Ok(Self {
            playbook: Arc::new(Playbook::read(&(shop + &rules))?),
            start: orders.events.first().map_or(orders.as_of, |event| event.at),
            events: orders.events,
            end: orders.as_of,
            counts: Some(orders.counts),
            seed: None,
        })
    }
}

fn rules(options: &Options, name: &str) -> Result<String, Box<dyn Error>> {
    let beside: PathBuf = [env!("CARGO_MANIFEST_DIR"), "examples", "shop_year", name].iter().collect();
    let path = options.playbook.clone().unwrap_or(beside);
    fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()).into())
}

fn stand_in_options(options: &Options, clock: &Clock) -> line_stand_in::Options {
    let chaos = Chaos::new(options.seed)
        .with(Fault::Http500BeforeAccept, 20)
        .with(Fault::Http500AfterAccept, 20)
        .with(Fault::DropConnectionBeforeAccept, 10)
        .with(Fault::DropConnectionAfterAccept, 10)
        .with(Fault::RateLimited, 10)
        .with(Fault::GarbageBody, 10);
    line_stand_in::Options {
        clock: clock.clone(),
        chaos: options.faults.then_some(chaos),
        keep_messages: false,
        openapi: options.openapi.clone(),
        ..line_stand_in::Options::default()
    }
}

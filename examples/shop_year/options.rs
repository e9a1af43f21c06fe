//! What the command line says.

use std::path::PathBuf;

use lexopt::prelude::*;

pub const HELP: &str = "\
A year of a shop on LINE: engine, SQLite store and HTTP against a stand-in of LINE on this machine.

    shop_year                         a believable shop, made from a seed
    shop_year --orders FILE           a file of orders instead: CSV or columns apart by spaces, .gz or not

Of the made-up shop
    --seed N            another shop (default 1)
    --friends N         how many people (default 2000)
    --days N            how many days (default 365)
    --playbook FILE     another playbook

Of a file of orders (UCI Online Retail and CDNOW are known by their headers)
    --customer COLUMN   who
    --time COLUMN       when: 2010-12-01 08:26:00, 2010-12-01, 20101201 or RFC 3339
    --amount COLUMN     how much, a line
    --quantity COLUMN   how many of them; the amount is then the price of one
    --order COLUMN      which order the line belongs to; without it every row is an order
    --zone ZONE         where its times are local (default Asia/Tokyo)
    --currency CODE:N   what it counts in, with N digits after the point (default JPY:0)

Of the run
    --db FILE           keep the store there and go on with it (default: a temporary file)
    --line URL          send there, instead of starting a stand-in
    --openapi FOLDER    let the stand-in hold every request against LINE's official messaging-api.yml
    --durable           wait for the disk at every commit, as a live shop must
    --faults            let the stand-in fail in every way it can, now and then
    --quiet             no progress
    --die-at N          for the crash test: abort before or after a store operation, the Nth point of all
";

#[derive(Debug)]
pub struct Options {
    pub seed: u64,
    pub friends: u32,
    pub days: u32,
    pub playbook: Option<PathBuf>,
    pub orders: Option<PathBuf>,
    pub columns: Columns,
    pub zone: Option<String>,
    pub currency: Option<String>,
    pub db: Option<PathBuf>,
    pub line: Option<String>,
    pub openapi: Option<PathBuf>,
    pub durable: bool,
    pub faults: bool,
    pub quiet: bool,
    pub die_at: Option<u64>,
}

/// Which columns of the file mean what.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    pub customer: Option<String>,
    pub time: Option<String>,
    pub amount: Option<String>,
    pub quantity: Option<String>,
    pub order: Option<String>,
}

impl Options {
    /// `None` when only help was asked for.
    pub fn read() -> Result<Option<Self>, lexopt::Error> {
        let mut options = Self {
            seed: 1,
            friends: 2000,
            days: 365,
            playbook: None,
            orders: None,
            columns: Columns::default(),
            zone: None,
            currency: None,
            db: None,
            line: None,
            openapi: None,
            durable: false,
            faults: false,
            quiet: false,
            die_at: None,
        };
        let mut arguments = lexopt::Parser::from_env();
        while let Some(argument) = arguments.next()? {
            match argument {
                Long("seed") => options.seed = arguments.value()?.parse()?,
                Long("friends") => options.friends = arguments.value()?.parse()?,
                Long("days") => options.days = arguments.value()?.parse()?,
                Long("playbook") => options.playbook = Some(arguments.value()?.into()),
                Long("orders") => options.orders = Some(arguments.value()?.into()),
                Long("customer") => options.columns.customer = Some(arguments.value()?.string()?),
                Long("time") => options.columns.time = Some(arguments.value()?.string()?),
                Long("amount") => options.columns.amount = Some(arguments.value()?.string()?),
                Long("quantity") => options.columns.quantity = Some(arguments.value()?.string()?),
                Long("order") => options.columns.order = Some(arguments.value()?.string()?),
                Long("zone") => options.zone = Some(arguments.value()?.string()?),
                Long("currency") => options.currency = Some(arguments.value()?.string()?),
                Long("db") => options.db = Some(arguments.value()?.into()),
                Long("line") => options.line = Some(arguments.value()?.string()?),
                Long("openapi") => options.openapi = Some(arguments.value()?.into()),
                Long("durable") => options.durable = true,
                Long("faults") => options.faults = true,
                Long("quiet") => options.quiet = true,
                Long("die-at") => options.die_at = Some(arguments.value()?.parse()?),
                Long("help") | Short('h') => return Ok(None),
                other => return Err(other.unexpected()),
            }
        }
        Ok(Some(options))
    }
}

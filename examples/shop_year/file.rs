//! Orders from a file.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use chrono::{NaiveDate, NaiveDateTime};
use enishi::model::{
    Currency, Decimal, Event, EventId, Fact, FriendKey, LineUserId, LocalTime, Money, Order, OrderId, OrderLine,
    Timestamp, Zone,
};

use crate::options::{Columns, Options};

/// What a file says, and what of it says nothing. Every row is counted once.
#[derive(Debug, Default)]
pub struct Counts {
    pub rows: u64,
    pub used: u64,
    pub no_customer: u64,
    pub cancelled: u64,
    pub no_price: u64,
    pub unreadable: u64,
    pub first_unreadable: Option<String>,
}

pub struct Orders {
    pub events: Vec<Event>,
    pub counts: Counts,
    pub zone: Zone,
    pub currency: Currency,
    /// The beginning of the day after the last order.
    pub as_of: Timestamp,
}

/// A known file: how its header begins, and what its columns mean.
struct Known {
    header: &'static str,
    columns: [(&'static str, &'static str); 5],
    zone: &'static str,
    currency: (&'static str, u8),
}

const KNOWN: [Known; 2] = [
    // Prices have up to three digits after the point.
    Known {
        header: "InvoiceNo,StockCode",
        columns: [
            ("customer", "CustomerID"),
            ("time", "InvoiceDate"),
            ("amount", "UnitPrice"),
            ("quantity", "Quantity"),
            ("order", "InvoiceNo"),
        ],
        zone: "Europe/London",
        currency: ("GBP", 3),
    },
    // CDNOW: every row is a purchase, so no order column; the amount is of the whole.
    Known {
        header: "customer_id  date",
        columns: [
            ("customer", "customer_id"),
            ("time", "date"),
            ("amount", "dollar_value"),
            ("quantity", ""),
            ("order", ""),
        ],
        zone: "America/New_York",
        currency: ("USD", 2),
    },
];

/// An order being put together from its lines.
struct Draft {
    customer: String,
    at: Timestamp,
    lines: Vec<OrderLine>,
}

pub fn read(path: &Path, options: &Options) -> Result<Orders, Box<dyn Error>> {
    let text = text_of(path)?;
    let header = text.lines().next().unwrap_or_default().trim();
    let known = KNOWN.iter().find(|known| header.starts_with(known.header));
    let columns = with_known(&options.columns, known);
    let zone = options.zone.as_deref().or(known.map(|k| k.zone)).unwrap_or("Asia/Tokyo");
    let zone = Zone::new(zone, LocalTime::MIDNIGHT)?;
    let currency = currency_of(options, known)?;
    let (counts, orders) = lines(&text, &columns, zone, currency)?;
    if orders.is_empty() {
        return Err(format!("no order could be read from {} rows: {counts:?}", counts.rows).into());
    }
    let last = orders.values().map(|draft| draft.at).max().expect("not empty");
    let as_of = zone.start_of(zone.date(last).succ_opt().ok_or("the last order lies out of range")?);
    Ok(Orders { events: events(orders)?, counts, zone, currency, as_of })
}

fn text_of(path: &Path) -> Result<String, Box<dyn Error>> {
    let file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut bytes = Vec::new();
    match path.extension().is_some_and(|end| end == "gz") {
        true => flate2::read::GzDecoder::new(BufReader::new(file)).read_to_end(&mut bytes)?,
        false => BufReader::new(file).read_to_end(&mut bytes)?,
    };
    // Old exports are not always UTF-8; names of goods do not matter here.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn with_known(given: &Columns, known: Option<&Known>) -> Columns {
    let of = |given: &Option<String>, key: &str| {
        let by_file = known.and_then(|known| known.columns.iter().find(|(name, _)| *name == key)).map(|(_, c)| *c);
        given.clone().or_else(|| by_file.filter(|column| !column.is_empty()).map(Into::into))
    };
    Columns {
        customer: of(&given.customer, "customer"),
        time: of(&given.time, "time"),
        amount: of(&given.amount, "amount"),
        quantity: of(&given.quantity, "quantity"),
        order: of(&given.order, "order"),
    }
}

fn currency_of(options: &Options, known: Option<&Known>) -> Result<Currency, Box<dyn Error>> {
    let (code, places) = match &options.currency {
        Some(text) => {
            let (code, places) = text.split_once(':').ok_or("write --currency as CODE:PLACES, such as JPY:0")?;
            (code, places.parse()?)
        }
        None => known.map_or(("JPY", 0), |known| known.currency),
    };
    Ok(Currency::with_exponent(code, places)?)
}

fn lines(
    text: &str,
    columns: &Columns,
    zone: Zone,
    currency: Currency,
) -> Result<(Counts, BTreeMap<String, Draft>), Box<dyn Error>> {
    let spaced = !text.lines().next().unwrap_or_default().contains(',');
    // Columns apart by runs of spaces become columns apart by one comma.
    let text = match spaced {
        true => text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(",") + "\n").collect(),
        false => text.to_owned(),
    };
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let headers = reader.headers()?.clone();
    let place = |name: &str| {
        let known: Vec<&str> = headers.iter().collect();
        headers.iter().position(|header| header == name).ok_or_else(|| format!("no column `{name}` among {known:?}"))
    };
    let need = |given: &Option<String>, option: &str| match given {
        Some(name) => place(name),
        None => {
            Err(format!("say which column it is with --{option}; there are {:?}", headers.iter().collect::<Vec<_>>()))
        }
    };
    let customer = need(&columns.customer, "customer")?;
    let time = need(&columns.time, "time")?;
    let amount = need(&columns.amount, "amount")?;
    let quantity = columns.quantity.as_deref().map(place).transpose()?;
    let order = columns.order.as_deref().map(place).transpose()?;

    let mut counts = Counts::default();
    let mut orders: BTreeMap<String, Draft> = BTreeMap::new();
    for row in reader.records() {
        let row = row?;
        counts.rows += 1;
        let cell = |column: usize| row.get(column).unwrap_or_default().trim();
        let number = quantity.map_or(Ok(1), |column| cell(column).parse::<i64>());
        let order_id = order.map_or_else(|| format!("row {}", counts.rows), |column| cell(column).to_owned());
        let price: Result<Decimal, _> = cell(amount).parse();
        let price = price.ok().and_then(|price| currency.money(price).ok());
        match (number, price, when(cell(time), &zone)) {
            _ if cell(customer).is_empty() => counts.no_customer += 1,
            (Ok(number), _, _) if number < 0 => counts.cancelled += 1,
            // A row without a price is a gift or a correction. CDNOW has purchases of nothing: they count.
            (Ok(0), _, _) => counts.no_price += 1,
            (_, Some(price), _) if price.is_negative() || (quantity.is_some() && price == Money::ZERO) => {
                counts.no_price += 1;
            }
            (Ok(number), Some(unit_price), Some(at)) if number <= i64::from(u32::MAX) => {
                counts.used += 1;
                let line = OrderLine { sku: "".into(), quantity: number as u32, unit_price, categories: Vec::new() };
                let customer = cell(customer).trim_end_matches(".0").to_owned();
                let draft = orders.entry(order_id).or_insert_with(|| Draft { customer, at, lines: Vec::new() });
                draft.at = draft.at.max(at);
                draft.lines.push(line);
            }
            _ => {
                counts.unreadable += 1;
                counts.first_unreadable.get_or_insert_with(|| format!("row {}: {row:?}", counts.rows));
            }
        }
    }
    Ok((counts, orders))
}

fn when(text: &str, zone: &Zone) -> Option<Timestamp> {
    if let Ok(at) = text.parse() {
        return Some(at);
    }
    let midnight = |date: NaiveDate| date.and_hms_opt(0, 0, 0);
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S")
        .ok()
        .or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().and_then(midnight))
        .or_else(|| NaiveDate::parse_from_str(text, "%Y%m%d").ok().and_then(midnight))?;
    let seconds = i64::from(chrono::Timelike::num_seconds_from_midnight(&local.time()));
    let minutes = LocalTime::from_minutes(u16::try_from(seconds / 60).ok()?)?;
    Some(zone.at(local.date(), minutes).plus_millis(seconds % 60 * 1000))
}

/// Every customer is taken for a friend, who adds the account one minute after the first order.
fn events(orders: BTreeMap<String, Draft>) -> Result<Vec<Event>, Box<dyn Error>> {
    let mut events = Vec::new();
    let mut first: BTreeMap<String, Timestamp> = BTreeMap::new();
    for (id, draft) in orders {
        let came = first.entry(draft.customer.clone()).or_insert(draft.at);
        *came = draft.at.min(*came);
        let total = draft.lines.iter().map(|line| line.total()).try_fold(Money::ZERO, |sum, t| sum.checked_add(t?));
        // Single goods say nothing without their names; the sum does.
        let order = Order {
            id: OrderId::new(&id)?,
            placed_at: draft.at,
            total: total.ok_or("an order too large")?,
            lines: vec![],
            properties: BTreeMap::new(),
        };
        events.push(Event {
            id: EventId::new(&format!("order:{id}"))?,
            friend: friend(&draft.customer)?,
            at: draft.at,
            fact: Fact::OrderPlaced(order),
        });
    }
    for (n, (customer, came)) in first.into_iter().enumerate() {
        let mut bytes = [0; 16];
        bytes[8..].copy_from_slice(&(n as u64 + 1).to_be_bytes());
        let user = LineUserId::from_bytes(bytes);
        events.push(Event {
            id: EventId::new(&format!("follow:{customer}"))?,
            friend: friend(&customer)?,
            at: came.plus_millis(60_000),
            fact: Fact::Follow { user, unblocked: Some(false), route: None },
        });
    }
    events.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    Ok(events)
}

fn friend(customer: &str) -> Result<FriendKey, Box<dyn Error>> {
    Ok(FriendKey::new(&format!("customer:{customer}"))?)
}

//! Reads the public order logs. They are not part of the project: a test without them is skipped.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::io::{BufReader, Read};

use enishi::model::{Currency, Date, Money, Order, OrderHistory, Timestamp};
use enishi::rfm::OrderColumns;
use flate2::read::GzDecoder;

/// Orders of customers numbered in ascending order of their ids.
#[derive(Default)]
pub(crate) struct Orders {
    pub(crate) ids: Vec<String>,
    customers: Vec<u32>,
    times: Vec<i64>,
    amounts: Vec<i64>,
}

impl Orders {
    pub(crate) fn columns(&self) -> OrderColumns<'_> {
        OrderColumns::new(&self.customers, &self.times, &self.amounts).unwrap()
    }

    /// The same customer by customer, as the records of friends keep them.
    pub(crate) fn histories(&self) -> Vec<OrderHistory> {
        let mut histories = vec![OrderHistory::default(); self.ids.len()];
        for (place, customer) in self.customers.iter().enumerate() {
            let placed_at = Timestamp::from_millis(self.times[place]).unwrap();
            let (id, total) = (place.to_string().parse().unwrap(), Money::from_minor(self.amounts[place]));
            let order = Order { id, placed_at, total, lines: Vec::new(), properties: BTreeMap::new() };
            histories[*customer as usize].placed(&order, placed_at);
        }
        histories
    }

    pub(crate) fn revenue(&self) -> i64 {
        self.amounts.iter().sum()
    }

    pub(crate) fn number(&self, id: &str) -> u32 {
        self.ids.iter().position(|known| known == id).unwrap() as u32
    }

    fn of(rows: Vec<(String, Timestamp, Money)>) -> Self {
        let mut ids: Vec<String> = rows.iter().map(|row| row.0.clone()).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut orders = Self { ids, ..Self::default() };
        for (id, at, amount) in rows {
            orders.customers.push(orders.ids.binary_search(&id).unwrap() as u32);
            orders.times.push(at.millis());
            orders.amounts.push(amount.minor());
        }
        orders
    }
}

/// `rfm_data_orders` of the R package rfm (MIT): one row per order, whole amounts.
pub(crate) fn rfm_package() -> Option<Orders> {
    let mut rows = csv::Reader::from_reader(GzDecoder::new(open("rfm_data_orders.csv.gz")?));
    let row = |row: csv::StringRecord| (row[0].to_owned(), midnight(&row[1]), Currency::JPY.parse(&row[2]).unwrap());
    Some(Orders::of(rows.records().map(|r| row(r.unwrap())).collect()))
}

/// UCI Online Retail (CC BY 4.0; Chen, Sain, Guo 2012): lines of known customers that are sold, not
/// cancelled, and have a price; an invoice of a customer is one order. Thousandths of a pound.
pub(crate) fn online_retail() -> Option<Retail> {
    let pounds = Currency::with_exponent("GBP", 3).unwrap();
    let mut rows = csv::Reader::from_reader(GzDecoder::new(open("online_retail.csv.gz")?));
    let mut invoices: BTreeMap<(String, String), (Timestamp, Money)> = BTreeMap::new();
    let mut lines = 0;
    for row in rows.records() {
        let row = row.unwrap();
        let (invoice, customer) = (&row[0], &row[6]);
        let (quantity, price): (i64, _) = (row[3].parse().unwrap(), pounds.parse(&row[5]).unwrap());
        if customer.is_empty() || invoice.starts_with('C') || quantity <= 0 || price <= Money::ZERO {
            continue;
        }
        lines += 1;
        let at: Timestamp = format!("{}Z", row[4].replace(' ', "T")).parse().unwrap();
        let order = invoices.entry((customer.to_owned(), invoice.to_owned())).or_insert((at, Money::ZERO));
        order.0 = order.0.max(at);
        order.1 = order.1.checked_add(price.checked_mul(quantity).unwrap()).unwrap();
    }
    let orders = Orders::of(invoices.into_iter().map(|((id, _), (at, amount))| (id, at, amount)).collect());
    Some(Retail { lines, orders })
}

pub(crate) struct Retail {
    pub(crate) lines: usize,
    pub(crate) orders: Orders,
}

/// The whole CDNOW log: one row per customer and day or part of a day, in cents.
pub(crate) fn cdnow() -> Option<Orders> {
    let mut text = String::new();
    open("CDNOW_master.txt")?.read_to_string(&mut text).unwrap();
    let cents = Currency::with_exponent("USD", 2).unwrap();
    let row = |line: &str| {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let (year, rest) = fields[1].split_at(4);
        let (month, day) = rest.split_at(2);
        (fields[0].to_owned(), midnight(&format!("{year}-{month}-{day}")), cents.parse(fields[3]).unwrap())
    };
    Some(Orders::of(text.lines().skip(1).filter(|line| !line.trim().is_empty()).map(row).collect()))
}

fn midnight(date: &str) -> Timestamp {
    let date: Date = date.parse().unwrap();
    format!("{date}T00:00:00Z").parse().unwrap()
}

fn open(name: &str) -> Option<BufReader<File>> {
    let path = format!("{}/../shared/data/{name}", env!("CARGO_MANIFEST_DIR"));
    match File::open(&path) {
        Ok(file) => Some(BufReader::new(file)),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "SKIPPED: {path}: {error}");
            None
        }
    }
}

//! A friend's orders, right whatever order the facts came in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Money, Order, OrderId, OrderLine, PropertyName, Timestamp, Value};

/// All orders of one friend, by when they were placed, then by id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<OrderRecord>", into = "Vec<OrderRecord>")]
pub struct OrderHistory {
    records: Vec<OrderRecord>,
    /// When those that count were placed and what they brought: what conditions ask most, side by side.
    counting: Vec<(Timestamp, Money)>,
}

/// What is known of one order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRecord {
    /// The cart's id.
    pub id: OrderId,
    /// The newest version told, if any was: a cancellation can come before the order (X15).
    pub(crate) version: Option<OrderVersion>,
    /// When it left the shop.
    pub shipped: Option<Timestamp>,
    /// When it arrived.
    pub delivered: Option<Timestamp>,
    /// When it was last cancelled.
    pub(crate) cancelled: Option<Timestamp>,
    /// The sum given back.
    pub refunded: Money,
}

/// Ordered by when it was told; at one instant the dearer counts, whichever came first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct OrderVersion {
    pub(crate) told_at: Timestamp,
    pub(crate) total: Money,
    pub(crate) placed_at: Timestamp,
    pub(crate) lines: Vec<OrderLine>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) properties: BTreeMap<PropertyName, Value>,
}

impl OrderRecord {
    /// An order of which nothing is known yet.
    pub(crate) const fn new(id: OrderId) -> Self {
        Self { id, version: None, shipped: None, delivered: None, cancelled: None, refunded: Money::ZERO }
    }

    /// When it was placed, if it counts: placed, not cancelled since, not refunded in full.
    pub fn placed_at(&self) -> Option<Timestamp> {
        self.counting().map(|v| v.placed_at)
    }

    /// When it was last cancelled or returned as a whole, if it was.
    pub const fn cancelled_at(&self) -> Option<Timestamp> {
        self.cancelled
    }

    /// What it brought, refunds taken off; zero when it does not count.
    pub fn net(&self) -> Money {
        self.counting().and_then(|v| v.total.checked_sub(self.refunded)).unwrap_or(Money::ZERO)
    }

    /// What was bought; empty when it does not count.
    pub fn lines(&self) -> &[OrderLine] {
        self.counting().map_or(&[], |v| &v.lines)
    }

    /// What else was told of it; none when it does not count.
    pub fn property(&self, name: &str) -> Option<&Value> {
        self.counting().and_then(|v| v.properties.get(name))
    }

    /// Was the order itself told, rather than only what became of it?
    pub fn was_told(&self) -> bool {
        self.version.is_some()
    }

    fn counting(&self) -> Option<&OrderVersion> {
        self.version.as_ref().filter(|v| {
            let cancelled = self.cancelled.is_some_and(|at| at >= v.told_at);
            let all_back = self.refunded > Money::ZERO && self.refunded >= v.total;
            !cancelled && !all_back
        })
    }

    fn sort_key(&self) -> (Timestamp, &OrderId) {
        (self.version.as_ref().map_or(Timestamp::MAX, |v| v.placed_at), &self.id)
    }
}

impl OrderHistory {
    /// Takes in a placed or edited order, told at `told_at`; the version told last counts.
    pub fn placed(&mut self, order: &Order, told_at: Timestamp) {
        let version = OrderVersion {
            told_at,
            placed_at: order.placed_at,
            total: order.total,
            lines: order.lines.clone(),
            properties: order.properties.clone(),
        };
        self.change(&order.id, |record| {
            if record.version.as_ref().is_none_or(|known| *known < version) {
                record.version = Some(version);
            }
        });
    }

    /// Takes in that the order left the shop.
    pub fn shipped(&mut self, id: &OrderId, at: Timestamp) {
        self.change(id, |record| record.shipped = record.shipped.max(Some(at)));
    }

    /// Takes in that the order arrived.
    pub fn delivered(&mut self, id: &OrderId, at: Timestamp) {
        self.change(id, |record| record.delivered = record.delivered.max(Some(at)));
    }

    /// Takes in a cancellation or a return of the whole.
    pub fn cancelled(&mut self, id: &OrderId, at: Timestamp) {
        self.change(id, |record| record.cancelled = record.cancelled.max(Some(at)));
    }

    /// Takes in money given back. A sum past the range of money counts as all of it.
    pub fn refunded(&mut self, id: &OrderId, amount: Money) {
        self.change(id, |record| {
            record.refunded = record.refunded.checked_add(amount).unwrap_or(Money::from_minor(i64::MAX));
        });
    }

    /// Joins the orders of the same person under another key.
    pub fn absorb(&mut self, other: Self) {
        for theirs in other.records {
            self.change(&theirs.id.clone(), |mine| {
                mine.shipped = mine.shipped.max(theirs.shipped);
                mine.delivered = mine.delivered.max(theirs.delivered);
                mine.cancelled = mine.cancelled.max(theirs.cancelled);
                // One order under two keys: each part of a refund was told to one of them.
                mine.refunded = mine.refunded.checked_add(theirs.refunded).unwrap_or(Money::from_minor(i64::MAX));
                mine.version = mine.version.take().max(theirs.version);
            });
        }
    }

    /// The orders that count and were placed by `now`, oldest first: when and for how much.
    pub fn counting(&self, now: Timestamp) -> impl DoubleEndedIterator<Item = (Timestamp, Money)> + ExactSizeIterator {
        // Nearly always the last one was placed by now.
        let known = match self.counting.last() {
            Some((at, _)) if *at > now => &self.counting[..self.counting.partition_point(|(at, _)| *at <= now)],
            _ => &self.counting,
        };
        known.iter().copied()
    }

    /// The orders that count, oldest first, those still to come included: when and for how much.
    pub fn all_counting(&self) -> &[(Timestamp, Money)] {
        &self.counting
    }

    /// Every order known, those that do not count included.
    pub fn all(&self) -> &[OrderRecord] {
        &self.records
    }

    /// The order with this id, if it is known.
    pub fn get(&self, id: &OrderId) -> Option<&OrderRecord> {
        self.records.iter().find(|record| record.id == *id)
    }

    fn change(&mut self, id: &OrderId, apply: impl FnOnce(&mut OrderRecord)) {
        let mut record = match self.records.iter().position(|record| record.id == *id) {
            Some(place) => self.records.remove(place),
            None => OrderRecord::new(id.clone()),
        };
        apply(&mut record);
        let place = self.records.partition_point(|other| other.sort_key() < record.sort_key());
        self.records.insert(place, record);
        self.count();
    }

    /// Writes the records anew, in the memory of the old ones. Whoever does it leaves them in order.
    pub(crate) fn rewrite<E>(&mut self, write: impl FnOnce(&mut Vec<OrderRecord>) -> Result<(), E>) -> Result<(), E> {
        write(&mut self.records)?;
        self.count();
        Ok(())
    }

    /// Are the records in order, each order once?
    pub(crate) fn is_sorted(&self) -> bool {
        self.records.is_sorted_by(|a, b| a.sort_key() < b.sort_key())
    }

    fn count(&mut self) {
        self.counting.clear();
        let counting = self.records.iter().filter_map(|record| Some((record.placed_at()?, record.net())));
        self.counting.extend(counting);
    }
}

impl From<Vec<OrderRecord>> for OrderHistory {
    fn from(records: Vec<OrderRecord>) -> Self {
        let mut history = Self { counting: Vec::new(), records };
        history.count();
        history
    }
}

impl From<OrderHistory> for Vec<OrderRecord> {
    fn from(history: OrderHistory) -> Self {
        history.records
    }
}

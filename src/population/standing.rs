//! Segments that are kept up to date: who comes in and who leaves, at the minute it happens.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Friend, SegmentName, Timestamp};
use crate::segment::Predicate;

use super::plan::Records;
use super::selection::Selection;

/// Segments of which it is always known who is inside.
///
/// A friend is looked at when something happened to them ([`look`](Self::look)) and at the instants at which
/// time alone may change an answer ([`advance`](Self::advance)); never all of them. What is told are
/// [`Move`]s, each once, in order of time, then of row, then of the segment's name.
///
/// ```
/// use enishi::model::{Friend, FriendId, FriendKey, Money, Order, Zone};
/// use enishi::population::Standing;
/// use enishi::segment::{Expr, Schema};
/// use std::collections::BTreeMap;
///
/// let fresh = Schema::new(Zone::TOKYO).compile(&Expr::parse("order within 30d")?.expr).unwrap();
/// let mut standing = Standing::new([("fresh".parse()?, fresh)]);
/// let mut friends = vec![Friend::new(FriendId(1), FriendKey::new("eccube:customer:7")?)];
/// let now = "2026-04-01T12:00:00+09:00".parse()?;
/// let order = Order { id: "39".parse()?, placed_at: now, total: Money::from_minor(4080), lines: vec![], properties: BTreeMap::new() };
/// friends[0].orders.placed(&order, now);
/// assert!(standing.look(0, &friends[0], now)[0].came_in);
/// assert_eq!(standing.next_wake().unwrap().to_string(), "2026-05-01T03:00:00Z");
/// let left = standing.advance("2026-06-01T00:00:00+09:00".parse()?, &friends);
/// assert_eq!((left[0].at.to_string().as_str(), left[0].came_in), ("2026-05-01T03:00:00Z", false));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Standing {
    segments: BTreeMap<SegmentName, Watched>,
    /// When rows have to be looked at though nothing happens.
    wakes: BTreeSet<(Timestamp, u32)>,
    /// The wake of each row that has one.
    due: BTreeMap<u32, Timestamp>,
}

#[derive(Clone, Debug)]
struct Watched {
    predicate: Predicate,
    inside: Vec<u64>,
}

/// A friend who came into a segment, or left it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Move {
    /// When.
    pub at: Timestamp,
    /// Whose row.
    pub row: u32,
    /// Which segment.
    pub segment: SegmentName,
    /// Came in, rather than left.
    pub came_in: bool,
}

impl Standing {
    /// These segments, with nobody inside yet.
    pub fn new(segments: impl IntoIterator<Item = (SegmentName, Predicate)>) -> Self {
        let watched = |predicate| Watched { predicate, inside: Vec::new() };
        let segments = segments.into_iter().map(|(name, predicate)| (name, watched(predicate))).collect();
        Self { segments, wakes: BTreeSet::new(), due: BTreeMap::new() }
    }

    /// Looks at one friend as of `now`: after anything happened to them, and once for everybody who was there
    /// before. Cost: one answer and one [`next_change`](Predicate::next_change) for each segment.
    pub fn look(&mut self, row: u32, friend: &Friend, now: Timestamp) -> Vec<Move> {
        let mut moves = Vec::new();
        let mut wake: Option<Timestamp> = None;
        for (name, watched) in &mut self.segments {
            let inside = watched.predicate.matches(friend, now);
            if watched.put(row, inside) {
                moves.push(Move { at: now, row, segment: name.clone(), came_in: inside });
            }
            wake = wake.into_iter().chain(watched.predicate.next_change(friend, now)).min();
        }
        self.wake_at(row, wake);
        moves
    }

    /// Lets time go by up to `now`: everybody whose answer may have changed is looked at, at the instant at which
    /// it may. A row without a record is taken out.
    pub fn advance(&mut self, now: Timestamp, records: &(impl Records + ?Sized)) -> Vec<Move> {
        let mut moves = Vec::new();
        while let Some((at, row)) = self.wakes.first().copied().filter(|(at, _)| *at <= now) {
            match records.friend(row) {
                Some(friend) => moves.extend(self.look(row, &friend, at)),
                None => moves.extend(self.remove(row, at)),
            }
        }
        moves
    }

    /// Takes a friend out of every segment, who was removed at `now`.
    pub fn remove(&mut self, row: u32, now: Timestamp) -> Vec<Move> {
        self.wake_at(row, None);
        let left = |(name, watched): (&SegmentName, &mut Watched)| {
            let segment = || name.clone();
            watched.put(row, false).then(|| Move { at: now, row, segment: segment(), came_in: false })
        };
        self.segments.iter_mut().filter_map(left).collect()
    }

    /// The earliest instant at which an answer may change though nothing happens.
    pub fn next_wake(&self) -> Option<Timestamp> {
        self.wakes.first().map(|(at, _)| *at)
    }

    /// Who is inside a segment, as of the last look at each.
    pub fn inside(&self, segment: &str) -> Option<Selection> {
        self.segments.get(segment).map(|watched| Selection::from_words(watched.inside.clone()))
    }

    fn wake_at(&mut self, row: u32, wake: Option<Timestamp>) {
        let before = match wake {
            Some(at) => self.due.insert(row, at),
            None => self.due.remove(&row),
        };
        if let Some(before) = before {
            self.wakes.remove(&(before, row));
        }
        self.wakes.extend(wake.map(|at| (at, row)));
    }
}

impl Watched {
    /// Notes whether a row is inside; says whether that is news.
    fn put(&mut self, row: u32, inside: bool) -> bool {
        let (word, bit) = (row as usize / 64, 1 << (row % 64));
        if word >= self.inside.len() {
            if !inside {
                return false;
            }
            self.inside.resize(word + 1, 0);
        }
        let was = self.inside[word] & bit != 0;
        if was != inside {
            self.inside[word] ^= bit;
        }
        was != inside
    }
}

//! Which coupons go on one order: the best combination of those that may stand beside each other.

use super::offer::Offer;
use super::share::{Sharing, money};
use super::{BestFor, Combining, Search};

/// The combination that was found.
pub(super) struct Found {
    /// The offers that are taken, in the order in which they are.
    pub(super) taken: Vec<usize>,
    /// Were all looked at?
    pub(super) search: Search,
}

/// Up to so many offers every combination is looked at, however long that takes: there are 4,095.
pub(super) const COMPLETE: usize = 12;

/// So many offers at most are combined.
pub(super) const MOST_OFFERS: usize = 64;

/// So many combinations are looked at where there are more offers.
const WORK: u32 = 1 << 14;

/// The best combination of at most [`MOST_OFFERS`] offers, the one that takes most off alone first.
///
/// A combination is a set of offers that go beside each other, at most so many, each of which gives something when they
/// are taken by their order and name.
///
/// **Complete.** What an offer gives hangs on the offers before it only. So whatever starts a combination is one, and every
/// combination is met exactly once by going from each to those with one offer more that is taken later. One is passed
/// over only with all that it starts, and only when none of these can be the best: an offer never takes off more than it
/// does alone, so that what is off so far and the largest such sums of as many offers as there is still room for is a bound;
/// for the shop, what is off so far is one already.
///
/// **Beyond [`COMPLETE`] offers** the same search ends after [`WORK`] combinations with the best one seen. It began from a
/// greedy one and looked first at the offer that gives most alone; since no combination of `n` gives more than `n` times
/// that, the best for the customer is missed by that factor at the very most. The best for the shop is then one to which
/// no coupon can be added, and takes no more off than adding always the coupon that takes least off alone.
pub(super) fn best(offers: &[Offer<'_>], initial: &[u64], combining: Combining, sharing: &mut Sharing) -> Found {
    let mut search = Searching::new(offers, initial, combining, sharing);
    if search.room > 0 && !offers.is_empty() {
        search.begin();
    }
    let taken = search.by_turn.iter().copied().filter(|offer| search.best.set & bit(*offer) != 0).collect();
    let search = match search.cut_short {
        false => Search::Complete,
        true => Search::CutShort { most: money(search.most(search.all(), search.room)) },
    };
    Found { taken, search }
}

/// Sets of offers are the bits of a number: bit 0 is the offer that takes most off alone.
type Set = u64;

struct Searching<'a> {
    offers: &'a [Offer<'a>],
    best_for: BestFor,
    /// How many may be taken.
    room: usize,
    /// Of each offer those that go beside it.
    beside: Vec<Set>,
    /// Of each offer those that are taken after it.
    later: Vec<Set>,
    /// The offers in the order in which they are taken.
    by_turn: Vec<usize>,
    /// Of each offer its bit in a set in which the first name is the highest.
    names: Vec<Set>,
    /// What is left of every slot after so many coupons, one state after another.
    left: Vec<u64>,
    slots: usize,
    /// What is left while a set is played through.
    trial: Vec<u64>,
    sharing: &'a mut Sharing,
    best: Reached,
    work: u32,
    cut_short: bool,
}

/// A combination, and what decides between two.
#[derive(Clone, Copy, Default)]
struct Reached {
    set: Set,
    names: Set,
    count: usize,
    off: u64,
}

impl<'a> Searching<'a> {
    fn new(offers: &'a [Offer<'a>], initial: &[u64], combining: Combining, sharing: &'a mut Sharing) -> Self {
        let count = offers.len();
        let mut by_turn: Vec<usize> = (0..count).collect();
        by_turn.sort_unstable_by_key(|offer| offers[*offer].turn());
        let mut later = vec![0; count];
        let mut after = 0;
        for offer in by_turn.iter().rev() {
            later[*offer] = after;
            after |= bit(*offer);
        }
        let with = |offer: usize| &offers[offer].coupon.stacking.with;
        let goes = |one: usize| (0..count).filter(move |other| *other != one && with(one).goes_beside(with(*other)));
        let beside = (0..count).map(|one| goes(one).fold(0, |set, other| set | bit(other))).collect();
        let mut by_name = by_turn.clone();
        by_name.sort_unstable_by_key(|offer| &offers[*offer].coupon.name);
        let mut names = vec![0; count];
        for (rank, offer) in by_name.into_iter().enumerate() {
            names[offer] = bit(MOST_OFFERS - 1 - rank);
        }
        let room = combining.at_most.min(count);
        let mut left = Vec::with_capacity(initial.len() * (room + 1));
        left.extend_from_slice(initial);
        left.resize(initial.len() * (room + 1), 0);
        let work = if count <= COMPLETE { u32::MAX } else { WORK };
        let best = Reached::default();
        let (best_for, slots) = (combining.best_for, initial.len());
        let trial = initial.to_vec();
        Self {
            offers,
            best_for,
            room,
            beside,
            later,
            by_turn,
            names,
            left,
            slots,
            trial,
            sharing,
            best,
            work,
            cut_short: false,
        }
    }

    fn begin(&mut self) {
        match self.best_for {
            BestFor::Customer => {
                self.best = self.dearest_first();
                self.for_customer(Reached::default(), self.all());
            }
            BestFor::Shop => {
                self.best = self.cheapest_first();
                self.for_shop(Reached::default(), self.all(), self.all());
            }
        }
    }

    /// Looks at every combination that starts with this one and goes on with some of the `open` offers.
    fn for_customer(&mut self, so_far: Reached, open: Set) {
        for offer in bits(open) {
            let next_open = open & self.beside[offer] & self.later[offer];
            let room = self.room - so_far.count - 1;
            if !self.may_win(so_far, offer, next_open, room) {
                continue;
            }
            if !self.works() {
                return;
            }
            let Some(next) = self.add(so_far, offer) else { continue };
            if next.is_better(&self.best) {
                self.best = next;
            }
            if room > 0 && next_open != 0 && next.off + self.most(next_open, room) >= self.best.off {
                self.take(offer, so_far, next);
                self.for_customer(next, next_open);
            }
        }
    }

    /// Can a combination that goes on with this offer, and then with some of the open ones, be better than the best?
    fn may_win(&self, so_far: Reached, offer: usize, open: Set, room: usize) -> bool {
        let off = so_far.off + self.offers[offer].alone + self.most(open, room);
        off > self.best.off
            || off == self.best.off && {
                let count = so_far.count + 1 + room.min(open.count_ones() as usize);
                let names = bits(open | bit(offer)).fold(so_far.names, |names, other| names | self.names[other]);
                (count, names) > (self.best.count, self.best.names)
            }
    }

    /// The same for the shop, where only a combination counts that none of the `free` offers can be added to: those that
    /// go beside it, of which the `open` ones are taken later.
    fn for_shop(&mut self, so_far: Reached, open: Set, free: Set) {
        let mut ends_here = true;
        if so_far.count < self.room {
            for offer in bits(open) {
                if !self.works() {
                    return;
                }
                let Some(next) = self.add(so_far, offer) else { continue };
                ends_here = false;
                if next.off <= self.best.off {
                    self.take(offer, so_far, next);
                    let beside = self.beside[offer];
                    self.for_shop(next, open & beside & self.later[offer], free & beside);
                }
            }
            ends_here = ends_here && !bits(free & !open).any(|offer| self.stands(so_far.set | bit(offer)));
        }
        if ends_here && so_far.is_cheaper(&self.best) {
            self.best = so_far;
        }
    }

    /// Those that take most off alone, as far as they go beside each other, less those that then give nothing.
    fn dearest_first(&mut self) -> Reached {
        let (mut set, mut open): (Set, Set) = (0, self.all());
        for _ in 0..self.room {
            let Some(offer) = bits(open).next() else { break };
            set |= bit(offer);
            open &= self.beside[offer];
        }
        self.play(set)
    }

    /// Those that take least off alone, one after another, until none can be added.
    fn cheapest_first(&mut self) -> Reached {
        let mut reached = Reached::default();
        let mut free = self.all();
        while reached.count < self.room {
            let added = (0..self.offers.len())
                .rev()
                .find(|offer| free & bit(*offer) != 0 && self.stands(reached.set | bit(*offer)));
            let Some(added) = added else { break };
            free &= self.beside[added];
            reached = self.play(reached.set | bit(added));
        }
        reached
    }

    /// Does each of the set give something?
    fn stands(&mut self, set: Set) -> bool {
        self.play(set).set == set
    }

    /// What those of a set come to that give something when the set is taken.
    fn play(&mut self, set: Set) -> Reached {
        self.trial.copy_from_slice(&self.left[..self.slots]);
        let mut reached = Reached::default();
        for nth in 0..self.by_turn.len() {
            let offer = self.by_turn[nth];
            if set & bit(offer) != 0
                && let Some(off) = self.offers[offer].gives(&self.trial)
            {
                self.offers[offer].take(off, &mut self.trial, self.sharing);
                reached = self.with(reached, offer, off);
            }
        }
        reached
    }

    /// What it comes to with one offer more, if that gives something.
    fn add(&self, so_far: Reached, offer: usize) -> Option<Reached> {
        let left = &self.left[so_far.count * self.slots..][..self.slots];
        self.offers[offer].gives(left).map(|off| self.with(so_far, offer, off))
    }

    /// Reckons what is left after it.
    fn take(&mut self, offer: usize, so_far: Reached, next: Reached) {
        let place = so_far.count * self.slots;
        let (before, after) = self.left.split_at_mut(place + self.slots);
        let after = &mut after[..self.slots];
        after.copy_from_slice(&before[place..]);
        self.offers[offer].take(next.off - so_far.off, after, self.sharing);
    }

    fn with(&self, so_far: Reached, offer: usize, off: u64) -> Reached {
        Reached {
            set: so_far.set | bit(offer),
            names: so_far.names | self.names[offer],
            count: so_far.count + 1,
            off: so_far.off + off,
        }
    }

    /// The most that so many of a set can take off.
    fn most(&self, set: Set, room: usize) -> u64 {
        bits(set).take(room).map(|offer| self.offers[offer].alone).fold(0, u64::saturating_add)
    }

    fn works(&mut self) -> bool {
        self.cut_short |= self.work == 0;
        self.work = self.work.saturating_sub(1);
        !self.cut_short
    }

    fn all(&self) -> Set {
        (0..self.offers.len()).fold(0, |set, offer| set | bit(offer))
    }
}

impl Reached {
    /// More off; or as much with more coupons; or of those the one with the first name that only one of them has.
    fn is_better(&self, other: &Self) -> bool {
        (self.off, self.count, self.names) > (other.off, other.count, other.names)
    }

    /// Less off; or as much with fewer coupons; or of those the one with the first name that only one of them has.
    fn is_cheaper(&self, other: &Self) -> bool {
        (self.off, self.count, other.names) < (other.off, other.count, self.names)
    }
}

const fn bit(offer: usize) -> Set {
    1 << offer
}

/// The offers of a set, that which takes most off alone first.
fn bits(mut set: Set) -> impl Iterator<Item = usize> {
    core::iter::from_fn(move || {
        let offer = set.trailing_zeros() as usize;
        (set != 0).then(|| {
            set &= set - 1;
            offer
        })
    })
}

//! What is left of an order at the very least, whatever is in it.
//!
//! **Why it is sound.** Let a combination of coupons be taken on some basket. Of each class of goods let `x` be what they
//! come to before coupons, and `d` what each coupon takes off them. These numbers meet every constraint of the program
//! below, each of which is a law of the evaluation:
//!
//! - a coupon is taken only where its goods come to its floor, to its step, and to a piece of the cheapest at least;
//! - no coupon takes off more than it says: an amount, a most; a share of what its goods come to, or of what the coupons
//!   before it left, and the rounding, once; of the pieces that cost less, which are the cheapest, no more than their
//!   part in all pieces, nor more than so many of the dearest;
//! - all coupons together take no more off goods than they come to.
//!
//! What is left of the order is a linear function of these numbers, less what does not hang on the basket (messages,
//! gifts, shipping); where goods of one class differ it is at least that of the worst of them. So the least of this
//! function under the constraints is not above what is left of the real basket. That the numbers need not be those of a real
//! basket makes the bound lower, never wrong. Steps are looked at one by one, so that all is linear; the least is found
//! exactly.

use crate::coupon::share::unsigned;
use crate::coupon::{Base, Benefit, Coupon, Measure, Rounding, Tiers};
use crate::model::{Money, Rate};

use super::account::Fine;
use super::classes::Class;
use super::ratio::Ratio;
use super::simplex::{Least, Program};
use super::{CostError, Costs};

/// A coupon of a combination, on one step of its benefit.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    pub(super) coupon: &'a Coupon,
    pub(super) benefit: &'a Benefit,
    /// What its goods come to at least.
    pub(super) from: u64,
    /// And at most.
    to: Option<u64>,
}

/// Where a combination was not proved.
pub(super) struct Doubt<'a> {
    pub(super) parts: Vec<Part<'a>>,
    /// What is left over the floor at least; `None` where no end was found.
    pub(super) least: Option<Fine>,
    /// What each class comes to there.
    pub(super) at: Vec<Ratio>,
}

/// So many ways in which the coupons of a combination can be on their steps are looked at.
const MOST_STEPS: usize = 256;
/// So many numbers may be unknown: above, the arithmetic would take too long.
const MOST_UNKNOWN: usize = 160;

/// Where the combination may bring an order below the floor: nowhere, when it is proved. Where goods are given away that
/// cost the shop something, there is no least. Of no more bounds than are `left`; the rest is in doubt.
pub(super) fn doubts<'a>(
    coupons: &[&'a Coupon],
    classes: &[Class<'_>],
    costs: &Costs,
    given_away: bool,
    left: &mut usize,
) -> Result<Vec<Doubt<'a>>, CostError> {
    let ways = ways(coupons, classes);
    let mut doubts = Vec::new();
    for parts in ways.iter().take(MOST_STEPS) {
        let constant = constant(parts, costs)?;
        let least = match left.checked_sub(1) {
            Some(fewer) => {
                *left = fewer;
                program(parts, classes, costs).and_then(|program| program.least())
            }
            None => None,
        };
        let (least, at) = match least {
            Some(Least::Infeasible) => continue,
            Some(Least::At { x, .. }) if given_away => (None, x),
            Some(Least::At { least, x }) => (Some(Fine(least.floor()).minus(constant)), x),
            Some(Least::Unbounded { from }) => (None, from),
            None => (None, Vec::new()),
        };
        if least.is_none_or(Fine::is_negative) {
            doubts.push(Doubt { parts: parts.clone(), least, at });
        }
    }
    if ways.len() > MOST_STEPS {
        doubts.push(Doubt { parts: ways[MOST_STEPS].clone(), least: None, at: Vec::new() });
    }
    Ok(doubts)
}

/// The coupons in all combinations of their steps; one over what is looked at, to tell that there are more.
fn ways<'a>(coupons: &[&'a Coupon], classes: &[Class<'_>]) -> Vec<Vec<Part<'a>>> {
    let mut ways = vec![Vec::new()];
    for (place, coupon) in coupons.iter().enumerate() {
        let covered = classes.iter().filter(|class| class.covered[place]);
        // Goods that cost nothing are none to a coupon. Where there are no goods, the program has no solution.
        let cheapest = covered.map(|class| class.cheapest.price).min().unwrap_or(1);
        let parts = parts(coupon, cheapest);
        let longer = |way: &Vec<Part<'a>>| {
            let way = way.clone();
            parts.clone().into_iter().map(move |part| way.iter().copied().chain([part]).collect::<Vec<_>>())
        };
        ways = ways.iter().flat_map(longer).take(MOST_STEPS + 1).collect();
    }
    ways
}

fn parts<'a>(coupon: &'a Coupon, cheapest: u64) -> Vec<Part<'a>> {
    let floor = unsigned(coupon.terms.floor).max(cheapest);
    let part = |benefit: &'a Benefit, from: u64, to| {
        let pieces = match benefit {
            Benefit::BuyGet(offer) => u64::from(offer.buy.get()) + u64::from(offer.get.get()),
            _ => 1,
        };
        Part { coupon, benefit, from: floor.max(from).max(cheapest.saturating_mul(pieces)), to }
    };
    let Benefit::Tiered(Tiers { by, steps }) = &coupon.benefit else { return vec![part(&coupon.benefit, 0, None)] };
    let step = |(nth, (from, benefit)): (usize, &'a (u64, Benefit))| match by {
        Measure::Subtotal => part(benefit, *from, steps.get(nth + 1).map(|(next, _)| next.saturating_sub(1))),
        _ => part(benefit, 0, None),
    };
    steps.iter().enumerate().map(step).collect()
}

/// What does not hang on the goods: messages, gifts, and shipping at most.
fn constant(parts: &[Part<'_>], costs: &Costs) -> Result<Fine, CostError> {
    let (mut constant, mut shipping) = (costs.of_messages(parts.len()), Money::ZERO);
    for part in parts {
        match part.benefit {
            Benefit::Gift { sku, pieces } => {
                constant = constant.plus(costs.of_gift(None, sku)?.times(pieces.get().into()))
            }
            Benefit::FreeShipping { up_to } => {
                let all = costs.shipping.ok_or(CostError::UnknownShipping)?;
                let more = up_to.map_or(all, |most| most.min(all));
                shipping = shipping.checked_add(more).unwrap_or(all).min(all);
            }
            _ => {}
        }
    }
    Ok(constant.plus(Fine::of(shipping)))
}

/// `None` where there are too many unknowns or numbers past counting.
fn program(parts: &[Part<'_>], classes: &[Class<'_>], costs: &Costs) -> Option<Program> {
    let unknowns = Unknowns::of(parts, classes);
    if unknowns.count > MOST_UNKNOWN {
        return None;
    }
    let mut objective = vec![Ratio::ZERO; unknowns.count];
    for (place, class) in classes.iter().enumerate() {
        let kept = Ratio::whole(costs.kept_of_each(points(parts, class)));
        objective[place] = kept.minus(Ratio::new(class.worst.cost.0, class.worst.price.into())?)?;
        for part in 0..parts.len() {
            if let Some(off) = unknowns.off[part][place] {
                objective[off] = kept.negated()?;
            }
        }
    }
    let mut rows = Vec::new();
    for (place, part) in parts.iter().enumerate() {
        unknowns.terms(place, part, classes, &mut rows);
        unknowns.benefit(place, part, classes, &mut rows)?;
    }
    for class in 0..classes.len() {
        let mut row = vec![Ratio::ZERO; unknowns.count];
        row[class] = Ratio::whole(-1);
        unknowns.off.iter().filter_map(|off| off[class]).for_each(|off| row[off] = Ratio::ONE);
        rows.push((row, Ratio::ZERO));
    }
    Some(Program { objective, rows })
}

/// The points for goods of a class, in hundredths.
fn points(parts: &[Part<'_>], class: &Class<'_>) -> u32 {
    let more = |(part, covered): (&Part<'_>, &bool)| match part.benefit {
        Benefit::Points { hundredths } if *covered => hundredths.saturating_sub(100),
        _ => 0,
    };
    parts.iter().zip(&class.covered).map(more).fold(100, u32::saturating_add)
}

/// Which number is which: what the classes come to, then what each coupon takes off each of its own.
struct Unknowns {
    off: Vec<Vec<Option<usize>>>,
    count: usize,
}

type Row = (Vec<Ratio>, Ratio);

impl Unknowns {
    fn of(parts: &[Part<'_>], classes: &[Class<'_>]) -> Self {
        let mut count = classes.len();
        let mut off = Vec::with_capacity(parts.len());
        for (place, part) in parts.iter().enumerate() {
            let takes = matches!(part.benefit, Benefit::Amount(_) | Benefit::Rate { .. } | Benefit::BuyGet(_));
            let number = |class: &Class<'_>| {
                (takes && class.covered[place]).then(|| {
                    count += 1;
                    count - 1
                })
            };
            off.push(classes.iter().map(number).collect());
        }
        Self { off, count }
    }

    /// Its goods come to so much at least, and at most.
    fn terms(&self, place: usize, part: &Part<'_>, classes: &[Class<'_>], rows: &mut Vec<Row>) {
        let goods = |times: Ratio| {
            let mut row = vec![Ratio::ZERO; self.count];
            (0..classes.len()).filter(|class| classes[*class].covered[place]).for_each(|class| row[class] = times);
            row
        };
        rows.push((goods(Ratio::whole(-1)), Ratio::whole(-i128::from(part.from))));
        if let Some(to) = part.to {
            rows.push((goods(Ratio::ONE), Ratio::whole(to.into())));
        }
    }

    /// It takes off no more than it says.
    fn benefit(&self, place: usize, part: &Part<'_>, classes: &[Class<'_>], rows: &mut Vec<Row>) -> Option<()> {
        let at_most = |share: Ratio, running: bool, more: Ratio| -> Option<Row> {
            let mut row = vec![Ratio::ZERO; self.count];
            for class in (0..classes.len()).filter(|class| classes[*class].covered[place]) {
                row[class] = share.negated()?;
                let before = self.off[..place].iter().filter_map(|off| off[class]);
                if running {
                    before.for_each(|off| row[off] = share);
                }
                row[self.off[place][class]?] = Ratio::ONE;
            }
            Some((row, more))
        };
        let most = |money: &Money| at_most(Ratio::ZERO, false, Ratio::whole(unsigned(*money).into()));
        match part.benefit {
            Benefit::Amount(amount) => rows.push(most(amount)?),
            Benefit::Rate { rate, up_to, rounding } => {
                let rounded = match rounding {
                    Rounding::Down => Ratio::ZERO,
                    Rounding::HalfUp => Ratio::new(1, 2)?,
                    Rounding::Up => Ratio::ONE,
                };
                rows.push(at_most(share(*rate)?, part.coupon.stacking.base == Base::Running, rounded)?);
                if let Some(up_to) = up_to {
                    rows.push(most(up_to)?);
                }
            }
            Benefit::BuyGet(offer) => {
                let (buy, get) = (i128::from(offer.buy.get()), i128::from(offer.get.get()));
                rows.push(at_most(share(offer.off)?.times(Ratio::new(get, buy + get)?)?, false, Ratio::ZERO)?);
                if let Some(times) = offer.at_most {
                    let covered = classes.iter().filter(|class| class.covered[place]);
                    let dearest = covered.map(|class| class.dearest.price).max().unwrap_or(0);
                    let pieces = Ratio::whole(get * i128::from(times.get()));
                    let all = share(offer.off)?.times(pieces)?.times(Ratio::whole(dearest.into()))?;
                    rows.push(at_most(Ratio::ZERO, false, all)?);
                }
            }
            _ => {}
        }
        Some(())
    }
}

fn share(rate: Rate) -> Option<Ratio> {
    Ratio::new(rate.ppm().into(), Rate::ONE.ppm().into())
}

//! The rules of coupons once more, in plain and slow code: every set of coupons in every order, every discount handed
//! out unit by unit. Written from the rules and not from the library, of which it knows only the words.

use std::collections::{BTreeMap, BTreeSet};

use enishi::coupon::Checkout;
use enishi::coupon::{
    Base, Basket, Benefit, BestFor, Candidate, Codes, Coupon, Measure, NotApplied, Rounding, Tax, With,
};
use enishi::model::{Money, Timestamp};

/// What should come out.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) off_lines: Vec<i64>,
    pub(crate) off_shipping: i64,
    pub(crate) points: Vec<u32>,
    /// Of those taken, in their order: place, what they took off each line, and the shipping.
    pub(crate) taken: Vec<(usize, Vec<i64>, i64)>,
    pub(crate) refused: BTreeMap<usize, NotApplied>,
    /// Rate, net, tax and gross.
    pub(crate) taxes: Vec<(u32, i64, i64, i64)>,
}

/// One set of coupons taken in their order.
#[derive(Clone, Debug)]
struct Combination {
    coupons: Vec<usize>,
    parts: Vec<(Vec<i64>, i64)>,
    off: i64,
}

pub(crate) fn answer(basket: &Basket, candidates: &[Candidate<'_>], checkout: &Checkout<'_>) -> Answer {
    let goods = candidates.iter().map(|candidate| goods_of(basket, candidate.coupon)).collect();
    let brute = Brute { basket, candidates, checkout, goods };
    let mut refused = BTreeMap::new();
    let mut usable = Vec::new();
    for place in 0..candidates.len() {
        match brute.why_not_alone(place) {
            Some(why) => {
                refused.insert(place, why);
            }
            None => usable.push(place),
        }
    }
    // Of one rule the one that ends first; then by code, then as they were given. Who holds none, last.
    let ends = |place: usize| match candidates[place].held {
        Some(held) => (held.valid_until, held.code.to_string(), place),
        None => (Timestamp::MAX, String::new(), place),
    };
    let all = usable.clone();
    usable.retain(|place| {
        let goes_first = |other: &usize| brute.name(*other) == brute.name(*place) && ends(*other) < ends(*place);
        let twin = all.iter().any(goes_first);
        if twin {
            refused.insert(*place, NotApplied::SameCoupon);
        }
        !twin
    });
    let combinations = brute.combinations(&usable);
    let best = brute.best(&combinations);
    for place in usable.iter().filter(|place| !best.coupons.contains(place)) {
        refused.insert(*place, brute.why_not_beside(*place, &best, &combinations));
    }
    let mut off_lines = vec![0; basket.lines.len()];
    let mut off_shipping = 0;
    let mut points = vec![100; basket.lines.len()];
    for (place, (lines, shipping)) in best.coupons.iter().zip(&best.parts) {
        for (sum, off) in off_lines.iter_mut().zip(lines) {
            *sum += off;
        }
        off_shipping += shipping;
        if let Benefit::Points { hundredths } = brute.benefit(*place).unwrap() {
            for line in &brute.goods[*place] {
                points[*line] += hundredths - 100;
            }
        }
    }
    let taken =
        best.coupons.iter().zip(best.parts).map(|(place, (lines, shipping))| (*place, lines, shipping)).collect();
    let taxes = brute.taxes(&off_lines, off_shipping);
    Answer { off_lines, off_shipping, points, taken, refused, taxes }
}

struct Brute<'a> {
    basket: &'a Basket,
    candidates: &'a [Candidate<'a>],
    checkout: &'a Checkout<'a>,
    /// Of each candidate the lines it is for that cost something.
    goods: Vec<Vec<usize>>,
}

impl Brute<'_> {
    fn coupon(&self, place: usize) -> &Coupon {
        self.candidates[place].coupon
    }

    fn name(&self, place: usize) -> &str {
        self.coupon(place).name.as_str()
    }

    fn price(&self, line: usize) -> i64 {
        let line = &self.basket.lines[line];
        line.unit_price.minor() * i64::from(line.quantity)
    }

    fn shipping(&self) -> i64 {
        self.basket.shipping.map_or(0, |charge| charge.price.minor())
    }

    fn subtotal(&self, place: usize) -> i64 {
        self.goods[place].iter().map(|line| self.price(*line)).sum()
    }

    fn orders(&self) -> Vec<i64> {
        self.checkout.friend.orders.counting(self.checkout.now).map(|(_, net)| net.minor()).collect()
    }

    /// The benefit, of a tiered one the step reached; or why there is none.
    fn benefit(&self, place: usize) -> Result<&Benefit, NotApplied> {
        let Benefit::Tiered(tiers) = &self.coupon(place).benefit else { return Ok(&self.coupon(place).benefit) };
        let level = match tiers.by {
            Measure::Subtotal => self.subtotal(place),
            Measure::Orders => self.orders().len() as i64,
            Measure::Spent => self.orders().iter().sum(),
            _ => unreachable!(),
        };
        let mut reached = None;
        for (from, benefit) in &tiers.steps {
            if *from as i64 <= level {
                reached = Some(benefit);
            }
        }
        let short = tiers.steps[0].0 as i64 - level;
        reached.ok_or(match tiers.by {
            Measure::Subtotal => NotApplied::BelowFloor { short: Money::from_minor(short) },
            Measure::Orders => NotApplied::FewOrders { short: short as u64 },
            _ => NotApplied::LittleSpent { short: Money::from_minor(short) },
        })
    }

    fn why_not_alone(&self, place: usize) -> Option<NotApplied> {
        let (candidate, coupon, checkout) = (&self.candidates[place], self.coupon(place), self.checkout);
        let friend = checkout.friend;
        let personal = coupon.codes == Codes::Personal;
        if personal && candidate.held.is_none() {
            return Some(NotApplied::NotHeld);
        }
        if let Some(held) = candidate.held {
            let mut uses = 0;
            for redemption in &held.redeemed {
                let cancelled = friend.orders.all().iter().any(|o| o.id == redemption.order && o.placed_at().is_none());
                uses += u32::from(!cancelled);
            }
            let most = coupon.limits.per_code.map_or(if personal { 1 } else { u32::MAX }, |most| most.get());
            if uses >= most {
                return Some(NotApplied::Used);
            }
        }
        if candidate.uses_left == Some(0) {
            return Some(NotApplied::UsedUp);
        }
        let mut from = coupon.valid.from.unwrap_or(Timestamp::MIN);
        let mut until = coupon.valid.until.unwrap_or(Timestamp::MAX);
        if let Some(held) = candidate.held {
            from = from.max(held.issued_at);
            until = held.valid_until;
        }
        if checkout.now < from {
            return Some(NotApplied::NotYet { from });
        }
        if checkout.now >= until {
            return Some(NotApplied::Expired { until });
        }
        let is_black = |day| coupon.valid.blackouts.iter().any(|(first, last)| *first <= day && day <= *last);
        let mut day = checkout.zone.date(checkout.now);
        if is_black(day) {
            while is_black(day) {
                day = day.succ_opt().unwrap();
            }
            return Some(NotApplied::Blackout { from: checkout.zone.start_of(day) });
        }
        let terms = &coupon.terms;
        let list = |set: &BTreeSet<Box<str>>| set.iter().cloned().collect::<Vec<_>>();
        if !terms.channels.is_empty() && !terms.channels.contains(&self.basket.channel) {
            return Some(NotApplied::WrongChannel { allowed: terms.channels.iter().cloned().collect() });
        }
        if !terms.payments.is_empty() && !self.basket.payment.iter().any(|it| terms.payments.contains(it)) {
            return Some(NotApplied::WrongPayment { allowed: list(&terms.payments) });
        }
        if !terms.shippings.is_empty() && !self.basket.shipping_by.iter().any(|it| terms.shippings.contains(it)) {
            return Some(NotApplied::WrongShipping { allowed: list(&terms.shippings) });
        }
        if terms.first_order && !self.orders().is_empty() {
            return Some(NotApplied::NotFirstOrder { orders: self.orders().len() as u64 });
        }
        if let Some(only) = &terms.only
            && !only.matches(friend, checkout.now)
        {
            return Some(NotApplied::NotForFriend { only: only.expr().to_string().into() });
        }
        let subtotal = self.subtotal(place);
        if subtotal == 0 {
            return Some(NotApplied::NoGoods);
        }
        if subtotal < terms.floor.minor() {
            return Some(NotApplied::BelowFloor { short: Money::from_minor(terms.floor.minor() - subtotal) });
        }
        let benefit = match self.benefit(place) {
            Ok(benefit) => benefit,
            Err(why) => return Some(why),
        };
        if let Benefit::BuyGet(offer) = benefit {
            let pieces: u32 = self.goods[place].iter().map(|line| self.basket.lines[*line].quantity).sum();
            let set = offer.buy.get() + offer.get.get();
            if pieces < set {
                return Some(NotApplied::FewPieces { short: (set - pieces).into() });
            }
        }
        self.play(&[place]).is_none().then_some(NotApplied::Nothing)
    }

    /// Every set in every order that is allowed, of which each gives something.
    fn combinations(&self, usable: &[usize]) -> Vec<Combination> {
        let mut found = vec![Combination { coupons: Vec::new(), parts: Vec::new(), off: 0 }];
        for set in 1_u32..1 << usable.len() {
            let members: Vec<usize> =
                (0..usable.len()).filter(|bit| set & (1 << bit) != 0).map(|bit| usable[bit]).collect();
            let together = |a: &usize, b: &usize| a == b || self.go_together(*a, *b);
            let fits = members.len() <= self.checkout.combining.at_most
                && members.iter().all(|a| members.iter().all(|b| together(a, b)));
            if !fits {
                continue;
            }
            for order in orders_of(&members) {
                let turn = |place: usize| (self.coupon(place).stacking.order, self.name(place));
                if order.windows(2).all(|pair| turn(pair[0]) < turn(pair[1])) {
                    found.extend(self.play(&order));
                }
            }
        }
        found
    }

    fn go_together(&self, one: usize, another: usize) -> bool {
        match (&self.coupon(one).stacking.with, &self.coupon(another).stacking.with) {
            (With::Alone, _) | (_, With::Alone) => false,
            (With::Group(one), With::Group(another)) => one == another,
            _ => true,
        }
    }

    /// What coupons do one after another; nothing when one of them does nothing.
    fn play(&self, order: &[usize]) -> Option<Combination> {
        let mut left: Vec<i64> = (0..self.basket.lines.len()).map(|line| self.price(line)).collect();
        let mut shipping = self.shipping();
        let mut played = Combination { coupons: order.to_vec(), parts: Vec::new(), off: 0 };
        for place in order {
            let goods = &self.goods[*place];
            let mut part = (vec![0; left.len()], 0);
            let of_goods: i64 = goods.iter().map(|line| left[*line]).sum();
            let initial = self.coupon(*place).stacking.base == Base::Initial;
            let mut weights = vec![0; left.len()];
            for line in goods {
                weights[*line] = left[*line];
            }
            let off = match self.benefit(*place).unwrap() {
                Benefit::Amount(off) => off.minor().min(of_goods),
                Benefit::Rate { rate, up_to, rounding } => {
                    let of = if initial { self.subtotal(*place) } else { of_goods };
                    let off = round(of.into(), rate.ppm().into(), 1_000_000, *rounding);
                    off.min(up_to.map_or(i64::MAX, Money::minor)).min(of_goods)
                }
                Benefit::FreeShipping { up_to } => {
                    part.1 = shipping.min(up_to.map_or(i64::MAX, Money::minor));
                    if part.1 == 0 {
                        return None;
                    }
                    0
                }
                Benefit::Points { hundredths } if of_goods == 0 || *hundredths <= 100 => return None,
                Benefit::Points { .. } | Benefit::Gift { .. } => 0,
                Benefit::BuyGet(offer) => {
                    let mut pieces = Vec::new();
                    for line in goods {
                        let goods = &self.basket.lines[*line];
                        for _ in 0..goods.quantity {
                            pieces.push((goods.unit_price.minor(), &goods.id, *line));
                        }
                    }
                    pieces.sort();
                    let mut sets = pieces.len() as u32 / (offer.buy.get() + offer.get.get());
                    sets = sets.min(offer.at_most.map_or(u32::MAX, |most| most.get()));
                    let mut counts = vec![0_i64; left.len()];
                    for piece in &pieces[..(sets * offer.get.get()) as usize] {
                        counts[piece.2] += 1;
                    }
                    for line in 0..left.len() {
                        let goods = &self.basket.lines[line];
                        weights[line] = match initial {
                            _ if counts[line] == 0 => 0,
                            true => left[line].min(counts[line] * goods.unit_price.minor()),
                            false => left[line] * counts[line] / i64::from(goods.quantity),
                        };
                    }
                    let of: i64 = weights.iter().sum();
                    round(of.into(), offer.off.ppm().into(), 1_000_000, Rounding::Down)
                }
                _ => unreachable!(),
            };
            let gives = off > 0
                || part.1 > 0
                || matches!(self.benefit(*place).unwrap(), Benefit::Points { .. } | Benefit::Gift { .. });
            if !gives {
                return None;
            }
            part.0 = self.hand_out(off, &weights);
            for (left, off) in left.iter_mut().zip(&part.0) {
                *left -= off;
            }
            shipping -= part.1;
            played.off += off + part.1;
            played.parts.push(part);
        }
        Some(played)
    }

    /// Unit by unit, each to the line that is furthest behind its exact share; then the dearer, then the first by id.
    fn hand_out(&self, off: i64, weights: &[i64]) -> Vec<i64> {
        let whole: i64 = weights.iter().sum();
        let mut given = vec![0; weights.len()];
        for _ in 0..off {
            let mut furthest: Option<usize> = None;
            for line in (0..weights.len()).filter(|line| weights[*line] > 0) {
                let behind = |line: usize| {
                    let exact = i128::from(weights[line]) * i128::from(off);
                    (exact - i128::from(given[line]) * i128::from(whole), weights[line])
                };
                let first = |line: usize, other: usize| self.basket.lines[line].id < self.basket.lines[other].id;
                if furthest.is_none_or(|other| {
                    behind(line) > behind(other) || behind(line) == behind(other) && first(line, other)
                }) {
                    furthest = Some(line);
                }
            }
            given[furthest.unwrap()] += 1;
        }
        given
    }

    fn best(&self, all: &[Combination]) -> Combination {
        let shop = self.checkout.combining.best_for == BestFor::Shop;
        let mut best: Option<&Combination> = None;
        for one in all {
            let can_be_added_to = |more: &Combination| {
                more.coupons.len() == one.coupons.len() + 1 && one.coupons.iter().all(|it| more.coupons.contains(it))
            };
            if shop && all.iter().any(can_be_added_to) {
                continue;
            }
            if best.is_none_or(|best| self.is_better(one, best, shop)) {
                best = Some(one);
            }
        }
        best.unwrap().clone()
    }

    fn is_better(&self, one: &Combination, other: &Combination, shop: bool) -> bool {
        if one.off != other.off {
            return (one.off < other.off) == shop;
        }
        if one.coupons.len() != other.coupons.len() {
            return (one.coupons.len() < other.coupons.len()) == shop;
        }
        let names = |of: &Combination| of.coupons.iter().map(|place| self.name(*place)).collect::<BTreeSet<_>>();
        let (one, other) = (names(one), names(other));
        one.symmetric_difference(&other).next().is_some_and(|first| one.contains(first))
    }

    fn why_not_beside(&self, place: usize, best: &Combination, all: &[Combination]) -> NotApplied {
        for other in &best.coupons {
            if !self.go_together(place, *other) {
                return NotApplied::NotBeside { other: self.coupon(*other).name.clone() };
            }
        }
        let at_most = self.checkout.combining.at_most;
        if best.coupons.len() == at_most {
            return NotApplied::TooMany { at_most: at_most as u64 };
        }
        let turn = |place: usize| (self.coupon(place).stacking.order, self.name(place));
        let mut up_to_here: Vec<usize> =
            best.coupons.iter().copied().filter(|other| turn(*other) < turn(place)).collect();
        up_to_here.push(place);
        let stands = all.iter().any(|one| one.coupons == up_to_here);
        if stands { NotApplied::Outdone } else { NotApplied::NothingLeft }
    }

    /// Rate by rate: what is without tax is brought to what is paid as one sum; the tax is in what is paid.
    fn taxes(&self, off_lines: &[i64], off_shipping: i64) -> Vec<(u32, i64, i64, i64)> {
        let mut paid: Vec<(Tax, i64)> = Vec::new();
        for (nth, line) in self.basket.lines.iter().enumerate() {
            paid.push((line.tax, self.price(nth) - off_lines[nth]));
        }
        paid.extend(self.basket.shipping.map(|charge| (charge.tax, charge.price.minor() - off_shipping)));
        paid.extend(self.basket.fees.iter().map(|fee| (fee.tax, fee.price.minor())));
        let rates: BTreeSet<u32> = paid.iter().map(|(tax, _)| tax.rate.ppm()).collect();
        let mut taxes = Vec::new();
        for rate in rates {
            let sum = |included| -> i64 {
                paid.iter().filter(|(tax, _)| tax.rate.ppm() == rate && tax.included == included).map(|it| it.1).sum()
            };
            let without = sum(false);
            let rounding = self.checkout.tax_rounding;
            let gross = sum(true) + without + round(without.into(), rate.into(), 1_000_000, rounding);
            let tax = round(gross.into(), rate.into(), 1_000_000 + i128::from(rate), rounding);
            taxes.push((rate, gross - tax, tax, gross));
        }
        taxes
    }
}

fn goods_of(basket: &Basket, coupon: &Coupon) -> Vec<usize> {
    let scope = &coupon.scope;
    let mut goods = Vec::new();
    for (nth, line) in basket.lines.iter().enumerate() {
        let mut inside = scope.skus.is_empty() && scope.categories.is_empty();
        inside |= scope.skus.contains(&line.sku);
        for category in &line.categories {
            inside |= scope.categories.contains(category);
        }
        for category in &line.categories {
            inside &= !scope.except_categories.contains(category);
        }
        inside &= !scope.except_skus.contains(&line.sku);
        if inside && line.quantity > 0 && line.unit_price > Money::ZERO {
            goods.push(nth);
        }
    }
    goods
}

fn round(amount: i128, by: i128, whole: i128, rounding: Rounding) -> i64 {
    let add = match rounding {
        Rounding::Down => 0,
        Rounding::HalfUp => whole,
        Rounding::Up => 2 * (whole - 1),
        _ => unreachable!(),
    };
    i64::try_from((2 * amount * by + add) / (2 * whole)).unwrap()
}

/// Every order of some things.
fn orders_of(things: &[usize]) -> Vec<Vec<usize>> {
    if things.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for (nth, first) in things.iter().enumerate() {
        let rest: Vec<usize> =
            things.iter().enumerate().filter(|(other, _)| *other != nth).map(|(_, it)| *it).collect();
        for mut order in orders_of(&rest) {
            order.insert(0, *first);
            all.push(order);
        }
    }
    all
}

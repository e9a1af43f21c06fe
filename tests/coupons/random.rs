//! Baskets, coupons and friends as chance has them: small enough to be reckoned by brute force, and full of ties.

use std::collections::BTreeSet;

use enishi::coupon::{
    Base, Basket, BasketLine, Benefit, BestFor, BuyGet, Charge, Checkout, Codes, Combining, Coupon, Measure, Rounding,
    Tax, Tiers, With,
};
use enishi::model::{Channel, Friend, FriendId, FriendKey, HeldCoupon, Order, Rate, Redemption, Span, TagName, Zone};
use enishi::segment::{Expr, Predicate, Schema};

use crate::shop::{name, now, percent, yen};

/// A sequence of numbers that only its seed decides (SplitMix64).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, end: i64) -> i64 {
        (self.next() % end as u64) as i64
    }

    /// Once in so many times.
    pub(crate) fn once_in(&mut self, times: i64) -> bool {
        self.below(times) == 0
    }

    pub(crate) fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as i64) as usize].clone()
    }
}

/// A coupon, how it is held, and the uses left.
#[derive(Debug)]
pub(crate) struct Drawn {
    pub(crate) coupon: Coupon,
    pub(crate) held: Option<HeldCoupon>,
    pub(crate) uses_left: Option<u64>,
}

/// Friends who ordered never, once, and more often; every other one is a VIP. One order of each was cancelled.
pub(crate) fn friends() -> Vec<Friend> {
    (0..8)
        .map(|nth| {
            let mut friend = Friend::new(FriendId(nth), FriendKey::new(&format!("friend {nth}")).unwrap());
            for order in 0..=nth / 2 {
                let id = format!("order {order}").parse().unwrap();
                let placed_at = now().plus_millis(-1000 * i64::from(order + 1));
                let total = yen(100 * i64::from(order + nth));
                friend.orders.placed(
                    &Order { id, placed_at, total, lines: Vec::new(), properties: Default::default() },
                    placed_at,
                );
            }
            friend.orders.cancelled(&"order 0".parse().unwrap(), now());
            friend.mark(TagName::new("VIP").unwrap(), nth % 2 == 0, now());
            friend
        })
        .collect()
}

pub(crate) fn vips() -> Predicate {
    let expr = Expr::parse("tag 'VIP'").unwrap().expr;
    let mut schema = Schema::new(Zone::TOKYO);
    schema.tags.insert(TagName::new("VIP").unwrap(), Default::default());
    schema.compile(&expr).unwrap()
}

pub(crate) fn checkout<'a>(dice: &mut Dice, friends: &'a [Friend]) -> Checkout<'a> {
    let friend = &friends[dice.below(friends.len() as i64) as usize];
    let mut checkout = Checkout::new(friend, now(), &Zone::TOKYO);
    let mut combining = Combining::default();
    combining.at_most = dice.pick(&[0, 1, 2, 2, 3, 3, 3, 4, 9]);
    combining.best_for = dice.pick(&[BestFor::Customer, BestFor::Customer, BestFor::Shop]);
    checkout.combining = combining;
    checkout.tax_rounding = rounding(dice);
    checkout
}

pub(crate) fn basket(dice: &mut Dice) -> Basket {
    // Yen of small things; now and then cents of dear ones.
    let prices: &[i64] = if dice.once_in(40) { &[1999, 2450, 995] } else { &[0, 1, 3, 7, 10, 10, 33, 60, 98, 99, 150] };
    let count = dice.pick(&[0, 1, 2, 3, 3, 3, 4, 4, 5, 5, 6]);
    // Ids in no order, so that they are not the order of the lines.
    let first = dice.below(7);
    let mut basket = Basket::default();
    basket.lines = (0..count)
        .map(|nth| BasketLine {
            id: format!("{}", (first + nth * 3) % 7).into(),
            sku: dice.pick(&["soap", "tea", "rice", "salt"]).into(),
            categories: (0..dice.below(3)).map(|_| dice.pick(&["food", "bath", "sale"]).into()).collect(),
            unit_price: yen(dice.pick(prices)),
            quantity: dice.pick(&[0, 1, 1, 1, 1, 1, 2, 2, 3]),
            tax: tax(dice),
        })
        .collect();
    let charge = |dice: &mut Dice| Charge { price: yen(dice.pick(&[0, 10, 50])), tax: tax(dice) };
    basket.shipping = (!dice.once_in(4)).then(|| charge(dice));
    basket.fees = (0..dice.below(2)).map(|_| charge(dice)).collect();
    basket.payment = dice.pick(&[None, Some("card".into()), Some("cod".into())]);
    basket.shipping_by = dice.pick(&[None, Some("post".into()), Some("cool".into())]);
    basket.channel = dice.pick(&[Channel::Line, "web".parse().unwrap()]);
    basket
}

pub(crate) fn coupons(dice: &mut Dice, vips: &Predicate) -> Vec<Drawn> {
    let count = dice.pick(&[0, 1, 2, 3, 4, 4, 5, 5, 6, 6, 7]);
    let mut drawn: Vec<Drawn> = Vec::new();
    for _ in 0..count {
        let called = dice.pick(&["a", "b", "c", "d", "e", "f", "g", "h"]);
        // One rule of a name; it can be held twice.
        let twin = drawn.iter().find(|other| other.coupon.name.as_str() == called).map(|other| other.coupon.clone());
        let coupon = twin.unwrap_or_else(|| coupon(dice, called, vips));
        let held = (coupon.codes == Codes::Personal && !dice.once_in(30)).then(|| held(dice, &coupon));
        let uses_left = if dice.once_in(40) { Some(0) } else { dice.pick(&[None, Some(1), Some(3)]) };
        drawn.push(Drawn { coupon, held, uses_left });
    }
    drawn
}

pub(crate) fn coupon(dice: &mut Dice, called: &str, vips: &Predicate) -> Coupon {
    let mut coupon = Coupon::new(name(called), benefit(dice), Span::days(14));
    if dice.once_in(2) {
        coupon.codes = Codes::Shared("SPRING26".parse().unwrap());
    }
    let one = |dice: &mut Dice, of: &[&str]| BTreeSet::from([Box::from(dice.pick(of))]);
    match dice.below(12) {
        0 => coupon.scope.skus = one(dice, &["soap", "tea", "rice"]),
        1 | 2 => coupon.scope.categories = one(dice, &["food", "bath"]),
        3 => {
            coupon.scope.skus = one(dice, &["soap", "tea"]);
            coupon.scope.categories = one(dice, &["food", "bath"]);
        }
        _ => {}
    }
    match dice.below(12) {
        0 => coupon.scope.except_skus = one(dice, &["soap", "tea", "salt"]),
        1 => coupon.scope.except_categories = one(dice, &["sale", "bath"]),
        _ => {}
    }
    let terms = &mut coupon.terms;
    terms.floor = yen(dice.pick(&[0, 0, 0, 20, 100]));
    terms.first_order = dice.once_in(40);
    if dice.once_in(30) {
        terms.channels = BTreeSet::from([Channel::Line]);
    }
    if dice.once_in(30) {
        terms.payments = one(dice, &["card", "cod"]);
    }
    if dice.once_in(30) {
        terms.shippings = one(dice, &["post", "cool"]);
    }
    if dice.once_in(20) {
        terms.only = Some(vips.clone());
    }
    let valid = &mut coupon.valid;
    let hour = |dice: &mut Dice| now().plus_millis(dice.below(3) - 1);
    if dice.once_in(25) {
        valid.from = Some(hour(dice));
    }
    if dice.once_in(25) {
        valid.until = Some(hour(dice));
    }
    let today = Zone::TOKYO.date(now());
    let day = |dice: &mut Dice| today + chrono::TimeDelta::days(dice.below(5) - 2);
    if dice.once_in(25) {
        valid.blackouts = (0..2).map(|_| (day(dice), day(dice))).collect();
    }
    if dice.once_in(5) {
        coupon.limits.per_code = 2.try_into().ok();
    }
    coupon.stacking.with = match dice.below(6) {
        0 => With::Alone,
        1 => With::Group("x".into()),
        2 => With::Group("y".into()),
        _ => With::All,
    };
    coupon.stacking.order = i32::try_from(dice.below(3)).unwrap() - 1;
    coupon.stacking.base = dice.pick(&[Base::Running, Base::Initial]);
    coupon
}

fn held(dice: &mut Dice, coupon: &Coupon) -> HeldCoupon {
    let issued_at = now().plus_millis(if dice.once_in(40) { 1 } else { dice.pick(&[-86_400_000, -1000, -1, 0]) });
    let mut redeemed = BTreeSet::new();
    for _ in 0..dice.pick(&[0, 0, 0, 0, 0, 0, 0, 1, 2]) {
        // Order 0 was cancelled, order 9 was never told.
        let order = dice.pick(&["order 0", "order 0", "order 1", "order 9"]).parse().unwrap();
        redeemed.insert(Redemption { at: issued_at, order });
    }
    let valid_until = match dice.below(40) {
        0 => now(),
        1 => now().plus_millis(1),
        _ => coupon.valid.until(issued_at, &Zone::TOKYO),
    };
    HeldCoupon {
        coupon: coupon.name.clone(),
        code: dice.pick(&["1", "2", "3"]).into(),
        issued_at,
        valid_until,
        redeemed,
    }
}

fn benefit(dice: &mut Dice) -> Benefit {
    if dice.once_in(6) {
        let by = dice.pick(&[Measure::Subtotal, Measure::Orders, Measure::Spent]);
        let levels = match by {
            Measure::Orders => [dice.below(3) as u64, 3],
            _ => [dice.below(100) as u64, 150],
        };
        return Benefit::Tiered(Tiers::new(by, levels.map(|level| (level, plain(dice))).to_vec()));
    }
    plain(dice)
}

fn plain(dice: &mut Dice) -> Benefit {
    let cap = dice.pick(&[None, None, Some(yen(5)), Some(yen(40))]);
    let few = |dice: &mut Dice| u32::try_from(1 + dice.below(2)).unwrap().try_into().unwrap();
    match dice.below(12) {
        0..4 => Benefit::Amount(yen(dice.pick(&[1, 5, 10, 10, 50, 300]))),
        4..8 => {
            let rate = dice.pick(&["1%", "10%", "10%", "33.3333%", "50%", "100%"]);
            Benefit::Rate { rate: percent(rate), up_to: cap, rounding: rounding(dice) }
        }
        8 => Benefit::FreeShipping { up_to: cap },
        9 => Benefit::Points { hundredths: dice.pick(&[100, 150, 200, 300]) },
        10 => Benefit::Gift { sku: "sample".into(), pieces: few(dice) },
        _ => Benefit::BuyGet(BuyGet {
            buy: few(dice),
            get: few(dice),
            off: percent(dice.pick(&["50%", "100%", "30%"])),
            at_most: dice.once_in(3).then(|| few(dice)),
        }),
    }
}

fn tax(dice: &mut Dice) -> Tax {
    let rate: Rate = percent(dice.pick(&["8%", "10%", "10%", "0%"]));
    Tax { rate, included: !dice.once_in(3) }
}

fn rounding(dice: &mut Dice) -> Rounding {
    dice.pick(&[Rounding::Down, Rounding::HalfUp, Rounding::Up])
}

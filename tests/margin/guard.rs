//! The floor at the checkout.

use enishi::coupon::margin::{CostError, Costs, Guard, Then};
use enishi::coupon::{Basket, BasketError, Benefit, Candidate, Checkout, Coupon, NotApplied, Quote};
use enishi::model::{Money, Zone};

use crate::random::{self, Dice};
use crate::shop::{amount, basket, guest, now, off_lines, percent, rate, shared, taken, yen};
use crate::words::over_floor;

/// Costs 60 % of every price, and 10 % must be left of what is paid: 10 pieces of 100 bear 333 off.
fn sixty_percent() -> Costs {
    let mut costs = Costs::default();
    (costs.otherwise, costs.floor) = (Some(percent("40%")), percent("10%"));
    costs
}

fn guarded(basket: &Basket, coupons: &[&Coupon], costs: &Costs, then: Then) -> Result<Quote, BasketError> {
    let candidates: Vec<Candidate<'_>> = coupons.iter().map(|coupon| Candidate::shared(coupon)).collect();
    let guest = guest();
    let mut checkout = Checkout::new(&guest, now(), &Zone::TOKYO);
    checkout.guard = Some(Guard { costs, then });
    checkout.quote(basket, &candidates)
}

#[test]
fn what_leaves_enough_is_taken_as_without_a_guard() {
    let quote = guarded(&basket(&[(10, 100)]), &[&amount("c", 333)], &sixty_percent(), Then::Refuse).unwrap();
    assert_eq!((quote.discount, quote.taken[0].capped_from), (yen(333), None));
}

#[test]
fn a_coupon_that_leaves_too_little_is_refused() {
    let quote = guarded(&basket(&[(10, 100)]), &[&amount("c", 334)], &sixty_percent(), Then::Refuse).unwrap();
    assert_eq!((quote.discount, quote.to_pay), (Money::ZERO, yen(1000)));
    assert_eq!(quote.refused[0].why, NotApplied::BelowMargin);
    assert_eq!((quote.refused[0].why.number(), quote.refused[0].why.word()), (750, "below_margin"));
}

#[test]
fn a_coupon_that_leaves_too_little_takes_off_what_the_floor_allows() {
    let lines = basket(&[(5, 100), (5, 100)]);
    let quote = guarded(&lines, &[&amount("c", 500)], &sixty_percent(), Then::Cap).unwrap();
    assert_eq!((quote.discount, quote.to_pay), (yen(333), yen(667)));
    assert_eq!(off_lines(&quote), [167, 166]);
    assert_eq!((quote.taken[0].discount, quote.taken[0].capped_from), (yen(333), Some(yen(500))));
    assert_eq!(quote.taxes[0].tax, yen(60)); // 667 × 10 / 110
}

#[test]
fn the_last_coupon_gives_way_first() {
    let coupons = [&amount("c", 200), &rate("d", "50%", None), &amount("e", 50)];
    let lines = basket(&[(10, 100)]);
    let refused = guarded(&lines, &coupons, &sixty_percent(), Then::Refuse).unwrap();
    assert_eq!((taken(&refused), refused.discount), (vec!["c"], yen(200)));
    let capped = guarded(&lines, &coupons, &sixty_percent(), Then::Cap).unwrap();
    assert_eq!((taken(&capped), capped.discount), (vec!["c", "d"], yen(333)));
    assert_eq!((capped.taken[1].discount, capped.taken[1].capped_from), (yen(133), Some(yen(400))));
    assert_eq!(capped.refused[0].why, NotApplied::BelowMargin);
}

#[test]
fn a_gift_is_laid_in_or_not() {
    let gift = shared("c", Benefit::Gift { sku: "sample".into(), pieces: 1.try_into().unwrap() });
    let lines = basket(&[(10, 100)]);
    let costs = |gift_costs| sixty_percent().with_skus([("sample", yen(gift_costs))]);
    assert_eq!(guarded(&lines, &[&gift], &costs(300), Then::Cap).unwrap().gifts.len(), 1);
    assert_eq!(guarded(&lines, &[&gift], &costs(301), Then::Cap).unwrap().gifts.len(), 0);
    let unknown = BasketError::Cost(CostError::UnknownGift { sku: "sample".into() });
    assert_eq!(guarded(&lines, &[&gift], &sixty_percent(), Then::Cap), Err(unknown));
}

#[test]
fn an_order_below_the_floor_without_coupons_gets_none() {
    let costs = sixty_percent().with_skus([("0", yen(95))]);
    let quote = guarded(&basket(&[(10, 100)]), &[&amount("c", 1)], &costs, Then::Cap).unwrap();
    assert!(quote.taken.is_empty());
}

#[test]
fn goods_of_unknown_cost_are_told() {
    let unknown = BasketError::Cost(CostError::Unknown { sku: "0".into() });
    let quote = guarded(&basket(&[(10, 100)]), &[&amount("c", 1)], &Costs::default(), Then::Cap);
    assert_eq!(quote, Err(unknown));
}

/// Seen to fail: with the costs of the guard asked first, nothing is refused.
#[test]
fn what_a_basket_says_of_costs_goes_before() {
    let costs = sixty_percent().with_skus([("0", yen(10)), ("sample", yen(10))]);
    let with = |sku: &str, cost| {
        let mut basket = basket(&[(10, 100)]);
        basket.costs.insert(sku.into(), yen(cost));
        basket
    };
    let gift = shared("d", Benefit::Gift { sku: "sample".into(), pieces: 1.try_into().unwrap() });
    let taken =
        |basket: &Basket, coupon: &Coupon| guarded(basket, &[coupon], &costs, Then::Refuse).unwrap().taken.len();
    assert_eq!([70, 71].map(|cost| taken(&with("0", cost), &amount("c", 222))), [1, 0]);
    assert_eq!([800, 801].map(|cost| taken(&with("sample", cost), &gift)), [1, 0]);
    let negative = BasketError::Cost(CostError::Negative { sku: "0".into() });
    assert_eq!(guarded(&with("0", -1), &[&amount("c", 1)], &costs, Then::Cap), Err(negative));
}

#[test]
fn no_order_with_a_coupon_is_below_the_floor_and_all_sums_agree() {
    let (friends, vips) = (random::friends(), random::vips());
    let (mut refused, mut capped) = (0, 0);
    for seed in 0..6000 {
        let dice = &mut Dice::new(seed);
        let basket = random::basket(dice);
        let coupons = random::coupons(dice, &vips);
        let mut checkout = random::checkout(dice, &friends);
        let mut costs = Costs::default().with_skus([("sample", yen(dice.pick(&[1, 5, 50])))]);
        costs.otherwise = Some(percent(dice.pick(&["20%", "50%", "80%"])));
        costs.floor = percent(dice.pick(&["0%", "10%", "30%"]));
        costs.points_worth = percent(dice.pick(&["0%", "1%", "5%"]));
        costs.shipping = dice.pick(&[None, Some(yen(30))]);
        (costs.message, costs.messages_per_use) = (dice.pick(&[0, 500]), 2);
        let candidates: Vec<Candidate<'_>> = coupons
            .iter()
            .map(|drawn| match &drawn.held {
                Some(held) => Candidate::held(&drawn.coupon, held),
                None => Candidate::shared(&drawn.coupon),
            })
            .collect();
        let free = checkout.quote(&basket, &candidates).unwrap();
        checkout.guard = Some(Guard { costs: &costs, then: dice.pick(&[Then::Refuse, Then::Cap]) });
        let quote = checkout.quote(&basket, &candidates).unwrap();

        assert!(quote.taken.is_empty() || over_floor(&costs, &basket, &quote) >= 0, "seed {seed}: {quote:#?}");
        if free.taken.is_empty() || over_floor(&costs, &basket, &free) >= 0 {
            assert_eq!(quote, free, "seed {seed}");
        }
        assert_adds_up(&quote, seed);
        assert_eq!(quote.taken.len() + quote.refused.len(), candidates.len());
        refused += quote.refused.iter().filter(|it| it.why == NotApplied::BelowMargin).count();
        capped += quote.taken.iter().filter(|it| it.capped_from.is_some()).count();
        // What was capped could not have taken off a unit more, as long as all goods bring the same points.
        if let Some(last) = quote.taken.last().filter(|last| last.capped_from.is_some()) {
            assert!(last.capped_from > Some(last.discount));
            let same_points = quote.lines.windows(2).all(|pair| pair[0].points == pair[1].points);
            let of_goods = i128::from(1_000_000 - costs.floor.ppm()) * 100;
            let one = if last.shipping > Money::ZERO { 100_000_000 } else { of_goods };
            assert!(!same_points || over_floor(&costs, &basket, &quote) < one, "seed {seed}: {quote:#?}");
        }
    }
    assert!(refused > 300 && capped > 150, "{refused} refused, {capped} capped");
}

fn assert_adds_up(quote: &Quote, seed: u64) {
    let sum = |of: &mut dyn Iterator<Item = Money>| of.map(Money::minor).sum::<i64>();
    let shipping = quote.shipping.map_or(0, |shipping| shipping.discount.minor());
    assert_eq!(
        sum(&mut quote.lines.iter().map(|line| line.discount)) + shipping,
        quote.discount.minor(),
        "seed {seed}"
    );
    assert_eq!(sum(&mut quote.taken.iter().map(|it| it.discount)), quote.discount.minor(), "seed {seed}");
    for it in &quote.taken {
        assert_eq!(sum(&mut it.lines.iter().copied()) + it.shipping.minor(), it.discount.minor(), "seed {seed}");
    }
    for (nth, line) in quote.lines.iter().enumerate() {
        assert_eq!(sum(&mut quote.taken.iter().map(|it| it.lines[nth])), line.discount.minor(), "seed {seed}");
        assert!(line.discount <= line.price, "seed {seed}");
    }
    assert_eq!(sum(&mut quote.taxes.iter().map(|tax| tax.gross)), quote.to_pay.minor(), "seed {seed}");
}

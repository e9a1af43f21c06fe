//! Cases reckoned by hand.

use std::collections::BTreeSet;

use enishi::coupon::{
    Base, Basket, BasketError, Benefit, BestFor, Candidate, Charge, Checkout, Codes, Coupon, Measure, NotApplied,
    Quote, Rounding, Tax, Tiers, With,
};
use enishi::model::{Currency, HeldCoupon, Redemption, Span, Zone};

use crate::shop::{amount, basket, buy_get, guest, name, now, off_lines, percent, quote, rate, shared, taken, yen};
use crate::support::lab::at;

/// The discount of each line, or why there is none.
fn one(coupon: &Coupon, lines: &[(u32, i64)]) -> Result<Vec<i64>, NotApplied> {
    let quote = quote(&basket(lines), &[coupon]);
    match quote.refused.first() {
        Some(refused) => Err(refused.why.clone()),
        None => Ok(off_lines(&quote)),
    }
}

#[test]
fn an_amount_is_taken_off_but_never_more_than_the_cart() {
    assert_eq!(one(&amount("a", 500), &[(1, 3000)]), Ok(vec![500]));
    assert_eq!(one(&amount("a", 500), &[(1, 500)]), Ok(vec![500]));
    assert_eq!(one(&amount("a", 500), &[(1, 300), (1, 0)]), Ok(vec![300, 0]));
    assert_eq!(one(&amount("a", 0), &[(1, 300)]), Err(NotApplied::Nothing));
    assert_eq!(one(&amount("a", -5), &[(1, 300)]), Err(NotApplied::Nothing));
}

#[test]
fn a_rate_is_rounded_as_its_rule_says_and_held_below_its_most() {
    assert_eq!(one(&rate("a", "10%", None), &[(1, 1999)]), Ok(vec![199]));
    assert_eq!(one(&rate("a", "12.5%", None), &[(3, 333)]), Ok(vec![124]));
    assert_eq!(one(&rate("a", "10%", Some(2000)), &[(1, 20_009)]), Ok(vec![2000]));
    assert_eq!(one(&rate("a", "10%", Some(2000)), &[(1, 19_999)]), Ok(vec![1999]));
    assert_eq!(one(&rate("a", "100%", None), &[(1, 1234)]), Ok(vec![1234]));
    assert_eq!(one(&rate("a", "10%", None), &[(1, 9)]), Err(NotApplied::Nothing));
    let rounded = |rounding, price| {
        one(&shared("a", Benefit::Rate { rate: percent("10%"), up_to: None, rounding }), &[(1, price)])
    };
    assert_eq!(rounded(Rounding::HalfUp, 25), Ok(vec![3]));
    assert_eq!(rounded(Rounding::HalfUp, 24), Ok(vec![2]));
    assert_eq!(rounded(Rounding::Up, 21), Ok(vec![3]));
    assert_eq!(rounded(Rounding::Up, 20), Ok(vec![2]));
}

#[test]
fn what_is_left_by_rounding_goes_to_the_largest_remainders() {
    assert_eq!(one(&amount("a", 10), &[(1, 100), (1, 100), (1, 100)]), Ok(vec![4, 3, 3]));
    assert_eq!(one(&amount("a", 100), &[(1, 1), (1, 1), (1, 998)]), Ok(vec![0, 0, 100]));
    // 3 of 10 over 5, 3, 2: 1.5, 0.9, 0.6.
    assert_eq!(one(&amount("a", 3), &[(1, 5), (1, 3), (1, 2)]), Ok(vec![1, 1, 1]));
    // Equal remainders, of 3 over 9, 3: 2.25, 0.75. Of 2 over 3, 1: 1.5, 0.5, and the dearer line goes first.
    assert_eq!(one(&amount("a", 3), &[(1, 9), (1, 3)]), Ok(vec![2, 1]));
    assert_eq!(one(&amount("a", 2), &[(1, 1), (1, 3)]), Ok(vec![0, 2]));
    // Equal prices too: the first by id, wherever it stands.
    let mut turned = basket(&[(1, 1), (1, 1)]);
    turned.lines.reverse();
    assert_eq!(off_lines(&quote(&turned, &[&amount("a", 1)])), [0, 1]);
}

#[test]
fn amounts_near_the_end_of_money_are_exact() {
    let most = i64::MAX / 2;
    assert_eq!(one(&rate("a", "50%", None), &[(1, most)]), Ok(vec![most / 2]));
    assert_eq!(one(&amount("a", most - 1), &[(1, most - 1), (1, 1)]), Ok(vec![most - 2, 1]));
    let error = |basket: &Basket| Checkout::new(&guest(), now(), &Zone::TOKYO).quote(basket, &[]).unwrap_err();
    assert_eq!(error(&basket(&[(4_000_000_000, i64::MAX / 2)])), BasketError::OutOfRange);
    assert_eq!(error(&basket(&[(1, i64::MAX), (1, 1)])), BasketError::OutOfRange);
    let mut with_tax = basket(&[(1, i64::MAX)]);
    with_tax.lines[0].tax = Tax::excluded(percent("10%"));
    assert_eq!(error(&with_tax), BasketError::OutOfRange);
}

#[test]
fn a_basket_that_is_none_is_told_and_not_reckoned_with() {
    let error = |basket: &Basket| Checkout::new(&guest(), now(), &Zone::TOKYO).quote(basket, &[]).unwrap_err();
    assert_eq!(error(&basket(&[(1, 3), (1, -1)])), BasketError::NegativeLine { id: "1".into() });
    let mut twice = basket(&[(1, 3), (1, 3)]);
    twice.lines[1].id = "0".into();
    assert_eq!(error(&twice), BasketError::LineTwice { id: "0".into() });
    assert_eq!(error(&basket(&vec![(1, 1); 2001])), BasketError::TooManyLines { lines: 2001 });
    let mut charged = basket(&[]);
    charged.fees = vec![Charge { price: yen(-1), tax: Tax::included(percent("10%")) }];
    assert_eq!(error(&charged), BasketError::NegativeCharge);
    charged.shipping = charged.fees.pop();
    assert_eq!(error(&charged), BasketError::NegativeCharge);
}

#[test]
fn the_floor_is_what_the_goods_in_scope_must_come_to_before_anything_is_taken_off() {
    let mut coupon = amount("b", 500);
    coupon.terms.floor = yen(3000);
    assert_eq!(one(&coupon, &[(1, 2999)]), Err(NotApplied::BelowFloor { short: yen(1) }));
    assert_eq!(one(&coupon, &[(1, 3000)]), Ok(vec![500]));
    assert_eq!(one(&coupon, &[(2, 1500)]), Ok(vec![500]));
    assert_eq!(taken(&quote(&basket(&[(2, 1500)]), &[&amount("a", 1000), &coupon])), ["a", "b"]);
    coupon.scope.skus = BTreeSet::from(["1".into()]);
    assert_eq!(one(&coupon, &[(1, 5000), (1, 1800)]), Err(NotApplied::BelowFloor { short: yen(1200) }));
    assert_eq!(one(&coupon, &[(1, 5000), (1, 3000)]), Ok(vec![0, 500]));
}

#[test]
fn nothing_in_scope_is_never_enough() {
    assert_eq!(one(&amount("a", 500), &[]), Err(NotApplied::NoGoods));
    assert_eq!(one(&amount("a", 500), &[(0, 3000)]), Err(NotApplied::NoGoods));
    assert_eq!(one(&rate("a", "10%", None), &[(1, 0)]), Err(NotApplied::NoGoods));
    let mut coupon = shared("a", Benefit::Gift { sku: "sample".into(), pieces: 1.try_into().unwrap() });
    coupon.scope.except_skus = BTreeSet::from(["0".into()]);
    assert_eq!(one(&coupon, &[(1, 300)]), Err(NotApplied::NoGoods), "not even a gift");
}

#[test]
fn of_a_set_the_cheapest_pieces_cost_less() {
    let third_free = buy_get("a", 2, 1, "100%");
    assert_eq!(one(&third_free, &[(1, 300), (1, 100)]), Err(NotApplied::FewPieces { short: 1 }));
    assert_eq!(one(&third_free, &[(1, 300), (1, 100), (1, 200)]), Ok(vec![0, 100, 0]));
    // Six pieces are two sets; the two cheapest are those at 100 and one of those at 200.
    assert_eq!(one(&third_free, &[(2, 300), (1, 100), (3, 200)]), Ok(vec![0, 100, 200]));
    assert_eq!(one(&buy_get("a", 1, 1, "50%"), &[(2, 333)]), Ok(vec![166]));
    // Samples for nothing are no pieces.
    assert_eq!(one(&third_free, &[(2, 300), (5, 0)]), Err(NotApplied::FewPieces { short: 1 }));
}

#[test]
fn the_pieces_of_a_set_cost_less_of_what_is_left_or_of_the_first_price() {
    let half = rate("a", "50%", None);
    let mut third_free = buy_get("b", 2, 1, "100%");
    assert_eq!(off_lines(&quote(&basket(&[(3, 100)]), &[&half, &third_free])), [200]);
    third_free.stacking.base = Base::Initial;
    assert_eq!(off_lines(&quote(&basket(&[(3, 100)]), &[&half, &third_free])), [250]);
}

#[test]
fn a_tier_is_reached_by_the_goods_or_by_the_friend() {
    let steps = |from: [u64; 2]| vec![(from[1], Benefit::Amount(yen(500))), (from[0], Benefit::Amount(yen(100)))];
    let by = |measure, from| shared("a", Benefit::Tiered(Tiers::new(measure, steps(from))));
    let subtotal = by(Measure::Subtotal, [1000, 3000]);
    assert_eq!(one(&subtotal, &[(1, 999)]), Err(NotApplied::BelowFloor { short: yen(1) }));
    assert_eq!(one(&subtotal, &[(1, 1000)]), Ok(vec![100]));
    assert_eq!(one(&subtotal, &[(1, 2999)]), Ok(vec![100]));
    assert_eq!(one(&subtotal, &[(1, 3000)]), Ok(vec![500]));
    assert_eq!(one(&by(Measure::Orders, [2, 5]), &[(1, 3000)]), Err(NotApplied::FewOrders { short: 2 }));
    assert_eq!(one(&by(Measure::Orders, [0, 5]), &[(1, 3000)]), Ok(vec![100]));
    let spent = by(Measure::Spent, [10_000, 50_000]);
    assert_eq!(one(&spent, &[(1, 3000)]), Err(NotApplied::LittleSpent { short: yen(10_000) }));
}

#[test]
fn shipping_points_and_gifts_take_nothing_off_the_goods() {
    let mut basket = basket(&[(1, 1000), (2, 100)]);
    basket.shipping = Some(Charge { price: yen(770), tax: Tax::included(percent("10%")) });
    basket.fees = vec![Charge { price: yen(330), tax: Tax::included(percent("10%")) }];
    let mut double = shared("double", Benefit::Points { hundredths: 200 });
    double.scope.skus = BTreeSet::from(["1".into()]);
    let half_more = shared("half more", Benefit::Points { hundredths: 150 });
    let gift = shared("gift", Benefit::Gift { sku: "sample".into(), pieces: 2.try_into().unwrap() });
    let free = shared("free", Benefit::FreeShipping { up_to: Some(yen(500)) });
    let mut checkout_of_four = enishi::coupon::Combining::default();
    checkout_of_four.at_most = 4;
    let guest = guest();
    let mut checkout = Checkout::new(&guest, now(), &Zone::TOKYO);
    checkout.combining = checkout_of_four;
    let candidates = [&double, &half_more, &gift, &free].map(Candidate::shared);
    let quote = checkout.quote(&basket, &candidates).unwrap();
    assert_eq!(taken(&quote), ["double", "free", "gift", "half more"]);
    assert_eq!(off_lines(&quote), [0, 0]);
    assert_eq!(quote.lines.iter().map(|line| line.points).collect::<Vec<_>>(), [150, 250]);
    let shipping = quote.shipping.unwrap();
    assert_eq!((shipping.price, shipping.discount), (yen(770), yen(500)));
    assert_eq!((&*quote.gifts[0].sku, quote.gifts[0].pieces.get()), ("sample", 2));
    assert_eq!((quote.listed, quote.discount, quote.to_pay), (yen(2300), yen(500), yen(1800)));
    basket.shipping = None;
    assert_eq!(crate::shop::quote(&basket, &[&free]).refused[0].why, NotApplied::Nothing);
}

#[test]
fn coupons_are_taken_by_order_and_name_each_from_what_is_left() {
    let (amount, mut rate) = (amount("a", 100), rate("b", "10%", None));
    let both = |rate: &Coupon| {
        let quote = quote(&basket(&[(1, 1000)]), &[rate, &amount]);
        (taken(&quote).join(" "), quote.discount.minor())
    };
    assert_eq!(both(&rate), ("a b".into(), 190));
    rate.stacking.order = -1;
    assert_eq!(both(&rate), ("b a".into(), 200));
    rate.stacking.order = 0;
    rate.stacking.base = Base::Initial;
    assert_eq!(both(&rate), ("a b".into(), 200));
}

#[test]
fn coupons_stand_alone_beside_their_group_or_beside_all() {
    let with = |called, off, with| {
        let mut coupon = amount(called, off);
        coupon.stacking.with = with;
        coupon
    };
    let alone = with("alone", 60, With::Alone);
    let (one, two) = (with("one", 30, With::Group("x".into())), with("two", 25, With::Group("x".into())));
    let other = with("other", 40, With::Group("y".into()));
    let all = with("all", 10, With::All);
    let best = quote(&basket(&[(1, 1000)]), &[&alone, &one, &two, &other, &all]);
    assert_eq!(taken(&best), ["all", "one", "two"]);
    let why: Vec<&NotApplied> = best.refused.iter().map(|refused| &refused.why).collect();
    assert_eq!(why, [&NotApplied::NotBeside { other: name("all") }, &NotApplied::NotBeside { other: name("one") }]);
    assert_eq!(taken(&quote(&basket(&[(1, 1000)]), &[&alone, &one, &all])), ["alone"]);
}

#[test]
fn the_best_for_the_shop_is_the_least_to_which_nothing_can_be_added() {
    let mut alone = amount("alone", 60);
    alone.stacking.with = With::Alone;
    let coupons = [alone, amount("a", 50), amount("b", 20), amount("c", 30)];
    let guest = guest();
    let best = |best_for, at_most| {
        let mut checkout = Checkout::new(&guest, now(), &Zone::TOKYO);
        checkout.combining.best_for = best_for;
        checkout.combining.at_most = at_most;
        let candidates: Vec<Candidate<'_>> = coupons.iter().map(Candidate::shared).collect();
        checkout.quote(&basket(&[(1, 1000)]), &candidates).unwrap()
    };
    let names = |quote: &Quote| taken(quote).join(" ");
    assert_eq!(names(&best(BestFor::Customer, 2)), "a c");
    assert_eq!(names(&best(BestFor::Shop, 2)), "b c", "50 off; each alone could be added to, but for the one of 60");
    assert_eq!(names(&best(BestFor::Shop, 3)), "alone");
    let refused = best(BestFor::Customer, 2).refused;
    assert_eq!(refused[1].why, NotApplied::TooMany { at_most: 2 });
    assert_eq!(names(&best(BestFor::Shop, 0)), "");
}

#[test]
fn nothing_is_used_up_for_nothing() {
    let quote = quote(&basket(&[(1, 100)]), &[&amount("a", 100), &amount("b", 30)]);
    assert_eq!(taken(&quote), ["a"]);
    assert_eq!(quote.refused[0].why, NotApplied::NothingLeft);
}

/// A coupon of a code of the friend's own, and one issued a day ago.
fn personal() -> (Coupon, HeldCoupon) {
    let mut coupon = amount("mine", 500);
    coupon.codes = Codes::Personal;
    let issued_at = at("2026-04-01T12:34:00+09:00");
    let valid_until = coupon.valid_until(issued_at, &Zone::TOKYO);
    let held =
        HeldCoupon { coupon: coupon.name.clone(), code: "1".into(), issued_at, valid_until, redeemed: BTreeSet::new() };
    (coupon, held)
}

#[test]
fn a_coupon_is_valid_from_its_issue_to_its_end_half_open() {
    let (mut coupon, mut held) = personal();
    assert_eq!(held.valid_until, at("2026-04-15T12:34:00+09:00"));
    let mut friend = guest();
    let why = |coupon: &Coupon, held: &HeldCoupon, friend: &_, now| {
        let checkout = Checkout::new(friend, now, &Zone::TOKYO);
        let quote = checkout.quote(&basket(&[(1, 3000)]), &[Candidate::held(coupon, held)]).unwrap();
        quote.refused.first().map(|refused| refused.why.clone())
    };
    let (issued, end) = (held.issued_at, held.valid_until);
    let last = end.plus_millis(-1);
    assert_eq!(why(&coupon, &held, &friend, issued), None);
    assert_eq!(why(&coupon, &held, &friend, last), None);
    assert_eq!(why(&coupon, &held, &friend, end), Some(NotApplied::Expired { until: end }));
    assert_eq!(why(&coupon, &held, &friend, issued.plus_millis(-1)), Some(NotApplied::NotYet { from: issued }));
    held.redeemed.insert(Redemption { at: issued, order: "39".parse().unwrap() });
    assert_eq!(why(&coupon, &held, &friend, last), Some(NotApplied::Used));
    coupon.limits.per_code = 2.try_into().ok();
    assert_eq!(why(&coupon, &held, &friend, last), None, "it may be used twice");
    coupon.limits.per_code = None;
    friend.orders.cancelled(&"39".parse().unwrap(), issued);
    assert_eq!(why(&coupon, &held, &friend, last), None, "a cancelled order gives the use back");
    held.redeemed.insert(Redemption { at: last, order: "40".parse().unwrap() });
    assert_eq!(why(&coupon, &held, &friend, last), Some(NotApplied::Used), "and the next order uses it");
}

#[test]
fn days_on_which_a_coupon_is_not_good_are_days_of_the_shop() {
    let mut coupon = amount("a", 500);
    let date = |text| enishi::model::parse_date(text).unwrap();
    coupon.valid.blackouts = vec![(date("2026-04-29"), date("2026-05-02")), (date("2026-05-03"), date("2026-05-05"))];
    let guest = guest();
    let why = |now| {
        let checkout = Checkout::new(&guest, at(now), &Zone::TOKYO);
        let quote = checkout.quote(&basket(&[(1, 3000)]), &[Candidate::shared(&coupon)]).unwrap();
        quote.refused.first().map(|refused| refused.why.clone())
    };
    let black = Some(NotApplied::Blackout { from: at("2026-05-06T00:00:00+09:00") });
    assert_eq!(why("2026-04-28T23:59:59+09:00"), None);
    assert_eq!(why("2026-04-29T00:00:00+09:00"), black, "two that touch are one to whoever waits");
    assert_eq!(why("2026-05-05T23:59:59+09:00"), black);
    assert_eq!(why("2026-05-06T00:00:00+09:00"), None);
}

#[test]
fn of_one_rule_the_coupon_that_ends_first_is_taken() {
    let (coupon, first) = personal();
    let mut second = first.clone();
    second.code = "2".into();
    second.valid_until = first.valid_until.plus_millis(-1);
    let guest = guest();
    let checkout = Checkout::new(&guest, first.issued_at, &Zone::TOKYO);
    let both = [Candidate::held(&coupon, &first), Candidate::held(&coupon, &second)];
    let quote = checkout.quote(&basket(&[(1, 3000)]), &both).unwrap();
    assert_eq!((quote.taken[0].candidate, quote.taken[0].code.as_deref()), (1, Some("2")));
    assert_eq!(quote.refused[0].why, NotApplied::SameCoupon);
    let unknown = checkout.quote(&basket(&[(1, 3000)]), &[Candidate::shared(&coupon)]).unwrap();
    assert_eq!(unknown.refused[0].why, NotApplied::NotHeld);
}

#[test]
fn the_distance_is_told_in_words() {
    let told = |why: NotApplied| why.distance(Currency::JPY, &Zone::TOKYO);
    assert_eq!(told(NotApplied::BelowFloor { short: yen(1200) }).unwrap(), "1,200 JPY more");
    assert_eq!(told(NotApplied::FewPieces { short: 2 }).unwrap(), "2 pieces more");
    assert_eq!(told(NotApplied::FewPieces { short: 1 }).unwrap(), "1 piece more");
    assert_eq!(told(NotApplied::NotYet { from: at("2026-04-01T00:00:00+09:00") }).unwrap(), "from 2026/04/01 00:00");
    assert_eq!(told(NotApplied::WrongPayment { allowed: vec!["card".into()] }).unwrap(), "with card");
    assert_eq!(told(NotApplied::Used), None);
    let dollars: Currency = "USD".parse().unwrap();
    let short = NotApplied::BelowFloor { short: yen(123_450) };
    assert_eq!(short.distance(dollars, &Zone::TOKYO).unwrap(), "1,234.50 USD more");
}

#[test]
fn a_quote_is_the_same_after_json() {
    let mut basket = basket(&[(1, 1000)]);
    basket.shipping = Some(Charge { price: yen(770), tax: Tax::excluded(percent("10%")) });
    let quote = quote(
        &basket,
        &[&amount("a", 100), &shared("b", Benefit::FreeShipping { up_to: None }), &buy_get("c", 1, 1, "50%")],
    );
    let json = serde_json::to_value(&quote).unwrap();
    assert_eq!(serde_json::from_value::<Quote>(json.clone()).unwrap(), quote);
    assert_eq!(json["lines"][0], serde_json::json!({ "id": "0", "price": 1000, "discount": 100, "points": 100 }));
    assert_eq!(json["taxes"][0], serde_json::json!({ "rate": "10%", "net": 819, "tax": 81, "gross": 900 }));
    assert_eq!(json["refused"][0]["reason"], "few_pieces");
    assert_eq!(json["refused"][0]["short"], 1);
    let again: Basket = serde_json::from_value(serde_json::to_value(&basket).unwrap()).unwrap();
    assert_eq!(again, basket);
}

#[test]
fn a_span_alone_does_not_end_a_shared_code() {
    let coupon = amount("a", 500);
    assert_eq!(coupon.valid.span, Some(Span::days(14)));
    assert_eq!(one(&coupon, &[(1, 3000)]), Ok(vec![500]), "it was issued to nobody");
}

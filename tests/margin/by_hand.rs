//! Cases worked out on paper.

use enishi::coupon::margin::{CostError, Costs, Verdict, check};
use enishi::coupon::{Base, Benefit, Combining, Coupon, Measure, Rounding, Tiers, With};
use enishi::model::Channel;

use crate::shop::{amount, buy_get, percent, rate, shared, yen};
use crate::words::{checked, costs, loss, products, verdict};

/// 40 % are left of each.
const SOAP: &[(&str, i64, i64)] = &[("soap", 1000, 600)];

#[test]
fn an_amount_is_safe_from_the_floor_on_that_pays_for_it() {
    let mut coupon = amount("c", 500);
    assert_eq!(loss(&verdict(SOAP, &[&coupon])), "1 soap: 500 - 600");
    coupon.terms.floor = yen(1250); // 40 % of 1,250 are 500
    assert_eq!(verdict(SOAP, &[&coupon]), Verdict::Proved);
    coupon.terms.floor = yen(1249); // 499.6: but nothing costs 1,249, and two pieces leave 300
    let Verdict::Open { bound, worst, .. } = verdict(SOAP, &[&coupon]) else { panic!("neither") };
    assert_eq!(bound, Some(yen(-1)));
    assert_eq!(crate::words::show(&worst.unwrap()), "2 soap: 1500 - 1200");
}

#[test]
fn an_amount_above_the_price_takes_the_price() {
    assert_eq!(loss(&verdict(SOAP, &[&amount("c", 3000)])), "3 soap: 0 - 1800");
}

#[test]
fn a_rate_is_safe_up_to_the_margin_of_the_worst_goods() {
    let shelf = &[("soap", 1000, 600), ("tea", 500, 400)];
    assert_eq!(verdict(shelf, &[&rate("c", "20%", None)]), Verdict::Proved);
    assert!(matches!(verdict(shelf, &[&rate("c", "21%", None)]), Verdict::Loses(_)));
    // 20 % of tea and no more; soap alone could bear it.
    let mut only_soap = rate("c", "40%", None);
    only_soap.scope.skus = [Box::from("soap")].into();
    assert_eq!(verdict(shelf, &[&only_soap]), Verdict::Proved);
}

#[test]
fn a_rate_rounded_up_costs_up_to_a_unit_more() {
    // 10 % of 11 are 1.1, which is 2 when rounded up: 9 are paid.
    let with = |rounding, cost| {
        let coupon = shared("c", Benefit::Rate { rate: percent("10%"), up_to: None, rounding });
        verdict(&[("sweet", 11, cost)], &[&coupon])
    };
    assert_eq!(with(Rounding::Down, 9), Verdict::Proved);
    assert!(matches!(with(Rounding::Up, 9), Verdict::Open { .. }), "the bound is 8.9");
    assert_eq!(loss(&with(Rounding::Up, 10)), "1 sweet: 9 - 10");
}

#[test]
fn a_cap_and_a_floor_together_save_a_rate() {
    let mut coupon = rate("c", "50%", Some(1000));
    assert_eq!(loss(&verdict(SOAP, &[&coupon])), "2 soap: 1000 - 1200");
    coupon.terms.floor = yen(2500);
    assert_eq!(verdict(SOAP, &[&coupon]), Verdict::Proved);
}

#[test]
fn one_of_three_for_nothing_is_a_third_of_the_price_at_most() {
    assert_eq!(verdict(&[("soap", 900, 600)], &[&buy_get("c", 2, 1, "100%")]), Verdict::Proved);
    assert_eq!(loss(&verdict(&[("soap", 900, 601)], &[&buy_get("c", 2, 1, "100%")])), "3 soap: 1800 - 1803");
}

#[test]
fn sets_that_come_once_only_are_paid_for_by_the_floor() {
    let mut coupon = buy_get("c", 1, 1, "100%");
    let Benefit::BuyGet(offer) = &mut coupon.benefit else { panic!() };
    offer.at_most = 1.try_into().ok();
    assert_eq!(loss(&verdict(SOAP, &[&coupon])), "2 soap: 1000 - 1200");
    coupon.terms.floor = yen(2500); // 40 % of it are the one piece
    assert_eq!(verdict(SOAP, &[&coupon]), Verdict::Proved);
}

#[test]
fn each_step_is_looked_at_by_itself() {
    let off = |yen_off| Benefit::Amount(yen(yen_off));
    let steps = |last| Benefit::Tiered(Tiers::new(Measure::Subtotal, vec![(1000, off(400)), (3000, off(last))]));
    assert_eq!(verdict(SOAP, &[&shared("c", steps(1200))]), Verdict::Proved);
    assert_eq!(loss(&verdict(SOAP, &[&shared("c", steps(1300))])), "3 soap: 1700 - 1800");
    // Steps by orders: whoever buys may be on any.
    let orders = Benefit::Tiered(Tiers::new(Measure::Orders, vec![(0, off(400)), (10, off(401))]));
    assert_eq!(loss(&verdict(SOAP, &[&shared("c", orders)])), "1 soap: 599 - 600");
}

#[test]
fn free_shipping_is_paid_for_by_the_goods() {
    let mut costs = costs(SOAP);
    let mut coupon = shared("c", Benefit::FreeShipping { up_to: None });
    let checked = |coupon: &_, costs: &Costs| check([coupon], Combining::default(), &products(SOAP), costs);
    assert_eq!(checked(&coupon, &costs), Err(CostError::UnknownShipping));
    costs.shipping = Some(yen(600));
    assert_eq!(loss(&checked(&coupon, &costs).unwrap().verdict), "1 soap: 1000 - 1200");
    coupon.terms.floor = yen(1500);
    assert_eq!(checked(&coupon, &costs).unwrap().verdict, Verdict::Proved);
    coupon.terms.floor = yen(0);
    coupon.benefit = Benefit::FreeShipping { up_to: Some(yen(400)) };
    assert_eq!(checked(&coupon, &costs).unwrap().verdict, Verdict::Proved);
}

#[test]
fn a_gift_costs_what_it_costs() {
    let gift = shared("c", Benefit::Gift { sku: "sample".into(), pieces: 2.try_into().unwrap() });
    let mut costs = costs(SOAP);
    let unknown = check([&gift], Combining::default(), &products(SOAP), &costs);
    assert_eq!(unknown, Err(CostError::UnknownGift { sku: "sample".into() }));
    costs = costs.with_skus([("sample", yen(200))]);
    assert_eq!(checked(SOAP, &costs, &[&gift]).verdict, Verdict::Proved);
    costs = costs.with_skus([("sample", yen(201))]);
    assert_eq!(loss(&checked(SOAP, &costs, &[&gift]).verdict), "1 soap: 1000 - 1002");
}

#[test]
fn points_are_a_share_of_what_is_paid() {
    let mut costs = costs(SOAP);
    costs.points_worth = percent("10%");
    // Forty per cent are left: four times the usual points.
    let points = |hundredths| shared("c", Benefit::Points { hundredths });
    assert_eq!(checked(SOAP, &costs, &[&points(400)]).verdict, Verdict::Proved);
    assert!(matches!(checked(SOAP, &costs, &[&points(401)]).verdict, Verdict::Loses(_)));
    // Beside them a tenth off: 900 paid, 90 for each hundred of points.
    let tenth = rate("d", "10%", None);
    assert_eq!(checked(SOAP, &costs, &[&points(333), &tenth]).verdict, Verdict::Proved);
    assert!(matches!(checked(SOAP, &costs, &[&points(334), &tenth]).verdict, Verdict::Loses(_)));
}

#[test]
fn messages_cost_thousandths() {
    let mut costs = costs(SOAP);
    (costs.message, costs.messages_per_use) = (2_800, 25); // 70 yen for each use
    assert_eq!(checked(SOAP, &costs, &[&amount("c", 330)]).verdict, Verdict::Proved);
    assert_eq!(loss(&checked(SOAP, &costs, &[&amount("c", 331)]).verdict), "1 soap: 669 - 670");
    // Of two coupons twice.
    let two = [&amount("c", 200), &amount("d", 60)];
    assert_eq!(checked(SOAP, &costs, &two).verdict, Verdict::Proved);
}

#[test]
fn the_floor_is_a_share_of_what_is_paid() {
    let mut costs = costs(SOAP);
    costs.floor = percent("20%");
    // 1,000 − x pay 80 % into 600: x is 250.
    assert_eq!(checked(SOAP, &costs, &[&amount("c", 250)]).verdict, Verdict::Proved);
    let checked = checked(SOAP, &costs, &[&amount("c", 251)]);
    assert_eq!(loss(&checked.verdict), "1 soap: 749 - 600");
    let Verdict::Loses(found) = checked.verdict else { panic!() };
    assert_eq!((found.account.margin, found.account.short), (yen(149), yen(1)));
    // 149.8 are asked
}

#[test]
fn two_coupons_that_are_safe_alone_lose_together() {
    let (one, other) = (amount("c", 250), amount("d", 200));
    assert_eq!(verdict(SOAP, &[&one]), Verdict::Proved);
    assert_eq!(verdict(SOAP, &[&other]), Verdict::Proved);
    let together = verdict(SOAP, &[&one, &other]);
    assert_eq!(loss(&together), "1 soap: 550 - 600");
    let Verdict::Loses(found) = together else { panic!() };
    assert_eq!(found.combination.len(), 2);
    // Each combination is told by itself.
    let each = checked(SOAP, &costs(SOAP), &[&other, &one]);
    let told: Vec<(usize, &Verdict)> = each.combinations.iter().map(|it| (it.coupons.len(), &it.verdict)).collect();
    assert_eq!(told, [(1, &Verdict::Proved), (2, &Verdict::Loses(found)), (1, &Verdict::Proved)]);
    assert_eq!((each.worst, each.proved, each.complete), (Some(1), 2, true));
    // Alone, or one at most, they never meet.
    let mut alone = other.clone();
    alone.stacking.with = With::Alone;
    assert_eq!(verdict(SOAP, &[&one, &alone]), Verdict::Proved);
    let mut combining = Combining::default();
    combining.at_most = 1;
    assert_eq!(check([&one, &other], combining, &products(SOAP), &costs(SOAP)).unwrap().combinations.len(), 2);
    // Nor do they when one is for orders from LINE and the other for those from the web.
    let (mut line, mut web) = (one, other);
    line.terms.channels = [Channel::Line].into();
    web.terms.channels = ["web".parse().unwrap()].into();
    assert_eq!(verdict(SOAP, &[&line, &web]), Verdict::Proved);
}

#[test]
fn rates_of_what_is_left_give_less_than_rates_of_the_price() {
    // 20 % and then 25 % of what is left are 40 %; of the price they are 45 %.
    let (first, mut second) = (rate("c", "20%", None), rate("d", "25%", None));
    second.stacking.base = Base::Running;
    assert_eq!(verdict(SOAP, &[&first, &second]), Verdict::Proved);
    second.stacking.base = Base::Initial;
    assert!(matches!(verdict(SOAP, &[&first, &second]), Verdict::Loses(_)));
}

#[test]
fn three_coupons_are_safe_as_long_as_the_margin_bears_all() {
    let mut third = amount("e", 100);
    let (first, second) = (rate("c", "10%", Some(100)), amount("d", 200));
    assert_eq!(verdict(SOAP, &[&first, &second, &third]), Verdict::Proved);
    third.benefit = Benefit::Amount(yen(101));
    assert_eq!(loss(&verdict(SOAP, &[&first, &second, &third])), "1 soap: 599 - 600");
    // The third asks for two pieces: these bear it.
    third.terms.floor = yen(2000);
    let checked = checked(SOAP, &costs(SOAP), &[&first, &second, &third]);
    assert_eq!((checked.verdict, checked.combinations.len(), checked.proved), (Verdict::Proved, 7, 7));
}

#[test]
fn coupons_of_different_goods_meet_on_the_goods_of_both() {
    let shelf = &[("soap", 1000, 600), ("tea", 1000, 600)];
    let of = |sku: &str, called, off| {
        let mut coupon = amount(called, off);
        coupon.scope.skus = [Box::from(sku)].into();
        coupon
    };
    assert_eq!(verdict(shelf, &[&of("soap", "c", 400), &of("tea", "d", 400)]), Verdict::Proved);
    let lost = loss(&verdict(shelf, &[&of("soap", "c", 401), &of("tea", "d", 401)]));
    assert_eq!(lost, "1 soap, 1 tea: 1198 - 1200");
}

#[test]
fn a_category_tells_the_margin_of_goods_without_a_cost() {
    let mut products = products(SOAP);
    let mut costs = Costs::default();
    let check = |products: &_, costs: &_| check([&rate("c", "30%", None)], Combining::default(), products, costs);
    assert_eq!(check(&products, &costs), Err(CostError::Unknown { sku: "soap".into() }));
    costs.otherwise = Some(percent("30%"));
    assert_eq!(check(&products, &costs).unwrap().verdict, Verdict::Proved);
    products[0].categories = vec!["bath".into(), "sale".into()];
    costs.rates = [("bath".into(), percent("50%")), ("sale".into(), percent("29%"))].into();
    assert!(matches!(check(&products, &costs).unwrap().verdict, Verdict::Loses(_)), "the lowest counts");
}

#[test]
fn goods_that_lose_without_coupons_are_named() {
    let shelf = &[("bargain", 100, 120), ("sample", 0, 5), ("soap", 1000, 600)];
    let checked = checked(shelf, &costs(shelf), &[&amount("c", 1)]);
    assert_eq!(checked.below_alone, ["bargain".into(), "sample".into()]);
    assert!(matches!(checked.verdict, Verdict::Loses(_)));
    let sample = &[("sample", 0, 5), ("soap", 1000, 600)];
    assert!(matches!(verdict(sample, &[&amount("c", 1)]), Verdict::Loses(_)), "any number of samples goes along");
}

#[test]
fn more_combinations_than_are_looked_at_are_open() {
    // Of 48 coupons there are 18,472 combinations of three at most.
    let coupons: Vec<Coupon> = (0..48).map(|nth| amount(&format!("c{nth}"), 1)).collect();
    let checked = checked(SOAP, &costs(SOAP), &coupons.iter().collect::<Vec<_>>());
    let open = Verdict::Open { combination: Vec::new(), bound: None, worst: None };
    assert_eq!((checked.verdict, checked.combinations.len(), checked.proved), (open, 16_384, 16_384));
    assert_eq!((checked.worst, checked.complete), (None, false));
}

#[test]
fn the_order_in_which_things_are_told_does_not_matter() {
    let shelf = [("soap", 1000, 600), ("tea", 1000, 600), ("rice", 480, 400)];
    let coupons = [amount("c", 300), rate("d", "10%", Some(200)), buy_get("e", 1, 1, "50%")];
    let forward = check(&coupons, Combining::default(), &products(&shelf), &costs(&shelf)).unwrap();
    let mut backward = products(&shelf);
    backward.reverse();
    assert_eq!(check(coupons.iter().rev(), Combining::default(), &backward, &costs(&shelf)).unwrap(), forward);
    assert!(matches!(forward.verdict, Verdict::Loses(_)));
}

//! Conditions that exclude each other are found, and only those.

use enishi::model::Zone;
use enishi::segment::Expr;
use proptest::prelude::*;

use super::expressions::{expressions, shop_atom};
use super::people::{compiled, friends, instants, schema, zones};

#[test]
fn what_can_hold_for_nobody_is_told_with_its_reason() {
    let schema = schema(Zone::TOKYO);
    let found = |text: &str| {
        let predicate = compiled(&Expr::parse(text).unwrap().expr, &schema);
        predicate.contradiction().map(|found| format!("{} / {}", found.one, found.other))
    };
    for text in [
        "orders.count >= 3 and orders.count < 2",
        "no order and order within 90d",
        "order within 30d and no order within 90d",
        "last order older than 90d and order within 30d",
        "last order within 30d and no order",
        "orders.total within 30d >= 100 and orders.total within 90d < 50",
        "not orders.count >= 2 and orders.count within 30d >= 2",
        "gender = 'female' and gender = 'male'",
        "gender in ('female') and not gender = 'female'",
        "unknown gender and gender != 'male'",
        "score > 10 and score <= 10",
        "更新日 < 2026-03-01 and 更新日 > 2026-02-28",
        "age of birthday >= 40 and age of birthday < 20",
        "age of birthday >= 40 and unknown birthday",
        "会員 = true and 会員 = false",
        "line is following and line is blocked",
        "tag 'VIP' and (not tag 'VIP' or not tag 'VIP' and line is linked)",
        "segment '最近' and not segment '最近'",
        "tag '購入/常連' and orders.count < 2",
        "cart is filled and cart is empty",
        "reorder due within 3d and reorder overdue by 1d",
        "reorder of product 'A' due and reorder of product 'A' due in 1d",
        "reorder of category 'skincare' due within 3d and no order of category 'skincare'",
        "reorder due and no order",
        "not (order within 30d or click) and order within 7d",
        "clicks.count 'x' >= 2 and no click 'x'",
    ] {
        assert!(found(text).is_some(), "{text}");
    }
    for text in [
        "orders.count >= 2 and orders.count <= 2",
        "order within 90d and no order within 30d",
        "last order older than 30d and order within 90d",
        "orders.total within 30d < 50 and orders.total within 90d >= 100",
        "no order of product 'A' and order within 30d",
        "no click 'x' and click",
        "not gender = 'female' and not gender = 'male'",
        "tag 'VIP' and (not tag 'VIP' or line is linked)",
        "order between 90d and 30d ago and no order within 30d",
        "score >= 10 and score <= 10",
        "reorder due and reorder due within 3d",
        "reorder of product 'A' due in 1d and reorder of product 'B' due",
        "reorder of product 'A' due and no order of category 'A'",
        "not reorder due and no order",
        "好きな色 contains '赤' and 好きな色 contains '青'",
    ] {
        assert_eq!(found(text), None, "{text}");
    }
    let told = found("line is following and orders.count >= 3 and no order").unwrap();
    assert!(told.contains("no order") && told.contains("orders.count >= 3"), "{told}");
}

#[test]
fn what_holds_for_everybody_is_told_too() {
    let schema = schema(Zone::TOKYO);
    let found = |text: &str| compiled(&Expr::parse(text).unwrap().expr, &schema).tautology().is_some();
    assert!(found("no order or orders.count >= 1"));
    assert!(found("tag 'VIP' or not tag 'VIP'"));
    assert!(!found("gender = 'male' or gender = 'female'"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn nobody_is_in_a_contradiction(
        expr in expressions(shop_atom()), people in prop::collection::vec(friends(), 1..6), now in instants(), zone in zones(),
    ) {
        let predicate = compiled(&expr, &schema(zone));
        for friend in &people {
            let holds = predicate.matches(friend, now);
            prop_assert!(!holds || predicate.contradiction().is_none(), "{}", expr);
            prop_assert!(holds || predicate.tautology().is_none(), "{}", expr);
        }
    }
}

//! What is called proved never happens, and what is shown does: thousands of orders by chance.

use enishi::coupon::margin::{Costs, Product, Verdict, check};
use enishi::coupon::{Basket, BasketLine, Candidate, Charge, Codes, Coupon, Tax};
use enishi::model::{Friend, FriendId, FriendKey, Order};

use crate::random::{self, Dice};
use crate::shop::{now, percent, yen};
use crate::words::over_floor;

const SHOPS: u64 = 1500;
const ORDERS: usize = 60;

#[test]
fn no_order_is_below_the_floor_where_that_was_proved_and_those_shown_are() {
    let (friends, regulars, vips) = (random::friends(), regulars(), random::vips());
    let (mut proved, mut lost, mut open, mut orders) = (0, 0, 0, 0);
    for seed in 0..SHOPS {
        let dice = &mut Dice::new(seed);
        let (products, costs) = (products(dice), costs(dice));
        let coupons: Vec<Coupon> = (0..1 + dice.below(4))
            .map(|nth| {
                let mut coupon = random::coupon(dice, ["a", "b", "c", "d"][nth as usize], &vips);
                coupon.codes = Codes::Shared("SPRING26".parse().unwrap());
                coupon.terms.floor = yen(dice.pick(&[0, 100, 500, 2000]));
                coupon
            })
            .collect();
        let mut checkout = random::checkout(dice, &friends);
        let checked = check(&coupons, checkout.combining, &products, &costs).unwrap();
        match &checked.verdict {
            Verdict::Proved => proved += 1,
            Verdict::Open { .. } => open += 1,
            Verdict::Loses(found) => {
                lost += 1;
                let coupons: Vec<Coupon> =
                    coupons.iter().filter(|it| found.combination.contains(&it.name)).cloned().collect();
                assert_loses(&coupons, &found.basket, &costs, &regulars, &checkout, seed);
            }
            other => panic!("{other:?}"),
        }
        if checked.verdict != Verdict::Proved {
            continue;
        }
        for _ in 0..ORDERS {
            checkout.friend = &friends[dice.below(friends.len() as i64) as usize];
            let basket = order(dice, &products);
            let candidates: Vec<Candidate<'_>> =
                coupons.iter().filter(|_| !dice.once_in(4)).map(Candidate::shared).collect();
            let quote = checkout.quote(&basket, &candidates).unwrap();
            if !quote.taken.is_empty() {
                orders += 1;
                let over = over_floor(&costs, &basket, &quote);
                assert!(over >= 0, "shop {seed}: {over} left of {basket:#?} with {:#?}", quote.taken);
            }
        }
    }
    assert!(proved > 400 && lost > 400 && orders > 10_000, "{proved} proved, {lost} lost, {orders} orders");
    assert!(open * 20 < SHOPS, "{open} of {SHOPS} are open");
}

/// The order shown really is below the floor, by the coupons as they were written. Where they ask for a friend and a
/// time that chance did not bring along, somebody is supposed of whom it holds.
fn assert_loses(
    coupons: &[Coupon],
    basket: &Basket,
    costs: &Costs,
    friends: &[Friend],
    checkout: &enishi::coupon::Checkout<'_>,
    seed: u64,
) {
    let loses = friends.iter().any(|friend| {
        let mut checkout = *checkout;
        checkout.friend = friend;
        let free = |coupon: &Coupon| {
            let mut free = coupon.clone();
            (free.terms.only, free.terms.first_order) = (None, false);
            free.valid = enishi::coupon::Validity::for_span(enishi::model::Span::days(1));
            free
        };
        let free: Vec<Coupon> = coupons.iter().map(free).collect();
        let candidates: Vec<Candidate<'_>> = free.iter().map(Candidate::shared).collect();
        let quote = checkout.quote(basket, &candidates).unwrap();
        over_floor(costs, basket, &quote) < 0
    });
    assert!(loses, "shop {seed}: {basket:#?} is not below the floor");
}

/// Friends with so many orders that come to so much.
fn regulars() -> Vec<Friend> {
    let friend = |(orders, spent): (u32, i64)| {
        let mut friend = Friend::new(FriendId(0), FriendKey::new("regular").unwrap());
        for order in 0..orders {
            let id = format!("order {order}").parse().unwrap();
            let (total, placed_at) = (yen(if order == 0 { spent } else { 0 }), now().plus_millis(-1000));
            let order = Order { id, placed_at, total, lines: Vec::new(), properties: Default::default() };
            friend.orders.placed(&order, placed_at);
        }
        friend
    };
    (0..=4).flat_map(|orders| [0, 120, 500].map(|spent| (orders, spent))).map(friend).collect()
}

fn products(dice: &mut Dice) -> Vec<Product> {
    let categories =
        |dice: &mut Dice| (0..dice.below(3)).map(|_| dice.pick(&["food", "bath", "sale"]).into()).collect();
    let product = |dice: &mut Dice, sku: &str| Product {
        sku: sku.into(),
        categories: categories(dice),
        price: yen(dice.pick(&[7, 33, 98, 150, 480, 1000, 2980])),
    };
    ["soap", "tea", "rice", "salt", "miso"].map(|sku| product(dice, sku)).to_vec()
}

fn costs(dice: &mut Dice) -> Costs {
    let mut costs = Costs::default();
    costs = costs.with_skus([("sample", yen(dice.pick(&[1, 20, 80])))]);
    if dice.once_in(2) {
        costs = costs.with_skus([("soap", yen(dice.pick(&[1, 3])))]);
    }
    costs.rates = [("sale".into(), percent(dice.pick(&["20%", "50%"])))].into();
    costs.otherwise = Some(percent(dice.pick(&["30%", "60%", "80%", "95%"])));
    costs.shipping = Some(yen(dice.pick(&[10, 40, 50])));
    costs.points_worth = percent(dice.pick(&["0%", "1%", "5%"]));
    (costs.message, costs.messages_per_use) = (dice.pick(&[0, 300, 2_800]), dice.pick(&[1, 4]));
    costs.floor = percent(dice.pick(&["0%", "0%", "5%", "20%"]));
    costs
}

fn order(dice: &mut Dice, products: &[Product]) -> Basket {
    let mut basket = Basket::default();
    let tax = Tax::included(percent("10%"));
    for nth in 0..1 + dice.below(5) {
        let product = dice.pick(products);
        basket.lines.push(BasketLine {
            id: format!("{nth}").into(),
            sku: product.sku,
            categories: product.categories,
            unit_price: product.price,
            quantity: dice.pick(&[1, 1, 1, 2, 3, 7, 20]),
            tax,
        });
    }
    basket.shipping = (!dice.once_in(3)).then(|| Charge { price: yen(dice.pick(&[10, 50, 80])), tax });
    basket.payment = dice.pick(&[None, Some("card".into()), Some("cod".into())]);
    basket.shipping_by = dice.pick(&[None, Some("post".into()), Some("cool".into())]);
    basket.channel = dice.pick(&[enishi::model::Channel::Line, "web".parse().unwrap()]);
    basket
}

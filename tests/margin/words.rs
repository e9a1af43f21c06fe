//! Words the tests are written in.

use enishi::coupon::margin::{Checked, Costs, Found, Product, Verdict, check};
use enishi::coupon::{Basket, Combining, Coupon, Quote};
use enishi::model::Rate;

use crate::shop::yen;

/// Goods by id, price and cost.
pub(crate) type Shelf<'a> = &'a [(&'a str, i64, i64)];

pub(crate) fn products(shelf: Shelf<'_>) -> Vec<Product> {
    let product =
        |(sku, price, _): &(&str, i64, i64)| Product { sku: (*sku).into(), categories: Vec::new(), price: yen(*price) };
    shelf.iter().map(product).collect()
}

pub(crate) fn costs(shelf: Shelf<'_>) -> Costs {
    Costs::default().with_skus(shelf.iter().map(|(sku, _, cost)| (*sku, yen(*cost))))
}

pub(crate) fn checked(shelf: Shelf<'_>, costs: &Costs, coupons: &[&Coupon]) -> Checked {
    check(coupons.iter().copied(), Combining::default(), &products(shelf), costs).unwrap()
}

pub(crate) fn verdict(shelf: Shelf<'_>, coupons: &[&Coupon]) -> Verdict {
    checked(shelf, &costs(shelf), coupons).verdict
}

/// What a combination loses on, as `2 soap, 1 tea: 500 - 600`: what is paid and what it costs.
pub(crate) fn loss(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Loses(found) => show(found),
        other => panic!("it does not lose: {other:?}"),
    }
}

pub(crate) fn show(found: &Found) -> String {
    let line = |line: &enishi::coupon::BasketLine| format!("{} {}", line.quantity, line.sku);
    let lines: Vec<String> = found.basket.lines.iter().map(line).collect();
    format!("{}: {} - {}", lines.join(", "), found.account.paid.minor(), found.account.cost.minor())
}

/// What is left over the floor, in hundred-millionths, reckoned anew from what stands in the quote.
pub(crate) fn over_floor(costs: &Costs, basket: &Basket, quote: &Quote) -> i128 {
    const UNIT: i128 = 100_000_000;
    let ppm = |rate: Rate| i128::from(rate.ppm());
    let mut over = 0;
    for (line, quoted) in basket.lines.iter().zip(&quote.lines) {
        let paid = i128::from(quoted.price.minor() - quoted.discount.minor());
        over += paid * (UNIT - ppm(costs.floor) * 100 - ppm(costs.points_worth) * i128::from(quoted.points));
        let price = i128::from(line.unit_price.minor());
        let of_category = line.categories.iter().filter_map(|it| costs.rates.get(it)).min();
        let one = match (costs.skus.get(&line.sku), of_category.or(costs.otherwise.as_ref())) {
            (Some(cost), _) => i128::from(cost.minor()) * UNIT,
            (None, Some(margin)) => price * (1_000_000 - ppm(*margin)) * 100,
            (None, None) => panic!("nobody knows what {} costs", line.sku),
        };
        over -= one * i128::from(line.quantity);
    }
    for gift in &quote.gifts {
        over -= i128::from(costs.skus[&gift.sku].minor()) * i128::from(gift.pieces.get()) * UNIT;
    }
    if let Some(shipping) = quote.shipping {
        let (charge, off) = (shipping.price.minor(), shipping.discount.minor());
        let cost = costs.shipping.map_or(charge, |cost| cost.minor());
        over -= i128::from((cost - (charge - off)).clamp(0, off)) * UNIT;
    }
    let messages = quote.taken.len() as i128 * i128::from(costs.message) * i128::from(costs.messages_per_use);
    over - messages * (UNIT / 1000)
}

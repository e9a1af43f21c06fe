//! The page of consumption tax says what is so.

use enishi::coupon::{BasketLine, Candidate, Charge, Checkout, Rounding, Tax};
use enishi::model::Zone;

use crate::shop::{amount, basket, guest, now, percent, yen};

const PAGE: &str = include_str!("../../docs/consumption_tax.md");

#[test]
fn every_row_of_the_page_of_consumption_tax_is_so() {
    let rows: Vec<Vec<&str>> = PAGE
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"))
        .map(|row| row.split(" | ").collect())
        .filter(|cells: &Vec<&str>| cells[0] != "prices")
        .collect();
    assert_eq!(rows.len(), 25, "they are no longer found on the page");
    for row in rows {
        let [prices, discount, rounding, reduced, standard, to_pay] = row[..] else { panic!("{row:?}") };
        let mut basket = basket(&[]);
        for (nth, price) in prices.split("; ").enumerate() {
            let (price, is_shipping) = price.strip_prefix("shipping ").map_or((price, false), |price| (price, true));
            let (price, tax) = price.split_once(' ').unwrap();
            let (price, tax) = (yen(number(price)), tax_of(tax));
            if is_shipping {
                basket.shipping = Some(Charge { price, tax });
            } else {
                let (id, sku) = (nth.to_string().into(), "a".into());
                let (categories, quantity) = (Vec::new(), 1);
                basket.lines.push(BasketLine { id, sku, categories, unit_price: price, quantity, tax });
            }
        }
        let coupon = (discount != "–").then(|| amount("off", number(discount)));
        let candidates: Vec<Candidate<'_>> = coupon.iter().map(Candidate::shared).collect();
        let guest = guest();
        let mut checkout = Checkout::new(&guest, now(), &Zone::TOKYO);
        checkout.tax_rounding = match rounding {
            "down" => Rounding::Down,
            "half-up" => Rounding::HalfUp,
            "up" => Rounding::Up,
            other => panic!("{other}"),
        };
        let quote = checkout.quote(&basket, &candidates).unwrap();
        let told = |rate| {
            let total = quote.taxes.iter().find(|total| total.rate == percent(rate));
            total.map(|total| [total.net, total.tax, total.gross].map(|it| it.minor()))
        };
        assert_eq!((told("8%"), told("10%")), (sum(reduced), sum(standard)), "{row:?}");
        assert_eq!(quote.to_pay, yen(number(to_pay)), "{row:?}");
    }
}

/// `incl. 8 %`
fn tax_of(text: &str) -> Tax {
    let (kind, rate) = text.split_once(' ').unwrap();
    let rate = percent(&rate.replace(' ', ""));
    match kind {
        "incl." => Tax::included(rate),
        "excl." => Tax::excluded(rate),
        other => panic!("{other}"),
    }
}

/// `93 + 7 = 100`, or nothing.
fn sum(text: &str) -> Option<[i64; 3]> {
    let (net, rest) = text.split_once(" + ")?;
    let (tax, gross) = rest.split_once(" = ").unwrap();
    Some([net, tax, gross].map(number))
}

fn number(text: &str) -> i64 {
    text.replace(',', "").parse().unwrap()
}

//! Cut points found in many become the shop's own rules: what is recommended can be written into a playbook.

#![allow(clippy::unwrap_used, reason = "tests")]

use enishi::insight::BestHour;
use enishi::model::{Currency, Money, Reactions, Timestamp, Zone};
use enishi::playbook::Playbook;
use enishi::rfm::{AsOf, Bins, Cycles, DecileRule, OrderColumns, Rfm, RfmOptions, Scheme};

const DAY: i64 = 86_400_000;

#[test]
fn recommended_values_rank_one_customer_as_many_were_ranked() {
    for currency in [Currency::JPY, Currency::with_exponent("USD", 2).unwrap()] {
        // A hundred customers: 1 to 20 orders each, the last so many days ago.
        let orders: Vec<(u32, i64, i64)> = (0..100_u32)
            .flat_map(|n| (0..=n % 20).map(move |i| (n, i64::from(n) * DAY * 3, 100 * i64::from(n) + i64::from(i) + 1)))
            .collect();
        let customers: Vec<u32> = orders.iter().map(|order| order.0).collect();
        let times: Vec<i64> = orders.iter().map(|order| order.1).collect();
        let amounts: Vec<i64> = orders.iter().map(|order| order.2).collect();
        let now = Timestamp::from_millis(400 * DAY).unwrap();
        let columns = OrderColumns::new(&customers, &times, &amounts).unwrap();
        let rfm = Rfm::measure(&columns, &AsOf::new(now, Zone::TOKYO), &RfmOptions::new());
        let scores = Scheme::quantile(Bins::FIVE).score(&rfm);
        let tenths = Scheme::quantile(Bins::MAX).score(&rfm);
        let decile = DecileRule::by_cuts(&tenths.cuts().monetary, None).unwrap();

        let text = format!(
            "[shop]\nname = 'x'\nzone = 'Asia/Tokyo'\ncurrency = '{currency}'\n[rfm]\n{}[decile]\n{}",
            scores.cuts().playbook_lines(currency).unwrap(),
            decile.playbook_lines(currency)
        );
        let playbook = Playbook::read(&text).unwrap_or_else(|faults| panic!("{text}\n{faults}"));
        let ranks = &playbook.schema().ranks;
        assert_eq!(ranks.decile, Some(decile), "{text}");
        for (place, customer) in rfm.customers().iter().enumerate() {
            let own = orders.iter().filter(|order| order.0 == *customer);
            let own: Vec<_> =
                own.map(|(_, at, minor)| (Timestamp::from_millis(*at).unwrap(), Money::from_minor(*minor))).collect();
            let (score, _) = ranks.rfm.as_ref().unwrap().of(&own, now, &Zone::TOKYO).unwrap();
            assert_eq!(score, scores.all()[place], "customer {customer}");
            let tenth = ranks.decile.as_ref().unwrap().of(&own, now, &Zone::TOKYO).unwrap();
            assert_eq!(tenth, 11 - tenths.all()[place].monetary, "customer {customer}");
        }
    }
}

#[test]
fn recommended_cycles_and_hours_are_read_back() {
    let mut cycles = Cycles::new(21, 5..=400).unwrap().with_own_from(4);
    for sku in ["SOAP-1", "石けん 100g", "it's \"new\" = {\\}", "", "a\nb\u{7f}\u{1}"] {
        cycles.set_product(sku, 45).unwrap();
        cycles.set_category(sku, 60).unwrap();
    }
    let mut evening = Reactions::default();
    evening.by_hour[21] = 255;
    let best_hour = BestHour::default().with_strength(9).learned_from(&[evening.clone(), evening]);
    let text = format!(
        "[shop]\nname = 'x'\nzone = 'Asia/Tokyo'\ncurrency = 'JPY'\n[cycles]\n{}[best_hour]\n{}",
        cycles.playbook_lines(),
        best_hour.playbook_lines()
    );
    let playbook = Playbook::read(&text).unwrap_or_else(|faults| panic!("{text}\n{faults}"));
    assert_eq!(*playbook.schema().cycles, cycles, "{text}");
    assert_eq!(*playbook.best_hour(), best_hour, "{text}");
}

//! What all friends share: stock, the month's messages, the budget.

use enishi::insight::PlanTable;
use enishi::model::TagName;
use enishi::policy::{Class, Quota, Reason, Verdict};

use super::lab::{Lab, NOON, channel, goes, order};
use super::support::lab::at;

#[test]
fn what_is_sold_out_is_not_spoken_of() {
    let mut lab = Lab::new("");
    lab.stock = [("SOAP-1", 0), ("SOAP-2", 1)].into_iter().collect();
    let ask = |product, class| {
        lab.ask_about(NOON, |message| {
            message.product = Some(product);
            message.class = class;
        })
    };
    for class in [Class::Promotional, Class::Transactional] {
        assert_eq!(ask("SOAP-1", class), Verdict::Drop(Reason::OutOfStock { product: "SOAP-1".into() }));
        assert_eq!(ask("SOAP-2", class), goes());
        assert_eq!(ask("SOAP-3", class), goes(), "nobody told of it");
    }
}

#[test]
fn the_last_messages_of_a_month_go_to_whom_the_shop_names() {
    let mut lab =
        Lab::new("quota = { keep = [{ below = 1000, for = 'order' }, { below = 100, for = \"tag 'VIP'\" }] }");
    let short = |left, kept_for: &str| Verdict::Drop(Reason::QuotaShort { left, kept_for: kept_for.into() });
    let ask = |lab: &mut Lab, left| {
        lab.quota = Some(Quota { left });
        lab.ask(NOON)
    };
    assert_eq!(ask(&mut lab, 1000), goes());
    assert_eq!(ask(&mut lab, 999), short(999, "order"));
    let placed = at("2026-03-31T12:00:00+09:00");
    lab.friend.orders.placed(&order(placed), placed);
    assert_eq!(ask(&mut lab, 999), goes());
    assert_eq!(ask(&mut lab, 99), short(99, "tag 'VIP'"));
    lab.friend.mark(TagName::new("VIP").unwrap(), true, at("2026-04-01T11:00:00+09:00"));
    assert_eq!(ask(&mut lab, 1), goes());
    assert_eq!(ask(&mut lab, 0), Verdict::Drop(Reason::QuotaSpent));
    assert_eq!(lab.ask_about(NOON, |notice| notice.class = Class::Transactional), goes());
    lab.friend.set_reachable("email".parse().unwrap(), true, at(NOON));
    let email = [channel("email")];
    let by_mail = lab.ask_about(NOON, |message| message.channels = &email);
    assert_eq!(by_mail, Verdict::Send(channel("email")), "a mail costs no LINE message");
}

#[test]
fn a_budget_is_a_number_of_messages() {
    let prices = PlanTable::jp_2023_06();
    let lab = Lab::new("budget = { month = 30000, plan = 'standard' }");
    assert_eq!(lab.policy.messages_within_budget(&prices), Some(35_000));
    assert_eq!(Lab::new("").policy.messages_within_budget(&prices), None);
}

//! What came of it, for people.

use std::collections::BTreeMap;
use std::error::Error;

use enishi::insight::{F2, F2Options, Maturity, PlanTable};
use enishi::model::{Date, Friend, FriendId, Rate};
use enishi::policy::Reason;
use enishi::report::{Align, Table, bar};
use enishi::rfm::{AsOf, Bins, ClassMap, OrderColumns, Rfm, RfmOptions, Scheme};
use enishi::scenario::Decision;
use enishi::store::Store;
use line_stand_in::StandIn;

use crate::Shop;
use crate::file::Counts;
use crate::play::Played;

pub fn report<S: Store>(store: &mut S, shop: &Shop, played: &Played) -> Result<(), Box<dyn Error>>
where
    S::Error: 'static,
{
    let friends = all_friends(store)?;
    let decisions = all_decisions(store)?;
    println!("{} — {} friends", shop.playbook.shop().name, friends.len());
    let zone = shop.playbook.zone();
    println!(
        "from {} to {}, as of {} ({})\n",
        zone.date(shop.start),
        zone.date(shop.end),
        zone.show(shop.end),
        zone.name()
    );
    if let Some(counts) = &shop.counts {
        rows(counts);
    }
    rfm(shop, &friends)?;
    segments(shop, &friends);
    sends(&decisions);
    reasons(&decisions);
    coupons(shop, &friends);
    cost(shop, &decisions);
    let tally = store.tally()?;
    println!(
        "delivery: {} requests accepted with {} messages in {} attempts; waiting {}, refused {}, unknown {}",
        tally.accepted, tally.messages, tally.attempts, tally.waiting, tally.refused, tally.unknown
    );
    println!(
        "played {} events over {} minutes with something to do in {:.1} s",
        played.events,
        played.minutes,
        played.took.as_secs_f64()
    );
    Ok(())
}

/// What the stand-in saw of it.
pub fn stand_in(line: &StandIn) {
    let accepted = line.accepted().len();
    println!("the stand-in of LINE: {accepted} requests accepted, {} rules broken", line.violations().len());
}

fn rows(counts: &Counts) {
    let mut table = Table::new([("rows of the file", Align::Left), ("", Align::Right)]);
    table.row(["read", &counts.rows.to_string()]);
    table.row(["used as lines of orders", &counts.used.to_string()]);
    table.row(["left out: no customer", &counts.no_customer.to_string()]);
    table.row(["left out: cancelled", &counts.cancelled.to_string()]);
    table.row(["left out: no price or quantity", &counts.no_price.to_string()]);
    table.row(["left out: could not be read", &counts.unreadable.to_string()]);
    println!("{table}");
    if let Some(row) = &counts.first_unreadable {
        println!("the first that could not be read: {row}\n");
    }
}

/// The ten classes, by value quantiles and, as SQL would have it, by NTILE; and the way to the second order.
fn rfm(shop: &Shop, friends: &[Friend]) -> Result<(), Box<dyn Error>> {
    // Ties of NTILE fall by customer, so customers are numbered by their keys.
    let mut by_key: Vec<&Friend> = friends.iter().collect();
    by_key.sort_by(|a, b| a.key.cmp(&b.key));
    let (mut customers, mut times, mut amounts) = (Vec::new(), Vec::new(), Vec::new());
    for (number, friend) in (0_u32..).zip(by_key) {
        for (at, net) in friend.orders.counting(shop.end) {
            customers.push(number);
            times.push(at.millis());
            amounts.push(net.minor());
        }
    }
    let columns = OrderColumns::new(&customers, &times, &amounts)?;
    let as_of = AsOf::new(shop.end, *shop.playbook.zone());
    let rfm = Rfm::measure(&columns, &as_of, &RfmOptions::new());
    let classes = ClassMap::partition();
    let by_value = Scheme::quantile(Bins::FIVE).score(&rfm);
    let by_count = Scheme::ntile(Bins::FIVE).score(&rfm);
    let mut table = Table::new([
        ("RFM class", Align::Left),
        ("名前", Align::Left),
        ("quantile", Align::Right),
        ("ntile", Align::Right),
        ("share", Align::Left),
    ]);
    let all = u64::try_from(rfm.len())?;
    for (value, count) in classes.count(by_value.all()).iter().zip(classes.count(by_count.all())) {
        let share = rate(value.customers, all);
        if value.customers + count.customers > 0 {
            table.row([
                value.class.name.as_str(),
                value.class.label.as_ref().map_or("", |label| label.as_str()),
                &value.customers.to_string(),
                &count.customers.to_string(),
                &bar(share, 24),
            ]);
        }
    }
    println!("{table}");
    println!(
        "{all} customers with {} orders; checksum quantile {}, ntile {}",
        columns.len(),
        by_value.checksum(),
        by_count.checksum()
    );

    let options = F2Options::new().within(&[30, 60, 90, 180]).maturity(Maturity::Everybody);
    let everybody = F2::of(&columns, &as_of, &options);
    let mature = F2::of(&columns, &as_of, &options.clone().maturity(Maturity::OnlyMature));
    println!("F2: {} of {} bought on a second day ({})", everybody.second, everybody.first, percent(everybody.rate()));
    let mut table = Table::new([
        ("second day within", Align::Right),
        ("customers", Align::Right),
        ("of those with so many days behind them", Align::Right),
    ]);
    for (all, mature) in everybody.within.iter().zip(&mature.within) {
        table.row([format!("{} days", all.days), all.converted.to_string(), percent(mature.rate())]);
    }
    println!("{table}");
    Ok(())
}

fn segments(shop: &Shop, friends: &[Friend]) {
    let mut table = Table::new([("segment", Align::Left), ("friends", Align::Right), ("share", Align::Left)]);
    for (name, segment) in shop.playbook.segments() {
        let inside = friends.iter().filter(|friend| segment.predicate.matches(friend, shop.end)).count();
        let share = rate(inside as u64, friends.len() as u64);
        table.row([name.as_str(), &inside.to_string(), &bar(share, 24)]);
    }
    println!("{table}");
    let ever = friends.iter().filter(|friend| friend.line.first_followed.is_some()).count() as u64;
    let blocked = friends.iter().filter(|friend| friend.line.is_blocked()).count() as u64;
    println!("block rate: {blocked} of {ever} ever friends ({})\n", percent(Some(rate(blocked, ever))));
}

fn sends(decisions: &[Decision]) {
    let mut by_step: BTreeMap<(String, String), u64> = BTreeMap::new();
    for decision in decisions.iter().filter(|decision| decision.reason == Reason::Sent) {
        let name = |name: Option<&str>| name.unwrap_or_default().to_owned();
        let scenario = name(decision.scenario.as_ref().map(|s| s.as_str()));
        let step = name(decision.step.as_ref().map(|s| s.as_str()));
        *by_step.entry((scenario, step)).or_default() += 1;
    }
    let mut table = Table::new([("scenario", Align::Left), ("step", Align::Left), ("sent", Align::Right)]);
    for ((scenario, step), sent) in &by_step {
        table.row([scenario, step, &sent.to_string()]);
    }
    println!("{table}");
}

fn reasons(decisions: &[Decision]) {
    let mut by_reason: BTreeMap<(u16, &str), u64> = BTreeMap::new();
    for decision in decisions {
        *by_reason.entry((decision.reason.number(), decision.reason.word())).or_default() += 1;
    }
    let mut table = Table::new([("code", Align::Right), ("decision", Align::Left), ("times", Align::Right)]);
    for ((code, word), times) in by_reason {
        table.row([code.to_string(), word.into(), times.to_string()]);
    }
    println!("{table}");
}

fn coupons(shop: &Shop, friends: &[Friend]) {
    let mut table = Table::new([
        ("coupon", Align::Left),
        ("issued", Align::Right),
        ("used", Align::Right),
        ("use rate", Align::Right),
    ]);
    for name in shop.playbook.coupons().keys() {
        let held =
            || friends.iter().flat_map(|f| f.coupons.iter().map(move |c| (f, c))).filter(|(_, c)| c.coupon == *name);
        let issued = held().count() as u64;
        let used = held().filter(|(friend, coupon)| coupon.is_used(&friend.orders)).count() as u64;
        table.row([name.as_str(), &issued.to_string(), &used.to_string(), &percent(Some(rate(used, issued)))]);
    }
    println!("{table}");
}

/// What the messages of each month cost on LINE's plans. A month is one of the shop's zone.
fn cost(shop: &Shop, decisions: &[Decision]) {
    let mut by_month: BTreeMap<String, u64> = BTreeMap::new();
    for decision in decisions.iter().filter(|decision| decision.reason == Reason::Sent) {
        let date: Date = shop.playbook.zone().date(decision.at);
        *by_month.entry(date.to_string()[..7].into()).or_default() += 1;
    }
    let plans = PlanTable::jp_2023_06();
    let busiest = by_month.values().max().copied().unwrap_or(0);
    let mut table = Table::new([
        ("LINE plan", Align::Left),
        ("yen in all", Align::Right),
        ("yen in the busiest month", Align::Right),
    ]);
    for plan in &plans.plans {
        let month = |messages: &u64| plan.monthly_cost(*messages).map(|yen| yen.minor());
        let total: Option<i64> = by_month.values().map(month).sum();
        let yen = |yen: Option<i64>| yen.map_or("cannot send so many".into(), |yen| yen.to_string());
        table.row([format!("{:?}", plan.name()), yen(total), yen(month(&busiest))]);
    }
    println!("{table}");
    println!("{} months, {busiest} messages in the busiest; plans of {}, tax apart\n", by_month.len(), plans.name);
}

fn all_friends<S: Store>(store: &mut S) -> Result<Vec<Friend>, S::Error> {
    let mut friends: Vec<Friend> = Vec::new();
    loop {
        let after = friends.last().map_or(FriendId(0), |friend| friend.id);
        let page = store.friends(after, 1000)?;
        if page.is_empty() {
            return Ok(friends);
        }
        friends.extend(page.into_iter().map(|kept| kept.friend));
    }
}

fn all_decisions<S: Store>(store: &mut S) -> Result<Vec<Decision>, S::Error> {
    store.decisions(0, usize::MAX)
}

fn rate(part: u64, whole: u64) -> Rate {
    let ppm = (u128::from(part) * 1_000_000).checked_div(u128::from(whole)).unwrap_or(0);
    Rate::from_ppm(u32::try_from(ppm).unwrap_or(u32::MAX)).unwrap_or(Rate::ONE)
}

fn percent(rate: Option<Rate>) -> String {
    rate.map_or("–".into(), |rate| format!("{}.{} %", rate.ppm() / 10_000, rate.ppm() / 1000 % 10))
}

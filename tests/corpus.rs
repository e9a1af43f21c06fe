//! Runs `tests/corpus` through the engine: this is where behaviour is specified.

#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use enishi::coupon::ledger::{Refusal, ReserveAll, Taken};
use enishi::coupon::{Basket, BasketError, KeyRing, TakenCoupon, TypedQuote};
use enishi::engine::Engine;
use enishi::model::{Activity, CheckoutId, Event, Friend, FriendId, FriendKey, Timestamp};
use enishi::playbook::Playbook;
use enishi::store::{Ledger, LedgerError, MemoryLedger};

use support::corpus::{
    Action, Case, Expect, HELD_FOR_MS, ReserveTaken, decision_line, delivery_line, handover_line, load_all, local,
    menu_line, quote_lines,
};

#[test]
fn every_case_comes_out_as_specified() {
    let cases = load_all();
    let mut wrong = Vec::new();
    for case in &cases {
        let found = run(case);
        if found != case.expect {
            wrong.push(format!("{}: {}\n{}", case.file, case.name, difference(&case.expect, &found)));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases\n\n{}", wrong.len(), cases.len(), wrong.join("\n\n"));
}

#[test]
fn every_case_has_a_name_of_its_own() {
    let mut names = BTreeSet::new();
    for case in load_all() {
        assert!(names.insert(case.name.clone()), "{}: there are two cases named {:?}", case.file, case.name);
    }
}

/// What shops ask of scenarios, channels, menus and first contacts, row by row of the requirements.
///
/// Seen to fail: without `scenario_fatigue.toml`, S26 has no case.
#[test]
fn every_row_of_the_requirements_has_three_cases() {
    let cases = load_all();
    let rows = [("S", 1..=26), ("C", 1..=9), ("R", 4..=6), ("F", 3..=8)];
    let rows = rows.into_iter().flat_map(|(letter, numbers)| numbers.map(move |number| format!("{letter}{number}")));
    let count = |row: &String| cases.iter().filter(|case| case.ids.contains(row)).count();
    let few: Vec<_> = rows.map(|row| (count(&row), row)).filter(|(count, _)| *count < 3).collect();
    assert!(few.is_empty(), "fewer than three cases: {few:?}");
    assert!(cases.len() >= 120);
}

/// What came of a case, as far as it says what it expects.
fn run(case: &Case) -> Expect {
    let playbook =
        Playbook::read(&case.playbook).unwrap_or_else(|faults| panic!("{}: {}\n{faults}", case.file, case.name));
    let zone = *playbook.zone();
    let keys = KeyRing::new(0, case.secret.as_bytes()).unwrap();
    let mut engine = Engine::new(Arc::new(playbook), Some(keys)).unwrap();
    let (ledger, mut quotes) = (MemoryLedger::new(), Vec::new());
    for action in &case.actions {
        match action {
            Action::Record { now, event_json, fails } => {
                let event = Event::from_json(event_json.as_bytes(), engine.playbook().currency());
                let recorded = event.map_err(|e| e.to_string());
                let recorded = recorded.and_then(|event| engine.record(&event, *now).map_err(|e| e.to_string()));
                assert_eq!(recorded.err().as_ref(), fails.as_ref(), "{}: {}\n{event_json}", case.file, case.name);
            }
            Action::Advance { now } => drop(engine.advance(*now).unwrap()),
            Action::Play { until } => drop(engine.play_until(*until).unwrap()),
            Action::Stock { pieces, .. } => pieces.iter().for_each(|(product, n)| engine.set_stock(product, *n)),
            Action::Quota { left, .. } => engine.set_quota(Some(*left)),
            Action::Quote { now, friend, basket_json, codes, reserve } => {
                let typed = quote(&engine, &ledger, *now, friend.as_deref(), basket_json, codes);
                let who = friend.as_deref().unwrap_or("guest");
                quotes.extend(quote_lines(&now.to_string(), who, &typed, engine.playbook()));
                quotes.extend(reserve.as_ref().map(|held| hold(&engine, &ledger, *now, &typed, held)));
            }
        }
    }
    let inside = |name: &String| {
        let segment = engine.playbook().segments().get(name.as_str()).unwrap_or_else(|| panic!("no segment {name}"));
        let members = engine.friends().filter(|friend| segment.predicate.matches(friend, engine.now()));
        (name.clone(), members.map(|friend| friend.key.to_string()).collect())
    };
    let segments = case.expect.segments.as_ref().map(|named| named.keys().map(inside).collect::<BTreeMap<_, _>>());
    let coupons = case.expect.coupons.as_ref().map(|_| coupons(&engine));
    let known = case.expect.known.as_ref().map(|_| known(&engine));
    let decisions = engine.take_decisions();
    let (deliveries, handovers, menus) = (engine.take_deliveries(), engine.take_handovers(), engine.take_menus());
    let delivery_line = |delivery| delivery_line(&serde_json::to_string(delivery).unwrap(), &zone);
    Expect {
        decisions: case
            .expect
            .decisions
            .as_ref()
            .map(|_| decisions.iter().map(|decision| decision_line(&decision.to_json(), &zone)).collect()),
        deliveries: case.expect.deliveries.as_ref().map(|_| deliveries.iter().map(delivery_line).collect()),
        handovers: case
            .expect
            .handovers
            .as_ref()
            .map(|_| handovers.iter().map(|handover| handover_line(&handover.to_json(), &zone)).collect()),
        menus: case
            .expect
            .menus
            .as_ref()
            .map(|_| menus.iter().map(|switch| menu_line(&serde_json::to_string(switch).unwrap(), &zone)).collect()),
        segments,
        coupons,
        known,
        quotes: case.expect.quotes.as_ref().map(|_| quotes),
    }
}

fn quote(
    engine: &Engine,
    ledger: &MemoryLedger,
    now: Timestamp,
    who: Option<&str>,
    basket: &str,
    codes: &[String],
) -> TypedQuote {
    let playbook = engine.playbook();
    let guest = || Friend::new(FriendId(0), FriendKey::new("guest").unwrap());
    let friend = who.map_or_else(guest, |key| engine.friend(key).unwrap_or_else(|| panic!("nobody is {key}")));
    let basket: Basket = serde_json::from_str(basket).unwrap();
    let (checkout, shelf) = (playbook.checkout(&friend, now), playbook.shelf(engine.keys()));
    let typed = checkout.quote_typed_after(&basket, shelf, codes, |candidates| {
        ledger.look_at(candidates, &checkout, basket.checkout.as_ref()).unwrap();
        Ok::<_, BasketError>(())
    });
    typed.unwrap()
}

/// What a quote took, held; as a line.
fn hold(engine: &Engine, ledger: &MemoryLedger, now: Timestamp, typed: &TypedQuote, held: &ReserveTaken) -> String {
    let (playbook, cart) = (engine.playbook(), &held.checkout);
    let taken = |taken: &TakenCoupon| Taken {
        coupon: Arc::clone(&playbook.coupons()[&taken.coupon]),
        code: taken.code.as_deref().map(|code| code.parse().unwrap()),
        discount: taken.discount,
        valid_until: taken.valid_until.unwrap_or(Timestamp::MAX),
    };
    let all = ReserveAll {
        checkout: CheckoutId::new(cart).unwrap(),
        friend: Some(FriendId(held.friend)),
        taken: typed.quote.taken.iter().map(taken).collect(),
        until: now.plus_millis(HELD_FOR_MS),
        zone: *playbook.zone(),
    };
    match ledger.reserve_all(all, now) {
        Ok(uses) => {
            let names: Vec<&str> = uses.iter().map(|one| one.key.coupon.as_str()).collect();
            format!("{cart} holds {}", names.join(", "))
        }
        Err(LedgerError::Refused(Refusal::OneOfSeveral { coupon, why })) => {
            format!("{cart} holds nothing: {coupon} {}", why.word())
        }
        Err(error) => panic!("{error}"),
    }
}

/// What is remembered of friends' pasts.
fn known(engine: &Engine) -> Vec<String> {
    let zone = engine.playbook().zone();
    let time = |at: Timestamp| local(&at.to_string(), zone);
    let mut lines = Vec::new();
    for friend in engine.friends() {
        for activity in friend.history.activities() {
            let name = match activity {
                Activity::Event(name) => name.to_string(),
                other => format!("{other:?}").to_lowercase(),
            };
            for done in friend.history.of(activity) {
                let mut line = format!("{} {name} {}", friend.key, time(done.at));
                line.extend(done.subject.iter().map(|subject| format!(" {subject}")));
                for goods in &done.lines {
                    line += &format!(" {}", goods.sku);
                    if !goods.categories.is_empty() {
                        line += &format!(" ({})", goods.categories.join(", "));
                    }
                }
                line.extend(done.properties.iter().map(|(name, value)| format!(" {name}={value}")));
                lines.push(line);
            }
        }
        for sent in &friend.sent {
            let delivered = sent.delivered.map(|at| format!(" delivered {}", time(at))).unwrap_or_default();
            lines.push(format!("{} sent {} {}{delivered}", friend.key, time(sent.at), sent.message));
        }
        for (channel, mark) in &friend.channels {
            let can = if mark.on { "yes" } else { "no" };
            lines.push(format!("{} {channel} {} {can}", friend.key, time(mark.at)));
        }
    }
    lines
}

fn coupons(engine: &Engine) -> Vec<String> {
    let zone = engine.playbook().zone();
    let of = |friend: Friend| {
        let line = |held: &enishi::model::HeldCoupon| {
            let state = if held.is_used(&friend.orders) { "used" } else { "unused" };
            let until = local(&held.valid_until.to_string(), zone);
            format!("{} {} {} until {until} {state}", friend.key, held.coupon, held.code)
        };
        friend.coupons.iter().map(line).collect::<Vec<_>>()
    };
    engine.friends().flat_map(of).collect()
}

/// The lines that differ, `-` for what was expected and `+` for what came.
fn difference(expected: &Expect, found: &Expect) -> String {
    let lines = |expect: &Expect| {
        let mut lines: Vec<String> = Vec::new();
        lines.extend(expect.decisions.iter().flatten().map(|line| format!("decision {line}")));
        lines.extend(expect.deliveries.iter().flatten().map(|line| format!("delivery {line}")));
        lines.extend(expect.handovers.iter().flatten().map(|line| format!("handover {line}")));
        lines.extend(expect.menus.iter().flatten().map(|line| format!("menu {line}")));
        lines.extend(expect.quotes.iter().flatten().map(|line| format!("quote {line}")));
        lines.extend(expect.segments.iter().flatten().map(|(name, friends)| format!("segment {name}: {friends:?}")));
        lines.extend(expect.known.iter().flatten().map(|line| format!("known {line}")));
        lines.extend(expect.coupons.iter().flatten().map(|line| format!("coupon {line}")));
        lines
    };
    let (expected, found) = (lines(expected), lines(found));
    let lost = expected.iter().filter(|line| !found.contains(line)).map(|line| format!("  - {line}"));
    let new = found.iter().filter(|line| !expected.contains(line)).map(|line| format!("  + {line}"));
    let changes: Vec<String> = lost.chain(new).collect();
    if changes.is_empty() { format!("  the order differs:\n  {found:#?}") } else { changes.join("\n") }
}

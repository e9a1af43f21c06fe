//! How often.

use enishi::model::{Channel, Span, TagName, Window, Zone};
use enishi::policy::{Cap, Class, MessageTraits, Reason, Scope, Traits, Verdict};

use super::lab::{Lab, NOON, capped, channel, deferred, goes, message, order, scenario};
use super::support::lab::at;

#[test]
fn each_kind_counts_its_own() {
    let mut lab = Lab::new("");
    let mut news = Traits::default();
    news.category = Some("news".into());
    lab.policy.messages = [(message("news"), news)].into_iter().collect::<MessageTraits>();
    lab.friend.set_reachable("email".parse().unwrap(), true, at("2026-01-01T00:00:00+09:00"));
    lab.sent_as("2026-04-01T08:00:00+09:00", |sent| sent.promotional = false);
    lab.sent_as("2026-04-01T09:00:00+09:00", |sent| sent.message = message("news"));
    lab.sent_as("2026-04-01T10:00:00+09:00", |sent| sent.channel = channel("email"));
    lab.sent_as("2026-04-01T11:00:00+09:00", |sent| sent.scenario = scenario("other"));
    let email = [channel("email")];
    let cases: [(Scope, u32); 7] = [
        (Scope::All, 4),
        (Scope::Promotional, 3),
        (Scope::Channel(Channel::Line), 2),
        (Scope::Channel(channel("email")), 1),
        (Scope::Category("news".into()), 1),
        (Scope::Scenario(scenario("other")), 1),
        (Scope::Scenario(scenario("s")), 2),
    ];
    for (of, count) in cases {
        let mut cap = Cap::new(count, Window::Rolling(Span::days(7)));
        cap.of = of.clone();
        // The message that each cap is about.
        let asks = message("z");
        let ask = |lab: &Lab| {
            lab.ask_about(NOON, |candidate| {
                candidate.message = &asks;
                match &of {
                    Scope::Channel(Channel::Other(_)) => candidate.channels = &email,
                    Scope::Category(_) => candidate.category = Some("news"),
                    Scope::Scenario(of) => candidate.scenario = of,
                    _ => {}
                }
            })
        };
        let text = cap.to_string();
        lab.policy.caps = vec![cap.clone()];
        assert_eq!(ask(&lab), capped(&text, count));
        cap.at_most = count + 1;
        lab.policy.caps = vec![cap];
        assert!(matches!(ask(&lab), Verdict::Send(_)), "{text} has room for one more");
    }
}

#[test]
fn a_cap_says_nothing_of_messages_it_is_not_about() {
    let mut lab = Lab::new(
        "caps = [{ of = 'channel email', at_most = 1, per = '7d' }, { of = 'scenario other', at_most = 1, per = '7d' }]",
    );
    lab.sent_as("2026-04-01T10:00:00+09:00", |sent| {
        sent.channel = channel("email");
        sent.message = message("b");
    });
    lab.sent_as("2026-04-01T11:00:00+09:00", |sent| sent.scenario = scenario("other"));
    assert_eq!(lab.ask(NOON), goes());
}

#[test]
fn notices_count_for_all_and_are_held_back_by_none() {
    let mut lab = Lab::new("caps = [{ of = 'all', at_most = 1, per = '7d' }]");
    lab.sent_as("2026-04-01T11:00:00+09:00", |sent| sent.promotional = false);
    assert_eq!(lab.ask(NOON), capped("1 all per 7d", 1));
    assert_eq!(lab.ask_about(NOON, |notice| notice.class = Class::Transactional), goes());
}

#[test]
fn calendar_windows_begin_with_the_shops_day_week_and_month() {
    // Wednesday 1 April, and the Sunday and Monday after it.
    let cases = [
        ("calendar day", "", "2026-04-01T12:00:00+09:00", "2026-04-02T00:00:00+09:00"),
        ("calendar week", "", "2026-04-01T12:00:00+09:00", "2026-04-06T00:00:00+09:00"),
        ("calendar week", "week_starts = 'sunday'", "2026-04-01T12:00:00+09:00", "2026-04-05T00:00:00+09:00"),
        ("calendar month", "", "2026-04-30T23:59:00+09:00", "2026-05-01T00:00:00+09:00"),
    ];
    for (per, more, before, turn) in cases {
        let mut lab = Lab::new(&format!("caps = [{{ at_most = 1, per = '{per}', then = 'defer' }}]\n{more}"));
        lab.sent("2026-04-01T12:00:00+09:00");
        assert_eq!(lab.ask(before), deferred(turn, &format!("1 promotional per {per}")));
        assert_eq!(lab.ask(turn), goes());
    }
}

#[test]
fn caps_by_phase_hold_for_those_who_are_in_it() {
    let mut lab = Lab::new(
        "caps = [{ at_most = 1, per = 'calendar month', for = \"tag 'VIP'\" }, { at_most = 2, per = '7d', for = \"not tag 'VIP'\" }]",
    );
    lab.sent("2026-04-01T10:00:00+09:00");
    assert_eq!(lab.ask(NOON), goes());
    lab.friend.mark(TagName::new("VIP").unwrap(), true, at("2026-04-01T11:00:00+09:00"));
    assert_eq!(lab.ask(NOON), capped("1 promotional per calendar month for tag 'VIP'", 1));
}

#[test]
fn a_deferral_ends_with_the_phase_if_that_is_sooner() {
    let mut lab = Lab::new("caps = [{ at_most = 1, per = '30d', for = 'order within 3d', then = 'defer' }]");
    let placed = at("2026-03-31T12:00:00+09:00");
    lab.friend.orders.placed(&order(placed), placed);
    lab.sent("2026-04-01T10:00:00+09:00");
    assert_eq!(lab.ask(NOON), deferred("2026-04-03T12:00:00+09:00", "1 promotional per 30d for order within 3d"),);
    assert_eq!(lab.ask("2026-04-03T12:00:00+09:00"), goes());
}

#[test]
fn a_gap_is_a_cap_of_one() {
    let mut lab = Lab::new("gap = { at_least = '20h', then = 'defer', for_at_most = '18h' }");
    lab.sent("2026-04-01T10:00:00+09:00");
    assert_eq!(lab.ask(NOON), deferred("2026-04-02T06:00:00+09:00", "1 promotional per 20h"));
    let to = at("2026-04-02T06:00:00+09:00");
    let before = at("2026-04-01T11:59:00+09:00");
    assert_eq!(lab.ask_about(NOON, |message| message.ready = before), Verdict::Drop(Reason::DeferredTooLong { to }));
    let mut lab = Lab::new("gap = '20h'");
    lab.sent("2026-04-01T10:00:00+09:00");
    assert_eq!(lab.ask("2026-04-02T05:59:59+09:00"), capped("1 promotional per 20h", 1));
    assert_eq!(lab.ask("2026-04-02T06:00:00+09:00"), goes());
}

/// Where clocks go back, on 1 November 2026, the later message leaves the count first.
#[test]
fn the_first_to_leave_the_count_makes_room() {
    let mut lab = Lab::new("caps = [{ at_most = 2, per = '1d', then = 'defer' }]");
    lab.zone = Zone::new("America/New_York", "00:00".parse().unwrap()).unwrap();
    lab.sent("2026-11-01T01:30:00-04:00");
    lab.sent("2026-11-01T01:10:00-05:00");
    assert_eq!(lab.ask("2026-11-01T12:00:00-05:00"), deferred("2026-11-02T01:10:00-05:00", "2 promotional per 1d"));
    assert_eq!(lab.ask("2026-11-02T01:10:00-05:00"), goes());
}

#[test]
fn of_several_full_caps_one_that_drops_decides_and_else_the_longest_wait() {
    let lab = |last: &str| {
        let mut lab = Lab::new(&format!(
            "gap = {{ at_least = '20h', then = 'defer' }}\n\
             caps = [{{ at_most = 1, per = 'calendar week', then = 'defer' }}, {{ at_most = 1, per = '1d', then = '{last}' }}]"
        ));
        lab.sent("2026-04-01T10:00:00+09:00");
        lab
    };
    assert_eq!(lab("defer").ask(NOON), deferred("2026-04-06T00:00:00+09:00", "1 promotional per calendar week"));
    assert_eq!(lab("drop").ask(NOON), capped("1 promotional per 1d", 1));
}

#[test]
fn who_lost_to_a_message_of_the_same_instant_is_told_to_whom() {
    let mut lab = Lab::new("caps = [{ at_most = 2, per = '7d' }]");
    lab.sent("2026-04-01T10:00:00+09:00");
    lab.sent_as(NOON, |sent| sent.scenario = scenario("other"));
    let cap = "2 promotional per 7d";
    assert_eq!(lab.ask(NOON), Verdict::Drop(Reason::PriorityLost { to: scenario("other"), cap: cap.into() }));
    assert_eq!(lab.ask("2026-04-01T12:00:01+09:00"), capped(cap, 2), "a second later it is just full");
    lab.friend.sent[1].scenario = scenario("s");
    assert_eq!(lab.ask(NOON), capped(cap, 2), "nobody loses to oneself");
    lab.sent_as("2026-04-01T11:00:00+09:00", |sent| sent.scenario = scenario("s"));
    lab.friend.sent.sort();
    lab.friend.sent.last_mut().unwrap().scenario = scenario("other");
    assert_eq!(lab.ask(NOON), capped(cap, 3), "it was full before");
}

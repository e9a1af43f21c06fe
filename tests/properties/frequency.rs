//! Caps and the mix of sales talk: never exceeded, and nobody waits longer than need be.

use std::collections::BTreeMap;

use enishi::model::{
    Channel, DeliveryKey, Friend, FriendId, FriendKey, LineUserId, MessageName, Money, Order, OrderId, ScenarioName,
    Sent, Span, Timestamp, Window, Zone,
};
use enishi::playbook::Playbook;
use enishi::policy::{Candidate, Class, Policy, Reason, Verdict, View};
use proptest::prelude::*;
use proptest::sample::select;

use super::small_shop::{START, instant};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// A deferral leads to the first instant with room: not before it, and surely at it.
    #[test]
    fn a_deferral_leads_to_the_first_instant_with_room(
        rule in rules(),
        zone in zones(),
        sent in prop::collection::vec(prop_oneof![0_i64..20 * DAY, 18 * DAY..20 * DAY], 0..12),
        order in prop::option::of(prop_oneof![0_i64..20 * DAY, 17 * DAY..20 * DAY]),
        now in 20 * DAY..21 * DAY,
        looks in prop::collection::vec(0_u64..1_000_000, 20),
    ) {
        let (policy, zone) = (policy(&rule, zone), Zone::new(zone, "04:00".parse().unwrap()).unwrap());
        let mut friend = hana();
        let mut sent = sent;
        sent.sort_unstable();
        for minute in sent {
            note(&mut friend, instant(START + minute * MINUTE));
        }
        if let Some(minute) = order {
            let placed_at = instant(START + minute * MINUTE);
            let order = Order { id: OrderId::new("1").unwrap(), placed_at, total: Money::ZERO, lines: vec![], properties: BTreeMap::new() };
            friend.orders.placed(&order, placed_at);
        }
        let now = instant(START + now * MINUTE);
        match ask(&policy, &friend, now, now, &zone) {
            Verdict::Send(_) => {}
            Verdict::Later(to, Reason::CapDeferred { to: told, .. } | Reason::SellingDeferred { to: told }) => {
                prop_assert!(to > now && to == told);
                prop_assert_eq!(ask(&policy, &friend, now, to, &zone), Verdict::Send(Channel::Line), "room at {}", zone.show(to));
                let before = looks.iter().map(|look| {
                    let part = u128::from(*look) * u128::from(to.since(now).unsigned_abs()) / 1_000_000;
                    now.plus_millis(i64::try_from(part).unwrap())
                });
                for earlier in before.chain([to.plus_millis(-1)]) {
                    let verdict = ask(&policy, &friend, now, earlier, &zone);
                    prop_assert!(matches!(&verdict, Verdict::Later(then, _) if *then == to), "at {} it was {verdict:?}", zone.show(earlier));
                }
            }
            other => prop_assert!(false, "{other:?}"),
        }
    }

    /// Whoever sends whenever the gate lets them never sends too much, however the windows are counted.
    #[test]
    fn no_cap_is_exceeded_by_sending_whenever_there_is_room(
        rules in prop::collection::vec(rules(), 1..4),
        zone in zones(),
        ready in prop::collection::vec(0_i64..30 * DAY, 1..30),
    ) {
        let rules: Vec<Rule> = rules.into_iter().map(|rule| Rule { only: "", ..rule }).collect();
        let caps: Vec<String> = rules.iter().filter(|rule| !rule.selling).map(Rule::text).collect();
        let selling = rules.iter().find(|rule| rule.selling);
        let text = format!("caps = [{}]\n{}", caps.join(", "), selling.map(Rule::text).unwrap_or_default());
        let policy = read(&text, zone);
        let zone = Zone::new(zone, "04:00".parse().unwrap()).unwrap();
        let mut friend = hana();
        let mut waiting: Vec<(Timestamp, Timestamp)> =
            ready.iter().map(|minute| instant(START + minute * MINUTE)).map(|at| (at, at)).collect();
        let mut asked = 0;
        while let Some(next) = waiting.iter().min().copied() {
            let place = waiting.iter().position(|waits| *waits == next).unwrap();
            waiting.swap_remove(place);
            let (now, ready) = next;
            asked += 1;
            prop_assert!(asked < 2000, "somebody asks without end");
            match ask(&policy, &friend, ready, now, &zone) {
                Verdict::Send(_) => note(&mut friend, now),
                Verdict::Later(to, _) => {
                    prop_assert!(to > now);
                    waiting.push((to, ready));
                }
                Verdict::Drop(reason) => prop_assert!(false, "{reason:?}"),
            }
        }
        prop_assert_eq!(friend.sent.len(), ready.len(), "everything leaves in the end");
        for rule in &rules {
            if rule.selling && selling.is_some_and(|counts| counts.text() != rule.text()) {
                continue;
            }
            for (i, last) in friend.sent.iter().enumerate() {
                let count = friend.sent[..=i].iter().filter(|sent| rule.together(sent.at, last.at, &zone)).count();
                prop_assert!(count <= rule.at_most as usize, "{count} by {} at {}", rule.text(), zone.show(last.at));
            }
        }
    }
}

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60;

/// A cap or a mix of sales talk, drawn at random. All messages here sell.
#[derive(Clone, Debug)]
struct Rule {
    selling: bool,
    at_most: u32,
    per: &'static str,
    only: &'static str,
}

fn rules() -> impl Strategy<Value = Rule> {
    let cap = (
        1_u32..4,
        select(vec!["3h", "1d", "1d12h", "7d", "calendar day", "calendar week", "calendar month"]),
        select(vec!["", "", "order within 3d", "no order within 12d", "order within 2d or no order within 5d"]),
    );
    let cap = cap.prop_map(|(at_most, per, only)| Rule { selling: false, at_most, per, only });
    let selling = (1_u32..4, select(vec!["1d", "7d", "1d12h"]));
    let selling = selling.prop_map(|(at_most, per)| Rule { selling: true, at_most, per, only: "" });
    prop_oneof![3 => cap, 1 => selling]
}

fn zones() -> impl Strategy<Value = &'static str> {
    select(vec!["Asia/Tokyo", "America/New_York", "Australia/Lord_Howe"])
}

impl Rule {
    fn text(&self) -> String {
        let Self { selling, at_most, per, only } = self;
        if *selling {
            // All sell, so that of the last hundred as many may as in the window.
            return format!("selling = {{ at_most = {at_most}, of_last = 100, within = '{per}', then = 'defer' }}");
        }
        let only = if only.is_empty() { String::new() } else { format!(", for = '{only}'") };
        format!("{{ at_most = {at_most}, per = '{per}', then = 'defer'{only} }}")
    }

    /// Does the earlier count when the later is sent? Worked out beside the library, by dates.
    fn together(&self, earlier: Timestamp, later: Timestamp, zone: &Zone) -> bool {
        use chrono::Datelike;
        let (one, other) = (zone.date(earlier), zone.date(later));
        match self.per {
            "calendar day" => one == other,
            "calendar week" => one.iso_week() == other.iso_week(),
            "calendar month" => (one.year(), one.month()) == (other.year(), other.month()),
            span => zone.plus(earlier, span.parse::<Span>().unwrap()) > later,
        }
    }
}

fn policy(rule: &Rule, zone: &str) -> Policy {
    let text = if rule.selling { rule.text() } else { format!("caps = [{}]", rule.text()) };
    read(&text, zone)
}

fn read(policy: &str, zone: &str) -> Policy {
    let text =
        format!("[shop]\nname = 'x'\nzone = '{zone}'\ncurrency = 'JPY'\nday_starts = '04:00'\n[policy]\n{policy}");
    let policy = Playbook::read(&text).unwrap_or_else(|faults| panic!("{faults}")).policy().clone();
    assert!(policy.caps.iter().all(|cap| !matches!(cap.per, Window::Rolling(span) if span.is_zero())));
    policy
}

fn hana() -> Friend {
    let mut friend = Friend::new(FriendId(1), FriendKey::new("hana").unwrap());
    friend.line.followed(LineUserId::from_bytes([7; 16]), instant(START), None, None);
    friend
}

fn note(friend: &mut Friend, at: Timestamp) {
    friend.sent.push(Sent {
        at,
        key: DeliveryKey::derive("test", &[&friend.sent.len().to_be_bytes()]),
        promotional: true,
        message: MessageName::new("a").unwrap(),
        scenario: ScenarioName::new("s").unwrap(),
        channel: Channel::Line,
        delivered: None,
    });
}

fn ask(policy: &Policy, friend: &Friend, ready: Timestamp, now: Timestamp, zone: &Zone) -> Verdict {
    let candidate = Candidate {
        scenario: &ScenarioName::new("s").unwrap(),
        message: &MessageName::new("a").unwrap(),
        class: Class::Promotional,
        category: None,
        sells: true,
        content: None,
        channels: &[Channel::Line],
        quiet: None,
        ready,
        product: None,
        follows_up: false,
    };
    policy.ask(&candidate, friend, &View::new(now, zone))
}

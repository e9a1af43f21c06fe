//! Rich menus: which one is to be seen, until when, and whose is left alone.

#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use enishi::playbook::Playbook;
use enishi::policy::Reason;
use support::lab::{Lab, at};

const NOON: &str = "2026-04-01T12:00:00+09:00";
/// Menus nobody sees by rule, so that what is known of them comes from events alone.
const RULELESS: &str = "[menus.by_step]\nrich_menu_id = 'richmenu-by-step'";
const MENUS: &str = r#"
    tags = ["VIP"]
    [menus.usual]
    rich_menu_id = "richmenu-usual"
    when = "line is following"
    [menus.buyers]
    rich_menu_id = "richmenu-buyers"
    when = "orders.count >= 1"
    priority = 5
    [menus.lunch]
    rich_menu_id = "richmenu-lunch"
    between = "11:00-14:00"
    when = "no order within 30d"
    priority = 7
    [menus.xmas]
    rich_menu_id = "richmenu-xmas"
    from = "2026-12-01"
    until = "2026-12-26"
    priority = 9
    [menus.a-vip]
    rich_menu_id = "richmenu-vip"
    when = "tag 'VIP'"
    priority = 9
    [menus.by_step]
    rich_menu_id = "richmenu-step"
"#;

fn wanted(lab: &Lab, friend: &str, now: &str) -> Option<String> {
    let playbook = lab.engine.playbook();
    let menu = playbook.menus().wanted(&lab.friend(friend), at(now), playbook.zone());
    menu.map(|menu| menu.name.to_string())
}

fn may_switch(lab: &Lab, friend: &str) -> Result<(), Reason> {
    lab.engine.playbook().menus().may_switch(&lab.friend(friend))
}

// R4-R6: by what friends are and do, by the hour, by the season; the first in rank.
#[test]
fn the_menu_whose_rule_holds_and_ranks_first_is_wanted() {
    let mut lab = Lab::new(MENUS);
    lab.follow(NOON, "hana");
    let seen = |lab: &Lab, now: &str| wanted(lab, "hana", now).unwrap_or_default();
    assert_eq!(seen(&lab, NOON), "lunch");
    assert_eq!(seen(&lab, "2026-04-01T10:59:59.999+09:00"), "usual");
    assert_eq!(seen(&lab, "2026-04-01T11:00:00+09:00"), "lunch");
    assert_eq!(seen(&lab, "2026-04-01T14:00:00+09:00"), "usual", "half-open");
    assert_eq!(seen(&lab, "2026-11-30T23:59:59.999+09:00"), "usual");
    assert_eq!(seen(&lab, "2026-12-01T00:00:00+09:00"), "xmas", "days of the shop");
    assert_eq!(seen(&lab, "2026-12-25T23:59:59.999+09:00"), "xmas");
    assert_eq!(seen(&lab, "2026-12-26T00:00:00+09:00"), "usual");
    lab.tell(NOON, "hana", r#""type":"order_placed","order":"1","total":"3000""#);
    assert_eq!(seen(&lab, NOON), "buyers");
    lab.tell(NOON, "hana", r#""type":"tag","tag":"VIP""#);
    assert_eq!(seen(&lab, "2026-12-01T00:00:00+09:00"), "a-vip", "of one rank the first by name");
    lab.tell(NOON, "hana", r#""type":"unfollow""#);
    lab.tell(NOON, "hana", r#""type":"untag","tag":"VIP""#);
    assert!(lab.engine.playbook().menus().watched);
    assert!(!Lab::new("[menus.one]\nrich_menu_id = 'richmenu-1'").engine.playbook().menus().watched);
}

/// Between two instants that `next_change` names nothing changes, minute by minute, and it names none in vain
/// where hours and seasons decide.
#[test]
fn the_next_change_is_where_the_answer_differs() {
    let mut lab = Lab::new(MENUS);
    lab.follow(NOON, "hana");
    lab.tell(NOON, "hana", r#""type":"order_placed","order":"1","total":"3000""#);
    let playbook = lab.engine.playbook().clone();
    let (friend, zone) = (lab.friend("hana").clone(), *playbook.zone());
    let wanted = |now| playbook.menus().wanted(&friend, now, &zone).map(|menu| menu.name.to_string());
    for (start, days) in [(NOON, 33), ("2026-11-29T07:00:00+09:00", 3), ("2026-12-24T20:00:00+09:00", 4)] {
        let (mut now, mut minute) = (at(start), at(start));
        let end = at(start).plus_millis(days * 86_400_000);
        while now < end {
            let next = playbook.menus().next_change(&friend, now, &zone).unwrap();
            while minute < next {
                assert_eq!(wanted(minute), wanted(now), "{minute}, while the next change after {now} is {next}");
                minute = minute.plus_millis(60_000);
            }
            assert_ne!(wanted(now), wanted(next), "nothing changes at {next}, after {now}");
            (now, minute) = (next, next);
        }
    }
    let empty = Playbook::read("[shop]\nname = 'x'\nzone = 'Asia/Tokyo'\ncurrency = 'JPY'").unwrap();
    assert_eq!(empty.menus().next_change(&friend, at(NOON), &zone), None);
    // After Christmas for good.
    let xmas = Lab::new("[menus.x]\nrich_menu_id = 'richmenu-x'\nfrom = '2026-12-01'\nuntil = '2026-12-26'");
    let next = |now: &str| xmas.engine.playbook().menus().next_change(&friend, at(now), &zone);
    assert_eq!(next(NOON), Some(at("2026-12-01T00:00:00+09:00")));
    assert_eq!(next("2026-12-01T00:00:00+09:00"), Some(at("2026-12-26T00:00:00+09:00")));
    assert_eq!(next("2026-12-26T00:00:00+09:00"), None);
}

/// The event of the menu and that of the follow may come in any order.
#[test]
fn a_menu_set_by_hand_stays_known_whenever_it_is_told() {
    let (follow, by_hand) =
        (support::lab::follow("hana", ", \"unblocked\":false"), r#""type":"menu","menu":"by_step""#);
    let later = "2026-04-01T12:05:00+09:00";
    for order in [[(NOON, follow.as_str()), (later, by_hand)], [(later, by_hand), (NOON, follow.as_str())]] {
        let mut lab = Lab::new(RULELESS);
        for (happened, fact) in order {
            lab.tell_late("2026-04-01T13:00:00+09:00", happened, "hana", fact);
        }
        assert_eq!(may_switch(&lab, "hana"), Err(Reason::MenuByHand));
        assert_eq!(lab.friend("hana").menu.as_ref().unwrap().menu.as_ref().unwrap().as_str(), "by_step");
    }
}

/// Follows and unfollows may come in any order: it comes out the same whether somebody was a stranger.
#[test]
fn who_was_a_stranger_is_known_in_any_order() {
    let times = ["2026-04-01T12:00:00+09:00", "2026-04-01T12:10:00+09:00", "2026-04-01T12:20:00+09:00"];
    let unfollow = r#""type":"unfollow""#.to_owned();
    let [first, again, unknown] =
        [", \"unblocked\":false", ", \"unblocked\":true", ""].map(|flag| support::lab::follow("hana", flag));
    for facts in [
        [&first, &unfollow, &again],
        [&unfollow, &again, &unfollow],
        [&again, &first, &first],
        [&unknown, &first, &unfollow],
        [&first, &again, &unknown],
    ] {
        let told = |order: [usize; 3]| {
            let mut lab = Lab::new(RULELESS);
            for i in order {
                lab.tell_late("2026-04-01T13:00:00+09:00", times[i], "hana", facts[i]);
            }
            lab.friend("hana").menu.clone()
        };
        for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            assert_eq!(told(order), told([0, 1, 2]), "{facts:?} in the order {order:?}");
        }
    }
}

#[test]
fn events_that_name_what_is_not_there_are_refused() {
    let mut lab =
        Lab::new("[menus.a]\nrich_menu_id = 'richmenu-1'\n[scenarios.s]\non = 'follow'\nsteps = [{ send = 'a' }]");
    let long = "あ".repeat(1001);
    for (fact, why) in [
        (r#""type":"menu","menu":"b""#.to_owned(), "the playbook has no menu 'b': of one it does not know tell null"),
        (r#""type":"enter","scenario":"t""#.into(), "the playbook has no scenario 't'"),
        (r#""type":"leave","scenario":"t""#.into(), "the playbook has no scenario 't'"),
        (
            format!(r#""type":"enter","scenario":"s","about":"{long}""#),
            "what it is about has more than 1000 characters",
        ),
        (
            format!(r#""type":"product_news","product":"{long}","news":"restocked""#),
            "the product has more than 1000 characters",
        ),
    ] {
        let event = support::lab::event("e", "hana", NOON, &fact);
        let event = enishi::model::Event::from_json(event.as_bytes(), enishi::model::Currency::JPY).unwrap();
        assert_eq!(lab.engine.record(&event, at(NOON)).unwrap_err().to_string(), why);
    }
    for fact in [
        r#""type":"menu","menu":"a""#,
        r#""type":"menu","menu":null"#,
        r#""type":"enter","scenario":"s","about":"order-7""#,
        r#""type":"leave","scenario":"s""#,
        r#""type":"product_news","product":"SOAP-1","news":"running_out""#,
        r#""type":"consent","promotions":false"#,
        r#""type":"chat","open":true"#,
    ] {
        lab.tell(NOON, "hana", fact);
    }
}

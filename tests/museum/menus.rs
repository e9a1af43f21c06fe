//! Rich menus.

use enishi::playbook::Playbook;
use enishi::policy::Reason;

use crate::NOON;
use crate::support::lab::{Lab, follow};

// X54: unlinking leaves the friend with no menu at all where the account has no default.
// Seen to fail when `Menus::change` takes a menu away where there is no default, and when the playbook lets a step do so.
#[test]
fn x54_a_menu_is_taken_away_only_where_the_account_has_a_default() {
    let rules = "[menus.lunch]\nrich_menu_id = 'richmenu-1'\nbetween = '11:00-14:00'\n[menus.step]\nrich_menu_id = 'richmenu-2'\n\
                 [scenarios.s]\non = 'click'\nsteps = [{ menu = 'step' }]";
    let (evening, night) = ("2026-04-01T20:00:00+09:00", "2026-04-02T03:00:00+09:00");
    let noon_after = "2026-04-02T12:00:00+09:00";
    for (account, taken_away) in [("[menus]\naccount_default = true\n", &["unlink"][..]), ("", &[])] {
        let mut lab = Lab::new(&format!("{account}{rules}"));
        lab.follow(NOON, "hana");
        assert_eq!(switched(&mut lab), ["lunch"]);
        lab.play(evening);
        assert_eq!(switched(&mut lab), taken_away);
        lab.tell(evening, "hana", r#""type":"click","link":"x""#);
        assert_eq!(switched(&mut lab), ["step"]);
        lab.play(night);
        assert_eq!(switched(&mut lab), [""; 0], "what a step has shown stays");
        lab.play(noon_after);
        assert_eq!(switched(&mut lab), ["lunch"]);
    }
    // A step that would take it away is a fault of the playbook, not a surprise at night.
    let unlink = "[scenarios.s]\non = 'click'\nsteps = [{ unlink_menu = true }]\n[shop]\nname = 'x'\nzone = 'Asia/Tokyo'\ncurrency = 'JPY'";
    let faults = Playbook::read(unlink).unwrap_err();
    assert!(faults.to_string().contains("the friend would be left without any menu"), "{faults}");
    assert!(Playbook::read(&format!("[menus]\naccount_default = true\n{unlink}")).is_ok());
}

// X55: a menu set by hand before the engine was there is overwritten at the first evaluation.
// Seen to fail when `Menus::may_switch` says yes of a friend of whose menu nothing is known.
#[test]
fn x55_nobodys_menu_is_changed_of_which_it_is_not_known_that_it_may_be() {
    let late = "2026-04-03T12:00:00+09:00";
    let follow = |unblocked: &str| follow("hana", unblocked);
    let told = |first: &str, now: &str| {
        let mut lab = Lab::new("[menus.a]\nrich_menu_id = 'richmenu-1'\nwhen = 'line is following'");
        lab.tell_late(now, NOON, "hana", first);
        lab.engine.playbook().menus().may_switch(&lab.friend("hana"))
    };
    assert_eq!(told(&follow(", \"unblocked\":false"), NOON), Ok(()), "who was a stranger has no menu");
    assert_eq!(told(&follow(", \"unblocked\":false"), late), Err(Reason::MenuUnknown), "imported");
    assert_eq!(told(&follow(", \"unblocked\":true"), NOON), Err(Reason::MenuUnknown), "was here before");
    assert_eq!(told(&follow(""), NOON), Err(Reason::MenuUnknown), "nobody says whether");
    assert_eq!(told(r#""type":"message","text":"hi""#, NOON), Err(Reason::NotFollowing));
    assert_eq!(told(r#""type":"unfollow""#, NOON), Err(Reason::Blocked));

    // The shop says that nobody linked any.
    let mut lab = Lab::new("[menus]\ntake_over = true\n[menus.a]\nrich_menu_id = 'richmenu-1'");
    lab.tell(NOON, "hana", &follow(", \"unblocked\":true"));
    assert_eq!(lab.engine.playbook().menus().may_switch(&lab.friend("hana")), Ok(()));
    // But somebody does now.
    lab.tell(late, "hana", r#""type":"menu","menu":null"#);
    assert_eq!(lab.engine.playbook().menus().may_switch(&lab.friend("hana")), Err(Reason::MenuByHand));
}

/// The menus switched to since this was last asked.
fn switched(lab: &mut Lab) -> Vec<String> {
    let switches = lab.engine.take_menus().into_iter();
    switches.map(|switch| switch.menu.map_or("unlink".into(), |menu| menu.to_string())).collect()
}

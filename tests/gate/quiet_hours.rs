//! Quiet hours, and what is asked after them.

use std::collections::BTreeSet;

use enishi::model::{FriendKey, Zone};
use enishi::policy::{QuietRule, Reason, Verdict};

use super::lab::{Lab, capped, goes};
use super::support::lab::at;

const NIGHT: &str = "2026-04-01T23:00:00+09:00";

#[test]
fn a_step_may_have_its_own_rule() {
    let to = at("2026-04-02T09:00:00+09:00");
    let shifted = Verdict::Later(to, Reason::QuietShifted { to });
    for (usual, expected) in [("shift", shifted.clone()), ("drop", Verdict::Drop(Reason::QuietDropped))] {
        let lab = Lab::new(&format!("quiet_hours = {{ from = '21:00', to = '09:00', then = '{usual}' }}"));
        let own = |rule| lab.ask_about(NIGHT, |message| message.quiet = rule);
        assert_eq!(own(None), expected);
        assert_eq!(own(Some(QuietRule::Shift)), shifted);
        assert_eq!(own(Some(QuietRule::Drop)), Verdict::Drop(Reason::QuietDropped));
        assert_eq!(own(Some(QuietRule::Ignore)), goes());
    }
}

#[test]
fn the_longest_shift_counts_from_when_the_message_was_ready() {
    let lab = Lab::new("quiet_hours = { from = '21:00', to = '09:00', then = 'shift', at_most = '12h' }");
    let to = at("2026-04-02T09:00:00+09:00");
    let ready_at = |ready: &str| lab.ask_about(NIGHT, |message| message.ready = at(ready));
    assert_eq!(ready_at("2026-04-01T21:00:00+09:00"), Verdict::Later(to, Reason::QuietShifted { to }));
    assert_eq!(ready_at("2026-04-01T20:59:00+09:00"), Verdict::Drop(Reason::QuietTooLong { to }));
}

#[test]
fn after_the_night_everything_is_asked_anew() {
    let mut lab = Lab::new(
        "quiet_hours = { from = '21:00', to = '09:00', then = 'shift' }\ncaps = [{ at_most = 1, per = '1d' }]",
    );
    let Verdict::Later(morning, _) = lab.ask(NIGHT) else { panic!("it is night") };
    let again = |lab: &Lab| lab.ask_about(&morning.to_string(), |message| message.product = Some("SOAP-1"));
    assert_eq!(again(&lab), goes());
    lab.stock.set("SOAP-1", 0);
    assert_eq!(again(&lab), Verdict::Drop(Reason::OutOfStock { product: "SOAP-1".into() }));
    lab.sent("2026-04-02T08:00:00+09:00");
    assert_eq!(again(&lab), capped("1 promotional per 1d", 1));
    lab.friend.set_chat(true, at("2026-04-02T08:30:00+09:00"));
    assert!(matches!(again(&lab), Verdict::Later(_, Reason::ChatOpen { .. })));
    lab.friend.line.unfollowed(at("2026-04-02T08:59:00+09:00"));
    assert_eq!(again(&lab), Verdict::Drop(Reason::Blocked));
}

/// The hour in which it would have been sent is skipped: on 8 March 2026 clocks in New York go from 2 to 3.
#[test]
fn no_shift_ends_in_hours_that_are_quiet() {
    let mut lab = Lab::new("quiet_hours = { from = '02:30', to = '02:00', then = 'shift', spread = '29m' }");
    lab.zone = Zone::new("America/New_York", "00:00".parse().unwrap()).unwrap();
    let Verdict::Later(to, _) = lab.ask("2026-03-07T12:00:00-05:00") else { panic!("it is quiet") };
    let shown = lab.zone.show(to);
    assert!(shown.starts_with("2026/03/09 02:"), "the next day that has such an hour, not {shown}");
    assert_eq!(lab.ask(&to.to_string()), goes());
}

/// From half past one until three is open, but on 8 March 2026 only half an hour of that is there.
#[test]
fn nobody_is_spread_into_hours_that_are_quiet() {
    let mut lab = Lab::new("quiet_hours = { from = '03:00', to = '01:30', then = 'shift', spread = '89m' }");
    lab.zone = Zone::new("America/New_York", "00:00".parse().unwrap()).unwrap();
    let mut minutes = BTreeSet::new();
    for n in 0..100 {
        lab.friend.key = FriendKey::new(&format!("hana {n}")).unwrap();
        let Verdict::Later(to, _) = lab.ask("2026-03-07T12:00:00-05:00") else { panic!("it is quiet") };
        assert_eq!(lab.ask(&to.to_string()), goes(), "{}", lab.zone.show(to));
        minutes.insert(to);
    }
    assert!(minutes.len() > 10, "and yet not everybody at once (X35)");
}

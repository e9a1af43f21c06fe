//! While somebody of the shop is talking with the friend.

use enishi::policy::{Class, Reason, Verdict};

use super::lab::{Lab, NOON, goes};
use super::support::lab::at;

#[test]
fn advertising_waits_until_the_talk_counts_as_over() {
    let mut lab = Lab::new("chat = { hold = '3h' }");
    lab.friend.set_chat(true, at("2026-04-01T11:00:00+09:00"));
    let to = at("2026-04-01T14:00:00+09:00");
    assert_eq!(lab.ask(NOON), Verdict::Later(to, Reason::ChatOpen { to }));
    assert_eq!(lab.ask_about(NOON, |notice| notice.class = Class::Transactional), goes());
    assert_eq!(lab.ask("2026-04-01T14:00:00+09:00"), goes(), "somebody forgot to close it");
    lab.friend.set_chat(false, at("2026-04-01T11:30:00+09:00"));
    assert_eq!(lab.ask(NOON), goes());
}

#[test]
fn twelve_hours_unless_told_otherwise() {
    let (mut usual, mut ignored) = (Lab::new(""), Lab::new("chat = 'ignore'"));
    for lab in [&mut usual, &mut ignored] {
        lab.friend.set_chat(true, at("2026-04-01T11:00:00+09:00"));
    }
    let to = at("2026-04-01T23:00:00+09:00");
    assert_eq!(usual.ask(NOON), Verdict::Later(to, Reason::ChatOpen { to }));
    assert_eq!(ignored.ask(NOON), goes());
}

#[test]
fn what_would_wait_too_long_is_dropped() {
    let mut lab = Lab::new("chat = { hold = '3h', for_at_most = '2h' }");
    lab.friend.set_chat(true, at("2026-04-01T11:00:00+09:00"));
    let to = at("2026-04-01T14:00:00+09:00");
    let ready_at = |ready: &str| lab.ask_about(NOON, |message| message.ready = at(ready));
    assert_eq!(ready_at("2026-04-01T12:00:00+09:00"), Verdict::Later(to, Reason::ChatOpen { to }));
    assert_eq!(ready_at("2026-04-01T11:59:00+09:00"), Verdict::Drop(Reason::DeferredTooLong { to }));
}

//! How much of it sells.

use enishi::policy::{Candidate, Class, Reason, Traits, Verdict};

use super::lab::{Lab, NOON, goes, message};
use super::support::lab::at;

/// `a` sells, `b` does not.
fn lab(policy: &str) -> Lab {
    let mut lab = Lab::new(policy);
    let mut talk = Traits::default();
    talk.sells = false;
    lab.policy.messages = [(message("b"), talk)].into_iter().collect();
    lab
}

#[test]
fn of_the_last_three_two_may_sell() {
    let mut lab = lab("selling = { at_most = 2, of_last = 3 }");
    let too_much = |selling, of| Verdict::Drop(Reason::TooMuchSelling { selling, of });
    lab.sent("2026-03-28T12:00:00+09:00");
    assert_eq!(lab.ask(NOON), goes());
    lab.sent("2026-03-29T12:00:00+09:00");
    assert_eq!(lab.ask(NOON), too_much(3, 3));
    assert_eq!(lab.ask_about(NOON, |message| message.sells = false), goes());
    assert_eq!(lab.ask_about(NOON, |notice| notice.class = Class::Transactional), goes());
    lab.sent_as("2026-03-30T12:00:00+09:00", |sent| sent.promotional = false);
    assert_eq!(lab.ask(NOON), too_much(3, 3), "a notice is no talk");
    lab.sent_as("2026-03-31T12:00:00+09:00", |sent| sent.message = message("b"));
    assert_eq!(lab.ask(NOON), goes());
}

#[test]
fn what_was_said_long_ago_is_forgotten_to_the_minute() {
    let mut lab = lab("selling = { at_most = 1, of_last = 4, within = '7d', then = 'defer', for_at_most = '6d' }");
    lab.sent("2026-03-27T09:00:00+09:00");
    lab.sent("2026-03-30T09:00:00+09:00");
    lab.sent_as("2026-03-31T09:00:00+09:00", |sent| sent.message = message("b"));
    let to = at("2026-04-06T09:00:00+09:00");
    assert_eq!(lab.ask(NOON), Verdict::Later(to, Reason::SellingDeferred { to }));
    assert_eq!(lab.ask("2026-04-06T09:00:00+09:00"), goes());
    let long_ready = |message: &mut Candidate<'_>| message.ready = at("2026-03-31T08:59:00+09:00");
    assert_eq!(lab.ask_about(NOON, long_ready), Verdict::Drop(Reason::DeferredTooLong { to }));
}

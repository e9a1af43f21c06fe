//! Rich menus on their way to LINE.

use enishi::store::Fate;
use line_stand_in::{Endpoint, Fault, Options};

use crate::lab::{HOUR, Lab, MINUTE, START, user};

const SPRING: &str = "richmenu-spring";
const SUMMER: &str = "richmenu-summer";

fn lab() -> Lab {
    Lab::with(Options { rich_menus: vec![SPRING.into(), SUMMER.into()], ..Options::default() })
}

fn seen(lab: &Lab, n: u32) -> Option<String> {
    lab.line.rich_menu_of(&user(n).to_string())
}

// X05: LINE answers 400 to a retry key on the calls of rich menus.
#[test]
fn a_menu_is_linked_and_taken_away_without_a_retry_key() {
    let mut lab = lab();
    lab.switch(Some(SPRING), 1);
    lab.switch(Some(SUMMER), 2);
    lab.pump_to_the_end();
    assert_eq!((seen(&lab, 1).as_deref(), seen(&lab, 2).as_deref()), (Some(SPRING), Some(SUMMER)));
    lab.switch(None, 1);
    lab.pump_to_the_end();
    assert_eq!(seen(&lab, 1), None);
    let attempts = lab.line.attempts();
    assert!(attempts.iter().all(|attempt| attempt.retry_key.is_none() && attempt.status == Some(200)));
    assert_eq!(attempts[2].endpoint, Endpoint::UnlinkRichMenu);
    let tally = lab.tally();
    assert_eq!((tally.accepted, tally.messages, tally.waiting), (3, 0, 0));
}

#[test]
fn a_switch_nobody_heard_of_is_simply_repeated() {
    for fault in [Fault::Http500BeforeAccept, Fault::Http500AfterAccept, Fault::DropConnectionAfterAccept] {
        let mut lab = lab();
        lab.line.inject(fault, Some(Endpoint::LinkRichMenu), 2);
        lab.switch(Some(SPRING), 1);
        lab.pump_to_the_end();
        assert_eq!(seen(&lab, 1).as_deref(), Some(SPRING), "{fault:?}");
        assert_eq!((lab.tally().accepted, lab.tally().attempts), (1, 3), "{fault:?}");
    }
}

/// The first fails and would come back after the second: it does not.
#[test]
fn of_two_switches_the_later_wins_whatever_fails() {
    for fault in [Fault::Http500BeforeAccept, Fault::Http500AfterAccept, Fault::RateLimited, Fault::Unauthorized] {
        let mut lab = lab();
        lab.line.inject(fault, Some(Endpoint::LinkRichMenu), 1);
        lab.switch(Some(SPRING), 1);
        lab.pump();
        lab.switch(Some(SUMMER), 1);
        lab.pump_to_the_end();
        assert_eq!(seen(&lab, 1).as_deref(), Some(SUMMER), "{fault:?}");
        assert_eq!(lab.tally().waiting, 0, "{fault:?}");
    }
}

#[test]
fn of_two_switches_the_later_wins_when_the_sender_dies() {
    let mut lab = lab();
    lab.switch(Some(SPRING), 1);
    assert_eq!(lab.send_and_die(), 1);
    lab.switch(Some(SUMMER), 1);
    lab.pump();
    assert_eq!(seen(&lab, 1).as_deref(), Some(SPRING), "it may still be on its way");
    lab.clock.set(START + 2 * MINUTE);
    lab.pump();
    assert_eq!(seen(&lab, 1).as_deref(), Some(SUMMER));
    lab.pump_to_the_end();
    assert_eq!(seen(&lab, 1).as_deref(), Some(SUMMER));
}

/// LINE's own words are kept, though an attempt before may have been accepted: nothing is in doubt there.
#[test]
fn what_line_does_not_know_ends_with_its_answer() {
    let mut lab = lab();
    lab.line.inject(Fault::Http500BeforeAccept, Some(Endpoint::LinkRichMenu), 1);
    lab.switch(Some("richmenu-lost"), 1);
    lab.pump_to_the_end();
    let [Fate::Refused { why }] = lab.outbox.ends()[..] else { panic!("{:?}", lab.outbox.ends()) };
    assert_eq!(why, "LINE answered 404: Not found");
    assert!(lab.now() < crate::lab::at(START + HOUR), "at once");
}

/// The month's limit is none for menus, and a message and a menu for one friend need not wait for each other.
#[test]
fn menus_and_messages_leave_together() {
    let mut lab = lab();
    lab.post("news", [1]);
    lab.switch(Some(SPRING), 1);
    assert_eq!(lab.pump().attempts, 2);
    assert_eq!(lab.log(), [(0, Some(200)), (0, Some(200))]);
}

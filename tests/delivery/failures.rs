//! Each way LINE or the network can fail.

use enishi::store::Fate;
use line_stand_in::{Fault, Options};

use crate::lab::{HOUR, Lab, MINUTE, SECOND, at, user};

/// The last instant at which a request first tried at the start may leave.
const LAST: i64 = 24 * HOUR - 10 * MINUTE;

#[test]
fn not_accepted_and_not_refused_it_goes_again_after_a_moment() {
    for fault in
        [Fault::Http500BeforeAccept, Fault::TimeoutBeforeAccept, Fault::DropConnectionBeforeAccept, Fault::RateLimited]
    {
        let mut lab = fail_once(fault);
        let [(0, _), (second, Some(200))] = lab.log()[..] else { panic!("{fault:?}: {:?}", lab.log()) };
        assert!((SECOND..=3 * SECOND).contains(&second), "{fault:?}: again after {second} ms");
        assert_accepted(&mut lab, 1);
    }
}

#[test]
fn accepted_without_our_hearing_of_it_the_second_attempt_is_told_so() {
    for fault in [Fault::Http500AfterAccept, Fault::TimeoutAfterAccept, Fault::DropConnectionAfterAccept] {
        let mut lab = fail_once(fault);
        let [(0, _), (second, Some(409))] = lab.log()[..] else { panic!("{fault:?}: {:?}", lab.log()) };
        assert!((SECOND..=3 * SECOND).contains(&second), "{fault:?}: again after {second} ms");
        // The id that counts is the one of the attempt that was accepted (X06).
        assert_accepted(&mut lab, 0);
    }
}

#[test]
fn a_good_answer_nobody_can_read_is_a_good_answer() {
    let mut lab = fail_once(Fault::GarbageBody);
    assert_eq!(lab.log(), [(0, Some(200))]);
    assert_accepted(&mut lab, 0);
}

#[test]
fn where_only_people_can_help_the_whole_channel_waits_an_hour() {
    for (fault, status) in [(Fault::MonthlyLimit, 429), (Fault::Unauthorized, 401), (Fault::Forbidden, 403)] {
        let mut lab = Lab::new();
        lab.line.inject(fault, None, 1);
        lab.post("first", [1]);
        lab.pump();
        lab.post("second", [2]);
        for minute in 1..60 {
            lab.clock.set(crate::lab::START + minute * MINUTE);
            assert_eq!(lab.pump().attempts, 0, "{fault:?}: {minute} minutes later");
        }
        lab.pump_to_the_end();
        assert_eq!(lab.log(), [(0, Some(status)), (HOUR, Some(200)), (HOUR, Some(200))], "{fault:?}");
        assert_eq!(lab.tally().accepted, 2);
    }
}

#[test]
fn what_line_will_never_take_ends_at_once_with_its_words() {
    let lab = fail_once(Fault::BadRequest);
    assert_eq!(lab.log(), [(0, Some(400))]);
    let why = "LINE answered 400: The request body has 1 error(s)".to_owned();
    assert_eq!(lab.outbox.ends(), [&Fate::Refused { why }]);

    let mut lab = Lab::with(Options { known_only: true, ..Options::default() });
    lab.post("to nobody", [1]);
    lab.pump_to_the_end();
    assert_eq!(lab.log(), [(0, Some(400))]);
    let why = "LINE answered 400: Failed to send messages".to_owned();
    assert_eq!(lab.outbox.ends(), [&Fate::Refused { why }]);
}

#[test]
fn blocked_it_is_accepted_and_reaches_nobody() {
    let mut lab = Lab::new();
    lab.line.block(&user(1).to_string());
    lab.post("hello?", [1]);
    lab.pump_to_the_end();
    assert_eq!((lab.tally().accepted, lab.received().len()), (1, 0));
}

#[test]
fn without_any_answer_for_a_day_its_fate_is_unknown() {
    for fault in [Fault::Http500AfterAccept, Fault::DropConnectionBeforeAccept] {
        let mut lab = Lab::new();
        // From the second attempt on every answer is lost before LINE looks at the key.
        lab.line.inject(fault, None, 1);
        lab.line.inject(Fault::DropConnectionBeforeAccept, None, u32::MAX);
        lab.post("hello", [1]);
        lab.pump_to_the_end();
        assert_eq!(lab.outbox.ends(), [&Fate::Unknown], "{fault:?}");
        let times: Vec<i64> = lab.log().iter().map(|(at, _)| *at).collect();
        assert!(times.windows(2).all(|pair| pair[0] < pair[1] && pair[1] - pair[0] <= 15 * MINUTE + SECOND));
        let last = *times.last().unwrap();
        assert!(last < LAST && last > LAST - 16 * MINUTE, "the last attempt after {last} ms");
        assert!((90..400).contains(&times.len()), "{} attempts in a day", times.len());
        lab.assert_one_request();
        assert_eq!(lab.received().len(), usize::from(fault == Fault::Http500AfterAccept));
    }
}

#[test]
fn refused_for_a_day_it_is_refused_and_not_unknown() {
    for (fault, why) in [
        (Fault::RateLimited, "LINE was too busy"),
        (Fault::MonthlyLimit, "the monthly limit was reached"),
        (Fault::Unauthorized, "LINE did not take the channel access token"),
        (Fault::Forbidden, "LINE does not allow the account to send"),
    ] {
        let mut lab = Lab::new();
        lab.line.inject(fault, None, u32::MAX);
        lab.post("hello", [1]);
        lab.pump_to_the_end();
        assert_eq!(lab.outbox.ends(), [&Fate::Refused { why: why.into() }]);
        assert!(lab.log().iter().all(|(at, _)| *at < LAST));
        lab.assert_one_request();
        assert!(lab.received().is_empty());
    }
}

#[test]
fn after_a_day_of_sleep_nothing_leaves() {
    for (fault, end) in [
        (Fault::Http500BeforeAccept, Fate::Unknown),
        (Fault::RateLimited, Fate::Refused { why: "no attempt came through in 24 hours".into() }),
    ] {
        let mut lab = Lab::new();
        lab.line.inject(fault, None, 1);
        lab.post("hello", [1]);
        lab.pump();
        lab.clock.advance(LAST);
        assert_eq!(lab.pump().attempts, 0);
        assert_eq!(lab.outbox.ends(), [&end]);
        assert_eq!((lab.log().len(), lab.next()), (1, None));
    }
    // A millisecond earlier it leaves.
    let mut lab = Lab::new();
    lab.line.inject(Fault::Http500BeforeAccept, None, 1);
    lab.post("hello", [1]);
    lab.pump();
    lab.clock.advance(LAST - 1);
    assert_eq!((lab.pump().accepted, lab.log().len()), (1, 2));
}

#[test]
fn a_day_begins_with_the_first_attempt_and_not_with_the_decision() {
    let mut lab = Lab::new();
    lab.post("hello", [1]);
    lab.clock.advance(48 * HOUR);
    assert_eq!(lab.pump().accepted, 1);
}

#[test]
fn a_sender_that_died_is_followed_by_one_that_asks_again_under_the_same_key() {
    let mut lab = Lab::new();
    lab.post("hello", [1]);
    lab.post("to all", 1..=3);
    assert_eq!(lab.send_and_die(), 1, "the second message to a friend waits for the first");
    lab.pump();
    assert_eq!(lab.log(), [(0, Some(200)), (0, Some(200))]);
    lab.clock.advance(2 * MINUTE - 1);
    assert_eq!(lab.pump().attempts, 0, "the lease holds");
    lab.clock.advance(1);
    assert_eq!(lab.pump().accepted, 1);
    assert_eq!(lab.log()[2], (2 * MINUTE, Some(409)));
    assert_eq!(lab.line.attempts()[0].retry_key, lab.line.attempts()[2].retry_key);
    assert!(lab.received().iter().all(|(who, times)| *times == if *who == user(1).to_string() { 2 } else { 1 }));
    assert_eq!(lab.line.violations(), []);
}

#[test]
fn in_doubt_a_refusal_leads_to_no_second_key() {
    let mut lab = Lab::new();
    lab.line.inject(Fault::TimeoutAfterAccept, None, 1);
    lab.line.inject(Fault::BadRequest, None, 1);
    lab.post("to all", 1..=3);
    lab.pump_to_the_end();
    assert_eq!(lab.outbox.ends(), [&Fate::Unknown]);
    assert_eq!(lab.received().values().collect::<Vec<_>>(), [&1, &1, &1]);
    lab.assert_one_request();
}

/// A push whose first attempt meets the fault, to its end.
fn fail_once(fault: Fault) -> Lab {
    let mut lab = Lab::new();
    lab.line.inject(fault, None, 1);
    lab.post("hello", [1]);
    lab.pump();
    // It is not due before its time.
    if let Some(next) = lab.next() {
        lab.clock.set(next.millis() - 1);
        assert_eq!(lab.pump().attempts, 0, "{fault:?}");
    }
    lab.pump_to_the_end();
    lab
}

/// One message arrived once, under one key, and the id of that attempt was kept.
fn assert_accepted(lab: &mut Lab, attempt: usize) {
    lab.assert_one_request();
    let request_id = Some(lab.line.attempts()[attempt].request_id.to_string());
    assert!(matches!(lab.outbox.ends()[..], [Fate::Accepted { request_id: kept, .. }] if *kept == request_id));
    assert_eq!(lab.received().into_iter().collect::<Vec<_>>(), [(user(1).to_string(), 1)]);
    let tally = lab.tally();
    assert_eq!((tally.accepted, tally.messages, tally.attempts), (1, 1, lab.log().len() as u64));
    assert!(lab.now() >= at(crate::lab::START));
}

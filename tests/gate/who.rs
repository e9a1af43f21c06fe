//! Who may get it, and on which channel.

use enishi::model::{Channel, Friend, FriendId, FriendKey};
use enishi::policy::{Class, Reason, Verdict};

use super::lab::{Lab, NOON, channel, goes};
use super::support::lab::at;

#[test]
fn advertising_needs_that_nobody_said_no() {
    let (mut assumed, mut asked) = (Lab::new(""), Lab::new("consent = 'asked'"));
    assert_eq!(assumed.ask(NOON), goes());
    assert_eq!(asked.ask(NOON), Verdict::Drop(Reason::NoConsent));
    for lab in [&mut assumed, &mut asked] {
        lab.friend.set_promotions(true, at("2026-02-01T00:00:00+09:00"));
        assert_eq!(lab.ask(NOON), goes());
        lab.friend.set_promotions(false, at("2026-03-01T00:00:00+09:00"));
        assert_eq!(lab.ask(NOON), Verdict::Drop(Reason::NoConsent));
        assert_eq!(lab.ask_about(NOON, |notice| notice.class = Class::Transactional), goes());
    }
}

#[test]
fn the_first_channel_that_reaches_the_friend_is_taken() {
    let mut lab = Lab::new("");
    let both = [channel("email"), Channel::Line];
    let ask = |lab: &Lab| lab.ask_about(NOON, |message| message.channels = &both);
    assert_eq!(ask(&lab), goes(), "nobody told of an address");
    lab.friend.set_reachable("email".parse().unwrap(), true, at(NOON));
    assert_eq!(ask(&lab), Verdict::Send(channel("email")));
    lab.friend.set_reachable("email".parse().unwrap(), false, at("2026-04-01T13:00:00+09:00"));
    lab.friend.line.unfollowed(at("2026-04-01T13:00:00+09:00"));
    let tried = vec!["email".into(), "line".into()];
    assert_eq!(ask(&lab), Verdict::Drop(Reason::NoChannel { tried }));
    assert_eq!(lab.ask(NOON), Verdict::Drop(Reason::Blocked), "LINE alone says why");
}

#[test]
fn whoever_cannot_be_reached_is_told_so_and_not_to_wait() {
    let mut lab = Lab::new("quiet_hours = { from = '21:00', to = '09:00', then = 'shift' }");
    lab.friend = Friend::new(FriendId(2), FriendKey::new("taro").unwrap());
    assert_eq!(lab.ask("2026-04-01T23:00:00+09:00"), Verdict::Drop(Reason::NotFollowing));
}

#[test]
fn without_a_user_id_nobody_is_reached() {
    let mut lab = Lab::new("");
    lab.friend.line.user = None;
    assert_eq!(lab.ask(NOON), Verdict::Drop(Reason::NotFollowing));
}

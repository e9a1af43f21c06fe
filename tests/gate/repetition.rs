//! Nobody is told the same thing twice.

use enishi::model::Channel;
use enishi::policy::{Class, Reason, Traits, Verdict};

use super::lab::{LINE, Lab, NOON, channel, goes, message};
use super::support::lab::at;

fn same(content: &str) -> Verdict {
    Verdict::Drop(Reason::SameContent { content: content.into() })
}

/// Two messages with one key, and `b`, which has several forms and no key.
fn lab() -> Lab {
    let mut lab = Lab::new("");
    let mut news = Traits::default();
    news.content = Some("spring".into());
    let mut several = Traits::default();
    several.several_channels = true;
    lab.policy.messages =
        [("a", news.clone()), ("mail", news), ("b", several)].map(|(name, t)| (message(name), t)).into_iter().collect();
    lab.friend.set_reachable("email".parse().unwrap(), true, at("2026-01-01T00:00:00+09:00"));
    lab
}

#[test]
fn one_content_leaves_once_on_whatever_channel() {
    let mut lab = lab();
    let email = [channel("email")];
    let ask = |lab: &Lab, now| {
        lab.ask_about(now, |a| {
            a.content = Some("spring");
            a.channels = &email;
        })
    };
    assert_eq!(ask(&lab, NOON), Verdict::Send(channel("email")));
    lab.sent_as("2024-04-01T12:00:00+09:00", |sent| sent.message = message("mail"));
    assert_eq!(ask(&lab, NOON), same("spring"), "two years later, on another channel, by another message");
    assert_eq!(lab.ask_about(NOON, |a| a.content = Some("spring")), same("spring"), "nor on the same");
    assert_eq!(lab.ask_about(NOON, |a| a.content = Some("summer")), goes());
}

#[test]
fn a_follow_up_may_repeat_it_on_another_channel_and_only_there() {
    let mut lab = lab();
    let both = [channel("email"), Channel::Line];
    let ask = |lab: &Lab, channels: &[Channel], content| {
        lab.ask_about(NOON, |message| {
            message.content = content;
            message.follows_up = true;
            message.channels = channels;
        })
    };
    lab.sent("2026-03-30T12:00:00+09:00");
    for content in [Some("spring"), None] {
        assert_eq!(ask(&lab, &both, content), Verdict::Send(channel("email")));
        assert_eq!(ask(&lab, &LINE, content), same(content.unwrap_or("a")));
    }
}

#[test]
fn a_message_without_a_key_does_not_follow_itself_to_another_channel() {
    let mut lab = lab();
    let email = [channel("email")];
    let by_mail = |lab: &Lab, now, class| {
        lab.ask_about(now, |message| {
            message.channels = &email;
            message.class = class;
        })
    };
    lab.sent("2026-03-30T12:00:00+09:00");
    assert_eq!(lab.ask(NOON), goes(), "on the same channel it may: scenarios are entered again");
    assert_eq!(by_mail(&lab, NOON, Class::Promotional), same("a"));
    assert_eq!(by_mail(&lab, NOON, Class::Transactional), Verdict::Send(channel("email")), "another order");
    let (before, after) = ("2026-04-29T11:59:59+09:00", "2026-04-29T12:00:00+09:00");
    assert_eq!(by_mail(&lab, before, Class::Promotional), same("a"));
    assert_eq!(by_mail(&lab, after, Class::Promotional), Verdict::Send(channel("email")));
}

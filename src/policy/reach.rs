//! On which channel a friend can be reached.

use crate::model::{Channel, Friend};

use super::Reason;
use super::overflow::Refusal;

/// The first of these channels that reaches the friend.
pub(super) fn first<'a>(channels: &'a [Channel], friend: &Friend) -> Result<&'a Channel, Refusal> {
    let found = channels.iter().find(|channel| reaches(channel, friend));
    found.ok_or_else(|| {
        Refusal::Drop(match channels {
            [Channel::Line] if friend.line.is_blocked() => Reason::Blocked,
            [Channel::Line] => Reason::NotFollowing,
            tried => Reason::NoChannel { tried: tried.iter().map(|channel| channel.as_str().into()).collect() },
        })
    })
}

/// LINE reaches whoever follows the account; another channel those of whom the host told that it does.
fn reaches(channel: &Channel, friend: &Friend) -> bool {
    match channel {
        Channel::Line => friend.line.user.is_some() && friend.line.is_following(),
        Channel::Other(name) => friend.channels.get(name).is_some_and(|mark| mark.on),
    }
}

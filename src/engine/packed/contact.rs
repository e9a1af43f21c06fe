//! How a friend is reached, and how they react.

use crate::model::{Following, Friend, LineContact, LineUserId, Marked, MenuSeen, Reactions};
use crate::population::PackedKey;

use super::Damage;
use super::bytes::{Reader, Writer, blank};

/// What follows, and what needs no more than a bit. What most friends have comes first.
mod bits {
    pub(super) const USER_OF_KEY: u64 = 1;
    pub(super) const FOLLOW: u64 = 1 << 1;
    pub(super) const FOLLOWING: u64 = 1 << 2;
    pub(super) const FIRST_FOLLOWED: u64 = 1 << 3;
    pub(super) const ROUTE: u64 = 1 << 4;
    pub(super) const LINKED: u64 = 1 << 5;
    pub(super) const REACTED: u64 = 1 << 6;
    pub(super) const HOURS: u64 = 1 << 7;
    pub(super) const CHANNELS: u64 = 1 << 8;
    pub(super) const MENU: u64 = 1 << 9;
    pub(super) const PROMOTIONS: u64 = 1 << 10;
    pub(super) const PROMOTIONS_ON: u64 = 1 << 11;
    pub(super) const CHAT: u64 = 1 << 12;
    pub(super) const CHAT_ON: u64 = 1 << 13;
    pub(super) const OTHER_USER: u64 = 1 << 14;
    pub(super) const ALL: u64 = (1 << 15) - 1;
}

pub(super) fn is_clear(friend: &Friend) -> bool {
    friend.line == LineContact::default()
        && friend.channels.is_empty()
        && friend.promotions.is_none()
        && friend.chat.is_none()
        && friend.menu.is_none()
        && friend.reactions == Reactions::default()
}

pub(super) fn clear(friend: &mut Friend) {
    friend.line = LineContact::default();
    friend.channels.clear();
    (friend.promotions, friend.chat, friend.menu) = (None, None, None);
    friend.reactions = Reactions::default();
}

pub(super) fn write(friend: &Friend, writer: &mut Writer<'_>) {
    let LineContact { user, follow, route, first_followed, linked } = &friend.line;
    let of_key = user.is_some() && *user == user_of_key(friend);
    let bit = |there: bool, bit: u64| if there { bit } else { 0 };
    writer.number(
        bit(of_key, bits::USER_OF_KEY)
            | bit(user.is_some() && !of_key, bits::OTHER_USER)
            | bit(follow.is_some(), bits::FOLLOW)
            | bit(follow.is_some_and(|follow| follow.following), bits::FOLLOWING)
            | bit(first_followed.is_some(), bits::FIRST_FOLLOWED)
            | bit(route.is_some(), bits::ROUTE)
            | bit(linked.is_some(), bits::LINKED)
            | bit(friend.reactions.last.is_some(), bits::REACTED)
            | bit(friend.reactions.by_hour != [0; 24], bits::HOURS)
            | bit(!friend.channels.is_empty(), bits::CHANNELS)
            | bit(friend.menu.is_some(), bits::MENU)
            | bit(friend.promotions.is_some(), bits::PROMOTIONS)
            | bit(friend.promotions.is_some_and(|mark| mark.on), bits::PROMOTIONS_ON)
            | bit(friend.chat.is_some(), bits::CHAT)
            | bit(friend.chat.is_some_and(|mark| mark.on), bits::CHAT_ON),
    );
    if let Some(user) = user.filter(|_| !of_key) {
        writer.bytes(user.as_bytes());
    }
    let follow = follow.map(|follow| follow.since);
    [*first_followed, follow, *linked].into_iter().flatten().for_each(|at| writer.time(at));
    route.iter().for_each(|route| writer.text(route));
    friend.reactions.last.into_iter().for_each(|at| writer.time(at));
    if friend.reactions.by_hour != [0; 24] {
        write_hours(&friend.reactions.by_hour, writer);
    }
    if !friend.channels.is_empty() {
        writer.count(friend.channels.len());
        for (channel, mark) in &friend.channels {
            writer.name_with(channel, mark.on);
            writer.time(mark.at);
        }
    }
    if let Some(MenuSeen { at, menu, by_hand }) = &friend.menu {
        writer.time(*at);
        writer.flag(*by_hand);
        // As text: what somebody linked by hand need not be of the playbook.
        writer.text_if_any(menu.as_ref().map(|menu| menu.as_str()));
    }
    [friend.promotions, friend.chat].into_iter().flatten().for_each(|mark| writer.time(mark.at));
}

pub(super) fn read(friend: &mut Friend, reader: &mut Reader<'_>) -> Result<(), Damage> {
    let told = reader.number()?;
    if told > bits::ALL {
        return Err(Damage);
    }
    let has = |bit: u64| told & bit != 0;
    friend.line.user = match (has(bits::USER_OF_KEY), has(bits::OTHER_USER)) {
        (false, false) => None,
        (true, false) => Some(user_of_key(friend).ok_or(Damage)?),
        (false, true) => Some(LineUserId::from_bytes(reader.sixteen()?)),
        (true, true) => return Err(Damage),
    };
    let time = |there: u64, reader: &mut Reader<'_>| has(there).then(|| reader.time()).transpose();
    friend.line.first_followed = time(bits::FIRST_FOLLOWED, reader)?;
    let follow = time(bits::FOLLOW, reader)?;
    friend.line.follow = follow.map(|since| Following { since, following: has(bits::FOLLOWING) });
    friend.line.linked = time(bits::LINKED, reader)?;
    match has(bits::ROUTE) {
        true => reader.text_into(friend.line.route.get_or_insert_default())?,
        false => friend.line.route = None,
    }
    friend.reactions.last = time(bits::REACTED, reader)?;
    friend.reactions.by_hour = if has(bits::HOURS) { read_hours(reader)? } else { [0; 24] };
    match has(bits::CHANNELS) {
        true => reader.list(
            friend.channels.list(),
            || (blank(), Marked { at: crate::model::Timestamp::EPOCH, on: false }),
            |reader, (channel, mark)| {
                mark.on = reader.name_with(channel)?;
                mark.at = reader.time()?;
                Ok(())
            },
        )?,
        false => friend.channels.clear(),
    }
    friend.menu = match has(bits::MENU) {
        false => None,
        true => {
            let (at, by_hand) = (reader.time()?, reader.flag()?);
            let mut menu = None;
            reader.text_if_any(&mut menu)?;
            let menu = menu.map(|menu| menu.parse().map_err(|_| Damage)).transpose()?;
            Some(MenuSeen { at, menu, by_hand })
        }
    };
    friend.promotions = time(bits::PROMOTIONS, reader)?.map(|at| Marked { at, on: has(bits::PROMOTIONS_ON) });
    friend.chat = time(bits::CHAT, reader)?.map(|at| Marked { at, on: has(bits::CHAT_ON) });
    Ok(())
}

/// The LINE user whose id the key is.
fn user_of_key(friend: &Friend) -> Option<LineUserId> {
    match PackedKey::new(friend.key.as_str()) {
        PackedKey::Line(_, user) => Some(LineUserId::from_bytes(user)),
        PackedKey::Text(_) => None,
    }
}

/// Which hours there are, then how many of each.
fn write_hours(by_hour: &[u8; 24], writer: &mut Writer<'_>) {
    let hours = by_hour.iter().rev().fold(0, |hours, count| hours << 1 | u64::from(*count > 0));
    writer.number(hours);
    by_hour.iter().filter(|count| **count > 0).for_each(|count| writer.byte(*count));
}

fn read_hours(reader: &mut Reader<'_>) -> Result<[u8; 24], Damage> {
    let hours = reader.number()?;
    let mut by_hour = [0; 24];
    if hours >> by_hour.len() != 0 {
        return Err(Damage);
    }
    for (hour, count) in by_hour.iter_mut().enumerate().filter(|(hour, _)| hours >> hour & 1 == 1) {
        *count = reader.byte()?;
        debug_assert!(hour < 24, "an hour of the day");
    }
    Ok(by_hour)
}

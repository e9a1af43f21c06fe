//! The gate.

use crate::model::{Friend, LineUserId, Span, Timestamp, Zone};

use super::{Cap, Class, Quiet, QuietHours, Reason};

/// The shop's rules for all messages.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {
    /// When nobody is to be disturbed.
    pub quiet_hours: Option<QuietHours>,
    /// How often one friend may hear from the shop; every one must let a message pass.
    pub caps: Vec<Cap>,
    /// Something that happened longer ago than this starts no scenario (X22).
    pub enter_within: Span,
}

impl Default for Policy {
    /// No quiet hours, no caps; what is older than a day starts nothing.
    fn default() -> Self {
        Self { quiet_hours: None, caps: Vec::new(), enter_within: Span::days(1) }
    }
}

/// The gate's answer about one message to one friend.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "a sender must handle each")]
pub enum Verdict {
    /// Send it, to this user.
    Send(LineUserId),
    /// Ask again at this instant.
    Later(Timestamp, Reason),
    /// Do not send it.
    Drop(Reason),
}

impl Policy {
    /// May a message of this class go to this friend now? Linear in the caps times the messages
    /// the longest of them looks back on.
    ///
    /// Reachability is asked first: whoever cannot be reached is not told to wait for the morning.
    pub fn ask(&self, friend: &Friend, class: Class, now: Timestamp, zone: &Zone) -> Verdict {
        if friend.line.is_blocked() {
            return Verdict::Drop(Reason::Blocked);
        }
        let Some(user) = friend.line.user.filter(|_| friend.line.is_following()) else {
            return Verdict::Drop(Reason::NotFollowing);
        };
        if class == Class::Transactional {
            return Verdict::Send(user);
        }
        match self.quiet_hours.map_or(Quiet::Open, |hours| hours.ask(&friend.key, now, zone)) {
            Quiet::Open => {}
            Quiet::Until(to) => return Verdict::Later(to, Reason::QuietShifted { to }),
            Quiet::Drop => return Verdict::Drop(Reason::QuietDropped),
            Quiet::TooLong(to) => return Verdict::Drop(Reason::QuietTooLong { to }),
        }
        for cap in &self.caps {
            let sent = cap.count(friend, now, zone);
            if sent >= cap.at_most {
                return Verdict::Drop(Reason::Capped { at_most: cap.at_most, per: cap.per, sent });
            }
        }
        Verdict::Send(user)
    }

    /// Is a message sent then still looked at by some cap? What is not may be forgotten.
    pub fn remembers(&self, sent: Timestamp, now: Timestamp, zone: &Zone) -> bool {
        self.caps.iter().any(|cap| !zone.elapsed(sent, cap.per, now))
    }
}

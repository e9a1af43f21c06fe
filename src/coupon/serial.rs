//! Which of a coupon's codes a code is.

use core::fmt;

use crate::model::FriendId;

/// Tells the codes of one coupon apart.
///
/// Both kinds have all the numbers to themselves: what a batch prints can be no friend's code, however many friends
/// are still to come. A [`Code`](super::Code) carries the number in 40 bits, and which kind it is in the twelve bits
/// beside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_enums, reason = "a code is somebody's, or nobody's yet")]
pub enum Serial {
    /// Issued to a friend.
    Friend {
        /// To whom.
        friend: FriendId,
        /// The how-manieth for that friend, from 0.
        nth: u8,
    },
    /// Printed before anybody holds it: a card in a parcel, a row for the cart's own table of coupons.
    Batch {
        /// Which, from 0.
        number: u32,
    },
}

impl Serial {
    /// The `nth` code, from 0, of this friend.
    pub const fn new(friend: FriendId, nth: u8) -> Self {
        Self::Friend { friend, nth }
    }

    /// Whose it is; nobody's when it is of a batch.
    pub const fn friend(self) -> Option<FriendId> {
        match self {
            Self::Friend { friend, .. } => Some(friend),
            Self::Batch { .. } => None,
        }
    }

    /// The kind and the number.
    pub(super) const fn parts(self) -> (Kind, u64) {
        match self {
            Self::Friend { friend, nth } => (Kind::Friend, (friend.0 as u64) << 8 | nth as u64),
            Self::Batch { number } => (Kind::Batch, number as u64),
        }
    }

    /// The same back from 40 bits; none where no serial of this kind has that number.
    pub(super) fn of(kind: Kind, number: u64) -> Option<Self> {
        Some(match kind {
            Kind::Friend => Self::Friend { friend: FriendId(u32::try_from(number >> 8).ok()?), nth: number as u8 },
            Kind::Batch => Self::Batch { number: u32::try_from(number).ok()? },
        })
    }
}

/// Of which kind a serial is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Friend,
    Batch,
}

impl Kind {
    pub(super) const ALL: [Self; 2] = [Self::Friend, Self::Batch];
}

impl fmt::Display for Serial {
    /// For people: `friend 7, 0`, `batch 41`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Friend { friend, nth } => write!(f, "friend {}, {nth}", friend.0),
            Self::Batch { number } => write!(f, "batch {number}"),
        }
    }
}

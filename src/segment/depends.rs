//! What of a friend's record an answer depends on, so that only what changed is asked anew.

use core::ops::BitOr;

use crate::model::Activity;

use super::Predicate;
use super::predicate::Node;
use super::source::{Kept, Source};
use super::syntax::ContactEvent;

/// Parts of a friend's record, as a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depends(u16);

impl Depends {
    /// Nothing.
    pub const NOTHING: Self = Self(0);
    /// Orders, and what became of them.
    pub const ORDERS: Self = Self(1);
    /// Tags.
    pub const TAGS: Self = Self(1 << 1);
    /// Attributes.
    pub const ATTRIBUTES: Self = Self(1 << 2);
    /// The cart, as it stands and as it was.
    pub const CARTS: Self = Self(1 << 3);
    /// LINE: follows, blocks, the link, the route.
    pub const LINE: Self = Self(1 << 4);
    /// Other channels.
    pub const CHANNELS: Self = Self(1 << 5);
    /// Coupons held.
    pub const COUPONS: Self = Self(1 << 6);
    /// Messages sent.
    pub const SENT: Self = Self(1 << 7);
    /// Looks at products.
    pub const VIEWS: Self = Self(1 << 8);
    /// Clicks.
    pub const CLICKS: Self = Self(1 << 9);
    /// Anything else the friend did.
    pub const DONE: Self = Self(1 << 10);
    /// All of it.
    pub const ALL: Self = Self(u16::MAX);

    /// What an activity is part of.
    pub const fn on(activity: &Activity) -> Self {
        match activity {
            Activity::View => Self::VIEWS,
            Activity::Click => Self::CLICKS,
            Activity::Cart => Self::CARTS,
            _ => Self::DONE,
        }
    }

    /// Has the other a part of it?
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl BitOr for Depends {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl FromIterator<Self> for Depends {
    fn from_iter<I: IntoIterator<Item = Self>>(parts: I) -> Self {
        parts.into_iter().fold(Self::NOTHING, BitOr::bitor)
    }
}

impl Predicate {
    /// What of a friend's record the answer depends on, beside the time. While none of it changes and
    /// [`next_change`](Self::next_change) is not reached, the answer stays.
    pub fn depends(&self) -> Depends {
        self.root().depends()
    }
}

impl Node {
    fn depends(&self) -> Depends {
        match self {
            Self::All(parts) | Self::Any(parts) | Self::TagOf(parts) => parts.iter().map(Self::depends).collect(),
            Self::Not(inner) => inner.depends(),
            Self::Segment(predicate) => predicate.depends(),
            Self::OrdersCount { .. }
            | Self::OrdersTotal { .. }
            | Self::Order { .. }
            | Self::Rank(_)
            | Self::Reorder(_) => Depends::ORDERS,
            Self::Meter(meter) => meter.source.depends(),
            Self::Ends(ends) => ends.source.depends(),
            Self::Followed(followed) => {
                let sources = [Some(&followed.first), Some(&followed.then), followed.without.as_ref()];
                sources.into_iter().flatten().map(Source::depends).collect()
            }
            Self::Tag(_) => Depends::TAGS,
            Self::Line(_) | Self::Route(_) | Self::UnknownRoute => Depends::LINE,
            // The first that was ever heard of a friend can come with any event.
            Self::Contact { event: ContactEvent::FirstContact, .. } => Depends::ALL,
            Self::Contact { .. } => Depends::LINE,
            Self::Reachable(_) => Depends::CHANNELS,
            Self::Attribute { .. } | Self::Unknown(_) | Self::Date { .. } => Depends::ATTRIBUTES,
            Self::CartFilled(_) | Self::CartTotal { .. } => Depends::CARTS,
            Self::Sample(_) => Depends::NOTHING,
        }
    }
}

impl Source {
    fn depends(&self) -> Depends {
        match &self.kept {
            Kept::Orders => Depends::ORDERS,
            Kept::Done(activity) => Depends::on(activity),
            Kept::Sent | Kept::Delivered => Depends::SENT,
            // A coupon counts as used while the order it was used on stands.
            Kept::Coupons(_) => Depends::COUPONS | Depends::ORDERS,
        }
    }
}

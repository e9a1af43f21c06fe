//! Expressions as they are written, names and all.

use crate::model::{AttributeName, CouponName, Date, Decimal, SegmentName, Span, TagName};

/// An expression as written. Two texts that mean the same may differ; [`Display`](core::fmt::Display)
/// gives the canonical text, which parses back to the same value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "the connectives are closed; new conditions are atoms")]
pub enum Expr {
    /// Every one holds. At least two.
    All(Vec<Expr>),
    /// Some one holds. At least two.
    Any(Vec<Expr>),
    /// The inner one does not hold.
    Not(Box<Expr>),
    /// A single condition.
    Atom(Atom),
}

impl Expr {
    /// How deep it is nested; a single condition is 0 deep.
    pub fn depth(&self) -> usize {
        match self {
            Self::All(parts) | Self::Any(parts) => 1 + parts.iter().map(Self::depth).max().unwrap_or(0),
            Self::Not(inner) => 1 + inner.depth(),
            Self::Atom(_) => 0,
        }
    }
}

/// A single condition.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Atom {
    /// How many orders.
    OrdersCount {
        /// Which orders.
        window: Window,
        /// Compared how.
        is: Comparison,
        /// With what.
        value: u32,
    },
    /// What the orders came to, refunds taken off, in major units of the shop's currency.
    OrdersTotal {
        /// Which orders.
        window: Window,
        /// Compared how.
        is: Comparison,
        /// With what.
        value: Decimal,
    },
    /// When the first or last order was placed.
    Order {
        /// Which of the two.
        which: End,
        /// When.
        test: AgeTest,
    },
    /// Has the tag.
    Tag(TagName),
    /// Stands so on LINE.
    Line(LineState),
    /// Came by this route; only `=` and `!=`.
    Route {
        /// Compared how.
        is: Comparison,
        /// With what.
        value: Box<str>,
    },
    /// An attribute compared with a value.
    Attribute {
        /// Which.
        name: AttributeName,
        /// Compared how.
        is: Comparison,
        /// With what.
        value: Literal,
    },
    /// An attribute is not known.
    Unknown(AttributeName),
    /// A coupon in such a state is among those issued to the friend.
    Coupon {
        /// Which rule.
        name: CouponName,
        /// In which state.
        state: CouponState,
    },
    /// Belongs to another segment.
    Segment(SegmentName),
}

/// Which orders are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Window {
    /// All up to now.
    Ever,
    /// Placed less than this long ago.
    Within(Span),
    /// Placed less than `from` but at least `until` ago.
    Between {
        /// The farther end.
        from: Span,
        /// The nearer end.
        until: Span,
    },
    /// Placed on this day of the shop or later.
    Since(Date),
}

/// The first or the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "a row has two ends")]
pub enum End {
    /// The earliest.
    First,
    /// The latest.
    Last,
}

/// A test of when something was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AgeTest {
    /// At least this long ago.
    OlderThan(Span),
    /// Less than this long ago.
    Within(Span),
    /// Before this day of the shop.
    Before(Date),
    /// On this day of the shop or later.
    Since(Date),
}

/// How a friend stands on LINE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LineState {
    /// Can be sent to.
    Following,
    /// Blocked or left.
    Blocked,
    /// Linked with the shop's membership.
    Linked,
}

/// How a coupon issued to a friend stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CouponState {
    /// Issued, whatever became of it.
    Held,
    /// Valid and not used.
    Unused,
    /// Used on an order that stands.
    Used,
    /// Ran out without use.
    Expired,
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "there are six")]
pub enum Comparison {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

impl Comparison {
    /// Every comparison with its sign.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::Equal, "="),
        (Self::NotEqual, "!="),
        (Self::Less, "<"),
        (Self::AtMost, "<="),
        (Self::More, ">"),
        (Self::AtLeast, ">="),
    ];

    /// The sign it is written with.
    pub fn sign(self) -> &'static str {
        Self::ALL[self as usize].1
    }

    /// The comparison with this sign.
    pub fn from_sign(sign: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, s)| *s == sign).map(|(is, _)| *is)
    }

    /// Does `left` stand so to `right`?
    pub fn holds<T: Ord + ?Sized>(self, left: &T, right: &T) -> bool {
        match self {
            Self::Equal => left == right,
            Self::NotEqual => left != right,
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::More => left > right,
            Self::AtLeast => left >= right,
        }
    }

    /// Is it one that asks for more than sameness?
    pub const fn needs_order(self) -> bool {
        !matches!(self, Self::Equal | Self::NotEqual)
    }
}

/// A value as written beside an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "the literals of the grammar")]
pub enum Literal {
    /// `'female'`
    Text(Box<str>),
    /// `24.5`
    Number(Decimal),
    /// `2026-01-01`
    Date(Date),
    /// `true`, `false`
    Flag(bool),
}

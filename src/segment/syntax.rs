//! Expressions as they are written, names and all.

use crate::model::{AttributeName, ChannelName, Date, Decimal, Rate, SegmentName, Span, TagName};
use crate::rfm::Goods;

use super::occurrences::{End, Measure, Occurrences, Sequence};

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
    /// How many, how much or how many different: `orders.count of product 'SOAP-1' within 30d >= 2`.
    Measure {
        /// Of what.
        of: Occurrences,
        /// What is counted or added up.
        measure: Measure,
        /// Compared how.
        is: Comparison,
        /// With what; money in major units of the shop's currency.
        value: Decimal,
    },
    /// When the first or last was: `last order older than 30d`.
    Ends {
        /// Which of the two.
        which: End,
        /// Of what; its window is not looked at.
        of: Occurrences,
        /// When.
        test: AgeTest,
    },
    /// One thing, then another: `click 'offer' then order within 3d`.
    Sequence(Box<Sequence>),
    /// Has the tag, or some tag of the category.
    Tag {
        /// Which.
        tag: TagChoice,
        /// Put on when, if that matters.
        held: Option<AgeTest>,
    },
    /// Stands so on LINE.
    Line(LineState),
    /// Can be reached on a channel beside LINE.
    Reachable(ChannelName),
    /// When the friend came, left or was linked.
    Contact {
        /// What.
        event: ContactEvent,
        /// When.
        test: AgeTest,
    },
    /// Came by such a route; tests of text.
    Route(ValueTest),
    /// How the first follow came is not known.
    UnknownRoute,
    /// An attribute compared with a value.
    Attribute {
        /// Which.
        name: AttributeName,
        /// What is asked of it.
        test: ValueTest,
    },
    /// An attribute is not known.
    Unknown(AttributeName),
    /// Whole years since a date: `age of birthday >= 20`.
    Age {
        /// The date.
        name: AttributeName,
        /// Compared how.
        is: Comparison,
        /// With how many years.
        value: u32,
    },
    /// Days of the shop since or until a date: `days until 'renewal' <= 7`. Negative on the other side of it.
    Days {
        /// The date.
        name: AttributeName,
        /// Counted from it, or to it.
        toward: Toward,
        /// Compared how.
        is: Comparison,
        /// With how many days.
        value: u32,
    },
    /// The day of the year comes round: `anniversary of birthday within 7d`.
    Anniversary {
        /// The date.
        name: AttributeName,
        /// When.
        test: AnniversaryTest,
    },
    /// The cart has something in it (`true`), or was told to be empty (`false`).
    CartFilled(bool),
    /// What lies in the cart comes to.
    CartTotal {
        /// Compared how.
        is: Comparison,
        /// With what, in major units of the shop's currency.
        value: Decimal,
    },
    /// Is ranked so among the shop's customers.
    Rank(RankTest),
    /// When the next order of what they bought before is due: `reorder of product 'SOAP-1' due within 3d`.
    Reorder {
        /// Of what.
        of: Goods,
        /// When.
        test: ReorderTest,
    },
    /// Belongs to a share of all friends that stays the same.
    Sample {
        /// How large a share.
        share: Rate,
        /// What it is drawn for: another name draws others.
        of: Box<str>,
    },
    /// Belongs to another segment.
    Segment(SegmentName),
}

/// A tag, or all tags of a category.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "a tag or a group of tags")]
pub enum TagChoice {
    /// This one.
    Named(TagName),
    /// Any of the category.
    Category(Box<str>),
}

/// A test of when something was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AgeTest {
    /// At least this long ago.
    OlderThan(Span),
    /// Less than this long ago.
    Within(Span),
    /// Less than `from` but at least `until` ago.
    Between {
        /// The farther end.
        from: Span,
        /// The nearer end.
        until: Span,
    },
    /// Before this day of the shop.
    Before(Date),
    /// On this day of the shop or later.
    Since(Date),
    /// From the first of these days of the shop to the last, both included.
    During {
        /// The first day.
        from: Date,
        /// The last day.
        to: Date,
    },
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

/// What is known of a friend's coming and going.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ContactEvent {
    /// The first follow known.
    FirstFollow,
    /// The follow since which they follow; not for those who left.
    LastFollow,
    /// The block since which they cannot be sent to.
    LastBlock,
    /// The link with the shop's membership.
    LastLink,
    /// The earliest thing heard of them.
    FirstContact,
}

/// What is asked of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueTest {
    /// Compares so with this.
    Is(Comparison, Literal),
    /// Is one of these. At least one.
    In(Vec<Literal>),
    /// A text has this inside; a list has this among its texts.
    Contains(Box<str>),
    /// A text begins with this.
    StartsWith(Box<str>),
}

/// Which way days are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "there are two")]
pub enum Toward {
    /// From the date to today.
    Since,
    /// From today to the date.
    Until,
}

/// When the anniversary of a date is. One of 29 February is kept on the 28th in other years.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AnniversaryTest {
    /// Today, or in less than so many days of the shop: today alone is 1.
    Within(u16),
    /// In exactly so many days of the shop; today is 0.
    In(u16),
    /// In the month that is now: the birth month.
    ThisMonth,
}

/// When the next order is due, by days of the shop. Who never bought it awaits none, so nothing holds of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReorderTest {
    /// Today, or on a day that is past.
    Due,
    /// Today, or in less than so many days: today alone is 1.
    DueWithin(u16),
    /// In exactly so many days; today is 0.
    DueIn(u16),
    /// At least so many days ago.
    OverdueBy(u16),
}

/// What is asked of a friend's rank. Who never ordered has none, so nothing holds of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RankTest {
    /// A score of RFM.
    Score(RfmAxis, Comparison, u8),
    /// The class of RFM is one of these, by name or label.
    RfmClass(Vec<Box<str>>),
    /// The class of CPM is one of these.
    CpmClass(Vec<Box<str>>),
    /// The decile, of which 1 spends most.
    Decile(Comparison, u8),
}

/// The three scores of RFM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "R, F and M")]
pub enum RfmAxis {
    /// How recently.
    Recency,
    /// How often.
    Frequency,
    /// For how much.
    Monetary,
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

    /// The one that holds where this one does not.
    pub const fn negated(self) -> Self {
        match self {
            Self::Equal => Self::NotEqual,
            Self::NotEqual => Self::Equal,
            Self::Less => Self::AtLeast,
            Self::AtMost => Self::More,
            Self::More => Self::AtMost,
            Self::AtLeast => Self::Less,
        }
    }

    /// The same said from the other side: `a < b` is `b > a`.
    pub const fn turned(self) -> Self {
        match self {
            Self::Less => Self::More,
            Self::AtMost => Self::AtLeast,
            Self::More => Self::Less,
            Self::AtLeast => Self::AtMost,
            same => same,
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

impl LineState {
    pub(super) const NAMED: [(Self, &'static str); 3] =
        [(Self::Following, "following"), (Self::Blocked, "blocked"), (Self::Linked, "linked")];
}

impl ContactEvent {
    /// Each with its words.
    pub(super) const NAMED: [(Self, End, &'static str); 5] = [
        (Self::FirstFollow, End::First, "follow"),
        (Self::LastFollow, End::Last, "follow"),
        (Self::LastBlock, End::Last, "block"),
        (Self::LastLink, End::Last, "link"),
        (Self::FirstContact, End::First, "contact"),
    ];
}

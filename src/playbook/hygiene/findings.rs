//! What can be found.

use core::fmt;

use crate::model::{CouponName, Date, MenuName, Rate, ScenarioName, SegmentName, Span, StepName, TagName};
use crate::segment::Contradiction;

/// Something about a segment, a tag, a rich menu or a coupon that a shop should look at. The text says what; the code stays.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Finding {
    /// Nothing starts by it, asks for it, or refers to it.
    #[error("segment '{segment}' is used by no scenario, tag or other segment")]
    SegmentUnused {
        /// Which.
        segment: SegmentName,
    },
    /// Two of its conditions exclude each other.
    #[error("segment '{segment}' can hold for nobody: `{}` and `{}` exclude each other", .why.one, .why.other)]
    SegmentImpossible {
        /// Which.
        segment: SegmentName,
        /// The two.
        why: Contradiction,
    },
    /// It leaves nobody out, whoever the friends are.
    #[error("segment '{segment}' holds for everybody: it cannot fail both `{}` and `{}`", .why.one, .why.other)]
    SegmentEverybody {
        /// Which.
        segment: SegmentName,
        /// Why its opposite can hold for nobody.
        why: Contradiction,
    },
    /// Nobody is in it now.
    #[error("segment '{segment}' is empty")]
    SegmentEmpty {
        /// Which.
        segment: SegmentName,
    },
    /// Too few are in it to be worth a message of its own (T6).
    #[error("segment '{segment}' has {friends} friends: fewer than {least} are no axis of delivery")]
    SegmentTooSmall {
        /// Which.
        segment: SegmentName,
        /// How many are in it.
        friends: usize,
        /// How many the shop wants at least.
        least: u32,
    },
    /// Two of them are the same friends now.
    #[error("segments '{one}' and '{other}' are the same {friends} friends")]
    SegmentsSame {
        /// One.
        one: SegmentName,
        /// The other.
        other: SegmentName,
        /// How many.
        friends: usize,
    },
    /// One of them lies wholly in the other now.
    #[error("segment '{inner}' ({friends} friends) lies wholly in '{outer}'")]
    SegmentInside {
        /// The smaller.
        inner: SegmentName,
        /// The larger.
        outer: SegmentName,
        /// How many are in the smaller.
        friends: usize,
    },
    /// Most of the smaller one are in the larger one too.
    #[error("{share} of segment '{smaller}' are in '{larger}' too ({friends} friends)")]
    SegmentsOverlap {
        /// The smaller.
        smaller: SegmentName,
        /// The larger.
        larger: SegmentName,
        /// How many are in both.
        friends: usize,
        /// The share of the smaller one, rounded down.
        share: Rate,
    },
    /// No rule asks for it or starts by it.
    #[error("tag '{tag}' is read by no rule")]
    TagUnread {
        /// Which.
        tag: TagName,
    },
    /// Nobody has it now.
    #[error("nobody has tag '{tag}'")]
    TagOfNobody {
        /// Which.
        tag: TagName,
    },
    /// It was not put on anybody for long (T5).
    #[error("tag '{tag}' was last put on somebody on {last}, longer than {after} ago")]
    TagStale {
        /// Which.
        tag: TagName,
        /// The shop's day on which it was last put on.
        last: Date,
        /// How long the shop allows.
        after: Span,
    },
    /// Its name does not say what it is for, or breaks a rule of the shop's (T4).
    #[error("tag '{tag}': the name {why}")]
    TagName {
        /// Which.
        tag: TagName,
        /// What is wrong with it.
        why: String,
    },
    /// Two names that people will take for one.
    #[error("tags '{one}' and '{other}' differ only in how they are typed")]
    TagTwins {
        /// One.
        one: TagName,
        /// The other.
        other: TagName,
    },
    /// The population does not say what the segment asks, so nothing is known of its size.
    #[error("segment '{segment}' was not counted: no column can answer `{condition}`")]
    SegmentUncounted {
        /// Which.
        segment: SegmentName,
        /// What it asks.
        condition: String,
    },
    /// The menu's rule goes first: it is taken away at the next look, unless its rule holds.
    #[error(
        "step '{scenario}/{step}' links menu '{menu}', which has a rule of its own: by that it is shown and taken away, \
         whatever the step says"
    )]
    MenuByRuleLinked {
        /// Where.
        scenario: ScenarioName,
        /// By which step.
        step: StepName,
        /// Which.
        menu: MenuName,
    },
    /// LINE shows rich menus on telephones only (R8).
    #[error(
        "scenario '{scenario}' links menu '{menu}' at step '{step}' and sends no message: who reads LINE on a computer \
         sees no menu"
    )]
    MenuUntold {
        /// Which scenario.
        scenario: ScenarioName,
        /// At which step first.
        step: StepName,
        /// Which menu first.
        menu: MenuName,
    },
    /// Nobody gets it, but from a batch of codes that the shop prints.
    #[error("coupon '{coupon}' is issued by no scenario and has no code for everybody: only printed codes give it")]
    CouponUnissued {
        /// Which.
        coupon: CouponName,
    },
    /// A message tells of it when it can be valid no longer, however fast the friend gets there.
    #[error(
        "step '{scenario}/{step}' tells of coupon '{coupon}', which is over by then: it is valid for {span}, and was \
         issued {after} before or earlier"
    )]
    CouponOver {
        /// Where.
        scenario: ScenarioName,
        /// By which step.
        step: StepName,
        /// Which.
        coupon: CouponName,
        /// How long it is valid.
        span: Span,
        /// How long after its issue the step comes at least.
        after: Span,
    },
    /// Its own end comes before the season of the scenario brings anybody to the step.
    #[error("step '{scenario}/{step}' comes on {reached} at the earliest, and coupon '{coupon}' is over on {until}")]
    CouponOverBySeason {
        /// Where.
        scenario: ScenarioName,
        /// At which step.
        step: StepName,
        /// Which.
        coupon: CouponName,
        /// The shop's day on which the step comes at the earliest.
        reached: Date,
        /// The shop's day on which it ends.
        until: Date,
    },
    /// Its own conditions exclude each other.
    #[error("coupon '{coupon}' can be used by nobody: `{}` and `{}` exclude each other", .why.one, .why.other)]
    CouponForNobody {
        /// Which.
        coupon: CouponName,
        /// The two.
        why: Contradiction,
    },
    /// Who enters the scenario is none of those it is for.
    #[error(
        "scenario '{scenario}' issues coupon '{coupon}' to friends who cannot use it as they enter: `{}` and `{}` \
         exclude each other",
        .why.one,
        .why.other
    )]
    CouponUnusable {
        /// Which scenario.
        scenario: ScenarioName,
        /// Which coupon.
        coupon: CouponName,
        /// What holds of who enters, and what the coupon asks.
        why: Contradiction,
    },
    /// Friends come to hold codes they may not use.
    #[error("coupon '{coupon}' is issued {issued} to one friend, who may use it {}", Times::Times(*allowed))]
    CouponIssuedTooOften {
        /// Which.
        coupon: CouponName,
        /// How often a friend may use it.
        allowed: u32,
        /// How often scenarios issue it.
        issued: Times,
    },
}

/// How often something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "there is an end to it, or none")]
pub enum Times {
    /// So often at most.
    Times(u32),
    /// Without end.
    AgainAndAgain,
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Times(1) => f.write_str("once"),
            Self::Times(times) => write!(f, "{times} times"),
            Self::AgainAndAgain => f.write_str("again and again"),
        }
    }
}

impl Finding {
    /// The code of the kind of finding.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::SegmentUnused { .. } => "H01",
            Self::SegmentImpossible { .. } => "H02",
            Self::SegmentEverybody { .. } => "H03",
            Self::SegmentEmpty { .. } => "H04",
            Self::SegmentTooSmall { .. } => "H05",
            Self::SegmentsSame { .. } => "H06",
            Self::SegmentInside { .. } => "H07",
            Self::SegmentsOverlap { .. } => "H08",
            Self::TagUnread { .. } => "H09",
            Self::TagOfNobody { .. } => "H10",
            Self::TagStale { .. } => "H11",
            Self::TagName { .. } => "H12",
            Self::TagTwins { .. } => "H13",
            Self::SegmentUncounted { .. } => "H14",
            Self::MenuByRuleLinked { .. } => "H15",
            Self::MenuUntold { .. } => "H16",
            Self::CouponUnissued { .. } => "H17",
            Self::CouponOver { .. } => "H18",
            Self::CouponOverBySeason { .. } => "H19",
            Self::CouponForNobody { .. } => "H20",
            Self::CouponUnusable { .. } => "H21",
            Self::CouponIssuedTooOften { .. } => "H22",
        }
    }
}

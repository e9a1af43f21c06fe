//! Why something was done, or was not: a closed list with stable numbers.

use serde::{Deserialize, Serialize};

use crate::model::{CouponName, Span, StepName, TagName, Timestamp};

/// The reason of a decision, with the facts behind it.
///
/// Numbers never change and are never used again. 1xx: went on. 2xx: later. 3xx: a step was not
/// done. 4xx: left. 5xx: never entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// Began a run.
    Entered,
    /// The message was handed to delivery.
    Sent,
    /// The wait was over.
    Waited,
    /// The condition was looked at.
    Branched {
        /// Did it hold?
        held: bool,
        /// Where it led; nothing means the end.
        to: Option<StepName>,
    },
    /// A coupon was issued.
    CouponIssued {
        /// Which.
        coupon: CouponName,
        /// Until when it is valid.
        valid_until: Timestamp,
    },
    /// A tag was put on or taken off.
    Tagged {
        /// Which.
        tag: TagName,
        /// On or off.
        turn: Turn,
    },
    /// Waits at this step.
    Waits {
        /// Until when.
        until: Timestamp,
    },
    /// Quiet hours: will be asked again when they are over.
    QuietShifted {
        /// Until when.
        to: Timestamp,
    },
    /// Not a friend on LINE, or not any more known to be one.
    NotFollowing,
    /// Blocked the account.
    Blocked,
    /// Quiet hours, and the rule is to drop.
    QuietDropped,
    /// Quiet hours would have held it back for too long.
    QuietTooLong {
        /// Until when.
        to: Timestamp,
    },
    /// Had enough messages.
    Capped {
        /// The most allowed.
        at_most: u32,
        /// In how long.
        #[serde(with = "span_text")]
        per: Span,
        /// How many there were.
        sent: u32,
    },
    /// A value the message shows is not known.
    ValueMissing {
        /// Which.
        value: String,
    },
    /// With the friend's values LINE would refuse the message.
    MessageInvalid {
        /// Why.
        why: String,
    },
    /// All 256 codes of this coupon that one friend can have were issued.
    CodesUsedUp {
        /// Which coupon.
        coupon: CouponName,
    },
    /// The host gave no keys to make coupon codes with.
    KeysMissing,
    /// The run ended.
    Left {
        /// How.
        how: Leaving,
    },
    /// A run of this scenario was going on.
    AlreadyRunning,
    /// The scenario is entered once only.
    EnteredBefore,
    /// The scenario may not be entered again yet.
    TooSoon {
        /// The first instant at which it may.
        from: Timestamp,
    },
    /// What would have started it is too long past: an import must not flood people (X22).
    Stale {
        /// When it happened. In JSON not `at`, which says when the decision was taken.
        #[serde(rename = "happened_at")]
        at: Timestamp,
    },
    /// LINE did not say whether it was a first add or a re-follow, and nothing is known (X17).
    FollowUnknown,
    /// Was inside the segment before the scenario was switched on (X22).
    InsideBefore,
    /// A coupon was redeemed that was never issued to this friend.
    CouponNotHeld {
        /// Which.
        coupon: CouponName,
    },
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "there are two")]
pub enum Turn {
    /// On.
    On,
    /// Off.
    Off,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Leaving {
    /// Came to the end.
    Finished,
    /// Did what the scenario was for.
    Goal,
    /// The step it stood at is no longer in the playbook.
    StepRemoved,
    /// The scenario is no longer in the playbook.
    ScenarioRemoved,
    /// Two records became one person, and the other one's run goes on.
    Merged,
}

impl Reason {
    /// The stable number.
    pub const fn number(&self) -> u16 {
        match self {
            Self::Entered => 100,
            Self::Sent => 101,
            Self::Waited => 102,
            Self::Branched { .. } => 103,
            Self::CouponIssued { .. } => 104,
            Self::Tagged { .. } => 105,
            Self::Waits { .. } => 200,
            Self::QuietShifted { .. } => 201,
            Self::NotFollowing => 300,
            Self::Blocked => 301,
            Self::QuietDropped => 302,
            Self::QuietTooLong { .. } => 303,
            Self::Capped { .. } => 304,
            Self::ValueMissing { .. } => 305,
            Self::MessageInvalid { .. } => 306,
            Self::CodesUsedUp { .. } => 307,
            Self::KeysMissing => 308,
            Self::Left { how: Leaving::Finished } => 400,
            Self::Left { how: Leaving::Goal } => 401,
            Self::Left { how: Leaving::StepRemoved } => 402,
            Self::Left { how: Leaving::ScenarioRemoved } => 403,
            Self::Left { how: Leaving::Merged } => 404,
            Self::AlreadyRunning => 500,
            Self::EnteredBefore => 501,
            Self::TooSoon { .. } => 502,
            Self::Stale { .. } => 503,
            Self::FollowUnknown => 504,
            Self::InsideBefore => 505,
            Self::CouponNotHeld { .. } => 600,
        }
    }

    /// The stable word: the one that stands in JSON as `reason`, with how a run was left.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Entered => "entered",
            Self::Sent => "sent",
            Self::Waited => "waited",
            Self::Branched { .. } => "branched",
            Self::CouponIssued { .. } => "coupon_issued",
            Self::Tagged { .. } => "tagged",
            Self::Waits { .. } => "waits",
            Self::QuietShifted { .. } => "quiet_shifted",
            Self::NotFollowing => "not_following",
            Self::Blocked => "blocked",
            Self::QuietDropped => "quiet_dropped",
            Self::QuietTooLong { .. } => "quiet_too_long",
            Self::Capped { .. } => "capped",
            Self::ValueMissing { .. } => "value_missing",
            Self::MessageInvalid { .. } => "message_invalid",
            Self::CodesUsedUp { .. } => "codes_used_up",
            Self::KeysMissing => "keys_missing",
            Self::Left { how: Leaving::Finished } => "left: finished",
            Self::Left { how: Leaving::Goal } => "left: goal",
            Self::Left { how: Leaving::StepRemoved } => "left: step_removed",
            Self::Left { how: Leaving::ScenarioRemoved } => "left: scenario_removed",
            Self::Left { how: Leaving::Merged } => "left: merged",
            Self::AlreadyRunning => "already_running",
            Self::EnteredBefore => "entered_before",
            Self::TooSoon { .. } => "too_soon",
            Self::Stale { .. } => "stale",
            Self::FollowUnknown => "follow_unknown",
            Self::InsideBefore => "inside_before",
            Self::CouponNotHeld { .. } => "coupon_not_held",
        }
    }
}

mod span_text {
    use serde::{Deserialize, Deserializer, Serializer, de};

    use crate::model::Span;

    pub(super) fn serialize<S: Serializer>(span: &Span, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(span)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Span, D::Error> {
        std::borrow::Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Reason> {
        let at = Timestamp::EPOCH;
        let coupon = CouponName::new("c").unwrap();
        let left = [Leaving::Finished, Leaving::Goal, Leaving::StepRemoved, Leaving::ScenarioRemoved, Leaving::Merged];
        let mut all = vec![
            Reason::Entered,
            Reason::Sent,
            Reason::Waited,
            Reason::Branched { held: true, to: None },
            Reason::CouponIssued { coupon: coupon.clone(), valid_until: at },
            Reason::Tagged { tag: TagName::new("t").unwrap(), turn: Turn::On },
            Reason::Waits { until: at },
            Reason::QuietShifted { to: at },
            Reason::NotFollowing,
            Reason::Blocked,
            Reason::QuietDropped,
            Reason::QuietTooLong { to: at },
            Reason::Capped { at_most: 1, per: Span::days(1), sent: 1 },
            Reason::ValueMissing { value: "friend.name".into() },
            Reason::MessageInvalid { why: "too long".into() },
            Reason::CodesUsedUp { coupon: coupon.clone() },
            Reason::KeysMissing,
            Reason::AlreadyRunning,
            Reason::EnteredBefore,
            Reason::TooSoon { from: at },
            Reason::Stale { at },
            Reason::FollowUnknown,
            Reason::InsideBefore,
            Reason::CouponNotHeld { coupon },
        ];
        all.extend(left.map(|how| Reason::Left { how }));
        all
    }

    #[test]
    fn numbers_are_told_once_and_words_are_those_of_the_json() {
        let mut numbers: Vec<u16> = all().iter().map(Reason::number).collect();
        numbers.sort_unstable();
        let told = numbers.len();
        numbers.dedup();
        assert_eq!(numbers.len(), told);
        for reason in all() {
            let json = serde_json::to_value(&reason).unwrap();
            let how = json.get("how").map(|how| format!(": {}", how.as_str().unwrap())).unwrap_or_default();
            assert_eq!(format!("{}{how}", json["reason"].as_str().unwrap()), reason.word());
            assert_eq!(serde_json::from_value::<Reason>(json).unwrap(), reason);
        }
    }
}

//! Why something was done, or was not: a closed list with stable numbers.

use serde::{Deserialize, Serialize};

use crate::model::{AttributeName, CouponName, MenuName, Money, ScenarioName, StepName, TagName, Timestamp};

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
    /// An attribute was set.
    AttributeSet {
        /// Which.
        attribute: AttributeName,
    },
    /// The friend was drawn into one arm of a split, and always will be.
    Split {
        /// Which.
        arm: Box<str>,
        /// Where it led; nothing means the end.
        to: Option<StepName>,
    },
    /// What was waited for happened.
    Happened {
        /// What came first.
        what: Box<str>,
        /// When it happened. In JSON not `at`, which says when the decision was taken.
        happened_at: Timestamp,
        /// Where it led; nothing means the end.
        to: Option<StepName>,
    },
    /// Nothing of what was waited for happened in time.
    TimedOut {
        /// Where it led; nothing means the end.
        to: Option<StepName>,
    },
    /// A coupon that was not used was ended.
    CouponExpired {
        /// Which.
        coupon: CouponName,
    },
    /// Another rich menu was linked, or the friend's own taken away.
    MenuSwitched {
        /// Which; nothing means that everybody's is seen again.
        menu: Option<MenuName>,
    },
    /// Something was handed to the host: a letter, a row of a sheet, a task for staff.
    HandedOver {
        /// To whom.
        to: Box<str>,
    },
    /// Another scenario was asked to begin; its own decision says whether it did.
    Started {
        /// Which. In JSON not `scenario`, which says where the decision was taken.
        #[serde(rename = "other")]
        scenario: ScenarioName,
    },
    /// Another scenario's runs were ended.
    Stopped {
        /// Which; `other` in JSON.
        #[serde(rename = "other")]
        scenario: ScenarioName,
    },
    /// The step it stood at is no longer in the playbook, and it goes on at the next that is.
    StepGone {
        /// Where it goes on.
        to: StepName,
    },
    /// A loop led back.
    WentBack {
        /// Where to.
        to: StepName,
        /// The how-manieth time.
        times: u32,
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
    /// Had enough messages for now: will be asked again when there is room.
    CapDeferred {
        /// Which cap.
        cap: Box<str>,
        /// Until when: the first instant with room.
        to: Timestamp,
    },
    /// Somebody of the shop is talking with the friend: will be asked again when they are done.
    ChatOpen {
        /// When at the latest.
        to: Timestamp,
    },
    /// A scenario of the same group and no lower rank is going on: enters when it ends.
    EntryDeferred {
        /// Which.
        behind: ScenarioName,
    },
    /// Heard enough sales talk of late: will be asked again when that is longer ago.
    SellingDeferred {
        /// When.
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
        /// Which cap: `2 promotional per 7d`.
        cap: Box<str>,
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
    /// Said that advertising is not welcome, or was never asked where the shop asks first.
    NoConsent,
    /// None of the channels the message may take reaches the friend.
    NoChannel {
        /// Those that were tried.
        tried: Vec<Box<str>>,
    },
    /// A message of a higher priority left at the same instant and took the last place under a cap.
    PriorityLost {
        /// The scenario that went first.
        to: ScenarioName,
        /// Which cap.
        cap: Box<str>,
    },
    /// The messages of late were sales talk already (S18).
    TooMuchSelling {
        /// How many of them would be, this one included.
        selling: u32,
        /// How many were looked at, this one included.
        of: u32,
    },
    /// What is left of the month's messages is kept for friends who are worth more to the shop.
    QuotaShort {
        /// Messages left.
        left: u64,
        /// Whom they are kept for.
        kept_for: Box<str>,
    },
    /// No messages are left this month, or no budget.
    QuotaSpent,
    /// The product it is about is out of stock.
    OutOfStock {
        /// Which.
        product: Box<str>,
    },
    /// The coupon it speaks of is no longer valid, or used.
    CouponOver {
        /// Which.
        coupon: CouponName,
    },
    /// The budget of the coupon, taken when it is issued, does not reach for one more.
    CouponBudgetSpent {
        /// Which.
        coupon: CouponName,
        /// What is left of the budget.
        left: Money,
        /// What one takes from it.
        needs: Money,
    },
    /// The same was told before, on this channel or another (C5).
    SameContent {
        /// The key of the content; the message's name where it has none.
        content: Box<str>,
    },
    /// Would have had to wait longer than the shop allows.
    DeferredTooLong {
        /// Until when.
        to: Timestamp,
    },
    /// The rich menu was set by hand, and rules leave it alone (X55).
    MenuByHand,
    /// Nobody told which rich menu the friend sees, and it is not to be taken away unseen (X55).
    MenuUnknown,
    /// The friend holds no such coupon that could be ended.
    CouponNotThere {
        /// Which.
        coupon: CouponName,
    },
    /// Went back as often as the loop allows.
    RoundsSpent {
        /// How often that is.
        at_most: u32,
    },
    /// The date a wait goes by is not known.
    DateMissing {
        /// Which.
        date: Box<str>,
    },
    /// There was no run to end.
    NotRunning {
        /// Of which scenario; `other` in JSON.
        #[serde(rename = "other")]
        scenario: ScenarioName,
    },
    /// It was done before the playbook put it here: nothing leaves twice by one step of one run.
    DoneBefore,
    /// The menu is not of the playbook any more, and the friend keeps the one they have.
    MenuGone {
        /// Which was to be shown.
        menu: MenuName,
    },
    /// The run ended.
    Left {
        /// How.
        how: Leaving,
        /// The result it ended with, what stopped it, or the scenario it gave way to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        what: Option<Box<str>>,
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
    /// Is not one of those the scenario is for.
    Filtered {
        /// What does not hold, as the playbook has it.
        only: Box<str>,
    },
    /// Belongs to those who get nothing, so that it can be seen what messages bring.
    HeldOut {
        /// From everything (`global`), or from this scenario.
        of: Holdout,
    },
    /// A scenario of the same group and a higher rank is going on.
    GroupLost {
        /// Which.
        to: ScenarioName,
    },
    /// The scenario has not begun, or is over.
    OutOfSeason {
        /// When it begins or ended.
        turn: Timestamp,
    },
    /// Runs are told apart by what they are about, and this was about nothing.
    AboutNothing,
    /// As many runs of the scenario go on side by side as may.
    TooManyRuns {
        /// How many.
        at_most: u32,
    },
    /// A coupon was redeemed that was never issued to this friend, with a code that is neither everybody's nor of a
    /// batch.
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
    /// Something happened that the scenario ends by.
    Stopped,
    /// Gave way to another scenario of its group.
    LostTo,
    /// Was begun anew by what would have started it.
    Restarted,
    /// The scenario was written anew, and its runs end by that.
    Edited,
    /// Another scenario ended it.
    TakenOut,
    /// Somebody of the shop ended it.
    ByHand,
    /// The scenario's time is over.
    SeasonOver,
}

/// From what a friend is held out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "there are two")]
pub enum Holdout {
    /// From all advertising.
    Global,
    /// From one scenario.
    Scenario,
}

impl Reason {
    /// The stable number.
    pub const fn number(&self) -> u16 {
        self.code().0
    }

    /// The stable word: the one that stands in JSON as `reason`, with how a run was left.
    pub const fn word(&self) -> &'static str {
        self.code().1
    }

    const fn code(&self) -> (u16, &'static str) {
        match self {
            Self::Entered => (100, "entered"),
            Self::Sent => (101, "sent"),
            Self::Waited => (102, "waited"),
            Self::Branched { .. } => (103, "branched"),
            Self::CouponIssued { .. } => (104, "coupon_issued"),
            Self::Tagged { .. } => (105, "tagged"),
            Self::AttributeSet { .. } => (106, "attribute_set"),
            Self::Split { .. } => (107, "split"),
            Self::Happened { .. } => (108, "happened"),
            Self::TimedOut { .. } => (109, "timed_out"),
            Self::CouponExpired { .. } => (110, "coupon_expired"),
            Self::MenuSwitched { .. } => (111, "menu_switched"),
            Self::HandedOver { .. } => (112, "handed_over"),
            Self::Started { .. } => (113, "started"),
            Self::Stopped { .. } => (114, "stopped"),
            Self::StepGone { .. } => (115, "step_gone"),
            Self::WentBack { .. } => (116, "went_back"),
            Self::Waits { .. } => (200, "waits"),
            Self::QuietShifted { .. } => (201, "quiet_shifted"),
            Self::CapDeferred { .. } => (202, "cap_deferred"),
            Self::ChatOpen { .. } => (203, "chat_open"),
            Self::EntryDeferred { .. } => (204, "entry_deferred"),
            Self::SellingDeferred { .. } => (206, "selling_deferred"),
            Self::NotFollowing => (300, "not_following"),
            Self::Blocked => (301, "blocked"),
            Self::QuietDropped => (302, "quiet_dropped"),
            Self::QuietTooLong { .. } => (303, "quiet_too_long"),
            Self::Capped { .. } => (304, "capped"),
            Self::ValueMissing { .. } => (305, "value_missing"),
            Self::MessageInvalid { .. } => (306, "message_invalid"),
            Self::CodesUsedUp { .. } => (307, "codes_used_up"),
            Self::KeysMissing => (308, "keys_missing"),
            Self::NoConsent => (309, "no_consent"),
            Self::NoChannel { .. } => (310, "no_channel"),
            Self::PriorityLost { .. } => (311, "priority_lost"),
            Self::TooMuchSelling { .. } => (312, "too_much_selling"),
            Self::QuotaShort { .. } => (313, "quota_short"),
            Self::QuotaSpent => (314, "quota_spent"),
            Self::OutOfStock { .. } => (315, "out_of_stock"),
            Self::CouponOver { .. } => (316, "coupon_over"),
            Self::SameContent { .. } => (317, "same_content"),
            Self::DeferredTooLong { .. } => (318, "deferred_too_long"),
            Self::MenuByHand => (319, "menu_by_hand"),
            Self::MenuUnknown => (320, "menu_unknown"),
            Self::CouponNotThere { .. } => (321, "coupon_not_there"),
            Self::RoundsSpent { .. } => (322, "rounds_spent"),
            Self::DateMissing { .. } => (323, "date_missing"),
            Self::NotRunning { .. } => (324, "not_running"),
            Self::DoneBefore => (325, "done_before"),
            Self::MenuGone { .. } => (326, "menu_gone"),
            Self::CouponBudgetSpent { .. } => (327, "coupon_budget_spent"),
            Self::Left { how: Leaving::Finished, .. } => (400, "left: finished"),
            Self::Left { how: Leaving::Goal, .. } => (401, "left: goal"),
            Self::Left { how: Leaving::StepRemoved, .. } => (402, "left: step_removed"),
            Self::Left { how: Leaving::ScenarioRemoved, .. } => (403, "left: scenario_removed"),
            Self::Left { how: Leaving::Merged, .. } => (404, "left: merged"),
            Self::Left { how: Leaving::Stopped, .. } => (405, "left: stopped"),
            Self::Left { how: Leaving::LostTo, .. } => (406, "left: lost_to"),
            Self::Left { how: Leaving::Restarted, .. } => (407, "left: restarted"),
            Self::Left { how: Leaving::Edited, .. } => (408, "left: edited"),
            Self::Left { how: Leaving::TakenOut, .. } => (409, "left: taken_out"),
            Self::Left { how: Leaving::ByHand, .. } => (410, "left: by_hand"),
            Self::Left { how: Leaving::SeasonOver, .. } => (411, "left: season_over"),
            Self::AlreadyRunning => (500, "already_running"),
            Self::EnteredBefore => (501, "entered_before"),
            Self::TooSoon { .. } => (502, "too_soon"),
            Self::Stale { .. } => (503, "stale"),
            Self::FollowUnknown => (504, "follow_unknown"),
            Self::InsideBefore => (505, "inside_before"),
            Self::Filtered { .. } => (506, "filtered"),
            Self::HeldOut { .. } => (507, "held_out"),
            Self::GroupLost { .. } => (508, "group_lost"),
            Self::OutOfSeason { .. } => (509, "out_of_season"),
            Self::AboutNothing => (510, "about_nothing"),
            Self::TooManyRuns { .. } => (511, "too_many_runs"),
            Self::CouponNotHeld { .. } => (600, "coupon_not_held"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Reason> {
        let at = Timestamp::EPOCH;
        let coupon = CouponName::new("c").unwrap();
        let (scenario, step) = (ScenarioName::new("s").unwrap(), StepName::new("a").unwrap());
        let left = [
            Leaving::Finished,
            Leaving::Goal,
            Leaving::StepRemoved,
            Leaving::ScenarioRemoved,
            Leaving::Merged,
            Leaving::Stopped,
            Leaving::LostTo,
            Leaving::Restarted,
            Leaving::Edited,
            Leaving::TakenOut,
            Leaving::ByHand,
            Leaving::SeasonOver,
        ];
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
            Reason::Capped { cap: "1 promotional per 1d".into(), sent: 1 },
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
            Reason::CouponNotHeld { coupon: coupon.clone() },
            Reason::AttributeSet { attribute: AttributeName::new("a").unwrap() },
            Reason::Split { arm: "a".into(), to: None },
            Reason::Happened { what: "order".into(), happened_at: at, to: Some(step.clone()) },
            Reason::TimedOut { to: None },
            Reason::CouponExpired { coupon: coupon.clone() },
            Reason::MenuSwitched { menu: Some(MenuName::new("m").unwrap()) },
            Reason::HandedOver { to: "dm".into() },
            Reason::Started { scenario: scenario.clone() },
            Reason::Stopped { scenario: scenario.clone() },
            Reason::StepGone { to: step.clone() },
            Reason::WentBack { to: step, times: 2 },
            Reason::CapDeferred { cap: "1 per 7d".into(), to: at },
            Reason::ChatOpen { to: at },
            Reason::EntryDeferred { behind: scenario.clone() },
            Reason::SellingDeferred { to: at },
            Reason::NoConsent,
            Reason::NoChannel { tried: vec!["line".into()] },
            Reason::PriorityLost { to: scenario.clone(), cap: "1 per 7d".into() },
            Reason::TooMuchSelling { selling: 2, of: 3 },
            Reason::QuotaShort { left: 9, kept_for: "order within 90d".into() },
            Reason::QuotaSpent,
            Reason::OutOfStock { product: "SOAP-1".into() },
            Reason::CouponOver { coupon: coupon.clone() },
            Reason::SameContent { content: "news".into() },
            Reason::DeferredTooLong { to: at },
            Reason::MenuByHand,
            Reason::MenuUnknown,
            Reason::CouponNotThere { coupon: coupon.clone() },
            Reason::CouponBudgetSpent { coupon, left: Money::ZERO, needs: Money::from_minor(500) },
            Reason::RoundsSpent { at_most: 3 },
            Reason::DateMissing { date: "date birthday".into() },
            Reason::NotRunning { scenario: scenario.clone() },
            Reason::DoneBefore,
            Reason::MenuGone { menu: "m".parse().unwrap() },
            Reason::Filtered { only: "order".into() },
            Reason::HeldOut { of: Holdout::Global },
            Reason::GroupLost { to: scenario },
            Reason::OutOfSeason { turn: at },
            Reason::AboutNothing,
            Reason::TooManyRuns { at_most: 5 },
        ];
        all.extend(left.map(|how| Reason::Left { how, what: None }));
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

    /// A decision stands in JSON with the facts of its reason beside its own: a key of both would be told twice.
    #[test]
    fn no_fact_is_called_as_something_a_decision_tells_itself() {
        for reason in all() {
            let json = serde_json::to_value(&reason).unwrap();
            for own in ["at", "friend", "scenario", "run", "step", "delivery", "code"] {
                assert!(json.get(own).is_none(), "{own} of {}", reason.word());
            }
        }
    }
}

//! What comes out: values, done by nobody yet.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::coupon::ledger::Entry;
use crate::model::{
    DeliveryKey, FriendKey, LineUserId, MenuName, MessageName, RichMenuId, ScenarioName, StepName, Timestamp,
};
use crate::policy::{Class, Reason};

/// One decision about one friend, with its reason (law 4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Decision {
    /// When it was taken.
    pub at: Timestamp,
    /// About whom.
    pub friend: FriendKey,
    /// In which scenario; none for what no scenario asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<ScenarioName>,
    /// In which of the friend's runs of it, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<u32>,
    /// At which step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepName>,
    /// Why, with the facts.
    #[serde(flatten)]
    pub reason: Reason,
    /// The delivery it led to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<DeliveryKey>,
}

impl Decision {
    /// The decision as one line of JSON, the reason's stable number beside it as `code`.
    pub fn to_json(&self) -> String {
        #[derive(Serialize)]
        struct Numbered<'a> {
            code: u16,
            #[serde(flatten)]
            decision: &'a Decision,
        }
        let numbered = Numbered { code: self.reason.number(), decision: self };
        serde_json::to_string(&numbered).expect("a decision has only string keys")
    }
}

/// One message to one friend, decided and final: the bytes never change from here on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Delivery {
    /// Its name for good.
    pub key: DeliveryKey,
    /// When it was decided.
    pub at: Timestamp,
    /// About whom.
    pub friend: FriendKey,
    /// To whom on LINE.
    pub user: LineUserId,
    /// Which scenario sends it.
    pub scenario: ScenarioName,
    /// Which of its steps.
    pub step: StepName,
    /// Which message of the playbook.
    pub message: MessageName,
    /// Advertising, or not.
    pub class: Class,
    /// LINE's `messages` array, as JSON text.
    pub messages: String,
}

/// Something for the host to do, decided and final: a letter on another channel than LINE, a row of a
/// sheet, a task for staff.
///
/// What is not confirmed is handed out again under the same key: whoever remembers the keys of what was
/// done does nothing twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Handover {
    /// Its name for good.
    pub key: DeliveryKey,
    /// When it was decided.
    pub at: Timestamp,
    /// About whom.
    pub friend: FriendKey,
    /// Which scenario asks for it.
    pub scenario: ScenarioName,
    /// Which of its steps.
    pub step: StepName,
    /// Whose it is: a channel of the playbook, or whatever the shop calls a part of its host: `webhook`,
    /// `sheet`, `staff`, `dm`.
    pub to: Box<str>,
    /// Which message of the playbook, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageName>,
    /// What is told, a JSON object as text: the fields of the letter.
    pub body: String,
}

impl Handover {
    /// The handover as one line of JSON, its body as the object it is.
    pub fn to_json(&self) -> String {
        #[derive(Serialize)]
        struct Told<'a> {
            key: DeliveryKey,
            at: Timestamp,
            friend: &'a FriendKey,
            scenario: &'a ScenarioName,
            step: &'a StepName,
            to: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            message: Option<&'a MessageName>,
            body: Option<&'a RawValue>,
        }
        let Self { key, at, friend, scenario, step, to, message, body } = self;
        // What somebody has kept in another form is told as null rather than not at all.
        let body = serde_json::from_str::<&RawValue>(body).ok();
        let told = Told { key: *key, at: *at, friend, scenario, step, to, message: message.as_ref(), body };
        serde_json::to_string(&told).expect("a handover has only string keys")
    }
}

/// Another rich menu for one friend, or none of their own any more.
///
/// Linking twice is linking once, so it needs no retry key and takes none (X05). Of several for one friend
/// the last decided must win.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MenuSwitch {
    /// Its name for good.
    pub key: DeliveryKey,
    /// When it was decided.
    pub at: Timestamp,
    /// About whom.
    pub friend: FriendKey,
    /// Who they are on LINE.
    pub user: LineUserId,
    /// The scenario that asks for it; none for a rule of the menu's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scenario: Option<ScenarioName>,
    /// Which of its steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepName>,
    /// Which of the playbook's menus; none for the account's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub menu: Option<MenuName>,
    /// LINE's id of it; none takes the friend's own away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rich_menu: Option<RichMenuId>,
}

/// Everything one step of the engine brought about, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Effects {
    /// What was decided.
    pub decisions: Vec<Decision>,
    /// What is to be sent.
    pub deliveries: Vec<Delivery>,
    /// What the host is to do.
    pub handovers: Vec<Handover>,
    /// Whose rich menu is to be switched.
    pub menus: Vec<MenuSwitch>,
    /// What the ledger of coupons is to know, where the shop keeps one.
    pub ledger: Vec<Entry>,
}

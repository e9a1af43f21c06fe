//! What comes out: values, done by nobody yet.

use serde::{Deserialize, Serialize};

use crate::model::{DeliveryKey, FriendKey, LineUserId, MessageName, ScenarioName, StepName, Timestamp};
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

/// Everything one step of the engine brought about, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Effects {
    /// What was decided.
    pub decisions: Vec<Decision>,
    /// What is to be sent.
    pub deliveries: Vec<Delivery>,
}

//! What a friend did, as far back as rules look.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{CartLine, EventId, EventName, PropertyName, Timestamp, Value};

/// Something friends do that is counted, beside orders.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Activity {
    /// Had a cart with something in it.
    Cart,
    /// Pressed a link or button.
    Click,
    /// The shop's own event.
    Event(EventName),
    /// Pressed a button that sends data back.
    Postback,
    /// Wrote to the account.
    Reply,
    /// Looked at a product.
    View,
}

/// One time that a friend did something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occurrence {
    /// When.
    pub at: Timestamp,
    /// The event that told it.
    pub id: EventId,
    /// What it was about: the link pressed, the text written, the data sent back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Box<str>>,
    /// The goods looked at, or in the cart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<CartLine>,
    /// What else the shop told of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub properties: BTreeMap<PropertyName, Value>,
}

impl Occurrence {
    /// Something done then, of which nothing else is told.
    pub const fn new(at: Timestamp, id: EventId) -> Self {
        Self { at, id, subject: None, lines: Vec::new(), properties: BTreeMap::new() }
    }
}

/// What a friend did, each activity in order of time, then of id.
///
/// Of each activity the latest [`KEPT`](Self::KEPT) occurrences are remembered, fewer where the
/// playbook looks back less far: see [`forget`](Self::forget).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct History(pub(crate) Vec<(Activity, Vec<Occurrence>)>);

impl History {
    /// The most occurrences of one activity that are remembered, so that nobody's record grows without bound.
    pub const KEPT: usize = 1000;

    /// Every remembered occurrence of an activity, oldest first.
    pub fn of(&self, activity: &Activity) -> &[Occurrence] {
        self.place(activity).map_or(&[], |place| self.0[place].1.as_slice())
    }

    /// The activities of which something is remembered.
    pub fn activities(&self) -> impl Iterator<Item = &Activity> {
        self.0.iter().map(|(activity, _)| activity)
    }

    /// Takes in an occurrence. In whatever order they come, the same ones are remembered.
    pub fn record(&mut self, activity: Activity, occurrence: Occurrence) {
        let place = match self.place(&activity) {
            Ok(place) => place,
            Err(place) => {
                self.0.insert(place, (activity, Vec::new()));
                place
            }
        };
        let known = &mut self.0[place].1;
        let at = known.partition_point(|other| (other.at, &other.id) < (occurrence.at, &occurrence.id));
        if known.get(at).is_some_and(|other| other.id == occurrence.id && other.at == occurrence.at) {
            return;
        }
        known.insert(at, occurrence);
        if known.len() > Self::KEPT {
            known.remove(0);
        }
    }

    /// Forgets what `remembered` denies.
    pub fn forget(&mut self, remembered: impl Fn(&Activity, Timestamp) -> bool) {
        for (activity, known) in &mut self.0 {
            known.retain(|occurrence| remembered(activity, occurrence.at));
        }
        self.0.retain(|(_, known)| !known.is_empty());
    }

    /// Joins what the same person did under another key.
    pub fn absorb(&mut self, other: Self) {
        for (activity, occurrences) in other.0 {
            for occurrence in occurrences {
                self.record(activity.clone(), occurrence);
            }
        }
    }

    fn place(&self, activity: &Activity) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.cmp(activity))
    }
}

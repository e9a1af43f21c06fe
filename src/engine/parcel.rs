//! Deliveries packed into as few requests as LINE allows.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::line::{
    Endpoint, MAX_RECIPIENTS, Messages, MessagesError, Recipients, RecipientsError, Request, RetryKey, SendOptions,
};
use crate::model::{DeliveryKey, LineUserId, Timestamp};
use crate::scenario::Delivery;

/// One LINE request, frozen: its bytes, its recipients and its key never change again (X09).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
#[non_exhaustive]
pub struct Parcel {
    /// What LINE gets as `X-Line-Retry-Key`.
    pub key: DeliveryKey,
    /// When it was decided.
    pub at: Timestamp,
    /// To whom, and which decision stands behind it.
    pub to: Vec<(LineUserId, DeliveryKey)>,
    /// LINE's `messages` array.
    messages: String,
}

/// A parcel as it lies in a store, before it is believed.
#[derive(Deserialize)]
struct Stored {
    key: DeliveryKey,
    at: Timestamp,
    to: Vec<(LineUserId, DeliveryKey)>,
    messages: String,
}

impl TryFrom<Stored> for Parcel {
    type Error = RecipientsError;

    fn try_from(Stored { key, at, to, messages }: Stored) -> Result<Self, RecipientsError> {
        Recipients::new(to.iter().map(|(user, _)| *user).collect::<Vec<_>>())?;
        Ok(Self { key, at, to, messages })
    }
}

impl Parcel {
    fn new(at: Timestamp, to: Vec<(LineUserId, DeliveryKey)>, messages: String) -> Self {
        let key = match to[..] {
            [(_, key)] => key,
            _ => {
                let keys: Vec<&[u8]> = to.iter().map(|(_, key)| key.as_bytes().as_slice()).collect();
                DeliveryKey::derive("enishi multicast 1", &keys)
            }
        };
        Self { key, at, to, messages }
    }

    /// The request: a push to one, a multicast to more.
    ///
    /// # Errors
    /// When what is stored is no longer what was packed.
    pub fn request(&self) -> Result<Request, MessagesError> {
        let messages = Messages::new(&self.messages)?;
        let (key, options) = (RetryKey::from(self.key), SendOptions::default());
        Ok(match self.to[..] {
            [(user, _)] => Request::push(user, &messages, key, &options),
            _ => {
                let users: Vec<LineUserId> = self.to.iter().map(|(user, _)| *user).collect();
                let users = Recipients::new(users).expect("packed as 1 to 500 different users");
                Request::multicast(&users, &messages, key, &options)
            }
        })
    }

    /// What the request will be.
    pub fn endpoint(&self) -> Endpoint {
        if self.to.len() == 1 { Endpoint::Push } else { Endpoint::Multicast }
    }

    /// The same message in two parcels, each with a key of its own: for a multicast LINE refused
    /// because of some recipient (X08). Nothing of it was accepted, so new keys send nothing twice.
    /// Recipients at the places in `bad` get a parcel each. `None` for a parcel to one.
    pub fn split(&self, bad: &[usize]) -> Option<Vec<Self>> {
        if self.to.len() < 2 {
            return None;
        }
        let part = |to: Vec<_>| Self::new(self.at, to, self.messages.clone());
        let (named, rest): (Vec<_>, Vec<_>) = (0..self.to.len()).partition(|place| bad.contains(place));
        let at = |places: &[usize]| places.iter().map(|place| self.to[*place]).collect::<Vec<_>>();
        let mut parts: Vec<Self> = named.iter().map(|place| part(vec![self.to[*place]])).collect();
        if named.is_empty() {
            let (left, right) = rest.split_at(rest.len() / 2);
            parts.extend([part(at(left)), part(at(right))]);
        } else if !rest.is_empty() {
            parts.push(part(at(&rest)));
        }
        Some(parts)
    }
}

/// Packs what was decided at one time: equal messages of one step together, up to 500 friends each,
/// in the order in which the first of them was decided.
pub fn pack(deliveries: &[Delivery]) -> Vec<Parcel> {
    let mut groups = BTreeMap::<_, Vec<(usize, &Delivery)>>::new();
    for (place, delivery) in deliveries.iter().enumerate() {
        let same = (delivery.scenario.as_str(), delivery.step.as_str(), delivery.messages.as_str());
        groups.entry(same).or_default().push((place, delivery));
    }
    let mut parcels: BTreeMap<usize, Parcel> = BTreeMap::new();
    for group in groups.into_values() {
        let mut open: Vec<(usize, &Delivery)> = Vec::new();
        let mut users: BTreeSet<LineUserId> = BTreeSet::new();
        for (place, delivery) in group {
            // Two messages to one person stay two: LINE does not say what it does with a doubled recipient.
            if open.len() == MAX_RECIPIENTS || users.contains(&delivery.user) {
                parcels.extend(close(&mut open));
                users.clear();
            }
            users.insert(delivery.user);
            open.push((place, delivery));
        }
        parcels.extend(close(&mut open));
    }
    parcels.into_values().collect()
}

/// Makes a parcel of what is open, with the place of its first delivery.
fn close(open: &mut Vec<(usize, &Delivery)>) -> Option<(usize, Parcel)> {
    let (place, first) = *open.first()?;
    let to = open.drain(..).map(|(_, delivery)| (delivery.user, delivery.key)).collect();
    Some((place, Parcel::new(first.at, to, first.messages.clone())))
}

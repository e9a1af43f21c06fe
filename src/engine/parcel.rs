//! Deliveries packed into as few requests as LINE allows.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::line::{Endpoint, MAX_RECIPIENTS, Messages, MessagesError, Recipients, Request, RetryKey, SendOptions};
use crate::model::{DeliveryKey, Event, EventId, Fact, FriendKey, LineUserId, RichMenuId, Timestamp};
use crate::scenario::{Delivery, MenuSwitch};

/// One LINE request, frozen: its bytes, its recipients and its key never change again (X09).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
#[non_exhaustive]
pub struct Parcel {
    /// What LINE gets as `X-Line-Retry-Key`, where it takes one.
    pub key: DeliveryKey,
    /// When it was decided.
    pub at: Timestamp,
    /// To whom, and which decision stands behind it.
    pub to: Vec<(LineUserId, DeliveryKey)>,
    /// What is asked of LINE.
    #[serde(flatten)]
    cargo: Cargo,
    /// Who is to hear that it arrived: the friends, one for each recipient, or nobody where no rule asks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tell: Vec<FriendKey>,
}

/// What is asked of LINE.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Cargo {
    /// To deliver these: LINE's `messages` array.
    Messages(String),
    /// To show this rich menu; none, the account's default.
    RichMenu(Option<RichMenuId>),
}

/// A parcel as it lies in a store, before it is believed.
#[derive(Deserialize)]
struct Stored {
    key: DeliveryKey,
    at: Timestamp,
    to: Vec<(LineUserId, DeliveryKey)>,
    #[serde(flatten)]
    cargo: Cargo,
    #[serde(default)]
    tell: Vec<FriendKey>,
}

impl TryFrom<Stored> for Parcel {
    type Error = String;

    fn try_from(Stored { key, at, to, cargo, tell }: Stored) -> Result<Self, String> {
        Recipients::new(to.iter().map(|(user, _)| *user).collect::<Vec<_>>()).map_err(|error| error.to_string())?;
        if !tell.is_empty() && tell.len() != to.len() {
            return Err(format!("{} friends are to be told of {} messages", tell.len(), to.len()));
        }
        if matches!(cargo, Cargo::RichMenu(_)) && (to.len() != 1 || !tell.is_empty()) {
            return Err(format!("a rich menu is one friend's own, not that of {}", to.len()));
        }
        Ok(Self { key, at, to, cargo, tell })
    }
}

impl Parcel {
    fn of_messages(at: Timestamp, to: Vec<(LineUserId, DeliveryKey)>, messages: String, tell: Vec<FriendKey>) -> Self {
        let key = match to[..] {
            [(_, key)] => key,
            _ => {
                let keys: Vec<&[u8]> = to.iter().map(|(_, key)| key.as_bytes().as_slice()).collect();
                DeliveryKey::derive("enishi multicast 1", &keys)
            }
        };
        Self { key, at, to, cargo: Cargo::Messages(messages), tell }
    }

    /// A switch of one friend's rich menu. Nobody is told of its arrival.
    pub fn of_menu(switch: &MenuSwitch) -> Self {
        let MenuSwitch { key, at, user, rich_menu, .. } = switch;
        let cargo = Cargo::RichMenu(rich_menu.clone());
        Self { key: *key, at: *at, to: vec![(*user, *key)], cargo, tell: Vec::new() }
    }

    /// Whose rich menu it switches. Of several for one friend the last must win, whatever is repeated: an
    /// outbox lends only that one, and no two of them at a time.
    pub fn menu_of(&self) -> Option<LineUserId> {
        match self.cargo {
            Cargo::RichMenu(_) => self.to.first().map(|(user, _)| *user),
            Cargo::Messages(_) => None,
        }
    }

    /// How many friends get messages by it.
    pub fn messages(&self) -> usize {
        match self.cargo {
            Cargo::Messages(_) => self.to.len(),
            Cargo::RichMenu(_) => 0,
        }
    }

    /// What is to be told once LINE has accepted it at `at`: to each friend that the message arrived,
    /// where the playbook asks for it. The ids are made of the deliveries', so telling it twice does no harm.
    pub fn arrivals(&self, at: Timestamp) -> impl Iterator<Item = Event> {
        self.tell.iter().zip(&self.to).map(move |(friend, (_, delivery))| Event {
            id: EventId::new(&format!("enishi:delivered:{delivery}")).expect("short and plain"),
            friend: friend.clone(),
            at,
            fact: Fact::Delivered { delivery: *delivery },
        })
    }

    /// The request: a push to one, a multicast to more, a rich menu linked or taken away.
    ///
    /// # Errors
    /// When what is stored is no longer what was packed.
    pub fn request(&self) -> Result<Request, MessagesError> {
        let messages = match &self.cargo {
            Cargo::Messages(messages) => Messages::new(messages)?,
            Cargo::RichMenu(menu) => return Ok(switch(self.to[0].0, menu.as_ref())),
        };
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
        match self.cargo {
            Cargo::RichMenu(Some(_)) => Endpoint::LinkRichMenu,
            Cargo::RichMenu(None) => Endpoint::UnlinkRichMenu,
            Cargo::Messages(_) if self.to.len() == 1 => Endpoint::Push,
            Cargo::Messages(_) => Endpoint::Multicast,
        }
    }

    /// The same message in two parcels, each with a key of its own: for a multicast LINE refused
    /// because of some recipient (X08). Nothing of it was accepted, so new keys send nothing twice.
    /// Recipients at the places in `bad` get a parcel each. `None` for a parcel to one.
    pub fn split(&self, bad: &[usize]) -> Option<Vec<Self>> {
        let Cargo::Messages(messages) = &self.cargo else { return None };
        if self.to.len() < 2 {
            return None;
        }
        let part = |places: &[usize]| {
            let to = places.iter().map(|place| self.to[*place]).collect();
            let tell = places.iter().filter_map(|place| self.tell.get(*place)).cloned().collect();
            Self::of_messages(self.at, to, messages.clone(), tell)
        };
        let (named, rest): (Vec<_>, Vec<_>) = (0..self.to.len()).partition(|place| bad.contains(place));
        let mut parts: Vec<Self> = named.iter().map(|place| part(&[*place])).collect();
        if named.is_empty() {
            let (left, right) = rest.split_at(rest.len() / 2);
            parts.extend([part(left), part(right)]);
        } else if !rest.is_empty() {
            parts.push(part(&rest));
        }
        Some(parts)
    }
}

fn switch(user: LineUserId, menu: Option<&RichMenuId>) -> Request {
    match menu {
        Some(menu) => Request::link_rich_menu(user, menu),
        None => Request::unlink_rich_menu(user),
    }
}

/// Packs what was decided at one time: equal messages of one step together, up to 500 friends each,
/// in the order in which the first of them was decided. Nobody is told of their arrival; for that see
/// [`Engine::take_parcels`](super::Engine::take_parcels).
pub fn pack(deliveries: &[Delivery]) -> Vec<Parcel> {
    pack_as(deliveries, Arrivals::Untold)
}

/// Is it to be told when messages arrive?
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Arrivals {
    Told,
    Untold,
}

pub(super) fn pack_as(deliveries: &[Delivery], arrivals: Arrivals) -> Vec<Parcel> {
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
                parcels.extend(close(&mut open, arrivals));
                users.clear();
            }
            users.insert(delivery.user);
            open.push((place, delivery));
        }
        parcels.extend(close(&mut open, arrivals));
    }
    parcels.into_values().collect()
}

/// Makes a parcel of what is open, with the place of its first delivery.
fn close(open: &mut Vec<(usize, &Delivery)>, arrivals: Arrivals) -> Option<(usize, Parcel)> {
    let (place, first) = *open.first()?;
    let tell = open.iter().map(|(_, delivery)| delivery.friend.clone());
    let tell = tell.filter(|_| arrivals == Arrivals::Told).collect();
    let to = open.drain(..).map(|(_, delivery)| (delivery.user, delivery.key)).collect();
    Some((place, Parcel::of_messages(first.at, to, first.messages.clone(), tell)))
}

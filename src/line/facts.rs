//! From LINE's events to the engine's.

use super::{EventKind, MalformedEvent, MessageContent, Mode, Source, Webhook, WebhookEvent};
use crate::model::{Event, EventId, Fact, FriendKey, LineUserId, Timestamp};

/// What an event of LINE's tells about a friend.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "a receiver must decide about all three")]
pub enum Reading {
    /// Something to record.
    Fact(Event),
    /// Something to record once the host has said who the member is.
    Link(PendingLink),
    /// Nothing, and why.
    Nothing(NoFact),
}

/// An account link that waits for its member: only the shop knows whom it gave the nonce.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingLink {
    /// The id the fact will have.
    pub id: EventId,
    /// Who, on LINE's side.
    pub friend: FriendKey,
    /// When.
    pub at: Timestamp,
    /// What the shop's login page gave LINE. It is good for one link only.
    pub nonce: Box<str>,
}

impl PendingLink {
    /// The fact to record when the nonce was given to `member`.
    pub fn linked_to(self, member: FriendKey) -> Event {
        Event { id: self.id, friend: self.friend, at: self.at, fact: Fact::Link { member } }
    }
}

/// Why an event tells nothing to record. None of these is an error of the host's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoFact {
    /// It cannot be read.
    #[error(transparent)]
    Malformed(MalformedEvent),
    /// Another module speaks with this user now.
    #[error("the channel is not active for this event")]
    NotActive,
    /// A kind that came into being after this was written.
    #[error("events of the kind `{kind}` are not known")]
    UnknownKind {
        /// LINE's name for it.
        kind: Box<str>,
    },
    /// A kind that says nothing an engine records. The host may still want it: an `unsend` asks
    /// for a kept message to be deleted.
    #[error("events of the kind `{kind}` tell nothing to record about a friend")]
    Silent {
        /// LINE's name for it.
        kind: Box<str>,
    },
    /// An account link that LINE refused.
    #[error("the account link failed")]
    LinkFailed,
    /// Said in a group, to everybody there.
    #[error("it happened in a group")]
    InGroup,
    /// LINE may not say who it was, or the place is of a kind nobody knows.
    #[error("it does not say who it was")]
    NoUser,
    /// The user id is not one.
    #[error("`{user}` is not a LINE user id")]
    BadUser {
        /// What stands there.
        user: Box<str>,
    },
    /// Without a usable `webhookEventId` a second copy could not be told from the first (X15).
    #[error("it has no usable webhookEventId")]
    NoId,
}

/// The key of a friend who is known by the LINE account: `line:U4af4980629…`.
///
/// LINE's user ids belong to a provider, so a shop with channels of two providers has two shops.
pub fn friend_key(user: LineUserId) -> FriendKey {
    FriendKey::new(&format!("line:{user}")).expect("38 plain characters are a name")
}

impl Webhook {
    /// What each event tells, one reading for one event, in their order.
    pub fn readings(&self) -> impl ExactSizeIterator<Item = Reading> {
        self.events.iter().map(|event| match event {
            Ok(event) => event.reading(),
            Err(malformed) => Reading::Nothing(NoFact::Malformed(malformed.clone())),
        })
    }
}

impl WebhookEvent {
    /// What the event tells. Its id is `line:` and the `webhookEventId`, so that every copy of
    /// the event is the same fact.
    ///
    /// ```
    /// use enishi::line::{Reading, Webhook};
    /// use enishi::model::Fact;
    ///
    /// let body = br#"{"events":[{"type":"follow","mode":"active","timestamp":1775041200000,
    ///     "webhookEventId":"01FZ74A0TDDPYRVKNK77XKC3ZR","deliveryContext":{"isRedelivery":false},
    ///     "source":{"type":"user","userId":"U4af4980629000000000000000000abcd"}}]}"#;
    /// let Some(Reading::Fact(event)) = Webhook::parse(body)?.readings().next() else { panic!() };
    /// assert_eq!(event.id.as_str(), "line:01FZ74A0TDDPYRVKNK77XKC3ZR");
    /// assert!(matches!(event.fact, Fact::Follow { unblocked: None, .. }));
    /// # Ok::<(), enishi::line::WebhookError>(())
    /// ```
    pub fn reading(&self) -> Reading {
        self.try_reading().unwrap_or_else(Reading::Nothing)
    }

    fn try_reading(&self) -> Result<Reading, NoFact> {
        if self.mode != Mode::Active {
            return Err(NoFact::NotActive);
        }
        let fact = match &self.kind {
            EventKind::Follow { unblocked } => Fact::Follow { user: self.user()?, unblocked: *unblocked, route: None },
            EventKind::Unfollow => Fact::Unfollow,
            EventKind::Message(message) => Fact::Message {
                text: match &message.content {
                    MessageContent::Text { text } => Some(text.clone()),
                    _ => None,
                },
            },
            EventKind::Postback { data } => Fact::Postback { data: data.clone() },
            EventKind::AccountLink { ok: true, nonce } => {
                let (id, friend) = (self.event_id()?, friend_key(self.user()?));
                return Ok(Reading::Link(PendingLink { id, friend, at: self.at, nonce: nonce.clone() }));
            }
            EventKind::AccountLink { ok: false, .. } => return Err(NoFact::LinkFailed),
            EventKind::Unknown { kind } => return Err(NoFact::UnknownKind { kind: kind.clone() }),
            silent => return Err(NoFact::Silent { kind: silent.name().into() }),
        };
        let friend = friend_key(self.user()?);
        Ok(Reading::Fact(Event { id: self.event_id()?, friend, at: self.at, fact }))
    }

    fn user(&self) -> Result<LineUserId, NoFact> {
        match &self.source {
            Some(Source::User { user: Some(user) }) => user.parse().map_err(|_| NoFact::BadUser { user: user.clone() }),
            Some(Source::Group { .. } | Source::Room { .. }) => Err(NoFact::InGroup),
            Some(Source::User { user: None } | Source::Unknown { .. }) | None => Err(NoFact::NoUser),
        }
    }

    fn event_id(&self) -> Result<EventId, NoFact> {
        let id = self.id.as_ref().filter(|id| !id.is_empty()).ok_or(NoFact::NoId)?;
        EventId::new(&format!("line:{id}")).map_err(|_| NoFact::NoId)
    }
}

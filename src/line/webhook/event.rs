//! One event of a webhook.

use crate::model::Timestamp;

/// An event that could be read.
///
/// Ids are kept as LINE wrote them; they get their types when a fact is made of the event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookEvent {
    /// LINE's `webhookEventId`, the same in every copy of the event. Bodies of before 2022 have
    /// none.
    pub id: Option<Box<str>>,
    /// When it happened; the same also when delivered again.
    pub at: Timestamp,
    /// May the account act on it?
    pub mode: Mode,
    /// Delivered before, as far as LINE knows. A copy may also come without this flag, so it
    /// is `id` that tells copies apart (X15).
    pub redelivery: bool,
    /// Who and where; not sent where it makes no sense.
    pub source: Option<Source>,
    /// The right to one free answer.
    pub reply_token: Option<ReplyToken>,
    /// What happened.
    pub kind: EventKind,
    /// The whole event as LINE wrote it, for whatever is not taken apart here.
    pub json: Box<str>,
}

impl WebhookEvent {
    /// The last instant to count on the reply token of an event that was received at `received`,
    /// or `None` when it has none.
    ///
    /// LINE's rule: a minute from receipt, and for an event delivered again no later than twenty
    /// minutes after it happened. LINE may shorten it without notice, so a refused token is always
    /// possible (X11).
    pub fn reply_until(&self, received: Timestamp) -> Option<Timestamp> {
        self.reply_token.as_ref()?;
        let minute = received.plus_millis(60_000);
        Some(if self.redelivery { minute.min(self.at.plus_millis(20 * 60_000)) } else { minute })
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventKind {
    /// Someone wrote.
    Message(Message),
    /// Someone changed what they wrote. Groups only; the id is that of the first version.
    MessageEdited(Message),
    /// Someone took a message back. LINE asks that it be deleted wherever it was kept.
    Unsend {
        /// Which.
        message: Box<str>,
    },
    /// Added the account, or unblocked it.
    Follow {
        /// LINE's `isUnblocked`, "not fully accurate" in its own words. Older bodies do not say,
        /// and then neither may be assumed (X17).
        unblocked: Option<bool>,
    },
    /// Blocked the account; also by someone who never followed it (X16).
    Unfollow,
    /// The account was taken into a group.
    Join,
    /// The account left a group.
    Leave,
    /// People came into a group.
    MemberJoined,
    /// People left a group.
    MemberLeft,
    /// Pressed a button that sends data back.
    Postback {
        /// The data.
        data: Box<str>,
    },
    /// Saw a video to its end.
    VideoPlayComplete {
        /// The name the sender gave the video.
        tracking_id: Box<str>,
    },
    /// Came near a beacon.
    Beacon,
    /// Tried to link the LINE account with the shop's membership.
    AccountLink {
        /// It worked.
        ok: bool,
        /// What the shop gave the link page, and knows its member by.
        nonce: Box<str>,
    },
    /// Joined, left or renewed a paid membership of the account.
    Membership,
    /// A notification message to a telephone number arrived.
    Delivery {
        /// The delivery tag it was sent with.
        data: Box<str>,
    },
    /// Module channels: attached or detached.
    Module,
    /// Module channels: this one may act now.
    Activated,
    /// Module channels: this one may act no longer.
    Deactivated,
    /// Module channels: the account was suspended.
    BotSuspended,
    /// Module channels: the account was freed again.
    BotResumed,
    /// A kind that came into being after this was written.
    Unknown {
        /// LINE's name for it.
        kind: Box<str>,
    },
}

impl EventKind {
    /// LINE's name for the kind: `message`, `memberJoined`.
    pub fn name(&self) -> &str {
        match self {
            Self::Message(_) => "message",
            Self::MessageEdited(_) => "messageEdited",
            Self::Unsend { .. } => "unsend",
            Self::Follow { .. } => "follow",
            Self::Unfollow => "unfollow",
            Self::Join => "join",
            Self::Leave => "leave",
            Self::MemberJoined => "memberJoined",
            Self::MemberLeft => "memberLeft",
            Self::Postback { .. } => "postback",
            Self::VideoPlayComplete { .. } => "videoPlayComplete",
            Self::Beacon => "beacon",
            Self::AccountLink { .. } => "accountLink",
            Self::Membership => "membership",
            Self::Delivery { .. } => "delivery",
            Self::Module => "module",
            Self::Activated => "activated",
            Self::Deactivated => "deactivated",
            Self::BotSuspended => "botSuspended",
            Self::BotResumed => "botResumed",
            Self::Unknown { kind } => kind,
        }
    }
}

/// What someone wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// LINE's id of it: digits, too many for a number.
    pub id: Box<str>,
    /// The content.
    pub content: MessageContent,
}

/// The contents a message can have.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MessageContent {
    /// Text, where LINE's own emoji stand as words in brackets.
    Text {
        /// The text.
        text: Box<str>,
    },
    /// A picture.
    Image,
    /// A video.
    Video,
    /// A sound.
    Audio,
    /// A file.
    File,
    /// A place.
    Location,
    /// A sticker.
    Sticker,
    /// A content that came into being after this was written.
    Unknown {
        /// LINE's name for it.
        kind: Box<str>,
    },
}

/// May the account act?
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mode {
    /// Yes. Also where nothing is said, as in bodies of before 2020.
    Active,
    /// No: another module speaks with this user now. There is no reply token.
    Standby,
    /// A mode that came into being after this was written; keep still.
    Unknown {
        /// LINE's name for it.
        mode: Box<str>,
    },
}

/// Where it happened, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// In the talk with one person.
    User {
        /// Who.
        user: Option<Box<str>>,
    },
    /// In a group.
    Group {
        /// Which.
        group: Box<str>,
        /// Who, when LINE may say.
        user: Option<Box<str>>,
    },
    /// In a talk of several people.
    Room {
        /// Which.
        room: Box<str>,
        /// Who, when LINE may say.
        user: Option<Box<str>>,
    },
    /// A place that came into being after this was written.
    Unknown {
        /// LINE's name for it.
        kind: Box<str>,
    },
}

/// The right to answer one event once, free of charge, within [a minute](WebhookEvent::reply_until).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyToken(Box<str>);

impl ReplyToken {
    /// The token LINE gave.
    pub fn new(token: impl Into<Box<str>>) -> Self {
        Self(token.into())
    }

    /// The token.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An event that could not be read, in its place among the others (X14).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a webhook event cannot be read: {why}")]
pub struct MalformedEvent {
    /// What is wrong, with its line and column inside the event. May quote the event.
    pub why: Box<str>,
    /// The event as LINE wrote it.
    pub json: Box<str>,
}

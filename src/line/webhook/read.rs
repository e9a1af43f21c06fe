//! From the JSON of one event to the event: the fields all have, then those of its kind.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::object::Object;
use super::{EventKind, MalformedEvent, Message, MessageContent, Mode, ReplyToken, Source, WebhookEvent};
use crate::model::Timestamp;

impl WebhookEvent {
    pub(super) fn read(json: &str) -> Result<Self, MalformedEvent> {
        read(json).map_err(|why| MalformedEvent { why: why.to_string().into(), json: json.into() })
    }
}

fn read(json: &str) -> serde_json::Result<WebhookEvent> {
    let common: Common = object(json)?;
    Ok(WebhookEvent {
        id: common.webhook_event_id,
        at: common.timestamp,
        mode: match common.mode {
            None => Mode::Active,
            Some(mode) if &*mode == "active" => Mode::Active,
            Some(mode) if &*mode == "standby" => Mode::Standby,
            Some(mode) => Mode::Unknown { mode },
        },
        redelivery: common.delivery_context.and_then(|Object(context)| context.is_redelivery).unwrap_or(false),
        source: common.source.map(|Object(source)| source.into()),
        reply_token: common.reply_token.map(ReplyToken::new),
        kind: kind(common.kind, json)?,
        json: json.into(),
    })
}

/// The fields of a kind are asked for only once the kind is known: a kind of tomorrow may use the
/// same field names for other things.
fn kind(kind: Box<str>, json: &str) -> serde_json::Result<EventKind> {
    Ok(match &*kind {
        "message" => EventKind::Message(message(json)?),
        "messageEdited" => EventKind::MessageEdited(message(json)?),
        "unsend" => EventKind::Unsend { message: object::<UnsendEvent>(json)?.unsend.0.message_id },
        "follow" => {
            let follow = object::<FollowEvent>(json)?.follow;
            EventKind::Follow { unblocked: follow.and_then(|Object(follow)| follow.is_unblocked) }
        }
        "unfollow" => EventKind::Unfollow,
        "join" => EventKind::Join,
        "leave" => EventKind::Leave,
        "memberJoined" => EventKind::MemberJoined,
        "memberLeft" => EventKind::MemberLeft,
        "postback" => EventKind::Postback { data: object::<PostbackEvent>(json)?.postback.0.data },
        "videoPlayComplete" => EventKind::VideoPlayComplete {
            tracking_id: object::<VideoPlayCompleteEvent>(json)?.video_play_complete.0.tracking_id,
        },
        "beacon" => EventKind::Beacon,
        "accountLink" => {
            let Object(link) = object::<AccountLinkEvent>(json)?.link;
            EventKind::AccountLink { ok: &*link.result == "ok", nonce: link.nonce }
        }
        "membership" => EventKind::Membership,
        "delivery" => EventKind::Delivery { data: object::<DeliveryEvent>(json)?.delivery.0.data },
        "module" => EventKind::Module,
        "activated" => EventKind::Activated,
        "deactivated" => EventKind::Deactivated,
        "botSuspended" => EventKind::BotSuspended,
        "botResumed" => EventKind::BotResumed,
        _ => EventKind::Unknown { kind },
    })
}

fn message(json: &str) -> serde_json::Result<Message> {
    let Object(head) = object::<MessageEvent<MessageHead>>(json)?.message;
    let content = match &*head.kind {
        "text" => MessageContent::Text { text: object::<MessageEvent<MessageText>>(json)?.message.0.text },
        "image" => MessageContent::Image,
        "video" => MessageContent::Video,
        "audio" => MessageContent::Audio,
        "file" => MessageContent::File,
        "location" => MessageContent::Location,
        "sticker" => MessageContent::Sticker,
        _ => MessageContent::Unknown { kind: head.kind },
    };
    Ok(Message { id: head.id, content })
}

fn object<T: DeserializeOwned>(json: &str) -> serde_json::Result<T> {
    serde_json::from_str(json).map(|Object(it)| it)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Common {
    #[serde(rename = "type")]
    kind: Box<str>,
    timestamp: Timestamp,
    mode: Option<Box<str>>,
    source: Option<Object<WireSource>>,
    webhook_event_id: Option<Box<str>>,
    delivery_context: Option<Object<DeliveryContext>>,
    reply_token: Option<Box<str>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DeliveryContext {
    is_redelivery: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireSource {
    #[serde(rename = "type")]
    kind: Box<str>,
    user_id: Option<Box<str>>,
    group_id: Option<Box<str>>,
    room_id: Option<Box<str>>,
}

impl From<WireSource> for Source {
    fn from(wire: WireSource) -> Self {
        let WireSource { kind, user_id: user, group_id, room_id } = wire;
        match (&*kind, group_id, room_id) {
            ("user", ..) => Self::User { user },
            ("group", Some(group), _) => Self::Group { group, user },
            ("room", _, Some(room)) => Self::Room { room, user },
            _ => Self::Unknown { kind },
        }
    }
}

#[derive(Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
struct MessageEvent<T> {
    message: Object<T>,
}

#[derive(Deserialize)]
struct MessageHead {
    id: Box<str>,
    #[serde(rename = "type")]
    kind: Box<str>,
}

#[derive(Deserialize)]
struct MessageText {
    text: Box<str>,
}

#[derive(Deserialize)]
struct UnsendEvent {
    unsend: Object<Unsend>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Unsend {
    message_id: Box<str>,
}

#[derive(Deserialize)]
struct FollowEvent {
    follow: Option<Object<Follow>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Follow {
    is_unblocked: Option<bool>,
}

#[derive(Deserialize)]
struct PostbackEvent {
    postback: Object<Data>,
}

#[derive(Deserialize)]
struct DeliveryEvent {
    delivery: Object<Data>,
}

#[derive(Deserialize)]
struct Data {
    data: Box<str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VideoPlayCompleteEvent {
    video_play_complete: Object<VideoPlayComplete>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VideoPlayComplete {
    tracking_id: Box<str>,
}

#[derive(Deserialize)]
struct AccountLinkEvent {
    link: Object<AccountLink>,
}

#[derive(Deserialize)]
struct AccountLink {
    result: Box<str>,
    nonce: Box<str>,
}

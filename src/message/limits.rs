//! LINE's limits on message objects (Messaging API reference, "Message objects").

use serde_json::{Map, Value as Json};

use super::content::MessageFault;

/// Message objects in one request.
pub(super) const MAX_OBJECTS: usize = 5;
/// UTF-16 code units of a text: LINE counts so, an emoji outside the BMP as two.
const MAX_TEXT: usize = 5000;
const MAX_ALT_TEXT: usize = 1500;
const MAX_URL: usize = 2000;
/// Characters of what a coupon's views are counted under.
const MAX_DELIVERY_TAG: usize = 30;

/// Every kind of message object with the keys it must have.
const KINDS: &[(&str, &[&str])] = &[
    ("text", &["text"]),
    ("textV2", &["text"]),
    ("sticker", &["packageId", "stickerId"]),
    ("image", &["originalContentUrl", "previewImageUrl"]),
    ("video", &["originalContentUrl", "previewImageUrl"]),
    ("audio", &["originalContentUrl", "duration"]),
    ("location", &["title", "address", "latitude", "longitude"]),
    ("imagemap", &["baseUrl", "altText", "baseSize", "actions"]),
    ("template", &["altText", "template"]),
    ("flex", &["altText", "contents"]),
    ("coupon", &["couponId"]),
];

/// The faults of one message object; `at` is its path.
pub(super) fn check(object: &Map<String, Json>, at: &str, faults: &mut Vec<MessageFault>) {
    let mut fault = |key: &str, message: String| {
        let path = if key.is_empty() { at.to_owned() } else { format!("{at}.{key}") };
        faults.push(MessageFault { path, message });
    };
    let Some(kind) = object.get("type").and_then(Json::as_str) else {
        return fault("type", "a message object needs its `type`, such as \"text\"".into());
    };
    let Some((_, required)) = KINDS.iter().find(|(name, _)| *name == kind) else {
        let known: Vec<_> = KINDS.iter().map(|(name, _)| *name).collect();
        return fault("type", format!("LINE has no `{kind}` messages; it has {}", known.join(", ")));
    };
    for key in required.iter().filter(|key| !object.contains_key(**key)) {
        fault("", format!("a `{kind}` message needs `{key}`"));
    }
    for (key, most) in [("text", MAX_TEXT), ("altText", MAX_ALT_TEXT)] {
        let Some(value) = object.get(key) else { continue };
        match value.as_str().map(utf16_len) {
            None => fault(key, "must be a text".into()),
            Some(0) => fault(key, "may not be empty".into()),
            Some(units) if units > most => {
                fault(
                    key,
                    format!("{units} UTF-16 units: LINE takes at most {most}, counting an emoji as two or more"),
                );
            }
            Some(_) => {}
        }
    }
    if kind == "coupon" {
        check_coupon(object, &mut fault);
    }
    for key in ["originalContentUrl", "previewImageUrl", "baseUrl"] {
        let Some(value) = object.get(key) else { continue };
        match value.as_str() {
            Some(url) if url.len() > MAX_URL => fault(key, format!("an address has at most {MAX_URL} characters")),
            Some(url) if url.starts_with("https://") => {}
            _ => fault(key, "an address begins with https://".into()),
        }
    }
}

/// One of LINE's own coupons, and what its statistics count it under.
fn check_coupon(object: &Map<String, Json>, fault: &mut impl FnMut(&str, String)) {
    if let Some(id) = object.get("couponId")
        && id.as_str().is_none_or(str::is_empty)
    {
        fault("couponId", "LINE's id of the coupon, as a text".into());
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let right = |tag: &str| (1..=MAX_DELIVERY_TAG).contains(&tag.len()) && tag.bytes().all(plain);
    if let Some(tag) = object.get("deliveryTag")
        && !tag.as_str().is_some_and(right)
    {
        fault("deliveryTag", format!("1 to {MAX_DELIVERY_TAG} letters, digits and underscores of ASCII"));
    }
}

fn utf16_len(text: &str) -> usize {
    text.encode_utf16().count()
}

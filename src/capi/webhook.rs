//! LINE's webhooks: is it LINE, and what does it tell?

use core::ffi::c_char;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::line::{ChannelSecret, Reading, Webhook, verify};
use crate::model::{Currency, EventId, FriendKey, Timestamp};

use super::boundary::call;
use super::buf::enishi_buf;
use super::error::enishi_error;
use super::incoming::{Out, bytes, text};

/// Did LINE write these bytes? ENISHI_STATUS_OK when `signature`, the value of the header
/// X-Line-Signature, was made over `body`, as it came off the wire, with the channel's secret; else
/// ENISHI_STATUS_SIGNATURE_MISMATCH: answer with 401 and forget the body.
///
/// # Safety
/// `secret` leads to `secret_len` bytes, `body` to `body_len`, `signature` to `signature_len`; `err`
/// is NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_webhook_verify(
    secret: *const c_char,
    secret_len: usize,
    body: *const c_char,
    body_len: usize,
    signature: *const c_char,
    signature_len: usize,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let secret = ChannelSecret::new(text(secret, secret_len, "secret")?)?;
            let signature = text(signature, signature_len, "signature")?;
            Ok(verify(&secret, bytes(body, body_len, "body")?, signature)?)
        })
    }
}

/// What the events of a webhook tell, one JSON object on each line and one line for each event:
/// {"record": event}, to be given to enishi_engine_record or enishi_friend_step; {"link": {"id",
/// "friend", "at", "nonce"}}, to be recorded as an event of the type "link" once the shop knows whom
/// it gave the nonce; or {"skip": "why"}. Verify the body first.
///
/// # Safety
/// `body` leads to `body_len` bytes; the other pointers are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_webhook_events(
    body: *const c_char,
    body_len: usize,
    out: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let webhook = Webhook::parse(bytes(body, body_len, "body")?)?;
            let lines: String = webhook.readings().flat_map(|reading| [line(reading), "\n".into()]).collect();
            out.write(lines.into());
            Ok(())
        })
    }
}

fn line(reading: Reading) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "lowercase")]
    enum Line {
        Record(Box<RawValue>),
        Link { id: EventId, friend: FriendKey, at: Timestamp, nonce: Box<str> },
        Skip(String),
    }
    let line = match reading {
        Reading::Fact(event) => {
            // Nothing LINE tells has money in it, so any currency writes it alike.
            let json = event.to_json(Currency::JPY);
            Line::Record(RawValue::from_string(json).expect("an event is JSON"))
        }
        Reading::Link(link) => Line::Link { id: link.id, friend: link.friend, at: link.at, nonce: link.nonce },
        Reading::Nothing(why) => Line::Skip(why.to_string()),
    };
    serde_json::to_string(&line).expect("it has only string keys")
}

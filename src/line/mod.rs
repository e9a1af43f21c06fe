//! LINE's own protocol as values: what comes in by webhook, what goes out by API, what LINE answers.
//!
//! Nothing here opens a socket or reads a clock. A request travels in this order:
//!
//! - in: [`verify`] the raw bytes, [`Webhook::parse`] them, and ask each event for its [`Reading`];
//! - out: a [`Request`] with its body frozen, sent by whoever has a socket, and the [`Answer`]
//!   judged from what came back.
//!
//! ```
//! use enishi::line::{ChannelSecret, Reading, Webhook, verify};
//!
//! let secret = ChannelSecret::new("8c570fa6dd201bb328f1c1eac23a96d8")?;
//! let body = br#"{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}"#;
//! verify(&secret, body, "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs=")?;
//!
//! for reading in Webhook::parse(body)?.readings() {
//!     match reading {
//!         Reading::Fact(event) => println!("record {event:?}"),
//!         Reading::Link(link) => println!("whose nonce is {}?", link.nonce),
//!         Reading::Nothing(why) => println!("{why}"),
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod answer;
mod coupon;
mod facts;
mod quota;
mod request;
mod retry_key;
mod signature;
mod webhook;

pub use answer::{Answer, HttpResponse, RequestId};
pub use coupon::{
    Acquisition, CashBack, CloseOutcome, Discount, LineCoupon, LineCouponError, LineCouponFault, LineCouponFaults,
    LineCouponId, LineCouponIdError, LineCouponPage, LineCouponStatus, LineCouponTitle, LineCoupons, LineZone,
    LineZoneError, NewLineCoupon, Reward, ToldAcquisition, ToldVisibility, Visibility,
};
pub use facts::{NoFact, PendingLink, Reading, friend_key};
pub use quota::{Consumption, Quota, QuotaError};
pub use request::{
    AggregationUnit, AggregationUnitError, Endpoint, HOST, MAX_MESSAGES, MAX_MESSAGES_BYTES, MAX_RECIPIENTS, Messages,
    MessagesError, Method, Notification, Recipients, RecipientsError, Request, SendOptions,
};
pub use retry_key::{
    RETRY_KEY_HEADER, RETRY_KEY_LIFE, RETRY_MARGIN, RetryKey, RetryKeyError, retry_deadline, retry_window,
};
pub use signature::{ChannelSecret, ChannelSecretError, SIGNATURE_HEADER, SignatureError, verify};
pub use webhook::{
    EventKind, MAX_WEBHOOK_BYTES, MAX_WEBHOOK_EVENTS, MalformedEvent, Message, MessageContent, Mode, ReplyToken,
    Source, Webhook, WebhookError, WebhookEvent,
};

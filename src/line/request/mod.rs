//! What is asked of LINE, as a value to be sent, stored and sent again.

mod body;
mod endpoint;

use std::borrow::Cow;

use super::{LineCouponFaults, LineCouponId, LineCoupons, NewLineCoupon, ReplyToken, RetryKey};
use crate::model::{LineUserId, RichMenuId, Timestamp};
use body::Body;
pub use body::{
    AggregationUnit, AggregationUnitError, MAX_MESSAGES, MAX_MESSAGES_BYTES, MAX_RECIPIENTS, Messages, MessagesError,
    Notification, Recipients, RecipientsError, SendOptions,
};
pub use endpoint::{Endpoint, HOST, Method};

/// One call of LINE's API.
///
/// It cannot be changed once made: what is sent again under the same [`RetryKey`] is the same to
/// the byte (X09). Whoever sends it adds `Authorization: Bearer …`, `Content-Type:
/// application/json` where there is a body, and [`RETRY_KEY_HEADER`](super::RETRY_KEY_HEADER)
/// where there is a key.
///
/// ```
/// use enishi::line::{Messages, Request, RetryKey, SendOptions};
/// let to = "U4af4980629000000000000000000abcd".parse()?;
/// let messages = Messages::new(r#"[{"type":"text","text":"ようこそ"}]"#)?;
/// let request = Request::push(to, &messages, RetryKey::derive(&[b"welcome"]), &SendOptions::default());
/// assert_eq!(request.path(), "/v2/bot/message/push");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    endpoint: Endpoint,
    path: Cow<'static, str>,
    body: Option<Box<[u8]>>,
    retry_key: Option<RetryKey>,
}

impl Request {
    /// Sends `messages` to one friend.
    pub fn push(to: LineUserId, messages: &Messages, key: RetryKey, options: &SendOptions) -> Self {
        let body = Body::new("to", &to).messages(messages).options(options);
        Self::send(Endpoint::Push, "/v2/bot/message/push", body, Some(key))
    }

    /// Sends `messages` to up to 500 friends, who share one fate: an answer that is no success
    /// means that nobody got them.
    pub fn multicast(to: &Recipients, messages: &Messages, key: RetryKey, options: &SendOptions) -> Self {
        let body = Body::new("to", to).messages(messages).options(options);
        Self::send(Endpoint::Multicast, "/v2/bot/message/multicast", body, Some(key))
    }

    /// Answers one event, free of charge. It takes no retry key: the token, good for one use, is
    /// what keeps a second answer from going out.
    pub fn reply(token: &ReplyToken, messages: &Messages, notification: Notification) -> Self {
        let body = Body::new("replyToken", token.as_str()).messages(messages).notification(notification);
        Self::send(Endpoint::Reply, "/v2/bot/message/reply", body, None)
    }

    /// Asks for this month's limit; [`Quota::parse`](super::Quota::parse) reads the answer.
    pub fn quota() -> Self {
        Self::bare(Endpoint::Quota, "/v2/bot/message/quota")
    }

    /// Asks how much of it is used; [`Consumption::parse`](super::Consumption::parse) reads the
    /// answer.
    pub fn consumption() -> Self {
        Self::bare(Endpoint::Consumption, "/v2/bot/message/quota/consumption")
    }

    /// Asks for a friend's name, picture and language. Answered with 404 for those who blocked
    /// the account or never followed it.
    pub fn profile(user: LineUserId) -> Self {
        Self::bare(Endpoint::Profile, format!("/v2/bot/profile/{user}"))
    }

    /// Shows a friend this rich menu, in place of the one they saw. Linking twice is linking once, and no
    /// retry key is taken (X05). LINE answers 200 for whoever is no friend, with no effect, and shows no
    /// rich menu on computers (R8).
    pub fn link_rich_menu(user: LineUserId, menu: &RichMenuId) -> Self {
        Self::bare(Endpoint::LinkRichMenu, format!("/v2/bot/user/{user}/richmenu/{menu}"))
    }

    /// Takes a friend's own rich menu away. They see the account's default then, and none at all where it
    /// has none (X54).
    pub fn unlink_rich_menu(user: LineUserId) -> Self {
        Self::bare(Endpoint::UnlinkRichMenu, format!("/v2/bot/user/{user}/richmenu"))
    }

    /// Makes one of LINE's own coupons; [`LineCouponId::of_created`] reads the answer. LINE takes no retry key for it:
    /// when no answer comes, look for its title in the list before it is asked again, or there may be two.
    ///
    /// # Errors
    /// Everything LINE would refuse, at once.
    pub fn create_coupon(coupon: &NewLineCoupon, now: Timestamp) -> Result<Self, LineCouponFaults> {
        let body = coupon.body(now)?;
        let path = "/v2/bot/coupon".into();
        Ok(Self { endpoint: Endpoint::CreateCoupon, path, body: Some(body), retry_key: None })
    }

    /// Lists LINE's own coupons; [`LineCouponPage::parse`](super::LineCouponPage::parse) reads the answer.
    pub fn coupons(which: &LineCoupons) -> Self {
        Self::bare(Endpoint::Coupons, which.path())
    }

    /// Asks for one of them; [`LineCoupon::parse`](super::LineCoupon::parse) reads the answer. Answered with 404 for one
    /// that is unknown, or was made in another channel.
    pub fn coupon(id: &LineCouponId) -> Self {
        Self::bare(Endpoint::Coupon, format!("/v2/bot/coupon/{id}"))
    }

    /// Closes one for good, for those too who have got it; [`CloseOutcome::of`](super::CloseOutcome::of) says what
    /// became of it. Closing twice is closing once.
    pub fn close_coupon(id: &LineCouponId) -> Self {
        Self::bare(Endpoint::CloseCoupon, format!("/v2/bot/coupon/{id}/close"))
    }

    /// A send that was stored, to be sent again as it was: `None` for an endpoint that takes no key.
    pub fn stored(endpoint: Endpoint, body: Box<[u8]>, key: RetryKey) -> Option<Self> {
        let path = match endpoint {
            Endpoint::Push => "/v2/bot/message/push",
            Endpoint::Multicast => "/v2/bot/message/multicast",
            _ => return None,
        };
        Some(Self { endpoint, path: path.into(), body: Some(body), retry_key: Some(key) })
    }

    /// What is asked.
    pub fn endpoint(&self) -> Endpoint {
        self.endpoint
    }

    /// The HTTP method.
    pub fn method(&self) -> Method {
        self.endpoint.method()
    }

    /// The path at [`HOST`].
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The body, JSON in UTF-8. None where the path says it all.
    pub fn body(&self) -> Option<&[u8]> {
        self.body.as_deref()
    }

    /// The retry key; there on push and multicast, and on nothing else (X05).
    pub fn retry_key(&self) -> Option<RetryKey> {
        self.retry_key
    }

    fn send(endpoint: Endpoint, path: &'static str, body: Body, retry_key: Option<RetryKey>) -> Self {
        Self { endpoint, path: path.into(), body: Some(body.finish()), retry_key }
    }

    fn bare(endpoint: Endpoint, path: impl Into<Cow<'static, str>>) -> Self {
        Self { endpoint, path: path.into(), body: None, retry_key: None }
    }
}

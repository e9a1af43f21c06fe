//! The endpoints that the stand-in serves.

use hyper::Method;
use serde::{Deserialize, Serialize};

/// An endpoint of the Messaging API, in LINE's sense: a path template and a method
/// (REF "How rate limits work").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Endpoint {
    /// `POST /v2/bot/message/push`
    Push,
    /// `POST /v2/bot/message/multicast`
    Multicast,
    /// `POST /v2/bot/message/broadcast`
    Broadcast,
    /// `POST /v2/bot/message/reply`
    Reply,
    /// `GET /v2/bot/message/quota`
    Quota,
    /// `GET /v2/bot/message/quota/consumption`
    QuotaConsumption,
    /// `GET /v2/bot/profile/{userId}`
    Profile,
    /// `POST /v2/bot/user/{userId}/richmenu/{richMenuId}`
    LinkRichMenu,
    /// `DELETE /v2/bot/user/{userId}/richmenu`
    UnlinkRichMenu,
    /// `POST /v2/bot/coupon`
    CreateCoupon,
    /// `GET /v2/bot/coupon`
    Coupons,
    /// `GET /v2/bot/coupon/{couponId}`
    Coupon,
    /// `PUT /v2/bot/coupon/{couponId}/close`
    CloseCoupon,
    /// Anything else, which the stand-in answers with 404.
    Unknown,
}

impl Endpoint {
    pub(crate) fn of(method: &Method, path: &str) -> Self {
        match (method, path) {
            (&Method::POST, "/v2/bot/message/push") => Endpoint::Push,
            (&Method::POST, "/v2/bot/message/multicast") => Endpoint::Multicast,
            (&Method::POST, "/v2/bot/message/broadcast") => Endpoint::Broadcast,
            (&Method::POST, "/v2/bot/message/reply") => Endpoint::Reply,
            (&Method::GET, "/v2/bot/message/quota") => Endpoint::Quota,
            (&Method::GET, "/v2/bot/message/quota/consumption") => Endpoint::QuotaConsumption,
            (&Method::GET, path) if profile_user(path).is_some() => Endpoint::Profile,
            (&Method::POST, path) if linked_menu(path).is_some() => Endpoint::LinkRichMenu,
            (&Method::DELETE, path) if unlinked_user(path).is_some() => Endpoint::UnlinkRichMenu,
            (&Method::POST, COUPONS) => Endpoint::CreateCoupon,
            (&Method::GET, COUPONS) => Endpoint::Coupons,
            (&Method::GET, path) if coupon(path).is_some() => Endpoint::Coupon,
            (&Method::PUT, path) if closed_coupon(path).is_some() => Endpoint::CloseCoupon,
            _ => Endpoint::Unknown,
        }
    }

    /// Whether the request has a JSON body.
    pub(crate) fn has_body(self) -> bool {
        matches!(
            self,
            Endpoint::Push | Endpoint::Multicast | Endpoint::Broadcast | Endpoint::Reply | Endpoint::CreateCoupon
        )
    }

    /// REF "Retry failed API requests": push, multicast, narrowcast (not served here) and broadcast.
    pub(crate) fn takes_retry_key(self) -> bool {
        matches!(self, Endpoint::Push | Endpoint::Multicast | Endpoint::Broadcast)
    }
}

/// The user of `/v2/bot/profile/{userId}`.
pub(crate) fn profile_user(path: &str) -> Option<&str> {
    path.strip_prefix("/v2/bot/profile/").filter(|user| !user.is_empty() && !user.contains('/'))
}

/// The user and the menu of `/v2/bot/user/{userId}/richmenu/{richMenuId}`.
pub(crate) fn linked_menu(path: &str) -> Option<(&str, &str)> {
    let (user, menu) = path.strip_prefix("/v2/bot/user/")?.split_once("/richmenu/")?;
    let plain = |part: &str| !part.is_empty() && !part.contains('/');
    (plain(user) && plain(menu)).then_some((user, menu))
}

/// The user of `/v2/bot/user/{userId}/richmenu`.
pub(crate) fn unlinked_user(path: &str) -> Option<&str> {
    let user = path.strip_prefix("/v2/bot/user/")?.strip_suffix("/richmenu")?;
    Some(user).filter(|user| !user.is_empty() && !user.contains('/'))
}

const COUPONS: &str = "/v2/bot/coupon";

/// The coupon of `/v2/bot/coupon/{couponId}`.
pub(crate) fn coupon(path: &str) -> Option<&str> {
    path.strip_prefix("/v2/bot/coupon/").filter(|id| !id.is_empty() && !id.contains('/'))
}

/// The coupon of `/v2/bot/coupon/{couponId}/close`.
pub(crate) fn closed_coupon(path: &str) -> Option<&str> {
    path.strip_suffix("/close").and_then(coupon)
}

//! The calls of LINE's API that are made here.

/// Where all of them go, by HTTPS with TLS 1.2 or later.
pub const HOST: &str = "api.line.me";

/// A call. LINE counts its rate limits by channel and call, whatever stands in path and body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Endpoint {
    /// Send to one.
    Push,
    /// Send to many.
    Multicast,
    /// Answer an event.
    Reply,
    /// This month's limit of messages.
    Quota,
    /// The messages counted this month.
    Consumption,
    /// Who a friend is.
    Profile,
    /// Show a friend this rich menu.
    LinkRichMenu,
    /// Show a friend the account's default rich menu, if it has one.
    UnlinkRichMenu,
    /// Make one of LINE's own coupons.
    CreateCoupon,
    /// List them.
    Coupons,
    /// One of them.
    Coupon,
    /// Close one for good.
    CloseCoupon,
}

impl Endpoint {
    /// The HTTP method.
    pub const fn method(self) -> Method {
        match self {
            Self::Push | Self::Multicast | Self::Reply | Self::LinkRichMenu | Self::CreateCoupon => Method::Post,
            Self::Quota | Self::Consumption | Self::Profile | Self::Coupons | Self::Coupon => Method::Get,
            Self::UnlinkRichMenu => Method::Delete,
            Self::CloseCoupon => Method::Put,
        }
    }

    /// Does it send messages, so that the month's limit may stand against it?
    pub const fn sends(self) -> bool {
        matches!(self, Self::Push | Self::Multicast | Self::Reply)
    }

    /// Takes a retry key? Narrowcast and broadcast would too; no other call does (X05).
    pub const fn takes_retry_key(self) -> bool {
        matches!(self, Self::Push | Self::Multicast)
    }

    /// How many LINE takes from one channel in a second, by its reference of August 2026.
    pub const fn requests_per_second(self) -> u32 {
        match self {
            Self::Multicast | Self::CreateCoupon | Self::Coupons | Self::Coupon | Self::CloseCoupon => 200,
            Self::Push
            | Self::Reply
            | Self::Quota
            | Self::Consumption
            | Self::Profile
            | Self::LinkRichMenu
            | Self::UnlinkRichMenu => 2000,
        }
    }
}

/// The HTTP methods in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Method {
    /// GET, without a body.
    Get,
    /// POST, with a body where there is something to say.
    Post,
    /// PUT, without a body.
    Put,
    /// DELETE, without a body.
    Delete,
}

impl Method {
    /// As HTTP writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

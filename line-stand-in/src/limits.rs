//! Rate limits and the monthly quota.

use std::collections::HashMap;

use crate::Endpoint;

/// The limits of the channel. The default holds LINE's rate limits (REF "Rate limits") and no
/// monthly quota.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Push messages.
    pub push: RateLimit,
    /// Multicast messages.
    pub multicast: RateLimit,
    /// Broadcast messages.
    pub broadcast: RateLimit,
    /// Reply messages.
    pub reply: RateLimit,
    /// Each of the endpoints for coupons.
    pub coupons: RateLimit,
    /// Each other endpoint.
    pub other: RateLimit,
    /// How many recipients may be sent to in a calendar month; `None` is without a limit.
    pub monthly: Option<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            push: RateLimit::per_second(2_000),
            multicast: RateLimit::per_second(200),
            broadcast: RateLimit::per_hour(60),
            reply: RateLimit::per_second(2_000),
            coupons: RateLimit::per_second(200),
            other: RateLimit::per_second(2_000),
            monthly: None,
        }
    }
}

impl Limits {
    fn of(&self, endpoint: Endpoint) -> RateLimit {
        match endpoint {
            Endpoint::Push => self.push,
            Endpoint::Multicast => self.multicast,
            Endpoint::Broadcast => self.broadcast,
            Endpoint::Reply => self.reply,
            Endpoint::CreateCoupon | Endpoint::Coupons | Endpoint::Coupon | Endpoint::CloseCoupon => self.coupons,
            _ => self.other,
        }
    }
}

/// So many requests in so much time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    requests: u32,
    period_ms: u32,
}

impl RateLimit {
    /// A limit per second.
    pub const fn per_second(requests: u32) -> Self {
        Self { requests, period_ms: 1_000 }
    }

    /// A limit per hour.
    pub const fn per_hour(requests: u32) -> Self {
        Self { requests, period_ms: 3_600_000 }
    }
}

/// One token bucket per endpoint (REF "How rate limits work").
pub(crate) struct RateLimits {
    limits: Limits,
    buckets: HashMap<Endpoint, TokenBucket>,
}

impl RateLimits {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, buckets: HashMap::new() }
    }

    /// Takes a token for one request, if there is one.
    pub(crate) fn take(&mut self, endpoint: Endpoint, at: i64) -> bool {
        let limit = self.limits.of(endpoint);
        self.buckets.entry(endpoint).or_insert_with(|| TokenBucket::full(limit, at)).take(at)
    }
}

/// The unit of the level is a request times a millisecond, so that the arithmetic is exact: a
/// request costs `period_ms` units and each millisecond refills `requests` units.
struct TokenBucket {
    limit: RateLimit,
    level: u64,
    at: i64,
}

impl TokenBucket {
    fn full(limit: RateLimit, at: i64) -> Self {
        Self { limit, level: Self::capacity(limit), at }
    }

    /// LINE doesn't document the capacity; here it is one period's worth of requests.
    fn capacity(limit: RateLimit) -> u64 {
        u64::from(limit.requests) * u64::from(limit.period_ms)
    }

    fn take(&mut self, at: i64) -> bool {
        let elapsed = at.saturating_sub(self.at).max(0) as u64;
        self.at = at;
        self.level = elapsed
            .saturating_mul(u64::from(self.limit.requests))
            .saturating_add(self.level)
            .min(Self::capacity(self.limit));
        match self.level.checked_sub(u64::from(self.limit.period_ms)) {
            Some(rest) => {
                self.level = rest;
                true
            }
            None => false,
        }
    }
}

/// Counts recipients, not message objects (DOC "Messaging API pricing").
pub(crate) struct MonthlyQuota {
    cap: Option<u64>,
    month: i64,
    used: u64,
}

impl MonthlyQuota {
    pub(crate) fn new(cap: Option<u64>) -> Self {
        Self { cap, month: 0, used: 0 }
    }

    pub(crate) fn cap(&self) -> Option<u64> {
        self.cap
    }

    pub(crate) fn used(&mut self, at: i64) -> u64 {
        let month = month(at);
        if self.month != month {
            self.month = month;
            self.used = 0;
        }
        self.used
    }

    /// Takes the recipients of one request, all or none.
    pub(crate) fn take(&mut self, recipients: u64, at: i64) -> bool {
        let used = self.used(at) + recipients;
        let fits = self.cap.is_none_or(|cap| used <= cap);
        if fits {
            self.used = used;
        }
        fits
    }
}

/// Counts calendar months in UTC+9, the zone of all of LINE's date APIs; LINE doesn't state the zone
/// of the quota month itself. The arithmetic starts years in March, which puts the leap day last.
fn month(at: i64) -> i64 {
    const DAY: i64 = 86_400_000;
    const UTC_PLUS_9: i64 = 9 * 3_600_000;
    /// From 0000-03-01 to 1970-01-01.
    const EPOCH: i64 = 719_468;
    const DAYS_IN_400_YEARS: i64 = 146_097;

    let day = (at + UTC_PLUS_9).div_euclid(DAY) + EPOCH;
    let era = day.div_euclid(DAYS_IN_400_YEARS);
    let day = day.rem_euclid(DAYS_IN_400_YEARS);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    (era * 400 + year) * 12 + (5 * day + 2) / 153
}

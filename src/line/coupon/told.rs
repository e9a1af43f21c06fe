//! What LINE tells of its coupons.

use core::fmt::Write;
use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

use crate::line::Answer;
use crate::line::webhook::Object;
use crate::model::Timestamp;

use super::{LineCouponId, Reward};

/// Which coupons to list, a page at a time. LINE lists those made by API and those of its manager.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LineCoupons {
    /// Only those with one of these statuses; all of them when none is named.
    pub statuses: BTreeSet<LineCouponStatus>,
    /// So many a page, held to 1 to 100; 20 when none is told.
    pub limit: Option<u8>,
    /// Where the page begins: what [`LineCouponPage::next`] of the one before said.
    pub start: Option<Box<str>>,
}

/// Where a coupon is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum LineCouponStatus {
    /// Not published yet. The API makes none of these.
    Draft,
    /// Can be got and used, if its time has come.
    Running,
    /// Closed for good.
    Closed,
}

impl LineCoupons {
    pub(in crate::line) fn path(&self) -> String {
        let mut path = String::from("/v2/bot/coupon");
        let mut separator = '?';
        let mut pair = |key: &str, value: &str| {
            write!(path, "{separator}{key}={value}").expect("a String takes all");
            separator = '&';
        };
        for status in &self.statuses {
            pair("status", status.as_str());
        }
        if let Some(start) = &self.start {
            pair("start", &encoded(start));
        }
        if let Some(limit) = self.limit {
            pair("limit", &limit.clamp(1, 100).to_string());
        }
        path
    }
}

/// LINE's text can hold anything, and nothing of it may lead elsewhere in the path.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(char::from(byte)),
            other => write!(encoded, "%{other:02X}").expect("a String takes all"),
        }
    }
    encoded
}

impl LineCouponStatus {
    const ALL: [Self; 3] = [Self::Draft, Self::Running, Self::Closed];

    /// LINE's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::Running => "RUNNING",
            Self::Closed => "CLOSED",
        }
    }
}

impl LineCouponId {
    /// Reads the answer to [`Request::create_coupon`](crate::line::Request::create_coupon).
    ///
    /// # Errors
    /// When it is something else. The coupon may have been made all the same: look for it in the list.
    pub fn of_created(body: &[u8]) -> Result<Self, LineCouponError> {
        let wire: WireId = object(body)?;
        id(&wire.coupon_id)
    }
}

/// One page of the list, from the answer to [`Request::coupons`](crate::line::Request::coupons).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LineCouponPage {
    /// The coupons of this page.
    pub coupons: Vec<LineCouponTitle>,
    /// Where the next page begins; none when this was the last.
    pub next: Option<Box<str>>,
}

/// A coupon as the list has it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LineCouponTitle {
    /// Its id.
    pub id: LineCouponId,
    /// Its title.
    pub title: Box<str>,
}

impl LineCouponPage {
    /// Reads a page.
    ///
    /// # Errors
    /// When it is something else.
    pub fn parse(body: &[u8]) -> Result<Self, LineCouponError> {
        let wire: WirePage = object(body)?;
        let coupon =
            |Object(item): Object<WireTitle>| Ok(LineCouponTitle { id: id(&item.coupon_id)?, title: item.title });
        let coupons = wire.items.into_iter().map(coupon).collect::<Result<_, _>>()?;
        Ok(Self { coupons, next: wire.next.filter(|next| !next.is_empty()) })
    }
}

/// A coupon in full, from the answer to [`Request::coupon`](crate::line::Request::coupon). What LINE left out, or
/// says in words that came into being after this was written, is none.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LineCoupon {
    /// Its id.
    pub id: LineCouponId,
    /// Its title.
    pub title: Box<str>,
    /// Where it is in its life.
    pub status: Option<LineCouponStatus>,
    /// What it promises.
    pub reward: Option<Reward>,
    /// How friends get it.
    pub acquisition: Option<ToldAcquisition>,
    /// Who sees it.
    pub visibility: Option<ToldVisibility>,
    /// From when on it can be used.
    pub from: Option<Timestamp>,
    /// The first instant at which it no longer can.
    pub until: Option<Timestamp>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// The code it shows.
    pub code: Option<Box<str>>,
    /// More about it.
    pub description: Option<Box<str>>,
    /// On what conditions.
    pub usage: Option<Box<str>>,
    /// Used once by each friend who got it? If not, as often as they like.
    pub once: bool,
}

/// How friends get a coupon, also as LINE's manager can set it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ToldAcquisition {
    /// By opening it.
    Normal,
    /// By luck.
    Lottery {
        /// Of a hundred so many win.
        probability: Option<u8>,
        /// So many win at most; no bound when none.
        at_most: Option<u32>,
    },
    /// By bringing a friend along (友だち紹介).
    Referral,
}

/// Who sees a coupon, also as LINE's manager can set it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ToldVisibility {
    /// Whoever it is sent to.
    Unlisted,
    /// Everybody.
    Public,
    /// Nobody by themselves.
    Private,
}

impl LineCoupon {
    /// Reads a coupon.
    ///
    /// # Errors
    /// When it is something else, or has no id and title.
    pub fn parse(body: &[u8]) -> Result<Self, LineCouponError> {
        let wire: WireCoupon = object(body)?;
        let seconds = |at: Option<i64>| at.and_then(|at| Timestamp::from_millis(at.checked_mul(1000)?).ok());
        let status = |word: Box<str>| LineCouponStatus::ALL.into_iter().find(|status| status.as_str() == &*word);
        Ok(Self {
            id: id(&wire.coupon_id)?,
            title: wire.title,
            status: wire.status.and_then(status),
            reward: Reward::read(&wire.reward),
            acquisition: ToldAcquisition::read(&wire.acquisition_condition),
            visibility: wire.visibility.and_then(|word| match &*word {
                "UNLISTED" => Some(ToldVisibility::Unlisted),
                "PUBLIC" => Some(ToldVisibility::Public),
                "PRIVATE" => Some(ToldVisibility::Private),
                _ => None,
            }),
            from: seconds(wire.start_timestamp),
            until: seconds(wire.end_timestamp),
            created_at: seconds(wire.created_timestamp),
            code: wire.coupon_code,
            description: wire.description,
            usage: wire.usage_condition,
            once: wire.max_use_count_per_ticket != Some(-1),
        })
    }
}

impl ToldAcquisition {
    fn read(json: &Value) -> Option<Self> {
        Some(match json["type"].as_str()? {
            "normal" => Self::Normal,
            "lottery" => Self::Lottery {
                probability: json["lotteryProbability"].as_u64().and_then(|percent| u8::try_from(percent).ok()),
                at_most: json["maxAcquireCount"].as_u64().and_then(|most| u32::try_from(most).ok()),
            },
            "referral" => Self::Referral,
            _ => return None,
        })
    }
}

/// What became of [`Request::close_coupon`](crate::line::Request::close_coupon).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CloseOutcome {
    /// It is closed, and what friends had got of it is void.
    Closed,
    /// It was closed before (410): when an answer was lost and the call repeated, that is a success.
    ClosedBefore,
    /// There is no such coupon (404), or it belongs to another channel.
    Unknown,
    /// It still stands, or nobody knows.
    Failed(Answer),
}

impl CloseOutcome {
    /// What an answer to it means.
    ///
    /// ```
    /// use enishi::line::{Answer, CloseOutcome, Endpoint, HttpResponse};
    /// let gone = Answer::judge(Endpoint::CloseCoupon, HttpResponse::new(410, [], b"{}"));
    /// assert!(CloseOutcome::of(gone).is_closed());
    /// ```
    pub fn of(answer: Answer) -> Self {
        match answer {
            Answer::Accepted { .. } => Self::Closed,
            Answer::Invalid { status: 410, .. } => Self::ClosedBefore,
            Answer::Invalid { status: 404, .. } => Self::Unknown,
            other => Self::Failed(other),
        }
    }

    /// Can nobody use it any more?
    pub fn is_closed(&self) -> bool {
        matches!(self, Self::Closed | Self::ClosedBefore)
    }
}

/// An answer that tells of no coupon.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("LINE's answer tells of no coupon: {why}")]
pub struct LineCouponError {
    /// What is wrong, with its place.
    pub why: String,
}

fn object<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, LineCouponError> {
    match serde_json::from_slice(body) {
        Ok(Object(it)) => Ok(it),
        Err(e) => Err(LineCouponError { why: e.to_string() }),
    }
}

fn id(text: &str) -> Result<LineCouponId, LineCouponError> {
    text.parse()
        .map_err(|_| LineCouponError { why: format!("`{}` is no id", text.chars().take(64).collect::<String>()) })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireId {
    coupon_id: Box<str>,
}

#[derive(Deserialize)]
struct WirePage {
    items: Vec<Object<WireTitle>>,
    next: Option<Box<str>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireTitle {
    coupon_id: Box<str>,
    title: Box<str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireCoupon {
    coupon_id: Box<str>,
    title: Box<str>,
    status: Option<Box<str>>,
    #[serde(default)]
    reward: Value,
    #[serde(default)]
    acquisition_condition: Value,
    visibility: Option<Box<str>>,
    start_timestamp: Option<i64>,
    end_timestamp: Option<i64>,
    created_timestamp: Option<i64>,
    coupon_code: Option<Box<str>>,
    description: Option<Box<str>>,
    usage_condition: Option<Box<str>>,
    max_use_count_per_ticket: Option<i64>,
}

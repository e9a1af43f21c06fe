//! A coupon to be made, checked against all of LINE's limits before there is a request.

use core::fmt;
use core::num::{NonZeroU32, NonZeroU64};

use serde::Serialize;
use serde_json::{Value, json};

use crate::model::Timestamp;

use super::{LineZone, Reward};

/// The most of a lottery that can be won, where it is bounded.
const MAX_ACQUIRED: u32 = 999_999;

/// A coupon to be made by [`Request::create_coupon`](crate::line::Request::create_coupon).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewLineCoupon {
    /// What it is called: 1 to [`MAX_TITLE`](Self::MAX_TITLE) characters.
    pub title: Box<str>,
    /// What it promises.
    pub reward: Reward,
    /// From when on it can be used. Of a part of a second the next begins it.
    pub from: Timestamp,
    /// The first instant at which it no longer can; of a part of a second the last whole one.
    pub until: Timestamp,
    /// In which its days are shown.
    pub zone: LineZone,
    /// More about it: up to [`MAX_DESCRIPTION`](Self::MAX_DESCRIPTION) characters.
    pub description: Option<Box<str>>,
    /// On what conditions: up to [`MAX_USAGE`](Self::MAX_USAGE) characters.
    pub usage: Option<Box<str>>,
    /// The one code it shows to everybody: up to [`MAX_CODE`](Self::MAX_CODE) characters. A [shared](crate::coupon::SharedCode) one
    /// may fit, a friend's own never does.
    pub code: Option<Box<str>>,
    /// The address of a picture of 10 MB at most, which LINE copies now.
    pub image: Option<Box<str>>,
    /// The address of a picture of a barcode, the same.
    pub barcode: Option<Box<str>>,
    /// How friends get it.
    pub acquisition: Acquisition,
    /// Used once by each friend who got it? If not, as often as they like.
    pub once: bool,
    /// Who sees it.
    pub visibility: Visibility,
}

/// How friends get a coupon. 友だち紹介 can be set in LINE's manager only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Acquisition {
    /// By opening it.
    #[default]
    Normal,
    /// By luck.
    Lottery {
        /// 1 to 99 per cent.
        probability: u8,
        /// So many win at most, up to 999,999; no bound when none.
        at_most: Option<NonZeroU32>,
    },
}

/// Who sees a coupon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "listed or not")]
pub enum Visibility {
    /// Whoever it is sent to.
    #[default]
    Unlisted,
    /// Everybody, in the account's profile.
    Public,
}

impl NewLineCoupon {
    /// The longest title, in UTF-16 units: where LINE counts an emoji as one, this is the stricter.
    pub const MAX_TITLE: usize = 60;
    /// The longest description, in the same.
    pub const MAX_DESCRIPTION: usize = 1000;
    /// The longest conditions of use, in the same.
    pub const MAX_USAGE: usize = 100;
    /// The longest code, in the same.
    pub const MAX_CODE: usize = 16;

    /// A coupon that whoever it is sent to may use once, without a picture or code.
    pub fn new(title: &str, reward: Reward, from: Timestamp, until: Timestamp, zone: LineZone) -> Self {
        Self {
            title: title.into(),
            reward,
            from,
            until,
            zone,
            description: None,
            usage: None,
            code: None,
            image: None,
            barcode: None,
            acquisition: Acquisition::Normal,
            once: true,
            visibility: Visibility::Unlisted,
        }
    }

    /// The body of the request.
    pub(in crate::line) fn body(&self, now: Timestamp) -> Result<Box<[u8]>, LineCouponFaults> {
        let faults = self.faults(now);
        if !faults.is_empty() {
            return Err(LineCouponFaults(faults));
        }
        let body = Body {
            title: &self.title,
            description: self.description.as_deref(),
            reward: self.reward.to_json(),
            acquisition_condition: self.acquisition.to_json(),
            max_use_count_per_ticket: if self.once { 1 } else { -1 },
            start_timestamp: start_second(self.from),
            end_timestamp: self.until.millis().div_euclid(1000),
            timezone: self.zone.as_str(),
            visibility: match self.visibility {
                Visibility::Unlisted => "UNLISTED",
                Visibility::Public => "PUBLIC",
            },
            image_url: self.image.as_deref(),
            barcode_image_url: self.barcode.as_deref(),
            coupon_code: self.code.as_deref(),
            usage_condition: self.usage.as_deref(),
        };
        Ok(serde_json::to_vec(&body).expect("a coupon has only string keys").into())
    }

    fn faults(&self, now: Timestamp) -> Vec<LineCouponFault> {
        let texts = [
            ("title", Some(&self.title), Self::MAX_TITLE),
            ("description", self.description.as_ref(), Self::MAX_DESCRIPTION),
            ("usage", self.usage.as_ref(), Self::MAX_USAGE),
            ("code", self.code.as_ref(), Self::MAX_CODE),
        ];
        let mut faults = Vec::new();
        if self.title.trim().is_empty() {
            faults.push(LineCouponFault::NoTitle);
        }
        for (what, text, most) in texts {
            let length = text.map_or(0, |text| text.encode_utf16().count());
            if length > most {
                faults.push(LineCouponFault::TooLong { what, length, most });
            }
        }
        faults.extend(self.reward.fault());
        if let Acquisition::Lottery { probability, at_most } = self.acquisition {
            if !(1..=99).contains(&probability) {
                faults.push(LineCouponFault::Probability { probability });
            }
            if let Some(at_most) = at_most.filter(|most| most.get() > MAX_ACQUIRED) {
                faults.push(LineCouponFault::TooManyWinners { at_most });
            }
        }
        let (start, end) = (start_second(self.from), self.until.millis().div_euclid(1000));
        if start < 0 {
            faults.push(LineCouponFault::BeforeEpoch);
        }
        if end <= start {
            faults.push(LineCouponFault::NeverValid { from: self.from, until: self.until });
        } else if end <= now.millis().div_euclid(1000) {
            faults.push(LineCouponFault::Over { until: self.until });
        }
        faults
    }
}

/// The first whole second that is not before the instant.
fn start_second(from: Timestamp) -> i64 {
    from.millis().div_euclid(1000) + i64::from(from.millis().rem_euclid(1000) > 0)
}

impl Acquisition {
    fn to_json(self) -> Value {
        match self {
            Self::Normal => json!({ "type": "normal" }),
            Self::Lottery { probability, at_most } => json!({
                "type": "lottery",
                "lotteryProbability": probability,
                "maxAcquireCount": at_most.map_or(-1, |most| i64::from(most.get())),
            }),
        }
    }
}

/// The keys in their order, so that the same coupon is the same bytes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    reward: Value,
    acquisition_condition: Value,
    max_use_count_per_ticket: i8,
    start_timestamp: i64,
    end_timestamp: i64,
    timezone: &'a str,
    visibility: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    barcode_image_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coupon_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage_condition: Option<&'a str>,
}

/// Something LINE would refuse.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LineCouponFault {
    /// A title of nothing.
    #[error("a coupon needs a title")]
    NoTitle,
    /// A text over its limit.
    #[error("the {what} has {length} UTF-16 units: LINE takes at most {most}, counting an emoji as two or more")]
    TooLong {
        /// The field.
        what: &'static str,
        /// How long it is.
        length: usize,
        /// How long it may be.
        most: usize,
    },
    /// A share that is nothing or all.
    #[error("{percent} per cent: LINE takes 1 to 99; what is free is Reward::Free")]
    Percentage {
        /// What was given.
        percent: u8,
    },
    /// An amount past LINE's numbers.
    #[error("an amount of {amount}: LINE takes up to {}", i64::MAX)]
    Amount {
        /// What was given.
        amount: NonZeroU64,
    },
    /// A chance that is none, or a certainty.
    #[error("a chance of {probability} per cent: LINE takes 1 to 99; what everybody gets is Acquisition::Normal")]
    Probability {
        /// What was given.
        probability: u8,
    },
    /// More than LINE counts.
    #[error("{at_most} winners: LINE takes up to {MAX_ACQUIRED}, or no bound")]
    TooManyWinners {
        /// What was given.
        at_most: NonZeroU32,
    },
    /// LINE counts seconds from 1970.
    #[error("a coupon begins in 1970 or later")]
    BeforeEpoch,
    /// The end is not after the beginning, by whole seconds.
    #[error("a coupon from {from} until {until} is never valid")]
    NeverValid {
        /// Its beginning.
        from: Timestamp,
        /// Its end.
        until: Timestamp,
    },
    /// It has ended already.
    #[error("a coupon until {until} is over")]
    Over {
        /// Its end.
        until: Timestamp,
    },
}

/// Everything LINE would refuse of a coupon, each once. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineCouponFaults(Vec<LineCouponFault>);

impl core::ops::Deref for LineCouponFaults {
    type Target = [LineCouponFault];
    fn deref(&self) -> &[LineCouponFault] {
        &self.0
    }
}

impl fmt::Display for LineCouponFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&all.join("; "))
    }
}

impl core::error::Error for LineCouponFaults {}

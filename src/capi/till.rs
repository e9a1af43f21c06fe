//! What stands behind a ledger handle: who holds the uses, what is asked of them, and how the answer is told. No
//! `unsafe` here.

use core::fmt::Display;
use std::sync::Arc;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::coupon::ledger::{Entry, Headroom, Operation, Refusal, Reserve, Returned, Share, Taken, Use, Uses, UsesOf};
use crate::coupon::{Candidate, Checkout, Code, Coupon, KeyRing, TakenCoupon};
use crate::model::{CheckoutId, CouponName, FriendId, Money, OrderId, Timestamp};
use crate::playbook::Playbook;
use crate::store::{Ledger, LedgerError, MemoryLedger};

use super::error::Failure;
use super::status::enishi_status;

/// What a use is held for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Request {
    coupon: CouponName,
    checkout: CheckoutId,
    discount: Money,
    code: Option<Box<str>>,
    valid_until: Option<Timestamp>,
    friend: Option<FriendId>,
    /// What a coupon of a quote has besides.
    #[serde(rename = "candidate")]
    _candidate: Option<IgnoredAny>,
    #[serde(rename = "capped_from")]
    _capped_from: Option<IgnoredAny>,
    #[serde(rename = "lines")]
    _lines: Option<IgnoredAny>,
    #[serde(rename = "shipping")]
    _shipping: Option<IgnoredAny>,
    #[serde(rename = "points")]
    _points: Option<IgnoredAny>,
    #[serde(rename = "gift")]
    _gift: Option<IgnoredAny>,
}

impl Request {
    pub(super) fn read(json: &[u8]) -> Result<Self, Failure> {
        serde_json::from_slice(json).map_err(|error| Failure::argument(format_args!("request: {error}")))
    }

    pub(super) fn reserve(
        self,
        playbook: &Playbook,
        keys: Option<&KeyRing>,
        until: Timestamp,
    ) -> Result<Reserve, Failure> {
        let coupon = rule(playbook, self.coupon.as_str())?;
        let (code, valid_until) = in_hand("request", &coupon, self.code.as_deref(), self.valid_until, keys)?;
        let (checkout, friend, discount) = (self.checkout, self.friend, self.discount);
        Ok(Reserve { coupon, checkout, code, friend, discount, valid_until, until, zone: *playbook.zone() })
    }
}

/// The coupons of a quote as it told them.
pub(super) fn taken_of(taken: &[u8], playbook: &Playbook, keys: Option<&KeyRing>) -> Result<Vec<Taken>, Failure> {
    let all: Vec<TakenCoupon> =
        serde_json::from_slice(taken).map_err(|error| Failure::argument(format_args!("taken: {error}")))?;
    let one = |it: TakenCoupon| {
        let coupon = rule(playbook, it.coupon.as_str())?;
        let (code, valid_until) = in_hand("taken", &coupon, it.code.as_deref(), it.valid_until, keys)?;
        Ok(Taken { coupon, code, discount: it.discount, valid_until })
    };
    all.into_iter().map(one).collect()
}

/// A code of one's own and until when it is good; what everybody knows is good as long as the coupon is.
fn in_hand(
    argument: &str,
    coupon: &Coupon,
    code: Option<&str>,
    valid_until: Option<Timestamp>,
    keys: Option<&KeyRing>,
) -> Result<(Option<Code>, Timestamp), Failure> {
    let code = match code {
        Some(_) if valid_until.is_none() => {
            return Err(Failure::argument(format_args!("{argument}: a code of one's own has a valid_until")));
        }
        Some(code) => Some(verified(keys.ok_or_else(|| Failure::null("keys"))?, &coupon.name, code)?),
        None => None,
    };
    Ok((code, valid_until.or(coupon.valid.until).unwrap_or(Timestamp::MAX)))
}

/// Why a use was refused, as it is told.
#[derive(Serialize)]
struct Refused {
    refused: &'static str,
    number: u16,
    message: String,
    #[serde(flatten)]
    facts: Facts,
}

#[derive(Default, Serialize)]
struct Facts {
    #[serde(skip_serializing_if = "Option::is_none")]
    coupon: Option<CouponName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    used: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    free_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    left: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    most: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<OrderId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<Timestamp>,
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        let (refused, number, message) = (refusal.word(), refusal.number(), refusal.to_string());
        let none = Facts::default();
        let facts = match refusal {
            Refusal::CodeUsed(full) | Refusal::FriendUsed(full) | Refusal::UsedUp(full) | Refusal::WindowFull(full) => {
                Facts { limit: Some(full.limit), used: Some(full.used), free_at: full.free_at, ..none }
            }
            Refusal::BudgetSpent { left, .. } => Facts { left: Some(left), ..none },
            Refusal::Revoked { at } => Facts { at: Some(at), ..none },
            Refusal::Expired { until } | Refusal::HeldForNothing { until } => Facts { until: Some(until), ..none },
            Refusal::OrderReturned { order } | Refusal::Redeemed { order } => Facts { order: Some(order), ..none },
            Refusal::OverPromise { most } => Facts { most: Some(most), ..none },
            Refusal::OneOfSeveral { coupon, why } => {
                // Told by itself first, so that the facts are those of the one.
                Facts { coupon: Some(coupon), ..Self::from(*why).facts }
            }
            // The last is for who takes numbers, who is told another way.
            Refusal::NotReserved
            | Refusal::CodeMissing
            | Refusal::FriendMissing
            | Refusal::NoDiscount
            | Refusal::NumbersTaken { .. } => none,
        };
        Self { refused, number, message, facts }
    }
}

/// Several uses, as they are told.
#[derive(Serialize)]
pub(super) struct ToldUses {
    pub(super) uses: Vec<Use>,
}

/// Where the uses are kept.
pub(super) enum Holder {
    Memory(MemoryLedger),
    #[cfg(feature = "sqlite")]
    File(Box<crate::store::SqliteLedger>),
}

/// Asks whichever ledger it is: their errors are of different types, so that one call cannot serve both.
macro_rules! whichever {
    ($holder:expr, $ledger:ident => $asked:expr) => {
        match $holder {
            Holder::Memory($ledger) => $asked,
            #[cfg(feature = "sqlite")]
            Holder::File($ledger) => $asked,
        }
    };
}

impl Holder {
    #[cfg(feature = "sqlite")]
    pub(super) fn open(path: &str, playbook: &Playbook) -> Result<Self, Failure> {
        use crate::store::{Durability, SqliteLedger};
        if path.is_empty() {
            return Err(Failure::argument("path is empty: enishi_ledger_new keeps a ledger in memory"));
        }
        let ledger = SqliteLedger::open(path.as_ref(), playbook.currency(), Durability::Full);
        ledger.map(|ledger| Self::File(Box::new(ledger))).map_err(failed)
    }

    #[cfg(not(feature = "sqlite"))]
    pub(super) fn open(_: &str, _: &Playbook) -> Result<Self, Failure> {
        Err(Failure::argument("this library was built without SQLite: enishi_ledger_new keeps a ledger in memory"))
    }

    /// What came of it, as JSON: the use, or why there is none.
    pub(super) fn answer(&self, operation: Operation, now: Timestamp) -> Result<String, Failure> {
        #[derive(Serialize)]
        struct Told {
            r#use: Option<Use>,
        }
        Ok(match self.run(operation, now)? {
            Ok(uses) => json(&Told { r#use: uses.into_iter().next() }),
            Err(refusal) => json(&Refused::from(refusal)),
        })
    }

    /// What came of it, as JSON: the uses, or why there are none.
    pub(super) fn answers(&self, operation: Operation, now: Timestamp) -> Result<String, Failure> {
        Ok(match self.run(operation, now)? {
            Ok(uses) => json(&ToldUses { uses }),
            Err(refusal) => json(&Refused::from(refusal)),
        })
    }

    /// What is never refused.
    pub(super) fn done(&self, operation: Operation, now: Timestamp) -> Result<(), Failure> {
        self.run(operation, now)?.map(drop).map_err(unasked)
    }

    pub(super) fn run(&self, operation: Operation, now: Timestamp) -> Result<Result<Vec<Use>, Refusal>, Failure> {
        whichever!(self, ledger => settled(ledger.run(operation, now)))
    }

    pub(super) fn look_at(
        &self,
        candidates: &mut [Candidate<'_>],
        checkout: &Checkout<'_>,
        id: Option<&CheckoutId>,
    ) -> Result<(), Failure> {
        whichever!(self, ledger => ledger.look_at(candidates, checkout, id).map_err(failed))
    }

    pub(super) fn uses(&self, of: &UsesOf, now: Timestamp) -> Result<Uses, Failure> {
        whichever!(self, ledger => ledger.uses(of, now).map_err(failed))
    }

    pub(super) fn uses_on(&self, order: &OrderId) -> Result<Vec<Use>, Failure> {
        whichever!(self, ledger => ledger.uses_on(order).map_err(failed))
    }

    /// The first of the numbers.
    pub(super) fn take_numbers(&self, coupon: &CouponName, count: u32, now: Timestamp) -> Result<u32, Failure> {
        let taken = whichever!(self, ledger => settled(ledger.take_numbers(coupon, count, now)));
        taken?.map(|numbers| numbers.start).map_err(unasked)
    }

    pub(super) fn expire(&self, now: Timestamp) -> Result<usize, Failure> {
        whichever!(self, ledger => ledger.expire(now).map_err(failed))
    }

    pub(super) fn post(&self, entries: &[Entry], playbook: &Playbook, now: Timestamp) -> Result<(), Failure> {
        let entries = entries.iter();
        let operations = entries.filter_map(|entry| entry.operation(playbook.coupons(), playbook.zone())).collect();
        whichever!(self, ledger => ledger.post(operations, now).map_err(failed))
    }

    pub(super) fn headroom(&self, playbook: &Playbook, now: Timestamp) -> Result<Headroom, Failure> {
        whichever!(self, ledger => ledger.headroom(&playbook.issued_coupons(), now).map_err(failed))
    }
}

/// What the ledger answered, and apart from that whether it failed.
fn settled<T, E: Display>(answer: Result<T, LedgerError<E>>) -> Result<Result<T, Refusal>, Failure> {
    match answer {
        Ok(told) => Ok(Ok(told)),
        Err(LedgerError::Refused(refusal)) => Ok(Err(refusal)),
        Err(error) => Err(failed(error)),
    }
}

fn failed(error: impl Display) -> Failure {
    Failure::new(enishi_status::LedgerFailed, error)
}

/// A refusal of what asks for no room.
pub(super) fn unasked(refusal: Refusal) -> Failure {
    Failure::argument(refusal)
}

pub(super) fn rule(playbook: &Playbook, name: &str) -> Result<Arc<Coupon>, Failure> {
    let name = CouponName::new(name)?;
    let unknown = || Failure::new(enishi_status::UnknownName, format_args!("the playbook has no coupon '{name}'"));
    playbook.coupons().get(&name).map(Arc::clone).ok_or_else(unknown)
}

/// The code if it is one of the coupon's.
pub(super) fn verified(keys: &KeyRing, coupon: &CouponName, typed: &str) -> Result<Code, Failure> {
    Ok(keys.verify(typed, [coupon])?.code)
}

pub(super) fn code_if_any(typed: &str) -> Result<Option<Code>, Failure> {
    Ok((!typed.is_empty()).then(|| typed.parse()).transpose()?)
}

pub(super) fn returned(refunded: i64, whole: i64) -> Result<Returned, Failure> {
    if whole == 0 {
        return Ok(Returned::Whole);
    }
    let share = Share::new(Money::from_minor(refunded), Money::from_minor(whole));
    let no_share = || Failure::argument(format_args!("{refunded} of {whole}: it is between nothing and the whole"));
    share.map(Returned::Part).ok_or_else(no_share)
}

pub(super) fn json(told: &impl Serialize) -> String {
    serde_json::to_string(told).expect("it has only string keys")
}

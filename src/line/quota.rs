//! How many messages a month has, and how many of them are gone.

use serde::Deserialize;

use super::webhook::Object;

/// The month's limit, from the answer to [`Request::quota`](super::Request::quota).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Messages in this month, bought ones included; `None` is without limit.
    pub limit: Option<u64>,
}

impl Quota {
    /// Reads `{"type":"limited","value":1000}` or `{"type":"none"}`.
    ///
    /// # Errors
    /// When it is something else: to take an unread limit for none would spend money.
    pub fn parse(body: &[u8]) -> Result<Self, QuotaError> {
        let wire: WireQuota = object(body)?;
        match (&*wire.kind, wire.value) {
            ("none", _) => Ok(Self { limit: None }),
            (_, Some(limit)) => Ok(Self { limit: Some(limit) }),
            (_, None) => Err(QuotaError { why: format!("a limit of the type `{}` without its value", wire.kind) }),
        }
    }
}

/// What is used up, from the answer to [`Request::consumption`](super::Request::consumption).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consumption {
    /// Messages counted in this month, one for each recipient. LINE calls it approximate.
    pub used: u64,
}

impl Consumption {
    /// Reads `{"totalUsage":500}`.
    ///
    /// # Errors
    /// When it is something else.
    pub fn parse(body: &[u8]) -> Result<Self, QuotaError> {
        object(body).map(|wire: WireConsumption| Self { used: wire.total_usage })
    }
}

/// An answer that tells no quota.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("LINE's answer tells no quota: {why}")]
pub struct QuotaError {
    /// What is wrong, with its place.
    pub why: String,
}

fn object<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, QuotaError> {
    match serde_json::from_slice(body) {
        Ok(Object(it)) => Ok(it),
        Err(e) => Err(QuotaError { why: e.to_string() }),
    }
}

#[derive(Deserialize)]
struct WireQuota {
    #[serde(rename = "type")]
    kind: Box<str>,
    value: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireConsumption {
    total_usage: u64,
}

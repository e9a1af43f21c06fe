//! What the stand-in remembers of the requests it got.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{Endpoint, Fault};

/// A request to the stand-in, accepted or not.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// The `x-line-request-id` of this attempt.
    pub request_id: Arc<str>,
    /// When it came in, by the stand-in's clock.
    pub at: i64,
    /// Where it went.
    pub endpoint: Endpoint,
    /// The `X-Line-Retry-Key` header as it was sent.
    pub retry_key: Option<String>,
    /// Hash of the body's bytes: equal bodies have equal hashes within a run.
    pub body_hash: u64,
    /// The status of the answer; `None` if there was no answer.
    pub status: Option<u16>,
    /// The fault that was drawn for this attempt.
    pub fault: Option<Fault>,
}

/// A request to send messages that was accepted.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Accepted {
    /// The `x-line-request-id` of the accepted attempt.
    pub request_id: Arc<str>,
    /// When it was accepted, by the stand-in's clock.
    pub at: i64,
    /// How it was sent.
    pub endpoint: Endpoint,
    /// The `X-Line-Retry-Key` header as it was sent.
    pub retry_key: Option<String>,
    /// Everybody it was meant for, whether reached or not.
    pub recipients: Arc<[Arc<str>]>,
    /// The message objects.
    pub messages: Arc<[Value]>,
    /// The rest of the body, such as `customAggregationUnits`.
    pub parameters: Map<String, Value>,
}

/// Messages that reached one recipient.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// Who got them.
    pub user: Arc<str>,
    /// The message objects.
    pub messages: Arc<[Value]>,
    /// When, by the stand-in's clock.
    pub at: i64,
    /// The accepted request that brought them.
    pub request_id: Arc<str>,
}

/// A request that LINE answers but whose effect it leaves undefined. A careful client makes none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Violation {
    /// A retry key came again within 24 hours with another body or at another endpoint.
    RetryKeyReused {
        /// The attempt that reused the key.
        request_id: Arc<str>,
        /// When it came in.
        at: i64,
        /// The key.
        retry_key: String,
    },
    /// A multicast named the same user twice. LINE doesn't say whether the user gets it twice; the
    /// stand-in delivers and counts it twice.
    DuplicateRecipient {
        /// The accepted request.
        request_id: Arc<str>,
        /// When it came in.
        at: i64,
        /// The user.
        user: Arc<str>,
    },
}

pub(crate) struct Record {
    keep_messages: bool,
    attempts: Vec<Attempt>,
    accepted: Vec<Accepted>,
    deliveries: Vec<Delivery>,
    /// Indices into `deliveries`. The keys also let all deliveries to a user share one string.
    by_user: HashMap<Arc<str>, Vec<usize>>,
    violations: Vec<Violation>,
}

impl Record {
    pub(crate) fn new(keep_messages: bool) -> Self {
        Self {
            keep_messages,
            attempts: Vec::new(),
            accepted: Vec::new(),
            deliveries: Vec::new(),
            by_user: HashMap::new(),
            violations: Vec::new(),
        }
    }

    pub(crate) fn attempt(&mut self, attempt: Attempt) {
        self.attempts.push(attempt);
    }

    /// Notes an accepted request, and a delivery to each recipient whom `reaches` lets through.
    pub(crate) fn accept(&mut self, mut accepted: Accepted, reaches: impl Fn(&str) -> bool) {
        if !self.keep_messages {
            accepted.messages = Arc::default();
        }
        for user in accepted.recipients.iter().filter(|user| reaches(user)) {
            let user = match self.by_user.get_key_value(user) {
                Some((shared, _)) => shared.clone(),
                None => user.clone(),
            };
            let index = self.deliveries.len();
            self.by_user.entry(user.clone()).or_default().push(index);
            self.deliveries.push(Delivery {
                user,
                messages: accepted.messages.clone(),
                at: accepted.at,
                request_id: accepted.request_id.clone(),
            });
        }
        self.accepted.push(accepted);
    }

    pub(crate) fn violation(&mut self, violation: Violation) {
        self.violations.push(violation);
    }

    pub(crate) fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    pub(crate) fn accepted(&self) -> &[Accepted] {
        &self.accepted
    }

    pub(crate) fn deliveries(&self) -> &[Delivery] {
        &self.deliveries
    }

    pub(crate) fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// The message objects that a user got, oldest first.
    pub(crate) fn inbox(&self, user: &str) -> Vec<Value> {
        self.by_user
            .get(user)
            .into_iter()
            .flatten()
            .flat_map(|&index| self.deliveries[index].messages.iter().cloned())
            .collect()
    }
}

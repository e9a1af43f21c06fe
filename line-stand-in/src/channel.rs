//! The channel: one request after the other, from the token check to the delivery.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::sync::Arc;

use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE};
use hyper::{HeaderMap, Method};
use serde_json::{json, Value};

use crate::answer::{Answer, Outcome};
use crate::coupons::Coupons;
use crate::endpoint::{closed_coupon, coupon, linked_menu, profile_user, unlinked_user};
use crate::faults::{Fault, Faults};
use crate::friends::Friends;
use crate::limits::{MonthlyQuota, RateLimits};
use crate::record::{Accepted, Attempt, Record, Violation};
use crate::reply_tokens::ReplyTokens;
use crate::retry_keys::{Fingerprint, FirstAcceptance, RetryKey, RetryKeys};
use crate::rich_menus::RichMenus;
use crate::schema::Schema;
use crate::shape::{self, Sending};
use crate::{Clock, Endpoint, Options};

/// REF "Status codes", 413: 2 MB, read in the strict sense.
const MAX_BODY: usize = 2_000_000;

pub(crate) struct Channel {
    pub(crate) clock: Clock,
    pub(crate) friends: Friends,
    pub(crate) rich_menus: RichMenus,
    pub(crate) coupons: Coupons,
    pub(crate) reply_tokens: ReplyTokens,
    pub(crate) faults: Faults,
    pub(crate) record: Record,
    authorization: String,
    rate_limits: RateLimits,
    quota: MonthlyQuota,
    retry_keys: RetryKeys,
    schema: Option<Schema>,
    requests: u64,
    messages: u64,
}

/// A request as it came from the network.
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// What identifies a call while it is worked on.
struct Visit {
    request_id: Arc<str>,
    at: i64,
    endpoint: Endpoint,
    retry_key: Option<String>,
    body_hash: u64,
}

impl Channel {
    pub(crate) fn new(options: Options) -> io::Result<Self> {
        Ok(Self {
            clock: options.clock,
            friends: Friends::new(&options.friends, options.known_only),
            rich_menus: RichMenus::new(&options.rich_menus),
            coupons: Coupons::default(),
            reply_tokens: ReplyTokens::default(),
            faults: Faults::new(options.chaos),
            record: Record::new(options.keep_messages),
            authorization: format!("Bearer {}", options.channel_access_token),
            quota: MonthlyQuota::new(options.limits.monthly),
            rate_limits: RateLimits::new(options.limits),
            retry_keys: RetryKeys::default(),
            schema: options.openapi.as_deref().map(Schema::load).transpose()?,
            requests: 0,
            messages: 0,
        })
    }

    /// Gives the `x-line-request-id` and what the client gets.
    pub(crate) fn handle(&mut self, call: &Call) -> (Arc<str>, Outcome) {
        let visit = self.visit(call);
        let (fault, outcome) = match self.admit(call, &visit) {
            Err(refusal) => (None, Outcome::Answer(refusal)),
            Ok(key) => {
                let fault = self.faults.next(visit.endpoint);
                (fault, self.serve_or_fail(call, &visit, key, fault))
            }
        };
        self.record.attempt(Attempt {
            request_id: visit.request_id.clone(),
            at: visit.at,
            endpoint: visit.endpoint,
            retry_key: visit.retry_key,
            body_hash: visit.body_hash,
            status: match &outcome {
                Outcome::Answer(answer) => Some(answer.status),
                Outcome::Hang | Outcome::Drop => None,
            },
            fault,
        });
        (visit.request_id, outcome)
    }

    fn visit(&mut self, call: &Call) -> Visit {
        self.requests += 1;
        let mut hasher = DefaultHasher::new();
        call.body.hash(&mut hasher);
        Visit {
            // A UUID in form only: it counts the requests.
            request_id: format!("00000000-0000-4000-8000-{:012x}", self.requests).into(),
            at: self.clock.now(),
            endpoint: Endpoint::of(&call.method, &call.path),
            retry_key: call
                .headers
                .get("x-line-retry-key")
                .map(|key| String::from_utf8_lossy(key.as_bytes()).into_owned()),
            body_hash: hasher.finish(),
        }
    }

    /// The checks that don't look into the body. LINE doesn't document their order.
    fn admit(&mut self, call: &Call, visit: &Visit) -> Result<Option<RetryKey>, Answer> {
        if visit.endpoint == Endpoint::Unknown {
            return Err(Answer::not_found());
        }
        let authorization = call.headers.get(AUTHORIZATION);
        if authorization.is_none_or(|value| value.as_bytes() != self.authorization.as_bytes()) {
            return Err(Answer::unauthorized());
        }
        if call.body.len() > MAX_BODY {
            return Err(Answer::too_large());
        }
        if visit.endpoint.has_body() && !has_json(&call.headers) {
            return Err(Answer::unsupported_media_type());
        }
        // REF "Retry failed API requests": a retry costs rate limit like any other request.
        if !self.rate_limits.take(visit.endpoint, visit.at) {
            return Err(Answer::rate_limited());
        }
        self.admit_retry_key(visit)
    }

    fn admit_retry_key(&mut self, visit: &Visit) -> Result<Option<RetryKey>, Answer> {
        let Some(text) = &visit.retry_key else {
            return Ok(None);
        };
        if !visit.endpoint.takes_retry_key() {
            return Err(Answer::bad_request("The X-Line-Retry-Key header can't be used with this endpoint"));
        }
        let key =
            RetryKey::parse(text).ok_or_else(|| Answer::bad_request("The X-Line-Retry-Key header is not a UUID"))?;
        let fingerprint = Fingerprint { endpoint: visit.endpoint, body_hash: visit.body_hash };
        if !self.retry_keys.arrive(key, fingerprint, visit.at) {
            self.record.violation(Violation::RetryKeyReused {
                request_id: visit.request_id.clone(),
                at: visit.at,
                retry_key: text.clone(),
            });
        }
        Ok(Some(key))
    }

    fn serve_or_fail(&mut self, call: &Call, visit: &Visit, key: Option<RetryKey>, fault: Option<Fault>) -> Outcome {
        if let Some(outcome) = fault.and_then(Fault::before_accept) {
            return outcome;
        }
        let answer = self.serve(call, visit, key).unwrap_or_else(|refusal| refusal);
        match fault {
            Some(fault) if answer.accepts() => fault.after_accept(answer),
            _ => Outcome::Answer(answer),
        }
    }

    fn serve(&mut self, call: &Call, visit: &Visit, key: Option<RetryKey>) -> Result<Answer, Answer> {
        match visit.endpoint {
            Endpoint::Push | Endpoint::Multicast | Endpoint::Broadcast | Endpoint::Reply => self.send(call, visit, key),
            Endpoint::Quota => Ok(Answer::ok(&match self.quota.cap() {
                Some(cap) => json!({ "type": "limited", "value": cap }),
                None => json!({ "type": "none" }),
            })),
            Endpoint::QuotaConsumption => Ok(Answer::ok(&json!({ "totalUsage": self.quota.used(visit.at) }))),
            Endpoint::Profile => self.profile(call),
            Endpoint::LinkRichMenu => self.link_rich_menu(call),
            Endpoint::UnlinkRichMenu => self.unlink_rich_menu(call),
            Endpoint::CreateCoupon => self.create_coupon(call, visit),
            Endpoint::Coupons => self.coupons.list(&call.query),
            Endpoint::Coupon => self.coupons.detail(coupon(&call.path).unwrap_or_default()),
            Endpoint::CloseCoupon => self.coupons.close(closed_coupon(&call.path).unwrap_or_default()),
            Endpoint::Unknown => Err(Answer::not_found()),
        }
    }

    fn create_coupon(&mut self, call: &Call, visit: &Visit) -> Result<Answer, Answer> {
        let body = shape::parse(&call.body)?;
        if let Some(schema) = &self.schema {
            schema.check(visit.endpoint, &body)?;
        }
        self.coupons.create(body, visit.at)
    }

    /// REF "Get profile": 404 for who blocked the account or is not known to it.
    fn profile(&self, call: &Call) -> Result<Answer, Answer> {
        let user = profile_user(&call.path)
            .filter(|user| shape::is_user_id(user) && self.friends.reaches(user))
            .ok_or_else(Answer::not_found)?;
        Ok(Answer::ok(&json!({
            "userId": user,
            "displayName": format!("Friend {}", &user[user.len() - 4..]),
            "language": "ja",
        })))
    }

    /// REF "Link rich menu to user": 404 for a menu that is not there; for a user who is no friend 200, and
    /// nothing happens.
    fn link_rich_menu(&mut self, call: &Call) -> Result<Answer, Answer> {
        let (user, menu) = linked_menu(&call.path).ok_or_else(Answer::not_found)?;
        check_user(user)?;
        if !self.rich_menus.is_made(menu) {
            return Err(Answer::not_found());
        }
        if self.friends.reaches(user) {
            self.rich_menus.link(user, menu);
        }
        Ok(Answer::ok(&json!({})))
    }

    /// REF "Unlink rich menu from user".
    fn unlink_rich_menu(&mut self, call: &Call) -> Result<Answer, Answer> {
        let user = unlinked_user(&call.path).ok_or_else(Answer::not_found)?;
        check_user(user)?;
        self.rich_menus.unlink(user);
        Ok(Answer::ok(&json!({})))
    }

    fn send(&mut self, call: &Call, visit: &Visit, key: Option<RetryKey>) -> Result<Answer, Answer> {
        if let Some(first) = key.and_then(|key| self.retry_keys.acceptance(key)) {
            return Ok(Answer::already_accepted(first));
        }
        let body = shape::parse(&call.body)?;
        shape::check(visit.endpoint, &body)?;
        if let Some(schema) = &self.schema {
            schema.check(visit.endpoint, &body)?;
        }
        let sending = shape::take_apart(body)?;
        let recipients = self.recipients(visit, &sending)?;
        self.charge(visit, &recipients)?;

        let sent_messages = self.sent_messages(visit.endpoint, &sending.messages);
        if let Some(key) = key {
            let acceptance =
                FirstAcceptance { request_id: visit.request_id.clone(), sent_messages: sent_messages.clone() };
            self.retry_keys.accept(key, acceptance);
        }
        self.accept(visit, recipients, sending);
        Ok(Answer::ok(&match sent_messages {
            Some(sent) => json!({ "sentMessages": sent }),
            None => json!({}),
        }))
    }

    fn recipients(&mut self, visit: &Visit, sending: &Sending) -> Result<Vec<Arc<str>>, Answer> {
        match visit.endpoint {
            // REF "Send push message": 400 for an ID unknown to the channel, while a blocked account
            // gives 200.
            Endpoint::Push if !sending.to.iter().all(|user| self.friends.knows(user)) => {
                Err(Answer::bad_request("Failed to send messages"))
            }
            Endpoint::Reply => sending
                .reply_token
                .as_deref()
                .and_then(|token| self.reply_tokens.take(token, visit.at))
                .map(|user| vec![user.into()])
                .ok_or_else(|| Answer::bad_request("Invalid reply token")),
            Endpoint::Broadcast => Ok(self.friends.registered().cloned().collect()),
            // REF "Send multicast message": unreachable users are skipped silently.
            _ => Ok(sending.to.iter().map(|user| user.as_str().into()).collect()),
        }
    }

    /// DOC "Messaging API pricing": replies are free, and so are recipients who get nothing.
    fn charge(&mut self, visit: &Visit, recipients: &[Arc<str>]) -> Result<(), Answer> {
        if visit.endpoint == Endpoint::Reply {
            return Ok(());
        }
        let reached = recipients.iter().filter(|user| self.friends.reaches(user));
        if self.quota.take(reached.count() as u64, visit.at) {
            Ok(())
        } else {
            Err(Answer::monthly_limit())
        }
    }

    /// REF "Send push message", response. Quote tokens come with the message types of DOC "Get quote
    /// tokens".
    fn sent_messages(&mut self, endpoint: Endpoint, messages: &[Value]) -> Option<Value> {
        if !matches!(endpoint, Endpoint::Push | Endpoint::Reply) {
            return None;
        }
        let sent = messages.iter().map(|message| {
            self.messages += 1;
            let mut sent = json!({ "id": (500_000_000_000_000_000 + self.messages).to_string() });
            if let Some("text" | "textV2" | "sticker" | "image" | "video") = message["type"].as_str() {
                sent["quoteToken"] = format!("quote-{}", self.messages).into();
            }
            sent
        });
        Some(sent.collect())
    }

    fn accept(&mut self, visit: &Visit, recipients: Vec<Arc<str>>, sending: Sending) {
        let mut seen = HashSet::new();
        for user in recipients.iter().filter(|user| !seen.insert(*user)) {
            self.record.violation(Violation::DuplicateRecipient {
                request_id: visit.request_id.clone(),
                at: visit.at,
                user: user.clone(),
            });
        }
        let accepted = Accepted {
            request_id: visit.request_id.clone(),
            at: visit.at,
            endpoint: visit.endpoint,
            retry_key: visit.retry_key.clone(),
            recipients: recipients.into(),
            messages: sending.messages.into(),
            parameters: sending.parameters,
        };
        self.record.accept(accepted, |user| self.friends.reaches(user));
    }
}

fn check_user(user: &str) -> Result<(), Answer> {
    if shape::is_user_id(user) {
        Ok(())
    } else {
        Err(Answer::bad_request("The value for the 'userId' parameter is invalid"))
    }
}

fn has_json(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|media| media.trim().eq_ignore_ascii_case("application/json"))
}

//! LINE's own coupons (REF "Coupon", DOC "Send coupons to users").

use serde_json::{json, Value};

use crate::answer::{Answer, Detail};

/// REF "Create coupon", each with how many characters it may have.
const TEXTS: [(&str, usize, usize); 4] =
    [("title", 1, 60), ("description", 0, 1_000), ("couponCode", 0, 16), ("usageCondition", 0, 100)];

/// The coupons of the channel, oldest first, as "Get coupon" tells of them.
#[derive(Default)]
pub(crate) struct Coupons {
    made: Vec<Value>,
}

impl Coupons {
    pub(crate) fn all(&self) -> &[Value] {
        &self.made
    }

    /// REF "Create coupon". There is no retry key: the same body makes another one.
    pub(crate) fn create(&mut self, mut body: Value, now: i64) -> Result<Answer, Answer> {
        let details = faults(&body, now / 1_000);
        if !details.is_empty() {
            return Err(Answer::bad_body(&details));
        }
        // A ULID in form only: it counts the coupons.
        let id = format!("01JYNW8JMQ{:016}", self.made.len() + 1);
        body["couponId"] = json!(id);
        body["status"] = json!("RUNNING");
        body["createdTimestamp"] = json!(now / 1_000);
        for kind in ["fixed", "explicit"] {
            let price = &mut body["reward"]["priceInfo"];
            if price["type"] == kind {
                price["currency"] = json!("JPY");
            }
        }
        if body["reward"]["priceInfo"].is_null() {
            body["reward"].as_object_mut().map(|reward| reward.remove("priceInfo"));
        }
        self.made.push(body);
        Ok(Answer::ok(&json!({ "couponId": id })))
    }

    /// REF "Get coupon list": `status`, `start` and `limit` (1 to 100, default 20).
    pub(crate) fn list(&self, query: &str) -> Result<Answer, Answer> {
        let pairs: Vec<(&str, &str)> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        let of = |key: &str| pairs.iter().find(|(name, _)| *name == key).map(|(_, value)| *value);
        let statuses: Vec<&str> = pairs.iter().filter(|(key, _)| *key == "status").map(|(_, value)| *value).collect();
        if statuses.iter().any(|status| !["DRAFT", "RUNNING", "CLOSED"].contains(status)) {
            return Err(Answer::bad_request("The value for the 'status' parameter is invalid"));
        }
        let limit = of("limit").map_or(Some(20), |text| text.parse().ok().filter(|limit| (1..=100).contains(limit)));
        let limit = limit.ok_or_else(|| Answer::bad_request("The value for the 'limit' parameter is invalid"))?;
        // The token is opaque to the client: here it holds a `+`, which in a query must be `%2B`.
        let start = of("start").map_or(Some(0), |token| token.strip_prefix("page%2B")?.parse().ok());
        let start: usize =
            start.ok_or_else(|| Answer::bad_request("The value for the 'start' parameter is invalid"))?;
        let wanted =
            |coupon: &&Value| statuses.is_empty() || coupon["status"].as_str().is_some_and(|it| statuses.contains(&it));
        let all: Vec<&Value> = self.made.iter().filter(wanted).collect();
        let page = all.iter().skip(start).take(limit);
        let items: Vec<Value> = page.map(|it| json!({ "couponId": it["couponId"], "title": it["title"] })).collect();
        let mut body = json!({ "items": items });
        if start + limit < all.len() {
            body["next"] = json!(format!("page+{}", start + limit));
        }
        Ok(Answer::ok(&body))
    }

    /// REF "Get coupon": 404 for one that is unknown.
    pub(crate) fn detail(&self, id: &str) -> Result<Answer, Answer> {
        self.made.iter().find(|coupon| coupon["couponId"] == id).map(Answer::ok).ok_or_else(Answer::not_found)
    }

    /// REF "Discontinue coupon": 404 for one that is unknown, 410 for one that is closed.
    pub(crate) fn close(&mut self, id: &str) -> Result<Answer, Answer> {
        let coupon = self.made.iter_mut().find(|coupon| coupon["couponId"] == id).ok_or_else(Answer::not_found)?;
        if coupon["status"] == "CLOSED" {
            return Err(Answer::gone());
        }
        coupon["status"] = json!("CLOSED");
        Ok(Answer::ok(&json!({})))
    }
}

/// What LINE refuses beside what its OpenAPI file says: lengths, times and prices that do not belong to the reward.
fn faults(body: &Value, now: i64) -> Vec<Detail> {
    let mut details = Vec::new();
    let mut fault = |property: &str, message: String| details.push(Detail::new(property, message));
    for (key, least, most) in TEXTS {
        let length = body[key].as_str().map_or(0, |text| text.encode_utf16().count());
        if length < least || length > most {
            fault(key, format!("Length must be between {least} and {most}"));
        }
    }
    let (start, end) = (body["startTimestamp"].as_i64(), body["endTimestamp"].as_i64());
    match (start, end) {
        (Some(start), Some(end)) if start >= 0 && start < end && end > now => {}
        _ => fault("endTimestamp", "Must be in the future and after startTimestamp".to_owned()),
    }
    if !matches!(body["maxUseCountPerTicket"].as_i64(), Some(1 | -1)) {
        fault("maxUseCountPerTicket", "Must be 1 or -1".to_owned());
    }
    let (reward, price) = (body["reward"]["type"].as_str(), &body["reward"]["priceInfo"]);
    let allowed: &[&str] = match (reward, price["type"].as_str()) {
        (Some("discount" | "cashBack"), Some("fixed")) => &["type", "fixedAmount"],
        (Some("discount" | "cashBack"), Some("percentage")) => &["type", "percentage"],
        (Some("discount"), Some("explicit")) => &["type", "originalPrice", "priceAfterDiscount"],
        (None, _) => {
            fault("reward", "May not be null".to_owned());
            return details;
        }
        _ => &[],
    };
    if allowed.is_empty() && !price.is_null() {
        fault("reward.priceInfo", "Must not be specified".to_owned());
    }
    for (key, value) in price.as_object().into_iter().flatten() {
        let property = format!("reward.priceInfo.{key}");
        if !allowed.is_empty() && !allowed.contains(&key.as_str()) {
            fault(&property, "Must not be specified".to_owned());
        } else if key == "percentage" && !value.as_i64().is_some_and(|percent| (1..=99).contains(&percent)) {
            fault(&property, "Must be between 1 and 99".to_owned());
        } else if !["type", "percentage"].contains(&key.as_str()) && value.as_i64().is_none_or(|amount| amount <= 0) {
            fault(&property, "Must be positive".to_owned());
        }
    }
    let acquisition = &body["acquisitionCondition"];
    if acquisition["type"] == "lottery" {
        if !acquisition["lotteryProbability"].as_i64().is_some_and(|percent| (1..=99).contains(&percent)) {
            fault("acquisitionCondition.lotteryProbability", "Must be between 1 and 99".to_owned());
        }
        if !acquisition["maxAcquireCount"].as_i64().is_some_and(|most| most == -1 || (1..=999_999).contains(&most)) {
            fault("acquisitionCondition.maxAcquireCount", "Must be -1, or between 1 and 999999".to_owned());
        }
    }
    details
}

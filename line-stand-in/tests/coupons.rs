//! LINE's own coupons.

mod support;

use std::path::PathBuf;

use line_stand_in::{Endpoint, Options};
use serde_json::{json, Value};
use support::*;

const COUPON: &str = "/v2/bot/coupon";

fn coupon() -> Value {
    json!({
        "title": "春の500円引き",
        "reward": { "type": "discount", "priceInfo": { "type": "fixed", "fixedAmount": 500 } },
        "acquisitionCondition": { "type": "normal" },
        "maxUseCountPerTicket": 1,
        "startTimestamp": 0,
        "endTimestamp": NOON / 1000 + 1,
        "timezone": "ASIA_TOKYO",
        "visibility": "UNLISTED",
    })
}

#[test]
fn a_coupon_is_made_told_of_listed_and_closed_for_good() {
    let (line, client) = start(options());
    let made = client.post(COUPON, &coupon());
    assert_eq!(made.status, 200);
    let id = made.json()["couponId"].as_str().unwrap().to_owned();
    let told = client.get(&format!("{COUPON}/{id}")).json();
    assert_eq!((&told["title"], &told["status"]), (&json!("春の500円引き"), &json!("RUNNING")));
    assert_eq!(told["reward"]["priceInfo"]["currency"], "JPY");
    assert_eq!(client.put(&format!("{COUPON}/{id}/close")).status, 200);
    assert_eq!(client.put(&format!("{COUPON}/{id}/close")).status, 410);
    assert_eq!(client.put(&format!("{COUPON}/nothing/close")).status, 404);
    assert_eq!(client.get(&format!("{COUPON}/nothing")).status, 404);
    assert_eq!(line.coupons()[0]["status"], "CLOSED");
    assert_eq!(client.get("/_stand-in/coupons").json()["coupons"][0]["couponId"], id);
    let endpoints: Vec<_> = line.attempts().iter().take(3).map(|attempt| attempt.endpoint).collect();
    assert_eq!(endpoints, [Endpoint::CreateCoupon, Endpoint::Coupon, Endpoint::CloseCoupon]);
}

#[test]
fn the_list_goes_on_where_a_page_ended() {
    let (_line, client) = start(options());
    for _ in 0..5 {
        client.post(COUPON, &coupon());
    }
    let page = |query: &str| client.get(&format!("{COUPON}?{query}")).json();
    let first = page("limit=2");
    assert_eq!((first["items"].as_array().unwrap().len(), &first["next"]), (2, &json!("page+2")));
    let last = page("limit=2&start=page%2B4");
    assert_eq!((last["items"].as_array().unwrap().len(), &last["next"]), (1, &Value::Null));
    assert_eq!(page("status=CLOSED")["items"], json!([]));
    assert_eq!(page("status=CLOSED&status=RUNNING")["items"].as_array().unwrap().len(), 5);
    for query in ["limit=0", "limit=101", "status=OPEN", "start=page+2"] {
        assert_eq!(client.get(&format!("{COUPON}?{query}")).status, 400, "{query}");
    }
}

#[test]
fn what_line_refuses_is_refused_with_its_property() {
    let (line, client) = start(options());
    let mut cases: Vec<(Value, &str)> = Vec::new();
    let mut case = |pointer: &str, value: Value, property: &'static str| {
        let mut body = coupon();
        match body.pointer_mut(pointer) {
            Some(place) => *place = value,
            None => {
                let (parent, key) = pointer.rsplit_once('/').unwrap();
                body.pointer_mut(parent).unwrap()[key] = value;
            }
        }
        cases.push((body, property));
    };
    case("/title", json!(""), "title");
    case("/title", json!("あ".repeat(61)), "title");
    case("/couponCode", json!("A".repeat(17)), "couponCode");
    case("/endTimestamp", json!(NOON / 1000), "endTimestamp");
    case("/endTimestamp", json!(0), "endTimestamp");
    case("/maxUseCountPerTicket", json!(0), "maxUseCountPerTicket");
    case("/reward/type", json!("free"), "reward.priceInfo");
    case("/reward/priceInfo/percentage", json!(10), "reward.priceInfo.percentage");
    case("/reward/priceInfo/fixedAmount", json!(0), "reward.priceInfo.fixedAmount");
    case("/reward/priceInfo", json!({ "type": "percentage", "percentage": 100 }), "reward.priceInfo.percentage");
    let lottery = json!({ "type": "lottery", "lotteryProbability": 100, "maxAcquireCount": -1 });
    case("/acquisitionCondition", lottery, "acquisitionCondition.lotteryProbability");
    for (body, property) in cases {
        let answer = client.post(COUPON, &body);
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(answer.json()["details"][0]["property"], property, "{body}");
    }
    assert_eq!(client.post_with_key(COUPON, &coupon(), KEY).status, 400, "no retry key is taken");
    assert!(line.coupons().is_empty());
}

#[test]
fn the_official_schema_is_asked_too() {
    let openapi = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/openapi"));
    if !openapi.join("messaging-api.yml").exists() {
        eprintln!("SKIPPED: no messaging-api.yml, so the schema of coupons is NOT tested");
        return;
    }
    let (_line, client) = start(Options { openapi: Some(openapi), ..options() });
    assert_eq!(client.post(COUPON, &coupon()).status, 200);
    let mut body = coupon();
    body["timezone"] = json!("Asia/Tokyo");
    let answer = client.post(COUPON, &body);
    assert_eq!((answer.status, &answer.json()["details"][0]["property"]), (400, &json!("timezone")));
    body = coupon();
    body["reward"] = json!({ "type": "lucky bag" });
    let answer = client.post(COUPON, &body);
    assert_eq!((answer.status, &answer.json()["details"][0]["property"]), (400, &json!("reward.type")));
}

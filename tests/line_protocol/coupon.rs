//! LINE's own coupons: what is asked, to the byte, what cannot be asked, and what is answered.

use core::num::NonZeroU64;
use std::collections::BTreeSet;

use enishi::line::{
    Acquisition, Answer, CashBack, CloseOutcome, Discount, Endpoint, HttpResponse, LineCoupon, LineCouponFault,
    LineCouponId, LineCouponPage, LineCouponStatus, LineCoupons, LineZone, Method, NewLineCoupon, Request, Reward,
    ToldAcquisition, ToldVisibility, Visibility,
};
use enishi::model::{LocalTime, Timestamp, Zone};
use proptest::prelude::*;
use serde_json::{Value, json};

const ID: &str = "01JYNW8JMQVFBNWF1APF8Z3FS7";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at("2026-04-01T12:00:00+09:00")
}

fn yen(amount: u64) -> NonZeroU64 {
    NonZeroU64::new(amount).unwrap()
}

fn coupon(reward: Reward) -> NewLineCoupon {
    let (from, until) = (at("2026-04-02T00:00:00+09:00"), at("2026-05-01T00:00:00+09:00"));
    NewLineCoupon::new("春の500円引き", reward, from, until, LineZone::TOKYO)
}

fn body(coupon: &NewLineCoupon) -> Value {
    let request = Request::create_coupon(coupon, now()).unwrap_or_else(|faults| panic!("{faults}"));
    serde_json::from_slice(request.body().unwrap()).unwrap()
}

fn faults(coupon: &NewLineCoupon) -> Vec<LineCouponFault> {
    Request::create_coupon(coupon, now()).map(drop).unwrap_err().to_vec()
}

#[test]
fn a_coupon_is_the_same_to_the_byte_each_time() {
    let spring = coupon(Reward::Discount(Discount::Fixed(yen(500))));
    let request = Request::create_coupon(&spring, now()).unwrap();
    assert_eq!((request.path(), request.method()), ("/v2/bot/coupon", Method::Post));
    assert_eq!(request.retry_key(), None, "LINE takes none");
    assert_eq!(
        core::str::from_utf8(request.body().unwrap()).unwrap(),
        r#"{"title":"春の500円引き","reward":{"priceInfo":{"fixedAmount":500,"type":"fixed"},"type":"discount"},"acquisitionCondition":{"type":"normal"},"maxUseCountPerTicket":1,"startTimestamp":1775055600,"endTimestamp":1777561200,"timezone":"ASIA_TOKYO","visibility":"UNLISTED"}"#
    );
    assert_eq!(request, Request::create_coupon(&spring, now()).unwrap());
}

#[test]
fn everything_that_can_be_said_is_said() {
    let mut full = coupon(Reward::Free);
    full.description = Some("お買い物で".into());
    full.usage = Some("お一人様一回".into());
    full.code = Some("SPRING26".into());
    full.image = Some("https://shop.example/a.png".into());
    full.barcode = Some("https://shop.example/b.png".into());
    full.acquisition = Acquisition::Lottery { probability: 10, at_most: None };
    full.once = false;
    full.visibility = Visibility::Public;
    let told = body(&full);
    assert_eq!(told["description"], "お買い物で");
    assert_eq!((&told["usageCondition"], &told["couponCode"]), (&json!("お一人様一回"), &json!("SPRING26")));
    assert_eq!(told["imageUrl"], "https://shop.example/a.png");
    assert_eq!(told["barcodeImageUrl"], "https://shop.example/b.png");
    let lottery = json!({ "type": "lottery", "lotteryProbability": 10, "maxAcquireCount": -1 });
    assert_eq!(told["acquisitionCondition"], lottery);
    assert_eq!((&told["maxUseCountPerTicket"], &told["visibility"]), (&json!(-1), &json!("PUBLIC")));
    full.acquisition = Acquisition::Lottery { probability: 99, at_most: 999_999.try_into().ok() };
    assert_eq!(body(&full)["acquisitionCondition"]["maxAcquireCount"], 999_999);
}

/// A price where there is none is answered with "Must not be specified".
#[test]
fn every_reward_has_its_price_and_no_other() {
    let explicit = Discount::Explicit { original: yen(1000), after: yen(700) };
    let rewards = [
        (Reward::Discount(Discount::Fixed(yen(500))), json!({ "type": "fixed", "fixedAmount": 500 })),
        (Reward::Discount(Discount::Percentage(99)), json!({ "type": "percentage", "percentage": 99 })),
        (Reward::Discount(explicit), json!({ "type": "explicit", "originalPrice": 1000, "priceAfterDiscount": 700 })),
        (Reward::CashBack(CashBack::Fixed(yen(1))), json!({ "type": "fixed", "fixedAmount": 1 })),
        (Reward::CashBack(CashBack::Percentage(1)), json!({ "type": "percentage", "percentage": 1 })),
        (Reward::Free, Value::Null),
        (Reward::Gift, Value::Null),
        (Reward::Others, Value::Null),
    ];
    let kinds = ["discount", "discount", "discount", "cashBack", "cashBack", "free", "gift", "others"];
    for ((reward, price), kind) in rewards.into_iter().zip(kinds) {
        let told = body(&coupon(reward))["reward"].clone();
        assert_eq!((&told["type"], &told["priceInfo"]), (&json!(kind), &price), "{reward:?}");
        assert_eq!(told.get("priceInfo").is_none(), price.is_null(), "{reward:?}");
    }
}

/// Each limit just kept and just broken. Seen to fail: with the limits of the title, of a percentage and of the winners
/// of a lottery moved by one.
#[test]
fn every_limit_is_told_in_an_error_of_its_own() {
    let with = |change: fn(&mut NewLineCoupon)| {
        let mut coupon = coupon(Reward::Free);
        change(&mut coupon);
        coupon
    };
    type Set = fn(&mut NewLineCoupon, Box<str>);
    let texts: [(&str, usize, Set); 4] = [
        ("title", 60, |it, text| it.title = text),
        ("description", 1000, |it, text| it.description = Some(text)),
        ("usage", 100, |it, text| it.usage = Some(text)),
        ("code", 16, |it, text| it.code = Some(text)),
    ];
    for (what, most, set) in texts {
        let mut it = coupon(Reward::Free);
        set(&mut it, "あ".repeat(most).into());
        assert!(Request::create_coupon(&it, now()).is_ok(), "{what}");
        set(&mut it, "あ".repeat(most + 1).into());
        assert_eq!(faults(&it), [LineCouponFault::TooLong { what, length: most + 1, most }]);
        set(&mut it, "😀".repeat(most / 2 + 1).into());
        assert_eq!(faults(&it).len(), 1, "an emoji counts as two");
    }
    assert_eq!(faults(&with(|it| it.title = "　".into())), [LineCouponFault::NoTitle]);
    for percent in [0, 100, 255] {
        for reward in [Reward::Discount(Discount::Percentage(percent)), Reward::CashBack(CashBack::Percentage(percent))]
        {
            assert_eq!(faults(&coupon(reward)), [LineCouponFault::Percentage { percent }]);
        }
    }
    let amount = yen(u64::MAX);
    assert_eq!(faults(&coupon(Reward::CashBack(CashBack::Fixed(amount)))), [LineCouponFault::Amount { amount }]);
    let lottery = |probability, at_most: u32| {
        let mut it = coupon(Reward::Free);
        it.acquisition = Acquisition::Lottery { probability, at_most: at_most.try_into().ok() };
        faults(&it)
    };
    assert_eq!(lottery(0, 1), [LineCouponFault::Probability { probability: 0 }]);
    assert_eq!(lottery(100, 1), [LineCouponFault::Probability { probability: 100 }]);
    let at_most = 1_000_000.try_into().unwrap();
    assert_eq!(lottery(1, 1_000_000), [LineCouponFault::TooManyWinners { at_most }]);
    let all_at_once = with(|it| {
        it.title = "".into();
        it.code = Some("0PF0-0000-080P-GPEC-GENR".into());
        it.reward = Reward::Discount(Discount::Percentage(100));
        it.until = it.from;
    });
    assert_eq!(faults(&all_at_once).len(), 4, "a friend's own code is too long for it");
}

#[test]
fn a_coupon_lies_in_the_future_by_whole_seconds() {
    let lasting = |from: &str, until: &str| {
        let mut it = coupon(Reward::Free);
        (it.from, it.until) = (at(from), at(until));
        it
    };
    // Never longer than the shop said: the beginning is moved up, the end down.
    let parts = body(&lasting("2026-04-02T00:00:00.001+09:00", "2026-05-01T00:00:00.999+09:00"));
    assert_eq!((&parts["startTimestamp"], &parts["endTimestamp"]), (&json!(1_775_055_601), &json!(1_777_561_200)));
    assert_eq!(body(&lasting("1970-01-01T00:00:00Z", "2026-05-01T00:00:00Z"))["startTimestamp"], 0);
    let fault = |from: &str, until: &str| faults(&lasting(from, until));
    assert_eq!(fault("1969-12-31T23:59:59Z", "2026-05-01T00:00:00Z"), [LineCouponFault::BeforeEpoch]);
    let until = at("2026-04-01T12:00:00+09:00");
    assert_eq!(fault("2026-03-01T00:00:00Z", "2026-04-01T12:00:00+09:00"), [LineCouponFault::Over { until }]);
    let (from, until) = (at("2026-04-02T00:00:00.001Z"), at("2026-04-02T00:00:01Z"));
    assert_eq!(
        fault("2026-04-02T00:00:00.001Z", "2026-04-02T00:00:01Z"),
        [LineCouponFault::NeverValid { from, until }]
    );
}

#[test]
fn zones_have_lines_names() {
    assert_eq!(LineZone::of(&Zone::TOKYO).unwrap(), LineZone::TOKYO);
    let zone = |name: &str| Zone::new(name, LocalTime::MIDNIGHT).unwrap();
    assert_eq!(LineZone::of(&zone("America/Sao_Paulo")).unwrap().as_str(), "AMERICA_SAO_PAULO");
    assert!(LineZone::of(&zone("Asia/Seoul")).unwrap_err().to_string().contains("`Asia/Seoul`"));
    assert!(LineZone::of(&zone("Etc/GMT+12")).is_err(), "on which side LINE means it is nowhere said");
    assert_eq!("ETC_GMT_PLUS_12".parse::<LineZone>().unwrap().as_str(), "ETC_GMT_PLUS_12");
}

#[test]
fn list_detail_and_close_are_paths() {
    let id: LineCouponId = ID.parse().unwrap();
    let paths = [
        (Request::coupon(&id), Endpoint::Coupon, Method::Get, format!("/v2/bot/coupon/{ID}")),
        (Request::close_coupon(&id), Endpoint::CloseCoupon, Method::Put, format!("/v2/bot/coupon/{ID}/close")),
    ];
    for (request, endpoint, method, path) in paths {
        assert_eq!((request.endpoint(), request.method(), request.path()), (endpoint, method, path.as_str()));
        assert_eq!((request.body(), request.retry_key()), (None, None));
        assert_eq!(endpoint.requests_per_second(), 200);
    }
    let mut which = LineCoupons::default();
    assert_eq!(Request::coupons(&which).path(), "/v2/bot/coupon");
    which.statuses = BTreeSet::from([LineCouponStatus::Closed, LineCouponStatus::Running]);
    which.limit = Some(200);
    which.start = Some("a+b/c=&limit=1#".into());
    assert_eq!(
        Request::coupons(&which).path(),
        "/v2/bot/coupon?status=RUNNING&status=CLOSED&start=a%2Bb%2Fc%3D%26limit%3D1%23&limit=100"
    );
    which.limit = Some(0);
    assert!(Request::coupons(&which).path().ends_with("&limit=1"));
    for text in ["", "a/b", "..", "a?b", "春", &"a".repeat(101)] {
        assert!(text.parse::<LineCouponId>().is_err(), "{text:?}");
    }
}

#[test]
fn what_line_tells_is_read() {
    assert_eq!(LineCouponId::of_created(format!(r#"{{"couponId":"{ID}"}}"#).as_bytes()).unwrap().as_str(), ID);
    let page = LineCouponPage::parse(
        format!(r#"{{"items":[{{"couponId":"{ID}","title":"春","new":1}}],"next":"t"}}"#).as_bytes(),
    );
    let page = page.unwrap();
    assert_eq!((page.coupons[0].id.as_str(), &*page.coupons[0].title, page.next.as_deref()), (ID, "春", Some("t")));
    assert_eq!(LineCouponPage::parse(br#"{"items":[]}"#).unwrap().next, None);
    // By the example of the reference, and what only the manager makes.
    let told = json!({
        "couponId": ID, "title": "友だち紹介", "status": "RUNNING", "createdTimestamp": 1_700_000_000,
        "acquisitionCondition": { "type": "referral" }, "maxUseCountPerTicket": -1, "maxTicketPerUser": 1,
        "startTimestamp": 0, "endTimestamp": 1_924_959_599, "timezone": "ASIA_TOKYO", "visibility": "PRIVATE",
        "reward": { "type": "discount", "priceInfo": { "type": "fixed", "fixedAmount": 500, "currency": "JPY" } },
        "couponCode": "C", "description": "D", "usageCondition": "U",
    });
    let coupon = LineCoupon::parse(told.to_string().as_bytes()).unwrap();
    assert_eq!((coupon.status, coupon.once), (Some(LineCouponStatus::Running), false));
    assert_eq!(coupon.reward, Some(Reward::Discount(Discount::Fixed(yen(500)))));
    assert_eq!(
        (coupon.acquisition, coupon.visibility),
        (Some(ToldAcquisition::Referral), Some(ToldVisibility::Private))
    );
    assert_eq!((coupon.from, coupon.until), (Some(Timestamp::EPOCH), Some(at("2030-12-31T23:59:59+09:00"))));
    assert_eq!(coupon.created_at, Some(Timestamp::from_millis(1_700_000_000_000).unwrap()));
    assert_eq!(
        (coupon.code.as_deref(), coupon.description.as_deref(), coupon.usage.as_deref()),
        (Some("C"), Some("D"), Some("U"))
    );
    // Words of later years are none, and not an error.
    let new = json!({ "couponId": ID, "title": "t", "status": "PAUSED", "visibility": "GOLD",
        "acquisitionCondition": { "type": "quiz" }, "reward": { "type": "discount" }, "endTimestamp": i64::MAX });
    let coupon = LineCoupon::parse(new.to_string().as_bytes()).unwrap();
    assert_eq!((coupon.status, coupon.visibility, coupon.acquisition), (None, None, None));
    assert_eq!((coupon.reward, coupon.until), (None, None));
    for body in ["", "[]", "{}", r#"{"couponId":7}"#, r#"{"couponId":"a/b","title":"t"}"#] {
        assert!(LineCoupon::parse(body.as_bytes()).is_err(), "{body}");
        assert!(LineCouponId::of_created(body.as_bytes()).is_err(), "{body}");
        assert!(LineCouponPage::parse(body.as_bytes()).is_err(), "{body}");
    }
}

#[test]
fn closed_twice_is_closed_and_unknown_is_not() {
    let outcome = |status| {
        let answer = Answer::judge(Endpoint::CloseCoupon, HttpResponse::new(status, [], b"{}"));
        CloseOutcome::of(answer)
    };
    assert_eq!(
        (outcome(200), outcome(410), outcome(404)),
        (CloseOutcome::Closed, CloseOutcome::ClosedBefore, CloseOutcome::Unknown)
    );
    assert!(outcome(200).is_closed() && outcome(410).is_closed() && !outcome(404).is_closed());
    for status in [400, 401, 429, 500] {
        assert!(matches!(outcome(status), CloseOutcome::Failed(_)), "{status}");
    }
    assert!(!CloseOutcome::of(Answer::NoAnswer { why: "timed out".into() }).is_closed());
}

proptest! {
    #[test]
    fn any_answer_is_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..200), words in "[\"{}\\[\\]:,a-zA-Z0-9]{0,60}") {
        for body in [&body[..], words.as_bytes()] {
            let _ = (LineCoupon::parse(body), LineCouponPage::parse(body), LineCouponId::of_created(body));
        }
    }

    #[test]
    fn no_token_leads_elsewhere(token in any::<String>()) {
        let mut which = LineCoupons::default();
        which.start = Some(token.into());
        let request = Request::coupons(&which);
        let value = request.path().strip_prefix("/v2/bot/coupon?start=").unwrap();
        prop_assert!(value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte)));
    }
}

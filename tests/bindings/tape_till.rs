//! What a till does: quotes, uses of coupons, codes by the thousand.

use enishi::coupon::{KeyRing, Serial};
use enishi::model::{CouponName, FriendId};

use super::{MINUTE, NOON, Op, follow, op};

const SHOP: &str = r#"
[shop]
name = "縁"
zone = "Asia/Tokyo"
currency = "JPY"
[segments]
buyers = "orders.count >= 1"
[coupon_rules]
at_most = 2
[coupons.hello]
benefit = { amount = 500 }
valid = { for = "14d" }
with = "all"
limits = { budget = { sum = 800 } }
[coupons.spring]
benefit = { rate = "10%", up_to = 1000 }
valid = { until = "2026-05-01" }
code = "SPRING-26"
with = "all"
limits = { per_friend = 1, in_total = 2 }
[coupons.tea]
benefit = { buy = 2, get = 1 }
valid = { until = "2026-05-01" }
code = "TEA321"
on = { categories = ["tea"] }
[coupons.rich]
benefit = "free shipping"
valid = { until = "2026-05-01" }
code = "RICH"
floor = 100000
[coupons.again]
benefit = { gift = "SAMPLE", pieces = 2 }
valid = { until = "2026-05-01" }
code = "AGAIN"
only = "segment 'buyers'"
[coupons.card]
benefit = { points = "2x" }
valid = { until = "2026-05-01" }
with = "all"
[messages.hi]
line = [{ type = "text", text = "{coupon.hello.code}" }]
[scenarios.welcome]
on = "follow"
steps = [{ id = "hi", send = "hi", issue = "hello" }]
"#;

const BASKET: &str = r#"{"lines":[
    {"id":"1","sku":"SENCHA","categories":["tea"],"unit_price":1080,"quantity":2,"tax":{"rate":"8%","included":true}},
    {"id":"2","sku":"湯呑","unit_price":1500,"quantity":1,"tax":{"rate":"10%","included":false}}],
    "shipping":{"price":770,"tax":{"rate":"10%","included":true}},
    "fees":[{"price":330,"tax":{"rate":"10%","included":true}}],"payment":"代引き"}"#;

const SECRET: &str = "the till's own secret";

pub(super) fn all() -> Vec<Op> {
    let opening = vec![
        op("playbook", &[&SHOP]),
        op("keys", &[&0, &SECRET]),
        op("engine", &[&"keys"]),
        op("record", &[&NOON, &follow("s1", "a", 'a').as_str()]),
        op("friend", &[&"a", &1]),
        op("step", &[&NOON, &follow("s1", "a", 'a').as_str()]),
    ];
    let mut ops = [opening, quotes(), batches(), guarded(), posted("memory"), posted("file")].concat();
    ops.push(op("playbook", &[&SHOP]));
    for ledger in ["memory", "file", "file"] {
        ops.push(op("ledger", &[&ledger]));
        ops.extend(uses());
        ops.extend(together());
    }
    ops.push(op("ledger", &[&"none"]));
    ops
}

fn quotes() -> Vec<Op> {
    let (own, somebody) = (own(1), own(2));
    let printed = printed();
    let all = format!(
        r#"["spring26","ＴＥＡ３２１","rich","again","{own}","{somebody}","{printed}","nothing","{}"]"#,
        typo(&own)
    );
    let faults = [
        ("", ""),
        ("{", ""),
        (r#"{"lines":[],"colour":"red"}"#, ""),
        (r#"{"lines":[{"id":"1","sku":"a","unit_price":-1,"quantity":1,"tax":{"rate":"8%","included":true}}]}"#, ""),
        (BASKET, "[1]"),
        (BASKET, "spring26"),
    ];
    let mut ops = vec![
        op("quote", &[&"guest", &NOON, &BASKET, &""]),
        op("quote", &[&"guest", &NOON, &BASKET, &all.as_str()]),
        op("quote", &[&"friend", &NOON, &BASKET, &""]),
        op("quote", &[&"friend", &NOON, &BASKET, &all.as_str()]),
        op("quote", &[&"friend", &(NOON + 20 * 24 * 60 * MINUTE), &BASKET, &all.as_str()]),
        op("quote", &[&"guest", &NOON, &r#"{"lines":[]}"#, &all.as_str()]),
        op("engine_quote", &[&"a", &NOON, &BASKET, &all.as_str()]),
        op("engine_quote", &[&"", &NOON, &BASKET, &r#"["SPRING26", "SPRING26"]"#]),
        op("engine_quote", &[&"nobody", &NOON, &BASKET, &""]),
    ];
    ops.extend(faults.iter().map(|(basket, codes)| op("quote", &[&"guest", &NOON, basket, codes])));
    ops
}

/// What must be left: refused or capped, by costs of the playbook's and of the shop's own list.
fn guarded() -> Vec<Op> {
    let shop =
        |then: &str| format!("{SHOP}\n[margin]\nfloor = \"10%\"\nthen = \"{then}\"\ncosts = {{ SENCHA = 900 }}\n");
    let basket = |costs: &str| format!("{},\"costs\":{costs}}}", BASKET.strip_suffix('}').unwrap());
    let quote = |basket: &str| op("quote", &[&"guest", &NOON, &basket, &r#"["SPRING26","AGAIN","TEA321"]"#]);
    let gift = |costs: &str| op("quote", &[&"friend", &NOON, &basket(costs).as_str(), &""]);
    let mut ops = Vec::new();
    for then in ["refuse", "cap"] {
        ops.push(op("playbook", &[&shop(then).as_str()]));
        // Nobody tells what the cup costs.
        ops.push(quote(BASKET));
        for costs in [r#"{"湯呑":1200}"#, r#"{"湯呑":1200,"SENCHA":500}"#, r#"{"湯呑":-1}"#, r#"{"湯呑":"1200"}"#, "[]"]
        {
            ops.push(quote(&basket(costs)));
        }
        ops.push(gift(r#"{"湯呑":1200}"#));
        ops.push(op("margin", &[&checked()[0]]));
    }
    // What sending costs must be known as well.
    ops.push(op("playbook", &[&format!("{}shipping_costs = 600\n", shop("cap")).as_str()]));
    ops.extend(checked().iter().map(|goods| op("margin", &[goods])));
    // The bound does not know that pieces are whole: of 1,100 too little would be left, of two pieces enough is.
    ops.push(op("playbook", &[&OPEN]));
    ops.push(op("margin", &[&r#"{"products":[{"sku":"SOAP","price":1000}]}"#]));
    ops.push(op("playbook", &[&SHOP]));
    ops.push(quote(&basket(r#"{"湯呑":-1}"#)));
    // Nothing must be left.
    ops.push(op("margin", &[&r#"{"products":[]}"#]));
    ops
}

const OPEN: &str = r#"
[shop]
name = "縁"
zone = "Asia/Tokyo"
currency = "JPY"
[margin]
floor = "0%"
costs = { SOAP = 600 }
[coupons.open]
benefit = { amount = 500 }
floor = 1100
valid = { until = "2026-05-01" }
code = "OPEN"
"#;

/// Goods on which coupons lose, on which they may, and on which they never do.
fn checked() -> [&'static str; 8] {
    [
        r#"{"products":[{"sku":"SENCHA","categories":["tea"],"price":1080},{"sku":"湯呑","price":1500}],
            "costs":{"湯呑":900,"SAMPLE":40}}"#,
        r#"{"products":[{"sku":"SENCHA","price":10000}],"costs":{"SENCHA":5000,"SAMPLE":40}}"#,
        r#"{"products":[{"sku":"SENCHA","price":600}],"costs":{"SENCHA":50,"SAMPLE":500}}"#,
        r#"{"products":[],"costs":{"SAMPLE":40}}"#,
        r#"{"products":[{"sku":"湯呑","price":1500}],"costs":{"SAMPLE":40}}"#,
        r#"{"products":[{"sku":"SENCHA","price":-1}]}"#,
        r#"{"products":[{"sku":"SENCHA","price":1080,"colour":"red"}]}"#,
        "",
    ]
}

/// What is issued is kept in a budget that reaches for one, and comes back; a snapshot keeps what was not posted.
fn posted(ledger: &str) -> Vec<Op> {
    let kept = SHOP.replace("budget = { sum = 800 }", "budget = { sum = 800, reserve = \"issue\" }");
    let order = r#"{"id":"o1","friend":"a","at":"2026-04-01T12:00:00+09:00","type":"order_placed","order":"39","total":"4500"}"#;
    let used = r#"{"id":"o2","friend":"a","at":"2026-04-01T12:00:00+09:00","type":"coupon_redeemed","coupon":"spring","code":"spring26","order":"39"}"#;
    let back = r#"{"id":"o3","friend":"a","at":"2026-04-01T12:00:00+09:00","type":"order_cancelled","order":"39"}"#;
    let reserve = r#"{"coupon":"spring","checkout":"39","discount":366,"friend":1}"#;
    let uses = |coupon: &str| op("uses", &[&NOON, &coupon, &0, &""]);
    let post = || op("post", &[&NOON]);
    vec![
        op("playbook", &[&kept.as_str()]),
        op("engine", &[&"keys"]),
        op("ledger", &[&ledger]),
        post(),
        op("record", &[&NOON, &follow("s1", "a", 'a').as_str()]),
        op("record", &[&NOON, &follow("s2", "b", 'b').as_str()]),
        op("decisions", &[]),
        uses("hello"),
        op("reload", &[]),
        post(),
        uses("hello"),
        op("reserve", &[&NOON, &(NOON + 15 * MINUTE), &reserve]),
        op("record", &[&NOON, &order]),
        op("record", &[&NOON, &used]),
        post(),
        uses("spring"),
        // What came of it: in the books of the shop, by the days of the coupon, and beside those held out.
        op("results", &[&NOON, &"spring", &r#"{"costs":{"SENCHA":900}}"#]),
        op("results", &[&NOON, &"hello", &r#"{"message":2800,"out_of_stock":["line:a"]}"#]),
        op("results", &[&(NOON + 60 * 24 * 60 * MINUTE), &"hello", &""]),
        op("results", &[&NOON, &"none", &""]),
        op("results", &[&NOON, &"hello", &r#"{"price":1}"#]),
        op("holdout", &[&(NOON + 60 * 24 * 60 * MINUTE), &"welcome", &30]),
        op("holdout", &[&NOON, &"none", &30]),
        op("record", &[&NOON, &back]),
        post(),
        post(),
        uses("spring"),
        // The same, one friend at a time, whose rows are the host's.
        op("ledger", &[&"memory"]),
        op("new_shop", &[]),
        op("friend", &[&"a", &1]),
        op("step", &[&NOON, &follow("s1", "a", 'a').as_str()]),
        op("ask_ledger", &[&NOON]),
        op("friend", &[&"a", &1]),
        op("step", &[&NOON, &follow("s1", "a", 'a').as_str()]),
        op("post_entries", &[&NOON, &""]),
        op("post_entries", &[&NOON, &""]),
        uses("hello"),
        op("ask_ledger", &[&NOON]),
        op("friend", &[&"b", &2]),
        op("step", &[&NOON, &follow("s2", "b", 'b').as_str()]),
        op("post_entries", &[&NOON, &"[{}]"]),
        op("new_shop", &[]),
    ]
}

fn batches() -> Vec<Op> {
    vec![
        op("batch", &[&"card", &0, &3]),
        op("batch", &[&"card", &2, &1]),
        op("batch", &[&"card", &7, &0]),
        op("batch", &[&"card", &0, &1_000_001]),
        op("batch", &[&"card", &4_294_967_295, &1]),
        op("batch", &[&"", &0, &1]),
        op("verify", &[&printed().as_str()]),
    ]
}

/// Played three times: what came of it in a file is there when it is opened again.
fn uses() -> Vec<Op> {
    let (own, other) = (own(1), own(2));
    let reserve = |minutes: i64, request: &str| {
        let now = NOON + minutes * MINUTE;
        op("reserve", &[&now, &(now + 15 * MINUTE), &request])
    };
    let spring = |checkout: &str, friend: &str| {
        format!(r#"{{"coupon":"spring","checkout":"{checkout}","discount":366,"friend":{friend}}}"#)
    };
    let hello = |code: &str, friend: u32, checkout: &str| {
        format!(
            r#"{{"coupon":"hello","code":"{code}","discount":500,"valid_until":"2026-04-15T12:00:00+09:00","friend":{friend},
            "checkout":"{checkout}","candidate":0,"lines":[300,200],"shipping":0,"points":null,"gift":null}}"#
        )
    };
    let none = |request: &str| reserve(0, request);
    vec![
        none(&spring("cart 1", "1")),
        none(&spring("cart 2", "1")),
        none(&spring("cart 2", "null")),
        none(&spring("cart 2", "2")),
        none(&spring("cart 3", "3")),
        op("uses", &[&NOON, &"spring", &1, &""]),
        op("redeem", &[&NOON, &"spring", &"cart 1", &"order 1"]),
        op("redeem", &[&NOON, &"spring", &"cart 1", &"order 1"]),
        op("redeem", &[&NOON, &"spring", &"cart 1", &"order 2"]),
        op("redeem", &[&NOON, &"spring", &"cart 9", &"order 9"]),
        op("redeem", &[&NOON, &"none", &"cart 1", &"order 1"]),
        op("redeem", &[&NOON, &"spring", &"cart 1", &""]),
        op("release", &[&NOON, &"spring", &"cart 2"]),
        op("release", &[&NOON, &"spring", &""]),
        none(&spring("cart 3", "3")),
        op("expire", &[&(NOON + 14 * MINUTE)]),
        op("expire", &[&(NOON + 15 * MINUTE)]),
        reserve(16, &spring("cart 4", "4")),
        // Of a friend's own.
        op("issue", &[&NOON, &"hello", &own.as_str(), &(NOON + 14 * 24 * 60 * MINUTE)]),
        op("issue", &[&NOON, &"hello", &"SPRING26", &NOON]),
        none(&hello(&own, 1, "cart 1")),
        none(&hello(&own, 1, "cart 5")),
        none(&hello(&other, 2, "cart 5")),
        none(&hello(&typo(&own), 1, "cart 5")),
        none(&hello(&printed(), 1, "cart 5")),
        none(r#"{"coupon":"hello","checkout":"cart 5","discount":500,"friend":1}"#),
        none(&format!(r#"{{"coupon":"hello","code":"{own}","checkout":"cart 5","discount":500,"friend":1}}"#)),
        none(r#"{"coupon":"none","checkout":"cart 5","discount":500}"#),
        none("nonsense"),
        op("reserve", &[&NOON, &NOON, &spring("cart 6", "6").as_str()]),
        op("redeem", &[&NOON, &"hello", &"cart 1", &"order 1"]),
        op("uses", &[&NOON, &"hello", &1, &own.as_str()]),
        op("uses", &[&NOON, &"hello", &0, &"x"]),
        // Printed by and by, none twice.
        op("numbers", &[&NOON, &"card", &1000]),
        op("numbers", &[&NOON, &"card", &0]),
        op("numbers", &[&NOON, &"card", &500]),
        op("numbers", &[&NOON, &"card", &4_294_967_295_i64]),
        op("numbers", &[&NOON, &"", &1]),
        // An order comes back by and by.
        op("roll_back", &[&NOON, &"order 1", &1, &3]),
        op("roll_back", &[&NOON, &"order 1", &1, &4]),
        op("roll_back", &[&NOON, &"order 1", &4, &3]),
        op("roll_back", &[&NOON, &"order 1", &0, &0]),
        op("roll_back", &[&NOON, &"order 7", &0, &0]),
        op("uses", &[&NOON, &"hello", &1, &own.as_str()]),
        op("merge", &[&NOON, &4, &1]),
        op("merge", &[&NOON, &0, &1]),
        op("uses", &[&(NOON + 16 * MINUTE), &"spring", &1, &""]),
        op("revoke", &[&NOON, &"hello", &own.as_str()]),
        none(&hello(&own, 1, "cart 8")),
        op("revoke", &[&NOON, &"hello", &"x"]),
        op("revoke", &[&NOON, &"spring", &""]),
        none(&spring("cart 8", "8")),
    ]
}

/// From the quote to the order and back, all coupons together; played three times as well.
fn together() -> Vec<Op> {
    let basket = |checkout: &str| format!("{},\"checkout\":\"{checkout}\"}}", BASKET.strip_suffix('}').unwrap());
    let quote = |minutes: i64, who: &str, checkout: &str, codes: &str| {
        op("quote", &[&who, &(NOON + minutes * MINUTE), &basket(checkout).as_str(), &codes])
    };
    let reserve = |minutes: i64, checkout: &str, friend: i64, taken: &str| {
        let now = NOON + minutes * MINUTE;
        op("reserve_all", &[&now, &(now + 15 * MINUTE), &checkout, &friend, &taken])
    };
    let redeem = |checkout: &str, order: &str| op("redeem_all", &[&NOON, &checkout, &order]);
    let (card, both) = (format!(r#"["{}"]"#, printed()), format!(r#"["spring26","{}"]"#, printed()));
    let taken = |coupon: &str, more: &str| {
        format!(r#"[{{"candidate":0,"coupon":"{coupon}","discount":1,"lines":[],"shipping":0{more}}}]"#)
    };
    vec![
        // Revoked before.
        quote(0, "guest", "cart 20", r#"["spring26"]"#),
        op("playbook", &[&SHOP.replace("spring", "summer").as_str()]),
        quote(0, "guest", "cart 20", r#"["spring26"]"#),
        quote(0, "friend", "cart 20", &both),
        reserve(0, "cart 20", 1, ""),
        quote(0, "friend", "cart 21", &both),
        quote(0, "friend", "cart 20", &both),
        reserve(1, "cart 20", 1, ""),
        redeem("cart 21", "order 20"),
        redeem("cart 20", "order 20"),
        redeem("cart 20", "order 20"),
        redeem("cart 20", "order 21"),
        redeem("cart 20", ""),
        reserve(1, "cart 20", 1, ""),
        op("release_all", &[&NOON, &"cart 20"]),
        op("roll_back", &[&NOON, &"order 20", &0, &0]),
        quote(0, "guest", "cart 22", &card),
        reserve(0, "cart 22", 0, ""),
        quote(0, "guest", "cart 23", &card),
        reserve(0, "cart 23", 0, ""),
        op("release_all", &[&NOON, &"cart 22"]),
        op("release_all", &[&NOON, &"cart 22"]),
        op("release_all", &[&NOON, &""]),
        redeem("cart 22", "order 22"),
        reserve(0, "cart 24", 2, &taken("summer", "")),
        reserve(0, "cart 24", 0, &taken("summer", "")),
        reserve(0, "cart 24", 2, &taken("summer", ",\"code\":\"x\"")),
        reserve(0, "cart 24", 2, &taken("hello", "")),
        reserve(0, "cart 24", 2, &taken("hello", ",\"code\":\"x\",\"valid_until\":\"2026-05-01T00:00:00Z\"")),
        reserve(0, "cart 24", 2, &taken("spring", "")),
        reserve(0, "cart 24", 2, "[{}]"),
        reserve(0, "cart 24", 2, "[]"),
        reserve(0, "", 2, "[]"),
        reserve(-15, "cart 24", 2, &taken("tea", "")),
        op("playbook", &[&SHOP]),
    ]
}

fn keys() -> KeyRing {
    KeyRing::new(0, SECRET.as_bytes()).unwrap()
}

fn own(friend: u32) -> String {
    keys().issue(&CouponName::new("hello").unwrap(), Serial::new(FriendId(friend), 0)).to_string()
}

fn printed() -> String {
    keys().issue(&CouponName::new("card").unwrap(), Serial::Batch { number: 2 }).to_string()
}

/// The same with another last sign.
fn typo(code: &str) -> String {
    let (rest, last) = code.split_at(code.len() - 1);
    format!("{rest}{}", if last == "0" { "1" } else { "0" })
}

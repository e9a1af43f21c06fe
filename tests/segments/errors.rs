//! What is said of a mistake: where it is, what is wrong, and what would be right.

use enishi::model::Zone;
use enishi::segment::{Expr, Schema};
use serde_json::{Value as Json, json};

use super::people::schema;

/// The column, the message and the hint of the first mistake, of grammar or of meaning.
fn mistake(text: &str, schema: &Schema) -> Option<(usize, String, String)> {
    let parsed = match Expr::parse(text) {
        Ok(parsed) => parsed,
        Err(error) => return Some((error.column, error.message, error.hint.unwrap_or_default())),
    };
    let fault = schema.compile(&parsed.expr).err()?.swap_remove(0);
    let column = text[..parsed.places[fault.atom]].chars().count() + 1;
    Some((column, fault.problem.to_string(), fault.hint.unwrap_or_default()))
}

#[test]
fn every_mistake_has_its_place_and_what_would_be_right() {
    let schema = schema(Zone::TOKYO);
    let rows = include_str!("mistakes.md").lines().filter(|line| line.starts_with("| `"));
    let (mut wrong, mut checked) = (Vec::new(), 0);
    for row in rows {
        let cells: Vec<&str> = row.split(" | ").collect();
        let [expression, column, message, hint] = cells[..] else { panic!("a row of four cells: {row}") };
        let text = expression.trim_start_matches("| `").trim_end_matches('`');
        let hint = hint.trim_end_matches('|').trim_end();
        let expected = Some((column.parse().unwrap(), message.to_owned(), hint.to_owned()));
        let found = mistake(text, &schema);
        if found != expected {
            wrong.push(format!("{text}\n  - {expected:?}\n  + {found:?}"));
        }
        checked += 1;
    }
    assert!(checked >= 140, "{checked} mistakes");
    assert!(wrong.is_empty(), "{} of {checked}\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn ranks_the_shop_has_no_rule_for() {
    let schema = Schema::new(Zone::TOKYO);
    for (text, message, hint) in [
        ("rfm.recency >= 4", "the shop does not rank its customers by RFM", "the playbook needs a section [rfm]"),
        ("rfm is 'new'", "the shop does not rank its customers by RFM", "the playbook needs a section [rfm]"),
        ("cpm is '優良現役'", "the shop does not rank its customers by CPM", "the playbook needs a section [cpm]"),
        ("decile <= 3", "the shop does not rank its customers by decile", "the playbook needs a section [decile]"),
    ] {
        assert_eq!(mistake(text, &schema), Some((1, message.into(), hint.into())), "{text}");
    }
}

#[test]
fn all_mistakes_of_meaning_are_told_at_once() {
    let text = "tag 'VIPP' or (gendr = 'female' and 更新日 = 5)";
    let parsed = Expr::parse(text).unwrap();
    let faults = schema(Zone::TOKYO).compile(&parsed.expr).unwrap_err();
    let places: Vec<usize> = faults.iter().map(|fault| text[..parsed.places[fault.atom]].chars().count() + 1).collect();
    assert_eq!(places, [1, 16, 37]);
}

#[test]
fn a_list_has_a_thousand_values_and_no_more() {
    let list = |length: usize| format!("score in ({})", vec!["1"; length].join(", "));
    assert!(Expr::parse(&list(1000)).is_ok());
    let error = Expr::parse(&list(1001)).unwrap_err();
    // After `score in (` every value takes three columns, and the mistake is behind the last.
    assert_eq!((error.column, error.message.as_str()), (11 + 3 * 1000 + 1, "a list has at most 1000 values"));
    let json = |length: usize| json!({ "attribute": { "name": "score", "in": vec![1; length] } });
    assert!(Expr::from_json(&json(1000)).is_ok() && Expr::from_json(&json(1001)).is_err());
}

/// What people type, and how it is written in full.
#[test]
fn every_way_of_saying_the_same_is_taken() {
    for (typed, canonical) in [
        ("ｏｒｄｅｒｓ．ｃｏｕｎｔ　＞＝　２", "orders.count >= 2"),
        ("orders.count≧２", "orders.count >= 2"),
        ("orders.count ≤ 2", "orders.count <= 2"),
        ("orders.count ≠ 2", "orders.count != 2"),
        ("orders.count <> 2", "orders.count != 2"),
        ("orders.count == 2", "orders.count = 2"),
        ("orders.total >= 10,000", "orders.total >= 10000"),
        ("orders.total >= １，０００，０００", "orders.total >= 1000000"),
        ("score >= 1,000.50", "score >= 1000.5"),
        ("score in (1,2)", "score in (1, 2)"),
        ("score in （１０，２０、３０）", "score in (10, 20, 30)"),
        ("（tag “VIP” or tag ‘興味/メイク’）", "tag 'VIP' or tag '興味/メイク'"),
        ("tag ＇VIP＇", "tag 'VIP'"),
        ("tag \"it's\"", "tag 'it''s'"),
        ("tag 'it''s'", "tag 'it''s'"),
        ("sample １０％ of 'summer'", "sample 10% of 'summer'"),
        ("order within ３０ｄ", "order within 30d"),
        ("order within 2w", "order within 14d"),
        ("order within 90m", "order within 1h30m"),
        ("order since ２０２６－０１－３１", "order since 2026-01-31"),
        ("orders.total ever > 0", "orders.total > 0"),
        ("order ever", "order"),
        ("orders.count >= 1", "order"),
        ("orders.count = 0 ", "no order"),
        ("gender is 'female'", "gender = 'female'"),
        ("gender is not 'female'", "gender != 'female'"),
        ("会員 is true", "会員 = true"),
        ("viewed product 'A'", "view of product 'A'"),
        ("view 'A'", "view of product 'A'"),
        ("bought 'A' within 30d", "order of product 'A' within 30d"),
        ("ordered within 30d", "order within 30d"),
        ("clicked 'x' at most 3 times", "clicks.count 'x' <= 3"),
        ("clicked 'x' within 7d exactly 1 time", "clicks.count 'x' within 7d = 1"),
        ("viewed category 'a' at least 2 times within 30d", "views.count of category 'a' within 30d >= 2"),
        ("viewed category 'a' within 30d at least 2 times", "views.count of category 'a' within 30d >= 2"),
        ("replied within 3d", "reply within 3d"),
        ("first_order within 3d", "first order within 3d"),
        ("last_order older than 3d", "last order older than 3d"),
        ("coupon 'hello' unused and expires within 3d", "coupon 'hello' expires within 3d"),
        ("reachable by line", "line is following"),
        ("rfm = 'new'", "rfm is 'new'"),
        ("rfm in ('new')", "rfm is 'new'"),
        ("reorder 'A' due", "reorder of product 'A' due"),
        ("reorder of 'A' due", "reorder of product 'A' due"),
        ("reorder product 'A' due within 1d", "reorder of product 'A' due today"),
        ("reorder category 'a' overdue", "reorder of category 'a' overdue by 1d"),
        ("reorder overdue by 1w", "reorder overdue by 7d"),
        ("attribute 'reorder' = 1", "attribute 'reorder' = 1"),
        ("anniversary of birthday within 1d", "anniversary of birthday today"),
        ("NOT line is linked AND order OR click", "(not line is linked and order) or click"),
        ("not not order", "not not order"),
        ("((order))", "order"),
        ("attribute 'score' >= 2", "score >= 2"),
        ("attribute 'order' = 'x'", "attribute 'order' = 'x'"),
        ("order = 'x'", "attribute 'order' = 'x'"),
        ("orders.count of product in ('A') >= 2", "orders.count with product in ('A') >= 2"),
    ] {
        let parsed = Expr::parse(typed).unwrap_or_else(|e| panic!("{typed}: {e}"));
        assert_eq!(parsed.expr.to_string(), canonical, "{typed}");
        assert_eq!(Expr::parse(canonical).unwrap().expr, parsed.expr, "{typed}");
    }
}

#[test]
fn mistakes_in_json_have_their_path() {
    let table: Vec<(Json, &str, &str)> = vec![
        (json!(3), "/", "an object is needed here"),
        (json!({}), "/", "an object with exactly one key is needed, such as {\"tag\": \"VIP\"}"),
        (
            json!({ "tag": "a", "line": "linked" }),
            "/",
            "an object with exactly one key is needed, such as {\"tag\": \"VIP\"}",
        ),
        (json!({ "tags": "a" }), "/tags", "`tags` is no condition"),
        (json!({ "and": [{ "tag": "a" }] }), "/and", "a list of two conditions or more is needed"),
        (json!({ "or": [{ "tag": "a" }, { "not": { "tag": 5 } }] }), "/or/1/not/tag", "an object is needed here"),
        (json!({ "and": [{ "tag": "" }, { "tag": "a" }] }), "/and/0/tag", "a name may not be empty"),
        (json!({ "line": "gone" }), "/line", "`gone` is none of following, blocked, linked"),
        (
            json!({ "orders.count": { ">=": 2.5 } }),
            "/orders.count",
            "invalid type: floating point `2.5`, expected an exact decimal, as a string (\"4080.50\") or a whole number",
        ),
        (json!({ "orders.count": { ">=": "2.5" } }), "/orders.count", "a count is a whole number from 0"),
        (json!({ "orders.count": { ">=": -1 } }), "/orders.count", "a count is a whole number from 0"),
        (json!({ "orders.count": {} }), "/orders.count", "a comparison is missing: one of = != < <= > >="),
        (
            json!({ "orders.count": { ">": 1, "<": 3 } }),
            "/orders.count",
            "one comparison at a time: join two with `and`",
        ),
        (json!({ "reorder": true }), "/reorder", "an object is needed here"),
        (
            json!({ "reorder": { "product": "A" } }),
            "/reorder",
            "one of `due` (true), `due within`, `due in` and `overdue by` is needed",
        ),
        (
            json!({ "reorder": { "due": true, "due in": 3 } }),
            "/reorder",
            "one of `due` (true), `due within`, `due in` and `overdue by` is needed",
        ),
        (json!({ "reorder": { "due in": "3d" } }), "/reorder", "whole days of one year are needed"),
        (json!({ "reorder": { "overdue by": 0 } }), "/reorder", "whole days of one year are needed"),
        (
            json!({ "reorder": { "product": "A", "category": "b", "due": true } }),
            "/reorder",
            "one of `product` and `category` at most",
        ),
        (json!({ "orders.mean": { ">": 1 } }), "/orders.mean", "`mean` is none of count, total, sum, distinct"),
        (json!({ "orders.sum": { ">": 1 } }), "/orders.sum", "`field` names what is asked about"),
        (
            json!({ "orders.sum": { "field": "points", ">": 1 } }),
            "/orders.sum",
            "`points` is no field; a property is {\"property\": \"points\"}",
        ),
        (
            json!({ "orders.count": { "within": "30", ">": 1 } }),
            "/orders.count",
            "a length of time is written as weeks, days, hours and minutes, such as 30d, 1d12h or 45m",
        ),
        (
            json!({ "orders.count": { "within": "30d", "since": "2026-01-01", ">": 1 } }),
            "/orders.count",
            "one window at most: within, older than, between, since, before, or from with to",
        ),
        (
            json!({ "orders.count": { "during": "30d", ">": 1 } }),
            "/orders.count",
            "`during` has no meaning here; known: event, state, expires within, with, older than, within, between, before, since, from, to, >",
        ),
        (json!({ "orders.count": { "state": "used", ">": 1 } }), "/orders.count", "`state` has no meaning for orders"),
        (
            json!({ "orders.count": { "from": "2026-01-31", "to": "2026-01-01", ">": 1 } }),
            "/orders.count",
            "`to` is a later day than `from`",
        ),
        (
            json!({ "last order": {} }),
            "/last order",
            "when is missing: within, older than, between, since, before, or from with to",
        ),
        (json!({ "last order": { "since": "2026/01/31" } }), "/last order", "a date is written as 2026-01-31"),
        (json!({ "last visit": { "within": "3d" } }), "/last visit", "`last visit` is no condition"),
        (json!({ "coupons.count": { ">": 1 } }), "/coupons.count", "a coupon needs `state` or `expires within`"),
        (json!({ "events.count": { ">": 1 } }), "/events.count", "`event` is missing"),
        (
            json!({ "attribute": { "name": "a" } }),
            "/attribute",
            "one test is needed: a comparison, in, contains or starts with",
        ),
        (
            json!({ "attribute": { "name": "a", "=": [1] } }),
            "/attribute",
            "a value is a text, a number, true, false or {\"date\": …}",
        ),
        (json!({ "attribute": { "name": "a", "in": [] } }), "/attribute", "`in` takes a list of 1 to 1000 values"),
        (
            json!({ "sequence": { "first": { "of": "click" }, "within": "1d" } }),
            "/sequence",
            "one of `then` and `then no` is needed",
        ),
        (
            json!({ "sequence": { "first": { "of": "click" }, "then no": { "of": "order" } } }),
            "/sequence",
            "`then no` needs `within`, and takes no `without`",
        ),
        (
            json!({ "sequence": { "first": { "of": "click" }, "then": { "of": "order", "within": "3d" } } }),
            "/sequence",
            "only `first` has a window of its own",
        ),
        (
            json!({ "sequence": { "first": { "of": "visit" }, "then": { "of": "order" } } }),
            "/sequence",
            "nothing of the name `visit` is counted",
        ),
        (json!({ "rfm.recency": { ">=": 11 } }), "/rfm.recency", "a whole number from 1 to 10 is needed"),
        (json!({ "rfm": "new" }), "/rfm", "a list of 1 to 1000 texts is needed"),
        (
            json!({ "anniversary": { "of": "birthday", "within": 0 } }),
            "/anniversary",
            "whole days of one year are needed",
        ),
        (
            json!({ "sample": { "share": "10", "of": "x", "seed": 3 } }),
            "/sample",
            "`seed` has no meaning here; known: share, of",
        ),
    ];
    let mut wrong = Vec::new();
    for (json, path, message) in &table {
        match Expr::from_json(json) {
            Err(error) if (error.path.as_str(), error.message.as_str()) == (*path, *message) => {}
            other => wrong.push(format!(
                "{json}\n  - {path}: {message}\n  + {}",
                other.map_or_else(|e| e.to_string(), |expr| expr.to_string())
            )),
        }
    }
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), table.len(), wrong.join("\n"));
}

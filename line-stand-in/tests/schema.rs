//! Request bodies against LINE's official OpenAPI file.

mod support;

use std::io::Write as _;
use std::path::PathBuf;

use line_stand_in::{Options, StandIn};
use serde_json::{json, Value};
use support::*;

#[test]
fn bodies_must_fit_the_official_schema() {
    let Some(openapi) = openapi() else { return };
    let (line, client) = start(Options { openapi: Some(openapi), ..options() });
    for message in good_messages() {
        let answer = push(&client, &message);
        assert_eq!(answer.status, 200, "{message}: {}", answer.text);
    }
    let accepted = line.accepted().len();
    for (message, property) in bad_messages() {
        let answer = push(&client, &message);
        assert_eq!(answer.status, 400, "{message}");
        let details = answer.json()["details"].clone();
        assert_eq!(details[0]["property"], property, "{message}: {details}");
    }
    assert_eq!(line.accepted().len(), accepted);
}

#[test]
fn every_sending_endpoint_has_a_schema() {
    let Some(openapi) = openapi() else { return };
    let (line, client) = start(Options { openapi: Some(openapi), ..options() });
    let token = line.issue_reply_token(&user(1));
    let mut bodies = [
        (PUSH, push_body(1)),
        (MULTICAST, json!({ "to": [user(1)], "messages": text("a") })),
        (BROADCAST, json!({ "messages": text("a") })),
        (REPLY, json!({ "replyToken": token, "messages": text("a") })),
    ];
    for (path, body) in &mut bodies {
        body["notificationDisabled"] = json!("yes");
        let answer = client.post(path, body);
        assert_eq!(answer.status, 400, "{path}");
        assert_eq!(answer.json()["details"][0]["property"], "notificationDisabled");
        body["notificationDisabled"] = json!(true);
        let answer = client.post(path, body);
        assert_eq!(answer.status, 200, "{path} {}", answer.text);
    }
}

#[test]
fn a_missing_file_is_an_error_at_the_start() {
    let options = Options { openapi: Some("no/such/folder".into()), ..options() };
    assert!(StandIn::start(options).is_err());
}

fn openapi() -> Option<PathBuf> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/openapi"));
    if folder.join("messaging-api.yml").exists() {
        return Some(folder);
    }
    let _ = writeln!(
        std::io::stderr(),
        "SKIPPED: no messaging-api.yml in {}, so the schema check is NOT tested",
        folder.display()
    );
    None
}

fn push(client: &Client, message: &Value) -> Answer {
    client.post(PUSH, &json!({ "to": user(1), "messages": [message] }))
}

fn good_messages() -> Vec<Value> {
    vec![
        json!({ "type": "text", "text": "a", "quickReply": { "items": [
            { "type": "action", "action": { "type": "cameraRoll", "label": "photo" } },
        ] } }),
        json!({ "type": "textV2", "text": "{a}", "substitution": {
            "a": { "type": "emoji", "productId": "1", "emojiId": "2" },
        } }),
        json!({ "type": "sticker", "packageId": "1", "stickerId": "2" }),
        json!({ "type": "coupon", "couponId": "01K" }),
        json!({ "type": "image", "originalContentUrl": "https://a.example/%E3%81%82.png", "previewImageUrl": "https://a.example/b.png" }),
        json!({ "type": "template", "altText": "a", "template": {
            "type": "confirm", "text": "a", "actions": [
                { "type": "message", "label": "y", "text": "y" },
                { "type": "uri", "label": "n", "uri": "https://a.example/" },
            ],
        } }),
        json!({ "type": "flex", "altText": "a", "contents": { "type": "carousel", "contents": [
            { "type": "bubble", "size": "kilo", "body": { "type": "box", "layout": "vertical", "contents": [
                { "type": "text", "text": "a", "contents": [{ "type": "span", "text": "b" }] },
                { "type": "button", "action": { "type": "postback", "data": "a=b" } },
                { "type": "box", "layout": "baseline", "contents": [{ "type": "filler" }],
                  "background": { "type": "linearGradient", "angle": "0deg", "startColor": "#fff", "endColor": "#000" } },
            ] } },
        ] } }),
    ]
}

fn bad_messages() -> Vec<(Value, &'static str)> {
    let flex = |content: Value| {
        json!({ "type": "flex", "altText": "a", "contents": {
            "type": "bubble",
            "body": { "type": "box", "layout": "vertical", "contents": [content] },
        } })
    };
    vec![
        (json!({ "type": "telegram" }), "messages[0].type"),
        (json!({ "type": "sticker", "packageId": "1" }), "messages[0]"),
        (json!({ "type": "sticker", "packageId": 1, "stickerId": "2" }), "messages[0].packageId"),
        (
            json!({ "type": "image", "originalContentUrl": "https://a.example/あ b", "previewImageUrl": "https://a.example/" }),
            "messages[0].originalContentUrl",
        ),
        (
            json!({ "type": "text", "text": "a", "sender": { "name": "a name of over 20 letters" } }),
            "messages[0].sender.name",
        ),
        (
            flex(json!({ "type": "button", "action": { "type": "teleport" } })),
            "messages[0].contents.body.contents[0].action.type",
        ),
        (flex(json!({ "type": "button" })), "messages[0].contents.body.contents[0]"),
        (
            flex(json!({ "type": "text", "text": "a", "weight": "heavy" })),
            "messages[0].contents.body.contents[0].weight",
        ),
    ]
}

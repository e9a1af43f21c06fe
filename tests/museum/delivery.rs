//! Deciding and delivering: what was skipped, and what a greeting costs.

use enishi::line::{Endpoint, Webhook};
use enishi::model::Zone;

use crate::NOON;
use crate::support::lab::{Lab, at};

// LINE Harness #278, #119: an action was documented, never fired, and nothing said so.
// Seen to fail when a step that sets an attribute writes no decision (`Scene::act`).
#[test]
fn x10_every_step_of_every_run_ends_in_a_decision() {
    let mut lab = Lab::new(
        "tags = ['T']\n[attributes]\npoints = 'number'\n[coupons.c]\nbenefit = { amount = 1 }\nvalid = { for = '1d' }\n[menus.m]\nrich_menu_id = 'richmenu-1'\n[scenarios.other]\non = 'by hand'\nsteps = [{ wait = '9d' }]\n[scenarios.s]\non = 'any follow'\nsteps = [{ id = 'send', send = 'a' }, { id = 'tag', tag = 'T' }, \
         { id = 'issue', issue = 'c' }, { id = 'wait', wait = '1h' }, { id = 'branch', if = \"tag 'T'\", then = 'next' }, { id = 'untag', untag = 'T' }, \
         { id = 'set', set = 'points', to = 5 }, { id = 'unset', unset = 'points' }, { id = 'expire', expire = 'c' }, { id = 'menu', menu = 'm' }, { id = 'start', start = 'other' }, \
         { id = 'await', wait = { first_of = ['order'], or_after = '1h' } }, { id = 'stop', stop = 'other' }, { id = 'emit', emit = 'staff', letter = { text = 'x' } }, \
         { id = 'split', split = { A = 1, B = 1 } }, { id = 'over', end = true }]",
    );
    lab.follow(NOON, "hana");
    lab.play("2026-04-02T12:00:00+09:00");
    let lines = lab.decisions();
    for (step, word) in [
        ("send", "sent"),
        ("tag", "tagged T on"),
        ("issue", "coupon_issued c"),
        ("wait", "waits until 2026-04-01T13:00"),
        ("wait", "waited"),
        ("branch", "branched yes to untag"),
        ("untag", "tagged T off"),
        ("set", "attribute_set points"),
        ("unset", "attribute_set points"),
        ("expire", "coupon_expired c"),
        ("menu", "menu_switched m"),
        ("start", "started other"),
        ("await", "waits until 2026-04-01T14:00"),
        ("await", "timed_out to stop"),
        ("stop", "stopped other"),
        ("emit", "handed_over to staff"),
        ("split", "split "),
        ("over", "left: finished"),
    ] {
        assert!(lines.iter().any(|line| line.contains(&format!("s#1/{step} {word}"))), "{step} {word}: {lines:#?}");
    }
}

// A greeting was lost with a spent reply token, or paid for as a push and nobody knew; two greetings fought for one
// token. Here nothing that is decided hangs on a token: each greeting is a push of its own, counted before it leaves.
// Seen to fail when `WebhookEvent::reply_until` does not end twenty minutes after what happened.
#[test]
fn x11_no_greeting_hangs_on_a_reply_token() {
    let mut lab = Lab::new(
        "[scenarios.one]\non = 'follow'\nsteps = [{ id = 'a', send = 'a' }]\n[scenarios.two]\non = 'follow'\nsteps = [{ id = 'b', send = 'b' }]",
    );
    lab.follow(NOON, "hana");
    let parcels = lab.engine.take_parcels();
    let sent: Vec<_> = parcels.iter().map(|parcel| (parcel.request().unwrap().endpoint(), parcel.messages())).collect();
    assert_eq!(sent, [(Endpoint::Push, 1), (Endpoint::Push, 1)]);
    assert!(
        parcels.iter().all(|parcel| parcel.request().unwrap().retry_key().is_some()),
        "a reply could not be repeated"
    );
    assert_ne!(parcels[0].key, parcels[1].key);
    // Whoever answers by token all the same is told how long it can be trusted: not at all when it was sent again late.
    let until = |rest: &str, received: &str| {
        let body = format!(
            r#"{{"destination":"U{0}","events":[{{"type":"follow","timestamp":1775012400000,"source":{{"type":"user","userId":"U{0}"}},"mode":"active","webhookEventId":"01","follow":{{"isUnblocked":false}}{rest}}}]}}"#,
            "0".repeat(32)
        );
        let webhook = Webhook::parse(body.as_bytes()).unwrap();
        let event = webhook.events.into_iter().next().unwrap().unwrap();
        event.reply_until(at(received)).map(|until| Zone::TOKYO.show(until))
    };
    let (once, again) = (r#","deliveryContext":{"isRedelivery":false}"#, r#","deliveryContext":{"isRedelivery":true}"#);
    let token = r#","replyToken":"t""#;
    assert_eq!(until(once, NOON), None, "no token, no reply");
    assert_eq!(until(&format!("{once}{token}"), NOON).unwrap(), "2026/04/01 12:01");
    assert_eq!(until(&format!("{again}{token}"), "2026-04-01T12:19:00+09:00").unwrap(), "2026/04/01 12:20");
    assert_eq!(until(&format!("{again}{token}"), "2026-04-01T15:00:00+09:00").unwrap(), "2026/04/01 12:20", "spent");
}

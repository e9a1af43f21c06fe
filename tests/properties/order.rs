//! Law 2: in whatever order facts are told, the same is known in the end.

use enishi::model::{Currency, Event, Friend, Timestamp};
use proptest::prelude::*;

use super::small_shop::{START, engine, instant};
use super::support::lab::{event, follow};

const PLAYBOOK: &str = "tags = ['VIP']\nchannels = ['email']\n[events]\n'セミナー' = { seats = 'number' }\n\
    [history]\nview = 'ever'\nclick = '39d'\nreply = '38d'\npostback = '40d'\ncart = 'ever'\nevents = { 'セミナー' = 'ever' }\n[shop]\nname = 'x'\nzone = 'Asia/Tokyo'\ncurrency = 'JPY'\n[attributes]\npoints = 'number'\n\
    [coupons.c]\nbenefit = { amount = 1 }\nvalid = { for = '100d' }\n[scenarios.issue]\non = 'click'\nsteps = [{ issue = 'c' }]";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn any_order_of_arrival_gives_the_same_friend(
        facts in prop::collection::vec((0_i64..5, told()), 1..14),
        shuffle in prop::collection::vec(any::<u32>(), 14),
        again in prop::collection::vec(0_usize..14, 0..4),
    ) {
        let mut events: Vec<Event> = facts.iter().enumerate().map(|(i, (hour, fact))| {
            let at = instant(START + hour * 3_600_000).to_string();
            // Of two carts of one instant the one told last stands, so there are none that differ.
            let json = event(&format!("e{i}"), "hana", &at, &fact.replace("HOUR", &hour.to_string()));
            Event::from_json(json.as_bytes(), Currency::JPY).unwrap()
        }).collect();
        let one = known(&events);
        let mut order: Vec<usize> = (0..events.len()).collect();
        order.sort_by_key(|i| shuffle[*i]);
        order.extend(again.into_iter().filter(|i| *i < events.len()));
        events = order.into_iter().map(|i| events[i].clone()).collect();
        let other = known(&events);
        prop_assert_eq!(&one.orders, &other.orders);
        prop_assert_eq!(&one.line, &other.line);
        prop_assert_eq!(&one.tags, &other.tags);
        prop_assert_eq!(&one.attributes, &other.attributes);
        prop_assert_eq!(&one.coupons, &other.coupons);
        prop_assert_eq!(&one.history, &other.history);
        prop_assert_eq!(one, other, "and so is everything else");
    }

    /// The same when some of it was told of the member, before the two were linked.
    #[test]
    fn one_person_under_two_keys_is_the_same_as_under_one(
        facts in prop::collection::vec((0_i64..20, told(), any::<bool>()), 1..12), linked in 0_usize..12,
    ) {
        let at = |hour: i64| instant(START + hour * 3_600_000).to_string();
        let read = |json: String| Event::from_json(json.as_bytes(), Currency::JPY).unwrap();
        let link = |name: &str| read(event(name, "hana", &at(0), r#""type":"link","member":"member:1""#));
        let of = |split: bool| -> Vec<Event> {
            let mut events: Vec<Event> = facts.iter().enumerate().map(|(i, (hour, fact, member))| {
                let key = if split && *member { "member:1" } else { "hana" };
                read(event(&format!("e{i}"), key, &at(*hour), fact))
            }).collect();
            events.insert(linked.min(events.len()), link("link"));
            events
        };
        let (one, two) = (known(&of(false)), known(&of(true)));
        prop_assert_eq!(&one.orders, &two.orders);
        prop_assert_eq!(&one.line, &two.line);
        prop_assert_eq!(&one.tags, &two.tags);
        prop_assert_eq!(&one.attributes, &two.attributes);
        prop_assert_eq!(one.known_since, two.known_since);
        prop_assert_eq!(one.history, two.history);
        prop_assert_eq!(one.channels, two.channels);
    }
}

/// Of two facts of one instant it is settled which counts, and not by which came first.
#[test]
fn ties_do_not_fall_by_arrival() {
    let placed = |total: u32, sku: &str| {
        format!(
            r#""type":"order_placed","order":"1","total":"{total}","lines":[{{"sku":"{sku}","quantity":1,"unit_price":"1"}}]"#
        )
    };
    let told = |fact: &str| fact.to_owned();
    let pairs = [
        [placed(1000, "a"), placed(2000, "a")],
        [placed(1000, "a"), placed(1000, "b")],
        [placed(1000, "a"), told(r#""type":"order_cancelled","order":"1""#)],
        [follow("hana", ""), told(r#""type":"unfollow""#)],
        [follow("hana", ",\"route\":\"a\""), follow("hana", ",\"route\":\"b\"")],
        [follow("hana", ",\"route\":\"a\""), follow("hana", "")],
        [told(r#""type":"tag","tag":"VIP""#), told(r#""type":"untag","tag":"VIP""#)],
        [told(r#""type":"profile","attributes":{"points":1}"#), told(r#""type":"profile","attributes":{"points":2}"#)],
        [
            told(r#""type":"profile","attributes":{"points":1}"#),
            told(r#""type":"profile","attributes":{"points":null}"#),
        ],
    ];
    let read = |id: &str, fact: &str| {
        Event::from_json(event(id, "hana", &instant(START).to_string(), fact).as_bytes(), Currency::JPY).unwrap()
    };
    for [one, other] in pairs {
        let (a, b) = (read("a", &one), read("b", &other));
        assert_eq!(known(&[a.clone(), b.clone()]), known(&[b, a]), "{one} and {other}");
    }
    let cancelled = known(&[read("a", &placed(1, "a")), read("b", r#""type":"order_cancelled","order":"1""#)]);
    assert_eq!(cancelled.orders.counting(Timestamp::MAX).count(), 0, "cancelled in the instant it was placed");
}

/// The friend after all of it, told at one time long after, so that nothing starts a scenario but the coupon's.
fn known(events: &[Event]) -> Friend {
    let mut engine = engine(PLAYBOOK);
    let now: Timestamp = instant(START + 40 * 86_400_000);
    // The coupon is issued first: it cannot be used before it is.
    let click = event("click", "hana", &now.to_string(), r#""type":"click","link":"x""#);
    engine.record(&Event::from_json(click.as_bytes(), Currency::JPY).unwrap(), now).unwrap();
    let code = engine.friend("hana").unwrap().coupons[0].code.clone();
    for event in events {
        let mut event = event.clone();
        if let enishi::model::Fact::CouponRedeemed { code: typed, .. } = &mut event.fact {
            typed.clone_from(&code);
        }
        engine.record(&event, now).unwrap();
    }
    engine.friend("hana").unwrap()
}

fn told() -> impl Strategy<Value = String> {
    let order = 0_u32..2;
    prop_oneof![
        2 => Just(follow("hana", "")),
        2 => Just(follow("hana", ",\"unblocked\":false,\"route\":\"a\"")),
        1 => Just(follow("hana", ",\"route\":\"b\"")),
        2 => Just(r#""type":"unfollow""#.to_owned()),
        5 => (order.clone(), 0_u32..2, 0_u32..2, 0_i64..2).prop_map(|(n, yen, lines, hour)| {
            let line = format!(r#"{{"sku":"s{lines}","quantity":1,"unit_price":"1"}}"#);
            let placed = instant(START + hour * 3_600_000);
            format!(r#""type":"order_placed","order":"{n}","placed_at":"{placed}","total":"{}","lines":[{line}]"#, yen * 1000)
        }),
        2 => order.clone().prop_map(|n| format!(r#""type":"order_cancelled","order":"{n}""#)),
        2 => (order.clone(), 1_u32..1500).prop_map(|(n, yen)| format!(r#""type":"order_refunded","order":"{n}","amount":"{yen}""#)),
        1 => order.clone().prop_map(|n| format!(r#""type":"order_shipped","order":"{n}""#)),
        1 => order.clone().prop_map(|n| format!(r#""type":"order_delivered","order":"{n}""#)),
        2 => order.prop_map(|n| format!(r#""type":"coupon_redeemed","coupon":"c","code":"CODE","order":"{n}""#)),
        2 => prop_oneof![Just("tag"), Just("untag")].prop_map(|kind| format!(r#""type":"{kind}","tag":"VIP""#)),
        2 => (0_i64..4).prop_map(|points| format!(r#""type":"profile","attributes":{{"points":{points}}}"#)),
        1 => Just(r#""type":"profile","attributes":{"points":null}"#.to_owned()),
        4 => prop_oneof![
            Just(r#""type":"view","product":"a","categories":["x","y"]"#),
            Just(r#""type":"view","product":"b""#),
            Just(r#""type":"click","link":"x""#),
            Just(r#""type":"message","text":"はい""#),
            Just(r#""type":"message""#),
            Just(r#""type":"postback","data":"yes""#),
            Just(r#""type":"cart","lines":[{"sku":"HOUR","quantity":1,"unit_price":"1"}]"#),
            Just(r#""type":"custom","name":"セミナー","properties":{"seats":2}"#),
            Just(r#""type":"reachable","channel":"email","reachable":true"#),
            Just(r#""type":"reachable","channel":"email","reachable":false"#),
        ].prop_map(ToOwned::to_owned),
    ]
}

//! Bytes that were never packed.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::model::{
    Activity, Cart, CartLine, Channel, Dated, Deferred, DeliveryKey, FriendKey, HeldCoupon, Journey, LineUserId,
    MenuSeen, Money, Occurrence, Order, Redemption, Round, RunRecord, ScenarioVersion, Sent, Value,
};

fn at(minutes: i64) -> Timestamp {
    Timestamp::EPOCH.plus_millis(1_775_000_000_000 + minutes * 60_000)
}

fn name<N: core::str::FromStr<Err: core::fmt::Debug>>(text: &str) -> N {
    text.parse().unwrap()
}

/// Somebody of whom everything is known that can be.
fn known_well() -> Friend {
    let mut friend = Friend::new(FriendId(7), name("line:U4af4980629f0d1b6a8f1a2b3c4d5e6f7"));
    let user = LineUserId::from_bytes(0x4af4_9806_29f0_d1b6_a8f1_a2b3_c4d5_e6f7_u128.to_be_bytes());
    friend.also = vec![name("eccube:customer:39"), name("U4af4980629f0d1b6a8f1a2b3c4d5e6f8")];
    friend.known_since = Some(at(0));
    friend.looked_at = Some(at(9));
    friend.watch = Some(Watch { by: u64::MAX / 3, until: Some(at(30)) });
    friend.line.followed(user, at(1), Some(false), Some("店頭QR"));
    friend.line.unfollowed(at(2));
    friend.line.linked = Some(at(3));
    let list = BTreeSet::from(["赤".into(), "青".into()]);
    let values =
        [Value::Flag(true), Value::Number("-24.5".parse().unwrap()), Value::Text("肌".into()), Value::List(list)];
    for (i, value) in values.into_iter().map(Some).chain([None]).enumerate() {
        friend.set_attribute(name(&format!("a{i}")), value, at(-5));
    }
    friend.set_attribute(name("born"), Some(Value::Date("1990-02-28".parse().unwrap())), at(4).plus_millis(7));
    friend.mark(name("VIP"), true, at(5));
    friend.mark(name("興味"), false, at(6));
    let line = |categories: &[&str]| CartLine {
        sku: "SOAP-1".into(),
        quantity: 2,
        unit_price: Money::from_minor(2040),
        categories: categories.iter().map(|text| (*text).into()).collect(),
    };
    let lines = vec![line(&[]), line(&["skincare", "石鹸"])];
    let properties = BTreeMap::from([(name("payment"), Value::Text("代引き".into()))]);
    let order = |id: &str, placed_at| Order {
        id: name(id),
        placed_at,
        total: Money::from_minor(4080),
        lines: lines.clone(),
        properties: properties.clone(),
    };
    friend.orders.placed(&order("39", at(7)), at(8));
    friend.orders.placed(&order("40", at(10)), at(10));
    friend.orders.shipped(&name("40"), at(11));
    friend.orders.delivered(&name("40"), at(12));
    friend.orders.refunded(&name("40"), Money::from_minor(80));
    friend.orders.cancelled(&name("41"), at(13));
    friend.cart = Some(Dated { at: at(14), value: Cart { lines: lines.clone() } });
    for activity in [Activity::Cart, Activity::Click, Activity::Event(name("seminar")), Activity::View] {
        let done = |n: i64| Occurrence {
            at: at(n),
            id: name(&format!("e{n}")),
            subject: (n > 15).then(|| "ok".into()),
            lines: lines.clone(),
            properties: properties.clone(),
        };
        friend.history.record(activity.clone(), done(15));
        friend.history.record(activity, done(16));
    }
    friend.set_reachable(name("email"), true, at(17));
    friend.set_promotions(false, at(18));
    friend.set_chat(true, at(19));
    friend.set_menu(MenuSeen { at: at(20), menu: Some(name("members")), by_hand: true });
    friend.reactions.last = Some(at(21));
    (friend.reactions.by_hour[9], friend.reactions.by_hour[23]) = (255, 1);
    friend.deferred = vec![Deferred { scenario: name("later"), since: at(22), about: Some("39".into()) }];
    for (i, about) in [None, Some("39".into())].into_iter().enumerate() {
        friend.journeys.push(Journey {
            scenario: name("welcome"),
            version: ScenarioVersion(i as u64 * u64::MAX / 3),
            run: 1 + i as u32,
            entered_at: at(23),
            about,
            step: name("thanks"),
            arrived: at(24),
            planned: at(24),
            due: at(5000),
            rounds: vec![Round { step: name("again"), times: 2 }; i],
            done: vec![name("hello"); i],
        });
    }
    let about = BTreeSet::from(["39".into()]);
    friend.runs.insert(name("done"), RunRecord { runs: 3, last_entered: at(1), last_ended: Some(at(2)), about });
    friend
        .runs
        .insert(name("welcome"), RunRecord { runs: 2, last_entered: at(23), last_ended: None, about: BTreeSet::new() });
    let redeemed = BTreeSet::from([Redemption { at: at(25), order: name("40") }]);
    friend.coupons.push(HeldCoupon {
        coupon: name("hello"),
        code: "0PF0-0000-080P-GPEC-GENR".into(),
        issued_at: at(23),
        valid_until: at(50_000),
        redeemed,
    });
    for channel in [Channel::Line, Channel::Other(name("email"))] {
        friend.sent.push(Sent {
            at: at(26),
            key: DeliveryKey::derive("test", &[channel.as_str().as_bytes()]),
            promotional: channel.is_line(),
            message: name("welcome"),
            scenario: name("welcome"),
            delivered: (!channel.is_line()).then_some(at(27)),
            channel,
        });
    }
    friend.inside.insert(name("f2"), true);
    friend.inside.insert(name("lapsing"), false);
    friend
}

fn packed(friend: &Friend) -> (Vec<u8>, Names) {
    let (mut out, mut names) = (Vec::new(), Names::default());
    pack(friend, &mut names, &mut out);
    (out, names)
}

/// In hands that hold somebody else already.
fn unpacked(bytes: &[u8], names: &Names, hand: &Friend) -> Result<Friend, Damage> {
    let mut friend = hand.clone();
    unpack(bytes, FriendId(7), names, &mut friend).map(|()| friend)
}

#[test]
fn everything_comes_back_and_nothing_of_whom_the_hand_held_before() {
    let (friend, nobody) = (known_well(), Friend::new(FriendId(7), name("eccube:customer:1")));
    for (one, other) in [(&friend, &nobody), (&nobody, &friend), (&friend, &friend)] {
        let (bytes, names) = packed(one);
        assert_eq!(unpacked(&bytes, &names, other).as_ref(), Ok(one));
        assert!(is_in_order(one));
    }
    assert_eq!(packed(&nobody).0.len(), 1 + 1 + "eccube:customer:1".len() + 1);
}

#[test]
fn a_friend_is_known_by_its_keys_without_being_unpacked() {
    let friend = known_well();
    let (bytes, _) = packed(&friend);
    assert_eq!(key_count(&bytes), 3);
    for key in core::iter::once(&friend.key).chain(&friend.also) {
        assert!(is_of(crate::population::PackedKey::new(key.as_str()), &bytes), "{key}");
    }
    for key in ["U4af4980629f0d1b6a8f1a2b3c4d5e6f7", "eccube:customer:3", "line:U4af4980629f0d1b6a8f1a2b3c4d5e6f8"] {
        assert!(!is_of(crate::population::PackedKey::new(key), &bytes), "{key}");
    }
}

#[test]
fn bytes_cut_off_anywhere_are_refused() {
    let (bytes, names) = packed(&known_well());
    for length in 0..bytes.len() {
        assert_eq!(unpacked(&bytes[..length], &names, &known_well()), Err(Damage), "cut off at {length}");
    }
    let longer = [&bytes[..], &[0]].concat();
    assert_eq!(unpacked(&longer, &names, &known_well()), Err(Damage));
}

/// What is the same in every release lies in snapshots of that version: a change here is a new version.
#[test]
fn the_form_stays_as_it_is() {
    let (bytes, _) = packed(&known_well());
    assert_eq!((bytes.len(), crate::model::stable_hash(&bytes)), FORM);
}

const FORM: (usize, u64) = (944, 2_318_620_341_905_311_004);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    /// Damage is either seen or makes another friend, which can be packed again; it never panics.
    #[test]
    fn damaged_bytes_never_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let (mut bytes, names) = packed(&known_well());
        for (place, byte) in changes {
            *place.get_mut(&mut bytes) = byte;
        }
        if let Ok(friend) = unpacked(&bytes, &names, &known_well()) {
            let (again, names) = packed(&friend);
            prop_assert_eq!(unpacked(&again, &names, &known_well()), Ok(friend));
        }
        let key = FriendKey::new("eccube:customer:39").unwrap();
        let _ = (key_count(&bytes), is_of(crate::population::PackedKey::new(key.as_str()), &bytes));
    }

    #[test]
    fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let (_, names) = packed(&known_well());
        let _ = unpacked(&bytes, &names, &known_well());
    }
}

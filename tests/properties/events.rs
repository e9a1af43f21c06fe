//! Every event is read back from its JSON as it was.

use std::collections::{BTreeMap, BTreeSet};

use enishi::model::{
    Cart, CartLine, Currency, Decimal, DeliveryKey, Event, Fact, LineUserId, Money, Order, PropertyName, Timestamp,
    Value,
};
use proptest::prelude::*;

proptest! {
    #[test]
    fn an_event_is_read_back_as_it_was(
        (id, friend) in (name(), name()), at in instants(), fact in facts(), places in 0_u8..=3,
    ) {
        let currency = Currency::with_exponent("XTS", places).unwrap();
        let event = Event { id: id.parse().unwrap(), friend: friend.parse().unwrap(), at, fact };
        let json = event.to_json(currency);
        prop_assert_eq!(Event::from_json(json.as_bytes(), currency), Ok(event), "{}", json);
    }
}

fn facts() -> impl Strategy<Value = Fact> {
    let talk = prop_oneof![
        (any::<[u8; 16]>(), any::<Option<bool>>(), prop::option::of(text())).prop_map(|(user, unblocked, route)| {
            Fact::Follow { user: LineUserId::from_bytes(user), unblocked, route }
        }),
        Just(Fact::Unfollow),
        name().prop_map(|member| Fact::Link { member: member.parse().unwrap() }),
        prop::collection::btree_map(name(), prop::option::of(value()), 0..4).prop_map(|attributes| {
            let named = attributes.into_iter().map(|(name, value)| (name.parse().unwrap(), value));
            Fact::Profile { attributes: named.collect() }
        }),
        name().prop_map(|tag| Fact::Tag { tag: tag.parse().unwrap() }),
        name().prop_map(|tag| Fact::Untag { tag: tag.parse().unwrap() }),
        (name(), any::<bool>())
            .prop_map(|(channel, reachable)| Fact::Reachable { channel: channel.parse().unwrap(), reachable }),
        any::<u64>().prop_map(|n| Fact::Delivered { delivery: DeliveryKey::derive("test", &[&n.to_be_bytes()]) }),
    ];
    let trade = prop_oneof![
        (name(), instants(), money(), lines(), properties()).prop_map(|(id, placed_at, total, lines, properties)| {
            Fact::OrderPlaced(Order { id: id.parse().unwrap(), placed_at, total, lines, properties })
        }),
        name().prop_map(|order| Fact::OrderShipped { order: order.parse().unwrap() }),
        name().prop_map(|order| Fact::OrderDelivered { order: order.parse().unwrap() }),
        name().prop_map(|order| Fact::OrderCancelled { order: order.parse().unwrap() }),
        (name(), 1_i64..1_000_000).prop_map(|(order, minor)| Fact::OrderRefunded {
            order: order.parse().unwrap(),
            amount: Money::from_minor(minor)
        }),
        lines().prop_map(|lines| Fact::Cart(Cart { lines })),
        (name(), text(), name()).prop_map(|(coupon, code, order)| Fact::CouponRedeemed {
            coupon: coupon.parse().unwrap(),
            code,
            order: order.parse().unwrap()
        }),
    ];
    let deeds = prop_oneof![
        (text(), categories()).prop_map(|(product, categories)| Fact::View { product, categories }),
        text().prop_map(|link| Fact::Click { link }),
        prop::option::of(text()).prop_map(|text| Fact::Message { text }),
        text().prop_map(|data| Fact::Postback { data }),
        (name(), properties()).prop_map(|(name, properties)| Fact::Custom { name: name.parse().unwrap(), properties }),
    ];
    prop_oneof![talk, trade, deeds]
}

fn lines() -> impl Strategy<Value = Vec<CartLine>> {
    let line = (text(), any::<u32>(), money(), categories());
    let line =
        line.prop_map(|(sku, quantity, unit_price, categories)| CartLine { sku, quantity, unit_price, categories });
    prop::collection::vec(line, 0..3)
}

fn properties() -> impl Strategy<Value = BTreeMap<PropertyName, Value>> {
    let named = prop::collection::btree_map(name(), value(), 0..4);
    named.prop_map(|named| named.into_iter().map(|(name, value)| (name.parse().unwrap(), value)).collect())
}

/// The values JSON can tell apart; what is a date or has a fraction is text until the playbook says more.
fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<bool>().prop_map(Value::Flag),
        (-999_999_999_999_999_999_i64..=999_999_999_999_999_999)
            .prop_map(|n| Value::Number(Decimal::whole(n).unwrap())),
        text().prop_map(Value::Text),
        prop::collection::btree_set(text(), 0..4).prop_map(|texts: BTreeSet<_>| Value::List(texts)),
    ]
}

fn categories() -> impl Strategy<Value = Vec<Box<str>>> {
    prop::collection::vec(text(), 0..3)
}

fn money() -> impl Strategy<Value = Money> {
    (0_i64..=999_999_999_999_999_999).prop_map(Money::from_minor)
}

fn instants() -> impl Strategy<Value = Timestamp> {
    (Timestamp::MIN.millis()..=Timestamp::MAX.millis()).prop_map(|ms| Timestamp::from_millis(ms).unwrap())
}

fn name() -> impl Strategy<Value = String> {
    "[a-zぁ-ん興味/:é\"\\\\]{1,12}"
}

fn text() -> impl Strategy<Value = Box<str>> {
    any::<String>().prop_map(Into::into)
}

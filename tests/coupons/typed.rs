//! What is typed in at the checkout.

use std::collections::BTreeMap;
use std::sync::Arc;

use enishi::coupon::{Checkout, Codes, Coupon, KeyRing, NoCode, NotApplied, Serial, Shelf, TypedIs, TypedQuote};
use enishi::model::{Friend, FriendId, HeldCoupon, Timestamp, Zone};

use super::shop::{amount, basket, guest, name, now};

struct Shop {
    coupons: BTreeMap<enishi::model::CouponName, Arc<Coupon>>,
    keys: KeyRing,
}

impl Shop {
    /// `own`, with codes of friends' own, and `all`, with one for everybody.
    fn new() -> Self {
        let mut own = amount("own", 50);
        own.codes = Codes::Personal;
        let mut all = amount("all", 100);
        all.codes = Codes::Shared("SPRING-26".parse().unwrap());
        let coupons = [own, all].map(|coupon| (coupon.name.clone(), Arc::new(coupon)));
        Self { coupons: coupons.into(), keys: KeyRing::new(0, b"sixteen bytes or more").unwrap() }
    }

    fn code(&self, serial: Serial) -> String {
        self.keys.issue(&name("own"), serial).to_string()
    }

    /// Friend 7, who holds their first own code.
    fn friend(&self) -> Friend {
        let mut friend = guest();
        friend.id = FriendId(7);
        let code = self.code(Serial::new(friend.id, 0));
        friend.coupons.push(held("own", &code));
        friend
    }

    fn quote(&self, friend: &Friend, typed: &[&str]) -> TypedQuote {
        let shelf = Shelf { coupons: &self.coupons, keys: Some(&self.keys) };
        Checkout::new(friend, now(), &Zone::TOKYO).quote_typed(&basket(&[(1, 1000)]), shelf, typed).unwrap()
    }
}

fn held(coupon: &str, code: &str) -> HeldCoupon {
    let valid_until = now().plus_millis(1000);
    HeldCoupon { coupon: name(coupon), code: code.into(), issued_at: now(), valid_until, redeemed: Default::default() }
}

fn is(typed: &TypedQuote) -> Vec<TypedIs> {
    typed.codes.iter().map(|code| code.is).collect()
}

#[test]
fn what_is_typed_joins_what_is_held_and_nothing_is_a_candidate_twice() {
    let shop = Shop::new();
    let own = shop.code(Serial::new(FriendId(7), 0));
    let typed = shop.quote(&shop.friend(), &["ｓｐｒｉｎｇ２６", &own.to_lowercase(), "SPRING-26"]);
    assert_eq!(is(&typed), [1, 0, 1].map(TypedIs::Candidate));
    let taken: Vec<(usize, i64)> = typed.quote.taken.iter().map(|one| (one.candidate, one.discount.minor())).collect();
    assert_eq!(taken, [(1, 100), (0, 50)]);
    assert_eq!(typed.quote.taken[1].valid_until, Some(now().plus_millis(1000)));
}

#[test]
fn who_holds_a_coupon_for_everybody_types_the_one_in_hand() {
    let (shop, mut friend) = (Shop::new(), guest());
    friend.coupons.push(held("all", "SPRING-26"));
    let typed = shop.quote(&friend, &["spring 26"]);
    assert_eq!(is(&typed), [TypedIs::Candidate(0)]);
    assert_eq!(typed.quote.refused.len() + typed.quote.taken.len(), 1);
}

#[test]
fn a_friends_own_code_is_nobody_elses() {
    let shop = Shop::new();
    let own = shop.code(Serial::new(FriendId(7), 0));
    for somebody in [guest(), Friend { id: FriendId(8), ..guest() }] {
        let typed = shop.quote(&somebody, &[&own]);
        assert_eq!(is(&typed), [TypedIs::Candidate(0)]);
        assert_eq!(typed.quote.refused[0].why, NotApplied::NotHeld);
    }
    // Nor is one of the friend's that was never issued.
    let typed = shop.quote(&shop.friend(), &[&shop.code(Serial::new(FriendId(7), 1))]);
    assert_eq!((typed.quote.taken.len(), &typed.quote.refused[0].why), (1, &NotApplied::NotHeld));
}

#[test]
fn a_printed_code_is_good_for_whoever_types_it_until_the_coupon_ends() {
    let mut shop = Shop::new();
    let card = shop.code(Serial::Batch { number: 3 });
    let typed = shop.quote(&guest(), &[&card, &card]);
    assert_eq!(is(&typed), [0, 0].map(TypedIs::Candidate));
    assert_eq!(typed.quote.taken[0].code.as_deref(), Some(&*card));
    assert_eq!(typed.quote.taken[0].valid_until, Some(Timestamp::MAX));
    Arc::make_mut(shop.coupons.get_mut(&name("own")).unwrap()).valid.until = Some(now());
    assert_eq!(shop.quote(&guest(), &[&card]).quote.refused[0].why, NotApplied::Expired { until: now() });
}

#[test]
fn what_is_no_code_is_told_and_changes_nothing() {
    let shop = Shop::new();
    let slip = "0000-0000-0000-0000-0001";
    let other = KeyRing::new(0, b"the secret of somebody else").unwrap();
    let forged = other.issue(&name("own"), Serial::new(FriendId(7), 0)).to_string();
    let typed = shop.quote(&guest(), &["", "SPRING-27", slip, &forged]);
    assert_eq!(is(&typed), [NoCode::Unknown, NoCode::Unknown, NoCode::Mistyped, NoCode::Unknown].map(TypedIs::NoCode));
    assert_eq!(typed.quote, shop.quote(&guest(), &[]).quote);
    // Without keys nobody's own code is known.
    let own = shop.code(Serial::new(FriendId(7), 0));
    let keyless = Shelf { coupons: &shop.coupons, keys: None };
    let friend = shop.friend();
    let typed =
        Checkout::new(&friend, now(), &Zone::TOKYO).quote_typed(&basket(&[(1, 1000)]), keyless, &[own]).unwrap();
    assert_eq!(is(&typed), [TypedIs::NoCode(NoCode::Unknown)]);
}

//! What the engine issues and hears of reaches the ledger in the transaction it came about in.

use std::sync::Arc;

use enishi::coupon::ledger::{Refusal, Reserve, Revoke, Uses, UsesOf};
use enishi::engine::ShopView;
use enishi::model::{
    CheckoutId, CouponName, Event, EventId, Fact, FriendId, FriendKey, Money, OrderId, Timestamp, Zone,
};
use enishi::playbook::Playbook;
use enishi::policy::Reason;
use enishi::store::{Ledger, LedgerError, MemoryStore, Store, run};

use crate::shop::{DAY, MINUTE, after, event, follow, key, keys, link, noon};

/// Each code keeps 500 yen of a budget that reaches for three.
const SHOP: &str = r#"
    tags = ["over", "many"]
    [shop]
    name = "河内の台所"
    zone = "Asia/Tokyo"
    currency = "JPY"
    [coupons.hello]
    benefit = { amount = 500 }
    valid   = { for = "14d" }
    limits  = { budget = { sum = 1700, reserve = "issue" } }
    [coupons.radio]
    benefit = { amount = 300 }
    valid   = { for = "14d" }
    code    = "RADIO-26"
    limits  = { per_friend = 1 }
    [messages.hello]
    line = [{ type = "text", text = "ようこそ {coupon.hello.code}" }]
    [scenarios.welcome]
    on    = "follow"
    steps = [{ send = "hello", issue = "hello" }]
    [scenarios.over]
    on    = "tag 'over'"
    steps = [{ expire = "hello" }]
    [scenarios.many]
    on    = "tag 'many'"
    steps = [{ issue = "hello" }, { issue = "hello" }, { issue = "hello" }, { issue = "hello" }]
"#;

macro_rules! promises {
    ($($promise:ident,)*) => {
        mod memory {
            $(#[test] fn $promise() {
                let mut store = super::MemoryStore::new();
                let ledger = store.ledger();
                super::$promise(&mut store, &*ledger);
            })*
        }
        #[cfg(feature = "sqlite")]
        mod sqlite {
            $(#[test] fn $promise() {
                use enishi::{model::Currency, store::{Durability, SqliteLedger}};
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join("shop.db");
                let mut store = crate::file::open(&path);
                let ledger = SqliteLedger::open(&path, Currency::JPY, Durability::Process).unwrap();
                super::$promise(&mut store, &ledger);
            })*
        }
    };
}

promises! {
    a_budget_taken_at_issue_is_never_passed,
    nor_by_one_friend_in_one_instant,
    a_code_that_is_over_gives_its_promise_back,
    a_code_that_is_ended_gives_its_promise_back,
    what_is_revoked_is_not_issued,
    a_redemption_that_is_told_late_counts_as_of_when_it_was_made,
    a_cancelled_order_gives_back_what_was_used_on_it_once,
    two_who_are_one_are_one_to_the_limits,
    a_job_that_panics_has_told_the_ledger_nothing,
}

fn a_budget_taken_at_issue_is_never_passed<S: Store, L: Ledger>(store: &mut S, ledger: &L) {
    // One by one, then several in one transaction.
    store.append(&[follow(1, noon())]).unwrap();
    work(store, noon());
    store.append(&(2..=5).map(|n| follow(n, noon())).collect::<Vec<_>>()).unwrap();
    work(store, noon());
    assert_eq!(uses(ledger, "hello", noon()), (3, 0, 1500));
    let decisions = store.decisions(0, 100).unwrap();
    let issued = |reason: &Reason| matches!(reason, Reason::CouponIssued { .. });
    assert_eq!(decisions.iter().filter(|decision| issued(&decision.reason)).count(), 3);
    let spent = Reason::CouponBudgetSpent { coupon: hello(), left: yen(200), needs: yen(500) };
    let who: Vec<&FriendKey> = decisions.iter().filter(|it| it.reason == spent).map(|it| &it.friend).collect();
    assert_eq!(who, [&key(4), &key(5)]);
}

fn nor_by_one_friend_in_one_instant<S: Store, L: Ledger>(store: &mut S, ledger: &L) {
    store.append(&[event("tag", 1, noon(), Fact::Tag { tag: "many".parse().unwrap() })]).unwrap();
    work(store, noon());
    assert_eq!(uses(ledger, "hello", noon()), (3, 0, 1500));
    let friend = store.friend(&key(1)).unwrap().unwrap().friend;
    assert_eq!(friend.coupons.len(), 3);
}

fn a_code_that_is_over_gives_its_promise_back<S: Store, L: Ledger>(store: &mut S, ledger: &L) {
    store.append(&(1..=3).map(|n| follow(n, noon())).collect::<Vec<_>>()).unwrap();
    work(store, noon());
    store.append(&[follow(4, after(14 * DAY))]).unwrap();
    work(store, after(14 * DAY));
    assert_eq!(uses(ledger, "hello", after(14 * DAY)), (4, 0, 500));
}

fn a_code_that_is_ended_gives_its_promise_back<S: Store, L: Ledger>(store: &mut S, ledger: &L) {
    let over = Fact::Tag { tag: "over".parse().unwrap() };
    store.append(&[follow(1, noon()), event("tag", 1, noon(), over)]).unwrap();
    work(store, noon());
    assert_eq!(uses(ledger, "hello", noon()), (1, 0, 0));
    let code = store.friend(&key(1)).unwrap().unwrap().friend.coupons[0].code.parse().unwrap();
    let of = UsesOf { coupon: hello(), friend: None, code: Some(code) };
    assert_eq!(told(ledger.uses(&of, noon())).revoked, Some(noon()));
}

fn what_is_revoked_is_not_issued<S: Store, L: Ledger>(store: &mut S, ledger: &L) {
    told(ledger.revoke(Revoke::Coupon(hello()), noon()));
    store.append(&[follow(1, noon())]).unwrap();
    work(store, noon());
    let decisions = store.decisions(0, 100).unwrap();
    assert!(decisions.iter().any(|decision| decision.reason == Reason::CouponOver { coupon: hello() }));
    assert_eq!(uses(ledger, "hello", noon()), (0, 0, 0));
}

/// Held until 12:15, used at 12:10, told when the quarter is over and so is the coupon.
fn a_redemption_that_is_told_late_counts_as_of_when_it_was_made<S: Store, L: Ledger>(store: &mut S, ledger: &L) {
    store.append(&[follow(1, noon())]).unwrap();
    work(store, noon());
    told(ledger.reserve(Reserve { valid_until: after(11 * MINUTE), ..radio(1) }, noon()));
    store.append(&[redeemed(1, after(10 * MINUTE))]).unwrap();
    work(store, after(DAY));
    assert_eq!(uses(ledger, "radio", after(DAY)), (0, 1, 300));
}

fn a_cancelled_order_gives_back_what_was_used_on_it_once<S: Store, L: Ledger>(store: &mut S, ledger: &L) {
    told(ledger.reserve(radio(1), noon()));
    store.append(&[follow(1, noon()), redeemed(1, noon())]).unwrap();
    work(store, noon());
    assert_eq!(uses(ledger, "radio", noon()), (0, 1, 300));
    let cancelled = |n: u8| event("cancel", n, after(MINUTE), Fact::OrderCancelled { order: order(1) });
    let again = Event { id: EventId::new("once more").unwrap(), ..cancelled(1) };
    store.append(&[cancelled(1), again]).unwrap();
    work(store, after(MINUTE));
    assert_eq!(uses(ledger, "radio", after(MINUTE)), (0, 0, 0));
}

fn two_who_are_one_are_one_to_the_limits<S: Store, L: Ledger>(store: &mut S, ledger: &L) {
    let (shop, site) = (key(1), FriendKey::new("member:7").unwrap());
    let known = Event { friend: site.clone(), ..event("view", 7, noon(), Fact::Consent { promotions: true }) };
    store.append(&[follow(1, noon()), known]).unwrap();
    work(store, noon());
    let number = |store: &mut S, key: &FriendKey| store.friend(key).unwrap().unwrap().friend.id;
    let (on_line, on_site) = (number(store, &shop), number(store, &site));
    told(ledger.reserve(Reserve { friend: Some(on_site), ..radio(1) }, noon()));
    store.append(&[link(1, "member:7", noon())]).unwrap();
    work(store, noon());
    let again = ledger.reserve(Reserve { friend: Some(on_line), ..radio(2) }, noon());
    assert!(matches!(again, Err(LedgerError::Refused(Refusal::FriendUsed(_)))));
}

fn a_job_that_panics_has_told_the_ledger_nothing<S: Store, L: Ledger>(store: &mut S, ledger: &L) {
    store.append(&[follow(1, noon())]).unwrap();
    let job = std::panic::AssertUnwindSafe(|| {
        store.work(noon(), 10, &playbook().issued_coupons(), &mut |_| panic!("a job that panics, on purpose")).map(drop)
    });
    assert!(std::panic::catch_unwind(job).is_err());
    assert_eq!(uses(ledger, "hello", noon()), (0, 0, 0));
    work(store, noon());
    assert_eq!(uses(ledger, "hello", noon()), (1, 0, 500));
}

fn playbook() -> Arc<Playbook> {
    Arc::new(Playbook::read(SHOP).unwrap())
}

fn work<S: Store>(store: &mut S, now: Timestamp) {
    run(store, &playbook(), &ShopView::new(Some(&keys())), now).unwrap();
}

/// Issued, used, and what is taken of the budget.
fn uses<L: Ledger>(ledger: &L, coupon: &str, now: Timestamp) -> (u64, u64, i64) {
    let of = UsesOf { coupon: CouponName::new(coupon).unwrap(), friend: None, code: None };
    let Uses { issued, in_total, taken, .. } = told(ledger.uses(&of, now));
    (issued, in_total, taken.minor())
}

fn told<T, E: core::error::Error>(answer: Result<T, LedgerError<E>>) -> T {
    answer.unwrap_or_else(|error| panic!("{error:?}"))
}

/// The nth order of a cart whose orders have their numbers before they are paid.
fn radio(n: u32) -> Reserve {
    Reserve {
        coupon: Arc::clone(&playbook().coupons()["radio"]),
        checkout: CheckoutId::new(order(n).as_str()).unwrap(),
        code: None,
        friend: Some(FriendId(1)),
        discount: yen(300),
        valid_until: after(14 * DAY),
        until: after(15 * MINUTE),
        zone: Zone::TOKYO,
    }
}

fn redeemed(n: u32, at: Timestamp) -> Event {
    let coupon = CouponName::new("radio").unwrap();
    event("redeemed", 1, at, Fact::CouponRedeemed { coupon, code: "ｒａｄｉｏ２６".into(), order: order(n) })
}

fn order(n: u32) -> OrderId {
    OrderId::new(&format!("A-{n}")).unwrap()
}

fn hello() -> CouponName {
    CouponName::new("hello").unwrap()
}

fn yen(amount: i64) -> Money {
    Money::from_minor(amount)
}

//! What came of a coupon.

use core::ffi::c_char;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::coupon::ledger::Use;
use crate::engine::{CouponBooks, Engine, coupon_cases, spending_of};
use crate::insight::{CouponResults, Difference, Spending};
use crate::model::{
    CartLine, CouponName, Friend, FriendKey, HeldCoupon, Money, OrderId, ScenarioName, Span, Timestamp,
};

use super::boundary::call;
use super::buf::enishi_buf;
use super::engine::enishi_engine;
use super::error::{Failure, enishi_error};
use super::handle::Handle;
use super::incoming::{Out, bytes, instant, text};
use super::ledger::enishi_ledger;
use super::status::enishi_status;
use super::till::{Holder, json, rule};

/// What came of a coupon of the engine's playbook by `now_ms`: issued, delivered, used, what it brought and what it
/// cost, and why it was not used. What it took off is asked of the ledger.
///
/// `books` is what else the shop knows, as JSON: {"costs": {"SOAP-1": 300}, "message": 2800, "out_of_stock":
/// ["line:1"]}, or with `books_len` 0 nothing. "costs" are what one piece costs, before those of `[margin]`; "message"
/// what a message costs in thousandths of a minor unit, else that of `[margin]`; "out_of_stock" the keys of friends
/// who came for goods that were not there.
///
/// `out` gets {"issued", "delivered", "messages", "used", "uses", "revenue", "discount", "margin", "message_cost",
/// "unused", "cost_per_use"} as JSON: "used" how many coupons, "uses" how often; "margin" is null unless the cost of
/// all goods is known, "cost_per_use" when it was never used; "unused" counts by reason: "still_valid",
/// "not_delivered", "out_of_stock", "floor_not_met", "bought_without", "never_opened", "expired". Linear in the
/// friends.
///
/// # Safety
/// The handles are NULL or were given by this library and not freed, and nobody changes the engine meanwhile; the
/// texts lead to as many bytes as is said of them; the other pointers are NULL or may be written.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments, reason = "plain C: every text is two, and a struct is costly from PHP")]
pub unsafe extern "C" fn enishi_engine_coupon_results(
    engine: *const enishi_engine,
    ledger: *const enishi_ledger,
    coupon: *const c_char,
    coupon_len: usize,
    books: *const c_char,
    books_len: usize,
    now_ms: i64,
    out: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let engine = &enishi_engine::borrow(engine)?.desk.read()?.engine;
            let ledger = &enishi_ledger::borrow(ledger)?.holder;
            let coupon = text(coupon, coupon_len, "coupon")?;
            let books = match bytes(books, books_len, "books")? {
                [] => Books::default(),
                json => {
                    serde_json::from_slice(json).map_err(|error| Failure::argument(format_args!("books: {error}")))?
                }
            };
            out.write(results(engine, ledger, coupon, &books, instant(now_ms)?)?.into());
            Ok(())
        })
    }
}

/// What friends spent within `days` of coming to a scenario of the engine's playbook: those who were given what it
/// gives, beside those who were held out. Whose days are not over by `now_ms` are in neither.
///
/// `out` gets {"given": {"friends", "mean"}, "held_out", "difference": {"per_friend", "low", "high", "clear"}} as JSON:
/// how much more one who was given it spent, and from where to where that lies in 95 of 100 such comparisons; "clear"
/// is false where chance alone might have made it, and the difference null where a group has fewer than two. For some
/// thirty and more in each. Money is whole minor units.
///
/// # Safety
/// As for enishi_engine_coupon_results.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_engine_holdout(
    engine: *const enishi_engine,
    scenario: *const c_char,
    scenario_len: usize,
    days: u32,
    now_ms: i64,
    out: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let engine = &enishi_engine::borrow(engine)?.desk.read()?.engine;
            let scenario = ScenarioName::new(text(scenario, scenario_len, "scenario")?)?;
            out.write(holdout(engine, &scenario, days, instant(now_ms)?)?.into());
            Ok(())
        })
    }
}

/// What the shop knows and neither the engine nor the ledger does.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Books {
    costs: BTreeMap<Box<str>, Money>,
    message: Option<u32>,
    out_of_stock: BTreeSet<FriendKey>,
}

fn results(engine: &Engine, ledger: &Holder, coupon: &str, books: &Books, now: Timestamp) -> Result<String, Failure> {
    #[derive(Serialize)]
    struct Told<'a> {
        #[serde(flatten)]
        results: &'a CouponResults,
        cost_per_use: Option<Money>,
    }
    let playbook = engine.playbook();
    let coupon = rule(playbook, coupon)?;
    let of_margin = playbook.margin().map(|guard| guard.costs);
    let message = books.message.or(of_margin.map(|costs| costs.message)).unwrap_or(0);
    let costs = of_margin.cloned().unwrap_or_default().with_skus(books.costs.clone());
    let mut cases = Vec::new();
    for friend in engine.friends() {
        let discounts = discounts(&friend, &coupon.name, ledger)?;
        let discount = |held: &HeldCoupon, order: &OrderId| {
            discounts.get(&(held.code.clone(), order.clone())).copied().unwrap_or_default()
        };
        let books = CouponBooks {
            cost: &|line: &CartLine| costs.of_cart_line(line),
            out_of_stock: &|friend, _| books.out_of_stock.contains(&friend.key),
            ..CouponBooks::new(&discount)
        };
        cases.extend(coupon_cases(&friend, &coupon, playbook, now, &books));
    }
    let results = CouponResults::of(cases, message);
    let results = results.ok_or_else(|| Failure::argument("sums past the range of money"))?;
    Ok(json(&Told { results: &results, cost_per_use: results.cost_per_use() }))
}

/// What the friend's uses of a coupon took off, by code and order.
fn discounts(
    friend: &Friend,
    coupon: &CouponName,
    ledger: &Holder,
) -> Result<BTreeMap<(Box<str>, OrderId), Money>, Failure> {
    let mut discounts = BTreeMap::new();
    for held in friend.coupons.iter().filter(|held| held.coupon == *coupon) {
        for redemption in &held.redeemed {
            let uses = ledger.uses_on(&redemption.order)?;
            let of_it =
                |one: &&Use| one.key.coupon == *coupon && one.code.as_ref().is_none_or(|code| *code == held.code);
            let taken = uses.iter().find(of_it).map(Use::cost);
            discounts.extend(taken.map(|taken| ((held.code.clone(), redemption.order.clone()), taken)));
        }
    }
    Ok(discounts)
}

fn holdout(engine: &Engine, scenario: &ScenarioName, days: u32, now: Timestamp) -> Result<String, Failure> {
    #[derive(Serialize)]
    struct Group {
        friends: u64,
        mean: Option<Money>,
    }
    #[derive(Serialize)]
    struct ToldDifference {
        per_friend: Money,
        low: Money,
        high: Money,
        clear: bool,
    }
    #[derive(Serialize)]
    struct Told {
        given: Group,
        held_out: Group,
        difference: Option<ToldDifference>,
    }
    let unknown =
        || Failure::new(enishi_status::UnknownName, format_args!("the playbook has no scenario '{scenario}'"));
    let span = Span::days(days);
    let (given, held_out) =
        spending_of(engine.friends(), scenario, span, engine.playbook(), now).ok_or_else(unknown)?;
    let group = |spending: &Spending| Group { friends: spending.friends(), mean: spending.mean() };
    let difference = Difference::between(&given, &held_out).map(|it| ToldDifference {
        per_friend: it.per_friend,
        low: it.low,
        high: it.high,
        clear: it.is_clear(),
    });
    Ok(json(&Told { given: group(&given), held_out: group(&held_out), difference }))
}

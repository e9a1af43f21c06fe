//! What the drivers must print at the till.

use std::collections::BTreeMap;
use std::sync::Arc;

use enishi::coupon::ledger::{
    Entry, Issue, Redeem, RedeemAll, Refusal, Reserve, ReserveAll, Returned, Revoke, Share, Taken, UseKey, UsesOf,
};
use enishi::coupon::margin::{Found, Product, Verdict, check};
use enishi::coupon::{Basket, BasketError, Code, Coupon, KeyRing, TakenCoupon, TypedQuote};
use enishi::engine::{CouponBooks, Engine, coupon_cases, spending_of};
use enishi::insight::{CouponResults, Difference, Spending};
use enishi::model::{
    CheckoutId, CouponName, Friend, FriendId, FriendKey, HeldCoupon, Money, OrderId, ScenarioName, Span, Timestamp,
};
use enishi::playbook::Playbook;
use enishi::store::{Ledger, LedgerError, MemoryLedger};
use serde_json::Value as Json;

use super::{Failure, Op, Reference, argument, at};

/// The drivers' second ledger is in a file. What comes of it must be the same.
#[derive(Default)]
pub(super) struct Till {
    ledger: Option<Arc<MemoryLedger>>,
    file: Arc<MemoryLedger>,
    /// By the last quote.
    taken: Vec<TakenCoupon>,
}

impl Reference {
    pub(super) fn at_the_till(&mut self, op: &Op) -> Result<(), Failure> {
        let arg = |i: usize| op.args[i].as_slice();
        let text = |i: usize| String::from_utf8(op.args[i].clone()).unwrap();
        let number = |i: usize| text(i).parse::<i64>().unwrap();
        match op.name {
            "quote" => {
                let friend =
                    self.friend.clone().filter(|_| text(0) == "friend").map_or_else(guest, |(friend, _)| friend);
                let (playbook, keys) = (self.playbook(), self.keys.clone());
                let typed = self.quote(&playbook, keys.as_ref(), &friend, number(1), arg(2), arg(3))?;
                self.good("quote", told(&typed, &playbook));
            }
            "engine_quote" => {
                let nobody = || (40, format!("nobody has the key '{}'", text(0)));
                let friend = match text(0).as_str() {
                    "" => guest(),
                    key => self.engine().friend(key).ok_or_else(nobody)?,
                };
                let engine = self.engine();
                let (playbook, keys) = (Arc::clone(engine.playbook()), engine.keys().cloned());
                let typed = self.quote(&playbook, keys.as_ref(), &friend, number(1), arg(2), arg(3))?;
                self.good("quote", told(&typed, &playbook));
            }
            "margin" => {
                let told = margin(&self.playbook(), arg(0))?;
                self.good("checked", told);
            }
            "ledger" => {
                self.till.ledger = match text(0).as_str() {
                    "none" => None,
                    "file" => Some(Arc::clone(&self.till.file)),
                    _ => Some(Arc::default()),
                };
                if self.till.ledger.is_some() {
                    self.say("  status: 0");
                }
            }
            "issue" => {
                let coupon = rule(&self.playbook(), &text(1))?;
                let code = self.verified(&coupon, &text(2))?;
                let answer = self.ledger().issue(Issue { coupon, code, valid_until: at(number(3)) }, at(number(0)));
                self.answer(answer.map(|()| Json::Null));
            }
            "reserve" => {
                let request: Json = serde_json::from_slice(arg(2)).map_err(|e| (12, format!("request: {e}")))?;
                let word = |key: &str| request[key].as_str().map(ToOwned::to_owned);
                let playbook = self.playbook();
                let coupon = rule(&playbook, &word("coupon").unwrap())?;
                let valid_until: Option<Timestamp> = word("valid_until").map(|until| until.parse().unwrap());
                let code = match word("code") {
                    Some(_) if valid_until.is_none() => {
                        return Err((12, "request: a code of one's own has a valid_until".into()));
                    }
                    Some(code) => Some(self.verified(&coupon, &code)?),
                    None => None,
                };
                let reserve = Reserve {
                    checkout: CheckoutId::new(&word("checkout").unwrap()).unwrap(),
                    code,
                    friend: request["friend"].as_u64().map(|number| FriendId(u32::try_from(number).unwrap())),
                    discount: Money::from_minor(request["discount"].as_i64().unwrap()),
                    valid_until: valid_until.or(coupon.valid.until).unwrap_or(Timestamp::MAX),
                    until: at(number(1)),
                    zone: *playbook.zone(),
                    coupon,
                };
                let answer = self.ledger().reserve(reserve, at(number(0)));
                self.answer(answer);
            }
            "reserve_all" => {
                let taken = match arg(4) {
                    [] => self.till.taken.clone(),
                    json => serde_json::from_slice(json).map_err(|e| (12, format!("taken: {e}")))?,
                };
                let checkout = CheckoutId::new(&text(2)).map_err(argument)?;
                let playbook = self.playbook();
                let one = |it: TakenCoupon| {
                    let coupon = rule(&playbook, it.coupon.as_str())?;
                    if it.code.is_some() && it.valid_until.is_none() {
                        return Err((12, "taken: a code of one's own has a valid_until".into()));
                    }
                    let code = it.code.map(|code| self.verified(&coupon, &code)).transpose()?;
                    let valid_until = it.valid_until.or(coupon.valid.until).unwrap_or(Timestamp::MAX);
                    Ok(Taken { coupon, code, discount: it.discount, valid_until })
                };
                let all = ReserveAll {
                    checkout,
                    friend: Some(FriendId(u32::try_from(number(3)).unwrap())),
                    taken: taken.into_iter().map(one).collect::<Result<_, Failure>>()?,
                    until: at(number(1)),
                    zone: *playbook.zone(),
                };
                let answer = self.ledger().reserve_all(all, at(number(0)));
                self.answer_as("uses", answer);
            }
            "redeem_all" => {
                let playbook = self.playbook();
                let all = RedeemAll {
                    checkout: CheckoutId::new(&text(1)).map_err(argument)?,
                    order: OrderId::new(&text(2)).map_err(argument)?,
                    coupons: playbook.coupons().clone(),
                    zone: *playbook.zone(),
                };
                let answer = self.ledger().redeem_all(all, at(number(0)));
                self.answer_as("uses", answer);
            }
            "release_all" => {
                let checkout = CheckoutId::new(&text(1)).map_err(argument)?;
                self.ledger().release_all(checkout, at(number(0))).unwrap();
                self.say("  status: 0");
            }
            "redeem" => {
                let playbook = self.playbook();
                let redeem = Redeem {
                    coupon: rule(&playbook, &text(1))?,
                    checkout: CheckoutId::new(&text(2)).map_err(argument)?,
                    order: OrderId::new(&text(3)).map_err(argument)?,
                    zone: *playbook.zone(),
                };
                let answer = self.ledger().redeem(redeem, at(number(0)));
                self.answer(answer);
            }
            "release" => {
                let (coupon, checkout) = (CouponName::new(&text(1)), CheckoutId::new(&text(2)));
                let key = UseKey { coupon: coupon.map_err(argument)?, checkout: checkout.map_err(argument)? };
                self.ledger().release(key, at(number(0))).unwrap();
                self.say("  status: 0");
            }
            "roll_back" => {
                let (refunded, whole) = (number(2), number(3));
                let share = Share::new(Money::from_minor(refunded), Money::from_minor(whole));
                let returned =
                    match whole {
                        0 => Returned::Whole,
                        _ => Returned::Part(share.ok_or_else(|| {
                            (12, format!("{refunded} of {whole}: it is between nothing and the whole"))
                        })?),
                    };
                let order = OrderId::new(&text(1)).map_err(argument)?;
                let uses = self.ledger().roll_back(order, returned, at(number(0))).unwrap();
                self.good("answer", format!(r#"{{"uses":{}}}"#, serde_json::to_string(&uses).unwrap()));
            }
            "revoke" => {
                let coupon = CouponName::new(&text(1)).map_err(argument)?;
                let revoke = match code_if_any(&text(2))? {
                    Some(code) => Revoke::Code(coupon, code),
                    None => Revoke::Coupon(coupon),
                };
                self.ledger().revoke(revoke, at(number(0))).unwrap();
                self.say("  status: 0");
            }
            "merge" => {
                let [from, into] = [1, 2].map(|place| FriendId(u32::try_from(number(place)).unwrap()));
                if from.0 == 0 || into.0 == 0 {
                    return Err((12, "friends are numbered from 1".into()));
                }
                self.ledger().merge(from, into, at(number(0))).unwrap();
                self.say("  status: 0");
            }
            "results" => {
                let coupon = rule(&self.playbook(), &text(1))?;
                let ledger = self.ledger();
                let told = results(self.engine(), &ledger, &coupon, arg(2), at(number(0)))?;
                self.good("results", told);
            }
            "holdout" => {
                let scenario = ScenarioName::new(&text(1)).map_err(argument)?;
                let span = Span::days(u32::try_from(number(2)).unwrap());
                let engine = self.engine();
                let groups = spending_of(engine.friends(), &scenario, span, engine.playbook(), at(number(0)));
                let (given, held_out) =
                    groups.ok_or_else(|| (40, format!("the playbook has no scenario '{scenario}'")))?;
                let money = |money: Option<Money>| money.map_or("null".to_owned(), |money| money.minor().to_string());
                let group = |it: &Spending| format!(r#"{{"friends":{},"mean":{}}}"#, it.friends(), money(it.mean()));
                let difference = Difference::between(&given, &held_out).map_or("null".to_owned(), |it| {
                    let (per_friend, low, high) = (it.per_friend.minor(), it.low.minor(), it.high.minor());
                    let clear = it.is_clear();
                    format!(r#"{{"per_friend":{per_friend},"low":{low},"high":{high},"clear":{clear}}}"#)
                });
                let (given, held_out) = (group(&given), group(&held_out));
                self.good("holdout", format!(r#"{{"given":{given},"held_out":{held_out},"difference":{difference}}}"#));
            }
            "ask_ledger" => {
                let issued = self.playbook().issued_coupons();
                self.headroom = Some(self.ledger().headroom(&issued, at(number(0))).unwrap());
                self.say("  status: 0");
            }
            // Those of the last step where none are told.
            "post_entries" => {
                let playbook = self.playbook();
                let entries: Vec<Entry> = match arg(1) {
                    [] => self.entries.clone(),
                    json => serde_json::from_slice(json).map_err(|e| (12, format!("entries: {e}")))?,
                };
                let operations =
                    entries.iter().filter_map(|entry| entry.operation(playbook.coupons(), playbook.zone())).collect();
                self.ledger().post(operations, at(number(0))).unwrap();
                self.say("  status: 0");
            }
            "post" => {
                let (ledger, now) = (self.ledger(), at(number(0)));
                let engine = self.engine();
                let playbook = Arc::clone(engine.playbook());
                let entries = engine.take_ledger();
                let operations =
                    entries.iter().filter_map(|entry| entry.operation(playbook.coupons(), playbook.zone())).collect();
                ledger.post(operations, now).unwrap();
                engine.set_headroom(Some(ledger.headroom(&playbook.issued_coupons(), now).unwrap()));
                self.say("  status: 0");
            }
            "numbers" => {
                let coupon = CouponName::new(&text(1)).map_err(argument)?;
                let count = u32::try_from(number(2)).unwrap();
                let refused = |error: LedgerError<_>| (12, error.to_string());
                let numbers = self.ledger().take_numbers(&coupon, count, at(number(0))).map_err(refused)?;
                self.good("first", numbers.start);
            }
            "uses" => {
                let friend = Some(FriendId(u32::try_from(number(2)).unwrap())).filter(|friend| friend.0 > 0);
                let coupon = CouponName::new(&text(1)).map_err(argument)?;
                let of = UsesOf { coupon, friend, code: code_if_any(&text(3))? };
                let uses = self.ledger().uses(&of, at(number(0))).unwrap();
                let revoked = uses.revoked.map_or("null".to_owned(), |at| format!("\"{at}\""));
                let told = format!(
                    r#"{{"in_total":{},"in_window":{},"by_friend":{},"with_code":{},"issued":{},"taken":{},"revoked":{revoked}}}"#,
                    uses.in_total,
                    uses.in_window,
                    uses.by_friend,
                    uses.with_code,
                    uses.issued,
                    uses.taken.minor(),
                );
                self.good("uses", told);
            }
            "expire" => {
                let lapsed = self.ledger().expire(at(number(0))).unwrap();
                self.good("lapsed", lapsed);
            }
            "batch" => {
                let coupon = CouponName::new(&text(0)).map_err(argument)?;
                let [first, count] = [1, 2].map(|place| u32::try_from(number(place)).unwrap());
                let refused = || (12, format!("{count} codes from {first}: at most 1000000, below {}", u32::MAX));
                let end = first.checked_add(count).filter(|_| count <= 1_000_000).ok_or_else(refused)?;
                let codes = self.keys.as_ref().unwrap().batch(&coupon, first..end);
                let lines: String = codes.map(|code| format!("{code}\n")).collect();
                self.good("codes", lines);
            }
            other => panic!("{other}"),
        }
        Ok(())
    }

    fn quote(
        &mut self,
        playbook: &Playbook,
        keys: Option<&KeyRing>,
        friend: &Friend,
        now: i64,
        basket: &[u8],
        codes: &[u8],
    ) -> Result<TypedQuote, Failure> {
        let basket: Basket = serde_json::from_slice(basket).map_err(|e| (26, format!("basket: {e}")))?;
        let typed: Vec<String> = match codes {
            [] => Vec::new(),
            json => serde_json::from_slice(json).map_err(|e| (12, format!("codes: {e}")))?,
        };
        let checkout = playbook.checkout(friend, at(now));
        let typed = checkout.quote_typed_after(&basket, playbook.shelf(keys), &typed, |candidates| {
            if let Some(ledger) = &self.till.ledger {
                ledger.look_at(candidates, &checkout, basket.checkout.as_ref()).unwrap();
            }
            Ok::<_, BasketError>(())
        });
        let typed = typed.map_err(|e| (26, e.to_string()))?;
        self.till.taken.clone_from(&typed.quote.taken);
        Ok(typed)
    }

    fn ledger(&self) -> Arc<MemoryLedger> {
        Arc::clone(self.till.ledger.as_ref().expect("the tape opens a ledger first"))
    }

    fn verified(&self, coupon: &Coupon, code: &str) -> Result<Code, Failure> {
        let verified = self.keys.as_ref().unwrap().verify(code, [&coupon.name]);
        Ok(verified.map_err(|error| (41, error.to_string()))?.code)
    }

    fn answer<T: serde::Serialize, E: core::fmt::Debug>(&mut self, answer: Result<T, LedgerError<E>>) {
        self.answer_as("use", answer);
    }

    fn answer_as<T: serde::Serialize, E: core::fmt::Debug>(&mut self, key: &str, answer: Result<T, LedgerError<E>>) {
        let told = match answer {
            Ok(told) => format!(r#"{{"{key}":{}}}"#, serde_json::to_string(&told).unwrap()),
            Err(LedgerError::Refused(refusal)) => {
                let message = Json::from(refusal.to_string());
                let (which, refusal) = match refusal {
                    Refusal::OneOfSeveral { coupon, why } => (format!(",\"coupon\":\"{coupon}\""), *why),
                    one => (String::new(), one),
                };
                let time = |at: &Timestamp| format!("\"{at}\"");
                let facts = match &refusal {
                    Refusal::CodeUsed(full)
                    | Refusal::FriendUsed(full)
                    | Refusal::UsedUp(full)
                    | Refusal::WindowFull(full) => {
                        let free_at = full.free_at.map_or(String::new(), |at| format!(",\"free_at\":{}", time(&at)));
                        format!(",\"limit\":{},\"used\":{}{free_at}", full.limit, full.used)
                    }
                    Refusal::BudgetSpent { left, .. } => format!(",\"left\":{}", left.minor()),
                    Refusal::Revoked { at } => format!(",\"at\":{}", time(at)),
                    Refusal::Expired { until } | Refusal::HeldForNothing { until } => {
                        format!(",\"until\":{}", time(until))
                    }
                    Refusal::OrderReturned { order } | Refusal::Redeemed { order } => format!(",\"order\":\"{order}\""),
                    Refusal::OverPromise { most } => format!(",\"most\":{}", most.minor()),
                    _ => String::new(),
                };
                let (word, number) = (refusal.word(), refusal.number());
                format!(r#"{{"refused":"{word}","number":{number},"message":{message}{which}{facts}}}"#)
            }
            Err(error) => panic!("{error:?}"),
        };
        self.good("answer", told);
    }
}

fn told(typed: &TypedQuote, playbook: &Playbook) -> String {
    let quote = &typed.quote;
    let refused: Vec<String> = quote
        .refused
        .iter()
        .map(|refused| {
            let json = serde_json::to_string(refused).unwrap();
            let distance = refused.why.distance(playbook.currency(), playbook.zone()).map_or(Json::Null, Json::from);
            format!(r#"{},"number":{},"distance":{distance}}}"#, json.strip_suffix('}').unwrap(), refused.why.number())
        })
        .collect();
    let parts = [
        ("lines", serde_json::to_string(&quote.lines)),
        ("shipping", serde_json::to_string(&quote.shipping)),
        ("listed", serde_json::to_string(&quote.listed)),
        ("discount", serde_json::to_string(&quote.discount)),
        ("to_pay", serde_json::to_string(&quote.to_pay)),
        ("taxes", serde_json::to_string(&quote.taxes)),
        ("gifts", serde_json::to_string(&quote.gifts)),
        ("taken", serde_json::to_string(&quote.taken)),
        ("refused", Ok(format!("[{}]", refused.join(",")))),
        ("search", serde_json::to_string(&quote.search)),
        ("codes", serde_json::to_string(&typed.codes)),
    ];
    let parts: Vec<String> = parts.into_iter().map(|(name, json)| format!("\"{name}\":{}", json.unwrap())).collect();
    format!("{{{}}}", parts.join(","))
}

fn results(
    engine: &Engine,
    ledger: &MemoryLedger,
    coupon: &Coupon,
    books: &[u8],
    now: Timestamp,
) -> Result<String, Failure> {
    #[derive(Default, serde::Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Told {
        costs: BTreeMap<String, Money>,
        message: Option<u32>,
        out_of_stock: Vec<String>,
    }
    let told: Told = match books {
        [] => Told::default(),
        json => serde_json::from_slice(json).map_err(|e| (12, format!("books: {e}")))?,
    };
    let discount = |held: &HeldCoupon, order: &OrderId| {
        let uses = ledger.uses_on(order).unwrap();
        let used = uses.iter().find(|one| one.key.coupon == held.coupon);
        used.map_or(Money::ZERO, |one| one.cost())
    };
    let books = CouponBooks {
        cost: &|line| told.costs.get(&*line.sku)?.checked_mul(line.quantity.into()),
        out_of_stock: &|friend, _| told.out_of_stock.iter().any(|key| key == friend.key.as_str()),
        ..CouponBooks::new(&discount)
    };
    let cases = engine.friends().flat_map(|friend| coupon_cases(&friend, coupon, engine.playbook(), now, &books));
    let results = CouponResults::of(cases, told.message.unwrap_or(0)).unwrap();
    let json = serde_json::to_string(&results).unwrap();
    let per_use = results.cost_per_use().map_or("null".to_owned(), |cost| cost.minor().to_string());
    Ok(format!(r#"{},"cost_per_use":{per_use}}}"#, json.strip_suffix('}').unwrap()))
}

fn margin(playbook: &Playbook, goods: &[u8]) -> Result<String, Failure> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Goods {
        products: Vec<Product>,
        #[serde(default)]
        costs: BTreeMap<String, Money>,
    }
    let fault = |e: &dyn std::fmt::Display| (12, format!("goods: {e}"));
    let goods: Goods = serde_json::from_slice(goods).map_err(|e| fault(&e))?;
    let costs = playbook.margin().ok_or_else(|| (12, "the playbook has no [margin]".into()))?.costs.clone();
    let costs = costs.with_skus(goods.costs);
    let coupons = playbook.coupons().values().map(|coupon| &**coupon);
    let checked = check(coupons, *playbook.combining(), &goods.products, &costs).map_err(|e| fault(&e))?;
    let order = |found: &Found| {
        let (basket, it) = (serde_json::to_string(&found.basket).unwrap(), found.account);
        let [paid, cost, margin, short] = [it.paid, it.cost, it.margin, it.short].map(Money::minor);
        format!(r#"{{"basket":{basket},"paid":{paid},"cost":{cost},"margin":{margin},"short":{short}}}"#)
    };
    let or_null = |told: Option<String>| told.unwrap_or_else(|| "null".into());
    let verdict = |verdict: &Verdict| match verdict {
        Verdict::Proved => ("proved", String::new()),
        Verdict::Loses(found) => ("loses", format!(",\"order\":{}", order(found))),
        Verdict::Open { bound, worst, .. } => {
            let bound = or_null(bound.map(|bound| bound.minor().to_string()));
            ("open", format!(",\"bound\":{bound},\"order\":{}", or_null(worst.as_ref().map(order))))
        }
        other => panic!("{other:?}"),
    };
    let each: Vec<String> = checked
        .combinations
        .iter()
        .map(|it| {
            let ((word, facts), coupons) = (verdict(&it.verdict), serde_json::to_string(&it.coupons).unwrap());
            format!(r#"{{"coupons":{coupons},"verdict":"{word}"{facts}}}"#)
        })
        .collect();
    Ok(format!(
        r#"{{"verdict":"{}","worst":{},"complete":{},"proved":{},"below_alone":{},"combinations":[{}]}}"#,
        verdict(&checked.verdict).0,
        or_null(checked.worst.map(|place| place.to_string())),
        checked.complete,
        checked.proved,
        serde_json::to_string(&checked.below_alone).unwrap(),
        each.join(","),
    ))
}

fn guest() -> Friend {
    Friend::new(FriendId(0), FriendKey::new("guest").unwrap())
}

fn rule(playbook: &Playbook, name: &str) -> Result<Arc<Coupon>, Failure> {
    let name = CouponName::new(name).map_err(argument)?;
    let unknown = || (40, format!("the playbook has no coupon '{name}'"));
    playbook.coupons().get(&name).cloned().ok_or_else(unknown)
}

fn code_if_any(typed: &str) -> Result<Option<Code>, Failure> {
    (!typed.is_empty()).then(|| typed.parse()).transpose().map_err(|e: enishi::coupon::CodeError| (41, e.to_string()))
}

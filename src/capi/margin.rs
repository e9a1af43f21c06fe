//! Can coupons bring an order below the shop's floor?

use core::ffi::c_char;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::coupon::Basket;
use crate::coupon::margin::{Account, Checked, Combination, Found, Product, Verdict, check};
use crate::model::{CouponName, Money};

use super::boundary::call;
use super::buf::enishi_buf;
use super::error::{Failure, enishi_error};
use super::handle::Handle;
use super::incoming::{Out, bytes};
use super::playbook::enishi_playbook;
use super::till::json;

/// Before any coupon is issued: can any combination of the playbook's coupons, on any basket of these goods, leave
/// less than the floor of its `[margin]`? Every combination that stacking allows is looked at; it is proved never to,
/// or a basket is shown on which it does, or it stays open. What is called proved holds for every basket whatsoever.
///
/// `goods` is JSON: {"products": [{"sku", "categories": [...], "price"}], "costs": {"SOAP-1": 300}}; categories and
/// costs may be left out. Costs are what one piece costs the shop, by SKU, those of gifts too; they go before those
/// of `[margin]`. Money is whole minor units of the playbook's currency, here and in what comes out.
///
/// `out` gets {"verdict", "worst", "complete", "proved", "below_alone", "combinations"} as JSON. "verdict" is that
/// of the worst: "proved", "loses" or "open", and "worst" its place in "combinations", null when all are proved.
/// "complete" is false when there are more combinations than the 16,384 that are looked at; what is left is open.
/// "proved" counts those that are. "below_alone" are SKUs below the floor without any coupon.
/// - {"coupons": [...], "verdict": "proved"}
/// - {"coupons", "verdict": "loses", "order"}: an order that is below the floor as a checkout reckons it: {"basket",
///   "paid", "cost", "margin", "short"}; "short" is what is missing to the floor.
/// - {"coupons", "verdict": "open", "bound", "order"}: no order has less left over the floor than "bound", null
///   where none was found; "order" is the worst that was found, which is not below the floor, or null.
///
/// Always the same for the same goods, in any order. Not for a request of a web server: with ten coupons and a
/// thousand products a tenth of a second, and never more than a million baskets are reckoned, some 15 seconds.
/// ENISHI_STATUS_INVALID_ARGUMENT when the playbook has no `[margin]`, when it is no list of goods, or when nobody told
/// what something costs, which the error names.
///
/// # Safety
/// `playbook` is NULL or was given by this library and not freed; `goods` leads to `goods_len` bytes; the other
/// pointers are NULL or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn enishi_margin_check(
    playbook: *const enishi_playbook,
    goods: *const c_char,
    goods_len: usize,
    out: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let playbook = &enishi_playbook::borrow(playbook)?.playbook;
            let Goods { products, costs } = serde_json::from_slice(bytes(goods, goods_len, "goods")?)
                .map_err(|error| Failure::argument(format_args!("goods: {error}")))?;
            let guard = playbook.margin().ok_or_else(|| Failure::argument("the playbook has no [margin]"))?;
            let coupons = playbook.coupons().values().map(|coupon| &**coupon);
            let costs = guard.costs.clone().with_skus(costs);
            let checked = check(coupons, *playbook.combining(), &products, &costs);
            let checked = checked.map_err(|error| Failure::argument(format_args!("goods: {error}")))?;
            out.write(json(&Told::of(&checked)).into());
            Ok(())
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Goods {
    products: Vec<Product>,
    #[serde(default)]
    costs: BTreeMap<Box<str>, Money>,
}

#[derive(Serialize)]
struct Told<'a> {
    verdict: &'static str,
    worst: Option<usize>,
    complete: bool,
    proved: u64,
    below_alone: &'a [Box<str>],
    combinations: Vec<ToldCombination<'a>>,
}

#[derive(Serialize)]
struct ToldCombination<'a> {
    coupons: &'a [CouponName],
    #[serde(flatten)]
    verdict: ToldVerdict<'a>,
}

#[derive(Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
enum ToldVerdict<'a> {
    Proved,
    Loses { order: ToldOrder<'a> },
    Open { bound: Option<Money>, order: Option<ToldOrder<'a>> },
}

#[derive(Serialize)]
struct ToldOrder<'a> {
    basket: &'a Basket,
    paid: Money,
    cost: Money,
    margin: Money,
    short: Money,
}

impl<'a> Told<'a> {
    fn of(checked: &'a Checked) -> Self {
        let told = |it: &'a Combination| ToldCombination { coupons: &it.coupons, verdict: (&it.verdict).into() };
        Self {
            verdict: match checked.verdict {
                Verdict::Proved => "proved",
                Verdict::Loses(_) => "loses",
                Verdict::Open { .. } => "open",
            },
            worst: checked.worst,
            complete: checked.complete,
            proved: checked.proved,
            below_alone: &checked.below_alone,
            combinations: checked.combinations.iter().map(told).collect(),
        }
    }
}

impl<'a> From<&'a Verdict> for ToldVerdict<'a> {
    fn from(verdict: &'a Verdict) -> Self {
        match verdict {
            Verdict::Proved => Self::Proved,
            Verdict::Loses(found) => Self::Loses { order: found.into() },
            Verdict::Open { bound, worst, .. } => Self::Open { bound: *bound, order: worst.as_ref().map(Into::into) },
        }
    }
}

impl<'a> From<&'a Found> for ToldOrder<'a> {
    fn from(found: &'a Found) -> Self {
        let Account { paid, cost, margin, short } = found.account;
        Self { basket: &found.basket, paid, cost, margin, short }
    }
}

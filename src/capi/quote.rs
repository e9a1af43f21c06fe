//! What coupons do to a basket.

use core::ffi::c_char;

use serde::Serialize;

use crate::coupon::{
    Basket, Gift, KeyRing, Quote, QuotedCharge, QuotedLine, RefusedCoupon, Search, TakenCoupon, TaxTotal, TypedCode,
    TypedQuote,
};
use crate::model::{Friend, FriendId, FriendKey, Money, Timestamp};
use crate::playbook::Playbook;

use super::boundary::call;
use super::buf::enishi_buf;
use super::codes::enishi_keys;
use super::engine::enishi_engine;
use super::error::{Failure, enishi_error};
use super::friend::enishi_friend;
use super::handle::Handle;
use super::incoming::{Out, bytes, instant, text};
use super::ledger::enishi_ledger;
use super::playbook::enishi_playbook;
use super::status::enishi_status;
use super::till::{Holder, json};

/// What coupons do to a basket at `now_ms`: all that the friend holds, and the `codes` that were typed in.
/// `person` NULL is a guest. `keys` may be NULL; then nobody's own code and no printed one is known.
///
/// `basket` is JSON: {"lines": [{"id", "sku", "categories": [...], "unit_price", "quantity", "tax": {"rate":
/// "10%", "included": true}}], "shipping": {"price", "tax"}, "fees": [{"price", "tax"}], "payment",
/// "shipping_by", "channel", "checkout", "costs": {"SOAP-1": 300}}; all but the lines may be left out, and of a line the
/// categories; the channel is "line" unless it is told. Money is whole minor units of the playbook's currency (yen,
/// cents), here and in what comes out. `codes` is a JSON array of texts as they were typed, or with `codes_len` 0
/// none: codes of friends' own are verified by the keys, shared ones looked up in the playbook, any case, width
/// and hyphens. They are combined by its `[coupon_rules]`.
///
/// Where the playbook has `[margin]`, no coupon brings the order below its floor: what would is refused as
/// "below_margin", or with `then = "cap"` takes off less, and "capped_from" tells what it would have. "costs" of the
/// basket are what one piece costs the shop, by SKU, those of gifts too, from the shop's own list: they go before
/// those of `[margin]`. ENISHI_STATUS_INVALID_BASKET names the SKU of which nobody told what it costs.
///
/// `out` gets the quote as JSON, the same bytes in every language:
/// - "lines": [{"id", "price", "discount", "points"}] in the order of the basket; `points` in hundredths of the
///   usual. "shipping": {"price", "discount"} or null. "listed", "discount", "to_pay". "taxes": [{"rate", "net",
///   "tax", "gross"}]. "gifts": [{"sku", "pieces"}].
/// - "taken": [{"candidate", "coupon", "code", "valid_until", "discount", "capped_from", "lines", "shipping",
///   "points", "gift"}]: what each gives, line by line. These go to enishi_ledger_reserve_all.
/// - "refused": [{"candidate", "coupon", "code", "reason", ..., "number", "distance"}]: why each of the others
///   gives nothing, by a word and a number that never change, what is missing as fields of the reason ("short",
///   "from", "until", "allowed", "other", ...), and as text for people where it can be told ("1,200 JPY more").
/// - "search": "complete", or {"cut_short": {"most"}} when not every combination was looked at.
/// - "codes": what was typed, in order: {"typed", "candidate"}, or {"typed", "no_code": "mistyped" or
///   "unknown"}. Candidates are numbered: the coupons of the friend by issue, then what else was typed.
///
/// Somebody else's own code is refused as "not_held"; enishi_code_verify tells whose it is. Nothing is used up by a
/// quote. With a `ledger`, what it would not reserve now is refused already: as "used_up" where a limit is reached or
/// nothing of the budget is left, as "revoked", "expired", or "friend_unknown" where uses are counted by friend and
/// it is a guest. "checkout" of the basket is the cart's own name of this try to pay: what the ledger holds for it is
/// not in its way. Without one, NULL, only the friend's own orders are known. ENISHI_STATUS_LEDGER_FAILED when the
/// file could not be read; ENISHI_STATUS_INVALID_BASKET when it is no basket, or none that can be reckoned with.
///
/// # Safety
/// The handles are NULL or were given by this library and not freed; the texts lead to as many bytes as is said
/// of them; the other pointers are NULL or may be written.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments, reason = "plain C: every text is two, and a struct is costly from PHP")]
pub unsafe extern "C" fn enishi_quote(
    playbook: *const enishi_playbook,
    keys: *const enishi_keys,
    ledger: *const enishi_ledger,
    person: *const enishi_friend,
    basket: *const c_char,
    basket_len: usize,
    codes: *const c_char,
    codes_len: usize,
    now_ms: i64,
    out: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let playbook = &enishi_playbook::borrow(playbook)?.playbook;
            let keys = enishi_keys::borrow_if_any(keys).map(|keys| &keys.ring);
            let ledger = enishi_ledger::borrow_if_any(ledger).map(|ledger| &ledger.holder);
            let asked = asked(bytes(basket, basket_len, "basket")?, bytes(codes, codes_len, "codes")?, now_ms)?;
            let quote = match enishi_friend::borrow_if_any(person) {
                Some(person) => quote(playbook, keys, ledger, person.friend()?, &asked)?,
                None => quote(playbook, keys, ledger, &guest(), &asked)?,
            };
            out.write(quote.into());
            Ok(())
        })
    }
}

/// The same for the friend with this key in an engine, or with `friend_key_len` 0 for a guest, by the engine's
/// playbook and keys. ENISHI_STATUS_UNKNOWN_NAME when nobody has the key.
///
/// # Safety
/// As for enishi_quote; nobody changes the engine meanwhile.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments, reason = "plain C: every text is two, and a struct is costly from PHP")]
pub unsafe extern "C" fn enishi_engine_quote(
    engine: *const enishi_engine,
    ledger: *const enishi_ledger,
    friend_key: *const c_char,
    friend_key_len: usize,
    basket: *const c_char,
    basket_len: usize,
    codes: *const c_char,
    codes_len: usize,
    now_ms: i64,
    out: *mut enishi_buf,
    err: *mut *mut enishi_error,
) -> i32 {
    // SAFETY: the caller's promises are passed on.
    unsafe {
        call(err, || {
            let out = Out::required(out, "out")?;
            let desk = enishi_engine::borrow(engine)?.desk.read()?;
            let ledger = enishi_ledger::borrow_if_any(ledger).map(|ledger| &ledger.holder);
            let friend = match text(friend_key, friend_key_len, "friend_key")? {
                "" => guest(),
                key => desk.friend(key)?,
            };
            let asked = asked(bytes(basket, basket_len, "basket")?, bytes(codes, codes_len, "codes")?, now_ms)?;
            let playbook = desk.engine.playbook();
            out.write(quote(playbook, desk.engine.keys(), ledger, &friend, &asked)?.into());
            Ok(())
        })
    }
}

/// What is to be quoted.
struct Asked {
    basket: Basket,
    codes: Vec<Box<str>>,
    now: Timestamp,
}

fn asked(basket: &[u8], codes: &[u8], now_ms: i64) -> Result<Asked, Failure> {
    let basket = serde_json::from_slice(basket)
        .map_err(|error| Failure::new(enishi_status::InvalidBasket, format_args!("basket: {error}")))?;
    let codes = match codes {
        [] => Vec::new(),
        json => serde_json::from_slice(json).map_err(|error| Failure::argument(format_args!("codes: {error}")))?,
    };
    Ok(Asked { basket, codes, now: instant(now_ms)? })
}

/// Somebody of whom nothing is known. Number 0 is nobody's.
fn guest() -> Friend {
    Friend::new(FriendId(0), FriendKey::new("guest").expect("it is a name"))
}

fn quote(
    playbook: &Playbook,
    keys: Option<&KeyRing>,
    ledger: Option<&Holder>,
    friend: &Friend,
    asked: &Asked,
) -> Result<String, Failure> {
    let (checkout, basket) = (playbook.checkout(friend, asked.now), &asked.basket);
    let typed = checkout.quote_typed_after(basket, playbook.shelf(keys), &asked.codes, |candidates| match ledger {
        Some(ledger) => ledger.look_at(candidates, &checkout, basket.checkout.as_ref()),
        None => Ok(()),
    });
    let TypedQuote { quote, codes } = typed?;
    Ok(json(&Told::of(&quote, &codes, playbook)))
}

/// A quote as it is told: with distances, and what was typed.
#[derive(Serialize)]
struct Told<'a> {
    lines: &'a [QuotedLine],
    shipping: Option<QuotedCharge>,
    listed: Money,
    discount: Money,
    to_pay: Money,
    taxes: &'a [TaxTotal],
    gifts: &'a [Gift],
    taken: &'a [TakenCoupon],
    refused: Vec<ToldRefusal<'a>>,
    search: Search,
    codes: &'a [TypedCode],
}

#[derive(Serialize)]
struct ToldRefusal<'a> {
    #[serde(flatten)]
    refused: &'a RefusedCoupon,
    number: u16,
    distance: Option<String>,
}

impl<'a> Told<'a> {
    fn of(quote: &'a Quote, codes: &'a [TypedCode], playbook: &Playbook) -> Self {
        let told = |refused: &'a RefusedCoupon| ToldRefusal {
            refused,
            number: refused.why.number(),
            distance: refused.why.distance(playbook.currency(), playbook.zone()),
        };
        Self {
            lines: &quote.lines,
            shipping: quote.shipping,
            listed: quote.listed,
            discount: quote.discount,
            to_pay: quote.to_pay,
            taxes: &quote.taxes,
            gifts: &quote.gifts,
            taken: &quote.taken,
            refused: quote.refused.iter().map(told).collect(),
            search: quote.search,
            codes,
        }
    }
}

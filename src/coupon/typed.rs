//! What is in hand and what is typed in, at one checkout.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::{CouponName, HeldCoupon, Timestamp};

use super::{Basket, BasketError, Candidate, Checkout, CodeError, Codes, Coupon, KeyRing, Quote, Serial};

/// The coupons of a shop, and the keys of the codes that are somebody's own.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::exhaustive_structs, reason = "what codes are looked up in")]
pub struct Shelf<'a> {
    /// The rules, by name.
    pub coupons: &'a BTreeMap<CouponName, Arc<Coupon>>,
    /// Without them nobody's own code is known.
    pub keys: Option<&'a KeyRing>,
}

/// A quote with what became of the codes that were typed in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TypedQuote {
    /// The quote. Its candidates are first the friend's coupons in order of issue, then what else was typed in.
    pub quote: Quote,
    /// What was typed in, in that order.
    pub codes: Vec<TypedCode>,
}

/// A code that was typed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TypedCode {
    /// As it was typed.
    pub typed: Box<str>,
    /// What it is.
    #[serde(flatten)]
    pub is: TypedIs,
}

/// What a typed text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(clippy::exhaustive_enums, reason = "a code of the shop, or none")]
pub enum TypedIs {
    /// The candidate of this place; what it does or why it does nothing stands in the quote.
    Candidate(usize),
    /// No code of the shop.
    NoCode(NoCode),
}

/// Why a text is no code of the shop. Tells a guesser no more than "no".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NoCode {
    /// It looks like somebody's own, and one sign is wrong: it is worth typing again.
    Mistyped,
    /// Neither a shared code nor one that was ever issued.
    Unknown,
}

impl Checkout<'_> {
    /// [`quote`](Self::quote) of all that the friend holds and what was typed in besides.
    ///
    /// - A shared code is the coupon of the playbook that has it; a friend who holds that coupon uses the one in hand.
    /// - A friend's own code is verified by the keys. It is good for the friend who holds it; of anybody else, a guest
    ///   too, it is refused as [not held](super::NotApplied::NotHeld). To let others use it, quote for the friend whose
    ///   number the [serial](Serial::friend) tells.
    /// - A code of a [batch](KeyRing::batch) is good for whoever types it. It was issued at no known time: like a shared
    ///   one it ends with the coupon, and not so long after its issue.
    ///
    /// ```
    /// use enishi::coupon::{Basket, TypedIs};
    /// use enishi::model::{Friend, FriendId, FriendKey};
    /// use enishi::playbook::Playbook;
    ///
    /// let playbook = Playbook::read(r#"
    ///     [shop]
    ///     name = "河内の台所"
    ///     zone = "Asia/Tokyo"
    ///     currency = "JPY"
    ///     [coupons.spring]
    ///     benefit = { rate = "10%" }
    ///     valid = { until = "2026-05-01" }
    ///     code = "SPRING-26"
    /// "#)?;
    /// let basket: Basket = serde_json::from_str(r#"{"lines": [
    ///     {"id": "1", "sku": "TEA", "unit_price": 1080, "quantity": 1, "tax": {"rate": "8%", "included": true}}
    /// ]}"#)?;
    /// let guest = Friend::new(FriendId(0), FriendKey::new("guest")?);
    /// let checkout = playbook.checkout(&guest, "2026-04-01T12:00:00+09:00".parse()?);
    ///
    /// let typed = checkout.quote_typed(&basket, playbook.shelf(None), &["ｓｐｒｉｎｇ２６"])?;
    /// assert_eq!(typed.codes[0].is, TypedIs::Candidate(0));
    /// assert_eq!(typed.quote.to_pay.minor(), 972);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Linear in what was typed times the coupons, with at most one HMAC for each text.
    ///
    /// # Errors
    /// When the basket is none that can be reckoned with; never because of a coupon or a code, unless a guard must know
    /// what something costs and nobody said.
    pub fn quote_typed(
        &self,
        basket: &Basket,
        shelf: Shelf<'_>,
        typed: &[impl AsRef<str>],
    ) -> Result<TypedQuote, BasketError> {
        self.quote_typed_after(basket, shelf, typed, |_| Ok(()))
    }

    /// The same, after somebody has looked at the candidates: a ledger, which knows what is used up.
    ///
    /// # Errors
    /// As of [`quote_typed`](Self::quote_typed), and when the look fails.
    pub fn quote_typed_after<E: From<BasketError>>(
        &self,
        basket: &Basket,
        shelf: Shelf<'_>,
        typed: &[impl AsRef<str>],
        look: impl FnOnce(&mut [Candidate<'_>]) -> Result<(), E>,
    ) -> Result<TypedQuote, E> {
        let found: Vec<Result<Found<'_>, NoCode>> = typed.iter().map(|text| shelf.look_up(text.as_ref())).collect();
        let mut candidates = Candidate::all_held(self.friend, |name| shelf.coupons.get(name).map(Arc::as_ref));
        let mut codes = Vec::with_capacity(typed.len());
        for (text, found) in typed.iter().zip(&found) {
            let is = match found {
                Ok(found) => TypedIs::Candidate(found.place(&mut candidates)),
                Err(why) => TypedIs::NoCode(*why),
            };
            codes.push(TypedCode { typed: text.as_ref().into(), is });
        }
        look(&mut candidates)?;
        Ok(TypedQuote { quote: self.quote(basket, &candidates)?, codes })
    }
}

/// A code that is one.
enum Found<'a> {
    Shared(&'a Coupon),
    Own(&'a Coupon, String),
    Printed(&'a Coupon, HeldCoupon),
}

impl<'a> Shelf<'a> {
    fn look_up(self, typed: &str) -> Result<Found<'a>, NoCode> {
        let coupons = || self.coupons.values().map(Arc::as_ref);
        let shared = |coupon: &&Coupon| matches!(&coupon.codes, Codes::Shared(code) if code.matches(typed));
        if let Some(coupon) = coupons().find(shared) {
            return Ok(Found::Shared(coupon));
        }
        let keys = self.keys.ok_or(NoCode::Unknown)?;
        let personal = coupons().filter(|coupon| coupon.codes == Codes::Personal).map(|coupon| &coupon.name);
        let verified = keys.verify(typed, personal).map_err(|error| match error {
            CodeError::Typo => NoCode::Mistyped,
            _ => NoCode::Unknown,
        })?;
        let (coupon, code) = (&*self.coupons[verified.coupon], verified.code.to_string());
        Ok(match verified.serial {
            Serial::Friend { .. } => Found::Own(coupon, code),
            Serial::Batch { .. } => Found::Printed(coupon, printed(coupon, code)),
        })
    }
}

impl<'a> Found<'a> {
    /// Its place among the candidates, the last if it was not there yet.
    fn place(&'a self, candidates: &mut Vec<Candidate<'a>>) -> usize {
        let holds = |code: &str| {
            let code = code.to_owned();
            move |one: &Candidate<'_>| one.held.is_some_and(|held| *held.code == *code)
        };
        let (there, candidate) = match self {
            Self::Shared(coupon) => {
                (candidates.iter().position(|one| one.coupon.name == coupon.name), Candidate::shared(coupon))
            }
            // In nobody's hand here: refused for that.
            Self::Own(coupon, code) => (candidates.iter().position(holds(code)), Candidate::shared(coupon)),
            Self::Printed(coupon, held) => {
                (candidates.iter().position(holds(&held.code)), Candidate::held(coupon, held))
            }
        };
        there.unwrap_or_else(|| {
            candidates.push(candidate);
            candidates.len() - 1
        })
    }
}

/// A printed code in the hands of whoever typed it.
fn printed(coupon: &Coupon, code: String) -> HeldCoupon {
    HeldCoupon {
        coupon: coupon.name.clone(),
        code: code.into(),
        issued_at: Timestamp::MIN,
        valid_until: coupon.valid.until.unwrap_or(Timestamp::MAX),
        redeemed: Default::default(),
    }
}

//! What one of LINE's coupons promises. It is shown; what is taken off is the till's.

use core::num::NonZeroU64;

use serde_json::{Value, json};

use super::new::LineCouponFault;

/// What the coupon promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reward {
    /// Something off.
    Discount(Discount),
    /// Something for nothing.
    Free,
    /// A present.
    Gift,
    /// Something back.
    CashBack(CashBack),
    /// Something else, told in the description.
    Others,
}

/// So much off. Amounts are in the currency of the account's country: yen in Japan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "LINE has these three")]
pub enum Discount {
    /// An amount.
    Fixed(NonZeroU64),
    /// 1 to 99 per cent.
    Percentage(u8),
    /// A price in place of another.
    Explicit {
        /// What it costs otherwise.
        original: NonZeroU64,
        /// What it costs with the coupon.
        after: NonZeroU64,
    },
}

/// So much back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "LINE has these two")]
pub enum CashBack {
    /// An amount.
    Fixed(NonZeroU64),
    /// 1 to 99 per cent.
    Percentage(u8),
}

impl Reward {
    pub(super) fn fault(self) -> Option<LineCouponFault> {
        match self {
            Self::Discount(Discount::Percentage(percent)) | Self::CashBack(CashBack::Percentage(percent)) => {
                (!(1..=99).contains(&percent)).then_some(LineCouponFault::Percentage { percent })
            }
            Self::Discount(Discount::Fixed(amount)) | Self::CashBack(CashBack::Fixed(amount)) => too_large(amount),
            Self::Discount(Discount::Explicit { original, after }) => too_large(original.max(after)),
            Self::Free | Self::Gift | Self::Others => None,
        }
    }

    /// With nothing beside it that LINE has no place for: a price where there is none is refused ("Must not be
    /// specified").
    pub(super) fn to_json(self) -> Value {
        match self {
            Self::Discount(discount) => json!({ "type": "discount", "priceInfo": discount.to_json() }),
            Self::Free => json!({ "type": "free" }),
            Self::Gift => json!({ "type": "gift" }),
            Self::CashBack(back) => json!({ "type": "cashBack", "priceInfo": back.to_json() }),
            Self::Others => json!({ "type": "others" }),
        }
    }

    /// None of a kind that came into being after this was written, or without its price.
    pub(super) fn read(json: &Value) -> Option<Self> {
        let price = &json["priceInfo"];
        let amount = |key: &str| price[key].as_u64().and_then(NonZeroU64::new);
        let percentage = || u8::try_from(price["percentage"].as_u64()?).ok();
        Some(match (json["type"].as_str()?, price["type"].as_str()) {
            ("discount", Some("fixed")) => Self::Discount(Discount::Fixed(amount("fixedAmount")?)),
            ("discount", Some("percentage")) => Self::Discount(Discount::Percentage(percentage()?)),
            ("discount", Some("explicit")) => {
                let (original, after) = (amount("originalPrice")?, amount("priceAfterDiscount")?);
                Self::Discount(Discount::Explicit { original, after })
            }
            ("cashBack", Some("fixed")) => Self::CashBack(CashBack::Fixed(amount("fixedAmount")?)),
            ("cashBack", Some("percentage")) => Self::CashBack(CashBack::Percentage(percentage()?)),
            ("free", _) => Self::Free,
            ("gift", _) => Self::Gift,
            ("others", _) => Self::Others,
            _ => return None,
        })
    }
}

/// LINE keeps amounts in 64 bits with a sign.
fn too_large(amount: NonZeroU64) -> Option<LineCouponFault> {
    i64::try_from(amount.get()).is_err().then_some(LineCouponFault::Amount { amount })
}

impl Discount {
    fn to_json(self) -> Value {
        match self {
            Self::Fixed(amount) => json!({ "type": "fixed", "fixedAmount": amount }),
            Self::Percentage(percent) => json!({ "type": "percentage", "percentage": percent }),
            Self::Explicit { original, after } => {
                json!({ "type": "explicit", "originalPrice": original, "priceAfterDiscount": after })
            }
        }
    }
}

impl CashBack {
    fn to_json(self) -> Value {
        match self {
            Self::Fixed(amount) => json!({ "type": "fixed", "fixedAmount": amount }),
            Self::Percentage(percent) => json!({ "type": "percentage", "percentage": percent }),
        }
    }
}

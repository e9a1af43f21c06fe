//! A coupon as the shop wrote it.

use crate::model::{CouponName, Money, Span, Timestamp, Zone};

use super::{Benefit, Codes, Limits, Measure, Scope, Stacking, Terms, Validity};

/// A coupon: what it gives on what, to whom, when, how often, and beside which others.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Coupon {
    /// Its name in the playbook.
    pub name: CouponName,
    /// What it gives.
    pub benefit: Benefit,
    /// The goods it looks at: its floor, its rate and its shares are of these.
    pub scope: Scope,
    /// What the cart and the friend must be like.
    pub terms: Terms,
    /// When it can be used.
    pub valid: Validity,
    /// How often, and for how much in all.
    pub limits: Limits,
    /// Beside which others it is taken.
    pub stacking: Stacking,
    /// What is typed in for it.
    pub codes: Codes,
}

impl Coupon {
    /// A coupon without conditions, used once by everybody who was given one and with no others beside it.
    pub fn new(name: CouponName, benefit: Benefit, valid_for: Span) -> Self {
        Self {
            name,
            benefit,
            scope: Scope::default(),
            terms: Terms::default(),
            valid: Validity::for_span(valid_for),
            limits: Limits::default(),
            stacking: Stacking::default(),
            codes: Codes::Personal,
        }
    }

    /// What the goods in scope must come to, for it to give anything: its floor, or the first step of what it gives by
    /// them.
    pub fn least_subtotal(&self) -> Money {
        let first = match &self.benefit {
            Benefit::Tiered(tiers) if tiers.by == Measure::Subtotal => tiers.steps.first(),
            _ => None,
        };
        // A step out of the range of money is never reached.
        let first = first.map(|(from, _)| Money::from_minor(i64::try_from(*from).unwrap_or(i64::MAX)));
        self.terms.floor.max(first.unwrap_or_default())
    }

    /// The first instant at which one issued then is no longer valid: calendar days in the shop's zone.
    pub fn valid_until(&self, issued_at: Timestamp, zone: &Zone) -> Timestamp {
        self.valid.until(issued_at, zone)
    }
}

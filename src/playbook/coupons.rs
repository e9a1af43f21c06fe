//! `[coupons]`

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::coupon::{Benefit, Coupon, Rounding};
use crate::model::{CouponName, Currency, Money, Rate, Span};

use super::diagnostic::Code;
use super::reader::{Place, Reader};

/// Every coupon by name; those with a fault are there without a rule, so that references to them stand.
pub(super) fn read(
    reader: &mut Reader<'_>,
    place: &Place<'_>,
    currency: Currency,
) -> BTreeMap<CouponName, Option<Arc<Coupon>>> {
    let named = reader.named::<CouponName>(place);
    named
        .into_iter()
        .map(|(name, place)| (name.clone(), coupon(reader, name, &place, currency).map(Arc::new)))
        .collect()
}

fn coupon(reader: &mut Reader<'_>, name: CouponName, place: &Place<'_>, currency: Currency) -> Option<Coupon> {
    let mut table = reader.table(place)?;
    let benefit = reader.need(&mut table, "benefit", "benefit = { rate = \"10%\" }, or { amount = 500 }");
    let floor = reader.take(&mut table, "floor");
    let valid = reader.need(&mut table, "valid", "valid = { for = \"14d\" }");
    reader.finish(table);
    let benefit = benefit.and_then(|place| read_benefit(reader, &place, currency));
    let floor = match floor {
        Some(place) => reader.money(&place, currency),
        None => Some(Money::ZERO),
    };
    let valid_for = valid.and_then(|place| read_valid(reader, &place));
    let mut coupon = Coupon::new(name, benefit?, valid_for?);
    coupon.terms.floor = floor?;
    Some(coupon)
}

fn read_benefit(reader: &mut Reader<'_>, place: &Place<'_>, currency: Currency) -> Option<Benefit> {
    let mut table = reader.table(place)?;
    let amount = reader.take(&mut table, "amount");
    let rate = reader.take(&mut table, "rate");
    let up_to = reader.take(&mut table, "up_to");
    reader.finish(table);
    match (amount, rate, up_to) {
        (Some(amount), None, None) => positive(reader, &amount, currency).map(Benefit::Amount),
        (None, Some(rate), up_to) => {
            let share = reader.parsed::<Rate>(&rate);
            if share.is_some_and(|share| share.ppm() == 0) {
                reader.fault_at(&rate, Code::Value, "a rate of nothing gives nothing", None);
            }
            let up_to = match up_to {
                Some(place) => Some(positive(reader, &place, currency)?),
                None => None,
            };
            Some(Benefit::Rate { rate: share?, up_to, rounding: Rounding::Down })
        }
        _ => {
            let help = "{ amount = 500 }, { rate = \"10%\" } or { rate = \"10%\", up_to = 2000 }";
            reader.fault_at(place, Code::Value, "a benefit is an amount or a rate", Some(help.into()));
            None
        }
    }
}

fn positive(reader: &mut Reader<'_>, place: &Place<'_>, currency: Currency) -> Option<Money> {
    let money = reader.money(place, currency)?;
    if money == Money::ZERO {
        reader.fault_at(place, Code::Value, "an amount of nothing gives nothing", None);
        return None;
    }
    Some(money)
}

fn read_valid(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<Span> {
    let mut table = reader.table(place)?;
    let span = reader.need(&mut table, "for", "valid = { for = \"14d\" }");
    reader.finish(table);
    reader.span(&span?, "a coupon must be valid for some time")
}

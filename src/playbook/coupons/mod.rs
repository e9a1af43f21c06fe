//! `[coupons]`, `[coupon_rules]` and `[margin]`

mod benefit;
mod limits;
mod margin;
mod scope;
mod stacking;
mod validity;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::Weekday;

use crate::coupon::{Benefit, Codes, Coupon, Measure, SharedCode, Tiers};
use crate::model::{Channel, ChannelName, CouponName, Money, Span};
use crate::segment::Schema;

use super::diagnostic::Code;
use super::reader::{Place, Reader};
use super::setter::Setter;
pub(super) use benefit::read_rounding;
pub(super) use margin::read_margin;
pub(super) use stacking::read_rules;

/// What coupons may name and count by.
#[derive(Clone, Copy)]
pub(super) struct Names<'a> {
    pub(super) schema: &'a Schema,
    pub(super) week_starts: Weekday,
}

/// Every coupon by name; those with a fault are there without a rule, so that references to them stand.
pub(super) fn read(
    reader: &mut Reader<'_>,
    place: &Place<'_>,
    names: Names<'_>,
) -> BTreeMap<CouponName, Option<Arc<Coupon>>> {
    let named = reader.named::<CouponName>(place);
    let mut shared = BTreeMap::new();
    let mut read = |(name, place): (CouponName, Place<'_>)| {
        let coupon = coupon(reader, name.clone(), &place, names, &mut shared);
        (name, coupon.map(Arc::new))
    };
    named.into_iter().map(&mut read).collect()
}

/// By what everybody's codes are compared, and whose each is.
type Shared = BTreeMap<Box<str>, CouponName>;

fn coupon(
    reader: &mut Reader<'_>,
    name: CouponName,
    place: &Place<'_>,
    names: Names<'_>,
    shared: &mut Shared,
) -> Option<Coupon> {
    let schema = names.schema;
    let mut table = reader.table(place)?;
    let benefit = reader.need(&mut table, "benefit", "benefit = { rate = \"10%\" }, or { amount = 500 }");
    let valid = reader.need(&mut table, "valid", "valid = { for = \"14d\" }");
    let benefit = benefit.and_then(|place| benefit::read(reader, &place, schema.currency));
    let valid = valid.and_then(|place| validity::read(reader, &place, &schema.zone));
    // What is faulty keeps its usual setting, so that all of it is read and every fault told.
    let mut sound = benefit.is_some() && valid.is_some();
    let mut it = Coupon::new(name, Benefit::Amount(Money::ZERO), Span::default());
    let mut set = Setter { reader, table: &mut table, sound: &mut sound };
    let tiers = match &benefit {
        Some(Benefit::Tiered(tiers)) => Some(tiers),
        _ => None,
    };
    set.key("on", &mut it.scope, scope::read);
    set.key("floor", &mut it.terms.floor, |reader, place| floor(reader, place, tiers, schema));
    set.key("first_order", &mut it.terms.first_order, |reader, place| first_order(reader, place, tiers));
    set.key("channels", &mut it.terms.channels, |reader, place| channels(reader, place, schema));
    set.key("only", &mut it.terms.only, |reader, place| reader.predicate(place, schema).map(Some));
    set.key("payments", &mut it.terms.payments, |reader, place| labels(reader, place, "no means of payment"));
    set.key("shippings", &mut it.terms.shippings, |reader, place| labels(reader, place, "no way of shipping"));
    set.key("code", &mut it.codes, |reader, place| code(reader, place, &it.name, shared));
    set.key("with", &mut it.stacking.with, stacking::read_with);
    set.key("order", &mut it.stacking.order, |reader, place| {
        reader.whole(place, -1_000_000, 1_000_000).and_then(|n| i32::try_from(n).ok())
    });
    set.key("base", &mut it.stacking.base, |reader, place| stacking::read_base(reader, place, benefit.as_ref()));
    let beside = limits::Beside { benefit: benefit.as_ref(), is_shared: matches!(it.codes, Codes::Shared(_)), names };
    set.key("limits", &mut it.limits, |reader, place| limits::read(reader, place, &beside));
    reader.finish(table);
    (it.benefit, it.valid) = (benefit?, valid?);
    sound.then_some(it)
}

fn floor(reader: &mut Reader<'_>, place: &Place<'_>, tiers: Option<&Tiers>, schema: &Schema) -> Option<Money> {
    let floor = reader.money(place, schema.currency)?;
    let Some(tiers) = tiers.filter(|tiers| tiers.by == Measure::Subtotal) else { return Some(floor) };
    let below = tiers.steps.iter().filter(|(from, _)| i128::from(*from) <= i128::from(floor.minor())).count();
    if below > 1 {
        let from = Money::from_minor(i64::try_from(tiers.steps[below - 1].0).ok()?);
        let message = format!("with this floor no step below {} is ever reached", schema.currency.format(from));
        let help = "a lower floor, or none: the first step is one";
        reader.fault_at(place, Code::Value, message, Some(help.into()));
        return None;
    }
    Some(floor)
}

fn first_order(reader: &mut Reader<'_>, place: &Place<'_>, tiers: Option<&Tiers>) -> Option<bool> {
    let only_first = reader.flag(place)?;
    let by_past = tiers.is_some_and(|tiers| {
        matches!(tiers.by, Measure::Orders | Measure::Spent) && tiers.steps.iter().any(|(from, _)| *from > 0)
    });
    if only_first && by_past {
        let message = "who orders for the first time has no orders before, and reaches no step of the benefit";
        let help = "leave first_order out, or give steps by = \"subtotal\"";
        reader.fault_at(place, Code::Value, message, Some(help.into()));
        return None;
    }
    Some(only_first)
}

/// `channels = ["line"]`
fn channels(reader: &mut Reader<'_>, place: &Place<'_>, schema: &Schema) -> Option<BTreeSet<Channel>> {
    let known = core::iter::once(Channel::LINE).chain(schema.channels.iter().map(ChannelName::as_str));
    set(reader, place, "no channel", |reader, place| reader.known(place, "channel", known.clone()))
}

/// A list of the shop's own words, at least one and each once.
fn labels(reader: &mut Reader<'_>, place: &Place<'_>, none: &str) -> Option<BTreeSet<Box<str>>> {
    set(reader, place, none, |reader, place| reader.label(place))
}

fn set<T: Ord>(
    reader: &mut Reader<'_>,
    place: &Place<'_>,
    none: &str,
    mut read: impl FnMut(&mut Reader<'_>, &Place<'_>) -> Option<T>,
) -> Option<BTreeSet<T>> {
    let mut all = BTreeSet::new();
    let places = reader.list(place);
    let mut sound = !places.is_empty();
    if places.is_empty() && place.is_list() {
        let help = "leave it out, and it holds for all";
        reader.fault_at(place, Code::Value, format!("{none} is named"), Some(help.into()));
    }
    for place in places {
        let Some(value) = read(reader, &place) else {
            sound = false;
            continue;
        };
        if !all.insert(value) {
            reader.fault_at(&place, Code::Duplicate, "this stands here already", None);
            sound = false;
        }
    }
    sound.then_some(all)
}

/// `code = "SPRING26"`
fn code(reader: &mut Reader<'_>, place: &Place<'_>, name: &CouponName, shared: &mut Shared) -> Option<Codes> {
    let code = reader.parsed::<SharedCode>(place)?;
    if let Some(other) = shared.get(code.folded()) {
        let message = format!("the coupon '{other}' has the same code: case, width and hyphens tell none apart");
        reader.fault_at(place, Code::Duplicate, message, None);
        return None;
    }
    shared.insert(code.folded().into(), name.clone());
    Some(Codes::Shared(code))
}

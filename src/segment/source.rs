//! Where occurrences are kept, and which of them pass.

use crate::model::{
    Activity, CartLine, Friend, HeldCoupon, Money, Occurrence, OrderRecord, PropertyName, Sent, Timestamp, Value, Zone,
};

use super::occurrences::{CouponState, Field};
use super::predicate::Question;
use super::range::Stay;
use super::syntax::Comparison;
use super::test::Test;

/// Occurrences of one kind that pass every filter.
#[derive(Debug)]
pub(crate) struct Source {
    pub(super) kept: Kept,
    /// What is asked of the whole.
    pub(super) whole: Box<[Check]>,
    /// What is asked of its goods: of one and the same line.
    pub(super) goods: Box<[GoodsCheck]>,
}

/// Where they are kept.
#[derive(Clone, Debug)]
pub(crate) enum Kept {
    Orders,
    Done(Activity),
    Sent,
    Delivered,
    Coupons(CouponState),
}

#[derive(Debug)]
pub(crate) enum Check {
    Amount(Comparison, Money),
    Text(Field, Test),
    Property(PropertyName, Test),
}

#[derive(Debug)]
pub(crate) enum GoodsCheck {
    Product(Test),
    Category(Test),
    Quantity(Comparison, i64),
    Price(Comparison, Money),
}

/// One that passed.
#[derive(Clone, Copy)]
pub(super) struct Found<'f> {
    /// When it was: what windows ask about.
    pub(super) at: Timestamp,
    /// When it is there to be counted.
    pub(super) stay: Stay,
    pub(super) thing: Thing<'f>,
}

#[derive(Clone, Copy)]
pub(super) enum Thing<'f> {
    Order(&'f OrderRecord),
    Done(&'f Occurrence),
    Sent(&'f Sent),
    Coupon(&'f HeldCoupon),
}

impl Source {
    /// Is every order that counts meant?
    pub(crate) fn is_all_orders(&self) -> bool {
        matches!(self.kept, Kept::Orders) && self.whole.is_empty() && self.goods.is_empty()
    }

    /// Gives every one that passes, those still to come included, in the order in which they are kept.
    pub(super) fn each<'f>(&self, ask: &Question<'f>, mut take: impl FnMut(Found<'f>)) {
        let friend = ask.friend;
        let mut give = |at: Timestamp, from: Timestamp, until: Option<Timestamp>, thing: Thing<'f>| {
            if self.passes(thing) {
                take(Found { at, stay: Stay { from, until }, thing });
            }
        };
        match &self.kept {
            Kept::Orders => {
                for order in friend.orders.all() {
                    if let Some(at) = order.placed_at() {
                        give(at, at, None, Thing::Order(order));
                    }
                }
            }
            Kept::Done(activity) => {
                for occurrence in friend.history.of(activity) {
                    give(occurrence.at, occurrence.at, None, Thing::Done(occurrence));
                }
            }
            Kept::Sent => {
                for sent in &friend.sent {
                    give(sent.at, sent.at, None, Thing::Sent(sent));
                }
            }
            Kept::Delivered => {
                for sent in &friend.sent {
                    if let Some(at) = sent.delivered {
                        give(at, at, None, Thing::Sent(sent));
                    }
                }
            }
            Kept::Coupons(state) => {
                for held in &friend.coupons {
                    if let Some((at, stay)) = stands(held, *state, friend, ask.zone) {
                        give(at, stay.from, stay.until, Thing::Coupon(held));
                    }
                }
            }
        }
    }

    fn passes(&self, thing: Thing<'_>) -> bool {
        self.whole.iter().all(|check| check.passes(thing))
            && (self.goods.is_empty() || thing.lines().iter().any(|line| self.takes(line)))
    }

    /// Is this line one of the goods that are asked for?
    pub(super) fn takes(&self, line: &CartLine) -> bool {
        self.goods.iter().all(|check| check.passes(line))
    }

    /// The lines that are asked for.
    pub(super) fn lines<'f>(&self, thing: Thing<'f>) -> impl Iterator<Item = &'f CartLine> {
        thing.lines().iter().filter(|line| self.takes(line))
    }
}

/// By which instant a coupon's window is asked, and when it stands so.
fn stands(held: &HeldCoupon, state: CouponState, friend: &Friend, zone: &Zone) -> Option<(Timestamp, Stay)> {
    let used = held.used_at(&friend.orders);
    let (issued, ends) = (held.issued_at, held.valid_until);
    match state {
        CouponState::Held => Some((issued, Stay { from: issued, until: None })),
        CouponState::Used => used.map(|at| (at, Stay { from: at, until: None })),
        _ if used.is_some() => None,
        CouponState::Unused => Some((issued, Stay { from: issued, until: Some(ends) })),
        CouponState::Expired => Some((ends, Stay { from: ends, until: None })),
        CouponState::Expires(span) => {
            Some((issued, Stay { from: issued.max(zone.before(ends, span)), until: Some(ends) }))
        }
    }
}

impl<'f> Thing<'f> {
    pub(super) fn lines(self) -> &'f [CartLine] {
        match self {
            Self::Order(order) => order.lines(),
            Self::Done(occurrence) => &occurrence.lines,
            Self::Sent(_) | Self::Coupon(_) => &[],
        }
    }

    /// What an order brought or a cart came to; a cart past the range of money is larger than any rule can name.
    pub(super) fn amount(self) -> Money {
        match self {
            Self::Order(order) => order.net(),
            other => {
                let total = other.lines().iter().try_fold(Money::ZERO, |sum, line| sum.checked_add(line.total()?));
                total.unwrap_or(Money::from_minor(i64::MAX))
            }
        }
    }

    pub(super) fn text(self, field: &Field) -> Option<&'f str> {
        match (self, field) {
            (Self::Done(occurrence), Field::Link | Field::Text | Field::Data) => occurrence.subject.as_deref(),
            (Self::Sent(sent), Field::Message) => Some(sent.message.as_str()),
            (Self::Sent(sent), Field::Scenario) => Some(sent.scenario.as_str()),
            (Self::Sent(sent), Field::Class) => Some(if sent.promotional { "promotional" } else { "transactional" }),
            (Self::Coupon(held), Field::Coupon) => Some(held.coupon.as_str()),
            _ => None,
        }
    }

    pub(super) fn property(self, name: &PropertyName) -> Option<&'f Value> {
        match self {
            Self::Order(order) => order.property(name.as_str()),
            Self::Done(occurrence) => occurrence.properties.get(name),
            Self::Sent(_) | Self::Coupon(_) => None,
        }
    }
}

impl Check {
    fn passes(&self, thing: Thing<'_>) -> bool {
        match self {
            Self::Amount(is, value) => is.holds(&thing.amount(), value),
            Self::Text(field, test) => thing.text(field).is_some_and(|text| test.passes_text(text)),
            Self::Property(name, test) => thing.property(name).is_some_and(|value| test.passes(value)),
        }
    }
}

impl GoodsCheck {
    fn passes(&self, line: &CartLine) -> bool {
        match self {
            Self::Product(test) => test.passes_text(&line.sku),
            Self::Category(test) => line.categories.iter().any(|category| test.passes_text(category)),
            Self::Quantity(is, value) => is.holds(&i64::from(line.quantity), value),
            Self::Price(is, value) => is.holds(&line.unit_price, value),
        }
    }
}

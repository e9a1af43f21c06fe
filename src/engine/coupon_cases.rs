//! What became of a coupon in the hands of friends, and what those spent who were to have it and were held out.

use crate::coupon::Coupon;
use crate::insight::{CouponCase, CouponEnd, CouponUse, NonUse, Spending};
use crate::message::Placeholder;
use crate::model::{
    Activity, CartLine, CouponName, Friend, HeldCoupon, Money, OrderId, OrderRecord, ScenarioName, Sent, Span,
    Timestamp, Zone,
};
use crate::playbook::Playbook;

/// Who knows what the engine does not: the ledger what a coupon took off, the shop what goods cost.
#[derive(Clone, Copy)]
#[allow(clippy::exhaustive_structs, missing_debug_implementations, reason = "questions that are filled in")]
pub struct CouponBooks<'a> {
    /// What a use took off its order.
    pub discount: &'a dyn Fn(&HeldCoupon, &OrderId) -> Money,
    /// What the goods of a line cost the shop; none where that is not known.
    pub cost: &'a dyn Fn(&CartLine) -> Option<Money>,
    /// Did the friend come for goods of the coupon that were not there?
    pub out_of_stock: &'a dyn Fn(&Friend, &HeldCoupon) -> bool,
}

impl<'a> CouponBooks<'a> {
    /// Books that know what was taken off, and nothing else.
    pub fn new(discount: &'a dyn Fn(&HeldCoupon, &OrderId) -> Money) -> Self {
        Self { discount, cost: &|_| None, out_of_stock: &|_, _| false }
    }
}

/// What became, by `now`, of each coupon of a rule that a friend holds: rows for
/// [`CouponResults`](crate::insight::CouponResults) (K8, K11, K13). One that was used without having been issued, by
/// everybody's code or a printed one, counts from its first use.
///
/// Messages and what the friend did are those the playbook remembers: `[history]` makes it longer. Whether messages
/// arrived is known where the playbook asks for it. Linear in what is known of the friend.
///
/// ```
/// use enishi::engine::{CouponBooks, Engine, coupon_cases};
/// use enishi::insight::CouponResults;
/// use enishi::model::Money;
/// # let playbook = enishi::playbook::Playbook::read("[shop]\nname='x'\nzone='Asia/Tokyo'\ncurrency='JPY'\n\
/// #     [coupons.hello]\nbenefit = { amount = 500 }\nvalid = { for = '14d' }")?;
/// # let keys = enishi::coupon::KeyRing::new(0, b"sixteen secret bytes")?;
/// let engine = Engine::new(playbook.into(), Some(keys))?;
/// let coupon = &engine.playbook().coupons()["hello"];
/// let books = CouponBooks::new(&|_, _| Money::from_minor(500));
/// let friends = engine.friends();
/// let cases = friends.flat_map(|friend| coupon_cases(&friend, coupon, engine.playbook(), engine.now(), &books));
/// assert_eq!(CouponResults::of(cases, 3000).unwrap().issued, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn coupon_cases(
    friend: &Friend,
    coupon: &Coupon,
    playbook: &Playbook,
    now: Timestamp,
    books: &CouponBooks<'_>,
) -> Vec<CouponCase> {
    let held = friend.coupons.iter().filter(|held| held.coupon == coupon.name);
    held.map(|held| Held { friend, coupon, playbook, held }.case(now, books)).collect()
}

/// What friends spent who came to a scenario, within `span` after they did: those who were given what it gives, and
/// those who were [held out](crate::policy::Policy::held_out) and so were not. Whose time is not over by `now` are in
/// neither (K12). For [`Difference`](crate::insight::Difference).
pub fn spending_of(
    friends: impl IntoIterator<Item = Friend>,
    scenario: &ScenarioName,
    span: Span,
    playbook: &Playbook,
    now: Timestamp,
) -> Option<(Spending, Spending)> {
    let rule = playbook.scenarios().get(scenario.as_str())?;
    let (mut given, mut held_out) = (Spending::default(), Spending::default());
    for friend in friends {
        let Some(from) = friend.runs.get(scenario).map(|record| record.last_entered) else { continue };
        let until = playbook.zone().plus(from, span);
        if until > now {
            continue;
        }
        let spent = spent(&friend, from, until, now);
        let out = playbook.policy().held_out(&friend.key, scenario, rule.class, rule.holdout);
        if out.is_some() { held_out.add(spent) } else { given.add(spent) }
    }
    Some((given, held_out))
}

/// What the friends spent who were given a coupon, within `span` after they first were; whose time is not over by
/// `now` are not in it. Of two coupons that a scenario draws between, it tells by what is bought later which is the better
/// one to give (F5), with [`Difference`](crate::insight::Difference).
pub fn spending_of_holders(
    friends: impl IntoIterator<Item = Friend>,
    coupon: &CouponName,
    span: Span,
    zone: &Zone,
    now: Timestamp,
) -> Spending {
    let mut spending = Spending::default();
    for friend in friends {
        let held = friend.coupons.iter().filter(|held| held.coupon == *coupon);
        let Some(from) = held.map(|held| held.issued_at).min() else { continue };
        let until = zone.plus(from, span);
        if until <= now {
            spending.add(spent(&friend, from, until, now));
        }
    }
    spending
}

/// What a friend's orders of that time came to.
fn spent(friend: &Friend, from: Timestamp, until: Timestamp, now: Timestamp) -> Money {
    let bought = friend.orders.counting(now).filter(|(placed, _)| from <= *placed && *placed < until);
    bought.fold(Money::ZERO, |sum, (_, net)| plus(sum, net))
}

/// One coupon in the hands of one friend.
struct Held<'a> {
    friend: &'a Friend,
    coupon: &'a Coupon,
    playbook: &'a Playbook,
    held: &'a HeldCoupon,
}

impl Held<'_> {
    fn case(&self, now: Timestamp, books: &CouponBooks<'_>) -> CouponCase {
        let arrivals_are_told = self.playbook.looks_back().deliveries;
        let messages = || self.friend.sent.iter().filter(|sent| self.speaks_of_it(sent));
        let delivered = match messages().any(|sent| sent.delivered.is_some()) {
            true => Some(true),
            // Of a way on which arrivals are not told, silence says nothing.
            false => (arrivals_are_told && messages().any(|sent| sent.channel.is_line())).then_some(false),
        };
        let end = match self.use_of(books) {
            Some(used) => CouponEnd::Used(used),
            None => CouponEnd::Unused(self.why_not(delivered, now, books)),
        };
        CouponCase { delivered, messages: messages().count().try_into().unwrap_or(u32::MAX), end }
    }

    /// Its uses on orders that stand, if there are any.
    fn use_of(&self, books: &CouponBooks<'_>) -> Option<CouponUse> {
        let none = CouponUse { times: 0, revenue: Money::ZERO, discount: Money::ZERO, cost: Some(Money::ZERO) };
        let uses = self.held.standing_uses(&self.friend.orders).map(|used| self.one_use(&used.order, books));
        let sum = uses.fold(none, |sum, one| CouponUse {
            times: sum.times + 1,
            revenue: plus(sum.revenue, one.revenue),
            discount: plus(sum.discount, one.discount),
            cost: sum.cost.zip(one.cost).map(|(sum, one)| plus(sum, one)),
        });
        (sum.times > 0).then_some(sum)
    }

    fn one_use(&self, order: &OrderId, books: &CouponBooks<'_>) -> CouponUse {
        let discount = (books.discount)(self.held, order);
        let (revenue, cost) = match self.friend.orders.get(order) {
            Some(order) => (order.net(), cost_of(order, books)),
            // Nobody has told of the order yet: it brought nothing so far as is known.
            None => (Money::ZERO, None),
        };
        CouponUse { times: 1, revenue, discount, cost }
    }

    fn why_not(&self, delivered: Option<bool>, now: Timestamp, books: &CouponBooks<'_>) -> NonUse {
        let subtotals = || self.orders_in_time().map(|order| self.in_scope(order));
        if now < self.held.valid_until {
            NonUse::StillValid
        } else if delivered == Some(false) {
            NonUse::NotDelivered
        } else if (books.out_of_stock)(self.friend, self.held) {
            NonUse::OutOfStock
        } else if subtotals().any(|subtotal| subtotal > Money::ZERO && subtotal >= self.coupon.least_subtotal()) {
            NonUse::BoughtWithout
        } else if subtotals().any(|subtotal| subtotal > Money::ZERO) {
            NonUse::FloorNotMet
        } else if self.orders_in_time().next().is_some() || self.looked() {
            NonUse::Expired
        } else {
            NonUse::NeverOpened
        }
    }

    fn orders_in_time(&self) -> impl Iterator<Item = &OrderRecord> {
        self.friend.orders.all().iter().filter(|order| order.placed_at().is_some_and(|at| self.is_in_time(at)))
    }

    /// What the goods of an order in the coupon's scope came to.
    fn in_scope(&self, order: &OrderRecord) -> Money {
        let lines = order.lines().iter().filter(|line| self.coupon.scope.covers(&line.sku, &line.categories));
        lines.filter_map(CartLine::total).fold(Money::ZERO, plus)
    }

    fn looked(&self) -> bool {
        let opened = [Activity::Click, Activity::View, Activity::Cart];
        opened.iter().any(|activity| self.friend.history.of(activity).iter().any(|done| self.is_in_time(done.at)))
    }

    fn is_in_time(&self, at: Timestamp) -> bool {
        self.held.issued_at <= at && at < self.held.valid_until
    }

    fn speaks_of_it(&self, sent: &Sent) -> bool {
        let message = self.playbook.messages().get(&sent.message);
        let named = |placeholder: &&Placeholder| matches!(placeholder, Placeholder::Coupon(name, _) if *name == self.held.coupon);
        self.is_in_time(sent.at) && message.is_some_and(|message| message.placeholders().iter().any(named))
    }
}

/// What one friend paid is in range; what it is added to need not be.
fn plus(sum: Money, more: Money) -> Money {
    sum.checked_add(more).unwrap_or(Money::from_minor(i64::MAX))
}

/// What the goods of an order cost, where that is known of all of them.
fn cost_of(order: &OrderRecord, books: &CouponBooks<'_>) -> Option<Money> {
    let mut goods = order.lines().iter();
    // Of an order that was told without its goods nobody knows what they cost.
    let first = (books.cost)(goods.next()?)?;
    goods.try_fold(first, |sum, line| sum.checked_add((books.cost)(line)?))
}

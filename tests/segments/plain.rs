//! A second evaluator, written from the documentation alone: no cleverness, everything looked at, and arithmetic of
//! milliseconds in a zone whose clocks never change.

use std::collections::BTreeSet;

use chrono::Datelike;
use enishi::model::{Activity, CartLine, Date, Decimal, Friend, OrderId, PropertyName, Span, Timestamp, Value};
use enishi::rfm::Goods;
use enishi::segment::{
    AgeTest, AnniversaryTest, Atom, Comparison, ContactEvent, CouponState, End, Expr, Field, Filter, Kind, LineState,
    Literal, Measure, Occurrences, RankTest, ReorderTest, RfmAxis, Sequence, TagChoice, Toward, ValueTest,
};

use super::people::{DAY, MINUTE};

pub(super) const HOUR: i64 = 60 * MINUTE;
const EPOCH: Date = Date::from_ymd_opt(1970, 1, 1).unwrap();

/// One question: who, and when.
pub(super) struct Plain<'a> {
    pub(super) friend: &'a Friend,
    pub(super) now: i64,
    pub(super) day_starts: i64,
}

/// Something that happened, or stands so.
struct Thing {
    at: i64,
    /// Is it there to be counted now?
    there: bool,
    /// Lines that pass what is asked of goods.
    lines: Vec<CartLine>,
    amount: i64,
    texts: Vec<(Field, String)>,
    properties: Vec<(PropertyName, Value)>,
}

impl Plain<'_> {
    pub(super) fn holds(&self, expr: &Expr) -> bool {
        match expr {
            Expr::All(parts) => parts.iter().all(|part| self.holds(part)),
            Expr::Any(parts) => parts.iter().any(|part| self.holds(part)),
            Expr::Not(inner) => !self.holds(inner),
            Expr::Atom(atom) => self.atom(atom),
        }
    }

    pub(super) fn atom(&self, atom: &Atom) -> bool {
        let friend = self.friend;
        match atom {
            Atom::Measure { of, measure, is, value } => is.holds(&self.measured(of, measure), &billionths(*value)),
            Atom::Ends { which, of, test } => {
                let times = self.things(of).into_iter().map(|thing| thing.at).filter(|at| *at <= self.now);
                let end = if *which == End::First { times.min() } else { times.max() };
                end.is_some_and(|at| self.lies(at, test))
            }
            Atom::Sequence(sequence) => self.followed(sequence),
            Atom::Tag { tag: TagChoice::Named(name), held } => self.tagged(name.as_str(), held.as_ref()),
            Atom::Tag { tag: TagChoice::Category(_), held } => {
                ["興味/スキンケア", "興味/メイク"].iter().any(|name| self.tagged(name, held.as_ref()))
            }
            Atom::Line(LineState::Following) => friend.line.following_since().is_some(),
            Atom::Line(LineState::Blocked) => friend.line.blocked_since().is_some(),
            Atom::Line(LineState::Linked) => friend.line.linked.is_some(),
            Atom::Reachable(channel) => friend.channels.get(channel).is_some_and(|mark| mark.on),
            Atom::Contact { event, test } => {
                let at = match event {
                    ContactEvent::FirstFollow => friend.line.first_followed,
                    ContactEvent::LastFollow => friend.line.following_since(),
                    ContactEvent::LastBlock => friend.line.blocked_since(),
                    ContactEvent::LastLink => friend.line.linked,
                    ContactEvent::FirstContact => friend.known_since,
                    other => panic!("{other:?}"),
                };
                at.map(Timestamp::millis).is_some_and(|at| at <= self.now && self.lies(at, test))
            }
            Atom::Route(test) => {
                friend.line.route.as_ref().is_some_and(|route| passes(&Value::Text(route.clone()), test))
            }
            Atom::UnknownRoute => friend.line.route.is_none(),
            Atom::Attribute { name, test } => friend.attribute(name.as_str()).is_some_and(|value| passes(value, test)),
            Atom::Unknown(name) => friend.attribute(name.as_str()).is_none(),
            Atom::Age { name, is, value } => self.date(name.as_str()).is_some_and(|born| {
                let years = (0..200).take_while(|years| birthday(born, born.year() + years) <= self.today()).count();
                years > 0 && is.holds(&(years as u32 - 1), value)
            }),
            Atom::Days { name, toward, is, value } => self.date(name.as_str()).is_some_and(|date| {
                let since = (self.today() - date).num_days();
                is.holds(&if *toward == Toward::Since { since } else { -since }, &i64::from(*value))
            }),
            Atom::Anniversary { name, test } => self.date(name.as_str()).is_some_and(|date| {
                let is_in = |days: u16| {
                    let day = self.today() + chrono::Days::new(days.into());
                    birthday(date, day.year()) == day
                };
                match test {
                    AnniversaryTest::Within(days) => (0..*days).any(is_in),
                    AnniversaryTest::In(days) => is_in(*days),
                    AnniversaryTest::ThisMonth => date.month() == self.today().month(),
                    other => panic!("{other:?}"),
                }
            }),
            Atom::CartFilled(filled) => friend.cart.as_ref().is_some_and(|cart| cart.value.lines.is_empty() != *filled),
            Atom::CartTotal { is, value } => friend
                .cart
                .as_ref()
                .is_some_and(|cart| is.holds(&(i128::from(total(&cart.value.lines)) * BILLION), &billionths(*value))),
            Atom::Rank(test) => self.ranked(test),
            Atom::Reorder { of, test } => self.days_to_reorder(of).is_some_and(|left| match test {
                ReorderTest::Due => left <= 0,
                ReorderTest::DueWithin(days) => 0 <= left && left < i64::from(*days),
                ReorderTest::DueIn(days) => left == i64::from(*days),
                ReorderTest::OverdueBy(days) => left <= -i64::from(*days),
                other => panic!("{other:?}"),
            }),
            Atom::Sample { share, of } => drawn(of, friend.key.as_str()) < u64::from(share.ppm()),
            Atom::Segment(name) if name.as_str() == "最近" => self.said("order within 10d or click within 3d"),
            Atom::Segment(_) => {
                self.said("tag of category '興味' or views.count of category 'skincare' within 30d >= 2")
            }
            other => panic!("{other:?}"),
        }
    }

    fn said(&self, text: &str) -> bool {
        self.holds(&Expr::parse(text).unwrap().expr)
    }

    fn today(&self) -> Date {
        self.day_of(self.now)
    }

    fn day_of(&self, at: i64) -> Date {
        EPOCH + chrono::Days::new((at + 9 * HOUR - self.day_starts).div_euclid(DAY) as u64)
    }

    fn start_of(&self, day: Date) -> i64 {
        (day - EPOCH).num_days() * DAY - 9 * HOUR + self.day_starts
    }

    /// Does something past lie in the window?
    fn lies(&self, at: i64, window: &AgeTest) -> bool {
        let ago = self.now - at;
        match window {
            AgeTest::OlderThan(span) => ago >= millis(*span),
            AgeTest::Within(span) => ago < millis(*span),
            AgeTest::Between { from, until } => millis(*until) <= ago && ago < millis(*from),
            AgeTest::Before(day) => at < self.start_of(*day),
            AgeTest::Since(day) => self.start_of(*day) <= at,
            AgeTest::During { from, to } => self.start_of(*from) <= at && at < self.start_of(*to) + DAY,
            other => panic!("{other:?}"),
        }
    }

    fn tagged(&self, name: &str, held: Option<&AgeTest>) -> bool {
        if name == "購入/常連" {
            return self.said("orders.count >= 2");
        }
        let Some(mark) = self.friend.tags.get(name).filter(|mark| mark.on) else { return false };
        let at = mark.at.millis();
        let has_run_out = name == "興味/メイク" && self.now >= at + 20 * DAY;
        !has_run_out && held.is_none_or(|window| at <= self.now && self.lies(at, window))
    }

    fn date(&self, name: &str) -> Option<Date> {
        match self.friend.attribute(name) {
            Some(Value::Date(date)) => Some(*date),
            _ => None,
        }
    }

    fn measured(&self, of: &Occurrences, measure: &Measure) -> i128 {
        let things = self.things(of);
        let window = of.window.as_ref();
        let counted =
            || things.iter().filter(|thing| thing.there && window.is_none_or(|window| self.lies(thing.at, window)));
        let asks_of_goods = of.filters.iter().any(|filter| is_of_goods(&filter.field));
        match measure {
            Measure::Count => BILLION * counted().count() as i128,
            Measure::Sum(Field::Amount) if asks_of_goods => {
                BILLION * counted().map(|thing| i128::from(total(&thing.lines))).sum::<i128>()
            }
            Measure::Sum(Field::Amount) => BILLION * counted().map(|thing| i128::from(thing.amount)).sum::<i128>(),
            Measure::Sum(Field::Quantity) => {
                BILLION * counted().flat_map(|thing| &thing.lines).map(|line| i128::from(line.quantity)).sum::<i128>()
            }
            Measure::Sum(Field::Property(name)) => counted()
                .filter_map(|thing| match property(thing, name) {
                    Some(Value::Number(number)) => Some(billionths(*number)),
                    _ => None,
                })
                .sum(),

            Measure::Distinct(field) => {
                let values: BTreeSet<String> = counted().flat_map(|thing| self.values(thing, field)).collect();
                BILLION * values.len() as i128
            }
            other => panic!("{other:?}"),
        }
    }

    fn values(&self, thing: &Thing, field: &Field) -> Vec<String> {
        match field {
            Field::Day => vec![self.day_of(thing.at).to_string()],
            Field::Product => thing.lines.iter().map(|line| line.sku.to_string()).collect(),
            Field::Category => thing.lines.iter().flat_map(|line| &line.categories).map(ToString::to_string).collect(),
            Field::Property(name) => property(thing, name).map(|value| format!("{value:?}")).into_iter().collect(),
            other => thing.texts.iter().filter(|(known, _)| known == other).map(|(_, text)| text.clone()).collect(),
        }
    }

    fn followed(&self, sequence: &Sequence) -> bool {
        let times = |of: &Occurrences| -> Vec<i64> {
            self.things(of).into_iter().map(|thing| thing.at).filter(|at| *at <= self.now).collect()
        };
        let (then, without) = (times(&sequence.then), sequence.without.as_ref().map(times).unwrap_or_default());
        let window = sequence.first.window.as_ref();
        times(&sequence.first).into_iter().filter(|at| window.is_none_or(|window| self.lies(*at, window))).any(|a| {
            let in_time = |b: &i64| a < *b && sequence.within.is_none_or(|span| *b < a + millis(span));
            let alone = |b: &i64| !without.iter().any(|c| a < *c && c < b);
            if sequence.came {
                then.iter().any(|b| in_time(b) && alone(b))
            } else {
                self.now >= a + millis(sequence.within.unwrap()) && !then.iter().any(in_time)
            }
        })
    }

    /// Everything of the kind that passes the filters, those still to come included.
    fn things(&self, of: &Occurrences) -> Vec<Thing> {
        let all = match &of.kind {
            Kind::Order => self.orders(),
            Kind::Cart => self.done(Activity::Cart, Field::Day),
            Kind::View => self.done(Activity::View, Field::Day),
            Kind::Click => self.done(Activity::Click, Field::Link),
            Kind::Reply => self.done(Activity::Reply, Field::Text),
            Kind::Postback => self.done(Activity::Postback, Field::Data),
            Kind::Event(name) => self.done(Activity::Event(name.clone()), Field::Day),
            Kind::Message => self.sent(false),
            Kind::Delivery => self.sent(true),
            Kind::Coupon(state) => self.coupons(*state),
            other => panic!("{other:?}"),
        };
        all.into_iter().filter_map(|thing| filtered(thing, &of.filters)).collect()
    }

    fn thing(&self, at: Timestamp) -> Thing {
        let at = at.millis();
        Thing { at, there: at <= self.now, lines: Vec::new(), amount: 0, texts: Vec::new(), properties: Vec::new() }
    }

    fn orders(&self) -> Vec<Thing> {
        let payment: PropertyName = "payment".parse().unwrap();
        let counting = self.friend.orders.all().iter().filter_map(|order| Some((order, order.placed_at()?)));
        counting
            .map(|(order, at)| Thing {
                lines: order.lines().to_vec(),
                amount: order.net().minor(),
                properties: order
                    .property("payment")
                    .map(|value| (payment.clone(), value.clone()))
                    .into_iter()
                    .collect(),
                ..self.thing(at)
            })
            .collect()
    }

    fn done(&self, activity: Activity, about: Field) -> Vec<Thing> {
        let all = self.friend.history.of(&activity).iter();
        all.map(|done| Thing {
            lines: done.lines.clone(),
            amount: total(&done.lines),
            texts: done.subject.iter().map(|text| (about.clone(), text.to_string())).collect(),
            properties: done.properties.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
            ..self.thing(done.at)
        })
        .collect()
    }

    fn sent(&self, delivered: bool) -> Vec<Thing> {
        let all =
            self.friend.sent.iter().filter_map(|sent| Some((sent, if delivered { sent.delivered? } else { sent.at })));
        all.map(|(sent, at)| {
            let class = if sent.promotional { "promotional" } else { "transactional" };
            let texts = [
                (Field::Message, sent.message.as_str()),
                (Field::Scenario, sent.scenario.as_str()),
                (Field::Class, class),
            ];
            Thing { texts: texts.map(|(field, text)| (field, text.to_owned())).into(), ..self.thing(at) }
        })
        .collect()
    }

    fn coupons(&self, state: CouponState) -> Vec<Thing> {
        let mut things = Vec::new();
        for held in &self.friend.coupons {
            let stands = |order: &OrderId| {
                self.friend
                    .orders
                    .all()
                    .iter()
                    .find(|known| known.id == *order)
                    .is_none_or(|known| known.placed_at().is_some())
            };
            let used = held.redeemed.iter().filter(|use_| stands(&use_.order)).map(|use_| use_.at).min();
            let (issued, ends) = (held.issued_at.millis(), held.valid_until.millis());
            let is_valid = issued <= self.now && self.now < ends;
            let (at, there) = match (state, used) {
                (CouponState::Held, _) => (held.issued_at, issued <= self.now),
                (CouponState::Used, Some(used)) => (used, used.millis() <= self.now),
                (CouponState::Unused, None) => (held.issued_at, is_valid),
                (CouponState::Expired, None) => (held.valid_until, ends <= self.now),
                (CouponState::Expires(span), None) => (held.issued_at, is_valid && self.now + millis(span) >= ends),
                _ => continue,
            };
            let texts = vec![(Field::Coupon, held.coupon.to_string())];
            things.push(Thing { there, texts, ..self.thing(at) });
        }
        things
    }

    /// By the cycles of the shop of `people`.
    fn days_to_reorder(&self, of: &Goods) -> Option<i64> {
        let asked_for = |line: &CartLine| match of {
            Goods::Anything => true,
            Goods::Product(sku) => line.sku == *sku,
            Goods::Category(name) => line.categories.contains(name),
        };
        let is_anything = *of == Goods::Anything;
        let bought: Vec<Thing> = self
            .orders()
            .into_iter()
            .filter(|order| order.there && (is_anything || order.lines.iter().any(asked_for)))
            .collect();
        let days: BTreeSet<i64> = bought.iter().map(|order| (self.day_of(order.at) - EPOCH).num_days()).collect();
        let mut gaps: Vec<i64> = days.iter().zip(days.iter().skip(1)).map(|(a, b)| b - a).collect();
        gaps.sort_unstable();
        let of_category = |name: &str| match name {
            "skincare" => Some(20),
            "makeup" => Some(15),
            _ => None,
        };
        let last = bought.iter().max_by_key(|order| order.at)?;
        let given = match of {
            Goods::Anything => None,
            Goods::Category(name) => of_category(name),
            Goods::Product(sku) if **sku == *"A" => Some(9),
            Goods::Product(_) => {
                let lines = last.lines.iter().filter(|line| asked_for(line));
                lines.flat_map(|line| &line.categories).filter_map(|name| of_category(name)).min()
            }
        };
        let cycle = match gaps.len() {
            0 | 1 => given.unwrap_or(12),
            n if n % 2 == 1 => gaps[n / 2].clamp(3, 40),
            n => ((gaps[n / 2 - 1] + gaps[n / 2] + 1) / 2).clamp(3, 40),
        };
        Some(days.last()? + cycle - (self.today() - EPOCH).num_days())
    }

    /// By the rules of the shop of `people`.
    fn ranked(&self, test: &RankTest) -> bool {
        let all = || self.orders().into_iter().filter(|order| order.there);
        let recent: Vec<Thing> = all().filter(|order| self.now - order.at < 90 * DAY).collect();
        let reached = |value: i64, points: &[i64]| points.iter().filter(|point| value >= **point).count() as u8;
        let days_since = |at: i64| (self.today() - self.day_of(at)).num_days();
        let score = recent.iter().map(|order| order.at).max().map(|last| {
            let sum: i64 = recent.iter().map(|order| order.amount).sum();
            let recency = 5 - reached(days_since(last), &[5, 15, 30, 60]);
            (recency, 1 + reached(recent.len() as i64, &[1, 2, 3, 5]), 1 + reached(sum, &[50, 100, 200, 400]))
        });
        match test {
            RankTest::Score(axis, is, value) => score.is_some_and(|(recency, frequency, monetary)| {
                let score = match axis {
                    RfmAxis::Recency => recency,
                    RfmAxis::Frequency => frequency,
                    RfmAxis::Monetary => monetary,
                };
                is.holds(&score, value)
            }),
            RankTest::RfmClass(names) => score.is_some_and(|(recency, frequency, _)| {
                let class = match (recency, frequency) {
                    (5, 4..) => "champions",
                    (3 | 4, 4..) => "loyal",
                    (5, 1) => "new",
                    (1 | 2, 1 | 2) => "休眠",
                    _ => "another",
                };
                names.iter().any(|name| **name == *class)
            }),
            RankTest::CpmClass(names) => {
                let times: Vec<i64> = all().map(|order| order.at).collect();
                let (Some(first), Some(last)) = (times.iter().min(), times.iter().max()) else { return false };
                let tenure = (self.day_of(*last) - self.day_of(*first)).num_days();
                let is_enough = all().map(|order| order.amount).sum::<i64>() >= 100;
                let stage = match times.len() {
                    1 => "初回",
                    _ if tenure < 10 => "よちよち",
                    _ if !is_enough => "コツコツ",
                    _ if tenure < 20 => "流行",
                    _ => "優良",
                };
                let class = format!("{stage}{}", if days_since(*last) >= 40 { "離脱" } else { "現役" });
                names.iter().any(|name| **name == *class)
            }
            RankTest::Decile(is, value) => {
                let sum: i64 = all().map(|order| order.amount).sum();
                all().next().is_some()
                    && is.holds(&(10 - reached(sum, &[500, 400, 300, 250, 200, 150, 100, 50, 10])), value)
            }
            other => panic!("{other:?}"),
        }
    }
}

const BILLION: i128 = 1_000_000_000;

fn billionths(number: Decimal) -> i128 {
    let text = number.to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    format!("{whole}{fraction:0<9}").parse().unwrap()
}

fn millis(span: Span) -> i64 {
    i64::from(span.whole_days()) * DAY + i64::from(span.rest_minutes()) * MINUTE
}

pub(super) fn total(lines: &[CartLine]) -> i64 {
    lines.iter().map(|line| i64::from(line.quantity) * line.unit_price.minor()).sum()
}

fn property<'t>(thing: &'t Thing, name: &PropertyName) -> Option<&'t Value> {
    thing.properties.iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

fn is_of_goods(field: &Field) -> bool {
    [Field::Product, Field::Category, Field::Quantity, Field::Price].contains(field)
}

/// The thing with the lines that pass, if it passes.
fn filtered(mut thing: Thing, filters: &[Filter]) -> Option<Thing> {
    let (goods, whole): (Vec<&Filter>, Vec<&Filter>) = filters.iter().partition(|filter| is_of_goods(&filter.field));
    let number = |n: i64| Value::Number(Decimal::whole(n).unwrap());
    let text = |text: &str| Value::Text(text.into());
    let passes_whole = whole.iter().all(|Filter { field, test }| match field {
        Field::Amount => passes(&number(thing.amount), test),
        Field::Property(name) => property(&thing, name).is_some_and(|value| passes(value, test)),
        named => thing.texts.iter().any(|(known, value)| known == named && passes(&text(value), test)),
    });
    thing.lines.retain(|line| {
        goods.iter().all(|Filter { field, test }| match field {
            Field::Product => passes(&text(&line.sku), test),
            Field::Category => line.categories.iter().any(|category| passes(&text(category), test)),
            Field::Quantity => passes(&number(line.quantity.into()), test),
            _ => passes(&number(line.unit_price.minor()), test),
        })
    });
    let has_goods = goods.is_empty() || !thing.lines.is_empty();
    (passes_whole && has_goods).then_some(thing)
}

fn passes(known: &Value, test: &ValueTest) -> bool {
    match (known, test) {
        (known, ValueTest::Is(is, literal)) => compares(known, *is, literal),
        (known, ValueTest::In(literals)) => literals.iter().any(|literal| compares(known, Comparison::Equal, literal)),
        (Value::Text(text), ValueTest::Contains(part)) => text.contains(&**part),
        (Value::List(texts), ValueTest::Contains(part)) => texts.iter().any(|text| text == part),
        (Value::Text(text), ValueTest::StartsWith(start)) => text.starts_with(&**start),
        _ => false,
    }
}

fn compares(known: &Value, is: Comparison, literal: &Literal) -> bool {
    match (known, literal) {
        (Value::Text(known), Literal::Text(written)) => is.holds(known, written),
        (Value::Number(known), Literal::Number(written)) => is.holds(&billionths(*known), &billionths(*written)),
        (Value::Date(known), Literal::Date(written)) => is.holds(known, written),
        (Value::Flag(known), Literal::Flag(written)) => is.holds(known, written),
        _ => false,
    }
}

/// The day in a year; who was born on 29 February has it on the 28th of other years.
fn birthday(born: Date, year: i32) -> Date {
    let (month, day) = (born.month(), born.day());
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let day = if (month, day) == (2, 29) && !is_leap { 28 } else { day };
    Date::from_ymd_opt(year, month, day).unwrap()
}

/// Which of a million, by the published formula.
fn drawn(salt: &str, key: &str) -> u64 {
    let mut hash: u64 = 0xcbf29ce484222325;
    for byte in salt.bytes().chain([0]).chain(key.bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x100000001b3);
    }
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51afd7ed558ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ceb9fe1a85ec53);
    hash ^= hash >> 33;
    ((u128::from(hash) * 1_000_000) >> 64) as u64
}

//! `benefit`: what a coupon gives.

use core::num::NonZeroU32;

use crate::coupon::{Benefit, BuyGet, Measure, Rounding, Tiers};
use crate::model::{Currency, Decimal, Money, Rate};
use crate::playbook::diagnostic::Code;
use crate::playbook::reader::{Place, Reader, Table};
use crate::playbook::source::Raw;

/// The keys of which a benefit has exactly one, and those that may stand beside each.
const KINDS: [(&str, &[&str]); 7] = [
    ("amount", &[]),
    ("rate", &["up_to", "rounding"]),
    ("shipping", &["up_to"]),
    ("points", &[]),
    ("gift", &["pieces"]),
    ("buy", &["get", "off", "at_most"]),
    ("by", &["steps"]),
];

/// `"free shipping"`, or a table of one of the kinds.
pub(super) fn read(reader: &mut Reader<'_>, place: &Place<'_>, currency: Currency) -> Option<Benefit> {
    if let Raw::Text(_) = place.node.value {
        let free = || Benefit::FreeShipping { up_to: None };
        let help = "\"free shipping\"; all else is a table: { amount = 500 }, { rate = \"10%\" }";
        return reader.one_of(place, [("free shipping", free())], "there is no such benefit", help);
    }
    let table = reader.table(place)?;
    kind(reader, table, place, currency, true)
}

/// `"down"`, which is usual, `"half up"` or `"up"`.
pub(in crate::playbook) fn read_rounding(
    reader: &mut Reader<'_>,
    place: Option<&Place<'_>>,
    help: &str,
) -> Option<Rounding> {
    let words = [("down", Rounding::Down), ("half up", Rounding::HalfUp), ("up", Rounding::Up)];
    match place {
        Some(place) => reader.one_of(place, words, "there is no such rounding", help),
        None => Some(Rounding::default()),
    }
}

/// Reads a table to its end; a step of a ladder has no steps of its own.
fn kind(
    reader: &mut Reader<'_>,
    mut table: Table<'_>,
    place: &Place<'_>,
    currency: Currency,
    may_be_tiered: bool,
) -> Option<Benefit> {
    let there: Vec<&'static str> = KINDS.iter().map(|(kind, _)| *kind).filter(|kind| table.has(kind)).collect();
    let [kind] = there[..] else {
        for key in KINDS.iter().flat_map(|(kind, beside)| beside.iter().chain([kind])) {
            reader.take(&mut table, key);
        }
        unclear(reader, table, place, &there);
        return None;
    };
    let mut it = Kind { reader, table: &mut table, currency };
    let benefit = match kind {
        "amount" => it.amount(),
        "rate" => it.rate(),
        "shipping" => it.shipping(),
        "points" => it.points(),
        "gift" => it.gift(),
        "buy" => it.buy_get(),
        _ => it.tiers(may_be_tiered),
    };
    // What belongs to this kind and was not looked at for a fault has a meaning all the same.
    for key in KINDS.iter().filter(|(known, _)| *known == kind).flat_map(|(_, beside)| *beside) {
        reader.take(&mut table, key);
    }
    reader.finish_with(table, |key, _| {
        let (owner, _) = KINDS.iter().find(|(_, beside)| beside.contains(&key))?;
        Some(format!("it belongs to `{owner}`, and this is `{kind}`"))
    });
    benefit
}

/// Two kinds at once, or none.
fn unclear(reader: &mut Reader<'_>, table: Table<'_>, place: &Place<'_>, there: &[&str]) {
    let is_misspelt = !reader.finish_with(table, |_, _| None);
    match there {
        // What the word should have been is told already.
        [] if is_misspelt => {}
        [] => {
            let all = KINDS.map(|(kind, _)| kind).join(", ");
            reader.fault_at(place, Code::Value, "this gives nothing", Some(format!("one of {all}")));
        }
        several => {
            let several = several.iter().map(|kind| format!("`{kind}`")).collect::<Vec<_>>().join(" and ");
            let help = "one of them; for both write two coupons, with = \"all\" in each";
            reader.fault_at(place, Code::Value, format!("this gives {several} at once"), Some(help.into()));
        }
    }
}

struct Kind<'r, 'a, 't, 'n> {
    reader: &'r mut Reader<'a>,
    table: &'t mut Table<'n>,
    currency: Currency,
}

impl<'n> Kind<'_, '_, '_, 'n> {
    fn take(&mut self, key: &'static str) -> Option<Place<'n>> {
        self.reader.take(self.table, key)
    }

    /// `{ amount = 500 }`
    fn amount(&mut self) -> Option<Benefit> {
        let amount = self.take("amount")?;
        self.money(&amount).map(Benefit::Amount)
    }

    /// `{ rate = "10%", up_to = 2000, rounding = "half up" }`
    fn rate(&mut self) -> Option<Benefit> {
        let rate = self.take("rate")?;
        let rate = self.share(&rate);
        let up_to = self.up_to();
        let rounding = self.take("rounding");
        let help = "down (toward the shop), half up, or up (toward the friend)";
        let rounding = read_rounding(self.reader, rounding.as_ref(), help);
        Some(Benefit::Rate { rate: rate?, up_to: up_to?, rounding: rounding? })
    }

    /// `{ shipping = "free", up_to = 800 }`
    fn shipping(&mut self) -> Option<Benefit> {
        let shipping = self.take("shipping")?;
        let free = self.reader.one_of(&shipping, [("free", ())], "shipping can only be free", "shipping = \"free\"");
        let up_to = self.up_to();
        free.and(up_to).map(|up_to| Benefit::FreeShipping { up_to })
    }

    /// `{ points = "2x" }`
    fn points(&mut self) -> Option<Benefit> {
        /// A hundred times.
        const MOST: i64 = 10_000;
        let place = self.take("points")?;
        let text = self.reader.text(&place)?;
        let times = text.strip_suffix(['x', '倍']).and_then(|times| times.parse::<Decimal>().ok()?.scaled(2));
        let hundredths = times.filter(|times| (101..=MOST).contains(times)).and_then(|times| u32::try_from(times).ok());
        if hundredths.is_none() {
            let message = "points are multiplied: by more than 1, by 100 at most, in hundredths";
            self.reader.fault_at(&place, Code::Value, message, Some("points = \"2x\", or \"1.5x\"".into()));
        }
        hundredths.map(|hundredths| Benefit::Points { hundredths })
    }

    /// `{ gift = "SAMPLE", pieces = 1 }`
    fn gift(&mut self) -> Option<Benefit> {
        let gift = self.take("gift")?;
        let sku = self.reader.label(&gift);
        let pieces = self.pieces("pieces")?;
        Some(Benefit::Gift { sku: sku?, pieces: pieces.unwrap_or(NonZeroU32::MIN) })
    }

    /// `{ buy = 2, get = 1, off = "50%", at_most = 3 }`
    fn buy_get(&mut self) -> Option<Benefit> {
        let buy = self.pieces("buy");
        let help = "get = 1: so many pieces cost less";
        let get = self.reader.need(self.table, "get", help).and_then(|place| self.count(&place));
        let off = match self.take("off") {
            Some(place) => self.share(&place),
            None => Some(Rate::ONE),
        };
        let at_most = self.pieces("at_most");
        Some(Benefit::BuyGet(BuyGet { buy: buy??, get: get?, off: off?, at_most: at_most? }))
    }

    /// `{ by = "subtotal", steps = [{ from = 3000, amount = 300 }, { from = 10000, rate = "10%" }] }`
    fn tiers(&mut self, may_be_tiered: bool) -> Option<Benefit> {
        let by = self.take("by")?;
        if !may_be_tiered {
            let help = "one ladder with more steps";
            self.reader.fault_at(&by, Code::Value, "a step has no steps of its own", Some(help.into()));
            return None;
        }
        let words = [("subtotal", Measure::Subtotal), ("orders", Measure::Orders), ("spent", Measure::Spent)];
        let help = "subtotal (of the goods in scope), orders (before this one), or spent (on these)";
        let by = self.reader.one_of(&by, words, "no steps are reached by this", help);
        let help = "steps = [{ from = 3000, amount = 300 }, { from = 10000, rate = \"10%\" }]";
        let place = self.reader.need(self.table, "steps", help)?;
        let places = self.reader.list(&place);
        if places.is_empty() && place.is_list() {
            self.reader.fault_at(&place, Code::Value, "a ladder needs a step", Some(help.into()));
        }
        let mut steps: Vec<(u64, Benefit)> = Vec::with_capacity(places.len());
        let mut sound = by.is_some() && !places.is_empty();
        let mut last = None;
        for place in &places {
            let (from, benefit) = self.step(place, by);
            let rises = from.is_none_or(|from| last.is_none_or(|last| from > last));
            if !rises {
                let help = "the lowest first: of all that are reached the last counts";
                self.reader.fault_at(place, Code::Value, "this step is not above the one before", Some(help.into()));
            }
            last = from.or(last);
            match from.zip(benefit).filter(|_| rises) {
                Some(step) => steps.push(step),
                None => sound = false,
            }
        }
        sound.then_some(Benefit::Tiered(Tiers::new(by?, steps)))
    }

    /// `{ from = 3000, amount = 300 }`
    fn step(&mut self, place: &Place<'_>, by: Option<Measure>) -> (Option<u64>, Option<Benefit>) {
        let Some(mut table) = self.reader.table(place) else { return (None, None) };
        let from = self.reader.need(&mut table, "from", "from = 3: from so much on");
        let from = from.and_then(|place| match by? {
            Measure::Orders => self.reader.whole(&place, 0, 1_000_000),
            _ => self.reader.money(&place, self.currency).map(Money::minor),
        });
        let benefit = kind(self.reader, table, place, self.currency, false);
        (from.and_then(|from| u64::try_from(from).ok()), benefit)
    }

    #[allow(clippy::option_option, reason = "faulty, none, some")]
    fn up_to(&mut self) -> Option<Option<Money>> {
        match self.take("up_to") {
            Some(place) => self.money(&place).map(Some),
            None => Some(None),
        }
    }

    fn money(&mut self, place: &Place<'_>) -> Option<Money> {
        let money = self.reader.money(place, self.currency)?;
        if money == Money::ZERO {
            self.reader.fault_at(place, Code::Value, "an amount of nothing gives nothing", None);
            return None;
        }
        Some(money)
    }

    fn share(&mut self, place: &Place<'_>) -> Option<Rate> {
        let share = self.reader.parsed::<Rate>(place)?;
        if share.ppm() == 0 {
            self.reader.fault_at(place, Code::Value, "a rate of nothing gives nothing", None);
            return None;
        }
        Some(share)
    }

    #[allow(clippy::option_option, reason = "faulty, none, some")]
    fn pieces(&mut self, key: &'static str) -> Option<Option<NonZeroU32>> {
        match self.take(key) {
            Some(place) => self.count(&place).map(Some),
            None => Some(None),
        }
    }

    fn count(&mut self, place: &Place<'_>) -> Option<NonZeroU32> {
        let pieces = self.reader.whole(place, 1, 1000)?;
        NonZeroU32::new(u32::try_from(pieces).ok()?)
    }
}

//! `[margin]`: what orders cost the shop, and what must be left of them.

use core::str::FromStr;

use crate::coupon::margin::{Costs, Then};
use crate::model::{Currency, Decimal, Name, NameError, Rate};
use crate::playbook::diagnostic::Code;
use crate::playbook::reader::{Place, Reader};
use crate::playbook::setter::Setter;
use crate::playbook::source::Raw;

/// `floor = "20%"` and `then = "cap"`, and the costs.
pub(in crate::playbook) fn read_margin(
    reader: &mut Reader<'_>,
    place: &Place<'_>,
    currency: Currency,
) -> Option<(Costs, Then)> {
    let mut table = reader.table(place)?;
    let floor = reader.need(&mut table, "floor", "floor = \"20%\": what is left at least; \"0%\" is no loss");
    let floor = floor.and_then(|place| reader.parsed::<Rate>(&place));
    let (mut it, mut then) = (Costs::default(), Then::default());
    let mut sound = floor.is_some();
    let mut set = Setter { reader, table: &mut table, sound: &mut sound };
    let whole = |reader: &mut Reader<'_>, place: &Place<'_>| {
        reader.whole(place, 0, 1_000_000).and_then(|n| u32::try_from(n).ok())
    };
    set.key("then", &mut then, |reader, place| {
        let help = "refuse (default: the coupon is not taken), or cap (it takes off as much as the floor allows)";
        reader.one_of(place, [("refuse", Then::Refuse), ("cap", Then::Cap)], "nothing is done so", help)
    });
    set.key("costs", &mut it.skus, |reader, place| {
        by_name(reader, place, |reader, place| reader.money(place, currency)).map(FromIterator::from_iter)
    });
    set.key("rates", &mut it.rates, |reader, place| {
        by_name(reader, place, |reader, place| reader.parsed::<Rate>(place)).map(FromIterator::from_iter)
    });
    set.key("default", &mut it.otherwise, |reader, place| reader.parsed::<Rate>(place).map(Some));
    set.key("shipping_costs", &mut it.shipping, |reader, place| reader.money(place, currency).map(Some));
    set.key("points_worth", &mut it.points_worth, |reader, place| reader.parsed::<Rate>(place));
    set.key("message_costs", &mut it.message, |reader, place| message(reader, place, currency));
    set.key("messages_per_use", &mut it.messages_per_use, whole);
    reader.finish(table);
    it.floor = floor?;
    sound.then_some((it, then))
}

/// A table with the shop's own words as keys.
fn by_name<T>(
    reader: &mut Reader<'_>,
    place: &Place<'_>,
    mut read: impl FnMut(&mut Reader<'_>, &Place<'_>) -> Option<T>,
) -> Option<Vec<(Box<str>, T)>> {
    let is_table = matches!(place.node.value, Raw::Table(_));
    let named = reader.named::<Word>(place);
    let count = named.len();
    let all: Vec<_> = named.into_iter().filter_map(|(name, place)| Some((name.0, read(reader, &place)?))).collect();
    (is_table && all.len() == count).then_some(all)
}

/// One of the shop's own words.
struct Word(Box<str>);

impl FromStr for Word {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Name::new(text).map(|name| Self(name.as_str().into()))
    }
}

/// A message costs parts of a yen: `"2.8"`, as far as thousandths of the smallest unit.
fn message(reader: &mut Reader<'_>, place: &Place<'_>, currency: Currency) -> Option<u32> {
    let amount = match place.node.value {
        Raw::Whole(n) => Decimal::whole(n)?,
        _ => reader.parsed::<Decimal>(place)?,
    };
    let thousandths = amount.scaled(currency.exponent() + 3).and_then(|it| u32::try_from(it).ok());
    if thousandths.is_none() {
        let help = Some("such as \"2.8\"; the finest are thousandths of the smallest unit".into());
        reader.fault_at(place, Code::Value, "this is no price of a message", help);
    }
    thousandths
}

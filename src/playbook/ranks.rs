//! `[rfm]`, `[cpm]`, `[decile]`: how customers are ranked.

use core::ops::RangeInclusive;

use crate::model::{Currency, Money, Name};
use crate::rfm::{
    Bins, Class, ClassMap, ClassMapError, ClassRule, CpmRule, DecileRule, Monetary, Ranks, RfmRule, Thresholds,
};

use super::diagnostic::Code;
use super::reader::{Place, Reader};
use super::source::Raw;

/// The sections a playbook has; one with a fault stands as a rule of its kind, so that conditions on it
/// do not seem faulty too.
pub(super) fn read(reader: &mut Reader<'_>, sections: &Sections<'_>, currency: Currency) -> Ranks {
    let mut ranks = Ranks::default();
    if let Some(place) = &sections.rfm {
        ranks.rfm = read_rfm(reader, place, currency).or_else(some_rfm);
    }
    if let Some(place) = &sections.cpm {
        ranks.cpm = read_cpm(reader, place, currency).or(Some(CpmRule::PUBLISHED));
    }
    if let Some(place) = &sections.decile {
        ranks.decile = read_decile(reader, place, currency).or_else(|| DecileRule::new([Money::ZERO; 9], None).ok());
    }
    ranks
}

/// Where they stand.
pub(super) struct Sections<'n> {
    pub(super) rfm: Option<Place<'n>>,
    pub(super) cpm: Option<Place<'n>>,
    pub(super) decile: Option<Place<'n>>,
}

fn some_rfm() -> Option<RfmRule> {
    let some = Thresholds::new(vec![1, 2, 3, 4]).ok()?;
    Some(RfmRule::new(some.clone(), some.clone(), some))
}

/// `recency = [30, 90, 180, 365]`, `frequency = [2, 3, 5, 10]`, `monetary = [5000, 10000, 30000, 100000]`
fn read_rfm(reader: &mut Reader<'_>, place: &Place<'_>, currency: Currency) -> Option<RfmRule> {
    let mut table = reader.table(place)?;
    let recency = reader.need(&mut table, "recency", "recency = [30, 90, 180, 365], in days");
    let frequency = reader.need(&mut table, "frequency", "frequency = [2, 3, 5, 10], in orders");
    let monetary = reader.need(&mut table, "monetary", "monetary = [5000, 10000, 30000, 100000]");
    let within = reader.take(&mut table, "within");
    let merge_same_day = reader.take(&mut table, "merge_same_day");
    let amount = reader.take(&mut table, "amount");
    let classes = reader.take(&mut table, "classes");
    let others = reader.take(&mut table, "others");
    reader.finish(table);

    let recency = recency.and_then(|place| thresholds(reader, &place, |reader, place| reader.whole(place, 0, 36_500)));
    let frequency =
        frequency.and_then(|place| thresholds(reader, &place, |reader, place| reader.whole(place, 1, 1_000_000)));
    let minor = |reader: &mut Reader<'_>, place: &Place<'_>| reader.money(place, currency).map(Money::minor);
    let monetary = monetary.and_then(|place| thresholds(reader, &place, minor));
    let within = within.map(|place| reader.span(&place, "in a window of no time nobody has ordered"));
    let merge_same_day = merge_same_day.map(|place| reader.flag(&place));
    let amount = amount.map(|place| read_amount(reader, &place));
    let map = class_map(reader, classes.as_ref(), others.as_ref());
    let (recency, frequency, monetary) = (recency?, frequency?, monetary?);
    let five = |thresholds: &Thresholds| thresholds.as_slice().len() + 1 == usize::from(Bins::FIVE.get());
    let own = classes.as_ref().is_some_and(|place| matches!(place.node.value, Raw::List(_)));
    if !own && (!five(&recency) || !five(&frequency)) {
        let help = "give four thresholds each, or list classes of your own";
        let message = "the classes of the partition are made for five scores of recency and frequency";
        reader.fault_at(classes.as_ref().unwrap_or(place), Code::Value, message, Some(help.into()));
    }

    let mut rule = RfmRule::new(recency, frequency, monetary);
    rule.classes = map?;
    if let Some(within) = within {
        rule.within = Some(within?);
    }
    if let Some(merge_same_day) = merge_same_day {
        rule.merge_same_day = merge_same_day?;
    }
    if let Some(amount) = amount {
        rule.amount = amount?;
    }
    Some(rule)
}

/// `lapse_days = 240`, `toddler_days = 90`, `loyal_days = 210`, `total = 70000`
fn read_cpm(reader: &mut Reader<'_>, place: &Place<'_>, currency: Currency) -> Option<CpmRule> {
    const PUBLISHED: CpmRule = CpmRule::PUBLISHED;
    let mut table = reader.table(place)?;
    let days = [
        (reader.take(&mut table, "lapse_days"), PUBLISHED.lapse_days),
        (reader.take(&mut table, "toddler_days"), PUBLISHED.toddler_days),
        (reader.take(&mut table, "loyal_days"), PUBLISHED.loyal_days),
    ];
    let in_yen = currency == Currency::JPY;
    let total = match in_yen {
        true => reader.take(&mut table, "total"),
        false => reader.need(&mut table, "total", "total = 500, since the 70,000 that were published are yen"),
    };
    reader.finish(table);
    let [lapse, toddler, loyal] = days.map(|(place, published)| match place {
        Some(place) => reader.whole(&place, 1, 36_500).and_then(|days| u32::try_from(days).ok()),
        None => Some(published),
    });
    let total = match total {
        Some(place) => reader.money(&place, currency),
        None => Some(PUBLISHED.total).filter(|_| in_yen),
    };
    match CpmRule::new(lapse?, toddler?, loyal?, total?) {
        Ok(rule) => Some(rule),
        Err(error) => {
            reader.fault_at(place, Code::Value, error.to_string(), None);
            None
        }
    }
}

/// `totals = [300000, 150000, 100000, 70000, 50000, 30000, 20000, 10000, 5000]`
fn read_decile(reader: &mut Reader<'_>, place: &Place<'_>, currency: Currency) -> Option<DecileRule> {
    let mut table = reader.table(place)?;
    let totals = reader.need(&mut table, "totals", "totals = […]: nine amounts, what it takes to be in 1 to 9");
    let within = reader.take(&mut table, "within");
    reader.finish(table);
    let within = within.map(|place| reader.span(&place, "in a window of no time nobody has ordered"));
    let place = totals?;
    let places = reader.list(&place);
    let amounts: Vec<Money> = places.iter().filter_map(|place| reader.money(place, currency)).collect();
    if amounts.len() < places.len() || !matches!(place.node.value, Raw::List(_)) {
        return None;
    }
    let Ok(totals) = <[Money; 9]>::try_from(amounts) else {
        let message = format!("{} amounts: there are nine between ten tenths", places.len());
        reader.fault_at(&place, Code::Value, message, None);
        return None;
    };
    let within = match within {
        Some(within) => Some(within?),
        None => None,
    };
    match DecileRule::new(totals, within) {
        Ok(rule) => Some(rule),
        Err(error) => {
            reader.fault_at(&place, Code::Value, error.to_string(), None);
            None
        }
    }
}

fn thresholds(
    reader: &mut Reader<'_>,
    place: &Place<'_>,
    mut value: impl FnMut(&mut Reader<'_>, &Place<'_>) -> Option<i64>,
) -> Option<Thresholds> {
    let places = reader.list(place);
    let values: Vec<i64> = places.iter().filter_map(|place| value(reader, place)).collect();
    if values.len() < places.len() || !matches!(place.node.value, Raw::List(_)) {
        return None;
    }
    match Thresholds::new(values) {
        Ok(thresholds) => Some(thresholds),
        Err(error) => {
            reader.fault_at(place, Code::Value, error.to_string(), None);
            None
        }
    }
}

fn read_amount(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<Monetary> {
    let words = [("sum", Monetary::Sum), ("average", Monetary::Average)];
    reader.one_of(place, words, "there is no such amount", "sum or average")
}

/// `classes = "partition"`, or a list of classes, and `others` for who is in none of them.
fn class_map(reader: &mut Reader<'_>, classes: Option<&Place<'_>>, others: Option<&Place<'_>>) -> Option<ClassMap> {
    let rest = others.map(|place| read_class(reader, place));
    let Some(place) = classes.filter(|place| matches!(place.node.value, Raw::List(_))) else {
        if let Some(place) = others {
            reader.fault_at(place, Code::Value, "this belongs to a list of classes, which is missing", None);
        }
        return match classes.map(|place| (place, reader.text(place))) {
            None | Some((_, Some("partition"))) => Some(ClassMap::partition()),
            Some((place, Some(_))) => {
                let help = "\"partition\", or a list such as [{ name = \"best\", recency = \"4-5\" }]";
                reader.fault_at(place, Code::Value, "there are no such classes", Some(help.into()));
                None
            }
            Some((_, None)) => None,
        };
    };
    let places = reader.list(place);
    let rules: Vec<Option<ClassRule>> = places.iter().map(|place| read_rule(reader, place)).collect();
    let rules = rules.into_iter().collect::<Option<Vec<_>>>()?;
    let rest = match rest {
        Some(rest) => rest?,
        None => Class { name: Name::new("others").ok()?, label: Name::new("その他").ok() },
    };
    match ClassMap::new(rules, rest) {
        Ok(map) => Some(map),
        Err(error) => {
            let faulty = match error {
                ClassMapError::NeverMatches { rule, .. } => &places[rule],
                _ => place,
            };
            reader.fault_at(faulty, Code::Value, error.to_string(), None);
            None
        }
    }
}

/// `{ name = "best", label = "最優良", recency = "4-5", frequency = "4-5" }`
fn read_rule(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<ClassRule> {
    let mut table = reader.table(place)?;
    let name = reader.need(&mut table, "name", "name = \"best\"");
    let label = reader.take(&mut table, "label");
    let ranges = ["recency", "frequency", "monetary"].map(|key| reader.take(&mut table, key));
    reader.finish(table);
    let name = name.and_then(|place| read_name(reader, &place));
    let label = label.map(|place| read_name(reader, &place));
    let [recency, frequency, monetary] = ranges.map(|place| match place {
        Some(place) => read_range(reader, &place),
        None => Some(1..=Bins::MAX.get()),
    });
    let label = match label {
        Some(label) => Some(label?),
        None => None,
    };
    Some(ClassRule {
        class: Class { name: name?, label },
        recency: recency?,
        frequency: frequency?,
        monetary: monetary?,
    })
}

/// `"其他"`, or `{ name = "rest", label = "その他" }`
fn read_class(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<Class> {
    if let Raw::Text(_) = place.node.value {
        return Some(Class { name: read_name(reader, place)?, label: None });
    }
    let mut table = reader.table(place)?;
    let name = reader.need(&mut table, "name", "name = \"rest\"");
    let label = reader.take(&mut table, "label");
    reader.finish(table);
    let label = label.and_then(|place| read_name(reader, &place));
    Some(Class { name: read_name(reader, &name?)?, label })
}

fn read_name(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<Name> {
    match Name::new(reader.text(place)?) {
        Ok(name) => Some(name),
        Err(error) => {
            reader.fault_at(place, Code::Value, error.to_string(), None);
            None
        }
    }
}

/// `"4-5"`, `"5"` or `5`
fn read_range(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<RangeInclusive<u8>> {
    let most = i64::from(Bins::MAX.get());
    if let Raw::Whole(_) = place.node.value {
        let score = u8::try_from(reader.whole(place, 1, most)?).ok()?;
        return Some(score..=score);
    }
    let text = reader.text(place)?;
    let (low, high) = text.split_once('-').unwrap_or((text, text));
    match (low.trim().parse(), high.trim().parse()) {
        (Ok(low), Ok(high)) => Some(low..=high),
        _ => {
            let help = "\"4-5\", or one score";
            reader.fault_at(place, Code::Value, "this is no range of scores", Some(help.into()));
            None
        }
    }
}

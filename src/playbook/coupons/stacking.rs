//! `with` and `base` of a coupon, and `[coupon_rules]`: which are taken beside each other.

use crate::coupon::{Base, Benefit, BestFor, Combining, With};
use crate::playbook::diagnostic::Code;
use crate::playbook::reader::{Place, Reader};
use crate::playbook::source::Raw;

/// `"alone"`, `"all"`, or `{ group = "shipping" }`
pub(super) fn read_with(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<With> {
    if let Raw::Table(_) = place.node.value {
        let mut table = reader.table(place)?;
        let group = reader.need(&mut table, "group", "group = \"…\": the same word at each that goes with it");
        reader.finish(table);
        return group.and_then(|place| reader.label(&place)).map(With::Group);
    }
    let words = [("alone", With::Alone), ("all", With::All)];
    reader.one_of(place, words, "no coupon is taken with this", "alone (default), all, or { group = \"…\" }")
}

/// `"running"` or `"initial"`; only a rate is taken of something.
pub(super) fn read_base(reader: &mut Reader<'_>, place: &Place<'_>, benefit: Option<&Benefit>) -> Option<Base> {
    let words = [("running", Base::Running), ("initial", Base::Initial)];
    let help = "running (default: of what is left), or initial (of the price before any coupon)";
    let base = reader.one_of(place, words, "no rate is taken of this", help)?;
    if benefit.is_some_and(|benefit| !has_rate(benefit)) {
        let message = "the benefit has no rate that could be taken of anything";
        reader.fault_at(place, Code::Value, message, Some("leave it out".into()));
        return None;
    }
    Some(base)
}

fn has_rate(benefit: &Benefit) -> bool {
    match benefit {
        Benefit::Rate { .. } => true,
        Benefit::Tiered(tiers) => tiers.steps.iter().any(|(_, benefit)| has_rate(benefit)),
        _ => false,
    }
}

/// `at_most = 3`, `best_for = "customer"`
pub(in crate::playbook) fn read_rules(reader: &mut Reader<'_>, place: &Place<'_>) -> Combining {
    let mut rules = Combining::default();
    let Some(mut table) = reader.table(place) else { return rules };
    let at_most = reader.take(&mut table, "at_most");
    let best_for = reader.take(&mut table, "best_for");
    reader.finish(table);
    if let Some(most) = at_most.and_then(|place| reader.whole(&place, 1, 100)) {
        rules.at_most = usize::try_from(most).unwrap_or(rules.at_most);
    }
    if let Some(place) = best_for {
        let words = [("customer", BestFor::Customer), ("shop", BestFor::Shop)];
        let help = "customer (default: the most off), or shop (the least off)";
        rules.best_for =
            reader.one_of(&place, words, "the best is looked for on somebody's behalf", help).unwrap_or_default();
    }
    rules
}

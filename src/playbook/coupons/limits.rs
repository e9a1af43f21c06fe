//! `limits`: how often a coupon can be used, and for how much in all.

use core::num::NonZeroU32;

use crate::coupon::{Benefit, Budget, Limits, ReservedAt};
use crate::model::{Money, Window};
use crate::playbook::caps::window;
use crate::playbook::diagnostic::Code;
use crate::playbook::reader::{Place, Reader};

use super::Names;

/// What else the coupon says.
pub(super) struct Beside<'a> {
    pub(super) benefit: Option<&'a Benefit>,
    pub(super) is_shared: bool,
    pub(super) names: Names<'a>,
}

/// `{ per_code = 1, per_friend = 1, in_total = 1000, within = { at_most = 100, per = "7d" }, budget = { sum = 300000 } }`
pub(super) fn read(reader: &mut Reader<'_>, place: &Place<'_>, beside: &Beside<'_>) -> Option<Limits> {
    let mut table = reader.table(place)?;
    let counted = ["per_code", "per_friend", "in_total"].map(|key| (key, reader.take(&mut table, key)));
    let within = reader.take(&mut table, "within");
    let budget = reader.take(&mut table, "budget");
    reader.finish(table);
    let [per_code, per_friend, in_total] = counted.map(|(key, place)| Limit::read(reader, key, place));
    let uses_of_one = per_code.as_ref().and_then(|limit| limit.uses);
    let window = within.as_ref().map(|place| per_window(reader, place, beside));
    let budget = budget.map(|place| read_budget(reader, &place, beside, uses_of_one));
    let limits = (per_code, per_friend, in_total);
    let (Some(per_code), Some(per_friend), Some(in_total)) = limits else { return None };
    let mut sound = true;
    if let Some(place) = per_code.place.as_ref().filter(|_| beside.is_shared) {
        let help = "per_friend, in_total, within or budget";
        let message = "a code for everybody is used by everybody: this would be the use of all";
        reader.fault_at(place, Code::Value, message, Some(help.into()));
        sound = false;
    }
    sound &= per_code.is_below(reader, &per_friend) && per_friend.is_below(reader, &in_total);
    sound &= per_friend.uses.is_some() || per_code.is_below(reader, &in_total);
    let mut limits = Limits::default();
    if let (Some(window), Some(place)) = (window, within) {
        let (uses, window) = window?;
        let within = Limit { key: "within", uses: Some(uses), place: Some(place) };
        sound &= within.is_below(reader, &in_total);
        limits.per_window = Some((uses, window));
    }
    (limits.per_code, limits.per_friend, limits.in_total) = (per_code.uses, per_friend.uses, in_total.uses);
    if let Some(budget) = budget {
        limits.budget = Some(budget?);
    }
    sound.then_some(limits)
}

/// A number of uses, and where it stands.
struct Limit<'n> {
    key: &'static str,
    uses: Option<NonZeroU32>,
    place: Option<Place<'n>>,
}

impl<'n> Limit<'n> {
    /// None when it is faulty.
    fn read(reader: &mut Reader<'_>, key: &'static str, place: Option<Place<'n>>) -> Option<Self> {
        let uses = match &place {
            Some(place) => Some(count(reader, place)?),
            None => None,
        };
        Some(Self { key, uses, place })
    }

    /// Can it be reached before the wider one is? If not, it limits nothing.
    fn is_below(&self, reader: &mut Reader<'_>, wider: &Self) -> bool {
        let (Some(uses), Some(most), Some(place)) = (self.uses, wider.uses, &self.place) else { return true };
        if uses > most {
            let message = format!("{uses} uses are never reached: `{}` allows {most}", wider.key);
            reader.fault_at(place, Code::Value, message, Some(format!("at most {most}")));
        }
        uses <= most
    }
}

fn count(reader: &mut Reader<'_>, place: &Place<'_>) -> Option<NonZeroU32> {
    let uses = reader.whole(place, 1, 1_000_000_000)?;
    NonZeroU32::new(u32::try_from(uses).ok()?)
}

/// `{ at_most = 100, per = "calendar day" }`: the words of caps.
fn per_window(reader: &mut Reader<'_>, place: &Place<'_>, beside: &Beside<'_>) -> Option<(NonZeroU32, Window)> {
    let mut table = reader.table(place)?;
    let at_most = reader.need(&mut table, "at_most", "at_most = 100");
    let per = reader.need(&mut table, "per", "per = \"7d\", or \"calendar day\"");
    reader.finish(table);
    let at_most = at_most.and_then(|place| count(reader, &place));
    let per = per.and_then(|place| window(reader, &place, beside.names.week_starts));
    at_most.zip(per)
}

/// `{ sum = 300000, reserve = "issue" }`
fn read_budget(
    reader: &mut Reader<'_>,
    place: &Place<'_>,
    beside: &Beside<'_>,
    per_code: Option<NonZeroU32>,
) -> Option<Budget> {
    let mut table = reader.table(place)?;
    let sum_place = reader.need(&mut table, "sum", "sum = 300000");
    let reserve = reader.take(&mut table, "reserve");
    reader.finish(table);
    let currency = beside.names.schema.currency;
    let sum = sum_place.as_ref().and_then(|place| reader.money(place, currency));
    let at_issue = match &reserve {
        Some(place) => {
            let help = "order (default: the discount itself, when it is taken), or issue (the most it can give)";
            reader.one_of(place, [("order", false), ("issue", true)], "nothing is reserved then", help)
        }
        None => Some(false),
    };
    let (sum, at_issue, benefit) = (sum?, at_issue?, beside.benefit?);
    let most = benefit.most();
    if most == Some(Money::ZERO) {
        let help = "in_total bounds how many are given";
        reader.fault_at(place, Code::Value, "the benefit takes no money off, so no budget is used", Some(help.into()));
        return None;
    }
    if !at_issue {
        return Some(Budget { sum, reserved: ReservedAt::Reserve });
    }
    let reserve = reserve?;
    if beside.is_shared {
        let message = "who types in a code for everybody was issued none: nothing can be reserved before";
        reader.fault_at(&reserve, Code::Value, message, Some("reserve = \"order\"".into()));
        return None;
    }
    let uses = i64::from(per_code.map_or(1, NonZeroU32::get));
    let Some(most) = most.and_then(|most| most.checked_mul(uses)) else {
        let message = "nobody can say what one of them will cost at most, so nothing can be reserved at its issue";
        let help = "reserve = \"order\", or a most of the benefit: up_to = 2000";
        reader.fault_at(&reserve, Code::Value, message, Some(help.into()));
        return None;
    };
    if most > sum {
        let message = format!("not even one could be issued: each reserves {}", currency.format(most));
        reader.fault_at(&sum_place?, Code::Value, message, None);
        return None;
    }
    Some(Budget { sum, reserved: ReservedAt::Issue { most } })
}

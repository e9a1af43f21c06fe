//! `[tags]`

use std::collections::BTreeMap;

use crate::model::TagName;
use crate::segment::TagRule;

use super::diagnostic::Code;
use super::reader::{Place, Reader};
use super::source::Raw;

/// The tags of a playbook, and the conditions of those that nobody puts on.
#[derive(Default)]
pub(super) struct Tags<'n> {
    pub(super) rules: BTreeMap<TagName, TagRule>,
    /// Still to be compiled, along with the segments they may refer to.
    pub(super) conditions: Vec<(TagName, Place<'n>)>,
}

/// `tags = ["VIP"]`, or a section `[tags]` with `"VIP" = { when = "orders.count >= 5" }`
pub(super) fn read<'n>(reader: &mut Reader<'_>, place: &Place<'n>) -> Tags<'n> {
    let mut tags = Tags::default();
    for (tag, place) in reader.listed::<TagName>(place, "tag") {
        let mut rule = TagRule { category: category_in(tag.as_str()), ..TagRule::default() };
        if let Raw::Table(_) = place.node.value {
            tags.conditions.extend(read_rule(reader, &place, &mut rule).map(|when| (tag.clone(), when)));
        }
        tags.rules.insert(tag, rule);
    }
    tags
}

/// Gives where the condition stands, if there is one.
fn read_rule<'n>(reader: &mut Reader<'_>, place: &Place<'n>, rule: &mut TagRule) -> Option<Place<'n>> {
    let mut table = reader.table(place)?;
    let category = reader.take(&mut table, "category");
    let expires = reader.take(&mut table, "expires");
    let when = reader.take(&mut table, "when");
    reader.finish(table);
    if let Some(place) = category {
        rule.category = reader.label(&place);
    }
    if let Some(place) = expires {
        rule.expires = reader.span(&place, "a tag must hold for some time");
        if when.is_some() {
            let help = "say in `when` how far back it looks";
            reader.fault_at(&place, Code::Value, "a tag with a condition does not expire", Some(help.into()));
        }
    }
    when
}

/// What stands before the first mark that people part groups by: `興味` of `興味/スキンケア`.
fn category_in(tag: &str) -> Option<Box<str>> {
    let (category, _) = tag.split_once(['/', '：'])?;
    Some(category.trim()).filter(|category| !category.is_empty()).map(Into::into)
}

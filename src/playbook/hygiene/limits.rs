//! `[hygiene]`: what the shop allows.

use crate::model::{Rate, Span};
use crate::playbook::reader::{Place, Reader};

/// What the shop allows of its segments and tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HygieneLimits {
    /// Fewer friends than this are no axis of delivery.
    pub smallest_segment: u32,
    /// From this share of the smaller segment on an overlap is told.
    pub overlap: Rate,
    /// A tag not put on anybody for so long is stale.
    pub stale_after: Span,
    /// The most characters of a tag's name.
    pub longest_tag: u32,
    /// Does every tag need a category?
    pub tags_in_categories: bool,
}

impl Default for HygieneLimits {
    /// 100 friends, nine tenths, half a year, 30 characters, with or without category.
    fn default() -> Self {
        Self {
            smallest_segment: 100,
            overlap: Rate::from_ppm(900_000).expect("nine tenths are less than the whole"),
            stale_after: Span::days(180),
            longest_tag: 30,
            tags_in_categories: false,
        }
    }
}

/// `smallest_segment = 100`, `overlap = "90%"`, `stale_after = "180d"`, `longest_tag = 30`,
/// `tags_in_categories = true`
pub(in crate::playbook) fn read(reader: &mut Reader<'_>, place: &Place<'_>) -> HygieneLimits {
    let mut limits = HygieneLimits::default();
    let Some(mut table) = reader.table(place) else { return limits };
    let smallest = reader.take(&mut table, "smallest_segment");
    let overlap = reader.take(&mut table, "overlap");
    let stale = reader.take(&mut table, "stale_after");
    let longest = reader.take(&mut table, "longest_tag");
    let categories = reader.take(&mut table, "tags_in_categories");
    reader.finish(table);
    let mut whole = |place: Option<Place<'_>>, known: u32| {
        let read = place.and_then(|place| reader.whole(&place, 1, i64::from(u32::MAX)));
        read.and_then(|n| u32::try_from(n).ok()).unwrap_or(known)
    };
    limits.smallest_segment = whole(smallest, limits.smallest_segment);
    limits.longest_tag = whole(longest, limits.longest_tag);
    if let Some(share) = overlap.and_then(|place| reader.parsed(&place)) {
        limits.overlap = share;
    }
    if let Some(span) = stale.and_then(|place| reader.span(&place, "a tag must be allowed some time")) {
        limits.stale_after = span;
    }
    if let Some(needed) = categories.and_then(|place| reader.flag(&place)) {
        limits.tags_in_categories = needed;
    }
    limits
}

//! What the friends tell.

use std::collections::BTreeMap;

use crate::model::{Rate, SegmentName, TagName, Timestamp};
use crate::playbook::Playbook;
use crate::population::{Population, Records, Selection};
use crate::segment::{Atom, Expr, TagChoice};

use super::{Finding, Hygiene, SegmentSize};

impl Playbook {
    /// The same along with the friends there are: segments that are empty, too small, the same, or one in another;
    /// tags that nobody has, or that were not put on for long.
    ///
    /// Without `records` what no column says is left out and told; how old tags are is then not known. Costs one
    /// selection a segment and tag, one intersection a pair of segments, one look at every record.
    pub fn hygiene_of(&self, population: &Population, records: Option<&dyn Records>, now: Timestamp) -> Hygiene {
        let mut findings = self.findings_of_rules();
        let mut inside: Vec<(&SegmentName, Selection, usize)> = Vec::new();
        for (name, segment) in self.segments() {
            let selected = match records {
                Some(records) => Ok(population.select_with(&segment.predicate, now, records)),
                None => population.select(&segment.predicate, now),
            };
            match selected {
                Ok(selection) => {
                    let count = selection.count();
                    inside.push((name, selection, count));
                }
                Err(lack) => {
                    findings.push(Finding::SegmentUncounted { segment: name.clone(), condition: lack.condition });
                }
            }
        }
        let least = self.hygiene_limits().smallest_segment;
        for (name, _, friends) in &inside {
            let segment = || (*name).clone();
            match friends {
                0 => findings.push(Finding::SegmentEmpty { segment: segment() }),
                few if *few < least as usize => {
                    findings.push(Finding::SegmentTooSmall { segment: segment(), friends: *few, least });
                }
                _ => {}
            }
        }
        findings.extend(self.pairs(&inside, population.len()));
        findings.extend(self.tags_of(population, records, now));
        let sizes = inside.iter().map(|(name, _, friends)| SegmentSize { segment: (*name).clone(), friends: *friends });
        Hygiene { sizes: sizes.collect(), friends: Some(population.len()), ..Hygiene::new(findings) }
    }

    fn pairs(&self, inside: &[(&SegmentName, Selection, usize)], everybody: usize) -> Vec<Finding> {
        let mut findings = Vec::new();
        // Every other one lies in a segment that holds everybody: that is no news.
        let filled: Vec<_> = inside.iter().filter(|(.., friends)| (1..everybody).contains(friends)).collect();
        for (place, one) in filled.iter().enumerate() {
            for other in &filled[place + 1..] {
                // Of two of one size the first by name counts as the larger.
                let (larger, smaller) = if one.2 >= other.2 { (one, other) } else { (other, one) };
                let both = (&larger.1 & &smaller.1).count();
                let (larger_name, smaller_name) = (larger.0.clone(), smaller.0.clone());
                let share = Rate::from_ppm((both as u64 * u64::from(Rate::ONE.ppm()) / smaller.2 as u64) as u32);
                findings.extend(match share {
                    _ if both == larger.2 => {
                        Some(Finding::SegmentsSame { one: larger_name, other: smaller_name, friends: both })
                    }
                    _ if both == smaller.2 => {
                        Some(Finding::SegmentInside { inner: smaller_name, outer: larger_name, friends: both })
                    }
                    Some(share) if share >= self.hygiene_limits().overlap => Some(Finding::SegmentsOverlap {
                        smaller: smaller_name,
                        larger: larger_name,
                        friends: both,
                        share,
                    }),
                    _ => None,
                });
            }
        }
        findings
    }

    fn tags_of(&self, population: &Population, records: Option<&dyn Records>, now: Timestamp) -> Vec<Finding> {
        let mut findings = Vec::new();
        let last = records.map(|records| last_put_on(population, records)).unwrap_or_default();
        for tag in self.schema().tags.keys() {
            let has_it = Expr::Atom(Atom::Tag { tag: TagChoice::Named(tag.clone()), held: None });
            let Ok(predicate) = self.schema().compile(&has_it) else { continue };
            let anybody = match records {
                Some(records) => !population.select_with(&predicate, now, records).is_empty(),
                // A population that does not know the tag cannot say that nobody has it.
                None => population.count(&predicate, now).map_or(true, |count| count > 0),
            };
            let after = self.hygiene_limits().stale_after;
            match last.get(tag) {
                _ if !anybody => findings.push(Finding::TagOfNobody { tag: tag.clone() }),
                Some(at) if self.zone().elapsed(*at, after, now) => {
                    findings.push(Finding::TagStale { tag: tag.clone(), last: self.zone().date(*at), after });
                }
                _ => {}
            }
        }
        findings
    }
}

/// When each tag that somebody has was last put on.
fn last_put_on(population: &Population, records: &dyn Records) -> BTreeMap<TagName, Timestamp> {
    let mut last: BTreeMap<TagName, Timestamp> = BTreeMap::new();
    for friend in population.everyone().iter().filter_map(|row| records.friend(row)) {
        for (tag, mark) in friend.tags.iter().filter(|(_, mark)| mark.on) {
            match last.get_mut(tag) {
                Some(at) => *at = mark.at.max(*at),
                None => drop(last.insert(tag.clone(), mark.at)),
            }
        }
    }
    last
}

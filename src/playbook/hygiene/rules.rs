//! What the rules alone tell.

use std::collections::BTreeSet;

use crate::model::{SegmentName, TagName};
use crate::playbook::Playbook;
use crate::scenario::Trigger;
use crate::segment::{Atom, Expr, TagChoice};

use super::{Finding, Hygiene, coupons, menus, tag_names};

impl Playbook {
    /// What its segments, tags, rich menus and coupons look like by themselves: unused, impossible, holding for
    /// everybody, badly named, linked or issued in vain.
    pub fn hygiene(&self) -> Hygiene {
        Hygiene::new(self.findings_of_rules())
    }

    pub(super) fn findings_of_rules(&self) -> Vec<Finding> {
        let named = Named::by(self);
        let mut findings = Vec::new();
        for (name, segment) in self.segments() {
            let segment_name = || name.clone();
            if !named.segments.contains(name) {
                findings.push(Finding::SegmentUnused { segment: segment_name() });
            }
            if let Some(why) = segment.predicate.contradiction() {
                findings.push(Finding::SegmentImpossible { segment: segment_name(), why });
            } else if let Some(why) = segment.predicate.tautology() {
                findings.push(Finding::SegmentEverybody { segment: segment_name(), why });
            }
        }
        let unread = self.schema().tags.keys().filter(|tag| !named.tags.contains(*tag));
        findings.extend(unread.map(|tag| Finding::TagUnread { tag: tag.clone() }));
        findings.extend(tag_names::findings(&self.schema().tags, self.hygiene_limits()));
        findings.extend(menus::findings(self));
        findings.extend(coupons::findings(self));
        findings
    }
}

/// What some rule names.
#[derive(Default)]
struct Named {
    segments: BTreeSet<SegmentName>,
    tags: BTreeSet<TagName>,
}

impl Named {
    fn by(playbook: &Playbook) -> Self {
        let mut named = Self::default();
        for segment in playbook.segments().values() {
            named.take(&segment.expr, playbook);
        }
        for predicate in playbook.schema().tags.values().filter_map(|rule| rule.when.as_ref()) {
            named.take(predicate.expr(), playbook);
        }
        for only in playbook.coupons().values().filter_map(|coupon| coupon.terms.only.as_ref()) {
            named.take(only.expr(), playbook);
        }
        for scenario in playbook.scenarios() {
            match &scenario.trigger {
                Trigger::Enter(segment, _) | Trigger::Leave(segment, _) => drop(named.segments.insert(segment.clone())),
                Trigger::Tag(tag) => drop(named.tags.insert(tag.clone())),
                _ => {}
            }
            for predicate in scenario.predicates() {
                named.take(predicate.expr(), playbook);
            }
        }
        named
    }

    fn take(&mut self, expr: &Expr, playbook: &Playbook) {
        match expr {
            Expr::All(parts) | Expr::Any(parts) => parts.iter().for_each(|part| self.take(part, playbook)),
            Expr::Not(inner) => self.take(inner, playbook),
            Expr::Atom(Atom::Segment(name)) => drop(self.segments.insert(name.clone())),
            Expr::Atom(Atom::Tag { tag: TagChoice::Named(name), .. }) => drop(self.tags.insert(name.clone())),
            Expr::Atom(Atom::Tag { tag: TagChoice::Category(category), .. }) => {
                let tags = playbook.schema().tags.iter();
                let of_it = tags.filter(|(_, rule)| rule.category.as_ref() == Some(category));
                self.tags.extend(of_it.map(|(name, _)| name.clone()));
            }
            Expr::Atom(_) => {}
        }
    }
}

//! Ranks: the shop's rules, and the classes they know.

use std::sync::Arc;

use crate::rfm::{Class, Cpm, RfmRule};
use crate::segment::predicate::Node;
use crate::segment::rank::Rank;
use crate::segment::syntax::RankTest;

use super::{Compiler, Fault, Problem, unknown};

impl Compiler<'_> {
    pub(super) fn rank(&mut self, test: &RankTest) -> Result<Node, Fault> {
        let ranks = &self.schema.ranks;
        let missing =
            |by, section: &str| (Problem::NoRank { by }, Some(format!("the playbook needs a section [{section}]")));
        let rank = match test {
            RankTest::Score(axis, is, value) => {
                let rule = ranks.rfm.as_ref().ok_or_else(|| missing("RFM", "rfm"))?;
                Rank::Score { rule: Arc::new(rule.clone()), axis: *axis, is: *is, value: *value }
            }
            RankTest::RfmClass(names) => {
                let rule = ranks.rfm.as_ref().ok_or_else(|| missing("RFM", "rfm"))?;
                let classes = names.iter().map(|name| rfm_class(rule, name)).collect::<Result<_, _>>()?;
                Rank::RfmClass { rule: Arc::new(rule.clone()), classes }
            }
            RankTest::CpmClass(names) => {
                let rule = ranks.cpm.ok_or_else(|| missing("CPM", "cpm"))?;
                let class = |name: &str| {
                    let known = Cpm::ALL.iter().map(|(_, _, label)| *label);
                    name.parse::<Cpm>().map_err(|error| {
                        let (problem, near) = unknown("class of CPM", name, known);
                        (problem, near.or_else(|| Some(error.to_string())))
                    })
                };
                Rank::CpmClass { rule, classes: names.iter().map(|name| class(name)).collect::<Result<_, _>>()? }
            }
            RankTest::Decile(is, value) => {
                let rule = ranks.decile.as_ref().ok_or_else(|| missing("decile", "decile"))?;
                Rank::Decile { rule: Arc::new(*rule), is: *is, value: *value }
            }
        };
        Ok(Node::Rank(Box::new(rank)))
    }
}

/// The place of a class among those of the rule, by its name or its label.
fn rfm_class(rule: &RfmRule, name: &str) -> Result<usize, Fault> {
    let classes = rule.classes.classes();
    let label = |class: &Class| class.label.as_ref().is_some_and(|label| label.as_str() == name);
    let place = classes.iter().position(|class| class.name.as_str() == name || label(class));
    place.ok_or_else(|| {
        let names = || classes.iter().flat_map(|class| [Some(&class.name), class.label.as_ref()]).flatten();
        let (problem, near) = unknown("class of RFM", name, names().map(|name| name.as_str()));
        let all = || classes.iter().take(20).map(|class| class.name.as_str()).collect::<Vec<_>>().join(", ");
        (problem, near.or_else(|| Some(format!("the classes are {}", all()))))
    })
}

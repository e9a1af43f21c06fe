//! Rich menus that steps link.

use crate::model::{MenuName, StepName};
use crate::playbook::Playbook;
use crate::scenario::{Action, Scenario};

use super::Finding;

/// Menus that rules take away again, and menus nobody on a computer hears of (R8).
pub(super) fn findings(playbook: &Playbook) -> Vec<Finding> {
    let mut findings = Vec::new();
    for scenario in playbook.scenarios() {
        for (step, menu) in linked(scenario) {
            let by_rule = playbook.menus().get(menu.as_str()).is_some_and(|menu| menu.rule.is_some());
            if by_rule {
                let (scenario, menu) = (scenario.name.clone(), menu.clone());
                findings.push(Finding::MenuByRuleLinked { scenario, step, menu });
            }
        }
        let tells = scenario.steps.iter().any(|step| matches!(step.action, Action::Send(_)));
        if let Some((step, menu)) = linked(scenario).next().filter(|_| !tells) {
            findings.push(Finding::MenuUntold { scenario: scenario.name.clone(), step, menu: menu.clone() });
        }
    }
    findings
}

/// The menus a scenario links, and where.
fn linked(scenario: &Scenario) -> impl Iterator<Item = (StepName, &MenuName)> {
    scenario.steps.iter().filter_map(|step| match &step.action {
        Action::Menu(Some(menu)) => Some((step.name.clone(), menu)),
        _ => None,
    })
}

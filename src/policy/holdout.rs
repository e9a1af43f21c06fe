//! Who gets nothing, so that it can be seen what messages bring.

use crate::model::{FriendKey, Rate, ScenarioName};
use crate::segment::Sample;

use super::{Class, Holdout};

/// The shares of friends who are held out.
///
/// Drawn by the friend's key as a [`sample`](crate::segment) is, so that nobody moves in or out as long as the share
/// stands, and a larger share holds all of a smaller one. The salt is `holdout`, or `holdout NAME` for a scenario:
/// each draws anew, apart from all others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Holdouts {
    /// From all advertising.
    pub global: Option<Rate>,
    /// From each scenario that does not say otherwise.
    pub per_scenario: Option<Rate>,
}

impl Holdouts {
    /// Is the friend held out of a scenario of this class, whose own share is `own` if it says so?
    /// Nobody is held out of what they wait for.
    pub fn ask(&self, friend: &FriendKey, scenario: &ScenarioName, class: Class, own: Option<Rate>) -> Option<Holdout> {
        if class == Class::Transactional {
            return None;
        }
        let drawn = |share: Option<Rate>, salt: &dyn Fn() -> String| {
            share.is_some_and(|share| share.ppm() > 0 && Sample::new(share, &salt()).holds(friend.as_str()))
        };
        if drawn(self.global, &|| "holdout".into()) {
            return Some(Holdout::Global);
        }
        drawn(own.or(self.per_scenario), &|| format!("holdout {scenario}")).then_some(Holdout::Scenario)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(holdouts: Holdouts, scenario: &str, own: Option<&str>) -> Vec<(usize, Holdout)> {
        let scenario = ScenarioName::new(scenario).unwrap();
        let own = own.map(|share| share.parse().unwrap());
        let ask = |n: usize| {
            let friend = FriendKey::new(&format!("eccube:customer:{n}")).unwrap();
            holdouts.ask(&friend, &scenario, Class::Promotional, own)
        };
        (0..10_000).filter_map(|n| Some((n, ask(n)?))).collect()
    }

    fn shares(global: &str, per_scenario: &str) -> Holdouts {
        Holdouts { global: Some(global.parse().unwrap()), per_scenario: Some(per_scenario.parse().unwrap()) }
    }

    #[test]
    fn shares_are_as_large_as_said_and_each_scenario_draws_for_itself() {
        let welcome = held(shares("2%", "5%"), "welcome", None);
        let count = |of| welcome.iter().filter(|(_, held)| *held == of).count();
        assert!((150..250).contains(&count(Holdout::Global)), "{}", count(Holdout::Global));
        assert!((410..570).contains(&count(Holdout::Scenario)), "{}", count(Holdout::Scenario));
        let winback = held(shares("2%", "5%"), "winback", None);
        let of = |held: &[(usize, Holdout)], of| -> Vec<usize> {
            held.iter().filter(|(_, how)| *how == of).map(|(n, _)| *n).collect()
        };
        assert_eq!(of(&welcome, Holdout::Global), of(&winback, Holdout::Global), "the same from everything");
        let both = of(&welcome, Holdout::Scenario);
        let both = both.iter().filter(|n| of(&winback, Holdout::Scenario).contains(n)).count();
        assert!((5..60).contains(&both), "a twentieth of a twentieth of 10,000, not {both}");
    }

    #[test]
    fn a_scenarios_own_share_counts_and_a_larger_share_holds_the_smaller() {
        let small = held(Holdouts::default(), "welcome", Some("5%"));
        let large = held(shares("0%", "1%"), "welcome", Some("10%"));
        assert!(small.len() > 400 && large.len() > 850);
        assert!(small.iter().all(|held| large.contains(held)));
        assert!(held(shares("0%", "5%"), "welcome", Some("0%")).is_empty());
    }

    #[test]
    fn nobody_is_held_out_of_what_they_wait_for() {
        let everybody = shares("100%", "100%");
        let (friend, scenario) = (FriendKey::new("hana").unwrap(), ScenarioName::new("shipped").unwrap());
        assert_eq!(everybody.ask(&friend, &scenario, Class::Transactional, None), None);
        assert_eq!(everybody.ask(&friend, &scenario, Class::Promotional, None), Some(Holdout::Global));
    }
}

//! What must hold whatever a shop writes and whatever happens: purity, the gate, and that nothing goes unsaid.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use enishi::engine::Engine;
use enishi::model::{DeliveryKey, Timestamp};
use enishi::playbook::Playbook;
use enishi::policy::{Class, QuietHours, Reason};
use proptest::prelude::*;

use super::histories::{Told, engine, histories, playbooks, take, tell};
use super::support::lab::keys;

const DAYS_AFTER: i64 = 60;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Law 1: the same steps give the same bytes, and an engine restored half-way goes on the same.
    #[test]
    fn the_same_again_and_after_a_restore(playbook in playbooks(), history in histories(30), cut in 0_usize..30) {
        let mut one = engine(&playbook);
        let mut other = engine(&playbook);
        for (i, told) in history.iter().enumerate() {
            if i == cut {
                let bytes = other.snapshot();
                other = Engine::restore(Arc::clone(one.playbook()), Some(keys()), &bytes)
                    .map_err(|e| TestCaseError::fail(e.to_string()))?;
                prop_assert_eq!(other.snapshot(), bytes, "snapshot, restore, snapshot");
            }
            tell(&mut one, told);
            tell(&mut other, told);
        }
        let end = one.now().plus_millis(DAYS_AFTER * 86_400_000);
        one.play_until(end).unwrap();
        other.play_until(end).unwrap();
        prop_assert_eq!(one.snapshot(), other.snapshot());
        let restored = Engine::restore(Arc::clone(one.playbook()), Some(keys()), &one.snapshot()).unwrap();
        prop_assert_eq!(restored.snapshot(), one.snapshot());
        prop_assert_eq!(take(&mut one), take(&mut other));
    }

    /// Law 2: every event told twice is told once.
    #[test]
    fn second_copies_change_nothing(playbook in playbooks(), history in histories(20)) {
        let mut engine = engine(&playbook);
        for told in &history {
            tell(&mut engine, told);
            let before = engine.snapshot();
            tell(&mut engine, told);
            history.iter().take_while(|earlier| earlier.json != told.json).for_each(|earlier| {
                tell(&mut engine, &Told { told_at: told.told_at, ..earlier.clone() });
            });
            prop_assert_eq!(engine.snapshot(), before);
        }
    }

    /// Laws 3 and 4 and the gate.
    #[test]
    fn nothing_at_night_nothing_over_the_cap_and_nothing_unsaid(playbook in playbooks(), history in histories(40)) {
        let mut engine = engine(&playbook);
        let mut entered: BTreeMap<_, u32> = BTreeMap::new();
        let mut left: BTreeMap<_, u32> = BTreeMap::new();
        let mut keys: BTreeSet<DeliveryKey> = BTreeSet::new();
        let mut promotional: BTreeMap<String, Vec<Timestamp>> = BTreeMap::new();
        let rules = Rules::of(&playbook);
        let end = history.last().unwrap().told_at.plus_millis(DAYS_AFTER * 86_400_000);
        let mut check = |engine: &mut Engine| -> Result<(), TestCaseError> {
            let out = take(engine);
            for decision in &out.decisions {
                let run = || (decision.friend.clone(), decision.scenario.clone(), decision.run);
                match decision.reason {
                    Reason::Entered => *entered.entry(run()).or_default() += 1,
                    Reason::Left { .. } => *left.entry(run()).or_default() += 1,
                    _ => {}
                }
                let matching = out.deliveries.iter().filter(|delivery| Some(delivery.key) == decision.delivery).count();
                prop_assert_eq!(matching, usize::from(decision.reason == Reason::Sent), "{:?}", decision);
            }
            let sent = out.decisions.iter().filter(|decision| decision.reason == Reason::Sent).count();
            prop_assert_eq!(sent, out.deliveries.len());
            for delivery in &out.deliveries {
                prop_assert!(keys.insert(delivery.key), "two deliveries under {}", delivery.key);
                let zone = engine.playbook().zone();
                if delivery.class == Class::Promotional {
                    prop_assert!(!rules.is_quiet(zone.time(delivery.at).minutes()), "{} is at night", zone.show(delivery.at));
                    let before = promotional.entry(delivery.friend.to_string()).or_default();
                    before.push(delivery.at);
                    for cap in &engine.playbook().policy().caps {
                        let count = before.iter().filter(|at| zone.plus(**at, cap.per) > delivery.at).count();
                        prop_assert!(count <= cap.at_most as usize, "{count} in {}", cap.per);
                    }
                }
            }
            for friend in engine.friends() {
                for journey in &friend.journeys {
                    prop_assert!(journey.due > engine.now(), "{:?} is due and was not done", journey);
                }
                prop_assert!(engine.next_wake().is_some() || friend.journeys.is_empty());
            }
            Ok(())
        };
        for told in &history {
            engine.play_until(told.told_at).unwrap();
            check(&mut engine)?;
            tell(&mut engine, told);
            check(&mut engine)?;
        }
        engine.play_until(end).unwrap();
        check(&mut engine)?;
        // Every run entered has left exactly once, or waits.
        for (run, count) in &entered {
            prop_assert_eq!(*count, 1);
            let (friend, scenario, number) = run;
            let journeys = &engine.friend(friend.as_str()).unwrap().journeys;
            let waits = journeys.iter().any(|j| Some(&j.scenario) == scenario.as_ref() && Some(j.run) == *number);
            prop_assert_eq!(left.get(run).copied().unwrap_or(0) + u32::from(waits), 1, "{:?}", run);
        }
        prop_assert!(left.keys().all(|run| entered.contains_key(run)));
    }

    /// What is read is all there: no scenario, step or segment goes missing in silence.
    #[test]
    fn a_playbook_that_is_read_is_whole(playbook in playbooks()) {
        let read = Playbook::read(&playbook).unwrap();
        let toml: toml::Table = playbook.parse().unwrap();
        let written = toml["scenarios"].as_table().unwrap();
        prop_assert_eq!(read.scenarios().len(), written.len());
        for (name, scenario) in written {
            let steps = scenario["steps"].as_array().unwrap();
            prop_assert_eq!(read.scenarios()[name.as_str()].steps.len(), steps.len());
        }
        prop_assert_eq!(read.segments().len(), toml["segments"].as_table().unwrap().len());
        let json = serde_json::to_string(&toml).unwrap();
        prop_assert_eq!(Playbook::read(&json).unwrap().hash(), read.hash());
    }

    /// Shifting never takes longer than the night, and ends outside it.
    #[test]
    fn quiet_hours_end_when_they_end(from in 0_u16..1440, length in 1_u16..1440, minute in 0_i64..60 * 24 * 400, zone in 0_usize..3) {
        use enishi::model::{FriendKey, LocalTime, Zone};
        use enishi::policy::{Quiet, QuietRule};
        let zone = Zone::new(["Asia/Tokyo", "America/New_York", "Australia/Lord_Howe"][zone], LocalTime::MIDNIGHT).unwrap();
        let time = |minutes: u16| LocalTime::from_minutes(minutes % 1440).unwrap();
        let hours = QuietHours::new(time(from), time(from + length), QuietRule::Shift).unwrap();
        let now = super::histories::instant(super::histories::START + minute * 60_000 + 7);
        let rules = Rules { quiet: Some((from, (from + length) % 1440)) };
        match hours.ask(&FriendKey::new("hana").unwrap(), now, &zone) {
            Quiet::Open => prop_assert!(!rules.is_quiet(zone.time(now).minutes())),
            Quiet::Until(end) => {
                prop_assert!(rules.is_quiet(zone.time(now).minutes()));
                prop_assert!(!rules.is_quiet(zone.time(end).minutes()), "{} is still quiet", zone.show(end));
                prop_assert!(end > now && end.since(now) <= (i64::from(length) + 60) * 60_000, "{} to {}", zone.show(now), zone.show(end));
            }
            other => prop_assert!(false, "{other:?}"),
        }
    }
}

/// Quiet hours read out of the text a second time, and looked at minute by minute.
struct Rules {
    quiet: Option<(u16, u16)>,
}

impl Rules {
    fn of(playbook: &str) -> Self {
        let toml: toml::Table = playbook.parse().unwrap();
        let quiet = toml["policy"].get("quiet_hours").map(|hours| {
            let minutes = |key: &str| hours[key].as_str().unwrap()[..2].parse::<u16>().unwrap() * 60;
            (minutes("from"), minutes("to"))
        });
        Self { quiet }
    }

    fn is_quiet(&self, minute: u16) -> bool {
        self.quiet.is_some_and(|(from, to)| {
            let mut at = from;
            while at != to {
                if at == minute {
                    return true;
                }
                at = (at + 1) % 1440;
            }
            false
        })
    }
}

//! What random shops have found, each as small as it came to be.

use std::sync::Arc;

use enishi::engine::Engine;

use super::support::lab::{Lab, keys};

/// A decision about another scenario named both `scenario`, and could not be read back from a snapshot.
#[test]
fn a_decision_about_another_scenario_is_read_back() {
    let mut lab = Lab::new(
        "[scenarios.one]\non = 'click'\nsteps = [{ start = 'two' }, { stop = 'two' }, { stop = 'two' }]\n\
         [scenarios.two]\non = 'by hand'\nsteps = [{ wait = '1d' }]",
    );
    lab.tell("2026-04-01T12:00:00+09:00", "hana", r#""type":"click","link":"x""#);
    lab.tell("2026-04-01T13:00:00+09:00", "hana", r#""type":"leave","scenario":"two""#);
    let bytes = lab.engine.snapshot();
    let mut restored = Engine::restore(Arc::clone(lab.engine.playbook()), Some(keys()), &bytes).unwrap();
    let decisions = restored.take_decisions();
    assert_eq!(decisions, lab.engine.take_decisions());
    let json = decisions[1].to_json();
    assert!(json.contains(r#""scenario":"one""#) && json.contains(r#""reason":"started","other":"two""#), "{json}");
}

/// A run ended with its season only when something else happened to the friend, or when its wait was over.
#[test]
fn a_run_ends_when_its_season_does() {
    let mut lab =
        Lab::new("[scenarios.s]\non = 'follow'\nuntil = '2026-04-03'\nsteps = [{ wait = '30d' }, { send = 'a' }]");
    lab.follow("2026-04-01T12:00:00+09:00", "hana");
    lab.play("2026-05-01T12:00:00+09:00");
    assert_eq!(lab.decisions()[2..], ["2026-04-03T00:00 hana s#1/start+1 left: season_over"]);
}

/// So did one that time alone ends: by whatever happened while a goal or a stop held, or not at all.
#[test]
fn a_run_ends_when_time_brings_its_goal_or_a_stop() {
    for by in ["goal = 'last order older than 2d'", "stop = ['last order older than 2d']"] {
        let steps = "steps = [{ wait = '30d' }, { send = 'a' }]";
        let mut lab = Lab::new(&format!("[scenarios.s]\non = 'order'\n{by}\n{steps}"));
        lab.tell("2026-04-01T12:00:00+09:00", "hana", r#""type":"order_placed","order":"1","total":"100""#);
        lab.play("2026-05-01T12:00:00+09:00");
        let how = if by.starts_with("goal") { "goal" } else { "stopped (last order older than 2d)" };
        assert_eq!(lab.decisions()[2..], [format!("2026-04-03T12:00 hana s#1/start+1 left: {how}")]);
    }
}

/// Who came in with the goal reached stayed until something else happened.
#[test]
fn who_comes_in_with_the_goal_reached_leaves_at_once() {
    let rules =
        "tags = ['VIP']\n[scenarios.s]\non = 'click'\ngoal = \"tag 'VIP'\"\nsteps = [{ wait = '30d' }, { send = 'a' }]";
    let mut lab = Lab::new(rules);
    lab.tell("2026-04-01T12:00:00+09:00", "hana", r#""type":"tag","tag":"VIP""#);
    lab.tell("2026-04-01T12:01:00+09:00", "hana", r#""type":"click","link":"x""#);
    let last = lab.decisions().pop().unwrap();
    assert_eq!(last, "2026-04-01T12:01 hana s#1/start+1 left: goal");
}

/// What happened in the season and was told after it began a run that was over already.
#[test]
fn nobody_enters_after_the_season() {
    let mut lab =
        Lab::new("[scenarios.s]\non = 'click'\nuntil = '2026-04-03'\nsteps = [{ wait = '30d' }, { send = 'a' }]");
    let (told, happened) = ("2026-04-03T00:00:00+09:00", "2026-04-02T23:59:00+09:00");
    lab.tell_late(told, happened, "hana", r#""type":"click","link":"x""#);
    assert_eq!(lab.decisions(), ["2026-04-03T00:00 hana s out_of_season at 2026-04-03T00:00"]);
}

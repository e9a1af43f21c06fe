//! What random shops have found, each as small as it came to be.

use std::sync::Arc;

use enishi::engine::Engine;
use enishi::playbook::Playbook;

use super::support::lab::{Lab, keys, playbook, text};

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

/// A time with goods in quotes started no scenario: what stands in quotes was taken for the name of something that
/// happens.
#[test]
fn a_scenario_starts_by_when_goods_run_out() {
    let mut lab = Lab::new(
        "cycles = { default = '10d' }\n[scenarios.s]\non = \"3d before reorder of 'A' at 10:00\"\nsteps = [{ id = 'a', send = 'a' }]",
    );
    lab.follow("2026-04-01T12:00:00+09:00", "hana");
    let order =
        r#""type":"order_placed","order":"1","total":"100","lines":[{"sku":"A","quantity":1,"unit_price":"100"}]"#;
    lab.tell("2026-04-01T12:00:00+09:00", "hana", order);
    lab.play("2026-05-01T12:00:00+09:00");
    assert_eq!(lab.deliveries(), ["2026-04-08T10:00 hana s/a: A"]);
}

/// A wait for a date that was forgotten meanwhile was over without a word.
#[test]
fn a_wait_for_a_date_that_is_forgotten_ends_with_a_word() {
    let mut lab = Lab::new(
        "attributes = { renewal = 'date' }\n[scenarios.s]\non = 'click'\nsteps = [{ id = 'w', wait = 'until date renewal at 10:00' }]",
    );
    lab.tell("2026-04-01T12:00:00+09:00", "hana", r#""type":"profile","attributes":{"renewal":"2026-04-05"}"#);
    lab.tell("2026-04-01T12:00:00+09:00", "hana", r#""type":"click","link":"x""#);
    lab.tell("2026-04-02T12:00:00+09:00", "hana", r#""type":"profile","attributes":{"renewal":null}"#);
    lab.play("2026-05-01T12:00:00+09:00");
    assert_eq!(
        lab.decisions()[2..],
        ["2026-04-05T10:00 hana s#1/w waited", "2026-04-05T10:00 hana s#1/w left: finished"]
    );
}

/// A scenario of a time that was over before it was written began for whoever had not been looked at since.
#[test]
fn nobody_enters_by_a_time_before_the_scenario_was_there() {
    let mut lab = Lab::new("");
    lab.follow("2026-04-01T12:00:00+09:00", "hana");
    lab.play("2026-04-01T21:00:00+09:00");
    lab.engine.adopt(playbook("[scenarios.s]\non = '20:00'\nsteps = [{ id = 'a', send = 'a' }]")).unwrap();
    lab.play("2026-04-02T19:00:00+09:00");
    assert_eq!(lab.decisions(), [""; 0]);
    lab.play("2026-04-02T20:00:00+09:00");
    assert_eq!(lab.deliveries(), ["2026-04-02T20:00 hana s/a: A"]);
}

/// What waited behind a scenario that gave its rank up waited until something else ended, or for ever.
#[test]
fn who_waits_behind_nobody_any_more_enters() {
    let first = "[scenarios.first]\non = 'order'\ngroup = { name = 'g', rank = 2 }\nsteps = [{ wait = '30d' }]\n";
    let second = "[scenarios.second]\non = 'click'\ngroup = { name = 'g', rank = 1, if_lost = 'defer' }\nsteps = [{ id = 'a', send = 'a' }]";
    let mut lab = Lab::new(&format!("{first}{second}"));
    lab.follow("2026-04-01T12:00:00+09:00", "hana");
    lab.tell("2026-04-01T12:00:00+09:00", "hana", r#""type":"order_placed","order":"1","total":"100""#);
    lab.tell("2026-04-01T12:00:00+09:00", "hana", r#""type":"click","link":"x""#);
    lab.engine.adopt(playbook(&format!("{}{second}", first.replace("rank = 2", "rank = 0")))).unwrap();
    lab.play("2026-04-01T13:00:00+09:00");
    assert_eq!(lab.deliveries(), ["2026-04-01T12:00 hana second/a: A"]);
}

/// A run that was kept as it began forgot what no rule of the new playbook looked back at.
#[test]
fn a_run_that_is_kept_remembers_what_it_waits_for() {
    let begun = "[scenarios.s]\non = 'order'\nsteps = [{ wait = '2d' }, { id = 'w', wait = { first_of = [\"click 'x'\"], since = 'start', or_after = '2d' } }]";
    let mut lab = Lab::new(begun);
    lab.tell("2026-04-01T12:00:00+09:00", "hana", r#""type":"order_placed","order":"1","total":"100""#);
    let edited = "[scenarios.s]\non = 'order'\nwhen_edited = 'keep'\nsteps = [{ wait = '2d' }]";
    let edited = Playbook::read(&text(edited)).unwrap().following(lab.engine.playbook());
    lab.engine.adopt(Arc::new(edited)).unwrap();
    lab.tell("2026-04-02T12:00:00+09:00", "hana", r#""type":"click","link":"x""#);
    lab.play("2026-05-01T12:00:00+09:00");
    let lines = lab.decisions();
    assert!(lines.iter().any(|line| line.contains("s#1/w happened click 'x' at 2026-04-02T12:00")), "{lines:#?}");
}

/// Of two messages of one friend at one instant the second left though one was all there was left.
#[test]
fn of_one_instant_no_more_leave_than_are_left() {
    let mut lab = Lab::new("[scenarios.s]\non = 'click'\nsteps = [{ id = 'a', send = 'a' }, { id = 'b', send = 'b' }]");
    lab.follow("2026-04-01T12:00:00+09:00", "hana");
    lab.engine.set_quota(Some(1));
    lab.tell("2026-04-01T12:00:00+09:00", "hana", r#""type":"click","link":"x""#);
    assert_eq!(lab.deliveries(), ["2026-04-01T12:00 hana s/a: A"]);
    assert!(lab.decisions().iter().any(|line| line.contains("s#1/b quota_spent")));
}

/// A step that an edit put behind the one the run stood at left a second time, under the same key; under another name,
/// under another key.
#[test]
fn a_step_that_an_edit_puts_behind_is_not_done_again() {
    let begun = "[scenarios.s]\non = 'click'\nsteps = [{ id = 'a', send = 'a' }, { id = 'w', wait = '1d' }]";
    for edited in [
        "[scenarios.s]\non = 'click'\nsteps = [{ id = 'w', wait = '1d' }, { id = 'a', send = 'a' }]",
        "[scenarios.s]\non = 'click'\nmoved = { a = 'b' }\nsteps = [{ id = 'w', wait = '1d' }, { id = 'b', send = 'a' }]",
    ] {
        let mut lab = Lab::new(begun);
        lab.follow("2026-04-01T12:00:00+09:00", "hana");
        lab.tell("2026-04-01T12:00:00+09:00", "hana", r#""type":"click","link":"x""#);
        let edited = Playbook::read(&text(edited)).unwrap().following(lab.engine.playbook());
        lab.engine.adopt(Arc::new(edited)).unwrap();
        lab.play("2026-05-01T12:00:00+09:00");
        assert_eq!(lab.deliveries(), ["2026-04-01T12:00 hana s/a: A"]);
        let lines = lab.decisions();
        assert!(lines[lines.len() - 2].ends_with("done_before"), "{lines:#?}");
    }
}

/// Whoever was inside by new words alone was taken for somebody who had come in, and had the message at once (X22).
#[test]
fn a_segment_that_is_told_anew_lets_nobody_in() {
    let of = |days: u32| {
        format!(
            "[segments]\nquiet = 'last order older than {days}d'\n\
             [scenarios.s]\non = \"enter segment 'quiet'\"\nsteps = [{{ send = 'a' }}]"
        )
    };
    let mut lab = Lab::new(&of(30));
    lab.follow("2026-04-01T12:00:00+09:00", "hana");
    lab.tell("2026-04-01T12:00:00+09:00", "hana", r#""type":"order_placed","order":"1","total":"100""#);
    lab.play("2026-04-11T12:00:00+09:00");
    lab.decisions();
    let edited = Playbook::read(&text(&of(5))).unwrap().following(lab.engine.playbook());
    lab.engine.adopt(Arc::new(edited)).unwrap();
    lab.play("2026-04-12T12:00:00+09:00");
    assert_eq!(lab.decisions(), ["2026-04-11T12:00 hana s inside_before"]);
    assert!(lab.deliveries().is_empty());
}

/// A run kept as it began took the friend's menu away when the one it asked for had gone from the playbook.
#[test]
fn a_menu_that_is_gone_leaves_the_one_there_is() {
    let menus = "[menus.a]\nrich_menu_id = 'richmenu-a'\n";
    let begun = "[menus.b]\nrich_menu_id = 'richmenu-b'\n\
                 [scenarios.s]\non = 'follow'\nwhen_edited = 'keep'\nsteps = [{ menu = 'a' }, { wait = '1d' }, { id = 'm', menu = 'b' }]";
    let edited = "[scenarios.s]\non = 'follow'\nwhen_edited = 'keep'\nsteps = [{ menu = 'a' }]";
    let mut lab = Lab::new(&format!("{menus}{begun}"));
    lab.follow("2026-04-01T12:00:00+09:00", "hana");
    lab.decisions();
    let edited = Playbook::read(&text(&format!("{menus}{edited}"))).unwrap().following(lab.engine.playbook());
    lab.engine.adopt(Arc::new(edited)).unwrap();
    lab.play("2026-04-03T12:00:00+09:00");
    let lines = lab.decisions();
    assert!(lines.iter().any(|line| line.ends_with("s#1/m menu_gone")), "{lines:#?}");
    let shown = lab.engine.friends().next().unwrap().menu.unwrap();
    assert_eq!(shown.menu.as_ref().map(|menu| menu.as_str()), Some("a"));
}

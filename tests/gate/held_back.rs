//! What lets a message go before its time that is no event.

use std::sync::Arc;

use enishi::playbook::Playbook;

use super::lab::NOON;
use super::support::lab::{Lab, at, playbook};

const SCENARIO: &str = "[scenarios.s]\non = 'follow'\nsteps = [{ id = 'a', send = 'a' }, { id = 'b', send = 'b' }]\n";
const CAP: &str = "[policy]\ncaps = [{ at_most = 1, per = '7d', then = 'defer' }]\n";

fn adopt(lab: &mut Lab, rules: &Arc<Playbook>, now: &str) -> Vec<String> {
    lab.decisions();
    lab.engine.adopt(rules.clone()).unwrap();
    lab.engine.advance(at(now)).unwrap();
    lab.decisions()
}

/// Seen to fail: new rules not asked, so that `b` waits for a cap that there is no longer.
#[test]
fn new_rules_let_go_what_only_the_old_ones_held() {
    let next_day = "2026-04-02T12:00:00+09:00";
    let mut lab = Lab::new(&format!("{CAP}{SCENARIO}"));
    lab.follow(NOON, "hana");
    let unlimited = adopt(&mut lab, &playbook(SCENARIO), next_day);
    assert_eq!(unlimited, ["2026-04-02T12:00 hana s#1/b sent", "2026-04-02T12:00 hana s#1/b left: finished"]);

    let mut lab = Lab::new(&format!("{CAP}{SCENARIO}"));
    lab.follow(NOON, "hana");
    let same_cap = format!("[policy]\nchat = 'ignore'\n{}{SCENARIO}", CAP.strip_prefix("[policy]\n").unwrap());
    assert_eq!(adopt(&mut lab, &playbook(&same_cap), next_day), [""; 0], "the same answer is not told again");
    lab.play("2026-04-08T12:00:00+09:00");
    assert_eq!(lab.deliveries(), ["2026-04-01T12:00 hana s/a: A", "2026-04-08T12:00 hana s/b: B"]);
}

//! What is remembered of messages sent.

use enishi::model::{Sent, Span, Zone};
use enishi::playbook::Playbook;
use enishi::policy::{Policy, Selling, Traits};

use super::lab::{Lab, NOON, message, scenario, sent};
use super::support::lab::at;

#[test]
fn what_no_rule_looks_at_is_forgotten_and_nothing_else() {
    let mut lab =
        Lab::new("caps = [{ of = 'scenario other', at_most = 1, per = '10d' }, { at_most = 9, per = 'calendar day' }]");
    let mut keyed = Traits::default();
    keyed.content = Some("spring".into());
    let mut several = Traits::default();
    several.several_channels = true;
    lab.policy.messages = [(message("keyed"), keyed), (message("several"), several)].into_iter().collect();
    let mut selling = Selling::new(2, 3);
    selling.within = Span::days(3);
    let remembered_for = |policy: &Policy, change: fn(&mut Sent)| {
        let mut sent = sent(at(NOON));
        change(&mut sent);
        (0..1000).find(|hours| !policy.remembers(&sent, sent.at.plus_millis(hours * 3_600_000), &Zone::TOKYO))
    };
    assert_eq!(remembered_for(&lab.policy, |_| {}), Some(12), "until midnight");
    assert_eq!(remembered_for(&lab.policy, |sent| sent.promotional = false), Some(0));
    assert_eq!(remembered_for(&lab.policy, |sent| sent.scenario = scenario("other")), Some(240));
    assert_eq!(remembered_for(&lab.policy, |sent| sent.message = message("several")), Some(720));
    assert_eq!(remembered_for(&lab.policy, |sent| sent.message = message("keyed")), None, "for ever");
    lab.policy.selling = Some(selling);
    assert_eq!(remembered_for(&lab.policy, |_| {}), Some(72));
    assert_eq!(remembered_for(&lab.policy, |sent| sent.promotional = false), Some(0));
}

#[test]
fn what_its_conditions_look_back_at_is_remembered_too() {
    use enishi::model::Activity;
    use enishi::segment::Reach;
    let text = "[shop]\nname = 'x'\nzone = 'Asia/Tokyo'\ncurrency = 'JPY'\n[policy]\n\
                caps = [{ at_most = 1, per = '7d', for = 'view within 90d' }]\n\
                quota = { keep = [{ below = 10, for = 'click within 30d' }] }";
    let playbook = Playbook::read(text).unwrap();
    let looks_back = &playbook.looks_back().activities;
    assert_eq!(looks_back.get(&Activity::View), Some(&Reach::For(Span::days(90))));
    assert_eq!(looks_back.get(&Activity::Click), Some(&Reach::For(Span::days(30))));
}

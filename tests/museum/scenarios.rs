//! Scenarios: jumps, re-entry, floods, reminders nobody needed.

use enishi::playbook::Playbook;

use crate::NOON;
use crate::support::lab::{Lab, follow, keys, playbook};

// LINE Harness: a false condition sent the next step in order, with the delay of the jump's target.
// Seen to fail when a condition that does not hold leads to the next step in order (`Action::Branch` in `Scene::act`).
#[test]
fn x18_a_branch_jumps_where_it_says() {
    let mut lab = Lab::new(
        "[scenarios.s]\non = 'follow'\nsteps = [{ id = 'asked', if = 'order', then = 'next', else = 'wait' }, { id = 'a', send = 'a' }, { id = 'wait', wait = '2d' }, { id = 'b', send = 'b' }]",
    );
    lab.follow(NOON, "hana");
    lab.play("2026-04-03T11:59:59+09:00");
    assert_eq!(lab.deliveries(), [""; 0], "not the next in order");
    lab.play("2026-04-03T12:00:00+09:00");
    assert_eq!(lab.deliveries(), ["2026-04-03T12:00 hana s/b: B"], "the target, with the target's delay");
}

// LINE Harness: block, unblock, and the welcome scenario with its coupon started again.
// Seen to fail when `LineContact::followed` believes LINE's flag alone, whatever is known of earlier follows.
#[test]
fn x19_no_coupon_farm() {
    let mut lab = Lab::new(
        "[coupons.hello]\nbenefit = { amount = 500 }\nvalid = { for = '14d' }\n[scenarios.welcome]\non = 'follow'\nreentry = 'after end'\nsteps = [{ id = 'a', send = 'a', issue = 'hello' }]",
    );
    lab.follow(NOON, "hana");
    for minute in 1..20 {
        lab.tell(&format!("2026-04-01T12:{:02}:00+09:00", 2 * minute), "hana", r#""type":"unfollow""#);
        lab.follow(&format!("2026-04-01T12:{:02}:00+09:00", 2 * minute + 1), "hana");
    }
    assert_eq!(lab.friend("hana").coupons.len(), 1);
}

// LINE Harness: steps were numbered from 1, someone wrote step 0, and for 46 hours everyone was completed in silence.
// Seen to fail when `Namer::name` lets a name stand twice.
#[test]
fn x20_steps_have_names_and_the_first_is_the_first() {
    let mut lab = Lab::new(
        "[scenarios.s]\non = 'follow'\nsteps = [{ id = '0', send = 'a' }, { wait = '1h' }, { id = '-1', send = 'b' }]",
    );
    lab.follow(NOON, "hana");
    lab.play("2026-04-01T13:00:00+09:00");
    assert_eq!(lab.deliveries(), ["2026-04-01T12:00 hana s/0: A", "2026-04-01T13:00 hana s/-1: B"]);
    // Steps named by the engine never meet a step of that name in silence, nor go missing.
    for ids in [
        "{ id = 'a+1', send = 'a' }, { id = 'a', send = 'a' }, { send = 'b' }",
        &format!("{{ id = '{}', send = 'a' }}, {{ send = 'b' }}", "x".repeat(200)),
    ] {
        let text = format!(
            "[shop]\nname = 'x'\nzone = 'Asia/Tokyo'\ncurrency = 'JPY'\n[messages]\na = {{ line = [{{ type = 'text', text = 'A' }}] }}\nb = {{ line = [{{ type = 'text', text = 'B' }}] }}\n[scenarios.s]\non = 'follow'\nsteps = [{ids}]"
        );
        assert!(Playbook::read(&text).is_err(), "{ids}");
    }
}

// LINE Harness: whoever blocked the account had their journey marked completed, and a re-follow never took it up.
// Seen to fail when a message that reaches nobody ends the run (`Scene::ask_and_send`).
#[test]
fn x21_a_run_goes_on_when_a_friend_comes_back() {
    let mut lab = Lab::new(
        "[scenarios.s]\non = 'follow'\nsteps = [{ wait = '1d' }, { id = 'a', send = 'a' }, { wait = '1d' }, { id = 'b', send = 'b' }, { wait = '1d' }, { id = 'c', send = 'c' }]",
    );
    lab.follow(NOON, "hana");
    lab.tell("2026-04-01T13:00:00+09:00", "hana", r#""type":"unfollow""#);
    lab.play("2026-04-02T18:00:00+09:00");
    lab.tell("2026-04-02T18:00:00+09:00", "hana", &follow("hana", ", \"unblocked\":true"));
    lab.play("2026-04-05T12:00:00+09:00");
    assert_eq!(lab.deliveries(), ["2026-04-03T12:00 hana s/b: B", "2026-04-04T12:00 hana s/c: C"]);
    let lines = lab.decisions();
    assert!(lines.contains(&"2026-04-02T12:00 hana s#1/a blocked".into()), "{lines:#?}");
    assert_eq!(lines.iter().filter(|line| line.contains("left")).count(), 1, "{lines:#?}");
    assert_eq!(lines.last().unwrap(), "2026-04-04T12:00 hana s#1/c left: finished");
}

// Mautic #3340: unpublished and published again, and everyone got the steps of the past.
// Seen to fail when a segment seen for the first time counts as one the friend was outside of (`Scene::look_at_segments`).
#[test]
fn x22_no_flood_on_switching_on_nor_on_import() {
    let mut lab = Lab::new("");
    lab.follow(NOON, "hana");
    for i in 0..3 {
        lab.tell_late(
            NOON,
            "2024-04-01T12:00:00+09:00",
            "hana",
            &format!(r#""type":"order_placed","order":"{i}","total":"1""#),
        );
    }
    let rest = "[segments]\nbuyers = 'orders.count >= 3'\n[scenarios.s]\non = \"enter segment 'buyers'\"\nreentry = 'after end'\nsteps = [{ id = 'a', send = 'a' }]\n[scenarios.order]\non = 'order'\nreentry = 'after end'\nsteps = [{ id = 'a', send = 'a' }]";
    lab.engine.adopt(playbook(rest)).unwrap();
    lab.play("2026-04-02T12:00:00+09:00");
    assert_eq!(lab.decisions(), ["2026-04-01T12:00 hana s inside_before"]);
    lab.engine.adopt(playbook("")).unwrap();
    lab.play("2026-04-03T12:00:00+09:00");
    lab.engine.adopt(playbook(rest)).unwrap();
    lab.play("2026-04-04T12:00:00+09:00");
    assert_eq!(lab.decisions(), ["2026-04-03T12:00 hana s inside_before"], "off and on again");
    lab.tell_late(
        "2026-04-04T12:00:00+09:00",
        "2024-04-01T12:00:00+09:00",
        "hana",
        r#""type":"order_placed","order":"9","total":"1""#,
    );
    assert_eq!(lab.deliveries(), [""; 0]);
    assert!(lab.decisions().iter().any(|line| line.contains("order stale")));
}

// Mautic #2004: two jobs overlapped, one took people out, and their future steps in another campaign were gone.
// Seen to fail when `Scene::end_all` ends the runs of other scenarios too.
#[test]
fn x23_what_ends_one_run_leaves_the_others_alone() {
    let rest = "tags = ['T']\n[scenarios.kept]\non = 'click'\nsteps = [{ wait = '3d' }, { id = 'a', send = 'a' }]\n\
                [scenarios.taken]\non = 'click'\nstop = [\"tag 'T'\"]\nsteps = [{ wait = '3d' }, { id = 'b', send = 'b' }]\n\
                [scenarios.stopped]\non = 'click'\nsteps = [{ wait = '3d' }, { id = 'c', send = 'c' }]\n\
                [scenarios.stops]\non = \"message 'stop'\"\nsteps = [{ id = 'stop', stop = 'stopped' }]\n";
    let mut lab = Lab::new(rest);
    lab.follow(NOON, "hana");
    lab.tell(NOON, "hana", r#""type":"click","link":"x""#);
    assert_eq!(lab.friend("hana").journeys.len(), 3);
    let soon = "2026-04-01T12:01:00+09:00";
    lab.tell(soon, "hana", r#""type":"tag","tag":"T""#);
    lab.tell(soon, "hana", r#""type":"message","text":"stop""#);
    // The same hour again, another playbook without one of them, a restart in between: the steps to come stay.
    for _ in 0..3 {
        lab.play("2026-04-01T13:00:00+09:00");
    }
    let without = rest.replace("[scenarios.taken]", "[scenarios.renamed]");
    lab.engine.adopt(playbook(&without)).unwrap();
    lab.play("2026-04-01T14:00:00+09:00");
    let bytes = lab.engine.snapshot();
    lab.engine = enishi::engine::Engine::restore(playbook(&without), Some(keys()), &bytes).unwrap();
    lab.play("2026-04-05T12:00:00+09:00");
    assert_eq!(lab.deliveries(), ["2026-04-04T12:00 hana kept/a: A"]);
    let lines = lab.decisions();
    assert!(lines.contains(&"2026-04-01T12:01 hana taken#1/start+1 left: stopped (tag 'T')".into()), "{lines:#?}");
    assert!(lines.contains(&"2026-04-01T12:01 hana stopped#1/start+1 left: taken_out (stops)".into()), "{lines:#?}");
}

// Mautic #9797: whoever came in again had two runs scheduled, and heard everything twice.
// Seen to fail when `Scene::enter` does not end the run that is begun anew.
#[test]
fn x24_coming_in_again_leaves_one_run() {
    for (rule, reentry, left, sent) in [
        ("ignore", "after end", 0, "2026-04-01T13:00 hana s/a: A"),
        ("restart", "after end", 1, "2026-04-01T13:30 hana s/a: A"),
        ("ignore", "never", 0, "2026-04-01T13:00 hana s/a: A"),
    ] {
        let mut lab = Lab::new(&format!(
            "[scenarios.s]\non = 'click'\nreentry = '{reentry}'\nif_running = '{rule}'\nsteps = [{{ wait = '1h' }}, {{ id = 'a', send = 'a' }}]"
        ));
        lab.follow(NOON, "hana");
        lab.tell(NOON, "hana", r#""type":"click","link":"x""#);
        lab.tell("2026-04-01T12:30:00+09:00", "hana", r#""type":"click","link":"x""#);
        assert_eq!(lab.friend("hana").journeys.len(), 1, "{rule}");
        lab.play("2026-04-02T12:00:00+09:00");
        assert_eq!(lab.deliveries(), [sent], "{rule}");
        let restarted = lab.decisions().iter().filter(|line| line.ends_with("left: restarted")).count();
        assert_eq!(restarted, left, "{rule}");
    }
    // Side by side only about different things, and each once.
    let mut lab = Lab::new(
        "[scenarios.s]\non = 'shipped'\nreentry = 'each'\nif_running = 'parallel'\nsteps = [{ wait = '1h' }, { id = 'a', send = 'a' }]",
    );
    lab.follow(NOON, "hana");
    for order in ["1", "2", "1"] {
        lab.tell(NOON, "hana", &format!(r#""type":"order_shipped","order":"{order}""#));
    }
    lab.play("2026-04-02T12:00:00+09:00");
    lab.tell("2026-04-02T12:00:00+09:00", "hana", r#""type":"order_shipped","order":"2""#);
    lab.play("2026-04-03T12:00:00+09:00");
    assert_eq!(lab.deliveries().len(), 2);
}

// Scinable: "not opened?" was asked in the minute of the sending, and the reminder went to nearly everyone.
// Seen to fail when a wait for something ends where it begins (`Scene::times_out`).
#[test]
fn x25_nobody_is_reminded_in_the_minute_of_the_sending() {
    // It cannot be written: a wait for something has an end, which is later than its beginning.
    let shop = "[shop]\nname = 'x'\nzone = 'Asia/Tokyo'\ncurrency = 'JPY'\n[messages]\na = { line = [{ type = 'text', text = 'A' }] }\n\
                [scenarios.s]\non = 'follow'\nsteps = [{ send = 'a' }, STEP]\n";
    for (step, fault) in [
        ("{ wait = { first_of = ['reaction'] } }", "`or_after` is missing"),
        ("{ wait = { first_of = ['opened'], or_after = '1d' } }", "opened"),
        ("{ send = 'a', no_reaction = { within = '0m', then_by = 'line' } }", "nobody reacts in no time at all"),
    ] {
        let faults = Playbook::read(&shop.replace("STEP", step)).unwrap_err().to_string();
        assert!(faults.contains(fault), "{step}: {faults}");
    }
    // And what was asked is asked when the time is up, of what happened since the message.
    let mut lab = Lab::new(
        "[scenarios.s]\non = \"click 'go'\"\nsteps = [{ id = 'a', send = 'a' }, { id = 'wait', wait = { first_of = ['reaction'], or_after = '2d' }, then = { 'reaction' = 'end' } }, { id = 'remind', send = 'b' }]",
    );
    for friend in ["hana", "taro"] {
        lab.follow(NOON, friend);
        lab.tell(NOON, friend, r#""type":"click","link":"go""#);
    }
    assert_eq!(lab.deliveries().len(), 2);
    lab.tell("2026-04-03T11:59:59+09:00", "hana", r#""type":"click","link":"x""#);
    lab.play("2026-04-03T11:59:59+09:00");
    assert_eq!(lab.deliveries(), [""; 0]);
    lab.play("2026-04-05T12:00:00+09:00");
    assert_eq!(lab.deliveries(), ["2026-04-03T12:00 taro s/remind: B"]);
}

// Uchideno-Kozuchi FAQ: three orders on the first day, looked at once a night, and "count = 1" never saw the customer.
// Seen to fail when segments are asked at their own time only, not after each event (`Scene::look_at_segments`).
#[test]
fn x26_several_orders_on_the_first_day() {
    let mut lab = Lab::new(
        "[segments]\nfirst = 'orders.count = 1'\n[scenarios.s]\non = \"enter segment 'first'\"\nsteps = [{ id = 'a', send = 'a' }]\n[scenarios.order]\non = 'order'\nsteps = [{ id = 'b', send = 'b' }]",
    );
    lab.follow(NOON, "hana");
    for i in 1..=3 {
        lab.tell(
            &format!("2026-04-01T12:0{i}:00+09:00"),
            "hana",
            &format!(r#""type":"order_placed","order":"{i}","total":"1""#),
        );
    }
    assert_eq!(lab.deliveries(), ["2026-04-01T12:01 hana order/b: B", "2026-04-01T12:01 hana s/a: A"]);
}

// Dittofeed's RateLimitNode: a node that could be drawn, was saved, and did nothing.
// Seen to fail when the step `start` notes that it started something and starts nothing (`Scene::act`).
#[test]
fn x27_every_step_that_is_accepted_does_something() {
    let rest = |steps: &str| {
        format!(
            "tags = ['T', 'U']\nchannels = ['email']\n[attributes]\npoints = 'number'\n[coupons.c]\nbenefit = {{ amount = 1 }}\nvalid = {{ for = '9d' }}\n\
             [menus]\naccount_default = true\n[menus.m]\nrich_menu_id = 'richmenu-1'\n\
             [scenarios.other]\non = 'by hand'\nreentry = 'after end'\nsteps = [{{ wait = '9d' }}]\n\
             [scenarios.idle]\non = 'by hand'\nsteps = [{{ wait = '9d' }}]\n\
             [scenarios.before]\non = \"click 'before'\"\nsteps = [{{ start = 'other' }}, {{ issue = 'c' }}, {{ tag = 'U' }}, {{ set = 'points', to = 1 }}]\n\
             [scenarios.s]\non = \"click 'go'\"\nsteps = [{steps}]"
        )
    };
    /// What anybody could see of it: the friend, and what is to be done outside.
    fn state(lab: &mut Lab) -> String {
        let mut friend = lab.friend("hana").clone();
        // That the scenario was run through and when is not the step's doing.
        friend.journeys.retain(|journey| journey.scenario.as_str() != "s");
        (friend.runs, friend.looked_at, friend.watch) = Default::default();
        let done = (lab.engine.take_deliveries(), lab.engine.take_handovers(), lab.engine.take_menus());
        format!("{friend:?}{done:?}")
    }
    let after = |steps: &str| {
        let mut lab = Lab::new(&rest(steps));
        lab.follow(NOON, "hana");
        lab.tell(NOON, "hana", r#""type":"click","link":"before""#);
        state(&mut lab);
        lab.tell(NOON, "hana", r#""type":"click","link":"go""#);
        state(&mut lab)
    };
    let nothing = after("{ end = true }");
    for step in [
        "{ send = 'a' }",
        "{ send = 'a', issue = 'c' }",
        "{ issue = 'c' }",
        "{ expire = 'c' }",
        "{ tag = 'T' }",
        "{ untag = 'U' }",
        "{ set = 'points', to = 5 }",
        "{ unset = 'points' }",
        "{ menu = 'm' }",
        "{ unlink_menu = true }",
        "{ start = 'idle' }",
        "{ stop = 'other' }",
        "{ emit = 'staff', letter = { text = 'x' } }",
    ] {
        assert_ne!(after(step), nothing, "{step}");
    }
    // Those that only lead on decide what comes after them.
    for (steps, sent) in [
        ("{ wait = '1h' }, { send = 'a' }", 0),
        ("{ wait = { first_of = ['order'], or_after = '1h' } }, { send = 'a' }", 0),
        ("{ if = \"tag 'U'\", then = 'over', else = 'next' }, { send = 'a' }, { id = 'over', tag = 'T' }", 0),
        ("{ if = \"tag 'T'\", then = 'over', else = 'next' }, { send = 'a' }, { id = 'over', tag = 'T' }", 1),
        // hana draws 23 of 100 by this salt.
        (
            "{ split = { A = 24, B = 76 }, salt = 'design', then = { A = 'over' } }, { send = 'a' }, { id = 'over', tag = 'T' }",
            0,
        ),
        (
            "{ split = { A = 23, B = 77 }, salt = 'design', then = { A = 'over' } }, { send = 'a' }, { id = 'over', tag = 'T' }",
            1,
        ),
    ] {
        let mut lab = Lab::new(&rest(steps));
        lab.follow(NOON, "hana");
        lab.tell(NOON, "hana", r#""type":"click","link":"before""#);
        lab.tell(NOON, "hana", r#""type":"click","link":"go""#);
        assert_eq!(lab.deliveries().len(), sent, "{steps}");
    }
    // What is not known is refused, with what there is.
    let unknown = format!("{}\n[shop]\nname = 'x'\nzone = 'Asia/Tokyo'\ncurrency = 'JPY'", rest("{ rate_limit = 5 }"));
    let faults = Playbook::read(&unknown).unwrap_err().to_string();
    assert!(faults.contains("it is not clear what this step does"), "{faults}");
}

// Asked only on waking: whoever bought a minute ago was reminded to buy.
// Seen to fail when goals are asked before messages only, not after each event (`Scene::leave_done` in `Scene::play`).
#[test]
fn x28_the_goal_is_asked_before_every_message() {
    let rest = "[policy]\nquiet_hours = { from = '21:00', to = '09:00', then = 'shift' }\n[scenarios.s]\non = 'cart'\ngoal = 'order'\nsteps = [{ wait = '30m' }, { id = 'a', send = 'a' }]";
    let cart = r#""type":"cart","lines":[{"sku":"SOAP","quantity":1,"unit_price":"980"}]"#;
    let order = r#""type":"order_placed","order":"1","total":"980""#;
    let mut lab = Lab::new(rest);
    lab.follow(NOON, "hana");
    lab.tell(NOON, "hana", cart);
    lab.tell("2026-04-01T12:29:59+09:00", "hana", order);
    lab.play("2026-04-02T12:00:00+09:00");
    assert_eq!(lab.deliveries(), [""; 0]);
    // Also between a shift and the morning.
    let mut lab = Lab::new(rest);
    lab.follow(NOON, "hana");
    lab.tell("2026-04-01T20:45:00+09:00", "hana", cart);
    lab.play("2026-04-02T08:00:00+09:00");
    lab.tell("2026-04-02T08:59:00+09:00", "hana", order);
    lab.play("2026-04-02T12:00:00+09:00");
    assert_eq!(lab.deliveries(), [""; 0]);
    assert_eq!(lab.decisions().last().unwrap(), "2026-04-02T08:59 hana s#1/a left: goal");
}

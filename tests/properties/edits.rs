//! A shop whose playbook is edited while all goes on: steps taken out, added, moved and given other names, scenarios
//! taken out, added and written anew.
//!
//! Each property was seen to fail: how, stands with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use enishi::engine::Engine;
use enishi::model::{Currency, Event, Timestamp};
use enishi::playbook::Playbook;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::checker::Checker;
use super::laws::{AFTER, FRIENDS, cases};
use super::plain_host::{Both, Out, engine, read};
use super::shops::{
    Draft, MINUTE, SETTINGS, STEPS, ScenarioDraft, Shop, Sort, StepDraft, Telling, Told, histories, playbooks,
    scenarios,
};
use super::support::lab::{follow, keys};

/// A shop, and what became of its playbook.
#[derive(Clone)]
struct EditedShop {
    shop: Shop,
    editions: Vec<Edition>,
    /// How many messages are left of the month's.
    left: Option<u64>,
}

/// A playbook that follows another.
#[derive(Clone)]
struct Edition {
    playbook: String,
    /// When it is adopted.
    at: Timestamp,
    /// Is somebody looked at before the next is adopted?
    is_seen: bool,
}

impl core::fmt::Debug for EditedShop {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        writeln!(f, "{:?}\n{:?} messages are left", self.shop, self.left)?;
        for Edition { playbook, at, is_seen } in &self.editions {
            let scenarios = playbook.find("[scenarios").map_or("", |place| &playbook[place..]);
            writeln!(f, "at {at}, {}:\n{scenarios}", if *is_seen { "seen" } else { "not seen" })?;
        }
        Ok(())
    }
}

/// One change. Numbers say of which scenario, of which step, and to what, as far as there are so many.
#[derive(Clone, Debug)]
enum Edit {
    Remove(usize, usize),
    /// A new step, or one called as another that was taken out.
    Add(usize, usize, &'static str, usize),
    Rename(usize, usize),
    /// The step is put there.
    Move(usize, usize, usize),
    /// The last step comes first, and the first last.
    Turn(usize),
    /// Of all steps from there on none is left, and another comes last.
    Cut(usize, usize),
    /// Another setting of one kind.
    Set(usize, usize, usize),
    RemoveScenario(usize),
    AddScenario(Box<ScenarioDraft>),
    Rewrite(usize, Box<ScenarioDraft>),
}

const WHEN_EDITED: usize = 13;

/// By what everybody would come in at once.
const FOR_MANY: [&str; 4] = ["20:00", "weekday at 12:00", "enter segment 'waiting'", "enter segment 'silent'"];

fn edits() -> impl Strategy<Value = Edit> {
    let (scenario, step) = (0_usize..8, 0_usize..8);
    let setting = prop_oneof![1 => Just(WHEN_EDITED), 2 => 0..SETTINGS.len()];
    prop_oneof![
        4 => (scenario.clone(), step.clone()).prop_map(|(of, step)| Edit::Remove(of, step)),
        2 => (scenario.clone(), step.clone(), select(&STEPS), 0_usize..100)
            .prop_map(|(of, place, step, pick)| Edit::Add(of, place, step, pick)),
        3 => (scenario.clone(), step.clone()).prop_map(|(of, step)| Edit::Rename(of, step)),
        2 => (scenario.clone(), step.clone(), step.clone()).prop_map(|(of, from, to)| Edit::Move(of, from, to)),
        4 => scenario.clone().prop_map(Edit::Turn),
        2 => (scenario.clone(), step).prop_map(|(of, place)| Edit::Cut(of, place)),
        3 => (scenario.clone(), setting, 0_usize..8).prop_map(|(of, kind, which)| Edit::Set(of, kind, which)),
        1 => scenario.clone().prop_map(Edit::RemoveScenario),
        2 => scenarios().prop_map(|draft| Edit::AddScenario(Box::new(draft))),
        2 => (scenarios(), select(&FOR_MANY)).prop_map(|(mut draft, on)| {
            draft.on = on;
            draft.settings.fill("");
            Edit::AddScenario(Box::new(draft))
        }),
        1 => (scenario, scenarios()).prop_map(|(of, draft)| Edit::Rewrite(of, Box::new(draft))),
    ]
}

impl Edit {
    fn apply(&self, draft: &mut Draft) {
        let all = &mut draft.scenarios;
        let new_scenario = all.iter().map(|scenario| scenario.number).max().unwrap_or_default() + 1;
        let count = all.len();
        match self {
            Self::Remove(of, step) => edit_steps(&mut all[of % count], |steps| {
                if !steps.is_empty() {
                    steps.remove(step % steps.len());
                }
            }),
            Self::Add(of, place, step, pick) => edit_steps(&mut all[of % count], |steps| {
                let is_free = |number: &usize| steps.iter().all(|step| step.number != *number);
                let free = (0..).find(is_free).unwrap();
                steps.insert(place % (steps.len() + 1), StepDraft { number: free, step, pick: *pick });
            }),
            Self::Rename(of, step) => {
                let scenario = &mut all[of % count];
                let new = scenario.steps.iter().map(|step| step.number).max().unwrap_or_default() + 1;
                let Some(place) = step.checked_rem(scenario.steps.len()) else { return };
                let old = core::mem::replace(&mut scenario.steps[place].number, new);
                let name = format!("t{old}");
                scenario
                    .moved
                    .retain(|(from, to)| from.split('+').next() != Some(&name) && to.split('+').next() != Some(&name));
                let parts = if scenario.steps[place].step.contains("no_reaction") {
                    ["", "+1", "+2"].iter()
                } else {
                    [""].iter()
                };
                scenario.moved.extend(parts.map(|part| (format!("t{old}{part}"), format!("t{new}{part}"))));
            }
            Self::Move(of, from, to) => edit_steps(&mut all[of % count], |steps| {
                if !steps.is_empty() {
                    let step = steps.remove(from % steps.len());
                    steps.insert(to % (steps.len() + 1), step);
                }
            }),
            Self::Turn(of) => edit_steps(&mut all[of % count], |steps| steps.reverse()),
            Self::Cut(of, place) => {
                let scenario = &mut all[of % count];
                edit_steps(scenario, |steps| steps.truncate(place % (steps.len() + 1)));
                scenario.last_name = if scenario.last_name == "last" { "very last" } else { "last" };
            }
            Self::Set(of, kind, which) => {
                let options = SETTINGS[*kind];
                all[of % count].settings[*kind] = options.get(which % (options.len() + 1)).copied().unwrap_or_default();
            }
            // Events tell of `s0`, and it must be there.
            Self::RemoveScenario(of) => {
                if of % count > 0 {
                    all.remove(of % count);
                }
            }
            Self::AddScenario(scenario) => {
                if count < 6 {
                    all.push(ScenarioDraft { number: new_scenario, ..(**scenario).clone() });
                }
            }
            Self::Rewrite(of, scenario) => {
                let number = all[of % count].number;
                all[of % count] = ScenarioDraft { number, ..(**scenario).clone() };
            }
        }
    }
}

/// Changes the steps, and forgets of the new names those of steps that are no longer there, or whose old name another
/// step has now.
fn edit_steps(scenario: &mut ScenarioDraft, edit: impl FnOnce(&mut Vec<StepDraft>)) {
    edit(&mut scenario.steps);
    let ScenarioDraft { steps, moved, .. } = scenario;
    let there = |name: &str| steps.iter().any(|step| name.split('+').next() == Some(&format!("t{}", step.number)));
    moved.retain(|(from, to)| there(to) && !there(from));
}

/// Who waits is somewhere when the playbook is edited.
const WAITS: [&str; 5] = [
    "wait = '6h'",
    "wait = '1d'",
    "wait = '2d at 12:00'",
    "wait = '9d'",
    "wait = { first_of = ['order', \"click 'x'\"], or_after = '3d' }",
];

fn follows(friend: &str, at: Timestamp) -> Told {
    let fact = follow(friend, ", \"unblocked\":false");
    Told { id: format!("{friend} follows"), friend: friend.into(), at, told_at: at, fact }
}

fn slow_down(scenario: &mut ScenarioDraft, waits: &[&'static str]) {
    if scenario.number % 2 == 1 {
        scenario.on = ["any follow", "order", "click", "view"][scenario.steps.len() % 4];
    }
    let mut steps = Vec::new();
    for (number, step) in scenario.steps.drain(..).enumerate() {
        steps.push(step);
        steps.push(StepDraft { number: 10 + number, step: waits[number % waits.len()], pick: 0 });
    }
    scenario.steps = steps;
}

fn edited_shops() -> impl Strategy<Value = EditedShop> {
    let edition = (prop::collection::vec(edits(), 1..5), 0_usize..25, 0_i64..1000, prop::bool::weighted(0.85));
    let editions = prop::collection::vec(edition, 1..6);
    let waits = prop::collection::vec(select(&WAITS), 8);
    let start = (2000_i32..2060, 0_u64..365, prop::option::weighted(0.4, 0_u64..6));
    let drawn = (start, playbooks(Sort::Any), waits, histories(Telling::SomeLate, 40), editions);
    drawn.prop_map(|((year, day, left), mut draft, waits, history, mut editions)| {
        let start = NaiveDate::from_ymd_opt(year, 1, 1).unwrap() + Days::new(day);
        draft.scenarios.iter_mut().for_each(|scenario| slow_down(scenario, &waits));
        let told: Vec<Told> = history.iter().map(|event| event.told(start)).collect();
        // Who is no friend is sent nothing that could be sent twice.
        let first = told[0].at.min(told[0].told_at);
        let history = FRIENDS.map(|friend| follows(friend, first)).into_iter().chain(told).collect();
        let shop = Shop { playbook: draft.written(start), history };
        let last = shop.history.len() - 1;
        editions.sort_by_key(|(_, place, share, _)| ((*place).min(last), *share));
        let editions = editions.into_iter().map(|(edits, place, share, is_seen)| {
            // Other names are told once, to those who stood at the old.
            draft.scenarios.iter_mut().for_each(|scenario| scenario.moved.clear());
            edits.iter().for_each(|edit| edit.apply(&mut draft));
            draft.scenarios.iter_mut().for_each(|scenario| {
                if ["when_edited = 'keep'", "when_edited = 'exit'"].contains(&scenario.settings[WHEN_EDITED]) {
                    scenario.moved.clear();
                }
            });
            // Between two events, if it may be at no full minute.
            let place = place.min(last);
            let before = shop.history[place].told_at;
            let after = shop.history.get(place + 1).map_or(before.plus_millis(AFTER / 2), |told| told.told_at);
            let minutes = after.since(before) / MINUTE * share / 1000;
            let at = before.plus_millis((minutes * MINUTE + 17_003).min(after.since(before)));
            Edition { playbook: draft.written(start), at, is_seen }
        });
        let mut editions: Vec<Edition> = editions.collect();
        for place in (1..editions.len()).rev() {
            // Of whom nobody is looked at by, the next comes at the same instant.
            if !editions[place - 1].is_seen {
                editions[place - 1].at = editions[place].at;
            }
        }
        EditedShop { shop, editions, left }
    })
}

proptest! {
    #![proptest_config(cases(80))]

    /// Whatever is edited: nothing leaves twice, every run goes on where it must or ends with a reason, who stands in a
    /// segment does not enter by it (X22), and the gate holds. In the engine and the plain host alike.
    ///
    /// Seen to fail: steps done before done again; who is inside counts as coming in; times before the scenario was
    /// there count; runs that are to exit go on; an engine that packs no steps done, or counts no messages down.
    #[test]
    fn edits_leave_no_run_without_a_word_and_send_nothing_twice(shop in edited_shops()) {
        let checked = live(&shop).map_err(TestCaseError::fail)?;
        prop_assert!(checked.met.values().sum::<u32>() < 100_000);
    }

    /// Law 1 where playbooks follow one another: the log told again gives the same bytes; so does an engine that goes
    /// through a snapshot before every event.
    ///
    /// Seen to fail: a restored engine that looks at everybody anew.
    #[test]
    fn the_log_with_its_edits_gives_the_same_bytes_again(shop in edited_shops()) {
        let (mut one, mut again, mut moved) = (Replay::new(&shop), Replay::new(&shop), Replay::new(&shop));
        let mut log: Vec<Event> = Vec::new();
        for (place, told) in shop.shop.history.iter().enumerate() {
            for replay in [&mut one, &mut again, &mut moved] {
                replay.play_until(told.told_at);
            }
            let event = told.event(one.engine.friend(&told.friend).as_ref());
            let event = Event::from_json(event.to_json(Currency::JPY).as_bytes(), Currency::JPY).unwrap();
            one.engine.record(&event, told.told_at).unwrap();
            log.push(event);
            again.engine.record(&log[place], told.told_at).unwrap();
            let bytes = moved.engine.snapshot();
            moved.engine = Engine::restore(Arc::clone(moved.engine.playbook()), Some(keys()), &bytes).unwrap();
            prop_assert!(moved.engine.snapshot() == bytes, "snapshot, restore, snapshot");
            moved.engine.record(&log[place], told.told_at).unwrap();
        }
        let end = end(&shop);
        for replay in [&mut one, &mut again, &mut moved] {
            replay.play_until(end);
        }
        prop_assert!(one.engine.snapshot() == again.engine.snapshot(), "told again");
        prop_assert!(one.engine.snapshot() == moved.engine.snapshot(), "moved on the way");
        let lines = Out::of(&mut one.engine).lines();
        prop_assert_eq!(&lines, &Out::of(&mut again.engine).lines());
        prop_assert_eq!(&lines, &Out::of(&mut moved.engine).lines());
    }
}

/// An engine to which the editions come in their time.
struct Replay {
    engine: Engine,
    /// The next last.
    editions: Vec<(Arc<Playbook>, Timestamp, bool)>,
    /// Was somebody looked at by the last?
    is_seen: bool,
}

impl Replay {
    fn new(shop: &EditedShop) -> Self {
        let mut last = read(&shop.shop.playbook);
        let first = engine(&last, &[]);
        let mut editions = Vec::new();
        for edition in &shop.editions {
            last = following(&last, &edition.playbook);
            editions.push((Arc::clone(&last), edition.at, edition.is_seen));
        }
        editions.reverse();
        Self { engine: first, editions, is_seen: true }
    }

    fn play_until(&mut self, end: Timestamp) {
        while let Some((playbook, at, is_seen)) = self.editions.pop_if(|(_, at, _)| *at < end) {
            if self.is_seen {
                self.engine.play_until(at).unwrap();
            }
            self.engine.adopt(playbook).unwrap();
            self.is_seen = is_seen;
        }
        self.is_seen = true;
        self.engine.play_until(end).unwrap();
    }
}

fn following(before: &Playbook, text: &str) -> Arc<Playbook> {
    let playbook = Playbook::read(text).unwrap_or_else(|faults| panic!("{text}\n{faults}"));
    Arc::new(playbook.following(before))
}

/// Lives through everything, checked at every event and every edition.
fn live(shop: &EditedShop) -> Result<Checker, String> {
    let EditedShop { shop: first, editions, left } = shop;
    let mut playbook = read(&first.playbook);
    let mut host = Both::new(&playbook, &first.history);
    let mut checker = Checker::new(&first.playbook);
    host.set_quota(*left);
    checker.quota = *left;
    let mut editions = editions.iter().peekable();
    let mut seen = true;
    let end = end(shop);
    let told = first.history.iter().map(|told| (told.told_at, Some(told)));
    for (until, told) in told.chain([(end, None)]) {
        while let Some(Edition { playbook: text, at, is_seen }) = editions.next_if(|edition| edition.at < until) {
            if seen {
                host.play_until(*at);
                checker.check(&host.take()?)?;
            }
            playbook = following(&playbook, text);
            host.adopt(&playbook);
            checker.adopt(text);
            seen = *is_seen || editions.peek().is_none();
            if seen {
                checker.settle();
                host.play_until(*at);
                checker.check_adopted(&host.take()?)?;
            }
        }
        host.play_until(until);
        checker.check(&host.take()?)?;
        if let Some(told) = told {
            checker.hear(told);
            host.tell(told);
            checker.answer(told, &host.take()?)?;
        }
    }
    checker.end(end)?;
    Ok(checker)
}

fn end(shop: &EditedShop) -> Timestamp {
    let last = shop.shop.history.iter().map(|told| told.told_at).chain(shop.editions.iter().map(|it| it.at)).max();
    last.unwrap().plus_millis(AFTER)
}

/// What never happens is never tested: every reason of an edit is met.
#[test]
fn every_reason_of_an_edit_comes_to_pass() {
    let mut runner = TestRunner::deterministic();
    let shops = edited_shops();
    let mut met: BTreeMap<u16, u32> = BTreeMap::new();
    for _ in 0..400 {
        let shop = shops.new_tree(&mut runner).unwrap().current();
        let checked = live(&shop).unwrap_or_else(|fault| panic!("{fault}\n{shop:?}"));
        for (number, times) in checked.met {
            *met.entry(number).or_default() += times;
        }
    }
    for number in [115, 325, 402, 403, 408, 505] {
        let times = met.get(&number).copied().unwrap_or_default();
        assert!(times >= 3, "{number} came {times} times: {met:?}");
    }
}

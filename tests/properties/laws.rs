//! The laws of design 3 over random shops: whatever a shop writes and whatever happens.
//!
//! Each property was seen to fail: how, stands with it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use enishi::engine::Engine;
use enishi::model::{Currency, Event, Timestamp};
use enishi::policy::Reason;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::checker::Checker;
use super::plain_host::{Both, Out, PlainHost, engine, read};
use super::shops::{
    APART, CAP_SCOPES, CAP_WINDOWS, CHATS, DAY, MINUTE, QUIET_WORDS, SETTINGS, STEPS, Shop, Sort, TRIGGERS, Telling,
    Told, shops,
};
use super::support::lab::{follow, keys};

pub(crate) const FRIENDS: [&str; 3] = ["hana", "taro", "saki"];

/// For so long all goes on after the last event.
pub(crate) const AFTER: i64 = 40 * DAY;

/// So many, and ten times as many with `PROPTEST_CASES=2560`.
pub(crate) fn cases(usual: u32) -> ProptestConfig {
    let config = ProptestConfig::default();
    ProptestConfig { cases: usual * config.cases / 256, max_shrink_iters: 4000, max_shrink_time: 120_000, ..config }
}

proptest! {
    #![proptest_config(cases(80))]

    /// Laws 3, 4 and 6, and the gate, by a checker that reads the playbook's text for itself.
    ///
    /// Seen to fail: quiet hours that end at midnight; caps with one place more; consent, chat, sales talk, stock, quota
    /// or what was told before not asked; a split without a decision; an entry refused without a word; delivery keys
    /// without the rounds of a loop.
    #[test]
    fn nothing_leaves_that_may_not_and_nothing_goes_unsaid(
        shop in shops(Sort::Any, Telling::SomeLate, 40), dealings in dealings(),
    ) {
        let checked = live(&shop, &dealings).map_err(TestCaseError::fail)?;
        prop_assert!(checked.met.values().sum::<u32>() < 100_000);
    }

    /// Who is looked at though it is not their time is as if they had not been.
    ///
    /// Seen to fail: it found that seasons, goals and stops which time alone brings were not waited for.
    #[test]
    fn waking_when_it_is_not_time_changes_nothing(
        shop in shops(Sort::Any, Telling::SomeLate, 25), looks in prop::collection::vec(0_i64..50 * 24 * 60, 1..40),
    ) {
        let playbook = read(&shop.playbook);
        let mut calm = PlainHost::new(&playbook, &FRIENDS);
        let mut nervous = PlainHost::new(&playbook, &FRIENDS);
        let start = shop.history[0].told_at;
        let end = end(&shop);
        let looks = looks.iter().map(|minute| start.plus_millis(minute * MINUTE));
        let mut looks: Vec<Timestamp> = looks.filter(|look| *look <= end).collect();
        looks.sort_unstable();
        let mut looks = looks.into_iter().peekable();
        for told in &shop.history {
            calm.tell(told);
            while let Some(look) = looks.next_if(|look| *look <= told.told_at) {
                nervous.play_until(look);
                nervous.wake_all();
            }
            nervous.tell(told);
        }
        for look in looks {
            nervous.play_until(look);
            nervous.wake_all();
        }
        calm.play_until(end);
        nervous.play_until(end);
        prop_assert_eq!(calm.take().lines(), nervous.take().lines());
    }

    /// Laws 1 and 7: what comes of one friend is no matter of who else there is, nor of what was told of
    /// others first. And the engine is nothing but `step` for each friend.
    ///
    /// Seen to fail: a split that draws by turns and not by the friend's key.
    #[test]
    fn every_friend_is_as_if_alone(
        shop in shops(Sort::Any, Telling::SomeLate, 40), ties in prop::collection::vec(any::<u32>(), 50),
    ) {
        let playbook = read(&shop.playbook);
        // Of one instant the others' come first, or last; each friend's own stay in order.
        let mut history: Vec<&Told> = shop.history.iter().collect();
        let rank: BTreeMap<(Timestamp, &str), (u32, &str)> = history.iter().zip(&ties)
            .map(|(told, tie)| ((told.told_at, told.friend.as_str()), (*tie, told.friend.as_str()))).collect();
        history.sort_by_key(|told| (told.told_at, rank[&(told.told_at, told.friend.as_str())]));
        let mut engine = engine(&playbook, &FRIENDS);
        let mut together = Out::default();
        for told in history {
            tell(&mut engine, told);
            prop_assert!(engine.next_wake().is_none_or(|wake| wake >= engine.now()));
            together.add(Out::of(&mut engine));
        }
        let end = end(&shop).max(engine.now());
        engine.play_until(end).unwrap();
        prop_assert!(engine.next_wake().is_none_or(|wake| wake > end), "it wakes in the past");
        together.add(Out::of(&mut engine));
        for friend in FRIENDS {
            let mut alone = PlainHost::new(&playbook, &FRIENDS);
            shop.history.iter().filter(|told| told.friend == friend).for_each(|told| alone.tell(told));
            alone.play_until(end);
            prop_assert_eq!(together.about(friend).lines(), alone.take().about(friend).lines());
            prop_assert_eq!(&engine.friend(friend).unwrap(), alone.friend(friend));
        }
    }

    /// Law 1: the log told again gives the same bytes; so does an engine that went through a snapshot on the way.
    ///
    /// Seen to fail: a split by turns; a snapshot that forgets when friends were looked at. It found decisions about
    /// other scenarios that could not be read back.
    #[test]
    fn the_log_gives_the_same_bytes_again(
        shop in joining_shops(), cut in 0_usize..30,
    ) {
        let playbook = read(&shop.playbook);
        let mut one = engine(&playbook, &[]);
        let mut log: Vec<(String, Timestamp)> = Vec::new();
        let mut moved = engine(&playbook, &[]);
        for (place, told) in shop.history.iter().enumerate() {
            if place == cut {
                let bytes = moved.snapshot();
                moved = Engine::restore(Arc::clone(&playbook), Some(keys()), &bytes).unwrap();
                prop_assert_eq!(moved.snapshot(), bytes, "snapshot, restore, snapshot");
            }
            log.push((tell(&mut one, told).to_json(Currency::JPY), told.told_at));
            tell(&mut moved, told);
        }
        one.play_until(end(&shop)).unwrap();
        moved.play_until(end(&shop)).unwrap();
        let mut again = engine(&playbook, &[]);
        for (json, now) in &log {
            again.play_until(*now).unwrap();
            again.record(&Event::from_json(json.as_bytes(), Currency::JPY).unwrap(), *now).unwrap();
        }
        again.play_until(end(&shop)).unwrap();
        prop_assert!(one.snapshot() == again.snapshot(), "told again");
        prop_assert!(one.snapshot() == moved.snapshot(), "moved half-way");
        let lines = Out::of(&mut one).lines();
        prop_assert_eq!(&lines, &Out::of(&mut again).lines());
        prop_assert_eq!(&lines, &Out::of(&mut moved).lines());
    }

    /// Law 2: a second copy of an event, at once or later, changes nothing.
    ///
    /// Seen to fail: ids of events not looked up.
    #[test]
    fn second_copies_change_nothing(shop in shops(Sort::Any, Telling::SomeLate, 15)) {
        let mut engine = engine(&read(&shop.playbook), &FRIENDS);
        let mut told_before: Vec<Event> = Vec::new();
        for told in &shop.history {
            told_before.push(tell(&mut engine, told));
            let before = engine.snapshot();
            for event in &told_before {
                engine.record(event, told.told_at).unwrap();
            }
            prop_assert!(engine.snapshot() == before, "after {told:?}");
        }
    }

    /// What is told of one instant may be told in any order, where none of it is the cause of another.
    ///
    /// Seen to fail: of runs that are due at once, the one that was entered first goes first, and not by name.
    #[test]
    fn of_one_instant_nothing_comes_first(
        shop in shops(Sort::Patient, Telling::InTime, 12),
        order in prop::sample::subsequence((0..APART.len()).collect::<Vec<_>>(), 2..6).prop_shuffle(),
        at in 0_usize..12,
    ) {
        let told = |number: &usize| Told {
            id: format!("apart {number}"),
            fact: APART[*number].replace("FOLLOW", &follow("hana", "")).replace("OWN", "0"),
            friend: "hana".into(),
            ..shop.history[at.min(shop.history.len() - 1)].clone()
        };
        let live = |order: &[usize]| {
            let mut host = PlainHost::new(&read(&shop.playbook), &FRIENDS);
            let place = at.min(shop.history.len() - 1);
            shop.history[..place].iter().for_each(|told| host.tell(told));
            order.iter().map(told).for_each(|told| host.tell(&told));
            // What came of that instant comes in the order in which it was told; the rest in one order.
            let mut lines = host.take().lines();
            lines.sort();
            // The other event of that instant could be a cause.
            shop.history[place + 1..].iter().for_each(|told| host.tell(told));
            host.play_until(end(&shop));
            lines.extend(host.take().lines());
            lines
        };
        let mut sorted = order.clone();
        sorted.sort_unstable();
        prop_assert_eq!(live(&order), live(&sorted));
    }

    /// Law 2: what is known of a friend in the end does not go by when it was told.
    ///
    /// Seen to fail: of two carts the one told last stands.
    #[test]
    fn late_events_give_the_same_friend(
        shop in shops(Sort::Any, Telling::InTime, 25), late in prop::collection::vec(0_i64..30 * 24 * 60, 40),
    ) {
        let playbook = read(&shop.playbook);
        let end = end(&shop);
        let mut late_history: Vec<Told> = shop.history.iter().zip(&late).map(|(told, late)| Told {
            told_at: told.told_at.plus_millis(late * MINUTE),
            ..told.clone()
        }).collect();
        late_history.sort_by_key(|told| told.told_at);
        let mut prompt = PlainHost::new(&playbook, &FRIENDS);
        let mut tardy = PlainHost::new(&playbook, &FRIENDS);
        // Which coupon is used and which message arrived depends on what was sent when.
        let is_own = |told: &&Told| !told.fact.contains("CODE") && !told.fact.contains("KEY");
        shop.history.iter().filter(is_own).for_each(|told| prompt.tell(told));
        late_history.iter().filter(is_own).for_each(|told| tardy.tell(told));
        prompt.play_until(end);
        tardy.play_until(end);
        let writes = |words: &[&str]| words.iter().any(|word| shop.playbook.contains(&format!(", {word} = '")));
        for friend in FRIENDS {
            let (one, other) = (prompt.friend(friend), tardy.friend(friend));
            prop_assert_eq!(&one.orders, &other.orders);
            prop_assert_eq!(&one.line, &other.line);
            prop_assert_eq!(&one.cart, &other.cart);
            prop_assert_eq!(&one.history, &other.history);
            prop_assert_eq!(&one.reactions, &other.reactions);
            prop_assert_eq!(&one.channels, &other.channels);
            prop_assert_eq!(one.promotions, other.promotions);
            prop_assert_eq!(one.chat, other.chat);
            prop_assert_eq!(one.known_since, other.known_since);
            if !writes(&["tag", "untag"]) {
                prop_assert_eq!(&one.tags, &other.tags);
            }
            if !writes(&["set", "unset"]) {
                prop_assert_eq!(&one.attributes, &other.attributes);
            }
        }
    }

    /// Laws 3 and 4 where two records become one: no key comes twice, and every run has one end.
    ///
    /// Seen to fail: runs that keep their numbers when records are joined.
    #[test]
    fn of_two_that_become_one_nothing_is_lost(shop in joining_shops()) {
        let mut engine = engine(&read(&shop.playbook), &[]);
        shop.history.iter().for_each(|told| drop(tell(&mut engine, told)));
        engine.play_until(end(&shop)).unwrap();
        let out = Out::of(&mut engine);
        let count = |wanted: fn(&Reason) -> bool| out.decisions.iter().filter(|it| wanted(&it.reason)).count();
        let (entered, left) = (count(|it| *it == Reason::Entered), count(|it| matches!(it, Reason::Left { .. })));
        let waiting: usize = engine.friends().map(|friend| friend.journeys.len()).sum();
        prop_assert_eq!(entered, left + waiting);
        let keys = out.deliveries.iter().map(|it| it.key).chain(out.handovers.iter().map(|it| it.key));
        let keys: Vec<_> = keys.chain(out.menus.iter().map(|it| it.key)).collect();
        prop_assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len(), "two things under one key");
        let mut over = BTreeSet::new();
        for decision in out.decisions.iter().filter(|it| it.run.is_some()) {
            let run = (&decision.friend, &decision.scenario, decision.run);
            prop_assert!(!over.contains(&run), "after its end: {}", decision.to_json());
            if matches!(decision.reason, Reason::Left { .. }) {
                over.insert(run);
            }
        }
        for friend in engine.friends() {
            let runs: BTreeSet<_> = friend.journeys.iter().map(|it| (&it.scenario, it.run)).collect();
            prop_assert_eq!(runs.len(), friend.journeys.len(), "two runs of one number");
            prop_assert!(friend.journeys.iter().all(|it| it.due > engine.now()));
        }
    }
}

/// Some events are told of the member whose card a friend links in the middle.
fn joining_shops() -> impl Strategy<Value = Shop> {
    let shop = shops(Sort::Any, Telling::SomeLate, 30);
    (shop, prop::collection::vec(any::<bool>(), 36), 0_usize..72).prop_map(|(mut shop, members, place)| {
        let mut of_both = Vec::new();
        for (told, member) in shop.history.iter_mut().zip(members) {
            let is_line = ["follow", "unfollow", "link"].contains(&told.kind());
            if told.friend == "taro" || is_line {
                continue;
            }
            // What the member did, the friend often does a little later.
            let later = |at: Timestamp| at.plus_millis(3 * 60 * MINUTE);
            let again = Told { id: format!("{} again", told.id), friend: "hana".into(), ..told.clone() };
            of_both.push(Told { at: later(told.at), told_at: later(told.told_at), ..again });
            told.friend = if member { "card:0" } else { "hana" }.into();
        }
        shop.history.extend(of_both);
        shop.history.sort_by_key(|told| told.told_at);
        let place = place.min(shop.history.len() - 1);
        let link = Told {
            id: "link".into(),
            friend: "hana".into(),
            fact: r#""type":"link","member":"card:0""#.into(),
            ..shop.history[place].clone()
        };
        shop.history.insert(place, link);
        shop
    })
}

/// What the host tells of the shop while all goes on.
#[derive(Clone, Copy, Debug)]
enum Dealing {
    Stock(&'static str, u64),
    Quota(Option<u64>),
}

/// Each with the place in the history before which it is told.
type Dealings = Vec<(usize, Dealing)>;

fn dealings() -> impl Strategy<Value = Dealings> {
    let stock = (select(vec!["A", "B"]), 0_u64..2).prop_map(|(product, pieces)| Dealing::Stock(product, pieces));
    let quota = prop_oneof![1 => Just(None), 1 => Just(Some(0)), 6 => (0_u64..4).prop_map(Some), 2 => (0_u64..80).prop_map(Some)];
    let at_first = prop_oneof![2 => Just(0_usize), 3 => 0_usize..40];
    prop::collection::vec((at_first, prop_oneof![stock, quota.prop_map(Dealing::Quota)]), 0..8)
}

/// Lives through everything in the engine and the plain host, checked at every event.
fn live(shop: &Shop, dealings: &Dealings) -> Result<Checker, String> {
    let mut host = Both::new(&read(&shop.playbook), &shop.history);
    let mut checker = Checker::new(&shop.playbook);
    for (place, told) in shop.history.iter().enumerate() {
        host.play_until(told.told_at);
        checker.check(&host.take()?)?;
        for (_, dealing) in dealings.iter().filter(|(at, _)| *at == place) {
            match *dealing {
                Dealing::Stock(product, pieces) => {
                    host.set_stock(product, pieces);
                    checker.stock.insert(product, pieces);
                }
                Dealing::Quota(left) => {
                    host.set_quota(left);
                    checker.quota = left;
                }
            }
        }
        checker.hear(told);
        host.tell(told);
        checker.answer(told, &host.take()?)?;
    }
    let end = end(shop);
    host.play_until(end);
    checker.check(&host.take()?)?;
    checker.end(end)?;
    for friend in host.engine.friends() {
        for journey in &friend.journeys {
            let waits = journey.due > end;
            if !waits {
                return Err(format!("{journey:?} does not wait for anything"));
            }
        }
    }
    Ok(checker)
}

fn tell(engine: &mut Engine, told: &Told) -> Event {
    engine.play_until(told.told_at).unwrap();
    let event = told.event(engine.friend(&told.friend).as_ref());
    engine.record(&event, told.told_at).unwrap();
    event
}

fn end(shop: &Shop) -> Timestamp {
    let last = shop.history.iter().map(|told| told.told_at).max().unwrap();
    last.plus_millis(AFTER)
}

/// What is never drawn is never tested: everything the grammar has comes up.
#[test]
fn shops_have_everything() {
    let texts: Vec<String> = drawn(600).into_iter().map(|shop| shop.playbook).collect();
    let scopes = CAP_SCOPES.iter().filter(|of| !of.is_empty()).map(|of| format!("of = '{of}'"));
    let windows = CAP_WINDOWS.iter().map(|per| format!("per = '{per}'"));
    let quiet = QUIET_WORDS.iter().map(|word| format!("then = '{word}'"));
    let triggers = TRIGGERS.iter().filter(|on| !on.contains("DAY")).map(|on| format!("on = \"{on}\""));
    let settings = SETTINGS.into_iter().flatten().chain(&CHATS).filter(|text| !text.contains("DAY"));
    let fixed = |step: &&&str| !["LATER", "EARLIER", "SCENARIO", "MENU", "DAY"].iter().any(|word| step.contains(word));
    let steps = STEPS.iter().filter(fixed).map(|step| format!(", {step} }}"));
    let others =
        ["unlink_menu", "menu = 'night'", "at_most = 2 }", "start = 's", "stop = 's", "[menus.vip]", "on = \"20"];
    let wanted = scopes.chain(windows).chain(quiet).chain(triggers).chain(steps);
    let wanted = wanted.chain(settings.copied().chain(others).map(str::to_owned));
    let missing: Vec<String> = wanted.filter(|it| !texts.iter().any(|text| text.contains(it.as_str()))).collect();
    assert_eq!(missing, Vec::<String>::new());
    let kinds: BTreeSet<String> = drawn(200)
        .iter()
        .flat_map(|shop| shop.history.iter().map(|told| told.kind().to_owned()).collect::<Vec<_>>())
        .collect();
    assert_eq!(kinds.len(), 26, "every kind of event: {kinds:?}");
}

/// Nor is what never happens: every reason is met but those of edits, of faulty messages and of limits that
/// take hundreds of runs.
#[test]
fn everything_comes_to_pass() {
    let mut met: BTreeMap<u16, u32> = BTreeMap::new();
    for (number, shop) in drawn(1000).iter().enumerate() {
        let gone =
            [("A", number % 2), ("B", number % 3)].map(|(product, pieces)| Dealing::Stock(product, pieces as u64));
        let dealings = gone.into_iter().chain([Dealing::Quota(Some((number % 4 * 30) as u64))]);
        let dealings = dealings.map(|dealing| (0, dealing)).collect();
        let checked = live(shop, &dealings).unwrap_or_else(|fault| panic!("{fault}\n{shop:?}"));
        for (number, times) in checked.met {
            *met.entry(number).or_default() += times;
        }
    }
    let rare = [115, 306, 307, 308, 325, 402, 403, 404, 408, 505, 511];
    let reasons = (100..=116)
        .chain(200..=204)
        .chain([206])
        .chain(300..=325)
        .chain([327])
        .chain(400..=411)
        .chain(500..=511)
        .chain([600]);
    let missing: Vec<u16> = reasons.filter(|number| !met.contains_key(number) && !rare.contains(number)).collect();
    assert_eq!(missing, Vec::<u16>::new());
}

/// So many shops, the same ones every time.
fn drawn(count: usize) -> Vec<Shop> {
    let mut runner = TestRunner::deterministic();
    let shops = shops(Sort::Any, Telling::SomeLate, 40);
    (0..count).map(|_| shops.new_tree(&mut runner).unwrap().current()).collect()
}

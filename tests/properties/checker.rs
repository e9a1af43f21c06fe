//! Checks what came of a playbook by its text, in plain words: it reads decisions and what was to be sent, and
//! shares no rule with the library but the shop's calendar.

use std::collections::{BTreeMap, BTreeSet};

use enishi::model::{Channel, DeliveryKey, Span, Timestamp, Zone};
use enishi::policy::{Class, Holdout, Leaving, Reason};
use enishi::scenario::Decision;
use toml::{Table, Value};

use super::plain_host::Out;
use super::shops::Told;

/// What is known of the runs and messages of all friends so far.
pub(crate) struct Checker {
    playbook: Table,
    zone: Zone,
    /// What was told of each friend: that a thing is on, or off, since when.
    told: BTreeMap<(String, &'static str), Vec<(Timestamp, bool)>>,
    sent: BTreeMap<String, Vec<Message>>,
    keys: BTreeSet<DeliveryKey>,
    runs: BTreeMap<Run, Stand>,
    /// The text each run goes by.
    by: BTreeMap<Run, Table>,
    /// By what steps something left in each run since it last went back to before them.
    done: BTreeMap<Run, BTreeSet<String>>,
    /// What scenarios said before they were edited, as long as they are there.
    earlier: BTreeMap<String, Vec<Table>>,
    held_out: BTreeSet<String>,
    pub(crate) stock: BTreeMap<&'static str, u64>,
    pub(crate) quota: Option<u64>,
    /// Codes of `d` issued.
    promised: u32,
    /// Which reasons were met.
    pub(crate) met: BTreeMap<u16, u32>,
}

/// Friend, scenario, run.
type Run = (String, String, u32);

/// Where a run must be.
#[derive(Clone, Debug, PartialEq)]
enum Stand {
    /// At this step, of which nothing was decided but that it waits until then.
    At(String, Option<Timestamp>),
    /// At this step, from which a jump leads back there.
    Back(String, String),
    /// At a step that waits for a date nobody knows: it goes on from there without another word.
    Dateless(String),
    /// Behind its last step.
    Through,
    /// At a step that is gone, from which it is to go on at another, and wait there until then.
    Moves(String, String, Option<Timestamp>),
    /// At a step where an edit ends it.
    Ends(String, Leaving),
    Left,
}

#[derive(Clone, Debug)]
struct Message {
    at: Timestamp,
    scenario: String,
    message: String,
    channel: Channel,
    promotional: bool,
    body: String,
}

/// A step of the playbook, with the names that its parts have.
struct Step<'p> {
    table: &'p Table,
    /// The part of a step that is several: the message, the wait and the follow-up of `no_reaction`, an end.
    part: Part,
    name: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    Whole,
    First,
    Watch,
    FollowUp,
    End,
}

macro_rules! require {
    ($holds:expr, $($told:tt)*) => {
        if !$holds {
            return Err(format!($($told)*));
        }
    };
}

impl Checker {
    pub(crate) fn new(playbook: &str) -> Self {
        let playbook: Table = playbook.parse().unwrap();
        let shop = |key: &str| playbook["shop"][key].as_str().unwrap();
        let zone = Zone::new(shop("zone"), shop("day_starts").parse().unwrap()).unwrap();
        Self {
            zone,
            told: BTreeMap::new(),
            sent: BTreeMap::new(),
            keys: BTreeSet::new(),
            runs: BTreeMap::new(),
            by: BTreeMap::new(),
            done: BTreeMap::new(),
            earlier: BTreeMap::new(),
            held_out: BTreeSet::new(),
            stock: BTreeMap::new(),
            quota: None,
            promised: 0,
            met: BTreeMap::new(),
            playbook,
        }
    }

    /// An event that is about to be told.
    pub(crate) fn hear(&mut self, told: &Told) {
        let (what, on) = match told.kind() {
            "follow" => ("line", true),
            "unfollow" => ("line", false),
            "consent" => ("welcome", told.fact.contains("true")),
            "chat" => ("chat", told.fact.contains("true")),
            "reachable" => ("email", told.fact.contains(":true")),
            _ => return,
        };
        self.told.entry((told.friend.clone(), what)).or_default().push((told.at, on));
    }

    /// What came of an event that was just told.
    pub(crate) fn answer(&mut self, told: &Told, out: &Out) -> Result<(), String> {
        for (name, scenario) in self.scenarios() {
            let asked = match (told.kind(), scenario["on"].as_str().unwrap()) {
                (_, "any follow") => told.kind() == "follow",
                (kind @ ("link" | "cart" | "view" | "click" | "message" | "postback"), on) => {
                    let empty = told.fact.contains(r#""lines":[]"#);
                    kind == on && !empty
                        || ["click 'x'", "view 'A'", "message 'はい'", "postback 'yes'"].contains(&on)
                            && told.fact.contains(&format!("\"{}\"", on.split('\'').nth(1).unwrap()))
                            && on.starts_with(kind)
                }
                ("order_shipped", on) => on == "shipped",
                ("order_delivered", on) => on == "delivered",
                ("order_cancelled", on) => on == "cancelled",
                ("custom", on) => on == "event 'セミナー'",
                ("product_news", on) => {
                    let words = [
                        ("restocked", "restocked"),
                        ("price_dropped", "price dropped"),
                        ("running_out", "running out"),
                    ];
                    words.iter().any(|(news, word)| told.fact.contains(news) && on == *word)
                }
                ("enter", _) => told.fact.contains(&format!("\"{name}\"")),
                _ => false,
            };
            let decided = out.decisions.iter().any(|decision| {
                let entry = decision.step.is_none() || decision.reason == Reason::Entered;
                entry && decision.scenario.as_ref().is_some_and(|scenario| scenario.as_str() == name)
            });
            require!(!asked || decided, "nothing was decided about `{name}` upon {told:?}");
        }
        self.check(out)
    }

    /// What came of anything, an event or the time.
    pub(crate) fn check(&mut self, out: &Out) -> Result<(), String> {
        self.check_keys(out)?;
        for decision in &out.decisions {
            *self.met.entry(decision.reason.number()).or_default() += 1;
            self.check_budget(&decision.reason)?;
            self.check_run(decision).map_err(|fault| format!("{fault}: {}", decision.to_json()))?;
        }
        let letters = out.handovers.iter().filter_map(|it| {
            let message = it.message.as_ref()?.as_str();
            Some((it.key, (it.scenario.as_str(), it.step.as_str()), message, it.to.parse().unwrap(), &it.body))
        });
        let on_line = out.deliveries.iter().map(|it| {
            let place = (it.scenario.as_str(), it.step.as_str());
            (it.key, place, it.message.as_str(), Channel::Line, &it.messages)
        });
        let messages: BTreeMap<DeliveryKey, _> = on_line
            .chain(letters)
            .map(|(key, place, message, channel, body)| (key, (place, message, channel, body)))
            .collect();
        // In the order in which they were decided: a key stands in the decision.
        for decision in &out.decisions {
            let Some((place, message, channel, body)) = decision.delivery.and_then(|key| messages.get(&key)) else {
                continue;
            };
            let (Some(scenario), Some(run), Some(step)) = (&decision.scenario, decision.run, &decision.step) else {
                return Err(format!("no run sends {message}"));
            };
            require!(*place == (scenario.as_str(), step.as_str()), "decided elsewhere than it was sent: {place:?}");
            let run = (decision.friend.to_string(), scenario.to_string(), run);
            let message = Message {
                at: decision.at,
                scenario: scenario.to_string(),
                message: (*message).to_owned(),
                channel: channel.clone(),
                promotional: class_of(&self.by[&run]) == Class::Promotional,
                body: (*body).clone(),
            };
            let fault = |fault| format!("{fault}: {message:?} by {run:?} at {}", self.zone.show(decision.at));
            self.check_message(&run, step.as_str(), &message).map_err(fault)?;
            if message.channel == Channel::Line
                && let Some(left) = &mut self.quota
            {
                *left = left.saturating_sub(1);
            }
            self.sent.entry(run.0).or_default().push(message);
        }
        Ok(())
    }

    // ------------------------------------------------------------ edits

    /// The shop goes on with another playbook, at which nobody was looked at yet.
    pub(crate) fn adopt(&mut self, playbook: &str) {
        let playbook: Table = playbook.parse().unwrap();
        let before = core::mem::replace(&mut self.playbook, playbook);
        let mut earlier = core::mem::take(&mut self.earlier);
        for (name, text) in before["scenarios"].as_table().unwrap() {
            earlier.entry(name.clone()).or_default().push(text.as_table().unwrap().clone());
        }
        earlier.retain(|name, _| self.playbook["scenarios"].get(name).is_some());
        self.earlier = earlier;
    }

    /// Everybody is about to be looked at by the playbook as it is now: what must become of each run.
    pub(crate) fn settle(&mut self) {
        for (run, stand) in &mut self.runs {
            let Stand::At(step, until) = stand else { continue };
            let by = self.by.get_mut(run).unwrap();
            let Some(now) = self.playbook["scenarios"].get(&run.1).map(|now| now.as_table().unwrap()) else {
                *stand = Stand::Ends(step.clone(), Leaving::ScenarioRemoved);
                continue;
            };
            let earlier = self.earlier.get(&run.1).is_some_and(|texts| texts.contains(by));
            match now.get("when_edited").and_then(Value::as_str) {
                _ if now == by => continue,
                Some("keep") if earlier => continue,
                Some("exit") => {
                    *stand = Stand::Ends(step.clone(), Leaving::Edited);
                    continue;
                }
                _ => {}
            }
            let moved = |step: &str| {
                let moved = now.get("moved").and_then(|moved| moved.get(step));
                moved.map_or(step, |new| new.as_str().unwrap()).to_owned()
            };
            let (old, new) = (step_names(by), step_names(now));
            let known = |step: &String| Some(moved(step)).filter(|step| new.contains(step));
            let place = old.iter().position(|known| known == step).unwrap();
            let next = || old[place + 1..].iter().filter(|_| earlier).find_map(known);
            *stand = match (known(step), next()) {
                (Some(same), _) if same == *step => stand.clone(),
                (Some(renamed), _) => Stand::Moves(step.clone(), renamed, *until),
                (None, Some(next)) => Stand::Moves(step.clone(), next, None),
                (None, None) => Stand::Ends(step.clone(), Leaving::StepRemoved),
            };
            let done = self.done.entry(run.clone()).or_default();
            let renamed: Vec<String> = done.iter().map(|step| moved(step)).filter(|step| !old.contains(step)).collect();
            done.extend(renamed);
            by.clone_from(now);
        }
    }

    /// What came of a look at everybody by another playbook, at an instant at which nothing else could happen.
    pub(crate) fn check_adopted(&mut self, out: &Out) -> Result<(), String> {
        for (place, entry) in out.decisions.iter().enumerate().filter(|(_, it)| it.reason == Reason::Entered) {
            let scenario = &self.playbook["scenarios"][entry.scenario.as_ref().unwrap().as_str()];
            // What another run did may have been the cause, or that it ended.
            let cause = out.decisions[..place].iter().any(|it| it.friend == entry.friend && it.step.is_some());
            let fills_in = scenario.get("backfill").is_some();
            // At a full minute it may be the time of a scenario just now.
            let is_time = entry.at.millis() % 60_000 == 0;
            require!(cause || fills_in || is_time, "entered though nothing happened: {}", entry.to_json());
        }
        self.check(out)?;
        for (run, stand) in &self.runs {
            let settled = !matches!(stand, Stand::Moves(..) | Stand::Ends(..));
            require!(settled, "{run:?} was not settled: {stand:?}");
        }
        Ok(())
    }

    /// What must hold when all has been lived through until `now`.
    pub(crate) fn end(&self, now: Timestamp) -> Result<(), String> {
        for (run, stand) in &self.runs {
            match stand {
                Stand::Left => {}
                // A wait for a condition may look again later than it was told to at first.
                Stand::At(_, Some(until)) if *until > now || self.is_watch(run, stand) => {}
                other => return Err(format!("{run:?} neither ended nor waits: {other:?} at {now}")),
            }
        }
        Ok(())
    }

    /// Everything decided to leave leaves once, and nothing else does.
    fn check_keys(&mut self, out: &Out) -> Result<(), String> {
        let leaving = out.deliveries.iter().map(|it| it.key);
        let leaving = leaving.chain(out.handovers.iter().map(|it| it.key)).chain(out.menus.iter().map(|it| it.key));
        let mut decided: Vec<DeliveryKey> = out.decisions.iter().filter_map(|decision| decision.delivery).collect();
        for key in leaving {
            require!(self.keys.insert(key), "two things leave under {key}");
            let place = decided.iter().position(|other| *other == key);
            let place = place.ok_or_else(|| format!("{key} leaves and nobody decided it"))?;
            decided.swap_remove(place);
        }
        require!(decided.is_empty(), "decided and not there: {decided:?}");
        for decision in &out.decisions {
            let leaves =
                matches!(decision.reason, Reason::Sent | Reason::HandedOver { .. } | Reason::MenuSwitched { .. });
            require!(leaves == decision.delivery.is_some(), "a key without a thing that leaves, or the reverse");
        }
        Ok(())
    }

    // ------------------------------------------------------------ runs

    /// Follows a run from step to step: no step goes unsaid, none is done twice, none after the end.
    /// The budget of `d` reaches for two of a hundred each, and is used as far as it does.
    fn check_budget(&mut self, reason: &Reason) -> Result<(), String> {
        match reason {
            Reason::CouponIssued { coupon, .. } if coupon.as_str() == "d" => {
                self.promised += 1;
                require!(self.promised <= 2, "a budget is passed");
            }
            Reason::CouponBudgetSpent { left, needs, .. } => {
                require!(self.promised == 2, "a budget that is not spent");
                require!((left.minor(), needs.minor()) == (50, 100), "another budget");
            }
            _ => {}
        }
        Ok(())
    }

    fn check_run(&mut self, decision: &Decision) -> Result<(), String> {
        let (Some(scenario), Some(run)) = (&decision.scenario, decision.run) else { return Ok(()) };
        let id = (decision.friend.to_string(), scenario.to_string(), run);
        if let Reason::HeldOut { of } = decision.reason {
            require!(
                class_of(&self.scenario(scenario.as_str())) == Class::Promotional,
                "held out of what is no advertising"
            );
            if of == Holdout::Global {
                self.held_out.insert(id.0.clone());
            }
            self.by.insert(id.clone(), self.scenario(scenario.as_str()));
            return match self.runs.insert(id, Stand::Left) {
                None => Ok(()),
                Some(_) => Err("held out of a run that had begun".into()),
            };
        }
        if decision.reason == Reason::Entered {
            let text = self.scenario(scenario.as_str());
            let first = Stand::At(step_names(&text)[0].clone(), None);
            self.by.insert(id.clone(), text);
            return match self.runs.insert(id, first) {
                None => Ok(()),
                Some(_) => Err("entered twice".into()),
            };
        }
        let stand = self.runs.get(&id).ok_or("a run nobody entered")?.clone();
        let step = decision.step.as_ref().ok_or("a run stands at no step")?.as_str();
        let next = match (stand, &decision.reason) {
            (Stand::Moves(from, to, until), Reason::StepGone { to: told }) if from == step && told.as_str() == to => {
                Stand::At(to, until)
            }
            (Stand::Ends(at, wanted), Reason::Left { how, .. }) if at == step && *how == wanted => Stand::Left,
            (stand, _) => {
                let steps = steps(&self.by[&id]);
                let place = steps.iter().position(|known| known.name == step).ok_or("no such step")?;
                check_done(self.done.entry(id.clone()).or_default(), &steps, place, decision)?;
                after(&steps, place, decision, &stand)?
            }
        };
        self.runs.insert(id, next);
        Ok(())
    }

    fn scenario(&self, name: &str) -> Table {
        self.playbook["scenarios"][name].as_table().unwrap().clone()
    }

    fn is_watch(&self, run: &Run, stand: &Stand) -> bool {
        let steps = steps(&self.by[run]);
        let Stand::At(name, _) = stand else { return false };
        steps.iter().any(|step| {
            step.name == *name && (step.part == Part::Watch || step.table.get("wait").is_some_and(Value::is_table))
        })
    }

    // ------------------------------------------------------------ the gate

    fn check_message(&self, run: &Run, step: &str, message: &Message) -> Result<(), String> {
        let friend = run.0.as_str();
        let steps = steps(&self.by[run]);
        let step = steps.iter().find(|known| known.name == step).ok_or("no such step")?;
        require!(step.table["send"].as_str() == Some(&message.message), "not what the step sends");
        let reaches = match &message.channel {
            Channel::Line => self.is_on(friend, "line"),
            _ => self.is_on(friend, "email"),
        };
        require!(reaches == Some(true), "sent where it cannot arrive");
        self.check_repetition(friend, step, message)?;
        if step.table.contains_key("in_stock") {
            // It says what it is about: `P A`.
            let gone = |product: &&str| self.stock[product] == 0 && message.body.contains(&format!("P {product}"));
            require!(!self.stock.keys().any(gone), "out of stock");
        }
        if !message.promotional {
            return Ok(());
        }
        let policy = self.playbook["policy"].as_table().unwrap();
        let asked = policy.get("consent").and_then(Value::as_str) == Some("asked");
        require!(self.is_on(friend, "welcome").unwrap_or(!asked), "advertising to who wants none");
        require!(!self.held_out.contains(friend), "to who is held out of everything");
        require!(message.channel != Channel::Line || self.quota != Some(0), "no messages are left");
        self.check_chat(friend, message.at, policy)?;
        if let Some(quiet) = policy.get("quiet_hours")
            && step.table.get("quiet").and_then(Value::as_str) != Some("ignore")
        {
            require!(!is_quiet(quiet, self.zone.time(message.at).minutes()), "in quiet hours");
        }
        let before = self.sent.get(friend).map_or(&[][..], Vec::as_slice);
        let all: Vec<&Message> = before.iter().chain([message]).collect();
        let caps = policy.get("caps").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        // Whom a cap with `for` is for, no decision tells.
        for cap in caps.iter().filter(|cap| cap.get("for").is_none()) {
            let of = cap.get("of").and_then(Value::as_str).unwrap_or("promotional");
            if self.counts(of, message) {
                let count =
                    all.iter().filter(|it| self.counts(of, it) && self.together(cap, it.at, message.at)).count();
                let most = cap["at_most"].as_integer().unwrap() as usize;
                require!(count <= most, "{count} by {cap:?}");
            }
        }
        if let Some(gap) = policy.get("gap") {
            let span: Span = gap.as_str().or_else(|| gap["at_least"].as_str()).unwrap().parse().unwrap();
            let close = |it: &&Message| it.promotional && self.zone.plus(it.at, span) > message.at;
            require!(!before.iter().any(|it| close(&it)), "too soon after the last: {gap:?}");
        }
        if let Some(selling) = policy.get("selling")
            && self.sells(message)
        {
            let within: Span = selling.get("within").and_then(Value::as_str).unwrap_or("30d").parse().unwrap();
            let talk = all.iter().rev().filter(|it| it.promotional && self.zone.plus(it.at, within) > message.at);
            let last = talk.take(selling["of_last"].as_integer().unwrap() as usize);
            let count = last.filter(|it| self.sells(it)).count();
            require!(count <= selling["at_most"].as_integer().unwrap() as usize, "{count} sales talks: {selling:?}");
        }
        Ok(())
    }

    /// One content leaves once, and a message without a key of its own not on two channels, but for follow-ups.
    fn check_repetition(&self, friend: &str, step: &Step<'_>, message: &Message) -> Result<(), String> {
        let before = self.sent.get(friend).map_or(&[][..], Vec::as_slice);
        let follows_up = step.part == Part::FollowUp;
        let content = |name: &str| self.playbook["messages"][name].get("content").and_then(Value::as_str);
        let policy = &self.playbook["policy"];
        let within: Span = policy.get("same_message").and_then(Value::as_str).unwrap_or("30d").parse().unwrap();
        for earlier in before {
            let same_channel = earlier.channel == message.channel;
            let told = match content(&message.message) {
                Some(content_key) => content(&earlier.message) == Some(content_key) && (same_channel || !follows_up),
                None => {
                    let late = self.zone.plus(earlier.at, within) <= message.at;
                    let same = earlier.message == message.message && !late && message.promotional;
                    same && !same_channel && !follows_up
                }
            };
            require!(!told, "told before: {earlier:?}");
        }
        Ok(())
    }

    fn check_chat(&self, friend: &str, now: Timestamp, policy: &Table) -> Result<(), String> {
        let hold = match policy.get("chat") {
            Some(Value::String(_)) => return Ok(()),
            Some(chat) => chat["hold"].as_str().unwrap().parse().unwrap(),
            None => Span::minutes(12 * 60),
        };
        let open = self.told.get(&(friend.to_owned(), "chat")).and_then(|told| last(told));
        let held = open.is_some_and(|(since, open)| open && self.zone.plus(since, hold) > now);
        require!(!held, "staff is talking");
        Ok(())
    }

    fn is_on(&self, friend: &str, what: &'static str) -> Option<bool> {
        last(self.told.get(&(friend.to_owned(), what))?).map(|(_, on)| on)
    }

    fn counts(&self, of: &str, message: &Message) -> bool {
        let (kind, name) = of.split_once(' ').unwrap_or((of, ""));
        let category = || self.playbook["messages"][&message.message].get("category").and_then(Value::as_str);
        match kind {
            "all" => true,
            _ if !message.promotional => false,
            "promotional" => true,
            "channel" => message.channel.as_str() == name,
            "category" => category() == Some(name),
            "scenario" => message.scenario == name,
            other => panic!("caps of {other}"),
        }
    }

    fn sells(&self, message: &Message) -> bool {
        let sells = self.playbook["messages"][&message.message].get("sells").and_then(Value::as_bool);
        message.promotional && sells.unwrap_or(true)
    }

    /// Do two messages count together? By dates.
    fn together(&self, cap: &Value, earlier: Timestamp, later: Timestamp) -> bool {
        use chrono::Datelike;
        let (one, other) = (self.zone.date(earlier), self.zone.date(later));
        match cap["per"].as_str().unwrap() {
            "calendar day" => one == other,
            "calendar month" => (one.year(), one.month()) == (other.year(), other.month()),
            "calendar week" => {
                let policy = &self.playbook["policy"];
                let first = policy.get("week_starts").and_then(Value::as_str).unwrap_or("monday").parse().unwrap();
                one.week(first).first_day() == other.week(first).first_day()
            }
            span => self.zone.plus(earlier, span.parse().unwrap()) > later,
        }
    }

    fn scenarios(&self) -> Vec<(String, Table)> {
        let all = self.playbook["scenarios"].as_table().unwrap();
        all.iter().map(|(name, scenario)| (name.clone(), scenario.as_table().unwrap().clone())).collect()
    }
}

/// Nothing leaves twice by one step of one run, unless a loop leads back to before it.
fn check_done(
    done: &mut BTreeSet<String>,
    steps: &[Step<'_>],
    place: usize,
    decision: &Decision,
) -> Result<(), String> {
    let Step { table, name, .. } = &steps[place];
    match &decision.reason {
        Reason::WentBack { to, .. } => {
            let to = steps.iter().position(|step| step.name == to.as_str()).ok_or("no such step")?;
            done.retain(|done| !steps[to..].iter().any(|step| step.name == *done));
        }
        Reason::DoneBefore => require!(done.contains(name), "not done before"),
        // With a message it goes by whether that leaves.
        Reason::CouponIssued { .. } if table.contains_key("send") => {}
        Reason::CouponIssued { .. } | Reason::CouponExpired { .. } => {
            require!(done.insert(name.clone()), "a coupon twice by one step");
        }
        _ if decision.delivery.is_some() => {
            require!(done.insert(name.clone()), "something leaves twice by one step");
        }
        _ => {}
    }
    Ok(())
}

fn class_of(scenario: &Table) -> Class {
    let class = scenario.get("class").and_then(Value::as_str);
    if class == Some("transactional") { Class::Transactional } else { Class::Promotional }
}

/// The last of what was told by when it happened; of two of one instant, no.
fn last(told: &[(Timestamp, bool)]) -> Option<(Timestamp, bool)> {
    told.iter().copied().max_by_key(|(at, on)| (*at, !*on))
}

/// Quiet hours, minute by minute.
fn is_quiet(hours: &Value, minute: u16) -> bool {
    let minutes = |key: &str| hours[key].as_str().unwrap()[..2].parse::<u16>().unwrap() * 60;
    let (mut at, to) = (minutes("from"), minutes("to"));
    while at != to {
        if at == minute {
            return true;
        }
        at = (at + 1) % 1440;
    }
    false
}

/// The names of a scenario's steps.
pub(crate) fn step_names(scenario: &Table) -> Vec<String> {
    steps(scenario).into_iter().map(|step| step.name).collect()
}

/// The steps of a scenario one by one, as the documentation names them.
fn steps(scenario: &Table) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    for table in scenario["steps"].as_array().unwrap() {
        let table = table.as_table().unwrap();
        let ends = table.contains_key("end");
        let parts: &[Part] = match (table.contains_key("no_reaction"), ends && table.len() > 2) {
            (true, _) => &[Part::First, Part::Watch, Part::FollowUp],
            (false, true) => &[Part::Whole, Part::End],
            (false, false) if ends => &[Part::End],
            _ => &[Part::Whole],
        };
        for (number, part) in parts.iter().enumerate() {
            let id = table["id"].as_str().unwrap();
            let name = if number == 0 { id.to_owned() } else { format!("{id}+{number}") };
            steps.push(Step { table, part: *part, name });
        }
    }
    steps
}

/// Where a run stands after a decision at the step at `place`, if it could be taken there.
fn after(steps: &[Step<'_>], place: usize, decision: &Decision, stand: &Stand) -> Result<Stand, String> {
    let step = &steps[place];
    let went_on = match stand {
        Stand::Dateless(name) if *name != step.name => {
            let place = steps.iter().position(|known| known.name == *name).ok_or("no such step")?;
            Some(Stand::At(steps.get(place + 1).ok_or("behind the last step")?.name.clone(), None))
        }
        _ => None,
    };
    let stand = went_on.as_ref().unwrap_or(stand);
    let at = |place: usize| steps.get(place).map_or(Stand::Through, |step| Stand::At(step.name.clone(), None));
    let to = |name: &Option<enishi::model::StepName>| -> Stand {
        match name {
            None => Stand::Through,
            Some(name) if steps.iter().position(|step| step.name == name.as_str()) <= Some(place) => {
                Stand::Back(step.name.clone(), name.to_string())
            }
            Some(name) => Stand::At(name.to_string(), None),
        }
    };
    let kind = [
        "send",
        "issue",
        "expire",
        "wait",
        "if",
        "split",
        "tag",
        "untag",
        "set",
        "unset",
        "menu",
        "unlink_menu",
        "start",
        "stop",
        "emit",
    ];
    let kind = kind.iter().find(|kind| step.table.contains_key(**kind)).copied().unwrap_or("end");
    let is_wait = kind == "wait" || step.part == Part::Watch;
    if let Reason::Left { how, .. } = &decision.reason {
        let there = match stand {
            Stand::Left => return Err("left twice".into()),
            Stand::Through => *how == Leaving::Finished,
            Stand::At(name, _) => name == &step.name && (*how != Leaving::Finished || step.part == Part::End),
            Stand::Dateless(name) => name == &step.name,
            Stand::Back(..) | Stand::Moves(..) | Stand::Ends(..) => false,
        };
        return if there { Ok(Stand::Left) } else { Err(format!("left there, while it was {stand:?}")) };
    }
    match (stand, &decision.reason) {
        (Stand::Back(from, to), Reason::WentBack { to: told, .. }) if *from == step.name && told.as_str() == to => {
            return Ok(Stand::At(to.clone(), None));
        }
        (Stand::Back(from, _), Reason::RoundsSpent { .. }) if *from == step.name => return Ok(at(place + 1)),
        (Stand::At(name, _), _) if *name == step.name => {}
        _ => return Err(format!("it was {stand:?}")),
    }
    let stays = |until: Timestamp| -> Result<Stand, String> {
        require!(until > decision.at, "waits for what is past");
        Ok(Stand::At(step.name.clone(), Some(until)))
    };
    let sends = kind == "send" && step.part != Part::Watch;
    match &decision.reason {
        Reason::Waits { until } if is_wait => stays(*until),
        Reason::QuietShifted { to }
        | Reason::CapDeferred { to, .. }
        | Reason::ChatOpen { to }
        | Reason::SellingDeferred { to }
            if sends =>
        {
            stays(*to)
        }
        Reason::CouponIssued { .. } if sends => Ok(stand.clone()),
        Reason::Blocked | Reason::NotFollowing | Reason::NoChannel { .. } if sends && step.part == Part::First => {
            Ok(at(place + 2))
        }
        Reason::DateMissing { .. } if kind == "wait" => Ok(Stand::Dateless(step.name.clone())),
        Reason::Branched { to: name, .. } if kind == "if" => Ok(to(name)),
        Reason::Split { to: name, .. } if kind == "split" => Ok(to(name)),
        Reason::Happened { to: name, .. } | Reason::TimedOut { to: name } if is_wait => Ok(to(name)),
        reason => {
            let fits = match reason.number() {
                102 => kind == "wait",
                104 | 307 | 308 | 316 | 327 => sends || kind == "issue",
                101 | 302..=304 | 309 | 311..=315 | 317 | 318 => sends,
                105 => ["tag", "untag"].contains(&kind),
                106 => ["set", "unset"].contains(&kind),
                110 | 321 => kind == "expire",
                111 | 319 | 320 => ["menu", "unlink_menu"].contains(&kind),
                112 => kind == "emit",
                113 => kind == "start",
                114 | 324 => kind == "stop",
                300 | 301 => sends || ["menu", "unlink_menu"].contains(&kind),
                305 | 306 => sends || kind == "emit",
                325 => sends || ["issue", "expire", "menu", "unlink_menu", "emit"].contains(&kind),
                310 => sends,
                _ => false,
            };
            if fits { Ok(at(place + 1)) } else { Err(format!("no word about a step that is `{kind}`")) }
        }
    }
}

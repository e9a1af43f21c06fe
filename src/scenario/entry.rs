//! How runs begin: by causes, by the calendar, by backfill, after another has ended.

use std::collections::BTreeSet;

use crate::model::{Deferred, FollowKind, Friend, Journey, RunRecord, ScenarioName, Span, Timestamp};
use crate::policy::{Leaving, Reason};
use crate::segment::draw;

use super::scene::{Instant, Scene};
use super::{Backfill, Cause, Effects, IfLost, IfRunning, Reentry, Scenario, Trigger};

/// An entry asked for.
struct Entry<'a> {
    scenario: &'a Scenario,
    /// The instant of what started it.
    at: Timestamp,
    /// What it is about.
    about: Option<&'a str>,
    by: By,
}

/// By what an entry is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    /// By what starts the scenario, which must not be long past.
    Start,
    /// By a backfill.
    Backfill,
    /// By the end of the scenario it had to wait for, so that it is no second time.
    Turn,
}

impl Scene<'_> {
    /// Begins the scenarios that listen to a cause.
    pub(super) fn start(
        &self,
        friend: &mut Friend,
        cause: Cause<'_>,
        at: Timestamp,
        instant: &mut Instant,
        effects: &mut Effects,
    ) {
        if let Some(name) = cause.entered_by_hand() {
            return self.start_by_name(friend, name, cause.about(), at, instant, effects);
        }
        for scenario in self.scenarios.listening(cause) {
            if scenario.trigger.fires(cause) {
                let entry = Entry { scenario, at, about: cause.about(), by: By::Start };
                self.enter(friend, &entry, instant, effects);
            } else if matches!(cause, Cause::Follow(FollowKind::Unknown))
                && matches!(scenario.trigger, Trigger::Follow | Trigger::Refollow)
            {
                self.decide(friend, &scenario.name, None, Reason::FollowUnknown, effects);
            }
        }
    }

    /// Begins a scenario that somebody, or a step, asks for by name.
    pub(super) fn start_by_name(
        &self,
        friend: &mut Friend,
        name: &ScenarioName,
        about: Option<&str>,
        at: Timestamp,
        instant: &mut Instant,
        effects: &mut Effects,
    ) {
        if let Some(scenario) = self.scenarios.get(name.as_str()) {
            self.enter(friend, &Entry { scenario, at, about, by: By::Start }, instant, effects);
        }
    }

    /// Begins a scenario by what the friend has become.
    pub(super) fn start_by_segment(
        &self,
        friend: &mut Friend,
        scenario: &Scenario,
        at: Timestamp,
        instant: &mut Instant,
        effects: &mut Effects,
    ) {
        self.enter(friend, &Entry { scenario, at, about: None, by: By::Start }, instant, effects);
    }

    /// Begins the scenarios whose time came since the friend was last looked at.
    pub(super) fn start_timed(&self, friend: &mut Friend, instant: &mut Instant, effects: &mut Effects) {
        // Nobody was a friend yet at a time before the first look.
        let Some(seen) = friend.looked_at else { return };
        let new_rules = friend.watch.is_none_or(|watch| watch.by != self.playbook);
        // By times that were over when a scenario was written nobody enters (X22): where none was awaited by the former
        // rules, all there were are such.
        let awaited = friend.watch.is_none_or(|watch| watch.until.is_some_and(|until| until <= self.now));
        let seen = if new_rules && !awaited { self.now.plus_millis(-1) } else { seen };
        for scenario in self.scenarios.timed() {
            if let Some(at) = self.time_of(scenario, friend, seen).filter(|at| *at <= self.now) {
                self.enter(friend, &Entry { scenario, at, about: None, by: By::Start }, instant, effects);
            }
            let (Some(backfill), Some(turn)) = (&scenario.backfill, self.backfill_turn(scenario, friend)) else {
                continue;
            };
            let turned = turn <= self.now && (turn > seen || new_rules);
            if turned && !friend.runs.contains_key(&scenario.name) && self.belongs_to(backfill, scenario, friend) {
                self.enter(friend, &Entry { scenario, at: turn, about: None, by: By::Backfill }, instant, effects);
            }
        }
    }

    /// When a scenario will next begin by the calendar or by backfill.
    pub(super) fn next_time(&self, friend: &Friend) -> Option<Timestamp> {
        self.scenarios.timed().filter_map(|scenario| self.next_time_of(scenario, friend)).min()
    }

    /// When this scenario will next begin by the calendar or by backfill for the friend.
    pub fn next_time_of(&self, scenario: &Scenario, friend: &Friend) -> Option<Timestamp> {
        let turn = self.backfill_turn(scenario, friend).filter(|turn| *turn > self.now);
        self.time_of(scenario, friend, self.now).into_iter().chain(turn).min()
    }

    /// When a scenario begins by the calendar next, after `after`: for each friend at a minute of their own
    /// where entries are spread (X35).
    fn time_of(&self, scenario: &Scenario, friend: &Friend, after: Timestamp) -> Option<Timestamp> {
        let Trigger::Time(moment) = &scenario.trigger else { return None };
        let own = own_share(scenario, friend, scenario.spread);
        let before = after.plus_millis(-own);
        moment.next(friend, before, self.now, &self.clock()).map(|at| at.plus_millis(own))
    }

    /// When the friend's turn is to come in by backfill.
    fn backfill_turn(&self, scenario: &Scenario, friend: &Friend) -> Option<Timestamp> {
        let backfill = scenario.backfill?;
        Some(scenario.from?.plus_millis(own_share(scenario, friend, backfill.over)))
    }

    /// Did what starts the scenario happen to the friend before it began, and not too long before?
    fn belongs_to(&self, backfill: &Backfill, scenario: &Scenario, friend: &Friend) -> bool {
        let Some(from) = scenario.from else { return false };
        // The last instant that counts as before.
        let before = from.plus_millis(-1);
        let earliest = backfill.last.map(|span| self.zone.before(from, span));
        match &scenario.trigger {
            Trigger::Enter(_, predicate) => {
                predicate.matches(friend, before) && earliest.is_none_or(|at| !predicate.matches(friend, at))
            }
            Trigger::Leave(_, predicate) => {
                !predicate.matches(friend, before) && earliest.is_none_or(|at| predicate.matches(friend, at))
            }
            trigger => {
                let last = trigger.last_by(friend, before);
                last.is_some_and(|at| earliest.is_none_or(|earliest| at >= earliest))
            }
        }
    }

    /// Begins what had to wait for runs that have ended.
    pub(super) fn enter_deferred(&self, friend: &mut Friend, instant: &mut Instant, effects: &mut Effects) {
        for waiting in friend.deferred.clone() {
            let Some(scenario) = self.scenarios.get(waiting.scenario.as_str()) else {
                friend.deferred.retain(|other| *other != waiting);
                continue;
            };
            if self.goes_before(scenario, friend).is_some() {
                continue;
            }
            friend.deferred.retain(|other| *other != waiting);
            let about = waiting.about.as_deref();
            self.enter(friend, &Entry { scenario, at: self.now, about, by: By::Turn }, instant, effects);
        }
    }

    fn enter(&self, friend: &mut Friend, entry: &Entry<'_>, instant: &mut Instant, effects: &mut Effects) {
        let scenario = entry.scenario;
        // An event from a clock that runs ahead starts its run now, not later.
        let at = entry.at.min(self.now);
        if let Err(reason) = self.may_enter(friend, entry, at, instant) {
            if let Reason::EntryDeferred { .. } = reason {
                let waiting =
                    Deferred { scenario: scenario.name.clone(), since: at, about: entry.about.map(Into::into) };
                if !friend
                    .deferred
                    .iter()
                    .any(|other| (&other.scenario, &other.about) == (&waiting.scenario, &waiting.about))
                {
                    friend.deferred.push(waiting);
                    friend.deferred.sort();
                }
            }
            return self.decide(friend, &scenario.name, None, reason, effects);
        }
        instant.entered.insert((scenario.name.clone(), entry.about.map(Into::into)));
        let held_out = self.policy.held_out(&friend.key, &scenario.name, scenario.class, scenario.holdout);
        // Whoever is held out has no run going on, for which others would have to make way.
        if held_out.is_none() {
            self.make_way(friend, scenario, instant, effects);
        }
        if scenario.if_running == IfRunning::Restart {
            self.end_all(friend, &scenario.name, Leaving::Restarted, None, instant, effects);
        }
        let first = RunRecord { runs: 0, last_entered: at, last_ended: None, about: BTreeSet::new() };
        let record = friend.runs.entry(scenario.name.clone()).or_insert(first);
        record.runs = record.runs.saturating_add(1);
        record.last_entered = at;
        if scenario.reentry == Reentry::Each {
            record.about.extend(entry.about.map(Into::into));
        }
        let run = record.runs;
        if let Some(of) = held_out {
            // A run without steps: the friend is counted, and comes again by the same rules as others.
            record.last_ended = Some(self.now);
            return self.decide(friend, &scenario.name, Some(run), Reason::HeldOut { of }, effects);
        }
        let mut journey = Journey {
            scenario: scenario.name.clone(),
            version: scenario.version,
            run,
            entered_at: at,
            about: entry.about.map(Into::into),
            step: scenario.steps[0].name.clone(),
            arrived: at,
            planned: at,
            due: at,
            rounds: Vec::new(),
            done: Vec::new(),
        };
        self.decide(friend, &scenario.name, Some(run), Reason::Entered, effects);
        self.arrive(friend, scenario, &mut journey, 0, at, effects);
        friend.begin(journey);
    }

    fn may_enter(&self, friend: &Friend, entry: &Entry<'_>, at: Timestamp, instant: &Instant) -> Result<(), Reason> {
        let scenario = entry.scenario;
        // What happened before the end and is told after it comes too late: the run would be over as it began.
        let turn = scenario.from.filter(|from| at < *from).or(scenario.until.filter(|until| *until <= self.now));
        if let Some(turn) = turn {
            return Err(Reason::OutOfSeason { turn });
        }
        if entry.by == By::Start && self.zone.elapsed(at, self.policy.enter_within, self.now) {
            return Err(Reason::Stale { at });
        }
        if let Some(only) = scenario.only.as_ref().filter(|only| !only.predicate.matches(friend, at)) {
            return Err(Reason::Filtered { only: only.text.clone() });
        }
        self.may_run(friend, entry, instant)?;
        if entry.by != By::Turn {
            self.may_come_again(friend, entry)?;
        }
        match (self.goes_before(scenario, friend), scenario.group.as_ref().map(|member| member.if_lost)) {
            (None, _) => Ok(()),
            (Some(first), Some(IfLost::Defer)) => Err(Reason::EntryDeferred { behind: first.clone() }),
            (Some(first), _) => Err(Reason::GroupLost { to: first.clone() }),
        }
    }

    /// May the friend enter, who perhaps was inside before?
    fn may_come_again(&self, friend: &Friend, entry: &Entry<'_>) -> Result<(), Reason> {
        let record = friend.runs.get(&entry.scenario.name);
        match (record, entry.scenario.reentry) {
            (None, Reentry::Never | Reentry::After(_)) | (_, Reentry::AfterEnd) => Ok(()),
            (Some(_), Reentry::Never) => Err(Reason::EnteredBefore),
            (Some(record), Reentry::After(span)) => {
                let from = self.zone.plus(record.last_entered, span);
                if from > self.now { Err(Reason::TooSoon { from }) } else { Ok(()) }
            }
            (record, Reentry::Each) => {
                let about = entry.about.ok_or(Reason::AboutNothing)?;
                let known = record.is_some_and(|record| record.about.contains(about));
                if known { Err(Reason::EnteredBefore) } else { Ok(()) }
            }
        }
    }

    /// Do the scenario's own runs leave room for another?
    fn may_run(&self, friend: &Friend, entry: &Entry<'_>, instant: &Instant) -> Result<(), Reason> {
        let scenario = entry.scenario;
        let running = friend.running(&scenario.name);
        let entered_now = |about: Option<&str>| {
            instant.entered.iter().any(|(name, of)| *name == scenario.name && of.as_deref() == about)
        };
        match scenario.if_running {
            IfRunning::Ignore if !running.is_empty() => Err(Reason::AlreadyRunning),
            IfRunning::Parallel => {
                let about = entry.about.ok_or(Reason::AboutNothing)?;
                if running.iter().any(|journey| journey.about.as_deref() == Some(about)) || entered_now(Some(about)) {
                    Err(Reason::AlreadyRunning)
                } else if running.len() >= IfRunning::MOST {
                    Err(Reason::TooManyRuns { at_most: IfRunning::MOST as u32 })
                } else {
                    Ok(())
                }
            }
            // Begun this very instant: two that start each other cannot go round.
            _ if entered_now(entry.about) => Err(Reason::AlreadyRunning),
            _ => Ok(()),
        }
    }

    /// The scenario that is going on and goes before this one.
    fn goes_before<'f>(&self, scenario: &Scenario, friend: &'f Friend) -> Option<&'f ScenarioName> {
        let member = scenario.group.as_ref()?;
        let first = friend.journeys.iter().find(|journey| {
            let other = self.scenarios.of(journey).and_then(|other| other.group.as_ref());
            journey.scenario != scenario.name
                && other.is_some_and(|other| other.group == member.group && other.rank >= member.rank)
        });
        first.map(|journey| &journey.scenario)
    }

    /// Ends the runs of the group's lower ranks, or lets them wait.
    fn make_way(&self, friend: &mut Friend, scenario: &Scenario, instant: &mut Instant, effects: &mut Effects) {
        let Some(member) = &scenario.group else { return };
        let gives_way = |journey: &Journey| {
            let other = self.scenarios.of(journey)?.group.as_ref()?;
            let lower = journey.scenario != scenario.name && other.group == member.group && other.rank < member.rank;
            (lower && other.if_lost != IfLost::Stay).then_some(other.if_lost)
        };
        let waiting = friend.journeys.iter().filter(|journey| gives_way(journey) == Some(IfLost::Defer));
        friend.deferred.extend(waiting.map(|journey| Deferred {
            scenario: journey.scenario.clone(),
            since: journey.entered_at,
            about: journey.about.clone(),
        }));
        friend.deferred.sort();
        friend.deferred.dedup();
        let what: Box<str> = scenario.name.as_str().into();
        let ending = |_: &Friend, journey: &Journey| gives_way(journey).map(|_| (Leaving::LostTo, Some(what.clone())));
        // What waits for the end of a run does not come in when that gave way just now.
        let ended = instant.ended;
        self.end_where(friend, ending, instant, effects);
        instant.ended = ended;
    }
}

/// The friend's own part of a stretch of time over which entries are spread, in whole minutes of
/// milliseconds: the same for ever.
fn own_share(scenario: &Scenario, friend: &Friend, over: Span) -> i64 {
    let minutes = over.nominal_millis() / 60_000;
    let drawn = draw(scenario.name.as_str(), friend.key.as_str(), minutes.unsigned_abs().max(1));
    i64::try_from(drawn).unwrap_or(0) * 60_000
}
